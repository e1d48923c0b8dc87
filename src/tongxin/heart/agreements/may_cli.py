"""Command line of the judge: may a desk do this with that field, and on what basis?"""

from __future__ import annotations

import click

from tongxin.heart.agreements import asking, wording
from tongxin.heart.agreements import may as core


@click.command()
@click.argument("desk")
@click.argument("action", type=click.Choice(core.ACTIONS))
@click.argument("subject")
@click.option("--field", "name", default="", help="A field of it; default the subject as a whole.")
@click.option("--purpose", default="", help="For which purpose, as the clause or the procedure words it.")
@click.pass_context
def group(ctx: click.Context, desk: str, action: str, subject: str, name: str, purpose: str) -> None:
    """Tell whether DESK may do ACTION with SUBJECT, such as case:WUQING-2026-000001, and on what basis."""
    told = asking.ask(ctx.obj.acting(), desk=desk, action=action, subject=subject, name=name, purpose=purpose)
    answer = told.answer
    click.echo(f"{'yes' if answer.yes else 'no'}    {told.words}")
    if answer.clause:
        click.echo(f"clause {answer.clause}")
    if answer.until is not None:
        click.echo(f"until  {wording.due_moment(answer.until)}")
    click.echo(f"rules  {answer.rules}")
