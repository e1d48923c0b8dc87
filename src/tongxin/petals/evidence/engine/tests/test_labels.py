"""The reader against labels: offsets and figures beside this file, their texts elsewhere."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from tongxin.petals.evidence.engine.api import read_text
from tongxin.petals.evidence.engine.tests import together
from tongxin.petals.evidence.engine.tests.shared_data import needs_texts, told

LABELS = Path(__file__).parent / "labels"


def _labels(name: str) -> list[dict[str, str]]:
    with (LABELS / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def test_labels_hold_figures_and_offsets_and_no_text():
    rows = [row for path in sorted(LABELS.glob("*.csv")) for row in _labels(path.name)]
    halves: dict[str, set[str]] = {}
    for row in rows:
        halves.setdefault(row["half"], set()).add(row["doc"])
    assert len(halves["open"] | halves["sealed"]) >= 12
    assert {len(docs) for half, docs in halves.items() if half not in ("open", "sealed")} == {8}
    assert sum(map(len, halves.values())) == len(set().union(*halves.values()))
    assert all(int(r["start"]) < int(r["end"]) and "quote" not in r for r in rows)


@needs_texts
@pytest.mark.parametrize(("name", "least"), [("bulk.csv", 0.95), ("blind.csv", 0.95), ("regional.csv", 0.95)])
def test_labelled_figures_are_found_with_value_and_unit(name: str, least: float):
    texts = told()
    labels = [r for r in _labels(name) if r["cls"] == "M"]
    found = wanted = 0
    for doc in sorted({r["doc"] for r in labels}):
        rows = [r for r in labels if r["doc"] == doc]
        page = texts[rows[0]["sha256"]]
        facts = read_text(page.text, title=page.title, publisher=page.publisher, published=page.day)
        for row in rows:
            wanted += 1
            found += any(
                f.value in _values(row)
                and f.unit.removesuffix("/日") in _values(row, "unit")
                and f.start < int(row["end"])
                and int(row["start"]) < f.end
                for f in facts
            )
    assert found / wanted >= least


@needs_texts
def test_labelled_pairs_of_one_figure_are_joined_and_no_others():
    found = together.measured()
    assert found.joined / found.same >= 0.72
    assert found.joined_wrongly == 0
    assert found.kinds["agree"] >= 200
    assert found.kinds["conflict"] <= 3


def _values(row: dict[str, str], field: str = "value") -> set[str]:
    """Return the values of a label that are equally right, rates without their day."""
    others = (a.split("=", 1) for a in row["accept"].split("|") if a)
    return {v.removesuffix("/日") for v in [row[field], *(v for k, v in others if k == field)]}
