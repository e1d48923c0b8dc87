"""Calibration from a tracer test: the upper sensor's curve, carried down, is fitted to the lower one's."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tongxin.petals.ecology.engine import priors, transport
from tongxin.petals.ecology.engine.faults import Fault, nearest
from tongxin.petals.ecology.engine.readings import csv_rows
from tongxin.shared.phrases import phrase

Floats = NDArray[np.float64]
STARTS = ((30.0, 3e-4, 0.05), (100.0, 1e-4, 0.15), (300.0, 1e-3, 0.3), (100.0, 2e-5, 0.05))  # Péclet, α, β
LEAST_ROWS = 12
LEAST_SPREAD = 0.05  # of a calibrated velocity: another day is another river


@dataclass(frozen=True)
class Tracer:
    """Readings at two places: times s, upper and lower sensor in one unit, the way between in m."""

    times: Floats
    upper: Floats
    lower: Floats
    length: float


@dataclass(frozen=True)
class Fit:
    """What was fitted: velocity m/s, dispersion m²/s, storage α 1/s and As/A, recovery, background of the lower sensor.

    nse: Nash–Sutcliffe efficiency over the whole lower curve; peak as a ratio minus 1; peak time, arrival (a tenth of
    the rise) and `half` (half of it), computed minus measured, s. `spread` of the logarithms of
    velocity, dispersion, α, As/A from the curvature of the fit.
    """

    velocity: float
    dispersion: float
    alpha: float
    ratio: float
    recovery: float
    background: float
    nse: float
    peak: float
    peak_time: float
    arrival: float
    half: float
    spread: tuple[float, float, float, float]
    computed: Floats

    def values(self) -> dict[str, float]:
        """Return what a network takes over as a calibration of a reach."""
        return {
            "velocity_m_s": self.velocity,
            "dispersion_m2_s": self.dispersion,
            "storage_alpha_s": self.alpha,
            "storage_ratio": self.ratio,
            "calibrated_spread": max(LEAST_SPREAD, min(0.5, self.spread[0])),
        }


def read(path: Path, length_m: float, *, time: str = "", upper: str = "", lower: str = "") -> Tracer:
    """Return the readings of a CSV file. Columns by name, else the first three: time, upper, lower sensor.

    A time is an instant, or a number in the unit that its column's name ends with (_s, _min, _h; else seconds).
    Rows with an empty reading are left out. Raises Fault.
    """
    if not path.is_file():
        raise Fault("no_file", phrase("there is no file {path}.", path=path))
    if not 1.0 <= length_m <= 1e6:
        raise Fault(
            "impossible",
            phrase("a way of {length_m} m between two sensors is impossible.", length_m=f"{length_m:g}"),
            where="--length",
        )
    names, rows = csv_rows(path)
    if len(names) < 3:
        raise Fault(
            "missing", phrase("three columns are needed: time, upper and lower sensor."), where=path.name
        )
    for name in (time, upper, lower):
        if name and name not in names:
            raise Fault(
                "missing",
                phrase("there is no column {name}.", name=repr(name)),
                mend=nearest(name, names),
                where=path.name,
            )
    cols = (time or names[0], upper or names[-2], lower or names[-1])
    found = []
    for row, where in rows:
        texts = [(row.get(c) or "").strip() for c in cols]
        if all(texts):
            found.append(
                (_seconds(texts[0], cols[0], where), _value(texts[1], where), _value(texts[2], where))
            )
    if len(found) < LEAST_ROWS:
        raise Fault(
            "too_few",
            phrase(
                "{found} whole rows: a curve needs {LEAST_ROWS}.", found=len(found), LEAST_ROWS=LEAST_ROWS
            ),
            where=path.name,
        )
    data = np.array(found)
    if (np.diff(data[:, 0]) <= 0).any():
        at = int(np.argmin(np.diff(data[:, 0]) > 0))
        raise Fault("order", phrase("the times do not rise after row {at}.", at=at + 1), where=path.name)
    _in_order(data, path.name)
    return Tracer(data[:, 0] - data[0, 0], data[:, 1], data[:, 2], length_m)


def _in_order(data: Floats, where: str) -> None:
    """Refuse readings whose lower sensor sees the middle of the tracer first. Raises Fault."""
    middles = []
    for curve in (data[:, 1], data[:, 2]):
        above = np.maximum(curve - np.min(curve), 0.0)
        middles.append(float((above * data[:, 0]).sum() / above.sum()) if above.sum() > 0 else 0.0)
    if middles[1] < middles[0] and min(middles) > 0:
        raise Fault(
            "order", phrase("the lower sensor sees the tracer before the upper one."),
            mend=phrase("Were the two exchanged? Name them with --upper and --lower."), where=where,
        )  # fmt: skip


def _seconds(text: str, name: str, where: str) -> float:
    try:
        value = float(text)
    except ValueError:
        try:
            return datetime.fromisoformat(text).timestamp()
        except ValueError:
            raise Fault("not_a_time", phrase("{text} is no time.", text=repr(text)), where=where) from None
    factor = next((f for end, f in (("_min", 60.0), ("_h", 3600.0), ("_s", 1.0)) if name.endswith(end)), 1.0)
    return value * factor


def _value(text: str, where: str) -> float:
    try:
        found = float(text)
    except ValueError:
        raise Fault("not_a_number", phrase("{text} is no number.", text=repr(text)), where=where) from None
    if not math.isfinite(found):
        raise Fault("not_a_number", phrase("{text} is no reading.", text=repr(text)), where=where)
    return found


class Carrier:
    """Carries the upper curve down the way, above its background, for any parameters; its transform is made once."""

    def __init__(self, tracer: Tracer) -> None:
        self.tracer = tracer
        self.base = background(tracer.upper)
        steps = 1024
        spacing = float(np.median(np.diff(tracer.times)))
        while steps * transport.USED * 0.5 * spacing < 2.2 * tracer.times[-1]:
            steps *= 2
        self.grid = transport.Grid(2.2 * float(tracer.times[-1]), min(steps, 1 << 15))
        self.image = (
            transport.series_transform(tracer.times, tracer.upper - self.base, self.grid.s) * self.grid.soft
        )

    def __call__(self, velocity: float, peclet: float, alpha: float, ratio: float) -> Floats:
        """Return the lower curve above background at the tracer's times, without losses."""
        tau, s = self.tracer.length / velocity, self.grid.s
        phi = s + (alpha * s / (s + alpha / ratio) if alpha > 0 and ratio > 0 else 0.0)
        carried = np.exp(peclet / 2 * (1 - np.sqrt(1 + 4 * phi * tau / peclet)))
        found = np.fft.irfft(self.image * carried, n=self.grid.steps)[: self.grid.used]
        found *= np.exp(self.grid.c * self.grid.times) / self.grid.dt
        return np.interp(self.tracer.times, self.grid.times, found)


