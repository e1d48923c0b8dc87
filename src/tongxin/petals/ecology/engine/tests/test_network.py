"""Networks: the same from four formats, checks that name rows, places on and off the river."""

from __future__ import annotations

import csv
import json
import sqlite3
from contextlib import closing

import pytest
import shapely
from ruamel.yaml import YAML

from tongxin.petals.ecology.engine import network_read
from tongxin.petals.ecology.engine.faults import Fault
from tongxin.petals.ecology.engine.network import locate
from tongxin.petals.ecology.engine.tests import rivers

ROWS = [
    {"id": "up", "river": "x", "from_node": "a", "to_node": "b", "length_km": 10.5, "km": 0, "width_m": 40, "depth_m": 1.5,
     "flow_m3_s": 12, "waters": "left"},
    {"id": "down", "river": "x", "from_node": "b", "to_node": "c", "length_km": 9.0, "km": 10.5, "width_m": 45, "depth_m": 1.6,
     "flow_m3_s": 13, "waters": "right"},
]  # fmt: skip
LINES = {"up": [(117.0, 39.5), (117.1, 39.5)], "down": [(117.1, 39.5), (117.1, 39.43)]}
SPOT = {"layer": "section", "id": "s", "name": "断面"}


def geojson(tmp_path, rows=ROWS, lines=LINES, spot=(117.05, 39.501)):
    features = [{"type": "Feature", "properties": dict(r), "geometry": {"type": "LineString", "coordinates": lines[r["id"]]}} for r in rows]  # fmt: skip
    features.append(
        {"type": "Feature", "properties": SPOT, "geometry": {"type": "Point", "coordinates": spot}}
    )
    path = tmp_path / "net.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), "utf-8")
    return path


def folder(tmp_path, rows=ROWS):
    path = tmp_path / "net"
    path.mkdir()
    names = list(rows[0])
    lines = [",".join(names), *(",".join(str(r[n]) for n in names) for r in rows)]
    (path / "reaches.csv").write_text("\n".join(lines) + "\n", "utf-8")
    (path / "sections.csv").write_text("id,name,reach,at_km\ns,断面,up,5.2\n", "utf-8")
    return path


def geopackage(tmp_path):
    """A GeoPackage as other programs write it: a header with an envelope before the WKB."""
    path = tmp_path / "net.gpkg"
    with closing(sqlite3.connect(path)) as base:
        base.execute("CREATE TABLE gpkg_geometry_columns (table_name TEXT, column_name TEXT)")
        base.execute("INSERT INTO gpkg_geometry_columns VALUES ('reaches', 'geom'), ('sections', 'geom')")
        names = list(ROWS[0])
        base.execute(f"CREATE TABLE reaches (fid INTEGER PRIMARY KEY, geom BLOB, {', '.join(names)})")
        base.execute("CREATE TABLE sections (fid INTEGER PRIMARY KEY, geom BLOB, id, name)")

        def blob(shape):
            x0, y0, x1, y1 = shape.bounds
            envelope = b"".join(__import__("struct").pack("<d", v) for v in (x0, x1, y0, y1))
            return b"GP\x00\x03" + (4326).to_bytes(4, "little") + envelope + shapely.to_wkb(shape)

        for row in ROWS:
            marks = ", ".join("?" * (len(names) + 1))
            values = [blob(shapely.LineString(LINES[row["id"]])), *row.values()]
            base.execute(f"INSERT INTO reaches (geom, {', '.join(names)}) VALUES ({marks})", values)
        base.execute(
            "INSERT INTO sections (geom, id, name) VALUES (?, 's', '断面')",
            [blob(shapely.Point(117.05, 39.501))],
        )
        base.commit()
    return path


@pytest.mark.parametrize("make", [geojson, folder, geopackage])
def test_the_same_network_from_any_format(make, tmp_path) -> None:
    found = network_read.read(make(tmp_path))
    assert list(found.reaches) == ["up", "down"]
    assert found.reaches["down"].waters == ("right",)
    assert found.reaches["up"].flow_m3_s == 12
    section = found.points["s"]
    assert section.reach == "up"
    assert section.at_km == pytest.approx(5.25, abs=0.1)


def test_the_packs_network_is_sound() -> None:
    found = network_read.read(rivers.PACK)
    assert [f for f in network_read.check(found) if f.grade == "error"] == []
    assert {
        "chaobai-he",
        "beiyun-he",
        "qinglongwan-jianhe",
        "chaobai-xinhe",
        "ju-he",
        "zhou-he",
        "yongding-xinhe",
        "yongding-he",
        "tonghui-he",
    } <= {r.river for r in found.reaches.values()}
    assert "chaobaixin-3" in found.downstream("beiyun-1")
    assert "beiyun-1" not in found.downstream("chaobai-1")
    assert all(r.illustrative for r in found.reaches.values())
    total = sum(r.length_km for r in found.reaches.values() if r.river == "beiyun-he")
    assert total == pytest.approx(143, rel=0.05)


