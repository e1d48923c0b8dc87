"""Reads the file of a case (YAML) into a `Case`; every fault names its key and says what to write instead."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from ruamel.yaml import YAML
from ruamel.yaml.constructor import SafeConstructor
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.reader import ReaderError

from tongxin.petals.ecology.engine import network_read
from tongxin.petals.ecology.engine.case import DAY, HOUR, Amount, Case
from tongxin.petals.ecology.engine.faults import Fault, nearest
from tongxin.petals.ecology.engine.network import Network, Point, build, locate, number
from tongxin.petals.ecology.engine.phrases import Name, row_of
from tongxin.petals.ecology.engine.quantities import quantity
from tongxin.petals.ecology.engine.readings import flows_of, gates_of, instant, need, table
from tongxin.petals.ecology.engine.samples import samples, true
from tongxin.petals.ecology.engine.substances import CLASSES, ROMAN, Substance, limit_source, substance
from tongxin.petals.ecology.engine.updating import Sample
from tongxin.shared.phrases import phrase

KEYS = {
    "network", "release", "threshold", "issued", "flows", "gates", "temperature", "ice", "dry", "held", "sections",
    "within", "members", "seed", "horizon", "accept_stale", "samples", "calibrated",
}  # fmt: skip
PLACE_KEYS = {"river", "reach", "km", "lon", "lat"}
RELEASE_KEYS = {
    "at", "substance", "amount", "concentration", "discharge", "began", "began_within", "duration", "rate",
}  # fmt: skip
UNKNOWN = (10.0, 1e5)  # kg, when nothing is known of the amount
MOST_KG = 1e9
MUCH = 1e4  # mg/L: a hundredth of the water


@dataclass(frozen=True)
class Asked:
    """A case as a file asks for it: with the instant of its time zero, its samples, and notes on what was read."""

    case: Case
    zero: datetime
    samples: tuple[Sample, ...]
    notes: tuple[str, ...]


class _Texts(SafeConstructor):
    """Leaves times as they are written: the reader of a time zone is ours."""


_Texts.add_constructor("tag:yaml.org,2002:timestamp", lambda _self, node: node.value)


def load(path: Path) -> dict[str, Any]:
    """Return the mapping of a YAML file. Raises Fault with the line that cannot be read."""
    if not path.is_file():
        raise Fault("no_file", phrase("there is no file {path}.", path=path))
    yaml = YAML(typ="safe", pure=True)
    yaml.Constructor = _Texts
    try:
        data = yaml.load(path)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        said = phrase("this cannot be read as YAML ({v}).", v=error.problem or "broken")
        raise Fault("not_yaml", said, where=row_of(path, "line", mark.line + 1 if mark else 1)) from None
    except (UnicodeDecodeError, ReaderError):
        raise Fault("not_text", phrase("the file is no text in UTF-8."), where=path.name) from None
    if not isinstance(data, dict):
        raise Fault("not_a_mapping", phrase("the file has no keys."), where=path.name)
    return data


def read(path: Path, pack: Path | None = None) -> Asked:
    """Return what a file asks. `pack` is the network that `network: pack` means. Raises Fault."""
    return asked(load(path), path.parent, pack)


def asked(data: Mapping[str, Any], folder: Path, pack: Path | None = None) -> Asked:
    """Return what a mapping asks; paths in it are relative to `folder`. Raises Fault."""
    _known(data, KEYS, "")
    release = data.get("release")
    if not isinstance(release, dict):
        raise Fault("missing", phrase("the file has no `release`."), where="release")
    _known(release, RELEASE_KEYS, "release.")
    zero = instant(need(release, "began", "release."), "release.began")
    issued = instant(data["issued"], "issued") if "issued" in data else zero
    after = (issued - zero).total_seconds()
    if after < 0:
        raise Fault(
            "negative_time",
            phrase(
                "the forecast is issued {after} h before the release began.", after=f"{-after / HOUR:.1f}"
            ),
            where="issued",
        )
    network = _network(data, folder, pack)
    kind = substance(str(need(release, "substance", "release.")), "release.substance")
    reach, km = place(network, need(release, "at", "release."), "release.at")
    flows, network = flows_of(data.get("flows"), network, zero, folder)
    gates = gates_of(data.get("gates"), network, zero, folder)
    threshold, notes = _threshold(data.get("threshold"), kind)
    case = Case(
        network=network, reach=reach, at_km=km, substance=kind, mass=Amount(1.0), threshold=threshold,
        sections=_sections(data.get("sections", "all"), network, reach, km), flows=flows, gates=gates, issued=after,
        spread_start=_time(release.get("began_within", "0 s"), "release.began_within") / 2,
        duration=_time(release.get("duration", "0 s"), "release.duration"),
        temperature=_temperature(data.get("temperature")),
        horizon=_time(data.get("horizon", "7 d"), "horizon"), members=_whole(data.get("members", 1000), "members"),
        seed=_whole(data.get("seed", 1), "seed"), accept_stale=true(data.get("accept_stale"), "accept_stale"),
        within=tuple(_time(w, "within") for w in _names(data.get("within", ("6 h", "24 h", "72 h")), "within")),
    )  # fmt: skip
    if not 60 <= case.horizon <= 365 * DAY:
        raise Fault("impossible", phrase("the horizon lies between a minute and a year."), where="horizon")
    if case.duration > case.horizon:
        raise Fault(
            "impossible", phrase("the release lasts longer than the horizon."),
            mend=phrase("Give a longer `horizon`, or a shorter `duration`."), where="release.duration",
        )  # fmt: skip
    case = _amount(case, release, folder, zero)
    notes.append(phrase("{what}: {hazard}.", what=kind.said, hazard=Name(kind.hazard["en"], kind.hazard)))
    if _without_zone(release["began"]):
        notes.append(phrase("Times without an offset are Beijing time."))
    if _strength(case) > MUCH:
        notes.append(
            phrase(
                "So much is more than a hundredth of the water beside it: was it written in t instead of kg?"
            )
        )
    return Asked(case, zero, samples(data.get("samples") or (), case, zero), tuple(notes))


def _names(given: Any, where: str) -> list[str]:
    """Return a list of words; one word counts as a list of one. Raises Fault."""
    if given is None:
        return []
    if isinstance(given, str):
        return [given]
    if not isinstance(given, (list, tuple)) or any(isinstance(g, (dict, list)) for g in given):
        raise Fault("not_a_list", phrase("{where} is a list of words.", where=where), where=where)
    return [str(g) for g in given]


def _without_zone(value: Any) -> bool:
    return datetime.fromisoformat(str(value).strip()).tzinfo is None


def _network(data: Mapping[str, Any], folder: Path, pack: Path | None) -> Network:
    name = str(need(data, "network", ""))
    if name == "pack":
        if pack is None or not pack.exists():
            raise Fault("no_pack", phrase("this region pack has no river network."), where="network")
        found = network_read.read(pack)
    else:
        found = network_read.read(folder / name)
    if data.get("calibrated"):
        rows = load(folder / str(data["calibrated"])).get("calibrated", {})
        found = network_read.with_calibration(found, rows)
    changed = dict(found.reaches)
    for key, kind in (("ice", "under_ice"), ("dry", "dry"), ("held", "held")):
        for each in _names(data.get(key), key):
            reach = found.reach(each, key)
            changed[reach.id] = replace(reach, kind=kind)
    return build(changed.values(), found.points.values(), found.title, found.notes)


def place(network: Network, given: Any, where: str) -> tuple[str, float]:
    """Return (reach, km below its upper end) of {reach, km}, {river, km}, {lon, lat} or a point's id. Raises Fault."""
    if isinstance(given, str):
        if given in network.points:
            return network.points[given].reach, network.points[given].at_km
        raise Fault(
            "no_place",
            phrase("there is no place {given}.", given=repr(given)),
            mend=nearest(given, network.points),
            where=where,
        )
    if not isinstance(given, dict):
        raise Fault(
            "no_place",
            phrase("a place is {{reach, km}}, {{river, km}}, {{lon, lat}} or the id of a point."),
            where=where,
        )
    _known(given, PLACE_KEYS, "at.")
    if ("lon" in given) != ("lat" in given):
        raise Fault("missing", phrase("a place on the map has `lon` and `lat`."), where=where)
    if "lon" in given:
        lon, lat = number(given["lon"], "lon", where), number(given["lat"], "lat", where)
        if abs(lat) > 90 or abs(lon) > 180:
            said = phrase("there is no place {lon}, {lat} on the Earth.", lon=f"{lon:g}", lat=f"{lat:g}")
            mend = phrase("Were longitude and latitude exchanged?")
            raise Fault("impossible", said, mend=mend, where=where)
        return locate(network, lon, lat, where=where)
    km = number(given.get("km", 0.0), "km", where)
    if "reach" in given:
        found = network.reach(str(given["reach"]), where)
        if not 0 <= km <= found.length_km:
            raise Fault(
                "off_reach",
                phrase(
                    "km {km} is not on {id}, which is {length_km} km long.",
                    km=f"{km:g}",
                    id=repr(found.id),
                    length_km=f"{found.length_km:g}",
                ),
                where=where,
            )
        return found.id, km
    rivers = {r.river for r in network.reaches.values() if r.river}
    river = str(given.get("river", ""))
    if river not in rivers:
        raise Fault(
            "no_river",
            phrase("there is no river {river}.", river=repr(river)),
            mend=nearest(river, rivers),
            where=where,
        )
    for each in network.reaches.values():
        if each.river == river and each.km is not None and each.km <= km <= each.km + each.length_km:
            return each.id, km - each.km
    marks = [
        (r.km, r.km + r.length_km) for r in network.reaches.values() if r.river == river and r.km is not None
    ]
    known = (
        phrase(
            "it runs from km {v} to {v2}",
            v=f"{min(a for a, _b in marks):g}",
            v2=f"{max(b for _a, b in marks):g}",
        )
        if marks
        else phrase("it has no kilometre marks")
    )
    raise Fault(
        "off_river",
        phrase("km {km} is not on {river}: {known}.", km=f"{km:g}", river=repr(river), known=known),
        where=where,
    )


