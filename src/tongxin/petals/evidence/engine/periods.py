"""Reads when a figure is for: 今年前7个月, 截至2023年底, 十年来, “十四五”期间, 目前, as GB/T 7408.1 writes it."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from tongxin.petals.evidence.engine import holidays
from tongxin.petals.evidence.engine.numerals import chinese
from tongxin.petals.evidence.engine.times import times_in

CONGRESS = {"党的十八大以来": "2012-11", "党的十九大以来": "2017-10", "党的二十大以来": "2022-10"}
FIRST_YEAR = {"十一": 2006, "十二": 2011, "十三": 2016, "十四": 2021, "十五": 2026, "十六": 2031}


BEGINS = {"Q1": "-01", "Q2": "-04", "Q3": "-07", "Q4": "-10", "H1": "-01", "H2": "-07"}
ENDS = {"Q1": "-03", "Q2": "-06", "Q3": "-09", "Q4": "-12", "H1": "-06", "H2": "-12"}
OPENED = re.compile(r"\W{0,3}((?:19|20)\d{2})年[，,]")
REPORT = re.compile(
    r"((?:19|20)\d{2})(?:\s?年(?!计划|[前上下一二三四]|\d)|[，,：:·]|(?=[^\d年月.\-—至到]))[^，。]{0,16}?(?:统计公报|国民经济|经济运行|经济形势|发展公报|环境状况|空气质量|水质状况|年报|工作总结|全年|这一年|年终|回眸|盘点|成绩单|答卷)"
)
TOLD_YEAR = {"明年": 1, "去年": -1, "上年": -1}
YEAR_END = ("这一年", "年终", "回眸", "盘点", "成绩单", "答卷")
AIMED = re.compile("力争|预计|计划|目标|确保|今年|将|争取")
OF_A_PLAN = re.compile("计划|方案|规划|纲要|要点|意见|清单")
WEEKS = 45  # days before and after publication
LIES_AHEAD = re.compile("[^，。；]{0,16}?(?:将(?!近)|力争|有望|目标|确保|计划|拟)")
FROM_TO = re.compile(r"(?:由|从|较|比)[^，。；]{0,34}?\d[^，。；]{0,20}(?:到|至|为|达)$")
# 是2012年的2.5倍
MULTIPLE = re.compile(
    r"(?:同期|全年)?(?:水平)?的(?:近|约|超过?|逾)?(?:[\d.]+(?:倍|[%％])|[一二三四五六七八九]成)"
)
SINCE = re.compile("[^，。；,;的]{0,16}?(?:以来|至今|起|开始)")  # 自2014年协同发展战略实施以来
OF_PLANNED = re.compile(
    "(?:的)?(?:目标)?(?:任务|计划(?=[的，。；、]|目标|任务|进度|总|\\d|近|超|一半|过半|$)|目标|预算|指标|预期)"
)
SINCE_OPENED = re.compile(
    "(?:开通|成立|启动|获批|批复|揭牌|设立|实施|建立|运营|投用|组建|挂牌|启用|通车|建设|建成|发布)"
)
VIEWED = re.compile("(?:的情况)?来?看")
# What was set up at a time (2016年底开工建设的…) is described by it; its figures are of today.
SET_UP = re.compile(
    "[^，。；,;\\d]{0,6}(?:开工|启动|动工|奠基|立项|设立|成立|揭牌|组建|启用|通车|投用|开园|开港|创办|开通)[^，。；,;\\d]{0,6}的(?![\\d约近超])"
)
OF_A_DAY = re.compile("发送|接待|客流|销售|成交|发电|通行|开行|到发|吞吐|出入境|进出境|抵达|流量|票房")
SAME_SPAN = re.compile("同期")
COMPARED = re.compile("(?:比|较|与|由|从|相比|对比|高于|低于|好于|超过|超)$")
RECOVERED = re.compile("(?:恢复|回升|相当)$")  # 恢复到2019年的98%, but not 由…恢复到2024年的…


@dataclass(slots=True)
class Period:
    """A period as written (`text`), where it stands, whether it lies wholly after the publication, its year."""

    start: int
    end: int
    text: str
    now: bool = False
    future: bool = False
    year: int | None = None
    plan: bool = False  # a plan's years: they hold for their sentence only
    brief: bool = False  # it holds for its sentence only: 不久前, 年末
    flow: bool = False  # a holiday: what there is (共有景区230家) is not of it
    local: bool = False  # the end of 由2012年的…增长到2021年的…: it holds for its clause only

    @property
    def day(self) -> bool:
        """Whether it is one day."""
        return self.text.count("-") == 2 and "/" not in self.text


@lru_cache(maxsize=256)
def as_of(day: date | None) -> str:
    """Return the period of a stock on the day of publication; `../pub` where the day is not known."""
    return f"../{day.isoformat() if day else 'pub'}"


def _number(word: str) -> int:
    return int(word) if word.isdigit() else chinese(word)


def year_told(title: str, day: date | None) -> int | None:
    """Return the year that a report of a whole year is about (2024年统计公报): 全年 and 年末 are of this year."""
    told = REPORT.search(title)
    year = int(told[1]) if told else None
    if told and day and year == day.year and day.month < 12 and told[0].endswith(YEAR_END):
        return None
    return year if year is not None and (day is None or year <= day.year) else None


def _year(match: re.Match[str], day: date | None, about: int | None) -> int | None:
    if match["y"]:
        return int(match["y"])
    if not match["rel"] and about is not None and not _of_these_weeks(match, day):
        return about
    if day is None:
        return None
    if match["all"] and not match["rel"] and day.month <= 3:
        before = match.string[max(0, match.start() - 16) : match.start()]
        if day.month <= 2:  # 预计全年 reckons then what the year that is over brought
            before = before.replace("预计", "")
        ahead = AIMED.search(before) or LIES_AHEAD.match(match.string, match.end())
        return day.year if ahead else day.year - 1
    return day.year + {"去年": -1, "上年": -1, "上一年": -1, "前年": -2, "明年": 1}.get(match["rel"] or "", 0)


def _of_these_weeks(match: re.Match[str], day: date | None) -> bool:
    """Whether a day without a year is near that of publication, whatever year the heading tells."""
    if day is None or not match["d"] or not 1 <= _number(match["m"]) <= 12 or match["asof"]:
        return False
    month, on = _number(match["m"]), int(match["d"])
    if not 1 <= on <= monthrange(day.year, month)[1]:
        return False
    return abs((date(day.year, month, on) - day).days) <= WEEKS


def _within(match: re.Match[str], year: int, day: date | None) -> tuple[str, bool] | None:
    """Return the period that a match names inside a year, and whether it means its end."""
    if match["months"]:
        last = _number(match["months"])
        return (f"{year}-01/{year}-{last:02d}", False) if 1 <= last <= 12 else None
    if match["q"]:
        number = 1 if match["q"] == "首" else _number(match["q"])
        return (
            f"{year}-01/{year}-{3 * number:02d}" if match["quarters"] and number > 1 else f"{year}-Q{number}"
        ), False
    if match["half"]:
        return f"{year}-H{1 if match['half'] == '上半年' else 2}", False
    if match["m3"]:
        days = ((int(match["m3"]), int(match["d3"])), (int(match["m4"] or match["m3"]), int(match["d4"])))
        if not all(1 <= m <= 12 and 1 <= d <= monthrange(year, m)[1] for m, d in days):
            return None
        return "/".join(f"{year}-{m:02d}-{d:02d}" for m, d in days), False
    if match["m1"]:
        a, b = int(match["m1"]), int(match["m2"])
        return (f"{year}-{a:02d}/{year}-{b:02d}", False) if 1 <= a <= 12 and 1 <= b <= 12 else None
    if match["m"]:
        month = _number(match["m"])
        if not 1 <= month <= 12:
            return None
        if match["d"] or match["mend"]:
            last = monthrange(year, month)[1]
            on = int(match["d"]) if match["d"] else last
            return (f"{year}-{month:02d}-{on:02d}", bool(match["mend"])) if 1 <= on <= last else None
        return f"{year}-{month:02d}", False
    if match["yend"]:
        return f"{year}-12-31", True
    return str(year), False


@lru_cache(maxsize=4096)
def _begins_after(text: str, day: date) -> bool:
    first = text.removeprefix("../").split("/")[0]
    first = re.sub("-(Q[1-4]|H[12])$", lambda m: BEGINS[m[1]], first)
    return first[:1].isdigit() and first > day.isoformat()[: len(first)]


def _made(
    match: re.Match[str],
    text: str,
    day: date | None,
    *,
    now: bool = False,
    year: int | None = None,
    plan: bool = False,
    brief: bool = False,
    flow: bool = False,
) -> Period:
    future = day is not None and _begins_after(text, day)
    return Period(match.start(), match.end(), text, now, future, year, plan, brief, flow=flow)


def read(match: re.Match[str], day: date | None, about: int | None = None) -> Period | None:
    """Return the period that a match of TIME means for a text published on `day`, or None where it means none."""
    today = day.isoformat() if day else "pub"
    if match["holiday"]:
        return _holiday(match, day)
    if match["last_year"]:
        return _span(match, day)
    if match["y"] or match["rel"] or match["m"]:
        return _calendar(match, day, today, about)
    if match["now"]:
        return _made(match, as_of(day), day, now=True)
    said = match["years"] or match["recent"] or match["these"]
    if said:
        count = _number(said)
        if day is None or not 2 <= count <= 60:
            return None
        if count == 5 and (turn := _plan_over(match, day)):
            return _made(match, turn, day)
        return _made(match, f"{day.year - count}/{today}", day)
    if match["pasts"]:
        count = _number(match["pasts"])
        if day is None or not 2 <= count <= 60:
            return None
        last = str(day.year - 1) if day.month <= 3 else today  # told at the turn of the year: whole years
        return _made(match, f"{day.year - count}/{last}", day)
    if match["plan"]:
        first = FIRST_YEAR[match["plan"]]
        if match["when"] == "以来":
            return _made(match, f"{first}/{today}", day, plan=True)
        if match["when"] in ("末", "收官"):
            return _made(match, str(first + 4), day, year=first + 4)
        if match["when"] in ("开局之年", "开局年"):
            return _made(match, str(first), day, year=first)
        over = day is not None and first + 4 < day.year
        return _made(match, f"{first}/{first + 4}", day, year=first, plan=not over)
    if match["congress"]:
        return _made(match, f"{CONGRESS[match['congress']]}/{today}", day)
    if match["strategy"]:
        return _made(match, f"2014/{today}", day)
    if match["next"]:
        return _coming(match, day)
    if match["lately"]:
        return _made(match, as_of(day), day, now=True, brief=True)
    if match["newyear"]:
        return _made(match, f"{day.year}-01-01/{today}", day, year=day.year) if day else None
    if match["annual"]:
        year = about or (day.year if day else None)
        return _made(match, str(year), day, year=year, brief=True) if year else None
    if match["until"]:
        return _made(match, as_of(day - timedelta(1)), day) if day else None
    if match["tomorrow"] and day:
        next_day = (day + timedelta(1)).isoformat()
        return _made(match, f"{next_day}/.." if match["from"] else next_day, day, brief=True)
    if match["today"] and day:
        return _made(match, day.isoformat(), day, brief=True)
    if match["yesterday"]:
        before = day and OF_A_DAY.search(match.string, match.end(), match.end() + 30)
        return _made(match, (day - timedelta(1)).isoformat(), day, brief=True) if day and before else None
    if match["inside"]:
        return _made(match, str(day.year), day, year=day.year, brief=True) if day else None
    if match["close"]:
        if about is None and (day is None or not AIMED.search(match.string, 0, match.start())):
            return None
        end = about if about is not None or day is None else day.year
        return _made(match, f"../{end}-12-31", day, year=end, brief=True)
    return _calendar(match, day, today, about)


def _holiday(match: re.Match[str], day: date | None) -> Period | None:
    told = holidays.meant(match, day)
    return _made(match, told.text, day, year=told.year, flow=told.flow) if told else None


def _span(match: re.Match[str], day: date | None) -> Period | None:
    """Return years told as from and to (2021—2025年); those of a plan that is named hold for their sentence."""
    first, last = int(match["first_year"]), int(match["last_year"])
    if not 1 <= last - first <= 60:
        return None
    ahead = day is not None and last > day.year
    period = _made(match, f"{first}/{last}", day, year=last, plan=ahead)
    opens = match.string.rfind("《", 0, match.start())
    if opens > match.string.rfind("》", 0, match.start()):
        if OF_A_PLAN.search(match.string, opens, match.end() + 8) is None:
            return None  # 《示例年鉴（2021—2023年）》
        period.plan, period.future = True, period.future or ahead  # 《示例行动计划（2025—2027年）》
    return period


def _plan_over(match: re.Match[str], day: date) -> str | None:
    """Return the years of the plan that 五年来 means where it ends with this year or ended with the last."""
    if SINCE_OPENED.search(match.string, max(0, match.start() - 8), match.start()):
        return None
    end = day.year if day.month == 12 else day.year - 1 if day.month <= 3 else None
    first = next((y for y in FIRST_YEAR.values() if y + 4 == end), None)
    return f"{first}/{first + 4}" if first else None


def _coming(match: re.Match[str], day: date | None) -> Period | None:
    """Return the years ahead: 未来五年 told about the beginning of a plan are the plan's."""
    count = _number(match["nexts"].replace("两", "二"))
    if day is None or not 2 <= count <= 60:
        return None
    turn = day.year + (day.month >= 10)  # the proposals for a plan come in autumn
    first = next((y for y in FIRST_YEAR.values() if y in (turn, day.year)), None)
    span = f"{first}/{first + 4}" if count == 5 and first else f"{day.year}/{day.year + count}"
    return _made(match, span, day, year=day.year, plan=True)


