"""Statements of the acts that are done most, composed once in a process and then only given their values.

To compose a statement takes Django about ten times as long as SQLite takes to answer it. `fixed` keeps what a query set
composes, `insert` and `update` write rows of a model. They say what Django's own would say, and mean the same rows: no
value is kept, only words. For what is asked seldom, write query sets.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.transaction import TransactionManagementError

from tongxin.shared import clock, statement_rows

P = ParamSpec("P")
M = TypeVar("M", bound=models.Model)
R = TypeVar("R")


@dataclass(frozen=True)
class _Statement:
    """A composed read: its words, which value stands where (or what always does), and how a row is read."""

    sql: str
    places: tuple[tuple[int | None, Any], ...]  # number of the value, or None and what always stands there
    read: Callable[[Any, Sequence[Any]], Any]  # with the connection
    locks: bool
    need_reader: Callable[[], None] | None  # of guarded rows: raises where they are read for nobody


def fixed(compose: Callable[P, models.QuerySet[Any, R]]) -> Callable[P, list[R]]:
    """Turn a function that composes a query set from its arguments into one that returns its rows.

    The arguments are positional: words, numbers of rows, UUIDs, days, instants, and lists of words, which may stand in
    comparisons and `__in`. Rows are model objects (with `select_related` and annotations) or what `values_list` gives.
    Raises TypeError for an argument of which the statement makes something else than a value.
    """
    known: dict[Any, _Statement] = {}

    @wraps(compose)
    def ask(*given: P.args, **_none: P.kwargs) -> list[R]:
        connection = _connection()
        values: list[Any] = []
        shape: list[Any] = [connection.vendor]
        for each in given:
            parts = list(each) if isinstance(each, list | tuple | set | frozenset) else None
            values += [each] if parts is None else parts
            shape.append(type(each) if parts is None else tuple(map(type, parts)))
        if () in shape:  # nothing is in an empty list
            return []
        found = known.get(key := tuple(shape))
        if found is None:
            found = known[key] = _composed(compose, given)
        if found.locks and not connection.in_atomic_block:
            raise TransactionManagementError("rows are locked inside a transaction")
        if found.need_reader is not None:
            found.need_reader()
        if not found.sql:  # no row can be meant
            return []
        params = [kept if n is None else _as_stored(connection, values[n]) for n, kept in found.places]
        read = found.read
        return [read(connection, row) for row in statement_rows.run(connection, found.sql, params).fetchall()]

    return ask


def insert(row: M) -> M:
    """Insert a new row; one that the database numbers has its number afterwards."""
    connection, meta = _connection(), row._meta
    auto = row.pk is None
    columns = [f for f in meta.concrete_fields if not (auto and f.primary_key)]
    key = (type(row), connection.vendor, auto)
    sql = _inserts.get(key)
    if sql is None:
        _plain(columns)
        names = ", ".join(f'"{f.column}"' for f in columns)
        marks = ", ".join(["%s"] * len(columns))
        sql = f'INSERT INTO "{meta.db_table}" ({names}) VALUES ({marks})'  # noqa: S608 - a model's names
        sql = _inserts[key] = f'{sql} RETURNING "{meta.pk.column}"' if auto else sql
    done = statement_rows.run(connection, sql, _stored(connection, row, columns))
    if auto:
        row.pk = done.fetchall()[0][0]
    row._state.adding, row._state.db = False, connection.alias
    return row


def insert_new(rows: Sequence[models.Model]) -> list[bool]:
    """Insert rows that the database numbers, one by one, and tell of each whether it was new; no number is set.

    One that meets a unique key that stands already is left out; where another transaction is just writing that key,
    this waits for its end.
    """
    connection, told = _connection(), []
    for row in rows:
        columns = [f for f in row._meta.concrete_fields if not f.primary_key]
        key = (type(row), connection.vendor, None)
        if key not in _inserts:
            _plain(columns)
            names = ", ".join(f'"{f.column}"' for f in columns)
            marks = ", ".join(["%s"] * len(columns))
            _inserts[key] = (
                f'INSERT INTO "{row._meta.db_table}" ({names}) VALUES ({marks})'  # noqa: S608 - a model's names
                f' ON CONFLICT DO NOTHING RETURNING "{row._meta.pk.column}"'
            )
        done = statement_rows.run(connection, _inserts[key], _stored(connection, row, columns))
        new = done.fetchall()
        if new:
            row.pk = new[0][0]
            row._state.adding, row._state.db = False, connection.alias
        told.append(bool(new))
    return told


def update(row: models.Model, *names: str) -> None:
    """Write fields of a row as they are; raises LookupError where the row is gone."""
    meta: Any = row._meta
    values = {name: getattr(row, meta.get_field(name).attname) for name in names}
    if not change(row, values):
        raise LookupError(f"there is no {row._meta.label} {row.pk}")


def change(row: models.Model, values: Mapping[str, Any], **seen: Any) -> bool:
    """Write values into fields of a row that still stands as it was seen, and set them; False where it does not."""
    connection = _connection()
    meta: Any = row._meta
    if None in seen.values():
        raise TypeError("what was seen is a value: nothing equals NULL")
    fields, still = [meta.get_field(name) for name in values], [meta.get_field(name) for name in seen]
    key = (type(row), connection.vendor, *values, None, *seen)
    sql = _updates.get(key)
    if sql is None:
        _plain(meta.concrete_fields)
        sets = ", ".join(f'"{f.column}" = %s' for f in fields)
        where = " AND ".join(f'"{f.column}" = %s' for f in [meta.pk, *still])
        sql = f'UPDATE "{meta.db_table}" SET {sets} WHERE {where}'  # noqa: S608 - a model's names
        _updates[key] = sql
    new = [each.pk if isinstance(each, models.Model) else each for each in values.values()]
    params = [
        *(statement_rows.stored(connection, f, value) for f, value in zip(fields, new, strict=True)),
        meta.pk.get_db_prep_value(row.pk, connection),
        *(statement_rows.stored(connection, f, v) for f, v in zip(still, seen.values(), strict=True)),
    ]
    done = bool(statement_rows.run(connection, sql, params).rowcount == 1)
    if done:
        for f, value in zip(fields, values.values(), strict=True):
            setattr(row, f.name if isinstance(value, models.Model) else f.attname, value)
    return done


def _plain(fields: Sequence[Any]) -> None:
    """Refuse fields that Django would fill by itself: here they would stay as they are."""
    for f in fields:
        if getattr(f, "auto_now", False) or getattr(f, "auto_now_add", False):
            raise TypeError(f"{f} is filled by Django; write it through the model")


_inserts: dict[Any, str] = {}
_updates: dict[Any, str] = {}


def _connection() -> Any:
    """Return this thread's connection: looked up once for a statement, because the look-up costs."""
    return connections[DEFAULT_DB_ALIAS]


