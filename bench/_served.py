"""The product's own server in a process of its own, as in service, and clients that hand in cases over HTTP.

Shared by the measuring of cases and by the long runs in which the server is killed again and again.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.support.applications import APPLICATION
from tests.support.postgres import end_with_parent

ROOT = Path(__file__).resolve().parents[1]
TICK = os.sysconf("SC_CLK_TCK")
SERVE = """
import sys
from tongxin.site import cli
cli.set_up()
from tongxin.site import launch
launch.serve("127.0.0.1", int(sys.argv[1]), processes=int(sys.argv[2]), when_ready=lambda: None)
"""
WORKER = """
from tongxin.site import commands
commands.worker.main([], standalone_mode=False)
"""
WUQING, TONGZHOU = "tj-wuqing/service_centre", "bj-tongzhou/service_centre"
POSTS = {  # who acts in a case: the window that takes it in, the one that takes it over, who decides
    "clerk": ("tj-wuqing-services/window_clerk", WUQING),
    "taker": ("bj-tongzhou-services/window_clerk", TONGZHOU),
    "approver": ("bj-tongzhou-services/approver", TONGZHOU),
}
CALLS = ("file", "accept", "offer", "take over", "decide")


def environment(data: Path, database: str = "") -> dict[str, str]:
    """Return the environment of a server on a data folder; an empty address means SQLite in it."""
    kept = {n: os.environ[n] for n in ("PATH", "HOME", "LANG") if n in os.environ}
    return kept | {
        "PYTHONPATH": str(ROOT / "src"),
        "DJANGO_SETTINGS_MODULE": "tongxin.site.settings",
        "TONGXIN_MODE": "test",
        "TONGXIN_TICKER": "worker" if database else "thread",
        "TONGXIN_DATA": str(data),
        "TONGXIN_DATABASE_URL": database,
    }


def prepare(pack: Path = ROOT / "regions" / "jingjinji") -> dict[str, str]:
    """Make tables, region and an office token for each of `POSTS`, in this process; return the tokens."""
    from django.core.management import call_command

    from tongxin.heart.region import tokens
    from tongxin.heart.region.holdings import Seat
    from tongxin.heart.region.models import Desk, Post
    from tongxin.shared import clock
    from tongxin.site import pack as packs

    call_command("migrate", verbosity=0)
    packs.load(pack)
    found = {}
    for name, (post, desk) in POSTS.items():
        row = Post.objects.select_related("office").get(id=post)
        seat = Seat(row, Desk.objects.get(id=desk))
        _token, found[name] = tokens.issue(seat, label="bench", at=clock.now())
    return found


def free_port() -> int:
    """Return a port of this machine that nobody listens on."""
    with contextlib.closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Served:
    """A server, and on PostgreSQL the worker beside it. It ends with the thread that started it."""

    data: Path
    database: str = ""
    processes: int = 1
    port: int = field(default_factory=free_port)
    _server: subprocess.Popen[bytes] | None = None
    _worker: subprocess.Popen[bytes] | None = None

    def start(self, *, wait: bool = True) -> None:
        """Start server and worker, and wait until the server answers."""
        self._server = self._run(SERVE, str(self.port), str(self.processes))
        if self.database:
            self._worker = self._run(WORKER)
        if wait:
            self.wait()

    def wait(self, seconds: float = 60) -> None:
        """Wait until the server answers."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if self.answers():
                return
            time.sleep(0.05)
        raise RuntimeError(f"no answer: {(self.data / 'server.log').read_text()[-2000:]}")

    def answers(self) -> bool:
        """Tell whether the server answers now."""
        line = http.client.HTTPConnection("localhost", self.port, timeout=5)
        with contextlib.suppress(OSError, http.client.HTTPException), contextlib.closing(line):
            line.request("GET", "/health/")
            line.getresponse().read()
            return True
        return False

    def ended(self) -> bool:
        """Tell whether the server has ended without being told to; then nothing of it, nor its worker, runs on."""
        if self._server is None or self._server.poll() is None:
            return False
        self.kill()
        return True

    def kill(self) -> None:
        """Kill all of it at once, as a machine does that loses its power; nothing gets a chance to end well."""
        for process in filter(None, (self._server, self._worker)):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        self._server = self._worker = None

    def children(self) -> list[int]:
        """Return the processes that do the server's work; where one dies, the server starts another."""
        return [] if self._server is None else list(_below(self._server.pid))

    def cpu(self) -> dict[str, float]:
        """Return the CPU seconds that were spent so far by the server's processes, and by the worker."""
        found = {}
        for name, process in (("server", self._server), ("worker", self._worker)):
            if process is not None:
                found[name] = cpu_of(process.pid)
        return found

    def _run(self, program: str, *words: str) -> subprocess.Popen[bytes]:
        with (self.data / "server.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-c", program, *words],
                cwd=ROOT,
                env=environment(self.data, self.database),
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=end_with_parent(),
            )


