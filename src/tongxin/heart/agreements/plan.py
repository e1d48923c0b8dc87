"""What reconciling does with a matter: the table of HEART §4, pure. Rows and wants come in, steps go out.

Twice is the same as once: after the steps are done, the same call returns none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

from tongxin.heart.agreements.clocks import Count, moved
from tongxin.heart.agreements.language import Before, Due, Notify, Within
from tongxin.heart.agreements.match import Wanted
from tongxin.shared import clock

Key = tuple[str, str, str, str]  # clause, debtor, creditor, subject
STANDING = frozenset({"open", "claimed", "suspended"})
ENDED_WELL_OR_NOT = frozenset({"met", "failed"})
DEFAULT_REACTION = timedelta(
    minutes=15
)  # for a computed time that leaves none, where the clause states no reaction

UNKNOWN = {"clock": "calendar", "form": "before"}  # how a due is counted while its computed time is not known


@dataclass(frozen=True)
class Round:
    """The latest round of a duty as it stands."""

    ref: Any  # of its row
    number: int
    state: str
    clause_id: str
    opened_by: str
    opened_at: datetime
    starts_at: datetime
    due_at: datetime
    wanted: Mapping[str, Any] = field(default_factory=dict)
    told: Mapping[str, Any] = field(default_factory=dict)
    of_round: int = 0  # of a stand-down: the round that it takes back
    no_time_left: bool = False
    pauses: tuple[tuple[datetime, datetime], ...] = ()

    @property
    def carried(self) -> Mapping[str, Any]:
        """What the round carried; for one that was never performed, what it should have carried."""
        return self.told or self.wanted


@dataclass(frozen=True)
class Cause:
    """What made the matter be looked at again: an event, or a version that came into force."""

    ref: str  # event:… or version:…
    at: datetime  # when it is looked at
    starts: Callable[[str], datetime]  # the instant a new round's clock starts at: known, recorded, occurred
    move: str  # why a due would move: correction, computed_time, transition


class Counting(Protocol):
    """Counts a limit from a start, on the calendars of the desks."""

    def __call__(
        self, want: Wanted, limit: Due, starts_at: datetime, pauses: Sequence[tuple[datetime, datetime]]
    ) -> Count | None:
        """Return the due, or None while a computed time is not known; raises Uncountable."""


@dataclass(frozen=True)
class Open:
    """Open a round."""

    want: Wanted
    purpose: str
    number: int
    starts_at: datetime
    count: Count
    no_time_left: bool = False
    of_round: int = 0
    over: Round | None = None  # the round of an absorbed matter whose clock runs on here

    @property
    def opened_by(self) -> str:
        """What opened the round that is taken over; empty where the cause of the looking opens it."""
        return self.over.opened_by if self.over else ""


@dataclass(frozen=True)
class Move:
    """Move the due of a round that stands open."""

    ref: Any
    want: Wanted
    old: datetime
    new: datetime
    count: Count
    why: str
    starts_at: datetime
    no_time_left: bool = False


@dataclass(frozen=True)
class Refresh:
    """Keep what is wanted now beside a round that stands: it is no change of the duty."""

    ref: Any
    want: Wanted


@dataclass(frozen=True)
class Void:
    """End a round that nothing wants any more."""

    ref: Any
    why: str  # unwanted, wanted_again


@dataclass(frozen=True)
class StandDown:
    """Open a duty to tell the creditor of a round that was met that it no longer concerns them."""

    ref: Any  # of the round that is taken back
    number: int
    starts_at: datetime
    within: timedelta
    of_round: int


@dataclass(frozen=True)
class LeftOut:
    """Leave a duty as it is, or out: its time cannot be counted. The others do not wait for it."""

    want: Wanted


class Uncountable(Exception):
    """The time of a duty cannot be counted: an office is never open, or the time runs past every calendar."""


Step = Open | Move | Refresh | Void | StandDown | LeftOut


def plan(
    wanted: Iterable[Wanted],
    rounds: Mapping[Key, Round],
    stand_downs: Mapping[Key, Round],
    *,
    cause: Cause,
    anchor: Callable[[str, str], datetime | None],
    count: Counting,
    undo_of: Callable[[Round], timedelta | None],
    last_met: Mapping[Key, Round] | None = None,
    kept: Mapping[Key, Round] | None = None,
) -> list[Step]:
    """Return the steps that bring the rounds in line with what is wanted.

    `anchor(opened_by, starts)` is where the clock of an open round starts now, after corrections of its event.
    `last_met` has the latest round that was met where a later one did not end so: whoever was told in it is told
    when it no longer concerns them. `kept` has the rounds that stood in a matter just absorbed: what is wanted of them
    here goes on as it ran there.
    """
    steps: list[Step] = []
    over = kept or {}
    by_key = {want.key: want for want in wanted}
    for key, want in by_key.items():
        latest, down = rounds.get(key), stand_downs.get(key)
        if down is not None and down.state in STANDING:
            steps.append(Void(down.ref, "wanted_again"))
        try:
            if latest is None or latest.state == "void":
                number = latest.number + 1 if latest else 1
                steps.append(_opened(want, number, cause, count, over.get(key)))
            elif latest.state in STANDING:
                steps += _standing(want, latest, cause, anchor, count)
            elif latest.state in ENDED_WELL_OR_NOT and (_renews(want, latest) or _stood_down(latest, down)):
                steps.append(_opened(want, latest.number + 1, cause, count, over.get(key)))
        except Uncountable:
            steps.append(LeftOut(want))
    for key, latest in rounds.items():
        if key in by_key:
            continue
        if latest.state in STANDING:
            steps.append(Void(latest.ref, "unwanted"))
        told = latest if latest.state == "met" else (last_met or {}).get(key)
        if told is not None:
            steps += _undone(told, stand_downs.get(key), cause, undo_of)
    return steps


def _opened(want: Wanted, number: int, cause: Cause, count: Counting, over: Round | None) -> Open:
    if over is not None:
        return _taken_over(want, number, over, cause, count)
    starts_at = cause.starts(want.due.starts if isinstance(want.due, Within) else "known")
    counted = count(want, want.due, starts_at, ())
    earliest = cause.at + _reaction(want)
    if counted is None:  # the computed time is not known: as little time is left as when it is too near
        return Open(want, "do", number, starts_at, Count(earliest, UNKNOWN), no_time_left=True)
    if isinstance(want.due, Before) and counted.due_at < earliest:
        late = Count(earliest, counted.detail | {"computed_due": clock.iso(counted.due_at)})
        return Open(want, "do", number, starts_at, late, no_time_left=True)
    return Open(want, "do", number, starts_at, counted)


def _taken_over(want: Wanted, number: int, over: Round, cause: Cause, count: Counting) -> Open:
    """Open what stood open in the absorbed matter; by another clause's limit only as a due may move."""
    counted = count(want, want.due, over.starts_at, over.pauses)
    new = None
    if counted is not None and want.clause_id != over.clause_id:
        new = moved(
            over.due_at, counted.due_at, now=cause.at, told_at=cause.at, reaction=want.clause.reaction
        )
    due = Count(new or over.due_at, counted.detail if counted else UNKNOWN)
    return Open(want, "do", number, over.starts_at, due, no_time_left=over.no_time_left, over=over)


