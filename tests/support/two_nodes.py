"""A node as it is in service: a process of its own, a database of its own, a key of its own, on a port of this machine."""

from __future__ import annotations

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.support.postgres import end_with_parent

ROOT = Path(__file__).resolve().parents[2]
SERVE = """
import sys
from tongxin.site import cli
cli.set_up()
from tongxin.site import launch
launch.serve("127.0.0.1", int(sys.argv[1]), threads=4, when_ready=lambda: None)
"""
COMMANDS = """
import json, sys
from tongxin.site.cli import main
for words in json.loads(sys.argv[1]):
    if main(words):
        sys.exit(f"failed: {words}")
"""
WRITER = """
import json, sys
from tongxin.site import cli
cli.set_up()
from tongxin.heart.exchange import lines_notes
from tongxin.heart.region.tokens import acting_from_token
by = acting_from_token(sys.argv[1], via="cli")
for line in sys.stdin:
    desk, text = json.loads(line)
    lines_notes.send_note(by=by, key=f"note:{text}", to_desk=desk, text=text)
    print(text, flush=True)
"""


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


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
    writer: subprocess.Popen[str] | None = None

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
        """Run commands of `tongxin` at this node, in one process, and return what they printed."""
        done = subprocess.run(
            [sys.executable, "-c", COMMANDS, json.dumps(commands)],
            cwd=ROOT, env=self.environment, capture_output=True, text=True, timeout=200, check=False,
        )  # fmt: skip
        assert done.returncode == 0, f"{self.name}: {commands}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def prepare(self) -> None:
        """Make tables, region, key, and a token to write with."""
        self.folder.mkdir(parents=True, exist_ok=True)
        issue = ["token", "issue", "--post", self.post, "--desk", self.desk]
        *_more, shown, self.token = self.run(
            ["migrate"], ["region", "load"], ["node", "init"], issue
        ).splitlines()
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
            with suppress(OSError), closing(socket.create_connection(("127.0.0.1", self.port), 1)):
                return True
            return False

        wait_for(answers, 40, lambda: (self.folder / "server.log").read_text()[-3000:])

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

    def write(self, desk: str, *texts: str) -> None:
        """Write notes from this node's desk to another, one after the other, by a process beside the server."""
        if self.writer is None:
            self.writer = subprocess.Popen(
                [sys.executable, "-c", WRITER, self.token],
                cwd=ROOT, env=self.environment | {"NODE_DIES_AT": ""}, text=True,
                stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            )  # fmt: skip
        assert self.writer.stdin is not None
        assert self.writer.stdout is not None
        for text in texts:
            self.writer.stdin.write(json.dumps([desk, text]) + "\n")
            self.writer.stdin.flush()
            assert self.writer.stdout.readline().strip() == text

    def end(self) -> None:
        """End all of it."""
        self.kill()
        if self.writer is not None:
            self.writer.kill()
            self.writer.communicate()

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


def join(one: RunningNode, other: RunningNode, address: str) -> None:
    """Add `other` at `one`, confirm its key by what `other` itself shows, and say that its desk works there."""
    confirm = ["node", "peer", "confirm", other.name, *other.fingerprint.split()]
    one.run(["node", "peer", "add", address], confirm, ["node", "place", other.name, other.desk])
