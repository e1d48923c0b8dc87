"""Reads the places of lists: the item of a number, the examples before it, those named behind it."""

from __future__ import annotations

from tongxin.petals.evidence.engine.facts import Mention
from tongxin.petals.evidence.engine.places import NATIONAL, Seen
from tongxin.petals.evidence.engine.scope_words import GIVEN_TO, NEXT_IN_LIST, TOGETHER


def item(text: str, places: list[Seen], start: int, end: int) -> tuple[tuple[str, ...], str] | None:
    """Return the place with which the last item of a list begins, and why: 上海的…、江苏的80个机场."""
    at = text.rfind("、", start, end) + 1
    if at <= start or "等" in text[at:end]:
        return None
    own = next((p for p in places if p.start == at and p.end <= end and not p.weak), None)
    if own is None or own.names == (NATIONAL,):
        return None
    alone = not any(p.end == at - 1 for p in places)
    return (own.names, f"the item of the list: {own.form}") if alone else None


def behind(text: str, places: list[Seen], end: int) -> list[Seen]:
    """Return the places that stand together behind a number, in a sentence about a ministry: 5个工作组分别在甲、乙."""
    found: list[Seen] = []
    for p in places:
        if p.start < end or p.weak:
            continue
        if not found and not GIVEN_TO.search(text, max(end, p.start - 6), p.start):
            continue
        if found and not TOGETHER.fullmatch(text, found[-1].end, p.start):
            break
        found.append(p)
    return found


def examples(text: str, places: list[Seen], m: Mention) -> int | None:
    """Return where a list of places begins that only gives examples: 苏州、无锡等12个港口; None where none does."""
    if not text.endswith(("等", "等全国"), m.clause[0], m.start):
        return None
    at = text.rindex("等", m.clause[0], m.start)
    first = None
    for p in reversed([p for p in places if m.clause[0] <= p.start and p.end <= at]):
        if NEXT_IN_LIST.fullmatch(text[p.end : at if first is None else first]) is None:
            break
        first = p.start
    return first
