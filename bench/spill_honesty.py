"""Is the band of a spill forecast honest? Truths from another solver and another family of parameters.

For each of many drawn rivers (bench/_river_truth.py: unsteady finite volumes, gates, pools) the engine forecasts
from what a desk would know: surveyed widths and depths, a basin and its mean discharge, three readings of the
discharge, the mass as told. Printed: how often P5–P95 holds the truth, the continuous ranked probability score (CRPS)
and the interval score, both in the logarithm so that long and short ways count alike, beside two baselines with spreads
of their own; then, at the sections below, the same after one sample at the first section, taken when in the forecast
half of the members have arrived there, whatever the truth is then.

    .venv/bin/python bench/spill_honesty.py [--truths N] [--first N] [--members N]

Baselines: Jobson's regression (peak velocity, 0.89 of its time for the leading edge, unit peak; spreads 0.35 and 0.5),
and the last calibrated reach (velocity and dispersion of the first reach, as a tracer test on the day would tell, taken
for the whole way; spreads 0.1 and 0.3).
"""

from __future__ import annotations

import argparse
import math
import sys
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]

from bench import _river_truth as river  # noqa: E402
from tongxin.petals.ecology.engine import ensemble, network, priors, updating  # noqa: E402
from tongxin.petals.ecology.engine.case import Amount, Case, Series  # noqa: E402
from tongxin.petals.ecology.engine.substances import substance  # noqa: E402

NAMES = ("engine", "Jobson", "last calibrated", "before the sample", "after the sample")
Z90 = 1.6448536269514722


def case_of(truth: river.Truth, members: int, seed: int) -> Case:
    """Return what a desk would enter."""
    reaches = [network.reach_of(row, "told") for row in truth.told]
    points = [network.Point(f"s{i}", "section", r.id, r.length_km) for i, r in enumerate(reaches)]
    points.append(network.Point("q", "station", "r0", 0.0))
    gates = {}
    if truth.gate_reach > 0:
        pool = reaches[truth.gate_reach]
        points.append(network.Point("g", "gate", pool.id, pool.length_km))
        states = [(-3600.0, 0.0 if truth.opens else 1.0)] + ([(truth.opens, 1.0)] if truth.opens else [])
        gates["g"] = Series("gate", np.array([t for t, _v in states]), np.array([v for _t, v in states]))
    net = network.build(reaches, points)
    flows = {
        "q": Series(
            "discharge",
            np.array([t for t, _v in truth.flow_read]),
            np.array([v for _t, v in truth.flow_read]),
        )
    }
    return Case(
        net, "r0", 0.0, substance("conservative"), Amount(truth.mass, 0.0), truth.threshold,
        tuple(net.of("section")), truth.duration, flows=flows, gates=gates, horizon=river.SPAN,
        members=members, seed=seed,
    )  # fmt: skip


def crps(values: np.ndarray, truth: float) -> float:
    """Return the CRPS of an ensemble."""
    x = np.sort(values)
    n = len(x)
    return float(np.abs(x - truth).mean() - ((2 * np.arange(1, n + 1) - n - 1) * x).sum() / n**2)


def crps_normal(middle: float, spread: float, truth: float) -> float:
    """Return the CRPS of a normal distribution (Gneiting et al. 2005)."""
    z = (truth - middle) / spread
    share = 0.5 * (1 + math.erf(z / math.sqrt(2)))
    density = math.exp(-0.5 * z * z) / math.sqrt(2 * math.pi)
    return spread * (z * (2 * share - 1) + 2 * density - 1 / math.sqrt(math.pi))


def interval(low: float, high: float, truth: float) -> float:
    """Return the interval score of a 90 % interval (Gneiting & Raftery 2007)."""
    return high - low + 20 * max(low - truth, 0.0) + 20 * max(truth - high, 0.0)


class Scores:
    """Scores by who and what: covered, CRPS, interval score."""

    def __init__(self) -> None:
        self.rows: dict[tuple[str, str], list[tuple[float, float, float]]] = {}

    def ensemble(self, who: str, what: str, values: np.ndarray, truth: float) -> None:
        """Score an ensemble."""
        low, high = np.percentile(values, (5, 95))
        row = (float(low <= truth <= high), crps(values, truth), interval(low, high, truth))
        self.rows.setdefault((who, what), []).append(row)

    def normal(self, who: str, what: str, middle: float, spread: float, truth: float) -> None:
        """Score a normal distribution."""
        low, high = middle - Z90 * spread, middle + Z90 * spread
        row = (float(low <= truth <= high), crps_normal(middle, spread, truth), interval(low, high, truth))
        self.rows.setdefault((who, what), []).append(row)

    def mean(self, who: str, what: str) -> tuple[float, float, float, int]:
        """Return coverage, CRPS, interval score and count."""
        rows = np.array(self.rows.get((who, what), [(np.nan,) * 3]))
        return (*(float(v) for v in rows.mean(axis=0)), len(rows))