def _calendar(match: re.Match[str], day: date | None, today: str, about: int | None) -> Period | None:
    year = _year(match, day, about)
    bare = not (match["y"] or match["rel"])
    if bare and match["all"] and OF_PLANNED.match(match.string, match.end()):
        return None  # 完成全年任务的52%
    if year is None or (bare and match["yend"]):
        return None
    if (
        bare
        and match["m"]
        and not match["d"]
        and not match["mend"]
        and "份" not in match[0]
        and not match["asof"]
    ):
        month = _number(match["m"])
        if about is None and day is not None and month > day.month:
            around = match.string[max(0, match.start() - 16) : match.end() + 16]
            if day.month > 3 or month < 10 or AIMED.search(around):
                return None
            year -= 1  # 12月 told in January
    found = _within(match, year, day)
    if found is None:
        return None
    text, end = found
    if bare and day is not None and year == day.year and _not_yet(match, text, day):
        text = text.replace(str(year), str(year - 1))
    if match["till"] == "起" and day is not None and not end:
        first = re.sub("-(Q[1-4]|H[12])$", lambda m: BEGINS[m[1]], text.split("/")[0])
        return _made(match, f"{first}/{'..' if _begins_after(text, day) else today}", day, year=year)
    if match["since"] and match["till"] is None and not match["asof"] and not match["m3"]:
        if match["since"] == "自" or SINCE.match(match.string, match.end()):
            last = ".." if day is not None and _begins_after(text, day) else today
            return _made(match, f"{text.split('/')[0]}/{last}", day, year=year)
        if not VIEWED.match(match.string, match.end()):
            return None
    if match["till"] in ("以来", "至今"):
        first = f"{year}-01-01" if text == str(year) and match["rel"] == "今年" else text.split("/")[0]
        return _made(match, f"{first}/{today}", day, year=year)
    if end or (match["asof"] in ("截至", "截止", "截止到", "截至到")):
        text = f"../{text.split('/')[-1]}"
    return _made(match, text, day, year=year)


