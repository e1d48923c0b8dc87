"""The ticker's work: ring before and after a due. It only rings; lateness is computed from the times alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import structlog
from django.db import DatabaseError
from django.db.models import Q, QuerySet

from tongxin.heart.agreements import rulebook, wording
from tongxin.heart.agreements.actions import judging
from tongxin.heart.agreements.language import IfLate
from tongxin.heart.agreements.models import AgendaItem, Duty, Ring
from tongxin.heart.exchange import actions as exchange
from tongxin.heart.exchange.acts import act
from tongxin.heart.region import queries as region
from tongxin.heart.region.acting import SYSTEM
from tongxin.heart.region.models import Post
from tongxin.shared import clock
from tongxin.shared.errors import NotFound, Refused
from tongxin.shared.writing import writing

log = structlog.get_logger(__name__)

REMIND_SHARE = 0.7  # a reminder rings when this share of the time is used
NEVER = datetime.max.replace(year=9000, tzinfo=UTC)  # every step was taken


# The rows of the escalation after the due, in order, and after how many times `if_late.after` each is taken.
ROWS: tuple[tuple[str, int], ...] = (
    ("next_on_duty", 0),
    ("deputy", 1),
    ("head", 2),
    ("own_coordination", 3),
    ("both_coordination", 6),
    ("lead_departments", 12),
    ("leaders_agenda", 24),
)
NAMES = [name for name, _times in ROWS]


@dataclass(frozen=True)
class Step:
    """A row of the escalation: when it is taken, and whom it rings."""

    name: str  # remind, or a row
    at: datetime


def steps(duty: Duty, late: IfLate) -> list[Step]:
    """Return the rows for a duty: remind before the working deadline, then row by row as far as the clause says.

    The working deadline is the earliest of the due and the time the receiver needs it; the debtor never changes.
    """
    due = working_deadline(duty)
    rows = [Step("remind", _remind_at(duty))] if due > duty.opened_at else []
    last = NAMES.index(late.up_to)
    return rows + [Step(name, due + late.after * times) for name, times in ROWS[: last + 1]]


def working_deadline(duty: Duty) -> datetime:
    """Return the earliest of the due and the time the receiver needs it."""
    return min(duty.due_at, duty.needed_by) if duty.needed_by else duty.due_at


def _remind_at(duty: Duty) -> datetime:
    """Return when so much of the time is used; of a limit in working hours only those count, so it rings in them."""
    spans = [
        (datetime.fromisoformat(a), datetime.fromisoformat(b)) for a, b in duty.due_count.get("spans", [])
    ]
    if not spans:
        return duty.opened_at + (duty.due_at - duty.opened_at) * REMIND_SHARE
    left = sum((end - begin for begin, end in spans), timedelta()) * REMIND_SHARE
    for begin, end in spans:
        if left <= end - begin:
            return begin + left
        left -= end - begin
    return duty.due_at


def ring_due(now: datetime | None = None) -> int:
    """Take every step that is due and was not taken; return how many rang. Safe to run twice or late."""
    now = now or clock.now()
    rung = 0
    judging.answer_silence(now)
    for duty in list(_ripe(now)):
        try:
            rung += _ring_one(duty, now)
        except (DatabaseError, LookupError, ValueError, Refused):
            log.exception("a duty could not be rung", duty=duty.pk, clause=duty.clause_id)  # the others go on
    return rung


def _ripe(now: datetime) -> QuerySet[Duty]:
    """Return the open duties that may have a step due: past their `ring_at`, or never looked at."""
    rows = Duty.objects.filter(state=Duty.State.OPEN).filter(Q(ring_at__isnull=True) | Q(ring_at__lte=now))
    return rows.select_related("clause__version").order_by("due_at", "id")


def _ring_one(duty: Duty, now: datetime) -> int:
    late = rulebook.read_clause(duty.clause).if_late
    taken = set(duty.rings.values_list("step", flat=True))
    left = [step for step in steps(duty, late) if step.name not in taken]
    rung = sum(_take(duty, step) for step in left if step.at <= now)
    _look_again(duty, [step.at for step in left if step.at > now])
    return rung


def _look_again(duty: Duty, times: list[datetime]) -> None:
    """Remember when the next step is due, so that a round of the ticker looks only at what may ring.

    It is a note for the ticker and nothing else: a due that moves clears it, and lateness never depends on it.
    """
    with writing("agreements.ring_at"):
        Duty.objects.filter(pk=duty.pk, due_at=duty.due_at, needed_by=duty.needed_by).update(
            ring_at=min(times, default=NEVER)
        )


def _take(duty: Duty, step: Step) -> int:
    """Take one step; when nobody is there for it, the next step is taken at once."""
    name = "agreements.duty.reminded" if step.name == "remind" else "agreements.duty.escalated"
    request = {"duty": duty.pk, "step": step.name}
    with act(name, by=SYSTEM, key=f"ring:{duty.pk}:{step.name}", request=request) as a:
        if a.replayed:
            return 0
        locked = Duty.objects.select_for_update().get(pk=duty.pk)
        if locked.state != Duty.State.OPEN or Ring.objects.filter(duty=locked, step=step.name).exists():
            return 0
        rung = 0
        for row in _chain(step.name):
            if Ring.objects.filter(duty=locked, step=row).exists():
                break  # the ticker comes late: that row has rung on its own already
            posts = _posts(locked, row, a.at)
            for post in posts:
                _ring(locked, row, post, a.at)
            if not posts:
                Ring.objects.create(duty=locked, step=row, skipped=True, at=a.at)
            rung += len(posts)
            a.entry(
                f"{locked.thread}/duty:{locked.pk}",
                cause=locked.opened_by,
                basis=locked.clause_id,
                payload={"step": row, "posts": [p.id for p in posts], "due_at": clock.iso(locked.due_at)},
            )
            if posts:
                break
        a.result = {"rung": rung}
    return 1


def _chain(first: str) -> list[str]:
    """Return the step and those that follow it at once while nobody is there; a reminder has none."""
    return [first] if first == "remind" else NAMES[NAMES.index(first) :]


def _posts(duty: Duty, step: str, at: datetime) -> list[Post]:
    """Return whom a step rings; nobody where no office staffs the desk, so that one duty does not silence the rest."""
    try:
        return _staff(duty, step, at)
    except NotFound:
        return []


def _staff(duty: Duty, step: str, at: datetime) -> list[Post]:
    """Return whom a step rings: the first on duty, the next on duty, the deputy, the head, own coordination."""
    desk = duty.bound_desk_id
    if step in {"remind", "next_on_duty"}:
        on_duty = region.on_duty(desk, at)
        return on_duty[:1] if step == "remind" else on_duty[1:2]
    if step in {"deputy", "head"}:
        return [p for p in region.posts_of(region.office_of(desk, at)) if p.role == step]
    if step == "own_coordination":
        return _coordinators([desk], at)
    if step == "both_coordination":
        return _coordinators([desk, duty.owed_desk_id], at)
    if step == "lead_departments":
        return _lead_heads(duty, at)
    meeting = meeting_desk(duty, at)
    AgendaItem.objects.get_or_create(duty=duty, defaults={"meeting": meeting, "put_at": at})
    body = region.office_of(meeting, at)
    return [p for p in region.posts_of(body) if p.role == "coordinator"][:1]


def meeting_desk(duty: Duty, at: datetime) -> str:
    """Return the desk that keeps the leaders' agenda: of the nearest group with both sides in it that somebody staffs.

    Where there is none, it is the debtor's own.
    """
    bound, owed = duty.bound_desk_id.partition("/")[0], duty.owed_desk_id.partition("/")[0]
    for group in region.common_groups(bound, owed):
        desk = f"{group}/coordination_office"
        try:
            region.office_of(desk, at)
        except NotFound:
            continue
        return desk
    return f"{bound}/coordination_office"


def _coordinators(desks: list[str], at: datetime) -> list[Post]:
    found: dict[str, Post] = {}
    for desk in desks:
        office = region.office_of(f"{desk.partition('/')[0]}/coordination_office", at)
        found |= {p.id: p for p in [p for p in region.posts_of(office) if p.role == "coordinator"][:1]}
    return list(found.values())


def _lead_heads(duty: Duty, at: datetime) -> list[Post]:
    """Return the heads of the lead departments: those that staff the duty's desks one level up, else on both sides."""
    found: dict[str, Post] = {}
    for desk in (duty.bound_desk_id, duty.owed_desk_id):
        place, _slash, role = desk.partition("/")
        for above in [*region.lineage(place)[1:2], place]:
            try:
                office = region.office_of(f"{above}/{role}", at)
            except NotFound:
                continue
            heads = [p for p in region.posts_of(office) if p.role == "head"][:1]
            found |= {p.id: p for p in heads}
            if heads:
                break
    return list(found.values())


