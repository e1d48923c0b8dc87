"""A matter as matching sees it: its events in order, the heads of its chains, what was believed before.

Read from the database here; everything below `Scene` is plain values.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property

from django.db.models import Q

from tongxin.heart.agreements import vocabulary
from tongxin.heart.agreements.match import Scene, Words
from tongxin.heart.agreements.vocabulary import Fact
from tongxin.heart.events import queries as told_queries
from tongxin.heart.events.models import Event, Matter
from tongxin.heart.region import queries as region
from tongxin.shared import clock


@dataclass(frozen=True)
class Told:
    """One event of a matter as plain values, with the first event of its chain."""

    id: str
    chain: str
    act: str
    replaces: str
    fact: Fact
    known_corrected: datetime | None = None


def events_of(matter: Matter) -> list[Event]:
    """Return the events of a matter and of those it absorbed, as they were recorded, none before what it replaces."""
    return _in_order(matter, Q(matter__in=told_queries.with_absorbed([matter.number])))


def events_within(matter: Matter, numbers: Sequence[str]) -> list[Event]:
    """Return the events of a matter and of those that it had absorbed by some time, in the same order."""
    return _in_order(matter, Q(matter__in=numbers))


def _in_order(matter: Matter, others: Q) -> list[Event]:
    rows = Event.objects.filter(Q(matter=matter) | others).select_related("by_desk")
    by_time = sorted(
        rows, key=lambda e: (e.recorded_at, e.matter_id != matter.number, e.matter_id, e.ordinal)
    )
    return told_queries.in_order(by_time)


def told_of(events: Sequence[Event]) -> list[Told]:
    """Return the events as plain values, each with its chain."""
    chains: dict[str, str] = {}
    found = []
    for event in events:
        key, replaces = str(event.id), str(event.replaces_id or "")
        chain = chains[key] = chains.get(replaces, key)
        found.append(Told(key, chain, event.act, replaces, fact_of(event, chain), event.known_corrected))
    return found


def fact_of(event: Event, chain: str = "") -> Fact:
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
        chain=chain or str(event.id),
        reporter=event.by_desk.jurisdiction_id or event.by_desk.group_id or "",
        computed=event.engine is not None,
    )


def scene_of(told: Sequence[Told]) -> Scene:
    """Return the scene after these events: a chain whose head is a withdrawal is not there."""
    beliefs: list[tuple[Fact, ...]] = []
    heads: dict[str, Told] = {}
    for event in told:
        if event.act == Event.Act.MERGE:
            continue
        heads[event.chain] = event
        facts = [t.fact for t in heads.values() if t.act != Event.Act.WITHDRAWAL]
        beliefs.append(tuple(_beside(fact, facts) for fact in facts))
    return Scene(beliefs[-1], tuple(beliefs[:-1])) if beliefs else Scene(())


def _beside(fact: Fact, facts: Sequence[Fact]) -> Fact:
    others = tuple(other for other in facts if other.chain != fact.chain)
    return replace(fact, beside=others) if others else fact


def anchor(told: Sequence[Told], cause: str, starts: str) -> datetime | None:
    """Return when a clock starts that an event started: a correction of its times moves it, nothing later does.

    `recorded` never moves. None when the cause is no event of the matter.
    """
    found = next((t for t in told if f"event:{t.id}" == cause), None)
    if found is None:
        return None
    first, known, occurred = found.fact, found.fact.known_at, found.fact.occurred_at
    while True:
        after = next((t for t in told if t.replaces == found.id and t.act == Event.Act.CORRECTION), None)
        if after is None:
            break
        found = after
        known, occurred = found.known_corrected or known, found.fact.occurred_at
    return start_of(replace(first, known_at=known, occurred_at=occurred), starts)


def start_of(fact: Fact, starts: str) -> datetime:
    """Return the instant a clock starts at; an unknown time of occurrence falls back to when it was known."""
    instants: dict[str, datetime | None] = {
        "occurred": fact.occurred_at,
        "known": fact.known_at,
        "recorded": fact.recorded_at,
    }
    return instants.get(starts) or fact.known_at


@dataclass
class PlacesOn:
    """Places on one day: which lies in which, and which groups there are, are each read once, when asked for."""

    on: date

    def party_of(self, jurisdiction: str, parties: Sequence[str]) -> str | None:
        """Return the party, a jurisdiction, that a jurisdiction belongs to; None outside."""
        members = self.members(parties)
        place = jurisdiction if jurisdiction in self._parents else ""
        while place and place not in members:
            place = self._parents[place]
        return place or None

    def members(self, parties: Sequence[str]) -> list[str]:
        """Return the jurisdictions that these parties stand for, groups by their members; each once."""
        groups = self._groups
        return list(dict.fromkeys(one for party in parties for one in groups.get(party, [party])))

    @cached_property
    def _parents(self) -> dict[str, str]:
        return region.parents()

    @cached_property
    def _groups(self) -> dict[str, list[str]]:
        return region.members_by_group(self.on)


def places_on(instant: datetime) -> PlacesOn:
    """Return the places as they are on the day of an instant."""
    return PlacesOn(clock.beijing(instant).date())


def words() -> Words:
    """Return the registered words that matching asks."""
    return Words(
        questions=vocabulary.questions(),
        conditions=vocabulary.conditions(),
        open_questions=frozenset(n for n, w in vocabulary.question_words().items() if not w.within_parties),
        sources={name: f.prefill for name, f in vocabulary.fields().items()},
    )
