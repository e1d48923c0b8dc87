"""How duties are kept: the one classification of a duty, as a condition of SQL and as a function, and its sums.

A score is computed from duties, never counted up (HEART §11). `on time · late · failed · overdue` make n; everything
else stands beside it. Months that are frozen come from the room that froze them, which registers itself (`freezer`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import datetime, timedelta
from operator import attrgetter
from statistics import median
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Case, Count, F, Q, QuerySet, Sum, Value, When

from tongxin.heart.agreements import periods
from tongxin.heart.agreements.models import Clause, Duty
from tongxin.heart.agreements.periods import Period
from tongxin.heart.events.models import Event
from tongxin.heart.region import calendars

MONTH = "P1M"
MONTHS = 12  # of a score where nobody asks for others: this month and the eleven before
ENOUGH = 5  # under so many duties no percentage is told
KEY = (
    "clause_key",
    "desk",
    "purpose",
)  # by what a score may be grouped; illustrative or not is always kept apart
COLUMNS = {"clause_key": "clause_key", "desk": "bound_desk_id", "purpose": "purpose"}
DELIVERED = (Duty.State.MET, Duty.State.CLAIMED)
IN_N = ("on_time", "late", "failed", "overdue")
BESIDE = ("excused", "void", "no_time_left", "suspended", "running", "drill")
SORTS = (*IN_N, *BESIDE)  # each duty is of exactly one
FLAGS = ("waiting", "sent_back", "withheld")  # counted besides, of duties of any sort


# Delivered, without a field that a bar forbade; what was sent back is not delivered.
WITHHELD = Q(drill=False, state__in=DELIVERED, performance__isnull=False) & ~Q(performance__withheld=[])
WAITING = Q(drill=False, no_time_left=False, state=Duty.State.CLAIMED)


LineKey = tuple[str, str, str, bool, str]  # clause, bound desk, purpose, illustrative, month


@dataclass(frozen=True)
class Tally:
    """Duties by sort, and what stands beside; `delays` are the minutes from knowing to recording, and of how many."""

    on_time: int = 0
    late: int = 0
    failed: int = 0
    overdue: int = 0
    excused: int = 0
    void: int = 0
    no_time_left: int = 0
    suspended: int = 0
    running: int = 0
    drill: int = 0
    waiting: int = 0  # delivered, and waiting for the owed side; they are among on_time and late
    sent_back: int = 0  # times, not duties
    withheld: int = 0  # performances that left a field out because a bar forbade it
    delays: Mapping[int, int] = field(default_factory=dict)

    def __add__(self, other: Tally) -> Tally:
        delays: Mapping[int, int] = {}
        if self.delays or other.delays:
            both = Counter(self.delays)
            both.update(other.delays)
            delays = {minutes: n for minutes, n in both.items() if n}
        return Tally(
            self.on_time + other.on_time,
            self.late + other.late,
            self.failed + other.failed,
            self.overdue + other.overdue,
            self.excused + other.excused,
            self.void + other.void,
            self.no_time_left + other.no_time_left,
            self.suspended + other.suspended,
            self.running + other.running,
            self.drill + other.drill,
            self.waiting + other.waiting,
            self.sent_back + other.sent_back,
            self.withheld + other.withheld,
            delays,
        )

    @property
    def n(self) -> int:
        """The duties that are judged: on time, late, not met, overdue now."""
        return self.on_time + self.late + self.failed + self.overdue

    @property
    def share(self) -> float | None:
        """The on-time share; None under five duties, because no percentage is told then."""
        return self.on_time / self.n if self.n >= ENOUGH else None

    @property
    def total(self) -> int:
        """Every duty that is no drill."""
        return int(sum(getattr(self, name) for name in SORTS)) - self.drill

    @property
    def delay(self) -> Delay | None:
        """How late the events were recorded that opened these duties; None where no desk's report opened any."""
        if not self.delays:
            return None
        each = sorted(Counter(self.delays).elements())
        return Delay(float(median(each)), each[-1], len(each))

    def as_json(self) -> dict[str, Any]:
        """Return the counts, and the delays with text for keys, as JSON has them."""
        return {name: getattr(self, name) for name in COUNTS} | {
            "delays": {str(minutes): n for minutes, n in sorted(self.delays.items())}
        }


