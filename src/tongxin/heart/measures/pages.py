"""What the pages of scores show: rolled-up rows, a table of months, the duties behind a number, a frozen month."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tongxin.heart.agreements import keeping, wording
from tongxin.heart.agreements import queries as agreements
from tongxin.heart.agreements.keeping import Line, scores_shown
from tongxin.heart.agreements.models import Duty, Instrument
from tongxin.heart.measures import frozen as frozen_months
from tongxin.heart.measures import scores, sheet
from tongxin.heart.measures.models import Restatement
from tongxin.heart.measures.scores import Score, Which
from tongxin.heart.measures.sheet import Row
from tongxin.heart.region.acting import Acting
from tongxin.shared.errors import NotFound

FINEST = ("clause", "instrument", "field", "desk", "jurisdiction", "purpose")
MONTHS_BACK = 23  # that the filter offers
LATER = "later"  # the column of dues after this month
CHANGES_SHOWN = 100
MONTH_PAGE = 30


def parts(now: datetime, wanted: Which) -> list[Score]:
    """Return the scores that are asked for, told apart as finely as possible; everything on a page sums them."""
    return scores.scores(now, wanted, FINEST)


def rows(found: list[Score], by: tuple[str, ...], known: Mapping[str, Instrument]) -> list[Row]:
    """Return the rows of the list, rolled up and named."""
    return sheet.rows(scores.rolled(found, by), known)


def instruments(found: list[Score], wanted: Which) -> dict[str, Instrument]:
    """Return the instruments that these scores are of, and the one that is asked for."""
    return Instrument.objects.in_bulk({score.parts["instrument"] for score in found} | {wanted.instrument})


def extras(now: datetime, wanted: Which, by: tuple[str, ...], keys: Sequence[str]) -> list[Score]:
    """Return what was withheld under these clauses and how late events were recorded; nothing else is counted."""
    return scores.scores(now, wanted, by, counts=False, extras=True, clauses=keys) if keys else []


def with_extras(shown: Sequence[Row], found: Iterable[Score]) -> list[Row]:
    """Return the rows of one page with the extras that were found for them."""
    dear = {tuple(score.parts.values()): score.tally for score in found}
    none = keeping.Tally()
    return [
        replace(
            row,
            score=replace(row.score, tally=row.score.tally + dear.get(tuple(row.score.parts.values()), none)),
        )
        for row in shown
    ]


def last_months(now: datetime, wanted: Which) -> list[str]:
    """Return the months that a page offers to narrow by, this one first."""
    this = wanted.this_month(now)
    return [keeping.month_before(this, back) for back in range(MONTHS_BACK + 1)]


def filters(
    now: datetime, found: list[Score], wanted: Which, known: Mapping[str, Instrument]
) -> list[dict[str, Any]]:
    """Return what the list can be narrowed by: months, and the fields, parties and instruments that it holds."""
    fields = {score.parts["field"] for score in found} | {wanted.field}
    places = {score.parts["jurisdiction"] for score in found} | {wanted.party}
    names = wording.party_names(sorted(places - {""}))
    months = [(month, month) for month in last_months(now, wanted)]
    return [
        {"name": "month", "label": _("Months"), "all": _("12 months"), "options": months},
        {
            "name": "field",
            "label": _("Field"),
            "all": _("All fields"),
            "options": [(code, name) for code, name in wording.FIELD_NAMES.items() if code in fields],
        },
        {
            "name": "instrument",
            "label": _("Instrument"),
            "all": _("All instruments"),
            "options": [(key, sheet.title(row)) for key, row in sorted(known.items())],
        },
        {
            "name": "party",
            "label": _("Whose duties"),
            "all": _("All jurisdictions"),
            "options": sorted(names.items()),
        },
    ]


@dataclass(frozen=True)
class Cell:
    """One number of the table of months: a score, and where the duties behind it are."""

    month: str
    score: Score | None


@dataclass(frozen=True)
class Office:
    """What one office owed under a clause, by month, and in all."""

    row: Row
    cells: list[Cell]


@dataclass(frozen=True)
class ClauseTable:
    """A clause with one row for each office and purpose."""

    row: Row
    offices: list[Office]


def instrument(now: datetime, wanted: Which) -> dict[str, Any]:
    """Return the tables of an instrument: clauses, then offices and purposes, a column a month, the newest first."""
    this = wanted.this_month(now)
    last = wanted.until or max(this, wanted.since)
    by = ("clause", "desk", "purpose")
    keys = keeping.keys_of(wanted.instrument)
    found = scores.scores(now, replace(wanted, until=last), (*by, "month"), extras=True, clauses=keys)
    months = keeping.months_between(wanted.since, last)
    if not wanted.until:
        later = replace(wanted, since=keeping.month_before(last, -1))
        more = scores.scores(now, later, by, clauses=keys)
        found += [replace(score, parts={**score.parts, "month": LATER}) for score in more]
        months += [LATER] if more else []
    months.reverse()  # on a narrow screen the first columns are what is seen
    whole = scores.rolled(found, by)
    cells: dict[tuple[str, ...], dict[str, Score]] = {}
    for score in found:
        cells.setdefault(tuple(score.parts[part] for part in by), {})[score.parts["month"]] = score
    offices: dict[str, list[Office]] = {}
    for row in sheet.rows(whole):
        key = tuple(row.score.parts[part] for part in by)
        of_months = [Cell(month, cells[key].get(month)) for month in months]
        offices.setdefault(key[0], []).append(Office(row, of_months))
    froze = set(wanted.frozen or ())
    return {
        "tables": [
            ClauseTable(
                replace(offices[score.parts["clause"]][0].row, score=score), offices[score.parts["clause"]]
            )
            for score in scores.rolled(whole, ("clause",))
        ],
        "heads": [{"month": m, "frozen": m in froze, "later": m == LATER} for m in months],
        "total": scores.total(whole),
    }


def instrument_of(instrument: str) -> Instrument:
    """Return an instrument by its id. Raises NotFound."""
    row = Instrument.objects.filter(pk=instrument[:80]).first()
    if row is None:
        what, todo = gettext_lazy("There is no such agreement."), gettext_lazy("Look in the register.")
        raise NotFound("no_such_agreement", what, todo=todo)
    return row


def behind(now: datetime, wanted: Which, number: str, reader: Acting | None) -> tuple[QuerySet[Duty], int]:
    """Return the duties behind a number that the reader may see, latest due first, and how many there are in all."""
    condition = scores.behind(now, wanted, number)
    everything = Duty.objects.filter(condition).count()
    if reader is None:
        return Duty.objects.none(), everything
    return agreements.duties(reader).filter(condition).order_by("-due_at", "-pk"), everything


def duty_rows(found: Iterable[Duty], now: datetime) -> list[dict[str, Any]]:
    """Return duties with what they count as now."""
    told = []
    for duty in found:
        sort = keeping.sort_of(
            duty.state,
            due_at=duty.due_at,
            delivered_at=duty.delivered_at,
            drill=duty.drill,
            no_time_left=duty.no_time_left,
            now=now,
        )
        told.append(
            {
                "duty": duty,
                "sort": sheet.NUMBERS[sort],
                "words": wording.duty_words(duty),
                "number": duty.thread.partition(":")[2],
                "url": reverse("duty", args=[duty.pk]),
                "bound": wording.desk_name(duty.bound_desk),
                "owed": wording.desk_name(duty.owed_desk),
            }
        )
    return told


def named(wanted: Which) -> list[tuple[Any, Any]]:
    """Return what a list of duties is narrowed to, in words."""
    found: list[tuple[Any, Any]] = []
    given = {
        name: text
        for name, text in (("clause", wanted.clause), ("desk", wanted.desk), ("purpose", wanted.purpose))
        if text
    }
    if wanted.party:
        given["jurisdiction"] = wanted.party
    if given:
        [row] = sheet.rows([Score(given, keeping.Tally(), None, illustrative=False)])
        found = [(sheet.PARTS[part], row.names[part]) for part in given]
    if wanted.since == wanted.until:
        return [*found, (sheet.PARTS["month"], wanted.since)]
    return [*found, (sheet.PARTS["month"], f"{wanted.since}–{wanted.until}")]


def frozen_month(found: frozen_months.Month, reader: Acting | None, page: str) -> dict[str, Any]:
    """Return the rows of a frozen month, as frozen and as restated, those that changed first, and what changed."""
    lines = [line for line in frozen_months.lines_of(found.row.month) if scores_shown(line.illustrative)]
    told = sorted((score_of(line) for line in lines), key=lambda score: not score.restated)
    shown = Paginator(told, MONTH_PAGE).get_page(page)
    changed = found.row.restatements.order_by("-id")
    if not scores_shown(illustrative=True):
        changed = changed.filter(illustrative=False)
    return {
        "page": shown,
        "rows": sheet.rows(list(shown)),
        "total": scores.total(told),
        "revised": sum(score.restated for score in told),
        "changes": _changes(list(changed[:CHANGES_SHOWN]), reader),
    }


def score_of(line: Line) -> Score:
    """Return a line of a frozen month as a score."""
    given = {"clause": line.clause_key, "desk": line.desk, "purpose": line.purpose}
    return Score(given, line.tally, line.frozen, line.illustrative)


def _changes(found: Sequence[Restatement], reader: Acting | None) -> list[dict[str, Any]]:
    """Return restatements with their names; duties are named to those who have a part in them."""
    named_rows = sheet.rows(
        [
            Score(
                {"clause": row.clause_key, "desk": row.desk, "purpose": row.purpose},
                keeping.tally_of(row.after),
                keeping.tally_of(row.before),
                row.illustrative,
            )
            for row in found
        ]
    )
    seen = _seen({each["duty"] for row in found for each in row.duties}, reader)
    return [
        {
            "row": named_row,
            "at": row.at,
            "said": [
                {"duty": each["duty"], "from": _sort(each["from"]), "to": _sort(each["to"])}
                for each in row.duties
                if each["duty"] in seen
            ],
            "hidden": sum(each["duty"] not in seen for each in row.duties),
        }
        for row, named_row in zip(found, named_rows, strict=True)
    ]


def _seen(wanted: set[int], reader: Acting | None) -> set[int]:
    if reader is None or not wanted:
        return set()
    rows = agreements.duties(reader).filter(Q(pk__in=wanted)).order_by()
    return set(rows.values_list("pk", flat=True))


def _sort(sort: str) -> Any:
    return sheet.NUMBERS[sort] if sort else _("not in this month")
