"""Commands on instrument files: check, compare, export, and what an editor or a reader of the language needs."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import click
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tongxin.heart.agreements import coverage as trial
from tongxin.heart.agreements import diff as differences
from tongxin.heart.agreements import known, language_help, overlaps, queries, reference, signers, wording
from tongxin.heart.agreements.language import InstrumentFile
from tongxin.heart.agreements.models import InstrumentVersion
from tongxin.heart.agreements.reader import BadInstrument, Fault, ReadInstrument, read_each, read_form
from tongxin.heart.region.acting import Acting
from tongxin.shared import clock, reading

TOLD = 1000  # warnings of all files together
SIGNS = {"added": "+", "removed": "-", "changed": "~", "unchanged": "="}


@click.command()
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object for programmes.")
@click.pass_context
def check(ctx: click.Context, files: tuple[Path, ...], as_json: bool) -> None:
    """Check instrument files without loading them.

    Prints every fault as FILE:LINE: reason, with the nearest known word, and ends with status 1 when there is one.
    Warnings tell of clauses that may call for the same act as another, here or in the register; they change nothing.
    Files that are checked together may name each other's clauses. The words that files may name are those of this
    installation: load its region first. With the token of a party's office, what waits for its signature counts too.
    """
    reader = ctx.obj.reader()
    words = known.known_words(reader)
    reads, faults = read_each(files, words)
    together = [standing for read in reads for standing in read.standing().values()]
    warnings = sorted([*overlaps.warnings(together, words, most=TOLD), *_of_other_text(reads, reader)])
    if as_json:
        click.echo(json.dumps(_as_json(reads, faults, warnings), ensure_ascii=False, indent=2))
    else:
        for read in reads:
            count = len(read.model.clauses)
            clauses = ngettext("%(n)d clause", "%(n)d clauses", count) % {"n": count}
            version = f"{read.model.agreement}@{read.model.version}"
            click.echo(f"{read.file}: {version}, {clauses}, {read.canonical_hash}")
        for warning in warnings:
            click.echo(f"{warning.file}:{warning.line}: {_('warning')}: {warning.reason}")
        for fault in faults:
            click.echo(str(fault), err=True)
        if faults:
            faulty = len({fault.file for fault in faults})
            said = _("%(faulty)d of %(all)d files have faults; nothing was loaded.")
            click.echo(said % {"faulty": faulty, "all": len(files)}, err=True)
    if faults:
        ctx.exit(1)


@click.command()
@click.argument("old")
@click.argument("new")
@click.option("--all", "with_same", is_flag=True, help="List unchanged clauses too.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object for programmes.")
@click.pass_context
def diff(ctx: click.Context, old: str, new: str, with_same: bool, as_json: bool) -> None:
    """Compare two versions, clause by clause and key by key.

    OLD and NEW are files, or versions of the register: `id@number`, or `id` for the newest one. What waits for
    signatures is found with the token of a party's office.
    """
    before, after = _model(ctx, old), _model(ctx, new)
    around = differences.header(before, after)
    clauses = [c for c in differences.diff(before, after) if with_same or c.what != "unchanged"]
    if as_json:
        said = {
            "header": [vars(change) for change in around],
            "clauses": [vars(c) | {"keys": [vars(k) for k in c.keys]} for c in clauses],
        }
        click.echo(json.dumps(said, ensure_ascii=False, indent=2))
        return
    for change in around:
        click.echo(_changed(change))
    for clause in clauses:
        click.echo(
            f"{SIGNS[clause.what]} {clause.id} ({str(wording.KINDS.get(clause.kind, clause.kind)).lower()})"
        )
        for change in clause.keys:
            click.echo(f"    {_changed(change)}")
    if not around and not any(c.what != "unchanged" for c in clauses):
        click.echo(_("Nothing differs."))


@click.command()
@click.option(
    "--words", is_flag=True, help="With the words of this installation, so that an editor offers them."
)
def schema(words: bool) -> None:
    """Print the JSON Schema of an instrument file, for editors.

    Editors that know YAML schemas take it for files in regions/*/instruments/.
    """
    said = language_help.schema(known.known_words() if words else None)
    click.echo(json.dumps(said, ensure_ascii=False, indent=2))


@click.command()
@click.argument("agreement")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="Write to this file.")
@click.pass_context
def export(ctx: click.Context, agreement: str, output: Path | None) -> None:
    """Print the file of a version as it was read: `id@number`, or `id` for the newest one.

    The file can be checked and proposed elsewhere; its hash is the same wherever it is read. What waits for signatures
    is given with the token of a party's office.
    """
    text = queries.version(agreement, ctx.obj.reader()).source_text
    if output is None:
        click.echo(text, nl=False)
    else:
        output.write_text(text, encoding="utf-8", newline="")


@click.command("reference")
def print_reference() -> None:
    """Print the reference of the clause language as Markdown (docs/language.md)."""
    click.echo(reference.page(), nl=False)


@click.command()
@click.option(
    "--here", is_flag=True, help="In this installation's database, which must be empty and is written to."
)
@click.option("--all", "with_good", is_flag=True, help="Print every clause, not only those with gaps.")
@click.pass_context
def coverage(ctx: click.Context, here: bool, with_good: bool) -> None:
    """Try every clause of the region pack out, and end with status 1 when one has a gap.

    A made-up event calls each clause up, and its duties are brought to each state they can have: met, met late,
    confirmed, stood down, claimed, suspended, excused, void, failed. It is done in a database of its own that is thrown
    away afterwards; it takes about a minute.
    """
    if not here:
        ctx.exit(_apart(["agreements", "coverage", "--here", *(["--all"] if with_good else [])]))
    with clock.held_at(clock.now()) as hand:
        rows = trial.run(hand.move_to)
    width = max((len(row.clause.id) for row in rows), default=0)
    click.echo(f"{'clause':{width}}  {'  '.join(trial.COLUMNS)}")
    for row in rows:
        if with_good or row.gaps:
            marks = (row.cells[name] if name not in row.gaps else "GAP" for name in trial.COLUMNS)
            cells = "  ".join(f"{mark:{len(name)}}" for mark, name in zip(marks, trial.COLUMNS, strict=True))
            click.echo(f"{row.clause.id:{width}}  {cells}")
    gaps = [f"{row.clause.id}: {name}: {said}" for row in rows for name, said in row.gaps.items()]
    for gap in gaps:
        click.echo(gap, err=True)
    reached = sum(cell == trial.YES for row in rows for cell in row.cells.values())
    said = _("%(clauses)d clauses, %(reached)d states reached, %(gaps)d gaps")
    click.echo(said % {"clauses": len(rows), "reached": reached, "gaps": len(gaps)})
    if gaps:
        ctx.exit(1)


def _apart(command: list[str]) -> int:
    """Run a command in an installation of its own, made of this one's region pack; return its exit status."""
    programme = shutil.which("tongxin", path=str(Path(sys.executable).parent)) or "tongxin"
    with tempfile.TemporaryDirectory(prefix="tongxin-coverage-") as folder:
        own = {name: text for name, text in os.environ.items() if name != "TONGXIN_DATABASE_URL"}
        own |= {"TONGXIN_DATA": folder, "TONGXIN_MODE": "demo", "TONGXIN_REGION": str(settings.REGION_PACK)}
        for step in (["migrate"], ["region", "load"]):
            done = subprocess.run([programme, *step], env=own, capture_output=True, text=True, check=False)
            if done.returncode:
                raise click.ClickException(f"tongxin {' '.join(step)}: {done.stderr or done.stdout}")
        return subprocess.run([programme, *command], env=own, check=False).returncode


def _model(ctx: click.Context, named: str) -> InstrumentFile:
    path = Path(named)
    try:
        if path.is_file():
            return read_form(reading.decoded(path.read_bytes(), path.name), path.name)
        version = queries.version(named, ctx.obj.reader())
        return read_form(version.source_text, version.source_file)
    except (BadInstrument, reading.Unreadable) as bad:
        raise click.ClickException(str(bad)) from bad


def _changed(change: differences.KeyChange) -> str:
    old, new = differences.shown(change.old), differences.shown(change.new)
    return f"{change.key}: {old or '–'} → {new or '–'}"


def _of_other_text(reads: list[ReadInstrument], reader: Acting | None) -> list[Fault]:
    """Return a warning for each version that the register holds with another text, of those that the reader may see."""
    named = [f"{read.model.agreement}@{read.model.version}" for read in reads]
    today = clock.beijing(clock.now()).date()
    rows = InstrumentVersion.objects.filter(id__in=named).select_related("instrument")
    there = {row.id: row.canonical_hash for row in rows if signers.may_see(reader, row, today)}
    return [
        Fault(
            read.file,
            1,
            _("%(version)s is in the register with another text: changed text needs the next version number")
            % {"version": f"{read.model.agreement}@{read.model.version}"},
        )
        for read in reads
        if there.get(f"{read.model.agreement}@{read.model.version}", read.canonical_hash)
        != read.canonical_hash
    ]


def _as_json(reads: list[ReadInstrument], faults: list[Fault], warnings: list[Fault]) -> dict[str, object]:
    return {
        "files": [
            {
                "file": read.file,
                "agreement": read.model.agreement,
                "version": read.model.version,
                "clauses": len(read.model.clauses),
                "hash": read.canonical_hash,
            }
            for read in reads
        ],
        "faults": [vars(fault) for fault in faults],
        "warnings": [vars(warning) for warning in warnings],
    }


COMMANDS = (check, diff, schema, export, print_reference, coverage)
