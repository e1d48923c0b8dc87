"""What is taken of a river of which nothing was measured: velocity, dispersion, storage, each with source and spread.

All numbers in SI units; spreads are standard deviations of natural logarithms.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
G = 9.80665

VELOCITY_SPREAD = 0.35  # of Jobson's equations, see `jobson_velocity`
GEOMETRY_SPREAD = (
    0.30  # of discharge over width and depth: what a survey of some sections says of a whole reach
)
BOTH_SPREAD = 0.25  # of the geometric mean of the two: with errors that do not go together it would be 0.23
DISPERSION_SPREAD = 0.81  # of Zeng & Huai, see there
CHANNEL_SHARE = (
    0.6  # of Zeng & Huai that is left to the channel: measured curves hold what stagnant water spreads too
)
STORAGE_RATIO = (0.12, 0.7)  # As/A: median and spread, see `storage`
STORAGE_ALPHA = (8e-5, 0.9)  # 1/s
FLOW_EXPONENT = 0.34  # at a station U ~ Q^m (Leopold & Maddock 1953: b 0.26, f 0.40, m 0.34)
EXPONENT_SPREAD = 0.12
FLOW_SPREAD = {
    "measured": 0.10,
    "given": 0.20,
    "mean": 0.60,
}  # of a discharge: gauged now, stated, long-term mean
ICE_SPEED = 0.76  # see `under_ice`


def jobson_velocity(flow: Any, mean_flow: Any, area_km2: Any, slope: Any = None) -> Floats:
    """Return the velocity of the peak of a plume, m/s, after Jobson (1996).

    Source: H. E. Jobson, Prediction of traveltime and longitudinal dispersion in rivers and streams, USGS WRIR 96-4013,
    equations 12 (with slope) and 14 (without): Vp = 0.094 + 0.0143 D'a^0.919 Q'a^-0.469 S^0.159 Q/Da,
    Vp = 0.020 + 0.051 D'a^0.821 Q'a^-0.465 Q/Da, with D'a = Da^1.25 √g / Qa and Q'a = Q/Qa; Q, Qa in m³/s, Da in m².
    Range: some 980 subreaches of about 90 rivers of the United States, slopes 1e-5 to 0.036, flowing without dams;
    standard error 0.157 m/s with slope. A spread of 0.35 in the logarithm follows from the envelope (99 % of the
    velocities below 0.25 + 0.02 …, that is about ln(2.2)/2.33) and is used for both.
    """
    q, qa, da = (np.asarray(v, float) for v in (flow, mean_flow, np.asarray(area_km2, float) * 1e6))
    d = da**1.25 * np.sqrt(G) / qa
    rel = np.maximum(q / qa, 1e-3)
    if slope is None:
        found: Floats = 0.020 + 0.051 * d**0.821 * rel**-0.465 * q / da
    else:
        found = 0.094 + 0.0143 * d**0.919 * rel**-0.469 * np.asarray(slope, float) ** 0.159 * q / da
    return found


def jobson_unit_peak(hours: Any, rel_flow: Any) -> Floats:
    """Return the unit-peak concentration, 1/s (Jobson 1996, equation 7): 857 T^(-0.760 Q'a^-0.079) × 1e-6, T in hours.

    The peak of a conservative mass M (g) is M / Q × this, in mg/L for Q in m³/s. Its leading edge comes at 0.890 T.
    Root-mean-square error about 0.5 in the logarithm.
    """
    exponent = -0.760 * np.maximum(np.asarray(rel_flow, float), 1e-3) ** -0.079
    found: Floats = 857e-6 * np.maximum(np.asarray(hours, float), 1e-3) ** exponent
    return found


def zeng_huai(width: Any, depth: Any, velocity: Any, shear: Any) -> Floats:
    """Return the longitudinal dispersion, m²/s: K = 5.4 (W/H)^0.7 (U/u*)^0.13 H U.

    Source: Y. H. Zeng and W. X. Huai, Estimation of longitudinal dispersion coefficient in rivers, Journal of
    Hydro-environment Research 8 (2014) 2-8. Range: 116 sets of field data, W/H 2.2 to 403, K 0.2 to 1798 m²/s.
    Spread: on a table of 71 published measurements 65 % lie within a factor of 2, 86 % within 3, and the logarithm of
    computed over measured has a standard deviation of 0.81, which is used here. Where stagnant water is computed apart,
    0.6 of it (CHANNEL_SHARE) is the channel's own: for a river of 30 m³/s the storage prior spreads as much again.
    """
    w, h, u, us = (np.asarray(v, float) for v in (width, depth, velocity, shear))
    found: Floats = 5.4 * (w / h) ** 0.7 * (u / us) ** 0.13 * h * u
    return found


def shear_velocity(depth: Any, velocity: Any, slope: float | None) -> Floats:
    """Return u*, m/s: √(g H S), and where no slope is known U/11, the middle of measured streams (they lie at 6–20)."""
    h, u = np.asarray(depth, float), np.asarray(velocity, float)
    found: Floats = u / 11.0 if slope is None else np.clip(np.sqrt(G * h * slope), u / 40, u / 3)
    return found


def geometry(flow: Any) -> tuple[Floats, Floats]:
    """Return width and depth, m, from discharge: W = 7 Q^0.5, H = 0.3 Q^0.4.

    Regime relations of Leopold & Maddock (1953) with coefficients of alluvial plains; a factor of 1.5 either way.
    They serve the dispersion of reaches without geometry; the velocity then comes from Jobson or from W H.
    """
    q = np.maximum(np.asarray(flow, float), 1e-4)
    return 7.0 * q**0.5, 0.3 * q**0.4


def under_ice() -> float:
    """Return what is left of the velocity under a full ice cover: 0.76.

    At the same discharge, slope and roughness a cover as rough as the bed halves the hydraulic radius, so that the
    depth grows by 2^(2/5) = 1.32 (wide channel, Manning; Ashton 1986) and the velocity falls to 0.76.
    """
    return ICE_SPEED
