"""Tables of measured waters as people keep them: a column or a row for an item, Chinese or English, with units."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from pathlib import Path

from tongxin.petals.ecology.engine.faults import Fault, nearest
from tongxin.petals.ecology.engine.network import number
from tongxin.petals.ecology.engine.quantities import UNITS
from tongxin.petals.ecology.engine.readings import csv_rows
from tongxin.petals.ecology.engine.substances import item_words, items
from tongxin.shared.phrases import phrase

OWN_WORDS = {
    "section": ("section", "station", "site", "断面", "断面名称", "监测断面", "点位", "点位名称", "站点", "站点名称"),
    "date": ("date", "time", "month", "日期", "时间", "监测日期", "监测时间", "采样日期", "采样时间", "月份"),
    "target": ("target", "目标", "水质目标", "目标类别", "考核目标", "规划类别"),
    "water_body": ("water_body", "water body", "水体类型", "水体", "类型"),
    "temperature": ("temperature", "water temperature", "水温"),
    "item": ("item", "parameter", "项目", "指标", "监测项目", "监测指标"),
    "value": ("value", "result", "数值", "监测值", "结果", "浓度", "监测结果"),
    "unit": ("unit", "单位"),
}  # fmt: skip
NO_UNIT = {"", "无量纲", "-", "1", "°c", "℃"}
COUNTS = {"1/l": 1, "个/l": 1, "mpn/l": 1, "cfu/l": 1, "mpn/100ml": 10, "cfu/100ml": 10, "个/100ml": 10}
LIKE = 0.75  # a column this like a word that is known is a slip; one less like is something else
_BRACKET = re.compile(r"\s*[（(\[]([^（）()\[\]]*)[)）\]]\s*$")


@dataclass(frozen=True)
class Column:
    """What a column is: a word of OWN_WORDS or an item, and the unit of its head."""

    word: str
    unit: str = ""


@dataclass
class Measured:
    """What was measured at once: own words, values in the units of the standard, what was not detected, and where."""

    own: dict[str, str]
    where: str
    values: dict[str, float] = field(default_factory=dict)
    below: list[str] = field(default_factory=list)


def read(path: Path) -> tuple[list[Measured], list[str]]:
    """Return what was measured, in the file's order, and the columns that are no item. Raises Fault.

    With the columns item and value each row is one value, and rows of one section and date go together.
    """
    if not path.is_file():
        raise Fault("no_file", phrase("there is no file {path}.", path=path))
    heads, rows = csv_rows(path)
    columns, others = _columns(heads, path.name)
    if not rows:
        raise Fault("empty", phrase("the file has no rows."), where=path.name)
    words = {c.word for c in columns.values()}
    if {"item", "value"} <= words:
        return _long(rows, columns), others
    if not words & set(items()):
        raise Fault("missing", phrase("no column is an item of GB 3838-2002."), where=path.name)
    return [_wide(row, columns, where) for row, where in rows], others


def _columns(heads: Sequence[str], where: str) -> tuple[dict[str, Column], list[str]]:
    found: dict[str, Column] = {}
    others = []
    for head in heads:
        column = _column(head)
        if column is None:
            like = nearest(head, item_words(), LIKE)
            if like:
                said = phrase("the column {name} is no item of GB 3838-2002.", name=repr(head))
                raise Fault("no_item", said, mend=like, where=where)
            others.append(head)
            continue
        if column.word in {c.word for c in found.values()}:
            raise Fault(
                "double", phrase("the item {words} has two columns.", words=repr(column.word)), where=where
            )
        found[head] = column
    return found, others


def _column(head: str) -> Column | None:
    """Return what a head says: a word, perhaps followed by a unit or another name in brackets."""
    word, unit = head.strip(), ""
    while True:
        known = _known(word)
        if known:
            return Column(known, unit)
        bracket = _BRACKET.search(word)
        if bracket is None:
            return None
        if not unit and _is_unit(bracket[1]):
            unit = bracket[1].strip()
        word = word[: bracket.start()]


def _known(word: str) -> str:
    return _own_words().get(word.strip().casefold()) or item_words().get(word.strip().casefold(), "")


@lru_cache(maxsize=1)
def _own_words() -> Mapping[str, str]:
    return {word.casefold(): name for name, words in OWN_WORDS.items() for word in words}


def _is_unit(text: str) -> bool:
    unit = text.strip()
    return unit in UNITS["concentration"] or unit.casefold() in {*NO_UNIT, *COUNTS}


def _wide(row: Mapping[str, str], columns: Mapping[str, Column], where: str) -> Measured:
    found = Measured(
        {c.word: row.get(h, "").strip() for h, c in columns.items() if c.word in OWN_WORDS}, where
    )
    for head, column in columns.items():
        if column.word in items() and row.get(head, "").strip():
            _take(
                found, column.word, row[head], column.unit, phrase("{where}, {name}", where=where, name=head)
            )
    return found


def _long(rows: Iterable[tuple[Mapping[str, str], str]], columns: Mapping[str, Column]) -> list[Measured]:
    heads = {c.word: h for h, c in columns.items()}
    together: dict[tuple[str, str], Measured] = {}
    for row, where in rows:
        own = {w: row.get(h, "").strip() for w, h in heads.items()}
        here = together.setdefault((own.get("section", ""), own.get("date", "")), Measured({}, where))
        here.own |= {w: v for w, v in own.items() if v and w not in {"item", "value", "unit"}}
        name, text = own["item"], own["value"]
        if not name and not text:
            continue
        column = _column(name)
        if column is None or (column.word in OWN_WORDS and column.word != "temperature"):
            raise Fault("no_item", phrase("GB 3838-2002 has no item {name}.", name=repr(name)),
                        mend=nearest(name, item_words()), where=where)  # fmt: skip
        if column.word == "temperature":
            here.own["temperature"] = text
        elif column.word in here.values:
            raise Fault("double", phrase("the item {words} is there twice.", words=repr(name)), where=where)
        elif text:
            _take(here, column.word, text, own.get("unit") or column.unit or heads_unit(columns), where)
    return list(together.values())


def heads_unit(columns: Mapping[str, Column]) -> str:
    """Return the unit in the head of the value column of a long table."""
    return next((c.unit for c in columns.values() if c.word == "value"), "")


def _take(found: Measured, item: str, text: str, unit: str, where: str) -> None:
    value, detected = reading(text, where)
    found.values[item] = in_unit_of(item, value, unit, where)
    if not detected:
        found.below.append(item)


def in_unit_of(item: str, value: Decimal, unit: str, where: str) -> float:
    """Return a value in the unit of its item: mg/L, or a count a litre. Raises Fault for another kind of unit."""
    own = items()[item].unit
    if not unit or unit == own or (own != "mg/L" and unit.casefold() in NO_UNIT):
        return float(value)
    if own == "mg/L" and unit in UNITS["concentration"]:
        return float(value * Decimal(str(UNITS["concentration"][unit])))
    if own == "1/L" and unit.casefold() in COUNTS:
        return float(value * COUNTS[unit.casefold()])
    said = phrase("{name} is measured in {own}, not in {unit}.", name=item, own=own or "pH", unit=unit)
    raise Fault("wrong_unit", said, where=where)


def reading(text: str, where: str) -> tuple[Decimal, bool]:
    """Return a value and whether it was detected; below detection half of the limit counts. Raises Fault."""
    bare = text.strip()
    marked = bare
    for mark in ("<", "＜", "ND", "nd", "未检出"):
        marked = marked.removeprefix(mark)
    marked = marked.removesuffix("L").removesuffix("l").strip().strip("()（）")
    if marked != bare:
        if not marked:
            raise Fault("no_limit", phrase("`ND` needs its limit of detection, such as <0.025."), where=where)
        return _decimal(marked, phrase("the limit of detection"), where) / 2, False
    return _decimal(bare, phrase("the value"), where), True


def _decimal(text: str, key: str, where: str) -> Decimal:
    number(text, key, where)
    try:
        return Decimal(text)
    except InvalidOperation:
        raise Fault(
            "not_a_number", phrase("{key} is {value}, not a number.", key=key, value=repr(text)), where=where
        ) from None
