"""Invented sentences and bulletins are read slot by slot: value, unit, places, period, status, comparisons."""

from __future__ import annotations

from datetime import date

import pytest

from tongxin.petals.evidence.engine.api import read_text
from tongxin.petals.evidence.engine.facts import Fact
from tongxin.petals.evidence.engine.tests import slots_texts


def _compared(fact: Fact) -> str:
    return ";".join(f"{c.kind}:{c.value}" for c in fact.comparisons)


def _rows(text: str, day: date, title: str = "", publisher: str = "") -> tuple[str, ...]:
    return tuple(
        "|".join((f.value, f.unit, ";".join(f.jurisdictions), f.period, f.status, _compared(f)))
        for f in read_text(text, published=day, title=title, publisher=publisher)
    )


@pytest.mark.parametrize(("text", "rows"), slots_texts.SENTENCES, ids=lambda x: str(x)[:24])
def test_a_sentence_is_read_slot_by_slot(text: str, rows: tuple[str, ...]):
    assert _rows(text, slots_texts.DAY) == rows


@pytest.mark.parametrize(("publisher", "title", "day", "text", "rows"), slots_texts.BULLETINS)
def test_a_bulletin_is_read_slot_by_slot(
    publisher: str, title: str, day: date, text: str, rows: tuple[str, ...]
):
    assert _rows(text, day, title, publisher) == rows
