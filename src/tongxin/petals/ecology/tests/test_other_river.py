"""Another basin's network, in every format a file may have, through every command; and what is wrong in it by its row."""

from __future__ import annotations

import csv
import json
import re
import sqlite3
import struct
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import shapely
from click.testing import CliRunner
from django.utils import translation
from ruamel.yaml import YAML

from tongxin.petals.ecology import spill_cli
from tongxin.shared.errors import Refused

FILE = Path(spill_cli.__file__).parent / "engine" / "tests" / "data" / "lowland.yaml"
POINTS = ("section", "gate", "station", "source")
Rows = dict[str, list[dict[str, Any]]]


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def rows() -> Rows:
    """The file's reaches and points, flat, a list of words as text."""
    told = YAML(typ="safe").load(FILE)

    def flat(row: dict[str, Any]) -> dict[str, Any]:
        row = row | row.pop("hydraulics", {})
        return {k: ",".join(v) if k in {"waters", "substances"} else v for k, v in row.items()}

    return {kind: [flat(r) for r in told[kind]] for kind in ("reaches", *(f"{p}s" for p in POINTS))}


def as_yaml(folder: Path, told: Rows) -> Path:
    path = folder / "net.yaml"
    YAML(typ="safe").dump(dict(told), path)
    return path


def as_folder(folder: Path, told: Rows) -> Path:
    path = folder / "net"
    path.mkdir()
    for kind, listed in told.items():
        names = list(dict.fromkeys(k for r in listed for k in r if k != "line"))
        with (path / f"{kind}.csv").open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.DictWriter(file, names, extrasaction="ignore")
            writer.writeheader()
            writer.writerows(listed)
    return path


def place(told: Rows, row: dict[str, Any]) -> list[float]:
    """Where a point is drawn: so far along the line of its reach."""
    reach = next(r for r in told["reaches"] if r["id"] == row["reach"])
    spot = shapely.LineString(reach["line"]).interpolate(row["at_km"] / reach["length_km"], normalized=True)
    return [spot.x, spot.y]


def as_geojson(folder: Path, told: Rows) -> Path:
    lines = [(r, {"type": "LineString", "coordinates": r["line"]}) for r in told["reaches"]]
    spots = [
        (r | {"layer": kind}, {"type": "Point", "coordinates": place(told, r)})
        for kind in POINTS for r in told[f"{kind}s"]
    ]  # fmt: skip
    features = [
        {
            "type": "Feature",
            "properties": {k: v for k, v in r.items() if k not in {"line", "at_km"}},
            "geometry": g,
        }
        for r, g in [*lines, *spots]
    ]
    path = folder / "net.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), "utf-8")
    return path


def as_geopackage(folder: Path, told: Rows) -> Path:
    path = folder / "net.gpkg"
    head = b"GP\x00\x01" + struct.pack("<i", 4326)
    with closing(sqlite3.connect(path)) as base:
        base.execute("CREATE TABLE gpkg_geometry_columns (table_name TEXT, column_name TEXT)")
        for kind, listed in told.items():
            names = list(dict.fromkeys(k for r in listed for k in r if k not in {"line", "at_km"}))
            marks = ", ".join(f'"{n}"' for n in names)
            base.execute(f'CREATE TABLE "{kind}" (fid INTEGER PRIMARY KEY, geom BLOB, {marks})')
            base.execute("INSERT INTO gpkg_geometry_columns VALUES (?, 'geom')", [kind])
            for row in listed:
                shape = shapely.LineString(row["line"]) if "line" in row else shapely.Point(place(told, row))
                values = [head + shapely.to_wkb(shape), *(row.get(n) for n in names)]
                base.execute(
                    f'INSERT INTO "{kind}" (geom, {marks}) VALUES ({", ".join("?" * len(values))})', values
                )
        base.commit()
    return path


FORMATS = [as_yaml, as_folder, as_geojson, as_geopackage]


def run(*args: str, ends: int = 0) -> str:
    done = CliRunner().invoke(spill_cli.group, list(args), catch_exceptions=False)
    assert done.exit_code == ends, done.output
    return done.stdout


def case(network: Path, **more: Any) -> str:
    told = {
        "network": str(network),
        "release": {"at": {"river": "hill", "km": 12}, "substance": "phenol", "amount": "400 kg",
                    "began": "2026-05-04T06:00+02:00", "duration": "1 h"},
        "issued": "2026-05-04T08:00+02:00", "members": 60, "temperature": 14,
        "flows": [{"station": "gauge", "time": "2026-05-04T07:00+02:00", "value": "900 m3/s"}],
        "gates": [{"gate": "barrage", "time": "2026-05-04T05:00+02:00", "state": "open"}],
    } | more  # fmt: skip
    path = network.parent / "case.yaml"
    YAML(typ="safe").dump(told, path)
    return str(path)