COUNTS = tuple(each.name for each in fields(Tally) if each.name != "delays")
_counts = attrgetter(*COUNTS)
PLAIN = tuple(name for name in COUNTS if name != "withheld")  # what one GROUP BY counts


def summed(tallies: Sequence[Tally]) -> Tally:
    """Return the sum of tallies, as adding one after the other would give it, in one go."""
    if not tallies:
        return Tally()
    delays: Counter[int] = Counter()
    for tally in tallies:
        delays.update(tally.delays)
    given: dict[str, Any] = dict(zip(COUNTS, map(sum, zip(*map(_counts, tallies), strict=True)), strict=True))
    return Tally(**given, delays={minutes: n for minutes, n in delays.items() if n})


def tally_of(counts: Mapping[str, Any]) -> Tally:
    """Return the tally of what `as_json` gave."""
    delays = {int(minutes): n for minutes, n in counts.get("delays", {}).items()}
    return Tally(**{name: counts.get(name, 0) for name in COUNTS}, delays=delays)


def tally_from(numbers: Sequence[int], delays: Mapping[int, int]) -> Tally:
    """Return the tally of numbers in the order of COUNTS."""
    return Tally(**dict(zip(COUNTS, numbers, strict=True)), delays=delays)


@dataclass(frozen=True)
class Delay:
    """Minutes from when an event was known to when it was recorded, over the duties that such events opened."""

    median: float
    longest: int
    duties: int


@dataclass(frozen=True)
class Line:
    """The tally of one group of duties; what it is not grouped by is empty."""

    clause_key: str
    desk: str
    purpose: str
    illustrative: bool
    month: str
    tally: Tally
    frozen: Tally | None = None  # as it was frozen, where that differs from what the duties say now

    @property
    def key(self) -> LineKey:
        """What the duties of the line have in common."""
        return (self.clause_key, self.desk, self.purpose, self.illustrative, self.month)


@dataclass(frozen=True)
class Asked:
    """Which duties, and how they are grouped. Months are names such as `2026-03`, both ends inclusive."""

    since: str
    until: str = ""  # empty: whatever is due later, too
    clause_keys: Collection[str] | None = None
    desk: str = ""
    purpose: str = ""
    by: tuple[str, ...] = KEY
    monthly: bool = False  # a line for each month; `until` is needed then
    counts: bool = True
    extras: bool = False  # delays, and what was withheld, too
    wall: ZoneInfo | None = None  # the region's time zone, where it is at hand
    frozen: Collection[str] | None = None  # the months that are frozen, where they are at hand

    def of(self, rows: QuerySet[Any], desk: str = "desk") -> QuerySet[Any]:
        """Return the rows that are asked for, of duties or of frozen rows, whatever their month."""
        if self.clause_keys is not None:
            rows = rows.filter(clause_key__in=self.clause_keys)
        if self.desk:
            rows = rows.filter(**{desk: self.desk})
        return rows.filter(purpose=self.purpose) if self.purpose else rows


# Gives the lines of frozen months, and which months those are; a room that freezes none need not be there.
Freezer = Callable[[Asked], tuple[list[Line], set[str]]]
_freezers: list[Freezer] = []


def freezer(source: Freezer) -> None:
    """Let a room give the months that it has frozen; called once, from its `apps.py`."""
    _freezers[:] = [source]


def scores_shown(illustrative: bool) -> bool:
    """Whether a score may be shown: illustrative scores of real places only in the demonstration (HEART §3)."""
    return bool(settings.DEMO) or not illustrative


