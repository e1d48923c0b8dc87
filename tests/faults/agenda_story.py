"""The part of the crash story in which a late duty has climbed every step and a leaders' meeting resolves on it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.faults.duties_story import Do, Told, acting


def raised(told: Told, key: str) -> dict[str, Any]:
    """Every step is taken for one duty; the others of the story wait for their own rings."""
    from tests.faults.incidents_story import BEGINS
    from tests.support import judged

    return {"item": judged.raised(acting("bound"), BEGINS + timedelta(minutes=260), key).pk}


def settled(told: Told, key: str) -> dict[str, Any]:
    """Wuqing's coordination office records what the meeting of this day resolved."""
    from tests.faults.incidents_story import BEGINS
    from tongxin.heart.agreements import actions

    return actions.settle_agenda_item(
        by=acting("owed-office"),
        key=key,
        item=told["agenda-raised"]["item"],
        kind="returned",
        met_on=(BEGINS + timedelta(minutes=2102)).date(),
        text="示例",
    )


def exported(told: Told, key: str) -> dict[str, Any]:
    from tongxin.heart.exchange import exports

    by = acting("owed-office")
    subject, name = f"desk:{by.desk}/agenda", "agreements.agenda.exported"
    return exports.record(by=by, key=key, name=name, subject=subject, rows=1, fields=["item"])


# Name, minutes after the beginning, what is done.
PART: list[tuple[str, int, Do]] = [
    ("agenda-raised", 2101, raised),
    ("agenda-settled", 2102, settled),
    ("agenda-exported", 2103, exported),
]
