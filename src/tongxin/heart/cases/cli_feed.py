"""Command line of the feed."""

from __future__ import annotations

import click

from tongxin.heart.agreements import wording
from tongxin.heart.cases import feed


@click.command("feed")
@click.option(
    "--after", type=click.IntRange(min=0), default=0, show_default=True, help="Entries read before."
)
@click.option("--limit", type=click.IntRange(1, 500), default=100, show_default=True)
@click.pass_context
def read(ctx: click.Context, after: int, limit: int) -> None:
    """Print what happened in cases that the desk may see, in the order of commits, and where to go on."""
    part = feed.after(ctx.obj.acting(), after, limit)
    for each in part.happenings:
        entry = each.entry
        click.echo(f"{entry.index}  {wording.moment(entry.at)}  {entry.act}  {entry.subject}  [{entry.desk}]")
    click.echo(f"next --after {part.next} of {part.size}")
