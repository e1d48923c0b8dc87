"""Named points at which a test may stop the program dead; outside tests a point does nothing."""

from __future__ import annotations

from collections.abc import Callable

_hook: Callable[[str], None] | None = None


def reached(point: str) -> None:
    """Tell the test, if one listens, that `point` was reached."""
    if _hook is not None:
        _hook(point)


def listen(hook: Callable[[str], None] | None) -> None:
    """Install or remove the listener; used by tests only."""
    global _hook
    _hook = hook
