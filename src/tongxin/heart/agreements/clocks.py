"""From a time limit to a due instant, with the count that explains it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tongxin.heart.agreements.language import Due
from tongxin.heart.region import calendars, queries
from tongxin.shared import clock, durations


@dataclass(frozen=True)
class Count:
    """A due with how it was counted; `detail` is JSON for the duty's row."""

    due_at: datetime
    detail: dict[str, Any]


def due(limit: Due, starts_at: datetime, *, bound_desk: str, owed_desk: str) -> Count:
    """Return when a limit runs out that starts at `starts_at`, on the calendar the limit names.

    `calendar`: elapsed time. `hours`: inside office hours of the named desk's office. `days`: working days, the
    starting day not counted, ending at the close of the last one (HEART §6).
    """
    detail: dict[str, Any] = {
        "clock": limit.clock,
        "within": durations.iso(limit.within),
        "starts": limit.starts,
        "starts_at": clock.iso(starts_at),
    }
    if limit.clock == "calendar":
        return Count(starts_at + limit.within, detail)
    desk = owed_desk if limit.calendar_of == "creditor" else bound_desk
    office = queries.office_of(desk, starts_at)
    if limit.clock == "hours":
        counted = calendars.due_in_hours(starts_at, limit.within, office)
    else:
        counted = calendars.due_in_days(starts_at, limit.within, office)
    detail |= counted.as_json() | {"office": office.id}
    return Count(counted.due_at, detail)
