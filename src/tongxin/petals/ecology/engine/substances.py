"""Substances and the classes of GB 3838-2002, both as data: limits, decay, what a measured water belongs to."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from tongxin.petals.ecology.engine.faults import Fault, nearest
from tongxin.petals.ecology.engine.phrases import Name
from tongxin.shared.phrases import phrase

DATA = Path(__file__).parent / "data"
CLASSES = ("I", "II", "III", "IV", "V")
ROMAN = {"Ⅰ": "I", "Ⅱ": "II", "Ⅲ": "III", "Ⅳ": "IV", "Ⅴ": "V"}  # signs of their own for the letters
WORSE = 6  # worse than class V


@dataclass(frozen=True)
class Substance:
    """A substance: decay as a band of k20 in 1/d (P5, P95), limits in mg/L, what it is dangerous for."""

    id: str
    names: Mapping[str, str]
    cas: str
    decay: tuple[float, float]
    theta: float
    ice: float
    mixes: bool
    limits: Mapping[str, float]  # class I … V, drinking, table2, table3
    hazard: Mapping[str, str]

    @property
    def said(self) -> str:
        """Its name, to be said in a reader's language."""
        return Name(self.id, self.names)

    def threshold(self, name: str, where: str = "") -> float:
        """Return a limit by its name (I–V, drinking, table2, table3). Raises Fault."""
        if name not in self.limits:
            told = ", ".join(self.limits) or "none"
            said = phrase(
                "{id} has no limit {name} (there are: {told}).", id=repr(self.id), name=repr(name), told=told
            )
            raise Fault(
                "no_limit", said, mend=phrase("Give a threshold with its unit, such as 1 mg/L."), where=where
            )
        return self.limits[name]


@dataclass(frozen=True)
class Item:
    """An item of table 1: limits of classes I–V, or one range or change for all."""

    id: str
    names: Mapping[str, str]
    unit: str
    kind: str
    limits: tuple[float, ...]
    lake: tuple[float, ...]
    judged: bool
    low: float
    high: float
    saturation_i: float | None


@lru_cache(maxsize=1)
def standard() -> dict[str, Any]:
    """Return the standard's own data: name, version, publisher, in_force, assessment."""
    return {k: v for k, v in _load("gb3838-2002.yaml").items() if k != "items"}


@lru_cache(maxsize=1)
def items() -> dict[str, Item]:
    """Return the 24 items by id, in the standard's order."""
    found = {}
    for row in _load("gb3838-2002.yaml")["items"]:
        kind = row.get("kind", "at_most")
        low, high = (
            (-row["down"], row["up"])
            if kind == "change"
            else (row.get("low", -math.inf), row.get("high", math.inf))
        )
        limits = tuple(float(v) for v in row.get("limits", ()))
        found[row["id"]] = Item(
            row["id"], row["names"], row.get("unit", "mg/L"), kind, limits, tuple(row.get("lake", limits)),
            row.get("judged", True), low, high, row.get("saturation_i"),
        )  # fmt: skip
    return found


@lru_cache(maxsize=1)
def item_words() -> dict[str, str]:
    """Return the items' ids by every word that there is for them, in lower case."""
    found = {}
    for row in _load("gb3838-2002.yaml")["items"]:
        for word in (row["id"], *row["names"].values(), *row.get("also", ())):
            found[str(word).casefold()] = str(row["id"])
    return found


@lru_cache(maxsize=1)
def substances() -> dict[str, Substance]:
    """Return the substances by id."""
    found = {}
    for row in _load("substances.yaml")["substances"]:
        limits: dict[str, float] = {}
        if "gb3838" in row:
            limits |= dict(zip(CLASSES, items()[row["gb3838"]].limits, strict=True))
        limits |= {k: float(row[k]) for k in ("drinking", "table2", "table3") if k in row}
        found[row["id"]] = Substance(
            row["id"], row["names"], row["cas"], (float(row["decay"][0]), float(row["decay"][1])),
            row.get("theta", 1.0), row.get("ice", 1.0), row.get("mixes", True), limits, row["hazard"],
        )  # fmt: skip
    return found


def limit_source(name: str) -> Mapping[str, Any]:
    """Return the source of a limit (I–V, drinking, table2, table3): standard, part, publisher, in_force."""
    found: Mapping[str, Any] = _load("substances.yaml")["sources"]["gb3838" if name in CLASSES else name]
    return found


