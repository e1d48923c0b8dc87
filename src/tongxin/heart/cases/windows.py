"""Where an application may be handed in without going there: the desks that take it in, the places that decide it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

from tongxin.heart.agreements import rulebook, scene
from tongxin.heart.agreements.models import Clause
from tongxin.heart.cases import procedures
from tongxin.heart.cases.procedures import ProcedureFile
from tongxin.heart.exchange.models import DeskHome
from tongxin.heart.region import queries as region
from tongxin.heart.region.models import Desk, Jurisdiction, Office
from tongxin.shared import clock
from tongxin.shared.errors import Invalid


def taking(read: ProcedureFile) -> list[Desk]:
    """Return the desks of this node that take such an application in, by place."""
    desks = [desk for desk, _office in of_roles({read.role})[read.role]]
    bound = bound_of(read, (str(desk.jurisdiction_id) for desk in desks))
    return [desk for desk in desks if desk.jurisdiction_id in bound]


def bound_of(read: ProcedureFile, places: Iterable[str]) -> set[str]:
    """Return the places that take such an application in: of what two decide together, those that a clause binds."""
    if read.joint is None:
        return set(places)
    there, clauses = (
        scene.places_on(clock.now()),
        rulebook.handle_clauses(rulebook.at(clock.now()), read.procedure),
    )
    bindings = [binding for binding, clause in clauses if clause.role == read.role]
    return {place for place in places if any(there.party_of(place, b.parties) for b in bindings)}


def of_roles(roles: Iterable[str]) -> dict[str, list[tuple[Desk, Office]]]:
    """Return by role the desks of this node that take applications in, by place, each with its office."""
    found: dict[str, list[tuple[Desk, Office]]] = {role: [] for role in roles}
    elsewhere = DeskHome.objects.values("desk_id")
    rows = Desk.objects.filter(role_id__in=found, jurisdiction__isnull=False).exclude(id__in=elsewhere)
    desks = sorted(rows.select_related("jurisdiction__parent", "group", "role"), key=_by_place)
    staffed = region.offices_with_mandate([desk.id for desk in desks], region.today())
    for desk in desks:
        if desk.id in staffed:
            found[desk.role_id].append((desk, staffed[desk.id]))
    return found


def deciders(read: ProcedureFile, desks: list[Desk]) -> list[Jurisdiction]:
    """Return the places that may decide such an application that comes in at one of the windows `desks`."""
    places = scene.places_on(clock.now())
    taking_in = sorted({str(desk.jurisdiction_id) for desk in desks})
    found = set(taking_in)
    for binding, clause in rulebook.handle_clauses(rulebook.at(clock.now()), read.procedure):
        if clause.role == read.role and any(places.party_of(place, binding.parties) for place in taking_in):
            found |= set(binding.parties)
    there = Desk.objects.filter(id__in=[f"{place}/{read.role}" for place in found]).values("jurisdiction_id")
    return sorted(Jurisdiction.objects.filter(id__in=there), key=lambda p: (p.adcode, p.id))


def clauses(read: ProcedureFile) -> list[Any]:
    """Return the clauses in force by which it is taken in at one place and decided at another."""
    ids = {b.clause_id for b, c in rulebook.handle_clauses(rulebook.at(clock.now()), read.procedure)}
    return list(Clause.objects.filter(id__in=ids).select_related("version__instrument").order_by("id"))


def wrong(
    read: ProcedureFile, applicant: dict[str, str], papers: list[str], decide_at: str, accept_at: str
) -> dict[str, list[Any]]:
    """Return by field all that is missing or unknown, also a window that takes no such application in."""
    found: dict[str, list[Any]] = {}
    try:
        procedures.check(read, applicant, papers, decide_at)
    except Invalid as refused:
        found = dict(refused.fields)
    known = {desk.id for desk in taking(read)}
    if decide_at and procedures.needs_second(read, decide_at, accept_at):
        found["accept_at"] = [
            _("Two offices decide this item together: choose a window of the other side to take it in.")
        ]
    elif decide_at and accept_at not in known:
        found["accept_at"] = [_("This window takes no such application in; choose another.")]
    return found


def _by_place(desk: Desk) -> tuple[str, str]:
    return (desk.jurisdiction.adcode if desk.jurisdiction else "", desk.id)
