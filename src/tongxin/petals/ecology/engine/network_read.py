"""Reads a network from YAML, CSV, GeoJSON or GeoPackage and checks it; every finding names its row."""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import shapely
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.reader import ReaderError

from tongxin.petals.ecology.engine.faults import Fault
from tongxin.petals.ecology.engine.network import (
    POINTS,
    Network,
    Point,
    Reach,
    build,
    distance_km,
    line_km,
    locate,
    point_of,
    reach_of,
)
from tongxin.petals.ecology.engine.phrases import row_of
from tongxin.petals.ecology.engine.readings import csv_rows
from tongxin.shared.phrases import phrase

NEAR_KM = 0.5  # ends this close that are not one node are a gap
FIELDS = {f.name for f in fields(Reach)} | {
    "layer", "fid", "ogc_fid", "objectid", "geom", "from_lon", "from_lat", "to_lon", "to_lat", "hydraulics",
}  # fmt: skip
SNAP_KM = 0.03  # ends of lines without nodes this close are one node


@dataclass(frozen=True)
class Finding:
    """What a check found: `grade` is `error` or `note`."""

    grade: str
    code: str
    what: str
    where: str = ""

    def __str__(self) -> str:
        """Return the finding in one line."""
        return f"{self.grade}: {self.where + ': ' if self.where else ''}{self.what}"


def read(path: Path) -> Network:
    """Return the network of a file (.yaml, .csv, .geojson, .json, .gpkg) or a folder of CSV files. Raises Fault."""
    if not path.exists():
        raise Fault("no_file", phrase("there is no file {path}.", path=path))
    if path.is_dir():
        return _from_folder(path)
    readers = {".yaml": _from_yaml, ".yml": _from_yaml, ".csv": _from_csv, ".geojson": _from_geojson,
               ".json": _from_geojson, ".gpkg": _from_geopackage}  # fmt: skip
    if path.suffix.lower() not in readers:
        raise Fault(
            "no_format",
            phrase("{name} is of no known kind;", name=path.name),
            mend=phrase("there are {readers}.", readers=", ".join(readers)),
        )
    return readers[path.suffix.lower()](path)


def check(network: Network) -> list[Finding]:
    """Return what is doubtful in a network that could be read: gaps, directions, lengths, boundaries, geometry."""
    found = [Finding("note", "note", text) for text in network.notes]
    found += _gaps(network) + _lengths(network) + _marks(network) + _boundaries(network)
    for reach in network.reaches.values():
        if reach.kind == "pool" and not (reach.volume_m3 or (reach.width_m and reach.depth_m)):
            found.append(
                Finding(
                    "error",
                    "pool",
                    phrase("the pool {id} has neither volume nor width and depth.", id=repr(reach.id)),
                    reach.where,
                )
            )
        if (
            not reach.flow_m3_s
            and not reach.mean_flow_m3_s
            and reach.kind in {"flowing", "pool", "under_ice"}
        ):
            found.append(
                Finding(
                    "error",
                    "flow",
                    phrase("the reach {id} has no discharge and no mean discharge.", id=repr(reach.id)),
                    reach.where,
                )
            )
        for name in network.below.get(reach.id, ()):
            below = network.reaches[name]
            if reach.flow_m3_s and below.flow_m3_s and len(network.below[reach.id]) == 1:
                ratio = below.flow_m3_s / reach.flow_m3_s
                if ratio > 300 or ratio < 1 / 300:
                    said = phrase(
                        "the discharge of {name} is {ratio} times that of {id} above it: was one written in L/s?",
                        name=repr(name),
                        ratio=f"{ratio:.3g}",
                        id=repr(reach.id),
                    )
                    found.append(Finding("error", "units", said, below.where))
    return found


