"""Messages of other rooms that came over a line, or went: listed with the notes, in words that their room gives.

What such a message is about, a matter or a duty, is kept at the node of the desk that owes it; the desk that it went to
reads it here, answers it with a note, or confirms its receipt where that is asked for.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tongxin.heart.exchange.models import Message

NOTE = "note"


@dataclass(frozen=True)
class Letters:
    """One kind: what a message says, whether its receipt is to be confirmed, and how that is done."""

    text: Callable[[Message], str]
    to_confirm: Callable[[Message], bool] = lambda _message: False
    confirm: Callable[..., dict[str, Any]] | None = None  # by, key, message


_kinds: dict[str, Letters] = {}


def register(kind: str, letters: Letters) -> None:
    """Make a kind one that is listed where it crossed a line."""
    _kinds[kind] = letters


def kinds() -> list[str]:
    """Return the kinds that are listed beside notes."""
    return sorted(_kinds)


def text(message: Message) -> str:
    """Return what a message says, in the reader's language."""
    found = _kinds.get(message.kind)
    return found.text(message) if found else str(message.body.get("text", ""))


def to_confirm(message: Message, desk: str) -> bool:
    """Tell whether a desk has still to confirm that it got a message."""
    found = _kinds.get(message.kind)
    return bool(found and found.confirm and message.to_desk_id == desk and found.to_confirm(message))


def confirmer(message: Message) -> Callable[..., dict[str, Any]] | None:
    """Return what confirms the receipt of a message; None where nothing does."""
    found = _kinds.get(message.kind)
    return found.confirm if found else None
