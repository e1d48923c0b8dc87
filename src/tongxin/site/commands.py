"""The operator's commands: start, keep, load, first administrators, tokens. Each sets Django up when it runs."""

from __future__ import annotations

import os
import secrets
import signal
import sys
import threading
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from tongxin.site.cli import Session, set_up

STARTED = time.perf_counter()


@click.command()
@click.option("--reset", is_flag=True, help="Throw the demonstration's data away and begin anew.")
@click.option("--port", type=click.IntRange(1, 65535), envvar="TONGXIN_PORT", default=8000, show_default=True,
              help="Where to listen; the next free port when it is taken.")  # fmt: skip
@click.option(
    "--host", envvar="TONGXIN_BIND", default="127.0.0.1", show_default=True, help="Address to listen on."
)
@click.option("--prepare-only", is_flag=True, help="Make the data and stop; do not serve.")
@click.option("--nodes", type=click.IntRange(1, 2), default=1, show_default=True,
              help="2: two servers that hand cases over to each other, on this port and the next.")  # fmt: skip
def demo(reset: bool, port: int, host: str, prepare_only: bool, nodes: int) -> None:
    """Serve a region with made-up people and a demo day.

    The first start makes tables, region, people and the demo day in var/demo; later starts keep what was done.
    With two nodes each has its own folder in var/demo/nodes, and a note and a case on the line instead of the demo day.
    Ctrl-C stops everything.
    """
    os.environ["TONGXIN_MODE"] = "demo"
    set_up()
    from django.conf import settings

    from tongxin.site import demo as data
    from tongxin.site import demo_nodes, launch

    if nodes == 2:
        sys.exit(demo_nodes.run(reset=reset, port=port, host=host, prepare_only=prepare_only, say=click.echo))
    free = launch.free_port(host, port)
    address = f"http://localhost:{free}"
    settings.ORIGIN = address
    settings.CSRF_TRUSTED_ORIGINS = [address]
    with launch.alone_in(settings.DATA, address):
        data.prepare(reset=reset, say=click.echo)
        if prepare_only:
            return
        if free != port:
            click.echo(f"· port {port} is taken, so {free}")
        launch.serve(host, free, when_ready=lambda: _welcome(address))


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), envvar="TONGXIN_PORT", default=8000, show_default=True,
              help="Where to listen.")  # fmt: skip
@click.option(
    "--host", envvar="TONGXIN_BIND", default="127.0.0.1", show_default=True, help="Address to listen on."
)
@click.option("--processes", type=click.IntRange(1, 64), envvar="TONGXIN_PROCESSES", default=2, show_default=True,
              help="Server processes; on SQLite always one.")  # fmt: skip
@click.option("--threads", type=click.IntRange(0, 256), envvar="TONGXIN_THREADS", default=0,
              help="Threads in each process; 0: 8 in one that is alone, 4 in each of several.")  # fmt: skip
def run(port: int, host: str, processes: int, threads: int) -> None:
    """Serve in production, with settings from the environment.

    Refuses to start with demo people in the database, without secrets of its own, or with tables of another version;
    says everything that is missing at once.
    """
    os.environ["TONGXIN_MODE"] = "run"
    _whole_environment()
    set_up()
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection

    from tongxin.site import launch

    fit_to_run()
    call_command("collectstatic", interactive=False, verbosity=0)
    if connection.vendor == "sqlite":
        processes = 1
    lines = [f"Tongxin serves on {host}:{port}, for people at {settings.ORIGIN}. Ctrl-C stops it."]
    if settings.TICKER == "worker":
        lines.append("Beside it, in a process of its own, runs: tongxin worker")
    with launch.alone_in(settings.DATA, f"{host}:{port}"):
        launch.serve(
            host, port, processes=processes, threads=threads, when_ready=lambda: click.echo("\n".join(lines))
        )


@click.command()
def worker() -> None:
    """Ring what is due, send what leaves and sign checkpoints, for ever (PostgreSQL).

    On SQLite the server does this itself, in threads. More than one worker does no harm: each ring rings once.
    """
    set_up()
    from tongxin.site import background

    stop = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_args: stop.set())
    click.echo("The worker rings what is due and sends what leaves. Ctrl-C stops it.")
    background.run(stop)


@click.command()
def migrate() -> None:
    """Bring the tables to this version of the programme; nothing that is there is lost."""
    set_up()
    from tongxin.site import demo as data

    names = data.unapplied()
    data.migrate()
    click.echo("\n".join(names) if names else "The tables are as they should be.")


@click.group()
def region() -> None:
    """Load the region pack, or show which one is loaded."""


