"""The register of what can be searched: each room or petal gives one function, for what the reader may see."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Hit:
    """One thing found: its name, where it is, and a line about it."""

    title: str
    url: str
    detail: str = ""
    made_up: bool = False


# (reader: Acting or None, words, limit) -> hits; one more than the limit says that there are more.
Searcher = Callable[[Any, str, int], Iterable[Hit]]

_searchers: dict[str, tuple[Any, Searcher]] = {}


def register(name: str, label: Any, searcher: Searcher) -> None:
    """Make a kind of thing searchable; called from an `apps.py`."""
    _searchers[name] = (label, searcher)


def known(name: str) -> bool:
    """Return whether a kind of thing can be searched already."""
    return name in _searchers


def search(reader: Any, words: str, limit: int) -> list[tuple[Any, list[Hit]]]:
    """Return what each kind has for these words, kinds without a hit left out."""
    return [(label, hits) for _name, label, hits in by_kind(reader, words, limit)]


def by_kind(reader: Any, words: str, limit: int) -> list[tuple[str, Any, list[Hit]]]:
    """Return the same with the name under which each kind was registered."""
    found = [
        (name, label, list(searcher(reader, words, limit))) for name, (label, searcher) in _searchers.items()
    ]
    return [each for each in found if each[2]]