def _reaction(want: Wanted) -> timedelta:
    return want.clause.reaction or DEFAULT_REACTION


def _standing(
    want: Wanted,
    latest: Round,
    cause: Cause,
    anchor: Callable[[str, str], datetime | None],
    count: Counting,
) -> list[Step]:
    changed = as_json(want) != dict(latest.wanted) or want.clause_id != latest.clause_id
    refresh: list[Step] = [Refresh(latest.ref, want)] if changed else []
    if latest.state == "claimed":
        return refresh
    starts = want.due.starts if isinstance(want.due, Within) else "known"
    starts_at = anchor(latest.opened_by, starts) or latest.starts_at
    same = starts_at == latest.starts_at and want.clause_id == latest.clause_id
    if same and not isinstance(want.due, Before):
        return refresh
    counted = count(want, want.due, starts_at, latest.pauses)
    if counted is None:
        return refresh
    new = moved(latest.due_at, counted.due_at, now=cause.at, told_at=cause.at, reaction=want.clause.reaction)
    if new is None:
        return refresh
    still = latest.no_time_left and new <= latest.opened_at + _reaction(want)
    return [Move(latest.ref, want, latest.due_at, new, counted, cause.move, starts_at, still)]


def _renews(want: Wanted, latest: Round) -> bool:
    """Whether what was carried is not what should be told now: a corrected field always, a shifted time if so said."""
    before = dict(latest.carried.get("carried", {}))
    if any(name in before and before[name] != now for name, now in want.carried.items()):
        return True
    if not isinstance(want.clause, Notify) or not isinstance(want.clause.renew, dict):
        return False
    times = dict(latest.carried.get("times", {}))
    for word, length in want.clause.renew.items():
        name = word.removesuffix("_shifts")
        now, then = want.times.get(name), times.get(name)
        if (now is None) != (then is None):
            return True
        if now is not None and then is not None and abs(now - datetime.fromisoformat(then)) >= length:
            return True
    return False


def _stood_down(latest: Round, down: Round | None) -> bool:
    return down is not None and down.of_round == latest.number and down.state == "met"


def _undone(
    latest: Round, down: Round | None, cause: Cause, undo_of: Callable[[Round], timedelta | None]
) -> list[Step]:
    within = undo_of(latest)
    if within is None or (down is not None and down.of_round == latest.number and down.state != "void"):
        return []
    return [
        StandDown(latest.ref, down.number + 1 if down else 1, cause.starts("known"), within, latest.number)
    ]


def as_json(want: Wanted) -> dict[str, Any]:
    """Return what is kept beside a duty of what matching said."""
    return {
        "carried": dict(want.carried),
        "times": {name: clock.iso(at) for name, at in sorted(want.times.items())},
        "must_carry": list(want.must_carry),
        "withheld": [list(pair) for pair in want.withheld],
        "probability": want.probability,
        "fact": want.fact.id,
    }


def plain(wanted: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is kept beside a duty so that a message or the ledger can hold it: without its one fraction."""
    return {name: value for name, value in wanted.items() if name != "probability"}
