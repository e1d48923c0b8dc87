"""Command line of clocks: when a time limit runs out and how it was counted, to hold a hand calculation against."""

from __future__ import annotations

import click

from tongxin.heart.agreements import almanac
from tongxin.heart.agreements.language import CalendarOf, Clock
from tongxin.heart.region import calendars, queries
from tongxin.heart.region.models import Office
from tongxin.shared import durations
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
    click.echo(f"starts  {starts_at.astimezone(wall):%Y-%m-%d %a %H:%M}")
    in_days = limit.clock != "hours"
    within_ = durations.iso(limit.within, in_days=in_days)
    click.echo(f"within  {within_}  clock: {detail['clock']}  calendar of: {detail['calendar_of']}")
    for office in found.offices:
        click.echo(f"office  {office.id}  {_hours(office)}  {office.calendar_id}")
    if found.offices:
        click.echo(f"calendar  {detail['calendar']}@{detail['calendar_version']}")
    click.echo()
    for line in found.lines:
        days = f"{line.first:%Y-%m-%d %a}"
        if line.last != line.first:
            days += f" – {line.last:%Y-%m-%d %a}"
        spans = "  ".join(f"{a.astimezone(wall):%H:%M}–{b.astimezone(wall):%H:%M}" for a, b in line.spans)
        words = ", ".join(
            part for part in (str(almanac.REASONS[line.reason]), str(line.name or ""), line.office) if part
        )
        guess = "  [provisional]" if line.provisional else ""
        running = durations.iso(line.running, in_days=in_days)
        click.echo(f"{days:<33}  {spans:<13}  {running:>9}  {words}{guess}")
    click.echo()
    guess = "  [provisional]" if found.count.provisional else ""
    click.echo(f"due     {found.count.due_at.astimezone(wall):%Y-%m-%d %a %H:%M:%S}{guess}")


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
    guess = "  [provisional: no notice yet]" if shown.provisional else ""
    click.echo(f"{shown.year}  {office.calendar_id}@{shown.version}{guess}")
    if shown.source:
        click.echo(shown.source)
    click.echo(f"working days: {shown.working_days}")
    for run in shown.holidays:
        click.echo(f"off     {run.first} – {run.last}  {run.name}")
    for on in shown.moved:
        click.echo(f"worked  {on:%Y-%m-%d %a}")


def _hours(office: Office) -> str:
    return " ".join(f"{opens}–{closes}" for opens, closes in office.hours)
