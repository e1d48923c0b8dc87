"""What a whole case costs over HTTP: filed, accepted, offered, taken over and decided, with every check on.

The product's own server runs in a process of its own, as in service (SQLite: one process with the ticker in it;
PostgreSQL: two processes and the worker), and is called with office tokens, each command with a key of its own. At one
and at eight clients, each of which sends its next command as soon as the last is answered: cases a second,
milliseconds of each call by the clock, and CPU milliseconds a case of the server's processes, of the worker and of the
database's. With `paced`, the most clients once more, that together begin as many cases a second as must be done. Then
the rows of the run inserted bare, with as many commits; the same calls in this process, to see on what the time is
spent; and one question to the judge. At the end each figure beside its limit. Asserts nothing.

    .venv/bin/python bench/cases.py [--cases N] [--clients 1,8] [--postgres] [--profile FILE]
        [--only http,paced,bare,checks,may]

SQLite in a temporary folder with the product's settings (every commit synced), or with --postgres a PostgreSQL of its
own with durable commits, or the empty one that TONGXIN_DATABASE_URL names.
"""

from __future__ import annotations

import argparse
import cProfile
import os
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from time import perf_counter, process_time, sleep
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]
LIMIT_CASES = 25  # a second, at the most clients
LIMIT_CPU = 40  # milliseconds a case, of the server
LIMIT_P95 = 60  # milliseconds a call, at the most clients
LIMIT_MAY = 50  # microseconds a question to the judge, after the one reading of the rules number
WARM_UP = 5
CHECKED = 60  # cases of which it is counted what they are spent on
SECTIONS = {
    "authentication": ("tongxin.heart.region.tokens:acting_from_token",),
    "idempotency": (
        "tongxin.heart.exchange.acts:_claim",
        "tongxin.heart.exchange.acts:_answered",
    ),
    "permits: who may, on which clause": (
        "tongxin.heart.cases.actions.parts:basis_of",
        "tongxin.heart.cases.actions.parts:has_part",
        "tongxin.heart.agreements.judge:may",
        "tongxin.heart.agreements.judge:seen",
        "tongxin.heart.cases.sights:sight",
        "tongxin.heart.agreements.rulebook:at",
    ),
    "procedure check": (
        "tongxin.heart.cases.procedures:check",
        "tongxin.heart.cases.procedures:form_of",
    ),
    "case locked and judged": (
        "tongxin.heart.cases.actions.parts:held",
        "tongxin.heart.cases.actions.parts:lock",
        "tongxin.heart.cases.locking:lock",
        "tongxin.heart.cases.actions.offers:locked",
    ),
    "protocol of hand-over": (
        "tongxin.heart.cases.actions.replicas:did",
        "tongxin.heart.cases.actions.replicas:arrived",
        "tongxin.heart.cases.actions.replicas:write",
    ),
    "clock and duties": (
        "tongxin.heart.agreements.duties:open_round",
        "tongxin.heart.agreements.duties:meet",
        "tongxin.heart.agreements.duties:void",
        "tongxin.heart.agreements.clocks:due",
        "tongxin.heart.cases.promises:begin",
        "tongxin.heart.cases.actions.deciding:meet_decide",
        "tongxin.heart.cases.actions.parts:end_progress",
        "tongxin.heart.cases.actions.holding:follow",
        "tongxin.heart.cases.actions.holding:open_decide",
        "tongxin.heart.cases.actions.offers:answer_met",
        "tongxin.heart.cases.actions.handing:_open_progress",
    ),
    "messages and bell": (
        "tongxin.heart.exchange.actions:send",
        "tongxin.heart.exchange.actions:notify_all",
    ),
    "ledger": (
        "tongxin.heart.ledger.actions:append",
        "tongxin.heart.ledger.actions:not_before_last",
    ),
    "commit": ("django.db.backends.base.base:BaseDatabaseWrapper._commit",),
    "the act's own rows": (
        "tongxin.heart.cases.actions.filing:file_case",
        "tongxin.heart.cases.actions.filing:accept_case",
        "tongxin.heart.cases.actions.handing:offer",
        "tongxin.heart.cases.actions.handing:take_over",
        "tongxin.heart.cases.actions.deciding:decide",
    ),
    "reading and answering": (
        "ninja.operation:PathView._sync_view",
        "ninja.operation:Operation._result_to_response",
    ),
}
OUTERMOST = "server: middleware, routes"


