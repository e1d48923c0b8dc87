"""Quantities with their units, as people write them: `2.5 t`, `300 kg`, `200 L/s`, `1 mg/L`, `PT2H`, `90 min`."""

from __future__ import annotations

import math
import re

from tongxin.petals.ecology.engine.faults import Fault
from tongxin.petals.ecology.engine.phrases import KIND_WORDS
from tongxin.shared.phrases import phrase

# to kg, m³/s, g/m³ (= mg/L), s, m
UNITS: dict[str, dict[str, float]] = {
    "mass": {"mg": 1e-6, "g": 1e-3, "kg": 1.0, "t": 1e3, "公斤": 1.0, "千克": 1.0, "吨": 1e3},  # not ui
    "discharge": {"m3/s": 1.0, "m³/s": 1.0, "L/s": 1e-3, "l/s": 1e-3, "m3/h": 1 / 3600, "m³/h": 1 / 3600,
                  "m3/d": 1 / 86400, "m³/d": 1 / 86400},
    "concentration": {"mg/L": 1.0, "mg/l": 1.0, "g/m3": 1.0, "g/m³": 1.0, "ug/L": 1e-3, "µg/L": 1e-3,
                      "μg/L": 1e-3, "ug/l": 1e-3, "µg/l": 1e-3, "g/L": 1e3, "kg/m3": 1e3, "kg/m³": 1e3},
    "time": {"s": 1.0, "min": 60.0, "h": 3600.0, "d": 86400.0},
    "length": {"m": 1.0, "km": 1e3},
}  # fmt: skip
WANTED = {
    "mass": phrase("write it with kg or t, such as 2.5 t."),
    "discharge": phrase("write it with m3/s or L/s, such as 12 m3/s."),
    "concentration": phrase("write it with mg/L or ug/L, such as 1 mg/L."),
    "time": phrase("write it with min, h or d, or as PT2H."),
    "length": phrase("write it with m or km."),
}
_QUANTITY = re.compile(r"^\s*([-+]?[\d.]+(?:[eE][-+]?\d+)?)\s*([^\d\s].*?)?\s*$")
_ISO = re.compile(
    r"^P(?:(\d+(?:\.\d+)?)D)?(?:T(?:(\d+(?:\.\d+)?)H)?(?:(\d+(?:\.\d+)?)M)?(?:(\d+(?:\.\d+)?)S)?)?$"
)


def quantity(value: object, kind: str, where: str) -> float:
    """Return a quantity in kg, m³/s, mg/L, s or m. Raises Fault for a missing, unknown or other kind of unit."""
    text = str(value).strip()
    if kind == "time" and (iso := _ISO.match(text)) and any(iso.groups()):
        days, hours, minutes, seconds = (float(part or 0) for part in iso.groups())
        return days * 86400 + hours * 3600 + minutes * 60 + seconds
    if re.search(r"\d,\d", text):
        raise Fault("not_a_quantity", phrase("{text} has a comma in its number;", text=repr(text)),
                    mend=phrase("write 2.5 or 2500."), where=where)  # fmt: skip
    found = _QUANTITY.match(text)
    number = _number(found[1]) if found else math.nan
    if found is None or not math.isfinite(number):
        raise Fault(
            "not_a_quantity",
            phrase("{text} is no {kind};", text=repr(text), kind=KIND_WORDS[kind]),
            mend=WANTED[kind],
            where=where,
        )
    unit = (found[2] or "").strip()
    if not unit:
        raise Fault(
            "no_unit",
            phrase("{text} has no unit;", text=repr(text)),
            mend=WANTED[kind],
            where=where,
        )
    if unit not in UNITS[kind]:
        other = next((k for k, names in UNITS.items() if unit in names), "")
        said = (
            phrase(
                "{unit} is a unit of {other}, not of {kind};",
                unit=repr(unit),
                other=KIND_WORDS[other],
                kind=KIND_WORDS[kind],
            )
            if other
            else phrase("the unit {unit} is not known;", unit=repr(unit))
        )
        raise Fault("wrong_unit", said, mend=WANTED[kind], where=where)
    if number < 0:
        raise Fault(
            "negative",
            phrase("{text} is negative.", text=repr(text)),
            mend=phrase("A quantity here is zero or more."),
            where=where,
        )
    return number * UNITS[kind][unit]


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan
