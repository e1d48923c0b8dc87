"""The ensemble forecast: of each section arrival, peak and duration as P5, P50, P95, and probabilities."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tongxin.petals.ecology.engine import VERSION, kernels, transport
from tongxin.petals.ecology.engine.case import HOUR, Case, stale
from tongxin.petals.ecology.engine.faults import Fault
from tongxin.petals.ecology.engine.model import Model
from tongxin.petals.ecology.engine.phrases import KIND_WORDS
from tongxin.petals.ecology.engine.transport import Elements, Grid, Release
from tongxin.shared.blocks import every
from tongxin.shared.phrases import phrase

Floats = NDArray[np.float64]
BLOCK = 125  # members at once; part of the answer, since each block has random numbers of its own
PILOT = 200
SHOWN = 240  # points of a curve that are kept
KEPT = 1000  # members whose curves are kept
PERCENT = (5.0, 50.0, 95.0)
ARRIVAL, PEAK_AT, PEAK, ABOVE, LAST, AREA, OPEN = range(7)


@dataclass(frozen=True)
class Group:
    """Sections that are computed on one time grid: their positions in the case, and the grid."""

    sections: tuple[int, ...]
    grid: Grid


@dataclass(frozen=True)
class Block:
    """A block of members: its number, how many, and their random numbers where they are not drawn anew."""

    case: Case
    groups: tuple[Group, ...]
    number: int
    count: int
    z: Floats | None = None


@dataclass(frozen=True)
class Band:
    """P5, P50 and P95; None where no member has a value."""

    p5: float | None = None
    p50: float | None = None
    p95: float | None = None


@dataclass(frozen=True)
class SectionForecast:
    """What is forecast of a section; times in s after the release began, concentrations in mg/L.

    `state`: arrives, held (no member's water passes a shut gate), dry, not_reached (below the threshold in every
    member), off (no water leads there). Bands are over the members that arrive; `probability` is their share.
    """

    id: str
    km: float | None
    state: str
    probability: float
    held: float
    within: Mapping[str, float]
    arrival: Band
    peak_at: Band
    peak: Band
    duration: Band
    open_end: float
    times: Floats = field(default_factory=lambda: np.empty(0), repr=False)
    curve: Floats = field(default_factory=lambda: np.empty((0, 3)), repr=False)  # P5, P50, P95 by time
    figures: Floats = field(default_factory=lambda: np.empty((0, 7)), repr=False)  # of every member


@dataclass(frozen=True)
class Forecast:
    """A forecast: sections, what was assumed, which inputs were stale, and what makes it reproducible."""

    sections: tuple[SectionForecast, ...]
    assumptions: tuple[str, ...]
    stale: Mapping[str, float]  # age in s
    members: int
    effective: float
    seed: int
    inputs: str  # SHA-256
    engine: str = VERSION


def inputs_hash(case: Case) -> str:
    """Return the SHA-256 of everything that a case says, in a form of its own; numbers by their shortest text."""
    return hashlib.sha256(
        json.dumps(_plain(case), sort_keys=True, separators=(",", ":")).encode()
    ).hexdigest()


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return {f.name: _plain(getattr(value, f.name)) for f in fields(value) if f.name != "where"}
    if isinstance(value, Mapping):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, np.ndarray):
        return [_plain(v) for v in value.tolist()]
    if isinstance(value, (list, tuple)):
        return [_plain(v) for v in value]
    return repr(value) if isinstance(value, float) else value


def draw(case: Case, number: int, count: int, dims: int) -> Floats:
    """Return the random numbers of a block: the same for a seed and a number, whoever computes it."""
    return np.random.Generator(np.random.Philox(key=[case.seed, number])).standard_normal((count, dims))


def forecast(
    case: Case,
    *,
    processes: int = 1,
    cluster: str = "",
    z: Floats | None = None,
    effective: float | None = None,
    progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Forecast:
    """Return the forecast of a case. `z` (members, dims): members that were drawn before, as an update leaves them.

    The same case and seed give the same answer in one process, in several and on a cluster. Raises Fault, Cancelled,
    NoCluster.
    """
    if not 50 <= case.members <= 100_000:
        raise Fault(
            "members",
            phrase("{members} members: between 50 and 100,000 can be computed.", members=case.members),
        )
    aged = stale(case)
    model = Model(case)
    groups = plan(case, model, z)
    count = case.members if z is None else len(z)
    blocks = [
        Block(
            case,
            groups,
            n,
            min(BLOCK, count - n * BLOCK),
            None if z is None else z[n * BLOCK : (n + 1) * BLOCK],
        )
        for n in range(math.ceil(count / BLOCK))
    ]
    done = every(
        run_block, blocks, processes=processes, cluster=cluster, progress=progress, cancelled=cancelled
    )
    found = np.concatenate([d[0] for d in done])
    blocked = np.concatenate([d[1] for d in done])
    kept = {i: np.concatenate([d[2][i] for d in done if i in d[2]])[:KEPT] for i in done[0][2]}
    sections = []
    for i, point in enumerate(case.sections):
        group = next((g for g in groups if i in g.sections), None)
        km = case.network.length_between((case.reach, case.at_km), point)
        times, curve = np.empty(0), np.empty((0, 3))
        if group is not None and i in kept:
            times = group.grid.times[:: _stride(group.grid)]
            curve = np.percentile(kept[i], PERCENT, axis=0).T
        sections.append(_section(case, model, i, point.id, km, found[:, i], blocked[:, i], times, curve))
    return Forecast(
        tuple(sections), tuple(assumptions(case, model)), {n: age for n, (_w, age) in aged.items()}, count,
        float(count) if effective is None else effective, case.seed, inputs_hash(case),
    )  # fmt: skip


def _stride(grid: Grid) -> int:
    return max(1, math.ceil(grid.used / SHOWN))


def plan(case: Case, model: Model, z: Floats | None = None) -> tuple[Group, ...]:
    """Return which sections are computed on which grid, from the moments of some members.

    Sections whose windows are alike share a grid; its steps resolve the narrowest plumes. Behind a gate that may be
    shut, and for a release given as a series, one grid over the horizon serves all.
    """
    sample = draw(case, 0, PILOT, model.dims) if z is None else z[:: max(1, len(z) // PILOT)]
    elements, release = model.members(sample)
    found = transport.moments(elements, release, source=model.source)
    extent = 0.0
    for series in (case.series_in, case.given):
        extent = float(series[0][-1]) if series is not None else extent
    wanted = []
    for i, at in enumerate(model.section_at):
        if at < 0 or not np.isfinite(found.mean[:, at]).any():
            continue
        window = float(np.nanpercentile(found.mean[:, at] + 5 * found.spread[:, at], 99)) + extent
        narrow = float(np.nanpercentile(found.narrow[:, at], 2))
        wanted.append((min(max(window, 600.0), case.horizon), narrow, i))
    if not wanted:
        return ()
    wanted.sort()
    opens = [model.opening(g, sample)[0] for g in model.gate_at]
    if any(_waits(o) for o in opens):
        last = max(float(o[np.isfinite(o)].max(initial=0.0)) for o in opens)
        longest = min(case.horizon, max(w for w, _n, _i in wanted) + 2 * last)
        wanted = [(longest, min(n for _w, n, _i in wanted), i) for _w, _n, i in wanted]
    groups, begin = [], 0
    for j in range(1, len(wanted) + 1):
        if j == len(wanted) or wanted[j][0] > 3 * wanted[begin][0]:
            window, narrow = wanted[j - 1][0], min(n for _w, n, _i in wanted[begin:j])
            steps = 512
            while steps < 8192 and window / (steps * transport.USED) > narrow / 3:
                steps *= 2
            groups.append(Group(tuple(i for _w, _n, i in wanted[begin:j]), Grid(window, steps)))
            begin = j
    return tuple(groups)


def run_block(block: Block) -> tuple[Floats, Floats, dict[int, Floats]]:
    """Return figures (members, sections, 7), whether a shut gate keeps a section dry of it, and thinned curves."""
    case = block.case
    model = Model(case)
    z = draw(case, block.number, block.count, model.dims) if block.z is None else block.z
    figures = np.full((len(z), len(case.sections), 7), np.nan)
    figures[:, :, ARRIVAL] = np.inf
    figures[:, :, PEAK] = 0.0
    elements, release = model.members(z)
    kept: dict[int, Floats] = {}
    for group in block.groups:
        found = curves(model, z, elements, release, group)
        figures[:, group.sections] = transport.figures(found, case.threshold, group.grid.dt)
        if block.number * BLOCK < KEPT:
            for n, i in enumerate(group.sections):
                kept[i] = found[:, n, :: _stride(group.grid)].astype(np.float32)
    return figures, held_back(model, z), kept


def curves(model: Model, z: Floats, elements: Elements, release: Release, group: Group) -> Floats:
    """Return the concentrations (members, sections of the group, steps), gates that are shut for a while included."""
    at = [model.section_at[i] for i in group.sections]
    names = {i: g for g, i in model.gate_at.items()}
    opening = {i: model.opening(g, z) for i, g in names.items()}
    elements = _shut(elements, {i: o[0] for i, o in opening.items()})
    waits = sorted(i for i, o in opening.items() if _waits(o[0]))
    if not waits:
        return transport.curves(_above(elements, at), release, at, group.grid, source=model.source)
    stops = [
        model.pool_at.get(i, i) for i in waits
    ]  # where the water is kept back: before the pool, or at the gate
    total = transport.curves(_bar(elements, stops), release, [*at, *stops], group.grid, source=model.source)
    for n, gate in enumerate(waits):
        arriving = np.ascontiguousarray(total[:, len(at) + n])
        opens, residence = opening[gate]
        grows = model.growth(names[gate], z)
        if gate in model.pool_at:
            whole, pushed, lam, surge = model.pool(names[gate], z, elements)
            kernels.pond(arriving, group.grid.dt, opens, whole, pushed, lam, grows, surge)
            for column in (k for k, i in enumerate(at) if model.pool_at[gate] <= i < gate):
                total[:, column] += arriving  # a section before the gate, at the pool's end
            arriving[group.grid.times[None, :] < opens[:, None]] = 0.0
        else:
            lam = np.ascontiguousarray(elements.lam[:, max(gate - 1, 0)])
            kernels.hold(arriving, group.grid.dt, opens, residence, lam, grows)
        again = Release(np.ones(len(z)), np.zeros(len(z)), np.zeros(len(z)), False, None,
                        transport.transform_of(arriving, group.grid))  # fmt: skip
        beyond = _bar(elements, [s for s in stops if s != stops[n]])
        total += _but(transport.curves(beyond, again, [*at, *stops], group.grid, source=gate), len(at) + n)
    return np.ascontiguousarray(total[:, : len(at)])


def _waits(opens: Floats) -> bool:
    """Whether a gate opens later for some member: what arrives until then has to be kept."""
    return bool((np.isfinite(opens) & (opens > 0)).any())


def _shut(elements: Elements, opens: Mapping[int, Floats]) -> Elements:
    """Return the elements with nothing leaving a gate in the members for which it never opens."""
    weight = elements.weight.copy()
    for gate, when in opens.items():
        for link in np.flatnonzero(elements.up_idx == gate):
            weight[np.isinf(when), link] = 0.0
    return replace(elements, weight=weight)


def _but(found: Floats, column: int) -> Floats:
    found[:, column] = 0.0
    return found


def _bar(elements: Elements, stops: Sequence[int]) -> Elements:
    """Return the elements with nothing leaving those of `stops`."""
    weight = elements.weight.copy()
    for stop in stops:
        weight[:, elements.up_idx == stop] = 0.0
    return replace(elements, weight=weight)


def _above(elements: Elements, at: Sequence[int]) -> Elements:
    """Return the elements down to the last one that is asked for: they stand in order, so the rest needs no work."""
    last = max(at) + 1
    links = int(elements.up_ptr[last])

    def cut(a: Floats) -> Floats:
        return np.ascontiguousarray(a[:, :last])

    return Elements(
        elements.kind[:last], cut(elements.tau), cut(elements.pe), cut(elements.alpha), cut(elements.beta),
        cut(elements.lam), elements.up_ptr[: last + 1], elements.up_idx[:links],
        np.ascontiguousarray(elements.weight[:, :links]),
    )  # fmt: skip


def held_back(model: Model, z: Floats) -> Floats:
    """Return 1 where every way to a section leads through a gate that never opens for the member, else 0."""
    passing = np.zeros((len(z), len(model.pieces)), bool)
    for i, piece in enumerate(model.pieces):
        ups = model.up_idx[model.up_ptr[i] : model.up_ptr[i + 1]]
        here = np.ones(len(z), bool) if i == model.source else passing[:, ups].any(axis=1)
        if piece.role == "gate":
            here = here & np.isfinite(model.opening(piece.gate, z)[0])
        if piece.role == "sink":
            here = here & False
        passing[:, i] = here
    return np.stack(
        [~passing[:, at] if at >= 0 else np.ones(len(z), bool) for at in model.section_at], axis=1
    ).astype(float)


def _section(
    case: Case, model: Model, i: int, name: str, km: float | None, found: Floats, blocked: Floats, times: Floats,
    curve: Floats,
) -> SectionForecast:  # fmt: skip
    arrives = np.isfinite(found[:, ARRIVAL])
    share = float(arrives.mean())
    held = float(blocked.mean()) if km is not None else 0.0
    state = "arrives" if share > 0 else "not_reached"
    if km is None:
        state = "off"
    elif share == 0 and held > 0.5:
        kinds = {case.network.reaches[r].kind for r in case.network.upstream(case.sections[i].reach)}
        state = "dry" if "dry" in kinds and "held" not in kinds and not model.gate_at else "held"
    within = {f"{h / HOUR:g}": float((found[:, ARRIVAL] <= h).mean()) for h in case.within}
    come = found[arrives]
    return SectionForecast(
        name, km, state, share, held, within, band(come[:, ARRIVAL]), band(come[:, PEAK_AT]), band(come[:, PEAK]),
        band(come[:, ABOVE]), float(come[:, OPEN].mean()) if len(come) else 0.0, times, curve, found,
    )  # fmt: skip


def band(values: Floats) -> Band:
    """Return P5, P50 and P95 of values; an empty band of none."""
    known = values[np.isfinite(values)]
    return Band(*(float(v) for v in np.percentile(known, PERCENT))) if len(known) else Band()


def _of_basis(basis: str, names: str) -> str:
    said = {
        "calibrated": phrase("Velocities from tracer tests, moved with the discharge: {names}.", names=names),
        "geometry": phrase("Velocities from discharge, width and depth (spread 0.30): {names}.", names=names),
        "both": phrase(
            "Velocities between those of width and depth and Jobson 1996 (spread 0.25): {names}.", names=names
        ),
        "jobson": phrase("Velocities after Jobson 1996 (spread 0.35): {names}.", names=names),
        "discharge": phrase("Velocities from the discharge alone (spread 0.5): {names}.", names=names),
        "pool": phrase("Mixed tanks, part of their volume pushed along: {names}.", names=names),
    }
    return said[basis]


def assumptions(case: Case, model: Model) -> list[str]:
    """Return what the forecast took for granted, in sentences: bases of velocity, ice, gates, amounts, stale inputs."""
    found: list[str] = []
    basis: dict[str, list[str]] = {}
    for name in model.reaches:
        reach = case.network.reaches[name]
        if model.kind(reach) == "pool":
            basis.setdefault("pool", []).append(name)
        elif model.kind(reach) in {"flowing", "under_ice"}:
            flow = np.array([model.base_flow(reach)])
            basis.setdefault(model.velocity(reach, flow, np.zeros(1))[2], []).append(name)
        else:
            said = phrase(
                "{name} is {kind}: nothing is said of what lies below it alone.",
                name=name,
                kind=KIND_WORDS[reach.kind],
            )
            found.append(said)
        if reach.kind == "under_ice":
            left = f"{case.substance.ice:g}"
            found.append(
                phrase("{name} lies under ice: 0.76 of the velocity, decay × {left}.", name=name, left=left)
            )
    found = [_of_basis(b, ", ".join(names)) for b, names in basis.items()] + found
    if any(case.network.reaches[n].illustrative for n in model.reaches):
        found.append(
            phrase(
                "Geometry and hydraulics of the network are illustrative: the times are an example, not a forecast."
            )
        )
    unread = [n for n in model.reaches if not model.station_of[n]]
    if unread:
        names = ", ".join(unread)
        found.append(
            phrase("No discharge reading: the network's own figures count for {names}.", names=names)
        )
    for gate in sorted(model.gate_at):
        if gate not in case.gates:
            found.append(
                phrase("The gate {gate} has no reading: taken as open with probability 0.7.", gate=gate)
            )
    for name, (what, age) in stale(case).items():
        old = (
            phrase("no reading before the forecast")
            if math.isinf(age)
            else phrase("{hours} h old", hours=f"{age / HOUR:.0f}")
        )
        kind = KIND_WORDS[what]
        found.append(
            phrase(
                "Stale: {kind} of {name} ({old}); the band is wider for it.", kind=kind, name=name, old=old
            )
        )
    if case.mass_unknown:
        found.append(
            phrase(
                "The amount is not known: taken between 10 kg and 100 t; heights and arrivals are as wide."
            )
        )
    low, high = case.substance.decay
    rate, warm = f"{low:g}–{high:g}", f"{case.temperature[0]:g} ± {case.temperature[1]:g}"
    what = case.substance.said
    said = phrase(
        "Decay of {what}: {rate} per day at 20 °C; water at {warm} °C.", what=what, rate=rate, warm=warm
    )
    found.append(said)
    if not case.substance.mixes:
        found.append(
            phrase("{what} floats or sinks: only what is dissolved or dispersed is computed.", what=what)
        )
    found.append(phrase("Concentrations are above the background, and even over the section."))
    return found
