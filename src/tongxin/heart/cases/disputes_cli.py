"""Command line of competence disputes: commands of `tongxin cases`."""

from __future__ import annotations

import click

from tongxin.heart.cases import actions, disputes, silences
from tongxin.shared import clock

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


@click.command("silent")
@click.pass_context
def list_silent(ctx: click.Context) -> None:
    """List the offers without an answer that the coordination office may put before both offices."""
    rows = silences.seen_by(ctx.obj.acting())
    for made, due in rows:
        click.echo(
            f"{made.pk}  {made.case_id}  {made.from_desk_id} -> {made.to_desk_id}  due {clock.iso(due)}"
        )
    if not rows:
        click.echo("No offer is without an answer past its time.")


@click.command("call-offices")
@click.argument("offer")
@click.option("--reason", required=True, help="Why.")
@click.pass_context
def call_offices(ctx: click.Context, offer: str, reason: str) -> None:
    """Put an OFFER that nobody answers before both coordination offices, which name a holder together."""
    done = actions.call_offices(by=ctx.obj.acting(), key=ctx.obj.key(), offer=offer, reason=reason)
    click.echo(f"dispute {done['dispute']}: {' | '.join(done['offices'])} name a holder")


COMMANDS = (list_disputes, name_holder, list_silent, call_offices)
