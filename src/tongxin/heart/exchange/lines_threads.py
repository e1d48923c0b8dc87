"""What a letter over a line is about, as this node and the other one name it.

Matters are numbered by each node for itself: both may have an `M-2026-000001`. What a peer says of its own stands here
under `node:PEER/matter:…`, apart from everything of this node, and goes back to that peer as it came.
"""

from __future__ import annotations

import re

from django.utils.translation import gettext_lazy as _

from tongxin.heart.exchange import lines
from tongxin.heart.exchange.models import Message
from tongxin.shared.errors import Refused

FORM = re.compile(r"^[a-z]+:[A-Za-z0-9-]{1,26}$")  # with the node before it 80 characters at most
NOTE = "note:"  # a thread of notes has a random name, the same at both ends


def of_peer(letter: lines.Letter) -> str:
    """Return the thread of what a peer says of its own matter or case. Raises Refused for one of another form."""
    if FORM.match(letter.thread) is None:
        raise Refused("wrong_thread", _("What it is about is not named as the protocol says."))
    return f"node:{letter.from_node}/{letter.thread}"


def of_note(letter: lines.Letter) -> str:
    """Return the thread of a note: that of what it answers here, its own, or one of the peer's. Raises Refused."""
    if letter.thread.startswith(NOTE):
        return letter.thread
    answered = _answered(letter)
    if answered is not None and as_sent(answered.thread, letter.from_node) == letter.thread:
        return answered.thread
    return of_peer(letter)


def as_sent(thread: str, to_node: str) -> str:
    """Return a thread of this node as a peer knows it: its own without the name before it."""
    return thread.removeprefix(f"node:{to_node}/")


def node_of(thread: str) -> str:
    """Return the peer whose thread this is; empty for one of this node."""
    first, slash, _rest = thread.partition("/")
    return first.removeprefix("node:") if slash and first.startswith("node:") else ""


def _answered(letter: lines.Letter) -> Message | None:
    """Return what the letter answers, if that went between these two nodes and one of its desks speaks."""
    if letter.in_reply_to is None:
        return None
    row = Message.objects.filter(pk=letter.in_reply_to).select_related("channel").first()
    if row is None or {letter.from_desk, letter.to_desk} != {row.from_desk_id, row.to_desk_id}:
        return None
    return row if letter.from_node in {row.channel.from_node, row.channel.to_node} else None