def _amount(case: Case, release: Mapping[str, Any], folder: Path, zero: datetime) -> Case:
    """Return the case with its mass, as an amount, a band, unknown, concentration × discharge × time, or rates."""
    where = "release.amount"
    if "rate" in release:
        rows = table(folder / str(release["rate"]), ("time", "kg_s"))
        times = np.array([(instant(r["time"], w) - zero).total_seconds() for r, w in rows])
        rates = np.array([number(r["kg_s"], "kg_s", w) for r, w in rows])
        if len(times) < 2 or (np.diff(times) <= 0).any() or (rates < 0).any() or rates.max() <= 0:
            raise Fault(
                "rate",
                phrase("the rates need two times or more, in order, and none below zero."),
                where="release.rate",
            )
        if times[0] < 0:
            raise Fault(
                "negative_time", phrase("a rate is told before the release began."), where="release.rate"
            )
        return _possible(
            replace(case, mass=Amount(float(np.trapezoid(rates, times))), series_in=(times, rates))
        )
    if "concentration" in release:
        if not case.duration:
            raise Fault(
                "missing",
                phrase("a concentration with a discharge needs a `duration`."),
                where="release.duration",
            )
        strength = quantity(release["concentration"], "concentration", "release.concentration")
        flow = quantity(need(release, "discharge", "release."), "discharge", "release.discharge")
        beside = _flow_beside(case)
        if flow > 2 * beside:
            said = phrase(
                "{flow} m³/s run out beside a river of {beside} m³/s.", flow=f"{flow:g}", beside=f"{beside:g}"
            )
            raise Fault("impossible", said, mend=phrase("Was the discharge written in m³/s instead of L/s?"),
                        where="release.discharge")  # fmt: skip
        return _possible(replace(case, mass=Amount(strength * flow * case.duration * 1e-3, 0.2)))
    amount = need(release, "amount", "release.")
    if str(amount).strip().casefold() in {"unknown", "不明"}:  # not ui
        return replace(case, mass=Amount.band(*UNKNOWN), mass_unknown=True)
    if isinstance(amount, dict):
        low, high = (quantity(need(amount, k, where + "."), "mass", where) for k in ("low", "high"))
        if not 0 < low < high:
            raise Fault("band", phrase("of an amount `low` is above zero and below `high`."), where=where)
        return _possible(replace(case, mass=Amount.band(low, high)))
    mass = quantity(amount, "mass", where)
    if mass <= 0:
        raise Fault("impossible", phrase("an amount of nothing does not arrive anywhere."), where=where)
    return _possible(replace(case, mass=Amount(mass)))


