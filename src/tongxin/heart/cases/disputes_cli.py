"""Command line of competence disputes: commands of `tongxin cases`."""

from __future__ import annotations

import click

from tongxin.heart.cases import actions, disputes

SHOWN = 100


@click.command("disputes")
@click.pass_context
def list_disputes(ctx: click.Context) -> None:
    """List the competence disputes of the office, latest first, with what is proposed."""
    rows = list(disputes.seen_by(ctx.obj.acting())[:SHOWN])
    for row in rows:
        click.echo(f"{row.pk}  {row.case_id}  {row.state}  {' | '.join(disputes.offices(row))}")
        for each in row.proposals:
            click.echo(
                f"    {each['office']} -> {each['holder']}  {each['answer'] or 'waits'}  {each['reason']}"
            )
        if row.holder_id:
            click.echo(f"    named {row.holder_id}  (epoch {row.epoch})")
    if not rows:
        click.echo("No disputes.")


@click.command("name-holder")
@click.argument("dispute", type=int)
@click.argument("holder")
@click.option("--reason", required=True, help="Why.")
@click.pass_context
def name_holder(ctx: click.Context, dispute: int, holder: str, reason: str) -> None:
    """Propose the desk HOLDER for a DISPUTE, or agree to the proposed one by naming the same."""
    done = actions.name_holder(
        by=ctx.obj.acting(), key=ctx.obj.key(), dispute=dispute, holder=holder, reason=reason
    )
    click.echo(
        f"{done['holder']} holds the case (epoch {done['epoch']})"
        if done["settled"]
        else "proposed; the other office has not answered yet"
    )


COMMANDS = (list_disputes, name_holder)
