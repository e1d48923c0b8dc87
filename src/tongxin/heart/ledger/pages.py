"""Pages of the log by act, desk and subject, latest first: by the number of the entry, with no count and no scan.

An act or a desk is asked for by its beginning (`cases`, `tj-baodi`), so each code below it is looked up first: there
are few, and an index leads from one to the next. Each code, or each act with each desk, then has an index in the order
of the entries, and gives its newest few; the newest of those are the page. A subject has few entries: all are gathered.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from heapq import nlargest
from itertools import islice

from django.db import connection

BRANCHES = 200  # statements joined in one; SQLite takes no more than 500
END = 1 << 62

# What begins the page: indices below a limit, in the order of an index of the table.
_ALL = 'SELECT "index" FROM ledger_entry WHERE "index" < %s ORDER BY "index" DESC LIMIT %s'
_BY_ACT = 'SELECT "index" FROM ledger_entry WHERE act = %s AND "index" < %s ORDER BY "index" DESC LIMIT %s'
_BY_DESK = 'SELECT "index" FROM ledger_entry WHERE desk = %s AND "index" < %s ORDER BY "index" DESC LIMIT %s'
_BY_BOTH = (
    'SELECT "index" FROM ledger_entry WHERE act = %s AND desk = %s AND "index" < %s'
    ' ORDER BY "index" DESC LIMIT %s'
)
_OF_SUBJECT = """WITH thread AS MATERIALIZED (
        SELECT "index", act, desk FROM ledger_entry WHERE subject = %s
        UNION ALL SELECT "index", act, desk FROM ledger_entry WHERE {below}
    ) SELECT "index", act, desk FROM thread WHERE "index" < %s ORDER BY "index" DESC"""
# LIKE on SQLite ignores case and leaves the index aside; PostgreSQL compares by a language, but LIKE by bytes.
_BELOW = {"sqlite": "subject >= %s AND subject < %s", "postgresql": "subject LIKE %s"}
# From one code to the next by the index: as many steps as there are codes, however many entries.
_CODES = """WITH RECURSIVE known(code) AS (
        SELECT min({name}) FROM ledger_entry
        UNION ALL SELECT (SELECT min({name}) FROM ledger_entry WHERE {name} > known.code) FROM known
            WHERE known.code IS NOT NULL
    ) SELECT code FROM known WHERE code IS NOT NULL"""
CODES = {name: _CODES.format(name=name) for name in ("act", "desk")}
Branch = tuple[str, tuple[str, ...]]


def newest(*, act: str, desk: str, subject: str, before: int | None, limit: int) -> list[int]:
    """Return the indices of up to `limit` entries below `before`, latest first, that fit all that is given."""
    end = END if before is None else min(before, END)
    if subject:
        return list(islice(_of_subject(act, desk, subject, end), limit))
    if not act and not desk:
        return _merged([(_ALL, ())], end, limit)
    acts = codes_below("act", act, ".") if act else []
    desks = codes_below("desk", desk, "/") if desk else []
    if act and desk:
        return _merged(((_BY_BOTH, (one, other)) for one in acts for other in desks), end, limit)
    if act:
        return _merged(((_BY_ACT, (one,)) for one in acts), end, limit)
    return _merged(((_BY_DESK, (one,)) for one in desks), end, limit)


def codes_below(name: str, value: str, *separators: str) -> list[str]:
    """Return the acts or desks (`name`) in the log that are `value` or lie below it by one of the separators."""
    with connection.cursor() as cursor:
        cursor.execute(CODES[name])
        known = [code for (code,) in cursor.fetchall()]
    return [code for code in known if code == value or code.startswith(tuple(value + s for s in separators))]


def _merged(branches: Iterable[Branch], end: int, limit: int) -> list[int]:
    """Return the newest `limit` of what the branches give, each its own newest."""
    found: list[int] = []
    coming = iter(branches)
    with connection.cursor() as cursor:
        while part := list(islice(coming, BRANCHES)):
            joined = " UNION ALL ".join(f'SELECT "index" FROM ({sql}) AS t' for sql, _codes in part)  # noqa: S608 - only the statements above
            params: list[str | int] = []
            for _sql, codes in part:
                params += [*codes, end, limit]
            cursor.execute(joined, params)
            found = nlargest(limit, found + [index for (index,) in cursor.fetchall()])
    return found


def _of_subject(act: str, desk: str, subject: str, end: int) -> Iterator[int]:
    if connection.vendor == "sqlite":
        limits: tuple[str, ...] = (subject + "/", subject + "0")  # 0 is the sign after /
    else:
        escaped = subject.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        limits = (escaped + "/%",)
    with connection.cursor() as cursor:
        cursor.execute(_OF_SUBJECT.format(below=_BELOW[connection.vendor]), (subject, *limits, end))
        for index, its_act, its_desk in cursor.fetchall():
            if _below(its_act, act, ".") and _below(its_desk, desk, "/"):
                yield index


def _below(code: str, value: str, separator: str) -> bool:
    return not value or code == value or code.startswith(value + separator)
