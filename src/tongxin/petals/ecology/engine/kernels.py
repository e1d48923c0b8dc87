"""The engine's compiled kernels: transfer functions in the Laplace domain, figures of curves, mixed tanks.

All in double precision, without fastmath and without parallel sums: the same bits on the same CPU kind. Each kernel is
plain Python and numpy: `kernel.py_func` is the same code uncompiled, by which the tests check the compiled one.

A reach's transfer function (advection, dispersion D, transient storage, first-order decay), concentration over
concentration at its upper end, is (Hays 1966; Bencala & Walters 1983)

    G(s) = exp( Pe/2 · (1 − sqrt(1 + 4 φ τ / Pe)) ),   φ = s' + α s' / (s' + α/β),   s' = s + λ

with τ = L/U, Pe = U L/D, exchange α (1/s), β = As/A, decay λ (1/s). A mixed tank of residence T has 1 / (1 + T s').
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Complexes = NDArray[np.complex128]
Ints = NDArray[np.int64]

FLOWING, TANK, SINK = 0, 1, 2  # a sink passes nothing on: held or dry
SILENT = 1e-13  # a spectrum this far below its first value, for QUIET frequencies in a row, has ended
QUIET = 12
CELLS = 24  # mixed one after the other, they push what is in a pool along: Péclet number about 48


@njit(cache=True, nogil=True)
def transfer(
    sr: float, si: float, tau: float, pe: float, alpha: float, beta: float, lam: float
) -> tuple[float, float, float, float]:
    """Return log G (real, imaginary) of a flowing reach at s = sr + i si, and 1 + 4 φ τ / Pe (real, imaginary)."""
    pr = sr + lam
    pi = si
    fr = pr
    fi = pi
    if alpha > 0.0 and beta > 0.0:
        dr = pr + alpha / beta
        den = dr * dr + pi * pi
        fr += alpha * (pr * dr + pi * pi) / den
        fi += alpha * (pi * dr - pr * pi) / den
    zr = 1.0 + 4.0 * fr * tau / pe
    zi = 4.0 * fi * tau / pe
    root = math.sqrt(zr * zr + zi * zi)
    qr = math.sqrt(max(0.5 * (root + zr), 0.0))
    qi = zi / (2.0 * qr) if qr > 0.0 else 0.0
    # (1 − sqrt(1+x)) as −x / (1 + sqrt(1+x)): no digits are lost where x is small
    xr = zr - 1.0
    den = (1.0 + qr) * (1.0 + qr) + qi * qi
    er = -(xr * (1.0 + qr) + zi * qi) / den
    ei = -(zi * (1.0 + qr) - xr * qi) / den
    return 0.5 * pe * er, 0.5 * pe * ei, zr, zi


@njit(cache=True, nogil=True)
def spectra(
    c: float, dw: float, kind: Ints, tau: Floats, pe: Floats, alpha: Floats, beta: Floats, lam: Floats,
    up_ptr: Ints, up_idx: Ints, weight: Floats, src: int, resident: bool, scale: Floats, start: Floats,
    dur: Floats, shape: Complexes, sec: Ints, soft: Floats, out: Complexes,
) -> None:  # fmt: skip
    """Fill `out` (members, sections, frequencies) with concentrations at the lower end of elements `sec`.

    Elements stand in order downstream; `tau`, `pe`, `alpha`, `beta`, `lam` are (members, elements); a tank has its
    residence time in `tau`. Element e receives Σ weight[m, l] · upstream end of up_idx[l], l in up_ptr[e]..up_ptr[e+1].
    The release enters at the upper end of element `src`: scale (mg/L · s) times `shape` (1 or members, frequencies),
    begun at `start`, spread evenly over `dur`; `resident`: into a river that goes on upstream (Fischer's slug).
    `soft` (frequencies) multiplies the result. An element whose spectrum has ended (SILENT, QUIET) passes nothing more.
    """
    members, elements = tau.shape
    nk = out.shape[2]
    nsec = sec.shape[0]
    ur = np.zeros(elements)
    ui = np.zeros(elements)
    first = np.zeros(elements)
    quiet = np.zeros(elements, np.int64)
    for m in range(members):
        quiet[:] = 0
        own = m if shape.shape[0] > 1 else 0
        for k in range(nk):
            w = k * dw
            # the release
            ar = shape[own, k].real * scale[m]
            ai = shape[own, k].imag * scale[m]
            if start[m] != 0.0:
                e = math.exp(-c * start[m])
                cr = e * math.cos(w * start[m])
                ci = -e * math.sin(w * start[m])
                ar, ai = ar * cr - ai * ci, ar * ci + ai * cr
            if dur[m] > 0.0:  # (1 − exp(−s d)) / (s d)
                e = math.exp(-c * dur[m])
                nr = 1.0 - e * math.cos(w * dur[m])
                ni = e * math.sin(w * dur[m])
                xr = c * dur[m]
                xi = w * dur[m]
                den = xr * xr + xi * xi
                cr = (nr * xr + ni * xi) / den
                ci = (ni * xr - nr * xi) / den
                ar, ai = ar * cr - ai * ci, ar * ci + ai * cr
            loud = False
            for e_ in range(elements):
                ir = 0.0
                ii = 0.0
                for at in range(up_ptr[e_], up_ptr[e_ + 1]):
                    ir += weight[m, at] * ur[up_idx[at]]
                    ii += weight[m, at] * ui[up_idx[at]]
                here = e_ == src
                if (ir == 0.0 and ii == 0.0 and not here) or kind[e_] == SINK or quiet[e_] >= QUIET:
                    ur[e_] = 0.0
                    ui[e_] = 0.0
                    continue
                if kind[e_] == TANK:
                    if here:
                        ir += ar
                        ii += ai
                    tr = 1.0 + tau[m, e_] * (c + lam[m, e_])
                    ti = tau[m, e_] * w
                    den = tr * tr + ti * ti
                    ur[e_] = (ir * tr + ii * ti) / den
                    ui[e_] = (ii * tr - ir * ti) / den
                    if k == 0:
                        first[e_] = abs(ur[e_]) + abs(ui[e_])
                    loud = loud or ur[e_] != 0.0
                    continue
                gr, gi, zr, zi = transfer(c, w, tau[m, e_], pe[m, e_], alpha[m, e_], beta[m, e_], lam[m, e_])
                if here:
                    if resident:  # divided by sqrt(1 + 4 φ τ / Pe)
                        root = math.sqrt(zr * zr + zi * zi)
                        qr = math.sqrt(max(0.5 * (root + zr), 0.0))
                        qi = zi / (2.0 * qr)
                        den = qr * qr + qi * qi
                        ir += (ar * qr + ai * qi) / den
                        ii += (ai * qr - ar * qi) / den
                    else:
                        ir += ar
                        ii += ai
                g = math.exp(gr)
                cr = g * math.cos(gi)
                ci = g * math.sin(gi)
                ur[e_] = ir * cr - ii * ci
                ui[e_] = ir * ci + ii * cr
                size = abs(ur[e_]) + abs(ui[e_])
                if k == 0:
                    first[e_] = size
                quiet[e_] = 0 if size > SILENT * first[e_] else quiet[e_] + 1
                loud = loud or quiet[e_] < QUIET
            for n in range(nsec):
                out[m, n, k] = complex(ur[sec[n]] * soft[k], ui[sec[n]] * soft[k])
            if not loud:
                for n in range(nsec):
                    for rest in range(k + 1, nk):
                        out[m, n, rest] = 0.0
                break


@njit(cache=True, nogil=True)
def undamp(curves: Floats, c: float, dt: float) -> None:
    """Multiply the inverse transforms (…, steps) by exp(c t)/dt in place; what is below zero by rounding becomes 0."""
    rows, steps = curves.shape
    factor = np.empty(steps)
    for j in range(steps):
        factor[j] = math.exp(c * j * dt) / dt
    for r in range(rows):
        for j in range(steps):
            value = curves[r, j] * factor[j]
            curves[r, j] = value if value > 0.0 else 0.0


@njit(cache=True, nogil=True)
def figures(curves: Floats, dt: float, threshold: Floats, out: Floats) -> None:
    """Fill `out` (rows, 7): arrival, peak time, peak, time above the threshold, last time above, area, open end.

    Arrival: first passage up through the row's threshold, between steps linear in the logarithm; inf when it is never
    reached. The peak is that of a parabola through the logarithms beside the highest step. `open end` is 1 when the
    curve is above the threshold, or at its highest, at the last step: duration and last time are then lower bounds.
    """
    rows, steps = curves.shape
    for r in range(rows):
        limit = threshold[r]
        top = 0
        area = 0.0
        for j in range(steps):
            area += curves[r, j]
            if curves[r, j] > curves[r, top]:
                top = j
        peak = curves[r, top]
        at = float(top)
        if 0 < top < steps - 1 and curves[r, top - 1] > 0.0 and curves[r, top + 1] > 0.0:
            a = math.log(curves[r, top - 1])
            b = math.log(peak)
            d = math.log(curves[r, top + 1])
            bend = a - 2.0 * b + d
            if bend < 0.0:
                off = 0.5 * (a - d) / bend
                at = top + off
                peak = math.exp(b - 0.25 * (a - d) * off)
        out[r, 0] = np.inf
        out[r, 1] = at * dt
        out[r, 2] = peak
        out[r, 3] = 0.0
        out[r, 4] = np.nan
        out[r, 5] = area * dt
        out[r, 6] = 0.0
        if peak < limit or peak <= 0.0:
            out[r, 1] = at * dt if peak > 0.0 else np.nan
            continue
        above = 0.0
        begun = -1.0
        for j in range(steps):
            now = curves[r, j]
            if begun < 0.0 and now >= limit:
                begun = float(j)
                if j > 0:
                    before = curves[r, j - 1]
                    if before > 0.0 and limit > 0.0 and now > before:
                        begun = j - 1 + math.log(limit / before) / math.log(now / before)
                    elif now > before:
                        begun = j - 1 + (limit - before) / (now - before)
                if out[r, 0] == np.inf:
                    out[r, 0] = begun * dt
            elif begun >= 0.0 and now < limit:
                before = curves[r, j - 1]
                end = j - 1 + (math.log(before / limit) / math.log(before / now) if now > 0.0 else 1.0)
                above += end - begun
                out[r, 4] = end * dt
                begun = -1.0
        if begun >= 0.0:
            above += steps - 1 - begun
            out[r, 4] = (steps - 1) * dt
            out[r, 6] = 1.0
        if top == steps - 1:
            out[r, 6] = 1.0
        if out[r, 0] == np.inf:  # the peak between two steps touches it
            out[r, 0] = out[r, 1]
            out[r, 4] = out[r, 1]
        out[r, 3] = above * dt


@njit(cache=True, nogil=True)
def hold(curves: Floats, dt: float, opens: Floats, residence: Floats, lam: Floats, grows: Floats) -> None:
    """Keep back in place what arrives at a closed gate until it opens; from then on it leaves through a mixed tank.

    curves (members, steps) arriving at the gate; `opens` the time of opening, `residence` of the pool before the gate
    once it is open (s). While it is shut the pool collects discharge × concentration, its volume being discharge ×
    residence, and grows by the share `grows` of what flows in (the rest is led elsewhere), which dilutes what it keeps.
    """
    members, steps = curves.shape
    for m in range(members):
        held = 0.0
        diluted = opens[m] <= 0.0
        for j in range(steps):
            t = j * dt
            arriving = curves[m, j]
            if t < opens[m]:
                held = held * math.exp(-lam[m] * dt) + arriving * dt / residence[m]
                curves[m, j] = 0.0
                diluted = False
            else:
                if not diluted:
                    held /= 1.0 + grows[m] * opens[m] / residence[m]
                    diluted = True
                rate = 1.0 / residence[m] + lam[m]
                keep = math.exp(-rate * dt)
                held = held * keep + arriving / residence[m] * (1.0 - keep) / rate
                curves[m, j] = held


@njit(cache=True, nogil=True)
def pond(
    curves: Floats,
    dt: float,
    opens: Floats,
    residence: Floats,
    pushed: Floats,
    lam: Floats,
    grows: Floats,
    surge: Floats,
) -> None:
    """Carry in place what enters a pool through it to its gate, while the gate is shut until `opens` and afterwards.

    curves (members, steps): in, the concentration entering; out, that before the gate. Volumes are in units of the
    discharge: `residence` is the volume at the normal level over the discharge (s), of which the share `pushed` is
    pushed along (CELLS mixed one after the other) and the rest mixed. While the gate is shut the share `grows` of the
    inflow fills the pool, everywhere alike, and the rest leaves another way; afterwards `surge` of the inflow more than
    comes in flows out until the normal level is reached. What lay before the plume thus has to leave before it.
    """
    members, steps = curves.shape
    parts = CELLS + 1
    held = np.zeros(parts)
    for m in range(members):
        held[:] = 0.0
        volume = residence[m]
        rate = math.exp(-lam[m] * dt)
        before = 0.0
        for j in range(steps):
            t = j * dt
            fills = grows[m] if t < opens[m] else -min(surge[m], (volume - residence[m]) / dt)
            arriving = curves[m, j]
            inflow = 0.5 * (before + arriving)
            before = arriving
            passing = 1.0
            for i in range(parts):
                share = pushed[m] / CELLS if i < CELLS else 1.0 - pushed[m]
                r = passing * dt / max(share * volume, 1e-9)
                old = held[i]
                new = (
                    (old * (1.0 - 0.5 * r) + r * inflow) / (1.0 + 0.5 * r)
                    if r < 1.0
                    else (inflow + (old - inflow) * math.exp(-r))
                )
                held[i] = new * rate
                inflow = 0.5 * (old + new)
                passing -= fills * share
            volume += fills * dt
            curves[m, j] = held[CELLS]