def _gaps(network: Network) -> list[Finding]:
    ends = [(r, n, p) for r in network.reaches.values() if r.line
            for n, p in ((r.from_node, r.line[0]), (r.to_node, r.line[-1]))]  # fmt: skip
    found: list[Finding] = []
    told: set[object] = set()
    for i, (reach, node, at) in enumerate(ends):
        for other, node_b, at_b in ends[i + 1 :]:
            far = distance_km(at, at_b)
            pair = frozenset((node, node_b))
            if node != node_b and far < NEAR_KM and pair not in told:
                told.add(pair)
                said = phrase(
                    "{id} and {id2} end {far} m apart, at the nodes {node} and {node_b}: is that one node?",
                    id=repr(reach.id),
                    id2=repr(other.id),
                    far=f"{far * 1000:.0f}",
                    node=repr(node),
                    node_b=repr(node_b),
                )
                found.append(Finding("error", "gap", said, other.where))
            elif node == node_b and far > 2 * NEAR_KM and (node, reach.id) not in told:
                told.add((node, reach.id))
                said = phrase(
                    "the lines of {id} and {id2} are {far} km apart at their node {node}: "
                    "is one drawn against the flow?",
                    id=repr(reach.id),
                    id2=repr(other.id),
                    far=f"{far:.1f}",
                    node=repr(node),
                )
                found.append(Finding("error", "direction", said, other.where))
    roots = {r.from_node for r in network.reaches.values()} - {r.to_node for r in network.reaches.values()}
    parts = _parts(network)
    if len(parts) > 1:
        names = "; ".join(p[0] for p in parts[:6])
        said = phrase(
            "the network falls into {n} parts that no node joins: {names}", n=len(parts), names=names
        )
        found.append(Finding("note", "parts", said))
    if not roots:
        found.append(Finding("error", "loop", phrase("no reach begins at a source.")))
    return found


def _parts(network: Network) -> list[list[str]]:
    of = {name: name for name in network.reaches}

    def root(name: str) -> str:
        while of[name] != name:
            name = of[name]
        return name

    first: dict[str, str] = {}
    for reach in network.reaches.values():
        for node in (reach.from_node, reach.to_node):
            of[root(reach.id)] = root(first.setdefault(node, reach.id))
    parts: dict[str, list[str]] = defaultdict(list)
    for name in network.reaches:
        parts[root(name)].append(name)
    return list(parts.values())


def _lengths(network: Network) -> list[Finding]:
    found = []
    said: str
    for reach in network.reaches.values():
        drawn = line_km(reach.line)
        if not drawn:
            continue
        ratio = reach.length_km / drawn
        if ratio > 100:
            said = phrase(
                "the reach {id} is {length_km} km long, its line {drawn} km: was it in m?",
                id=repr(reach.id),
                length_km=f"{reach.length_km:g}",
                drawn=f"{drawn:.3g}",
            )
            found.append(Finding("error", "units", said, reach.where))
        elif ratio < 0.9:
            said = phrase(
                "the reach {id} is {length_km} km long, its line {drawn} km.",
                id=repr(reach.id),
                length_km=f"{reach.length_km:g}",
                drawn=f"{drawn:.3g}",
            )
            found.append(Finding("error", "length", said, reach.where))
        elif ratio > 4:
            said = phrase(
                "the reach {id} is {length_km} km long and drawn with {drawn} km only.",
                id=repr(reach.id),
                length_km=f"{reach.length_km:g}",
                drawn=f"{drawn:.3g}",
            )
            found.append(Finding("note", "length", said, reach.where))
    return found


