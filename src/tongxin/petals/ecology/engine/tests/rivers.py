"""Small rivers for tests."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from tongxin.petals.ecology.engine.case import Amount, Case, Series
from tongxin.petals.ecology.engine.network import Network, Point, Reach, build
from tongxin.petals.ecology.engine.substances import substance

ROOT = Path(__file__).resolve().parents[6]
PACK = ROOT / "regions" / "jingjinji" / "network.yaml"


def reach(name: str, above: str, below: str, km: float = 15.0, **more) -> Reach:
    given = {"width_m": 50.0, "depth_m": 2.0, "flow_m3_s": 30.0, "slope": 2e-4} | more
    return Reach(name, above, below, km, **given)


def straight(count: int = 3, **more) -> Network:
    """Reaches one below the other with a section at the end of each, a station on the first, a gate on the last."""
    reaches = [reach(f"r{i}", f"n{i}", f"n{i + 1}", **more) for i in range(count)]
    points = [Point(f"s{i}", "section", f"r{i}", 15.0) for i in range(count)]
    return build(
        reaches, [*points, Point("st", "station", "r0", 1.0), Point("g", "gate", f"r{count - 1}", 10.0)]
    )


def case(network: Network | None = None, **more) -> Case:
    net = network or straight()
    given = {
        "network": net, "reach": "r0", "at_km": 0.5, "substance": substance("conservative"), "mass": Amount(2000.0),
        "threshold": 0.2, "sections": tuple(net.of("section")), "duration": 1800.0, "members": 250, "seed": 7,
        "gates": {"g": Series("gate", np.array([-600.0]), np.array([1.0]))},
    }  # fmt: skip
    return Case(**(given | more))
