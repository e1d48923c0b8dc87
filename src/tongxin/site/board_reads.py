"""The duties that stand on a board, read in one statement however many there are in the table.

Each part of the board is a short, ordered slice of an index (who owes, state, due), so that a desk with a hundred
thousand duties opens as fast as one with ten. What does not fit is counted and led on to.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import F, Q, QuerySet

from tongxin.heart.agreements import duty_acts
from tongxin.heart.agreements import queries as agreements
from tongxin.heart.agreements.models import Duty
from tongxin.heart.region.acting import Acting
from tongxin.shared import clock

State = Duty.State
OWN, REST, DONE = 100, 30, 5  # rows of the own list, of the other parts, of what was just done
PARTS = ("own", "answers", "suspended", "theirs", "paused", "sent")
Cursor = tuple[datetime, int]  # the due and the id of the last row shown


@dataclass
class Read:
    """The duties of a board by part; `more` holds the parts that go on, with the last row shown of each."""

    own: list[Duty] = field(default_factory=list)  # open, owed by the own side
    answers: list[Duty] = field(default_factory=list)  # delivered to the own side, waiting for its answer
    suspended: list[Duty] = field(default_factory=list)  # owed by the own side, the clock stands still
    theirs: list[Duty] = field(default_factory=list)  # open, owed to the own side
    paused: list[Duty] = field(default_factory=list)  # owed to the own side, the clock stands still
    sent: list[Duty] = field(default_factory=list)  # delivered by the own side, waiting for their answer
    proposals: list[Duty] = field(default_factory=list)  # the other side has named another day
    done: list[Duty] = field(default_factory=list)  # met today, latest first
    more: dict[str, Cursor] = field(default_factory=dict)

    @property
    def all(self) -> list[Duty]:
        """Every duty that was read, once."""
        waits = (self.theirs, self.paused, self.sent)
        parts = (self.own, self.answers, self.suspended, *waits, self.proposals, self.done)
        return list({duty.pk: duty for part in parts for duty in part}.values())


@dataclass(frozen=True)
class Side:
    """Whose board it is: the desks whose duties are the own ones."""

    desks: frozenset[str]

    @property
    def bound(self) -> Q:
        """What these desks owe."""
        return self._of("bound")

    @property
    def owed(self) -> Q:
        """What these desks are owed by others."""
        return self._of("owed") & ~self.bound if len(self.desks) > 1 else self._of("owed")

    def _of(self, side: str) -> Q:
        if len(self.desks) == 1:
            return Q(**{f"{side}_desk_id": next(iter(self.desks))})
        return Q(**{f"{side}_desk_id__in": sorted(self.desks)})


def side_of(reader: Acting, *, wide: bool) -> Side:
    """Return the own desk, or every desk of the jurisdiction that the reader's office coordinates."""
    return Side(frozenset(reader.side) if wide else frozenset({reader.desk}))


def ids_of(
    side: Side, now: datetime, *, field_code: str = "", part: str = "", after: Cursor | None = None
) -> list[int]:
    """Return the duties that stand on a board, or in the next stretch of one of its parts; they change by acts only."""
    base = _base(field_code)
    wanted = _slices(base, side, now) if not part else {part: _slices(base, side, now)[part]}
    ids = Q(pk__in=[])
    for name, rows in wanted.items():
        ids |= Q(pk__in=_page(rows, name, after if name == part else None).values("pk"))
    return list(Duty.objects.filter(ids).values_list("pk", flat=True))


def _base(field_code: str) -> QuerySet[Duty]:
    return (
        Duty.objects.filter(clause__version__instrument__field=field_code)
        if field_code
        else Duty.objects.all()
    )


def read(side: Side, now: datetime, ids: Collection[int], *, field_code: str = "", part: str = "") -> Read:
    """Return the duties of a board, or the next stretch of one of its parts, from their ids; see `ids_of`."""
    found = Read()
    rows = Duty.objects.filter(pk__in=ids, state__in=(*Duty.STANDING, State.MET))
    for duty in sorted(dressed(rows), key=lambda d: (d.due_at, d.pk)):
        _sort_in(found, duty, side, now)
    for name in PARTS:
        _cut(found, name)
    if part:
        keep = getattr(found, part)
        return Read(**{part: keep}, more={k: v for k, v in found.more.items() if k == part})
    found.done = sorted(found.done, key=lambda d: (d.ended_at or now, d.pk), reverse=True)[:DONE]
    _whole(found, _base(field_code), side)
    return found


def dressed(rows: QuerySet[Duty]) -> list[Duty]:
    """Return the duties of a list with all that their rows are made of."""
    return agreements.dressed(
        rows.select_related("matter").defer("told", "matter__rulebook", "matter__joined")
    )


