"""Reads of events. What a reader may see of a matter is decided in `agreements`, which knows the parties."""

from __future__ import annotations

from collections.abc import Iterable

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


def is_drill(number: str) -> bool:
    """Tell whether a matter is a drill; an unknown one is none."""
    return Matter.objects.filter(number=number, drill=True).exists()
