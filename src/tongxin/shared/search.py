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
    found = [(label, list(searcher(reader, words, limit))) for label, searcher in _searchers.values()]
    return [(label, hits) for label, hits in found if hits]
