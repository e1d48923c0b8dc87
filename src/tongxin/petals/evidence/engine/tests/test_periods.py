"""When a figure is for, and whether it is planned: invented sentences and documents of periods.csv (示例).

A figure is written value|period|status; several are parted by ` / `.
"""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest

from tongxin.petals.evidence.engine.api import read_text

with (Path(__file__).parent / "periods.csv").open(encoding="utf-8", newline="") as lines:
    CASES = list(csv.DictReader(lines))


@pytest.mark.parametrize("case", CASES, ids=lambda c: c["title"] or c["text"][:24])
def test_each_figure_is_told_its_time_and_whether_it_is_planned(case: dict[str, str]):
    day = date.fromisoformat(case["day"])
    facts = read_text(case["text"], published=day, title=case["title"], publisher="示例市人民政府")
    assert " / ".join(f"{f.value}|{f.period}|{f.status}" for f in facts) == case["figures"]
