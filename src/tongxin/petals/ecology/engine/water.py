"""Measured waters from a CSV file, their classes by GB 3838-2002, and compliance with counts and what is missing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tongxin.petals.ecology.engine import water_tables
from tongxin.petals.ecology.engine.faults import Fault
from tongxin.petals.ecology.engine.network import number
from tongxin.petals.ecology.engine.substances import CLASSES, WORSE, Judgement, judge, standard
from tongxin.petals.ecology.engine.substances import ROMAN as FULL
from tongxin.shared.phrases import phrase

BODIES = {
    "river": "river",
    "lake": "lake",
    "河流": "river",
    "湖库": "lake",
    "湖泊": "lake",
    "水库": "lake",
    "湖": "lake",
}
ROMAN = {1: "I", 2: "II", 3: "III", 4: "IV", 5: "V", WORSE: "worse than V"}
CLASS_WORDS: dict[int, str] = {
    1: phrase("class I"), 2: phrase("class II"), 3: phrase("class III"), 4: phrase("class IV"), 5: phrase("class V"),
    WORSE: phrase("worse than class V"),
}  # fmt: skip


@dataclass(frozen=True)
class Water:
    """One row: where and when, its judgement, its target (1–5 or None), which items were not detected."""

    section: str
    date: str
    judgement: Judgement
    target: int | None
    below: tuple[str, ...]

    @property
    def met(self) -> bool | None:
        """Whether the target is met; None without a target or without a judged item."""
        if self.target is None or self.judgement.overall is None:
            return None
        return self.judgement.overall <= self.target


@dataclass(frozen=True)
class Compliance:
    """Counts over rows: with a target and judged, those that met it, class I–III of judged, the others."""

    assessed: int
    met: int
    judged: int
    good: int
    unjudged: int
    no_target: int


def classify(path: Path, notes: list[str] | None = None) -> list[Water]:
    """Return the waters of a CSV file, one column an item or one row an item. Raises Fault.

    Heads are ids, Chinese or English names, with a unit in brackets where it is not that of the standard. `<0.025`,
    `0.025L` and `ND0.025` are below detection and count with half of the limit of detection. An empty cell is missing.
    `water_body` is river (default) or lake, `temperature` °C, `target` a class. `notes` gets what was left out.
    """
    measured, others = water_tables.read(path)
    if others and notes is not None:
        notes.append(phrase("Not an item of GB 3838-2002, left out: {names}.", names=", ".join(others)))
    return [_water(each) for each in measured]


def _water(found: water_tables.Measured) -> Water:
    own, where = found.own, found.where
    _in_force(own.get("date", ""), where)
    temperature = number(own["temperature"], "temperature", where) if own.get("temperature") else None
    if temperature is not None and not -2 <= temperature <= 45:
        raise Fault(
            "impossible",
            phrase("a water of {temperature} °C is impossible.", temperature=f"{temperature:g}"),
            where=where,
        )
    body = BODIES.get((own.get("water_body") or "river").casefold())
    if body is None:
        raise Fault(
            "no_kind",
            phrase("water_body is river or lake, not {body}.", body=repr(own["water_body"])),
            where=where,
        )
    try:
        judged = judge(found.values, temperature_c=temperature, lake=body == "lake")
    except Fault as fault:
        raise Fault(fault.code, fault.what, mend=fault.mend, where=where) from None
    target = _target(own.get("target", ""), where)
    return Water(own.get("section", ""), own.get("date", ""), judged, target, tuple(found.below))


def _in_force(date: str, where: str) -> None:
    """Refuse a row of a date before the standard's. Raises Fault."""
    since = str(standard()["in_force"])
    digits = re.findall(r"\d+", date)
    if (
        digits
        and len(digits[0]) == 4
        and "-".join(d.zfill(2) for d in digits[:3]) < since[: 4 + 3 * len(digits[1:3])]
    ):
        said = phrase("{standard} is in force since {since}, after {date}.", standard=standard()["standard"],
                      since=since, date=date)  # fmt: skip
        raise Fault("not_in_force", said, where=where)


def _target(text: str, where: str) -> int | None:
    word = FULL.get(text, text.upper()).removesuffix("类")  # not ui
    word = FULL.get(word, word)
    if not word:
        return None
    if word not in CLASSES:
        raise Fault("no_class", phrase("{text} is no class (I to V).", text=repr(text)), where=where)
    return CLASSES.index(word) + 1


def compliance(waters: Sequence[Water]) -> Compliance:
    """Return the counts that a rate is made of; what could not be judged is told beside it, never counted in."""
    judged = [w for w in waters if w.judgement.overall is not None]
    assessed = [w for w in judged if w.target is not None]
    return Compliance(
        len(assessed), sum(1 for w in assessed if w.met), len(judged),
        sum(1 for w in judged if w.judgement.overall is not None and w.judgement.overall <= 3),
        len(waters) - len(judged), sum(1 for w in judged if w.target is None),
    )  # fmt: skip