def cpu_of(parent: int) -> float:
    """Return the CPU seconds of a process, its children, and those of its children that have ended."""
    spent = 0.0
    for pid in [parent, *_below(parent)]:
        with contextlib.suppress(OSError):
            words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            spent += sum(int(word) for word in words[11:15]) / TICK
    return spent


def _below(parent: int) -> Iterator[int]:
    for task in Path(f"/proc/{parent}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            for pid in map(int, task.read_text().split()):
                yield pid
                yield from _below(pid)


class Refusal(Exception):
    """The server answered that it will not."""

    def __init__(self, status: int, answer: Any) -> None:
        super().__init__(f"{status} {answer}")
        self.status, self.answer = status, answer


@dataclass
class Caller:
    """One client: a line that is kept open, and the tokens of the posts it acts for."""

    port: int
    tokens: Mapping[str, str]
    _line: http.client.HTTPConnection | None = None

    def post(self, who: str, path: str, body: Mapping[str, Any] | None = None, key: str = "") -> Any:
        """Send a command and return its answer; raises Refusal, or OSError where no answer came."""
        if self._line is None:
            self._line = http.client.HTTPConnection("localhost", self.port, timeout=60)
        headers = {"Authorization": f"Bearer {self.tokens[who]}", "Idempotency-Key": key}
        sent = json.dumps(body).encode() if body is not None else b""
        if sent:
            headers["Content-Type"] = "application/json"
        try:
            self._line.request("POST", f"/api/v1{path}", sent, headers)
            response = self._line.getresponse()
            answer = json.loads(response.read())
        except (OSError, http.client.HTTPException, ValueError) as lost:
            self._line.close()
            self._line = None
            raise OSError(f"no answer: {lost!r}") from lost
        if response.status >= 400:
            raise Refusal(response.status, answer)
        return answer


def steps(number: str, offer: str, key: str) -> dict[str, tuple[str, str, dict[str, Any] | None, str]]:
    """Return the five commands of a whole case: who, path, body, key. `number` and `offer` as far as they are known."""
    return {
        "file": ("clerk", "/cases", APPLICATION, f"{key}:f"),
        "accept": ("clerk", f"/cases/{number}/acceptance", None, f"{key}:a"),
        "offer": ("clerk", f"/cases/{number}/offers", {"to_desk": TONGZHOU, "epoch": 0}, f"{key}:o"),
        "take over": ("taker", f"/offers/{offer}/take-over", None, f"{key}:t"),
        "decide": ("approver", f"/cases/{number}/decision", {"outcome": "granted", "epoch": 1}, f"{key}:d"),
    }


def whole_case(caller: Caller, key: str) -> tuple[str, dict[str, float]]:
    """Take one case from filing to decision; return its number and the seconds of each call."""
    number = offer = ""
    took: dict[str, float] = {}
    for name in CALLS:
        who, path, body, own = steps(number, offer, key)[name]
        begun = time.perf_counter()
        answer = caller.post(who, path, body, own)
        took[name] = time.perf_counter() - begun
        number = number or answer["case"]
        offer = answer.get("offer", offer)
    return number, took
