"""Tells text in which a machine put other words in the place of the right ones: 财产链, 花费者, 118。5%."""

from __future__ import annotations

import re
from functools import cache

from tongxin.petals.evidence.engine.tables import rows
from tongxin.petals.evidence.engine.trie import any_of

BROKEN_NUMBER = re.compile(r"\d。\d+(?:[%％万亿吨亩倍]|公里|个百分点|平方)")
# A line that says of the text that a machine wrote it
SAID = re.compile(
    r"(?:^|\n)[^\n。]{0,12}(?:本文|本稿|此文|该文|文章|以上内容|部分内容)[^\n。]{0,8}(?:AI|ＡＩ|人工智能|大模型|机器人|GPT)[^\n。]{0,10}"
    r"(?:生成|撰写|创作|写作|改写|编写|整理)[^\n]{0,30}(?=\n|$)"
)
REPLACED = "words put in the place of others"
ENOUGH = 4  # two words no writer uses, or four that hardly one does
SURE = 2


@cache
def _words() -> tuple[re.Pattern[str], dict[str, int]]:
    weights = {row["spun"]: int(row["weight"] or SURE) for row in rows("spun.csv")}
    return re.compile(any_of(weights)), weights


@cache
def _meant() -> tuple[re.Pattern[str], tuple[str, ...]]:
    table = rows("spun_readings.csv")
    return re.compile("|".join(f"({row['finds']})" for row in table)), tuple(row["meant"] for row in table)


def read_as(text: str) -> str:
    """Return a spun text with its words of time and number as they were meant (客岁: 去年), each at its place."""
    pattern, meant = _meant()
    return pattern.sub(lambda m: meant[(m.lastindex or 1) - 1], text)


def said(text: str) -> list[tuple[int, int]]:
    """Return where a text says of itself that a machine wrote it."""
    match = SAID.search(text) if "生成" in text or "写" in text or "创作" in text else None
    return [match.span()] if match else []


def spans(text: str) -> list[tuple[int, int]]:
    """Return where the spun words and broken numbers of a text stand; none if they are too few to tell.

    A word that no writer uses there (财产链, 颁布发表) counts two each time; one that others may use (范畴) counts
    one, and once only: a clean text may hold two or three of them.
    """
    pattern, weights = _words()
    found = list(pattern.finditer(text))
    numbers = list(BROKEN_NUMBER.finditer(text))
    sure = sum(weights[m[0]] for m in found if weights[m[0]] >= SURE) + SURE * len(numbers)
    perhaps = len({m[0] for m in found if weights[m[0]] < SURE})
    if sure + perhaps < ENOUGH:
        return []
    return sorted(m.span() for m in (*found, *numbers))
