"""The ticker's work: ring before and after a due. It only rings; lateness is computed from the times alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import structlog
from django.db.models import Q, QuerySet

from tongxin.heart.agreements import rulebook, wording
from tongxin.heart.agreements.actions import parts, silences
from tongxin.heart.agreements.language import AnyClause, IfLate
from tongxin.heart.agreements.models import AgendaItem, Duty, Ring
from tongxin.heart.exchange import actions as exchange
from tongxin.heart.exchange.acts import act
from tongxin.heart.region import queries as region
from tongxin.heart.region.acting import SYSTEM
from tongxin.heart.region.models import Post
from tongxin.shared import clock
from tongxin.shared.errors import OF_ONE, NotFound
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
ANSWER = "answer:"  # before a row: it rings the owed side, which leaves a delivery unanswered
ANSWER_NAMES = [f"{ANSWER}{name}" for name in NAMES]


@dataclass(frozen=True)
class Step:
    """A row of the escalation: when it is taken, and whom it rings."""

    name: str  # remind, or a row; of an answer that is owed, `answer:` and the row
    at: datetime


def steps(duty: Duty, late: IfLate) -> list[Step]:
    """Return the rows for a duty: remind before the working deadline, then row by row as far as the clause says.

    The working deadline is the earliest of the due and the time the receiver needs it; the debtor never changes.
    """
    due = working_deadline(duty)
    rows = [Step("remind", _remind_at(duty))] if due > duty.opened_at else []
    return rows + _ladder(due, late)


def answer_steps(duty: Duty, clause: AnyClause) -> list[Step]:
    """Return the rows for a delivery that the owed desk leaves unanswered, where silence says `escalate`.

    They are those of a late duty, on the owed side, from the end of the answer time.
    """
    if duty.answer_due_at is None or getattr(clause, "on_silence", "escalate") != "escalate":
        return []
    return [Step(f"{ANSWER}{row.name}", row.at) for row in _ladder(duty.answer_due_at, clause.if_late)]


def _ladder(since: datetime, late: IfLate) -> list[Step]:
    return [Step(name, since + late.after * times) for name, times in ROWS[: NAMES.index(late.up_to) + 1]]


def _steps_now(duty: Duty) -> list[Step]:
    """Return the steps that a duty has as it stands: none while its clock stops or once it has ended."""
    clause = rulebook.read_clause(duty.clause)
    if duty.state == Duty.State.CLAIMED:
        return answer_steps(duty, clause)
    return steps(duty, clause.if_late) if duty.state == Duty.State.OPEN else []


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
    silences.answer_silence(now)
    for duty in list(_ripe(now)):
        try:
            rung += _ring_one(duty, now)
        except parts.NotNow:
            log.info("a duty stands otherwise by now", duty=duty.pk)  # the next round looks again
        except OF_ONE:
            log.exception("a duty could not be rung", duty=duty.pk, clause=duty.clause_id)  # the others go on
    return rung


def _ripe(now: datetime) -> QuerySet[Duty]:
    """Return the duties that may have a step due: past their `ring_at`, or never looked at.

    They are open, or delivered and unanswered past the answer time.
    """
    unanswered = Q(state=Duty.State.CLAIMED, answer_due_at__lte=now)
    rows = Duty.objects.filter(Q(state=Duty.State.OPEN) | unanswered)
    rows = rows.filter(Q(ring_at__isnull=True) | Q(ring_at__lte=now))
    return rows.select_related("clause__version").order_by("due_at", "id")


def _ring_one(duty: Duty, now: datetime) -> int:
    taken = set(duty.rings.values_list("step", flat=True))
    left = [step for step in _steps_now(duty) if step.name not in taken]
    rung = 0
    for step in [each for each in left if each.at <= now]:
        if not duty.rings.filter(
            step=step.name
        ).exists():  # nobody was there for the one before: it has rung already
            rung += _take(duty, step, now)
    _look_again(duty, [step.at for step in left if step.at > now])
    return rung


def _look_again(duty: Duty, times: list[datetime]) -> None:
    """Remember when the next step is due, so that a round of the ticker looks only at what may ring.

    It is a note for the ticker and nothing else: a due that moves clears it, and lateness never depends on it.
    """
    with writing("agreements.ring_at"):
        as_seen = {"state": duty.state, "due_at": duty.due_at, "needed_by": duty.needed_by}
        rows = Duty.objects.filter(pk=duty.pk, delivered_at=duty.delivered_at, **as_seen)
        rows.update(ring_at=min(times, default=NEVER))


def _take(duty: Duty, step: Step, now: datetime) -> int:
    """Take one step; when nobody is there for it, the next step is taken at once.

    What is done follows from the duty as it stands under its lock. Raises NotNow, and keeps no key, when the step is
    not due there: the duty was delivered or its due has moved since the look.
    """
    name = "agreements.duty.reminded" if step.name == "remind" else "agreements.duty.escalated"
    request = {"duty": duty.pk, "step": step.name}
    with act(name, by=SYSTEM, key=f"ring:{duty.pk}:{step.name}", request=request) as a:
        if a.replayed:
            return 0
        rows = Duty.objects.select_for_update(of=("self",)).select_related("clause__version")
        locked = rows.get(pk=duty.pk)
        ladder = _steps_now(locked)
        due = any(each.name == step.name and each.at <= now for each in ladder)
        if not due or Ring.objects.filter(duty=locked, step=step.name).exists():
            raise parts.not_now()
        rung = 0
        for row in _chain(step.name, [each.name for each in ladder]):
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


def _chain(first: str, ladder: list[str]) -> list[str]:
    """Return the step and those of its ladder that follow it at once while nobody is there; a reminder has none."""
    return [first] if first == "remind" else ladder[ladder.index(first) :]


def _posts(duty: Duty, step: str, at: datetime) -> list[Post]:
    """Return whom a step rings; nobody where no office staffs the desk, so that one duty does not silence the rest."""
    try:
        return _staff(duty, step, at)
    except NotFound:
        return []


def _staff(duty: Duty, step: str, at: datetime) -> list[Post]:
    """Return whom a step rings: the first on duty, the next on duty, the deputy, the head, own coordination."""
    desk, step = _side(duty, step)
    if step in {"remind", "next_on_duty"}:
        on_duty = region.on_duty(desk, at)
        return on_duty[:1] if step == "remind" else on_duty[1:2]
    if step in {"deputy", "head"}:
        return [p for p in region.posts_of(region.office_of(desk, at)) if p.role == step]
    if step == "own_coordination":
        return _coordinators([desk], at)
    if step == "both_coordination":
        return _coordinators([duty.bound_desk_id, duty.owed_desk_id], at)
    if step == "lead_departments":
        return _lead_heads(duty, at)
    meeting = meeting_desk(duty, at)
    AgendaItem.objects.get_or_create(duty=duty, defaults={"meeting": meeting, "put_at": at})
    body = region.office_of(meeting, at)
    return [p for p in region.posts_of(body) if p.role == "coordinator"][:1]


def _side(duty: Duty, step: str) -> tuple[str, str]:
    """Return the desk that a step is about, and its row: the owed one for an answer, else the bound one."""
    if step.startswith(ANSWER):
        return duty.owed_desk_id, step.removeprefix(ANSWER)
    return duty.bound_desk_id, step


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
    side, row = _side(duty, step)
    desk = side
    if row not in {"remind", "next_on_duty", "deputy", "head"}:
        desk = f"{post.office.jurisdiction_id}/coordination_office"
        if row == "lead_departments":
            desk = f"{post.office.jurisdiction_id}/{side.partition('/')[2]}"
        if duty.thread.startswith("case:"):  # it looks after the duty; the case itself is not its to open
            link = f"/desk/?scope=jurisdiction&row=duty-{duty.pk}"
    if row == "leaders_agenda":
        item = AgendaItem.objects.get(duty=duty)
        link = f"/agenda/?item={item.pk}#item-{item.pk}"  # the page of the list that it stands on
    said = {
        "thread": duty.thread,
        "step": step,
        "due_at": clock.iso(duty.due_at),
        "purpose": duty.purpose,
    }
    kind = "reminder" if row == "remind" else "escalation"
    if step.startswith(ANSWER):
        kind = "answer_escalation"
        said |= {"due_at": clock.iso(duty.answer_due_at or duty.due_at), "desk": duty.bound_desk_id}
    exchange.notify(
        desk,
        kind,
        link=link,
        at=at,
        dedupe=f"ring:{duty.pk}:{step}:{post.id}",
        params=said,
        post=post.id,
        drill=duty.drill,
    )
