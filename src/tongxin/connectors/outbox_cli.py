"""Command line of the outbox: list, show and replay with a token; send and catch for the operator and for a try."""

from __future__ import annotations

import click

from tongxin.connectors.demo import catcher
from tongxin.heart.exchange import jobs, keeping, queries, words
from tongxin.heart.exchange.models import Delivery
from tongxin.shared import clock

SHOWN = 200


@click.group()
def group() -> None:
    """List, show, replay and send what goes to outside systems; catch it where there is none."""


@group.command("list")
@click.option("--state", type=click.Choice(Delivery.State.values), help="Only in this state.")
@click.option("--desk", default="", help="Only of this desk, such as tj-wuqing/ecology_bureau.")
@click.option("--subscription", type=int, help="Only of this subscription.")
@click.pass_context
def list_deliveries(ctx: click.Context, state: str | None, desk: str, subscription: int | None) -> None:
    """List the deliveries of the jurisdiction's desks, newest first; times are Beijing time."""
    reader = ctx.obj.acting()
    rows = queries.outbox(reader, state=state or "", desk=desk, subscription=subscription)
    shown = list(rows[: SHOWN + 1])
    for row in shown[:SHOWN]:
        why = f"  {row.last_error}" if row.last_error else ""
        click.echo(
            f"{row.pk}  {_moment(row.created_at)}  {row.state:<7}  {row.attempts}  "
            f"{row.subscription.desk_id}  {row.subscription.connector}  {row.kind}  {row.thread}{why}"
        )
    if not shown:
        click.echo("No deliveries.")
    if len(shown) > SHOWN:
        click.echo(f"The first {SHOWN} are shown; narrow the list with --state or --desk.", err=True)


@group.command("show")
@click.argument("delivery")
@click.pass_context
def show(ctx: click.Context, delivery: str) -> None:
    """Show one delivery: what it says, and how each attempt went."""
    row = queries.delivery(ctx.obj.acting(), delivery)
    click.echo(f"delivery      {row.pk}")
    click.echo(f"state         {row.state}{f' ({row.last_error})' if row.last_error else ''}")
    click.echo(
        f"subscription  {row.subscription_id}  {row.subscription.desk_id}  {row.subscription.connector}"
    )
    click.echo(f"target        {row.subscription.target}")
    if row.state == Delivery.State.PENDING:
        click.echo(f"next          {_moment(row.next_at)}")
    for line in row.payload["words"].values():
        click.echo(f"says          {line}")
    for each in row.history.order_by("number"):
        ended = _moment(each.ended_at) if each.ended_at else "-"
        click.echo(
            f"attempt {each.number:<5} {_moment(each.began_at)} → {ended}  {each.outcome or '-'}  {each.error}".rstrip()
        )


@group.command("replay")
@click.argument("delivery", required=False)
@click.option("--subscription", type=int, help="Every dead letter of this subscription.")
@click.pass_context
def replay(ctx: click.Context, delivery: str | None, subscription: int | None) -> None:
    """Send the dead letter DELIVERY again, or all of a subscription."""
    if (delivery is None) == (subscription is None):
        raise click.UsageError("Name a delivery, or give --subscription.")
    by, key = ctx.obj.acting(), ctx.obj.key()
    if delivery is not None:
        done = keeping.replay(by=by, key=key, delivery=delivery)
    else:
        done = keeping.replay_all(by=by, key=key, subscription=int(subscription or 0))
    click.echo(f"{done['replayed']} to be sent again")


@group.command("send")
def send() -> None:
    """Send what is due now, once; the server or the worker does it by itself. Needs no token."""
    sent = jobs.send_due()
    left = Delivery.objects.filter(state__in=[Delivery.State.PENDING, Delivery.State.LEASED])
    dead = Delivery.objects.filter(state=Delivery.State.DEAD)
    click.echo(f"sent {sent} · waiting {left.count()} · given up {dead.count()}")
    for error in sorted(set(left.exclude(last_error="").values_list("last_error", flat=True))):
        click.echo(f"  waits because {words.fault(error)}")


@group.command("catch")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8099, show_default=True, help="Where to listen."
)
@click.option(
    "--secret",
    envvar="TONGXIN_WEBHOOK_SECRET",
    default="",
    show_envvar=True,
    help="The subscription's secret; without it nothing is verified.",
)
@click.option("--count", type=click.IntRange(1), help="Stop after so many deliveries.")
@click.option(
    "--status", type=click.IntRange(100, 599), default=200, show_default=True, help="What to answer."
)
def catch(port: int, secret: str, count: int | None, status: int) -> None:
    """Receive webhooks on this machine, verify each signature, and print what came.

    For a try without an outside system: subscribe a desk to http://localhost:PORT/ and act. --status 503 shows what
    happens when the other side is down. Needs no token and no database.
    """
    caught = catcher.Catcher(port=port, secret=secret, status=status, say=click.echo)
    click.echo(f"Catching on http://localhost:{caught.port}/ until Ctrl-C.")
    caught.serve(count)


def _moment(at: object) -> str:
    return f"{clock.beijing(at):%Y-%m-%d %H:%M:%S}"  # type: ignore[arg-type]