def _possible(case: Case) -> Case:
    """Return the case. Raises Fault for more substance than the water beside it can be, which is a unit mixed up."""
    mass = case.mass.middle
    if mass > MOST_KG or _strength(case) > 1e6:
        said = phrase(
            "{mass} t in {duration} h is more than the river has water.",
            mass=f"{mass / 1e3:,.0f}",
            duration=f"{max(case.duration, HOUR) / HOUR:g}",
        )
        raise Fault(
            "impossible", said, mend=phrase("Was it written in t instead of kg?"), where="release.amount"
        )
    return case


def _flow_beside(case: Case) -> float:
    reach = case.network.reaches[case.reach]
    return reach.flow_m3_s or reach.mean_flow_m3_s or 1.0


def _strength(case: Case) -> float:
    """Return how much the release is in the water beside it, mg/L; an hour of it where it is at once."""
    return case.mass.middle * 1e3 / (_flow_beside(case) * max(case.duration, HOUR))


def _threshold(given: Any, kind: Substance) -> tuple[float, list[str]]:
    if given is None:
        for name in ("III", "drinking", "table3", "table2"):
            if name in kind.limits:
                return kind.limits[name], [_limit(kind, name)]
        return 0.01, [phrase("Threshold: 0.01 mg/L, because the substance has no limit.")]
    text = str(given).strip().removeprefix("class ").removesuffix("类").strip()  # not ui
    text = ROMAN.get(text, text)
    if text in CLASSES or text in {"drinking", "table2", "table3"}:
        return kind.threshold(text, "threshold"), [_limit(kind, text)]
    value = quantity(given, "concentration", "threshold")
    if value <= 0:
        raise Fault("impossible", phrase("a threshold is above zero."), where="threshold")
    return value, []


