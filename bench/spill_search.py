"""How often does the upstream search keep the true reach among the likely ones? Truths from another solver.

The rivers and spills of bench/_river_truth.py; above the true reach the network has another one, and a side arm joins
below it. A desk has four samples of one station two reaches below the release or further (before the plume, on its
rising side, at its highest, on its falling side; 10 % error), knows neither when nor where nor how much was released,
and asks for the last days. Printed: how often the smallest set of reaches with 90 % of the shares holds the true one,
how large that set is, and how often the true reach is ranked first.

    .venv/bin/python bench/spill_search.py [--truths N] [--first N] [--rows FILE]
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from dataclasses import replace
from pathlib import Path
from time import process_time
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]

from bench import _river_truth as river  # noqa: E402
from bench.spill_honesty import case_of  # noqa: E402
from tongxin.petals.ecology.engine import network, search, updating  # noqa: E402

ERROR = 0.1
STEP_KM = 4.0


def one(number: int) -> dict[str, Any] | None:
    """Return what the search says of a truth; None where the plume does not come to the station."""
    truth = river.draw(number)
    random = np.random.default_rng(number)
    last = len(truth.told) - 1
    at = int(random.integers(min(2, last), last + 1))
    if not math.isfinite(truth.arrival[at]):
        return None
    steps = np.arange(truth.curves.shape[1]) * truth.dt
    comes, top = float(truth.arrival[at]), float(truth.peak_at[at])
    samples = []
    for when in (0.9 * comes, comes + 0.5 * (top - comes), top, top + 0.7 * (top - comes)):
        value = float(np.interp(when, steps, truth.curves[at]) * np.exp(random.normal(0, ERROR)))
        least = 0.02 * truth.threshold
        samples.append(updating.Sample(at, when, max(value, least), value < least, ERROR))
    case = case_of(truth, 125, number + 1)
    reaches = list(case.network.reaches.values())
    flow = reaches[0].flow_m3_s or 1.0
    reaches += [
        replace(reaches[0], id="above", from_node="source", to_node=reaches[0].from_node),
        replace(reaches[0], id="side", from_node="spring", to_node=reaches[1].from_node, flow_m3_s=0.05 * flow,
                mean_flow_m3_s=0.05 * flow, width_m=10.0, depth_m=0.05 * flow / 5.0, area_km2=None),
    ]  # fmt: skip
    case = replace(case, network=network.build(reaches, list(case.network.points.values())))
    longest = min(6 * 86400.0, 2.5 * comes)
    found = search.search(case, samples, longest=longest, step_km=STEP_KM)
    names, total = [], 0.0
    for name, share in found.reaches:
        names.append(name)
        total += share
        if total >= 0.9:
            break
    return {
        "truth": number, "inside": "r0" in names, "size": len(names), "of": len(found.reaches),
        "first": found.reaches[0][0] == "r0", "share": dict(found.reaches).get("r0", 0.0), "gate": truth.opens > 0,
    }  # fmt: skip


def main(options: argparse.Namespace) -> None:
    """Draw, search, count and print."""
    begun = process_time()
    kept: dict[int, Any] = {}
    if options.rows and options.rows.exists():
        kept = dict(json.loads(line) for line in options.rows.read_text("utf-8").splitlines())
    for number in range(options.first, options.first + options.truths):
        if number not in kept:
            kept[number] = one(number)
            if options.rows:
                with options.rows.open("a", encoding="utf-8") as file:
                    file.write(json.dumps([number, kept[number]]) + "\n")
    rows = [kept[n] for n in range(options.first, options.first + options.truths) if kept[n]]
    print(f"{len(rows)} searches, {process_time() - begun:.0f} s of CPU")
    for name, some in (("all", rows), ("without a gate that opens", [r for r in rows if not r["gate"]])):
        inside, size, of, first, share = (
            np.mean([r[k] for r in some]) for k in ("inside", "size", "of", "first", "share")
        )
        print(
            f"{name}: the true reach is in the 90 % set in {inside:.0%} (set of {size:.1f} reaches of {of:.1f}),"
        )
        print(f"  ranked first in {first:.0%}; its mean share is {share:.2f}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--truths", type=int, default=100)
    parser.add_argument("--first", type=int, default=0, help="number of the first truth")
    parser.add_argument("--rows", type=Path, help="file that keeps what was found")
    main(parser.parse_args())
