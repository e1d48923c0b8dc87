"""Readings of discharge, stage and gates, times with their zone, and tables: the parts of a case that are series."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import numpy as np

from tongxin.petals.ecology.engine.case import Series
from tongxin.petals.ecology.engine.faults import Fault, nearest
from tongxin.petals.ecology.engine.network import Network, Point, build, number
from tongxin.petals.ecology.engine.phrases import row_of
from tongxin.petals.ecology.engine.quantities import quantity
from tongxin.shared.phrases import phrase

BEIJING = timezone(timedelta(hours=8))
STATES = {"open": 1.0, "shut": 0.0, "closed": 0.0, "开": 1.0, "关": 0.0}


def flows_of(given: Any, network: Network, zero: datetime, folder: Path) -> tuple[dict[str, Series], Network]:
    """Return the discharges by station, and the network with a station for each reach that readings name."""
    if isinstance(given, str):
        rows = table(folder / given, ("station", "time", "value"))
    else:
        rows = [(dict(r), phrase("flows row {i}", i=i)) for i, r in enumerate(_listed(given), 1)]
    found: dict[str, list[tuple[float, float]]] = defaultdict(list)
    kinds: dict[str, str] = {}
    points = dict(network.points)
    for row, where in rows:
        if row.get("reach"):
            reach = network.reach(str(row["reach"]), where)
            name = f"reading on {reach.id}"
            points[name] = Point(name, "station", reach.id, reach.length_km / 2)
        else:
            name = str(row.get("station", ""))
            stations = [p.id for p in network.of("station")]
            if name not in stations:
                raise Fault(
                    "no_station",
                    phrase("there is no station {name}.", name=repr(name)),
                    mend=nearest(name, stations),
                    where=where,
                )
            reach = network.reaches[network.points[name].reach]
        at = (instant(need(row, "time", ""), where) - zero).total_seconds()
        value, kinds[name] = _reading(row, where)
        usual = reach.flow_m3_s or reach.mean_flow_m3_s or value
        speed = value / (reach.width_m * reach.depth_m) if reach.width_m and reach.depth_m else 0.0
        if value > 300 * usual or value < usual / 300 or value > 150_000 or speed > 25:
            said = phrase(
                "a discharge of {value} m³/s is impossible on {id}, which has {usual} m³/s as a rule.",
                value=f"{value:g}",
                id=repr(reach.id),
                usual=f"{usual:g}",
            )
            raise Fault("impossible", said, mend=phrase("Was it written in L/s, or in m³/d?"), where=where)
        found[name].append((at, value))
    series = {name: _series(kinds[name], pairs, name) for name, pairs in found.items()}
    return series, build(network.reaches.values(), points.values(), network.title, network.notes)


def _reading(row: Mapping[str, Any], where: str) -> tuple[float, str]:
    """Return the discharge of a reading, m³/s, and what was read: a discharge, or a stage with its rating."""
    if row.get("stage"):
        stage = quantity(row["stage"], "length", where)
        rating = {k: row.get(f"rating_{k}") for k in ("zero_m", "factor", "exponent")}
        if any(v in (None, "") for v in rating.values()):
            said = phrase("a stage alone is no discharge;")
            raise Fault(
                "no_rating",
                said,
                mend=phrase("give rating_zero_m, rating_factor and rating_exponent."),
                where=where,
            )
        zero, factor, exponent = (number(v, k, where) for k, v in rating.items())
        if stage <= zero:
            raise Fault(
                "impossible",
                phrase(
                    "a stage of {stage} m is not above the rating's zero, {zero} m.",
                    stage=f"{stage:g}",
                    zero=f"{zero:g}",
                ),
                where=where,
            )
        return factor * (stage - zero) ** exponent, "stage"
    value = row.get("value", row.get("discharge"))
    flow = quantity(f"{value} {row.get('unit') or ''}".strip(), "discharge", where)
    if flow <= 0:
        raise Fault(
            "impossible",
            phrase("a discharge of zero carries nothing;"),
            mend=phrase("name the reach under `dry`."),
            where=where,
        )
    return flow, "discharge"


def gates_of(given: Any, network: Network, zero: datetime, folder: Path) -> dict[str, Series]:
    """Return the states of gates: 1 open, 0 shut; what is later than the forecast is a plan. Raises Fault."""
    if isinstance(given, str):
        rows: list[tuple[dict[str, Any], str]] = [
            (dict(r), w) for r, w in table(folder / given, ("gate", "time", "state"))
        ]
    else:
        rows = [(dict(r), phrase("gates row {i}", i=i)) for i, r in enumerate(_listed(given), 1)]
    found: dict[str, list[tuple[float, float]]] = defaultdict(list)
    gates = [p.id for p in network.of("gate")]
    for row, where in rows:
        name = str(row.get("gate", ""))
        if name not in gates:
            raise Fault(
                "no_gate",
                phrase("there is no gate {name}.", name=repr(name)),
                mend=nearest(name, gates),
                where=where,
            )
        state = STATES.get(str(row.get("state", "")).strip().casefold())
        if state is None:
            raise Fault("state", phrase("a gate is `open` or `shut`."), where=where)
        found[name].append(((instant(need(row, "time", ""), where) - zero).total_seconds(), state))
    return {name: _series("gate", pairs, name) for name, pairs in found.items()}


def _series(what: str, pairs: list[tuple[float, float]], name: str) -> Series:
    """Return readings in order of time; the same reading twice counts once. Raises Fault for two that differ."""
    pairs = sorted(set(pairs))
    if len({t for t, _v in pairs}) < len(pairs):
        said = phrase("{name} has two readings of one time that differ.", name=repr(name))
        raise Fault("double", said, mend=phrase("Leave out the one that is wrong."), where=name)
    return Series(what, np.array([t for t, _v in pairs]), np.array([v for _t, v in pairs]))


def instant(value: Any, where: str) -> datetime:
    """Return a time with its zone: as written, without one Beijing time. Raises Fault."""
    try:
        found = value if isinstance(value, datetime) else datetime.fromisoformat(str(value).strip())
    except ValueError:
        raise Fault(
            "not_a_time",
            phrase("{value} is no time;", value=repr(value)),
            mend=phrase("write 2026-03-09T22:40 or with an offset."),
            where=where,
        ) from None
    return found if found.tzinfo else found.replace(tzinfo=BEIJING)


def table(path: Path, columns: tuple[str, ...]) -> list[tuple[dict[str, str], str]]:
    """Return the rows of a CSV file with where each stands. Raises Fault for a missing file or column."""
    if not path.is_file():
        raise Fault("no_file", phrase("there is no file {name}.", name=path.name))
    heads, found = csv_rows(path)
    missing = [c for c in columns if c not in heads]
    if missing:
        said = phrase("the columns {missing} are missing.", missing=", ".join(missing))
        raise Fault("missing", said, where=path.name)
    if not found:
        raise Fault("empty", phrase("the file has no rows."), where=path.name)
    return found


def csv_rows(path: Path) -> tuple[list[str], list[tuple[dict[str, str], str]]]:
    """Return the heads and rows of a CSV file, each with where it stands. Raises Fault for what is no text."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            heads = [h.strip() for h in reader.fieldnames or () if h and h.strip()]
            rows = [({str(k).strip(): v.strip() for k, v in row.items() if k and isinstance(v, str)},
                     row_of(path, "line", reader.line_num)) for row in reader]  # fmt: skip
    except (UnicodeDecodeError, csv.Error):
        raise Fault("not_text", phrase("the file is no CSV in UTF-8."), mend=phrase("Save it as CSV UTF-8."),
                    where=path.name) from None  # fmt: skip
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise Fault(
            "unreadable", phrase("the file cannot be read: {why}.", why=why), where=path.name
        ) from None
    return heads, list(rows)


def _listed(given: Any) -> list[dict[str, Any]]:
    if given is None:
        return []
    if not isinstance(given, list) or not all(isinstance(r, dict) for r in given):
        raise Fault("not_a_list", phrase("flows and gates are lists of rows."), where="flows, gates")
    return given


def need(row: Mapping[str, Any], key: str, prefix: str) -> Any:
    """Return a value that has to be there. Raises Fault that names its key."""
    if row.get(key) in (None, ""):
        raise Fault(
            "missing", phrase("`{prefix}{key}` is missing.", prefix=prefix, key=key), where=prefix + key
        )
    return row[key]
