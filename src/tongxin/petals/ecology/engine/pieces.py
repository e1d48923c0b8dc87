"""Cuts the river below a release into pieces: at sections and gates, in order downstream, with what leads into each."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from tongxin.petals.ecology.engine.case import FRESH, Case, Series
from tongxin.petals.ecology.engine.network import Point, Reach


@dataclass(frozen=True)
class Piece:
    """A stretch of a reach; `role`: flow, inlet, lag and tank (of a pool), gate, sink."""

    reach: str
    start_km: float
    end_km: float
    role: str
    gate: str = ""


class Pieces:
    """The pieces that a case needs, where its sections and gates are among them, and the links between them."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.pieces: list[Piece] = []
        self.section_at: list[int] = []  # element of each section of the case
        self.reaches = self._reaches()
        self._cut()
        self._link()

    def _reaches(self) -> list[str]:
        network, case = self.case.network, self.case
        down = network.downstream(network.reach(case.reach).id)
        needed = set()
        for point in case.sections:
            if network.length_between((case.reach, case.at_km), point) is not None:
                needed.update(network.upstream(point.reach))
        needed.add(case.reach)
        return [name for name in down if name in needed]

    def _cut(self) -> None:
        """Cut the reaches at sections and gates."""
        case = self.case
        gates = {p.id: p for p in case.network.of("gate")}
        self.closable = {g for g in gates if not _surely_open(case.gates.get(g), case)}
        ends: dict[tuple[str, float], int] = {}
        for name in self.reaches:
            reach = case.network.reaches[name]
            begin = case.at_km if name == case.reach else 0.0
            if self.kind(reach) in {"held", "dry"}:
                self.pieces.append(Piece(name, begin, reach.length_km, "sink"))
                continue
            pool = self.kind(reach) == "pool"
            if pool:
                if any(gates[g].reach == name for g in self.closable):
                    self.pieces.append(Piece(name, begin, begin, "inlet"))
                self.pieces += [
                    Piece(name, begin, reach.length_km, "lag"),
                    Piece(name, begin, reach.length_km, "tank"),
                ]
            at: dict[float, list[Point]] = defaultdict(list)
            for point in [*case.sections, *(gates[g] for g in self.closable)]:
                if point.reach == name and point.at_km >= begin:
                    where = reach.length_km if pool else max(point.at_km, begin + 0.005)
                    at[where].append(point)
            at.setdefault(reach.length_km, [])
            for where in sorted(at):
                if not pool and where > begin:
                    self.pieces.append(Piece(name, begin, where, "flow"))
                    begin = where
                for point in at[where]:
                    if point.kind == "section":
                        ends[(name, point.at_km)] = len(self.pieces) - 1
                for point in at[where]:
                    if point.kind == "gate":
                        self.pieces.append(Piece(name, where, where, "gate", point.id))
        self.source = next(i for i, p in enumerate(self.pieces) if p.reach == case.reach)
        self.section_at = [ends.get((p.reach, p.at_km), self._of_sink(p)) for p in case.sections]
        self.gate_at = {p.gate: i for i, p in enumerate(self.pieces) if p.role == "gate"}
        inlets = {p.reach: i for i, p in enumerate(self.pieces) if p.role == "inlet"}
        self.pool_at = {
            i: inlets[self.pieces[i].reach] for i in self.gate_at.values() if self.pieces[i].reach in inlets
        }

    def kind(self, reach: Reach) -> str:
        """Return the kind of a reach; one that is held, but whose own gate is or will be opened, is a pool or flows."""
        if reach.kind != "held" or not any(
            p.reach == reach.id and self._opens(p.id) for p in self.case.network.of("gate")
        ):
            return reach.kind
        return "pool" if reach.volume_m3 or (reach.width_m and reach.depth_m) else "flowing"

    def _opens(self, gate: str) -> bool:
        """Whether a gate is read as open at issue, or is planned to be opened."""
        series = self.case.gates.get(gate)
        if series is None:
            return False
        known = series.values[series.times <= self.case.issued]
        return bool(
            (len(known) and known[-1] > 0.5) or (series.values[series.times > self.case.issued] > 0.5).any()
        )

    def _of_sink(self, point: Point) -> int:
        found = [i for i, p in enumerate(self.pieces) if p.reach == point.reach and p.role == "sink"]
        return found[0] if found else -1  # -1: no water leads there

    def _link(self) -> None:
        """Join the pieces: the one before in a reach, or the last pieces of the reaches above."""
        network = self.case.network
        last = {p.reach: i for i, p in enumerate(self.pieces)}
        above: dict[str, list[str]] = defaultdict(list)
        for name in self.reaches:
            for below in network.below.get(name, ()):
                above[below].append(name)
        ptr, idx = [0], list[int]()
        for i, piece in enumerate(self.pieces):
            first = i == 0 or self.pieces[i - 1].reach != piece.reach
            if not first:
                idx.append(i - 1)
            elif piece.reach != self.case.reach:
                idx += [last[name] for name in above[piece.reach]]
            ptr.append(len(idx))
        self.up_ptr, self.up_idx = np.array(ptr, np.int64), np.array(idx, np.int64)


def _surely_open(series: Series | None, case: Case) -> bool:
    """Whether a gate is read as open, freshly, and no plan shuts it."""
    if series is None or case.issued - series.last_reading(case.issued) > FRESH["gate"]:
        return False
    now = series.values[series.times <= case.issued][-1]
    return bool(now > 0.5 and (series.values[series.times > case.issued] > 0.5).all())
