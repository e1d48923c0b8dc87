"""The one function that tells the time, the two ways to hold it still (tests, the demo day), and who watches it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

BEIJING = ZoneInfo("Asia/Shanghai")

JUMP = timedelta(seconds=2)  # what the clock may be off between two looks without an entry of it

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


@dataclass(frozen=True)
class Jump:
    """The system clock stood elsewhere than the time that had passed would have it."""

    expected: datetime
    found: datetime

    @property
    def length(self) -> timedelta:
        """How far it jumped; below zero when it went back."""
        return self.found - self.expected


def system() -> datetime:
    """Return what the machine's own clock says, held or not."""
    return datetime.now(UTC)


def steady() -> float:
    """Return the seconds of a clock that nobody sets, since an unknown moment; it runs on while the machine sleeps."""
    boot = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if boot is None else time.clock_gettime(boot)


class Watch:
    """Compares, from look to look, the time that people set with the one that nobody sets."""

    def __init__(self, wall: Callable[[], datetime] = system, passed: Callable[[], float] = steady) -> None:
        self._wall, self._passed = wall, passed
        self._last = (wall(), passed())

    def look(self) -> Jump | None:
        """Return the jump since the last look, None when the two clocks went alike (to two seconds)."""
        before, then = self._last
        self._last = found, now_passed = self._wall(), self._passed()
        jump = Jump(before + timedelta(seconds=now_passed - then), found)
        return jump if abs(jump.length) > JUMP else None


def beijing(at: datetime) -> datetime:
    """Return the instant as Beijing wall time."""
    return at.astimezone(BEIJING)


def ends_day(at: datetime) -> bool:
    """Whether an instant is the end of a day in Beijing: 24:00, which as a due still belongs to that day."""
    local = beijing(at)
    return (local.hour, local.minute, local.second, local.microsecond) == (0, 0, 0, 0)


def due_day(at: datetime) -> date:
    """Return the day in Beijing that a due belongs to."""
    local = beijing(at)
    return local.date() - timedelta(days=1) if ends_day(at) else local.date()


def iso(at: datetime) -> str:
    """Return the instant as ISO 8601 in UTC with a Z and exactly six decimals, as the ledger keeps it."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
