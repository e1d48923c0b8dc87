"""Finds the days that a page shows, each with what it is the day of: publication, a copy, the original, another."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from tongxin.petals.evidence.engine.numerals import chinese
from tongxin.petals.evidence.engine.tables import rows

# Not 2025年1-5月 and 2025年1.5万, which name no day.
DAY = re.compile(
    r"(?<!\d)((?:19|20)\d{2})\s?(?:年(?=\s?\d{1,2}\s?月)|[-/.])\s?(\d{1,2})\s?[-月/.]\s?(\d{1,2})(?!\d|\s?月)日?"
)
IN_ADDRESS = re.compile(
    r"/((?:19|20)\d{2})/(\d{1,2})/(\d{1,2})(?=/)|/((?:19|20)\d{2})[-/]?(\d{2})[-/]?(\d{2})(?=[/_.]|\D)|(?<=[/_t])((?:20)\d{2})(\d{2})(\d{2})(?=[_/.])"
)
IN_NAME = re.compile(r"(?<!\d)((?:19|20)\d{2})[-_.]?(0[1-9]|1[0-2])[-_.]?(0[1-9]|[12]\d|3[01])(?!\d)")
CLOCK = re.compile(r"\d{1,2}[:：时]\d{2}")
NUMERALS = re.compile(
    "(二[〇零○ОO0Ｏ][一二三四五六七八九〇零○ОO0Ｏ]{2})年([一二三四五六七八九十]{1,2})月([一二三四五六七八九十]{1,3})日"
)
PAPER = re.compile("(?:报|日报|晚报|时报|周刊)\\s*$")
# 第03版：要闻, A05：民生: lines of a paper's own pages, where the day with its weekday is the paper's
PAGE_OF_PAPER = re.compile(r"^\s*(?:第\s*[A-Z]?\d{1,3}\s*版|[A-Z]\d{1,2}(?:版)?\s*[:：])")
SPLIT = re.compile(r"(?<!\d)(20\d{2})\s{0,3}(\d{2})/(\d{2})\s{0,3}(?=\d{2}:\d{2})")  # 2025 07/18 16:20
PAGE = re.compile(r"\s*第?\s*[A-Z]?\d{1,3}\s*版")
ALONE = re.compile(
    r"[\s　()（）\[\]【】|·]*" + DAY.pattern + r"[\s　()（）\[\]【】|·T]*(?:\d{1,2}:\d{2}(?::\d{2})?)?\s*"
)
# The office that gives it out, and the day: 示例市统计局 2024-03-15
ISSUED = re.compile(
    r"[\s（(【*]*[\u4e00-\u9fff（）]{2,24}(?:局|政府|调查(?:总)?队|办公室|海关|委员会|委|厅|报|网|社|电视台|发布|融媒体中心|研究[院所])"
    r"[\s|｜·:：/]*" + DAY.pattern + r"[\s()（）】|·T]*(?:\d{1,2}[:：]\d{2}(?::\d{2})?)?[\s)）】*]*"
)
# The day, and the office behind it: 2024-03-15 08:00 · 示例日报
ISSUED_BY = re.compile(
    r"[\s（(【*\[]*" + DAY.pattern + r"[\s()（）】|·T\]]*(?:\d{1,2}[:：]\d{2}(?:[:：]\d{2})?)?[\s|｜·/—-]*"
    r"[\u4e00-\u9fff（）]{2,20}(?:局|政府|调查(?:总)?队|办公室|海关|委员会|委|厅|报|网|社|电视台|发布|融媒体中心|研究[院所])[\s)）】*]*"
)
# 记者5月12日从…获悉; 新华社某地5月12日电; 5月12日，记者…; 今天（5月12日）; 今天是5月12日
_MONTH = r"(?:(?P<year%d>20\d{2})年)?(?P<month%d>\d{1,2})月(?P<day%d>\d{1,2})日"
_NEWS = "获悉|了解到|宣布|发布|召开|举行|通报|介绍|表示|印发|公布|消息"
SAID = re.compile(
    r"(?:记者|讯|电|消息|（|\()[^，。；\n]{0,16}?" + _MONTH % (1, 1, 1) + rf"(?:电|讯|[^，。；\n]{{0,24}}(?:{_NEWS}))"
    r"|[\u4e00-\u9fff]" + _MONTH % (2, 2, 2) + r"(?:电|讯)"
    r"|(?:^|\n|[。\s　])" + _MONTH % (3, 3, 3) + r"[，,上下午晚]{0,4}(?:记者|本报记者|从[^，。\n]{2,24}(?:获悉|了解到))"
    r"|(?:今天|今日|昨天|昨日|近日)?[（(]" + _MONTH % (4, 4, 4) + r"[）)]"
    r"|(?:今天|今日)是" + _MONTH % (5, 5, 5)
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Day:
    """A day that a page shows; `kind`: published, sourced (behind a source), first, copied, written, alone."""

    day: date
    kind: str


def as_date(parts: tuple[str | None, ...]) -> date | None:
    """Return the date of year, month, day; None where there is none such."""
    numbers = [int(p) for p in parts if p]
    try:
        return date(*numbers) if len(numbers) == 3 else None
    except ValueError:
        return None


def issued(line: str) -> bool:
    """Whether a line only tells who gave a bulletin out, and on which day."""
    bare = line.strip()
    return len(line) < 80 and "20" in line and bool(ISSUED.fullmatch(bare) or ISSUED_BY.fullmatch(bare))


def dates(text: str, pattern: re.Pattern[str]) -> list[date]:
    """Return the dates that a pattern finds."""
    return [d for d in (as_date(m.groups()) for m in pattern.finditer(text)) if d]


@cache
def labels(kind: str) -> re.Pattern[str]:
    """Return what finds the labels of a kind."""
    return re.compile(
        "|".join(r["pattern"] for r in rows("origin_labels.csv") if r["kind"] == kind), re.IGNORECASE
    )


def western(text: str) -> str:
    """Return a text with its days in Chinese numerals in digits: 二〇二五年五月十三日."""
    return NUMERALS.sub(_western, text) if "二" in text else text


def _western(match: re.Match[str]) -> str:
    year = "".join(str(max("〇一二三四五六七八九".find(c), 0)) for c in match[1])
    return f"{year}年{chinese(match[2])}月{chinese(match[3])}日"


def shown(lines: list[str]) -> list[Day]:
    """Return the days of lines around a body, without those of updates, copyright, lists of other pages."""
    found: list[Day] = []
    paper = any(PAGE_OF_PAPER.search(line) for line in lines)
    for line in lines:
        if len(line) <= 200:
            found += _of_line(western(SPLIT.sub(r"\1-\2-\3 ", line)), paper)
    return found


def _of_line(line: str, paper: bool) -> Iterator[Day]:
    last = 0
    paper = paper or "版" in line
    for match in DAY.finditer(line):
        day = as_date(match.groups()[:3])
        before = line[last : match.start()][-24:]
        sourced = labels("source").search(line) is not None
        last = match.end()
        if day is None:
            continue
        near = before[-10:]
        widget = re.match(r"[^\d\n]{0,3}星期", line[match.end() :]) and not paper
        if widget or labels("other").search(near):
            continue
        kind = next((k for k in ("copied", "first", "written", "published") if labels(k).search(near)), "")
        behind = line[match.end() :]
        if PAPER.search(before) and PAGE.match(behind):
            kind = "first"  # 示例日报 2023-11-10 第03版
        if kind or sourced:
            yield Day(day, kind or "sourced")
        elif (
            ALONE.fullmatch(line)
            or issued(line)
            or CLOCK.match(behind.lstrip(" T　"))
            or (paper and re.match(r"\s*星期", behind))
        ):
            yield Day(day, "alone")


def signed(lines: list[str]) -> date | None:
    """Return the day with which a document is signed: alone on one of its last lines."""
    for line in map(western, lines[-8:]):
        if len(line.strip()) < 30 and ALONE.fullmatch(line.strip()):
            return dates(line, DAY)[0] if dates(line, DAY) else None
    return None


def said(text: str) -> tuple[int | None, int, int] | None:
    """Return year (if told), month and day on which the text says that it was reported."""
    match = SAID.search(text)
    if match is None:
        return None
    told = {k.rstrip("12345"): int(v) for k, v in match.groupdict().items() if v}
    return (told.get("year"), told["month"], told["day"]) if "month" in told else None


def latest(year: int | None, month: int, day: int, until: date, named: int | None) -> date | None:
    """Return the last such day not after `until`; one longer ago is of the last year that the text names."""
    for y in (year,) if year else (until.year, until.year - 1):
        found = as_date((str(y), str(month), str(day)))
        if found is None or found > until + timedelta(days=1):
            continue
        if year or named is None or (until - found).days <= 60 or named >= found.year:
            return found
        return as_date((str(named), str(month), str(day)))
    return None
