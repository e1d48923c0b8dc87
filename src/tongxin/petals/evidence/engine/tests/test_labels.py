"""The reader against labels: offsets and figures beside this file, their texts elsewhere."""

from __future__ import annotations

import csv
import hashlib
from datetime import date
from pathlib import Path

from tongxin.petals.evidence.engine.api import read_text
from tongxin.petals.evidence.engine.tests.shared_data import bulk, needs_texts

LABELS = Path(__file__).parent / "labels" / "bulk.csv"


def _labels() -> list[dict[str, str]]:
    with LABELS.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def test_labels_hold_figures_and_offsets_and_no_text():
    rows = _labels()
    assert len({r["doc"] for r in rows}) >= 12
    assert {r["half"] for r in rows} == {"open", "sealed"}
    assert all(int(r["start"]) < int(r["end"]) and "quote" not in r for r in rows)
    sealed = {r["doc"] for r in rows if r["half"] == "sealed"}
    assert not sealed & {r["doc"] for r in rows if r["half"] == "open"}


@needs_texts
def test_labelled_figures_are_found_with_value_and_unit():
    texts = {hashlib.sha256(d["text"].encode()).hexdigest()[:16]: d for d in bulk()}
    found = wanted = 0
    for doc in sorted({r["doc"] for r in _labels()}):
        rows = [r for r in _labels() if r["doc"] == doc]
        told = texts[rows[0]["sha256"]]
        facts = read_text(
            told["text"], title=told["title"], published=date(int(doc[:4]), int(doc[4:6]), int(doc[6:8]))
        )
        for row in rows:
            wanted += 1
            found += any(
                f.value == row["value"]
                and f.unit.removesuffix("/日") == row["unit"]
                and f.start < int(row["end"])
                and int(row["start"]) < f.end
                for f in facts
            )
    assert found / wanted >= 0.95
