"""Working time: which day is a working day, and when a time limit in working hours or working days ends.

Pure arithmetic over dated calendar data; `calendars.py` reads the data of an office. Instants go in and come out
aware. Hours run inside office hours only; for days the starting day does not
count, nor any day touched by a suspension, and the limit ends at the close of the last working day.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import reduce
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from tongxin.shared import clock, durations

Span = tuple[datetime, datetime]

SEARCH_DAYS = 3660  # past ten years without enough open time a calendar is wrong, not slow


class NeverOpen(ValueError):
    """The calendar has no open time in which the limit could ever end."""


@dataclass(frozen=True)
class Year:
    """The days of one year that are not what their weekday says."""

    holidays: frozenset[date] = frozenset()
    moved_working_days: frozenset[date] = frozenset()
    provisional: bool = False


@dataclass(frozen=True)
class Calendar:
    """A working calendar with its dated years; a year that is missing follows the weekend rule, provisionally."""

    id: str
    version: str
    weekend: frozenset[int] = frozenset({5, 6})  # as date.weekday(): Monday is 0
    years: Mapping[int, Year] = field(default_factory=dict)

    def is_working_day(self, on: date) -> tuple[bool, bool]:
        """Return whether `on` is a working day, and whether that is provisional.

        >>> Calendar("cn", "1").is_working_day(date(2031, 3, 3))
        (True, True)
        """
        by_weekday = on.weekday() not in self.weekend
        year = self.years.get(on.year)
        if year is None:
            return by_weekday, True
        if on in year.moved_working_days:
            return True, year.provisional
        return by_weekday and on not in year.holidays, year.provisional


def add_working_days(calendar: Calendar, start: date, count: int) -> tuple[date, bool]:
    """Return the `count`-th working day after `start` (which does not count), and whether that is provisional.

    Raises ValueError for a count below one.
    """
    if count < 1:
        raise ValueError("a number of working days begins at one")
    provisional = False
    for on in _days_from(start + timedelta(days=1)):
        working, guessed = calendar.is_working_day(on)
        provisional |= guessed
        count -= working
        if count == 0:
            return on, provisional
    raise NeverOpen(f"calendar {calendar.id} has no working days after {start}")


class Opening(Protocol):
    """When an office, or several at once, is open."""

    def spans_on(self, on: date) -> list[Span]:
        """Return the open spans of a day in order; none when it is no working day."""

    def provisional_on(self, on: date) -> bool:
        """Return whether that day is only provisionally known."""

    def day_of(self, at: datetime) -> date:
        """Return the day that an instant falls on, on the office's own wall."""

    def described(self) -> dict[str, Any]:
        """Return the calendars and versions that were used, to be kept with a due."""


@dataclass(frozen=True)
class OfficeOpening:
    """The hours of one office: spans of wall time on the working days of its calendar."""

    calendar: Calendar
    hours: tuple[tuple[time, time], ...]
    zone: ZoneInfo = clock.BEIJING

    def spans_on(self, on: date) -> list[Span]:
        """Return the open spans of a day in order, in UTC."""
        if not self.calendar.is_working_day(on)[0]:
            return []
        return [(self._at(on, opens), self._at(on, closes)) for opens, closes in self.hours]

    def provisional_on(self, on: date) -> bool:
        """Return whether the calendar is only provisional on that day."""
        return self.calendar.is_working_day(on)[1]

    def day_of(self, at: datetime) -> date:
        """Return the office's own date at an instant."""
        return at.astimezone(self.zone).date()

    def described(self) -> dict[str, Any]:
        """Return the calendar with its version."""
        return {"calendar": self.calendar.id, "calendar_version": self.calendar.version}

    def _at(self, on: date, wall: time) -> datetime:
        return datetime.combine(on, wall, tzinfo=self.zone).astimezone(UTC)


@dataclass(frozen=True)
class Together:
    """Several offices counted together (`calendar_of: both`): open only while all of them are."""

    parts: tuple[OfficeOpening, ...]

    def spans_on(self, on: date) -> list[Span]:
        """Return the spans in which every office is open."""
        return reduce(_both, (part.spans_on(on) for part in self.parts))

    def provisional_on(self, on: date) -> bool:
        """Return whether any of the calendars is provisional on that day."""
        return any(part.provisional_on(on) for part in self.parts)

    def day_of(self, at: datetime) -> date:
        """Return the date on the wall of the first office."""
        return self.parts[0].day_of(at)

    def described(self) -> dict[str, Any]:
        """Return all calendars with their versions."""
        each = [part.described() for part in self.parts]
        return {key: " + ".join(sorted({one[key] for one in each})) for key in each[0]}


@dataclass(frozen=True)
class Count:
    """When a limit ends, and how that was counted: `spans` for hours, `days` for days."""

    due_at: datetime
    clock: str
    within: timedelta
    provisional: bool = False
    spans: tuple[Span, ...] = ()
    days: tuple[date, ...] = ()
    calendars: Mapping[str, Any] = field(default_factory=dict)

    @property
    def calendar(self) -> str:
        """Return the calendar that was counted on, with its version; empty for elapsed time."""
        return "@".join(
            self.calendars[key] for key in ("calendar", "calendar_version") if key in self.calendars
        )

    def as_json(self) -> dict[str, Any]:
        """Return what is stored with the due."""
        return {
            "clock": self.clock,
            "within": durations.iso(self.within),
            "provisional": self.provisional,
            "spans": [[clock.iso(a), clock.iso(b)] for a, b in self.spans],
            "days": [on.isoformat() for on in self.days],
            **self.calendars,
        }


