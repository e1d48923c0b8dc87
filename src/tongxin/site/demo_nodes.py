"""The demonstration on two servers: both are started and ended here; each has its own folder, database and people."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated

from django.conf import settings
from pydantic import BaseModel, ConfigDict, Field
from ruamel.yaml import YAML

from tongxin.shared.errors import Refused
from tongxin.site import launch

FOLDER, STAMP, IDENTITY, TABLES = "nodes", "nodes.json", "identity.json", "tables.sqlite3"
END = 20.0  # seconds that a node has to end


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class DemoNode(_Strict):
    """One server: its name on the line, the places whose desks and people it has, the logins that one tries first."""

    name: str
    title: dict[str, str]
    places: tuple[str, ...] = ()
    try_: tuple[str, ...] = Field((), alias="try")


class DemoNote(_Strict):
    """A note that a post of the first node sends."""

    by: str
    to: str
    text: str


class SentCase(_Strict):
    """A case that a post of the first node takes in and offers to the second."""

    by: str
    decide_at: str
    name: str
    premises: str


class DemoNodes(_Strict):
    """The file of the pack. The second node has its places, the first all others."""

    provenance: dict[str, str]
    nodes: Annotated[tuple[DemoNode, ...], Field(min_length=2, max_length=2)]
    note: DemoNote
    case: SentCase


@dataclass
class Started:
    """A node that was started here."""

    node: DemoNode
    folder: Path
    address: str
    process: subprocess.Popen[bytes]


def read(pack: Path | None = None) -> DemoNodes:
    """Return what the pack says of the demonstration's nodes. Raises Refused where it says nothing."""
    return _read((pack or Path(settings.REGION_PACK)) / "demo" / "nodes.yaml")


@cache  # a start asks it of each desk
def _read(path: Path) -> DemoNodes:
    if not path.exists():
        raise Refused(
            "no_nodes", f"The pack {path.parents[1].name} has no demonstration of two nodes.",
            todo="Serve one: tongxin demo.",
        )  # fmt: skip
    return DemoNodes.model_validate(YAML(typ="safe").load(path))


def run(*, reset: bool, port: int, host: str, prepare_only: bool, say: Callable[[str], None]) -> int:
    """Serve both until Ctrl-C, or until one ends; return the exit status. The second listens on the next port."""
    if os.environ.get("TONGXIN_DATABASE_URL"):
        raise Refused(
            "two_databases", "TONGXIN_DATABASE_URL names one database, and two nodes need two.",
            todo="Unset it: here each node has an SQLite file in its own folder.",
        )  # fmt: skip
    file, base = read(), settings.DATA / FOLDER
    addresses = [f"http://localhost:{port + n}" for n in range(2)]
    with launch.alone_in(base, " and ".join(addresses)):
        for n in range(2):
            launch.need_port(
                host, port + n, "Name the first of two free ports: TONGXIN_PORT=8100 make demo NODES=2"
            )
        anew = reset or not (base / STAMP).exists()  # one that was cut short is made anew, both together
        for name in (STAMP, TABLES):
            (base / name).unlink(missing_ok=True)
        begins = time.perf_counter()
        both: list[Started] = []
        stop = _stopped_by_signals()
        try:
            for node in file.nodes:
                (base / node.name / IDENTITY).unlink(missing_ok=True)
                (base / node.name).mkdir(parents=True, exist_ok=True)
            for n, node in enumerate(file.nodes):
                both.append(_start(node, base, addresses, n, host, anew, prepare_only))
            if _wait(both, stop, lambda: all((each.folder / "ready").exists() for each in both)):
                (base / TABLES).unlink(missing_ok=True)
                (base / STAMP).write_text(json.dumps({"addresses": addresses}), encoding="utf-8")
                if not prepare_only:
                    say(_welcome(both, time.perf_counter() - begins))
                    _wait(both, stop, lambda: False)
            return _status(both, stop, prepare_only)
        finally:
            _end(both)


def _start(
    node: DemoNode, base: Path, addresses: list[str], n: int, host: str, anew: bool, prepare_only: bool
) -> Started:
    folder = base / node.name
    (folder / "ready").unlink(missing_ok=True)
    port = addresses[n].rpartition(":")[2]
    environment = os.environ | {
        "TONGXIN_MODE": "demo",
        "TONGXIN_NODE": node.name,
        "TONGXIN_DATA": str(folder),
        "TONGXIN_PORT": port,
        "TONGXIN_ORIGIN": addresses[n],
        "TONGXIN_REGION": str(settings.REGION_PACK),
    }
    words = [
        str(n),
        host,
        addresses[1 - n],
        *(["--reset"] if anew else []),
        *(["--prepare-only"] if prepare_only else []),
    ]
    process = subprocess.Popen(
        [sys.executable, "-m", "tongxin.site.demo_node", *words], env=environment, stdin=subprocess.DEVNULL
    )
    return Started(node, folder, addresses[n], process)


def _stopped_by_signals() -> list[int]:
    """Return a list that gets each signal that should end this; Ctrl-C in a terminal reaches the nodes by itself."""
    got: list[int] = []
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda number, _frame: got.append(number))
    return got


def _wait(both: list[Started], stop: list[int], true: Callable[[], bool]) -> bool:
    """Wait until something holds; False when a node ended first, or somebody stopped us."""
    while not true():
        if stop or any(each.process.poll() is not None for each in both):
            return true()
        time.sleep(0.1)
    return True


def _status(both: list[Started], stop: list[int], prepare_only: bool) -> int:
    if stop or (prepare_only and all((each.folder / "ready").exists() for each in both)):
        return 0
    gone = next(each for each in both if each.process.poll() is not None)
    raise Refused(
        "node_ended", f"The node {gone.node.name} ended; the other was stopped too.", kept="What was done is kept.",
        todo="Its reason stands above. Start again, or begin anew with RESET=1.",
    )  # fmt: skip


def _end(both: list[Started]) -> None:
    for each in both:
        if each.process.poll() is None:
            each.process.send_signal(signal.SIGTERM)
    for each in both:
        try:
            each.process.wait(END)
        except subprocess.TimeoutExpired:
            each.process.kill()
            each.process.wait()
        (each.folder / "ready").unlink(missing_ok=True)


def _welcome(both: list[Started], seconds: float) -> str:
    """Return where to go at each node and what to log in as."""
    lines = [""]
    for each in both:
        said = json.loads((each.folder / "ready").read_text("utf-8"))
        lines += [f"  {each.node.title['zh']} / {each.node.title['en']}: {each.address}"]
        lines += [
            f"    fingerprint  {said['fingerprint']}",
            f"    logins, each with the password  {said['password']}",
        ]
        wide = max(len(name) for name in said["people"])
        first = [name for name in each.node.try_ if name in said["people"]]
        lines += [f"      {name:<{wide}}  {said['people'][name]}" for name in first]
        others = len(said["people"]) - len(first)
        lines += [f"      and {others} more, on its login page", ""]
    sender, receiver = both
    lines += [
        "  Each has confirmed the other's fingerprint. A note and an offered case go over the line from",
        f"  {sender.node.name} to {receiver.node.name}: see /nodes/notes/ and /cases/. One browser does for both.",
        f"  Ready in {seconds:.1f} s. Ctrl-C stops both; what is done stays. Anew: --reset",
        "",
    ]
    return "\n".join(lines)
