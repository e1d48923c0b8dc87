"""Reads of cases: only those in which the reader's desk has a part.

The statements narrow by part first; `sights`, which asks the one judge, has the last word on every case and field.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from tongxin.heart.agreements import judge, rulebook
from tongxin.heart.agreements.may import SEE
from tongxin.heart.agreements.models import Duty
from tongxin.heart.agreements.queries import beside
from tongxin.heart.cases import disputes, joints, listing, recalls, sights, states
from tongxin.heart.cases.listing import Line, Listing
from tongxin.heart.cases.models import Case, CasePart, Decision, Offer, Procedure
from tongxin.heart.cases.procedures import ProcedureFile
from tongxin.heart.region import queries as region
from tongxin.heart.region.acting import Acting
from tongxin.heart.region.models import Desk, Jurisdiction
from tongxin.shared import clock
from tongxin.shared.errors import NotFound
from tongxin.shared.guarded import GuardedRows

STAGES = ("open", "mine", "offered", "decided", "all")  # what the list may be narrowed to
_AT_STAGE: dict[str, dict[str, bool]] = {
    "open": {"open": True},
    "mine": {"open": True, "frozen": False},
    "offered": {"open": True, "frozen": True},
}
WHOLE_NUMBER = re.compile(r"[A-Z][A-Z-]*-[0-9]{4}-[0-9]{6,}")  # this one case is meant, and no longer number
_OPEN_OFFER: Any = Case._meta.get_field("frozen_by")
ORDERS = {
    "number": "case_id",
    "filed": "filed_at",
    "due": "due_at",
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
    put_joint: bool = False  # to the desk that decides with it
    answer_joint: bool = False
    not_accept: bool = False
    void: bool = False
    suspend: bool = False
    resume: bool = False
    withdraw: bool = False
    conclude: bool = False
    supersede: bool = False
    close: bool = False
    review: bool = False

    @property
    def anything(self) -> bool:
        """Whether there is any button at all."""
        return bool(self.names)

    @property
    def names(self) -> list[str]:
        """What may be done, by name."""
        return [each.name for each in fields(self) if getattr(self, each.name)]


def cases(reader: Acting) -> QuerySet[Case]:
    """Return the cases in which the reader's desk has a part: accepts, decides, holds, was offered or offered.

    They are gone through in their own order, or by what else is asked, and checked for the desk's part.
    """
    desk = _desk(reader)
    offered = Offer.objects.filter(Q(to_desk_id=desk) | Q(from_desk_id=desk), case=OuterRef("pk"))
    part = Q(accepting_desk_id=desk) | Q(holder_id=desk) | Q(Exists(offered))
    return Case.objects.read_by(desk).filter(beside(part)).order_by("-filed_at", "-number")


def case(reader: Acting, number: str) -> Case:
    """Return one case the reader has a part in, with its desks, or raise NotFound."""
    row = cases(reader).select_related("frozen_by").filter(number=number).first()
    if row is not None:
        row = with_names([row])[0]
    if row is None or not sights.sight(reader.desk, row).whole.yes:
        raise NotFound(
            "no_such_case",
            _("There is no such case, or your desk has no part in it."),
            todo=_("Check the number."),
        )
    return row


def listed(
    reader: Acting, *, stage: str = "all", procedure: str = "", place: str = "", q: str = "", sort: str = ""
) -> Listing:
    """Return the list of the reader's cases, narrowed and in order: newest first unless something else is asked.

    What is not known narrows nothing. See `in_order` for its cases.
    """
    rows = _parts(reader).filter(**_AT_STAGE.get(stage, {}))
    if stage == "mine":
        rows = rows.filter(beside(Q(holder_id=reader.desk)))
    if WHOLE_NUMBER.fullmatch(number := q.strip().upper()):
        rows, q = rows.filter(case_id=number), ""
    titles = {row.name for row in titled(q.strip())} if q.strip() else set()
    narrow = _narrowed(stage, procedure, place, q, titles)
    rows = rows.filter(beside(narrow)) if narrow else rows
    column = ORDERS.get(sort.removeprefix("-"))
    numbered = stage == "all" and bool(q.strip()) and not (procedure or place or titles)
    return Listing(
        rows, column or "filed_at", down=column is None or sort.startswith("-"), by_number=numbered
    )


def of_items(reader: Acting, names: Iterable[str], limit: int) -> list[Line]:
    """Return the newest of the reader's cases of some procedures, by their names, as lines of `listed`."""
    wanted = list(Procedure.objects.filter(name__in=list(names)).values_list("id", flat=True))
    rows = _parts(reader).filter(beside(Q(procedure_id__in=wanted)))
    return Listing(rows, "filed_at", down=True)[:limit]


def _parts(reader: Acting) -> GuardedRows[CasePart]:
    """Return the parts that the reader's desk has in cases, one row for each.

    Who holds a case has accepted it, was offered it or reviews it, and so has who offers it to another.
    """
    desk = _desk(reader)
    return CasePart.objects.read_by(desk).filter(desk_id=desk)


