"""Rivers and spills that are true by another solver than the engine's: unsteady finite volumes with gates and pools.

Water: kinematic wave by Manning in every cell of the flowing reaches; pools keep their volume while their gate is open,
fill while it is shut and give back what they kept when it opens. Substance: conservative finite volumes with a
van Leer limiter, dispersion after Fischer (1979) with a scatter of its own, and two dead zones of different exchange
beside every cell. Nothing of this is in the engine, which has a steady kernel, one dead zone, and mixed tanks.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
CELL = 250.0  # m
SPAN = 12 * 86400.0


@dataclass(frozen=True)
class Truth:
    """A river as it is, what is told of it (`told`: keyword rows of the engine's reaches), and what happens in it.

    arrival, peak_at s and peak mg/L by section; curves (sections, steps) every `dt` s.
    """

    told: list[dict[str, Any]]
    flow_told: float
    flow_read: list[tuple[float, float]]
    mass: float
    duration: float
    opens: float
    gate_reach: int
    threshold: float
    arrival: Floats
    peak_at: Floats
    peak: Floats
    curves: Floats
    dt: float
    first_velocity: float
    first_dispersion: float
    area_km2: float
    mean_flow: float


def draw(seed: int) -> Truth:
    """Draw a river and a spill, and let it run."""
    r = np.random.default_rng(seed)
    count = int(r.integers(3, 6))
    lengths = np.round(r.uniform(8e3, 22e3, count) / CELL) * CELL
    base = float(np.exp(r.uniform(math.log(6), math.log(120))))
    slopes = np.exp(r.normal(math.log(2.5e-4), 0.6, count))
    rough = 0.033 * np.exp(r.normal(0, 0.15)) * np.exp(r.normal(0, 0.2, count))
    width = 7.0 * base**0.5 * np.exp(r.normal(0, 0.3, count))
    depth = (base * rough / (width * np.sqrt(slopes))) ** 0.6
    pool = int(r.integers(1, count)) if r.random() < 0.6 else -1
    deep = np.ones(count)
    if pool >= 0:
        deep[pool] = r.uniform(1.6, 3.0)
    opens = float(r.uniform(0.5, 2.5) * 86400) if pool >= 0 and r.random() < 0.3 else 0.0

    cell_reach = np.repeat(np.arange(count), (lengths / CELL).astype(int))
    cells = len(cell_reach)
    wave = np.exp(r.normal(0, 0.12, cells))  # every cell has a width of its own
    w = width[cell_reach] * wave
    velocity = base / (width * depth)
    shear = np.sqrt(9.81 * depth * slopes)
    k = np.minimum(0.011 * velocity**2 * width**2 / (depth * shear), 1500.0)  # Fischer 1979
    k = np.clip(k * 0.6 * np.exp(r.normal(0, 0.7, count)), 1.0, 1200.0)
    fast = np.clip(0.06 * np.exp(r.normal(0, 0.6, count)), 0, 0.5)
    slow = np.clip(0.05 * np.exp(r.normal(0, 0.8, count)), 0, 0.5)
    rates = np.exp(r.normal(math.log(6e-4), 0.7)), np.exp(r.normal(math.log(4e-5), 0.7))
    swing, period, phase = r.uniform(0, 0.2), r.uniform(1.0, 6.0) * 86400, r.uniform(0, 2 * math.pi)
    trend = r.normal(0, 0.12) / 86400
    now = base * np.exp(r.normal(0, 0.15))
    mass = float(np.exp(r.uniform(math.log(200), math.log(20000))))
    duration = float(r.choice([600.0, 3600.0, 4 * 3600.0]))

    speed = 5 / 3 * (now * 3.5) ** 0.4 * float(np.max(slopes**0.3 / (rough**0.6 * width**0.4)))
    dt = min(0.5 * CELL / speed, 0.2 * CELL**2 / float(k.max()), 300.0)
    span = min(SPAN, opens + 3.5 * float((lengths / velocity * deep).sum()) + 2 * 86400)
    steps = int(span / dt)
    every = max(1, int(120 / dt))
    ends = np.cumsum((lengths / CELL).astype(int)) - 1
    out = np.zeros((count, steps // every + 1))
    _run(
        cells, CELL, dt, steps, every, w, np.repeat(rough, (lengths / CELL).astype(int)),
        np.sqrt(slopes)[cell_reach], k[cell_reach], fast[cell_reach], slow[cell_reach], rates[0], rates[1],
        now, swing, period, phase, trend, mass * 1e3, duration,
        int(ends[pool - 1] + 1) if pool > 0 else -1, int(ends[pool]) if pool > 0 else -1,
        float(deep[pool] * depth[pool]) if pool > 0 else 0.0, opens, ends, out,
    )  # fmt: skip
    if not np.isfinite(out).all():
        raise ArithmeticError(f"truth {seed} does not converge")
    step = dt * every
    threshold = float(np.exp(r.uniform(math.log(0.03), math.log(0.3)))) * float(out[-1].max())
    arrival = np.array([step * _first(c, threshold) for c in out])

    # what is told: surveys and readings with errors, part of them common to the river
    off = r.normal(0, 0.28)
    survey_w = width * np.exp(r.normal(0, 0.08, count))
    survey_h = depth * deep * np.exp(off + r.normal(0, 0.18, count))
    mean_flow = base * float(np.exp(r.normal(0, 0.3)))
    basin = mean_flow / 0.008 * float(np.exp(r.normal(0, 0.3)))  # km²
    told = [
        {
            "id": f"r{i}", "from_node": f"n{i}", "to_node": f"n{i + 1}", "length_km": lengths[i] / 1e3,
            "width_m": float(survey_w[i]), "depth_m": float(survey_h[i]), "flow_m3_s": base,
            "mean_flow_m3_s": mean_flow, "area_km2": basin,
            "slope": float(slopes[i] * np.exp(r.normal(0, 0.2))), "kind": "pool" if i == pool else "flowing",
        }
        for i in range(count)
    ]  # fmt: skip
    readings = []
    for hours in (-12, -6, -1):
        value = _flow(hours * 3600.0, now, swing, period, phase, trend)
        readings.append((hours * 3600.0, value * float(np.exp(r.normal(0, 0.08)))))
    return Truth(
        told, base, readings, mass, duration, opens, pool, threshold, arrival, step * out.argmax(axis=1),
        out.max(axis=1), out, step, float(now ** 0.4 * (slopes[0] ** 0.3 / (rough[0] ** 0.6 * width[0] ** 0.4))),
        float(k[0]), basin, mean_flow,
    )  # fmt: skip


def _first(curve: Floats, limit: float) -> float:
    above = np.flatnonzero(curve >= limit)
    if not len(above):
        return math.inf
    i = int(above[0])
    return float(i) if i == 0 else i - 1 + (limit - curve[i - 1]) / (curve[i] - curve[i - 1])


@njit(cache=True)
def _flow(t: float, now: float, swing: float, period: float, phase: float, trend: float) -> float:
    wave = 1.0 + swing * (math.sin(2 * math.pi * t / period + phase) - math.sin(phase))
    return now * max(wave, 0.2) * min(max(1.0 + trend * t, 0.4), 2.0)


@njit(cache=True)
def _run(
    cells: int, dx: float, dt: float, steps: int, every: int, w: Floats, rough: Floats, root: Floats, k: Floats,
    fast: Floats, slow: Floats, rate_f: Floats, rate_s: Floats, now: float, swing: float, period: float, phase: float,
    trend: float, mass: float, duration: float, pool_a: int, pool_b: int, pool_h: float, opens: float, ends: Ints,
    out: Floats,
) -> None:  # fmt: skip
    """March water and substance; `out` gets the concentration (mg/L) in the last cell of every reach."""
    area = np.empty(cells)
    q = np.empty(cells + 1)
    q0 = _flow(0.0, now, swing, period, phase, trend)
    for i in range(cells):
        area[i] = w[i] * (q0 * rough[i] / (w[i] * root[i])) ** 0.6
    normal = 0.0
    if pool_a >= 0:
        for i in range(pool_a, pool_b + 1):
            area[i] = w[i] * pool_h
            normal += area[i] * dx
    full = normal
    load = np.zeros(cells)  # g per m
    c = np.zeros(cells)
    cf = np.zeros(cells)
    cs = np.zeros(cells)
    flux = np.zeros(cells + 1)
    for n in range(steps):
        t = n * dt
        q[0] = _flow(t, now, swing, period, phase, trend)
        for i in range(cells):
            if pool_a <= i <= pool_b and pool_a >= 0:
                inflow = q[pool_a]
                leaves = 0.0 if t < opens else inflow + min(max(0.0, (full - normal) / 10800.0), inflow)
                share = (i - pool_a + 1) / (pool_b - pool_a + 1)
                q[i + 1] = inflow + (leaves - inflow) * share
            else:
                h = max(area[i] / w[i], 1e-3)
                q[i + 1] = w[i] * h ** (5.0 / 3.0) * root[i] / rough[i]
        for i in range(cells):
            c[i] = load[i] / area[i]
        flux[0] = 0.0
        for i in range(1, cells + 1):
            left = c[i - 1]
            face = left
            if 1 < i < cells:
                a = left - c[i - 2]
                b = c[i] - left
                if a * b > 0.0:
                    courant = q[i] * dt / (dx * area[i - 1])
                    face = left + max(1.0 - courant, 0.0) * a * b / (a + b)
            flux[i] = q[i] * face
            if i < cells and q[i] > 0.0:
                flux[i] -= 0.5 * (area[i - 1] + area[i]) * 0.5 * (k[i - 1] + k[i]) * (c[i] - left) / dx
        for i in range(cells):
            load[i] += dt / dx * (flux[i] - flux[i + 1])
            change_f = rate_f * (c[i] - cf[i]) * dt
            change_s = rate_s * (c[i] - cs[i]) * dt
            cf[i] += change_f
            cs[i] += change_s
            load[i] -= area[i] * (fast[i] * change_f + slow[i] * change_s)
            if load[i] < 0.0:
                load[i] = 0.0
            area[i] += dt / dx * (q[i] - q[i + 1])
            if area[i] < 1e-3 * w[i]:
                area[i] = 1e-3 * w[i]
        if pool_a >= 0:
            full = 0.0
            for i in range(pool_a, pool_b + 1):
                full += area[i] * dx
        if t < duration:
            load[0] += mass * min(dt, duration - t) / duration / dx
        if n % every == 0:
            for m in range(ends.shape[0]):
                out[m, n // every] = load[ends[m]] / area[ends[m]]
