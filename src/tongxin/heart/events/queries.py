"""Reads of events. What a reader may see of a matter is decided in `agreements`, which knows the parties."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from tongxin.heart.events.models import Event, Matter


def heads(matter: Matter) -> list[Event]:
    """Return the heads of the matter's chains: events that nothing replaced, oldest first."""
    return heads_of([matter.number]).get(matter.number, [])


def heads_of(numbers: Iterable[str]) -> dict[str, list[Event]]:
    """Return the heads of the chains of several matters, by number."""
    found: dict[str, list[Event]] = {}
    rows = Event.objects.filter(matter__in=list(numbers), replaced_by__isnull=True)
    for event in rows.select_related("place", "by_desk").order_by("recorded_at", "id"):
        found.setdefault(event.matter_id, []).append(event)
    return found


@dataclass(frozen=True)
class Chain:
    """An event and what replaced it, oldest first: what was believed when. The last one is true now."""

    versions: tuple[Event, ...]

    @property
    def first(self) -> Event:
        """The report, or the first computed event."""
        return self.versions[0]

    @property
    def head(self) -> Event:
        """What is true now."""
        return self.versions[-1]

    @property
    def withdrawn(self) -> bool:
        """Whether it was taken back."""
        return self.head.act == Event.Act.WITHDRAWAL

    @property
    def known_at(self) -> datetime:
        """When the thing itself was known, by the last word on it."""
        said = [e.known_corrected for e in self.versions if e.known_corrected]
        return said[-1] if said else self.first.known_at


def chains_of(numbers: Iterable[str]) -> dict[str, list[Chain]]:
    """Return the chains of several matters, by number, oldest first; a matter's absorbed ones count as its own.

    That a matter absorbed another is no chain.
    """
    wanted = set(numbers)
    rows = Event.objects.filter(matter__in=with_absorbed(wanted)).exclude(act=Event.Act.MERGE)
    rows = rows.select_related("matter", "place", "by_desk__jurisdiction", "by_desk__group", "by_desk__role")
    found: dict[str, dict[object, list[Event]]] = {}
    chain_of: dict[object, object] = {}
    for event in in_order(sorted(rows, key=lambda e: (e.recorded_at, e.matter_id, e.ordinal))):
        root = chain_of[event.id] = chain_of.get(event.replaces_id, event.id)
        for number in wanted & {event.matter_id, event.matter.absorbed_by_id or ""}:
            found.setdefault(number, {}).setdefault(root, []).append(event)
    return {
        number: [Chain(tuple(versions)) for versions in chains.values()] for number, chains in found.items()
    }


def in_order(events: Iterable[Event]) -> list[Event]:
    """Return events as they are given, but none before the one that it replaces: that makes a chain.

    Instants alone do not say it: two acts of one instant, or two clocks, would tear a chain in two.
    """
    rows = list(events)
    waiting = {event.id for event in rows}
    after: dict[object, Event] = {}
    found: list[Event] = []
    for event in rows:
        if event.replaces_id in waiting:
            after[event.replaces_id] = event
            continue
        here: Event | None = event
        while here is not None:
            found.append(here)
            waiting.discard(here.id)
            here = after.pop(here.id, None)
    return found


def with_absorbed(numbers: Iterable[str]) -> QuerySet[Matter, str]:
    """Return the numbers of the matters and of those that they absorbed, to filter by: one way into an index.

    An OR over two tables would read every row of the reader's.
    """
    wanted = list(numbers)
    rows = Matter.objects.filter(Q(number__in=wanted) | Q(absorbed_by__in=wanted))
    return rows.values_list("number", flat=True)


def is_drill(number: str) -> bool:
    """Tell whether a matter is a drill; an unknown one is none."""
    return Matter.objects.filter(number=number, drill=True).exists()
