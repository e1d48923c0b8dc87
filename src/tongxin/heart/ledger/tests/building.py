"""Small logs for the tests of the ledger."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import transaction

from tongxin.heart.ledger import actions
from tongxin.shared import clock

MORNING = datetime(2026, 3, 9, 0, 30, tzinfo=UTC)
DESKS = ("tj-wuqing/service_centre", "bj-tongzhou/service_centre", "he-langfang/ecology_bureau")


@dataclass(frozen=True)
class Looker:
    """Somebody who looks."""

    jurisdiction: str
    desk: str = "none/none"


def draft(n: int) -> actions.Draft:
    """Entry number `n` of the story: every third desk, every second subject, a payload of its own."""
    return actions.Draft(
        act=("cases.filed", "ecology.incident.notified")[n % 2],
        desk=DESKS[n % 3],
        post=DESKS[n % 3].partition("/")[0] + "-hall/clerk",
        subject=f"case:WT-2026-{n % 4:06}/step:{n}",
        at=MORNING + timedelta(minutes=n),
        basis="wuqing-tongzhou-one-window@1/handle",
        payload={"number": n, "note": f"第{n}件", "nested": {"list": [n, None, True]}},
    )


def grow(count: int, *, checkpoints: Iterable[int] = (), start: int = 0) -> None:
    """Append `count` entries one by one; sign a checkpoint after those named."""
    wanted = set(checkpoints)
    for n in range(start, start + count):
        with transaction.atomic():
            actions.append([draft(n)])
        if n in wanted:
            with clock.held_at(MORNING + timedelta(minutes=n, seconds=30)):
                actions.checkpoint()
