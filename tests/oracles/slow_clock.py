"""When a time limit runs out, found the slow way: minute by minute and day by day over the published notices.

Nothing of the product is used here. The facts of the three notices stand below in the notices' own short form, and are
read from that text. All instants are naive wall time of Beijing in whole minutes; a pause is from inclusive, until exclusive.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cache

import numpy as np

# 国务院办公厅关于部分节假日安排的通知: 国办发明电〔2023〕7号 of 25 October 2023, 国办发明电〔2024〕12号 of 12 November 2024 and
# 国办发明电〔2025〕7号 of 4 November 2025. What they say of days off and of days that are worked; their remarks are left out.
NOTICES = {
    2024: """
        元旦：1月1日放假，与周末连休。
        春节：2月10日至17日放假调休，共8天。2月4日（星期日）、2月18日（星期日）上班。
        清明节：4月4日至6日放假调休，共3天。4月7日（星期日）上班。
        劳动节：5月1日至5日放假调休，共5天。4月28日（星期日）、5月11日（星期六）上班。
        端午节：6月10日放假，与周末连休。
        中秋节：9月15日至17日放假调休，共3天。9月14日（星期六）上班。
        国庆节：10月1日至7日放假调休，共7天。9月29日（星期日）、10月12日（星期六）上班。
    """,
    2025: """
        元旦：1月1日（周三）放假1天，不调休。
        春节：1月28日（周二）至2月4日（周二）放假调休，共8天。1月26日（周日）、2月8日（周六）上班。
        清明节：4月4日（周五）至6日（周日）放假，共3天。
        劳动节：5月1日（周四）至5日（周一）放假调休，共5天。4月27日（周日）上班。
        端午节：5月31日（周六）至6月2日（周一）放假，共3天。
        国庆节、中秋节：10月1日（周三）至8日（周三）放假调休，共8天。9月28日（周日）、10月11日（周六）上班。
    """,
    2026: """
        元旦：1月1日（周四）至3日（周六）放假调休，共3天。1月4日（周日）上班。
        春节：2月15日（周日）至23日（周一）放假调休，共9天。2月14日（周六）、2月28日（周六）上班。
        清明节：4月4日（周六）至6日（周一）放假，共3天。
        劳动节：5月1日（周五）至5日（周二）放假调休，共5天。5月9日（周六）上班。
        端午节：6月19日（周五）至21日（周日）放假，共3天。
        中秋节：9月25日（周五）至27日（周日）放假，共3天。
        国庆节：10月1日（周四）至7日（周三）放假调休，共7天。9月20日（周日）、10月10日（周六）上班。
    """,
}
DATE = re.compile(r"(?:(\d+)月)?(\d+)日(?:（(?:星期|周)([一二三四五六日])）)?")
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
SUNDAYS_KNOWN = range(2024, 2028)  # the years for which the calendar that only rests on Sundays is published
FIRST, LAST = date(2024, 1, 1), date(2032, 12, 31)
Pauses = tuple[tuple[datetime, datetime], ...]


@dataclass(frozen=True)
class Side:
    """An office: the hours on its door, and whether it follows the notices or only rests on Sundays."""

    hours: tuple[tuple[time, time], ...]
    sundays_only: bool = False


@dataclass(frozen=True)
class Case:
    """A question: which limit, from when, on whose calendar, with which pauses."""

    clock: str  # calendar, hours, days
    within: timedelta
    start: datetime
    calendar_of: str  # debtor, creditor, both
    debtor: Side
    creditor: Side
    pauses: Pauses = field(default=())

    @property
    def sides(self) -> tuple[Side, ...]:
        """Return whose calendar counts."""
        return {
            "debtor": (self.debtor,),
            "creditor": (self.creditor,),
            "both": (self.debtor, self.creditor),
        }[self.calendar_of]


@dataclass(frozen=True)
class Answer:
    """When the limit runs out, whether through a year that no notice covers, and which days counted (`days` only)."""

    due: datetime
    provisional: bool
    days: tuple[date, ...] = ()


def notice(year: int) -> tuple[set[date], set[date]]:
    """Return the days off and the days that are worked although they are at a weekend, as the notice says."""
    off: set[date] = set()
    worked: set[date] = set()
    for line in filter(None, map(str.strip, NOTICES[year].splitlines())):
        days_off, _stop, rest = line.partition("：")[2].partition("。")
        found = _dates(year, days_off)
        length = (found[-1] - found[0]).days + 1
        told = re.search(r"共(\d+)天", days_off)
        assert length == (int(told[1]) if told else 1), line
        off |= {found[0] + n * DAY for n in range(length)}
        if rest:
            assert rest.endswith("上班。"), line
            worked |= set(_dates(year, rest))
    assert not off & worked
    assert all(on.weekday() >= 5 for on in worked)
    return off, worked


def _dates(year: int, text: str) -> list[date]:
    """Return the dates in a sentence; a month is told once for two days, and a weekday that is told must be right."""
    found: list[date] = []
    month = 0
    for told_month, day, weekday in DATE.findall(text):
        month = int(told_month or month)
        on = date(year, month, int(day))
        assert not weekday or "一二三四五六日".index(weekday) == on.weekday(), (text, on)
        found.append(on)
    return found


@cache
def works(sundays_only: bool) -> np.ndarray:
    """Return for every day since FIRST whether it is worked."""
    off: set[date] = set()
    worked: set[date] = set()
    for year in NOTICES:
        off, worked = off | notice(year)[0], worked | notice(year)[1]
    flags = []
    for n in range((LAST - FIRST).days + 1):
        on = FIRST + n * DAY
        if sundays_only:
            flags.append(on.weekday() != 6)
        elif on in worked:
            flags.append(True)
        else:
            flags.append(on.weekday() < 5 and on not in off)
    return np.array(flags)


@cache
def door(hours: tuple[tuple[time, time], ...]) -> np.ndarray:
    """Return for each of the 1440 minutes of a day whether these hours are open in it."""
    minutes = np.zeros(1440, dtype=bool)
    for opens, closes in hours:
        minutes[opens.hour * 60 + opens.minute : closes.hour * 60 + closes.minute] = True
    return minutes


def answer(case: Case) -> Answer:
    """Return when the limit of a case runs out."""
    if case.clock == "days":
        return _days(case)
    horizon = 16
    while True:
        counted = _minutes(case, horizon)
        wanted = case.within // MINUTE
        passed = np.cumsum(counted)
        if passed[-1] >= wanted:
            last = int(np.argmax(passed >= wanted))  # the first minute by whose end enough have been counted
            due = case.start + (last + 1) * MINUTE
            ends_on = (case.start + last * MINUTE).date()
            return Answer(due, case.clock != "calendar" and _unpublished(case, case.start.date(), ends_on))
        horizon *= 2
        assert horizon < 3000, "no due in eight years"


def day_due(on: date, pauses: Pauses) -> datetime:
    """Return until when a thing is due that was due by the end of a day and whose clock stood in these pauses.

    Each minute in which the clock stood is given back at the end, and then the rest of the day that they reach. A pause
    that began when the thing was overdue gives nothing back.
    """
    end = datetime.combine(on + DAY, time())
    due, stood = end, set[int]()
    for begins, ends in sorted(pauses):
        if begins > due:
            break
        stood |= set(range((begins - end) // MINUTE, (ends - end) // MINUTE))
        due = end + len(stood) * MINUTE
        while due.time() != time():
            due += MINUTE
    return due


def _minutes(case: Case, days: int) -> np.ndarray:
    """Return for each minute from the start on whether it counts."""
    if case.clock == "calendar":
        counted = np.ones(days * 1440, dtype=bool)
    else:
        counted = _open(case, case.start.date(), days + 1)
        counted = counted[case.start.hour * 60 + case.start.minute :][: days * 1440]
    for begins, ends in case.pauses:
        first = max(0, (begins - case.start) // MINUTE)
        counted[first : max(0, (ends - case.start) // MINUTE)] = False
    return counted


def _open(case: Case, first: date, days: int) -> np.ndarray:
    """Return for each minute from the midnight of a day on whether every side is open in it."""
    n = (first - FIRST).days
    together = np.ones(days * 1440, dtype=bool)
    for side in case.sides:
        worked = works(side.sundays_only)[n : n + days]
        together &= np.outer(worked, door(side.hours)).ravel()
    return together


def _days(case: Case) -> Answer:
    """Look at one day after the other: is it worked by all, is it touched by a pause, when does it close?"""
    on, days = case.start.date(), []
    while True:
        on += DAY
        open_minutes = np.flatnonzero(_open(case, on, 1))
        if not len(open_minutes) or any(_touched(on, pause) for pause in case.pauses):
            continue
        days.append(on)
        if len(days) * DAY == case.within:
            due = datetime.combine(on, time()) + (int(open_minutes[-1]) + 1) * MINUTE
            return Answer(due, _unpublished(case, case.start.date() + DAY, on), tuple(days))


def _touched(on: date, pause: tuple[datetime, datetime]) -> bool:
    """Return whether any minute of a day lies in a pause."""
    midnight, minutes = datetime.combine(on, time()), np.arange(1440)
    begins, ends = ((moment - midnight) // MINUTE for moment in pause)
    return bool(((begins <= minutes) & (minutes < ends)).any())


def _unpublished(case: Case, first: date, last: date) -> bool:
    """Return whether a day from first to last, both included, is in a year that a side's calendar does not cover."""
    years = range(first.year, last.year + 1)
    return any(
        year not in (SUNDAYS_KNOWN if side.sundays_only else NOTICES) for side in case.sides for year in years
    )
