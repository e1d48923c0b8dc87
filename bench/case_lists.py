"""How long the lists of cases take over a million cases, half of them of the desk that looks, and a search by number.

Fills a database of its own, SQLite in a temporary folder with the product's settings or the PostgreSQL that
TONGXIN_DATABASE_URL names (an empty one; its tables stay), with copies of the demonstration day's cases over two years:
cases, their offers, the offers' messages and what the search finds them by, written by the database itself. Then the
lists of cases that tests/query_budgets.csv names, and more of them, are asked with Django's test client, before the
copies and after: prints milliseconds by the clock and of the process at the 50th and 95th of the looks, and the queries
of both; asserts nothing.

    .venv/bin/python bench/case_lists.py [--cases N] [--looks N] [--folder DIR] [--only TEXT] [--plans]

--folder keeps the house there, or measures the one that is there already; --plans prints the slowest statements.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from time import perf_counter
from typing import Any
from urllib.parse import quote

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]
LIMIT = 200  # milliseconds at the 95th of a hundred looks
WARM_UP = 2
OPEN = 50  # one case in so many is not yet done
AT_ONCE = 100_000
COPY = "WUQING-2025-"  # the numbers of copies begin so
DIGITS = 7  # and end in so many
LISTS = (
    ("cases", "wuqing-clerk", "/cases/"),
    ("cases, of all states", "wuqing-clerk", "/cases/?stage=all"),
    ("cases, tenth page", "wuqing-clerk", "/cases/?stage=all&page=10"),
    ("cases by due", "wuqing-clerk", "/cases/?stage=all&sort=-due"),
    ("cases decided", "wuqing-clerk", "/cases/?stage=decided"),
    ("cases offered", "tongzhou-clerk", "/cases/?stage=offered"),
    ("cases of a desk that decides", "tongzhou-clerk", "/cases/?stage=all"),
    ("cases by a whole number", "wuqing-clerk", "/cases/?stage=all&q={number}"),
    ("cases by part of a number", "wuqing-clerk", "/cases/?stage=all&q={part}"),
    ("search of everything", "wuqing-clerk", "/search/?q={number}"),
    ("API cases", "token wuqing-clerk", "/api/v1/cases"),
    ("cases of an item", "tongzhou-clerk", "/cases/?stage=all&procedure={item}"),
    ("cases of a place", "tongzhou-clerk", "/cases/?stage=all&place=he-langfang"),
    ("cases by state", "wuqing-clerk", "/cases/?stage=all&sort=-state"),
    ("cases by holder", "wuqing-clerk", "/cases/?stage=all&sort=holder"),
    ("cases by number", "wuqing-clerk", "/cases/?stage=all&sort=number"),
    ("cases by due, far on", "wuqing-clerk", "/cases/?stage=all&sort=due&after={after}"),
    ("the desk's day", "wuqing-clerk", "/cases/inbox/"),
    ("the desk's day, own", "wuqing-clerk", "/cases/inbox/?tab=mine"),
    ("the desk's day, late", "wuqing-clerk", "/cases/inbox/?tab=overdue"),
    ("the desk's day, with others", "wuqing-clerk", "/cases/inbox/?tab=waiting"),
    ("the desk's day, decided", "wuqing-clerk", "/cases/inbox/?tab=decided&procedure={item}"),
    ("the desk's day, by a number", "wuqing-clerk", "/cases/inbox/?tab=hands&q={part}"),
    ("the desk's day, offered", "tongzhou-clerk", "/cases/inbox/?tab=offered"),
    ("office board", "wuqing-clerk", "/desk/"),
    ("home", "wuqing-clerk", "/"),
    ("case", "wuqing-clerk", "/cases/{number}/"),
    ("API inbox", "token wuqing-clerk", "/api/v1/inbox"),
    ("API feed", "token wuqing-clerk", "/api/v1/feed"),
    ("API cases, far on", "token wuqing-clerk", "/api/v1/cases?offset=5000"),
    ("API cases, half way", "token wuqing-clerk", "/api/v1/cases?offset=250000"),
    ("API cases, on from a line", "token wuqing-clerk", "/api/v1/cases?after={after}"),
    ("API case by number", "token wuqing-clerk", "/api/v1/cases?q={number}"),
)


def main(options: argparse.Namespace) -> None:
    """Build, measure and print."""
    from bench import _house

    with _house.opened("bench.case_lists", folder=options.folder, postgres=options.postgres):
        from tongxin.site import memory

        memory.settle()
        _all(options)


def _all(options: argparse.Namespace) -> None:
    from django.db import connection

    from tongxin.heart.cases.models import Case, CaseWords

    _day()
    few = {name: _count(name, reader, address) for name, reader, address in _wanted(options)}
    if Case.objects.count() < options.cases:
        begun = perf_counter()
        fill(options.cases)
        print(f"filled in {perf_counter() - begun:.0f} s", flush=True)
    if not CaseWords.objects.filter(case__number__startswith=COPY).exists():
        begun = perf_counter()
        fill_words(options.cases)
        print(f"indexed for the search in {perf_counter() - begun:.0f} s", flush=True)
    print(
        f"database: {connection.vendor}; {Case.objects.count():,} cases; {options.looks} looks each, limit p95 "
        f"≤ {LIMIT} ms\n\n{'list':<32} {'reader':<20} {'p50':>7} {'p95':>7} {'CPU p50':>8} {'CPU p95':>8} "
        f"{'queries':>8} {'in a small house':>17}"
    )
    over = sum(
        [_measure(options, few[name], name, reader, address) for name, reader, address in _wanted(options)]
    )
    print(f"\n{over} over the limit" if over else "\nall within the limit")


def _wanted(options: argparse.Namespace) -> list[tuple[str, str, str]]:
    return [each for each in LISTS if options.only in each[0]]


def _day() -> None:
    """Play the demonstration day, unless it was played."""
    from bench import _house
    from tongxin.heart.cases.models import Case
    from tongxin.shared import clock
    from tongxin.site import demo

    demo.migrate()
    if not Case.objects.exists():
        _house.play_a_day(clock.now())


# ---------------------------------------------------------------- the copies


def fill(cases: int) -> None:
    """Copy the cases that are there, with their offers and messages, until there are so many."""
    from django.db import connection

    from tongxin.heart.cases.models import Case, Offer
    from tongxin.heart.exchange.models import Message

    done, running = _originals(Case.objects.order_by("number"))
    if not done:
        raise ValueError("there is no case that could be copied")
    top = Message.objects.order_by("-seq").values_list("seq", flat=True)[:1][0]
    copies = [(case, n) for n, case in enumerate(done)] + [(case, n) for n, case in enumerate(running)]
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA foreign_keys=OFF")
        for case, n in copies:
            every, kind = (len(done), 0) if case in done else (max(1, len(running)), 1)
            chosen = _chosen(kind, n, every)
            for start in range(0, cases, AT_ONCE):
                span = (start, min(start + AT_ONCE, cases))
                _copy(cursor, Case, "number", case.number, span, chosen, _of_a_case(span))
                for number, made in enumerate(case.offers.filter(state__in=["taken_over", "returned"])):
                    ids = _id(number)
                    _copy(
                        cursor,
                        Message,
                        "id",
                        made.message_id,
                        span,
                        chosen,
                        ids | _of_a_message(number, top, cases),
                    )
                    _copy(
                        cursor,
                        Offer,
                        "id",
                        made.id,
                        span,
                        chosen,
                        ids | {"message_id": ids["id"], "case_id": _number()},
                    )
        if connection.vendor == "postgresql":
            cursor.execute("ANALYZE")
        else:
            cursor.execute("PRAGMA foreign_keys=ON")


def fill_words(cases: int) -> None:
    """Have the copies found by the search: by all that their original is found by, and by their own numbers."""
    from django.db import connection

    from tongxin.heart.cases.models import Case, CaseWords

    known = {
        (kind, n): number
        for kind, rows in enumerate(_originals(Case.objects.order_by("number")))
        for n, number in enumerate(row.number for row in rows)
    }
    sizes = [max(1, sum(kind == each for kind, _n in known)) for each in (0, 1)]
    parts = (f"substr({_digits()}, {at}, {n})" for n in (1, 2, 3) for at in range(1, DIGITS - n + 2))
    tokens = " || ' ' || ".join(["t.tokens", *parts])
    lite = connection.vendor == "sqlite"
    own = {
        "id": "NULL" if lite else "nextval(pg_get_serial_sequence('cases_casewords', 'id'))",
        "case_id": _number(),
        "tokens": tokens,
    }
    with connection.cursor() as cursor:
        for start in range(0, cases, AT_ONCE):
            span = (start, min(start + AT_ONCE, cases))
            for (kind, n), number in known.items():
                for words in CaseWords.objects.filter(case=number):
                    _copy(cursor, CaseWords, "id", words.pk, span, _chosen(kind, n, sizes[kind]), own)


def _chosen(kind: int, n: int, every: int) -> str:
    """Return the condition of the copies of one original: of those that are done (0) or that run (1), the `n`th."""
    return f"k.n % {OPEN} {'= 0' if kind else '<> 0'} AND (k.n / {OPEN}) % {every} = {n}"


def _originals(rows: Any) -> tuple[list[Any], list[Any]]:
    """Return the cases that are copied: those that are done, and those that run."""
    rows = rows.filter(reviews=None).exclude(number__startswith=COPY)
    done = rows.filter(state__in=["decided", "closed"])
    return list(done), list(rows.filter(state__in=["filed", "accepted", "in_hand"]))


def _copy(
    cursor: Any, model: Any, key: str, value: Any, span: tuple[int, int], chosen: str, other: dict[str, str]
) -> None:
    """Copy one row for every chosen number of a span; `other` says by column what a copy has instead."""
    from django.db import connection

    meta = model._meta
    columns = [f.column for f in meta.concrete_fields]
    said = ", ".join(other.get(column, f't."{column}"') for column in columns)
    names = ", ".join(f'"{column}"' for column in columns)
    if connection.vendor == "postgresql":
        numbers = f"generate_series({span[0]}, {span[1] - 1}) AS k(n)"
    else:
        numbers = (
            f"(WITH RECURSIVE s(n) AS (SELECT {span[0]} UNION ALL SELECT n + 1 FROM s WHERE n < {span[1] - 1}) "
            "SELECT n FROM s) AS k"
        )
    sql = (
        f'INSERT INTO "{meta.db_table}" ({names}) SELECT {said} FROM {numbers}, "{meta.db_table}" t '
        f'WHERE t."{key}" = %s AND {chosen}'
    )
    sql = sql.replace("%", "%%").replace("%%s", "%s")  # only the key is a value; the rest divides and formats
    cursor.execute(sql, [meta.get_field(key).get_db_prep_value(value, connection)])


def _number() -> str:
    """Return the number of a copy: seven digits, so that it is nobody's."""
    padded = _digits()
    return f"'{COPY}' || {padded}"


