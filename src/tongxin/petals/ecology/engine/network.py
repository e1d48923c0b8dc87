"""A river network as data: reaches between nodes, and on them sections, gates, stations and registered sources."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from itertools import pairwise
from typing import Any

from tongxin.petals.ecology.engine.faults import Fault, nearest
from tongxin.petals.ecology.engine.phrases import KIND_WORDS
from tongxin.shared.phrases import phrase

KINDS = ("flowing", "pool", "held", "dry", "under_ice")
POINTS = ("section", "gate", "station", "source")
EARTH_KM = 6371.0088


@dataclass(frozen=True)
class Reach:
    """A stretch between two nodes; it runs from `from_node` down to `to_node`.

    length_km; width_m, depth_m, volume_m3 (of a pool) at `flow_m3_s`; `mean_flow_m3_s` over years and `area_km2` for
    Jobson's equations; slope as a ratio; `lateral_m3_s` gained along it; `km` the kilometre mark of its upper end,
    counted downstream; `waters` whose water it is; calibrated: velocity_m_s at calibrated_flow_m3_s, dispersion_m2_s,
    storage_alpha_s (1/s), storage_ratio (As/A) and their spread in logarithms. `illustrative`: geometry and hydraulics
    are our own drawing. `where` names file and row.
    """

    id: str
    from_node: str
    to_node: str
    length_km: float
    river: str = ""
    name: str = ""
    kind: str = "flowing"
    waters: tuple[str, ...] = ()
    km: float | None = None
    width_m: float | None = None
    depth_m: float | None = None
    slope: float | None = None
    volume_m3: float | None = None
    flow_m3_s: float | None = None
    mean_flow_m3_s: float | None = None
    area_km2: float | None = None
    lateral_m3_s: float = 0.0
    velocity_m_s: float | None = None
    calibrated_flow_m3_s: float | None = None
    dispersion_m2_s: float | None = None
    storage_alpha_s: float | None = None
    storage_ratio: float | None = None
    calibrated_spread: float | None = None
    illustrative: bool = False
    line: tuple[tuple[float, float], ...] = ()
    where: str = ""


@dataclass(frozen=True)
class Point:
    """A section, gate, station or registered source on a reach, `at_km` below its upper end.

    `role` of a section: monitoring, boundary or intake. `pool_m3` before a gate; `jurisdiction` below a boundary
    section, or of a source; `substances` that a source keeps.
    """

    id: str
    kind: str
    reach: str
    at_km: float
    name: str = ""
    role: str = ""
    jurisdiction: str = ""
    pool_m3: float | None = None
    substances: tuple[str, ...] = ()
    where: str = ""


@dataclass(frozen=True)
class Network:
    """Reaches by id in order downstream, and the points on them."""

    reaches: dict[str, Reach]
    points: dict[str, Point]
    title: str = ""
    notes: tuple[str, ...] = ()
    below: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def of(self, kind: str) -> list[Point]:
        """Return the points of a kind, upstream first."""
        order = {name: i for i, name in enumerate(self.reaches)}
        return sorted(
            (p for p in self.points.values() if p.kind == kind), key=lambda p: (order[p.reach], p.at_km)
        )

    def reach(self, name: str, where: str = "") -> Reach:
        """Return a reach. Raises Fault that names the nearest id."""
        if name not in self.reaches:
            raise Fault(
                "no_reach",
                phrase("there is no reach {name}.", name=repr(name)),
                mend=nearest(name, self.reaches),
                where=where,
            )
        return self.reaches[name]

    def downstream(self, name: str) -> list[str]:
        """Return the reaches below one, itself first, in order downstream."""
        found = {name}
        for each in self.reaches:
            if each in found:
                found.update(self.below.get(each, ()))
        return [each for each in self.reaches if each in found]

    def upstream(self, name: str) -> list[str]:
        """Return the reaches above one, itself last, in order downstream."""
        found = {name}
        for each in reversed(self.reaches):
            if any(b in found for b in self.below.get(each, ())):
                found.add(each)
        return [each for each in self.reaches if each in found]

    def length_between(self, above: Point | tuple[str, float], below: Point) -> float | None:
        """Return the shortest way down from a place to a point, km; None when none leads there."""
        name, at = (above.reach, above.at_km) if isinstance(above, Point) else above
        if name == below.reach and at <= below.at_km:
            return below.at_km - at
        ways = dict.fromkeys(self.below.get(name, ()), self.reaches[name].length_km - at)
        for each in self.reaches:
            if each in ways:
                if each == below.reach:
                    return ways[each] + below.at_km
                for b in self.below.get(each, ()):
                    further = ways[each] + self.reaches[each].length_km
                    ways[b] = min(ways.get(b, math.inf), further)
        return None


def build(
    reaches: Iterable[Reach], points: Iterable[Point], title: str = "", notes: Iterable[str] = ()
) -> Network:
    """Return the network with its reaches in order downstream. Raises Fault for doubles, unknown reaches and loops."""
    by_id: dict[str, Reach] = {}
    for each in reaches:
        if each.id in by_id:
            raise Fault(
                "double",
                phrase(
                    "the reach {id} is there twice (first: {where}).",
                    id=repr(each.id),
                    where=by_id[each.id].where,
                ),
                where=each.where,
            )
        by_id[each.id] = each
    starts: dict[str, list[str]] = defaultdict(list)
    for each in by_id.values():
        starts[each.from_node].append(each.id)
    below = {each.id: tuple(starts.get(each.to_node, ())) for each in by_id.values()}
    order = _order(by_id, below)
    on: dict[str, Point] = {}
    for point in points:
        if point.id in on:
            raise Fault(
                "double",
                phrase("the {kind} {id} is there twice.", kind=KIND_WORDS[point.kind], id=repr(point.id)),
                where=point.where,
            )
        if point.reach not in by_id:
            raise Fault(
                "no_reach",
                phrase(
                    "the {kind} {id} lies on a reach {reach} that there is not.",
                    kind=KIND_WORDS[point.kind],
                    id=repr(point.id),
                    reach=repr(point.reach),
                ),
                mend=nearest(point.reach, by_id),
                where=point.where,
            )
        length = by_id[point.reach].length_km
        if not -1e-9 <= point.at_km <= length + 1e-6:
            said = phrase(
                "the {kind} {id} stands {at_km} km down a reach of {length} km.",
                kind=KIND_WORDS[point.kind],
                id=repr(point.id),
                at_km=f"{point.at_km:g}",
                length=f"{length:g}",
            )
            raise Fault("off_reach", said, where=point.where)
        on[point.id] = replace(point, at_km=min(max(point.at_km, 0.0), length))
    return Network({name: by_id[name] for name in order}, on, title, tuple(notes), below)


def _order(reaches: Mapping[str, Reach], below: Mapping[str, tuple[str, ...]]) -> list[str]:
    """Return the reaches in order downstream, in the given order where that leaves a choice. Raises Fault at a loop."""
    above = dict.fromkeys(reaches, 0)
    for names in below.values():
        for name in names:
            above[name] += 1
    ready = [name for name in reaches if above[name] == 0]
    order: list[str] = []
    while ready:
        name = ready.pop(0)
        order.append(name)
        for each in below[name]:
            above[each] -= 1
            if above[each] == 0:
                ready.append(each)
    if len(order) < len(reaches):
        loop = _loop({n for n in reaches if n not in set(order)}, below)
        said = phrase("the reaches {v} run in a loop; water does not.", v=" → ".join([*loop, loop[0]]))
        mend = phrase("Turn the one round that is entered against the flow.")
        raise Fault("loop", said, mend=mend, where=reaches[loop[0]].where)
    return order


def _loop(left: set[str], below: Mapping[str, tuple[str, ...]]) -> list[str]:
    at, seen = min(left), list[str]()
    while at not in seen:
        seen.append(at)
        inside = [b for b in below[at] if b in left]
        if not inside:  # hangs below a loop: begin elsewhere
            left = left - set(seen)
            at, seen = min(left), []
            continue
        at = inside[0]
    return seen[seen.index(at) :]


_NUMBERS = {f.name for f in fields(Reach) if str(f.type).startswith("float")}
_FIELDS = {f.name for f in fields(Reach)}
_TRUE = {"1", "true", "yes", "y"}


def reach_of(row: Mapping[str, Any], where: str) -> Reach:
    """Return a reach from named values of a file. Raises Fault that names the row."""
    given = {k: v for k, v in row.items() if v not in (None, "")}
    for key in ("id", "from_node", "to_node", "length_km"):
        if key not in given:
            mend = nearest(key, [k for k in given if k not in _FIELDS], 0.75)
            raise Fault("missing", phrase("a reach has no {key}.", key=repr(key)), mend=mend, where=where)
    known = _FIELDS
    taken: dict[str, Any] = {}
    for key, value in given.items():
        if key in _NUMBERS:
            taken[key] = number(value, key, where)
        elif key == "waters":
            taken[key] = _words(value)
        elif key == "illustrative":
            taken[key] = value if isinstance(value, bool) else str(value).casefold() in _TRUE
        elif key in known and key != "where":
            taken[key] = value if key == "line" else str(value).strip()
    made = Reach(**{**taken, "where": where})
    _possible(made)
    return made


def point_of(row: Mapping[str, Any], kind: str, where: str) -> Point:
    """Return a point from named values of a file. Raises Fault that names the row."""
    for key in ("id", "reach", "at_km"):
        if row.get(key) in (None, ""):
            raise Fault(
                "missing", phrase("a {kind} has no {key}.", kind=KIND_WORDS[kind], key=repr(key)), where=where
            )
    pool = row.get("pool_m3")
    return Point(
        id=str(row["id"]).strip(), kind=kind, reach=str(row["reach"]).strip(),
        at_km=number(row["at_km"], "at_km", where),
        name=str(row.get("name") or ""), role=str(row.get("role") or ""),
        jurisdiction=str(row.get("jurisdiction") or ""),
        pool_m3=None if pool in (None, "") else number(pool, "pool_m3", where),
        substances=_words(row.get("substances") or ""), where=where,
    )  # fmt: skip


def number(value: Any, key: str, where: str) -> float:
    """Return a finite number. Raises Fault."""
    try:
        found = float(value)
    except (TypeError, ValueError):
        raise Fault(
            "not_a_number", phrase("{key} is {value}, not a number.", key=key, value=repr(value)), where=where
        ) from None
    if not math.isfinite(found):
        raise Fault(
            "not_a_number",
            phrase("{key} is {value}, which is no finite number.", key=key, value=repr(value)),
            where=where,
        )
    return found


def _words(value: Any) -> tuple[str, ...]:
    parts = value if isinstance(value, (list, tuple)) else str(value).replace(";", ",").split(",")
    return tuple(str(p).strip() for p in parts if str(p).strip())


# What a reach may be (low, high, and what is probably meant); beyond it a unit was mixed up.
_LIMITS = {
    "length_km": (0.0, 2000.0, phrase("length_km is in km; was it written in m?")),
    "width_m": (0.2, 20000.0, phrase("width_m is in m.")),
    "depth_m": (0.01, 200.0, phrase("depth_m is in m; was it written in cm?")),
    "slope": (1e-7, 0.3, phrase("slope is a ratio (0.0002 = 0.2 m a km); was it written in ‰?")),
    "flow_m3_s": (0.0, 150000.0, phrase("flow_m3_s is in m³/s; was it written in L/s?")),
    "mean_flow_m3_s": (0.0, 150000.0, phrase("mean_flow_m3_s is in m³/s; was it written in L/s?")),
    "area_km2": (0.01, 7e6, phrase("area_km2 is in km².")),
    "velocity_m_s": (1e-4, 8.0, phrase("velocity_m_s is in m/s.")),
}


def _possible(reach: Reach) -> None:
    if reach.kind not in KINDS:
        said = phrase(
            "the reach {id} is of a kind {kind} that there is not ({KINDS}).",
            id=repr(reach.id),
            kind=repr(reach.kind),
            KINDS=", ".join(KINDS),
        )
        raise Fault("no_kind", said, mend=nearest(reach.kind, KINDS), where=reach.where)
    if reach.length_km <= 0:
        raise Fault(
            "impossible",
            phrase(
                "the reach {id} has a length of {length_km} km.",
                id=repr(reach.id),
                length_km=f"{reach.length_km:g}",
            ),
            where=reach.where,
        )
    for name, (low, high, hint) in _LIMITS.items():
        value = getattr(reach, name)
        if value is not None and not low <= value <= high:
            said = phrase(
                "the reach {id} has {name} = {value}, which no river has.",
                id=repr(reach.id),
                name=name,
                value=f"{value:g}",
            )
            raise Fault("impossible", said, mend=hint, where=reach.where)
    if reach.flow_m3_s and reach.width_m and reach.depth_m:
        speed = reach.flow_m3_s / (reach.width_m * reach.depth_m)
        if reach.kind != "pool" and speed > 8.0:
            said = phrase(
                "the reach {id} would run at {speed} m/s: {flow_m3_s} m³/s through {width_m} m × {depth_m} m.",
                id=repr(reach.id),
                speed=f"{speed:.3g}",
                flow_m3_s=f"{reach.flow_m3_s:g}",
                width_m=f"{reach.width_m:g}",
                depth_m=f"{reach.depth_m:g}",
            )
            raise Fault(
                "impossible", said, mend=phrase("Was the discharge written in L/s?"), where=reach.where
            )


def distance_km(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Return the great-circle distance of two (longitude, latitude), km."""
    lon_a, lat_a, lon_b, lat_b = (math.radians(v) for v in (*a, *b))
    h = (
        math.sin((lat_b - lat_a) / 2) ** 2
        + math.cos(lat_a) * math.cos(lat_b) * math.sin((lon_b - lon_a) / 2) ** 2
    )
    return 2 * EARTH_KM * math.asin(min(1.0, math.sqrt(h)))


