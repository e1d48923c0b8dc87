"""The working calendar to look at, a year of an office's days, and a due explained day by day as it was counted."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import TypeVar

from django.utils.translation import gettext_lazy as _

from tongxin.heart.agreements import clocks, wording
from tongxin.heart.agreements.language import CalendarOf, Clock, Within
from tongxin.heart.region import calendars, queries, worktime
from tongxin.heart.region.models import CalendarDay, CalendarYear, Mandate, Office, valid_on
from tongxin.heart.region.worktime import NeverOpen, OfficeOpening, Opening, Span
from tongxin.shared import durations
from tongxin.shared.errors import Invalid
from tongxin.shared.named import Both

T = TypeVar("T")
LONGEST = {  # what is shown day by day; a clause may say more
    "calendar": timedelta(days=1000),
    "hours": timedelta(hours=800),
    "days": timedelta(days=250),
}
PAUSES = 20
MARKS = {"holiday": _("off"), "moved": _("work")}
FIRST_YEAR, LAST_YEAR = 1950, 2199
_MIDNIGHT = re.compile(r"T24:00(:00)?")  # the end of a day


@dataclass(frozen=True)
class Day:
    """One day of a calendar: worked or not, and why it is not what its weekday says."""

    on: date
    works: bool
    kind: str  # working, weekend, holiday, moved
    name: Both | None = None

    @property
    def mark(self) -> str:
        """The sign that printed calendars put beside such a day."""
        return str(MARKS.get(self.kind, ""))


@dataclass(frozen=True)
class Run:
    """A holiday from its first to its last day."""

    first: date
    last: date
    name: Both

    @property
    def days(self) -> int:
        """How many days it lasts."""
        return (self.last - self.first).days + 1


@dataclass(frozen=True)
class Year:
    """A year of an office's calendar. `provisional`: no notice was published, the weekend rule stands in for it."""

    office: Office
    year: int
    days: tuple[Day, ...]
    provisional: bool
    source: str
    version: str
    weekend: frozenset[int]  # as date.weekday()

    @property
    def months(self) -> list[list[list[Day | None]]]:
        """The months as weeks from Monday; a place outside the month is None."""
        return [
            _weeks(list(days))
            for _month, days in groupby(self.days, key=lambda day: (day.on.year, day.on.month))
        ]

    @property
    def working_days(self) -> int:
        """How many days are worked."""
        return sum(day.works for day in self.days)

    @property
    def holidays(self) -> list[Run]:
        """The holidays in order."""
        runs: list[Run] = []
        for day in self.days:
            if day.kind != "holiday" or day.name is None:
                continue
            if runs and runs[-1].name == day.name and (day.on - runs[-1].last).days == 1:
                runs[-1] = replace(runs[-1], last=day.on)
            else:
                runs.append(Run(day.on, day.on, day.name))
        return runs

    @property
    def moved(self) -> list[date]:
        """The working days at weekends."""
        return [day.on for day in self.days if day.kind == "moved"]


@dataclass(frozen=True)
class Line:
    """Days in a row that a count treats alike, or one that counts; `reason` is a word of REASONS."""

    first: date
    last: date
    reason: str
    counted: timedelta = timedelta()
    running: timedelta = timedelta()  # what has counted by the end of the line
    number: int = 0  # of a counted working day
    spans: tuple[Span, ...] = ()
    name: Both | None = None  # of a holiday
    office: str = ""  # of several offices, the one that is closed
    provisional: bool = False


REASONS = {
    "counted": _("counts"),
    "moved": _("counts: a working day at a weekend"),
    "elapsed": _("elapses"),
    "start": _("the starting day does not count"),
    "weekend": _("weekend"),
    "holiday": _("holiday"),
    "closed": _("outside the office's hours"),
    "apart": _("the offices are not open at the same time"),
    "paused": _("paused"),
}


@dataclass(frozen=True)
class Counted:
    """A due with the offices that were counted on and the count line by line."""

    limit: Within
    starts_at: datetime
    count: clocks.Count
    offices: tuple[Office, ...]
    lines: tuple[Line, ...] = field(repr=False)


