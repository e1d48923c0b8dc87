"""Command line of evidence: repair damaged bulletins, read their figures as facts, set facts side by side."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from tongxin.petals.evidence import corroborate_cli, show_cli
from tongxin.petals.evidence.engine import batch, documents, lexicon, output
from tongxin.petals.evidence.engine.corroborate import corroborate
from tongxin.petals.evidence.engine.facts import COLUMNS
from tongxin.petals.evidence.engine.likeness import groups
from tongxin.petals.evidence.engine.limits import LIMITS
from tongxin.shared.blocks import NoCluster, each

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
    for path in _found(files):
        for error in batch.each_document(
            path, documents.Told(), lambda d: _show_repair(d, diff, as_json), seconds
        ):
            failed = True
            click.echo(f"tongxin: {error.what}\n  {error.todo}", err=True)
    ctx.exit(1 if failed else 0)


def _found(files: tuple[Path, ...]) -> list[Path]:
    """Return the bulletins of files and folders; none at all is said."""
    found = documents.files(list(files))
    if not found:
        raise click.ClickException(
            f"No bulletin in {', '.join(map(str, files))}: looked for txt, html, docx, pdf and zip in it and below."
        )
    return found


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
    type=click.DateTime(["%Y-%m-%d"]),
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
    ctx: click.Context, files: tuple[Path, ...], table: Path | None, as_json: bool, explain: bool, published: Any,
    publisher: str, title: str, processes: int, cluster: str, resume: bool, seconds: float, words: Path | None,
) -> None:  # fmt: skip
    """Read FILES (txt, html, docx, pdf, zip, or folders of them) into facts."""
    if words is not None:
        _words_or_exit(words)
    found = _found(files)
    day = published.date().isoformat() if published else ""
    jobs = [batch.Job(str(p), str(words or ""), title, publisher, day, seconds) for p in found]
    journal = output.Journal(table) if table else None
    if journal:
        _start(journal, resume)
        jobs = [job for job in jobs if _mark(job.path) not in journal.done]
    failed = False
    count = len(found) - len(jobs)
    for done in _run(jobs, processes, cluster):
        count += 1
        if done.trouble:
            failed = True
            click.echo(f"tongxin: {done.trouble}", err=True)
        if journal and not (done.trouble and not done.rows):
            journal.add(_mark(done.path), output.table(done.rows, heading=False))
        elif not table:
            _print(done, as_json, explain, heading=count == 1)
        if explain and table:
            _explain(done)
        if len(found) > 1:
            click.echo(f"{count}/{len(found)} {Path(done.path).name}: {len(done.rows)}", err=True)
    if journal and not failed:
        journal.finish()
    ctx.exit(1 if failed else 0)


def _run(jobs: list[batch.Job], processes: int, cluster: str) -> Iterator[batch.Done]:
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
        raise click.ClickException(f"The tables in {words} cannot be used: {error}") from error


def _start(journal: output.Journal, resume: bool) -> None:
    try:
        if resume:
            journal.resume()
        journal.start(output.table([]))
    except OSError as error:
        raise click.ClickException(
            f"{journal.out}: {error.strerror or error}. Give --csv a file in a folder that is there and may be written."
        ) from error


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
    for n, done in enumerate(_run(jobs, processes, ""), start=1):
        readings += done.readings
        if n % EVERY == 0:
            click.echo(corroborate_cli.progress(n, len(jobs)), err=True)
        marks += done.prints
        if done.trouble:
            failed = True
            click.echo(f"tongxin: {done.trouble}", err=True)
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
    for name, count in (
        ("places", len(known.levels)), ("groups", len(known.groups)), ("units", len(known.units)),
        ("indicators", len(known.indicators)), ("themes", len(known.themes)),
    ):  # fmt: skip
        click.echo(f"{name}: {count}")
