"""Reads of events. What a reader may see of a matter is decided in `agreements`, which knows the parties."""

from __future__ import annotations

from tongxin.heart.events.models import Event, Matter


def heads(matter: Matter) -> list[Event]:
    """Return the heads of the matter's chains: events that nothing replaced, oldest first."""
    return list(
        matter.events.filter(replaced_by__isnull=True)
        .select_related("place", "by_desk")
        .order_by("recorded_at", "id")
    )
