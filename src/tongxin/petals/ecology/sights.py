"""What incidents are about, as far as a reader may know it, for lists of duties."""

from __future__ import annotations

from tongxin.heart.agreements import queries as agreements
from tongxin.heart.agreements.threads import Rows, Seen
from tongxin.heart.events import vocabulary
from tongxin.heart.region.acting import Acting
from tongxin.petals.ecology import queries


def incidents(reader: Acting, rows: Rows) -> dict[str, Seen]:
    """Return incidents by number: the title from the report, or from what a notice carried to the reader's side."""
    matters = [row for row in rows.values() if row is not None]
    whole = agreements.whole_of(reader, [row.number for row in matters])
    said = queries.titles(reader, matters, whole)
    return {
        row.number: Seen(row.number, said[row.number], vocabulary.page(row.kind, row.number))
        for row in matters
    }
