"""`tongxin spill` and `tongxin water`: what they print, in three forms, and refusals instead of tracebacks."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from django.utils import translation

from tongxin.petals.ecology import spill_cli, water_cli
from tongxin.shared.errors import Refused

EXAMPLE = Path(__file__).resolve().parents[5] / "docs" / "guide" / "spill" / "beiyun.yaml"


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def run(*args: str, group=spill_cli.group) -> str:
    done = CliRunner().invoke(group, list(args), catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout


@pytest.fixture
def small(tmp_path) -> Path:
    path = tmp_path / "case.yaml"
    path.write_text(
        EXAMPLE.read_text("utf-8") + "members: 150\nsections: [yulinzhuang, wangjiabai, kuangergang]\n",
        "utf-8",
    )
    return path


def test_forecast_in_every_form(small, tmp_path) -> None:
    told = json.loads(run("forecast", str(small), "--json", "--png", str(tmp_path / "a.png")))
    assert [s["id"] for s in told["sections"]] == ["yulinzhuang", "wangjiabai", "kuangergang"]
    first, _second, held = told["sections"]
    assert first["arrival"]["p5"] <= first["arrival"]["p50"] <= first["arrival"]["p95"]
    assert held["state"] == "held"
    assert held["arrival"] == {"p5": None, "p50": None, "p95": None}
    assert len(told["engine"]["inputs"]) == 64
    assert any("illustrative" in text for text in told["assumptions"])
    assert "GB 3838-2002, table 1" in told["notes"][0]
    for name in ("a.png", "a-along.png"):
        assert (tmp_path / name).read_bytes().startswith(b"\x89PNG")
    rows = run("forecast", str(small), "--csv").splitlines()
    assert len(rows) == 4
    assert rows[0].startswith("section,km_below,state,probability,held,within_6_h")
    assert "held behind a gate: no time is told" in run("forecast", str(small))


def test_update_tells_its_effective_members(small) -> None:
    assert "effective members of 150" in run("update", str(small))


def test_search_tells_more_than_one_place(tmp_path) -> None:
    path = tmp_path / "search.yaml"
    path.write_text(
        "network: pack\nsubstance: ammonia\nlongest: 2 d\nstep_km: 8\nsamples:\n"
        "  - {section: wangjiabai, at: 2026-03-11T08:00, value: 3 mg/L}\n",
        "utf-8",
    )
    told = json.loads(run("search", str(path), "--json"))
    assert len(told["candidates"]) >= 5
    assert all(c["share"] < 1 for c in told["candidates"])
    assert "no finding about anybody" in run("search", str(path), "--limit", "3")


def test_network_check_of_the_pack() -> None:
    assert "0 errors" in run("network", "check")


def test_refusals(small, tmp_path) -> None:
    small.write_text(small.read_text("utf-8").replace("氨氮", "amonia"), "utf-8")
    with pytest.raises(Refused) as refused:
        run("forecast", str(small))
    assert "there is no substance 'amonia'" in str(refused.value.what)
    assert "nearest" in str(refused.value.todo)
    with pytest.raises(Refused):
        run("calibrate", str(tmp_path / "none.csv"), "--length", "100 m")


def test_classify(tmp_path) -> None:
    path = tmp_path / "waters.csv"
    path.write_text("section,target,氨氮,cod\n王家摆,III,0.4,18\n土门楼,III,1.6,18\n", "utf-8")
    said = run("classify", str(path), group=water_cli.group)
    assert "target met 1 of 2" in said
    assert "V by ammonia_nitrogen" in said
    assert json.loads(run("classify", str(path), "--json", group=water_cli.group))["rows"][1]["class"] == "V"
