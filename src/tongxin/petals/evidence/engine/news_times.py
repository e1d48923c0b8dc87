"""Tells times that are of the news or of an event from those of the figures: 5月12日，示例局发布…; 9月全线贯通."""

from __future__ import annotations

import re

from tongxin.petals.evidence.engine import mentions
from tongxin.petals.evidence.engine.lexicon import Lexicon
from tongxin.petals.evidence.engine.periods import Period

ATTRIBUTED = re.compile("记者|发布|获悉|了解到|消息|举行|召开")
# Behind a day, before the news: 5月12日上午9时，示例大桥合龙
CLOCK = re.compile(
    "(?:当[日天])?(?:上午|下午|凌晨|早上|晚上?|中午|清晨)?(?:\\d{1,2}[时点](?:\\d{1,2}分|许|整)?)?[，,]?"
)
# What was given out on the day told before it: 5月12日，示例局发布数据
GIVEN_OUT = re.compile(
    "(?:局|部门|委|厅|办|部|海关|院|中心|政府|队|行|公司)[^，。；]{0,12}(?:发布|公布|通报|介绍|表示|透露)|获悉|了解到|新闻(?:发布|通气|吹风)?会|发布会"
)
SINCE_OPENED = re.compile(
    "(?:开通|投运|投用|启用|成立|启动|建成|运营|获批|批复|实施|设立|揭牌|挂牌|通车|开行|开园|落户|入驻|上线|组建|建立|签署|建设)[^，。；\\d]{0,6}以来"
)
EVENT = re.compile(r"\d{4}-\d\d(?:-\d\d)?")


def since_opened(text: str, periods: list[Period]) -> bool:
    """Whether a sentence begins with since when it tells, and names no time: 示例铁路开通以来."""
    since = SINCE_OPENED.search(text, 0, 48) if "以来" in text else None
    return since is not None and not any(p.start < since.end() for p in periods)


def of_event(text: str, period: Period, spans: list[tuple[int, int]], words: Lexicon) -> bool:
    """Whether a month or a day only tells when a thing was opened: 示例高速今年9月全线贯通，全长560公里."""
    if not EVENT.fullmatch(period.text):
        return False
    clause = mentions.clause_of(spans, period.start)
    end = clause[1]
    if CLOCK.fullmatch(text, period.end, end):  # 5月19日，示例大桥合龙
        said = next((text[a:b] for a, b in spans if a >= end), "")
    else:
        said = text[period.end : end]
    return words.phrases["opened"].search(said) is not None and not any(c.isdigit() for c in said)


def of_news(text: str, period: Period, spans: list[tuple[int, int]]) -> bool:
    """Whether a time is that of the news, not of the figure: 记者今天（12月23日）从…获悉."""
    clause = mentions.clause_of(spans, period.start)
    said = text[clause[0] : clause[1]]
    if text[period.start : period.end] in ("昨天", "昨日"):
        return ATTRIBUTED.search(said) is not None
    if text[period.start : period.end] in ("今天", "今日"):
        return False
    day = period.text.count("-") == 2 and not period.text.startswith("../") and "/" not in period.text
    if day and "今天" not in said and CLOCK.fullmatch(text, period.end, clause[1]):
        told = next((text[a:b] for a, b in spans if a >= clause[1]), "")
        return GIVEN_OUT.search(told) is not None
    return day and (bool(ATTRIBUTED.search(said)) or "今天" in said or "昨天" in said)
