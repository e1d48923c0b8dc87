"""How fast the river engine is, and how it compares with other ways to compute the same.

Prints, asserts nothing: a thousand members on ten sections and 2,048 steps (limit 1 s on two cores), a forecast of the
pack's network in a fresh process and warm (limits 3 s and 1 s), how time grows with reaches and members, and two peers:
an explicit finite-volume solver of the same equations for one member, and SWMM by `pyswmm`, whose junctions mix and
whose peak moves with the length of its links.

    .venv/bin/python bench/spill.py [--large]

--large adds 200 reaches × 10,000 members.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]

from bench import _river_truth  # noqa: E402
from tongxin.petals.ecology.engine import ensemble, inputs, network, transport  # noqa: E402
from tongxin.petals.ecology.engine.case import Amount, Case  # noqa: E402
from tongxin.petals.ecology.engine.substances import substance  # noqa: E402

PACK = ROOT / "regions" / "jingjinji" / "network.yaml"
EXAMPLE = ROOT / "docs" / "guide" / "spill" / "beiyun.yaml"
FRESH = """
import sys, time
begun, spent = time.perf_counter(), time.process_time()
from pathlib import Path
from tongxin.petals.ecology.engine import ensemble, inputs
case = inputs.read(Path(sys.argv[1]), Path(sys.argv[2])).case
ensemble.forecast(case)
cold = f"{time.perf_counter() - begun:.2f}/{time.process_time() - spent:.2f}"
begun, spent = time.perf_counter(), time.process_time()
ensemble.forecast(case)
print(f"{cold} {time.perf_counter() - begun:.2f}/{time.process_time() - spent:.2f}")
"""


def best(what: Callable[[], Any], times: int = 3) -> float:
    """Return the seconds of the fastest of some runs."""
    found = []
    for _n in range(times):
        begun = perf_counter()
        what()
        found.append(perf_counter() - begun)
    return min(found)


def kernels() -> None:
    """A thousand members, ten sections, 2,048 steps: on one core, and halved over two threads."""
    r = np.random.default_rng(1)
    tau, pe = np.exp(r.normal(0, 0.3, (1000, 10))) * 1e4, np.exp(r.normal(0, 0.5, (1000, 10))) * 100
    path = transport.path(tau, pe, alpha=1e-4, beta=0.2, lam=1e-6)
    release, grid = transport.slug(1000.0, 1000), transport.Grid(4e5, 2048)

    def part(members: slice) -> Any:
        found = transport.curves(path.only(members), release.only(members), np.arange(10), grid)
        return transport.figures(found, 0.01, grid.dt)

    part(slice(0, 2))
    with ThreadPoolExecutor(2) as pool:
        two = best(lambda: list(pool.map(part, (slice(0, 500), slice(500, 1000)))))
    begun = process_time()
    one = best(lambda: part(slice(None)), 1)
    spent = process_time() - begun
    print(f"1,000 members × 10 sections × 2,048 steps: two threads {two:.2f} s (limit 1)")
    print(f"  one thread {one:.2f} s by the clock, {spent:.2f} s of CPU")


def pack() -> None:
    """The pack's network, in a fresh process whose kernels were compiled before, and again."""
    asked = inputs.read(EXAMPLE, PACK)
    ensemble.forecast(asked.case)
    done = subprocess.run(
        [sys.executable, "-c", FRESH, str(EXAMPLE), str(PACK)], capture_output=True, text=True, check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
    )  # fmt: skip
    cold, warm = done.stdout.split()
    print(f"forecast of the pack's network, {asked.case.members} members, by the clock and of CPU:")
    print(f"  cold {cold} s (limit 3), warm {warm} s (limit 1)")


def river(count: int, members: int) -> Case:
    """Return a straight river with ten sections."""
    reaches = [
        network.Reach(f"r{i}", f"n{i}", f"n{i + 1}", 5.0, width_m=60, depth_m=2, flow_m3_s=30)
        for i in range(count)
    ]
    at = {max(round((i + 1) * count / 10) - 1, 0) for i in range(10)}
    net = network.build(reaches, [network.Point(f"s{i}", "section", f"r{i}", 5.0) for i in sorted(at)])
    sections = tuple(net.of("section"))
    tracer, mass = substance("conservative"), Amount(5e4)
    return Case(net, "r0", 0.1, tracer, mass, 0.01, sections, horizon=60 * 86400, members=members)


