"""Reads of measures: how the clauses of each field were kept in twelve months, for the flower."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tongxin.heart.agreements import keeping
from tongxin.heart.agreements import queries as agreements
from tongxin.heart.agreements.keeping import Kept
from tongxin.heart.agreements.models import Instrument


@dataclass(frozen=True)
class FieldKept:
    """A field of cooperation that has clauses in force: its agreements, and how its duties were kept."""

    code: str
    agreements: int
    kept: Kept


def kept_by_field(now: datetime) -> list[FieldKept]:
    """Return, for each field with an instrument in force, the duties of twelve months and those met on time.

    The same count as every other score; few statements for all fields, because every page shows the mark.
    """
    in_force: dict[str, int] = {}
    for version in agreements.versions_in_force(now):
        in_force[version.instrument.field] = in_force.get(version.instrument.field, 0) + 1
    fields = dict(Instrument.objects.values_list("id", "field"))
    found: dict[str, Kept] = {}
    for instrument, kept in keeping.kept_by_instrument(now).items():
        code = fields.get(instrument, "")
        found[code] = found.get(code, keeping.NONE_KEPT) + kept
    return [FieldKept(code, n, found.get(code, keeping.NONE_KEPT)) for code, n in sorted(in_force.items())]