def _marks(network: Network) -> list[Finding]:
    found = []
    upward: dict[str, str] = {}
    for reach in network.reaches.values():
        for name in network.below.get(reach.id, ()):
            below = network.reaches[name]
            if reach.km is None or below.km is None or below.river != reach.river:
                continue
            if abs(reach.km - below.km - reach.length_km) <= 0.05 * reach.length_km + 0.2:
                upward.setdefault(reach.river, below.where)
            elif below.km <= reach.km:
                said = phrase(
                    "the kilometre marks run backwards: {id} begins at {km}, {name} below it at {km2}. "
                    "Is one entered against the flow?",
                    id=repr(reach.id),
                    km=f"{reach.km:g}",
                    name=repr(name),
                    km2=f"{below.km:g}",
                )
                found.append(Finding("error", "direction", said, below.where))
            elif abs(reach.km + reach.length_km - below.km) > 0.05 * reach.length_km + 0.2:
                said = phrase(
                    "between {id} (km {km} + {length_km}) and {name} (km {km2}) the kilometre marks leave a gap.",
                    id=repr(reach.id),
                    km=f"{reach.km:g}",
                    length_km=f"{reach.length_km:g}",
                    name=repr(name),
                    km2=f"{below.km:g}",
                )
                found.append(Finding("error", "gap", said, below.where))
    for river, where in upward.items():
        said = phrase(
            "the kilometre marks of {river} count upstream: a mark here is that of the upper end, counted downstream.",
            river=repr(river),
        )
        found.append(Finding("error", "direction", said, where))
    return found


def _boundaries(network: Network) -> list[Finding]:
    told = {(p.reach, p.at_km) for p in network.of("section") if p.role == "boundary"}
    found = []
    for reach in network.reaches.values():
        for name in network.below.get(reach.id, ()):
            below = network.reaches[name]
            if not reach.waters or not below.waters or set(reach.waters) & set(below.waters):
                continue
            at_end = any(r == reach.id and abs(km - reach.length_km) < 0.01 for r, km in told)
            if not at_end and not any(r == name and km < 0.01 for r, km in told):
                said = phrase(
                    "the water passes from {waters} to {waters2} between {id} and {name}, "
                    "and no boundary section stands there.",
                    waters=", ".join(reach.waters),
                    waters2=", ".join(below.waters),
                    id=repr(reach.id),
                    name=repr(name),
                )
                found.append(Finding("note", "boundary", said, below.where))
    return found


# ---------------------------------------------------------------- the kinds of files


def _from_yaml(path: Path) -> Network:
    try:
        data = YAML(typ="safe").load(path)
    except MarkedYAMLError as error:
        line = (
            (error.problem_mark or error.context_mark).line + 1
            if error.problem_mark or error.context_mark
            else 1
        )
        raise Fault(
            "not_yaml", phrase("this cannot be read as YAML."), where=row_of(path, "line", line)
        ) from None
    except (ReaderError, UnicodeDecodeError):
        raise Fault("not_text", phrase("the file is no text in UTF-8."), where=path.name) from None
    if not isinstance(data, dict) or not isinstance(data.get("reaches"), list):
        raise Fault("no_reaches", phrase("the file has no list `reaches`."), where=path.name)
    rows = ((row, row_of(path, "reach", i)) for i, row in enumerate(data["reaches"], 1))
    reaches, notes = _reaches((_flat(row, where), where) for row, where in rows)
    listed = {kind: _listed(data.get(f"{kind}s"), f"{kind}s", path) for kind in POINTS}
    points = [
        point_of(row, kind, row_of(path, kind, i)) for kind in POINTS for i, row in enumerate(listed[kind], 1)
    ]
    told = [str(n) for n in _listed(data.get("notes"), "notes", path)]
    return _some(build(reaches, points, str(data.get("title") or path.stem), [*told, *notes]), path)


def _listed(given: Any, name: str, path: Path) -> list[Any]:
    """Return a list of the file; of points, which are rows. Raises Fault."""
    if given is None:
        return []
    if not isinstance(given, list) or (name != "notes" and not all(isinstance(row, dict) for row in given)):
        raise Fault("not_a_list", phrase("`{name}` is a list of rows.", name=name), where=path.name)
    return given


def _flat(row: Any, where: str) -> dict[str, Any]:
    """Return a reach of a YAML file with its hydraulics beside the rest and its line as pairs."""
    if not isinstance(row, dict) or not isinstance(row.get("hydraulics") or {}, dict):
        raise Fault("not_a_mapping", phrase("a reach is a row of names and values."), where=where)
    found = {k: v for k, v in row.items() if k not in {"hydraulics", "line"}}
    found |= row.get("hydraulics") or {}
    try:
        if row.get("line"):
            found["line"] = tuple((float(x), float(y)) for x, y in row["line"])
    except (TypeError, ValueError):
        raise Fault("geometry", phrase("a line is a list of [longitude, latitude]."), where=where) from None
    return found


