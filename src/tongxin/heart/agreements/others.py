"""Duties of a matter that its reader is not shown: how many there are, for who sees the matter itself."""

from __future__ import annotations

from collections.abc import Collection

from tongxin.heart.agreements import queries
from tongxin.heart.agreements.models import Duty
from tongxin.heart.events.models import Matter
from tongxin.heart.region.acting import Acting


def hidden(reader: Acting, matter: Matter, shown: Collection[Duty]) -> int:
    """Return how many duties of a matter are between others and so not shown to the reader.

    Who sees the matter only by what it was told is not told of others' duties either: 0.
    """
    there = Duty.objects.filter(matter=matter).count() - len(
        {d.pk for d in shown if d.matter_id == matter.pk}
    )
    return there if there > 0 and queries.sees_whole(reader, matter) else 0