def conditions(now: datetime) -> dict[str, Q]:
    """Return for each sort the condition that a duty is of it at this instant."""
    real = Q(drill=False)
    judged = real & Q(no_time_left=False)
    delivered = judged & Q(state__in=DELIVERED)
    return {
        "on_time": delivered & Q(delivered_at__lte=F("due_at")),
        "late": delivered & (Q(delivered_at__gt=F("due_at")) | Q(delivered_at__isnull=True)),
        "failed": judged & Q(state=Duty.State.FAILED),
        "overdue": judged & Q(state=Duty.State.OPEN, due_at__lt=now),
        "excused": real & Q(state=Duty.State.EXCUSED),
        "void": real & Q(state=Duty.State.VOID),
        "no_time_left": real & Q(no_time_left=True) & ~Q(state__in=[Duty.State.EXCUSED, Duty.State.VOID]),
        "suspended": judged & Q(state=Duty.State.SUSPENDED),
        "running": judged & Q(state=Duty.State.OPEN, due_at__gte=now),
        "drill": Q(drill=True),
    }


def sort_of(
    state: str,
    *,
    due_at: datetime,
    delivered_at: datetime | None,
    drill: bool,
    no_time_left: bool,
    now: datetime,
) -> str:
    """Return the sort of a duty that stands so: what `conditions` say in SQL."""
    if drill:
        return "drill"
    if state in {Duty.State.EXCUSED, Duty.State.VOID}:
        return str(state)
    if no_time_left:
        return "no_time_left"
    if state in DELIVERED:
        return "on_time" if delivered_at is not None and delivered_at <= due_at else "late"
    if state in {Duty.State.FAILED, Duty.State.SUSPENDED}:
        return str(state)
    return "overdue" if due_at < now else "running"


def this_month(now: datetime, wall: ZoneInfo | None = None) -> str:
    """Return the month in which an instant lies on the region's wall."""
    return periods.of(MONTH, now, zone=wall).name


def month_before(month: str, back: int = 1) -> str:
    """Return the month so many before; after it when `back` is negative."""
    return _month(_number(month) - back)


def months_between(first: str, last: str) -> list[str]:
    """Return the months from one to another, both inclusive; none where the first is the later."""
    return [_month(number) for number in range(_number(first), _number(last) + 1)]


def how_many_months(first: str, last: str) -> int:
    """Return how many months lie between two, both inclusive; none where the first is the later."""
    return max(_number(last) - _number(first) + 1, 0)


def _number(month: str) -> int:
    """Return a month as the number of months since the year 0: a text beyond the year 9999 no longer sorts."""
    year, _dash, of_year = month.partition("-")
    return int(year) * 12 + int(of_year) - 1


def _month(number: int) -> str:
    return f"{number // 12:04}-{number % 12 + 1:02}"


def year_to(month: str) -> str:
    """Return the month with which the twelve months begin that end with this one."""
    return month_before(month, MONTHS - 1)


def lines(now: datetime, asked: Asked) -> list[Line]:
    """Return the tallies that are asked for: frozen months as they were frozen and restated, the others as of now."""
    if asked.monthly and not asked.until:
        raise ValueError("months are told apart up to one that is named")
    found, frozen = _freezers[0](asked) if _freezers else ([], set())
    wall = asked.wall or calendars.zone()
    live = [_live(now, asked, span) for span in _spans(asked, frozen, wall, this_month(now, wall))]
    return _merged([*found, *(line for part in live for line in part)])


@dataclass(frozen=True)
class _Span:
    """Months that nobody has frozen, one after the other; `open` where it has no end."""

    months: list[Period]
    open: bool = False

    @property
    def condition(self) -> Q:
        """Whether a due lies in it."""
        begins = Q(due_at__gte=self.months[0].begins)
        return begins if self.open else begins & Q(due_at__lt=self.months[-1].ends)


