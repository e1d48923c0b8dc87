"""The ticker's work: ring before and after a due. It only rings; lateness is computed from the times alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.db import DatabaseError

from tongxin.heart.agreements import rulebook
from tongxin.heart.agreements.models import Duty, Ring
from tongxin.heart.exchange import actions as exchange
from tongxin.heart.exchange.acts import act
from tongxin.heart.region import queries as region
from tongxin.heart.region.acting import SYSTEM
from tongxin.heart.region.models import Post
from tongxin.shared import clock
from tongxin.shared.errors import NotFound, Refused

log = structlog.get_logger(__name__)

REMIND_SHARE = 0.7  # a reminder rings when this share of the time is used


@dataclass(frozen=True)
class Step:
    """A row of the escalation: when it is taken, and whom it rings."""

    name: str  # remind, on_duty, deputy, head, own_coordination
    at: datetime


def steps(duty: Duty, after: timedelta) -> list[Step]:
    """Return the rows for a duty: remind before due, then next on the roster, deputy, head, own coordination."""
    rows = [Step("remind", _remind_at(duty))] if duty.due_at > duty.opened_at else []
    late = ["next_on_duty", "deputy", "head", "own_coordination"]
    return rows + [Step(name, duty.due_at + after * n) for n, name in enumerate(late)]


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
    rows = (
        Duty.objects.filter(state=Duty.State.OPEN).select_related("clause__version").order_by("due_at", "id")
    )
    for duty in list(rows):
        try:
            rung += _ring_one(duty, now)
        except (DatabaseError, LookupError, ValueError, Refused):
            log.exception("a duty could not be rung", duty=duty.pk, clause=duty.clause_id)  # the others go on
    return rung


def _ring_one(duty: Duty, now: datetime) -> int:
    after = rulebook.read_clause(duty.clause).if_late.after
    taken = set(duty.rings.values_list("step", flat=True))
    return sum(_take(duty, step) for step in steps(duty, after) if step.at <= now and step.name not in taken)


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
    late = ["next_on_duty", "deputy", "head", "own_coordination"]
    return [first] if first == "remind" else late[late.index(first) :]


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
    jurisdiction = desk.split("/")[0]
    office = region.office_of(f"{jurisdiction}/coordination_office", at)
    return [p for p in region.posts_of(office) if p.role == "coordinator"][:1]


def _ring(duty: Duty, step: str, post: Post, at: datetime) -> None:
    Ring.objects.create(duty=duty, step=step, post=post.id, at=at)
    number = duty.thread.split(":", 1)[1]
    link = f"/incidents/{number}/" if duty.thread.startswith("matter:") else f"/cases/{number}/"
    desk = duty.bound_desk_id
    if step == "own_coordination":
        desk = f"{desk.split('/')[0]}/coordination_office"
        if duty.thread.startswith("case:"):  # it looks after the duty; the case itself is not its to open
            link = f"/desk/?scope=jurisdiction&row=duty-{duty.pk}"
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
    )
