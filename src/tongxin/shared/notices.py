"""The register of what a ring says: each kind of notification has one wording, made from its parameters."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Wording = Callable[[Mapping[str, Any]], str]

_wordings: dict[str, Wording] = {}


def register(kind: str, wording: Wording) -> None:
    """Make the words of a kind known; called from an `apps.py`."""
    _wordings[kind] = wording


def known(kind: str) -> bool:
    """Return whether somebody has words for the kind."""
    return kind in _wordings


def worded(kind: str, params: Mapping[str, Any]) -> str | None:
    """Return the words of a notification, or None when nobody knows the kind."""
    wording = _wordings.get(kind)
    return wording(params) if wording else None
