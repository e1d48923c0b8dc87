"""What cases are about, as far as a reader may know it, for lists of duties: the item, and its page."""

from __future__ import annotations

from typing import Any

from tongxin.heart.agreements.threads import Rows, Seen
from tongxin.heart.cases import disputes, queries, words
from tongxin.heart.cases.models import Case
from tongxin.heart.region.acting import Acting


def of_cases(reader: Acting, threads: Rows) -> dict[str, Seen]:
    """Return cases by number; a reader without a part in one gets no address, or that of the dispute it settles."""
    wanted = list(threads)
    rows: Any = Case.objects.read_as("cases.looks").filter(number__in=wanted).select_related("procedure")
    if reader.coordinates:
        rows = rows.annotate(dispute=disputes.settled_by(reader))
    own = set(queries.cases(reader).order_by().filter(number__in=wanted).values_list("number", flat=True))
    return {
        row.number: Seen(
            row.number,
            words.title(row.procedure),
            f"/cases/{row.number}/" if row.number in own else disputes.address(row),
        )
        for row in rows
    }
