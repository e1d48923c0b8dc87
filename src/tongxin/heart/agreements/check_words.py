"""Finds the words of an instrument that nothing registered: events, roles, parties, questions, fields, clauses …"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext as _
from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic_core import to_jsonable_python

from tongxin.heart.agreements.known import Known
from tongxin.heart.agreements.language import (
    AnyClause,
    Bar,
    Before,
    Common,
    Handle,
    InstrumentFile,
    Notify,
    Range,
    Recognise,
    Settle,
    Share,
    Spoken,
    When,
    renewal_words,
)
from tongxin.shared.petals import FIELDS
from tongxin.shared.reading import nearest

Loc = tuple[int | str, ...]
Wrong = tuple[Loc, str, str]  # where, why, and the nearest known word
HERE = ("place", "reporter")
TOGETHER = ("each_party", "other_parties")


def unknown(model: InstrumentFile, known: Known) -> Iterator[Wrong]:
    """Yield what is unknown in an instrument."""
    yield from _named(("field",), _("unknown field %r"), model.field, FIELDS)
    for i, party in enumerate(model.parties):
        yield from _named(("parties", i), _("unknown party %r"), party, known.parties)
    for i, bar in enumerate(model.bars):
        yield from _bar(("bars", i), bar, model, known)
    for i, clause in enumerate(model.clauses):
        yield from _clause(("clauses", i), clause, model, known)


def desks_of(clause: AnyClause) -> tuple[tuple[str, Spoken], ...]:
    """Return the desks that a clause names with their keys: who owes, then who is owed; none for `handle`."""
    if isinstance(clause, Settle):
        return ("payee", clause.payee), ("payer", clause.payer)
    if isinstance(clause, Handle):
        return ()
    return ("from", clause.sender), ("to", clause.to)


def when_of(clause: AnyClause) -> When | None:
    """Return what a clause waits for, where it says so itself."""
    return clause.when if isinstance(clause, Notify | Recognise) else None


def _named(where: Loc, reason: str, word: str, words: Iterable[str]) -> Iterator[Wrong]:
    if word not in words:
        yield where, reason % word, nearest(word, words)


def _all(where: Loc, reason: str, listed: Iterable[str], words: Iterable[str]) -> Iterator[Wrong]:
    for n, word in enumerate(listed):
        yield from _named((*where, n), reason, word, words)


def _bar(at: Loc, bar: Bar, model: InstrumentFile, known: Known) -> Iterator[Wrong]:
    yield from _all((*at, "fields"), _("unknown field %r"), bar.fields, known.shareable)
    if bar.of != "each_party":
        yield from _party((*at, "of"), bar.of, model, known, ("each_party",))
    if bar.to != "anyone":
        yield from _named((*at, "to"), _("unknown party %r"), bar.to, {*known.parties, "anyone"})


def _clause(at: Loc, clause: AnyClause, model: InstrumentFile, known: Known) -> Iterator[Wrong]:
    yield from _common(at, clause, known)
    when = when_of(clause)
    if when is not None:
        yield from _when((*at, "when"), when, known)
    for key, spoken in desks_of(clause):
        yield from _spoken((*at, key), spoken, model, known)
    match clause:
        case Notify():
            yield from _notify(at, clause, known)
        case Handle():
            yield from _named((*at, "role"), _("unknown role %r"), clause.role, known.roles)
            yield from _all(
                (*at, "procedures"), _("unknown procedure %r"), clause.procedures, known.procedures
            )
        case Share():
            yield from _all((*at, "fields"), _("unknown field %r"), clause.fields, known.shareable)
    review = getattr(clause, "review_by", None)
    if review is not None:
        yield from _named((*at, "review_by", "role"), _("unknown role %r"), review.role, known.roles)


def _common(at: Loc, clause: Common, known: Known) -> Iterator[Wrong]:
    if clause.score is not None:
        yield from _named(
            (*at, "score", "measure"), _("unknown measure %r"), clause.score.measure, known.measures
        )
    yield from _all((*at, "yields_to"), _("unknown clause %r"), clause.yields_to, known.register)


def _notify(at: Loc, clause: Notify, known: Known) -> Iterator[Wrong]:
    yield from _all((*at, "must_carry"), _("unknown field %r"), clause.must_carry, known.fields)
    if clause.only_after is not None:
        yield from _named((*at, "only_after"), _("unknown event %r"), clause.only_after, known.events)
    for key, limit in (("due", clause.due), ("needed", clause.needed)):
        if isinstance(limit, Before):
            yield from _named((*at, key, "before"), _("unknown time %r"), limit.before, known.times)
    if isinstance(clause.renew, dict):
        words = renewal_words(known.times)
        for word in clause.renew:
            yield from _named((*at, "renew", word), _("unknown word %r in renew"), word, words)


def _spoken(at: Loc, spoken: Spoken, model: InstrumentFile, known: Known) -> Iterator[Wrong]:
    yield from _named((*at, "role"), _("unknown role %r"), spoken.role, known.roles)
    if spoken.of in known.questions:
        yield from _params(at, spoken, known)
        return
    if spoken.of not in {*HERE, *TOGETHER}:
        yield from _party((*at, "of"), spoken.of, model, known, (*HERE, *TOGETHER, *known.questions))
    for key in spoken.params:
        said = {"key": key, "of": spoken.of}
        yield (*at, key), _("unknown key %(key)r: %(of)r takes nothing beside it") % said, ""


def _params(at: Loc, spoken: Spoken, known: Known) -> Iterator[Wrong]:
    """Yield what a question is asked with and did not register, or what has another type."""
    wanted = known.questions[spoken.of].params
    for key, value in spoken.params.items():
        if key not in wanted:
            said = {"key": key, "of": spoken.of}
            yield (
                (*at, key),
                _("unknown key %(key)r: the question %(of)r does not take it") % said,
                nearest(key, wanted),
            )
        elif not _fits(value, wanted[key]):
            yield (*at, key), _KINDS[wanted[key]]() if wanted[key] in _KINDS else _("write another value"), ""


_KINDS = {
    float: lambda: _("write a number above zero"),
    int: lambda: _("write a whole number above zero"),
    str: lambda: _("write a text"),
    bool: lambda: _("write true or false"),
}


def _fits(value: Any, kind: type) -> bool:
    if kind is bool or isinstance(value, bool):
        return kind is bool and isinstance(value, bool)
    if kind in {int, float}:
        return isinstance(value, int if kind is int else int | float) and value > 0
    return isinstance(value, kind)


def _party(at: Loc, word: str, model: InstrumentFile, known: Known, others: Iterable[str]) -> Iterator[Wrong]:
    """Yield a fault unless the word is a party of the instrument, or lies in one."""
    if word not in known.parties:
        yield at, _("unknown party or question %r") % word, nearest(word, {*known.parties, *others})
    elif not known.belongs(word, model.parties) and set(model.parties) <= known.parties:
        yield at, _("%r is no party of this instrument and lies in none") % word, nearest(word, model.parties)


def _when(at: Loc, when: When, known: Known) -> Iterator[Wrong]:
    yield from _named((*at, "event"), _("unknown event %r"), when.event, known.events)
    if when.reach is not None:
        yield from _named((*at, "reach"), _("unknown condition %r"), when.reach, known.conditions)
    data = known.events.get(when.event)
    if data is None:
        return
    for name, allowed in when.where.items():
        here = (*at, "where", name)
        if name not in data.model_fields:
            said = {"name": name, "event": when.event}
            reason = _("the event %(event)s has no data %(name)r") % said
            yield here, reason, nearest(name, data.model_fields)
        elif isinstance(allowed, Range):
            if not any(_can_be(data, name, number) for number in (1, 1.5)):
                yield here, _("%r is no number: write a list of values") % name, ""
        else:
            for n, value in enumerate(allowed):
                yield from _value((*here, n), data, name, value)


def _value(at: Loc, data: type[BaseModel], name: str, value: str | int | bool) -> Iterator[Wrong]:
    """Yield a fault for a value that the event's data can never have."""
    errors = _errors(data, name, value)
    if not errors:
        written = _written(data, name, value)
        if written != value or isinstance(written, bool) != isinstance(value, bool):
            reason = _("%(name)s is never %(value)r: it is kept as %(written)r")
            yield at, reason % {"name": name, "value": value, "written": written}, ""
        return
    error = errors[0]
    said = {"name": name, "value": value}
    if error["type"] in {"literal_error", "enum"}:
        words = [w.strip(" '") for w in str(error["ctx"]["expected"]).replace(" or ", ", ").split(",")]
        yield at, _("%(name)s is never %(value)r") % said, nearest(str(value), words)
    else:
        yield at, _("%(name)s is never %(value)r") % said, ""


def _can_be(data: type[BaseModel], name: str, value: Any) -> bool:
    return not _errors(data, name, value) and isinstance(_written(data, name, value), int | float)


def _errors(data: type[BaseModel], name: str, value: Any) -> list[Any]:
    """Return what the event's data holds against one value, whatever else is missing."""
    try:
        data.model_validate({data.model_fields[name].alias or name: value})
    except ValidationError as error:
        own = {name, data.model_fields[name].alias}
        return [e for e in error.errors(include_url=False) if e["loc"] and e["loc"][0] in own]
    return []


def _written(data: type[BaseModel], name: str, value: Any) -> Any:
    """Return the value as an event keeps it."""
    return to_jsonable_python(_kept(data, name).validate_python(value))


@lru_cache(maxsize=512)
def _kept(data: type[BaseModel], name: str) -> TypeAdapter[Any]:
    return TypeAdapter(data.model_fields[name].annotation or Any)
