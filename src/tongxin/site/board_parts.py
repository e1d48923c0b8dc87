"""What a board is made of: its rows, its groups, and how near a due is."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy

from tongxin.heart.agreements.models import Clause, Duty
from tongxin.heart.cases.models import Case
from tongxin.heart.region.models import Desk
from tongxin.shared import clock
from tongxin.site.board_reads import Cursor

SOON = timedelta(hours=1)  # what a clock shows in amber: the last hour, or the last 30 % of the time
SOON_SHARE = 0.7
GROUPS: dict[str, Any] = {
    "now": gettext_lazy("To do now"),
    "today": gettext_lazy("Later today"),
    "later": gettext_lazy("Later on"),
    "suspended": gettext_lazy("Suspended"),
    "waiting": gettext_lazy("Waiting for others"),
    "done": gettext_lazy("Just done"),
}
MINE = ("now", "today", "later")
SCOPES = ("desk", "jurisdiction")  # own desk; a coordination office also its whole jurisdiction


@dataclass(frozen=True)
class Row:
    """One thing to do, to wait for, or just done. `due_at` is the time that it is worked to; `rule` says which."""

    key: str  # duty-12, case-WUQING-2026-000001, conflict-3, date-12
    group: str
    state: str  # for the clock: open, waiting, suspended, met
    text: str
    about: str
    number: str  # of the matter or case
    bound: Desk
    owed: Desk | None
    due_at: datetime | None
    opened_at: datetime | None
    done_at: datetime | None = None
    clause: Clause | None = None
    field: str = ""
    url: str = ""
    action: str = ""
    duty: Duty | None = None  # the one that sets the time
    duties: tuple[Duty, ...] = ()  # every one that the act would serve
    case: Case | None = None
    illustrative: bool = False
    drill: bool = False
    rule: str = "due"  # due, needed_by, answer
    carries: tuple[str, ...] = ()
    conflict: int | None = None  # demands that exclude each other, not decided yet
    note: str = ""

    @property
    def clauses(self) -> list[Clause]:
        """The clauses that demand it, each once, the ruling one first."""
        found = {duty.clause_id: duty.clause for duty in self.duties}
        return list(found.values()) or ([self.clause] if self.clause else [])


@dataclass
class Board:
    """The rows by group, the numbers of the sentence above them, and what goes on beyond them."""

    now: datetime
    groups: dict[str, list[Row]] = field(default_factory=lambda: {code: [] for code in GROUPS})
    done_today: int = 0
    more: dict[str, Cursor] = field(default_factory=dict)
    totals: tuple[int, int, int] | None = (
        None  # duties open, late, waiting: counted where not every row is shown
    )

    def late(self, row: Row) -> bool:
        """Whether a row is open and past its due."""
        return row.group not in {"done", "suspended"} and row.due_at is not None and row.due_at < self.now

    @property
    def rows(self) -> list[Row]:
        """All rows in the order of the page."""
        return [row for code in GROUPS for row in self.groups[code]]

    @property
    def mine(self) -> list[Row]:
        """What the office itself has to do."""
        return [row for code in MINE for row in self.groups[code]]

    @property
    def overdue(self) -> int:
        """How many of the office's own are late."""
        return sum(self.late(row) for row in self.mine)

    @property
    def soon(self) -> int:
        """How many are due soon and not late."""
        return len(self.groups["now"]) - self.overdue

    @property
    def today(self) -> int:
        """How many have to be done today, the late ones with them."""
        return len(self.groups["now"]) + len(self.groups["today"])


def group_of(due_at: datetime | None, opened_at: datetime | None, now: datetime) -> str:
    """Return how near a due is: now (the last hour, or the last 30 % of the time), today or later."""
    if due_at is None:
        return "today"
    used = 1.0 if opened_at is None or due_at <= opened_at else (now - opened_at) / (due_at - opened_at)
    if due_at - now <= SOON or used >= SOON_SHARE:
        return "now"
    return "today" if clock.due_day(due_at) == clock.beijing(now).date() else "later"
