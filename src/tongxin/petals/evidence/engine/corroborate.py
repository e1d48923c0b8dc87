"""Sets the facts of many bulletins side by side: same indicator, place and overlapping period from several publishers.

agree: the values are the same within what their qualifiers say · conflict: they are not · stale: a later bulletin tells
a later state of the same stock and the old value is still quoted · derived: a value is the sum of its parts' values.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from itertools import combinations

from tongxin.petals.evidence.engine.facts import Fact, Source

ROUNDING = Decimal("0.005")
LOOSE = Decimal("0.1")  # 近, 约, 超, 余: how far a rounded value may lie from the exact one
LOOSE_WORDS = frozenset(
    [
        "近",
        "约",
        "超",
        "超过",
        "余",
        "多",
        "来",
        "几",
        "逾",
        "过",
        "突破",
        "大约",
        "左右",
        "上下",
        "以上",
        "以内",
        "不少于",
        "至少",
        "将近",
        "接近",
        "多达",
    ]
)
NOISE = re.compile("数$|数量$|总数$|累计|全部|实现|已|的|了|共|达|总值$|总额$|额$|[“”、，]")


@dataclass(frozen=True, slots=True)
class Told:
    """A fact with who told it."""

    fact: Fact
    source: Source
    origin: int  # bulletins that copy one another have one origin


@dataclass(frozen=True, slots=True)
class Verdict:
    """What several facts say together: agree, conflict, stale or derived; `why` in words."""

    kind: str
    facts: tuple[Told, ...]
    why: str


def key(name: str) -> str:
    """Return what remains of an indicator's name when writers differ in form only."""
    return NOISE.sub("", name)


def _alike(a: str, b: str) -> bool:
    x, y = ({s[i : i + 2] for i in range(len(s) - 1)} for s in (key(a), key(b)))
    return bool(x and y) and 2 * len(x & y) / (len(x) + len(y)) >= 0.75


def span(period: str) -> tuple[str, str]:
    """Return the first and last month of a period, `""` where it is open; a stock has its day twice."""
    text = re.sub(
        r"(\d{4})-(Q[1-4]|H[12])",
        lambda m: {"Q": f"{m[1]}-{3 * int(m[2][1]) - 2:02d}/{m[1]}-{3 * int(m[2][1]):02d}",
                   "H": f"{m[1]}-{6 * int(m[2][1]) - 5:02d}/{m[1]}-{6 * int(m[2][1]):02d}"}[m[2][0]],
        period,
    )  # fmt: skip
    first, _, last = text.partition("/")
    if not last:
        last = first
    if first == "..":
        return last, last
    first = first if len(first) > 4 else f"{first}-01"
    return first[:7], (last if len(last) > 4 else f"{last}-12")[:7]


def overlap(a: str, b: str) -> bool:
    """Whether two periods share a month; two stocks, or a stock and a flow, only where they end in the same month."""
    if a.startswith("../") or b.startswith("../"):
        return span(a)[1][:7] == span(b)[1][:7]
    (a1, a2), (b1, b2) = span(a), span(b)
    return (a1, a2) == (b1, b2)


def _number(fact: Fact) -> Decimal | None:
    try:
        return Decimal(fact.value)
    except InvalidOperation:
        return None


def same(a: Fact, b: Fact) -> bool:
    """Whether two values are one value as far as their words allow: 近, 约, 超, 余 are loose, else rounding alone."""
    x, y = _number(a), _number(b)
    if x is None or y is None:
        return a.value == b.value
    return abs(x - y) <= (LOOSE if _loose(a) or _loose(b) else ROUNDING) * max(abs(x), abs(y))


def corroborate(told: Sequence[Told]) -> list[Verdict]:
    """Return what facts of several origins say together; facts of one origin count once. In a stable order."""
    verdicts: list[Verdict] = []
    for group in _groups(told):
        verdicts += _of_pairs(group)
    verdicts += _derived(told)
    return _once(verdicts)