def main(options: argparse.Namespace) -> None:
    """Measure and print."""
    from bench import _house

    with _house.opened("bench.cases", mode="test", postgres=options.postgres) as house:
        _measure(options, house.folder, house.database)


def _measure(options: argparse.Namespace, folder: Path, database: str) -> None:
    from django.db import connection

    from bench import _served

    tokens = _served.prepare()
    busy = f"{os.getloadavg()[0]:.1f} processes wanted one when this began"
    print(
        f"{connection.vendor}, {os.cpu_count()} processors, {busy}; a case is {len(_served.CALLS)} commands\n"
    )
    before, told = _rows(), Told()
    connection.close()
    if "http" in options.only:
        served = _served.Served(folder, database, processes=2 if database else 1)
        served.start()
        try:
            for clients in options.clients:
                told.free = _over_http(served, tokens, clients, options.cases)
                told.cases += told.free.cases
            if "paced" in options.only:
                told.paced = _over_http(served, tokens, clients, options.cases, pace=LIMIT_CASES)
                told.cases += told.paced.cases
        finally:
            served.kill()
    if "bare" in options.only and told.cases:
        _bare(before, told.cases)
    if "checks" in options.only:
        _checks(tokens, options.profile)
    if "may" in options.only:
        told.may = _may()
    told.print()


@dataclass(frozen=True)
class Run:
    """What a run over HTTP came to: cases with those of the warm-up, cases a second, p95 and CPU in milliseconds."""

    clients: int
    cases: int
    rate: float
    p95: float
    cpu: float


@dataclass
class Told:
    """The figures that have limits, as far as they were measured."""

    cases: int = 0
    free: Run | None = None
    paced: Run | None = None
    may: float | None = None

    def print(self) -> None:
        """Print each beside its limit."""
        from bench._house import judged

        print("\nbeside the limits:")
        if self.free is not None:
            n = self.free.clients
            print(
                f"    {self.free.rate:.1f} cases/s at {n} clients {judged(self.free.rate, LIMIT_CASES, least=True)}"
            )
            print(f"    {self.free.cpu:.1f} CPU ms a case of the server {judged(self.free.cpu, LIMIT_CPU)}")
            print(f"    p95 {self.free.p95:.1f} ms a call at {n} clients {judged(self.free.p95, LIMIT_P95)}")
        if self.paced is not None:
            print(
                f"    p95 {self.paced.p95:.1f} ms a call at {self.paced.clients} clients that begin {LIMIT_CASES} "
                f"cases/s together {judged(self.paced.p95, LIMIT_P95)}"
            )
        if self.may is not None:
            print(f"    {self.may:.1f} µs a question to the judge {judged(self.may, LIMIT_MAY)}")


def _may() -> float:
    """Return the microseconds that one question takes, as a page asks it."""
    from bench import permits

    print("\nthe judge:")
    return permits.as_a_page_asks(2_000)


