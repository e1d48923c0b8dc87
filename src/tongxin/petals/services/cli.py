"""Command line of services: record that a result issued elsewhere was presented."""

from __future__ import annotations

import click

from tongxin.petals.services import actions
from tongxin.petals.services.results import KINDS


@click.group()
def group() -> None:
    """Record results that one side issued and that are presented on another.

    Every command acts in the post of the office token (--token or TONGXIN_TOKEN).
    """


@group.command()
@click.option("--kind", type=click.Choice(list(KINDS)), required=True, help="What kind of result it is.")
@click.option("--what", required=True, help="What was tested, certified or decided, such as ALT.")
@click.option("--issued-by", required=True, help="Jurisdiction whose office issued it, such as he-langfang.")
@click.option("--reference", required=True, help="Number by which the issuing office finds it.")
@click.option("--drill", is_flag=True, help="A drill: nothing of it leaves the house.")
@click.pass_context
def present(ctx: click.Context, kind: str, what: str, issued_by: str, reference: str, drill: bool) -> None:
    """Record that a result was presented at the desk; prints the matter and the duties that follow."""
    session = ctx.obj
    done = actions.present_result(
        by=session.acting(),
        key=session.key(),
        kind=kind,
        what=what,
        issued_by=issued_by,
        reference=reference,
        drill=drill,
    )
    click.echo(f"{done['matter']}: {len(done['duties'])} duties")