def background(curve: Floats) -> float:
    """Return the reading before the tracer comes: the median of what lies in the lowest twentieth of the range."""
    low, high = float(np.percentile(curve, 1)), float(np.percentile(curve, 99))
    return float(np.median(curve[curve <= low + 0.05 * (high - low)]))


def fit(tracer: Tracer) -> Fit:
    """Return the best fit of velocity, dispersion, storage, recovery and background, from several beginnings.

    Least squares on the readings as they are; the storage is bounded to 1e-7 < α < 1e-1 1/s, 1e-3 < As/A < 3.
    Raises Fault where the lower curve shows no tracer.
    """
    from scipy.optimize import least_squares

    carry = Carrier(tracer)
    seen = tracer.lower - background(tracer.lower)
    if np.ptp(tracer.upper) <= 0 or np.percentile(seen, 99) <= 0:
        raise Fault("no_tracer", phrase("no tracer is seen at one of the sensors."))
    scale = float(np.std(tracer.lower))
    delay = max(
        _rise_time(tracer.times, seen) - _rise_time(tracer.times, tracer.upper - carry.base), tracer.times[1]
    )
    first = tracer.length / delay
    low = np.log([first / 6, 0.5, 1e-7, 1e-3, 0.05])
    high = np.log([first * 6, 1e5, 1e-1, 3.0, 20.0])

    def residual(p: Floats) -> Floats:
        v, pe, a, b, r = np.exp(p[:5])
        found: Floats = (r * carry(v, pe, a, b) + p[5] * scale - tracer.lower) / scale
        return found

    best = None
    for pe, a, b in STARTS:
        start = np.append(np.log([first * (1 + b), pe, a, b, 1.0]), background(tracer.lower) / scale)
        start[:5] = np.clip(start[:5], low + 1e-6, high - 1e-6)
        bounds = (np.append(low, -np.inf), np.append(high, np.inf))
        tried = least_squares(residual, start, bounds=bounds, x_scale=0.1, max_nfev=200)
        if best is None or tried.cost < best.cost:
            best = tried
    assert best is not None
    v, pe, a, b, r = (float(x) for x in np.exp(best.x[:5]))
    computed = tracer.lower + best.fun * scale
    noise = 2 * best.cost / max(len(tracer.times) - 6, 1)
    cover = np.linalg.pinv(best.jac.T @ best.jac) * noise
    wide = np.sqrt(np.maximum(np.diag(cover), 0.0))
    return Fit(
        v,
        v * tracer.length / pe,
        a,
        b,
        r,
        float(best.x[5] * scale),
        *compare(tracer, computed),
        (float(wide[0]), float(np.hypot(wide[0], wide[1])), float(wide[2]), float(wide[3])),
        computed,
    )


