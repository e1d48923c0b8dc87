"""For whom rows are read just now: an act or a job by its name, or nobody in particular.

What applicants gave is read by a query that names its reader (`shared.guarded`), or inside an act or a named job, which
judge for themselves. A request and a command begin as nobody: what they read must say for whom.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

OUTSIDE = None  # no request, no command, no job: a script of tests or measurements
NOBODY = ""

_kept: ContextVar[dict[Any, Any] | None] = ContextVar("kept_in_act", default=None)
_running: ContextVar[str | None] = ContextVar("reads_for", default=OUTSIDE)


@contextmanager
def named(name: str) -> Iterator[None]:
    """Let what runs inside read as the act, or the job of the system, of this name."""
    if not name:
        raise ValueError("a job that reads has a name")
    token = _running.set(name)
    try:
        yield
    finally:
        _running.reset(token)


@contextmanager
def remembering() -> Iterator[None]:
    """Let an act keep what it has read once and does not change; nothing of it outlives the act."""
    token = _kept.set({})
    try:
        yield
    finally:
        _kept.reset(token)


def kept() -> dict[Any, Any]:
    """Return what the act that runs keeps; outside of any, a fresh one that nobody keeps."""
    found = _kept.get()
    return {} if found is None else found


@contextmanager
def nobody() -> Iterator[None]:
    """Begin a request or a command: nothing is read in it without saying for whom."""
    token = _running.set(NOBODY)
    try:
        yield
    finally:
        _running.reset(token)


def running() -> str | None:
    """Return the act or job that runs; `NOBODY` in a request or command outside of any, `OUTSIDE` in a script."""
    return _running.get()
