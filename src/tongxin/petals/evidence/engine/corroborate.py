"""Sets the facts of many bulletins side by side: same indicator, place and overlapping period from several publishers.

agree: bulletins that do not copy one another tell one value · conflict: two values for one figure at one time ·
stale: an old state is told after a newer one was published · derived: a total is the sum of its parts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import combinations
from pathlib import Path

from tongxin.petals.evidence.engine import pairing, sums
from tongxin.petals.evidence.engine.names import names
from tongxin.petals.evidence.engine.pairing import Item, Pair, family, published, undated
from tongxin.petals.evidence.engine.sameness import Value, Window, against, compare, of_one_event, rates
from tongxin.petals.evidence.engine.witness import Told, order, witnesses

FAR = 5  # two values of one figure do not differ more
REVISED = timedelta(days=25)  # a figure told so much later may have been revised


@dataclass(frozen=True, slots=True)
class Verdict:
    """What several facts say together: agree, conflict, stale or derived.

    `reason` is the sentence, open at the names of `said`, so that it can be told in another language. `witnesses`: how
    many publishers tell it; copies of one bulletin and bulletins of one publisher are one.
    """

    kind: str
    facts: tuple[Told, ...]
    reason: str
    said: Mapping[str, str]
    witnesses: int

    @property
    def why(self) -> str:
        """Why it was found so, in English."""
        return self.reason.format(**self.said)


def corroborate(told: Iterable[Told], words: Path | None = None) -> list[Verdict]:
    """Return what facts of several origins say together, in an order that does not depend on theirs.

    `words`: a folder with tables of one's own. Raises ValueError.
    """
    ordered = sorted((t for t in told if not t.fact.doubt), key=order)
    made = sums.within(ordered)
    totals = {id(part): total for total, parts in made for part in parts}
    every = pairing.items(ordered, totals, names(words))
    by: dict[object, list[Item]] = defaultdict(list)
    for item in every:
        by[family(item)].append(item)
    found = [_derived(total, parts) for total, parts in (*made, *_over_places(every))]
    found += _agreeing(pairing.pairs(by.values(), every))
    for group in by.values():
        named: dict[tuple[str, str, str], list[Item]] = defaultdict(list)
        for item in group:
            if item.told.fact.jurisdictions and not item.vague:
                named[item.name, item.owner, item.told.fact.unit].append(item)
        for same in named.values():
            found += [*_conflicting(same), *_stale(same)]
    rank = {id(t): n for n, t in enumerate(ordered)}
    found.sort(key=lambda v: (min(rank[id(t)] for t in v.facts), v.kind, [rank[id(t)] for t in v.facts]))
    return _once(found)


def _agreeing(pairs: Sequence[Pair]) -> Iterator[Verdict]:
    """Give the values that several bulletins tell alike; each belongs to one figure only."""
    exact: dict[int, list[Pair]] = defaultdict(list)
    for pair in pairs:
        if pair[2] == "same":
            exact[pair[0].number].append(pair)
    for joined in _joined(pairs):
        if any(_apart(a, b) for a, b in combinations(joined, 2)):
            for same in _joined([pair for item in joined for pair in exact[item.number]]):
                yield _agreed(same)
        else:
            yield _agreed(joined)


def _apart(a: Item, b: Item) -> bool:
    return a.window == b.window and compare(a.value, b.value) == "different"


def _joined(pairs: Sequence[Pair]) -> list[list[Item]]:
    """Return the facts that pairs join, each heap in order."""
    parent: dict[int, int] = {}
    item: dict[int, Item] = {}

    def root(n: int) -> int:
        while parent[n] != n:
            parent[n] = parent[parent[n]]
            n = parent[n]
        return n

    for a, b, _how in pairs:
        for each in (a, b):
            parent.setdefault(each.number, each.number)
            item[each.number] = each
        low, high = sorted((root(a.number), root(b.number)))
        parent[high] = low
    heaps: dict[int, list[Item]] = defaultdict(list)
    for number in sorted(item):
        heaps[root(number)].append(item[number])
    return [heaps[n] for n in sorted(heaps)]


def _agreed(items: Sequence[Item]) -> Verdict:
    facts = tuple(i.told for i in items)
    count = witnesses(facts)
    told = {"witnesses": str(count), "bulletins": str(len({t.origin for t in facts}))}
    if count == 1:
        return Verdict(
            "agree", facts, "one publisher in {bulletins} bulletins, no second witness", told, count
        )
    if not all(t.source.publisher for t in facts):
        reason = "{witnesses} sources, one value; of some the publisher is unknown, it may be one"
        return Verdict("agree", facts, reason, told, count)
    return Verdict("agree", facts, "{witnesses} publishers, one value", told, count)


def _conflicting(same: list[Item]) -> Iterator[Verdict]:
    """Give the figures told with several values for one time; a bulletin with two values for one name tells none."""
    by: dict[Window, list[Item]] = defaultdict(list)
    for item in same:
        if item.window is not None:
            by[item.window].append(item)
    for items in by.values():
        sure = [
            i for i in items if not any(_contradicts(i, j) and _bulletin(i) == _bulletin(j) for j in items)
        ]
        pairs = [(a, b) for a, b in combinations(sure, 2) if _contradicts(a, b)]
        if pairs:
            yield _contradicted([i for i in sure if any(i in pair for pair in pairs)])


def _contradicts(a: Item, b: Item) -> bool:
    """Whether two values cannot both be right. What is many times more is another thing, or a slip of 万 and 亿."""
    if compare(a.value, b.value) != "different":
        return False
    small, large = sorted((abs(a.value.number), abs(b.value.number)))
    if not small or (large > FAR * small and not _slip(small, large)):
        return False
    one, two = a.told.fact, b.told.fact
    return against(one) == against(two) and of_one_event(one, two)


def _slip(small: Decimal, large: Decimal) -> bool:
    """Whether two numbers have the same digits and differ by noughts alone."""
    return small.normalize().as_tuple().digits == large.normalize().as_tuple().digits


def _bulletin(item: Item) -> object:
    return item.told.bulletin


def _contradicted(items: list[Item]) -> Verdict:
    facts = tuple(i.told for i in items)
    days = [t.source.published for t in facts if t.source.published]
    said = {"values": " / ".join(" = ".join(same) for same in _values(items))}
    reason = "{values} for the same time"
    if len({t.origin for t in facts}) == 1:
        reason = "{values}: a copy tells another value"
    elif days and max(days) - min(days) >= REVISED:
        reason = "{values} for the same time; told far apart, the later may be revised"
    return Verdict("conflict", facts, reason, said, witnesses(facts))


def _values(items: Sequence[Item]) -> list[list[str]]:
    """Return the values that are told, those beside one another that are one but for rounding and 约."""
    heaps: list[list[Item]] = []
    for item in items:
        home = next(
            (h for h in heaps if all(compare(item.value, i.value) in ("same", "near") for i in h)), None
        )
        if home is None:
            heaps.append([item])
        else:
            home.append(item)
    return [list(dict.fromkeys(i.told.fact.value for i in heap)) for heap in heaps]


def _stale(same: list[Item]) -> Iterator[Verdict]:
    """Give the old states told after a newer one was published, and running totals lower than one told before."""
    states = [i for i in same if i.window is not None and i.window.first is None and i.told.source.published]
    for late in states:
        if any(_bulletin(i) == _bulletin(late) and _as_of(i) > _as_of(late) for i in states):
            continue  # it tells the newer state as well
        before = [i for i in states if i.told.origin != late.told.origin and published(i) < published(late)]
        before = [i for i in before if compare(i.value, late.value) == "different"]
        newer = [i for i in before if _as_of(i) > _as_of(late)]
        higher = [i for i in before if _as_of(i) <= _as_of(late) and _fell(i, late)]
        lower = [i for i in newer if undated(i) and _fell(late, i)]
        if lower:
            old = min(lower, key=lambda i: (i.value.number, i.number))
            yield _old(old, late, "told without a date, but {value} as of {day} already")
        elif newer:
            known = max(newer, key=lambda i: (_as_of(i), -i.number))
            yield _old(late, known, "as of {day} it was {value}, published on {published}")
        elif higher:
            known = max(higher, key=lambda i: (i.value.number, -i.number))
            yield _old(late, known, "a running total, but {value} was published already on {published}")


def _as_of(item: Item) -> date:
    return item.window.last if item.window else date.min


def _fell(before: Item, late: Item) -> bool:
    """Whether a running total is smaller, by less than half, than what was told: it counts from one day and cannot."""
    running = "累计" in late.told.fact.qualifier or "累计" in late.told.fact.indicator
    return running and before.value.number / 2 < late.value.number < before.value.number


def _old(late: Item, known: Item, reason: str) -> Verdict:
    facts = (late.told, known.told)
    said = {
        "day": _as_of(known).isoformat(),
        "value": known.told.fact.value,
        "published": published(known).isoformat(),
    }
    return Verdict("stale", facts, reason, said, witnesses(facts))


def _over_places(items: Sequence[Item]) -> Iterator[tuple[Told, tuple[Told, ...]]]:
    """Give the figures of several places together that are the sum of what is told of each, in any bulletin."""
    by: dict[object, list[Item]] = defaultdict(list)
    for i in items:
        fact = i.told.fact
        if i.window is not None and not i.vague and sums.adds(fact) and not rates(fact):
            by[i.name, i.owner, fact.unit, fact.status, i.window].append(i)
    for group in by.values():
        alone: dict[str, list[tuple[Told, Value]]] = defaultdict(list)
        for i in group:
            places = i.places
            if len(places) == 1 and all(i.value.number != v.number for _, v in alone[places[0]]):
                alone[places[0]].append((i.told, i.value))
        for i in group:
            places = i.places
            if len(places) > 1 and all(p in alone for p in places):
                parts = next(sums.of_places(i.value, places, alone), None)
                if parts:
                    yield i.told, parts


def _derived(total: Told, parts: Sequence[Told]) -> Verdict:
    added = " + ".join(t.fact.value for t in parts)
    facts = (total, *parts)
    exact = sum(Decimal(t.fact.value) for t in parts) == Decimal(total.fact.value)
    reason = "{parts} = {total}" if exact else "{parts} = {total}, but for rounding"
    return Verdict("derived", facts, reason, {"parts": added, "total": total.fact.value}, witnesses(facts))


def _once(verdicts: Iterable[Verdict]) -> list[Verdict]:
    """Leave out what the copies of a bulletin say again."""
    kept: dict[object, Verdict] = {}
    for each in verdicts:
        said = frozenset(
            (t.origin, t.fact.indicator, t.fact.jurisdictions, t.fact.period, t.fact.value)
            for t in each.facts
        )
        kept.setdefault((each.kind, said), each)
    return list(kept.values())
