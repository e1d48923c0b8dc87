"""The closed words of clauses beyond events: questions and conditions on an event's reach, fields a notice carries.

Petals register them when Django starts; each brings its title, so that a screen can word a clause.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
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
    chain: str = ""  # id of the first event of its chain
    reporter: str = ""  # the jurisdiction of the desk that told it
    computed: bool = False  # an engine told it
    beside: tuple[Fact, ...] = ()  # heads of the matter's other chains at the same time, such as a forecast


@dataclass(frozen=True)
class Answer:
    """A jurisdiction that an event concerns, how likely, and the times that an engine computed for it."""

    jurisdiction: str
    probability: float
    times: Mapping[str, datetime] = field(default_factory=dict)


@dataclass(frozen=True)
class QuestionWords:
    """What may stand beside `of: <question>` (key and its type), and whether answers are held to the parties."""

    params: Mapping[str, type] = field(default_factory=dict)
    within_parties: bool = True
    events: frozenset[str] = frozenset()  # that it can read; none: every event
    times: frozenset[str] = frozenset()  # registered times that its answers may bring
    certain: bool = False  # every answer has the probability one
    param_words: Mapping[str, Any] = field(
        default_factory=dict
    )  # key → words with %s for what it is asked with


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
_question_words: dict[str, QuestionWords] = {}
_times: dict[str, Any] = {}
_measures: dict[str, Any] = {}
_shareable: dict[str, Any] = {}
_conditions: dict[str, Condition] = {}
_condition_events: dict[str, frozenset[str]] = {}
_fields: dict[str, Field] = {}
_titles: dict[str, Any] = {}
_procedures: list[Callable[[], Mapping[str, Any]]] = []
_asked: list[Callable[[], Mapping[str, Any]]] = []


def register_question(
    name: str,
    answer: Question,
    *,
    title: Any = "",
    params: Mapping[str, type] | None = None,
    within_parties: bool = True,
    events: Sequence[str] = (),
    times: Sequence[str] = (),
    certain: bool = False,
    param_words: Mapping[str, Any] | None = None,
) -> None:
    """Let clauses write `of: <name>` in `to:`; the answer lists jurisdictions with probabilities.

    `params` are the keys that may stand beside it. Without `within_parties` an answer may name a jurisdiction that is
    no party, as laws do (the superior office). `events` it can read (none: every one), `times` its answers may bring;
    a `certain` one never answers a probability below one. A file that asks it for more is refused. `param_words` say
    what a question is asked with: `within %s hours`.
    """
    _questions[name] = answer
    _question_words[name] = QuestionWords(
        dict(params or {}),
        within_parties,
        frozenset(events),
        frozenset(times),
        certain,
        dict(param_words or {}),
    )
    _titles[name] = title or name


def register_condition(name: str, holds: Condition, *, title: Any = "", events: Sequence[str] = ()) -> None:
    """Let clauses write `reach: <name>` in `when:`, beside the `events` that it can read (none: every one)."""
    _conditions[name] = holds
    _condition_events[name] = frozenset(events)
    _titles[name] = title or name


def register_field(field: Field) -> None:
    """Let clauses list `field.name` in `must_carry:`."""
    _fields[field.name] = field


def register_procedures(names: Callable[[], Mapping[str, Any]]) -> None:
    """Let clauses name procedures; `names` returns those there are, with their titles."""
    if names not in _procedures:
        _procedures.append(names)


def register_time(name: str, title: Any) -> None:
    """Let clauses name a computed time in `before:`, and `<name>_shifts` in `renew:`; answers bring its values."""
    _times[name] = title


def register_measure(name: str, title: Any) -> None:
    """Let clauses write `score: {measure: <name>}`."""
    _measures[name] = title


def register_shareable(name: str, title: Any) -> None:
    """Let `share` clauses and bars list a field of data that is no field of a notice."""
    _shareable[name] = title


def register_asked(names: Callable[[], Mapping[str, Any]]) -> None:
    """Let `share` clauses and bars list what applicants are asked for: `names` returns the fields with their titles."""
    if names not in _asked:
        _asked.append(names)


def question_words() -> dict[str, QuestionWords]:
    """Return what may stand beside each question."""
    return dict(_question_words)


def times() -> dict[str, Any]:
    """Return the computed times that clauses may name, with their titles."""
    return dict(_times)


def measures() -> dict[str, Any]:
    """Return the measures that clauses may count for, with their titles."""
    return dict(_measures)


def shareable() -> dict[str, Any]:
    """Return every field that a `share` clause or a bar may list, with its title: those of notices too."""
    return {name: f.title for name, f in _fields.items()} | _shareable


def asked() -> dict[str, Any]:
    """Return the fields that procedures ask applicants for, with their titles; they are data and are read each time."""
    return {name: title for names in _asked for name, title in names().items()}


def questions() -> dict[str, Question]:
    """Return the registered questions."""
    return dict(_questions)


def conditions() -> dict[str, Condition]:
    """Return the registered conditions."""
    return dict(_conditions)


def condition_events() -> dict[str, frozenset[str]]:
    """Return the events that each condition can read; an empty set: every event."""
    return dict(_condition_events)


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
