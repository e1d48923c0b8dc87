"""A house to be measured: Django on a folder and a database of its own, with the region in it or a day played.

Every measurement opens one, so that all run on the product's settings: SQLite in a temporary folder with every commit
synced; with `postgres` a PostgreSQL of its own with durable commits; or the empty database that TONGXIN_DATABASE_URL
names.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class House:
    """Where it lies: the data folder, and the database's address (empty: SQLite in the folder)."""

    folder: Path
    database: str


@contextmanager
def opened(
    name: str, *, mode: str = "demo", folder: Path | None = None, postgres: bool = False, tables: bool = False
) -> Iterator[House]:
    """Set Django up on a house, read in it as `name`, and leave nothing behind but a `folder` that was asked for.

    `tables`: make them.
    """
    with tempfile.TemporaryDirectory(prefix="tongxin-bench-") as own:
        server = _postgres(folder) if postgres else None
        database = server.url if server else os.environ.get("TONGXIN_DATABASE_URL", "")
        os.environ |= {
            "TONGXIN_MODE": mode,
            "TONGXIN_TICKER": "off",
            "TONGXIN_DATA": str(folder or own),
            "TONGXIN_DATABASE_URL": database,
            "DJANGO_SETTINGS_MODULE": "tongxin.site.settings",
        }
        import django

        django.setup()
        from django.core.management import call_command
        from django.db import connections

        from tongxin.shared import readers

        try:
            if tables:
                call_command("migrate", verbosity=0)
            with readers.named(name):
                yield House(folder or Path(own), database)
        finally:
            connections.close_all()
            if server:
                server.stop()


def play_a_day(until: datetime) -> None:
    """Load the region's pack and play the demonstration day that ends then."""
    from django.conf import settings

    from tongxin.shared import clock
    from tongxin.site import demo_day, pack

    with clock.held_at(demo_day.begins(until)) as hand:
        pack.load(settings.REGION_PACK)
        demo_day.play(hand, until=until)


def analyse() -> None:
    """Gather PostgreSQL's statistics, as its autovacuum does; SQLite's are not, because the product never does."""
    from django.db import connection

    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


def parser(doc: str | None, *, folder: bool = True) -> argparse.ArgumentParser:
    """Return the parser of a measurement's words: --postgres, and --folder where a house may be kept."""
    made = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument("--postgres", action="store_true", help="start a PostgreSQL for the run")
    if folder:
        made.add_argument(
            "--folder", type=Path, help="keep the house there, or measure the one that is there"
        )
    return made


def at(ordered: list[float], share: float) -> float:
    """Return the value below which `share` of the sorted values lie."""
    return ordered[min(len(ordered) - 1, round(share * (len(ordered) - 1)))]


def judged(value: float, limit: float, *, least: bool = False) -> str:
    """Return how a figure stands to its limit: the most that it may be, or the least."""
    kept = value >= limit if least else value <= limit
    return f"(limit {'≥' if least else '≤'} {limit:g}: {'kept' if kept else 'OVER'})"


def _postgres(folder: Path | None) -> Any:
    from tests.support import postgres

    postgres.SPEED[:] = ["shared_buffers=128MB"]  # durable commits, as in service
    made = postgres.Postgres(folder / "postgres" if folder else None)
    made.start()
    return made
