"""The register of fields of cooperation: each petal says its name, its colour class and its menu once."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class MenuEntry:
    """A way into a petal: a label, the name of the URL it opens, and the capability that it takes, if any."""

    label: Any
    url_name: str
    needs: str = ""


@dataclass(frozen=True)
class Petal:
    """A field of cooperation; `code` is also its CSS class and the `field:` of an instrument."""

    code: str
    name: Any
    menu: tuple[MenuEntry, ...] = field(default=())  # lines of the rail
    window: tuple[MenuEntry, ...] = field(default=())  # what a clerk begins at a window, beside a new case


# The order of the mark, clockwise from the top; a field without a built petal stays a dashed outline.
FIELDS = ("transport", "ecology", "industry", "services", "planning", "delivery", "evidence")

_petals: dict[str, Petal] = {}


def register(petal: Petal) -> None:
    """Make a petal known; called once from the petal's `apps.py`."""
    if petal.code not in FIELDS:
        raise ValueError(f"unknown field {petal.code!r}; known: {', '.join(FIELDS)}")
    _petals[petal.code] = petal


def at_window(capabilities: Collection[str]) -> list[MenuEntry]:
    """Return what a post with these capabilities may begin at a window."""
    entries = [entry for petal in registered() for entry in petal.window]
    return [entry for entry in entries if not entry.needs or entry.needs in capabilities]


def registered() -> list[Petal]:
    """Return the built petals in the order of the mark."""
    return [_petals[code] for code in FIELDS if code in _petals]