def _reaches(rows: Iterable[tuple[Mapping[str, Any], str]]) -> tuple[list[Reach], list[str]]:
    """Return the reaches of rows, and a note on fields that no reach has, which a slip of the pen may be among."""
    reaches, others = [], dict[str, None]()
    for row, where in rows:
        reaches.append(reach_of(row, where))
        others |= dict.fromkeys(k for k, v in row.items() if k not in FIELDS and v not in (None, ""))
    if not others:
        return reaches, []
    return reaches, [phrase("Fields that no reach has were left out: {names}.", names=", ".join(others))]


def _from_csv(path: Path) -> Network:
    reaches, notes = _reaches((_with_line(row), where) for row, where in csv_rows(path)[1])
    return _some(build(reaches, (), path.stem, notes), path)


def _some(network: Network, path: Path) -> Network:
    if not network.reaches:
        raise Fault("no_reaches", phrase("there is no reach in it."), where=path.name)
    return network


def _from_folder(path: Path) -> Network:
    if not (path / "reaches.csv").exists():
        raise Fault("no_file", phrase("the folder {name} has no reaches.csv.", name=path.name))
    reaches, notes = _reaches((_with_line(row), where) for row, where in csv_rows(path / "reaches.csv")[1])
    points = [point_of(row, kind, where) for kind in POINTS if (path / f"{kind}s.csv").exists()
              for row, where in csv_rows(path / f"{kind}s.csv")[1]]  # fmt: skip
    return _some(build(reaches, points, path.name, notes), path)


