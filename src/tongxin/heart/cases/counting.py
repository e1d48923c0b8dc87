"""How a due was counted, as a page can tell it: which hours or days counted, and which did not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from tongxin.shared import clock, durations
from tongxin.shared.named import pick


@dataclass(frozen=True)
class Stretch:
    """A span of time that counted."""

    begins: datetime
    ends: datetime

    @property
    def length(self) -> timedelta:
        """How much of the limit it used."""
        return self.ends - self.begins


@dataclass(frozen=True)
class Counting:
    """A count in parts: `clock` is calendar, hours or days; `form` within, after, every, on or before."""

    form: str
    clock: str
    within: timedelta | None
    starts_at: datetime | None
    stretches: tuple[Stretch, ...]
    days: tuple[date, ...]
    due_at: datetime | None
    provisional: bool
    paused: bool = False  # some time did not count
    on: date | None = None  # of a due by the end of a day
    period: str = ""  # of a due by the end of a period, or so long after it
    computed_at: datetime | None = None  # of a due before a computed time
    minus: timedelta | None = None  # and how long before

    @property
    def n(self) -> int:
        """The limit's number of days, or of whole hours."""
        if self.within is None:
            return 0
        return self.within.days if self.clock == "days" else int(self.within.total_seconds() // 3600)

    @property
    def whole_hours(self) -> bool:
        """Whether the limit is a whole number of hours."""
        return self.within is not None and self.within % timedelta(hours=1) == timedelta()

    @property
    def gap(self) -> str:
        """What stands between two parts of the sentence: nothing in Chinese."""
        return pick("", " ")

    @property
    def days_said(self) -> str:
        """The days that counted, as a list."""
        return pick("、", ", ").join(on.isoformat() for on in self.days)

    @property
    def overnight(self) -> bool:
        """Whether the count went over closing time."""
        return len(self.stretches) > 1


def explain(count: dict[str, Any], due_at: datetime | None) -> Counting:
    """Return the stored count of a due (`Duty.due_count`, `Case.promise_count`) as parts."""
    spans = count.get("spans") or []
    stretches = tuple(Stretch(_at(a), _at(b)) for a, b in spans)
    days = tuple(date.fromisoformat(str(on)) for on in count.get("days") or [])
    if not days and count.get("clock") == "days":
        days = tuple(clock.beijing(stretch.begins).date() for stretch in stretches)
    within = count.get("within")
    starts = count.get("starts_at")
    minus, computed, on = count.get("minus"), count.get("time"), count.get("on")
    return Counting(
        form=str(count.get("form", "within")),
        clock=str(count.get("clock", "calendar")),
        within=durations.parse(within) if within else None,
        starts_at=_at(starts) if starts else None,
        stretches=stretches,
        days=days,
        due_at=due_at,
        provisional=bool(count.get("provisional")),
        paused=bool(count.get("pauses")),
        on=date.fromisoformat(on) if on else None,
        period=str(count.get("period", "")),
        computed_at=_at(computed) if computed else None,
        minus=durations.parse(minus) if minus else None,
    )


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text)