@pytest.mark.parametrize("make", FORMATS)
def test_every_command_takes_another_basins_network(
    make: Callable[[Path, Rows], Path], tmp_path: Path
) -> None:
    network = make(tmp_path, rows())
    said = run("network", "check", str(network))
    assert "9 reaches, 163 km, 3 sections, 1 gates, 1 stations, 1 sources" in said
    assert "0 errors" in said
    told = json.loads(run("forecast", case(network), "--json"))
    states = {s["id"]: (s["state"], s["km_below"]) for s in told["sections"]}
    assert states["border"][0] == "arrives"
    assert states["border"][1] == pytest.approx(46, abs=0.3)
    assert states["intake"][1] == pytest.approx(65, abs=0.5)
    assert "bridge" not in states
    assert told["released"] == "2026-05-04T06:00+02:00"
    sample = {"section": "border", "at": "2026-05-05T00:00+02:00", "value": "3 ug/L"}
    assert "effective members of 60" in run("update", case(network, samples=[sample]))


def test_the_same_forecast_from_every_format(tmp_path: Path) -> None:
    found = []
    for make in FORMATS:
        folder = tmp_path / make.__name__
        folder.mkdir()
        told = json.loads(run("forecast", case(make(folder, rows())), "--json"))
        found.append({s["id"]: s["arrival"]["p50"][:13] for s in told["sections"]})
    assert all(f.keys() == found[0].keys() for f in found)
    assert found[0] == found[1]


def test_a_search_there_ranks_the_works(tmp_path: Path) -> None:
    network = as_yaml(tmp_path, rows())
    told = {"network": str(network), "substance": "phenol", "longest": "2 d", "step_km": 10,
            "samples": [{"section": "border", "at": "2026-05-05T00:00+02:00", "value": "9 ug/L"}]}  # fmt: skip
    path = tmp_path / "search.yaml"
    YAML(typ="safe").dump(told, path)
    found = json.loads(run("search", str(path), "--json"))
    assert {"hill-2", "middle", "lower"} <= {c["reach"] for c in found["candidates"]}
    assert "works" in {c["source"] for c in found["candidates"]}


def changed(listed: str, number: int, /, **values: Any) -> Rows:
    told = rows()
    told[listed][number] = {k: v for k, v in (told[listed][number] | values).items() if v is not None}
    return told


@pytest.mark.parametrize(
    ("told", "said"),
    [
        (changed("reaches", 2, to_node="first-barrage"), r"reaches\.csv line 3: .*run in a loop"),
        (changed("reaches", 3, length_km=None), r"reaches\.csv line 5: a reach has no 'length_km'"),
        (changed("reaches", 4, depth_m=90000), r"reaches\.csv line 6: .*depth_m"),
        (changed("reaches", 3, flow_m3_s=1500), r"reaches\.csv line 5: .*m/s"),
        (changed("sections", 1, at_km=250), r"sections\.csv line 3: .*250 km"),
        (changed("gates", 0, reach="midle"), r"gates\.csv line 2: .*'midle'"),
        (changed("sections", 2, at_km="far"), r"sections\.csv line 4: at_km is 'far'"),
    ],
)
def test_what_cannot_be_names_its_row(told: Rows, said: str, tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        run("network", "check", str(as_folder(tmp_path, told)))
    assert re.search(said, str(refused.value.what)), refused.value.what


@pytest.mark.parametrize(
    ("told", "said"),
    [
        (changed("reaches", 2, km=300), "feature 3: the kilometre marks run backwards"),
        (changed("reaches", 2, km=365), "feature 3: between 'first-pool'"),
        (changed("reaches", 1, kind="pool", depth_m=None), "feature 2: the pool 'first-pool' has neither"),
        (changed("reaches", 5, from_node="elsewhere"), "is that one node?"),
        (changed("reaches", 5, length_km=15), "feature 6: the reach .lower. is 15 km long, its line"),
        (changed("reaches", 2, line=[[8.30, 48.98], [8.03, 48.76]]), "drawn against the flow"),
        (changed("reaches", 8, waters="north"), "note: net.geojson feature 9: the water passes from"),
    ],
)
def test_a_check_names_its_row(told: Rows, said: str, tmp_path: Path) -> None:
    found = CliRunner().invoke(spill_cli.group, ["network", "check", str(as_geojson(tmp_path, told))])
    assert found.exit_code == (0 if said.startswith("note") else 1), found.output
    assert re.search(said, found.output), found.output


def test_marks_that_count_upstream_are_told(tmp_path: Path) -> None:
    told = rows()
    for row in told["reaches"]:
        row["km"] = 500 - row["km"]
    said = run("network", "check", str(as_folder(tmp_path, told)), ends=1)
    assert "the kilometre marks of 'main' count upstream" in said
