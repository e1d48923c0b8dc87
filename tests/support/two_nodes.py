"""A node as it is in service: a process of its own, a database of its own, a key of its own, on a port of this machine."""

from __future__ import annotations

import json
import os
import secrets
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.support import kept_files
from tests.support.postgres import end_with_parent

ROOT = Path(__file__).resolve().parents[2]
SERVE = """
import sys
from tongxin.site import cli
cli.set_up()
from tongxin.site import launch
launch.serve("127.0.0.1", int(sys.argv[1]), threads=4, when_ready=lambda: None)
"""


def free_port() -> int:
    """A port that stays the node's own while it is down: none of those that the kernel hands out (Linux: from 32768)."""
    while True:
        port = secrets.choice(range(20_000, 30_000))
        with suppress(OSError), closing(socket.socket()) as probe:
            probe.bind(("127.0.0.1", port))
            return port


@dataclass
class RunningNode:
    """One node. `desk` writes the notes; `clock_off` is in seconds."""

    name: str
    folder: Path
    desk: str
    post: str
    clock_off: int = 0
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None
    token: str = ""
    fingerprint: str = ""
    shell: subprocess.Popen[str] | None = None

    @property
    def environment(self) -> dict[str, str]:
        kept = {n: os.environ[n] for n in ("PATH", "HOME", "LANG") if n in os.environ}
        start = ROOT / "tests" / "support" / "node_start"
        return kept | {
            "PYTHONPATH": os.pathsep.join([str(start), str(ROOT / "src")]),
            "TONGXIN_MODE": "test",
            "TONGXIN_TICKER": "thread",
            "TONGXIN_TICKER_SECONDS": "1",
            "TONGXIN_VERIFY_HOURS": "0",
            "TONGXIN_NODE": self.name,
            "TONGXIN_DATA": str(self.folder),
            "TONGXIN_PORT": str(self.port),
            "NODE_CLOCK_OFF": str(self.clock_off),
            "NODE_DIES_AT": str(self.folder / "dies-at"),
            "LANG": "C.UTF-8",
        }

    def run(self, *commands: list[str]) -> str:
        """Run commands of `tongxin` at this node, and return what they printed."""
        return str(self._tell({"commands": commands})["said"])

    def write(self, desk: str, *texts: str) -> None:
        """Write notes from this node's desk to another, one after the other."""
        self._tell({"token": self.token, "notes": [(desk, text) for text in texts]})

    def act(self, *acts: tuple[str, dict[str, Any]]) -> list[dict[str, Any]]:
        """Act on cases in this node's post: results, or `{"refused": code}`."""
        return list(self._tell({"token": self.token, "acts": acts})["done"])

    def _tell(self, what: dict[str, Any]) -> dict[str, Any]:
        """Have it done by one process beside the server, so that the programme is loaded once."""
        if self.shell is None:
            self.shell = subprocess.Popen(
                [sys.executable, "-m", "tests.support.node_hands"],
                cwd=ROOT, env=self.environment | {"NODE_DIES_AT": ""}, text=True,
                stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            )  # fmt: skip
        assert self.shell.stdin is not None
        assert self.shell.stdout is not None
        self.shell.stdin.write(json.dumps(what) + "\n")
        self.shell.stdin.flush()
        answer = json.loads(self.shell.stdout.readline() or '{"said": "", "failed": "it ended"}')
        assert not answer["failed"], f"{self.name}: {answer['failed']}\n{answer['said']}"
        return dict(answer)

    def prepare(self) -> None:
        """Make tables, region, key, and a token to write with; the tables are copied where an earlier test made them."""
        self.folder.mkdir(parents=True, exist_ok=True)
        copied = kept_files.copy_to(self.folder / "tongxin.sqlite3")
        issue = ["token", "issue", "--post", self.post, "--desk", self.desk]
        first = [] if copied else [["migrate"]]
        *_more, shown, self.token = self.run(*first, ["region", "load"], ["node", "init"], issue).splitlines()
        self.fingerprint = shown.removeprefix("fingerprint").strip()

    def start(self) -> None:
        """Start the server and wait until it answers. It ends with the thread that starts it: the test's own."""
        log = (self.folder / "server.log").open("ab")
        self.process = subprocess.Popen(
            [sys.executable, "-c", SERVE, str(self.port)],
            cwd=ROOT, env=self.environment, stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
            preexec_fn=end_with_parent(),
        )  # fmt: skip
        log.close()

        def answers() -> bool:
            assert self.process is not None
            assert self.process.poll() is None, f"the server ended: {self.said()[-3000:]}"
            asked = f"http://localhost:{self.port}/node/v1/identity"
            with suppress(OSError), urllib.request.urlopen(asked, timeout=5) as answer:
                return bool(json.load(answer)["node"] == self.name)
            return False

        wait_for(answers, 60, lambda: self.said()[-3000:])

    def said(self) -> str:
        """What the server wrote into its log."""
        return (self.folder / "server.log").read_text()

    def cpu(self) -> float:
        """The seconds that the server's processes have computed, since it was started last (Linux)."""
        ticks = 0
        for status in Path("/proc").glob("[0-9]*/stat"):
            with suppress(OSError):
                fields = status.read_text().rpartition(")")[2].split()
                if self.process is not None and int(fields[2]) == self.process.pid:
                    ticks += int(fields[11]) + int(fields[12])
        return ticks / os.sysconf("SC_CLK_TCK")

    def kill(self) -> None:
        """Kill all of the server at once; nothing of it gets a chance to end well."""
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None

    def dies_at(self, point: str) -> None:
        """Have the server die when it comes to a point."""
        (self.folder / "dies-at").write_text(point)

    @property
    def has_died(self) -> bool:
        return self.process is None or self.process.poll() is not None

    def end(self) -> None:
        """End all of it."""
        self.kill()
        if self.shell is not None:
            self.shell.kill()
            self.shell.communicate()

    def rows(self, sql: str, *given: Any) -> list[tuple[Any, ...]]:
        """Read the node's database."""
        with closing(
            sqlite3.connect(f"{(self.folder / 'tongxin.sqlite3').as_uri()}?mode=ro", uri=True, timeout=20)
        ) as db:
            return db.execute(sql, given).fetchall()

    def got(self) -> list[str]:
        """The notes that came, in the order in which the ledger says that they were applied."""
        rows = self.rows(
            "SELECT p.body FROM ledger_entry e JOIN ledger_payload p ON p.entry_id = e.\"index\""
            " WHERE e.act = 'exchange.envelope.applied' ORDER BY e.\"index\""
        )  # fmt: skip
        hashes = [json.loads(body)["body_hash"] for (body,) in rows if json.loads(body)["kind"] == "note"]
        known = dict(self.rows("SELECT body_hash, body FROM exchange_message WHERE kind = 'note'"))
        return [json.loads(known[each])["text"] for each in hashes]

    def waiting(self) -> int:
        return int(self.rows("SELECT count(*) FROM exchange_envelope WHERE state = 'waiting'")[0][0])


def wait_for(true: Callable[[], bool], seconds: float, tell: Callable[[], object] = lambda: "") -> float:
    """Wait until something holds and return how long that took; fail after so many seconds."""
    begins = time.monotonic()
    while not true():
        passed = time.monotonic() - begins
        assert passed < seconds, f"not within {seconds} s: {tell()}"
        time.sleep(0.1)
    return time.monotonic() - begins


def join(one: RunningNode, other: RunningNode, address: str, *more: str) -> None:
    """Add `other` at `one`, confirm its key by what `other` itself shows; its place and `more` are there."""
    confirm = ["node", "peer", "confirm", other.name, *other.fingerprint.split()]
    place = ["node", "place", other.name, other.desk.partition("/")[0], *more]
    one.run(["node", "peer", "add", address], confirm, place)
