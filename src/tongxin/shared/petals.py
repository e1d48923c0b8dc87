"""The register of fields of cooperation: each petal says its name, its colour class and its menu once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class MenuEntry:
    """One line of the rail: a label and the name of the URL it opens."""

    label: Any
    url_name: str


@dataclass(frozen=True)
class Petal:
    """A field of cooperation; `code` is also its CSS class and the `field:` of an instrument."""

    code: str
    name: Any
    menu: tuple[MenuEntry, ...] = field(default=())


# The order of the mark, clockwise from the top; a field without a built petal stays a dashed outline.
FIELDS = ("transport", "ecology", "industry", "services", "planning", "delivery", "evidence")

_petals: dict[str, Petal] = {}


def register(petal: Petal) -> None:
    """Make a petal known; called once from the petal's `apps.py`."""
    if petal.code not in FIELDS:
        raise ValueError(f"unknown field {petal.code!r}; known: {', '.join(FIELDS)}")
    _petals[petal.code] = petal


def registered() -> list[Petal]:
    """Return the built petals in the order of the mark."""
    return [_petals[code] for code in FIELDS if code in _petals]
