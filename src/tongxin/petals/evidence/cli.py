"""Command line of evidence: repair damaged bulletins, read their figures as facts, set facts side by side."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, NoReturn

import click
from django.utils.translation import gettext

from tongxin.petals.evidence import corroborate_cli, files_cli, show_cli
from tongxin.petals.evidence.engine import batch, documents, lexicon, output
from tongxin.petals.evidence.engine.corroborate import corroborate
from tongxin.petals.evidence.engine.facts import COLUMNS
from tongxin.petals.evidence.engine.likeness import groups
from tongxin.petals.evidence.engine.limits import LIMITS
from tongxin.petals.evidence.engine.phrases import why
from tongxin.petals.evidence.reasons_cli import said
from tongxin.shared.blocks import NoCluster

EVERY = 100  # files: how often a long run tells how far it is
FILES = click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
WORDS = click.option(
    "--words",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder with tables of your own: units.csv, places.csv, indicators.csv …",
)
PROCESSES = click.option(
    "--processes",
    type=click.IntRange(1, 256),
    default=1,
    show_default=True,
    help="Read in so many processes.",
)


SECONDS = click.option(
    "--seconds",
    type=click.FloatRange(0, 86400),
    default=LIMITS.seconds,
    show_default=True,
    help="Break off a bulletin that takes longer; 0: no limit.",
)


@click.group()
def group() -> None:
    """Read bulletins: repair damaged public text, take its figures out as facts, each with its place in the source."""


@group.command()
@FILES
@click.option("--diff", is_flag=True, help="Show what changed, line by line, instead of the text.")
@click.option(
    "--json", "as_json", is_flag=True, help="Show text, edits and marks as JSON, one line a document."
)
@SECONDS
@click.pass_context
def repair(ctx: click.Context, files: tuple[Path, ...], diff: bool, as_json: bool, seconds: float) -> None:
    """Repair FILES (txt, html, docx, pdf, zip, or folders of them): the text, then on stderr the list of edits."""
    if diff and as_json:
        raise click.UsageError(
            gettext("Give {one} or {other}, not both.").format(one="--diff", other="--json")
        )
    failed = 0
    found = files_cli.found(files)
    docs = files_cli.apart(found)
    count = 0
    try:
        for path in found:
            failed += files_cli.say(
                batch.each_document(
                    path, documents.Told(), lambda d: _show_repair(d, diff, as_json), seconds, docs
                )
            )
            count += 1
    except KeyboardInterrupt:
        files_cli.interrupted(ctx, count, len(found))
    files_cli.not_whole(failed, len(found))
    ctx.exit(1 if failed else 0)


def _show_repair(document: documents.Document, diff: bool, as_json: bool) -> None:
    if as_json:
        click.echo(files_cli.printable(json.dumps(show_cli.repair_as_json(document), ensure_ascii=False)))
        return
    click.echo(files_cli.printable(show_cli.difference(document) if diff else document.repaired.text))
    for line in show_cli.edits(document):
        click.echo(files_cli.printable(line), err=True)


@group.command()
@FILES
@click.option(
    "--csv", "table", type=click.Path(dir_okay=False, path_type=Path), help="Write the facts to this file."
)
@click.option("--json", "as_json", is_flag=True, help="Print each document with its facts as a line of JSON.")
@click.option("--explain", is_flag=True, help="Print each fact with why each slot says what it says.")
@click.option(
    "--published",
    default="",
    callback=lambda ctx, param, value: _day(value),
    metavar="YYYY-MM-DD",
    help="Date of publication; else index.csv or the text tells.",
)
@click.option("--publisher", default="", help="Who published it, such as 廊坊日报.")
@click.option("--title", default="", help="Its title.")
@PROCESSES
@click.option("--cluster", default="", help="Address of a Dask scheduler, instead of processes here.")
@click.option("--resume", is_flag=True, help="Go on where a run into the same --csv was broken off.")
@SECONDS
@WORDS
@click.pass_context
def read(
    ctx: click.Context, files: tuple[Path, ...], table: Path | None, as_json: bool, explain: bool, published: str,
    publisher: str, title: str, processes: int, cluster: str, resume: bool, seconds: float, words: Path | None,
) -> None:  # fmt: skip
    """Read FILES (txt, html, docx, pdf, zip, or folders of them) into facts."""
    if resume and table is None:
        raise click.UsageError(gettext("--resume goes on with a table: give --csv too."))
    if as_json and explain:
        raise click.UsageError(
            gettext("Give {one} or {other}, not both.").format(one="--json", other="--explain")
        )
    if words is not None:
        _words_or_exit(words)
    journal = output.Journal(table) if table else None
    found = files_cli.found(files, *((journal.out, journal.path) if journal else ()))
    docs = files_cli.apart(found)
    jobs = [
        batch.Job(str(p), str(words or ""), title, publisher, published, seconds, files_cli.of(p, docs))
        for p in found
    ]
    if journal:
        _start(journal, resume, found)
        marked = [(job, files_cli.mark(job.path)) for job in jobs]
        jobs = [
            replace(job, skip=tuple(journal.partly.get(mark, ())))
            for job, mark in marked
            if mark not in journal.done
        ]
    failed = vain = 0
    headed = False
    count = len(found) - len(jobs)
    answers = files_cli.run(jobs, processes, cluster)
    try:
        for done in answers:
            if journal:
                journal.start(output.table([]))
            failed += files_cli.say(done.troubles)
            vain += files_cli.in_vain(done.troubles)
            if journal and (done.readings or not done.troubles):
                parts = [str(r["path"]) for r in done.readings] if done.troubles else None
                journal.add(files_cli.mark(done.path), output.table(done.rows, heading=False), parts)
            if done.readings and (as_json or explain or not table):
                _print(done, as_json, explain, heading=not headed)
                headed = True
            count += 1
            doubts = show_cli.doubts(done.readings)
            if len(found) > 1 or (doubts and not (as_json or explain)):
                line = f"{count}/{len(found)} {Path(done.path).name}: {len(done.rows)}"
                click.echo(files_cli.printable(" | ".join((line, *doubts))), err=True)
    except KeyboardInterrupt:
        files_cli.stop(answers)
        files_cli.interrupted(ctx, count, len(found), table)
    except NoCluster as error:
        files_cli.lost(error, count, len(found), table)
    except OSError as error:
        _not_written(error, table)
    if journal and not failed:
        journal.finish()
    files_cli.not_whole(failed, len(found), table, vain)
    ctx.exit(1 if failed else 0)


def _day(value: str) -> str:
    """Return a day as it was given. Raises BadParameter, with an example, for what is none."""
    try:
        return date.fromisoformat(value).isoformat() if value else ""
    except ValueError:
        told = gettext("{value} is no day; write it like this: 2025-03-01.").format(value=value)
        raise click.BadParameter(told) from None


def _words_or_exit(words: Path) -> None:
    try:
        lexicon.lexicon(words)
    except (ValueError, KeyError, OSError) as error:
        slip = error.args[0] if isinstance(error, ValueError) and error.args else str(error)
        told = gettext("The tables in {words} cannot be used: {slip}")
        raise click.ClickException(told.format(words=words, slip=said(slip))) from error


def _start(journal: output.Journal, resume: bool, found: list[Path]) -> None:
    """Begin, or go on with, a table. A bulletin, or what is no table of facts, is not written over."""
    if journal.out.absolute() in {p.absolute() for p in found}:
        told = gettext("{path} is one of the bulletins. Nothing was written: give --csv another name.")
        raise click.ClickException(told.format(path=journal.out))
    try:
        if resume:
            journal.resume()
        ours = journal.check(output.table([]))
    except OSError as error:
        told = gettext("{path}: {why}. Give --csv a file in a folder that is there and may be written.")
        raise click.ClickException(told.format(path=journal.out, why=said(why(error)))) from error
    if not ours:
        told = gettext("{path} is no table of facts and is not written over. Give --csv another name.")
        raise click.ClickException(told.format(path=journal.out))


def _not_written(error: OSError, table: Path | None) -> NoReturn:
    """Say that the table can no longer be written, and how it goes on; what is no fault of it is raised again."""
    if table is None:
        raise error
    told = gettext("{path}: {why}. What was read before is kept: mend it, and go on with --resume.")
    raise click.ClickException(told.format(path=table, why=said(why(error)))) from error


def _print(done: batch.Done, as_json: bool, explain: bool, heading: bool) -> None:
    if as_json:
        for reading in done.readings:
            click.echo(files_cli.printable(json.dumps(reading, ensure_ascii=False)))
    elif explain:
        _explain(done)
    else:
        click.echo(files_cli.printable(output.table(done.rows, heading=heading)), nl=False)


def _explain(done: batch.Done) -> None:
    for reading in done.readings:
        for line in show_cli.explained(reading):
            click.echo(files_cli.printable(line))


@group.command("corroborate")
@FILES
@click.option("--json", "as_json", is_flag=True, help="Print each finding as a line of JSON.")
@click.option(
    "--kind",
    "kinds",
    multiple=True,
    type=click.Choice(list(corroborate_cli.KINDS)),
    help="Only findings of this kind; may be given again.",
)
@PROCESSES
@SECONDS
@WORDS
@click.pass_context
def side_by_side(
    ctx: click.Context,
    files: tuple[Path, ...],
    as_json: bool,
    kinds: tuple[str, ...],
    processes: int,
    seconds: float,
    words: Path | None,
) -> None:
    """Set the facts of many FILES side by side: which agree, conflict, are stale, or add up. Copies count once."""
    if words is not None:
        _words_or_exit(words)
    jobs = [batch.Job(str(p), str(words or ""), seconds=seconds) for p in files_cli.found(files)]
    readings: list[dict[str, Any]] = []
    marks: list[frozenset[int]] = []
    failed = 0
    n = 0
    answers = files_cli.run(jobs, processes)
    try:
        for n, done in enumerate(answers, start=1):
            readings += done.readings
            if n % EVERY == 0:
                click.echo(corroborate_cli.progress(n, len(jobs)), err=True)
            marks += done.prints
            failed += files_cli.say(done.troubles)
    except KeyboardInterrupt:
        files_cli.stop(answers)
        files_cli.interrupted(ctx, n, len(jobs))
    files_cli.not_whole(failed, len(jobs))
    origin = {i: n for n, members in enumerate(groups(marks)) for i in members}
    told = [
        corroborate_cli.witness(fact, reading, origin[i])
        for i, reading in enumerate(readings)
        for fact in reading["facts"]
    ]
    found = [v for v in corroborate(told, words) if not kinds or v.kind in kinds]
    order = list(corroborate_cli.KINDS)
    twice = corroborate_cli.twice(readings)
    for verdict in sorted(found, key=lambda v: order.index(v.kind)):
        if as_json:
            click.echo(files_cli.printable(json.dumps(corroborate_cli.as_json(verdict), ensure_ascii=False)))
        else:
            click.echo(files_cli.printable("\n".join(corroborate_cli.lines(verdict, twice))))
    if readings:
        for line in corroborate_cli.summary(readings, [origin[i] for i in range(len(readings))], found):
            click.echo(files_cli.printable(line), err=True)
    ctx.exit(1 if failed else 0)


@group.command("words")
@WORDS
@click.option("--columns", is_flag=True, help="Print the columns of a table of facts.")
def tables(words: Path | None, columns: bool) -> None:
    """Check the tables that the reader uses, with a folder of your own after ours, and say how many rows each has."""
    if columns:
        click.echo(",".join(COLUMNS))
        return
    if words is not None:
        _words_or_exit(words)
    known = lexicon.lexicon(words)
    for told, count in (
        (gettext("places: {n}"), len(known.levels)), (gettext("groups: {n}"), len(known.groups)),
        (gettext("units: {n}"), len(known.units)), (gettext("indicators: {n}"), len(known.indicators)),
        (gettext("themes: {n}"), len(known.themes)),
    ):  # fmt: skip
        click.echo(told.format(n=count))
