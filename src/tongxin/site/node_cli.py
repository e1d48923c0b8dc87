"""Command line of nodes: who this one is, its peers, their lines, which desks work where; notes with a token."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import click
from django.conf import settings
from django.db import connection

from tongxin.heart.exchange import (
    letters,
    lines,
    lines_in,
    lines_jobs,
    lines_notes,
    lines_words,
    nodes,
    peers,
    peers_queries,
    wire,
)
from tongxin.heart.exchange.models import Peer
from tongxin.heart.ledger.models import Log
from tongxin.heart.region.acting import SYSTEM, Acting
from tongxin.shared import clock
from tongxin.shared.errors import Refused


@click.group()
def group() -> None:
    """This node and its peers: fingerprints, lines, which desks work where; notes between desks.

    All but `note` and `notes` is for who runs the machine, and needs no token.
    """


@group.command("init")
def init() -> None:
    """Make this node's key, where it has none yet, and print name and fingerprint.

    The name is TONGXIN_NODE; it must be other than the names of the peers, and stays for ever once the ledger is open.
    """
    if Log._meta.db_table not in connection.introspection.table_names():
        raise Refused(
            "no_tables",
            "The database has no tables of Tongxin yet, so there is nowhere to keep this node's name and key.",
            todo="Make them first: tongxin migrate. Then again: tongxin node init.",
        )
    head = Log.objects.first()
    if head is not None and head.node != settings.NODE:
        raise Refused(
            "other_name",
            f"The ledger here was opened under the name {head.node}, and TONGXIN_NODE is {settings.NODE}.",
            todo=f"Set TONGXIN_NODE={head.node}, or begin with a new database.",
        )
    if not _is_name(settings.NODE):
        raise Refused(
            "bad_name",
            f"{settings.NODE} is no name of a node: small letters, digits and dashes, at most 40.",
            todo="Set TONGXIN_NODE to another name.",
        )
    _tell_own()


@group.command("show")
def show() -> None:
    """Print this node's name, key and fingerprint, as a peer's people read them."""
    _tell_own()


@group.command("serve")
@click.option(
    "--port", type=click.IntRange(1, 65535), default=8001, show_default=True, help="Where to listen."
)
def serve(port: int) -> None:
    """Serve this node on this machine, for a try: own tables, region and made-up people. In service: tongxin run.

    Each node needs TONGXIN_NODE and TONGXIN_DATA of its own. Ctrl-C stops it; what is done stays.
    """
    from tongxin.heart.region.models import RegionInfo
    from tongxin.site import demo, launch, pack

    if settings.MODE == "run":
        raise Refused(
            "not_for_service",
            "This serves a node for a try, with made-up people.",
            todo="In service a node is served by: tongxin run. For a try: tongxin --mode demo node serve.",
        )
    address = f"http://localhost:{port}"
    settings.ORIGIN, settings.CSRF_TRUSTED_ORIGINS = address, [address]
    with launch.alone_in(settings.DATA, address):
        demo.migrate()
        if not RegionInfo.objects.exists():
            pack.load(settings.REGION_PACK)
        launch.serve(
            "127.0.0.1", port, when_ready=lambda: click.echo(f"The node {settings.NODE} serves at {address}")
        )


@group.command("status")
def status() -> None:
    """Print how each line stands: sent, acknowledged, waiting since when, what came, the difference of the clocks."""
    found = peers_queries.all_lines(None)
    for line in found:
        peer = line.peer
        click.echo(f"{peer.name}  {line.state}  {peer.address}")
        waits = f" since {_moment(line.waiting_since)}" if line.waiting else ""
        click.echo(
            f"  out      sent {line.sent} · acknowledged {line.acked} · "
            f"waiting {line.waiting}{waits} · refused {line.refused}"
        )
        click.echo(
            f"  in       stored {line.stored} · applied {line.applied} · refused {line.turned_down} · "
            f"not understood {line.not_understood}{' · something is missing' if line.gap else ''}"
        )
        click.echo(f"  answered {_moment(peer.last_answer_at)} · heard {_moment(peer.last_heard_at)}")
        if peer.failing_since:
            why = f"{lines_words.fault(peer.last_error)} [{peer.last_error}]"
            click.echo(f"  failing  since {_moment(peer.failing_since)}: {why}")
        if peer.skew_ms is not None:
            mark = "  CLOCKS DIFFER" if line.skewed else ""
            click.echo(f"  clock    {lines_words.seconds(peer.skew_ms)} s against ours{mark}")
    if not found:
        click.echo("No peers. Add one with: tongxin node peer add URL")


@group.command("send")
def send() -> None:
    """Apply what came and send what waits, now; the running server does both every second."""
    applied = lines_in.apply_all()
    arrived = lines_jobs.send_lines()
    click.echo(f"applied {applied} · arrived {arrived}")
    for line in peers_queries.all_lines(None):
        if line.peer.failing_since:
            click.echo(f"{line.peer.name}: {lines_words.fault(line.peer.last_error)}", err=True)


@group.command("ping")
@click.argument("peer")
@click.pass_context
def ping(ctx: click.Context, peer: str) -> None:
    """Write a ping to PEER; its pong comes back over the line."""
    done = peers.ping(by=SYSTEM, key=ctx.obj.key(), peer=peer)
    click.echo(f"ping {done['seq']} to {peer}")


@group.command("place")
@click.argument("peer")
@click.argument("desks", nargs=-1, required=True)
@click.pass_context
def place(ctx: click.Context, peer: str, desks: Sequence[str]) -> None:
    """Say that DESKS work at PEER; `here` brings them back. A place, such as bj-tongzhou, names all of its desks."""
    done = peers.place(by=SYSTEM, key=ctx.obj.key(), desks=desks, peer="" if peer == "here" else peer)
    click.echo(f"{done['desks']} desks work {'at ' + peer if done['peer'] else 'here'}")


@group.command("note")
@click.argument("desk")
@click.argument("text")
@click.option("--reply-to", default="", help="The note that this one answers.")
@click.pass_context
def note(ctx: click.Context, desk: str, text: str, reply_to: str) -> None:
    """Send TEXT to DESK, here or at another node, in the post of the token."""
    done = lines_notes.send_note(
        by=ctx.obj.acting(), key=ctx.obj.key(), to_desk=desk, text=text, reply_to=reply_to
    )
    click.echo(done["note"])


@group.command("notes")
@click.pass_context
def notes(ctx: click.Context) -> None:
    """List the notes that the token's desk got and sent, the last first."""
    reader: Acting = ctx.obj.acting()
    rows = list(lines_notes.notes(reader)[:100])
    stand = lines_notes.stand_of(rows)
    for row in rows:
        ours = row.from_desk_id == reader.desk
        sealed = stand.get(row.pk)
        state = "arrived" if row.delivered_at else "waiting"
        if sealed is not None and sealed.state == "refused":
            state = f"refused ({sealed.reason})"
        other = f"to {row.to_desk_id}" if ours else f"from {row.from_desk_id}"
        click.echo(f"{row.pk}  {_moment(row.here_at)}  {other}  {state if ours else 'came'}")  # type: ignore[attr-defined]
        for each in letters.text(row).split("\n"):
            click.echo(f"  {each}")
    if not rows:
        click.echo("No notes.")


