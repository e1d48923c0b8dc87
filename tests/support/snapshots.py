"""Keeps the whole content of the test database and puts it back fast, so that a test with commits starts afresh.

On PostgreSQL only the tables that differ are written: which, its own row versions tell (`xmin`, and how many rows).
"""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.core.cache import cache
from django.db import connection

from tests.support import kept_files


@dataclass
class Snapshot:
    """The content of every table at one moment; on SQLite the file, on PostgreSQL the rows and the sequences."""

    file: sqlite3.Connection | None = None
    rows: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    sequences: dict[str, int] = field(default_factory=dict)


Signature = tuple[int, int]
_standing: dict[
    str, tuple[bytes, Signature]
] = {}  # by table: the rows that were put there, and its signature then
_owed: list[Snapshot] = []  # what is to be put back before a test that wants the database as it was


def take() -> Snapshot:
    """Keep what the database holds now."""
    connection.ensure_connection()
    if connection.vendor == "sqlite":
        kept = sqlite3.connect(":memory:", check_same_thread=False)
        connection.connection.backup(kept)
        return Snapshot(file=kept)
    snapshot = Snapshot()
    with connection.cursor() as cursor:
        for table in _tables():
            cursor.execute(
                "SELECT string_agg(quote_ident(column_name), ',' ORDER BY ordinal_position) FROM"
                " information_schema.columns WHERE table_schema = 'public' AND table_name = %s"
                " AND is_generated = 'NEVER'",
                [table],
            )
            columns = cursor.fetchone()[0]
            with _copy(f'COPY "{table}" ({columns}) TO STDOUT') as copy:
                snapshot.rows[table] = columns, b"".join(map(bytes, copy))
        cursor.execute("SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = 'public'")
        snapshot.sequences = dict(cursor.fetchall())
    return snapshot


def kept(name: str, drawn: Path) -> Snapshot | None:
    """Return what an earlier process kept of a database on SQLite; what it drew comes into the folder `drawn`."""
    found = kept_files.find(name) if connection.vendor == "sqlite" else None
    if found is None:
        return None
    memory = sqlite3.connect(":memory:", check_same_thread=False)
    with closing(sqlite3.connect(found)) as file:
        file.backup(memory)
    shutil.copytree(kept_files.folder_of(name), drawn, dirs_exist_ok=True)
    return Snapshot(file=memory)


def keep(name: str, snapshot: Snapshot, drawn: Path) -> None:
    """Keep a snapshot for later processes, and what was drawn beside it; on PostgreSQL nothing is kept."""
    if snapshot.file is not None:
        shutil.copytree(drawn, kept_files.folder_of(name), dirs_exist_ok=True)
        kept_files.keep(name, snapshot.file)


def restore(snapshot: Snapshot) -> None:
    """Make the database hold what it held then, and forget what this process remembers of it."""
    _owed.clear()
    from django.contrib.contenttypes.models import ContentType

    connection.ensure_connection()
    if snapshot.file is not None:
        snapshot.file.backup(connection.connection)
    else:
        _restore_rows(snapshot)
    ContentType.objects.clear_cache()
    cache.clear()


def later(snapshot: Snapshot) -> None:
    """Owe a snapshot: it is put back when the next test wants it, and never if another comes first."""
    _owed[:] = [snapshot]


def settle() -> None:
    """Put back what is owed."""
    if _owed:
        restore(_owed[0])


def _restore_rows(snapshot: Snapshot) -> None:
    with connection.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute("SET LOCAL session_replication_role = replica")  # no foreign keys while rows go back
        now = _signatures(cursor, snapshot)
        changed = {
            table: (columns, data)
            for table, (columns, data) in snapshot.rows.items()
            if _standing.get(table) != (data, now[table])
        }
        for table, (columns, data) in changed.items():
            if now[table][0]:
                cursor.execute(f'DELETE FROM "{table}"')
            if data:
                with _copy(f'COPY "{table}" ({columns}) FROM STDIN') as copy:
                    copy.write(data)
        _restore_sequences(cursor, snapshot)
        now = _signatures(cursor, snapshot)
        cursor.execute("COMMIT")
    _standing.update({table: (data, now[table]) for table, (_columns, data) in snapshot.rows.items()})


def _signatures(cursor: Any, snapshot: Snapshot) -> dict[str, Signature]:
    asked = (
        f"SELECT '{table}', count(*), coalesce(max(xmin::text::bigint), 0) FROM \"{table}\""
        for table in snapshot.rows
    )
    cursor.execute(" UNION ALL ".join(asked))
    return {table: (count, newest) for table, count, newest in cursor.fetchall()}


def _restore_sequences(cursor: Any, snapshot: Snapshot) -> None:
    cursor.execute("SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = 'public'")
    for name, value in cursor.fetchall():
        if value != (kept := snapshot.sequences.get(name)):
            cursor.execute("SELECT setval(%s, %s, %s)", [f'public."{name}"', kept or 1, kept is not None])


def _copy(statement: str) -> Any:
    return connection.connection.cursor().copy(statement)


def _tables() -> list[str]:
    return sorted(set(connection.introspection.table_names()) - {"django_migrations"})
