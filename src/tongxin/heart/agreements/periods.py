"""Periods: the weeks, months, quarters, half years and years that clauses return in, on the region's wall.

A period has a name that sorts and that people know (`2026-W07`, `2026-03`, `2026-Q1`, `2026-H1`, `2026`). It begins at
midnight of its first day and ends at midnight after its last, from inclusive, until exclusive. Weeks are those of
ISO 8601: they begin on Monday and belong to the year of their Thursday. Pure where a zone is given.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from tongxin.heart.agreements.language import PERIODS
from tongxin.heart.region import calendars

MONTHS = {"P1M": 1, "P3M": 3, "P6M": 6, "P1Y": 12}
NAME = re.compile(
    r"(?P<year>\d{4})(?:-(?:W(?P<week>\d\d)|Q(?P<quarter>[1-4])|H(?P<half>[12])|(?P<month>\d\d)))?"
)


@dataclass(frozen=True, order=True)
class Period:
    """One period: its beginning (inclusive) and its end (exclusive), instants in UTC, and its name."""

    begins: datetime
    ends: datetime
    name: str

    def holds(self, at: datetime) -> bool:
        """Return whether an instant lies in the period."""
        return self.begins <= at < self.ends


def of(every: str, at: datetime, *, zone: ZoneInfo | None = None) -> Period:
    """Return the period of a length (`P1W`, `P1M`, `P3M`, `P6M`, `P1Y`) in which an instant lies.

    Raises ValueError for another length.
    """
    wall = zone or calendars.zone()
    return _of_day(every, at.astimezone(wall).date(), wall)


def named(name: str, *, zone: ZoneInfo | None = None) -> Period:
    """Return the period of a name. Raises ValueError for what names none, such as `2026-13` or `2026-W54`."""
    found = NAME.fullmatch(name)
    if found is None:
        raise ValueError(
            f"{name!r} names no period; write for example 2026-W07, 2026-03, 2026-Q1, 2026-H1 or 2026"
        )
    year = int(found["year"])
    if found["week"]:
        every, first = "P1W", date.fromisocalendar(year, int(found["week"]), 1)
    elif found["quarter"]:
        every, first = "P3M", date(year, 3 * int(found["quarter"]) - 2, 1)
    elif found["half"]:
        every, first = "P6M", date(year, 6 * int(found["half"]) - 5, 1)
    elif found["month"]:
        every, first = "P1M", date(year, int(found["month"]), 1)
    else:
        every, first = "P1Y", date(year, 1, 1)
    return _of_day(every, first, zone or calendars.zone())


def length_of(name: str) -> str:
    """Return how long the period of a name is, such as `P1M`. Raises ValueError for what names none."""
    found = NAME.fullmatch(name)
    if found is None:
        raise ValueError(f"{name!r} names no period")
    kinds = {"week": "P1W", "quarter": "P3M", "half": "P6M", "month": "P1M"}
    return next((every for kind, every in kinds.items() if found[kind]), "P1Y")


def after(period: Period, *, zone: ZoneInfo | None = None) -> Period:
    """Return the next period of the same length."""
    return of(length_of(period.name), period.ends, zone=zone)


def between(every: str, begins: datetime, until: datetime, *, zone: ZoneInfo | None = None) -> list[Period]:
    """Return the periods that share a moment with a span (from inclusive, until exclusive), in order."""
    wall = zone or calendars.zone()
    return list(_between(every, begins, until, wall)) if begins < until else []


def _between(every: str, begins: datetime, until: datetime, zone: ZoneInfo) -> Iterator[Period]:
    period = of(every, begins, zone=zone)
    while period.begins < until:
        yield period
        period = of(every, period.ends, zone=zone)


def _of_day(every: str, on: date, zone: ZoneInfo) -> Period:
    if every not in PERIODS:
        raise ValueError(f"{every!r} is no period; these are: {', '.join(PERIODS)}")
    if every == "P1W":
        year, week, weekday = on.isocalendar()
        first = on - timedelta(days=weekday - 1)
        return Period(
            _midnight(first, zone), _midnight(first + timedelta(days=7), zone), f"{year:04}-W{week:02}"
        )
    length = MONTHS[every]
    number = (on.month - 1) // length  # of the year, from 0
    following = number * length + length
    first = date(on.year, number * length + 1, 1)
    next_first = date(on.year + following // 12, following % 12 + 1, 1)
    name = {
        "P1M": f"{on.year:04}-{number + 1:02}",
        "P3M": f"{on.year:04}-Q{number + 1}",
        "P6M": f"{on.year:04}-H{number + 1}",
        "P1Y": f"{on.year:04}",
    }[every]
    return Period(_midnight(first, zone), _midnight(next_first, zone), name)


def _midnight(on: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(on, time(), tzinfo=zone).astimezone(UTC)
