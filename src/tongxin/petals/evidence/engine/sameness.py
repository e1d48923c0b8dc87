"""Compares the times and values of facts, each as exactly as it was told."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from tongxin.petals.evidence.engine.facts import Fact
from tongxin.petals.evidence.engine.names import CHANGE

ABOVE = frozenset(
    ["超", "超过", "突破", "余", "多", "逾", "过", "以上", "不少于", "不低于", "至少", "破", "大关"]
)
BELOW = frozenset(["近", "将近", "接近", "不足", "不到", "以内", "以下"])
ABOUT = frozenset(["约", "约为", "大约", "左右", "上下", "来", "几", "上"])
RATES = {
    **dict.fromkeys(("日均", "每天", "每日"), "day"), **dict.fromkeys(("年均", "每年"), "year"), "每周": "week",
    **dict.fromkeys(("月均", "每月"), "month"), **dict.fromkeys(("平均", "均"), "each"),
}  # fmt: skip
EDITION = re.compile("(?:首|第[一二三四五六七八九十百\\d]+)[届期批轮]")  # which of a row of events
NUMBER = re.compile(r"(\d+(?:[,，]\d{3})*(?:\.\d+)?)([十百千]?[万亿]{1,2}|[十百千])?")
SIZE = {"十": 1, "百": 2, "千": 3, "万": 4, "亿": 8}
MEANS = frozenset(["微克/立方米", "毫克/升", "℃", "公里/小时"])  # 平均浓度, 年均浓度: a mean by itself
GREAT = 24  # digits before or behind the point that a figure may have
UNIT_TIMES = (Decimal(1), Decimal(1000), Decimal(10) ** 6)  # 兆瓦, 吉瓦 are told in 千瓦


@dataclass(frozen=True, slots=True)
class Window:
    """The days a figure is of; a state has no first day."""

    first: date | None
    last: date


@dataclass(frozen=True, slots=True)
class Value:
    """A number as it was written: its last digit's worth, how many digits tell something, and what words loosen it."""

    number: Decimal
    step: Decimal
    digits: int
    loose: str  # "", above, below, about
    likely: tuple[Decimal, Decimal]  # between what the true number lies
    possible: tuple[Decimal, Decimal]  # the same, as far as its words allow at all


def _day(text: str, *, last: bool) -> date | None:
    found = re.fullmatch(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?|-Q([1-4])|-H([12]))?", text)
    if found is None:
        return None
    year, month, day, quarter, half = (int(g) if g else 0 for g in found.groups())
    if quarter:
        month = 3 * quarter if last else 3 * quarter - 2
    elif half:
        month = 6 * half if last else 6 * half - 5
    month = month or (12 if last else 1)
    try:
        return date(year, month, day or (monthrange(year, month)[1] if last else 1))
    except ValueError:
        return None


def window(period: str, until: date | None = None) -> Window | None:
    """Return the days of a period; what runs on (今年, 本月, states) ends on `until`, the day of publication."""
    first, slash, last = period.partition("/")
    end = until if last == ".." else _day(last if slash else first, last=True)
    begin = None if first == ".." else _day(first, last=False)
    if end is None or (first != ".." and begin is None):
        return None
    running = begin is None or (not slash and "-Q" not in first and "-H" not in first)
    if until is not None and until < end and running and (begin is None or begin <= until):
        end = until
    return Window(begin, end)


def meet(a: Window, b: Window) -> bool:
    """Whether two times may be of one figure: two that share days and end within a month; states within half a year."""
    apart = abs((a.last - b.last).days)
    if a.first is None and b.first is None:
        return apart <= 183
    if a.first is None or b.first is None:
        return apart <= 31
    return a.first <= b.last and b.first <= a.last and (apart <= 31 or a.first == b.first)


def _written(fact: Fact, number: Decimal) -> tuple[Decimal, int]:
    """Return what the last digit of the number is worth, and how many digits tell something."""
    for match in NUMBER.finditer(fact.quote):
        digits = match[1].replace(",", "").replace("，", "")
        size = Decimal(10) ** sum(SIZE[c] for c in match[2] or "")
        for times in UNIT_TIMES:
            if number and Decimal(digits) * size * times == abs(number):
                decimals = len(digits.partition(".")[2])
                return Decimal(10) ** -decimals * size * times, _telling(number)
    return _step(number), _telling(number)