def _with_line(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row whose ends are given by from_lon … to_lat with them as its line and, without nodes, as its nodes."""
    ends = [row.get(k) for k in ("from_lon", "from_lat", "to_lon", "to_lat")]
    if all(ends):
        try:
            a, b, c, d = (float(str(v)) for v in ends)
        except ValueError:
            return row
        row["line"] = ((a, b), (c, d))
        row.setdefault("from_node", f"{a:.5f},{b:.5f}")
        row.setdefault("to_node", f"{c:.5f},{d:.5f}")
    return row


def _from_geojson(path: Path) -> Network:
    try:
        data = json.loads(path.read_text("utf-8"))
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise Fault(
            "not_json", phrase("this cannot be read as JSON ({error}).", error=error), where=path.name
        ) from None
    if not isinstance(data, dict) or not isinstance(data.get("features"), list):
        raise Fault("no_features", phrase("the file is no FeatureCollection."), where=path.name)
    given = []
    for i, feature in enumerate(data["features"], 1):
        where = row_of(path, "feature", i)
        try:
            shape = shapely.from_geojson(json.dumps(feature["geometry"]))
            given.append((dict(feature.get("properties") or {}), shape, where))
        except (KeyError, TypeError, ValueError, shapely.errors.ShapelyError):
            raise Fault(
                "geometry", phrase("the feature has no geometry that can be read."), where=where
            ) from None
    return _some(_of_shapes(given, path.stem), path)


def _from_geopackage(path: Path) -> Network:
    given = []
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as base:
            base.row_factory = sqlite3.Row
            layers = base.execute(
                "SELECT table_name, column_name FROM gpkg_geometry_columns ORDER BY 1"
            ).fetchall()
            for table, column in layers:
                quoted = str(table).replace('"', '""')
                for i, row in enumerate(base.execute(f'SELECT * FROM "{quoted}"'), 1):  # noqa: S608 - a name of the file itself
                    values = dict(row)
                    shape = _wkb(
                        values.pop(column), phrase("{file} {table} row {i}", file=path.name, table=table, i=i)
                    )
                    values.setdefault("layer", str(table).rstrip("s"))
                    given.append(
                        (values, shape, phrase("{file} {table} row {i}", file=path.name, table=table, i=i))
                    )
    except sqlite3.DatabaseError as error:
        raise Fault(
            "not_geopackage", phrase("this is no GeoPackage ({error}).", error=error), where=path.name
        ) from None
    return _some(_of_shapes(given, path.stem), path)


def _wkb(blob: Any, where: str) -> Any:
    """Return the shape of a GeoPackage blob: a header of 8 bytes and an envelope, then WKB (OGC 12-128r19 §2.1.3)."""
    if not isinstance(blob, bytes) or blob[:2] != b"GP":
        raise Fault("geometry", phrase("the row has no geometry of a GeoPackage."), where=where)
    envelope = {0: 0, 1: 32, 2: 48, 3: 48, 4: 64}.get((blob[3] >> 1) & 7)
    try:
        return shapely.from_wkb(blob[8 + (envelope or 0) :])
    except shapely.errors.ShapelyError:
        raise Fault("geometry", phrase("the geometry of the row cannot be read."), where=where) from None


def _of_shapes(given: Iterable[tuple[dict[str, Any], Any, str]], title: str) -> Network:
    """Return a network of lines (reaches) and points, which are put on the nearest reach unless they name theirs."""
    reaches: list[tuple[dict[str, Any], str]] = []
    spots = []
    nodes: list[tuple[float, float]] = []
    for row, shape, where in given:
        if shape is None or shape.is_empty:
            raise Fault("geometry", phrase("the geometry is empty."), where=where)
        if shape.geom_type == "MultiLineString":
            shape = shapely.line_merge(shape)
        if shape.geom_type == "LineString":
            line = tuple((float(x), float(y)) for x, y in shapely.get_coordinates(shape))
            if not all(-180 <= x <= 180 and -90 <= y <= 90 for x, y in line):
                raise Fault("units", phrase("the line is not in longitude and latitude."), where=where)
            measured = {"from_node": _node(nodes, line[0]), "to_node": _node(nodes, line[-1]),
                        "length_km": line_km(line)}  # fmt: skip
            given_too = {k: v for k, v in row.items() if v not in (None, "")}
            reaches.append(({**measured, **given_too, "line": line}, where))
        elif shape.geom_type == "Point":
            spots.append((row, (shape.x, shape.y), where))
        else:
            raise Fault(
                "geometry",
                phrase("a {geom_type} is neither a reach nor a point on one.", geom_type=shape.geom_type),
                where=where,
            )
    made, notes = _reaches(reaches)
    bare = build(made, (), title)
    points: list[Point] = []
    for row, at, where in spots:
        kind = str(row.get("layer") or row.get("kind") or "section").rstrip("s")
        if kind not in POINTS:
            raise Fault(
                "no_kind",
                phrase("a point is a {POINTS}, not a {kind}.", POINTS=", ".join(POINTS), kind=repr(kind)),
                where=where,
            )
        if row.get("reach") in (None, "") or row.get("at_km") in (None, ""):
            row["reach"], row["at_km"] = locate(bare, *at, where=where)
        points.append(point_of(row, kind, where))
    return build(bare.reaches.values(), points, title, notes)


def _node(nodes: list[tuple[float, float]], at: tuple[float, float]) -> str:
    for i, known in enumerate(nodes):
        if distance_km(known, at) <= SNAP_KM:
            return f"n{i}"
    nodes.append(at)
    return f"n{len(nodes) - 1}"


def with_series(network: Network, flows: Mapping[str, float]) -> Network:
    """Return the network with other discharges by reach, m³/s."""
    changed = [replace(r, flow_m3_s=flows[r.id]) if r.id in flows else r for r in network.reaches.values()]
    return build(changed, network.points.values(), network.title, network.notes)


def with_calibration(network: Network, found: Mapping[str, Mapping[str, float]]) -> Network:
    """Return the network with calibrated values by reach. Raises Fault for an unknown reach."""
    reaches: dict[str, Reach] = dict(network.reaches)
    for name, values in found.items():
        reaches[network.reach(name, "calibrated").id] = replace(
            network.reaches[name], **dict[str, Any](values)
        )
    return build(reaches.values(), network.points.values(), network.title, network.notes)
