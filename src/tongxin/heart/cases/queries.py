"""Reads of cases: only those in which the reader's desk has a part."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from tongxin.heart.agreements import rulebook
from tongxin.heart.agreements.models import Duty
from tongxin.heart.agreements.queries import beside
from tongxin.heart.cases.models import Case, Offer, Procedure
from tongxin.heart.cases.procedures import ProcedureFile
from tongxin.heart.region import queries as region
from tongxin.heart.region.acting import Acting
from tongxin.heart.region.models import Desk, Jurisdiction
from tongxin.shared import clock
from tongxin.shared.errors import NotFound

OPEN_STATES = (Case.State.FILED, Case.State.ACCEPTED, Case.State.IN_HAND, Case.State.SUSPENDED)
STAGES = ("open", "mine", "offered", "decided", "all")  # what the list may be narrowed to
ORDERS = {
    "number": "number",
    "filed": "filed_at",
    "due": "promise_due_at",
    "holder": "holder_id",
    "state": "state",
}


@dataclass(frozen=True)
class Possible:
    """What the reader may do with a case now: its post may, its desk holds or was offered, the state allows."""

    accept: bool = False
    offer: bool = False
    recall: bool = False
    take_over: bool = False
    decide: bool = False

    @property
    def anything(self) -> bool:
        """Whether there is any button at all."""
        return self.accept or self.offer or self.recall or self.take_over or self.decide


def cases(reader: Acting) -> QuerySet[Case]:
    """Return the cases in which the reader's desk has a part: accepts, decides, holds, was offered or offered.

    They are gone through in their own order, or by what else is asked, and checked for the desk's part.
    """
    desk = reader.desk
    offered = Offer.objects.filter(Q(to_desk_id=desk) | Q(from_desk_id=desk)).values("case_id")
    part = Q(accepting_desk_id=desk) | Q(holder_id=desk) | Q(number__in=offered)
    desks = ("holder", "accepting_desk", "competent_desk", "frozen_by__to_desk", "frozen_by__from_desk")
    return (
        Case.objects.filter(beside(part))
        .select_related(
            "procedure",
            "frozen_by",
            *(f"{desk}__{part}" for desk in desks for part in ("jurisdiction__parent", "group", "role")),
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


def listed(
    reader: Acting, *, stage: str = "open", procedure: str = "", place: str = "", q: str = "", sort: str = ""
) -> QuerySet[Case]:
    """Return the reader's cases, narrowed and ordered; what is not known narrows nothing."""
    rows = cases(reader)
    if stage == "open":
        rows = rows.filter(state__in=OPEN_STATES)
    elif stage == "mine":
        rows = rows.filter(state__in=OPEN_STATES, holder_id=reader.desk, frozen_by__isnull=True)
    elif stage == "offered":
        rows = rows.filter(frozen_by__isnull=False)
    elif stage == "decided":
        rows = rows.filter(state__in=[Case.State.DECIDED, Case.State.CLOSED])
    if procedure:
        rows = rows.filter(procedure__name=procedure)
    if place:
        rows = rows.filter(
            Q(accepting_desk__jurisdiction_id=place) | Q(competent_desk__jurisdiction_id=place)
        )
    if q := q.strip():
        rows = rows.filter(number__icontains=q)
    down, key = sort.startswith("-"), ORDERS.get(sort.removeprefix("-"))
    if key:
        order = F(key).desc(nulls_last=True) if down else F(key).asc(nulls_last=True)
        rows = rows.order_by(order, "number")
    return rows


def in_hand(reader: Acting) -> int:
    """Return how many open cases the reader's desk has a part in."""
    return cases(reader).filter(state__in=OPEN_STATES).count()


def procedures_of(reader: Acting) -> list[Procedure]:
    """Return the procedures of the reader's cases, each once, by name."""
    ids = {procedure for procedure, *_desks in _kinds_of(reader)}
    return list(Procedure.objects.filter(id__in=ids).order_by("name", "version"))


def places_of(reader: Acting) -> list[Jurisdiction]:
    """Return the places that accept or decide the reader's cases."""
    desks = {desk for _procedure, *both in _kinds_of(reader) for desk in both}
    places = Desk.objects.filter(id__in=desks).values("jurisdiction_id")
    return list(Jurisdiction.objects.filter(id__in=places).order_by("adcode", "id"))


def _kinds_of(reader: Acting) -> QuerySet[Case, tuple[Any, ...]]:
    """Return procedure, accepting and competent desk of the reader's cases, each three once, however many cases."""
    rows = cases(reader).select_related(None).order_by()
    return rows.values_list("procedure_id", "accepting_desk_id", "competent_desk_id").distinct()


