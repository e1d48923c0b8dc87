"""Command line of scores: how clauses are kept, the file of it, the months that are frozen."""

from __future__ import annotations

import csv
import sys
from dataclasses import replace
from typing import Any

import click

from tongxin.heart.measures import frozen, jobs, outcomes, pages, scores, screens_outcomes, sheet
from tongxin.heart.measures.scores import Which
from tongxin.shared import clock

WHICH = (
    click.option("--month", default="", help="Only duties due in this month, such as 2026-03."),
    click.option("--since", default="", help="First month; twelve months where nothing is given."),
    click.option("--until", default="", help="Last month."),
    click.option("--field", default="", help="Only this field, such as ecology."),
    click.option("--instrument", default="", help="Only this instrument."),
    click.option("--party", default="", help="Only what desks of this jurisdiction owed, such as tj-wuqing."),
    click.option("--desk", default="", help="Only what this desk owed."),
    click.option("--purpose", default="", help="Only do, confirm or stand_down."),
)
BY = click.option(
    "--by",
    multiple=True,
    type=click.Choice(scores.PARTS),
    default=("clause", "purpose"),
    show_default=True,
    help="Roll up by this; may be given several times.",
)


def which_options(command: Any) -> Any:
    """Add the options that say which duties are scored."""
    for option in reversed(WHICH):
        command = option(command)
    return command


@click.group()
def group() -> None:
    """Say how clauses are kept; scores are public and need no token.

    A share is told from five duties on. Scores of illustrative terms are told in the demonstration only, and marked.
    """


@group.command("list")
@BY
@which_options
def list_scores(by: tuple[str, ...], **given: str) -> None:
    """List scores: on time of judged, late, not met, overdue now; then what stands beside."""
    now = clock.now()
    found = scores.scores(now, scores.which(now, given), by)
    for row in sheet.rows(found):
        click.echo(line(row, " · ".join(str(row.names[part]) for part in by)))
    if not found:
        click.echo("No duty was due.")
    else:
        total = scores.total(found)
        click.echo(line(sheet.Row(total, {}), "In all"))


@group.command()
@click.argument("of", metavar="INSTRUMENT")
@which_options
def show(of: str, **given: str) -> None:
    """Show an instrument's clauses by office and purpose, with entry delays, and by month.

    INSTRUMENT is its id, such as baodi-langfang-water.
    """
    now = clock.now()
    wanted = replace(scores.which(now, given), instrument=pages.instrument_of(of).id)
    by = ("clause", "desk", "purpose")
    for row in sheet.rows(scores.scores(now, wanted, by, extras=True)):
        click.echo(line(row, " · ".join(str(row.names[part]) for part in by)))
    froze = set(frozen.names())
    for score in scores.scores(now, wanted, ("month",)):
        mark = " (frozen)" if score.parts["month"] in froze else ""
        click.echo(line(sheet.Row(score, {}), f"{score.parts['month']}{mark}"))


@group.command()
@BY
@which_options
def export(by: tuple[str, ...], **given: str) -> None:
    """Write scores as CSV to the standard output, with their marks."""
    now = clock.now()
    wanted: Which = scores.which(now, given)
    rows = sheet.rows(scores.scores(now, wanted, by, extras=bool(wanted.instrument)))
    writer = csv.writer(sys.stdout)
    writer.writerow(sheet.head(by))
    writer.writerows([str(cell) for cell in sheet.as_row(row, by)] for row in rows)


@group.command()
@click.argument("month", required=False)
def months(month: str | None) -> None:
    """List the frozen months; with MONTH, what changed since it was frozen."""
    for found in [frozen.month(month)] if month else frozen.whole_months():
        row = found.row
        entry = "-" if found.entry is None else f"#{found.entry}"
        click.echo(
            f"{row.month}  as of {clock.beijing(row.as_of):%Y-%m-%d %H:%M}  {row.rows} rows  entry {entry}  "
            f"restated {found.restatements}"
        )
    if month:
        told = pages.frozen_month(frozen.month(month), None, "")
        for change in told["changes"]:
            row, before = change["row"], change["row"].score.frozen
            names = " · ".join(str(row.names[part]) for part in ("clause", "desk", "purpose"))
            click.echo(f"    {names}: {before.on_time}/{before.n} -> {sheet.ratio(row.score)}")


@group.command("outcomes")
@which_options
def list_outcomes(**given: str) -> None:
    """Say how cases were decided at first, and how it stands after reviews, by item and deciding office."""
    found = outcomes.told(scores.which(clock.now(), given))
    for row in screens_outcomes.named(found):
        each = row.counted
        share = f"{sheet.percent(each.share)} stand, " if each.share is not None else ""
        mark = "  [illustrative]" if each.illustrative else ""
        click.echo(
            f"{row.title} · {row.desk}: {share}first granted {each.granted} refused {each.refused}, "
            f"now granted {each.granted_now} refused {each.refused_now} anew {each.anew}"
            f"{f' withdrawn {each.withdrawn}' if each.withdrawn else ''}; "
            f"reviews upheld {each.upheld} changed {each.changed} sent back {each.sent_back}{mark}"
        )
    if not found:
        click.echo("No case was decided.")


@group.command()
def freeze() -> None:
    """Freeze the months whose day has come and restate those that changed, as the ticker does by itself."""
    done = jobs.freeze_month()
    click.echo(f"{done} months were frozen or restated.")


def line(row: sheet.Row, name: str) -> str:
    """Return a score as one line of text."""
    score = row.score
    share = f"{sheet.percent(score.share)} " if score.share is not None else ""
    judged = f"late {score.tally.late}, not met {score.tally.failed}, overdue {score.tally.overdue}"
    beside = "".join(f", {word} {value}" for _name, word, value in row.beside)
    delay = f", entry delay {score.delay.median:g} min (longest {score.delay.longest})" if score.delay else ""
    marks = f"  [{', '.join(sheet.marks(score))}]" if sheet.marks(score) else ""
    return f"{name}: {share}{sheet.ratio(score)} on time, {judged}{beside}{delay}{marks}"
