"""Reads of cases: only those in which the reader's desk has a part."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from tongxin.heart.agreements import rulebook
from tongxin.heart.cases.models import Case, Offer, Procedure
from tongxin.heart.cases.procedures import ProcedureFile
from tongxin.heart.region import queries as region
from tongxin.heart.region.acting import Acting
from tongxin.heart.region.models import Desk
from tongxin.shared import clock
from tongxin.shared.errors import NotFound

OPEN_STATES = (Case.State.FILED, Case.State.ACCEPTED, Case.State.IN_HAND, Case.State.SUSPENDED)


def cases(reader: Acting) -> QuerySet[Case]:
    """Return the cases in which the reader's desk has a part: accepts, decides, holds, was offered or offered."""
    desk = reader.desk
    offered = Offer.objects.filter(Q(to_desk_id=desk) | Q(from_desk_id=desk)).values("case_id")
    part = Q(accepting_desk_id=desk) | Q(holder_id=desk) | Q(number__in=offered)
    return (
        Case.objects.filter(part)
        .select_related(
            "procedure",
            "frozen_by__to_desk__jurisdiction",
            "holder__jurisdiction",
            "accepting_desk__jurisdiction",
            "competent_desk__jurisdiction",
        )
        .order_by("-filed_at", "-number")
    )


def case(reader: Acting, number: str) -> Case:
    """Return one case the reader has a part in, or raise NotFound."""
    row = cases(reader).filter(number=number).first()
    if row is None:
        raise NotFound(
            "no_such_case",
            _("There is no such case, or your desk has no part in it."),
            todo=_("Check the number."),
        )
    return row


def offers_to(reader: Acting) -> QuerySet[Offer]:
    """Return the offers that wait for the reader's desk to answer, oldest first."""
    return (
        Offer.objects.filter(to_desk_id=reader.desk, state=Offer.State.OFFERED)
        .select_related("case__procedure", "from_desk__jurisdiction", "clause__version__instrument")
        .order_by("offered_at")
    )


def receivers(reader: Acting, row: Case) -> list[Desk]:
    """Return the desks that a clause in the case's rulebook lets the reader's desk offer it to, competent first."""
    on = clock.beijing(clock.now()).date()
    found: set[str] = set()
    for binding, clause in rulebook.handle_clauses(row.rulebook, row.procedure.name):
        if region.party_of(reader.jurisdiction, binding.parties, on) is None:
            continue
        if reader.desk != f"{reader.jurisdiction}/{clause.role}":
            continue
        found |= {f"{party}/{clause.role}" for party in binding.parties} - {reader.desk}
    desks = list(Desk.objects.filter(id__in=found).select_related("jurisdiction", "role"))
    return sorted(desks, key=lambda d: (d.id != row.competent_desk_id, d.id))


def procedures() -> list[tuple[Procedure, ProcedureFile]]:
    """Return the newest version of every procedure, with its data."""
    newest: dict[str, Procedure] = {}
    for row in Procedure.objects.order_by("name", "version"):
        newest[row.name] = row
    return [(row, ProcedureFile.model_validate(row.body)) for row in newest.values()]