def growth(large: bool) -> None:
    """Time by reaches and members."""
    print("reaches  members     CPU s   µs a reach and member")
    for count, members in (
        (20, 1000),
        (50, 1000),
        (200, 1000),
        (20, 10_000),
        *(((200, 10_000),) if large else ()),
    ):
        case = river(count, members)
        begun = process_time()
        ensemble.forecast(case)
        spent = process_time() - begun
        print(f"{count:>7} {members:>8} {spent:>9.2f} {spent / count / members * 1e6:>12.1f}")


def volumes() -> None:
    """One river by finite volumes: what one member costs there."""
    _river_truth.draw(3)
    seconds = best(lambda: _river_truth.draw(3), 2)
    case = replace(river(5, 1000), seed=2)
    ours = best(lambda: ensemble.forecast(case), 2) / 1000
    print(f"one member: finite volumes {seconds * 1e3:.0f} ms, the engine {ours * 1e3:.2f} ms")


def swmm() -> None:
    """A slug through 10 km of channel in SWMM with links of several lengths, beside the engine without dispersion."""
    try:
        from pyswmm import Links, Nodes, Simulation
    except ImportError:
        print("pyswmm is not installed: peer left out")
        return
    print("SWMM, 10 km, a release of one hour: links of …  peak of …  comes after …")
    for link in (2000, 1000, 500, 250):
        count = 10_000 // link
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "river.inp"
            path.write_text(_swmm_input(count, link), "utf-8")
            top, when, begun = 0.0, 0.0, None
            with Simulation(str(path)) as run:
                end, first = Nodes(run)["OUT"], Links(run)["L1"]
                for _step in run:
                    begun = begun or run.current_time
                    value = end.pollut_quality["X"]
                    if value > top:
                        top, when = value, (run.current_time - begun).total_seconds()
                del first
        print(f"{link:>27} m {top:>10.2f} mg/L {when / 3600:>10.2f} h")
    print(
        "A link is a mixed tank in SWMM: it spreads by half of its length × velocity, so the peak moves with it."
    )


def _swmm_input(count: int, link: int) -> str:
    nodes = "\n".join(f"J{i} {10 - i * link * 2e-4:.4f} 5 0 0 0" for i in range(count))
    ends = [*(f"J{i}" for i in range(1, count)), "OUT"]
    conduits = "\n".join(f"L{i + 1} J{i} {end} {link} 0.03 0 0 0 0" for i, end in enumerate(ends))
    sections = "\n".join(f"L{i + 1} RECT_OPEN 5 20 0 0 1" for i in range(count))
    return f"""[OPTIONS]
FLOW_UNITS CMS
FLOW_ROUTING KINWAVE
START_DATE 01/01/2026
START_TIME 00:00:00
END_DATE 01/01/2026
END_TIME 23:00:00
REPORT_STEP 00:05:00
ROUTING_STEP 30
[JUNCTIONS]
{nodes}
[OUTFALLS]
OUT {10 - count * link * 2e-4:.4f} FREE NO
[CONDUITS]
{conduits}
[XSECTIONS]
{sections}
[POLLUTANTS]
X MG/L 0 0 0 0 NO * 0 0 0
[INFLOWS]
J0 FLOW "" FLOW 1 1 20
J0 X PULSE CONCEN 1 1 0
[TIMESERIES]
PULSE 0:00 0
PULSE 5:59 0
PULSE 6:00 100
PULSE 7:00 100
PULSE 7:01 0
PULSE 23:00 0
"""


def main() -> None:
    """Run all of it."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--large", action="store_true")
    options = parser.parse_args()
    kernels()
    pack()
    volumes()
    growth(options.large)
    swmm()


if __name__ == "__main__":
    main()
