"""The closed words of clauses beyond events: questions and conditions on an event's reach, fields a notice carries.

Petals register them when Django starts; each brings its title, so that a screen can word a clause.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Fact:
    """An event as matching sees it: plain values, no database."""

    id: str
    type: str
    place: str
    data: dict[str, Any]
    by_desk: str
    known_at: Any
    recorded_at: Any
    occurred_at: Any


@dataclass(frozen=True)
class Answer:
    """A jurisdiction that an event concerns, and how likely."""

    jurisdiction: str
    probability: float


Question = Callable[[Fact, dict[str, Any]], list[Answer]]
Condition = Callable[[Fact], bool]


@dataclass(frozen=True)
class Field:
    """Something that a notice may have to carry: its title, its first value from the event, its listed values."""

    name: str
    title: Any
    prefill: Callable[[dict[str, Any]], str]
    choices: Callable[[], Sequence[tuple[str, Any]]] = tuple  # code and words; none: free text
    hint: Any = ""


_questions: dict[str, Question] = {}
_conditions: dict[str, Condition] = {}
_fields: dict[str, Field] = {}
_titles: dict[str, Any] = {}
_procedures: list[Callable[[], Mapping[str, Any]]] = []


def register_question(name: str, answer: Question, *, title: Any = "") -> None:
    """Let clauses write `of: <name>` in `to:`; the answer lists jurisdictions with probabilities."""
    _questions[name] = answer
    _titles[name] = title or name


def register_condition(name: str, holds: Condition, *, title: Any = "") -> None:
    """Let clauses write `reach: <name>` in `when:`."""
    _conditions[name] = holds
    _titles[name] = title or name


def register_field(field: Field) -> None:
    """Let clauses list `field.name` in `must_carry:`."""
    _fields[field.name] = field


def register_procedures(names: Callable[[], Mapping[str, Any]]) -> None:
    """Let clauses name procedures; `names` returns those there are, with their titles."""
    if names not in _procedures:
        _procedures.append(names)


def questions() -> dict[str, Question]:
    """Return the registered questions."""
    return dict(_questions)


def conditions() -> dict[str, Condition]:
    """Return the registered conditions."""
    return dict(_conditions)


def fields() -> dict[str, Field]:
    """Return the fields that notices may carry."""
    return dict(_fields)


def procedures() -> dict[str, Any]:
    """Return the procedures that clauses may name, with their titles."""
    return {name: title for names in _procedures for name, title in names().items()}


def title(name: str) -> Any:
    """Return the title of a question or condition; its name when none was given."""
    return _titles.get(name, name)


def value_words(name: str, value: str) -> Any:
    """Return what a notice carries in the reader's language, where the field has listed values."""
    field = _fields.get(name)
    return dict(field.choices()).get(value, value) if field else value