def _telling(number: Decimal) -> int:
    return len(format(abs(number), "f").replace(".", "").strip("0")) or 1


def _step(number: Decimal) -> Decimal:
    """Return what the last digit that is not nought is worth."""
    exponent = number.normalize().as_tuple().exponent
    return Decimal(10) ** (exponent if isinstance(exponent, int) else 0)


def value(fact: Fact) -> Value | None:
    """Return a fact's number as it was written; None where it is none."""
    try:
        number = Decimal(fact.value)
    except InvalidOperation:
        return None
    if not number.is_finite() or abs(number.adjusted()) > GREAT:
        return None
    step, digits = _written(fact, number)
    said = set(fact.qualifier.split(";"))
    loose = "about" if said & ABOUT else "above" if said & ABOVE else "below" if said & BELOW else ""
    likely, possible = (_between(number, step, digits, loose, wide=wide) for wide in (False, True))
    return Value(number, step, digits, loose, likely, possible)


def _between(
    number: Decimal, last: Decimal, digits: int, loose: str, *, wide: bool
) -> tuple[Decimal, Decimal]:
    """Return between what the true number lies: as far as is likely, or (`wide`) as far as the words allow at all."""
    size, step, round_ = abs(number), _step(number), digits == 1
    if not loose:
        return number - last / 2, number + last / 2
    if loose == "above":
        reach = size / (2 if round_ else 5) if wide else max(min(step, size / 5), size / 100)
        return number, number + reach
    if loose == "below":
        return number - (size / 4 if wide else max(min(step, size / 10), size / 100)), number
    reach = size / (5 if round_ else 10) if wide else max(size / 20, min(step / 2, size / 10))
    return number - reach, number + reach


def compare(a: Value, b: Value) -> str:
    """Return same, near (one rounded, or as 近, 约, 超 allow), different, or unclear where words allow it barely."""
    if not a.loose and not b.loose:
        return "same" if a.number == b.number else "near" if _rounded(a, b) else "different"
    if a.number == b.number and (a.loose == b.loose or not (a.loose and b.loose)):
        return "same"
    if _overlap(a.likely, b.likely):
        return "near"
    return "unclear" if _overlap(a.possible, b.possible) else "different"


def _overlap(a: tuple[Decimal, Decimal], b: tuple[Decimal, Decimal]) -> bool:
    return a[0] <= b[1] and b[0] <= a[1]


def _rounded(a: Value, b: Value) -> bool:
    """Whether one number is the other with fewer digits: 9.08 rounded to 9.1, or 23.19 cut to 23.1."""
    coarse, fine = (a, b) if a.step > b.step else (b, a)
    if coarse.step == fine.step:
        return False
    beyond = abs(fine.number) - abs(coarse.number)
    cut = min(coarse.step, abs(coarse.number) / 20)
    return fine.number * coarse.number >= 0 and -coarse.step / 2 <= beyond <= max(
        coarse.step / 2, cut * Decimal("0.999")
    )


def rates(fact: Fact) -> frozenset[str]:
    """Return by what a figure is told: a day, a week, a year; empty for the whole."""
    if fact.unit in MEANS:
        return frozenset()
    return frozenset(RATES[q] for q in fact.qualifier.split(";") if q in RATES)


def of_one_event(a: Fact, b: Fact) -> bool:
    """Whether two figures may be of one event: not of the fifth fair and of the sixth."""
    one, two = set(EDITION.findall(a.quote)), set(EDITION.findall(b.quote))
    return not one or not two or bool(one & two)


def against(fact: Fact) -> frozenset[str]:
    """Return what a change is told against, where not the year before: 环比, 比上年末, 比2014年."""
    if not CHANGE.search(fact.indicator):
        return frozenset()
    return frozenset(re.findall(r"环比|[比较](?:上年末|年初|上月|\d{4}年)", fact.quote))
