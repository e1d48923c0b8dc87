"""Is the band of a spill forecast honest? Truths from another solver and another family of parameters.

For each of many drawn rivers (bench/_river_truth.py: unsteady finite volumes, gates, pools) the engine forecasts
from what a desk would know: surveyed widths and depths, a basin and its mean discharge, three readings of the
discharge, the mass as told: exactly for even numbers, for odd ones with a spread of 0.5 that the case states.
Printed: how often P5–P95 holds the truth, the continuous ranked probability score (CRPS) and the interval score, both
in the logarithm so that long and short ways count alike, beside two baselines with spreads of their own; then, at the
sections below, the same before and after one sample (measured with an error of 10 %):

- highest: the highest of the hourly readings of a station at the first section;
- middle: the same at the middle section (this and what follows for one truth in four);
- passing: at the first section while the plume passes, at any moment between its coming and its peak;
- waiting: at the first section when half of the members have arrived there, whatever the truth is then;
- early: at the first section when one in twenty has arrived; mostly nothing is found (below 2 % of the threshold).

    .venv/bin/python bench/spill_honesty.py [--truths N] [--first N] [--members N] [--rows FILE]

--rows keeps what was found of each truth, a line each; what is there already is not computed again, so that a run may
be broken off and goes on later. The priors' spreads were looked at on truths from number 100,000 on; those that
are counted by default, 0 to 999, had no part in it.

Baselines: Jobson's regression (peak velocity, 0.89 of its time for the leading edge, unit peak; spreads 0.35 and 0.5),
and the last calibrated reach (velocity and dispersion of the first reach, as a tracer test on the day would tell, taken
for the whole way; spreads 0.1 and 0.3).
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from pathlib import Path
from time import process_time
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]

from bench import _river_truth as river  # noqa: E402
from tongxin.petals.ecology.engine import ensemble, network, priors, updating  # noqa: E402
from tongxin.petals.ecology.engine.case import Amount, Case, Series  # noqa: E402
from tongxin.petals.ecology.engine.substances import substance  # noqa: E402

NAMES = ("engine", "Jobson", "last calibrated")
SAMPLES = ("highest", "passing", "middle", "waiting", "early")
ERROR = 0.1  # of a sample
TOLD = 0.5  # spread of the mass as told, where it is not told exactly
Z90 = 1.6448536269514722


def case_of(truth: river.Truth, members: int, seed: int, *, vague: bool = False) -> Case:
    """Return what a desk would enter; `vague`: the mass is told with a spread."""
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
    told = Amount(truth.mass * math.exp(float(np.random.default_rng([seed, 7]).normal(0, TOLD))), TOLD)
    return Case(
        net, "r0", 0.0, substance("conservative"), told if vague else Amount(truth.mass), truth.threshold,
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
    """Scores by who, what and how the mass was told: covered, CRPS, interval score."""

    def __init__(self, vague: bool = False) -> None:
        self.told = "vaguely" if vague else "exactly"
        self.rows: list[tuple[str, str, str, float, float, float]] = []

    def ensemble(self, who: str, what: str, values: np.ndarray, truth: float) -> None:
        """Score an ensemble."""
        low, high = np.percentile(values, (5, 95))
        row = (float(low <= truth <= high), crps(values, truth), interval(low, high, truth))
        self.rows.append((who, what, self.told, *row))

    def normal(self, who: str, what: str, middle: float, spread: float, truth: float) -> None:
        """Score a normal distribution."""
        low, high = middle - Z90 * spread, middle + Z90 * spread
        row = (float(low <= truth <= high), crps_normal(middle, spread, truth), interval(low, high, truth))
        self.rows.append((who, what, self.told, *row))


def one(number: int, members: int) -> dict[str, Any]:
    """Return scores of one truth at every section, and the effective members after each sample."""
    truth, vague = river.draw(number), number % 2 == 1
    scores = Scores(vague)
    case = case_of(truth, members, number + 1, vague=vague)
    found = ensemble.forecast(case)
    sections = range(len(case.sections))
    _score(scores, NAMES[0], found, truth, sections)
    _baselines(scores, case, truth)
    effective = {}
    for name in SAMPLES if number % 8 < 2 else SAMPLES[:1]:
        sample = _sample(name, found, truth, np.random.default_rng([number, SAMPLES.index(name)]))
        if sample is None:
            continue
        done = updating.update(case, [sample])
        after = ensemble.forecast(case, z=done.z, effective=done.effective)
        _score(scores, f"{name} before", found, truth, sections[sample.section + 1 :])
        _score(scores, f"{name} after", after, truth, sections[sample.section + 1 :])
        effective[name] = done.effective
    return {"truth": number, "rows": scores.rows, "effective": effective}


def _baselines(scores: Scores, case: Case, truth: river.Truth) -> None:
    at = np.array([case.network.length_between(("r0", 0.0), p) for p in case.sections], float)
    read = truth.flow_read[-1][1]
    slope = np.mean([r["slope"] for r in truth.told])
    vp = float(priors.jobson_velocity(read, truth.mean_flow, truth.area_km2, slope))
    for i in range(len(at)):
        if not math.isfinite(truth.arrival[i]):
            continue
        wait = truth.opens if truth.gate_reach >= 0 and i >= truth.gate_reach else 0.0
        hours = at[i] / vp / 3.6
        calibrated = at[i] * 1e3 / truth.first_velocity
        width = math.sqrt(2 * truth.first_dispersion * calibrated) / truth.first_velocity
        peak = case.mass.middle * 1e3 / read / math.hypot(width * math.sqrt(2 * math.pi), truth.duration)
        edge = math.sqrt(max(2 * math.log(max(peak / truth.threshold, 1.01)), 0.0))
        unit = float(priors.jobson_unit_peak(hours, read / truth.mean_flow))
        rows = (
            (NAMES[1], 0.89 * hours * 3600, case.mass.middle * 1e3 / read * unit, 0.35, 0.5),
            (NAMES[2], max(calibrated - edge * width, 0.1 * calibrated), peak, 0.1, 0.3),
        )  # fmt: skip
        for who, arrival, height, a, b in rows:
            arrived = math.log(max(truth.arrival[i], 60.0))
            scores.normal(who, "arrival", math.log(max(arrival, wait)), a, arrived)
            scores.normal(
                who, "peak", math.log(height), math.hypot(b, case.mass.spread), math.log(truth.peak[i])
            )


def _sample(
    name: str, found: ensemble.Forecast, truth: river.Truth, random: np.random.Generator
) -> updating.Sample | None:
    """Return a sample as it is taken of the truth; None where there is no such moment."""
    at = len(found.sections) // 2 - 1 if name == "middle" else 0
    arrival = found.sections[at].arrival
    steps = np.arange(truth.curves.shape[1]) * truth.dt
    when = arrival.p50 if name == "waiting" else arrival.p5
    if name in ("passing", "highest", "middle"):
        comes = float(truth.arrival[at])
        if not math.isfinite(comes):
            return None
        when = comes + random.uniform() * (float(truth.peak_at[at]) - comes)
    if when is None:
        return None
    read = np.array([when])
    if name in ("highest", "middle"):
        read = np.arange(when % 3600.0, steps[-1], 3600.0)
    values = np.interp(read, steps, truth.curves[at]) * np.exp(random.normal(0, ERROR, len(read)))
    value, when = float(values.max()), float(read[values.argmax()])
    least = 0.02 * truth.threshold
    return updating.Sample(at, when, max(value, least), value < least, ERROR, len(read) > 1)


def _score(scores: Scores, who: str, found: ensemble.Forecast, truth: river.Truth, sections: range) -> None:
    for i in sections:
        figures = found.sections[i].figures
        arrival = figures[:, ensemble.ARRIVAL]
        known = np.isfinite(arrival)
        if math.isfinite(truth.arrival[i]) and known.sum() >= 20:
            times = np.log(np.maximum(arrival[known], 60.0))
            scores.ensemble(who, "arrival", times, math.log(max(truth.arrival[i], 60.0)))
        peak = figures[:, ensemble.PEAK]
        scores.ensemble(who, "peak", np.log(np.maximum(peak, 1e-12)), math.log(max(truth.peak[i], 1e-12)))


def mean(rows: list[Any], who: str, what: str, told: str = "") -> tuple[float, float, float, int]:
    """Return coverage, CRPS, interval score and count of who and what, of all masses or those told so."""
    mine = [r[3:] for r in rows if r[0] == who and r[1] == what and told in ("", r[2])]
    coverage, crps, interval = np.mean(mine or [(np.nan,) * 3], axis=0)
    return float(coverage), float(crps), float(interval), len(mine)


def report(done: list[dict[str, Any]]) -> None:
    """Print the tables."""
    rows = [tuple(r) for d in done for r in d["rows"]]
    heads = ("in P5–P95", "CRPS", "interval")
    print(" " * 20 + "".join(f"{h:>11}" for h in (*heads, *heads)) + "     (arrival, then peak)")
    samples = [f"{name} {when}" for name in SAMPLES for when in ("before", "after")]
    for who in (*NAMES, *samples):
        a, p = mean(rows, who, "arrival"), mean(rows, who, "peak")
        row = "".join(f"{s[0]:>11.1%}{s[1]:>11.3f}{s[2]:>11.2f}" for s in (a, p))
        print(f"{who:<20}{row}   n {a[3]}")
    print("\nOne sample changes the CRPS by (effective members: least, median):")
    for name in SAMPLES:
        change = []
        for what in ("arrival", "peak"):
            for told in ("exactly", "vaguely"):
                before, after = (mean(rows, f"{name} {when}", what, told)[1] for when in ("before", "after"))
                change.append(f"{what}, mass told {told} {after / before - 1:+.0%}")
        effective = [d["effective"][name] for d in done if name in d["effective"]] or [math.nan]
        print(f"  {name:<8} {'; '.join(change)} ({min(effective):.0f}, {np.median(effective):.0f})")


def main(options: argparse.Namespace) -> None:
    """Draw, forecast, score and print."""
    begun = process_time()
    kept: dict[int, dict[str, Any]] = {}
    if options.rows and options.rows.exists():
        kept = {d["truth"]: d for d in map(json.loads, options.rows.read_text("utf-8").splitlines())}
    wanted = range(options.first, options.first + options.truths)
    fresh = 0
    for number in wanted:
        if number in kept:
            continue
        kept[number] = one(number, options.members)
        fresh += 1
        if options.rows:
            with options.rows.open("a", encoding="utf-8") as file:
                file.write(json.dumps(kept[number]) + "\n")
    spent = process_time() - begun
    print(
        f"{options.truths} truths, {options.members} members; {fresh} computed now in {spent:.0f} s of CPU\n"
    )
    report([kept[n] for n in wanted])


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--truths", type=int, default=1000)
    parser.add_argument("--first", type=int, default=0, help="number of the first truth")
    parser.add_argument("--members", type=int, default=250)
    parser.add_argument("--rows", type=Path, help="file that keeps what was found")
    return parser.parse_args()


if __name__ == "__main__":
    main(_options())