def _once(verdicts: list[Verdict]) -> list[Verdict]:
    """Leave out what the copies of a bulletin say again."""
    kept: dict[tuple[str, frozenset[tuple[object, ...]]], Verdict] = {}
    for each in verdicts:
        said = frozenset(
            (t.origin, t.fact.indicator, t.fact.jurisdictions, t.fact.period, t.fact.value)
            for t in each.facts
        )
        kept.setdefault((each.kind, said), each)
    return list(kept.values())


def _groups(told: Iterable[Told]) -> list[list[Told]]:
    by: dict[tuple[str, tuple[str, ...], str], list[list[Told]]] = defaultdict(list)
    for each in told:
        fact = each.fact
        if fact.doubt:
            continue
        lists = by[fact.unit, tuple(sorted(fact.jurisdictions)), fact.status]
        home = next((g for g in lists if _alike(g[0].fact.indicator, fact.indicator)), None)
        if home is None:
            lists.append([each])
        else:
            home.append(each)
    return [group for lists in by.values() for group in lists if len(group) > 1]


def _of_pairs(group: list[Told]) -> list[Verdict]:
    found: list[Verdict] = []
    agreeing: list[Told] = []
    for a, b in combinations(group, 2):
        if a.origin == b.origin:
            continue
        if overlap(a.fact.period, b.fact.period):
            if same(a.fact, b.fact):
                agreeing += [x for x in (a, b) if x not in agreeing]
            else:
                found.append(
                    Verdict("conflict", (a, b), f"{a.fact.value} and {b.fact.value} for the same period")
                )
        elif stale := _stale(a, b):
            found.append(stale)
    if agreeing:
        found.insert(
            0, Verdict("agree", tuple(agreeing), f"{len({t.origin for t in agreeing})} publishers, one value")
        )
    return found


def _stale(a: Told, b: Told) -> Verdict | None:
    """An old value repeated later: a bulletin published after another that already told a newer state of the stock."""
    if not (a.fact.period.startswith("../") and b.fact.period.startswith("../")):
        return None
    older, newer = sorted((a, b), key=lambda t: span(t.fact.period)[1])
    known = newer.source.published or date.min
    if (older.source.published or date.max) >= known and not same(older.fact, newer.fact):
        return Verdict(
            "stale", (older, newer), f"as of {span(newer.fact.period)[1]} it was {newer.fact.value} already"
        )
    return None


def _derived(told: Sequence[Told]) -> list[Verdict]:
    """Find totals that are the sum of two to four parts told beside them: one bulletin, unit and period."""
    by: dict[tuple[str, str, str], list[Told]] = defaultdict(list)
    for each in told:
        if each.fact.unit not in ("%", "个百分点") and not each.fact.doubt and _number(each.fact) is not None:
            by[each.fact.doc, each.fact.unit, each.fact.period].append(each)
    found: list[Verdict] = []
    for group in by.values():
        for total in group:
            parts = [t for t in group if t is not total and _belongs(t.fact, total.fact)]
            made = _sum(total, parts[:12])
            if made:
                found.append(
                    Verdict(
                        "derived",
                        (total, *made),
                        " + ".join(t.fact.value for t in made) + f" = {total.fact.value}",
                    )
                )
    return found


def _belongs(part: Fact, total: Fact) -> bool:
    value, whole = _number(part) or Decimal(0), _number(total) or Decimal(0)
    exact = not (_loose(part) or _loose(total)) and not part.quote.startswith(("比", "较"))
    near = abs(part.start - total.start) < 300 and part.jurisdictions == total.jurisdictions
    x, y = ({s[i : i + 2] for i in range(len(s) - 1)} for s in (part.indicator, total.indicator))
    return exact and near and 0 < value < whole and (bool(x & y) or abs(part.start - total.start) < 90)


def _loose(fact: Fact) -> bool:
    return bool(set(fact.qualifier.split(";")) & LOOSE_WORDS)


def _sum(total: Told, parts: list[Told]) -> tuple[Told, ...] | None:
    whole = _number(total.fact) or Decimal(0)
    if whole < 10:
        return None
    for count in (2, 3, 4):
        for chosen in combinations(parts, count):
            if sum((_number(t.fact) or Decimal(0) for t in chosen), Decimal(0)) == whole:
                return chosen
    return None
