"""The demonstration's data: made once, kept between starts, made anew on request or when it was cut short."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connections
from django.db.migrations.executor import MigrationExecutor

from tongxin.shared import clock
from tongxin.shared.errors import Refused

STAMP = "demo.json"
OURS = (
    "tongxin.sqlite3",
    "tongxin.sqlite3-wal",
    "tongxin.sqlite3-shm",
    "map",
    "keys",
    "mail",
    "papers",
    STAMP,
)

Say = Callable[[str], None]


def prepare(*, reset: bool, say: Say, build: Callable[[Say], None] | None = None) -> bool:
    """Bring the data folder to where the demonstration can be served; return whether it was made anew.

    `build` fills an empty database, in place of the demo day.
    """
    if not settings.DEMO:
        raise Refused("not_demo", "This is not the demonstration.", todo="Use `tongxin demo`.")
    stamp = _read()
    if reset or not stamp:
        _refuse_real_work()
        _clear(say)
        (build or _play)(say)
        _write()
        return True
    if stamp.get("made_from") != made_from():
        say("· the programme or the region pack changed: bringing the data up to date")
        migrate()
        from tongxin.site import pack

        pack.load(settings.REGION_PACK)
        _write()
    return False


def migrate() -> None:
    """Bring the tables to this version of the programme."""
    call_command("migrate", interactive=False, verbosity=0)


def unapplied() -> list[str]:
    """Return the names of migrations that the database lacks."""
    executor = MigrationExecutor(connections["default"])
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{m.app_label}.{m.name}" for m, _backwards in plan]


def made_from() -> str:
    """Return a hash over what the data was made from: tables and region pack. The demo day is played once only."""
    digest = hashlib.sha256()
    house = Path(__file__).resolve().parents[1]
    for path in sorted(house.rglob("migrations/*.py")):
        digest.update(str(path.relative_to(house)).encode())
    for path in sorted(p for p in settings.REGION_PACK.rglob("*") if p.is_file()):
        digest.update(str(path.relative_to(settings.REGION_PACK)).encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _play(say: Say) -> None:
    """Make tables, region, people and the demo day, with a clock that runs from the day's beginning until now."""
    from tongxin.heart.ledger import actions as ledger
    from tongxin.site import pack

    say("· making the tables")
    migrate()
    now = clock.now()
    if find_spec("tongxin.site.demo_day") is None:
        say("· loading the region pack")
        pack.load(settings.REGION_PACK)
    else:
        from tongxin.site import demo_day

        with clock.held_at(demo_day.begins(now)) as hand:
            say("· loading the region pack")
            pack.load(settings.REGION_PACK)
            say("· playing the demo day")
            demo_day.play(hand, until=now)
    ledger.checkpoint()


def _refuse_real_work() -> None:
    """Refuse to empty a database with logins of which none is a demo person; the settings may name the wrong one."""
    own = connections["default"]
    if "region_person" not in own.introspection.table_names():
        return
    with own.cursor() as cursor:  # not the object mapper: the tables may be of an older version
        cursor.execute("SELECT COUNT(*), COUNT(CASE WHEN demo THEN 1 END) FROM region_person")
        people, made_up = cursor.fetchone()
    if people and not made_up:
        raise Refused(
            "not_a_demonstration",
            "This database holds logins and none of them is made up: it is no demonstration's.",
            todo="Look at TONGXIN_DATABASE_URL and TONGXIN_DATA; the demonstration empties what it begins in.",
        )


def _clear(say: Say) -> None:
    """Take away what an earlier demonstration made, and nothing else."""
    connections.close_all()
    if connections["default"].vendor != "sqlite":
        if "region_person" in connections["default"].introspection.table_names():
            say("· emptying the database")
            with connections["default"].cursor() as cursor:
                cursor.execute("DROP SCHEMA public CASCADE")
                cursor.execute("CREATE SCHEMA public")
        connections.close_all()
    for name in OURS:
        path = settings.DATA / name
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def _read() -> dict[str, str]:
    path = settings.DATA / STAMP
    return json.loads(path.read_text("utf-8")) if path.exists() else {}


def _write() -> None:
    """Write the stamp, whole or not at all; without it the next start begins anew."""
    part = settings.DATA / f".{STAMP}"
    part.write_text(json.dumps({"made_from": made_from()}), encoding="utf-8")
    part.replace(settings.DATA / STAMP)
