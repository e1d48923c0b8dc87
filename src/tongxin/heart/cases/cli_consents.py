"""Command line of consent: list, record and withdraw what the person concerned consented to."""

from __future__ import annotations

from datetime import datetime

import click

from tongxin.heart.agreements import wording
from tongxin.heart.cases import actions, consents, sights
from tongxin.heart.region.holdings import today


@click.group()
def consent() -> None:
    """List, record and withdraw consents of a case."""


@consent.command("list")
@click.argument("number")
@click.pass_context
def list_consents(ctx: click.Context, number: str) -> None:
    """List the consents of a case; `*` stands before those that stand."""
    _row, found = consents.of_case(ctx.obj.acting(), number)
    for each in found:
        mark = "*" if sights.stands(each, today()) else " "
        fields = ", ".join(each.fields)
        click.echo(
            f"{mark} {each.pk}  {wording.moment(each.given_at)}  {each.who}  {fields}  {each.purpose}".rstrip()
        )
    if not found:
        click.echo("No consents.")


@consent.command("give")
@click.argument("number")
@click.option(
    "--who", type=click.Choice(["applicant", "guardian", "proxy"]), default="applicant", show_default=True
)
@click.option(
    "--field",
    "-f",
    "fields",
    multiple=True,
    required=True,
    help="A field of the application, or papers; once a field.",
)
@click.option("--purpose", default="", help="Default: what the procedure asks the fields for.")
@click.option(
    "--until", type=click.DateTime(["%Y-%m-%d"]), help="The first day on which it no longer stands."
)
@click.pass_context
def give(
    ctx: click.Context, number: str, who: str, fields: tuple[str, ...], purpose: str, until: datetime | None
) -> None:
    """Record a consent at the accepting desk. Prints its number."""
    done = actions.give_consent(
        by=ctx.obj.acting(),
        key=ctx.obj.key(),
        number=number,
        who=who,
        fields=fields,
        purpose=purpose,
        until=until.date() if until else None,
    )
    click.echo(done["consent"])


@consent.command("withdraw")
@click.argument("number", type=int, metavar="CONSENT")
@click.pass_context
def withdraw(ctx: click.Context, number: int) -> None:
    """Record that a consent is withdrawn: no other desk sees its fields from then on."""
    done = actions.withdraw_consent(by=ctx.obj.acting(), key=ctx.obj.key(), consent=number)
    click.echo(f"{done['case']}: consent {done['consent']} is withdrawn")
