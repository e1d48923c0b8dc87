"""Who holds a lease: this machine, a process of it, and one use in it; and whether that holder is gone for good.

A lease runs out by itself. Where its holder was a process of this machine that has ended since, killed or not, nobody
need wait for that. Told wrongly it does no harm: two then send the same, and the other side knows it again by its id.
"""

from __future__ import annotations

import os
import secrets
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_in_use: set[str] = set()  # of this process


@contextmanager
def holder() -> Iterator[str]:
    """Give the name of a holder for the length of the block, at most 80 signs: host, process, and a word of its own."""
    name = f"{_host()}:{_process()}:{secrets.token_hex(4)}"
    _in_use.add(name)
    try:
        yield name
    finally:
        _in_use.discard(name)


def is_gone(name: str) -> bool:
    """Tell whether a holder can never come back; of another machine's nobody here knows, so it is not."""
    host, _colon, rest = name.partition(":")
    process = rest.partition(":")[0]
    if host != _host():
        return False
    if process == _process():
        return name not in _in_use
    number, _dot, began = process.partition(".")
    return number.isdigit() and not _lives(int(number), began)


def _host() -> str:
    return socket.gethostname().replace(":", "-")[:40]


def _process() -> str:
    """Return the process as its number and when it began, because numbers are given again."""
    return f"{os.getpid()}.{_began(os.getpid())}"


def _began(number: int) -> str:
    """Return when a process began, in ticks since the machine did (Linux); empty where it ended, or nobody tells."""
    try:
        fields = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return ""
    return "" if fields[0] == "Z" else fields[19]


def _lives(number: int, began: str) -> bool:
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass  # there is one, and it is somebody else's
    return _began(number) == began