def _over_http(served: Any, tokens: dict[str, str], clients: int, cases: int, *, pace: float = 0) -> Run:
    """Let clients take cases from beginning to end; print the line, and each call's times.

    `pace`: cases that all of them together begin in a second, as far as they are done with the last.
    """
    from bench import _house, _served

    callers = [_served.Caller(served.port, tokens) for _n in range(clients)]
    for caller in callers:
        for n in range(WARM_UP):
            _served.whole_case(caller, f"warm:{clients}:{pace:g}:{id(caller)}:{n}")
    left = count()

    def work(caller: Any) -> list[dict[str, float]]:
        found = []
        while (n := next(left)) < cases:
            if pace:
                sleep(max(0.0, begun + n / pace - perf_counter()))
            found.append(_served.whole_case(caller, f"case:{clients}:{pace:g}:{n}")[1])
        return found

    cpu, base, begun = served.cpu(), _database_cpu(), perf_counter()
    with ThreadPoolExecutor(clients) as pool:
        done = [took for part in pool.map(work, callers) for took in part]
    took = perf_counter() - begun
    spent = {name: (now - cpu[name]) * 1000 / cases for name, now in served.cpu().items()}
    if base is not None:
        spent["database"] = ((_database_cpu() or 0) - base) * 1000 / cases
    calls = sorted(seconds for one in done for seconds in one.values())
    told = ", ".join(f"{name} {ms:.1f}" for name, ms in spent.items())
    p95, paced = _house.at(calls, 0.95) * 1000, f", {pace:g} cases/s begun" if pace else ""
    print(
        f"{clients} client{'s' * (clients > 1)}{paced}: {cases / took:.1f} cases/s, a call p50 "
        f"{_house.at(calls, 0.5) * 1000:.1f} p95 {p95:.1f} max {calls[-1] * 1000:.1f} ms; CPU ms a case: {told}"
    )
    for name in _served.CALLS:
        own = sorted(one[name] for one in done)
        print(
            f"    {name:<10} p50 {_house.at(own, 0.5) * 1000:>6.1f}  p95 {_house.at(own, 0.95) * 1000:>6.1f} ms"
        )
    sys.stdout.flush()
    return Run(clients, clients * WARM_UP + cases, cases / took, p95, spent["server"])


def _database_cpu() -> float | None:
    """Return the CPU seconds of a PostgreSQL on this machine, all its processes; None where it is elsewhere."""
    from django.db import connection

    from bench import _served

    if connection.vendor != "postgresql" or connection.settings_dict["HOST"][:1] != "/":
        return None
    folder = Path(connection.settings_dict["HOST"])
    try:
        return _served.cpu_of(int((folder / "data" / "postmaster.pid").read_text().split()[0]))
    except (OSError, ValueError):
        return None


# ---------------------------------------------------------------- on what it is spent


def _checks(tokens: dict[str, str], profile: Path | None) -> None:
    """Call the same addresses in this process, and print what their CPU time is spent on."""
    from django.db import connection
    from django.test import Client

    from bench import _sections, _served
    from tongxin.site import memory

    client = Client(SERVER_NAME="localhost")
    memory.settle()

    class Inside(_served.Caller):
        def post(self, who: str, path: str, body: Any = None, key: str = "") -> Any:
            headers = {"Authorization": f"Bearer {tokens[who]}", "Idempotency-Key": key}
            response = client.post(f"/api/v1{path}", body or {}, "application/json", headers=headers)
            if response.status_code >= 400:
                raise _served.Refusal(response.status_code, response.content)
            return response.json()

    caller = Inside(0, tokens)
    for n in range(WARM_UP):
        _served.whole_case(caller, f"in:{n}")
    begun = process_time()
    for n in range(CHECKED):
        _served.whole_case(caller, f"in:plain:{n}")
    plain = (process_time() - begun) * 1000 / CHECKED
    sections = _sections.Sections(OUTERMOST)
    for section, places in SECTIONS.items():
        sections.wrap(section, *(place for place in places if _is_there(place)))
    with connection.execute_wrapper(sections.watch):
        sections.begin()
        for n in range(CHECKED):
            _served.whole_case(caller, f"in:counted:{n}")
        sections.end()
    sections.unwrap()
    print(f"\nthe same calls in one process with a test client: {plain:.1f} CPU ms a case; by what they do:")
    for section, spent in sections.spent.most_common():
        asked = sections.asked[section] / CHECKED
        print(f"    {section:<36} {spent / 1e6 / CHECKED:>6.2f} ms {asked:>6.1f} statements")
    whole = sum(sections.spent.values()) / 1e6 / CHECKED
    print(f"    {'in all':<36} {whole:>6.2f} ms {sum(sections.asked.values()) / CHECKED:>6.1f} statements")
    if profile is not None:
        own = cProfile.Profile()
        own.enable()
        for n in range(CHECKED):
            _served.whole_case(caller, f"in:profiled:{n}")
        own.disable()
        own.dump_stats(profile)


