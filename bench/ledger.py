"""What a ledger entry costs: acts with an entry beside bare inserts of the same size, and verification.

All in one run on one fresh database: SQLite in a temporary folder with the product's settings (every commit synced),
or the PostgreSQL that TONGXIN_DATABASE_URL names (an empty one; its tables stay). Prints a table; asserts nothing.

    .venv/bin/python bench/ledger.py [ACTS]
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter, process_time

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]
MANY = 100  # entries of a large act


def main(acts: int) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory(prefix="tongxin-bench-") as folder:
        os.environ["TONGXIN_MODE"] = "test"
        os.environ["TONGXIN_DATA"] = folder
        os.environ["DJANGO_SETTINGS_MODULE"] = "tongxin.site.settings"
        import django

        django.setup()
        from django.core.management import call_command
        from django.db import connection

        call_command("migrate", verbosity=0)
        print(f"database: {connection.vendor}, {acts} acts, one thread, {os.cpu_count()} processors\n")
        print(f"{'':46} {'per second':>12} {'CPU ms each':>12} {'beside bare':>12}")
        _appends(acts)
        _verification()
        connection.close()


def _appends(acts: int) -> None:
    from tongxin.heart.exchange.acts import act
    from tongxin.heart.region.acting import SYSTEM

    def bare(n: int) -> None:
        _bare(1)

    def bare_many(n: int) -> None:
        _bare(MANY)

    def appended(n: int) -> None:
        _append(n, 1)

    def appended_many(n: int) -> None:
        _append(n, MANY)

    def whole_act(n: int) -> None:
        with act("bench.done", by=SYSTEM, key=f"bench-{n}", request={"n": n}) as a:
            a.entry(f"thing:{n}", payload=_payload(n))
            a.result = {"n": n}

    _bare_table()
    base = _rate("bare inserts, one row a commit", bare, acts, 1, None)
    _rate("appends, one entry a commit", appended, acts, 1, base)
    _rate("whole acts: key, answer, one entry", whole_act, acts, 1, base)
    base = _rate(f"bare inserts, {MANY} rows a commit", bare_many, max(1, acts // MANY), MANY, None)
    _rate(f"appends, {MANY} entries a commit", appended_many, max(1, acts // MANY), MANY, base)


def _verification() -> None:
    from django.db import connection

    from tongxin.heart.ledger import actions, extracts, queries, verify
    from tongxin.heart.ledger.verifier import tongxin_verify

    actions.checkpoint()
    head = queries.head()
    size = head.size if head else 0

    def read_rows(n: int) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT body, note FROM bench_bare")
            for _row in cursor:
                pass

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM bench_bare")
        rows = cursor.fetchone()[0]
    base = _rate("bare rows read", read_rows, 1, rows, None)
    _rate("entries verified in the live log", lambda n: _hold(verify.verify_log().holds), 1, size, base)
    text = b"".join(extracts.export_lines()).decode()
    _rate(
        "entries verified by the single-file verifier",
        lambda n: _hold(not tongxin_verify.verify_text(text, [])[0].findings),
        1,
        size,
        base,
    )
    _rate(
        "inclusion proofs made",
        lambda n: _hold(bool(queries.inclusion_proof(n * 37 % size).path)),
        200,
        1,
        None,
    )


def _hold(holds: bool) -> None:
    if not holds:
        raise SystemExit("what was measured did not hold")


def _rate(name: str, do: Callable[[int], None], times: int, each: int, base: float | None) -> float:
    """Run and print a line; return how many things a second."""
    cpu, begun = process_time(), perf_counter()
    for n in range(times):
        do(n)
    took, worked = perf_counter() - begun, process_time() - cpu
    rate = times * each / took
    beside = f"{rate / base:.2f}" if base else ""
    print(f"{name:<46} {rate:>12,.0f} {worked * 1000 / (times * each):>12.3f} {beside:>12}")
    return rate


def _payload(n: int) -> dict[str, object]:
    return {
        "number": n,
        "words": "示例" * 20,
        "desks": ["tj-wuqing/service_centre", "bj-tongzhou/service_centre"],
    }


def _bare_table() -> None:
    from django.db import connection

    blob = "BLOB" if connection.vendor == "sqlite" else "BYTEA"
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS bench_bare")
        cursor.execute(f"CREATE TABLE bench_bare (id BIGINT PRIMARY KEY, body {blob}, note {blob})")


_next = 0


def _bare(rows: int) -> None:
    """Insert rows as large as an entry and its payload, with one statement and one commit."""
    global _next
    from django.db import connection

    from tongxin.shared.writing import writing

    with writing("bench.bare"), connection.cursor() as cursor:
        values = [(_next + n, b"x" * 420, b"y" * 220) for n in range(rows)]
        marks = ", ".join(["(%s, %s, %s)"] * rows)
        cursor.execute(f"INSERT INTO bench_bare VALUES {marks}", [v for row in values for v in row])
    _next += rows


def _append(n: int, entries: int) -> None:
    from tongxin.heart.ledger import actions
    from tongxin.shared import clock
    from tongxin.shared.writing import writing

    with writing("bench.append"):
        actions.append(
            [
                actions.Draft(
                    act="bench.done",
                    desk="tj-wuqing/service_centre",
                    post="tj-wuqing-services/window_clerk",
                    subject=f"thing:{n}/part:{part}",
                    at=clock.now(),
                    basis="bench@1/clause",
                    payload=_payload(n),
                )
                for part in range(entries)
            ]
        )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