def _stored(connection: Any, row: models.Model, fields: Sequence[Any]) -> list[Any]:
    return [statement_rows.stored(connection, f, getattr(row, f.attname)) for f in fields]


def _as_stored(connection: Any, value: Any) -> Any:
    """Return a value as the database takes it in a comparison."""
    match value:
        case str():
            return value
        case uuid.UUID():
            return value if connection.features.has_native_uuid_field else value.hex
        case int() if not isinstance(value, bool):
            return value
        case datetime():
            return connection.ops.adapt_datetimefield_value(value)
        case date():
            return connection.ops.adapt_datefield_value(value)
    raise TypeError(f"a fixed statement takes no {type(value).__name__}")


def _composed(compose: Callable[..., models.QuerySet[Any, Any]], given: Sequence[Any]) -> _Statement:
    """Compose the statement with values of its own in place of the given ones, and see where they stand."""
    marks: list[Any] = []

    def mark(each: Any) -> Any:
        marks.append(_mark(each, len(marks)))
        return marks[-1]

    asked = [
        [mark(part) for part in each] if isinstance(each, list | tuple | set | frozenset) else mark(each)
        for each in given
    ]
    rows = compose(*asked)
    connection = _connection()
    compiler = rows.query.get_compiler(connection.alias)
    guard = getattr(rows, "_need_reader", None)  # see `shared.guarded`
    try:
        sql, params = compiler.as_sql()
    except EmptyResultSet:
        return _Statement("", (), lambda _connection, row: row, False, guard)
    stored = [_as_stored(connection, each) for each in marks]
    places = tuple((stored.index(p), None) if p in stored else (None, p) for p in params)
    if {n for n, _kept in places if n is not None} != set(range(len(marks))):
        raise TypeError(f"{compose.__qualname__}: a value does not stand in the statement as it is")
    return _Statement(
        sql, places, statement_rows.reader(rows, compiler), bool(rows.query.select_for_update), guard
    )


def _mark(value: Any, number: int) -> Any:
    """Return a value of the same kind that stands nowhere else; a word's is changed where a look-up escapes words."""
    match value:
        case str():
            return f"\x01%_{number}\x01"
        case uuid.UUID():
            return uuid.UUID(int=number + 1)
        case int() if not isinstance(value, bool):
            return 2**31 - 1 - number
        case datetime():
            return datetime(9000, 1, 1, tzinfo=clock.BEIJING) + timedelta(days=number)
        case date():
            return date(9000, 1, 1) + timedelta(days=number)
    raise TypeError(f"a fixed statement takes no {type(value).__name__}")
