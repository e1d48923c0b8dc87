"""Command line of duties: what the desk of the token owes and is owed."""

from __future__ import annotations

import click

from tongxin.heart.agreements import queries, wording
from tongxin.heart.agreements.models import Duty
from tongxin.shared import clock

SHOWN = 200


@click.group()
def group() -> None:
    """List what the desk of the office token owes and is owed."""


@group.command("list")
@click.option("--all", "everything", is_flag=True, help="Those that ended too; else only open ones.")
@click.option("--late", is_flag=True, help="Only what is past its due now.")
@click.option("--thread", default="", help="Only of one matter or case, such as matter:M-2026-000001.")
@click.pass_context
def list_duties(ctx: click.Context, everything: bool, late: bool, thread: str) -> None:
    """List duties, earliest due first; times are Beijing time.

    `>` stands before what the own desk owes, `<` before what it is owed.
    """
    reader = ctx.obj.acting()
    now = clock.now()
    rows = queries.duties(reader)
    if late or not everything:
        rows = rows.filter(state=Duty.State.OPEN)
    if late:
        rows = rows.filter(due_at__lt=now)
    if thread:
        rows = rows.filter(thread=thread)
    shown = list(rows[: SHOWN + 1])
    for duty in shown[:SHOWN]:
        side = ">" if duty.bound_desk_id == reader.desk else "<"
        state = wording.DUTY_STATES[wording.duty_state(duty, now)]
        other = duty.owed_desk if side == ">" else duty.bound_desk
        what = f"{wording.duty_words(duty)} · {wording.desk_name(other)}"
        click.echo(
            f"{side} {wording.moment(duty.due_at)}  {state}  {duty.thread}  {what}  [{duty.clause_id}]"
        )
    if not shown:
        click.echo("No duties.")
    if len(shown) > SHOWN:
        click.echo(f"The first {SHOWN} are shown; narrow the list with --thread.", err=True)
