"""What the transport is compared with: closed forms, and an inversion by another method."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np


def fischer(t, mass_g, flow, length, speed, spread, decay=0.0):
    """Instantaneous slug into a river that goes on upstream (Fischer et al. 1979): mg/L at times t."""
    t = np.maximum(t, 1e-12)
    area = flow / speed
    shape = np.exp(-((length - speed * t) ** 2) / (4 * spread * t) - decay * t)
    return mass_g / (area * np.sqrt(4 * np.pi * spread * t)) * shape


def ogata_banks(t, length, speed, spread):
    """A step of height 1 held at the upper end (Ogata & Banks 1961)."""
    from scipy.special import erfc, erfcx

    t = np.maximum(t, 1e-12)
    root = 2 * np.sqrt(spread * t)
    minus, plus = (length - speed * t) / root, (length + speed * t) / root
    # exp(UL/D) erfc(plus) = erfcx(plus) · exp(UL/D − plus²) = erfcx(plus) · exp(−minus²)
    return 0.5 * (erfc(minus) + erfcx(plus) * np.exp(-(minus**2)))


def transfer(s, tau, pe, alpha=0.0, beta=0.0, lam=0.0):
    """G(s) of a reach with transient storage, as it stands in Bencala & Walters 1983."""
    s = s + lam
    phi = s + (alpha * s / (s + alpha / beta) if alpha > 0 and beta > 0 else 0.0)
    return np.exp(pe / 2 * (1 - np.sqrt(1 + 4 * phi * tau / pe)))


def resident(s, tau, pe, alpha=0.0, beta=0.0, lam=0.0):
    """The factor of a slug into a river that goes on upstream."""
    s = s + lam
    phi = s + (alpha * s / (s + alpha / beta) if alpha > 0 and beta > 0 else 0.0)
    return 1 / np.sqrt(1 + 4 * phi * tau / pe)


def de_hoog(image: Callable[[np.ndarray], np.ndarray], times: np.ndarray, terms: int = 30) -> np.ndarray:
    """Invert a Laplace transform by de Hoog, Knight & Stokes (1982): a continued fraction of the Fourier series.

    Every time has a period of its own, twice itself, so that early and late ones are equally good.
    """
    found = np.empty(len(times))
    for n, t in enumerate(times):
        period = 2.0 * t
        gamma = -math.log(1e-12) / (2 * period)
        s = gamma + 1j * np.pi * np.arange(2 * terms + 1) / period
        a = image(s).astype(complex)
        a[0] /= 2
        d = np.zeros(2 * terms + 1, complex)
        e = np.zeros((2 * terms + 1, terms + 1), complex)
        q = np.zeros((2 * terms + 1, terms + 1), complex)
        with np.errstate(all="ignore"):
            q[: 2 * terms, 1] = a[1:] / a[:-1]
            d[0], d[1] = a[0], -q[0, 1]
            for r in range(1, terms + 1):
                width = 2 * (terms - r) + 1
                e[:width, r] = q[1 : width + 1, r] - q[:width, r] + e[1 : width + 1, r - 1]
                d[2 * r] = -e[0, r]
                if r < terms:
                    width = 2 * (terms - r)
                    q[:width, r + 1] = q[1 : width + 1, r] * e[1 : width + 1, r] / e[:width, r]
                    d[2 * r + 1] = -q[0, r + 1]
            d = np.where(np.isfinite(d), d, 0)
            z = np.exp(1j * np.pi * t / period)
            top, low = [0j, d[0]], [1 + 0j, 1 + 0j]
            for j in range(1, 2 * terms):
                top.append(top[-1] + d[j] * z * top[-2])
                low.append(low[-1] + d[j] * z * low[-2])
            h = 0.5 * (1 + (d[2 * terms - 1] - d[2 * terms]) * z)
            rest = -h * (1 - np.sqrt(1 + d[2 * terms] * z / h**2))
            value = (top[-1] + rest * top[-2]) / (low[-1] + rest * low[-2])
        found[n] = (np.exp(gamma * t) / period * value).real
    return found
