"""Ties between places: who owes whom how much, in which field, as counts; for the map and for its table."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tongxin.heart.agreements import queries as agreements
from tongxin.heart.agreements import wording
from tongxin.heart.agreements.models import Duty
from tongxin.heart.region.acting import Acting
from tongxin.heart.region.models import Jurisdiction
from tongxin.shared.named import pick
from tongxin.site.board_rows import coordinates

STANDING = [Duty.State.OPEN, Duty.State.CLAIMED, Duty.State.SUSPENDED]


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


def tie_rows(reader: Acting | None, now: datetime) -> list[TieRow]:
    """Return the ties that a reader may see, by field and place; None and coordination offices: of the whole region.

    The whole region's are counts that name no office and no matter; drills stay out.
    """
    if reader is None or coordinates(reader):
        duties = Duty.objects.all()
    else:
        duties = agreements.duties(reader).order_by()
    rows = duties.filter(
        state__in=STANDING,
        drill=False,
        bound_desk__jurisdiction__isnull=False,
        owed_desk__jurisdiction__isnull=False,
    ).values_list(
        "clause__version__instrument__field",
        "bound_desk__jurisdiction_id",
        "owed_desk__jurisdiction_id",
        "due_at",
        "purpose",
        "illustrative",
    )
    total: Counter[tuple[str, str, str]] = Counter()
    late: Counter[tuple[str, str, str]] = Counter()
    wait: Counter[tuple[str, str, str]] = Counter()
    made_up: Counter[tuple[str, str, str]] = Counter()
    for field, bound, owed, due_at, purpose, illustrative in rows:
        key = (field, bound, owed)
        total[key] += 1
        late[key] += due_at < now
        wait[key] += purpose == Duty.Purpose.CONFIRM
        made_up[key] += illustrative
    places = Jurisdiction.objects.in_bulk({place for _field, *pair in total for place in pair})
    return [
        TieRow(
            field,
            str(wording.FIELD_NAMES.get(field, field)),
            places[bound],
            places[owed],
            n,
            late[(field, bound, owed)],
            wait[(field, bound, owed)],
            made_up[(field, bound, owed)] > 0,
        )
        for (field, bound, owed), n in sorted(total.items())
    ]


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