def _spans(asked: Asked, frozen: set[str], wall: ZoneInfo, current: str) -> list[_Span]:
    """Return the stretches of months that are asked for and not frozen."""
    last = asked.until or max([current, asked.since, *frozen])
    runs: list[list[Period]] = [[]]
    for month in months_between(asked.since, last):
        if month in frozen:
            runs.append([])
        else:
            runs[-1].append(periods.named(month, zone=wall))
    spans = [_Span(run) for run in runs if run]
    if asked.until:
        return spans
    if spans and spans[-1].months[-1].name == last:
        return [*spans[:-1], replace(spans[-1], open=True)]
    return [*spans, _Span([periods.named(month_before(last, -1), zone=wall)], open=True)]


def _live(now: datetime, asked: Asked, span: _Span) -> list[Line]:
    """Return the lines of one stretch as the duties say now: one GROUP BY, in the order of the index for scores."""
    rows = asked.of(Duty.objects.filter(span.condition), "bound_desk_id")
    counts: dict[str, Any] = {
        f"n_{name}": Count("pk", filter=condition) for name, condition in conditions(now).items()
    }
    counts["n_waiting"] = Count("pk", filter=WAITING)
    counts["n_sent_back"] = Sum("sent_back", filter=Q(drill=False), default=0)
    group = _group(asked, span)
    names = [f"n_{name}" for name in PLAIN]
    counted = rows.values(**group).order_by().annotate(**counts).values_list(*group, *names)
    sums: dict[LineKey, list[int]] = {}
    for row in counted if asked.counts else ():
        key, numbers = _key(asked, row[: len(group)]), row[len(group) :]
        before = sums.get(key)
        sums[key] = list(numbers) if before is None else [a + b for a, b in zip(before, numbers, strict=True)]
    extras = _extras(asked, span, rows) if asked.extras else {}
    none = [0] * len(names)
    found = []
    for key in [*sums, *(key for key in extras if key not in sums)]:
        withheld, delays = extras.get(key, (0, {}))
        found.append(Line(*key, tally_from([*sums.get(key, none), withheld], delays)))
    return found


def _extras(asked: Asked, span: _Span, rows: QuerySet[Duty]) -> dict[LineKey, tuple[int, Mapping[int, int]]]:
    """Return by group how many performances withheld a field, and the delays of the events that opened duties."""
    group = _group(asked, span)
    withheld: Counter[LineKey] = Counter()
    forbidden = rows.filter(WITHHELD).values(**group).annotate(n=Count("pk")).order_by()
    for row in forbidden.values_list(*group, "n"):
        withheld[_key(asked, row)] += row[-1]
    opened = rows.filter(drill=False, opened_by__startswith="event:").values(**group, by=F("opened_by"))
    found = list(opened.annotate(n=Count("pk")).order_by().values_list(*group, "by", "n"))
    late = delays_of(row[-2] for row in found)
    delays: dict[LineKey, Counter[int]] = {}
    for row in found:
        if row[-2] in late:
            delays.setdefault(_key(asked, row), Counter())[late[row[-2]]] += row[-1]
    return {key: (withheld[key], dict(delays.get(key, {}))) for key in {*withheld, *delays}}


def delays_of(opened_by: Iterable[str]) -> dict[str, int]:
    """Return for each `event:…` the whole minutes from known to recorded; a computed event was told by nobody."""
    ids = {UUID(each.removeprefix("event:")) for each in opened_by if each.startswith("event:")}
    events = Event.objects.filter(pk__in=ids, engine__isnull=True)
    return {
        f"event:{pk}": (recorded - known) // timedelta(minutes=1)
        for pk, known, recorded in events.values_list("pk", "known_at", "recorded_at")
    }


def _group(asked: Asked, span: _Span) -> dict[str, Any]:
    """Return what SQL groups by: always the whole key, because the index has it in this order; and the month."""
    group: dict[str, Any] = {f"by_{name}": F(COLUMNS[name]) for name in KEY}
    group["made_up"] = F("illustrative")
    if asked.monthly:
        months = [When(due_at__lt=month.ends, then=Value(month.name)) for month in span.months]
        group["by_month"] = Case(*months)
    return group


