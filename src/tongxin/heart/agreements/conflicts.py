"""Two demands that exclude each other on one errand: noted here, decided by people (HEART §4).

A clause with `only_after` forbids to tell before an event is known; one without it demands to tell now. Where neither
yields to the other the machine does not choose: the errand goes to both coordination offices. A warning goes out
all the same on the clause that demands it; the other duty waits.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import combinations

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from tongxin.heart.agreements import queries, rulebook
from tongxin.heart.agreements.language import AnyClause, Notify
from tongxin.heart.agreements.models import ClauseConflict, Duty
from tongxin.heart.events import queries as events
from tongxin.heart.events.models import Event, Matter
from tongxin.heart.exchange import actions as exchange
from tongxin.heart.exchange.acts import Act
from tongxin.heart.region.acting import Acting
from tongxin.shared.errors import NotFound

COORDINATION = "coordination_office"


def known_events(matter: Matter) -> set[str]:
    """Return the types of the events that are known in a matter, withdrawn ones left out."""
    rows = Event.objects.filter(matter__in=events.with_absorbed([matter.number]), replaced_by__isnull=True)
    return set(rows.exclude(act=Event.Act.WITHDRAWAL).values_list("type", flat=True))


def waits_for(clause: AnyClause, known: Iterable[str]) -> str:
    """Return the event that a clause waits for before anything may be told; empty when nothing is in the way."""
    event = clause.only_after if isinstance(clause, Notify) else None
    return event if event and event not in set(known) else ""


def servable(matter: Matter, owed: Sequence[Duty]) -> list[Duty]:
    """Return those of the open duties of one errand that may be performed now."""
    if not any(_after(d) for d in owed):
        return list(owed)
    ruled = ClauseConflict.objects.filter(thread=f"matter:{matter.number}", ruling__isnull=False)
    return servable_of(owed, known_events(matter), ruled)


def servable_of(owed: Sequence[Duty], known: Iterable[str], noted: Iterable[ClauseConflict]) -> list[Duty]:
    """Return those of an errand's open duties that may be performed now; what is known and noted is at hand. Pure."""
    waived = _waived(owed, noted)
    there = set(known)
    return [
        d
        for d in owed
        if not _after(d) or d.clause_id in waived or not waits_for(rulebook.read_clause(d.clause), there)
    ]


def note(matter: Matter, a: Act) -> list[ClauseConflict]:
    """Note new conflicts among the open duties of a matter, and ring both coordination offices."""
    known = known_events(matter)
    pairs: dict[tuple[str, str], list[Duty]] = {}
    rows = Duty.objects.filter(
        matter=matter, state=Duty.State.OPEN, purpose=Duty.Purpose.DO, clause__kind="notify"
    )
    for duty in rows.select_related("clause__version"):
        pairs.setdefault((duty.bound_desk_id, duty.owed_desk_id), []).append(duty)
    found = []
    for (bound, owed), duties in pairs.items():
        for one, other in combinations(sorted(duties, key=lambda d: d.clause_id), 2):
            if _exclude(one, other, known):
                row, new = ClauseConflict.objects.get_or_create(
                    thread=one.thread,
                    bound_desk_id=bound,
                    owed_desk_id=owed,
                    one=one.clause,
                    other=other.clause,
                    defaults={"opened_at": a.at},
                )
                if new:
                    _ring(row, matter, a)
                    found.append(row)
    return found


def offices(row: ClauseConflict) -> list[str]:
    """Return the two coordination offices that decide a conflict; one where both sides have the same."""
    sides = (row.bound_desk_id.partition("/")[0], row.owed_desk_id.partition("/")[0])
    return list(dict.fromkeys(f"{side}/{COORDINATION}" for side in sides))


def seen_by(reader: Acting) -> QuerySet[ClauseConflict]:
    """Return the conflicts on errands that the reader's desk owes or is owed; coordination offices: their side's."""
    clauses = (f"{name}__version__instrument" for name in ("one", "other", "ruling"))
    desks = (
        f"{side}_desk__{part}" for side in ("bound", "owed") for part in ("jurisdiction", "group", "role")
    )
    return of_side(reader).select_related(*clauses, *desks).order_by("-opened_at", "-id")


def of_side(reader: Acting) -> QuerySet[ClauseConflict]:
    """Return the same conflicts, in no order, without what naming their clauses and desks takes."""
    side = queries.of_side("bound_desk", reader) | queries.of_side("owed_desk", reader)
    return ClauseConflict.objects.filter(side)


def one(reader: Acting, pk: int) -> ClauseConflict:
    """Return one conflict on the reader's side, or raise NotFound."""
    row = seen_by(reader).filter(pk=pk).first()
    if row is None:
        raise NotFound("no_such_conflict", _("There is no such conflict, or your desk has no part in it."))
    return row


def standing(rows: Iterable[ClauseConflict]) -> dict[int, dict[str, Duty]]:
    """Return, for each conflict, the open duties by clause; one with fewer than two has nothing to decide any more."""
    wanted = list(rows)
    duties = Duty.objects.filter(
        thread__in={r.thread for r in wanted},
        clause__in={c for r in wanted for c in (r.one_id, r.other_id)},
        purpose=Duty.Purpose.DO,
        state=Duty.State.OPEN,
    )
    there = {(d.thread, d.bound_desk_id, d.owed_desk_id, d.clause_id): d for d in duties.order_by("id")}
    return {
        row.pk: {
            clause: there[key]
            for clause in (row.one_id, row.other_id)
            if (key := (row.thread, row.bound_desk_id, row.owed_desk_id, clause)) in there
        }
        for row in wanted
    }


def url(pk: int) -> str:
    """Return the page on which a conflict is settled."""
    return f"/conflicts/{pk}/"


def _exclude(one: Duty, other: Duty, known: set[str]) -> bool:
    a, b = rulebook.read_clause(one.clause), rulebook.read_clause(other.clause)
    if bool(waits_for(a, known)) == bool(waits_for(b, known)):
        return False
    return other.clause_key not in a.yields_to and one.clause_key not in b.yields_to


def _after(duty: Duty) -> bool:
    """Whether the duty's clause waits for an event at all."""
    clause = rulebook.read_clause(duty.clause)
    return isinstance(clause, Notify) and bool(clause.only_after)


def _waived(owed: Sequence[Duty], noted: Iterable[ClauseConflict]) -> set[str]:
    """Return the clauses whose waiting was set aside: they yield to another open one, or the offices ruled so."""
    keys = {d.clause_key for d in owed}
    waived = {
        d.clause_id for d in owed if set(rulebook.read_clause(d.clause).yields_to) & (keys - {d.clause_key})
    }
    errands = {(d.thread, d.bound_desk_id, d.owed_desk_id) for d in owed}
    for row in noted:
        if row.ruling_id and (row.thread, row.bound_desk_id, row.owed_desk_id) in errands:
            waived.add(row.other_id if row.ruling_id == row.one_id else row.one_id)
    return waived


def _ring(row: ClauseConflict, matter: Matter, a: Act) -> None:
    for desk in offices(row):
        exchange.notify(
            desk,
            "clause_conflict",
            link=url(row.pk),
            at=a.at,
            dedupe=f"conflict:{row.pk}:{desk}",
            params={"thread": row.thread},
            drill=matter.drill,
        )
