"""Outlines of jurisdictions: read from the source the pack names, put together, measured, drawn for the map.

Geometry only: coordinates are CGCS2000 longitude and latitude (within a metre of WGS 84), lengths are kilometres.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from shapely import STRtree
from shapely.geometry.base import BaseGeometry

from tongxin.heart.region.pack import Pack
from tongxin.heart.region.reading import PackInvalid

Pairs = dict[tuple[str, str], float]

SHARED_KM_MIN = 0.01  # a common corner or a sliver of ten metres makes no neighbours
SIMPLIFIED_DEGREES = 0.002  # about 200 m: less than a pixel at the scale of the region
DECIMALS = 5  # about a metre


@dataclass(frozen=True)
class Outlines:
    """What was read: an outline for every jurisdiction that has one, and where it came from."""

    shapes: dict[str, BaseGeometry]
    source: str


def read_outlines(pack: Pack, on: date) -> Outlines:
    """Return the outlines of the jurisdictions that stand on a day, matched by code or id.

    Raises PackInvalid when the source cannot be read or a district has no outline in it.
    """
    spec = pack.region.boundaries
    fault = pack.sources["region"].fault
    if spec.file:
        paths, source = [pack.root / spec.file], f"{pack.region.id}/{spec.file}"
    else:
        try:
            installed = importlib.metadata.version(spec.package)
        except importlib.metadata.PackageNotFoundError:
            raise PackInvalid([fault(("boundaries",), f"package {spec.package} is not installed")]) from None
        if installed != spec.version:
            what = f"package {spec.package} is {installed}, the pack was made with {spec.version}"
            raise PackInvalid([fault(("boundaries", "version"), what)])
        found = importlib.util.find_spec(spec.module or spec.package)
        folder = Path(found.origin).parent if found and found.origin else Path()
        paths, source = [folder / name for name in spec.files], f"{spec.package} {spec.version}"
    standing = pack.standing(on)
    by_key = {key: row.id for row in standing for key in (row.adcode, row.id) if key}
    shapes: dict[str, BaseGeometry] = {}
    for path in paths:
        for feature in json.loads(path.read_text(encoding="utf-8"))["features"]:
            key = str(feature["properties"].get(spec.code_property, "")).removeprefix(spec.code_prefix)
            if key in by_key:
                shapes[by_key[key]] = shapely.make_valid(shapely.geometry.shape(feature["geometry"]))
    missing = [
        row.id
        for row in standing
        if row.level == "district" and row.id not in shapes and not (row.valid_from and row.valid_from > on)
    ]
    if missing:
        raise PackInvalid([fault(("boundaries",), f"no outline for {', '.join(missing[:5])}")])
    for seat, members in seats(pack, on).items():
        shapes[seat] = shapely.union_all([shapes[name] for name in members])
    for row in standing:  # whoever has no outline of its own is what lies in it
        inside = [s for name, s in shapes.items() if name != row.id and row.id in pack.lineage(name)[1:]]
        if row.id not in shapes and inside:
            shapes[row.id] = shapely.union_all(inside)
    return Outlines(shapes, source)


def seats(pack: Pack, on: date) -> dict[str, list[str]]:
    """Return the members, on a day, of each group that has a seat acting for them."""
    return {
        group.seat: [
            m.jurisdiction for m in group.members if m.from_ <= on and not (m.until and m.until <= on)
        ]
        for group in pack.groups
        if group.seat
    }


def neighbours_of(pack: Pack, outlines: Outlines, on: date) -> Pairs:
    """Return the kilometres of boundary that pairs of jurisdictions share, of any level, ids in order.

    Measured between districts, then added up for whatever they lie in; a pair of which one contains the other,
    wholly or in part, is none.
    """
    districts = [
        row.id for row in pack.jurisdictions if row.level == "district" and row.id in outlines.shapes
    ]
    around = {name: set(pack.lineage(name)) for name in districts}
    for seat, members in seats(pack, on).items():
        for name in members:
            around[name].add(seat)
    parts: dict[str, set[str]] = defaultdict(set)
    for name, holders in around.items():
        for holder in holders:
            parts[holder].add(name)
    total: Pairs = defaultdict(float)
    for (a, b), km in shared_km([outlines.shapes[name] for name in districts]).items():
        for one in around[districts[a]]:
            for other in around[districts[b]]:
                if not parts[one] & parts[other]:
                    total[min(one, other), max(one, other)] += km
    return {pair: km for pair, km in total.items() if km >= SHARED_KM_MIN}


def shared_km(shapes: list[BaseGeometry]) -> dict[tuple[int, int], float]:
    """Return the length of the edge that each touching pair shares, in km, by their places in the list."""
    edges = shapely.boundary(np.array(shapes, dtype=object))
    left, right = STRtree(edges).query(edges, predicate="intersects")
    once = left < right
    left, right = left[once], right[once]
    common = shapely.intersection(edges[left], edges[right])
    return {
        (int(a), int(b)): km
        for a, b, line in zip(left, right, common, strict=True)
        if (km := line_km(line)) >= SHARED_KM_MIN
    }


def line_km(geometry: BaseGeometry) -> float:
    """Return the length of the lines of a geometry in degrees, in km; points and areas count nothing.

    Each segment is measured in the plane that touches the GRS 80 ellipsoid (that of CGCS2000) at its middle;
    for segments of a few kilometres the error is far below a metre.
    """
    lines = [
        part
        for part in shapely.get_parts(geometry).tolist()
        if part.geom_type in {"LineString", "LinearRing"}
    ]
    return float(sum(_segments_km(shapely.get_coordinates(line)) for line in lines))


def _segments_km(points: np.ndarray) -> float:
    a, e2 = 6378.137, 0.00669438002290  # GRS 80
    step = np.radians(np.diff(points, axis=0))
    middle = np.radians((points[1:, 1] + points[:-1, 1]) / 2)
    w = 1 - e2 * np.sin(middle) ** 2
    north = a * (1 - e2) / w**1.5 * step[:, 1]
    east = a / np.sqrt(w) * np.cos(middle) * step[:, 0]
    return float(np.hypot(north, east).sum())


def label_point(shape: BaseGeometry) -> tuple[float, float]:
    """Return a point well inside the largest part of a shape, to write its name at."""
    largest = max(shapely.get_parts(shape).tolist(), key=lambda part: float(part.area))
    circle = shapely.maximum_inscribed_circle(largest, tolerance=0.005)
    lon, lat = shapely.get_coordinates(circle)[0]
    return round(float(lon), DECIMALS), round(float(lat), DECIMALS)


def map_layers(pack: Pack, outlines: Outlines, labels: Mapping[str, tuple[float, float]]) -> dict[str, Any]:
    """Return the GeoJSON that the map draws, by file name: districts, provinces, borders, labels.

    Districts are simplified together, so that their common edges stay common; provinces are made of them.
    """
    rows = [row for row in pack.jurisdictions if row.id in outlines.shapes]
    districts = [row for row in rows if row.level == "district"]
    focus = set(pack.region.map.focus)
    simple = shapely.coverage_simplify([outlines.shapes[row.id] for row in districts], SIMPLIFIED_DEGREES)
    simple = shapely.set_precision(simple, 10**-DECIMALS, mode="pointwise")
    by_province: dict[str, list[BaseGeometry]] = defaultdict(list)
    for row, shape in zip(districts, simple, strict=True):
        by_province[pack.lineage(row.id)[-1]].append(shape)
    provinces = {name: shapely.coverage_union_all(shapes) for name, shapes in by_province.items()}
    return {
        "districts.geojson": _collection(
            _feature(shape, **_properties(pack, row.id), focus=row.id in focus)
            for row, shape in zip(districts, simple, strict=True)
        ),
        "provinces.geojson": _collection(
            _feature(shape, **_properties(pack, name)) for name, shape in sorted(provinces.items())
        ),
        "borders.geojson": _collection(_border_lines(provinces)),
        "labels.geojson": _collection(
            _feature(shapely.Point(labels[row.id]), **_properties(pack, row.id), focus=row.id in focus)
            for row in rows
        ),
    }


def _border_lines(provinces: dict[str, BaseGeometry]) -> Iterable[dict[str, Any]]:
    """Yield the lines between provinces, and what is left of their outlines: the edge of the region."""
    names = sorted(provinces)
    between: list[BaseGeometry] = []
    for n, one in enumerate(names):
        for other in names[n + 1 :]:
            common = shapely.intersection(provinces[one].boundary, provinces[other].boundary)
            lines = [part for part in shapely.get_parts(common).tolist() if part.geom_type == "LineString"]
            if lines:
                merged = shapely.line_merge(shapely.MultiLineString(lines))
                between.append(merged)
                yield _feature(merged, kind="between", a=one, b=other)
    outer = shapely.difference(
        shapely.union_all([p.boundary for p in provinces.values()]), shapely.union_all(between)
    )
    yield _feature(outer, kind="edge")


def _properties(pack: Pack, jurisdiction: str) -> dict[str, Any]:
    row = pack.by_id[jurisdiction]
    return {
        "id": row.id,
        "adcode": row.adcode,
        "level": row.level,
        "parent": row.parent,
        "zh": row.name_zh,
        "en": row.name_en,
        "short_zh": row.short_zh,
        "short_en": row.short_en,
    }


def _feature(shape: BaseGeometry, **properties: Any) -> dict[str, Any]:
    return {
        "type": "Feature",
        "properties": properties,
        "geometry": _rounded(shapely.geometry.mapping(shape)),
    }


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, DECIMALS)
    if isinstance(value, (list, tuple)):
        return [_rounded(inner) for inner in value]
    if isinstance(value, dict):
        return {key: _rounded(inner) for key, inner in value.items()}
    return value


def _collection(features: Iterable[dict[str, Any]]) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": list(features)}
