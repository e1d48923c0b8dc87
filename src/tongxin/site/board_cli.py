"""Command line of the board: what the desk of the token has to do now."""

from __future__ import annotations

import click

from tongxin.heart.agreements import wording
from tongxin.shared import clock
from tongxin.site import board_rows, ties


@click.group()
def group() -> None:
    """Show what the desk of the office token has to do now, and who owes whom."""


@group.command("board")
@click.option("--scope", type=click.Choice(board_rows.SCOPES), default="desk", show_default=True)
@click.pass_context
def board(ctx: click.Context, scope: str) -> None:
    """Show the board by groups; `!` stands before what is late. Times are Beijing time."""
    found = board_rows.board(ctx.obj.acting(), scope=scope)
    for code, name in board_rows.GROUPS.items():
        rows = found.groups[code]
        if rows:
            click.echo(f"{name} ({len(rows)})")
        for row in rows:
            due = wording.due_moment(row.due_at) if row.due_at else "-"
            whom = wording.desk_name(row.owed) if row.owed else "-"
            mark = "drill  " if row.drill else ""
            click.echo(f"{'!' if found.late(row) else ' '} {due}  {mark}{row.text}  {row.number}  {whom}")
    if not found.rows:
        click.echo("Nothing to do.")


@group.command("ties")
@click.pass_context
def list_ties(ctx: click.Context) -> None:
    """Show who owes whom how much, as counts."""
    for row in ties.tie_rows(ctx.obj.acting(), clock.now()):
        click.echo(f"{row.bound.id} -> {row.owed.id}  {row.field}  open {row.count}  late {row.overdue}")
