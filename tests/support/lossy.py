"""A bad line between two nodes: a proxy for HTTP that drops, doubles, reorders, delays and cuts.

It forwards whole requests, so that a lost answer is lost after the other side has acted, and a request that was doubled
or held back arrives later, when nobody waits for its answer any more.
"""

from __future__ import annotations

import http.client
import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Lossy:
    """The way to one port. Shares are of requests; `cut` lets nothing through. `happened` counts what was done to them.

    `first` names what surely happens to the next requests, before chance has its turn: `drop`, `double`, `hold`.
    """

    to: int
    drop: float = 0.0  # half of these lose the request, half the answer
    double: float = 0.0
    hold: float = 0.0  # kept back and delivered after later ones
    delay: float = 0.0  # seconds, at most
    cut: bool = False
    seed: int = 1
    port: int = 0
    first: list[str] = field(default_factory=list)
    happened: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.dice, self.lock = random.Random(self.seed), threading.Lock()
        self.held: list[tuple[str, str, bytes, dict[str, str]]] = []

    def chance(self, share: float) -> bool:
        with self.lock:
            return self.dice.random() < share

    def happens(self, fate: str, sure: str) -> bool:
        """Whether a fate befalls a request of which `sure` is certain."""
        return fate == sure or self.chance(float(getattr(self, fate)))

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
    """Serve a bad line to a port of this machine for the length of the block."""
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

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
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
