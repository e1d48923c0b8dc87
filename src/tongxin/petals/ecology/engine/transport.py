"""Curves of concentration at the ends of elements: release, elements in order downstream, inversion on a time grid.

The inversion is a damped Fourier series (Dubner & Abate 1968): f(t) = e^{ct} · irfft F(c + iω), on N steps of T/N with
c = DAMPING/T, so that what comes after T folds back e^-DAMPING = 1.5e-8 of its height. The highest frequencies are
softened by exp(−36 (k/K)^8) (Vandeven 1991), so that what is steep at the beginning leaves no ripple later.
Sources: Fischer et al. 1979 (slug), Ogata & Banks 1961 (step), Bencala & Walters 1983 (transient storage).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tongxin.petals.ecology.engine import kernels

Floats = NDArray[np.float64]
DAMPING = 18.0
USED = 0.9


@dataclass(frozen=True)
class Elements:
    """Stretches of river in order downstream, for a number of members.

    kind (elements); tau s, pe, alpha 1/s, beta, lam 1/s (members, elements); links as CSR with their
    weights (members, links); a tank's residence time stands in tau.
    """

    kind: NDArray[np.int64]
    tau: Floats
    pe: Floats
    alpha: Floats
    beta: Floats
    lam: Floats
    up_ptr: NDArray[np.int64]
    up_idx: NDArray[np.int64]
    weight: Floats

    @property
    def members(self) -> int:
        """How many members."""
        return int(self.tau.shape[0])

    def only(self, members: Any) -> Elements:
        """Return the elements of some members."""
        return Elements(
            self.kind, self.tau[members], self.pe[members], self.alpha[members], self.beta[members],
            self.lam[members], self.up_ptr, self.up_idx, self.weight[members],
        )  # fmt: skip


def path(
    tau: Any, pe: Any, *, alpha: Any = 0.0, beta: Any = 0.0, lam: Any = 0.0, kind: Any = 0, weight: Any = 1.0
) -> Elements:
    """Return elements one below the other; each argument broadcasts to (members, elements)."""
    given = np.broadcast_arrays(*(np.atleast_2d(np.asarray(a, float)) for a in (tau, pe, alpha, beta, lam)))
    full = [np.ascontiguousarray(a, float) for a in given]
    members, count = full[0].shape
    ptr = np.concatenate(([0], np.arange(count)))
    weights = np.ones((members, max(count - 1, 0))) * np.asarray(weight, float)
    kinds = np.broadcast_to(np.asarray(kind, np.int64), (count,))
    links = np.arange(count - 1, dtype=np.int64)
    return Elements(
        np.ascontiguousarray(kinds),
        full[0],
        full[1],
        full[2],
        full[3],
        full[4],
        ptr.astype(np.int64),
        links,
        weights,
    )


@dataclass(frozen=True)
class Release:
    """What enters: `scale` mg/L·s by member (mass/discharge, g per m³/s), `start` s, `duration` s; or a series.

    resident: into water that goes on upstream; else a concentration given at the upper end (an upstream sensor).
    A series is (times s, values) with straight lines between, 0 outside; its transform is exact. Its area is its own.
    """

    scale: Floats
    start: Floats
    duration: Floats
    resident: bool = True
    series: tuple[Floats, Floats] | None = None
    spectrum: NDArray[np.complex128] | None = field(default=None)  # of curves on the same grid, by member

    def only(self, members: Any) -> Release:
        """Return the release of some members."""
        own = self.spectrum if self.spectrum is None or len(self.spectrum) == 1 else self.spectrum[members]
        return Release(
            self.scale[members], self.start[members], self.duration[members], self.resident, self.series, own
        )


def slug(
    scale: Any, members: int = 1, *, start: Any = 0.0, duration: Any = 0.0, resident: bool = True
) -> Release:
    """Return an instantaneous release, or a constant one over `duration`."""
    spread = [
        np.ascontiguousarray(np.broadcast_to(np.asarray(a, float), (members,)))
        for a in (scale, start, duration)
    ]
    return Release(spread[0], spread[1], spread[2], resident)


@dataclass(frozen=True)
class Grid:
    """A time grid over `window` seconds from 0; the transform runs over a longer `period` of `steps` steps.

    What lies beyond the window, the last tenth of the period, is thrown away: there the ripple of what is steep at the
    beginning comes back, made large by the damping.
    """

    window: float
    steps: int = 2048

    @property
    def used(self) -> int:
        """How many steps the window has."""
        return int(self.steps * USED)

    @property
    def period(self) -> float:
        """The period of the transform, s."""
        return self.dt * self.steps

    @property
    def dt(self) -> float:
        """Seconds a step."""
        return self.window / (self.used - 1)

    @property
    def c(self) -> float:
        """The damping, 1/s."""
        return DAMPING / self.period

    @property
    def times(self) -> Floats:
        """The times (used), s."""
        return np.arange(self.used, dtype=float) * self.dt

    @property
    def soft(self) -> Floats:
        """What softens the frequencies (steps // 2 + 1)."""
        return np.asarray(np.exp(-36.0 * (np.arange(self.steps // 2 + 1) / (self.steps // 2)) ** 8), float)

    @property
    def s(self) -> NDArray[np.complex128]:
        """The Laplace variable at every frequency (steps // 2 + 1)."""
        return np.asarray(self.c + 2j * np.pi * np.arange(self.steps // 2 + 1) / self.period, np.complex128)


def curves(
    elements: Elements, release: Release, at: Any, grid: Grid, *, source: int = 0, plain: bool = False
) -> Floats:
    """Return concentrations (members, len(at), used steps) at the lower ends of elements `at`, mg/L.

    plain: by the same code uncompiled, which is slow and meant for tests.
    """
    sections = np.asarray(at, np.int64)
    members = elements.members
    if release.spectrum is not None:
        shape = release.spectrum
    elif release.series is not None:
        shape = series_transform(*release.series, grid.s)[None, :]
    else:
        shape = np.ones((1, grid.steps // 2 + 1), np.complex128)
    out = np.empty((members, len(sections), grid.steps // 2 + 1), np.complex128)
    run = kernels.spectra.py_func if plain else kernels.spectra
    run(
        grid.c, 2 * np.pi / grid.period, elements.kind, elements.tau, elements.pe, elements.alpha, elements.beta,
        elements.lam, elements.up_ptr, elements.up_idx, elements.weight, source, release.resident,
        release.scale, release.start, release.duration, np.ascontiguousarray(shape), sections, grid.soft, out,
    )  # fmt: skip
    found: Floats = np.array(np.fft.irfft(out, n=grid.steps, axis=-1)[..., : grid.used], order="C")
    (kernels.undamp.py_func if plain else kernels.undamp)(found.reshape(-1, grid.used), grid.c, grid.dt)
    return found


def figures(found: Floats, threshold: Any, dt: float) -> Floats:
    """Return (…, 7) of curves (…, steps): arrival, peak time, peak, time above, last time above, area, open end."""
    rows = np.ascontiguousarray(found.reshape(-1, found.shape[-1]))
    limit = np.ascontiguousarray(np.broadcast_to(np.asarray(threshold, float), found.shape[:-1]).reshape(-1))
    out = np.empty((len(rows), 7))
    kernels.figures(rows, dt, limit, out)
    return out.reshape(*found.shape[:-1], 7)


def transform_of(found: Floats, grid: Grid) -> NDArray[np.complex128]:
    """Return the transform (…, frequencies) of curves on the grid, such that `curves` gives them back."""
    damped = found * np.exp(-grid.c * grid.times)
    return np.asarray(np.fft.rfft(damped, n=grid.steps, axis=-1) * grid.dt, np.complex128)


def series_transform(times: Floats, values: Floats, s: NDArray[np.complex128]) -> NDArray[np.complex128]:
    """Return ∫ f(t) e^{-st} dt of straight lines through (times, values), by Abel summation of slopes; exact.

    Between equal times the value jumps. Outside the times it is 0.
    """
    t, v = np.asarray(times, float), np.asarray(values, float)
    found = np.zeros(len(s), np.complex128)
    before, slope_before = 0.0, 0.0
    for i in range(len(t)):
        last = i == len(t) - 1
        width = 0.0 if last else t[i + 1] - t[i]
        slope = (v[i + 1] - v[i]) / width if width > 0 else 0.0
        value = 0.0 if last else v[i]  # right of this time
        if not last and width == 0.0:
            value = v[i]
        jump, kink = value - before, slope - slope_before
        if jump or kink:
            found += np.exp(-s * t[i]) * (jump + kink / s) / s
        before = 0.0 if last else value + slope * width
        slope_before = slope
    return found


@dataclass(frozen=True)
class Moments:
    """Of the time at every element's end (members, elements), s: mean, standard deviation, and for a grid: the standard
    deviation without storage (how narrow the peak may be), and when the slowest of what is there has passed."""

    mean: Floats
    spread: Floats
    narrow: Floats
    end: Floats


def moments(elements: Elements, release: Release, *, source: int = 0) -> Moments:
    """Return the moments; NaN where no water leads to.

    Of the routes into an element the earliest mean and the largest spread count: for the choice of a grid.
    Storage: mean τ(1+β), variance 2τ²/Pe (1+β)² + 2 τ β²/α (Schmid 2003). Decay is left out.
    """
    shape = elements.tau.shape
    mean, end = np.full(shape, np.inf), np.full(shape, np.inf)
    var, fine = np.zeros(shape), np.zeros(shape)
    for e in range(shape[1]):
        if elements.kind[e] == kernels.SINK:
            continue
        tau, pe, alpha, beta = (
            elements.tau[:, e],
            elements.pe[:, e],
            elements.alpha[:, e],
            elements.beta[:, e],
        )
        if elements.kind[e] == kernels.TANK:
            own, spread, narrow, tail = tau, tau**2, tau**2, 12 * tau
        else:
            stored = np.where((alpha > 0) & (beta > 0), beta, 0.0)
            rate = np.where(alpha > 0, alpha, 1.0)
            own = tau * (1 + stored)
            # a small Péclet number makes the rise steep: the time of the slug's own peak bounds the step
            rise = tau * (np.sqrt(1 + pe**2) - 1) / pe
            narrow = np.minimum(2 * tau**2 / pe, rise**2)
            spread = 2 * tau**2 / pe * (1 + stored) ** 2 + 2 * tau * stored**2 / rate
            reached = 1 - np.exp(-tau * rate)  # share that was ever stored
            tail = 60 * own / pe + 12 * stored / rate * (reached > 1e-6)
        first = e == source
        before = release.start + release.duration / 2 if first else np.full(shape[0], np.inf)
        last = release.start + release.duration if first else np.full(shape[0], -np.inf)
        var_before = release.duration**2 / 12 if first else np.zeros(shape[0])
        fine_before = var_before
        for at in range(elements.up_ptr[e], elements.up_ptr[e + 1]):
            up = elements.up_idx[at]
            before = np.minimum(before, mean[:, up])
            last = np.maximum(last, np.where(np.isfinite(end[:, up]), end[:, up], -np.inf))
            var_before, fine_before = np.maximum(var_before, var[:, up]), np.maximum(fine_before, fine[:, up])
        mean[:, e], var[:, e], fine[:, e] = before + own, var_before + spread, fine_before + narrow
        end[:, e] = np.maximum(
            mean[:, e] + 8 * np.sqrt(var[:, e]), np.where(last > -np.inf, last + own + tail, np.inf)
        )
    known = np.isfinite(mean)
    return Moments(*(np.where(known, a, np.nan) for a in (mean, np.sqrt(var), np.sqrt(fine), end)))


def fit_grid(elements: Elements, release: Release, at: int, *, source: int = 0, most: int = 1 << 17) -> Grid:
    """Return a grid that holds the whole plume of every member at element `at`, twelve steps to its narrowest width."""
    found = moments(elements, release, source=source)
    window = float(np.nanmax(found.end[:, at]))
    steps = 1024
    while steps < most and window / (steps * USED) > float(np.nanmin(found.narrow[:, at])) / 12:
        steps *= 2
    return Grid(window, steps)
