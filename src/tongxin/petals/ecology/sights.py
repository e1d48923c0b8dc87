"""What incidents are about, as far as a reader may know it, for lists of duties."""

from __future__ import annotations

from collections.abc import Sequence

from tongxin.heart.agreements.threads import Seen
from tongxin.heart.events import vocabulary
from tongxin.heart.events.models import Matter
from tongxin.heart.region.acting import Acting
from tongxin.petals.ecology import queries


def incidents(reader: Acting, numbers: Sequence[str]) -> dict[str, Seen]:
    """Return incidents by number: the title from the report, or from what a notice carried to the reader's side."""
    rows = list(Matter.objects.filter(number__in=list(numbers)))
    return {
        found.matter.number: Seen(
            found.matter.number,
            found.title,
            vocabulary.page(found.matter.kind, found.matter.number),
        )
        for found in queries.seen(reader, rows)
    }
