"""Dues that were counted through a year without its published calendar are counted anew when it is published."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import structlog

from tongxin.heart.agreements import clocks, duties, rulebook
from tongxin.heart.agreements.actions import parts
from tongxin.heart.agreements.models import Duty
from tongxin.heart.exchange.acts import act
from tongxin.heart.region.acting import SYSTEM
from tongxin.heart.region.worktime import NeverOpen
from tongxin.shared import canonical, clock
from tongxin.shared.errors import OF_ONE

log = structlog.get_logger(__name__)

RUNNING = (
    Duty.State.OPEN,
    Duty.State.SUSPENDED,
)  # a claimed one is judged by the due that stood at its delivery


def recount_provisional(now: datetime | None = None) -> int:
    """Count every running provisional due anew whose calendar has another version by now; return how many were.

    Each is an act with an entry, and a move where the due changes. A due that has passed stays as it was. Safe to run
    twice, late, or beside others; one that cannot be counted does not keep the rest.
    """
    now = now or clock.now()
    rows = Duty.objects.filter(state__in=RUNNING, due_at__gte=now, due_count__provisional=True)
    done = 0
    for duty in list(rows.order_by("due_at", "id")):
        try:
            done += _recount(duty)
        except parts.NotNow:
            log.info("a due stands otherwise by now", duty=duty.pk)
        except OF_ONE:
            log.exception("a due could not be counted anew", duty=duty.pk, clause=duty.clause_id)
    return done


def _recount(seen: Duty) -> bool:
    """Count one due anew under its own act, unless its calendar is the one it was counted on."""
    found = _counted(seen)
    if found is None or calendar_of(found.detail) == calendar_of(seen.due_count):
        return False
    request = {"duty": seen.pk, "from": calendar_of(seen.due_count), "to": calendar_of(found.detail)}
    key = f"recount:{seen.pk}:{canonical.sha256_hex(request)[:32]}"
    with act("agreements.duty.recounted", by=SYSTEM, key=key, request=request) as a:
        if a.replayed:
            return False
        parts.lock_thread(seen.thread)
        duty = Duty.objects.select_for_update(of=("self",)).select_related("clause__version").get(pk=seen.pk)
        count = _counted(duty) if duty.state in RUNNING and duty.due_at >= a.at else None
        if (
            count is None
            or calendar_of(count.detail) != request["to"]
            or calendar_of(duty.due_count) != request["from"]
        ):
            raise parts.not_now()  # the key is not kept: where it has to be counted after all, the next round does
        a.result = {"duty": duty.pk, "moved": False}
        reaction = rulebook.read_clause(duty.clause).reaction
        to = clocks.moved(duty.due_at, count.due_at, now=a.at, told_at=a.at, reaction=reaction)
        cause = f"calendar:{calendar_of(count.detail)}"[:160]
        if to is not None:
            duties.move(duty, count, a, why="calendar", cause=cause, to=to)
            a.result["moved"] = True
            return True
        duty.due_count = count.detail
        duty.save(update_fields=["due_count"])
        payload = {"due_at": clock.iso(duty.due_at), "why": "calendar"}
        a.entry(f"{duty.thread}/duty:{duty.pk}", cause=cause, basis=duty.clause_id, payload=payload)
    return True


def _counted(duty: Duty) -> clocks.Count | None:
    try:
        return clocks.again(
            duty.due_count,
            duty.starts_at,
            bound_desk=duty.bound_desk_id,
            owed_desk=duty.owed_desk_id,
            pauses=duties.pauses_of(duty),
        )
    except NeverOpen:
        log.warning("the calendar has no open time for a due", duty=duty.pk)
        return None


def calendar_of(detail: Mapping[str, object]) -> str:
    """Return on which calendar, in which version, a count was made."""
    return f"{detail.get('calendar', '')}@{detail.get('calendar_version', '')}"
