"""`make demo` as a person meets it: it prints an address that answers, keeps its data, and Ctrl-C ends all of it."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
pytestmark = [pytest.mark.docs, pytest.mark.xdist_group("one data folder")]


@contextmanager
def demo(
    data: Path, port: int, *, checkout: Path = ROOT, clean: dict[str, str] | None = None
) -> Iterator[tuple[subprocess.Popen[str], Path]]:
    """tools/setup.sh demo in a process group of its own, as a terminal starts it; the file gets what it prints."""
    kept = {n: v for n, v in os.environ.items() if not n.startswith(("TONGXIN_", "DJANGO_", "PYTEST_"))}
    printed = data.with_name(f"{data.name}-{time.monotonic_ns()}.log")
    with printed.open("w") as output:
        process = subprocess.Popen(
            [str(checkout / "tools" / "setup.sh"), "demo"],
            cwd="/",
            env={**(kept if clean is None else clean), "TONGXIN_DATA": str(data), "TONGXIN_PORT": str(port)},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
    try:
        wait_for(process, printed)
        yield process, printed
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGINT)  # what Ctrl-C sends
            try:
                process.wait(60)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
                pytest.fail(f"Ctrl-C did not end it:\n{printed.read_text()}")


def wait_for(process: subprocess.Popen[str], printed: Path, seconds: float = 600) -> None:
    """Until the address that it prints answers."""
    give_up = time.monotonic() + seconds
    while time.monotonic() < give_up:
        assert process.poll() is None, f"it ended by itself:\n{printed.read_text()}"
        if address := re.search(r"http://localhost:\d+", printed.read_text()):
            try:
                urllib.request.urlopen(f"{address[0]}/health/", timeout=10).close()
            except (urllib.error.URLError, OSError):
                pass  # not yet
            else:
                return
        time.sleep(0.2)
    pytest.fail(f"no answer in {seconds} s:\n{printed.read_text()}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number: int = probe.getsockname()[1]
    return number


def group_members(group: int) -> list[str]:
    """The command lines of the processes in a process group (Linux)."""
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text().rpartition(")")[2].split()
            if int(fields[2]) == group and fields[0] != "Z":
                found.append((status.parent / "cmdline").read_text().replace("\0", " "))
        except OSError:
            continue  # it ended while we looked
    return found


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One data folder: making the demonstration is what takes the time."""
    return tmp_path_factory.mktemp("demo") / "data"


def test_the_demo_answers_keeps_its_data_and_ends_whole(data: Path) -> None:
    port = free_port()
    with demo(data, port) as (process, printed):
        said = printed.read_text()
        assert re.search(rf"http://localhost:{port}\b", said), said
        for page in ("/", "/health/"):
            with urllib.request.urlopen(f"http://localhost:{port}{page}", timeout=60) as answer:
                assert answer.status == 200
    assert group_members(process.pid) == []

    files = {path.name for path in data.iterdir()}
    began = time.monotonic()
    with demo(data, port) as (process, printed):
        print(f"\nsecond start: {time.monotonic() - began:.1f} s to the first answer")
        assert files <= {path.name for path in data.iterdir()}
    assert group_members(process.pid) == []


def test_a_taken_port_is_left_alone(data: Path) -> None:
    """The demo takes the next free one and prints that; a second demo on the same data is refused, by address."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with demo(data, port) as (_process, printed):
            said = re.search(r"http://localhost:(\d+)", printed.read_text())
            assert said is not None
            assert int(said[1]) != port
            second = subprocess.run(
                [str(ROOT / "tools" / "setup.sh"), "demo"],
                env={**os.environ, "TONGXIN_DATA": str(data), "TONGXIN_PORT": str(port)},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=300,
                check=False,
            )
    assert second.returncode != 0
    assert said[0] in second.stdout + second.stderr
    assert "Traceback" not in second.stdout + second.stderr


@pytest.mark.soak
def test_a_new_clone_starts_from_bare_python(tmp_path: Path) -> None:
    """An empty home, a short PATH, nothing of this checkout's environment; the times are printed, not asserted."""
    checkout = tmp_path / "clone"
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(checkout)], check=True)
    home = tmp_path / "home"
    home.mkdir()
    clean = {"HOME": str(home), "PATH": "/usr/local/bin:/usr/bin:/bin", "PYTHONUNBUFFERED": "1"}
    data, port = checkout / "var" / "demo", free_port()
    data.parent.mkdir(parents=True)
    for start in ("cold", "warm"):
        began = time.monotonic()
        with demo(data, port, checkout=checkout, clean=clean) as (process, printed):
            print(
                f"\n{start} start: {time.monotonic() - began:.1f} s to the first answer\n{printed.read_text()}"
            )
        assert group_members(process.pid) == []
    status = subprocess.run(
        ["git", "status", "--porcelain"], cwd=checkout, capture_output=True, text=True, check=True
    )
    assert status.stdout == "", "setting up left files that git would keep"
