"""A bad line between two nodes: a proxy for HTTP that drops, doubles, reorders, delays and cuts.

It forwards whole requests, so that a lost answer is lost after the other side has acted, and a request that was doubled
or held back arrives later, when nobody waits for its answer any more. By hand, before a node on port 18102:

    python -m tests.support.lossy --to 18102 --port 18202 --drop 0.2 --delay 1 --cut 60 --every 120

The tests of two nodes take the same words in capitals from the environment: `LINE_DROP=0.3 LINE_CUT=20 …`.
"""

from __future__ import annotations

import argparse
import http.client
import os
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Weather:
    """How bad a line is. Shares are of requests, each from 0 to 1; times are in seconds."""

    drop: float = 0.10  # half of these lose the request, half the answer
    double: float = 0.10
    hold: float = 0.10  # kept back and delivered after later ones
    delay: float = 0.2  # at most
    cut: float = 60.0  # how long nothing goes through
    clock: float = -86_400.0  # how wrong the clock of one node is
    seed: int = 1

    @classmethod
    def of(cls, environment: Mapping[str, str] = os.environ, **usual: Any) -> Weather:
        """As the environment has it (LINE_DROP, LINE_CUT …), else as given, else as it is."""
        kinds = {"seed": int}
        named = {n: environment.get(f"LINE_{n.upper()}") for n in cls.__dataclass_fields__}
        return cls(**usual | {n: kinds.get(n, float)(v) for n, v in named.items() if v})


@dataclass
class Lossy:
    """The way to one port. `cut` lets nothing through. `happened` counts what was done to requests.

    `first` names what surely happens to the next requests, before chance has its turn: `drop`, `double`, `hold`.
    """

    to: int
    drop: float = 0.0
    double: float = 0.0
    hold: float = 0.0
    delay: float = 0.0
    cut: bool = False
    seed: int = 1
    port: int = 0
    first: list[str] = field(default_factory=list)
    happened: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.dice, self.lock = random.Random(self.seed), threading.Lock()
        self.held: list[tuple[str, str, bytes, dict[str, str]]] = []

    def becomes(self, weather: Weather) -> None:
        """Be as bad as the weather says; not cut."""
        self.drop, self.double, self.hold = weather.drop, weather.double, weather.hold
        self.delay, self.cut = weather.delay, False

    def clears(self) -> None:
        """Be a good line again, and deliver what was held back."""
        self.drop = self.double = self.hold = self.delay = 0.0
        self.cut, self.first = False, []
        self.let_go()

    def chance(self, share: float) -> bool:
        with self.lock:
            return self.dice.random() < share

    def happens(self, fate: str, sure: str) -> bool:
        """Whether a fate befalls a request; one of which something is certain has that fate and no other."""
        return fate == sure if sure else self.chance(float(getattr(self, fate)))

    def forward(
        self, method: str, path: str, body: bytes, headers: dict[str, str]
    ) -> tuple[int, bytes, dict[str, str]]:
        """Hand a request on and return what came back."""
        to = http.client.HTTPConnection("127.0.0.1", self.to, timeout=20)
        try:
            to.request(method, path, body=body or None, headers=headers)
            answer = to.getresponse()
            return answer.status, answer.read(), {n.lower(): v for n, v in answer.getheaders()}
        finally:
            to.close()

    def quietly(self, *request: Any) -> None:
        """Hand a request on whose answer nobody waits for."""
        try:
            self.forward(*request)
        except (OSError, http.client.HTTPException):
            self.happened["late one met a closed door"] += 1

    def let_go(self) -> None:
        """Deliver what was held back."""
        with self.lock:
            held, self.held = self.held, []
        for request in held:
            self.quietly(*request)


@contextmanager
def lossy(to: int, **how: Any) -> Iterator[Lossy]:
    """Serve a bad line to a port of this machine for the length of the block; `port` is where, 0 for any free one."""
    way = Lossy(to, **how)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self.pass_on("GET")

        def do_POST(self) -> None:
            self.pass_on("POST")

        def pass_on(self, method: str) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            kept = {
                n: v
                for n, v in self.headers.items()
                if n.lower() not in {"host", "connection", "content-length"}
            }
            request = (method, self.path, body, kept | {"Host": "localhost"})
            self.close_connection = True
            if way.cut:
                way.happened["cut"] += 1
                return
            if way.delay:
                time.sleep(way.dice.random() * way.delay)
            with way.lock:
                sure = way.first.pop(0) if way.first else ""
            dropped = way.happens("drop", sure)
            if dropped and way.chance(0.5):
                way.happened["request lost"] += 1
                return
            if way.happens("hold", sure):
                way.happened["held back"] += 1
                with way.lock:
                    way.held.append(request)
                return
            if way.happens("double", sure):
                way.happened["doubled"] += 1
                way.quietly(*request)
            try:
                status, said, headers = way.forward(*request)
            except (OSError, http.client.HTTPException):
                way.happened["no answer"] += 1
                return
            if way.held and way.chance(0.5):
                way.happened["late"] += 1
                way.let_go()
            if dropped or way.cut:
                way.happened["answer lost"] += 1
                return
            way.happened["passed"] += 1
            self.send_response(status)
            for name in ("content-type", "tongxin-signature"):
                if name in headers:
                    self.send_header(name, headers[name])
            self.send_header("Content-Length", str(len(said)))
            try:
                self.end_headers()
                self.wfile.write(said)
            except OSError:
                way.happened["nobody waited"] += 1

        def log_message(self, *_args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", way.port), Handler)
    server.daemon_threads, server.block_on_close = True, False
    way.port = int(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield way
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def main(words: Sequence[str] | None = None) -> None:
    """Serve a bad line from the command line until Ctrl-C, and say at the end what happened on it."""
    reader = argparse.ArgumentParser(
        prog="python -m tests.support.lossy", description="A bad line to a port of this machine."
    )
    usual = Weather.of(cut=0.0)
    reader.add_argument("--to", type=int, required=True, help="port of the node behind the line")
    reader.add_argument("--port", type=int, default=0, help="where to listen; default any free one")
    for name, told in (
        ("drop", "share of requests that are lost, half of them after they have arrived"),
        ("double", "share that arrive twice"),
        ("hold", "share that arrive after later ones"),
        ("delay", "seconds that each takes longer, at most"),
        ("cut", "seconds for which nothing goes through"),
        ("seed", "what the dice begin with"),
    ):
        value = getattr(usual, name)
        reader.add_argument(f"--{name}", type=type(value), default=value, help=f"{told} ({value})")
    reader.add_argument("--every", type=float, default=120.0, help="seconds from one cut to the next (120.0)")
    said = reader.parse_args(words)
    ends = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_args: ends.set())
    how = {name: getattr(said, name) for name in ("drop", "double", "hold", "delay", "seed", "port")}
    with lossy(said.to, **how) as way:
        print(f"a bad line from http://localhost:{way.port} to port {way.to}; Ctrl-C ends it", flush=True)
        while not ends.wait(said.every):
            if said.cut:
                way.cut = True
                print(f"cut for {said.cut} s", flush=True)
                ends.wait(said.cut)
                way.cut = False
        print(f"what happened: {dict(way.happened)}")


if __name__ == "__main__":
    main()