def _digits() -> str:
    from django.db import connection

    return "lpad(k.n::text, 7, '0')" if connection.vendor == "postgresql" else "substr('0000000' || k.n, -7)"


def _id(number: int) -> dict[str, str]:
    """Return the id of the copy of an offer, and of its message."""
    from django.db import connection

    if connection.vendor == "postgresql":
        return {"id": f"lpad(to_hex(k.n::bigint * 8 + {number} + 1), 32, '0')::uuid"}
    return {"id": f"printf('%032x', k.n * 8 + {number} + 1)"}


def _of_a_message(number: int, top: int, cases: int) -> dict[str, str]:
    return {
        "seq": str(top + 1 + number * cases) + " + k.n",
        "thread": f"'case:' || {_number()}",
        "in_reply_to_id": "NULL",
    }


def _of_a_case(span: tuple[int, int]) -> dict[str, str]:
    """Return what a copy of a case has of its own: number, and times spread over two years."""
    from django.db import connection

    back = "(k.n * 61 % 1048576) * 60"  # seconds: two years
    found = {
        "number": _number(),
        "frozen_by_id": "NULL",
        "reviews_id": "NULL",
        "reviewed_decision_id": "NULL",
    }
    for name in ("filed_at", "accepted_at", "promise_due_at", "decided_at"):
        if connection.vendor == "postgresql":
            found[name] = f"t.\"{name}\" - {back} * interval '1 second'"
        else:
            shifted = f"t.\"{name}\", '-' || ({back}) || ' seconds'"
            found[name] = f"strftime('%Y-%m-%d %H:%M:%S', {shifted})"
    return found