def _key(asked: Asked, row: Sequence[Any]) -> LineKey:
    """Return the key of a line from a grouped row: what nobody asked for is left out."""
    clause_key, desk, purpose = (row[i] if name in asked.by else "" for i, name in enumerate(KEY))
    return (clause_key, desk, purpose, bool(row[3]), row[4] if asked.monthly else "")


def _merged(found: list[Line]) -> list[Line]:
    """Return one line a group: a frozen part and a live one are added up."""
    known: dict[LineKey, Line] = {}
    for line in found:
        before = known.get(line.key)
        known[line.key] = line if before is None else added(before, line)
    return list(known.values())


def added(one: Line, other: Line) -> Line:
    """Return the first line with the tallies of both."""
    restated = one.frozen is not None or other.frozen is not None
    frozen = (one.frozen or one.tally) + (other.frozen or other.tally) if restated else None
    return replace(one, tally=one.tally + other.tally, frozen=frozen)


@dataclass(frozen=True)
class Kept:
    """How a clause, an instrument or a field was kept: duties that are judged, and those on time."""

    on_time: int
    total: int
    illustrative: bool

    def __add__(self, other: Kept) -> Kept:
        return Kept(
            self.on_time + other.on_time,
            self.total + other.total,
            self.illustrative or other.illustrative,
        )

    @property
    def share(self) -> float | None:
        """The on-time share; None under five duties, because no percentage is told then."""
        return self.on_time / self.total if self.total >= ENOUGH else None


NONE_KEPT = Kept(0, 0, illustrative=False)


def of_clauses(now: datetime, clause_keys: Collection[str] | None = None) -> dict[str, tuple[Tally, bool]]:
    """Return for each clause the tally of twelve months, and whether it is illustrative; only what may be shown."""
    found: dict[str, tuple[Tally, bool]] = {}
    wall = calendars.zone()
    asked = Asked(year_to(this_month(now, wall)), clause_keys=clause_keys, by=("clause_key",), wall=wall)
    for line in lines(now, asked):
        if scores_shown(line.illustrative):
            tally, made_up = found.get(line.clause_key, (Tally(), False))
            found[line.clause_key] = (tally + line.tally, made_up or (line.illustrative and line.tally.n > 0))
    return found


def kept_by_clause(now: datetime, clause_keys: Collection[str] | None = None) -> dict[str, Kept]:
    """Return for each clause how its duties of twelve months were kept; only what may be shown is in it."""
    return {key: kept_of(*found) for key, found in of_clauses(now, clause_keys).items()}


def kept_of(tally: Tally, made_up: bool) -> Kept:
    """Return a tally as a share that was kept."""
    return Kept(tally.on_time, tally.n, made_up)


def kept(now: datetime, *, instrument: str = "", clause_key: str = "") -> Kept:
    """Return how one clause, one instrument or all of them were kept in twelve months."""
    keys = [clause_key] if clause_key else keys_of(instrument) if instrument else None
    return kept_in_all(of_clauses(now, keys))


def kept_in_all(counts: Mapping[str, tuple[Tally, bool]]) -> Kept:
    """Return how all these clauses, as `of_clauses` gives them, were kept together."""
    return sum((kept_of(*found) for found in counts.values()), NONE_KEPT)


def keys_of(instrument: str) -> list[str]:
    """Return the keys of an instrument's clauses, over all its versions."""
    names = Clause.objects.filter(version__instrument_id=instrument).values_list("name", flat=True)
    return sorted({f"{instrument}/{name}" for name in names})


def kept_by_instrument(now: datetime) -> dict[str, Kept]:
    """Return for each instrument how its duties of twelve months were kept."""
    found: dict[str, Kept] = {}
    for clause_key, part in kept_by_clause(now).items():
        instrument = clause_key.partition("/")[0]
        found[instrument] = found.get(instrument, NONE_KEPT) + part
    return found
