"""The ensemble forecast: the same everywhere, honest about gates, dry beds, ice and stale readings."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tongxin.petals.ecology.engine import ensemble, updating
from tongxin.petals.ecology.engine.case import HOUR, Amount, Series
from tongxin.petals.ecology.engine.faults import Fault
from tongxin.petals.ecology.engine.model import COMMON, Model
from tongxin.petals.ecology.engine.network import Point, build
from tongxin.petals.ecology.engine.tests import rivers


def plain(found: ensemble.Forecast) -> list[tuple[object, ...]]:
    return [(s.id, s.state, s.probability, s.arrival, s.peak_at, s.peak, s.duration) for s in found.sections]


def test_the_same_in_one_process_and_in_two() -> None:
    """Bit for bit; another seed gives another answer, and another hash of the inputs."""
    one = ensemble.forecast(rivers.case())
    two = ensemble.forecast(rivers.case(), processes=2)
    assert plain(one) == plain(two)
    assert all(np.array_equal(a.figures, b.figures) for a, b in zip(one.sections, two.sections, strict=True))
    other = ensemble.forecast(rivers.case(seed=8))
    assert plain(other) != plain(one)
    assert other.inputs != one.inputs == two.inputs


def test_bands_are_in_order_and_move_downstream() -> None:
    found = ensemble.forecast(rivers.case())
    for s in found.sections:
        assert s.state == "arrives"
        for band in (s.arrival, s.peak_at, s.peak, s.duration):
            assert band.p5 <= band.p50 <= band.p95
        assert 0 <= s.within["6"] <= s.within["24"] <= s.within["72"] <= 1
    p50 = [s.arrival.p50 for s in found.sections]
    assert p50 == sorted(v for v in p50 if v)
    peaks = [s.peak.p50 for s in found.sections]
    assert peaks == sorted((v for v in peaks if v), reverse=True)


def test_mass_is_kept() -> None:
    """Of a conservative substance what passes is what was released: area of the curve × discharge."""
    found = ensemble.forecast(
        rivers.case(flows={"st": Series("discharge", np.array([-600.0]), np.array([30.0]))})
    )
    for s in found.sections:
        passed = s.figures[:, ensemble.AREA] * 30.0 / 1e3
        assert np.median(passed) == pytest.approx(2000.0, rel=0.05)


def test_a_shut_gate_holds_and_a_plan_lets_go() -> None:
    def below(times: list[float], states: list[float]) -> ensemble.SectionForecast:
        gates = {"g": Series("gate", np.array(times), np.array(states))}
        return ensemble.forecast(rivers.case(gates=gates)).sections[2]

    held = below([-600.0], [0.0])
    assert (held.state, held.probability, held.held) == ("held", 0.0, 1.0)
    assert held.arrival == ensemble.Band()
    later = below([-600.0, 80 * HOUR], [0.0, 1.0])
    assert later.state == "arrives"
    assert later.arrival.p5 >= 80 * HOUR
    unseen = ensemble.forecast(rivers.case(gates={}))
    assert unseen.sections[2].held == pytest.approx(0.3, abs=0.1)
    assert any("no reading" in text for text in unseen.assumptions)


def test_dry_held_and_ice() -> None:
    net = rivers.straight()
    for kind, state in (("dry", "dry"), ("held", "held")):
        reaches = [replace(r, kind=kind) if r.id == "r1" else r for r in net.reaches.values()]
        found = ensemble.forecast(rivers.case(build(reaches, net.points.values())))
        assert [s.state for s in found.sections] == ["arrives", state, state]
    iced = build([replace(r, kind="under_ice") for r in net.reaches.values()], net.points.values())
    cold, warm = (ensemble.forecast(rivers.case(n)).sections[2].arrival.p50 for n in (iced, net))
    assert cold / warm == pytest.approx(1 / 0.76, rel=0.05)


def test_joining_dilutes_and_branching_does_not() -> None:
    reaches = [
        rivers.reach("a", "1", "3"), rivers.reach("b", "2", "3", flow_m3_s=30.0), rivers.reach("c", "3", "4", flow_m3_s=60.0),
        rivers.reach("d", "4", "5", flow_m3_s=20.0), rivers.reach("e", "4", "6", flow_m3_s=40.0),
    ]  # fmt: skip
    points = [Point(f"s{r.id}", "section", r.id, 15.0) for r in reaches if r.id != "b"]
    case = rivers.case(build(reaches, points), reach="a", gates={}, mass=Amount(2000.0))
    found = {s.id: s for s in ensemble.forecast(case).sections}
    mass = {n: float(np.median(s.figures[:, ensemble.AREA])) for n, s in found.items()}
    assert mass["sc"] == pytest.approx(mass["sa"] / 2, rel=0.1)
    assert mass["sd"] == pytest.approx(mass["sc"], rel=0.05)
    assert mass["se"] == pytest.approx(mass["sc"], rel=0.05)


def test_stale_readings_widen_or_refuse() -> None:
    def flows(age: float) -> dict[str, Series]:
        return {"st": Series("discharge", np.array([-age]), np.array([30.0]))}

    fresh = ensemble.forecast(rivers.case(flows=flows(600.0)))
    old = ensemble.forecast(rivers.case(flows=flows(60 * HOUR)))

    def wide(f: ensemble.Forecast) -> float:
        return float(np.log(f.sections[2].arrival.p95 / f.sections[2].arrival.p5))

    assert wide(old) > wide(fresh)
    assert dict(old.stale) == {"st": 60 * HOUR}
    with pytest.raises(Fault, match="'st' is 100 hours old"):
        ensemble.forecast(rivers.case(flows=flows(100 * HOUR)))
    assert ensemble.forecast(rivers.case(flows=flows(100 * HOUR), accept_stale=True)).stale


def test_a_sample_narrows_the_band_and_tells_its_members() -> None:
    case = rivers.case(members=500)
    before = ensemble.forecast(case)
    truth = before.sections[0].peak_at.p50 * 0.8
    done = updating.update(case, [updating.Sample(0, truth, before.sections[0].peak.p50 * 0.8)])
    after = ensemble.forecast(case, z=done.z, effective=done.effective)
    assert done.effective >= 100
    assert after.effective == done.effective
    assert done.steps[-1] == 1.0
    spread = [np.log(f.sections[2].arrival.p95 / f.sections[2].arrival.p5) for f in (before, after)]
    assert spread[1] < 0.9 * spread[0]
    again = updating.update(case, [updating.Sample(0, truth, before.sections[0].peak.p50 * 0.8)])
    assert np.array_equal(done.z, again.z)


def test_a_non_detect_is_information() -> None:
    """Nothing found when half of the members have it there: the plume is later, or has passed."""
    case = rivers.case(members=500)
    before = ensemble.forecast(case)
    when = before.sections[1].peak_at.p5
    done = updating.update(case, [updating.Sample(1, when, 0.02, below=True)])
    after = ensemble.forecast(case, z=done.z)
    assert after.sections[2].arrival.p50 > before.sections[2].arrival.p50


def test_a_highest_reading_tells_time_and_height() -> None:
    """Told that a reading was the highest of the passage, arrival and peak below are both narrower than before."""
    case = rivers.case(members=250, mass=Amount(2000.0, 0.5))
    before = ensemble.forecast(case)
    when, value = before.sections[0].peak_at.p50 * 1.2, before.sections[0].peak.p50 * 1.5
    done = updating.update(case, [updating.Sample(0, when, value, error=0.1, highest=True)])
    after = ensemble.forecast(case, z=done.z, effective=done.effective)
    assert done.effective >= 100
    assert after.sections[0].peak_at.p50 == pytest.approx(when, rel=0.05)
    assert after.sections[0].peak.p50 == pytest.approx(value, rel=0.15)
    for column, share in ((ensemble.ARRIVAL, 0.75), (ensemble.PEAK, 0.65)):
        spread = [np.std(np.log(f.sections[2].figures[:, column])) for f in (before, after)]
        assert spread[1] < share * spread[0]


def test_an_impossible_number_of_members_is_refused() -> None:
    with pytest.raises(Fault, match="between 50 and 100,000"):
        ensemble.forecast(rivers.case(members=3))


def test_more_members_than_curves_are_kept() -> None:
    found = ensemble.forecast(rivers.case(members=ensemble.KEPT + 130))
    assert found.members == len(found.sections[0].figures) == ensemble.KEPT + 130
    assert found.sections[0].curve.shape[1] == 3


def test_the_same_on_a_dask_cluster() -> None:
    """A scheduler and two workers of their own processes, asked over TCP as anybody's cluster is."""
    from distributed import LocalCluster

    case = rivers.case(members=2 * ensemble.BLOCK + 30)
    alone = ensemble.forecast(case)
    with LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, host="127.0.0.1"
    ) as cluster:
        there = ensemble.forecast(case, cluster=cluster.scheduler_address)
    assert plain(there) == plain(alone)
    assert all(
        np.array_equal(a.figures, b.figures, equal_nan=True)
        for a, b in zip(alone.sections, there.sections, strict=True)
    )


def test_what_a_tracer_test_leaves_open_says_nothing_of_other_reaches() -> None:
    """The common error of velocities moves a reach that was surveyed, not one that was measured."""
    net = build(
        [
            replace(r, velocity_m_s=0.4, calibrated_spread=0.1) if r.id == "r0" else r
            for r in rivers.straight().reaches.values()
        ],
        rivers.straight().points.values(),
    )
    model = Model(rivers.case(net))
    z = np.zeros((2, model.dims))
    z[1, COMMON.index("velocity")] = 1.0
    elements, _release = model.members(z)
    reach = [p.reach for p in model.pieces]
    slower = elements.tau[0] / elements.tau[1]
    assert slower[reach.index("r0")] == pytest.approx(1.0)
    assert slower[reach.index("r1")] > 1.1
