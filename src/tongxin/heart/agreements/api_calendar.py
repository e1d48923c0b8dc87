"""API of calendars: a year of an office's working days, and when a time limit runs out; for anyone."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from tongxin.heart.agreements import almanac
from tongxin.heart.agreements.language import CalendarOf, Clock
from tongxin.heart.exchange.api_parts import PUBLIC_PROBLEMS, Word
from tongxin.heart.region import queries
from tongxin.shared import clock, durations
from tongxin.shared.named import Both

router = Router(tags=["calendar"])

Year = Annotated[int, Field(ge=almanac.FIRST_YEAR, le=almanac.LAST_YEAR)]
Pause = Annotated[str, Field(max_length=80)]


class NameOut(Schema):
    """A name in both languages."""

    zh: str
    en: str


class ExceptionOut(Schema):
    """A day that is not what its weekday says: a `holiday`, or a working day at a weekend (`moved`)."""

    on: date
    kind: str
    name: NameOut | None


class CalendarOut(Schema):
    """A year of an office's calendar. `provisional`: no notice is published yet, the weekend rule stands in for it."""

    office: str
    hours: list[list[str]] = Field(description="Spans of wall time on a working day.")
    calendar: str
    version: str
    year: int
    provisional: bool
    source: str
    weekend: list[int] = Field(description="0 is Monday.")
    working_days: int
    exceptions: list[ExceptionOut]


class SpanOut(Schema):
    """A span of time that counted, or, on a line of reason `paused`, did not."""

    begins: str
    ends: str


class LineOut(Schema):
    """Days in a row that the count treated alike, or one that counted, and how much had counted by then."""

    first: date
    last: date
    reason: str = Field(
        description="counted, moved (a working day at a weekend), elapsed; or why not: start, weekend, holiday, "
        "closed, apart (the offices are not open at the same time), paused."
    )
    counted: str = Field(description="ISO 8601; PT0S where the days did not count.")
    running: str
    spans: list[SpanOut]
    name: NameOut | None = Field(description="Of a holiday.")
    office: str = Field(description="Of several offices, the one that is closed.")
    provisional: bool


class DueCountOut(Schema):
    """When a limit runs out and how it was counted, line by line."""

    due_at: str
    starts_at: str
    within: str
    clock: str
    calendar_of: str
    provisional: bool
    calendar: str
    calendar_version: str
    offices: list[str]
    lines: list[LineOut]


@router.get(
    "/calendar",
    auth=None,
    response={200: CalendarOut, **PUBLIC_PROBLEMS},
    operation_id="calendar",
    summary="A year of an office's working days",
)
def calendar(request: HttpRequest, desk: Word, year: Year | None = None) -> dict[str, Any]:
    """Give a year (this one) of the calendar of the office that staffs a desk today."""
    office = queries.desk_office(desk)
    found = almanac.year_of(office, year or queries.today().year)
    return {
        "office": office.id,
        "hours": office.hours,
        "calendar": office.calendar_id,
        "version": found.version,
        "year": found.year,
        "provisional": found.provisional,
        "source": found.source,
        "weekend": sorted(found.weekend),
        "working_days": found.working_days,
        "exceptions": [
            {"on": day.on, "kind": day.kind, "name": _name(day.name)}
            for day in found.days
            if day.kind in {"holiday", "moved"}
        ],
    }


@router.get(
    "/due",
    auth=None,
    response={200: DueCountOut, **PUBLIC_PROBLEMS},
    operation_id="due",
    summary="When a time limit runs out",
)
def due(
    request: HttpRequest,
    start: Word,
    within: Word,
    debtor: Word,
    creditor: Word,
    clock_: Annotated[Clock, Query(alias="clock")] = "calendar",
    calendar_of: CalendarOf = "debtor",
    pause: Annotated[list[Pause], Query(max_length=almanac.PAUSES)] = [],  # noqa: B006  # read, never changed
) -> dict[str, Any]:
    """Count a limit as a duty between two desks would have it.

    `start` is `2026-02-12T15:00`, Beijing time unless it has an offset; `within` is ISO 8601 (`PT4H`, `P5D`); a `pause`
    is `2026-02-14T10:00/2026-02-25T10:00` and may be given more than once.
    """
    limit, starts_at, pauses = almanac.asked(
        start, within, kind=clock_, calendar_of=calendar_of, pauses=pause
    )
    found = almanac.counted(limit, starts_at, bound_desk=debtor, owed_desk=creditor, pauses=pauses)
    detail, in_days = found.count.detail, limit.clock != "hours"
    return {
        "due_at": _local(found.count.due_at),
        "starts_at": _local(starts_at),
        "within": durations.iso(limit.within, in_days=in_days),
        "clock": detail["clock"],
        "calendar_of": detail["calendar_of"],
        "provisional": found.count.provisional,
        "calendar": detail.get("calendar", ""),
        "calendar_version": detail.get("calendar_version", ""),
        "offices": detail.get("offices", []),
        "lines": [_line(line, in_days) for line in found.lines],
    }


def _line(line: almanac.Line, in_days: bool) -> dict[str, Any]:
    return {
        "first": line.first,
        "last": line.last,
        "reason": line.reason,
        "counted": durations.iso(line.counted, in_days=in_days),
        "running": durations.iso(line.running, in_days=in_days),
        "spans": [{"begins": _local(a), "ends": _local(b)} for a, b in line.spans],
        "name": _name(line.name),
        "office": line.office,
        "provisional": line.provisional,
    }


def _name(name: Both | None) -> dict[str, str] | None:
    return {"zh": name.zh, "en": name.en} if name else None


def _local(at: Any) -> str:
    return str(clock.beijing(at).isoformat(timespec="seconds"))
