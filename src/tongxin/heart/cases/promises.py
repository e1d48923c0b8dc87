"""The promise to an applicant: begun, moved by a suspension or a change of the competent desk, counted anew."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import structlog

from tongxin.heart.agreements import clocks, duties, recounting
from tongxin.heart.agreements.language import Within
from tongxin.heart.agreements.models import Duty
from tongxin.heart.cases import procedures
from tongxin.heart.cases.models import Case
from tongxin.heart.exchange.acts import Act, act
from tongxin.heart.region.acting import SYSTEM
from tongxin.shared import canonical, clock
from tongxin.shared.errors import OF_ONE

log = structlog.get_logger(__name__)

CASE_SUSPENDED = duties.CASE_SUSPENDED
RUNNING = (Case.State.ACCEPTED, Case.State.IN_HAND)  # a suspended one is counted when it is resumed


def recount_provisional(now: datetime | None = None) -> int:
    """Count every running provisional promise anew whose calendar has another version by now; return how many were.

    Call it after agreements' own: where a duty to decide stands, the promise is what that duty says. One that has
    passed stays as it was. Safe to run twice, late, or beside others.
    """
    now = now or clock.now()
    rows = Case.objects.read_as("cases.promises").filter(
        state__in=RUNNING, promise_due_at__gte=now, promise_count__provisional=True
    )
    done = 0
    for case in list(rows.order_by("promise_due_at", "number")):
        try:
            done += _recount(case)
        except OF_ONE:
            log.exception("a promise could not be counted anew", case=case.number)
    return done


def _recount(seen: Case) -> bool:
    """Count one promise anew under its own act, unless its calendar is the one it was counted on."""
    found = _counted(seen)
    before = recounting.calendar_of(seen.promise_count)
    if found is None or recounting.calendar_of(found.detail) == before:
        return False
    request = {"case": seen.number, "from": before, "to": recounting.calendar_of(found.detail)}
    key = f"promise:{canonical.sha256_hex(request)[:32]}"
    with act("cases.promise.recounted", by=SYSTEM, key=key, request=request) as a:
        if a.replayed:
            return False
        case = Case.objects.select_for_update().get(pk=seen.pk)
        count = _counted(case) if case.state in RUNNING else None
        old = case.promise_due_at
        if count is None or old is None or old < a.at:
            return False
        new = clocks.moved(old, count.due_at, now=a.at, told_at=a.at, reaction=None)
        case.promise_due_at = new or old
        case.promise_count = count.detail
        case.save(update_fields=["promise_due_at", "promise_count"])
        a.result = {"case": case.number, "promise_due_at": clock.iso(case.promise_due_at)}
        a.entry(
            f"case:{case.number}",
            cause=f"calendar:{recounting.calendar_of(count.detail)}"[:160],
            payload={"old": clock.iso(old), "new": clock.iso(case.promise_due_at), "why": "calendar"},
        )
    return True


def _counted(case: Case) -> clocks.Count | None:
    """Return the promise as it is counted now: as the duty to decide has it, else on the competent desk's calendar."""
    if case.accepted_at is None:
        return None
    duty = Duty.objects.filter(
        thread=f"case:{case.number}", subject="decide", bound_desk=case.competent_desk_id, state="open"
    ).first()
    if duty is not None and not duty.due_count.get("provisional"):
        return clocks.Count(duty.due_at, duty.due_count)
    return _again(case)


def begin(case: Case, a: Act) -> None:
    """Let the promise begin, or begin anew in a new round: on the competent desk's calendar. The caller saves."""
    form = procedures.form_of(case)
    promise = form.review or form.promise if case.reviews_id else form.promise
    limit = Within(within=promise.within, clock=promise.clock, starts="recorded")
    count = clocks.due(limit, a.at, bound_desk=case.competent_desk_id, owed_desk=case.accepting_desk_id)
    case.promise_due_at, case.promise_count = count.due_at, count.detail


def count_again(case: Case, a: Act, *, why: str, cause: str = "", began: datetime | None = None) -> None:
    """Count the promise anew, on the competent desk's calendar, without the times of suspension; a move is an entry.

    `began`: when the suspension began that is over now; what had passed by then stays late.
    """
    old, count = case.promise_due_at, _again(case) if case.accepted_at else None
    if old is None or count is None:
        return
    if began is not None:
        new = count.due_at if began <= old and count.due_at > old else None
    else:
        new = clocks.moved(old, count.due_at, now=a.at, told_at=a.at, reaction=None)
    if new is None:
        return
    case.promise_due_at, case.promise_count = new, count.detail
    case.save(update_fields=["promise_due_at", "promise_count"])
    a.entry(
        f"case:{case.number}",
        act="cases.promise.moved",
        cause=cause,
        payload={"old": clock.iso(old), "new": clock.iso(new), "why": why},
    )


def competent_is(case: Case, desk: str, a: Act) -> None:
    """Make a desk competent for a case: from here the promise is counted on its calendar, by an entry."""
    if case.competent_desk_id == desk:
        return
    case.competent_desk_id = desk
    case.save(update_fields=["competent_desk"])
    count_again(case, a, why="competent_desk", cause=f"desk:{desk}")


def count_of(case: Case) -> clocks.Count | None:
    """Return the promise as a duty to decide takes it over; None where nothing was promised yet."""
    return clocks.Count(case.promise_due_at, case.promise_count) if case.promise_due_at else None


def stopped(case: Case) -> list[dict[str, Any]]:
    """Return the times of suspension that are over, as a duty keeps them."""
    return [
        {"from": p["from"], "until": p["until"], "ground": CASE_SUSPENDED} for p in case.pauses if p["until"]
    ]


def _again(case: Case) -> clocks.Count | None:
    begins = case.promise_count.get("starts_at")
    return clocks.again(
        case.promise_count,
        datetime.fromisoformat(begins) if begins else case.accepted_at or case.filed_at,
        bound_desk=case.competent_desk_id,
        owed_desk=case.accepting_desk_id,
        pauses=duties.spans_of(case.pauses),
    )