def one(truth: river.Truth, members: int, seed: int, scores: Scores) -> float | None:
    """Score one truth at every section but the first; return the effective members after the sample."""
    case = case_of(truth, members, seed)
    found = ensemble.forecast(case)
    last = len(case.sections) - 1
    at = np.array([case.network.length_between(("r0", 0.0), p) for p in case.sections], float)
    _score(scores, NAMES[0], found, truth, range(last + 1))
    read = truth.flow_read[-1][1]
    vp = float(
        priors.jobson_velocity(
            read, truth.mean_flow, truth.area_km2, np.mean([r["slope"] for r in truth.told])
        )
    )
    wait = [truth.opens if truth.gate_reach >= 0 and i >= truth.gate_reach else 0.0 for i in range(last + 1)]
    for i in range(last + 1):
        if not math.isfinite(truth.arrival[i]):
            continue
        hours = at[i] / vp / 3.6
        calibrated = at[i] * 1e3 / truth.first_velocity
        width = math.sqrt(2 * truth.first_dispersion * calibrated) / truth.first_velocity
        peak = truth.mass * 1e3 / read / math.hypot(width * math.sqrt(2 * math.pi), truth.duration)
        edge = math.sqrt(max(2 * math.log(max(peak / truth.threshold, 1.01)), 0.0))
        unit = float(priors.jobson_unit_peak(hours, read / truth.mean_flow))
        rows = (
            (NAMES[1], 0.89 * hours * 3600, truth.mass * 1e3 / read * unit, 0.35, 0.5),
            (NAMES[2], max(calibrated - edge * width, 0.1 * calibrated), peak, 0.1, 0.3),
        )  # fmt: skip
        for who, arrival, height, a, b in rows:
            scores.normal(
                who, "arrival", math.log(max(arrival, wait[i])), a, math.log(max(truth.arrival[i], 60.0))
            )
            scores.normal(who, "peak", math.log(height), b, math.log(truth.peak[i]))
    when = found.sections[0].arrival.p50
    if when is None:
        return None
    value = float(np.interp(when / truth.dt, np.arange(truth.curves.shape[1]), truth.curves[0]))
    value *= float(np.exp(np.random.default_rng(seed).normal(0, 0.1)))
    least = 0.02 * truth.threshold
    sample = updating.Sample(0, when, max(value, least), value < least, 0.1)
    done = updating.update(case, [sample])
    after = ensemble.forecast(case, z=done.z, effective=done.effective)
    _score(scores, NAMES[3], found, truth, range(1, last + 1))
    _score(scores, NAMES[4], after, truth, range(1, last + 1))
    return done.effective


def _score(scores: Scores, who: str, found: ensemble.Forecast, truth: river.Truth, sections: range) -> None:
    for i in sections:
        figures = found.sections[i].figures
        arrival = figures[:, ensemble.ARRIVAL]
        known = np.isfinite(arrival)
        if math.isfinite(truth.arrival[i]) and known.sum() >= 20:
            scores.ensemble(
                who,
                "arrival",
                np.log(np.maximum(arrival[known], 60.0)),
                math.log(max(truth.arrival[i], 60.0)),
            )
        peak = figures[:, ensemble.PEAK]
        scores.ensemble(who, "peak", np.log(np.maximum(peak, 1e-12)), math.log(max(truth.peak[i], 1e-12)))


def main(options: argparse.Namespace) -> None:
    """Draw, forecast, score and print."""
    begun = perf_counter()
    scores = Scores()
    effective: list[float] = []
    for seed in range(options.first, options.first + options.truths):
        done = one(river.draw(seed), options.members, seed + 1, scores)
        if done is not None:
            effective.append(done)
    print(f"{options.truths} truths, {options.members} members, {perf_counter() - begun:.0f} s\n")
    heads = ("in P5–P95", "CRPS", "interval")
    print(" " * 20 + "".join(f"{h:>11}" for h in (*heads, *heads)) + "     (arrival, then peak)")
    for who in NAMES:
        a, p = scores.mean(who, "arrival"), scores.mean(who, "peak")
        row = "".join(f"{s[0]:>11.1%}{s[1]:>11.3f}{s[2]:>11.2f}" for s in (a, p))
        print(f"{who:<20}{row}   n {a[3]}")
    better: dict[str, Any] = {}
    for what in ("arrival", "peak"):
        before, after = scores.mean(NAMES[3], what)[1], scores.mean(NAMES[4], what)[1]
        better[what] = 1 - after / before
    print("\none sample makes the CRPS smaller by " + ", ".join(f"{v:.0%} ({k})" for k, v in better.items()))
    print(f"effective members after it: least {min(effective):.0f}, median {np.median(effective):.0f}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--truths", type=int, default=1000)
    parser.add_argument("--first", type=int, default=0, help="number of the first truth")
    parser.add_argument("--members", type=int, default=500)
    return parser.parse_args()


if __name__ == "__main__":
    main(_options())
