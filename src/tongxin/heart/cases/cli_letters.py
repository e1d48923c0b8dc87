"""Command line of the applicant's side at a desk: print a slip, list and answer what applicants wrote."""

from __future__ import annotations

import click

from tongxin.heart.agreements import wording
from tongxin.heart.cases import actions, letters, qr


@click.command()
@click.argument("number")
@click.pass_context
def slip(ctx: click.Context, number: str) -> None:
    """Make a tracking slip for the applicant at the window; the one before stops working."""
    done = actions.make_slip(by=ctx.obj.acting(), key=ctx.obj.key(), number=number)
    click.echo(f"Number  {done['case']}")
    click.echo(f"Secret  {done.get('secret', 'shown before; it is kept nowhere')}")
    click.echo(f"At      {qr.track_address()}")


@click.command("letters")
@click.pass_context
def list_letters(ctx: click.Context) -> None:
    """List what applicants wrote to the desk; `*` stands before what waits for an answer."""
    rows = list(letters.to_desk(ctx.obj.acting())[:200])
    for row in rows:
        mark = "*" if row.waits else " "
        click.echo(f"{mark} {row.pk}  {wording.moment(row.at)}  {row.case_id}  {row.kind}  {row.text}")
    if not rows:
        click.echo("No letters.")


@click.command()
@click.argument("letter", type=int)
@click.argument("text")
@click.option("--take/--leave", default=None, help="Of a correction: change the field, or leave it.")
@click.pass_context
def answer(ctx: click.Context, letter: int, text: str, take: bool | None) -> None:
    """Answer what an applicant wrote."""
    done = actions.answer(by=ctx.obj.acting(), key=ctx.obj.key(), letter=letter, text=text, take=take)
    click.echo(f"Answered {done['letter']} in case {done['case']}.")


COMMANDS = (slip, list_letters, answer)
