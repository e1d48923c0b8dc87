"""The closed words of clauses beyond events: questions that an engine answers about an event's reach."""

from __future__ import annotations

from collections.abc import Callable
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

_questions: dict[str, Question] = {}
_conditions: dict[str, Condition] = {}


def register_question(name: str, answer: Question) -> None:
    """Let clauses write `of: <name>` in `to:`; the answer lists jurisdictions with probabilities."""
    _questions[name] = answer


def register_condition(name: str, holds: Condition) -> None:
    """Let clauses write `reach: <name>` in `when:`."""
    _conditions[name] = holds


def questions() -> dict[str, Question]:
    """Return the registered questions."""
    return dict(_questions)


def conditions() -> dict[str, Condition]:
    """Return the registered conditions."""
    return dict(_conditions)
