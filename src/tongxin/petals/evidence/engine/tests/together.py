"""Sets the facts of all public texts side by side and compares what is joined with labelled pairs of equal values.

`labels/pairs/together.csv`: two figures of equal value by the text (SHA-256) and the offsets of their numbers in it, and
whether they are one figure, as judged by reading both sentences.
"""

from __future__ import annotations

import csv
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from time import process_time

from tongxin.petals.evidence.engine.corroborate import corroborate
from tongxin.petals.evidence.engine.facts import Source
from tongxin.petals.evidence.engine.likeness import groups, prints
from tongxin.petals.evidence.engine.reader import read
from tongxin.petals.evidence.engine.repair import repair
from tongxin.petals.evidence.engine.tests import shared_data
from tongxin.petals.evidence.engine.witness import Told

PAIRS = Path(__file__).parent / "labels" / "pairs" / "together.csv"


@dataclass(frozen=True, slots=True)
class Measured:
    """What was found: kinds of findings, labelled pairs joined of those that are one figure and of those that are not."""

    facts: int
    kinds: Counter[str]
    joined: int
    same: int
    joined_wrongly: int
    other: int
    seconds: float


def measured() -> Measured:
    """Read all public texts and set their facts side by side; the time is that of the second."""
    told: list[Told] = []
    marks: list[frozenset[int]] = []
    place: dict[int, tuple[str, int, int]] = {}
    texts = shared_data.told()
    for n, (name, each) in enumerate(texts.items()):
        repaired = repair(each.text)
        marks.append(prints(repaired.text))
        for fact in read(repaired, Source(name, each.title, each.publisher, each.day)):
            told.append(Told(fact, Source(name, each.title, each.publisher, each.day), n))
            place[id(fact)] = name, *repaired.chain.to_raw(*fact.number)
    start = process_time()
    origin = {i: n for n, members in enumerate(groups(marks)) for i in members}
    found = corroborate(Told(t.fact, t.source, origin[t.origin]) for t in told)
    seconds = process_time() - start
    joined = [{place[id(t.fact)] for t in v.facts} for v in found if v.kind in ("agree", "conflict", "stale")]
    rows = list(csv.DictReader(PAIRS.open(encoding="utf-8")))
    hits = Counter(row["same"] for row in rows if any(_in(row, "a", v) and _in(row, "b", v) for v in joined))
    total = Counter(row["same"] for row in rows)
    return Measured(
        len(told), Counter(v.kind for v in found), hits["1"], total["1"], hits["0"], total["0"], seconds
    )


def _in(row: dict[str, str], side: str, places: set[tuple[str, int, int]]) -> bool:
    name, first, last = row[f"sha256_{side}"], int(row[f"start_{side}"]), int(row[f"end_{side}"])
    return any(n == name and a < last and first < b for n, a, b in places)
