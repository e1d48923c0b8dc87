"""Invented pages of other regions, as published in txt, html, docx and PDF: their figures are read slot by slot."""

from __future__ import annotations

from tongxin.petals.evidence.engine.api import read_bytes
from tongxin.petals.evidence.engine.tests.pages import labelled, pages

# Whole records at least: raised as the reader learns.
WHOLE = 0.82
SLOTS = ("unit", "period", "jurisdictions", "status", "comparison_type", "comparison_value")


def _right(label: dict[str, str], slot: str) -> set[str]:
    """Return what is equally right in a slot of a label, places in any order."""
    others = (a.split("=", 1) for a in label["accept"].split("|") if a)
    return {_ordered(v) for v in (label[slot], *(v for k, v in others if k == slot))}


def _ordered(told: str) -> str:
    return ";".join(sorted(told.split(";")))


def _held(label: dict[str, str], row: dict[str, str]) -> bool:
    """Say whether a row is a reading of the label: the number, where it stands."""
    return (
        row["value"] == label["value"]
        and int(row["start"]) < int(label["end"])
        and int(label["start"]) < int(row["end"])
    )


def test_pages_of_other_regions_are_read():
    gold, read = labelled()
    found = [
        (label, row)
        for label in gold
        if (row := next((r for r in read[label["doc"]] if _held(label, r)), None))
    ]
    whole = sum(all(_ordered(row[slot]) in _right(label, slot) for slot in SLOTS) for label, row in found)
    assert len(found) / len(gold) >= 0.95
    assert len(found) / sum(map(len, read.values())) >= 0.95
    assert whole / len(gold) >= WHOLE


def test_what_stands_around_a_page_is_not_read():
    for page in pages():
        (reading,) = read_bytes(page.name, page.data)
        assert reading.document.source.published == page.published
        assert not {"86", "19.3", "12800000", "999"} & {f.value for f in reading.facts}
