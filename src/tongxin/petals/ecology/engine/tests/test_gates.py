"""Plumes that wait behind gates: the pool's kernel beside an ODE solver, mass, and what a forecast makes of it."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from tongxin.petals.ecology.engine import ensemble, kernels
from tongxin.petals.ecology.engine.case import HOUR, Series
from tongxin.petals.ecology.engine.network import Point, build
from tongxin.petals.ecology.engine.tests import rivers

DT, STEPS = 120.0, 2400


def inflow(t: np.ndarray) -> np.ndarray:
    return np.exp(-(((t - 5 * HOUR) / HOUR) ** 2))


def ponded(opens: float, whole: float, pushed: float, lam: float, grows: float, surge: float) -> np.ndarray:
    curve = inflow(np.arange(STEPS) * DT)[None, :]
    one = [np.array([v]) for v in (opens, whole, pushed, lam, grows, surge)]
    kernels.pond(curve, DT, *one)
    return curve[0]


def solved(opens: float, whole: float, pushed: float, lam: float, grows: float, surge: float) -> np.ndarray:
    """The same water balance and the same chain of mixed parts by scipy, continuous in time."""
    shares = np.append(np.full(kernels.CELLS, pushed / kernels.CELLS), 1 - pushed)
    above = np.append(0.0, np.cumsum(shares)[:-1])
    full = whole + grows * opens
    drained = opens + (full - whole) / surge

    def volume(t: float) -> float:
        return whole + grows * t if t < opens else max(full - surge * (t - opens), whole)

    def change(t: float, c: np.ndarray) -> np.ndarray:
        fills = grows if t < opens else -surge if t < drained else 0.0
        passing = 1.0 - fills * above
        return passing / (shares * volume(t)) * (np.append(inflow(np.array(t)), c[:-1]) - c) - lam * c

    times, found, state = np.arange(STEPS) * DT, np.empty(STEPS), np.zeros(len(shares))
    for begin, end in ((0.0, opens), (opens, drained), (drained, times[-1] + DT)):
        inside = (times >= begin) & (times < end)
        if end > begin:
            run = solve_ivp(change, (begin, end), state, "LSODA", [*times[inside], end], rtol=1e-8, atol=1e-12,
                            max_step=600)  # fmt: skip
            found[inside], state = run.y[-1, : inside.sum()], run.y[:, -1]
    return found


@pytest.mark.parametrize(
    "pool",
    [
        (20 * HOUR, 10 * HOUR, 0.6, 0.0, 1.0, 1.0),
        (20 * HOUR, 10 * HOUR, 0.9, 2e-6, 0.4, 0.5),
        (8 * HOUR, 4 * HOUR, 0.3, 0.0, 0.7, 1.5),
        (2 * HOUR, 15 * HOUR, 0.8, 0.0, 1.0, 0.3),
    ],
)
def test_a_pool_that_fills_and_empties_against_an_ode_solver(pool: tuple[float, ...]) -> None:
    ours, theirs = ponded(*pool), solved(*pool)
    assert ours.max() == pytest.approx(theirs.max(), rel=0.01)
    assert abs(int(ours.argmax()) - int(theirs.argmax())) * DT <= 0.01 * theirs.argmax() * DT + DT
    assert np.abs(ours - theirs).max() < 0.01 * theirs.max()


def test_what_was_kept_comes_out_and_not_before_what_lay_before_it() -> None:
    opens, whole, surge = 20 * HOUR, 8 * HOUR, 1.0
    curve = ponded(opens, whole, 0.95, 0.0, 1.0, surge)
    times = np.arange(STEPS) * DT
    out = np.where(times < opens, 0.0, 1.0 + surge * (times < opens + opens / surge))
    assert (curve * out).sum() == pytest.approx(inflow(times).sum(), rel=2e-3)
    # the plume came at 5 h with 8 + 5 hours of inflow before it; two of them leave each hour
    middle = times[np.searchsorted(np.cumsum(curve * out), 0.5 * (curve * out).sum())]
    assert middle == pytest.approx(opens + (whole + 5 * HOUR) * 0.95 / 2 + 0.05 * 14 * HOUR, rel=0.03)


def test_a_held_reach_whose_gate_will_be_opened_lets_go_then() -> None:
    reaches = [
        rivers.reach(f"r{i}", f"n{i}", f"n{i + 1}", kind="held" if i == 1 else "flowing") for i in range(3)
    ]
    points = [Point(f"s{i}", "section", f"r{i}", 15.0) for i in range(3)]
    network = build(reaches, [*points, Point("g", "gate", "r1", 15.0)])
    shut = {"g": Series("gate", np.array([-600.0]), np.array([0.0]))}
    plan = {"g": Series("gate", np.array([-600.0, 40 * HOUR]), np.array([0.0, 1.0]))}
    held, let = (ensemble.forecast(rivers.case(network, gates=g, threshold=0.01)) for g in (shut, plan))
    assert held.sections[2].state == "held"
    assert let.sections[2].state == "arrives"
    assert let.sections[2].arrival.p5 > 40 * HOUR
    assert let.sections[1].arrival.p5 < 40 * HOUR  # before the gate it is seen while it waits
    assert let.sections[2].peak.p50 < let.sections[0].peak.p50
