"""Command line of evidence: repair damaged bulletins, read their figures as facts, set facts side by side."""

from __future__ import annotations

import json
import os
from collections.abc import Generator
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any, NoReturn

import click
from django.utils.translation import gettext, ngettext

from tongxin.petals.evidence import corroborate_cli, show_cli
from tongxin.petals.evidence.engine import batch, documents, folders, lexicon, output
from tongxin.petals.evidence.engine.corroborate import corroborate
from tongxin.petals.evidence.engine.facts import COLUMNS
from tongxin.petals.evidence.engine.likeness import groups
from tongxin.petals.evidence.engine.limits import LIMITS
from tongxin.petals.evidence.engine.phrases import why
from tongxin.petals.evidence.reasons_cli import said
from tongxin.shared.blocks import NoCluster, each
from tongxin.shared.phrases import phrase

INTERRUPTED = 130  # exit status after Ctrl-C
SHOWN = 6  # names that are told of many
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
    failed = False
    found = _found(files)
    docs = _apart(found)
    count = 0
    try:
        for path in found:
            for error in batch.each_document(
                path, documents.Told(), lambda d: _show_repair(d, diff, as_json), seconds, docs
            ):
                failed = True
                click.echo(f"tongxin: {said(error.what)}\n  {said(error.todo)}", err=True)
            count += 1
    except KeyboardInterrupt:
        _interrupted(ctx, count, len(found))
    ctx.exit(1 if failed else 0)


def _found(files: tuple[Path, ...], *own: Path) -> list[Path]:
    """Return the bulletins of files and folders; what is passed over is said, and where there is none at all."""
    for line in folders.skipped(files, own):
        click.echo(_printable(f"tongxin: {said(line)}"), err=True)
    found = documents.files(list(files))
    if not found:
        raise click.ClickException(
            gettext(
                "No bulletin in {folders}: looked for txt, html, docx, pdf and zip in it and below."
            ).format(folders=", ".join(map(str, files)))
        )
    return found


def _apart(found: list[Path]) -> dict[str, str]:
    """Return what bulletins are called whose names are the same; that there are such is said."""
    docs = folders.apart(found)
    if docs:
        some = ", ".join(list(docs.values())[:SHOWN]) + (" …" if len(docs) > SHOWN else "")
        click.echo(
            ngettext(
                "{n} bulletin has the name of another: doc tells it by its folder ({some}).",
                "{n} bulletins have the name of another: doc tells them by their folders ({some}).",
                len(docs),
            ).format(n=len(docs), some=some),
            err=True,
        )
    return docs


def _of(path: Path, docs: dict[str, str]) -> tuple[tuple[str, str], ...]:
    """Return what the bulletins of one file are called, if not by their stem."""
    if not docs:
        return ()
    return tuple((n, d) for n, d in docs.items() if n == str(path) or n.startswith(f"{path}!"))


def _interrupted(ctx: click.Context, count: int, total: int, table: Path | None = None) -> NoReturn:
    """Say what was read when Ctrl-C was pressed, and how it goes on; leave with 130."""
    told = gettext("Interrupted: {n} of {all} read.").format(n=count, all=total)
    if table is not None:
        kept = gettext("{table} and its journal are kept; go on with --resume.").format(table=table)
        told = f"{told} {kept}"
    click.echo(f"\ntongxin: {told}", err=True)
    ctx.exit(INTERRUPTED)


def _show_repair(document: documents.Document, diff: bool, as_json: bool) -> None:
    if as_json:
        click.echo(_printable(json.dumps(show_cli.repair_as_json(document), ensure_ascii=False)))
        return
    click.echo(_printable(show_cli.difference(document) if diff else document.repaired.text))
    for line in show_cli.edits(document):
        click.echo(_printable(line), err=True)