def _ring(duty: Duty, step: str, post: Post, at: datetime) -> None:
    Ring.objects.create(duty=duty, step=step, post=post.id, at=at)
    link = wording.thread_url(duty.thread)
    desk = duty.bound_desk_id
    if step not in {"remind", "next_on_duty", "deputy", "head"}:
        desk = f"{post.office.jurisdiction_id}/coordination_office"
        if step == "lead_departments":
            desk = f"{post.office.jurisdiction_id}/{duty.bound_desk_id.partition('/')[2]}"
        if duty.thread.startswith("case:"):  # it looks after the duty; the case itself is not its to open
            link = f"/desk/?scope=jurisdiction&row=duty-{duty.pk}"
    if step == "leaders_agenda":
        item = AgendaItem.objects.get(duty=duty)
        link = f"/agenda/?item={item.pk}#item-{item.pk}"  # the page of the list that it stands on
    exchange.notify(
        desk,
        "reminder" if step == "remind" else "escalation",
        link=link,
        at=at,
        dedupe=f"ring:{duty.pk}:{step}:{post.id}",
        params={
            "thread": duty.thread,
            "step": step,
            "due_at": clock.iso(duty.due_at),
            "purpose": duty.purpose,
        },
        post=post.id,
        drill=duty.drill,
    )
