"""Invented sentences and bulletins (slots.csv, 示例) are read slot by slot, and nothing else is read in them.

A figure is written value|unit|places|period|status|comparisons; several are parted by ` / `.
"""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest

from tongxin.petals.evidence.engine.api import read_text
from tongxin.petals.evidence.engine.facts import Fact

with (Path(__file__).parent / "slots.csv").open(encoding="utf-8", newline="") as lines:
    CASES = list(csv.DictReader(lines))


def _row(fact: Fact) -> str:
    compared = ";".join(f"{c.kind}:{c.value}" for c in fact.comparisons)
    places = ";".join(fact.jurisdictions)
    return f"{fact.value}|{fact.unit}|{places}|{fact.period}|{fact.status}|{compared}"


@pytest.mark.parametrize("case", CASES, ids=lambda c: c["title"] or c["text"][:24])
def test_a_text_is_read_slot_by_slot(case: dict[str, str]):
    day = date.fromisoformat(case["day"])
    facts = read_text(case["text"], published=day, title=case["title"], publisher=case["publisher"])
    assert " / ".join(map(_row, facts)) == case["figures"]