def _desk(reader: Acting) -> str:
    """Return the desk that reads. Nobody reads cases without one: what is asked for nobody in particular is a fault."""
    if not isinstance(reader, Acting):
        raise TypeError("cases are read for somebody who acts at a desk")
    return reader.desk


def _narrowed(stage: str, procedure: str, place: str, q: str, titles: set[str]) -> Q:
    """Return the condition of a list's filters that is checked of each row; `titles`: items that `q` stands in."""
    found = Q()
    if stage == "decided":
        found &= Q(state__in=[Case.State.DECIDED, Case.State.CLOSED])
    if procedure:
        found &= Q(procedure__in=Procedure.objects.filter(name=procedure).values("id"))
    if place:
        desks = Desk.objects.filter(jurisdiction_id=place).values("id")
        found &= Q(accepting_desk__in=desks) | Q(competent_desk__in=desks)
    return found & sought(q, number="case__number", titles=titles)


def sought(text: str, number: str = "number", titles: set[str] | None = None) -> Q:
    """Return the condition of cases whose number or item's title holds the words; no words narrow nothing.

    `titles`: the items that hold them, by name, where they are known already.
    """
    text = text.strip()
    if not text:
        return Q()
    names = {row.name for row in titled(text)} if titles is None else titles
    numbered = Q(**{f"{number}__contains": text.upper()})  # numbers are written in capitals
    return (
        numbered | Q(procedure__in=Procedure.objects.filter(name__in=names).values("id"))
        if names
        else numbered
    )


def in_order(reader: Acting, lines: Iterable[tuple[Any, ...]]) -> list[Case]:
    """Return the cases of a part of `listed`, in its order, without what only a case's own page shows.

    Each is judged; offers are read only where the desk neither accepted nor holds one. Procedures and desks are not
    read; `with_names` puts them in.
    """
    numbers = [number for number, *_order in lines]
    rows = (
        Case.objects.read_by(_desk(reader))
        .defer("rulebook", "applicant", "papers", "promise_count", "outcome_reason")
        .in_bulk(numbers)
    )
    offers = _offers_by_case(row for row in rows.values() if not _own(reader, row))
    subjects = {number: sights.subject_of(row, offers.get(number, ())) for number, row in rows.items()}
    return [rows[n] for n in numbers if n in rows and judge.may(reader.desk, SEE, subjects[n]).yes]


def _own(reader: Acting, row: Case) -> bool:
    """Whether the reader's desk accepted or holds a case: then no offer gives it more."""
    return reader.desk in {row.accepting_desk_id, row.holder_id}


def _offers_by_case(rows: Iterable[Case]) -> dict[str, list[Offer]]:
    """Return the offers of cases by number, oldest first: one read for all of them, none where there is none."""
    numbers = [row.number for row in rows]
    found: dict[str, list[Offer]] = {}
    for made in (
        Offer.objects.read_as("cases.judge").filter(case__in=numbers).order_by("offered_at")
        if numbers
        else ()
    ):
        found.setdefault(made.case_id, []).append(made)
    return found


def with_names(rows: list[Case]) -> list[Case]:
    """Return the cases with their procedures and desks, also of an open offer that is at hand.

    The few desks that there are are read once each, not joined to each row.
    """
    if not rows:
        return rows
    procedures = Procedure.objects.in_bulk({row.procedure_id for row in rows})
    offers = [row.frozen_by for row in rows if _OPEN_OFFER.is_cached(row) and row.frozen_by is not None]
    ids = {desk for row in rows for desk in (row.accepting_desk_id, row.competent_desk_id, row.holder_id)}
    ids |= {desk for made in offers for desk in (made.from_desk_id, made.to_desk_id)}
    desks = Desk.objects.select_related("jurisdiction__parent", "group", "role").in_bulk(ids)
    for row in rows:
        row.procedure, row.holder = procedures[row.procedure_id], desks[row.holder_id]
        row.accepting_desk, row.competent_desk = desks[row.accepting_desk_id], desks[row.competent_desk_id]
    for made in offers:
        made.from_desk, made.to_desk = desks[made.from_desk_id], desks[made.to_desk_id]
    return rows


def titled(text: str) -> list[Procedure]:
    """Return the procedures whose title, in either language, holds the words; each name once."""
    rows = Procedure.objects.only("name", "title_zh", "title_en").order_by("version")
    return list(
        {r.name: r for r in rows if text.casefold() in f"{r.title_zh} {r.title_en}".casefold()}.values()
    )


def in_hand(reader: Acting) -> int:
    """Return how many open cases the reader's desk has a part in."""
    return _parts(reader).filter(open=True).count()


def in_hand_now(reader: Acting, now: datetime) -> dict[str, int]:
    """Return how many open cases the reader's desk has a part in: all, `offered` ones, and those that are `late`."""
    return (
        _parts(reader)
        .filter(open=True)
        .aggregate(
            open=Count("case_id"),
            offered=Count("case_id", filter=Q(frozen=True)),
            late=Count("case_id", filter=Q(due_at__lt=now)),
        )
    )


