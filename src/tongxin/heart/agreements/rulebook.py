"""The rulebook: the versions in force on a day, pinned by a matter or a case when it opens."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from pydantic import TypeAdapter

from tongxin.heart.agreements.language import AnyClause, Handle
from tongxin.heart.agreements.match import Binding
from tongxin.heart.agreements.models import Clause, InstrumentVersion
from tongxin.shared import clock

_clauses: TypeAdapter[AnyClause] = TypeAdapter(AnyClause)


def in_force_on(on: date) -> list[str]:
    """Return the ids of the versions in force on a day, sorted."""
    rows = InstrumentVersion.objects.filter(state="in_force", in_force_from__lte=on)
    return sorted(v.id for v in rows if v.in_force_until is None or v.in_force_until > on)


def at(instant: datetime) -> list[str]:
    """Return the ids of the versions in force at an instant, by the day in Beijing."""
    return in_force_on(clock.beijing(instant).date())


def read_clause(row: Clause) -> AnyClause:
    """Return the clause as the machine reads it."""
    return _clauses.validate_python(row.body)


def bindings(version_ids: Sequence[str]) -> list[Binding]:
    """Return the clauses of the versions, in a stable order."""
    rows = Clause.objects.filter(version_id__in=version_ids).select_related("version").order_by("id")
    return [
        Binding(
            clause_id=row.id,
            clause_key=f"{row.version.instrument_id}/{row.name}",
            parties=tuple(row.version.parties),
            clause=read_clause(row),
        )
        for row in rows
    ]


def handle_clauses(version_ids: Sequence[str], procedure: str) -> list[tuple[Binding, Handle]]:
    """Return the clauses that let a case of a procedure be handed over."""
    return [
        (b, b.clause)
        for b in bindings(version_ids)
        if isinstance(b.clause, Handle) and procedure in b.clause.procedures
    ]
