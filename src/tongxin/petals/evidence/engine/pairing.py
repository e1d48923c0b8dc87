"""Finds the facts of different bulletins that tell one figure: what a name leaves open, the digits must tell."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import combinations

from tongxin.petals.evidence.engine.names import Names, alike, holds
from tongxin.petals.evidence.engine.sameness import (
    Value,
    Window,
    compare,
    meet,
    of_one_event,
    rates,
    value,
    window,
)
from tongxin.petals.evidence.engine.witness import Told

QUARTER = Decimal("1.25")  # how far apart two values may be and still be one, 近 and 超 included
NEWS, WEEK, MONTH = timedelta(days=2), timedelta(days=7), timedelta(days=31)
UNTOLD = "no narrower place told"  # as the reader says it
NATIONAL = ("全国", "我国", "中国")
COUNTED = frozenset(
    ["个", "家", "户", "座", "所", "处", "支", "项", "条", "种", "类", "件", "场", "批", "款"]
)
PERSONS = frozenset(["人", "名", "位"])
LASTING = frozenset(["公里", "米", "平方公里", "千瓦", "立方米"])  # what is built keeps its length
SHARES = frozenset(["%", "个百分点", "倍"])
Pair = tuple["Item", "Item", str]


@dataclass(frozen=True, slots=True)
class Item:
    """A told fact with what is compared of it; `owner`: the name of the total that it is a part of."""

    number: int
    told: Told
    name: str
    vague: bool  # the name alone does not tell what is counted
    places: tuple[str, ...]  # groups by their members
    value: Value
    window: Window | None
    owner: str


def items(ordered: Sequence[Told], totals: Mapping[int, Told], names: Names) -> list[Item]:
    """Return the facts that can be compared; `totals`: of the parts of a sum (by id) their total."""
    found = []
    for number, told in enumerate(ordered):
        fact = told.fact
        read = value(fact)
        if read is None:
            continue
        name = names.key(fact.indicator, fact.jurisdictions)
        total = totals.get(id(told))
        owner = ""
        if total and not names.is_vague(total.fact.indicator, total.fact.jurisdictions):
            owner = names.key(total.fact.indicator, total.fact.jurisdictions)
        if owner in ("进出口", name):  # such a total adds nothing to the name
            owner = ""
        until = told.source.published if fact.status == "actual" else None
        places = names.members(fact.jurisdictions)
        days = window(fact.period, until)
        found.append(
            Item(
                number,
                told,
                name,
                names.is_vague(fact.indicator, fact.jurisdictions),
                places,
                read,
                days,
                owner,
            )
        )
    return found


def family(item: Item) -> tuple[object, ...]:
    """Return what must be equal before names and values are looked at: unit, places, status, a day or a year."""
    fact = item.told.fact
    unit = "count" if fact.unit in COUNTED else "person" if fact.unit in PERSONS else fact.unit
    return unit, item.places, fact.status, rates(fact)


def published(item: Item) -> date:
    """Return when a fact was published; the last of days where that is not known."""
    return item.told.source.published or date.max


def runs(item: Item) -> bool:
    """Whether a figure's time ends with its publication, so that another may tell it of a day nearby."""
    return item.window is not None and item.window.last == published(item)


def undated(item: Item) -> bool:
    """Whether a state is told as of publication."""
    return item.window is not None and item.window.first is None and runs(item)


def pairs(families: Iterable[list[Item]], every: Sequence[Item]) -> list[Pair]:
    """Return the pairs of facts that tell one figure, with `same` or `near`: how their values agree."""
    found = [(a, b, how) for group in families for a, b in _close(group) if (how := one_figure(a, b))]
    return [*found, *_of_scopes(every)]


def _close(group: list[Item]) -> Iterator[tuple[Item, Item]]:
    """Give the pairs of different origins whose values are near enough to be one."""
    ranked = sorted(group, key=lambda i: (abs(i.value.number), i.number))
    for n, a in enumerate(ranked):
        limit = abs(a.value.number) * QUARTER
        for b in ranked[n + 1 :]:
            if abs(b.value.number) > limit:
                break
            if a.told.origin != b.told.origin:
                yield a, b


def _of_scopes(every: Sequence[Item]) -> Iterator[Pair]:
    """Give the facts of one figure whose places were told in part: none at all, or some of them. Digits must tell."""
    by: dict[object, list[Item]] = defaultdict(list)
    for i in every:
        if i.value.digits > 2:
            unit, _places, *more = family(i)
            by[unit, i.value.number, *more].append(i)
    for group in by.values():
        for a, b in combinations(group, 2):
            if a.told.origin != b.told.origin and (_soon(a, b) or _lasts(a)) and _scopes(a, b):
                many = min(a.value.digits, b.value.digits) > 3
                named = not (a.vague or b.vague) and (a.name == b.name or holds(a.name, b.name))
                if (many or named) and one_figure(a, b) == "same":
                    yield a, b, "same"