def _printable(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


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
    if words is not None:
        _words_or_exit(words)
    journal = output.Journal(table) if table else None
    found = _found(files, *((journal.out, journal.path) if journal else ()))
    docs = _apart(found)
    jobs = [
        batch.Job(str(p), str(words or ""), title, publisher, published, seconds, _of(p, docs)) for p in found
    ]
    if journal:
        _start(journal, resume)
        jobs = [job for job in jobs if _mark(job.path) not in journal.done]
    failed = False
    headed = False
    count = len(found) - len(jobs)
    answers = _run(jobs, processes, cluster)
    try:
        for done in answers:
            failed |= _say_troubles(done)
            if journal and (done.readings or not done.troubles):
                journal.add(_mark(done.path), output.table(done.rows, heading=False))
            elif done.readings and not table:
                _print(done, as_json, explain, heading=not headed)
                headed = True
            if explain and table:
                _explain(done)
            count += 1
            if len(found) > 1:
                click.echo(f"{count}/{len(found)} {Path(done.path).name}: {len(done.rows)}", err=True)
    except KeyboardInterrupt:
        _stop(answers)
        _interrupted(ctx, count, len(found), table)
    if journal and not failed:
        journal.finish()
    ctx.exit(1 if failed else 0)


def _day(value: str) -> str:
    """Return a day as it was given. Raises BadParameter, with an example, for what is none."""
    try:
        return date.fromisoformat(value).isoformat() if value else ""
    except ValueError:
        told = gettext("{value} is no day; write it like this: 2025-03-01.").format(value=value)
        raise click.BadParameter(told) from None


def _say_troubles(done: batch.Done) -> bool:
    """Say what could not be read of a file; return whether there was such."""
    for trouble in done.troubles:
        click.echo(
            _printable(f"tongxin: {said(phrase('{what} {todo}', what=trouble.what, todo=trouble.todo))}"),
            err=True,
        )
    return bool(done.troubles)


def _stop(answers: Generator[batch.Done, None, None]) -> None:
    """End the processes that still read."""
    with suppress(KeyboardInterrupt, StopIteration):
        answers.throw(KeyboardInterrupt())


def _run(jobs: list[batch.Job], processes: int, cluster: str) -> Generator[batch.Done, None, None]:
    try:
        yield from each(batch.read, jobs, processes=processes, cluster=cluster)
    except NoCluster as error:
        raise click.ClickException(str(error)) from error


def _mark(path: str) -> str:
    try:
        found = os.stat(path)
    except OSError:
        return path
    return f"{path}|{found.st_size}|{found.st_mtime_ns}"


def _words_or_exit(words: Path) -> None:
    try:
        lexicon.lexicon(words)
    except (ValueError, KeyError, OSError) as error:
        slip = error.args[0] if isinstance(error, ValueError) and error.args else str(error)
        told = gettext("The tables in {words} cannot be used: {slip}")
        raise click.ClickException(told.format(words=words, slip=said(slip))) from error


def _start(journal: output.Journal, resume: bool) -> None:
    try:
        if resume:
            journal.resume()
        journal.start(output.table([]))
    except OSError as error:
        told = gettext("{path}: {why}. Give --csv a file in a folder that is there and may be written.")
        raise click.ClickException(told.format(path=journal.out, why=said(why(error)))) from error


def _print(done: batch.Done, as_json: bool, explain: bool, heading: bool) -> None:
    if as_json:
        for reading in done.readings:
            click.echo(_printable(json.dumps(reading, ensure_ascii=False)))
    elif explain:
        _explain(done)
    else:
        click.echo(_printable(output.table(done.rows, heading=heading)), nl=False)


def _explain(done: batch.Done) -> None:
    for reading in done.readings:
        for line in show_cli.explained(reading):
            click.echo(_printable(line))


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
    jobs = [batch.Job(str(p), str(words or ""), seconds=seconds) for p in _found(files)]
    readings: list[dict[str, Any]] = []
    marks: list[frozenset[int]] = []
    failed = False
    n = 0
    answers = _run(jobs, processes, "")
    try:
        for n, done in enumerate(answers, start=1):
            readings += done.readings
            if n % EVERY == 0:
                click.echo(corroborate_cli.progress(n, len(jobs)), err=True)
            marks += done.prints
            failed |= _say_troubles(done)
    except KeyboardInterrupt:
        _stop(answers)
        _interrupted(ctx, n, len(jobs))
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
            click.echo(_printable(json.dumps(corroborate_cli.as_json(verdict), ensure_ascii=False)))
        else:
            click.echo(_printable("\n".join(corroborate_cli.lines(verdict, twice))))
    if readings:
        for line in corroborate_cli.summary(readings, [origin[i] for i in range(len(readings))], found):
            click.echo(_printable(line), err=True)
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
