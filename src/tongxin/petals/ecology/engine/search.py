"""Upstream search: from samples that show an anomaly to places it may have come from, with likelihoods, never one name.

Every candidate, a place each few kilometres upstream or a registered source, is tried as the release of the ensemble;
the time and the amount of the release are not known and are averaged over: times evenly, amounts evenly in the
logarithm. What remains is how well a place explains the samples: its evidence.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from tongxin.petals.ecology.engine import ensemble
from tongxin.petals.ecology.engine.case import HOUR, Amount, Case
from tongxin.petals.ecology.engine.faults import Fault
from tongxin.petals.ecology.engine.model import Model
from tongxin.petals.ecology.engine.updating import (
    MODEL_ERROR,
    Sample,
    capped,
    columns,
    log_normal_share,
    read_at,
)
from tongxin.shared.phrases import phrase

Floats = NDArray[np.float64]
MASSES = np.exp(np.linspace(math.log(0.1), math.log(1e6), 49))  # kg
STARTS = 72
MEMBERS = 125
REGISTERED = 0.5  # of the prior, for sources that keep the substance; the rest is anywhere, by length
MOST_PLACES = 400


@dataclass(frozen=True)
class Candidate:
    """A place that may be the origin: reach and km, the registered source there if any.

    `share` is its posterior probability among all that was tried, `evidence` its log likelihood, `begun` the middle and
    P5, P95 of the release's beginning (s, on the samples' clock), `mass` those of the amount, kg.
    """

    reach: str
    km: float
    source: str
    share: float
    evidence: float
    begun: tuple[float, float, float]
    mass: tuple[float, float, float]


@dataclass(frozen=True)
class Ranking:
    """Candidates by share, shares by reach, and how much one place explains the samples better than none does."""

    candidates: tuple[Candidate, ...]
    reaches: tuple[tuple[str, float], ...]
    fit: float  # log likelihood of the best, a sample: near 0 when it is explained, far below when nothing fits


def search(
    case: Case,
    samples: Sequence[Sample],
    *,
    longest: float = 5 * 86400.0,
    step_km: float = 2.0,
    progress: Callable[[int, int], None] | None = None,
) -> Ranking:
    """Return the ranking for samples whose times are on the case's clock.

    The release of the case is not used, its sections, flows (taken as steady), gates and substance are. `longest`: how
    long before the first detection the release may have begun. Raises Fault without a detection.
    """
    found = [s for s in samples if not s.below]
    if not found:
        raise Fault(
            "no_anomaly", phrase("a search needs a sample in which the substance was found."), where="samples"
        )
    places = _places(case, found, step_km)
    first = min(s.at for s in found)
    starts = first - np.linspace(0.0, longest, STARTS)[::-1]
    kept = [_try(case, place, samples, starts, longest) for place in _told(places, progress)]
    prior = np.log(_priors(case, places))
    evidence = np.array([k[0] for k in kept])
    total = evidence + prior
    share = np.exp(total - total.max())
    share /= share.sum()
    candidates = [
        Candidate(p[0], p[1], p[2], float(s), float(e), k[1], k[2])
        for p, s, e, k in zip(places, share, evidence, kept, strict=True)
    ]
    reaches: dict[str, float] = {}
    for each in candidates:
        reaches[each.reach] = reaches.get(each.reach, 0.0) + each.share
    return Ranking(
        tuple(sorted(candidates, key=lambda c: -c.share)),
        tuple(sorted(reaches.items(), key=lambda pair: -pair[1])),
        float(max(k[3] for k in kept) / len(samples)),
    )


def _told(
    places: list[tuple[str, float, str]], progress: Callable[[int, int], None] | None
) -> list[tuple[str, float, str]]:
    if progress is not None:
        progress(0, len(places))
    return places


def _places(case: Case, found: Sequence[Sample], step_km: float) -> list[tuple[str, float, str]]:
    """Return places upstream of any section where the substance was found, and registered sources among them."""
    network = case.network
    places: list[tuple[str, float, str]] = []
    names: set[str] = set()
    lowest = {s.section for s in found}
    for i in lowest:
        names.update(network.upstream(case.sections[i].reach))
    while True:
        places = []
        for name in (n for n in network.reaches if n in names):
            reach = network.reaches[name]
            if reach.kind in {"held", "dry"}:
                continue
            count = max(1, round(reach.length_km / step_km))
            for n in range(count):
                at = (n + 0.5) * reach.length_km / count
                if any(network.length_between((name, at), case.sections[i]) is not None for i in lowest):
                    places.append((name, at, ""))
        if len(places) <= MOST_PLACES:
            break
        step_km *= 1.5
    for source in network.of("source"):
        if source.reach in names:
            places.append((source.reach, source.at_km, source.id))
    if not places:
        raise Fault("no_place", phrase("nothing lies upstream of the section."), where="samples")
    return places


def _priors(case: Case, places: list[tuple[str, float, str]]) -> Floats:
    """Return the prior of each place: half for registered sources, those that keep the substance first; else even."""
    weight = np.ones(len(places))
    sources = [i for i, p in enumerate(places) if p[2]]
    anywhere = [i for i, p in enumerate(places) if not p[2]]
    for i in sources:
        keeps = case.network.points[places[i][2]].substances
        weight[i] = 4.0 if case.substance.id in keeps else 1.0 if not keeps else 0.25
    if sources:
        weight[sources] *= REGISTERED / weight[sources].sum()
        weight[anywhere] *= (1 - REGISTERED) / max(weight[anywhere].sum(), 1.0)
    return np.asarray(weight / weight.sum(), float)


def _try(
    case: Case, place: tuple[str, float, str], samples: Sequence[Sample], starts: Floats, longest: float
) -> tuple[float, tuple[float, float, float], tuple[float, float, float], float]:
    """Return the log evidence of a place, P50, P5, P95 of beginning and amount, and its best log likelihood."""
    flows = {
        n: replace(s, values=np.full(len(s.values), float(np.mean(s.values)))) for n, s in case.flows.items()
    }
    here = replace(
        case, reach=place[0], at_km=place[1], mass=Amount(1.0), spread_start=0.0, flows=flows, members=MEMBERS,
        horizon=max(case.horizon, longest + 2 * HOUR), series_in=None, given=None, accept_stale=True,
    )  # fmt: skip
    model = Model(here)
    z = ensemble.draw(here, 0, MEMBERS, model.dims)
    unit = np.zeros((MEMBERS, len(starts), len(samples)))  # mg/L of one kg
    elements, release = model.members(z)
    for group in ensemble.plan(here, model):
        mine = columns(group, samples)
        if not mine:
            continue
        curves = ensemble.curves(model, z, elements, release, group)
        for n, sample, column in mine:
            unit[:, :, n] = read_at(curves[:, column], sample.at - starts, group.grid)
    total = np.zeros((MEMBERS, len(starts), len(MASSES)))
    for n, sample in enumerate(samples):
        computed = np.log(unit[:, :, n, None] * MASSES + 1e-3 * sample.value)
        off = (math.log(sample.value * 1.001) - computed) / math.hypot(sample.error, MODEL_ERROR)
        total += log_normal_share(off) if sample.below else capped(off)
    top = float(total.max())
    weight = np.exp(total - top)
    evidence = top + math.log(weight.mean())
    by_start, by_mass = weight.sum(axis=(0, 2)), weight.sum(axis=(0, 1))
    return evidence, _percent(starts, by_start), _percent(MASSES, by_mass), top


def _percent(values: Floats, weight: Floats) -> tuple[float, float, float]:
    share = np.cumsum(weight) / weight.sum()
    middle, low, high = (float(np.interp(p, share, values)) for p in (0.5, 0.05, 0.95))
    return middle, low, high