@region.command("load")
@click.argument("folder", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path))
def region_load(folder: Path | None) -> None:
    """Load places, offices, calendars, procedures and instruments from FOLDER (default: TONGXIN_REGION).

    Loading again is safe: what is already so is left alone.
    """
    set_up()
    from django.conf import settings

    from tongxin.site import pack

    loaded = pack.load(folder.resolve() if folder else settings.REGION_PACK)
    click.echo(f"procedures: {loaded.procedures} · instruments: {loaded.instruments}")
    if loaded.recounted:
        click.echo(f"provisional dues counted anew on their published calendar: {loaded.recounted}")
    if loaded.left_out:
        click.echo(f"left out, because their terms are illustrative: {', '.join(loaded.left_out)}")


@region.command("show")
def region_show() -> None:
    """Show the region that is loaded, and how much of everything it has."""
    set_up()
    from tongxin.heart.region import models

    found = models.RegionInfo.objects.first()
    if found is None:
        raise click.ClickException("No region is loaded. Load one with: tongxin region load")
    rows: list[tuple[str, Any]] = [
        ("region", f"{found.name_zh} {found.name_en} ({found.id})"),
        ("pack", found.pack_hash),
        ("jurisdictions", models.Jurisdiction.objects.count()),
        ("desks", models.Desk.objects.count()),
        ("offices", models.Office.objects.count()),
        ("posts", models.Post.objects.count()),
    ]
    for name, value in rows:
        click.echo(f"{name:<14} {value}")


@click.group()
def people() -> None:
    """Make the first administrators, who make everybody else on the screen; name who stands in for whom."""


@people.command("create-admin")
@click.argument("username")
@click.argument("jurisdiction")
@click.option("--name", default="", help="The name to show; default the user name.")
@click.pass_obj
def create_admin(session: Session, username: str, jurisdiction: str, name: str) -> None:
    """Make a login USERNAME that administers JURISDICTION (for example tj-wuqing), and no other."""
    set_up()
    from tongxin.heart.region.acting import SYSTEM
    from tongxin.site.people import actions

    once = actions.create_administrator(
        by=SYSTEM,
        key=session.key(),
        username=username,
        display_name=name or username,
        jurisdiction=jurisdiction,
    )
    click.echo(f"user name  {username}")
    click.echo(f"post       {once.result['post']}")
    click.echo(f"password   {once.secret or 'shown when it was made; make a new login if it is lost'}")


@people.command("stand-in")
@click.argument("post")
@click.argument("absent")
@click.argument("stand_in", metavar="STAND-IN")
@click.option("--from", "since", type=click.DateTime(["%Y-%m-%d"]), required=True, help="The first day.")
@click.option(
    "--until", type=click.DateTime(["%Y-%m-%d"]), required=True, help="The first day no longer stood in."
)
@click.pass_obj
def stand_in_for(
    session: Session, post: str, absent: str, stand_in: str, since: datetime, until: datetime
) -> None:
    """Let the login STAND-IN stand in for the login ABSENT in POST (such as tj-baodi-ecology/duty_officer)."""
    set_up()
    from tongxin.heart.region.acting import SYSTEM
    from tongxin.site.people import queries, stand_ins

    done = stand_ins.name_stand_in(
        by=SYSTEM,
        key=session.key(),
        post=post,
        absent=queries.login(absent).pk,
        stand_in=queries.login(stand_in).pk,
        valid_from=since.date(),
        valid_until=until.date(),
    )
    days = f"{since.date()} to {until.date()}"
    click.echo(f"{done['substitution']}  {post}  {absent} -> {stand_in}  {days}")


@people.command("stand-ins")
def list_stand_ins() -> None:
    """List who stands in for whom, now or on days to come."""
    set_up()
    from tongxin.heart.region.acting import SYSTEM
    from tongxin.site.people import stand_ins

    rows = list(stand_ins.seen(SYSTEM))
    for row in rows:
        days = f"{row.valid_from} to {row.valid_until}"
        click.echo(f"{row.pk}  {row.post_id}  {row.absent.username} -> {row.stand_in.username}  {days}")
    if not rows:
        click.echo("Nobody stands in for anybody.")


@people.command("end-stand-in")
@click.argument("number", type=int)
@click.pass_obj
def end_stand_in(session: Session, number: int) -> None:
    """End the substitution NUMBER now."""
    set_up()
    from tongxin.heart.region.acting import SYSTEM
    from tongxin.site.people import stand_ins

    stand_ins.end(by=SYSTEM, key=session.key(), substitution=number)
    click.echo("ended")


@click.group()
def token() -> None:
    """Issue or revoke a token with which an office's own program acts."""


@token.command("issue")
@click.option("--post", required=True, help="The post it acts in, for example tj-baodi-ecology/duty_officer.")
@click.option("--desk", default="", help="The desk it acts at; default the first its office staffs.")
@click.option("--label", default="", help="What it is for.")
@click.pass_obj
def token_issue(session: Session, post: str, desk: str, label: str) -> None:
    """Issue a token and print its secret, once."""
    set_up()
    from tongxin.heart.region.acting import SYSTEM
    from tongxin.site.people import actions, queries

    once = actions.issue_token_for(
        queries.seat_anywhere(post, desk), by=SYSTEM, key=session.key(), label=label
    )
    if once.secret is None:
        raise click.ClickException("This was done before with the same key; the secret was shown then.")
    click.echo(once.secret)


