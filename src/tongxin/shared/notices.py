"""The register of what a ring says: each kind of notification has one wording, made from its parameters."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Wording = Callable[[Mapping[str, Any]], str]

_wordings: dict[str, Wording] = {}
_titles: dict[str, Any] = {}


def register(kind: str, wording: Wording, title: Any = "") -> None:
    """Make the words of a kind known; called from an `apps.py`. `title` names the kind where one chooses among them."""
    _wordings[kind] = wording
    _titles[kind] = title or kind


def kinds() -> dict[str, Any]:
    """Return every kind that somebody has words for, with its title, in the order in which the rooms named them."""
    return dict(_titles)


def known(kind: str) -> bool:
    """Return whether somebody has words for the kind."""
    return kind in _wordings


def worded(kind: str, params: Mapping[str, Any], *, outside: bool = False) -> str | None:
    """Return the words of a notification, or None when nobody knows the kind.

    `outside`: they leave the house, so a wording writes times with their zone (it gets `outside` among the parameters).
    """
    wording = _wordings.get(kind)
    if wording is None:
        return None
    return wording({**params, "outside": True} if outside else params)