def test_whose_water_a_reach_is_agrees_with_the_packs_other_tables() -> None:
    """Waters are jurisdictions that there are, and follow the order in which rivers.yaml has them."""
    folder = rivers.PACK.parent
    with (folder / "jurisdictions.csv").open(encoding="utf-8", newline="") as file:
        known = {row[0] for row in csv.reader(file)}
    found = network_read.read(rivers.PACK)
    told = YAML(typ="safe").load(folder / "rivers.yaml")["rivers"]
    steps = {r["id"]: {n: i for i, names in reversed([*enumerate(r["steps"])]) for n in names} for r in told}
    last = {r["id"]: {n: i for i, names in enumerate(r["steps"]) for n in names} for r in told}
    reached = dict.fromkeys(steps, 0)
    for reach in found.reaches.values():
        assert set(reach.waters) <= known, reach.id
        if reach.river in steps:
            assert set(reach.waters) <= set(steps[reach.river]), reach.id
            assert all(last[reach.river][w] >= reached[reach.river] for w in reach.waters), reach.id
            reached[reach.river] = min(steps[reach.river][w] for w in reach.waters)
    for section in found.of("section"):
        assert not section.jurisdiction or section.jurisdiction in known


def test_what_flows_into_a_node_of_the_pack_flows_out() -> None:
    """The illustrative discharges are of one piece: nowhere is a tenth of the water lost."""
    found = network_read.read(rivers.PACK)
    for reach in found.reaches.values():
        node = reach.from_node
        into = sum(r.flow_m3_s or 0 for r in found.reaches.values() if r.to_node == node)
        out = sum(r.flow_m3_s or 0 for r in found.reaches.values() if r.from_node == node)
        assert not into or out >= 0.9 * into, (node, into, out)


def changed(**more):
    return [ROWS[0], ROWS[1] | more]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (changed(to_node="a"), "run in a loop"),
        (changed(id="up"), "is there twice"),
        (changed(length_km="ten"), r"reaches.csv line 3: length_km is 'ten'"),
        (changed(flow_m3_s=13000), "was the discharge written in L/s|Was the discharge written in L/s"),
        (changed(depth_m=0), "depth_m = 0"),
        (changed(slope=0.5), "‰"),
        (changed(kind="lake"), "of a kind 'lake'"),
        (changed(from_node=""), "has no 'from_node'"),
    ],
)
def test_what_cannot_be_is_refused_with_its_row(rows, said, tmp_path) -> None:
    names = list(dict.fromkeys(k for r in rows for k in r))
    with pytest.raises(Fault, match=said):
        network_read.read(folder(tmp_path, [{n: r.get(n, "") for n in names} for r in rows]))


@pytest.mark.parametrize(
    ("more", "lines", "code"),
    [
        ({"length_km": 1800}, LINES, "units"),
        ({"length_km": 3}, LINES, "length"),
        ({"km": 0}, LINES, "direction"),
        ({"km": 14}, LINES, "gap"),
        ({"from_node": "z"}, LINES, "gap"),
        ({}, LINES | {"down": LINES["down"][::-1]}, "direction"),
        ({}, LINES, "boundary"),
        ({"flow_m3_s": 13e3, "width_m": 1000, "depth_m": 3}, LINES, "units"),
    ],
)
def test_checks(more, lines, code, tmp_path) -> None:
    found = network_read.check(network_read.read(geojson(tmp_path, changed(**more), lines)))
    assert code in {f.code for f in found}
    assert all("feature" in f.where for f in found if f.code == code)


def test_a_place_off_the_river_is_told_its_nearest_reach(tmp_path) -> None:
    found = network_read.read(geojson(tmp_path))
    assert locate(found, 117.05, 39.5)[0] == "up"
    with pytest.raises(Fault, match=r"nearest reach is 'down', 8\.6 km away"):
        locate(found, 117.2, 39.45)


@pytest.mark.parametrize(
    ("name", "text"),
    [("a.geojson", "{"), ("a.geojson", "[]"), ("a.gpkg", "no database"), ("a.yaml", "a: [1"), ("a.yaml", "reaches: 3"), ("a.txt", ""),
     ("a.csv", "id,from_node\nx,y\n"), ("a.geojson", '{"features": [{"geometry": 3}]}')],
)  # fmt: skip
def test_a_broken_file_is_a_fault(name, text, tmp_path) -> None:
    path = tmp_path / name
    path.write_text(text, "utf-8")
    with pytest.raises(Fault):
        network_read.read(path)