@group.group("peer")
def peer_group() -> None:
    """Other nodes: add one, list them, confirm the key of one by its fingerprint."""


@peer_group.command("add")
@click.argument("url")
@click.pass_context
def peer_add(ctx: click.Context, url: str) -> None:
    """Ask the node at URL who it is, and add it. Its key counts after `peer confirm`, there and here."""
    identity = _asked(url)
    done = peers.add(by=SYSTEM, key=ctx.obj.key(), address=url, identity=identity)
    _tell_peer(done["peer"], done["key"])


@peer_group.command("move")
@click.argument("name")
@click.argument("url")
@click.pass_context
def peer_move(ctx: click.Context, name: str, url: str) -> None:
    """Note URL as the address of the peer NAME, and the key it shows there; a new key must be confirmed anew."""
    done = peers.move(by=SYSTEM, key=ctx.obj.key(), peer=name, address=url, identity=_asked(url))
    if done["new_key"]:
        _tell_peer(done["peer"], done["key"])
    else:
        click.echo(f"{name} is at {url}, with the key that is confirmed.")


@peer_group.command("confirm")
@click.argument("name")
@click.argument("fingerprint", nargs=-1, required=True)
@click.pass_context
def peer_confirm(ctx: click.Context, name: str, fingerprint: Sequence[str]) -> None:
    """Confirm the key of NAME by the FINGERPRINT that its people read out; blanks do not matter."""
    peers.confirm(by=SYSTEM, key=ctx.obj.key(), peer=name, fingerprint="".join(fingerprint))
    click.echo(f"The key of {name} is confirmed here.")
    if Peer.objects.get(name=name).knows_us:
        click.echo(f"{name} has confirmed this node's too.")
    else:
        click.echo(f"If {name} has not confirmed this node's yet, its people must do so too.")


@peer_group.command("list")
def peer_list() -> None:
    """List the peers with address, state of the line, and fingerprint."""
    found = peers_queries.all_lines(None)
    for line in found:
        click.echo(f"{line.peer.name}  {line.peer.address}  {line.state}  {line.desks} desks")
        click.echo(
            f"  {_grouped(line.shown.key_id if line.shown else '')}  {'not confirmed' if line.new_key else 'confirmed'}"
        )
    if not found:
        click.echo("No peers.")


def _asked(url: str, ask: Callable[[str], Any] = wire.ask_identity) -> lines.Identity:
    try:
        identity: lines.Identity = ask(url)
    except wire.NotReached as fault:
        raise Refused(
            "no_node", f"No node answered at {url}: {lines_words.fault(fault.error)} [{fault.error}].",
            todo="Look at the address, and whether the other node runs.",
        ) from fault  # fmt: skip
    return identity


def _tell_own() -> None:
    me = nodes.own()
    click.echo(f"node         {me.name}")
    click.echo(f"algorithm    {lines.ALGORITHM}")
    click.echo(f"fingerprint  {_grouped(me.key_id)}")


def _tell_peer(name: str, key: str) -> None:
    click.echo(f"node         {name}")
    click.echo(f"fingerprint  {_grouped(key)}")
    click.echo("Compare it with what that node shows, by telephone, and then:")
    click.echo(f"  tongxin node peer confirm {name} FINGERPRINT_READ_OUT_BY_ITS_PEOPLE")


def _grouped(key: str) -> str:
    return " ".join(lines.groups(key))


def _is_name(name: str) -> bool:
    return (
        bool(name)
        and len(name) <= 40
        and name[0].isalnum()
        and all(c.isascii() and (c.islower() or c.isdigit() or c == "-") for c in name)
    )


def _moment(at: datetime | None) -> str:
    return clock.beijing(at).strftime("%Y-%m-%d %H:%M:%S") if at else "never"