@token.command("revoke")
@click.argument("prefix")
@click.pass_obj
def token_revoke(session: Session, prefix: str) -> None:
    """Revoke the token that begins with PREFIX (tx_… up to the second underscore)."""
    set_up()
    from tongxin.heart.region.acting import SYSTEM
    from tongxin.site.people import actions

    actions.revoke_token_by_prefix(prefix, by=SYSTEM, key=session.key())
    click.echo("revoked")


@click.command()
@click.pass_obj
def whoami(session: Session) -> None:
    """Say in which post, at which desk and with which capabilities the token acts."""
    set_up()
    acting = session.acting()
    click.echo(f"post          {acting.post}")
    click.echo(f"desk          {acting.desk}")
    click.echo(f"jurisdiction  {acting.jurisdiction}")
    click.echo(f"may           {', '.join(sorted(acting.capabilities)) or '—'}")


@click.command()
def health() -> None:
    """Say whether the database answers, the tables fit, a region is loaded and the ledger has a head."""
    set_up()
    from django.db import connection

    from tongxin.heart.ledger.models import Log
    from tongxin.heart.region.models import RegionInfo
    from tongxin.site import demo as data

    missing = data.unapplied()
    loaded = None if missing else RegionInfo.objects.first()
    log = None if missing else Log.objects.first()
    click.echo(f"database  {connection.vendor} answers")
    click.echo(f"tables    {'fit' if not missing else f'lack {len(missing)} changes: tongxin migrate'}")
    click.echo(f"region    {loaded.id if loaded else 'none: tongxin region load'}")
    click.echo(f"ledger    {log.size if log else 0} entries")
    if missing or loaded is None:
        sys.exit(1)


@click.command()
def openapi() -> None:
    """Print the description of the API, as docs/openapi.json has it."""
    os.environ.setdefault("TONGXIN_MODE", "demo")  # the description depends on no secret
    set_up()
    from tongxin.site import api

    click.echo(api.schema(), nl=False)


def _welcome(address: str) -> None:
    """Print where to go and who can log in."""
    from tongxin.site.account import demo as logins

    rows = [(p.username, " / ".join(posts)) for p, posts in logins.people()]
    wide = max((len(name) for name, _posts in rows), default=0)
    click.echo(f"\n  {address}\n")
    click.echo(f"  Logins of the demonstration (all made up), each with the password  {logins.password()}")
    for name, posts in rows:
        click.echo(f"    {name:<{wide}}  {posts}")
    click.echo(
        f"\n  Ready in {time.perf_counter() - STARTED:.1f} s. Ctrl-C stops it; what is done stays. Anew: --reset\n"
    )


def _whole_environment() -> None:
    """Name everything the environment lacks, before Django names the first."""
    from tongxin.shared.errors import Refused

    missing = []
    if len(os.environ.get("TONGXIN_SECRET_KEY", "")) < 32:
        missing.append(
            f"TONGXIN_SECRET_KEY, at least 32 random characters, for example {secrets.token_urlsafe(36)}"
        )
    if not os.environ.get("TONGXIN_HOSTS"):
        missing.append("TONGXIN_HOSTS, the host names of this server, comma-separated")
    if not os.environ.get("TONGXIN_ORIGIN", "https://").startswith("https://"):
        click.echo(
            "tongxin: TONGXIN_ORIGIN is not https: passwords travel in the clear, and passkeys do not work.",
            err=True,
        )
    if missing:
        raise Refused("settings_missing", "The settings are not complete: " + "; ".join(missing) + ".",
                      todo="Set them and start again. docs/operate.md says more.")  # fmt: skip


def fit_to_run() -> None:
    """Refuse a database that production must not serve."""
    from tongxin.heart.region.models import Person, RegionInfo
    from tongxin.shared.errors import Refused
    from tongxin.site import demo as data

    faults = []
    if missing := data.unapplied():
        faults.append(f"the tables lack {len(missing)} changes (tongxin migrate)")
    else:
        if Person.objects.filter(demo=True).exists():
            faults.append(
                "there are demo people in this database: it is a demonstration's, begin with a new one"
            )
        if not RegionInfo.objects.exists():
            faults.append("no region is loaded (tongxin region load)")
        if not Person.objects.filter(administers__isnull=False, is_active=True).exists():
            faults.append("there is no administrator (tongxin people create-admin)")
    if faults:
        raise Refused("notfit_to_run", "This installation is not fit to run: " + "; ".join(faults) + ".",
                      todo="Mend this and start again. docs/operate.md says more.")  # fmt: skip