@dataclass(frozen=True)
class Seat:
    """A desk that an office staffs, as a list to choose from names it."""

    desk: str
    role: str
    place: str  # its jurisdiction; empty for a group's desk
    name: Both


def offices(on: date | None = None) -> list[Seat]:
    """Return the seats of desks, by code of their place: one read of names, for there are hundreds."""
    rows = Mandate.objects.filter(valid_on(on or queries.today()), kind=Mandate.Kind.SEAT)
    names = ("jurisdiction__name_zh", "jurisdiction__short_en", "group__name_zh", "group__name_en")
    read = rows.order_by("desk__jurisdiction__adcode", "desk__jurisdiction_id", "desk__role_id").values_list(
        "desk_id",
        "desk__role_id",
        "desk__jurisdiction_id",
        "desk__role__name_zh",
        "desk__role__name_en",
        *(f"desk__{name}" for name in names),
    )
    return [
        Seat(desk, role, place or "", wording.joined(zh or group_zh or "", en or group_en or "", *role_names))
        for desk, role, place, *role_names, zh, en, group_zh, group_en in read
    ]


def office_at(desk: str, on: date) -> Office:
    """Return the office with the seat of a desk on a day, with its calendar. Raises NotFound."""
    rows = Mandate.objects.filter(valid_on(on), kind=Mandate.Kind.SEAT, desk=desk)
    row = rows.select_related("office__calendar").order_by("-valid_from", "-id").first()
    return row.office if row else queries.desk_office(desk, on)


def years(office: Office, on: date) -> list[int]:
    """Return the years worth showing: from the first published one to two after the last, and that of the day."""
    known = list(CalendarYear.objects.filter(calendar=office.calendar_id).values_list("year", flat=True))
    return list(range(min([*known, on.year]), max([*known, on.year]) + 3))


