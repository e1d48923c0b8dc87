"""`make demo NODES=2` as a person meets it: two addresses that answer, one line between them, kept data, one end for both."""

from __future__ import annotations

import os
import re
import signal
import socket
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from tests.docs.test_two_commands import ROOT, group_members
from tests.support.two_nodes import free_port

pytestmark = pytest.mark.docs
SETUP = str(ROOT / "tools" / "setup.sh")


def environment(data: Path, port: int) -> dict[str, str]:
    kept = {n: v for n, v in os.environ.items() if not n.startswith(("TONGXIN_", "DJANGO_", "PYTEST_"))}
    return {**kept, "TONGXIN_DATA": str(data), "TONGXIN_PORT": str(port), "NODES": "2"}


@contextmanager
def both(data: Path, port: int) -> Iterator[tuple[int, str]]:
    """The demonstration in a process group of its own until both serve; ended as Ctrl-C ends it."""
    printed = data.with_name(f"printed-{time.monotonic_ns()}.log")
    with printed.open("w") as output:
        process = subprocess.Popen(
            [SETUP, "demo"], cwd="/", env=environment(data, port), stdin=subprocess.DEVNULL,
            stdout=output, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
    try:
        give_up = time.monotonic() + 900
        while "Ctrl-C stops both" not in printed.read_text():
            assert process.poll() is None, f"it ended by itself:\n{printed.read_text()}"
            assert time.monotonic() < give_up, printed.read_text()
            time.sleep(0.1)
        yield process.pid, printed.read_text()
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGINT)
            process.wait(90)
    assert process.returncode == 0, printed.read_text()
    assert group_members(process.pid) == []


def count(data: Path, node: str, sql: str) -> int:
    file = data / "nodes" / node / "tongxin.sqlite3"
    with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True, timeout=20)) as db:
        return int(db.execute(sql).fetchone()[0])


def arrived(data: Path) -> None:
    """The case that the first offered lies at the second, and both say that the line is up."""
    give_up = time.monotonic() + 300  # cores that do much else
    while not count(data, "tongzhou", "SELECT count(*) FROM cases_offer WHERE state = 'offered'"):
        assert time.monotonic() < give_up, "the case did not cross the line"
        time.sleep(0.2)
    assert count(data, "tongzhou", "SELECT count(*) FROM exchange_message WHERE kind = 'note'") == 1


def test_two_servers_from_one_command(tmp_path: Path) -> None:
    data, port = tmp_path / "data", free_port()
    with both(data, port) as (_group, said):
        for name, there in (("wuqing", port), ("tongzhou", port + 1)):
            assert f"http://localhost:{there}" in said
            assert re.search(rf"^ +{name}-clerk  ", said, re.MULTILINE), said
            assert count(data, name, "SELECT count(*) FROM region_person") > 5
        arrived(data)
        own = "SELECT count(*) FROM region_person WHERE username LIKE '{}-%'"
        assert (
            count(data, "wuqing", own.format("tongzhou"))
            == count(data, "tongzhou", own.format("wuqing"))
            == 0
        )
        keys = [
            next((data / "nodes" / name / "keys").iterdir()).read_bytes() for name in ("wuqing", "tongzhou")
        ]
        assert keys[0] != keys[1]
        again = subprocess.run(
            [SETUP, "demo"], env=environment(data, port), stdin=subprocess.DEVNULL, capture_output=True, text=True,
            timeout=300, check=False,
        )  # fmt: skip
        assert again.returncode == 2
        assert f"http://localhost:{port} and http://localhost:{port + 1}" in again.stderr

    entries = count(data, "wuqing", "SELECT count(*) FROM ledger_entry")
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # the server of before has just left it
        taken.bind(("127.0.0.1", port + 1))
        taken.listen()
        refused = subprocess.run(
            [SETUP, "demo"], env=environment(data, port), stdin=subprocess.DEVNULL, capture_output=True, text=True,
            timeout=300, check=False,
        )  # fmt: skip
    assert refused.returncode == 2
    assert f"The port {port + 1} is taken" in refused.stderr
    assert "Traceback" not in refused.stderr

    other = free_port()
    with both(data, other):  # what was done is there, at other addresses
        assert count(data, "wuqing", "SELECT count(*) FROM ledger_entry") >= entries
        where = f"SELECT count(*) FROM exchange_peer WHERE address = 'http://localhost:{other + 1}'"
        assert count(data, "wuqing", where) == 1
        arrived(data)
