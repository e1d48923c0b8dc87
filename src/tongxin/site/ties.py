"""Ties between places: who owes whom how much, in which field, as counts; for the map and for its table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tongxin.heart.agreements import agenda, conflicts, wording
from tongxin.heart.agreements import queries as agreements
from tongxin.heart.agreements.models import AgendaItem, ClauseConflict, Duty
from tongxin.heart.region.acting import Acting
from tongxin.heart.region.models import Jurisdiction
from tongxin.shared import clock
from tongxin.shared.named import pick
from tongxin.site.board_rows import coordinates

STANDING = Duty.STANDING
TieCount = tuple[str, str, str, int, int, int, int]


@dataclass(frozen=True)
class TieRow:
    """Open duties from one place to another in one field: counts, no content."""

    field: str
    field_name: str
    bound: Jurisdiction
    owed: Jurisdiction
    count: int
    overdue: int
    waiting: int  # of these, receipts that are awaited
    illustrative: bool

    @property
    def said(self) -> str:
        """The tie as a sentence, for the pointer on the map."""
        text = ngettext(
            "%(bound)s owes %(owed)s %(n)d duty (%(field)s)",
            "%(bound)s owes %(owed)s %(n)d duties (%(field)s)",
            self.count,
        ) % {
            "bound": pick(self.bound.short_zh, self.bound.short_en),
            "owed": pick(self.owed.short_zh, self.owed.short_en),
            "n": self.count,
            "field": self.field_name,
        }
        if self.overdue:
            text += pick("，", ", ") + ngettext("%(n)d late", "%(n)d late", self.overdue) % {
                "n": self.overdue
            }
        return text


@dataclass(frozen=True)
class RegionRow:
    """A tie on the region's board."""

    tie: TieRow
    conflicts: int
    agenda: int
    offices: tuple[str, ...]  # the coordination offices of the two sides


def tie_rows(reader: Acting | None, now: datetime, counted: Sequence[TieCount] | None = None) -> list[TieRow]:
    """Return the ties that a reader may see, by field and place; None and coordination offices: of the whole region.

    The whole region's are counts that name no office and no matter; drills stay out. `counted` are the reader's
    `tie_counts`, when they are at hand.
    """
    rows = tie_counts(reader, now) if counted is None else counted
    places = Jurisdiction.objects.in_bulk({place for row in rows for place in row[1:3]})
    names = {at: str(wording.FIELD_NAMES.get(at, at)) for at in {row[0] for row in rows}}
    return [
        TieRow(at, names[at], places[bound], places[owed], total, late, wait, made_up > 0)
        for at, bound, owed, total, late, wait, made_up in rows
    ]


def tie_counts(reader: Acting | None, now: datetime) -> list[TieCount]:
    """Return what the ties are made of: field, bound and owed place, open, late, receipts, illustrative ones.

    Counted by the database, so that a hundred thousand duties are a few rows here.
    """
    whole = reader is None or coordinates(reader)
    duties = Duty.objects.all() if whole or reader is None else agreements.duties(reader).order_by()
    standing = Q(state__in=Duty.STANDING, drill=False)
    placed = Q(bound_desk__jurisdiction__isnull=False, owed_desk__jurisdiction__isnull=False)
    counted = (
        duties.filter(standing, placed)
        .order_by()
        .values_list(
            "clause__version__instrument__field", "bound_desk__jurisdiction_id", "owed_desk__jurisdiction_id"
        )
        .annotate(
            total=Count("id"),
            late=Count("id", filter=Q(state=Duty.State.OPEN, due_at__lt=now)),
            wait=Count("id", filter=Q(purpose=Duty.Purpose.CONFIRM)),
            made_up=Count("id", filter=Q(illustrative=True)),
        )
        .order_by(
            "clause__version__instrument__field", "bound_desk__jurisdiction_id", "owed_desk__jurisdiction_id"
        )
    )
    return list(counted)


def whose(reader: Acting | None) -> str:
    """Return for whom the reader's counts of ties may be remembered: they are one desk's, or all readers' alike."""
    return "region" if reader is None or coordinates(reader) else reader.desk


def region_rows(now: datetime, counted: Sequence[TieCount] | None = None) -> list[RegionRow]:
    """Return the board of the region: each tie with its undecided conflicts, its lines on agendas, its two offices."""
    noted = ClauseConflict.objects.filter(_open_under("one_id"), _open_under("other_id"), ruling__isnull=True)
    torn = Counter(noted.values_list(*_pair("one__version__instrument__field", "")))
    items = agenda.standing(AgendaItem.objects.filter(duty__drill=False), clock.beijing(now).date())
    raised = Counter(items.values_list(*_pair("duty__clause__version__instrument__field", "duty__")))
    rows = tie_rows(None, now, counted)
    offices = {
        place: f"{place}/{conflicts.COORDINATION}"
        for place in {place.id for row in rows for place in (row.bound, row.owed)}
    }
    named = wording.desk_names(offices.values())
    names = {place: str(named.get(office, place)) for place, office in offices.items()}
    return [
        RegionRow(
            row,
            torn[(row.field, row.bound.id, row.owed.id)],
            raised[(row.field, row.bound.id, row.owed.id)],
            (names[row.bound.id], names[row.owed.id]),
        )
        for row in rows
    ]


def _open_under(clause: str) -> Exists:
    """Return the condition that a conflict's errand still holds an open duty under one of its clauses."""
    same = {name: OuterRef(name) for name in ("thread", "bound_desk_id", "owed_desk_id")}
    return Exists(Duty.objects.filter(state=Duty.State.OPEN, drill=False, clause_id=OuterRef(clause), **same))


def _pair(field: str, before: str) -> tuple[str, str, str]:
    return field, f"{before}bound_desk__jurisdiction_id", f"{before}owed_desk__jurisdiction_id"


def for_map(rows: list[TieRow]) -> list[dict[str, Any]]:
    """Return the ties as web/map reads them."""
    return [
        {
            "from": row.bound.id,
            "to": row.owed.id,
            "code": row.field,
            "n": row.count,
            "waiting": row.waiting == row.count,
            "late": row.overdue > 0,
            "label": row.said,
            "url": f"/desk/?field={row.field}",
        }
        for row in rows
    ]


def finding(rows: list[TieRow]) -> str:
    """Return what the map shows, in one sentence, for its label."""
    duties, late = sum(row.count for row in rows), sum(row.overdue for row in rows)
    if not duties:
        return _("No duty is open between the places.")
    text = ngettext(
        "%(n)d duty is open between the places", "%(n)d duties are open between the places", duties
    )
    text %= {"n": duties}
    if late:
        text += pick("，", ", ") + ngettext("%(n)d late", "%(n)d late", late) % {"n": late}
    return text + pick("。", ".")
