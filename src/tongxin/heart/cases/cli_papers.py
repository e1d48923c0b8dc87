"""Command line of papers: the same acts as the screens and the API."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import IO

import click

from tongxin.heart.agreements import wording
from tongxin.heart.cases import actions, papers, papers_store, queries
from tongxin.heart.cases.models import Paper
from tongxin.heart.cases.papers_store import Unfit
from tongxin.heart.cases.procedures import PaperKind
from tongxin.shared.errors import Invalid


@click.command("papers")
@click.argument("number")
@click.pass_context
def list_papers(ctx: click.Context, number: str) -> None:
    """List the papers of a case: what was handed in, and the files that are kept. Times are Beijing time."""
    row, files = papers.of_case(ctx.obj.acting(), number)
    kept = {file.kind for file in files if file.replaced_by_id is None}
    for kind in row.papers:
        if kind not in kept:
            click.echo(f"{kind}  seen as original, not kept")
    for file in files:
        state = f"replaced by {file.replaced_by_id}" if file.replaced_by_id else "stands"
        said = f"{file.kind}  {file.id}  {papers.file_name(file)}  {file.size} B  {wording.moment(file.at)}"
        click.echo(f"{said}  {file.given_by}  {state}")


@click.command("paper-add")
@click.argument("number")
@click.argument("kind")
@click.argument("file", type=click.File("rb"))
@click.option("--replaces", default="", metavar="PAPER", help="The file in whose place it comes.")
@click.option(
    "--given-by",
    type=click.Choice(Paper.Giver.values),
    default=Paper.Giver.APPLICANT.value,
    show_default=True,
    help="Whose it is.",
)
@click.pass_context
def add(ctx: click.Context, number: str, kind: str, file: IO[bytes], replaces: str, given_by: str) -> None:
    """Add FILE to a case as its paper KIND, such as floor_plan. Prints the paper's number."""
    done = actions.add_paper(
        by=ctx.obj.acting(),
        key=ctx.obj.key(),
        number=number,
        kind=kind,
        name=_name(file),
        pieces=pieces_of(file),
        given_by=given_by,
        replaces=replaces,
    )
    click.echo(done["paper"])


@click.command("paper-reuse")
@click.argument("number")
@click.argument("paper")
@click.option("--consent-by", required=True, help="Who gave the consent.")
@click.option("--consent-how", required=True, help="How it was given.")
@click.option("--consent-on", required=True, type=click.DateTime(["%Y-%m-%d"]), help="On which day.")
@click.pass_context
def reuse(
    ctx: click.Context, number: str, paper: str, consent_by: str, consent_how: str, consent_on: datetime
) -> None:
    """Use a paper of an earlier case of the same applicant, with the applicant's consent. Prints the paper's number."""
    done = actions.reuse_paper(
        by=ctx.obj.acting(),
        key=ctx.obj.key(),
        number=number,
        paper=paper,
        consent_by=consent_by,
        consent_how=consent_how,
        consent_on=consent_on.date(),
    )
    click.echo(done["paper"])


@click.command("paper-get")
@click.argument("number")
@click.argument("paper")
@click.option("--output", "-o", type=click.Path(path_type=Path), help="Where to; default its own name, here.")
@click.pass_context
def get(ctx: click.Context, number: str, paper: str, output: Path | None) -> None:
    """Save a paper. A file that is there already is left alone."""
    file, content = actions.hand_out(by=ctx.obj.acting(), key=ctx.obj.key(), number=number, paper=paper)
    target = output or Path(papers.file_name(file))
    with content:
        try:
            with target.open("xb") as saved:
                while piece := content.read(papers_store.PIECE):
                    saved.write(piece)
        except FileExistsError:
            raise click.BadParameter(f"{target} is there already", param_hint="--output") from None
    click.echo(str(target))


def taken_in(procedure: str, given: tuple[str, ...]) -> tuple[list[str], list[papers.Arrived]]:
    """Part `KIND` and `KIND=FILE` of the command line: what was seen as an original, and what was taken in."""
    _row, read = queries.procedure(procedure)
    kinds: dict[str, PaperKind] = {kind.id: kind for kind in read.papers}
    seen, files, wrong = [], [], {}
    for word in given:
        name, equals, path = word.partition("=")
        if not equals or name not in kinds:
            seen.append(name)
            continue
        try:
            with click.open_file(path, "rb") as file:
                files.append(actions.take_in(kinds[name], Path(path).name, pieces_of(file)))
        except OSError as fault:
            raise click.BadParameter(str(fault), param_hint="--paper") from fault
        except Unfit as unfit:
            wrong[name] = [unfit.why]
    if wrong:
        raise Invalid(actions.NOT_TAKEN, wrong)
    return seen, files


def pieces_of(file: IO[bytes]) -> Iterator[bytes]:
    """Yield a file in pieces."""
    while piece := file.read(papers_store.PIECE):
        yield piece


def _name(file: IO[bytes]) -> str:
    name = str(getattr(file, "name", ""))
    return "" if name.startswith("<") else Path(name).name


COMMANDS = (list_papers, add, reuse, get)