def _scopes(a: Item, b: Item) -> bool:
    """Whether the places of one are among the other's, or those of one were told by nobody."""
    x, y = set(a.places), set(b.places)
    facts = (a.told.fact, b.told.fact)
    untold = any(
        f.why.get("jurisdictions") == UNTOLD and not any(word in f.quote for word in NATIONAL) for f in facts
    )
    return x != y and (untold or bool(x and y and (x < y or y < x)))


def one_figure(a: Item, b: Item) -> str:
    """Return `same` or `near` where two facts tell one figure, else nothing."""
    how = compare(a.value, b.value)
    if how not in ("same", "near") or a.owner != b.owner or not of_one_event(a.told.fact, b.told.fact):
        return ""
    digits = min(a.value.digits, b.value.digits)
    if a.window is None or b.window is None:
        period = a.told.fact.period == b.told.fact.period
        return how if period and how == "same" and _one_name(a, b) else ""
    if a.window == b.window:
        return how if _at_one_time(a, b, how, digits) else ""
    if how == "near":
        return how if _both_now(a, b) else ""
    return how if a.value.number == b.value.number and _at_two_times(a, b, digits) else ""


def _both_now(a: Item, b: Item) -> bool:
    """Whether both tell of what there is as of their publication, in one week: 5.2万家 and, a day later, 超5万家."""
    things = COUNTED | PERSONS | LASTING
    facts = (a.told.fact, b.told.fact)
    now = (
        all(undated(i) or (runs(i) and "累计" in i.told.fact.qualifier) for i in (a, b))
        and _apart(a, b) <= WEEK
    )
    actual = all(f.status == "actual" and f.unit in things for f in facts) and bool(
        a.value.loose or b.value.loose
    )
    return now and actual and len(a.name) > 3 and _one_name(a, b)


def _one_name(a: Item, b: Item) -> bool:
    return a.name == b.name and not a.vague


def _likely(a: Item, b: Item, digits: int) -> bool:
    """Whether names are alike enough for values of so many digits.

    In one day's news a rare number needs little of a name. Percentages are told by the dozen, with names that end
    alike: they need more.
    """
    if digits < 2:
        return False
    news = _apart(a, b) <= NEWS and a.told.fact.unit not in SHARES
    if a.vague or b.vague:
        return digits > 2 and (_ends(a, b) or (news and _within(a, b)))
    like = alike(a.name, b.name)
    needed = (
        0.6 if digits < 3 or a.told.fact.unit in SHARES else 0.5 if not news else 0.4 if digits < 4 else 0.25
    )
    held = like > 0 and (holds(a.name, b.name) or (news and digits > 2 and _within(a, b)))
    return like >= needed or held or (digits > 2 and _ends(a, b))


def _within(a: Item, b: Item) -> bool:
    return a.name in b.name or b.name in a.name


def _at_one_time(a: Item, b: Item, how: str, digits: int) -> bool:
    if how == "near":
        like = 0.0 if a.vague or b.vague else alike(a.name, b.name)
        rounded = digits > 2 and not (a.value.loose or b.value.loose) and like > 0 and holds(a.name, b.name)
        return rounded or (digits > 1 and like >= 0.75) or _one_name(a, b)
    return _one_name(a, b) or _likely(a, b, digits)


def _at_two_times(a: Item, b: Item, digits: int) -> bool:
    if a.told.fact.status == "planned" and a.window is not None and a.window.first is None:
        return False  # what is expected today is not what was expected another day
    if _lasts(a) and _lasts(b) and digits > 3 and (_ends(a, b) or _one_head(a, b)):
        return True  # how long a bridge is
    if not (_meet(a, b) or ((undated(a) or undated(b)) and _apart(a, b) <= WEEK)):
        return False
    if _one_name(a, b) and digits > (1 if len(a.name) > 5 else 2):
        return True
    alone = alike(a.name, b.name) >= 0.6 or holds(a.name, b.name)
    return digits > 2 and (_soon(a, b) or alone) and _likely(a, b, digits)


def _meet(a: Item, b: Item) -> bool:
    """Whether two times may be of one figure. What is told of one month and of two is two figures, though equal."""
    if a.window is None or b.window is None or not meet(a.window, b.window):
        return False
    return a.window.first is None or b.window.first is None or runs(a) or runs(b)


def _lasts(item: Item) -> bool:
    return item.told.fact.unit in LASTING and item.window is not None and item.window.first is None


def _ends(a: Item, b: Item) -> bool:
    """Whether one name is the end of the other: 全长 and 示例高铁全长."""
    x, y = sorted((a.told.fact.indicator, b.told.fact.indicator), key=len)
    return len(x) > 1 and y.endswith(x)


def _one_head(a: Item, b: Item) -> bool:
    """Whether one name says only what is measured, and the other ends with it: 线路全长, 示例铁路全长."""
    return (a.vague or b.vague) and a.told.fact.indicator[-2:] == b.told.fact.indicator[-2:]


def _apart(a: Item, b: Item) -> timedelta:
    return abs(published(a) - published(b))


def _soon(a: Item, b: Item) -> bool:
    return _apart(a, b) <= MONTH
