"""Command line of subscriptions: the same acts as the screens and the API, in the post of an office token."""

from __future__ import annotations

import click

from tongxin.heart.exchange import keeping, outbox, queries


@click.group()
def group() -> None:
    """Send the rings of the jurisdiction's desks to systems outside as well."""


@group.command("list")
@click.pass_context
def list_subscriptions(ctx: click.Context) -> None:
    """List the subscriptions of the jurisdiction's desks, with what waits and what was given up."""
    rows = list(queries.subscriptions(ctx.obj.acting()))
    for row in rows:
        state = "runs" if row.active else "stopped"
        counts = f"waiting {row.waiting} · given up {row.dead}"  # type: ignore[attr-defined]
        kinds = ",".join(row.kinds) or "all"
        click.echo(f"{row.pk}  {row.desk_id}  {row.connector}  {row.target}  {kinds}  {state}  {counts}")
    if not rows:
        click.echo("No subscriptions.")


@group.command("kinds")
def kinds() -> None:
    """List the kinds of rings that can be wanted."""
    for code, title in outbox.kinds().items():
        click.echo(f"{code:<20} {title}")


@group.command("add")
@click.argument("desk")
@click.argument("connector")
@click.argument("target")
@click.option("--kind", "-k", multiple=True, help="A kind that is wanted; once a kind. Without any: all.")
@click.option("--quiet", is_flag=True, help="Print the secret alone.")
@click.pass_context
def add(
    ctx: click.Context, desk: str, connector: str, target: str, kind: tuple[str, ...], quiet: bool
) -> None:
    """Send the rings of DESK also to TARGET over CONNECTOR (webhook, email). Prints the secret, once."""
    once = keeping.subscribe(
        by=ctx.obj.acting(), key=ctx.obj.key(), desk=desk, connector=connector, target=target, kinds=kind
    )
    _tell(once, quiet)


@group.command("change")
@click.argument("subscription", type=int)
@click.option("--target", help="Where to, instead of where it goes now.")
@click.option(
    "--kind", "-k", multiple=True, help="A kind that is wanted; once a kind. Without any: as it is."
)
@click.option("--all-kinds", is_flag=True, help="All kinds.")
@click.option("--new-secret", is_flag=True, help="A new secret; the old one signs nothing from now on.")
@click.option("--quiet", is_flag=True, help="Print the secret alone.")
@click.pass_context
def change(
    ctx: click.Context,
    subscription: int,
    target: str | None,
    kind: tuple[str, ...],
    all_kinds: bool,
    new_secret: bool,
    quiet: bool,
) -> None:
    """Change where a subscription goes, what it wants, or its secret."""
    by = ctx.obj.acting()
    row = queries.subscription(by, subscription)
    once = keeping.change(
        by=by,
        key=ctx.obj.key(),
        subscription=subscription,
        target=row.target if target is None else target,
        kinds=[] if all_kinds else kind or row.kinds,
        new_secret=new_secret,
    )
    _tell(once, quiet)


@group.command("stop")
@click.argument("subscription", type=int)
@click.pass_context
def stop(ctx: click.Context, subscription: int) -> None:
    """Stop a subscription: nothing more is written for it, and what waits is kept unsent."""
    done = keeping.set_active(by=ctx.obj.acting(), key=ctx.obj.key(), subscription=subscription, active=False)
    click.echo(f"stopped; {done['waiting']} kept unsent")


@group.command("resume")
@click.argument("subscription", type=int)
@click.pass_context
def resume(ctx: click.Context, subscription: int) -> None:
    """Resume a stopped subscription; what was kept is sent."""
    done = keeping.set_active(by=ctx.obj.acting(), key=ctx.obj.key(), subscription=subscription, active=True)
    click.echo(f"runs again; {done['waiting']} to be sent")


def _tell(once: keeping.Once, quiet: bool) -> None:
    if quiet:
        click.echo(once.secret or "")
        return
    click.echo(f"subscription  {once.result['subscription']}")
    if once.secret:
        click.echo(f"secret        {once.secret}")