def year_of(office: Office, year: int) -> Year:
    """Return a year of the calendar of an office. Raises Invalid for a year that no calendar has."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Invalid(_("There is no calendar for this year."), {"year": [str(_("Choose another year."))]})
    calendar = calendars.calendar(office.calendar_id)
    row = CalendarYear.objects.filter(calendar=office.calendar_id, year=year).first()
    names = {day.on: Both(zh=day.name_zh, en=day.name_en) for day in row.days.all()} if row else {}
    first = date(year, 1, 1)
    length = (date(year + 1, 1, 1) - first).days
    return Year(
        office=office,
        year=year,
        days=tuple(_day(calendar, first + timedelta(days=n), names) for n in range(length)),
        provisional=calendar.is_working_day(first)[1],
        source=row.source if row else "",
        version=calendar.version,
        weekend=calendar.weekend,
    )


def counted(
    limit: Within,
    starts_at: datetime,
    *,
    bound_desk: str,
    owed_desk: str,
    pauses: Sequence[Span] = (),
) -> Counted:
    """Return when a limit runs out and how, as a duty between two desks would have it (see clocks.due).

    Raises NotFound for an unknown desk, Invalid for a limit that cannot be shown or never ends.
    """
    _check(limit, pauses)
    for desk in (bound_desk, owed_desk):
        queries.desk(desk)
    try:
        count = clocks.due(limit, starts_at, bound_desk=bound_desk, owed_desk=owed_desk, pauses=pauses)
    except NeverOpen:
        raise Invalid(
            _("The limit would never end: there is no time in which it counts."),
            {"calendar_of": [str(_("The offices are never open at the same time."))]},
        ) from None
    found = Office.objects.in_bulk(count.detail.get("offices", []))
    named = tuple(found[each] for each in count.detail.get("offices", []))
    stopped = worktime.joined(pauses)
    if limit.clock == "calendar":
        lines = _elapsed(limit, starts_at, stopped)
    else:
        lines = _in_rows(_daily(limit, starts_at, count, named, stopped))
    return Counted(limit, starts_at, count, named, tuple(lines))


def _check(limit: Within, pauses: Sequence[Span]) -> None:
    longest = LONGEST[limit.clock]
    if limit.within > longest:
        raise Invalid(
            _("This limit is too long to be shown day by day."), {"within": [str(_("Give a shorter limit."))]}
        )
    if limit.clock == "days" and limit.within % timedelta(days=1):
        raise Invalid(
            _("A limit in working days is a whole number of days."), {"within": [str(_("Give whole days."))]}
        )
    if len(pauses) > PAUSES:
        raise Invalid(_("There are too many pauses."), {"pause": [str(_("Give fewer pauses."))]})
    if any(begins >= ends for begins, ends in pauses):
        raise Invalid(
            _("A pause ends after it begins."), {"pause": [str(_("Give the end after the beginning."))]}
        )


def _day(calendar: worktime.Calendar, on: date, names: dict[date, Both]) -> Day:
    works, _provisional = calendar.is_working_day(on)
    weekend = on.weekday() in calendar.weekend
    if works:
        return Day(on, works, "moved" if weekend else "working", names.get(on) if weekend else None)
    known = calendar.years.get(on.year)
    if known is not None and on in known.holidays:
        return Day(on, works, CalendarDay.Kind.HOLIDAY.value, names.get(on))
    return Day(on, works, "weekend")


def _weeks(days: list[Day]) -> list[list[Day | None]]:
    cells: list[Day | None] = [None] * days[0].on.weekday() + list(days)
    cells += [None] * (-len(cells) % 7)
    return [cells[n : n + 7] for n in range(0, len(cells), 7)]


def _elapsed(limit: Within, starts_at: datetime, stopped: Sequence[Span]) -> Iterator[Line]:
    """Yield the stretches of elapsed time, and between them the pauses."""
    wall = calendars.zone()
    spans = worktime.due_by_calendar(starts_at, limit.within, suspended=stopped).spans
    running, before = timedelta(), starts_at
    for begins, ends in spans:
        if begins > before:
            first, last = before.astimezone(wall).date(), begins.astimezone(wall).date()
            yield Line(first, last, "paused", running=running, spans=((before, begins),))
        running += ends - begins
        first, last = begins.astimezone(wall).date(), ends.astimezone(wall).date()
        yield Line(first, last, "elapsed", ends - begins, running, spans=((begins, ends),))
        before = ends


def _daily(
    limit: Within,
    starts_at: datetime,
    count: clocks.Count,
    named: Sequence[Office],
    stopped: Sequence[Span],
) -> Iterator[Line]:
    """Yield one line a day, from the starting day to that of the due."""
    parts = [calendars.opening_of(office) for office in named]
    opening: Opening = parts[0] if len(parts) == 1 else worktime.Together(tuple(parts))
    days = {date.fromisoformat(on) for on in count.detail["days"]}
    spans = [(datetime.fromisoformat(a), datetime.fromisoformat(b)) for a, b in count.detail["spans"]]
    on, last = opening.day_of(starts_at), opening.day_of(count.due_at)
    names = _holiday_names({office.calendar_id for office in named}, on, last)
    begins_on, running, number = on, timedelta(), 0
    while on <= last:
        mine = tuple(span for span in spans if opening.day_of(span[0]) == on)
        if on in days or mine:
            length = timedelta(days=1) if on in days else sum((b - a for a, b in mine), timedelta())
            running, number = running + length, number + 1
            moved = any(on.weekday() in part.calendar.weekend for part in parts)
            line = Line(on, on, "moved" if moved else "counted", length, running, number, mine)
        else:
            line = _not_counted(limit, opening, parts, named, on, on == begins_on, stopped, names)
            line = replace(line, running=running)
        yield replace(line, provisional=opening.provisional_on(on))
        on += timedelta(days=1)


def _holiday_names(ids: set[str], first: date, last: date) -> dict[tuple[str, date], Both]:
    rows = CalendarDay.objects.filter(
        year__calendar__in=ids, on__range=(first, last), kind=CalendarDay.Kind.HOLIDAY
    )
    return {
        (row.year.calendar_id, row.on): Both(zh=row.name_zh, en=row.name_en)
        for row in rows.select_related("year")
    }


def _not_counted(
    limit: Within,
    opening: Opening,
    parts: Sequence[OfficeOpening],
    named: Sequence[Office],
    on: date,
    starting: bool,
    stopped: Sequence[Span],
    names: Mapping[tuple[str, date], Both],
) -> Line:
    """Return why a day does not count."""
    if starting and limit.clock == "days":
        return Line(on, on, "start")
    shut = [office for part, office in zip(parts, named, strict=True) if not part.spans_on(on)]
    if shut:
        name = names.get((shut[0].calendar_id, on))
        only = shut[0].id if len(shut) < len(named) else ""
        return Line(on, on, "holiday" if name else "weekend", name=name, office=only)
    if not opening.spans_on(on):
        return Line(on, on, "apart")
    paused = any(a < end and begin < b for a, b in stopped for begin, end in opening.spans_on(on))
    if limit.clock == "days" or paused:
        return Line(on, on, "paused")
    return Line(on, on, "closed")


def _in_rows(lines: Iterator[Line]) -> Iterator[Line]:
    """Yield the lines, those in a row that do not count for one reason as one."""
    waiting: Line | None = None
    for line in lines:
        alike = (
            waiting and not line.number and waiting == replace(line, first=waiting.first, last=waiting.last)
        )
        if waiting and alike:
            waiting = replace(waiting, last=line.last)
            continue
        if waiting:
            yield waiting
        waiting = line
    if waiting:
        yield waiting


def asked(
    start: str, within: str, *, kind: Clock, calendar_of: CalendarOf, pauses: Sequence[str] = ()
) -> tuple[Within, datetime, list[Span]]:
    """Return limit, start and pauses as they were written: `2026-02-12T15:00` (wall time of the region, or with an
    offset), `P5D`, `2026-02-14T10:00/2026-02-25T10:00`. Raises Invalid naming what cannot be read.
    """
    wrong: dict[str, list[str]] = {}

    def read(name: str, text: str, reader: Callable[[str], T]) -> T | None:
        try:
            return reader(text)
        except ValueError as error:
            wrong.setdefault(name, []).append(str(error))
            return None

    length = read("within", within, durations.parse)
    begins = read("start", start, wall_time)
    stopped = [read("pause", text, pause) for text in pauses[: PAUSES + 1]]
    if length is None or begins is None or wrong:
        raise Invalid(_("The question cannot be read."), wrong)
    if kind == "days" and _MIDNIGHT.search(
        start
    ):  # the day that ends is the starting day, as of a period's end
        begins -= timedelta(microseconds=1)
    limit = Within(within=length, clock=kind, calendar_of=calendar_of)
    return limit, begins, [each for each in stopped if each]


def wall_time(text: str) -> datetime:
    """Return an instant that was written as wall time of the region, or with its offset; 24:00 ends its day.

    Raises ValueError.
    """
    try:
        found = datetime.fromisoformat(_MIDNIGHT.sub("T00:00", text))
        found += timedelta(days=1 if _MIDNIGHT.search(text) else 0)
    except (ValueError, OverflowError):
        reason = _("%(text)r is no instant; write for example 2026-02-12T15:00")
        raise ValueError(reason % {"text": text[:40]}) from None
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        said = {"text": text[:40], "first": FIRST_YEAR, "last": LAST_YEAR}
        raise ValueError(_("%(text)r lies outside the years %(first)d to %(last)d") % said)
    return found if found.tzinfo else found.replace(tzinfo=calendars.zone())


def pause(text: str) -> Span:
    """Return a pause that was written `2026-02-14T10:00/2026-02-25T10:00`. Raises ValueError."""
    begins, slash, ends = text.partition("/")
    if not slash:
        reason = _("%(text)r is no pause; write its beginning, a slash and its end")
        raise ValueError(reason % {"text": text[:40]})
    return wall_time(begins.strip()), wall_time(ends.strip())
