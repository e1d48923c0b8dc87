"""What the bell is rung with wherever a duty changes: a due that moved closer, or a forecast that leaves less time."""

from __future__ import annotations

from datetime import datetime

from tongxin.heart.agreements import wording
from tongxin.heart.agreements.models import DueMove, Duty
from tongxin.heart.exchange import actions as exchange
from tongxin.shared import clock

AGREED = "agreed"  # both sides are rung about a day that they agreed


def moved(duty: Duty, move: DueMove) -> None:
    """Ring the desk that owes a duty when its due came closer: it has less time than it was told."""
    if move.new >= move.old or move.why == AGREED:
        return
    exchange.notify(
        duty.bound_desk_id,
        "duty_closer",
        link=wording.thread_url(duty.thread),
        at=move.at,
        dedupe=f"moved:{move.pk}",
        params={
            "thread": duty.thread,
            "due_at": clock.iso(move.new),
            "was": clock.iso(move.old),
            "why": move.why,
            "to": duty.owed_desk_id,
        },
        drill=duty.drill,
    )


def needed(duty: Duty, was: datetime | None, at: datetime) -> None:
    """Ring the desk that owes an open duty when the receiver needs it earlier than all it was told before."""
    before = min(was or duty.due_at, duty.due_at)
    if duty.state != Duty.State.OPEN or duty.needed_by is None or duty.needed_by >= before:
        return
    exchange.notify(
        duty.bound_desk_id,
        "needed_closer",
        link=wording.thread_url(duty.thread),
        at=at,
        dedupe=f"needed:{duty.pk}:{clock.iso(duty.needed_by)}",
        params={
            "thread": duty.thread,
            "due_at": clock.iso(duty.needed_by),
            "was": clock.iso(before),
            "to": duty.owed_desk_id,
        },
        drill=duty.drill,
    )
