"""Samples make an ensemble better: members are weighted, resampled and moved until they agree with what was measured.

Tempered sequential Monte Carlo (Del Moral, Doucet & Jasra 2006): the likelihood is let in by steps, each so far that
half of the members stay effective; then members are drawn by weight and moved by preconditioned Crank–Nicolson steps
(Cotter et al. 2013), which keep the prior of the random numbers exactly and take the likelihood into account.

The equations are not the river: a computed concentration is taken as wrong by MODEL_ERROR, and the time at which a
section has it by TIME_ERROR of the way, one number of each member and section, drawn and moved with the others.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from tongxin.petals.ecology.engine import ensemble, transport
from tongxin.petals.ecology.engine.case import Case
from tongxin.petals.ecology.engine.model import Model

Floats = NDArray[np.float64]
MODEL_ERROR = (
    0.25  # of a computed concentration beside the sample's own error: the section is not evenly mixed
)
TIME_ERROR = 0.03  # of the time since the release: at a steep front this counts more than the height
LEAST = 100.0  # effective members that are asked for
MOVES = 4
STEP = 0.35
MOST_STEPS = 25
FAR = 8.0  # a sample more spreads away than this says no more: one wrong sample must not rule everything


@dataclass(frozen=True)
class Sample:
    """A measured concentration, mg/L, at a section of the case (its position) and a time, s after the release began.

    below: not detected, `value` is the limit of detection. error: spread of the measurement's logarithm. highest: the
    value is the highest of a station's readings of the whole passage, and `at` its time.
    """

    section: int
    at: float
    value: float
    below: bool = False
    error: float = 0.15
    highest: bool = False


@dataclass(frozen=True)
class Update:
    """Members after an update: their random numbers, how many are effective, log evidence, and the way there."""

    z: Floats
    effective: float
    evidence: float
    steps: tuple[float, ...]
    accepted: float


def update(case: Case, samples: Sequence[Sample], *, cancelled: Callable[[], bool] | None = None) -> Update:
    """Return members that agree with the samples; the same case, seed and samples give the same members.

    `effective` is the least of the effective members in any step of weighting, and of the distinct members at the end.
    """
    model = Model(case)
    blocks = math.ceil(case.members / ensemble.BLOCK)
    z = np.concatenate(
        [
            ensemble.draw(case, n, min(ensemble.BLOCK, case.members - n * ensemble.BLOCK), model.dims)
            for n in range(blocks)
        ]
    )
    wanted = replace(case, sections=tuple(case.sections[i] for i in sorted({s.section for s in samples})))
    order = {old: new for new, old in enumerate(sorted({s.section for s in samples}))}
    here = [replace(s, section=order[s.section]) for s in samples]
    lean = Model(wanted)
    shifts = model.dims + np.arange(len(wanted.sections))
    take = np.concatenate([_taken(model, lean), shifts])
    random = np.random.Generator(np.random.Philox(key=[case.seed, 1 << 40]))
    z = np.hstack([z, random.standard_normal((len(z), len(shifts)))])
    like = likelihood(lean, z[:, take], here)
    reached, evidence, steps = 0.0, 0.0, list[float]()
    least, moved, tried = float(len(z)), 0.0, 0
    while reached < 1.0 and len(steps) < MOST_STEPS:
        if cancelled is not None and cancelled():
            break
        rise = _rise(like, 1.0 - reached)
        weights = np.exp(rise * (like - like.max()))
        evidence += rise * float(like.max()) + math.log(weights.mean())
        weights /= weights.sum()
        least = min(least, float(1.0 / (weights**2).sum()))
        reached = min(1.0, reached + rise)
        steps.append(reached)
        chosen = _systematic(weights, random)
        z, like = z[chosen], like[chosen]
        step = STEP
        for _n in range(MOVES):
            offer = math.sqrt(1 - step**2) * z + step * random.standard_normal(z.shape)
            new = likelihood(lean, offer[:, take], here)
            goes = np.log(random.random(len(z))) < reached * (new - like)
            z, like = np.where(goes[:, None], offer, z), np.where(goes, new, like)
            moved, tried = moved + float(goes.mean()), tried + 1
            step = float(np.clip(step * math.exp(goes.mean() - 0.3), 0.03, 0.9))
    distinct = len(np.unique(z[:, :2], axis=0))
    return Update(
        np.ascontiguousarray(z[:, : model.dims]),
        min(least, float(distinct)),
        evidence,
        tuple(steps),
        moved / max(tried, 1),
    )


def _taken(model: Model, lean: Model) -> NDArray[np.int64]:
    """Return which random numbers of the whole model those of a smaller one are."""
    from tongxin.petals.ecology.engine.model import COMMON, OWN

    found = list(range(len(COMMON)))
    for name in lean.reaches:
        begin = len(COMMON) + model.reach_index[name] * len(OWN)
        found += range(begin, begin + len(OWN))
    return np.array(found, np.int64)


def likelihood(model: Model, z: Floats, samples: Sequence[Sample]) -> Floats:
    """Return the log likelihood (members) of samples: normal in the logarithm, a share below for what was not detected.

    z as in `at_samples`. A sample's farthest counts FAR spreads, so that one that is wrong, or mislabelled, does not
    decide alone.
    """
    computed, off_time = at_samples(model, z, samples)
    total = np.zeros(len(z))
    for n, sample in enumerate(samples):
        floor = 1e-3 * sample.value
        spread = math.hypot(sample.error, MODEL_ERROR)
        off = (np.log(sample.value + floor) - np.log(computed[:, n] + floor)) / spread
        if sample.below:
            total += log_normal_share(off)
        else:
            total += capped(off)
        if sample.highest:
            total += capped(off_time[:, n] / TIME_ERROR)
    return total


def capped(off: Floats) -> Floats:
    """Return −off²/2, bending to a line beyond FAR/2 spreads (Huber)."""
    size = np.abs(off)
    bend = FAR / 2
    found: Floats = np.where(size <= bend, -0.5 * off**2, -bend * (size - 0.5 * bend))
    return found


def log_normal_share(x: Floats) -> Floats:
    """Return the logarithm of the normal distribution function, with its tail for x far below zero."""
    erfc = np.vectorize(math.erfc, otypes=[float])
    near = np.log(np.maximum(0.5 * erfc(-np.maximum(x, -8.0) / math.sqrt(2.0)), 1e-300))
    found: Floats = np.where(
        x > -8.0, near, -0.5 * x**2 - np.log(-np.minimum(x, -1.0) * math.sqrt(2 * math.pi))
    )
    return found


def at_samples(model: Model, z: Floats, samples: Sequence[Sample]) -> tuple[Floats, Floats]:
    """Return the concentrations (members, samples) that members have where and when samples were taken, and how much
    later than theirs a highest reading was, in the logarithm.

    z (members, dims of the model and one of each section): the last say how much later a section has what is computed.
    """
    groups = ensemble.plan(model.case, model)
    out, late = np.zeros((len(z), len(samples))), np.zeros((len(z), len(samples)))
    for begin in range(0, len(z), ensemble.BLOCK):
        part = slice(begin, begin + ensemble.BLOCK)
        own = np.ascontiguousarray(z[part, : model.dims])
        shift = np.exp(TIME_ERROR * z[part, model.dims :])
        elements, release = model.members(own)
        for group in groups:
            mine = columns(group, samples)
            if not mine:
                continue
            latest = max(s.at for _n, s, _c in mine)
            window = max(group.grid.window, 1.2 * latest)
            grid = group.grid if window == group.grid.window else transport.Grid(window, 2 * group.grid.steps)
            found = ensemble.curves(model, own, elements, release, replace(group, grid=grid))
            for n, sample, column in mine:
                if sample.highest:
                    figures = transport.figures(found[:, column], np.inf, grid.dt)
                    out[part, n] = figures[:, ensemble.PEAK]
                    late[part, n] = np.log(max(sample.at, 60.0) / np.fmax(figures[:, ensemble.PEAK_AT], 60.0))
                    continue
                at = (sample.at / shift[:, sample.section])[:, None]
                out[part, n] = read_at(found[:, column], at, grid)[:, 0]
    return out, late


def columns(group: ensemble.Group, samples: Sequence[Sample]) -> list[tuple[int, Sample, int]]:
    """Return the samples taken at a group's sections: number, sample, column of its section in the group's curves."""
    return [
        (n, s, group.sections.index(s.section)) for n, s in enumerate(samples) if s.section in group.sections
    ]


def read_at(curves: Floats, at: Floats, grid: transport.Grid) -> Floats:
    """Return curves (members, steps) read at times (s) (times) or (members, times).

    Straight between steps, nothing before and after the grid.
    """
    where = np.broadcast_to(at, (len(curves), at.shape[-1])) / grid.dt
    low = np.clip(where.astype(int), 0, grid.used - 2)
    share = np.clip(where - low, 0, 1)
    inside = (where >= 0) & (where <= grid.used - 1)
    lower, upper = np.take_along_axis(curves, low, 1), np.take_along_axis(curves, low + 1, 1)
    found: Floats = np.where(inside, lower * (1 - share) + upper * share, 0)
    return found


def _rise(like: Floats, left: float) -> float:
    """Return how much of the likelihood can be let in with half of the members effective."""

    def effective(rise: float) -> float:
        w = np.exp(rise * (like - like.max()))
        return float(w.sum() ** 2 / (w**2).sum())

    wanted = max(0.5 * len(like), LEAST)
    if effective(left) >= wanted:
        return left
    low, high = 0.0, left
    for _n in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if effective(middle) >= wanted else (low, middle)
    return max(low, 1e-6)


def _systematic(weights: Floats, random: np.random.Generator) -> NDArray[np.int64]:
    """Return members drawn by weight, evenly: one draw for all."""
    points = (random.random() + np.arange(len(weights))) / len(weights)
    return np.searchsorted(np.cumsum(weights), points).clip(0, len(weights) - 1)