def cas_holds(cas: str) -> bool:
    """Return whether a CAS number's check digit is right: the sum of its digits by their place from the right."""
    parts = _CAS.match(cas)
    if parts is None:
        return False
    digits = parts[1] + parts[2]
    return sum(n * int(d) for n, d in enumerate(reversed(digits), 1)) % 10 == int(parts[3])


_CAS = re.compile(r"^(\d{2,7})-(\d{2})-(\d)$")


def substance(word: str, where: str = "") -> Substance:
    """Return a substance by id, name, alias or CAS number. Raises Fault that names the nearest."""
    known = dict(_words())
    if _CAS.match(word.strip()) and not cas_holds(word.strip()):
        said = phrase("the check digit of the CAS number {word} is wrong.", word=word.strip())
        raise Fault("no_substance", said, mend=nearest(word, known, 0.75), where=where)
    word = word.strip()
    if word.casefold() in known:
        return substances()[known[word.casefold()]]
    raise Fault(
        "no_substance",
        phrase("there is no substance {word}.", word=repr(word)),
        mend=nearest(word, [*known], 0.61) or nearest(word, substances()),
        where=where,
    )


@lru_cache(maxsize=1)
def _words() -> tuple[tuple[str, str], ...]:
    found = {}
    for row in _load("substances.yaml")["substances"]:
        for word in (row["id"], row["cas"], *row["names"].values(), *row.get("aliases", ())):
            if word:
                found[str(word).casefold()] = row["id"]
    return tuple(found.items())


def _load(name: str) -> dict[str, Any]:
    found: dict[str, Any] = YAML(typ="safe").load(DATA / name)
    return found


# ---------------------------------------------------------------- classes


def saturation(temperature_c: float) -> float:
    """Return dissolved oxygen at saturation, mg/L, for rivers: 468 / (31.6 + T) (环办〔2011〕22号)."""
    return 468.0 / (31.6 + temperature_c)


def class_of(item: Item, value: float, *, temperature_c: float | None = None, lake: bool = False) -> int:
    """Return the class 1–5 of one measured value, or 6: worse than V. A value equal to a limit keeps it.

    Dissolved oxygen is class I from 7.5 mg/L or 90 % of saturation, whichever is lower at the water's temperature;
    without a temperature 7.5 counts. Temperature change and pH have one limit for all classes.
    """
    if item.kind in {"range", "change"}:
        return 1 if item.low <= value <= item.high else WORSE
    limits = list(item.lake if lake else item.limits)
    if item.kind == "at_least":
        if item.saturation_i and temperature_c is not None:
            limits[0] = min(limits[0], item.saturation_i * saturation(temperature_c))
        return next((i for i, limit in enumerate(limits, 1) if value >= limit), WORSE)
    return next((i for i, limit in enumerate(limits, 1) if value <= limit), WORSE)


@dataclass(frozen=True)
class Judgement:
    """What a water belongs to: overall class (None without a judged item), classes by item, what decides and misses."""

    overall: int | None
    by_item: Mapping[str, int]
    deciding: Sequence[str]
    missing: Sequence[str]


def judge(
    values: Mapping[str, float], *, temperature_c: float | None = None, lake: bool = False
) -> Judgement:
    """Return the class of a water from its measured items; the worst judged item decides. Raises Fault."""
    known = items()
    for name, value in values.items():
        if name not in known:
            raise Fault(
                "no_item",
                phrase("GB 3838-2002 has no item {name}.", name=repr(name)),
                mend=nearest(name, known),
            )
        if not math.isfinite(value) or (value < 0 and name != "temperature_change"):
            raise Fault(
                "impossible", phrase("{name} is {value}, which no water has.", name=name, value=value)
            )
        if name == "ph" and value > 14:
            raise Fault("impossible", phrase("ph is {value}: it runs from 0 to 14.", value=f"{value:g}"))
    by_item = {n: class_of(known[n], v, temperature_c=temperature_c, lake=lake) for n, v in values.items()}
    judged = {n: c for n, c in by_item.items() if known[n].judged}
    overall = max(judged.values(), default=None)
    deciding = [n for n, c in judged.items() if c == overall and c > 1]
    missing = [n for n, item in known.items() if item.judged and n not in values]
    return Judgement(overall, by_item, deciding, missing)
