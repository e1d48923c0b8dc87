"""Command line of joint decisions: commands of `tongxin cases`."""

from __future__ import annotations

import click

from tongxin.heart.cases import actions, cli_states, joints, queries


@click.command("put")
@click.argument("number")
@click.argument("outcome", type=click.Choice(actions.OUTCOMES))
@click.option("--reason", default="", help="Needed for a refusal.")
@cli_states.epoch_seen
@click.pass_context
def put(ctx: click.Context, number: str, outcome: str, reason: str, epoch: int | None) -> None:
    """Put an outcome to the desk that decides a case together with this one. Prints what that desk answers by."""
    by = ctx.obj.acting()
    seen = cli_states.seen(by, number, epoch)
    done = actions.put_joint(
        by=by, key=ctx.obj.key(), number=number, epoch=seen, outcome=outcome, reason=reason
    )
    click.echo(done["joint"])


@click.command("answer")
@click.argument("joint", metavar="QUESTION")
@click.argument("answer", type=click.Choice(actions.ANSWERS))
@click.option("--reason", default="", help="Needed to differ.")
@click.pass_context
def answer_joint(ctx: click.Context, joint: str, answer: str, reason: str) -> None:
    """Agree to what was put for a joint decision, which decides the case, or differ."""
    done = actions.answer_joint(
        by=ctx.obj.acting(), key=ctx.obj.key(), joint=joint, answer=answer, reason=reason
    )
    click.echo(f"{done['case']} {done['state']}" + (f": {done['outcome']}" if done["outcome"] else ""))


@click.command("joint")
@click.argument("number")
@click.pass_context
def show(ctx: click.Context, number: str) -> None:
    """Show what was put for a joint decision of a case, and how it was answered."""
    for row in joints.of_case(queries.case(ctx.obj.acting(), number)):
        click.echo(f"{row.pk}  {row.from_desk_id} -> {row.to_desk_id}  {row.outcome}  {row.state}")


COMMANDS = (put, answer_joint, show)
