"""Notes in the ledger that the machine's clock jumped: the ticker looks, two seconds are allowed.

Recorded time never runs backwards, jump or not (`ledger.not_before_last`): after a step back what is recorded bears the
instant of the last entry until the clock has caught up. The entry says why many instants are the same.
"""

from __future__ import annotations

from tongxin.heart.exchange.acts import act
from tongxin.heart.ledger import actions as ledger
from tongxin.heart.region.acting import SYSTEM
from tongxin.shared import clock

_watch = clock.Watch()


def look(watch: clock.Watch = _watch) -> clock.Jump | None:
    """Keep an entry when the clock jumped since the last look, or stands behind what was recorded; return the jump.

    A clock that stands behind the last entry is noted once for that entry, however often it is looked at.
    """
    jump, now = watch.look(), clock.now()
    last = ledger.not_before_last(now)
    if last - now > clock.JUMP:
        jump = clock.Jump(jump.expected if jump else last, now)
        key = f"clock:behind:{clock.iso(last)}"
    elif jump:
        key = f"clock:jumped:{clock.iso(jump.found)}"
    else:
        return None
    return jump if _noted(jump, key) else None


def _noted(jump: clock.Jump, key: str) -> bool:
    request = {"key": key}
    with act("site.clock.jumped", by=SYSTEM, key=key, request=request) as a:
        if a.replayed:
            return False
        a.entry(
            "clock:system",
            payload={
                "expected": clock.iso(jump.expected),
                "found": clock.iso(jump.found),
                "milliseconds": round(jump.length.total_seconds() * 1000),
            },
        )
    return True