def line_km(line: tuple[tuple[float, float], ...]) -> float:
    """Return the length of a line of (longitude, latitude), km."""
    return sum(distance_km(a, b) for a, b in pairwise(line))


def locate(
    network: Network, lon: float, lat: float, *, within_km: float | None = None, where: str = ""
) -> tuple[str, float]:
    """Return (reach, km below its upper end) of a place. Raises Fault with the nearest reach and its distance.

    Without `within_km` half a kilometre off is still on the river, on a line that is illustrative three.
    """
    best: tuple[float, str, float] | None = None
    for reach in network.reaches.values():
        drawn = line_km(reach.line)
        done = 0.0
        for a, b in pairwise(reach.line):
            share, off = _foot(a, b, (lon, lat))
            step = distance_km(a, b)
            if best is None or off < best[0]:
                best = (off, reach.id, (done + share * step) / drawn * reach.length_km if drawn else 0.0)
            done += step
    if best is None:
        raise Fault(
            "no_lines", phrase("the network has no lines, so a place is given by reach and km."), where=where
        )
    near = within_km or (3.0 if network.reaches[best[1]].illustrative else 0.5)
    if best[0] > near:
        said = phrase(
            "{lon}, {lat} lies on no river: the nearest reach is {best}, {best2} km away.",
            lon=f"{lon:g}",
            lat=f"{lat:g}",
            best=repr(best[1]),
            best2=f"{best[0]:.1f}",
        )
        mend = phrase(
            "Give the place on it, such as {{reach: {best}, km: {best2}}}.",
            best=best[1],
            best2=f"{best[2]:.1f}",
        )
        raise Fault("off_river", said, mend=mend, where=where)
    return best[1], best[2]


def _foot(a: tuple[float, float], b: tuple[float, float], p: tuple[float, float]) -> tuple[float, float]:
    """Return where (0–1) the foot of a point on a short line lies, and its distance in km (flat around the point)."""
    kx, ky = math.cos(math.radians(p[1])) * EARTH_KM * math.pi / 180, EARTH_KM * math.pi / 180
    ax, ay, bx, by = (a[0] - p[0]) * kx, (a[1] - p[1]) * ky, (b[0] - p[0]) * kx, (b[1] - p[1]) * ky
    dx, dy = bx - ax, by - ay
    size = dx * dx + dy * dy
    share = min(1.0, max(0.0, -(ax * dx + ay * dy) / size)) if size else 0.0
    return share, math.hypot(ax + share * dx, ay + share * dy)
