"""Samples of a case: rows of its file or of a CSV, what was not detected, what of a sensor's readings is taken."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from tongxin.petals.ecology.engine.case import Case
from tongxin.petals.ecology.engine.faults import Fault, nearest
from tongxin.petals.ecology.engine.network import number
from tongxin.petals.ecology.engine.quantities import quantity
from tongxin.petals.ecology.engine.readings import instant, need, table
from tongxin.petals.ecology.engine.updating import Sample
from tongxin.shared.phrases import phrase

_BELOW = re.compile(r"^\s*(<|＜|ND|nd|未检出)?\s*([\d.eE+-]+)\s*(L(?=\s|$))?\s*(.*)$")


def samples(given: Any, case: Case, zero: datetime) -> tuple[Sample, ...]:
    """Return the samples of rows with section, at and value. Raises Fault that names the row."""
    if not isinstance(given, (list, tuple)) or not all(isinstance(row, dict) for row in given):
        raise Fault(
            "not_a_list", phrase("samples are a list of rows with section, at and value."), where="samples"
        )
    found = []
    known = {p.id: i for i, p in enumerate(case.sections)}
    for i, row in enumerate(given, 1):
        where = phrase("samples row {i}", i=i)
        name = str(row.get("section", ""))
        if name not in known:
            raise Fault(
                "no_section",
                phrase("there is no section {name} below the release.", name=repr(name)),
                mend=nearest(name, known),
                where=where,
            )
        at = (instant(need(row, "at", ""), where) - zero).total_seconds()
        if at < 0:
            raise Fault(
                "negative_time", phrase("the sample was taken before the release began."), where=where
            )
        if at > case.horizon:
            raise Fault("impossible", phrase("the sample was taken after the horizon ended."),
                        mend=phrase("Give a longer `horizon`."), where=where)  # fmt: skip
        text = str(need(row, "value", "")).strip()
        parts = _BELOW.match(text)
        below = bool(parts and (parts[1] or parts[3])) or true(row.get("below"), where)
        value = quantity(f"{parts[2]} {parts[4]}" if parts else text, "concentration", where)
        if value <= 0:
            raise Fault("impossible", phrase("a sample of nothing has a limit of detection;"),
                        mend=phrase("write it as <0.05 mg/L."), where=where)  # fmt: skip
        error = number(row.get("error", 0.15), "error", where)
        if not 0 < error <= 2:
            raise Fault("impossible", phrase("the error of a sample is a share, such as 0.15."), where=where)
        highest = true(row.get("highest"), where)
        if highest and below:
            raise Fault("impossible", phrase("what was not detected is no highest reading."), where=where)
        found.append(Sample(known[name], at, value, below, error, highest))
    return tuple(found)


def true(given: Any, where: str) -> bool:
    """Return whether a value says `true`; nothing is false. Raises Fault."""
    if given is not None and not isinstance(given, bool):
        raise Fault("not_a_truth", phrase("{where} is `true` or `false`.", where=where), where=where)
    return bool(given)


def samples_of(path: Path, case: Case, zero: datetime) -> tuple[Sample, ...]:
    """Return the samples of a CSV file: section, at, value (`<` not detected), unit, error, highest. Raises Fault."""
    rows: list[dict[str, Any]] = []
    for row, _where in table(path, ("section", "at", "value")):
        unit = row.get("unit") or ""
        given = {
            k: {"true": True, "false": False}.get(v.casefold(), v) if k in ("below", "highest") else v
            for k, v in row.items()
            if v
        }
        rows.append({**given, "value": f"{row['value']} {unit}".strip()})
    return samples(rows, case, zero)


def thinned(samples: Sequence[Sample], most: int = 40) -> tuple[Sample, ...]:
    """Return at most so many samples of a section, evenly in their order: a sensor's readings err together.

    The highest value of a section is kept among them.
    """
    found: list[Sample] = []
    for section in dict.fromkeys(s.section for s in samples):
        here = sorted((s for s in samples if s.section == section), key=lambda s: s.at)
        if len(here) > most:
            kept = {round(i * (len(here) - 1) / (most - 2)) for i in range(most - 1)}
            kept.add(max(range(len(here)), key=lambda i: (not here[i].below, here[i].value)))
            here = [here[i] for i in sorted(kept)]
        found += here
    return tuple(found)