def due_in_hours(
    start: datetime, within: timedelta | str, opening: Opening, *, suspended: Iterable[Span] = ()
) -> Count:
    """Return when `within` has passed inside office hours, counted from `start`; suspended time does not count.

    A limit that is used up exactly at closing time ends there, not at the next opening.
    """
    length = _length(within)
    left, counted, provisional = length, [], False
    pauses = sorted(suspended)
    for on in _days_from(opening.day_of(start)):
        provisional |= opening.provisional_on(on)
        for opens, closes in _without(opening.spans_on(on), pauses):
            begins = max(opens, start.astimezone(UTC))
            if begins >= closes:
                continue
            ends = min(closes, begins + left)
            counted.append((begins, ends))
            left -= ends - begins
            if not left:
                calendars = opening.described()
                return Count(ends, "hours", length, provisional, tuple(counted), calendars=calendars)
    raise NeverOpen("the office is never open long enough")


def due_in_days(
    start: datetime, within: timedelta | str, opening: Opening, *, suspended: Iterable[Span] = ()
) -> Count:
    """Return the close of the last working day of `within`, which must be whole days.

    The starting day does not count, nor any day touched by a suspension (from inclusive, until exclusive).
    """
    length = _length(within)
    if length % timedelta(days=1):
        raise ValueError("a limit in working days is a whole number of days")
    pauses = list(suspended)
    wanted, days, provisional = length.days, [], False
    for on in _days_from(opening.day_of(start) + timedelta(days=1)):
        provisional |= opening.provisional_on(on)
        spans = opening.spans_on(on)
        if not spans or any(_touches(opening, on, pause) for pause in pauses):
            continue
        days.append(on)
        if len(days) == wanted:
            return Count(
                spans[-1][1], "days", length, provisional, days=tuple(days), calendars=opening.described()
            )
    raise NeverOpen("the office never has enough working days")


def due_by_calendar(start: datetime, within: timedelta | str, *, suspended: Iterable[Span] = ()) -> Count:
    """Return `start` and the elapsed time: nights and holidays count, suspended time does not."""
    length = _length(within)
    left, begins, counted = length, start.astimezone(UTC), []
    for stops, resumes in joined(suspended):
        if resumes <= begins:
            continue
        if stops >= begins + left:
            break
        if stops > begins:
            counted.append((begins, stops))
            left -= stops - begins
        begins = resumes
    counted.append((begins, begins + left))
    return Count(begins + left, "calendar", length, spans=tuple(counted))


def joined(spans: Iterable[Span]) -> list[Span]:
    """Return the spans in UTC and in order, those that meet or overlap as one, those without length left out.

    >>> a, b, c = (datetime(2026, 3, 2, h, tzinfo=UTC) for h in (9, 10, 11))
    >>> joined([(b, c), (a, b), (c, c)]) == [(a, c)]
    True
    """
    one: list[Span] = []
    for begins, ends in sorted((a.astimezone(UTC), b.astimezone(UTC)) for a, b in spans if a < b):
        if one and begins <= one[-1][1]:
            one[-1] = (one[-1][0], max(one[-1][1], ends))
        else:
            one.append((begins, ends))
    return one


def open_time_between(begins: datetime, ends: datetime, opening: Opening) -> timedelta:
    """Return the office hours between two instants."""
    total, on = timedelta(), opening.day_of(begins)
    while on <= opening.day_of(ends):
        for opens, closes in opening.spans_on(on):
            total += max(timedelta(), min(closes, ends) - max(opens, begins))
        on += timedelta(days=1)
    return total


def _length(within: timedelta | str) -> timedelta:
    length = durations.parse(within) if isinstance(within, str) else within
    if length <= timedelta():
        raise ValueError("a time limit is longer than nothing")
    return length


def _days_from(first: date) -> Iterator[date]:
    return (first + timedelta(days=n) for n in range(SEARCH_DAYS))


def _both(left: Sequence[Span], right: Sequence[Span]) -> list[Span]:
    """Return the common parts of two ordered lists of spans."""
    common = ((max(a[0], b[0]), min(a[1], b[1])) for a in left for b in right)
    return sorted((begins, ends) for begins, ends in common if begins < ends)


def _without(spans: list[Span], pauses: Sequence[Span]) -> list[Span]:
    """Return what is left of the spans when the pauses are taken out."""
    for pause_from, pause_until in pauses:
        cut = []
        for begins, ends in spans:
            if pause_until <= begins or ends <= pause_from:
                cut.append((begins, ends))
                continue
            cut += [(a, b) for a, b in ((begins, pause_from), (pause_until, ends)) if a < b]
        spans = cut
    return spans


def _touches(opening: Opening, on: date, pause: Span) -> bool:
    """Return whether any moment of the pause lies on that day."""
    begins, ends = pause
    return begins < ends and opening.day_of(begins) <= on <= opening.day_of(ends - timedelta(microseconds=1))
