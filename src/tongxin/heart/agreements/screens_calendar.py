"""The calendar's screen: a year of an office's days, and when a time limit runs out; anyone may read it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.dates import WEEKDAYS, WEEKDAYS_ABBR
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_safe

from tongxin.heart.agreements import almanac, wording
from tongxin.heart.agreements.forms_calendar import WALL, DueForm, options
from tongxin.heart.agreements.language import Clock
from tongxin.heart.region import calendars, queries
from tongxin.shared import clock
from tongxin.shared.errors import Invalid, NotFound
from tongxin.shared.named import pick

SHORT = (_lazy("Mo"), _lazy("Tu"), _lazy("We"), _lazy("Th"), _lazy("Fr"), _lazy("Sa"), _lazy("Su"))


@dataclass(frozen=True)
class Month:
    """A month as the page shows it."""

    title: str
    weeks: list[list[almanac.Day | None]]


@dataclass(frozen=True)
class Row:
    """A line of a count with its words."""

    line: almanac.Line
    weekday: str
    why: str
    counts: bool
    total: str  # what has counted by its end, in the unit of the clock


@require_safe
def calendar(request: HttpRequest) -> HttpResponse:
    """Show a year of the calendar of the office that staffs a desk, and the calculator with its answer."""
    wall = calendars.zone()
    now = clock.now().astimezone(wall)
    today = now.date()
    seats = almanac.offices(today)
    if not seats:
        raise NotFound("no_offices", _("No region is loaded yet."))
    chosen = request.GET.get("desk", "")[:80]
    seat = next((row for row in seats if row.desk == chosen), None) or _own(request, seats)
    office = almanac.office_at(seat.desk, today)
    shown = almanac.year_of(office, _year(request, today))
    desks = [(row.desk, str(row.name)) for row in seats]
    form = _form(request, desks, seat, f"{now:{WALL}}")
    found = form.ask() if form.is_bound else None
    context: dict[str, Any] = {
        "base": "shell/base.html" if request.user.is_authenticated else "shell/public.html",
        "shown": shown,
        "months": [Month(_month(weeks), weeks) for weeks in shown.months],
        "weekdays": [(short, WEEKDAYS[n]) for n, short in enumerate(SHORT)],
        "options": options(desks, seat.desk),
        "desk": seat.desk,
        "years": almanac.years(office, today),
        "today": today,
        "calendar": office.calendar,
        "form": form,
        "found": found,
        "rows": [_row(line, found) for line in found.lines] if found else [],
        "crumbs": [{"label": _("Today"), "url": "/"}, {"label": _("Working calendar"), "url": ""}],
    }
    status = 422 if form.is_bound and found is None else 200
    return render(request, "agreements/calendar.html", context, status=status)


def _own(request: HttpRequest, seats: Sequence[almanac.Seat]) -> almanac.Seat:
    """Return the seat of the reader's own desk, else that of an office with more to do than to coordinate, in the first
    place that the region puts first.
    """
    reader = getattr(request, "acting", None)
    own = next((row for row in seats if reader and row.desk == reader.desk), None)
    if own:
        return own
    region = queries.region()
    focus = list(region.settings.get("focus", [])) if region else []
    busy = [row for row in seats if row.role != queries.FALLBACK_ROLE] or seats
    return next((row for place in focus for row in busy if row.place == place), busy[0])


def _year(request: HttpRequest, today: date) -> int:
    text = request.GET.get("year", "")
    if not text:
        return today.year
    if not (text.isascii() and text.isdigit() and len(text) == 4):
        raise Invalid(_("There is no calendar for this year."), {"year": [_("Choose another year.")]})
    return int(text)


def _form(request: HttpRequest, desks: list[tuple[str, str]], seat: almanac.Seat, now: str) -> DueForm:
    """Return the form, bound when something was asked; a part that was left out stands at its beginning."""
    desk = seat.desk
    other = next((code for code, _name in desks if code.split("/")[1] == seat.role and code != desk), desk)
    initial = {
        "start": now,
        "amount": 5,
        "unit": "days",
        "clock": "days",
        "calendar_of": "debtor",
        "debtor": desk,
        "creditor": other,
    }
    if "start" not in request.GET:
        return DueForm(desks=desks, initial=initial)
    given = {name: request.GET.get(name, "")[:80] for name in DueForm.base_fields}
    asked = {name: value if name in request.GET else initial.get(name, "") for name, value in given.items()}
    return DueForm(asked, desks=desks)


def _month(weeks: list[list[almanac.Day | None]]) -> str:
    return date_format(next(day.on for day in weeks[0] if day), "YEAR_MONTH_FORMAT")


def _row(line: almanac.Line, found: almanac.Counted) -> Row:
    why = str(almanac.REASONS[line.reason])
    if line.name:
        why = f"{why}{pick('：', ': ')}{line.name}"
    closed = next((office for office in found.offices if office.id == line.office), None)
    if closed:
        why = f"{why}{pick('，', ', ')}{pick(closed.short_zh, closed.short_en)}"
    if line.provisional:
        why = f"{why}{pick('（', ' (')}{_('provisional')}{pick('）', ')')}"
    weekday = str(WEEKDAYS_ABBR[line.first.weekday()]) if line.first == line.last else ""
    return Row(line, weekday, why, bool(line.counted), _total(line, found.limit.clock))


def _total(line: almanac.Line, clock_: Clock) -> str:
    if clock_ == "days":
        return str(line.number or "—")
    return wording.length(line.running, in_days=clock_ == "calendar") or "—"
