"""The one function that tells the time, and the two ways to hold it still (tests, the demo day)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

BEIJING = ZoneInfo("Asia/Shanghai")

_held: ContextVar[list[datetime] | None] = ContextVar("held", default=None)


def now() -> datetime:
    """Return this instant in UTC, to the microsecond; nothing else in the product reads a clock."""
    held = _held.get()
    return held[0] if held else datetime.now(UTC)


@contextmanager
def held_at(at: datetime) -> Iterator[Hand]:
    """Hold the clock of this thread at `at` (aware); the hand moves it forward, never back."""
    if at.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    cell = [at.astimezone(UTC)]
    token = _held.set(cell)
    try:
        yield Hand(cell)
    finally:
        _held.reset(token)


class Hand:
    """Moves a held clock."""

    def __init__(self, cell: list[datetime]) -> None:
        self._cell = cell

    def move_to(self, at: datetime) -> None:
        """Move on to `at`; moving back is refused, because recorded time never runs backwards."""
        if at < self._cell[0]:
            raise ValueError("a held clock does not move back")
        self._cell[0] = at.astimezone(UTC)

    def move_by(self, length: timedelta) -> None:
        """Move on by `length`."""
        self.move_to(self._cell[0] + length)


def beijing(at: datetime) -> datetime:
    """Return the instant as Beijing wall time."""
    return at.astimezone(BEIJING)


def iso(at: datetime) -> str:
    """Return the instant as ISO 8601 in UTC with a Z and exactly six decimals, as the ledger keeps it."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
