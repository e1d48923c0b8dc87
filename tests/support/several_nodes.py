"""Several nodes in one process: each with its own database, key, papers and name; a line between them that can be cut.

Which node runs is switched between commands (`with nodes.at("wuqing")`); what it sends is answered by the other one's
own code. SQLite only: a database is a file, and changing it costs nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.core.cache import cache
from django.db import connections
from django.test import RequestFactory, override_settings
from django.urls import resolve

from tests.support.snapshots import Snapshot
from tongxin.heart.exchange import lines_in, lines_jobs, peers, wire


@dataclass
class Nodes:
    """Nodes by name, each with the places or desks that work there."""

    folder: Path
    full: Snapshot
    places: dict[str, list[str]]
    jobs: list[Callable[[Nodes], int]] = field(default_factory=list)  # of the ticker, beside the line itself
    cut: set[tuple[str, str]] = field(default_factory=set)  # from, to: nothing passes
    lose: Callable[[str, str, str], bool] = lambda *_way: False  # from, to, path: the answer is lost
    now: str = ""
    databases: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        assert self.full.file is not None
        for name in self.places:
            (self.folder / name).mkdir()
            made = connections["default"].copy("default")
            made.settings_dict["NAME"] = str(self.folder / name / "tongxin.sqlite3")
            made.ensure_connection()
            self.full.file.backup(made.connection)
            made.connection.execute("PRAGMA synchronous=OFF")  # nobody cuts the power here
            self.databases[name] = made
        for name in self.places:
            with self.at(name):
                self._joined()

    @contextmanager
    def at(self, name: str) -> Iterator[None]:
        """Run at a node until the end of the block."""
        before, kept = self.now, connections["default"]
        connections["default"] = self.databases[name]
        self.now = name
        cache.clear()
        try:
            with override_settings(NODE=name, DATA=self.folder / name):
                yield
        finally:
            connections["default"], self.now = kept, before
            cache.clear()

    def close(self) -> None:
        """Close every database."""
        for made in self.databases.values():
            made.close()

    def call(self, address: str, path: str, body: bytes, signature: str) -> wire.Reply:
        """Carry a request to the node that an address names, and its answer back."""
        here, there = self.now, address.removeprefix("http://localhost:1").lstrip("0")
        there = list(self.places)[int(there or 0)]
        if (here, there) in self.cut:
            raise wire.NotReached("connect")
        with self.at(there):
            found = resolve(path)
            make = RequestFactory().generic
            request = make(
                "POST" if body else "GET", path, body, "application/json", headers={wire.SIGNATURE: signature}
            )
            answer = found.func(request)
        if self.lose(here, there, path):
            raise wire.NotReached("timeout")
        return wire.Reply(answer.status_code, answer.content, answer.headers.get(wire.SIGNATURE, ""))

    def carry(self, *, rounds: int = 6) -> None:
        """Let every node send what it has and do what its ticker does, until nothing moves any more."""
        for _round in range(rounds):
            moved = 0
            for name in self.places:
                with self.at(name):
                    lines_in.apply_all()
                    moved += lines_jobs.send_lines(caller=self.call)
                    for job in self.jobs:
                        moved += job(self)
            if not moved:
                return

    def address(self, name: str) -> str:
        """Where a node answers."""
        return f"http://localhost:1{list(self.places).index(name):04d}"

    def _joined(self) -> None:
        """Make every other node a confirmed peer, and say which desks work there."""
        from tongxin.heart.region.acting import SYSTEM

        for other, desks in self.places.items():
            if other == self.now:
                continue
            identity = wire.ask_identity(self.address(other), self.call)
            peers.add(by=SYSTEM, key=f"add:{other}", address=self.address(other), identity=identity)
            peers.confirm(by=SYSTEM, key=f"confirm:{other}", peer=other, fingerprint=identity.key)
            peers.place(by=SYSTEM, key=f"place:{other}", desks=desks, peer=other)
