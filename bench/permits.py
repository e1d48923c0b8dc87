"""What one question to the judge costs, after the one reading of the rules number: beside a plain look-up.

Pure Python on values as a case page has them: an accepting desk, a holder, several offers, graded fields, clauses and
bars in force. No database is asked; the reading of the number itself is timed last, on a fresh SQLite file.

    .venv/bin/python bench/permits.py [QUESTIONS]
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]
LIMIT_US = 50.0
ROUNDS = 7
NOW = datetime(2026, 3, 11, 2, 0, tzinfo=UTC)
OWN, OTHER, THIRD, BACK = (
    f"{place}/service_centre" for place in ("tj-wuqing", "bj-tongzhou", "he-langfang", "tj-baodi")
)


class Flat:
    """Places without any above them."""

    def party_of(self, jurisdiction: str, parties: Any) -> str | None:
        """Return the place itself where it is a party."""
        return jurisdiction if jurisdiction in parties else None

    def members(self, parties: Any) -> list[str]:
        """Return the parties."""
        return list(parties)


def main(questions: int) -> None:
    """Measure and print."""
    from bench import _house

    with _house.opened("bench.permits", mode="test", tables=True):
        from tongxin.heart.agreements import may as core

        rules, case = _rules(), _case()
        table = {(OTHER, "see", case.name, "premises", ""): True}
        print(f"{questions} questions a round, median of {ROUNDS}, one thread, {os.cpu_count()} processors")
        print(f"{'':<46}{'µs a call':>12}")
        _timed(
            "a plain look-up in a dict",
            lambda: table.get((OTHER, "see", case.name, "premises", "")),
            questions,
        )
        for name, desk, field in (
            ("own record", OWN, "premises"),
            ("holder, yes", OTHER, "premises"),
            ("holder, a bar keeps it", OTHER, "credit_code"),
            ("former holder, by the fourth offer", THIRD, "premises"),
            ("former holder, graded sensitive", THIRD, "illness"),
            ("a standing clause among 50", "tj-p25/service_centre", "premises"),
            ("nobody: no basis", "tj-xiqing/service_centre", "premises"),
        ):
            answer = core.may(rules, desk, core.SEE, case, field, now=NOW)
            said = f"{name} ({'yes' if answer.yes else answer.why_not})"
            _timed(
                said,
                partial(core.may, rules, desk, core.SEE, case, field, now=NOW),
                questions,
                LIMIT_US,
            )
        as_a_page_asks(questions)


def as_a_page_asks(questions: int) -> float:
    """Time it in the house that is open, with the rules as the process keeps them; return microseconds a question."""
    from django.db import connection

    from tongxin.heart.agreements import judge
    from tongxin.heart.region import rules

    case = _case()
    with rules.reading():
        judge.may(OTHER, "see", case, "premises")
        us = _timed(
            "as a page asks, inside one reading",
            lambda: judge.may(OTHER, "see", case, "premises"),
            questions,
            LIMIT_US,
        )
    _timed(f"the one reading of the number ({connection.vendor})", rules.read, max(1, questions // 20))
    return us


def _timed(name: str, call: Callable[[], Any], count: int, limit: float | None = None) -> float:
    call()
    times = []
    for _round in range(ROUNDS):
        begun = perf_counter()
        for _n in range(count):
            call()
        times.append((perf_counter() - begun) / count * 1e6)
    us = median(times)
    kept = "" if limit is None else f"   limit {limit:g}: {'kept' if us < limit else 'BROKEN'}"
    print(f"{name:<46}{us:>12.2f}{kept}")
    return us


def _case() -> Any:
    from tongxin.heart.agreements.may import CASE, Ground, Subject
    from tongxin.heart.agreements.may import OWN as OWN_RECORD

    without = frozenset({"open", "internal", "personal"})
    grounds = [
        Ground(OWN_RECORD, "accepting", OWN),
        Ground(CASE, "holder", OTHER, clause="one-window@1/handle"),
    ]
    grounds += [Ground(CASE, "returned", BACK, grades=frozenset({"open", "internal"})) for _n in range(3)]
    grounds.append(Ground(CASE, "former_holder", THIRD, grades=without, clause="one-window@1/handle"))
    return Subject(
        "case:WUQING-2026-000001", OWN, tuple(grounds), {"illness": "sensitive", "premises": "personal"}
    )


def _rules() -> Any:
    from tongxin.heart.agreements.language import Bar, Spoken
    from tongxin.heart.agreements.match import Barring
    from tongxin.heart.agreements.may import Rules
    from tongxin.heart.agreements.permits import Permit
    from tongxin.shared.named import Both

    said, words = Both(zh="审查", en="to examine"), Spoken(role="service_centre", of="each_party")
    parties = ("tj-wuqing", "bj-tongzhou", "he-langfang", "tj-baodi")
    bars = [
        Barring(
            f"list@{n}/kept",
            parties,
            Bar(id="kept", text=said, fields=("credit_code",) if n == 19 else (f"f{n}",)),
        )
        for n in range(20)
    ]
    permits: dict[tuple[str, str], Any] = {}
    for n in range(50):
        desk = f"tj-p{n}/service_centre"
        permit = Permit(f"x@{n}/share", "see", desk, OWN, words, words, what=("premises",), purpose=said)
        permits[desk, OWN] = ((permit, None),)
    return Rules(7, NOW + timedelta(days=1), permits, bars, Flat())


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000)