def _not_yet(match: re.Match[str], text: str, day: date) -> bool:
    """Whether a quarter or some months without a year are of last year: 前三季度 told in January."""
    if day.month > 3 or not (match["q"] or match["months"] or match["half"] or match["m2"]):
        return False
    last = match["months"] or (match["m2"] if match["m2"] else None)
    if last is None:
        quarter = (
            1 if match["q"] == "首" else _number(match["q"]) if match["q"] else 2 * (2 if "H2" in text else 1)
        )
        last = str(3 * quarter)
    around = match.string[max(0, match.start() - 16) : match.end() + 16]
    return _number(last) > max(3, day.month + 1) and AIMED.search(around) is None


def all_in(
    text: str, day: date | None, told: list[re.Match[str]] | None = None, about: int | None = None
) -> list[Period]:
    """Return the periods that a text names, in order; `about`: the year of a report of a whole year.

    In a sentence that opens with a year (2023年，…) a quarter or 全年 that names none is of it; so it is behind 明年.
    """
    found: list[Period] = []
    opened = OPENED.match(text)
    told_year: int | None = None  # 明年, 去年 told before, from the year of publication
    for match in times_in(text) if told is None else told:
        year = int(opened[1]) if opened and match.start() >= opened.end() else about
        told_year = TOLD_YEAR.get(match["rel"] or "", None if match["rel"] or match["y"] else told_year)
        if day is not None and told_year is not None and (told_year > 0 or match["all"]):
            year = day.year + told_year
        period = read(match, day, year)
        compared = COMPARED.search(text, max(0, match.start() - 2), match.start()) or (
            match["since"] and text.startswith("的", match.end())
        )
        if period is None or (match["y"] and SET_UP.match(text, match.end())):
            continue
        if match["rel"] in ("去年", "上年") and SAME_SPAN.match(text, match.end()) and found:
            now = found[-1]
            if now.year is not None and not now.brief and not compared:
                period.text = now.text.replace(str(now.year), str(now.year - 1))
        times = MULTIPLE.match(text, match.end())
        multiple = times is not None and (match["asof"] is None or times[0].startswith("同期"))
        if not ((compared or multiple) and match["till"] is None and not (match["years"] or match["from"])):
            said = text[max(0, match.start() - 40) : match.start()] + (match["asof"] or "")
            period.local = FROM_TO.search(said) is not None
            if times is None or period.local or RECOVERED.search(text, 0, match.start()) is None:
                found.append(period)
    return found
