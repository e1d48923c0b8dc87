"""Finds what is longer, later, larger or emptier than the language takes: `limits` holds every figure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _
from pydantic import BaseModel

from tongxin.heart.agreements import limits
from tongxin.heart.agreements.check_words import Loc, Wrong
from tongxin.heart.agreements.language import IfLate, InstrumentFile, Range, Spoken
from tongxin.heart.agreements.wording import length
from tongxin.shared import durations
from tongxin.shared.durations import SHOWN
from tongxin.shared.named import Both


def beyond(model: InstrumentFile) -> Iterator[Wrong]:
    """Yield what lies beyond a limit in an instrument."""
    yield from _number(("version",), model.version, limits.VERSION)
    yield from _model((), model)


def _model(at: Loc, model: BaseModel) -> Iterator[Wrong]:
    """Yield what is wrong in what was written of a part; what stands there by default is not looked at."""
    for name, info in type(model).model_fields.items():
        if name in model.model_fields_set:
            yield from _value((*at, info.alias or name), getattr(model, name), model)
    if isinstance(model, Spoken):
        for key, value in model.params.items():
            yield from _param((*at, key), key, value)


def _value(at: Loc, value: Any, part: BaseModel) -> Iterator[Wrong]:
    match value:
        case Both():
            yield from _both(at, value)
        case BaseModel():
            yield from _model(at, value)
        case timedelta():
            yield from _length(at, value, part)
        case date():
            yield from _day(at, value)
        case str():
            yield from _words(at, value, limits.WORDS if at[-1] == "source" else limits.VALUE)
        case Mapping():
            for key, inner in value.items():
                yield from _value((*at, key), inner, part)
        case tuple():
            for n, inner in enumerate(value):
                yield from _value((*at, n), inner, part)
        case int() | float() if isinstance(part, Range) or "where" in at:
            yield from _number(at, value, limits.NUMBER)


def _length(at: Loc, value: timedelta, part: BaseModel) -> Iterator[Wrong]:
    if isinstance(part, IfLate):
        most = limits.LATE
    elif at[-1] == "within" and getattr(part, "clock", "") == "days":
        most = limits.WORKING_DAYS
    else:
        most = limits.LENGTH
    if value > most:
        said = {"name": _name(at), "written": durations.iso(value), "most": durations.iso(most)}
        reason = _("%(name)s: %(written)s is too long: at most %(most)s (%(words)s)")
        yield at, reason % (said | {"words": length(most)}), ""


def _day(at: Loc, value: date) -> Iterator[Wrong]:
    if not limits.FIRST_DAY <= value <= limits.LAST_DAY:
        said = {"name": _name(at), "written": value, "first": limits.FIRST_DAY, "last": limits.LAST_DAY}
        yield at, _("%(name)s: %(written)s lies outside %(first)s to %(last)s") % said, ""


def _number(at: Loc, value: float, most: int) -> Iterator[Wrong]:
    if not isinstance(value, bool) and abs(value) > most:
        said = {"name": _name(at), "written": str(value)[:SHOWN], "most": most}
        yield at, _("%(name)s: %(written)s is too large: at most %(most)s") % said, ""


def _param(at: Loc, key: str, value: Any) -> Iterator[Wrong]:
    if isinstance(value, str):
        yield from _words(at, value, limits.VALUE)
    elif isinstance(value, int | float):
        yield from _number(at, value, limits.HOURS if key == "hours" else limits.PARAM)


def _both(at: Loc, value: Both) -> Iterator[Wrong]:
    most = _most(at)
    for code in ("zh", "en"):
        said = getattr(value, code)
        if at[-1] == "title" and "\n" in said.strip():
            yield (*at, code), _("a title stands on one line"), ""
        yield from _words((*at, code), said, most[code])


def _most(at: Loc) -> Mapping[str, int]:
    """Return how many characters words in both languages may have, by where they stand."""
    if at[-1] == "title":
        return limits.TITLE if len(at) == 1 else limits.CLAUSE_TITLE
    most = limits.TEXT if at[-1] == "text" else limits.WORDS
    return {"zh": most, "en": most}


def _words(at: Loc, said: str, most: int) -> Iterator[Wrong]:
    if said and not said.strip():
        yield at, _("%s: there are only blanks: write something") % _name(at), ""
    elif len(said) > most:
        words = {"name": _name(at), "begins": said[:SHOWN], "count": len(said), "most": most}
        yield at, _("%(name)s: %(begins)r … has %(count)d characters; at most %(most)d") % words, ""


def _name(at: Loc) -> Any:
    """Return the key that a fault is told of: the last one on the way to it."""
    return next(step for step in reversed(at) if isinstance(step, str))
