"""What a ledger entry costs: acts with an entry beside bare inserts of the same size, and verification of a long log.

All in one run on one fresh database: SQLite in a temporary folder with the product's settings (every commit synced),
or the PostgreSQL that TONGXIN_DATABASE_URL names (an empty one; its tables stay). Prints a table; asserts nothing.
Verification goes over stored bytes; beside it stand the same rows read and nothing done with them, and the same hashes
made of bytes that are in memory already.

    .venv/bin/python bench/ledger.py [ACTS] [ENTRIES]
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from time import perf_counter, process_time
from typing import BinaryIO, cast

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]
MANY = 100  # entries of a large act


def main(acts: int, entries: int) -> None:
    """Measure and print."""
    from bench import _house

    with _house.opened("bench.ledger", mode="test", tables=True):
        from django.db import connection

        print(f"database: {connection.vendor}, {acts} acts, one thread, {os.cpu_count()} processors")
        _heading("appending")
        _appends(acts)
        _verification(entries)


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


def _verification(entries: int) -> None:
    from bench import _bulk
    from tongxin.heart.ledger import actions, extracts, queries
    from tongxin.heart.ledger.verifier import tongxin_verify
    from tongxin.shared import clock

    actions.checkpoint()
    _bulk.ledger(_bulk.plain_lines(entries, clock.now()), clock.now())
    head = queries.head()
    size = head.size if head else 0
    _heading(f"verifying {size:,} entries")
    bodies, read = _bare_rows(size)
    _line("bare rows read: number, body, leaf", size, read, None)
    hashed = _bare_hashes(bodies)
    _line("bare hashlib: a leaf and a node for each", len(bodies), hashed, None)
    base = size / read
    for processes in dict.fromkeys((1, os.cpu_count() or 1)):
        _live(processes, base)
    with tempfile.NamedTemporaryFile(suffix=".jsonl") as file:
        begun = perf_counter()
        file.writelines(extracts.export_lines())
        file.flush()
        _line("whole log exported", size, perf_counter() - begun, base)
        file.seek(0)
        begun = perf_counter()
        report, _kind = tongxin_verify.verify(cast("BinaryIO", file), [])
        took = perf_counter() - begun
        _hold(not report.findings)
    for name, what in (("bytes", "bytes and tree"), ("fields", "fields")):
        _line(f"single-file verifier: {what}", size, report.seconds[name], base)
    _line("single-file verifier: with its signatures", size, took, base)
    _heading("proving")
    _rate(
        "inclusion proofs made",
        lambda n: _hold(bool(queries.inclusion_proof(n * 37 % size).path)),
        200,
        1,
        None,
    )


def _live(processes: int, base: float) -> None:
    from tongxin.heart.ledger import verify

    report = verify.verify_log(processes)
    _hold(report.holds)
    with_ = f"live log, {report.processes} process{'es' if report.processes > 1 else ''}"
    _line(f"{with_}: bytes and tree", report.size, report.seconds["bytes"], base)
    _line(f"{with_}: fields and payloads", report.size, report.seconds["fields"], base)
    _line(f"{with_}: all, with its signatures", report.size, report.seconds["all"], base)


def _bare_rows(size: int) -> tuple[list[bytes], float]:
    """Read the rows that verification reads, and do nothing; return some bodies, and the seconds."""
    from django.db import connection

    from tongxin.heart.ledger.passes import BODIES

    bodies: list[bytes] = []
    begun = perf_counter()
    for start in range(0, size, 8192):
        with connection.cursor() as cursor:
            cursor.execute(BODIES, (start, start + 8192))
            rows = cursor.fetchall()
        if len(bodies) < 100_000:
            bodies += [bytes(row[1]) for row in rows]
    return bodies, perf_counter() - begun


def _bare_hashes(bodies: list[bytes]) -> float:
    """Hash each body as a leaf and one node over two leaves for each; return the seconds."""
    begun = perf_counter()
    leaves = [sha256(b"\x00" + body).digest() for body in bodies]
    for left, right in zip(leaves, leaves[1:] + leaves[:1], strict=True):
        sha256(b"\x01" + left + right).digest()
    return perf_counter() - begun


def _heading(what: str) -> None:
    print(f"\n{what:<52} {'per second':>12} {'CPU ms each':>12} {'beside bare':>12}")


def _line(name: str, count: int, seconds: float, base: float | None) -> None:
    rate = count / max(seconds, 1e-9)
    print(f"{name:<52} {rate:>12,.0f} {'':>12} {f'{rate / base:.2f}' if base else '':>12}")


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
    print(f"{name:<52} {rate:>12,.0f} {worked * 1000 / (times * each):>12.3f} {beside:>12}")
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
    given = [int(word) for word in sys.argv[1:]]
    main(*[*given, *(1000, 300_000)[len(given) :]])