# ---------------------------------------------------------------- the looks

_readers: list[Any] = []  # one, once Django is set up


def _asked(name: str, reader: str, address: str) -> Any:
    from bench import _screens
    from tongxin.heart.cases.models import Case

    number = (
        Case.objects.filter(accepting_desk_id="tj-wuqing/service_centre")
        .order_by("-number")
        .values_list("number", flat=True)[0]
    )
    if not _readers:
        _readers.append(_screens.Readers())
    half_way = Case.objects.order_by("filed_at")[Case.objects.count() // 2 :].values_list(
        "filed_at", "number"
    )
    at, there = half_way[0]
    item = Case.objects.order_by("number").values_list("procedure__name", flat=True)[0]
    after = quote(f"{at.isoformat()}~{there}")
    said = address.format(number=number, part=number[-5:], item=item, after=after)
    screen = _screens.Screen(name, reader, said, 0)
    return _readers[0].look(screen, screen.address)


def _count(name: str, reader: str, address: str) -> int:
    from bench import _screens

    return len(_screens.queries(_asked(name, reader, address)))


def _measure(options: argparse.Namespace, few: int, name: str, reader: str, address: str) -> bool:
    """Look, print a line, and tell whether it is over the limit."""
    from bench import _house, screens

    ask = _asked(name, reader, address)
    many = _count(name, reader, address)
    for _n in range(WARM_UP):
        ask()
    looks = [screens.milliseconds(ask) for _n in range(options.looks)]
    took, worked = (sorted(look[n] for look in looks) for n in (0, 1))
    p95 = _house.at(took, 0.95)
    print(
        f"{name:<32} {reader:<20} {_house.at(took, 0.5):>7.1f} {p95:>7.1f} {_house.at(worked, 0.5):>8.1f} "
        f"{_house.at(worked, 0.95):>8.1f} {many:>8} {few:>17}{'  over' if p95 > LIMIT else ''}",
        flush=True,
    )
    if options.plans:
        screens.plans(ask)
    return p95 > LIMIT


def _options() -> argparse.Namespace:
    from bench import _house

    parser = _house.parser(__doc__)
    parser.add_argument("--cases", type=int, default=1_000_000)
    parser.add_argument("--looks", type=int, default=30)
    parser.add_argument("--only", default="", help="only lists with this in their name")
    parser.add_argument("--plans", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    main(_options())
