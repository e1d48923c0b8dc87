"""Makes sentences with exact labels: comparisons, plans, ranges, lists, nesting; and damages them as mirrors do."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from tongxin.petals.evidence.engine.facts import Fact
from tongxin.petals.evidence.engine.numerals import plain
from tongxin.petals.evidence.engine.tables import reading_of, simplified

Slots = tuple[str, str, str, str, str, tuple[tuple[str, str], ...]]
PLACES = {
    "天津市": "天津市",
    "廊坊": "廊坊市",
    "武清区": "武清区",
    "雄安新区": "雄安新区",
    "京津冀": "京津冀",
    "江苏省": "江苏省",
    "郑州市": "郑州市",
}
MONEY = ("固定资产投资", "服务业增加值", "外贸进出口总值", "技术合同成交额", "一般公共预算收入")
COUNTS = (
    ("新增企业", "家"),
    ("签约项目", "个"),
    ("跨省通办事项", "项"),
    ("省际公交线路", "条"),
    ("改造老旧小区", "个"),
)


@dataclass(frozen=True)
class Expected:
    """What a number of a generated sentence must be read as."""

    value: str
    unit: str
    place: str
    period: str
    status: str = "actual"
    comparisons: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Made:
    """A generated sentence, published on 15 May 2025, with every figure in it."""

    text: str
    figures: tuple[Expected, ...]

    def wanted(self) -> list[Slots]:
        """Return its figures slot by slot, as `slots` gives those that were read."""
        return [(f.value, f.unit, f.place, f.period, f.status, f.comparisons) for f in self.figures]


def slots(facts: Iterable[Fact]) -> list[Slots]:
    """Return what was read, slot by slot: value, unit, places, period, status, comparisons."""
    return [
        (
            f.value,
            f.unit,
            ";".join(f.jurisdictions),
            f.period,
            f.status,
            tuple((c.kind, c.value) for c in f.comparisons),
        )
        for f in facts
    ]


def _amount(rng: random.Random) -> tuple[str, str]:
    number = Decimal(rng.randint(11, 99999)) / 10
    size, times = rng.choice((("万", 10**4), ("亿", 10**8), ("万亿", 10**12)))
    return f"{plain(number)}{size}", plain(number * times)


def _percent(rng: random.Random) -> str:
    return plain(Decimal(rng.randint(11, 899)) / 10)


def _when(rng: random.Random) -> tuple[str, str]:
    month = rng.randint(2, 4)
    return rng.choice((
        ("今年一季度", "2025-Q1"), (f"今年前{month}个月", f"2025-01/2025-{month:02d}"), ("2024年", "2024"), ("去年", "2024"),
        ("2023年上半年", "2023-H1"), ("截至2024年底", "../2024-12-31"), ("2024年1—9月", "2024-01/2024-09"), ("截至目前", "../2025-05-15"),
    ))  # fmt: skip


def compared(rng: random.Random) -> Made:
    """An amount with a change and a share."""
    (form, place), (when, period), name = rng.choice(list(PLACES.items())), _when(rng), rng.choice(MONEY)
    said, value = _amount(rng)
    p, q = _percent(rng), _percent(rng)
    down = rng.random() < 0.4
    how = "下降" if down else rng.choice(("增长", "提高"))
    text = f"{when}，{form}{name}{said}元，同比{how}{p}%，占全国的{q}%。"
    sign = "-" if down else ""
    return Made(
        text, (Expected(value, "元", place, period, "actual", (("yoy", sign + p), ("share_of_total", q))),)
    )


def based(rng: random.Random) -> Made:
    """A change against a base year, or from one value to another."""
    (form, place), (name, unit) = rng.choice(list(PLACES.items())), rng.choice(COUNTS)
    a, b, p = rng.randint(11, 400), rng.randint(401, 9000), _percent(rng)
    if rng.random() < 0.5:
        text = f"2024年，{form}{name}{b}{unit}，较2014年增长{p}%。"
        return Made(text, (Expected(str(b), unit, place, "2024", "actual", (("vs_base", p),)),))
    text = f"{form}{name}由2014年的{a}{unit}增至2024年的{b}{unit}。"
    return Made(text, (Expected(str(b), unit, place, "2024", "actual", (("vs_base", f"from:{a}"),)),))


def planned(rng: random.Random) -> Made:
    """What a place will do, beside what it has done."""
    (form, place), (name, unit) = rng.choice(list(PLACES.items())), rng.choice(COUNTS)
    done, ahead = rng.randint(11, 900), rng.randint(901, 5000)
    how = rng.choice(("力争", "计划", "将"))
    year = rng.choice((2027, 2030, 2035))
    text = f"截至目前，{form}已有{name}{done}{unit}。到{year}年，{form}{how}实现{name}{ahead}{unit}。"
    return Made(
        text,
        (
            Expected(str(done), unit, place, "../2025-05-15"),
            Expected(str(ahead), unit, place, str(year), "planned"),
        ),
    )


def share_of_plan(rng: random.Random) -> Made:
    """How much of a plan is done."""
    form, place = rng.choice(list(PLACES.items()))
    said, value = _amount(rng)
    p = _percent(rng)
    text = f"今年一季度，{form}重点项目完成投资{said}元，完成年度计划的{p}%。"
    return Made(text, (Expected(value, "元", place, "2025-Q1", "actual", (("share_of_plan", p),)),))


def listed(rng: random.Random) -> Made:
    """分别: each number belongs to its own place."""
    a, b, c = (_percent(rng) for _ in range(3))
    name = rng.choice(MONEY)
    text = f"今年前2个月，北京市、天津市和河北省{name}分别增长{a}%、{b}%和{c}%。"
    places = ("北京市", "天津市", "河北省")
    return Made(
        text,
        tuple(
            Expected(p, "%", place, "2025-01/2025-02", "actual", (("yoy", p),))
            for p, place in zip((a, b, c), places, strict=True)
        ),
    )


def nested(rng: random.Random) -> Made:
    """其中 and ；: period and place of the whole hold for its parts."""
    (form, place), (when, period) = rng.choice(list(PLACES.items())), _when(rng)
    (s1, v1), (s2, v2), (s3, v3) = (_amount(rng) for _ in range(3))
    p = _percent(rng)
    text = f"{when}，{form}外贸出口{s1}元，同比增长{p}%。其中，机电产品出口{s2}元；农产品出口{s3}元。"
    return Made(text, (
        Expected(v1, "元", place, period, "actual", (("yoy", p),)), Expected(v2, "元", place, period), Expected(v3, "元", place, period),
    ))  # fmt: skip


def ranged(rng: random.Random) -> Made:
    """A range is read by its first number; names with digits are passed over."""
    (form, place) = rng.choice(list(PLACES.items()))
    a = rng.randint(2, 9)
    text = f"目前，{form}每年新建公园{a}—{a + rng.randint(1, 5)}个，地铁22号线和5G网络同步建设。"
    return Made(text, (Expected(str(a), "个", place, "../2025-05-15"),))


KINDS = (compared, based, planned, share_of_plan, listed, nested, ranged)


def sentences(seed: int, count: int) -> list[Made]:
    """Return `count` sentences, each kind in turn."""
    rng = random.Random(seed)
    return [KINDS[i % len(KINDS)](rng) for i in range(count)]


def _traditional() -> dict[str, str]:
    found: dict[str, str] = {}
    for old, new in simplified().items():
        try:
            old.encode("gbk")
        except UnicodeEncodeError:
            continue
        if new not in found and reading_of().get(old) == reading_of().get(new):
            found[new] = old
    return found


def pinyin(text: str, seed: int) -> str:
    """Damage a text as a mirror does: traditional, readings put in between bytes, read back by a decoder that skips."""
    rng = random.Random(seed)
    table = {k: v for k, v in _traditional().items() if k not in "里干后面只台着几发"}
    data = "".join(table.get(c, c) for c in text).encode("gbk", "ignore")
    keys = {
        c.encode("gbk"): c.encode("gbk") + f"({reading_of()[c]})".encode("gbk", "ignore")
        for c in table.values()
        if rng.random() < 0.6
    }
    data = re.sub(b"|".join(re.escape(k) for k in keys), lambda m: keys[m[0]], data)
    out, at = "", 0
    while at < len(data):
        size = 1 if data[at] < 0x81 or data[at] > 0xFE else 2
        try:
            out += data[at : at + size].decode("gbk")
        except UnicodeDecodeError:
            out += "€" if data[at] == 0x80 else "?"
        at += size
    return out


def words_with_readings(text: str, seed: int) -> str:
    """Damage a text as another mirror does: (pinyin) behind pairs of characters."""
    rng = random.Random(seed)
    known = reading_of()
    pair = re.compile("[\u4e00-\u9fff]{2}")
    return pair.sub(
        lambda m: f"{m[0]}({known[m[0][0]]}{known[m[0][1]]})" if rng.random() < 0.15 else m[0], text
    )
