"""Calibration and upstream search: what was put in is found again; real tracers where they are at hand."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from tongxin.petals.ecology.engine import calibrate, ensemble, search, updating
from tongxin.petals.ecology.engine.case import HOUR, Amount
from tongxin.petals.ecology.engine.faults import Fault
from tongxin.petals.ecology.engine.network import Point, build
from tongxin.petals.ecology.engine.tests import rivers

TRACERS = Path(os.environ.get("TRACER_DATA", rivers.ROOT.parent / "shared" / "data" / "ecology"))


def made(noise: float = 0.0) -> tuple[calibrate.Tracer, dict[str, float]]:
    """A pulse at an upper sensor, carried down 3 km by known parameters, with noise."""
    t = np.arange(0, 8 * 3600.0, 60.0)
    upper = 5 + 80 * np.exp(-((t - 3000) ** 2) / (2 * 500.0**2))
    bare = calibrate.Tracer(t, upper, upper, 3000.0)
    true = {"velocity": 0.4, "dispersion": 6.0, "alpha": 2e-4, "ratio": 0.2}
    lower = calibrate.Carrier(bare)(0.4, 0.4 * 3000 / 6.0, 2e-4, 0.2) * 0.9 + 7
    lower = lower + noise * np.random.default_rng(4).standard_normal(len(t))
    return calibrate.Tracer(t, upper, lower, 3000.0), true


@pytest.mark.parametrize(("noise", "near"), [(0.0, 0.02), (0.3, 0.25)])
def test_known_parameters_are_found_again(noise: float, near: float) -> None:
    tracer, true = made(noise)
    found = calibrate.fit(tracer)
    assert found.nse > 0.995
    assert found.velocity == pytest.approx(true["velocity"], rel=max(near / 3, 0.01))
    assert found.dispersion == pytest.approx(true["dispersion"], rel=2 * near)
    assert found.ratio == pytest.approx(true["ratio"], rel=2 * near)
    assert found.recovery == pytest.approx(0.9, rel=0.03)
    assert found.background == pytest.approx(7, abs=0.3)


def test_a_file_of_a_tracer(tmp_path) -> None:
    tracer, _true = made()
    path = tmp_path / "t.csv"
    rows = [
        f"{t / 60:g},{u:.6g},{v:.6g}"
        for t, u, v in zip(tracer.times, tracer.upper, tracer.lower, strict=True)
    ]
    path.write_text("time_min,up,down\n" + "\n".join([*rows[:50], "50.5,,", *rows[51:]]) + "\n", "utf-8")
    found = calibrate.read(path, 3000.0)
    assert len(found.times) == len(tracer.times) - 1
    assert found.times[-1] == tracer.times[-1]
    with pytest.raises(Fault, match="nearest is 'down'"):
        calibrate.read(path, 3000.0, lower="dwn")
    path.write_text("time_min,up,down\n" + "\n".join([*rows[:20], rows[3]]) + "\n", "utf-8")
    with pytest.raises(Fault, match="do not rise after row 20"):
        calibrate.read(path, 3000.0)


@pytest.mark.parametrize(
    ("name", "length", "columns"),
    [
        ("tracer_clark_fork_2020.csv", 4320.0, {"time": "time_min"}),
        ("tracer_neon_guil_20160722_step.csv", 283.0, {}),
    ],
)
def test_real_tracers(name, length, columns) -> None:
    path = TRACERS / name
    if not path.exists():
        pytest.skip(f"the tracer test {name} is not at hand: set TRACER_DATA to its folder")
    found = calibrate.fit(calibrate.read(path, length, **columns))
    assert found.nse >= 0.995
    assert abs(found.peak) <= 0.02
    assert abs(found.arrival) <= 180


def seen(case, network_case, at: list[tuple[int, float]]) -> list[updating.Sample]:
    """What the middle member of a release elsewhere would show."""
    found = ensemble.forecast(network_case)
    samples = []
    for section, when in at:
        s = found.sections[section]
        value = float(np.interp(when, s.times, s.curve[:, 1]))
        samples.append(updating.Sample(section, when, max(value, 1e-3), value < 1e-3))
    return samples


def test_a_search_ranks_the_true_branch_first_and_never_names_one() -> None:
    """Two branches join; only the left one's own section shows it, so the left branch is ranked first."""
    reaches = [
        rivers.reach("left", "1", "3"),
        rivers.reach("right", "2", "3"),
        rivers.reach("down", "3", "4", flow_m3_s=60.0),
    ]
    points = [
        Point("sl", "section", "left", 14.0), Point("sr", "section", "right", 14.0), Point("sd", "section", "down", 10.0),
        Point("works", "source", "left", 4.0, substances=("conservative",)), Point("farm", "source", "right", 6.0),
    ]  # fmt: skip
    net = build(reaches, points)
    case = rivers.case(net, reach="left", at_km=4.0, gates={}, mass=Amount(3000.0), members=125)
    released = ensemble.forecast(case).sections
    when = [s.peak_at.p50 if s.peak_at.p50 else 0.0 for s in released]
    left = next(i for i, p in enumerate(case.sections) if p.id == "sl")
    right = next(i for i, p in enumerate(case.sections) if p.id == "sr")
    down = next(i for i, p in enumerate(case.sections) if p.id == "sd")
    samples = seen(None, case, [(left, when[left]), (left, when[left] * 1.3), (down, when[down])])
    samples.append(updating.Sample(right, when[down], 0.01, True))
    found = search.search(case, samples, longest=48 * HOUR, step_km=3.0)
    assert found.reaches[0][0] == "left"
    assert found.reaches[0][1] > 0.7
    assert len(found.candidates) >= 10
    assert sum(c.share for c in found.candidates) == pytest.approx(1.0)
    assert found.candidates[0].share < 0.999
    works = next(c for c in found.candidates if c.source == "works")
    farm = next(c for c in found.candidates if c.source == "farm")
    assert works.evidence > farm.evidence
    assert works.begun[1] < 0.3 * when[left]
    with pytest.raises(Fault, match="was found"):
        search.search(case, [updating.Sample(left, 0.0, 0.1, True)])
