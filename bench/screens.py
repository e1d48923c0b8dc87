"""How long every main screen takes over a large house: a million ledger entries, a hundred thousand duties.

Fills a database of its own, SQLite in a temporary folder with the product's settings or the PostgreSQL that
TONGXIN_DATABASE_URL names (an empty one; its tables stay), with copies of the demonstration day over two years, and
lets the ticker's jobs that a house of that age has long done run: months are frozen. PostgreSQL's statistics are
gathered, as its autovacuum does; SQLite's are not, because the product never does. Then asks each screen of
tests/query_budgets.csv with Django's test client, after a warm-up, with memory settled as the server settles it.
Prints milliseconds by the clock and of the process, and queries, beside the limit; asserts nothing. `forgot` is the
p50 of looks at which nothing was remembered, as at the first one after an act.

    .venv/bin/python bench/screens.py [--duties N] [--entries N] [--looks N] [--folder DIR] [--only TEXT] [--plans]

--folder keeps the house there, or measures the one that is there already; --plans prints the slowest statements.
"""

from __future__ import annotations

import argparse
import sys
from datetime import timedelta
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]
LIMIT = 150  # milliseconds at the 95th of a hundred looks
WARM_UP = 3
FORGOTTEN = 7
YEARS = timedelta(days=730)


def main(options: argparse.Namespace) -> None:
    """Build, measure and print."""
    from bench import _house

    with _house.opened("bench.screens", folder=options.folder, postgres=options.postgres):
        from tongxin.site import memory

        build(options.duties, options.entries)
        memory.settle()
        measure(options)


def build(duties: int, entries: int) -> None:
    """Fill the database, unless it is filled."""
    from bench import _copies, _house
    from tongxin.heart.ledger.models import Log
    from tongxin.heart.measures.jobs import freeze_month
    from tongxin.shared import clock
    from tongxin.site import demo

    demo.migrate()
    if Log.objects.filter(size__gt=0).exists():
        freeze_month()
        return
    begun = perf_counter()
    now = clock.now()
    begins = now - YEARS
    _house.play_a_day(begins)
    size = _copies.Size(duties=duties, entries=entries, instruments=2, rings=duties // 2)
    made = _copies.multiply(size, since=begins, until=now)
    freeze_month()
    _house.analyse()
    told = ", ".join(f"{n:,} {name}" for name, n in sorted(made.items()))
    print(f"built in {perf_counter() - begun:.0f} s: {told}")


def measure(options: argparse.Namespace) -> None:
    """Look at every screen and print a line for each."""
    from django.db import connection

    from bench import _screens
    from bench._house import at
    from tongxin.heart.agreements.models import Duty
    from tongxin.heart.ledger import queries as ledger

    head = ledger.head()
    print(
        f"database: {connection.vendor}; {head.size if head else 0:,} ledger entries, {Duty.objects.count():,} duties"
    )
    print(f"{options.looks} looks each after {WARM_UP}; milliseconds, limit p95 ≤ {LIMIT}\n")
    head_line = f"{'screen':<26} {'reader':<20} {'p50':>7} {'p95':>7} {'max':>7}"
    print(f"{head_line} {'CPU p50':>8} {'CPU p95':>8} {'forgot':>7} {'queries':>8} {'kB':>6}")
    readers, over = _screens.Readers(), 0
    for screen in _screens.screens():
        if options.only not in f"{screen.name} {screen.reader}":
            continue
        ask = readers.look(screen, _screens.address(screen))
        asked = _screens.queries(ask)
        for _n in range(WARM_UP):
            body = ask()
        looks = [milliseconds(ask) for _n in range(options.looks)]
        took, worked = (sorted(look[n] for look in looks) for n in (0, 1))
        forgot = sorted(milliseconds(ask, forget=True)[0] for _n in range(FORGOTTEN))
        p95 = at(took, 0.95)
        over += p95 > LIMIT
        print(
            f"{screen.name:<26} {screen.reader or 'anybody':<20} {at(took, 0.5):>7.1f} {p95:>7.1f} {took[-1]:>7.1f}"
            f" {at(worked, 0.5):>8.1f} {at(worked, 0.95):>8.1f} {at(forgot, 0.5):>7.1f} {len(asked):>8}"
            f" {len(body) / 1000:>6.0f}"
            f"{'  over' if p95 > LIMIT else ''}",
            flush=True,
        )
        if options.plans:
            plans(ask)
    print(f"\n{over} over the limit" if over else "\nall within the limit")


def milliseconds(ask: Any, *, forget: bool = False) -> tuple[float, float]:
    """Return how long a look took, and how long this process worked for it: more tells on a busy machine."""
    from django.core.cache import cache

    if forget:
        cache.clear()
    begun, worked = perf_counter(), process_time()
    ask()
    return (perf_counter() - begun) * 1000, (process_time() - worked) * 1000


def plans(ask: Any) -> None:
    """Print the statements that took longest, with how the database answers them."""
    from django.db import connection

    timed: list[tuple[float, str, Any]] = []

    def watch(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        begun = perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            timed.append(((perf_counter() - begun) * 1000, sql, params))

    with connection.execute_wrapper(watch):
        ask()
    for spent, sql, params in sorted(timed, key=lambda t: -t[0])[:3]:
        print(f"    {spent:.1f} ms  {' '.join(sql.split())[:1500]}  {str(params)[:200]}")
        if spent < 3 or not sql.lstrip().upper().startswith(("SELECT", "WITH")):
            continue
        explain = "EXPLAIN QUERY PLAN " if connection.vendor == "sqlite" else "EXPLAIN (ANALYZE) "
        with connection.cursor() as cursor:
            cursor.execute(explain + sql, params)
            for row in cursor.fetchall():
                print(f"        {row[-1]}")


def _options() -> argparse.Namespace:
    from bench import _house

    parser = _house.parser(__doc__)
    parser.add_argument("--duties", type=int, default=100_000)
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--looks", type=int, default=30)
    parser.add_argument("--only", default="", help="only screens with this in their name or reader")
    parser.add_argument("--plans", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    main(_options())
