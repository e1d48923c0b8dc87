"""Finds totals that are the sum of their parts: told beside them in one bulletin, or by the places of a region."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import combinations

from tongxin.petals.evidence.engine.facts import Fact
from tongxin.petals.evidence.engine.sameness import Value, value
from tongxin.petals.evidence.engine.witness import Told

NO_SUM = frozenset(
    "% ‰ 个百分点 倍 公里/小时 ℃ 微克/立方米 毫克/升 小时 分钟 秒 天 年 岁 位次".split()  # noqa: SIM905 - a list of words
)
REACH = 300  # characters between a total and its parts
BESIDE = 90  # between one part and the next
SURE = 4  # telling digits that do not add up by chance
Read = tuple[Told, Value]


def adds(fact: Fact) -> bool:
    """Whether figures of this kind can be added up."""
    return fact.unit not in NO_SUM and not fact.doubt


def is_sum(total: Value, parts: Sequence[Value]) -> bool:
    """Whether values add up to a total: exactly, or within what rounding takes away from numbers of three digits."""
    words = {v.loose for v in (total, *parts)}
    if words - {"", "about"} or any(p.number <= 0 for p in parts):
        return False
    apart = abs(sum((p.number for p in parts), Decimal(0)) - total.number)
    if "about" in words or not apart:
        return not apart and (words == {""} or total.digits >= 3)  # 约46.1万公里 of 约16.2万 and 约29.9万
    slack = sum((v.step for v in (total, *parts) if v.step != 1), Decimal(0)) / 2  # things counted are exact
    fine = total.step > 0 and abs(total.number) / max(total.step, *(p.step for p in parts)) >= 100
    return fine and total.digits >= 3 and apart < slack and slack <= abs(total.number) / 200


def within(told: Sequence[Told]) -> list[tuple[Told, tuple[Told, ...]]]:
    """Return the totals with their parts, each of one bulletin, unit and status.

    Of one period and place too; where those were read apart, a total of three digits with its parts right behind it.
    """
    wide: dict[object, list[Read]] = defaultdict(list)
    for each in told:
        read = value(each.fact)
        if read is not None and adds(each.fact):
            wide[each.bulletin, each.fact.unit, each.fact.status].append((each, read))
    found: list[tuple[Told, tuple[Told, ...]]] = []
    for group in wide.values():
        group.sort(key=lambda r: r[0].fact.number)
        narrow: dict[object, list[Read]] = defaultdict(list)
        for read_ in group:
            narrow[read_[0].fact.period, frozenset(read_[0].fact.jurisdictions)].append(read_)
        made = {id(total): (total, parts) for same in narrow.values() for total, parts in _totals(same)}
        for i, (total, read) in enumerate(group):
            if id(total) not in made and read.digits > 2 and (parts := _run(group, i, behind=True)):
                made[id(total)] = total, parts
        found += [(total, tuple(t for t, _ in parts)) for total, parts in made.values()]
    return found


def _totals(group: list[Read]) -> Iterator[tuple[Told, list[Read]]]:
    for i, (total, read) in enumerate(group):
        if read.number >= 10 and (parts := _run(group, i) or _any(group, i)):
            yield total, parts


def _run(group: list[Read], i: int, *, behind: bool = False) -> list[Read]:
    """Return the parts that stand in a row right after the total (共20个, 其中甲类14个、乙类6个) or right before it."""
    total = group[i]
    before = [] if behind or not _sum_said(total[0].fact) else group[max(0, i - 9) : i][::-1]
    for run in (group[i + 1 : i + 10], before):
        parts: list[Read] = []
        last = total
        for part in run:
            near = abs(part[0].fact.start - last[0].fact.start) <= BESIDE + len(part[0].fact.quote)
            if not near or part[1].number >= total[1].number:
                break
            parts.append(part)
            last = part
            if len(parts) > 1 and is_sum(total[1], [v for _, v in parts]):
                return parts
    return []


def _sum_said(fact: Fact) -> bool:
    return any(word in fact.quote or word in fact.qualifier for word in ("合计", "共", "总"))


def _any(group: list[Read], i: int) -> list[Read]:
    """Return two to four parts in any order that make up a total of so many digits that chance does not."""
    total, whole = group[i]
    if whole.digits < SURE or whole.loose:
        return []
    parts = [
        (t, v)
        for n, (t, v) in enumerate(group)
        if n != i
        and 0 < v.number < whole.number
        and not v.loose
        and abs(t.fact.start - total.fact.start) < REACH
    ][:10]
    for count in (2, 3, 4):
        for chosen in combinations(parts, count):
            if sum((v.number for _, v in chosen), Decimal(0)) == whole.number:
                return list(chosen)
    return []


def of_places(total: Value, places: Sequence[str], told: dict[str, list[Read]]) -> Iterator[tuple[Told, ...]]:
    """Give the parts, one for each place, whose values add up to that of the places together."""
    chosen: list[Read] = []

    def fill(n: int) -> Iterator[tuple[Told, ...]]:
        if n == len(places):
            if is_sum(total, [v for _, v in chosen]):
                yield tuple(t for t, _ in chosen)
            return
        for read in told.get(places[n], [])[:3]:
            chosen.append(read)
            yield from fill(n + 1)
            chosen.pop()

    yield from fill(0)
