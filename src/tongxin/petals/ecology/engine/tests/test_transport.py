"""Transport against closed forms, another inversion, its own uncompiled code and a second package."""

from __future__ import annotations

import numpy as np
import pytest

from tongxin.petals.ecology.engine import kernels, transport
from tongxin.petals.ecology.engine.tests import oracles

RANDOM = np.random.default_rng(20260309)


def cases(count: int) -> list[tuple[float, ...]]:
    """Random reaches: Péclet 1 to 1000 even in the logarithm, natural speeds, lengths, storage and decay."""
    return [
        (10 ** RANDOM.uniform(0, 3), 10 ** RANDOM.uniform(-1.3, 0.3), 10 ** RANDOM.uniform(2, 5), 10 ** RANDOM.uniform(-5, -3),
         RANDOM.uniform(0.02, 0.6), 10 ** RANDOM.uniform(-8, -5))
        for _ in range(count)
    ]  # fmt: skip


def peak(curve: np.ndarray, dt: float) -> tuple[float, float, float]:
    found = transport.figures(curve, 0.0, dt)
    return float(found[2]), float(found[1]), float(found[5])


def solved(path: transport.Elements, release: transport.Release) -> tuple[np.ndarray, transport.Grid]:
    grid = transport.fit_grid(path, release, 0)
    return transport.curves(path, release, [0], grid)[0, 0], grid


@pytest.mark.parametrize("n", range(4))
def test_slug_against_fischer(n: int) -> None:
    """Fifty cases each: peak and peak time within 1 %, mass within 0.1 % (they are within 0.3 % and 0.02 %)."""
    for pe, speed, length, _alpha, _beta, lam in cases(50):
        tau, spread = length / speed, speed * length / pe
        found, grid = solved(transport.path(tau, pe, lam=lam), transport.slug(1e6 / 20))
        high, at, area = peak(found, grid.dt)
        fine = np.linspace(0, 3 * tau, 300_001)
        exact = oracles.fischer(fine, 1e6, 20.0, length, speed, spread, lam)
        j = exact.argmax()
        assert high == pytest.approx(exact[j], rel=0.01)
        assert at == pytest.approx(fine[j], rel=0.01)
        whole = oracles.transfer(0.0, tau, pe, lam=lam) * oracles.resident(0.0, tau, pe, lam=lam)
        assert area == pytest.approx(1e6 / 20 * whole, rel=0.001)


def test_step_against_ogata_and_banks() -> None:
    for pe, speed, length, *_rest in cases(50):
        tau, spread = length / speed, speed * length / pe
        duration = 100 * tau * (1 + 1 / pe)
        step = transport.slug(duration, duration=duration, resident=False)
        grid = transport.fit_grid(transport.path(tau, pe), transport.slug(1.0), 0)
        found = transport.curves(transport.path(tau, pe), step, [0], grid)[0, 0]
        exact = oracles.ogata_banks(grid.times, length, speed, spread)
        inner = grid.times > 2 * grid.dt
        assert np.abs(found - exact)[inner].max() < 0.01
        half = np.interp(0.5, found, grid.times)
        assert half == pytest.approx(np.interp(0.5, exact, grid.times), rel=0.01, abs=grid.dt)


def test_storage_against_another_inversion() -> None:
    """Two hundred cases with storage and decay: peak and its time within 1 %, mass within 0.1 %."""
    for pe, speed, length, alpha, beta, lam in cases(200):
        tau = length / speed
        path = transport.path(tau, pe, alpha=alpha, beta=beta, lam=lam)
        found, grid = solved(path, transport.slug(1000.0))
        high, at, area = peak(found, grid.dt)

        def image(s, p=(tau, pe, alpha, beta, lam)):
            return 1000.0 * oracles.transfer(s, *p) * oracles.resident(s, *p)

        near = at * (1 + np.linspace(-0.02, 0.02, 9))
        exact = oracles.de_hoog(image, near)
        best = np.polyfit(near / at - 1, exact, 4)
        fine = np.linspace(-0.02, 0.02, 4001)
        values = np.polyval(best, fine)
        assert high == pytest.approx(values.max(), rel=0.01)
        assert abs(fine[values.argmax()]) < 0.01
        assert area == pytest.approx(image(np.array([1e-30]))[0].real, rel=0.001)


def test_superposition_of_releases_and_reaches() -> None:
    """Two slugs are the sum of each; a release over an hour is the sum of its minutes; two reaches are their product."""
    grid = transport.Grid(2e5, 2048)
    path = transport.path([[2e4, 3e4]], [[80.0, 120.0]], alpha=5e-5, beta=0.2)
    one = transport.curves(path, transport.slug(500.0), [1], grid)
    later = transport.curves(path, transport.slug(300.0, start=7200.0), [1], grid)
    times, values = np.array([0, 0, 3600, 3600.0]), np.array([0, 1, 1, 0.0]) / 3600
    series = transport.Release(*(np.array([v]) for v in (500.0, 0.0, 0.0)), series=(times, values))
    minutes = sum(
        transport.curves(path, transport.slug(500.0 / 60, start=60.0 * (m + 0.5)), [1], grid)
        for m in range(60)
    )
    even = transport.curves(path, transport.slug(500.0, duration=3600.0), [1], grid)
    assert np.allclose(even, minutes, atol=2e-6 * even.max())
    assert np.allclose(even, transport.curves(path, series, [1], grid), atol=1e-9 * even.max())
    whole = transport.Release(*(np.array([v]) for v in (1.0, 0.0, 0.0)))
    both = transport.Release(
        whole.scale, whole.start, whole.duration, True, None,
        (500.0 + 300.0 * np.exp(-grid.s * 7200.0))[None, :],
    )  # fmt: skip
    assert np.allclose(transport.curves(path, both, [1], grid), one + later, atol=1e-9 * one.max())