def _is_there(place: str) -> bool:
    from importlib import import_module

    module, _colon, name = place.partition(":")
    return hasattr(import_module(module), name.partition(".")[0])


# ---------------------------------------------------------------- the same rows, bare


def _rows() -> Counter[str]:
    """Return how many rows each table of the house has."""
    from django.apps import apps
    from django.db import connection

    found: Counter[str] = Counter()
    with connection.cursor() as cursor:
        for model in apps.get_models():
            if model.__module__.startswith("tongxin.") and model._meta.managed:
                cursor.execute(f'SELECT count(*) FROM "{model._meta.db_table}"')
                found[model._meta.db_table] = cursor.fetchone()[0]
    return found


def _bare(before: Counter[str], cases: int) -> None:
    """Insert the rows that the run made, without indexes, with five commits a case; print what that costs."""
    from django.db import connection

    from bench import _served
    from tongxin.shared.writing import writing

    place = "ctid" if connection.vendor == "postgresql" else "rowid"
    grown = _rows() - before
    rows: dict[str, list[tuple[Any, ...]]] = {}
    with connection.cursor() as cursor:
        for table, more in grown.items():
            cursor.execute(f'CREATE TABLE "bench_{table}" AS SELECT * FROM "{table}" WHERE 1 = 0')
            cursor.execute(f'SELECT * FROM "{table}" ORDER BY {place} DESC LIMIT {more}')
            rows[table] = list(cursor.fetchall())
    if connection.vendor == "postgresql":
        from psycopg.types.json import Jsonb

        rows = {
            t: [tuple(Jsonb(v) if isinstance(v, dict | list) else v for v in r) for r in found]
            for t, found in rows.items()
        }
    commits = cases * len(_served.CALLS)
    cpu, base, begun = process_time(), _database_cpu(), perf_counter()
    for n in range(commits):
        with writing("bench.bare"), connection.cursor() as cursor:
            for table, found in rows.items():
                part = found[n * len(found) // commits : (n + 1) * len(found) // commits]
                if part:
                    marks = ", ".join(["%s"] * len(part[0]))
                    cursor.executemany(f'INSERT INTO "bench_{table}" VALUES ({marks})', part)
    took, spent = perf_counter() - begun, (process_time() - cpu) * 1000 / cases
    told = "" if base is None else f", database {((_database_cpu() or 0) - base) * 1000 / cases:.1f}"
    print(
        f"\nbare: {sum(grown.values()) / cases:.1f} rows a case in {len(grown)} tables, {cases / took:.0f} cases/s "
        f"in one thread; CPU ms a case: {spent:.1f}{told}"
    )


def _options() -> argparse.Namespace:
    from bench import _house

    parser = _house.parser(__doc__, folder=False)
    parser.add_argument("--cases", type=int, default=200, help="at each number of clients")
    parser.add_argument("--clients", type=lambda text: [int(n) for n in text.split(",")], default=[1, 8])
    parser.add_argument(
        "--only", type=lambda text: text.split(","), default=["http", "paced", "bare", "checks", "may"]
    )
    parser.add_argument("--profile", type=Path, help="keep cProfile's figures of the calls here")
    return parser.parse_args()


if __name__ == "__main__":
    main(_options())
