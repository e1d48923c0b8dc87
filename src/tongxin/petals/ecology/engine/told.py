"""A forecast as JSON, as CSV and as lines of text; times as instants, concentrations in mg/L."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from tongxin.petals.ecology.engine.case import HOUR, Case
from tongxin.petals.ecology.engine.ensemble import Band, Forecast, SectionForecast
from tongxin.petals.ecology.engine.phrases import KIND_WORDS
from tongxin.shared.phrases import phrase

STATES = {
    "arrives": phrase("arrives"),
    "held": phrase("held behind a gate: no time is told"),
    "dry": phrase("a dry bed lies between"),
    "not_reached": phrase("stays below the threshold"),
    "off": phrase("no water leads there"),
}
HEADS = (
    (KIND_WORDS["section"], 24), ("km", 8), (phrase("arrival P5 – P50 – P95"), 42),
    (phrase("peak mg/L P5–P50–P95"), 25), (phrase("h above"), 11), (phrase("likely"), 8),
)  # fmt: skip


def at(zero: datetime, seconds: float | None) -> str | None:
    """Return an instant to the minute with its offset, or None."""
    if seconds is None:
        return None
    return (zero + timedelta(seconds=seconds)).isoformat(timespec="minutes")


def as_json(case: Case, found: Forecast, zero: datetime, *, curves: bool = True) -> dict[str, Any]:
    """Return the forecast as plain data: the same names as the words of the field, bands as p5, p50, p95."""
    return {
        "engine": {
            "name": "tongxin-river",
            "version": found.engine,
            "seed": found.seed,
            "inputs": found.inputs,
        },
        "members": found.members,
        "effective_members": round(found.effective, 1),
        "released": zero.isoformat(timespec="minutes"),
        "issued": at(zero, case.issued),
        "substance": case.substance.id,
        "cas": case.substance.cas,
        "hazard": dict(case.substance.hazard),
        "threshold_mg_l": case.threshold,
        "sections": [_section(case, s, zero, curves) for s in found.sections],
        "stale_inputs": {
            name: None if age == float("inf") else round(age / HOUR, 2) for name, age in found.stale.items()
        },
        "assumptions": list(found.assumptions),
    }


def _section(case: Case, s: SectionForecast, zero: datetime, curves: bool) -> dict[str, Any]:
    point = case.network.points[s.id]
    told: dict[str, Any] = {
        "id": s.id, "name": point.name, "role": point.role, "reach": point.reach,
        "jurisdiction": point.jurisdiction, "km_below": None if s.km is None else round(s.km, 3), "state": s.state,
        "probability": round(s.probability, 4), "held": round(s.held, 4), "within_hours": dict(s.within),
        "arrival": _instants(s.arrival, zero), "peak_at": _instants(s.peak_at, zero), "peak_mg_l": _numbers(s.peak),
        "duration_h": _numbers(s.duration, HOUR), "still_above_at_end": round(s.open_end, 4),
    }  # fmt: skip
    if curves and len(s.times):
        told["curve"] = {
            "hours": np.round(s.times / HOUR, 4).tolist(),
            **{name: _short(s.curve[:, i]) for i, name in enumerate(("p5", "p50", "p95"))},
        }
    return told


def _short(values: Any) -> list[float]:
    return [float(f"{v:.5g}") for v in values]


def _instants(band: Band, zero: datetime) -> dict[str, str | None]:
    return {name: at(zero, getattr(band, name)) for name in ("p5", "p50", "p95")}


def _numbers(band: Band, unit: float = 1.0) -> dict[str, float | None]:
    values = {name: getattr(band, name) for name in ("p5", "p50", "p95")}
    return {name: None if v is None else float(f"{v / unit:.6g}") for name, v in values.items()}


def as_csv(case: Case, found: Forecast, zero: datetime) -> str:
    """Return one row a section."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    hours = list(found.sections[0].within) if found.sections else []
    bands = [
        f"{name}_{p}"
        for name in ("arrival", "peak_at", "peak_mg_l", "duration_h")
        for p in ("p5", "p50", "p95")
    ]
    writer.writerow(
        ["section", "km_below", "state", "probability", "held", *(f"within_{h}_h" for h in hours), *bands]
    )
    for s in found.sections:
        row = _section(case, s, zero, False)
        values = [
            row[name][p]
            for name in ("arrival", "peak_at", "peak_mg_l", "duration_h")
            for p in ("p5", "p50", "p95")
        ]
        fixed = [row["id"], row["km_below"], row["state"], row["probability"], row["held"]]
        writer.writerow([*fixed, *row["within_hours"].values(), *("" if v is None else v for v in values)])
    return out.getvalue()


def as_lines(
    case: Case, found: Forecast, zero: datetime, *, said: Callable[[str], str] = str,
    padded: Callable[[str, int], str] = lambda text, columns: text.ljust(columns),
    names: Mapping[str, str] | None = None,
) -> list[str]:  # fmt: skip
    """Return the forecast for a reader at a terminal.

    `said` puts a sentence into the reader's language, `padded` fills a cell up; `names` of sections stand before ids.
    """
    what, count, limit = case.substance.said, found.members, f"{case.threshold:g}"
    left = f"{found.effective:.0f}"
    lines = [
        said(phrase("{what}, threshold {limit} mg/L; {count} members ({left} effective), seed {seed}",
                    what=what, limit=limit, count=count, left=left, seed=found.seed)),
        "".join(padded(said(head), columns) for head, columns in HEADS).rstrip(),
    ]  # fmt: skip
    for s in found.sections:
        name = f"{(names or {}).get(s.id, '')} {s.id}".strip()
        head = padded(name, 23) + " " + padded("" if s.km is None else format(s.km, ".1f"), 8)
        if s.state != "arrives":
            lines.append(head + said(STATES[s.state]))
            continue
        times = " – ".join(_short_time(zero, v) for v in (s.arrival.p5, s.arrival.p50, s.arrival.p95))
        peaks = "–".join(f"{v:.3g}" for v in (s.peak.p5, s.peak.p50, s.peak.p95) if v is not None)
        hours = "–".join(f"{(v or 0) / HOUR:.0f}" for v in (s.duration.p5, s.duration.p95))
        held = said(phrase(", held {share}", share=f"{s.held:.0%}")) if s.held else ""
        lines.append(
            head + padded(times, 42) + padded(peaks, 25) + padded(hours, 11) + f"{s.probability:.0%}{held}"
        )
    lines += [f"· {said(text)}" for text in found.assumptions]
    lines.append(said(phrase("inputs {inputs}  engine {engine}", inputs=found.inputs, engine=found.engine)))
    return lines


def _short_time(zero: datetime, seconds: float | None) -> str:
    return "" if seconds is None else (zero + timedelta(seconds=seconds)).strftime("%m-%d %H:%M")


def narrowest(found: Sequence[SectionForecast]) -> list[SectionForecast]:
    """Return the sections with a curve, upstream first."""
    return [s for s in found if len(s.times) and s.state == "arrives"]
