"""How a duty stood at an instant that has passed, told from its own times; so nothing depends on when somebody looks.

A terminal row never changes, a due never moves after it passed, and every pause has its beginning and its end: these
are enough. What was done before the instant but recorded after it (a call by telephone) was not known then.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any

from django.db.models import Q

from tongxin.heart.agreements import keeping
from tongxin.heart.agreements.keeping import COUNTS, Tally
from tongxin.heart.agreements.models import DueMove, Duty
from tongxin.heart.agreements.periods import Period

Key = tuple[str, str, str, bool]  # clause, bound desk, purpose, illustrative
AT_CREDITOR = "at_creditor"  # the ground of the time between a delivery and its being sent back
COLUMNS = (
    "pk", "clause_key", "bound_desk_id", "purpose", "illustrative", "state", "opened_at", "due_at", "delivered_at",
    "ended_at", "pauses", "sent_back", "drill", "no_time_left", "opened_by", "performance__at", "performance__withheld",
)  # fmt: skip


@dataclass(frozen=True)
class Facts:
    """What a duty says of itself."""

    pk: int
    clause_key: str
    desk: str
    purpose: str
    illustrative: bool
    state: str
    opened_at: datetime
    due_at: datetime
    delivered_at: datetime | None
    ended_at: datetime | None
    pauses: list[dict[str, Any]]
    sent_back: int
    drill: bool
    no_time_left: bool
    opened_by: str
    done_at: datetime | None  # when its performance was recorded
    withheld: list[Any] | None
    moves: tuple[tuple[datetime, datetime], ...] = field(default=())  # when, and the due before; oldest first

    @property
    def key(self) -> Key:
        """Under what it is counted."""
        return (self.clause_key, self.desk, self.purpose, self.illustrative)


NAMES = tuple(each.name for each in fields(Facts) if each.name != "moves")  # in the order of COLUMNS


@dataclass(frozen=True)
class Stand:
    """How a duty stood: its sort, its due then, and what is counted besides."""

    sort: str
    due_at: datetime
    waiting: bool = False
    sent_back: int = 0
    withheld: bool = False

    @property
    def said(self) -> tuple[str, bool, int, bool]:
        """What of it is counted."""
        return (self.sort, self.waiting, self.sent_back, self.withheld)


def facts_of(month: Period, since: datetime, only: Q | None = None) -> Iterator[Facts]:
    """Yield what may be counted in a month: the duties due in it, and those whose due left it after `since`."""
    left = DueMove.objects.filter(old__gte=month.begins, old__lt=month.ends, at__gt=since)
    there = Q(due_at__gte=month.begins, due_at__lt=month.ends) | Q(pk__in=left.values("duty"))
    rows = Duty.objects.filter(there if only is None else there & only)
    moves: dict[int, list[tuple[datetime, datetime]]] = {}
    for duty, at, old in DueMove.objects.filter(duty__in=rows.values("pk")).values_list("duty", "at", "old"):
        moves.setdefault(duty, []).append((at, old))
    for row in rows.order_by("pk").values_list(*COLUMNS).iterator(chunk_size=2000):
        named = dict(zip(NAMES, row, strict=True))
        yield Facts(**named, moves=tuple(sorted(moves.get(row[0], ()))))


def stood(duty: Facts, at: datetime) -> Stand | None:
    """Return how the duty stood at an instant, or None when it was not there yet."""
    if duty.opened_at > at:
        return None
    due_at = next((old for when, old in duty.moves if when > at), duty.due_at)
    state, delivered = _state(duty, at)
    back = sum(p["ground"] == AT_CREDITOR and _ended(p, at) for p in duty.pauses)
    sort = keeping.sort_of(
        state,
        due_at=due_at,
        delivered_at=delivered,
        drill=duty.drill,
        no_time_left=duty.no_time_left,
        now=at,
    )
    return Stand(
        sort,
        due_at,
        waiting=state == Duty.State.CLAIMED and sort in {"on_time", "late"},
        sent_back=0 if duty.drill else back,
        withheld=not duty.drill and state in keeping.DELIVERED and bool(duty.withheld),
    )


def _state(duty: Facts, at: datetime) -> tuple[str, datetime | None]:
    """Return the state at an instant, and when that was delivered which counted then."""
    if duty.ended_at is not None and max(duty.ended_at, _recorded(duty)) <= at:
        return duty.state, duty.delivered_at
    for pause in duty.pauses:
        began = datetime.fromisoformat(pause["from"])
        if began <= at and not _ended(pause, at):
            if pause["ground"] == AT_CREDITOR:
                return Duty.State.CLAIMED, began
            return Duty.State.SUSPENDED, None
    if duty.delivered_at is not None and max(duty.delivered_at, _recorded(duty)) <= at:
        return Duty.State.CLAIMED, duty.delivered_at
    return Duty.State.OPEN, None


def _recorded(duty: Facts) -> datetime:
    """Return when a delivery was recorded; of a duty that ended without one, when it opened."""
    counts = duty.done_at is not None and duty.delivered_at is not None
    return duty.done_at if counts and duty.done_at is not None else duty.opened_at


def _ended(pause: Mapping[str, Any], at: datetime) -> bool:
    return pause["until"] is not None and datetime.fromisoformat(pause["until"]) <= at


@dataclass
class Sum:
    """A tally that is being added up, one duty at a time; taking away works too."""

    counts: Counter[str] = field(default_factory=Counter)
    delays: Counter[int] = field(default_factory=Counter)

    def put(self, stand: Stand, delay: int | None, times: int = 1) -> None:
        """Count a duty in; `times` is -1 to count it out."""
        self.counts[stand.sort] += times
        self.counts["waiting"] += times * stand.waiting
        self.counts["sent_back"] += times * stand.sent_back
        self.counts["withheld"] += times * stand.withheld
        if delay is not None and stand.sort != "drill":
            self.delays[delay] += times

    def put_all(self, tally: Tally) -> None:
        """Count in what was counted before."""
        self.counts.update({name: getattr(tally, name) for name in COUNTS})
        self.delays.update(tally.delays)

    def tally(self) -> Tally:
        """Return what was added up."""
        return Tally(
            **{name: self.counts[name] for name in COUNTS},
            delays={minutes: n for minutes, n in sorted(self.delays.items()) if n},
        )


def in_month(stand: Stand | None, month: Period) -> Stand | None:
    """Return the stand when its due lies in the month, else None."""
    return stand if stand is not None and month.holds(stand.due_at) else None


def tallies(month: Period, at: datetime) -> dict[Key, Tally]:
    """Return the tallies of a month as its duties stood at an instant."""
    sums: dict[Key, Sum] = {}
    for part in _parts(facts_of(month, at)):
        delays = keeping.delays_of(duty.opened_by for duty in part)
        for duty in part:
            stand = in_month(stood(duty, at), month)
            if stand is not None:
                sums.setdefault(duty.key, Sum()).put(stand, delays.get(duty.opened_by))
    return {key: found.tally() for key, found in sums.items()}


def _parts(rows: Iterable[Facts], size: int = 2000) -> Iterator[list[Facts]]:
    part: list[Facts] = []
    for row in rows:
        part.append(row)
        if len(part) == size:
            yield part
            part = []
    if part:
        yield part
