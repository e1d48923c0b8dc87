"""From a case to elements: which stretches the plume runs through, and what every member takes them to be.

A member is a row of standard normal numbers. What they mean stands in `Layout`; `Model.members` turns rows into the
arrays of `transport`. One common number and one of each reach make up a deviation, so that errors of neighbouring
reaches go together and do not cancel along a long way.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from tongxin.petals.ecology.engine import priors
from tongxin.petals.ecology.engine.case import DAY, FRESH, Case
from tongxin.petals.ecology.engine.chance import decay, mean_over, uniform
from tongxin.petals.ecology.engine.faults import Fault
from tongxin.petals.ecology.engine.kernels import FLOWING, SINK, TANK
from tongxin.petals.ecology.engine.network import Point, Reach
from tongxin.petals.ecology.engine.pieces import Piece, Pieces
from tongxin.petals.ecology.engine.transport import Elements, Release
from tongxin.shared.phrases import phrase

Floats = NDArray[np.float64]
COMMON = (
    "mass",
    "start",
    "flow",
    "velocity",
    "dispersion",
    "ratio",
    "alpha",
    "decay",
    "temperature",
    "exponent",
)
OWN = ("flow", "velocity", "dispersion", "ratio", "alpha", "pool", "gate")
SHARE = {
    "flow": 0.5,
    "velocity": 0.65,
    "dispersion": 0.3,
    "ratio": 0.5,
    "alpha": 0.5,
}  # common share of the variance
OPEN_UNSEEN = 0.7  # probability that a gate without a reading is open
GROWTH = 0.25  # spread of a discharge a day after its last reading
POOL_SPREAD = {"told": 0.15, "surveyed": 0.3}  # of a pool's volume, itself told or from width and depth
SURGE = (
    0.0,
    1.5,
)  # a gate that was shut lets out so much more than comes in, until its pool is at its level again
WIDEST = 0.9
MIN_FLOW = 1e-3
FULL_PE = 1e5
KINDS = {"inlet": TANK, "flow": FLOWING, "lag": FLOWING, "tank": TANK, "gate": TANK, "sink": SINK}


class Model(Pieces):
    """The pieces that a case needs, in order downstream, and how members are made of random numbers."""

    def __init__(self, case: Case) -> None:
        super().__init__(case)
        self.reach_index = {name: i for i, name in enumerate(self.reaches)}
        self.dims = len(COMMON) + len(OWN) * len(self.reaches)
        self.station_of = {name: self._station(name) for name in self.reaches}
        self.kinds = np.array([KINDS[p.role] for p in self.pieces], np.int64)
        self.ages = dict.fromkeys(self.reaches, 0.0)
        self._ages()

    # ------------------------------------------------------------ discharge

    def _station(self, name: str) -> str:
        """Return the station whose readings a reach follows: its own, else the nearest along the water; or ''."""
        network = self.case.network
        best, found = math.inf, ""
        for station in self.case.flows:
            point = network.points[station]
            here = Point("", "section", name, network.reaches[name].length_km / 2)
            ways = [network.length_between(point, here), network.length_between(here, point)]
            far = 0.0 if point.reach == name else min((w for w in ways if w is not None), default=math.inf)
            if far < best:
                best, found = far, station
        return found

    def base_flow(self, reach: Reach) -> float:
        """Return the discharge that the network gives a reach, m³/s. Raises Fault without one."""
        flow = reach.flow_m3_s or reach.mean_flow_m3_s
        if not flow or flow < MIN_FLOW:
            raise Fault("no_flow", phrase("the reach {id} has no discharge.", id=repr(reach.id)),
                        mend=phrase("Give flow_m3_s, or the kind `dry`."), where=reach.where)  # fmt: skip
        return flow

    def _ages(self) -> None:
        """Set how old the readings are when the plume is in a reach, from the middle member."""
        members, _ = self.members(np.zeros((1, self.dims)))
        mean = np.zeros(len(self.pieces))
        for i in range(len(self.pieces)):
            ups = self.up_idx[self.up_ptr[i] : self.up_ptr[i + 1]]
            mean[i] = (min(mean[u] for u in ups) if len(ups) else 0.0) + members.tau[0, i]
        for i, piece in enumerate(self.pieces):
            station = self.station_of[piece.reach]
            if station:
                series = self.case.flows[station]
                read = min(series.last_reading(self.case.issued), mean[i])
                self.ages[piece.reach] = max(0.0, min(mean[i] - read, 30 * DAY))

    def _flow_spread(self, reach: Reach) -> float:
        if not self.station_of[reach.id]:
            return priors.FLOW_SPREAD["given" if reach.flow_m3_s else "mean"]
        own = self.case.network.points[self.station_of[reach.id]].reach == reach.id
        base = priors.FLOW_SPREAD["measured"] if own else priors.FLOW_SPREAD["given"]
        return min(WIDEST, math.hypot(base, GROWTH * math.sqrt(self.ages[reach.id] / DAY)))

    # ------------------------------------------------------------ members

    def _z(self, z: Floats, what: str, reach: str | None = None) -> Floats:
        """Return a deviation: the common one, or common and a reach's own together, with variance 1."""
        common: Floats = z[:, COMMON.index(what)] if what in COMMON else np.zeros(len(z))
        if reach is None:
            return common
        own: Floats = z[:, len(COMMON) + self.reach_index[reach] * len(OWN) + OWN.index(what)]
        share = SHARE.get(what, 0.0)
        if what == "velocity" and self.case.network.reaches[reach].velocity_m_s:
            share = 0.0  # what a tracer test leaves open is that reach's alone: it says nothing of the others
        return math.sqrt(share) * common + math.sqrt(1 - share) * own

    def members(self, z: Floats) -> tuple[Elements, Release]:
        """Return elements and release of members whose random numbers are `z` (members, dims)."""
        case, count = self.case, len(z)
        shape = (count, len(self.pieces))
        tau, pe = np.full(shape, 1e-6), np.full(shape, FULL_PE)
        alpha, beta, lam = np.zeros(shape), np.zeros(shape), np.zeros(shape)
        weight = np.ones((count, len(self.up_idx)))
        begun = np.zeros(shape)  # when the middle of the plume enters a piece
        flow: list[Floats] = []
        start = case.spread_start * self._z(z, "start")
        temperature = np.clip(
            case.temperature[0] + case.temperature[1] * self._z(z, "temperature"), 0.0, 35.0
        )
        rate = decay(case, self._z(z, "decay")) * case.substance.theta ** (temperature - 20.0) / DAY
        for i, piece in enumerate(self.pieces):
            reach = case.network.reaches[piece.reach]
            ups = list(range(self.up_ptr[i], self.up_ptr[i + 1]))
            if ups and i != self.source:
                arrivals = np.stack(
                    [
                        begun[:, self.up_idx[u]] + tau[:, self.up_idx[u]] * (1 + beta[:, self.up_idx[u]])
                        for u in ups
                    ]
                )
                begun[:, i] = arrivals.min(axis=0)
            else:
                begun[:, i] = start + case.duration / 2
            if piece.role == "sink":
                flow.append(np.full(count, 1.0))
                continue
            q = self._flow(reach, piece, z, begun[:, i])
            flow.append(q)
            ice = reach.kind == "under_ice"
            lam[:, i] = rate * (case.substance.ice if ice else 1.0)
            if piece.role in {"gate", "inlet"}:
                lam[:, i] = 0.0
                tau[:, i] = 0.0
            elif piece.role in {"lag", "tank"}:
                self._pool(reach, piece, z, q, tau[:, i], pe[:, i])
            else:
                self._flowing(reach, piece, z, q, ice, tau[:, i], pe[:, i], alpha[:, i], beta[:, i])
            self._dilute(i, reach, piece, flow, weight)
        first = case.network.reaches[case.reach]
        if case.given is not None:
            scale = np.ones(count)
            return self._elements(tau, pe, alpha, beta, lam, weight), Release(
                scale, start, np.zeros(count), False, case.given
            )
        mass = case.mass.middle * np.exp(case.mass.spread * self._z(z, "mass"))
        own = self.pieces[self.source]
        gained = self._gain(first, own.end_km) / self._gain(first, (own.start_km + own.end_km) / 2)
        scale = mass * 1e3 / (flow[self.source] * (1.0 if own.role == "sink" else gained))
        series = None
        if case.series_in is not None:
            times, rates = case.series_in
            series = (times, rates / np.trapezoid(rates, times))
        duration = np.full(count, 0.0 if series else case.duration)
        return self._elements(tau, pe, alpha, beta, lam, weight), Release(
            scale, start, duration, True, series
        )

    def _elements(self, *arrays: Floats) -> Elements:
        tau, pe, alpha, beta, lam, weight = arrays
        return Elements(self.kinds, tau, pe, alpha, beta, lam, self.up_ptr, self.up_idx, weight)

    def _gain(self, reach: Reach, km: float) -> float:
        """Return the discharge at a place of a reach over that at its upper end."""
        return 1.0 + reach.lateral_m3_s / self.base_flow(reach) * km / reach.length_km

    def _flow(self, reach: Reach, piece: Piece, z: Floats, at: Floats) -> Floats:
        """Return the discharge in the middle of a piece while the plume runs through it, m³/s (members)."""
        base = self.base_flow(reach)
        station = self.station_of[reach.id]
        found = np.full(len(z), base)
        if station:
            series = self.case.flows[station]
            guess = np.full(
                len(z), (piece.end_km - piece.start_km) * 1e3 / max(self._speed(reach, base), 1e-3)
            )
            there = mean_over(series, at, at + guess)
            ratio = 1.0
            if self.case.network.points[station].reach != reach.id:
                ratio = base / self.base_flow(
                    self.case.network.reaches[self.case.network.points[station].reach]
                )
            found = there * ratio
        middle = self._gain(reach, (piece.start_km + piece.end_km) / 2)
        error = np.exp(self._flow_spread(reach) * self._z(z, "flow", reach.id))
        taken: Floats = np.maximum(found, MIN_FLOW) * middle * error
        return taken

    def _dilute(self, i: int, reach: Reach, piece: Piece, flow: list[Floats], weight: Floats) -> None:
        """Set the weights into a piece: what comes in over all that flows; lateral inflow within the piece."""
        ups = range(self.up_ptr[i], self.up_ptr[i + 1])
        middle = self._gain(reach, (piece.start_km + piece.end_km) / 2)
        end = self._gain(reach, piece.end_km) / middle
        for u in ups:
            before = self.pieces[self.up_idx[u]]
            if before.reach == piece.reach:
                weight[:, u] = self._gain(reach, piece.start_km) / self._gain(reach, piece.end_km)
                continue
            above = self.case.network.reaches[before.reach]
            end_flow = self.base_flow(above) * self._gain(above, above.length_km)
            into, out = self._node(reach.from_node)
            ours = flow[self.up_idx[u]] / self._gain(above, (before.start_km + before.end_km) / 2)
            q_up = ours * self._gain(above, above.length_km)
            # the others are taken in the proportion that the network gives them
            total: Floats = q_up * max(into, out, end_flow) / end_flow
            weight[:, u] = q_up / total * (self._gain(reach, piece.start_km) / (end * middle))

    def _node(self, node: str) -> tuple[float, float]:
        """Return all discharge into and out of a node by the network's own figures."""
        reaches = [r for r in self.case.network.reaches.values() if r.kind != "dry"]
        into = sum(
            (r.flow_m3_s or r.mean_flow_m3_s or 0.0) + r.lateral_m3_s for r in reaches if r.to_node == node
        )
        return into, sum((r.flow_m3_s or r.mean_flow_m3_s or 0.0) for r in reaches if r.from_node == node)

    def _speed(self, reach: Reach, q: float) -> float:
        return float(self.velocity(reach, np.array([q]), np.zeros(1))[0][0])

    def velocity(self, reach: Reach, q: Floats, exponent: Floats) -> tuple[Floats, float, str]:
        """Return velocity m/s, its spread and its basis: calibrated, geometry, jobson, both or discharge."""
        m = np.clip(priors.FLOW_EXPONENT + priors.EXPONENT_SPREAD * exponent, 0.05, 0.8)
        if reach.velocity_m_s:
            at = reach.calibrated_flow_m3_s or self.base_flow(reach)
            found = reach.velocity_m_s * (q / at) ** m
            return found, reach.calibrated_spread or 0.10, "calibrated"
        by_peak = None
        if reach.area_km2 and reach.mean_flow_m3_s:
            by_peak = priors.jobson_velocity(q, reach.mean_flow_m3_s, reach.area_km2, reach.slope)
        if reach.width_m and reach.depth_m and reach.flow_m3_s:
            found = reach.flow_m3_s / (reach.width_m * reach.depth_m) * (q / reach.flow_m3_s) ** m
            if by_peak is None:
                return found, priors.GEOMETRY_SPREAD, "geometry"
            return np.sqrt(found * by_peak), priors.BOTH_SPREAD, "both"
        if by_peak is not None:
            return by_peak, priors.VELOCITY_SPREAD, "jobson"
        width, depth = priors.geometry(q)
        return q / (width * depth), 0.5, "discharge"

    def _flowing(
        self, reach: Reach, piece: Piece, z: Floats, q: Floats, ice: bool,
        tau: Floats, pe: Floats, alpha: Floats, beta: Floats,
    ) -> None:  # fmt: skip
        length = (piece.end_km - piece.start_km) * 1e3
        calibrated = bool(reach.velocity_m_s)
        u, spread, basis = self.velocity(reach, q, self._z(z, "exponent"))
        u = u * np.exp(spread * self._z(z, "velocity", reach.id))
        if ice:
            u = u * priors.under_ice()
        u = np.clip(u, 1e-3, 6.0)
        if reach.storage_ratio is not None:
            ratio = reach.storage_ratio * np.exp(0.15 * self._z(z, "ratio", reach.id))
        else:
            ratio = priors.STORAGE_RATIO[0] * np.exp(priors.STORAGE_RATIO[1] * self._z(z, "ratio", reach.id))
        beta[:] = np.minimum(ratio, 2.0)
        base, wide = (reach.storage_alpha_s, 0.25) if reach.storage_alpha_s else priors.STORAGE_ALPHA
        alpha[:] = base * np.exp(wide * self._z(z, "alpha", reach.id))
        width, depth = priors.geometry(q)
        if reach.width_m and reach.depth_m:
            rel = (q / self.base_flow(reach)) ** (1.0 if not reach.flow_m3_s else 0.4)
            width, depth = np.full(len(q), reach.width_m), reach.depth_m * rel
        if reach.dispersion_m2_s:
            k = reach.dispersion_m2_s * (u / reach.velocity_m_s if reach.velocity_m_s else np.ones(len(q)))
            k = k * np.exp(0.3 * self._z(z, "dispersion", reach.id))
        else:
            k = priors.zeng_huai(width, depth, u, priors.shear_velocity(depth, u, reach.slope))
            k = (
                priors.CHANNEL_SHARE
                * k
                * np.exp(priors.DISPERSION_SPREAD * self._z(z, "dispersion", reach.id))
            )
        if (
            not calibrated
        ):  # Jobson tells the speed of the peak; a surveyed section holds half of the stagnant water
            u = u * (1 + {"jobson": 1.0, "both": 0.75}.get(basis, 0.5) * beta)
        tau[:] = length / u
        pe[:] = np.clip(u * length / k, 1e-3, FULL_PE)

    def _pool(self, reach: Reach, piece: Piece, z: Floats, q: Floats, tau: Floats, pe: Floats) -> None:
        residence, pushed = self._of_pool(reach, z, q)
        part = (piece.end_km - piece.start_km) / reach.length_km
        if piece.role == "lag":
            tau[:] = np.maximum(residence * pushed * part, 1e-3)
            pe[:] = 60.0
        else:
            tau[:] = residence * np.maximum(1 - pushed, 0.05) * part

    def _of_pool(self, reach: Reach, z: Floats, q: Floats) -> tuple[Floats, Floats]:
        """Return a pool's volume over discharge, s, and the share of it that is pushed along; the rest is mixed.

        The longer it is for its width, the more is pushed.
        """
        length = reach.length_km * 1e3
        volume = reach.volume_m3
        if not volume:
            if not (reach.width_m and reach.depth_m):
                raise Fault(
                    "no_volume",
                    phrase("the pool {id} has neither volume nor width and depth.", id=repr(reach.id)),
                    where=reach.where,
                )
            volume = reach.width_m * reach.depth_m * length
        slender = length / reach.width_m if reach.width_m else 10.0
        least, most = min(0.6, 0.008 * slender), min(0.95, 0.1 + 0.02 * slender)
        pushed = least + (most - least) * uniform(self._z(z, "pool", reach.id))
        spread = POOL_SPREAD["told" if reach.volume_m3 else "surveyed"]
        # a survey that finds too much water makes rivers too slow and pools too slow alike
        return volume / q * np.exp(-spread * self._z(z, "velocity", reach.id)), pushed

    def pool(self, gate: str, z: Floats, elements: Elements) -> tuple[Floats, Floats, Floats, Floats]:
        """Return of the pool before a gate: volume over discharge s, share pushed, decay 1/s, and how much more than
        comes in flows out once the gate is open (members)."""
        at = self.gate_at[gate]
        reach = self.case.network.reaches[self.pieces[at].reach]
        lag = self.pool_at[at] + 1
        whole = elements.tau[:, lag] + elements.tau[:, lag + 1]
        surge = SURGE[0] + (SURGE[1] - SURGE[0]) * uniform(self._z(z, "ratio", reach.id))
        return whole, elements.tau[:, lag] / whole, np.ascontiguousarray(elements.lam[:, lag]), surge

    # ------------------------------------------------------------ gates

    def opening(self, gate: str, z: Floats) -> tuple[Floats, Floats]:
        """Return when a gate lets water through (0 from the start, inf never) and its pool's residence time, s."""
        point = self.case.network.points[gate]
        reach = self.case.network.reaches[point.reach]
        q = self.base_flow(reach)
        width = reach.width_m or float(priors.geometry(q)[0])
        held = (
            width * (reach.depth_m or 2.0) * min(2000.0, reach.length_km * 1e3)
        )  # two kilometres before the gate
        volume = point.pool_m3 or reach.volume_m3 or held
        residence = float(volume) / q * np.exp(0.8 * self._z(z, "pool", reach.id))
        draw = uniform(self._z(z, "gate", reach.id))
        series = self.case.gates.get(gate)
        if series is None:
            return np.where(draw < OPEN_UNSEEN, 0.0, np.inf), residence
        now = float(np.interp(self.case.issued, series.times, np.round(series.values)))
        age = self.case.issued - series.last_reading(self.case.issued)
        later = series.times[(series.times > self.case.issued) & (series.values > 0.5)]
        opens = 0.0 if now >= 0.5 else (float(later[0]) if len(later) else math.inf)
        at = np.full(len(z), opens)
        if age > FRESH["gate"]:  # the reading may not hold any more
            doubt = min(0.5, 0.5 * (age - FRESH["gate"]) / (3 * DAY))
            at = np.where(draw < doubt, np.where(np.isinf(at), 0.0, np.inf), at)
        if self.gate_at.get(gate) in self.pool_at:  # `kernels.pond` carries it through the pool
            return at, residence
        # what was kept lies somewhere in the stretch before the gate
        late = 0.8 * uniform(self._z(z, "alpha", reach.id)) * float(volume) / q
        return np.where(np.isfinite(at) & (at > 0), at + late, at), residence

    def growth(self, gate: str, z: Floats) -> Floats:
        """Return by which share of the inflow the pool before a shut gate grows (members): 0.2 to 1, mostly near 1."""
        reach = self.case.network.points[gate].reach
        found: Floats = 1.0 - 0.8 * uniform(self._z(z, "alpha", reach)) ** 2
        return found
