"""Reads of measures: how the clauses of each field were kept in twelve months, for the flower."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, F, Q

from tongxin.heart.agreements import queries as agreements
from tongxin.heart.agreements.models import Duty
from tongxin.heart.agreements.queries import Kept

YEAR = timedelta(days=365)


@dataclass(frozen=True)
class FieldKept:
    """A field of cooperation that has clauses in force: its agreements, and how its duties were kept."""

    code: str
    agreements: int
    kept: Kept


def kept_by_field(now: datetime) -> list[FieldKept]:
    """Return, for each field with an instrument in force, the duties due in twelve months and those met on time.

    The same count as `agreements.queries.kept` (HEART §11): on time ÷ (met + not met + overdue now); excused, void
    and drill duties stay out. One statement for all fields, because every page shows the mark.
    """
    in_force: dict[str, int] = {}
    for version in agreements.versions_in_force(now):
        in_force[version.instrument.field] = in_force.get(version.instrument.field, 0) + 1
    ended = Q(state__in=[Duty.State.MET, Duty.State.FAILED])
    counted = ended | Q(state=Duty.State.OPEN, due_at__lt=now)
    rows = (
        Duty.objects.filter(counted, due_at__gte=now - YEAR, drill=False)
        .values(field=F("clause__version__instrument__field"))
        .annotate(
            total=Count("id"),
            on_time=Count("id", filter=Q(state=Duty.State.MET, delivered_at__lte=F("due_at"))),
            made_up=Count("id", filter=Q(illustrative=True)),
        )
        .order_by("field")
    )
    found = {row["field"]: Kept(row["on_time"], row["total"], row["made_up"] > 0) for row in rows}
    none = Kept(0, 0, illustrative=False)
    return [FieldKept(code, n, found.get(code, none)) for code, n in sorted(in_force.items())]
