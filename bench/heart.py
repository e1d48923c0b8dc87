"""What a duty costs: match, reconcile and write, with its ledger entry, beside bare inserts of the same rows.

One run on one fresh database with the region pack loaded: SQLite in a temporary folder with the product's settings
(every commit synced), or the PostgreSQL that TONGXIN_DATABASE_URL names (an empty one). Reports of incidents go through
the whole act (key, event, matching, duties, rings, ledger); then the same rows are inserted bare. It is done with a few
clauses in force and with thousands, most of which wait for other events. Prints a table; asserts nothing.

    .venv/bin/python bench/heart.py [REPORTS] [CLAUSES]
"""

from __future__ import annotations

import os
import sys
from datetime import datetime, timedelta
from pathlib import Path
from time import perf_counter, process_time
from typing import Any
from zoneinfo import ZoneInfo

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]
LIMIT_MS = 3.0  # CPU milliseconds a duty, ledger included
BEGINS = datetime(2026, 3, 9, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
A_FILE = 10  # clauses an instrument
FEW = 20
HEAD = """\
agreement: bench-{n}
kind: agreement
version: 1
field: ecology
title: {{zh: 示例{n}, en: "Illustrative {n}"}}
parties: [he-langfang, tj-baodi, tj-wuqing]
in_force: {{from: 2024-01-01}}
provenance: {{known_from: {{zh: 示例, en: illustrative}}, terms: illustrative}}
clauses:
"""
CLAUSE = """\
  - id: c{m}
    kind: notify
    title: {{zh: 通报, en: Notify}}
    text: {{zh: 示例条款, en: Illustrative clause}}
    when: {{event: {event}}}
    from: {{role: ecology_bureau, of: place}}
    to: {{role: ecology_bureau, of: {of}}}
    due: {{within: PT1H, starts: known, clock: calendar}}
    must_carry: [location]
"""


def main(reports: int, clauses: int) -> None:
    """Measure and print."""
    from bench import _house

    with _house.opened("bench.heart", mode="test", tables=True):
        from django.db import connection

        from tongxin.heart.agreements.models import InstrumentVersion
        from tongxin.shared import clock
        from tongxin.site import pack

        with clock.held_at(BEGINS - timedelta(days=7)):
            pack.load(ROOT / "regions" / "jingjinji")
            InstrumentVersion.objects.update(binds_until=BEGINS - timedelta(days=6))
        print(
            f"database: {connection.vendor}, {reports} reports a row, one thread, {os.cpu_count()} processors"
        )
        print(f"limit: {LIMIT_MS} CPU ms a duty, ledger included\n")
        head = ("clauses in force", "duties", "duties/s", "CPU ms a duty", "bare rows CPU ms", "times bare")
        print(f"{head[0]:>18} {head[1]:>8} {head[2]:>10} {head[3]:>14} {head[4]:>17} {head[5]:>11}")
        with clock.held_at(BEGINS) as hand:
            _enter(0, FEW, busy=True)
            _measure(reports, FEW, hand)
            entered = FEW
            for many in (clauses // 10, clauses):
                _enter(entered // A_FILE, many - entered, busy=False)
                entered = many
                _measure(reports, many, hand)


def _enter(first: int, clauses: int, *, busy: bool) -> None:
    """Enter instruments: busy ones wait for the incident, the others for another event of the same field."""
    from tongxin.heart.agreements import actions
    from tongxin.heart.agreements.known import known_words
    from tongxin.heart.agreements.reader import read_text
    from tongxin.heart.region.acting import SYSTEM

    known = known_words()
    event, of = (
        ("ecology.water_incident", "downstream") if busy else ("agreements.milestone", "other_parties")
    )
    for n in range(first, first + clauses // A_FILE):
        text = HEAD.format(n=n) + "".join(CLAUSE.format(m=m, event=event, of=of) for m in range(A_FILE))
        actions.load_instrument(read_text(text, f"bench-{n}.yaml", known), by=SYSTEM)


def _measure(reports: int, clauses: int, hand: Any) -> None:
    from tongxin.heart.agreements.models import Duty

    before = Duty.objects.count()
    acting = _acting()
    _report(acting, hand)  # warm
    began = Duty.objects.count()
    cpu, begun = process_time(), perf_counter()
    for _n in range(reports):
        _report(acting, hand)
    took, worked = perf_counter() - begun, process_time() - cpu
    made = Duty.objects.count() - began
    bare = _bare(before, reports)
    each = worked * 1000 / made
    print(
        f"{clauses:>18,} {made:>8,} {made / took:>10,.0f} {each:>14.2f} {bare * 1000 / made:>17.2f} "
        f"{worked / bare:>11.1f}"
    )


_told = 0


def _report(acting: Any, hand: Any) -> None:
    global _told
    from tongxin.heart.agreements import actions
    from tongxin.heart.events.actions import Report
    from tongxin.shared import clock

    _told += 1
    hand.move_by(timedelta(seconds=1))
    data = {"river": "qinglongwan-jianhe", "location": f"示例 {_told}", "pollutant": "oil", "level": "III"}
    told = Report("ecology.water_incident", "he-langfang-xianghe", clock.now(), data)
    actions.report(told, by=acting, key=f"bench-{_told}", name="ecology.incident.reported")


def _acting() -> Any:
    from tongxin.heart.region.acting import Acting

    return Acting(
        post="he-langfang-ecology/duty_officer",
        desk="he-langfang/ecology_bureau",
        jurisdiction="he-langfang",
        capabilities=frozenset({"report_incident"}),
    )


TABLES = (
    "agreements_duty",
    "exchange_notification",
    "events_event",
    "events_matter",
    "ledger_entry",
    "ledger_payload",
)


def _bare(before: int, reports: int) -> float:
    """Insert the rows that the last reports made, as they are, one commit a report; return the CPU seconds."""
    from django.db import connection

    from tongxin.shared.writing import writing

    rows: dict[str, list[tuple[Any, ...]]] = {}
    with connection.cursor() as cursor:
        for table in TABLES:
            key = {"ledger_entry": '"index"', "ledger_payload": "entry_id", "events_matter": "number"}.get(
                table, "id"
            )
            each = 40 if table in {"agreements_duty", "exchange_notification"} else 1
            cursor.execute(f"DROP TABLE IF EXISTS bench_{table}")
            cursor.execute(f"CREATE TABLE bench_{table} AS SELECT * FROM {table} WHERE 1 = 0")
            cursor.execute(f"SELECT * FROM {table} ORDER BY {key} DESC LIMIT {each * reports}")
            rows[table] = list(cursor.fetchall())
    cpu = process_time()
    for n in range(reports):
        with writing("bench.bare"), connection.cursor() as cursor:
            for table, found in rows.items():
                share = -(-len(found) // reports)
                part = found[n * share : (n + 1) * share]
                if part:
                    marks = ", ".join(["%s"] * len(part[0]))
                    cursor.executemany(f"INSERT INTO bench_{table} VALUES ({marks})", part)
    return process_time() - cpu


if __name__ == "__main__":
    main(
        int(sys.argv[1]) if len(sys.argv) > 1 else 50,
        int(sys.argv[2]) if len(sys.argv) > 2 else 10_000,
    )
