"""The file of a case: what it means, and every mistake with a message of its own."""

from __future__ import annotations

import pytest

from tongxin.petals.ecology.engine import inputs
from tongxin.petals.ecology.engine.faults import Fault
from tongxin.petals.ecology.engine.quantities import quantity
from tongxin.petals.ecology.engine.samples import thinned
from tongxin.petals.ecology.engine.tests import rivers
from tongxin.petals.ecology.engine.updating import Sample

BASE = {
    "network": "pack",
    "release": {
        "at": {"river": "beiyun-he", "km": 5},
        "substance": "氨氮",
        "amount": "2 t",
        "began": "2026-03-09T22:40",
        "duration": "2 h",
    },
}


def asked(**more):
    return inputs.asked(BASE | more, rivers.ROOT, rivers.PACK)


def released(**more):
    return asked(release={k: v for k, v in (BASE["release"] | more).items() if v is not None})


def test_a_case_is_read() -> None:
    found = asked(
        issued="2026-03-10T01:00",
        flows=[{"station": "st-beiguan", "time": "2026-03-09T20:40", "value": "14000 L/s"}],
        gates=[{"gate": "beiguan-zha", "time": "2026-03-09T20:40", "state": "open"}],
        samples=[{"section": "yulinzhuang", "at": "2026-03-10T03:40:00+08:00", "value": "<50 ug/L"}],
        ice=["beiyun-2"],
    )
    case = found.case
    assert (case.reach, case.at_km, case.mass.middle, case.duration) == ("beiyun-1", 5.0, 2000.0, 7200.0)
    assert case.threshold == 1.0
    assert case.issued == 8400.0
    assert case.flows["st-beiguan"].values.tolist() == [14.0]
    assert case.flows["st-beiguan"].times.tolist() == [-7200.0]
    assert (found.samples[0].below, found.samples[0].value, found.samples[0].at) == (True, 0.05, 18000.0)
    assert case.network.reaches["beiyun-2"].kind == "under_ice"
    assert [s.id for s in case.sections][:2] == ["yulinzhuang", "wangjiabai"]


def test_amounts() -> None:
    band = released(amount={"low": "500 kg", "high": "5 t"}).case.mass
    assert band.middle == pytest.approx(1581.1, rel=1e-3)
    unknown = released(amount="unknown").case
    assert unknown.mass_unknown
    assert unknown.mass.spread > 2
    flowing = released(amount=None, concentration="200 mg/L", discharge="50 L/s").case
    assert flowing.mass.middle == pytest.approx(0.2 * 0.05 * 7200)


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (lambda: released(substance="amonia"), "nearest is 'ammonia'"),
        (lambda: released(at={"lon": 117.6, "lat": 39.9}), "nearest reach is '.*km away"),
        (lambda: released(at={"river": "beiyun-he", "km": 900}), "runs from km 0 to 143"),
        (lambda: released(at={"reach": "beiyun-11", "km": 1}), "nearest is 'beiyun-1'"),
        (lambda: released(at={"reach": "beiyun-1", "km": 99}), "21 km long"),
        (lambda: released(amount="2"), "has no unit"),
        (lambda: released(amount="2 m3/s"), "unit of discharge, not of mass"),
        (lambda: released(amount="-2 t"), "negative"),
        (lambda: released(amount="0 kg"), "does not arrive"),
        (lambda: released(amount="2000000 t"), "t instead of kg"),
        (lambda: released(began="yesterday"), "is no time"),
        (lambda: released(amount=None), "`release.amount` is missing"),
        (lambda: released(amout="2 t"), "nearest is 'amount'"),
        (lambda: asked(issued="2026-03-09T10:00"), "issued 12.7 h before"),
        (lambda: asked(treshold="1 mg/L"), "nearest is 'threshold'"),
        (lambda: asked(threshold="1 kg"), "unit of mass, not of concentration"),
        (lambda: asked(threshold="0 mg/L"), "above zero"),
        (lambda: asked(horizon="0 h"), "between a minute and a year"),
        (lambda: asked(members=1.5), "whole number"),
        (lambda: asked(temperature=300), "impossible here"),
        (lambda: asked(sections=["wangjiaba"]), "nearest is 'wangjiabai'"),
        (lambda: asked(network="nowhere.yaml"), "there is no file"),
        (lambda: asked(flows=[{"station": "st-beiguan", "time": "2026-03-09T20:40", "value": "14000 m3/s"}]), "Was it written in L/s"),
        (lambda: asked(flows=[{"station": "st-beiguan", "time": "2026-03-09T20:40", "value": "-3 m3/s"}]), "negative"),
        (lambda: asked(flows=[{"station": "st-beiguan", "time": "2026-03-09T20:40", "value": "0 m3/s"}]), "`dry`"),
        (lambda: asked(flows=[{"station": "beiguan", "time": "2026-03-09T20:40", "value": "1 m3/s"}]), "nearest is 'st-beiguan'"),
        (lambda: asked(flows=[{"station": "st-beiguan", "time": "2026-03-09T20:40", "stage": "4 m"}]), "rating"),
        (lambda: asked(gates=[{"gate": "beiguan-zha", "time": "2026-03-09T20:40", "state": "ajar"}]), "`open` or `shut`"),
        (lambda: asked(samples=[{"section": "yulinzhuang", "at": "2026-03-01T00:00", "value": "1 mg/L"}]), "before the release"),
        (lambda: asked(samples=[{"section": "wucun", "at": "2026-03-12T00:00", "value": "1 mg/L"}]), "below the release"),
        (lambda: asked(samples=[{"section": "yulinzhuang", "at": "2026-03-10T03:40", "value": "<1 mg/L", "highest": True}]), "no highest reading"),
    ],
)  # fmt: skip
def test_every_mistake_has_its_message(made, said) -> None:
    with pytest.raises(Fault, match=said):
        made()


def test_a_stage_with_its_rating_is_a_discharge() -> None:
    row = {"station": "st-beiguan", "time": "2026-03-09T20:40", "stage": "3 m", "rating_zero_m": 1, "rating_factor": 5,
           "rating_exponent": 1.5}  # fmt: skip
    found = asked(flows=[row]).case.flows["st-beiguan"]
    assert found.what == "stage"
    assert found.values[0] == pytest.approx(5 * 2**1.5)


def test_a_broken_file_names_its_line(tmp_path) -> None:
    path = tmp_path / "case.yaml"
    path.write_text("network: pack\nrelease: {at: [\n", "utf-8")
    with pytest.raises(Fault, match=r"case.yaml line \d"):
        inputs.read(path)


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [("2.5 t", "mass", 2500), ("3吨", "mass", 3000), ("1e3 kg", "mass", 1000), ("PT1H30M", "time", 5400), ("2 d", "time", 172800),
     ("86400 m3/d", "discharge", 1), ("5 µg/L", "concentration", 0.005), ("4.32 km", "length", 4320)],
)  # fmt: skip
def test_quantities(text, kind, value) -> None:
    assert quantity(text, kind, "") == pytest.approx(value)


def test_of_a_sensors_many_readings_some_are_taken() -> None:
    many = [Sample(0, 60.0 * i, 1.0 + (i == 777)) for i in range(3000)]
    few = [Sample(1, 60.0 * i, 1.0) for i in range(5)]
    found = thinned([*many, *few])
    assert len(found) == 45
    assert many[777] in found
    assert {many[0], many[-1]} <= set(found)
    assert thinned(few) == tuple(few)
