"""Rows of a composed statement as objects, and statements given to the database with as little between as may be.

Django makes an object by asking each field, and wraps each statement in layers for what may be watched or converted.
Where nothing is watched and nothing needs asking, the same is done here without; elsewhere Django does it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from django.db import models
from django.db.models.base import ModelState
from django.db.models.query import (
    FlatValuesListIterable,
    ModelIterable,
    ValuesListIterable,
    get_related_populators,
)
from django.db.models.signals import post_init, pre_init

Reader = Callable[[Any, Sequence[Any]], Any]  # with the connection
Maker = Callable[[Sequence[Any]], Any]
WORDS = (models.CharField, models.TextField)
KEPT_PREPARED = 500  # statements that a connection to PostgreSQL keeps prepared
NUMBERS = (models.IntegerField, models.BooleanField)
_marks = re.compile(r"(?<!%)%s")
_asked: dict[str, str] = {}  # statements as SQLite reads them, by how Django writes them


def run(connection: Any, sql: str, params: Sequence[Any]) -> Any:
    """Execute a statement and return its cursor, from which all rows are to be fetched.

    The database is given it directly where nobody watches the connection (a wrapper, a log of queries) and the
    transaction stands; PostgreSQL prepares it once for a connection, where the settings let it (`prepare_threshold`).
    """
    connection.close_if_health_check_failed()
    raw = connection.connection
    watched = connection.execute_wrappers or connection.force_debug_cursor
    if raw is None or watched or connection.needs_rollback:
        return _through_django(connection, sql, params)
    if connection.vendor == "sqlite":
        words = _asked.get(sql)
        if words is None:
            words = _asked[sql] = _marks.sub("?", sql).replace("%%", "%")
        with connection.wrap_database_errors:
            return raw.execute(words, params)
    if raw.prepare_threshold is None:
        return _through_django(connection, sql, params)
    if raw.prepared_max != KEPT_PREPARED:
        raw.prepared_max = KEPT_PREPARED
    with connection.wrap_database_errors:
        return _bound_there()(raw).execute(sql, params)


def _through_django(connection: Any, sql: str, params: Sequence[Any]) -> Any:
    cursor = connection.cursor()
    cursor.execute(sql, params)
    return cursor


@cache
def _bound_there() -> Any:
    """Return psycopg's cursor that sends words and values apart; read where PostgreSQL is asked only."""
    import psycopg

    return psycopg.Cursor


def stored(connection: Any, field: Any, value: Any) -> Any:
    """Return a value of a field as it is written: a word of a field of words, a number of one of numbers as it is."""
    kind = type(value)
    if kind is str:
        if isinstance(field, WORDS) or (
            value and field.is_relation and isinstance(field.target_field, WORDS)
        ):
            return value
    elif (kind is int or kind is bool) and isinstance(field, NUMBERS):
        return value
    return field.get_db_prep_save(value, connection)


def reader(rows: models.QuerySet[Any, Any], compiler: Any) -> Reader:
    """Return what makes an object, or a tuple, of a row."""
    converters = [
        (at, convert, expression)
        for at, (converts, expression) in compiler.get_converters(
            [column[0] for column in compiler.select[: compiler.col_count]]
        ).items()
        for convert in converts
    ]

    def converted(connection: Any, row: Sequence[Any]) -> list[Any]:
        values = list(row)
        for at, convert, expression in converters:
            if values[at] is not None:
                values[at] = convert(values[at], expression, connection)
        return values

    kind = rows._iterable_class
    if kind is FlatValuesListIterable:
        return lambda connection, row: converted(connection, row)[0]
    if kind is ValuesListIterable:
        return lambda connection, row: tuple(converted(connection, row))
    if kind is not ModelIterable or rows.query.extra_select:
        raise TypeError("a fixed statement gives objects, or values_list")
    alias, info, select = compiler.using, compiler.klass_info, compiler.select
    first, last = info["select_fields"][0], info["select_fields"][-1] + 1
    names = [column[0].target.attname for column in select[first:last]]
    populators: Any = get_related_populators
    related = [_related(one, alias) for one in populators(info, select, alias)]
    make, annotated = _maker(info["model"], names, alias), compiler.annotation_col_map.items()

    def made(connection: Any, row: Sequence[Any]) -> Any:
        values = converted(connection, row)
        found = make(values[first:last])
        for populate in related:
            populate(values, found)
        for name, at in annotated:
            setattr(found, name, values[at])
        return found

    return made


def _maker(model: Any, names: Sequence[str], alias: str) -> Maker:
    """Return what makes an object of a row's values; Django does where a class or a signal has a say in it."""
    own = model.__init__ is not models.Model.__init__ or "from_db" in vars(model)
    heard = pre_init.has_listeners(model) or post_init.has_listeners(model)
    if own or heard:
        return lambda values: model.from_db(alias, names, values)

    def make(values: Sequence[Any]) -> Any:
        found = model.__new__(model)
        state = ModelState()
        state.adding, state.db = False, alias
        kept = found.__dict__
        kept["_state"] = state
        kept.update(
            zip(names, values, strict=True)
        )  # a column that was not read is read when it is asked for
        return found

    return make


def _related(one: Any, alias: str) -> Callable[[Sequence[Any], Any], None]:
    """Return what `RelatedPopulator.populate` does, with objects made here."""
    if one.reorder_for_init:
        populate: Callable[[Sequence[Any], Any], None] = one.populate
        return populate
    first, last, key = one.cols_start, one.cols_end, one.cols_start + one.pk_idx
    make = _maker(one.model_cls, one.init_list, alias)
    further = [_related(each, alias) for each in one.related_populators]
    local, remote = one.local_setter, one.remote_setter

    def populate_here(row: Sequence[Any], of: Any) -> None:
        found = None
        if row[key] is not None:
            found = make(row[first:last])
            for each in further:
                each(row, found)
        local(of, found)
        if found is not None:
            remote(found, of)

    return populate_here
