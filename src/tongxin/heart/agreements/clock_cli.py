"""Command line of clocks: when a time limit runs out and how it was counted, to hold a hand calculation against."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import click
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import gettext as _

from tongxin.heart.agreements import almanac
from tongxin.heart.agreements.forms_calendar import CALENDARS_OF, CLOCKS
from tongxin.heart.agreements.language import CalendarOf, Clock
from tongxin.heart.region import calendars, queries
from tongxin.heart.region.models import Office
from tongxin.shared import clock, durations
from tongxin.shared.named import pick


@click.group()
def group() -> None:
    """Show working calendars, and count when a time limit runs out. Needs no token."""


@group.command()
@click.option("--start", required=True, help="Where the limit starts: 2026-02-12T15:00, Beijing time.")
@click.option("--within", required=True, help="The limit, ISO 8601: PT1H, PT4H, P5D.")
@click.option(
    "--clock",
    "kind",
    type=click.Choice(["calendar", "hours", "days"]),
    default="calendar",
    show_default=True,
    help="Time that passes, hours inside office hours, or working days.",
)
@click.option(
    "--calendar-of",
    type=click.Choice(["debtor", "creditor", "both"]),
    default="debtor",
    show_default=True,
    help="On whose calendar.",
)
@click.option("--debtor", required=True, help="The desk that owes, such as bj-tongzhou/service_centre.")
@click.option("--creditor", required=True, help="The desk that is owed.")
@click.option("--pause", "pauses", multiple=True, help="What does not count: BEGINNING/END. May be repeated.")
def due(
    start: str,
    within: str,
    kind: Clock,
    calendar_of: CalendarOf,
    debtor: str,
    creditor: str,
    pauses: tuple[str, ...],
) -> None:
    """Count when a limit runs out, and print the count line by line.

    Each line has the day or days, what counted, what had counted by then, and why. All times are Beijing time.
    """
    limit, starts_at, stopped = almanac.asked(
        start, within, kind=kind, calendar_of=calendar_of, pauses=pauses
    )
    found = almanac.counted(limit, starts_at, bound_desk=debtor, owed_desk=creditor, pauses=stopped)
    wall, detail = calendars.zone(), found.count.detail
    begun = starts_at + timedelta(
        microseconds=starts_at.microsecond and 1
    )  # a day's end is kept one before it
    click.echo(_row(_("starts"), _instant(begun, due="T24:00" in start)))
    in_days = limit.clock != "hours"
    within_ = durations.iso(limit.within, in_days=in_days)
    on = {"clock": pick(str(CLOCKS[kind]), kind), "of": pick(str(CALENDARS_OF[calendar_of]), calendar_of)}
    click.echo(_row(_("within"), f"{within_}  " + _("clock: %(clock)s  calendar of: %(of)s") % on))
    for office in found.offices:
        click.echo(_row(_("office"), f"{office.id}  {_hours(office)}  {office.calendar_id}"))
    if found.offices:
        click.echo(_row(_("calendar"), f"{detail['calendar']}@{detail['calendar_version']}"))
    click.echo()
    for line in found.lines:
        days = _day(line.first)
        if line.last != line.first:
            days += f" – {_day(line.last)}"
        spans = "  ".join(f"{a.astimezone(wall):%H:%M}–{_end(b)}" for a, b in line.spans)
        words = pick("，", ", ").join(
            part for part in (str(almanac.REASONS[line.reason]), str(line.name or ""), line.office) if part
        )
        guess = f"  [{_('provisional')}]" if line.provisional else ""
        running = durations.iso(line.running, in_days=in_days)
        click.echo(f"{days:<33}  {spans:<13}  {running:>9}  {words}{guess}")
    click.echo()
    guess = f"  [{_('provisional')}]" if found.count.provisional else ""
    click.echo(_row(_("due"), _instant(found.count.due_at, due=True) + guess))


@group.command()
@click.argument("desk")
@click.option(
    "--year", type=click.IntRange(almanac.FIRST_YEAR, almanac.LAST_YEAR), help="Default: this year."
)
def year(desk: str, year: int | None) -> None:
    """Show the days of a year that are not what their weekday says, for the office that staffs DESK."""
    shown = almanac.year_of(queries.desk_office(desk), year or queries.today().year)
    office = shown.office
    click.echo(f"{office.id}  {pick(office.name_zh, office.name_en)}  {_hours(office)}")
    guess = f"  [{_('provisional: no notice yet')}]" if shown.provisional else ""
    click.echo(f"{shown.year}  {office.calendar_id}@{shown.version}{guess}")
    if shown.source:
        click.echo(shown.source)
    click.echo(_("working days: %(n)d") % {"n": shown.working_days})
    for run in shown.holidays:
        click.echo(_row(_("off"), f"{run.first} – {run.last}  {run.name}"))
    for on in shown.moved:
        click.echo(_row(_("worked"), _day(on)))


def _row(term: str, text: str) -> str:
    return f"{term:<6}  {text}"


def _day(on: date) -> str:
    return f"{on} {WEEKDAYS_ABBR[on.weekday()]}"


def _instant(at: datetime, *, due: bool = False) -> str:
    """Return an instant with its weekday; a due at the end of a day is its 24:00."""
    if due and clock.ends_day(at):
        return f"{_day(clock.due_day(at))} 24:00"
    wall = clock.beijing(at)
    return f"{_day(wall.date())} {wall:{'%H:%M:%S' if due else '%H:%M'}}"


def _end(at: datetime) -> str:
    return "24:00" if clock.ends_day(at) else f"{clock.beijing(at):%H:%M}"


def _hours(office: Office) -> str:
    return " ".join(f"{opens}–{closes}" for opens, closes in office.hours)