def offers_of(row: Case) -> list[Offer]:
    """Return every offer of a case, oldest first."""
    desks = (
        f"{side}_desk__{part}"
        for side in ("from", "to")
        for part in ("jurisdiction__parent", "group", "role")
    )
    return list(
        row.offers.select_related("clause__version__instrument", *desks).order_by(
            "offered_at", "message__seq"
        )
    )


def offer(reader: Acting, offer_id: str) -> Offer:
    """Return an offer of a case that the reader has a part in, or raise NotFound."""
    try:
        found = (
            Offer.objects.filter(id=offer_id, case__in=cases(reader).order_by())
            .select_related("clause")
            .first()
        )
    except ValidationError:
        found = None
    if found is None:
        raise NotFound("no_such_offer", _("There is no such offer for your desk."))
    return found


def duties_of(row: Case) -> list[Duty]:
    """Return the duties that the case has made, oldest first: to answer an offer, to decide."""
    return list(
        Duty.objects.filter(thread=f"case:{row.number}")
        .select_related("clause__version__instrument", "bound_desk__role", "owed_desk__role")
        .order_by("opened_at", "id")
    )


def sees_applicant(desk: str, row: Case) -> bool:
    """Whether a desk may see what the applicant gave: it accepted or holds the case, is offered it, or held it.

    A desk that returned an offer, or from which it was recalled, keeps the case's story and no more.
    """
    if desk in {row.accepting_desk_id, row.holder_id}:
        return True
    seen = [Offer.State.OFFERED, Offer.State.TAKEN_OVER]
    return row.offers.filter(to_desk_id=desk, state__in=seen).exists()


def sees_remark(desk: str, made: Offer, *, sees: bool) -> bool:
    """Whether a desk may read an offer's remark: it is between them, or it sees the applicant's data."""
    return sees or desk in {made.from_desk_id, made.to_desk_id}


def possible(reader: Acting, row: Case) -> Possible:
    """Return what the reader may do with the case now; the action decides again when it is done."""

    def may(capability: str) -> bool:
        return capability in reader.capabilities

    open_offer = row.frozen_by
    if open_offer is not None:
        return Possible(
            recall=open_offer.from_desk_id == reader.desk and may("hand_over"),
            take_over=open_offer.to_desk_id == reader.desk and may("take_over"),
        )
    if row.holder_id != reader.desk:
        return Possible()
    working = row.state in {Case.State.ACCEPTED, Case.State.IN_HAND}
    return Possible(
        accept=row.state == Case.State.FILED and may("file_case"),
        offer=working and may("hand_over") and bool(receivers(reader, row)),
        decide=working and row.competent_desk_id == reader.desk and may("decide"),
    )


def receivers(reader: Acting, row: Case) -> list[Desk]:
    """Return the desks that a clause in the case's rulebook lets the reader's desk offer it to, competent first."""
    found = _reachable(reader, row.rulebook, row.procedure.name)
    desks = list(Desk.objects.filter(id__in=found).select_related("jurisdiction", "group", "role"))
    return sorted(desks, key=lambda d: (d.id != row.competent_desk_id, d.id))


def deciders(reader: Acting, procedure: ProcedureFile) -> list[Jurisdiction]:
    """Return the places that may decide a case of this procedure that the reader's desk takes in, own one first."""
    found = _reachable(reader, rulebook.at(clock.now()), procedure.procedure)
    if reader.desk == f"{reader.jurisdiction}/{procedure.role}":
        found.add(reader.desk)
    places = Jurisdiction.objects.filter(id__in={d.partition("/")[0] for d in found})
    return sorted(places, key=lambda p: (p.id != reader.jurisdiction, p.adcode, p.id))


def _reachable(reader: Acting, book: list[str], procedure: str) -> set[str]:
    """Return the desks to which a clause of the rulebook lets the reader's desk hand such a case."""
    on = clock.beijing(clock.now()).date()
    found: set[str] = set()
    for binding, clause in rulebook.handle_clauses(book, procedure):
        if region.party_of(reader.jurisdiction, binding.parties, on) is None:
            continue
        if reader.desk == f"{reader.jurisdiction}/{clause.role}":
            found |= {f"{party}/{clause.role}" for party in binding.parties} - {reader.desk}
    return found


def procedures() -> list[tuple[Procedure, ProcedureFile]]:
    """Return the newest version of every procedure, with its data."""
    newest: dict[str, Procedure] = {}
    for row in Procedure.objects.order_by("name", "version"):
        newest[row.name] = row
    return [(row, ProcedureFile.model_validate(row.body)) for row in newest.values()]


def procedure(name: str) -> tuple[Procedure, ProcedureFile]:
    """Return the newest version of one procedure, or raise NotFound."""
    for row, read in procedures():
        if row.name == name:
            return row, read
    raise NotFound("no_such_procedure", _("There is no such procedure."))