def compare(tracer: Tracer, computed: Floats) -> tuple[float, float, float, float, float]:
    """Return NSE, peak ratio minus 1, and peak time, arrival and half height computed minus measured, s."""
    off = tracer.lower - computed
    nse = 1.0 - float((off**2).sum() / ((tracer.lower - tracer.lower.mean()) ** 2).sum())
    base = background(tracer.lower)
    ours, theirs = computed - base, tracer.lower - base
    t = tracer.times
    top = float(theirs.max())
    return (
        nse,
        float(ours.max()) / top - 1.0,
        float(t[ours.argmax()] - t[theirs.argmax()]),
        _crossing(t, ours, 0.1 * top) - _crossing(t, theirs, 0.1 * top),
        _crossing(t, ours, 0.5 * top) - _crossing(t, theirs, 0.5 * top),
    )


def _rise_time(t: Floats, curve: Floats) -> float:
    return _crossing(t, curve, 0.5 * float(np.percentile(curve, 99)))


def _crossing(t: Floats, curve: Floats, limit: float) -> float:
    """Return when a curve passes a limit for good on its way up, between readings linear; nan when it never does."""
    above = np.flatnonzero(curve >= limit)
    run = above[np.isin(above + 1, above)] if len(above) > 1 else above
    if not len(run):
        return math.nan
    i = int(run[0])
    if i == 0:
        return float(t[0])
    share = (limit - curve[i - 1]) / (curve[i] - curve[i - 1])
    return float(t[i - 1] + share * (t[i] - t[i - 1]))


def blind(tracer: Tracer, flow: float, *, width: float | None = None, depth: float | None = None,
          slope: float | None = None) -> tuple[dict[str, float], tuple[float, float, float, float, float]]:  # fmt: skip
    """Return what the priors alone would have said (middle values, full recovery), and how it compares.

    Velocity Q/(W H) where width and depth are known, else from the discharge alone.
    """
    carry = Carrier(tracer)
    w, h = (
        (np.array([width or 0.0]), np.array([depth or 0.0]))
        if width and depth
        else priors.geometry(np.array([flow]))
    )
    speed = float(flow / (w * h).item())
    k = float(priors.zeng_huai(w, h, speed, priors.shear_velocity(h, np.array([speed]), slope)).item())
    ratio, alpha = priors.STORAGE_RATIO[0], priors.STORAGE_ALPHA[0]
    u, k = speed * (1 + 0.5 * ratio), priors.CHANNEL_SHARE * k  # as `model` takes them
    computed = carry(u, u * tracer.length / k, alpha, ratio) + background(tracer.lower)
    return {"velocity_m_s": u, "dispersion_m2_s": k}, compare(tracer, computed)


def report(found: Fit) -> Mapping[str, float]:
    """Return the figures of a fit by name, in the units of the docstring of `Fit`."""
    return {
        **found.values(), "recovery": found.recovery, "background": found.background, "nse": found.nse,
        "peak_off": found.peak, "peak_time_off_s": found.peak_time, "arrival_off_s": found.arrival,
        "half_height_off_s": found.half,
    }  # fmt: skip
