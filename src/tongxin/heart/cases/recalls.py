"""An offer that was asked back over a line: it stays open, and the case frozen, until the other node answers."""

from __future__ import annotations

from tongxin.heart.cases.models import Case
from tongxin.heart.exchange.models import Message

_READ = "_asked_back"  # on a case: what was found, for the page that asks several times


def waits(row: Case) -> bool:
    """Whether the open offer of a case was asked back and the other node has not answered; one read for a row."""
    if row.frozen_by is None:
        return False
    found: bool | None = row.__dict__.get(_READ)
    if found is None:
        asked = Message.objects.read_as("cases.recalls").filter(
            thread=f"case:{row.number}", kind="recall", in_reply_to=row.frozen_by.message_id, answers=None
        )
        found = row.__dict__[_READ] = asked.exists()
    return found
