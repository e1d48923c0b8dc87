"""Chance and time: normal numbers to shares and rates, and means of series over a passage."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tongxin.petals.ecology.engine.case import Z95, Case, Series

Floats = NDArray[np.float64]


def decay(case: Case, z: Floats) -> Floats:
    """Return the decay at 20 °C, 1/d: lognormal within its band, or even from 0 where the band begins there."""
    low, high = case.substance.decay
    if high <= 0:
        return np.zeros(len(z))
    if low > 0:
        middle, spread = math.sqrt(low * high), math.log(high / low) / (2 * Z95)
        found: Floats = middle * np.exp(spread * z)
        return found
    return np.maximum(0.0, low + (high - low) * (uniform(z) - 0.05) / 0.9)


_ERF = np.vectorize(math.erf, otypes=[float])


def uniform(z: Floats) -> Floats:
    """Return the normal distribution function of z."""
    found: Floats = 0.5 * (1.0 + _ERF(z / math.sqrt(2.0)))
    return found


def mean_over(series: Series, begin: Floats, end: Floats) -> Floats:
    """Return the mean of a series between two times, constant before and after its readings."""
    t, v = series.times, series.values
    total = np.concatenate(([0.0], np.cumsum(np.diff(t) * (v[1:] + v[:-1]) / 2)))

    def integral(x: Any) -> Any:
        inside = np.clip(x, t[0], t[-1])
        i = np.clip(np.searchsorted(t, inside, side="right") - 1, 0, max(len(t) - 2, 0))
        if len(t) > 1:
            step = inside - t[i]
            slope = (v[i + 1] - v[i]) / np.maximum(t[i + 1] - t[i], 1e-9)
            within = total[i] + v[i] * step + slope * step**2 / 2
        else:
            within = np.zeros_like(inside)
        return within + np.minimum(x - t[0], 0.0) * v[0] + np.maximum(x - t[-1], 0.0) * v[-1]

    width = np.maximum(end - begin, 1.0)
    found: Floats = (integral(begin + width) - integral(begin)) / width
    return found
