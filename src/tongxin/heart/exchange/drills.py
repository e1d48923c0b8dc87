"""Which threads are drills. Nothing of a drill leaves the house, so exchange asks here before it writes and sends.

Exchange knows no matters and no cases. A room that does registers one function for its kind of thread, the word
before the colon: `drills.register("matter", is_drill)`. What a message on the thread says counts as well.
"""

from __future__ import annotations

from collections.abc import Callable

from tongxin.heart.exchange.models import Message

_asked: dict[str, Callable[[str], bool]] = {}


def register(kind: str, is_drill: Callable[[str], bool]) -> None:
    """Let `is_drill(number)` say whether a thread of this kind is a drill; called once, from a room's `apps.py`."""
    _asked[kind] = is_drill


def of_a_drill(thread: str) -> bool:
    """Tell whether a thread (`matter:M-…`) is a drill, by the room that owns it or by a message on it."""
    if not thread:
        return False
    kind, _colon, number = thread.partition(":")
    asked = _asked.get(kind)
    if asked is not None and asked(number):
        return True
    return Message.objects.read_as("exchange.drills").filter(thread=thread, drill=True).exists()
