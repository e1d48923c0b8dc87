"""The desk's day as lists: what came in, what is in hand, whose it is, what waits, what is late; read by key, in pages.

Each list goes through an index of a desk's open cases in the order in which they are due, so that a page costs the
same however many cases there are. A page ends with the key of its last line; the next one begins after it.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.functions import Substr
from django.utils.translation import gettext_lazy as _

from tongxin.heart.agreements.models import Duty
from tongxin.heart.cases import queries
from tongxin.heart.cases.models import Assignment, Case, Offer, Procedure
from tongxin.heart.region.acting import Acting
from tongxin.shared import clock
from tongxin.shared.errors import Invalid

PAGE = 50
MOST = 999  # lists are counted so far, and said to have more beyond
SOON = timedelta(hours=48)
S = Case.State
TABS: dict[str, Any] = {
    "new": _("Received here"),
    "offered": _("Offered to us"),
    "hands": _("In our hands"),
    "mine": _("Mine"),
    "waiting": _("With others"),
    "asked": _("Asked of the applicant"),
    "overdue": _("Late"),
    "soon": _("Due soon"),
    "decided": _("To be told and closed"),
}
SIDES: dict[str, Any] = {
    "here": _("Accepted here"),
    "elsewhere": _("Accepted elsewhere"),
}
STATES = (S.FILED, S.ACCEPTED, S.IN_HAND, S.SUSPENDED, S.DECIDED)
_OPEN = Q(decided_at__isnull=True, ended_at__isnull=True)
_WORKING = Q(state__in=(S.ACCEPTED, S.IN_HAND))


@dataclass(frozen=True)
class Asked:
    """What a list is asked for: which one, and by what it is narrowed; what is not known narrows nothing."""

    tab: str = "hands"
    procedure: str = ""
    state: str = ""
    side: str = ""
    q: str = ""
    after: str = ""  # the key of the last line before

    @property
    def filters(self) -> dict[str, str]:
        """What may be saved of it under a name."""
        return {
            name: getattr(self, name)
            for name in ("tab", "procedure", "state", "side", "q")
            if getattr(self, name)
        }


@dataclass(frozen=True)
class Line:
    """One case of a list: by when something is due, why, and who of the desk has it on the table."""

    case: Case
    due: datetime | None
    why: str  # promise, answer, applicant, others, told, none
    colleague: str = ""
    mine: bool = False


@dataclass(frozen=True)
class Page:
    """The lines of a page and the key after which the next begins; empty at the end."""

    lines: list[Line]
    after: str


@dataclass(frozen=True)
class _Source:
    """Cases in the order of a key: the rows with that key in `key`, and their number in `number`."""

    rows: QuerySet[Any]
    key: str
    number: str = "number"
    nulls: bool = False  # whether the key may be missing; such lines come last


def page(reader: Acting, asked: Asked, size: int = PAGE) -> Page:
    """Return a page of a list, what is due first on top. A fixed number of reads, however long the list is."""
    keys = _first(_sources(reader, asked), _after(asked.after), size + 1)
    more, keys = len(keys) > size, keys[:size]
    rows = queries.in_order(reader, [(number,) for _null, _key, number in keys])
    after = _written(keys[-1]) if more else ""
    return Page(_lines(reader, queries.with_names(_with_offers(reader, rows))), after)


def of_numbers(reader: Acting, numbers: Iterable[str]) -> list[Line]:
    """Return cases by number as lines, in the order in which they were named; those without a part are left out."""
    rows = queries.in_order(reader, [(number,) for number in dict.fromkeys(numbers)])
    return _lines(reader, queries.with_names(_with_offers(reader, rows)))


def _with_offers(reader: Acting, rows: list[Case]) -> list[Case]:
    """Return the cases with the offers that freeze them, read once for all."""
    frozen = {row.frozen_by_id for row in rows if row.frozen_by_id is not None}
    offers = Offer.objects.read_by(reader.desk).in_bulk(frozen)
    for row in rows:
        row.frozen_by = offers[row.frozen_by_id] if row.frozen_by_id is not None else None
    return rows


def counts(reader: Acting) -> dict[str, int]:
    """Return how many cases each list has, at most `MOST` + 1 of each."""
    return {
        tab: min(
            MOST + 1,
            sum(source.rows.order_by()[: MOST + 1].count() for source in _sources(reader, Asked(tab=tab))),
        )
        for tab in TABS
    }


def _sources(reader: Acting, asked: Asked) -> list[_Source]:
    """Return what a list is put together from; each case stands in one of them only."""
    now, desk = clock.now(), reader.desk
    rows = Case.objects.read_by(desk).filter(_narrowed(asked, desk))
    held = rows.filter(_OPEN, holder_id=desk)
    ours = rows.filter(_OPEN, accepting_desk_id=desk)
    match asked.tab:
        case "new":
            return [_Source(rows.filter(accepting_desk_id=desk, state=S.FILED), "filed_at")]
        case "offered":
            asks = Q(frozen_by__to_desk_id=desk, frozen_by__settled_at__isnull=True)
            return [_Source(rows.filter(asks), "frozen_by__offered_at")]
        case "mine":
            own = (
                Assignment.objects.read_by(desk)
                .filter(desk_id=desk, person__in=reader.persons)
                .values("case_id")
            )
            standing = Q(ended_at__isnull=True, number__in=own)
            return [_Source(rows.filter(standing), "promise_due_at", nulls=True)]
        case "waiting":
            away = ours.exclude(holder_id=desk)
            return [
                _Source(held.filter(frozen_by__isnull=False), "promise_due_at", nulls=True),
                _Source(away, "promise_due_at", nulls=True),
            ]
        case "asked":
            return [_Source(held.filter(state=S.SUSPENDED), "promise_due_at", nulls=True)]
        case "overdue" | "soon":
            since, until = (None, now) if asked.tab == "overdue" else (now, now + SOON)
            late = Q(promise_due_at__lt=until) & (Q(promise_due_at__gte=since) if since else Q())
            return [
                _Source(held.filter(_WORKING, late), "promise_due_at"),
                _answers(reader, asked, since, until),
            ]
        case "decided":
            return [_Source(rows.filter(accepting_desk_id=desk, state=S.DECIDED), "filed_at")]
    return [_Source(held.filter(_WORKING, frozen_by__isnull=True), "promise_due_at", nulls=True)]


def _answers(reader: Acting, asked: Asked, since: datetime | None, until: datetime) -> _Source:
    """Return the offers that the desk is to answer in a span of time, as a source."""
    owed = Duty.objects.filter(
        bound_desk_id=reader.desk, state=Duty.State.OPEN, due_at__lt=until, subject__startswith="answer:"
    )
    owed = owed.filter(due_at__gte=since) if since else owed
    owed = owed.annotate(number=Substr("thread", len("case:") + 1))
    if narrowed := _narrowed(asked, reader.desk):
        owed = owed.filter(number__in=Case.objects.read_by(reader.desk).filter(narrowed).values("number"))
    return _Source(owed, "due_at")


def _narrowed(asked: Asked, desk: str) -> Q:
    found = Q()
    if asked.procedure:
        found &= Q(procedure__in=Procedure.objects.filter(name=asked.procedure).values("id"))
    if asked.state in STATES:
        found &= Q(state=asked.state)
    if asked.side == "here":
        found &= Q(accepting_desk_id=desk)
    elif asked.side == "elsewhere":
        found &= ~Q(accepting_desk_id=desk)
    return found & queries.sought(asked.q)


_Key = tuple[bool, datetime | None, str]  # whether the key is missing, the key, the number


def _first(sources: Iterable[_Source], after: _Key | None, n: int) -> list[_Key]:
    """Return the first keys of all sources together that come after one, in order."""
    found = heapq.merge(*(_taken(source, after, n) for source in sources), key=_order)
    return [key for key, _place in zip(found, range(n), strict=False)]


def _order(key: _Key) -> tuple[bool, float, str]:
    missing, at, number = key
    return missing, at.timestamp() if at else 0.0, number


def _taken(source: _Source, after: _Key | None, n: int) -> list[_Key]:
    found: list[_Key] = []
    columns = (source.key, source.number)
    if after is None or not after[0]:
        rows = source.rows.filter(**{f"{source.key}__isnull": False}) if source.nulls else source.rows
        if after is not None:
            beyond = Q(**{f"{source.key}__gt": after[1]}) | Q(**{f"{source.number}__gt": after[2]})
            rows = rows.filter(beyond, **{f"{source.key}__gte": after[1]})
        found = [(False, at, number) for at, number in rows.order_by(*columns).values_list(*columns)[:n]]
    if source.nulls and len(found) < n:
        rows = source.rows.filter(**{f"{source.key}__isnull": True})
        if after is not None and after[0]:
            rows = rows.filter(**{f"{source.number}__gt": after[2]})
        numbers = rows.order_by(source.number).values_list(source.number, flat=True)
        found += [(True, None, number) for number in numbers[: n - len(found)]]
    return found


def _written(key: _Key) -> str:
    missing, at, number = key
    return f"-~{number}" if missing or at is None else f"{at.isoformat()}~{number}"


def _after(text: str) -> _Key | None:
    """Return the key that an address carries; raises Invalid for anything that is none."""
    if not text:
        return None
    instant, tilde, number = text.partition("~")
    try:
        at = None if instant == "-" else datetime.fromisoformat(instant)
    except ValueError:
        at, tilde = None, ""
    if not tilde or (at is not None and at.tzinfo is None):
        raise Invalid(_("This is no place in a list."), {"after": [_("Begin the list anew.")]})
    return at is None, at, number[:20]


def _lines(reader: Acting, rows: list[Case]) -> list[Line]:
    """Return the rows as lines: the answers that are due, and who has the cases on the table, read once for all."""
    numbers = [row.number for row in rows]
    answers: dict[str, datetime] = dict(
        Duty.objects.filter(
            thread__in=[f"case:{number}" for number in numbers],
            bound_desk_id=reader.desk,
            state=Duty.State.OPEN,
            subject__startswith="answer:",
        ).values_list("thread", "due_at")
    )
    given = {
        row.case_id: row
        for row in Assignment.objects.read_by(reader.desk)
        .filter(case__in=numbers, desk_id=reader.desk)
        .select_related("person")
    }
    found = []
    for row in rows:
        answer = answers.get(f"case:{row.number}")
        whose = given.get(row.number)
        found.append(
            Line(
                case=row,
                due=answer or row.promise_due_at,
                why="answer" if answer else _why(row, reader.desk),
                colleague=whose.person.display_name or whose.person.username if whose else "",
                mine=whose is not None and whose.person_id in reader.persons,
            )
        )
    return found


def _why(row: Case, desk: str) -> str:
    """Return what the desk waits for, or is waited for."""
    if row.state == S.DECIDED:
        return "told"
    if row.state == S.FILED:
        return "accept"
    if row.holder_id != desk or row.frozen_by_id is not None:
        return "others"
    if row.state == S.SUSPENDED:
        return "applicant"
    return "promise"


def of_case(reader: Acting, number: str) -> Assignment | None:
    """Return who of the reader's desk has a case on the table."""
    rows = Assignment.objects.read_by(reader.desk).filter(case=number, desk_id=reader.desk)
    return rows.select_related("person").first()


def procedures_of(reader: Acting) -> list[Procedure]:
    """Return the procedures of the reader's cases, each name once, the newest version."""
    found, _places = queries.kinds_of(reader)
    return list({row.name: row for row in found}.values())