def _limit(kind: Substance, name: str) -> str:
    """Return a limit in a sentence, with the standard it is from."""
    source = limit_source(name)
    part = Name(source["part"]["en"], source["part"])
    limit, of, since = f"{kind.limits[name]:g}", source["standard"], source["in_force"]
    if name in CLASSES:
        return phrase("Threshold: class {name} of {what}, {limit} mg/L ({of}, {part}, in force since {since}).",
                      name=name, what=kind.said, limit=limit, of=of, part=part, since=since)  # fmt: skip
    return phrase("Threshold: {what}, {limit} mg/L ({of}, {part}, in force since {since}).",
                  what=kind.said, limit=limit, of=of, part=part, since=since)  # fmt: skip


def _sections(given: Any, network: Network, reach: str, km: float) -> tuple[Point, ...]:
    known = network.of("section")
    if given == "all":
        found = [p for p in known if network.length_between((reach, km), p) is not None]
        if not found:
            raise Fault(
                "no_section",
                phrase("no section lies below {reach} km {km}.", reach=repr(reach), km=f"{km:g}"),
                where="sections",
            )
        return tuple(found)
    by_id = {p.id: p for p in known}
    chosen: list[Point] = []
    wanted = _names(given, "sections")
    if not wanted:
        raise Fault("no_section", phrase("there is no section in the list."),
                    mend=phrase("Name some, or leave `sections` out for all of them."), where="sections")  # fmt: skip
    for name in dict.fromkeys(wanted):
        if str(name) not in by_id:
            raise Fault(
                "no_section",
                phrase("there is no section {name}.", name=repr(name)),
                mend=nearest(str(name), by_id),
                where="sections",
            )
        chosen.append(by_id[str(name)])
    return tuple(chosen)


