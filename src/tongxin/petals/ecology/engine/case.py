"""A case: what was released where and when, into which network under which flows and gates, and what is asked."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from tongxin.petals.ecology.engine.faults import Fault
from tongxin.petals.ecology.engine.network import Network, Point
from tongxin.petals.ecology.engine.phrases import KIND_WORDS
from tongxin.petals.ecology.engine.substances import Substance
from tongxin.shared.phrases import phrase

Floats = NDArray[np.float64]
HOUR, DAY = 3600.0, 86400.0
FRESH = {"discharge": 6 * HOUR, "stage": 6 * HOUR, "gate": 12 * HOUR}  # older than this at issue is stale
TOO_OLD = 72 * HOUR  # older than this is refused unless the input says `accept_stale`
Z95 = 1.6448536269514722


@dataclass(frozen=True)
class Series:
    """Readings at a station or gate, seconds after the release began; `what`: discharge m³/s, stage m, or gate 0–1."""

    what: str
    times: Floats
    values: Floats

    def last_reading(self, issued: float) -> float:
        """Return the time of the last reading that is not after `issued`; what is later is a plan. -inf without one."""
        known = self.times[self.times <= issued]
        return float(known[-1]) if len(known) else -math.inf


@dataclass(frozen=True)
class Amount:
    """A positive quantity that is not known exactly: its middle, and the spread of its logarithm."""

    middle: float
    spread: float = 0.0

    @classmethod
    def band(cls, low: float, high: float) -> Amount:
        """Return the amount with P5 and P95 at `low` and `high`."""
        return cls(math.sqrt(low * high), math.log(high / low) / (2 * Z95))


@dataclass(frozen=True)
class Case:
    """Everything a forecast is computed from. Times in seconds after the release began, `issued` among them.

    mass in kg; `spread_start` s; `series_in`: rate of release (s, kg/s) instead of start and duration, scaled to the
    mass; `given`: concentration at the place over time (s, mg/L), as an upstream sensor tells it, instead of a mass.
    """

    network: Network
    reach: str
    at_km: float
    substance: Substance
    mass: Amount
    threshold: float
    sections: tuple[Point, ...]
    duration: float = 0.0
    spread_start: float = 0.0
    series_in: tuple[Floats, Floats] | None = None
    given: tuple[Floats, Floats] | None = None
    flows: Mapping[str, Series] = field(default_factory=dict)  # by station
    gates: Mapping[str, Series] = field(default_factory=dict)  # by gate
    issued: float = 0.0
    temperature: tuple[float, float] = (15.0, 6.0)  # °C and its spread
    horizon: float = 7 * DAY
    members: int = 1000
    seed: int = 1
    accept_stale: bool = False
    within: tuple[float, ...] = (6 * HOUR, 24 * HOUR, 72 * HOUR)
    mass_unknown: bool = False


def stale(case: Case) -> dict[str, tuple[str, float]]:
    """Return the inputs that are stale at issue: by name their kind and age in s. Raises Fault for what is too old."""
    found = {}
    for name, series in {**case.flows, **case.gates}.items():
        age = case.issued - series.last_reading(case.issued)
        if age > FRESH[series.what]:
            found[name] = (series.what, age)
            if age > TOO_OLD and not case.accept_stale:
                told = (
                    phrase("has no reading before the forecast")
                    if math.isinf(age)
                    else phrase("is {age} hours old", age=f"{age / HOUR:.0f}")
                )
                raise Fault(
                    "stale",
                    phrase(
                        "the {what} of {name} {told}.",
                        what=KIND_WORDS[series.what],
                        name=repr(name),
                        told=told,
                    ),
                    mend=phrase(
                        "Bring a newer reading, or say `accept_stale: true`: the band then grows with the age."
                    ),
                )
    return found
