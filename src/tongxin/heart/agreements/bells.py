"""What the bell is rung with wherever a duty changes: a due that moved closer."""

from __future__ import annotations

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
