"""Command line of the search."""

from __future__ import annotations

import click

from tongxin.heart.cases import finding
from tongxin.shared import search as register
from tongxin.site.finding import screens

SHOWN = 20


@click.group()
def group() -> None:
    """Search what the desk may see; keep the index of the search."""


@group.command("find")
@click.argument("words", nargs=-1, required=True)
@click.pass_context
def find(ctx: click.Context, words: tuple[str, ...]) -> None:
    """Find WORDS: one Chinese sign or more, a number, a part of a word. Without a token, what anyone may read."""
    found = register.search(ctx.obj.reader(), screens.cleaned(" ".join(words)), SHOWN)
    for label, hits in found:
        click.echo(str(label))
        for hit in hits[:SHOWN]:
            click.echo(f"  {hit.title}  {hit.detail}  {hit.url}")
        if len(hits) > SHOWN:
            click.echo("  There are more; a longer word finds fewer.")
    if not found:
        click.echo("Nothing found.")


@group.command("rebuild")
def rebuild() -> None:
    """Write the index of the cases anew, oldest first. Meanwhile older cases are found again before newer ones."""
    click.echo(f"{finding.rebuild()} cases indexed")
