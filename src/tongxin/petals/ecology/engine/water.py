"""Measured waters from a CSV file, their classes by GB 3838-2002, and compliance with counts and what is missing."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tongxin.petals.ecology.engine.faults import Fault, nearest
from tongxin.petals.ecology.engine.network import number
from tongxin.petals.ecology.engine.phrases import phrase, row_of
from tongxin.petals.ecology.engine.substances import CLASSES, WORSE, Judgement, items, judge

OWN = {"section", "date", "target", "water_body", "temperature"}
ROMAN = {1: "I", 2: "II", 3: "III", 4: "IV", 5: "V", WORSE: "worse than V"}
CLASS_WORDS: dict[int, str] = {
    1: phrase("class I"), 2: phrase("class II"), 3: phrase("class III"), 4: phrase("class IV"), 5: phrase("class V"),
    WORSE: phrase("worse than class V"),
}  # fmt: skip
_FULL = {"Ⅰ": "I", "Ⅱ": "II", "Ⅲ": "III", "Ⅳ": "IV", "Ⅴ": "V"}


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


def classify(path: Path) -> list[Water]:
    """Return the waters of a CSV file with one column an item (id or Chinese name), mg/L. Raises Fault.

    `<0.025`, `0.025L` and `ND0.025` are below detection and count with half of the limit of detection. An empty cell
    is missing. `water_body` is river (default) or lake, `temperature` °C, `target` a class.
    """
    if not path.is_file():
        raise Fault("no_file", phrase("there is no file {path}.", path=path))
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        columns = _columns(list(reader.fieldnames or ()), path.name)
        return [_water(row, columns, row_of(path, "line", reader.line_num)) for row in reader]


def _columns(names: Sequence[str], where: str) -> dict[str, str]:
    """Return the item or own word of each column. Raises Fault for what is neither."""
    words = {i.names["zh"].casefold(): n for n, i in items().items()} | {n: n for n in items()}
    words |= {i.names["en"].casefold(): n for n, i in items().items()} | {n: n for n in OWN}
    found: dict[str, str] = {}
    for name in names:
        word = name.strip().casefold()
        if word not in words:
            raise Fault(
                "no_item",
                phrase("the column {name} is no item of GB 3838-2002.", name=repr(name)),
                mend=nearest(name, words),
                where=where,
            )
        if words[word] in found.values():
            raise Fault(
                "double", phrase("the item {words} has two columns.", words=repr(words[word])), where=where
            )
        found[name] = words[word]
    if not any(v in items() for v in found.values()):
        raise Fault("missing", phrase("no column is an item of GB 3838-2002."), where=where)
    return found


def _water(row: Mapping[str, str], columns: Mapping[str, str], where: str) -> Water:
    own = {columns[k]: (v or "").strip() for k, v in row.items() if k in columns and columns[k] in OWN}
    values, below = {}, []
    for name, text in row.items():
        item = columns.get(name, "")
        if item not in items() or not (text or "").strip():
            continue
        values[item], detected = reading(text, phrase("{where}, {name}", where=where, name=name))
        if not detected:
            below.append(item)
    temperature = number(own["temperature"], "temperature", where) if own.get("temperature") else None
    if temperature is not None and not -2 <= temperature <= 45:
        raise Fault(
            "impossible",
            phrase("a water of {temperature} °C is impossible.", temperature=f"{temperature:g}"),
            where=where,
        )
    body = own.get("water_body") or "river"
    if body not in {"river", "lake"}:
        raise Fault(
            "no_kind", phrase("water_body is river or lake, not {body}.", body=repr(body)), where=where
        )
    try:
        found = judge(values, temperature_c=temperature, lake=body == "lake")
    except Fault as fault:
        raise Fault(fault.code, fault.what, mend=fault.mend, where=where) from None
    return Water(
        own.get("section", ""),
        own.get("date", ""),
        found,
        _target(own.get("target", ""), where),
        tuple(below),
    )


def reading(text: str, where: str) -> tuple[float, bool]:
    """Return a value and whether it was detected; below detection half of the limit counts. Raises Fault."""
    bare = text.strip()
    marked = bare.removeprefix("<").removeprefix("＜").removeprefix("ND").removesuffix("L").strip()
    if marked != bare:
        if not marked:
            raise Fault("no_limit", phrase("`ND` needs its limit of detection, such as <0.025."), where=where)
        return number(marked, "the limit of detection", where) / 2, False
    return number(bare, "the value", where), True


def _target(text: str, where: str) -> int | None:
    word = _FULL.get(text, text.upper()).removesuffix("类")  # not ui
    word = _FULL.get(word, word)
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