def _temperature(given: Any) -> tuple[float, float]:
    if given is None:
        return 15.0, 6.0
    value, spread = (
        (given.get("value"), given.get("spread", 1.0)) if isinstance(given, dict) else (given, 1.0)
    )
    found = number(value, "temperature", "temperature"), number(spread, "spread", "temperature")
    if not (-1 <= found[0] <= 45 and 0 <= found[1] <= 15):
        raise Fault(
            "impossible",
            phrase("a water of {found} °C is impossible here.", found=f"{found[0]:g}"),
            where="temperature",
        )
    return found


def _known(row: Mapping[str, Any], known: set[str], prefix: str) -> None:
    if "reaches" in row and "reaches" not in known:
        mend = phrase("Name it under `network` of a case; check it with tongxin spill network check.")
        raise Fault("a_network", phrase("this is a river network, not a case."), mend=mend)
    for key in row:
        if key not in known:
            raise Fault(
                "unknown_key",
                phrase("there is no key `{prefix}{key}`.", prefix=prefix, key=key),
                mend=nearest(str(key), known),
            )


def _time(value: Any, where: str) -> float:
    return quantity(value, "time", where)


def _whole(value: Any, where: str) -> int:
    found = number(value, where, where)
    if not math.isfinite(found) or found != int(found) or not 0 <= found < 2**53:
        raise Fault("not_a_number", phrase("{where} is a whole number from 0.", where=where), where=where)
    return int(found)


SEARCH_KEYS = {"network", "substance", "samples", "flows", "gates", "temperature", "ice", "dry", "held", "longest",
               "step_km", "duration", "seed", "calibrated", "threshold"}  # fmt: skip


@dataclass(frozen=True)
class Sought:
    """A search as a file asks for it: its clock begins at the first sample."""

    case: Case
    zero: datetime
    samples: tuple[Sample, ...]
    longest: float
    step_km: float


def sought(path: Path, pack: Path | None = None) -> Sought:
    """Return the search that a file asks for. Raises Fault."""
    data = load(path)
    _known(data, SEARCH_KEYS, "")
    rows = data.get("samples")
    if not isinstance(rows, list) or not rows or not all(isinstance(row, dict) for row in rows):
        raise Fault("missing", phrase("a search needs `samples`."), where="samples")
    zero = min(instant(need(row, "at", ""), phrase("samples row {i}", i=i)) for i, row in enumerate(rows, 1))
    last = max(instant(row["at"], "samples") for row in rows)
    network = _network(data, path.parent, pack)
    flows, network = flows_of(data.get("flows"), network, zero, path.parent)
    kind = substance(str(need(data, "substance", "")), "substance")
    names = list(dict.fromkeys(str(row.get("section", "")) for row in rows))
    case = Case(
        network=network, reach=next(iter(network.reaches)), at_km=0.0, substance=kind, mass=Amount(1.0),
        threshold=_threshold(data.get("threshold"), kind)[0], sections=_sections(names, network, "", 0.0), flows=flows,
        gates=gates_of(data.get("gates"), network, zero, path.parent), issued=(last - zero).total_seconds(),
        duration=_time(data.get("duration", "1 h"), "duration"), temperature=_temperature(data.get("temperature")),
        seed=_whole(data.get("seed", 1), "seed"), accept_stale=True,
    )  # fmt: skip
    step = number(data.get("step_km", 2.0), "step_km", "step_km")
    if not 0.1 <= step <= 100:
        raise Fault("impossible", phrase("step_km lies between 0.1 and 100."), where="step_km")
    longest = _time(data.get("longest", "5 d"), "longest")
    if not HOUR <= longest <= 60 * DAY:
        raise Fault("impossible", phrase("longest lies between an hour and 60 days."), where="longest")
    return Sought(case, zero, samples(rows, case, zero), longest, step)
