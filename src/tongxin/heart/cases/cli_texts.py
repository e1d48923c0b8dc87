"""Command line of texts for notices."""

from __future__ import annotations

from pathlib import Path

import click

from tongxin.heart.cases import notice_files, notice_texts, queries
from tongxin.shared import reading


@click.group("texts")
def group() -> None:
    """Texts for notices: check files, list those of the desk, fill one with the words of a case."""


@group.command("check")
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.pass_context
def check(ctx: click.Context, files: tuple[Path, ...]) -> None:
    """Check files of texts without loading them.

    Prints every fault as FILE:LINE: reason, with the nearest known word, and ends with status 1 when there is one.
    """
    faulty = False
    for path in files:
        try:
            read = notice_files.read(path)
        except reading.Unreadable as bad:
            faulty = True
            for fault in bad.faults:
                click.echo(str(fault), err=True)
        else:
            click.echo(f"{path}: {read.notice}@{read.version}, {read.use}")
    if faulty:
        ctx.exit(1)


@group.command("list")
@click.pass_context
def list_texts(ctx: click.Context) -> None:
    """List the texts that the desk uses; `*` stands before its own wordings."""
    for each in notice_texts.usable(ctx.obj.acting()):
        click.echo(
            f"{'*' if each.own else ' '} {each.row.name}  {each.row.use}  {each.row.version}  {each.title}"
        )


@group.command("fill")
@click.argument("number")
@click.argument("name")
@click.option("--language", type=click.Choice(["zh", "en"]), default="zh", show_default=True)
@click.pass_context
def fill(ctx: click.Context, number: str, name: str, language: str) -> None:
    """Print the text NAME with the words of case NUMBER, as the desk may see it."""
    reader = ctx.obj.acting()
    row = queries.case(reader, number)
    click.echo(notice_texts.filled(reader, row, notice_texts.one(reader, name).row, language))
