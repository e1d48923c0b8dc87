"""Generated pairs of bulletins: one figure in other words and roundings, or another value, year, place, plan or scope."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date

import pytest

from tongxin.petals.evidence.engine.api import read_text
from tongxin.petals.evidence.engine.corroborate import corroborate
from tongxin.petals.evidence.engine.facts import Source
from tongxin.petals.evidence.engine.witness import Told

FIRST, SECOND = date(2025, 2, 1), date(2025, 2, 9)
PLACES = ["京津冀", "长三角", "北京市", "天津市", "武清区", "江苏省", "粤港澳大湾区", "河北省", "成渝地区"]
YEAR = ["2024年，", "去年，", "2024年全年，"]
STATE = ["截至2024年底，", "截至2024年末，", "截至2024年12月底，"]


@dataclass(frozen=True, slots=True)
class Kind:
    """A figure with its unit, from what to what it runs, and how writers say it; `state`: it is told as of a day."""

    unit: str
    least: int
    most: int
    said: tuple[str, ...]
    state: bool = False


KINDS = [
    Kind("亿元", 500, 30000, ("地区生产总值{}", "实现地区生产总值{}", "GDP达{}", "地区生产总值为{}")),
    Kind("亿元", 100, 60000, ("外贸进出口总值{}", "进出口总值达{}", "货物贸易进出口{}", "外贸进出口{}")),
    Kind("亿元", 50, 9000, ("一般公共预算收入{}", "完成一般公共预算收入{}", "实现一般公共预算收入{}")),
    Kind("亿元", 50, 20000, ("社会消费品零售总额{}", "实现社会消费品零售总额{}", "社零总额达{}")),
    Kind("万件", 500, 90000, ("快递业务量{}", "快递业务量完成{}", "完成快递业务量{}")),
    Kind("万标准箱", 100, 5000, ("集装箱吞吐量{}", "港口集装箱吞吐量达{}", "完成集装箱吞吐量{}")),
    Kind("微克/立方米", 20, 60, ("PM2.5平均浓度为{}", "PM2.5年均浓度{}")),
    Kind(
        "公里", 300, 9000, ("高铁里程{}", "高铁总里程达到{}", "高速铁路里程{}", "建成高铁里程{}"), state=True
    ),
    Kind("家", 300, 20000, ("示例直接结算机构{}", "共有示例直接结算机构{}"), state=True),
    Kind("项", 60, 900, ("跨省通办事项{}", "可办跨省通办事项{}", "跨省通办事项达到{}"), state=True),
]


def _sentence(rng: random.Random, kind: Kind, place: str, amount: str, times: list[str] | None = None) -> str:
    opening = rng.choice(times or (STATE if kind.state else YEAR))
    return f"{opening}{place}{rng.choice(kind.said).format(amount)}。"


def _value(rng: random.Random, kind: Kind) -> float:
    drawn = rng.uniform(kind.least, kind.most)
    return round(drawn, 1) if kind.unit.startswith(("亿", "万")) else int(drawn)


def _times(value: float, by: float) -> float:
    return round(value * by, 1) if value % 1 else int(value * by)


def _loosely(rng: random.Random, kind: Kind, value: float) -> str:
    """Return a value as another writer may tell it: exact, rounded, 超 a round number, or in 万亿."""
    step = 10 ** max(0, len(str(int(value))) - 2)
    ways = [f"{value}{kind.unit}", f"约{round(value / step) * step}{kind.unit}"]
    if value > step * (value // step):
        ways.append(f"超{int(value // step * step)}{kind.unit}")
    if kind.unit == "亿元" and value > 15000:
        ways.append(f"{value / 10000:.2f}万亿元")
    return rng.choice(ways)


def _kinds(a: str, b: str) -> list[str]:
    told = [
        Told(fact, Source(publisher, "", publisher, day), origin)
        for text, publisher, day, origin in ((a, "甲报", FIRST, 0), (b, "乙报", SECOND, 1))
        for fact in read_text(text, published=day)
    ]
    return [v.kind for v in corroborate(told)]


def _cases(seed: int, count: int):
    rng = random.Random(seed)
    for _ in range(count):
        kind, place = rng.choice(KINDS), rng.choice(PLACES)
        value = _value(rng, kind)
        yield rng, kind, place, value, _sentence(rng, kind, place, f"{value}{kind.unit}")


@pytest.mark.parametrize("seed", range(3))
def test_one_figure_in_other_words_agrees(seed):
    for rng, kind, place, value, first in _cases(seed, 60):
        second = _sentence(rng, kind, place, _loosely(rng, kind, value))
        assert _kinds(first, second) == ["agree"], (first, second)


@pytest.mark.parametrize("seed", range(3))
def test_another_value_conflicts(seed):
    for rng, kind, place, value, first in _cases(seed, 60):
        other = _times(value, rng.choice([0.7, 1.3, 1.5]))
        second = _sentence(rng, kind, place, f"{other}{kind.unit}")
        assert _kinds(first, second) == ["conflict"], (first, second)


@pytest.mark.parametrize("seed", range(2))
def test_another_year_place_plan_or_scope_is_another_figure(seed):
    for rng, kind, place, value, first in _cases(seed, 60):
        amount = f"{_times(value, 0.8)}{kind.unit}"
        elsewhere = rng.choice([p for p in PLACES if p != place])
        earlier = ["截至2022年底，"] if kind.state else ["2022年，"]
        others = [
            _sentence(rng, kind, place, amount, earlier),
            _sentence(rng, kind, elsewhere, amount),
            _sentence(rng, kind, f"{place}力争", f"{value}{kind.unit}", ["2025年，"]),
            _sentence(rng, kind, "全国", f"{value}{kind.unit}"),
        ]
        for second in others:
            found = _kinds(first, second)
            assert found in ([], ["stale"] if kind.state and second == others[0] else []), (first, second)
