"""What was told by mistake of a matter without a page of its own, a milestone or a result, and may be taken back."""

from __future__ import annotations

from tongxin.heart.agreements import queries
from tongxin.heart.events import queries as events
from tongxin.heart.events import vocabulary
from tongxin.heart.events.models import Event, Matter
from tongxin.heart.region.acting import Acting

TOLD = (Event.Act.REPORT, Event.Act.CORRECTION)


def report_of(reader: Acting, matter: Matter) -> Event | None:
    """Return the report that the reader's office may withdraw now; None where there is none, or it is another's.

    Matters with a page of their own have their own way to withdraw; what the calendar opened nobody told.
    """
    if matter.state != Matter.State.OPEN or vocabulary.page(matter.kind, "") != "/matters//":
        return None
    for head in events.heads(matter):
        own = reader.answers_for(head.by_desk_id)
        may = vocabulary.get(head.type).needs in reader.capabilities
        if own and may and head.engine is None and head.act in TOLD:
            return head
    return None


def event_of(reader: Acting, number: str) -> str:
    """Return the event that withdrawing a matter takes back; of several the first told. Raises NotFound.

    The act decides whether the reader may.
    """
    matter = queries.matter(reader, number[:20])
    found = report_of(reader, matter) or events.heads(matter)[0]
    return str(found.id)