def test_tank_branching_and_joining() -> None:
    """A tank empties exponentially; a plume that splits and joins again by equal ways is the one that never split."""
    grid = transport.Grid(6e5, 4096)
    tank = transport.path([[1e3, 5e4]], [[200.0, 1.0]], kind=[0, 1])
    found = transport.curves(tank, transport.slug(100.0), [1], grid)[0, 0]
    late = (grid.times > 1e5) & (grid.times < 3e5)
    assert np.allclose(np.diff(np.log(found[late])), -grid.dt / 5e4, rtol=1e-3)
    whole = transport.path([[1e4, 2e4, 1e4]], [[100.0, 100.0, 100.0]])
    split = transport.Elements(
        np.zeros(4, np.int64), np.array([[1e4, 2e4, 2e4, 1e4]]), np.full((1, 4), 100.0), np.zeros((1, 4)),
        np.zeros((1, 4)), np.zeros((1, 4)), np.array([0, 0, 1, 2, 4]), np.array([0, 0, 1, 2]),
        np.array([[1.0, 1.0, 0.3, 0.7]]),
    )  # fmt: skip
    a = transport.curves(whole, transport.slug(100.0), [2], grid)
    b = transport.curves(split, transport.slug(100.0), [3], grid)
    assert np.allclose(a, b, atol=1e-8 * a.max())


def test_a_closed_gate_keeps_and_lets_go() -> None:
    """Nothing before it opens, and the mass that came is there afterwards; a gate that stays shut passes nothing."""
    grid = transport.Grid(8e5, 4096)
    arriving = transport.curves(transport.path([[2e4]] * 3, 100.0), transport.slug(1000.0, 3), [0], grid)[
        :, 0
    ]
    kept = arriving.copy()
    kernels.hold(kept, grid.dt, np.array([0.0, 1e5, np.inf]), np.full(3, 2e4), np.zeros(3), np.zeros(3))
    assert (kept[1][grid.times < 1e5] == 0).all()
    assert (kept[2] == 0).all()
    assert kept[1].sum() == pytest.approx(arriving[1].sum(), rel=0.01)


def test_compiled_and_plain_code_agree() -> None:
    path = transport.path(
        RANDOM.uniform(1e3, 1e4, (3, 4)), RANDOM.uniform(5, 500, (3, 4)), alpha=1e-4, beta=0.1, lam=1e-6,
        kind=[0, 1, 0, 0],
    )  # fmt: skip
    grid = transport.Grid(2e5, 512)
    release = transport.slug(10.0, 3, start=60.0, duration=600.0)
    fast = transport.curves(path, release, [0, 1, 3], grid)
    slow = transport.curves(path, release, [0, 1, 3], grid, plain=True)
    assert np.allclose(fast, slow, rtol=1e-12, atol=1e-12 * fast.max())


def test_figures_of_a_curve() -> None:
    t = np.arange(0, 100.0, 0.5)
    curve = np.exp(-((t - 40.3) ** 2) / 50)
    arrival, at, high, above, last, area, still = transport.figures(curve, 0.5, 0.5)
    half = np.sqrt(50 * np.log(2))
    assert (arrival, last) == pytest.approx((40.3 - half, 40.3 + half), abs=0.01)
    assert (at, high, above) == pytest.approx((40.3, 1.0, 2 * half), abs=0.01)
    assert area == pytest.approx(np.sqrt(50 * np.pi), rel=1e-6)
    assert still == 0
    assert transport.figures(curve, 1.5, 0.5)[0] == np.inf
    assert transport.figures(curve[:100], 0.1, 0.5)[6] == 1, "it is still above at the end"


def test_against_adepy() -> None:
    """The advection–dispersion package adepy, on its finite-pulse and step solutions."""
    adepy = pytest.importorskip("adepy.uniform.oneD")
    grid = transport.Grid(4e5, 4096)
    speed, spread, length = 0.4, 12.0, 2e4
    times = grid.times[50::200]
    found = transport.curves(
        transport.path(length / speed, speed * length / spread, lam=2e-6),
        transport.slug(1e7, duration=1e7, resident=False), [0], grid,
    )[0, 0][50::200]  # fmt: skip
    theirs = adepy.seminf1(c0=1.0, x=length, t=times, v=speed, al=spread / speed, lamb=2e-6)
    assert np.abs(found - np.ravel(theirs)).max() < 0.002
