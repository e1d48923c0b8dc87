"""The closed list of events that clauses may name; a petal adds its own by registering them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel


@dataclass(frozen=True)
class EventType:
    """A kind of event: its name, its titles, the kind of matter it opens, and the model of its data."""

    name: str  # ecology.water_incident
    title: Any
    matter_kind: str
    data: type[BaseModel]
    title_of: Callable[[dict[str, Any]], str]  # the matter's title from the event's data
    title_words: Callable[[str], Any] = str  # that title in the reader's language
    terms: Mapping[str, Any] = field(default_factory=dict)  # what its fields are called
    told: Callable[[dict[str, Any]], Mapping[str, str]] = (
        dict  # what its fields say, in words; those with a term
    )
    needs: str = "report_incident"  # the capability that telling, or taking back, such a thing takes
    page: str = "/matters/{number}/"  # where people see a matter of this kind
    example: Callable[[], dict[str, Any]] = dict  # data of a plausible event, for trying clauses out
    examples: Callable[[], Sequence[dict[str, Any]]] = tuple  # more of them, for clauses of other places


_types: dict[str, EventType] = {}


def register(kind: EventType) -> None:
    """Make an event type known; called from a petal's `ready()`."""
    _types[kind.name] = kind


def names() -> list[str]:
    """Return the known event names, sorted."""
    return sorted(_types)


def get(name: str) -> EventType:
    """Return the event type; KeyError when a clause or a caller names one that no petal registered."""
    return _types[name]


def title_words(matter_kind: str, title: str) -> Any:
    """Return the title of a matter of this kind in the reader's language."""
    kind = next((k for k in _types.values() if k.matter_kind == matter_kind), None)
    return kind.title_words(title) if kind else title


def term(name: str) -> Any:
    """Return what a field of an event is called; empty where no event has a term for it."""
    return next((kind.terms[name] for kind in _types.values() if name in kind.terms), "")


def page(matter_kind: str, number: str) -> str:
    """Return the address of a matter's page."""
    kind = next((k for k in _types.values() if k.matter_kind == matter_kind), None)
    return (kind.page if kind else "/matters/{number}/").format(number=number)
