"""The days of holidays and of the spring travel season, from a table: “五一”假期, 国庆中秋假期, 2025年春运."""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import cache
from typing import NamedTuple

from tongxin.petals.evidence.engine.tables import rows

_ONE = "(?:五一|十一|劳动节|国庆|中秋|春节|清明|端午|元旦|双节)"
# What stands behind a holiday that is not going on, or is no time: 春节假期刚过, 春运首日, “五一”档.
_OVER = (
    "(?!之?[前后]|刚|过|结束|将|即将|来临|临近|到来|出游预测|第|首|最后|档"
    "|启动|开始|开启|工作|专班|火车票|车票|以来|进入|已|临时)"
)
_PART = "(?P<hpart>前[两二三四五六七]天|首日|第一天|最后一天)"
# A name alone is no period (春节文化); 假期前三天 is one by itself.
TOLD = (
    r"(?:(?P<hy>(?:19|20)\d{2})年|(?P<hrel>今年|去年|上年|前年))?的?"
    rf"(?P<holiday>(?:[“\"‘]?{_ONE}(?:国际劳动节|节)?[”\"’]?(?:[、和及暨]?[“\"]?{_ONE}节?[”\"]?)?"
    rf"(?:[\d三四五七八九]天)?(?:小?长假|黄金周|假期|假日|期间)(?:期间)?|春运(?:期间)?)(?:{_PART}|{_OVER})|假[期日](?P<hbare>前[两二三四五六七]天|首日|第一天|最后一天|期间))"
)
# On its last day only what is summed up is of all its days
SUMMED = re.compile("期间|天(?!预)|共|累计|合计|总计|日均|同比")
AGO = {"今年": 0, "去年": -1, "上年": -1, "前年": -2}
SOON = timedelta(30)
LATELY = timedelta(12)


class Days(NamedTuple):
    """A holiday of a year: its names, its first and its last day."""

    year: int
    names: frozenset[str]
    first: date
    last: date

    @property
    def text(self) -> str:
        """As a period: one day, or the first and the last."""
        return f"{self.first}/{self.last}" if self.first < self.last else str(self.first)


@cache
def table() -> tuple[Days, ...]:
    """Return every holiday of the table, the earliest first."""
    found = [
        Days(
            int(r["year"]),
            frozenset(r["names"].split()),
            date.fromisoformat(r["from"]),
            date.fromisoformat(r["to"]),
        )
        for r in rows("holidays.csv")
    ]
    return tuple(sorted(found, key=lambda d: d.first))


def days(told: str, year: int | None, day: date | None) -> Days | None:
    """Return the holiday that a text published on `day` means; without a year the last, or one that comes soon.

    A text that names none (假期首日) means the last one, if it was not long ago.
    """
    every = {name for each in table() for name in each.names}
    named = {name for name in every if name in told}
    known = [each for each in table() if named <= each.names and (named or "春运" not in each.names)]
    if year is not None and named:
        return next((each for each in known if each.year == year), None)
    if day is None:
        return None
    soon = day + (SOON if named else timedelta(0))
    last = next((each for each in reversed(known) if each.first <= soon), None)
    return last if named or (last and day - last.last < LATELY) else None


def part(of: Days, told: str) -> str:
    """Return the period of a part of a holiday: 前三天, 首日, 最后一天; of all of it where none is told."""
    if told in ("", "期间"):
        return of.text
    if told.startswith("最后"):
        return str(of.last)
    count = "一两三四五六七".find(told[1].replace("二", "两")) if told.startswith("前") else 0
    end = min(of.first + timedelta(count), of.last)
    return f"{of.first}/{end}" if count else str(of.first)


class Meant(NamedTuple):
    """The period that a text means by a holiday, its year; `flow`: whether it is the holiday, or only its year."""

    text: str
    year: int
    flow: bool


def meant(match: re.Match[str], day: date | None) -> Meant | None:
    """Return what a match of TOLD means in a text published on `day`.

    While a holiday lasts it is no period: what is told is of the days until now.
    """
    ago = AGO.get(match["hrel"] or "")
    year = int(match["hy"]) if match["hy"] else day.year + ago if ago is not None and day else None
    found = days(match["holiday"], year, day)
    if found is not None and day is not None:
        told = match["hpart"] or match["hbare"] or ""
        whole = told in ("", "期间")
        lasts = found.first <= day <= found.last
        if whole and lasts and day == found.last:
            lasts = SUMMED.search(match.string, match.end() - 2, match.end() + 30) is None
        if not (lasts if whole else day < found.first):
            return Meant(part(found, told), found.year, True)
    return Meant(str(year), year, False) if year is not None else None
