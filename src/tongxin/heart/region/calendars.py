"""The working calendars in the database, and time limits counted on the calendar and the hours of an office."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from tongxin.heart.region import worktime
from tongxin.heart.region.models import CalendarDay, CalendarYear, Office, RegionInfo, WorkCalendar
from tongxin.heart.region.worktime import Calendar, Count, OfficeOpening, Opening, Span, Together, Year
from tongxin.shared import clock
from tongxin.shared.statements import fixed

WEEKEND = [5, 6]  # Saturday and Sunday, where the pack says nothing else


def calendar(calendar_id: str) -> Calendar:
    """Return a calendar with its years. Raises WorkCalendar.DoesNotExist for an unknown one."""
    row = WorkCalendar.objects.only("version").get(id=calendar_id)
    return _built(calendar_id, row.version)


@lru_cache(maxsize=16)
def _built(calendar_id: str, version: str) -> Calendar:
    """Return the calendar of that version; a version names exactly these days, so it may be kept."""
    years = {}
    for row in CalendarYear.objects.filter(calendar_id=calendar_id).prefetch_related("days"):
        days = list(row.days.all())
        years[row.year] = Year(
            frozenset(day.on for day in days if day.kind == CalendarDay.Kind.HOLIDAY),
            frozenset(day.on for day in days if day.kind == CalendarDay.Kind.MOVED_WORKING_DAY),
            row.provisional,
        )
    weekend = _settings().get("weekends", {}).get(calendar_id, WEEKEND)
    return Calendar(calendar_id, version, frozenset(weekend), years)


def is_working_day(calendar_id: str, on: date) -> tuple[bool, bool]:
    """Return whether `on` is a working day of a calendar, and whether that is provisional."""
    return calendar(calendar_id).is_working_day(on)


def opening_of(office: Office, *, wall: ZoneInfo | None = None) -> OfficeOpening:
    """Return when an office is open, on its calendar as it was read with it; `wall`: the zone, where it is at hand."""
    hours = tuple((time.fromisoformat(opens), time.fromisoformat(closes)) for opens, closes in office.hours)
    days = _built(office.calendar_id, office.calendar.version)
    return OfficeOpening(days, hours, wall or zone())


def opening_of_both(one: Office, other: Office) -> Together:
    """Return when two offices are open at the same time (`calendar_of: both`)."""
    return Together((opening_of(one), opening_of(other)))


def zone() -> ZoneInfo:
    """Return the region's time zone."""
    name = _settings().get("time_zone")
    return ZoneInfo(name) if name else clock.BEIJING


def due_in_hours(
    start: datetime, within: timedelta | str, office: Office | Opening, *, suspended: Iterable[Span] = ()
) -> Count:
    """Return when `within` has passed inside the office's hours, counted from `start`."""
    return worktime.due_in_hours(start, within, _opening(office), suspended=suspended)


def due_in_days(
    start: datetime,
    within: timedelta | str | int,
    office: Office | Opening,
    *,
    suspended: Iterable[Span] = (),
) -> Count:
    """Return the close of the last of so many working days of the office; the starting day does not count."""
    length = timedelta(days=within) if isinstance(within, int) else within
    return worktime.due_in_days(start, length, _opening(office), suspended=suspended)


def _opening(office: Office | Opening) -> Opening:
    return opening_of(office) if isinstance(office, Office) else office


def _settings() -> dict[str, Any]:
    return next(iter(_stored_settings()), None) or {}


@fixed
def _stored_settings() -> QuerySet[RegionInfo, dict[str, Any]]:
    return RegionInfo.objects.order_by("pk").values_list("settings", flat=True)[:1]
