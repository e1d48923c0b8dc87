"""Scores: how clauses are kept, computed from duties; by clause, desk, jurisdiction, instrument, field, or in total.

`on time · late · not met · overdue now` make n; on-time share = on time ÷ n, and no percentage under five. Everything
else a score tells stands beside it and never in it (HEART §11).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tongxin.heart.agreements import almanac, keeping
from tongxin.heart.agreements.keeping import Asked, Delay, Line, Tally, scores_shown, summed
from tongxin.heart.agreements.models import Instrument
from tongxin.heart.agreements.periods import NAME, named
from tongxin.heart.region import calendars
from tongxin.shared.errors import Invalid

GROUPS = ("clause", "desk", "jurisdiction", "instrument", "field")  # by what the list may be rolled up
PARTS = (*GROUPS, "purpose", "month")
LONGEST = 36  # months in one question
ORDERS = ("on_time", "late", "failed", "overdue", "excused", "void", "no_time_left", "suspended", "sent_back")


@dataclass(frozen=True)
class Which:
    """Which duties a score is of; what is empty does not narrow it. Months are names of dues, both ends inclusive."""

    since: str
    until: str = ""
    field: str = ""
    instrument: str = ""
    clause: str = ""  # instrument/clause
    party: str = ""  # jurisdiction or group of the bound desk
    desk: str = ""
    purpose: str = ""
    wall: ZoneInfo | None = None  # the region's time zone, where it is at hand
    frozen: tuple[str, ...] | None = None  # the months that are frozen, where they are at hand

    def this_month(self, now: datetime) -> str:
        """Return the month that runs."""
        return keeping.this_month(now, self.wall)


@dataclass(frozen=True)
class Score:
    """How well one group of duties was kept. `parts` says what the group is: clause, desk, purpose, month …"""

    parts: Mapping[str, str]
    tally: Tally
    frozen: Tally | None  # as it was frozen, where the duties say something else since
    illustrative: bool  # one illustrative duty makes it so

    @property
    def n(self) -> int:
        """The duties that are judged."""
        return self.tally.n

    @property
    def share(self) -> float | None:
        """The on-time share; None under five duties."""
        return self.tally.share

    @property
    def delay(self) -> Delay | None:
        """How late the events were recorded; None where that was not asked for, or no report opened a duty."""
        return self.tally.delay

    @property
    def restated(self) -> bool:
        """Whether a frozen month in it says something else now."""
        before, after = self.frozen, self.tally
        return before is not None and any(getattr(before, n) != getattr(after, n) for n in keeping.PLAIN)


def which(now: datetime, given: Mapping[str, str]) -> Which:
    """Return what an address or a command asks for: `month`, or `since` and `until`; else twelve months and later dues.

    Raises Invalid, naming the field, for what is no month, and for more than three years.
    """
    wall = calendars.zone()
    this = keeping.this_month(now, wall)
    month = given.get("month", "")
    since = month or given.get("since", "") or keeping.year_to(this)
    until = month or given.get("until", "")
    wrong: dict[str, list[Any]] = {
        name: [_("Write a month as year and month, such as 2026-03.")]
        for name, text in (("month", month), ("since", since), ("until", until))
        if text and not is_month(text)
    }
    length = 0 if wrong else keeping.how_many_months(since, until or this)
    if not wrong and not 1 <= length <= LONGEST:
        wrong = {"until": [_("Choose up to %(n)d months, the later one last.") % {"n": LONGEST}]}
    if wrong:
        raise Invalid(_("No scores can be told for this."), wrong, code="no_such_month")
    return Which(
        since,
        until,
        field=given.get("field", ""),
        instrument=given.get("instrument", ""),
        clause=given.get("clause", ""),
        party=given.get("party", ""),
        desk=given.get("desk", ""),
        purpose=given.get("purpose", ""),
        wall=wall,
    )


def is_month(text: str) -> bool:
    """Whether a text names a month, such as 2026-03, of the years that the calendars know."""
    found = NAME.fullmatch(text)
    if found is None or not 1 <= int(found["month"] or 0) <= 12:
        return False
    return almanac.FIRST_YEAR <= int(found["year"]) <= almanac.LAST_YEAR


def scores(
    now: datetime,
    wanted: Which,
    by: tuple[str, ...] = ("clause", "purpose"),
    *,
    counts: bool = True,
    extras: bool = False,
    clauses: Collection[str] | None = None,
) -> list[Score]:
    """Return the scores by the parts named (of PARTS; none: the total), sorted by them.

    `extras` also counts what was withheld and how late events were recorded, which is dearer: for few `clauses`;
    without `counts` nothing else is counted.
    By month, dues after the running one are left out unless `until` names a later month.
    In the demonstration illustrative duties are in and mark their sums; elsewhere they are left out.
    """
    by_field = wanted.field or "field" in by
    fields = dict(Instrument.objects.values_list("id", "field")) if by_field else {}
    found: dict[tuple[str, ...], Line] = {}
    for line in _lines(now, wanted, by, counts=counts, extras=extras, clauses=clauses):
        if not (scores_shown(line.illustrative) and _fits(line, wanted, fields)):
            continue
        key = tuple(VALUES[part](line, fields) for part in by)
        before = found.get(key)
        found[key] = line if before is None else _added(before, line)
    return [
        Score(dict(zip(by, key, strict=True)), line.tally, line.frozen, line.illustrative)
        for key, line in sorted(found.items())
    ]


def total(parts: list[Score]) -> Score:
    """Return the sum of scores; of none, an empty one."""
    tally = summed([part.tally for part in parts])
    restated = any(part.frozen is not None for part in parts)
    frozen = summed([part.frozen or part.tally for part in parts]) if restated else None
    return Score({}, tally, frozen, any(part.illustrative for part in parts))


def rolled(parts: Iterable[Score], by: tuple[str, ...]) -> list[Score]:
    """Return scores that were told apart by more, rolled up by some of their parts; sorted by them."""
    found: dict[tuple[str, ...], list[Score]] = {}
    for score in parts:
        found.setdefault(tuple(score.parts[part] for part in by), []).append(score)
    return [
        replace(total(group), parts=dict(zip(by, key, strict=True))) for key, group in sorted(found.items())
    ]


def _lines(
    now: datetime,
    wanted: Which,
    by: tuple[str, ...],
    *,
    counts: bool,
    extras: bool,
    clauses: Collection[str] | None,
) -> list[Line]:
    needed = {NEEDS[part] for part in by if part in NEEDS}
    needed |= {"desk"} if wanted.party else set()
    needed |= {"clause_key"} if wanted.field else set()
    keys = clauses
    if wanted.clause:
        keys = [wanted.clause]
    elif wanted.instrument and clauses is None:
        keys = keeping.keys_of(wanted.instrument)
    asked = Asked(
        wanted.since,
        wanted.until or (max(wanted.this_month(now), wanted.since) if "month" in by else ""),
        clause_keys=keys,
        desk=wanted.desk,
        purpose=wanted.purpose,
        by=tuple(name for name in keeping.KEY if name in needed),
        monthly="month" in by,
        counts=counts,
        extras=extras,
        wall=wanted.wall,
        frozen=wanted.frozen,
    )
    return keeping.lines(now, asked)


def _fits(line: Line, wanted: Which, fields: Mapping[str, str]) -> bool:
    if wanted.field and VALUES["field"](line, fields) != wanted.field:
        return False
    return not wanted.party or VALUES["jurisdiction"](line, fields) == wanted.party


def _added(one: Line, other: Line) -> Line:
    """Add two lines; what is illustrative in one part is so as a whole."""
    line = keeping.added(one, other)
    return Line(
        line.clause_key,
        line.desk,
        line.purpose,
        one.illustrative or other.illustrative,
        line.month,
        line.tally,
        line.frozen,
    )


NEEDS = {
    "clause": "clause_key",
    "instrument": "clause_key",
    "field": "clause_key",
    "desk": "desk",
    "jurisdiction": "desk",
    "purpose": "purpose",
}
VALUES: dict[str, Callable[[Line, Mapping[str, str]], str]] = {
    "clause": lambda line, _fields: line.clause_key,
    "instrument": lambda line, _fields: line.clause_key.partition("/")[0],
    "field": lambda line, fields: fields.get(line.clause_key.partition("/")[0], ""),
    "desk": lambda line, _fields: line.desk,
    "jurisdiction": lambda line, _fields: line.desk.partition("/")[0],
    "purpose": lambda line, _fields: line.purpose,
    "month": lambda line, _fields: line.month,
}


def behind(now: datetime, wanted: Which, sort: str = "") -> Q:
    """Return the condition of the duties behind a score, or behind one of its numbers."""
    found = Q(due_at__gte=named(wanted.since, zone=wanted.wall).begins)
    if wanted.until:
        found &= Q(due_at__lt=named(wanted.until, zone=wanted.wall).ends)
    if not scores_shown(illustrative=True):
        found &= Q(illustrative=False)
    if wanted.field:
        found &= Q(clause__version__instrument__field=wanted.field)
    if wanted.instrument:
        found &= Q(clause_key__in=keeping.keys_of(wanted.instrument))
    if wanted.clause:
        found &= Q(clause_key=wanted.clause)
    if wanted.party:
        found &= Q(bound_desk__jurisdiction_id=wanted.party) | Q(bound_desk__group_id=wanted.party)
    if wanted.desk:
        found &= Q(bound_desk_id=wanted.desk)
    if wanted.purpose:
        found &= Q(purpose=wanted.purpose)
    return found & condition_of(now, sort) if sort else found


def condition_of(now: datetime, sort: str) -> Q:
    """Return the condition of one number of a score: a sort of duty, n, or what is counted besides."""
    sorts = keeping.conditions(now)
    if sort == "n":
        return sorts["on_time"] | sorts["late"] | sorts["failed"] | sorts["overdue"]
    besides: dict[str, Any] = {
        "waiting": keeping.WAITING,
        "sent_back": Q(drill=False, sent_back__gt=0),
        "withheld": keeping.WITHHELD,
    }
    return sorts[sort] if sort in sorts else besides[sort]


NUMBERS = ("n", *keeping.SORTS, *keeping.FLAGS)  # what `behind` knows
