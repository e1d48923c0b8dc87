"""Reconcile: bring the duties of a matter in line with what its clauses want. Twice is the same as once."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from tongxin.heart.agreements import duties, rulebook, vocabulary
from tongxin.heart.agreements.match import Considered, Wanted, match
from tongxin.heart.agreements.models import Clause, Duty
from tongxin.heart.agreements.vocabulary import Fact
from tongxin.heart.events import queries as events
from tongxin.heart.events.models import Event, Matter
from tongxin.heart.region import queries as region
from tongxin.shared import clock


def fact_of(event: Event) -> Fact:
    """Return the event as matching sees it."""
    return Fact(
        id=str(event.id),
        type=event.type,
        place=event.place_id,
        data=event.data,
        by_desk=event.by_desk_id,
        known_at=event.known_at,
        recorded_at=event.recorded_at,
        occurred_at=event.occurred_at,
    )


def wanted_of(matter: Matter) -> tuple[list[tuple[Event, Wanted]], list[Considered]]:
    """Return what the matter's pinned rulebook wants of the heads of its chains, and why."""
    book = rulebook.bindings(matter.rulebook)
    wanted: list[tuple[Event, Wanted]] = []
    considered: list[Considered] = []
    for event in events.heads(matter):
        on = clock.beijing(event.known_at).date()
        new, seen = match(
            fact_of(event),
            book,
            party_of=partial(region.party_of, on=on),
            questions=vocabulary.questions(),
            conditions=vocabulary.conditions(),
        )
        wanted += [(event, w) for w in new]
        considered += seen
    return wanted, considered


def reconcile(matter: Matter, *, at: datetime) -> list[Duty]:
    """Open what is wanted and missing, void what is open and no longer wanted; return the duties opened.

    Call it inside a running act, with the matter's row locked or just made.
    """
    wanted, _considered = wanted_of(matter)
    opened: list[Duty] = []
    thread = f"matter:{matter.number}"
    clauses = Clause.objects.select_related("version").in_bulk({w.clause_id for _e, w in wanted})
    for event, want in wanted:
        duty = duties.open_round(
            clause=clauses[want.clause_id],
            thread=thread,
            matter=matter.number,
            bound_desk=want.bound_desk,
            owed_desk=want.owed_desk,
            purpose=Duty.Purpose.DO,
            limit=want.due,
            starts_at=want.starts_at,
            opened_by=f"event:{event.id}",
            at=at,
            drill=matter.drill,
        )
        if duty:
            opened.append(duty)
    keys = {(w.clause_key, w.bound_desk, w.owed_desk) for _e, w in wanted}
    for duty in Duty.objects.filter(thread=thread, purpose=Duty.Purpose.DO, state=Duty.State.OPEN):
        if (duty.clause_key, duty.bound_desk_id, duty.owed_desk_id) not in keys:
            duties.void(duty, at=at, reason="no clause wants it any more")
    return opened