def kinds_of(reader: Acting) -> tuple[list[Procedure], list[Jurisdiction]]:
    """Return the procedures of the reader's cases, by name, and the places that accept or decide them."""
    kinds = listing.kinds(_desk(reader))
    procedures = Procedure.objects.filter(id__in={procedure for procedure, *_desks in kinds})
    desks = {desk for _procedure, *both in kinds for desk in both}
    places = Desk.objects.filter(id__in=desks).values("jurisdiction_id")
    return (
        list(procedures.defer("body").order_by("name", "version")),
        list(Jurisdiction.objects.filter(id__in=places).order_by("adcode", "id")),
    )


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
            Offer.objects.read_by(reader.desk)
            .filter(id=offer_id, case__in=cases(reader).order_by())
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
    """Whether a desk may see what officers wrote and which papers there are; see `sights` for each field.

    A desk that returned an offer, or from which it was recalled, keeps the case's story and no more.
    """
    return sights.sight(desk, row).sees("papers")


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
            recall=open_offer.from_desk_id == reader.desk and may("hand_over") and not recalls.waits(row),
            take_over=open_offer.to_desk_id == reader.desk and may("take_over"),
        )
    found = set(states.allowed(row, reader.desk, reader.capabilities))
    if found & {"offer", "suspend"} and disputes.standing(row.number):
        found -= {"offer", "suspend"}
    if "offer" in found and not receivers(reader, row):
        found.remove("offer")
    if found & {"supersede", "close", "review"}:
        gone = _not_after(reader, row)
        found -= gone | ({"put_joint"} if "supersede" in gone else set())
    if "void" in found and states.filed_online(row):
        found.remove("void")
    found -= {"decide", "supersede"} if joints.together(row) else {"put_joint"}
    found -= {"put_joint"} if joints.lacks_second(row) else set()
    if may("decide") and _is_asked(reader, row):
        found.add("answer_joint")
    return Possible(**dict.fromkeys(found, True))


def _is_asked(reader: Acting, row: Case) -> bool:
    """Whether the reader's desk decides with another one, which waits for its answer."""
    asked = joints.partner(row) == reader.desk and row.state in states.WAYS["put_joint"].sources
    return asked and joints.waiting(row) is not None


def _not_after(reader: Acting, row: Case) -> set[str]:
    """Return what may not follow a decision: nothing while a review runs, no second review."""
    if row.reviewed_by.filter(state__in=states.RUNNING).exists():
        return {"supersede", "close", "review"}
    last = decisions(row)[-1:]
    found = {"review"} if row.erased_at or any(d.review_id for d in last) else set()
    return found | ({"supersede"} if any(d.desk_id != reader.desk for d in last) else set())


def decisions(row: Case) -> list[Decision]:
    """Return every decision of a case, first to last, with its desk."""
    desks = ("desk__jurisdiction__parent", "desk__group", "desk__role")
    return list(row.decisions.select_related("review", *desks).order_by("number"))


def reviews(row: Case) -> list[Case]:
    """Return the reviews of a case, oldest first."""
    return with_names(
        list(row.reviewed_by.select_related("reviewed_decision").order_by("filed_at", "number"))
    )


def receivers(reader: Acting, row: Case) -> list[Desk]:
    """Return the desks that a clause in the case's rulebook lets the reader's desk offer it to, competent first."""
    found = reachable(reader, row.rulebook, row.procedure.name)
    desks = list(Desk.objects.filter(id__in=found).select_related("jurisdiction", "group", "role"))
    return sorted(desks, key=lambda d: (d.id != row.competent_desk_id, d.id))


def deciders(reader: Acting, procedure: ProcedureFile) -> list[Jurisdiction]:
    """Return the places that may decide a case of this procedure that the reader's desk takes in, own one first.

    What two desks decide together is taken in by one and decided by the other.
    """
    found = reachable(reader, rulebook.at(clock.now()), procedure.procedure)
    if reader.desk == f"{reader.jurisdiction}/{procedure.role}" and procedure.joint is None:
        found.add(reader.desk)
    places = Jurisdiction.objects.filter(id__in={d.partition("/")[0] for d in found})
    return sorted(places, key=lambda p: (p.id != reader.jurisdiction, p.adcode, p.id))


def reachable(reader: Acting, book: list[str], procedure: str) -> set[str]:
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
    row = Procedure.objects.filter(name=name).order_by("-version").first()
    if row is None:
        raise NotFound("no_such_procedure", _("There is no such procedure."))
    return row, ProcedureFile.model_validate(row.body)


def procedure_titles() -> dict[str, object]:
    """Return the procedures that clauses may name, with their titles."""
    return {row.name: read.title for row, read in procedures()}


def asked_titles() -> dict[str, object]:
    """Return the fields that procedures ask applicants for, with their names: share clauses and bars may list them."""
    return {asked.id: asked.name for _row, read in procedures() for asked in read.applicant}