def totals(side: Side, now: datetime, field_code: str = "") -> tuple[int, int, int]:
    """Return how many duties are open on the own side, how many of them are late, how many wait for others."""
    base = _base(field_code)
    own = base.filter(side.bound, state=State.OPEN)
    theirs = base.filter(side.owed, state=State.OPEN)
    sent = base.filter(side.bound, state=State.CLAIMED)
    return own.count(), own.filter(due_at__lt=now).count(), theirs.count() + sent.count()


def done_today(side: Side, now: datetime, field_code: str = "") -> int:
    """Return how many of the own duties were met today."""
    rows = _met_today(Duty.objects.all(), side, now)
    return (rows.filter(clause__version__instrument__field=field_code) if field_code else rows).count()


def _slices(base: QuerySet[Duty], side: Side, now: datetime) -> dict[str, QuerySet[Duty]]:
    proposed = Q(baseline_due_at__isnull=False, due_at__gte=now, due_count__has_key="proposed")
    return {
        "own": base.filter(side.bound, state=State.OPEN),
        "answers": base.filter(side.owed, state=State.CLAIMED),
        "suspended": base.filter(side.bound, state=State.SUSPENDED),
        "theirs": base.filter(side.owed, state=State.OPEN),
        "paused": base.filter(side.owed, state=State.SUSPENDED),
        "sent": base.filter(side.bound, state=State.CLAIMED),
        "proposals": base.filter(proposed, side.bound | side.owed, state__in=Duty.STANDING),
        "done": _met_today(base, side, now),
    }


def _met_today(base: QuerySet[Duty], side: Side, now: datetime) -> QuerySet[Duty]:
    """Return what was met today: a desk's duties stand in an index by state and end."""
    return base.filter(side.bound, state=State.MET, ended_at__gte=_midnight(now), ended_at__lte=now)


def _page(rows: QuerySet[Duty], name: str, after: Cursor | None) -> QuerySet[Duty]:
    """Return one row more than is shown, so that it is seen whether there are more."""
    if name == "done":
        return rows.order_by("-ended_at", "-id")[:DONE]
    if after is not None:
        due, pk = after
        rows = rows.filter(Q(due_at__gt=due) | Q(due_at=due, id__gt=pk))
    return rows.order_by("due_at", "id")[: _limit(name) + 1]


def _limit(name: str) -> int:
    return OWN if name == "own" else REST


def _sort_in(found: Read, duty: Duty, side: Side, now: datetime) -> None:
    mine = duty.bound_desk_id in side.desks
    if duty.state == State.MET:
        found.done.append(duty)
        return
    if duty.state == State.CLAIMED:
        (found.sent if mine else found.answers).append(duty)
    elif not mine:
        (found.paused if duty.state == State.SUSPENDED else found.theirs).append(duty)
    elif duty.state == State.SUSPENDED:
        found.suspended.append(duty)
    else:
        found.own.append(duty)
    if duty.due_at >= now and _asks(duty, mine=mine):
        found.proposals.append(duty)


def _asks(duty: Duty, *, mine: bool) -> bool:
    """Whether the other side has named a day that this side has not named."""
    days = duty_acts.proposed_days(duty)
    theirs, own = (days.get("owed"), days.get("bound")) if mine else (days.get("bound"), days.get("owed"))
    return bool(theirs) and theirs != own


def _cut(found: Read, name: str) -> None:
    """Take away the row that only shows that there are more, and remember where to go on."""
    rows: list[Duty] = getattr(found, name)
    limit = _limit(name)
    if len(rows) > limit:
        last = rows[limit - 1]
        found.more[name] = (last.due_at, last.pk)
        del rows[limit:]


def _whole(found: Read, base: QuerySet[Duty], side: Side) -> None:
    """Where the own list goes on: add what one act serves together with what is shown, and what a forecast hastens."""
    if "own" not in found.more:
        return
    due, _pk = found.more["own"]
    own = base.filter(side.bound, state=State.OPEN, due_at__gte=due)
    hasty = own.filter(needed_by__lt=F("due_at"), needed_by__lte=due).order_by("needed_by", "id")[:REST]
    together = own.filter(thread__in={d.thread for d in found.own if d.thread.startswith("matter:")})
    together = together.filter(clause__kind="notify").order_by("due_at", "id")[:OWN]
    more = dressed(Duty.objects.filter(Q(pk__in=hasty.values("pk")) | Q(pk__in=together.values("pk"))))
    there = {d.pk for d in found.own}
    found.own += [d for d in more if d.pk not in there]


def _midnight(now: datetime) -> datetime:
    return clock.beijing(now).replace(hour=0, minute=0, second=0, microsecond=0)


def cursor(text: str) -> Cursor | None:
    """Return the place that an address names, `2026-03-11T02:00:00.000000Z.12`; None for what names none."""
    at, _dot, pk = text.rpartition(".")
    try:
        due = datetime.fromisoformat(at)
    except ValueError:
        return None
    return (due, int(pk)) if due.tzinfo is not None and pk.isascii() and pk.isdecimal() else None


def cursor_text(place: Cursor) -> str:
    """Return a place for an address."""
    return f"{clock.iso(place[0])}.{place[1]}"
