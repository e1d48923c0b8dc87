"""Finds who published a bulletin first, and when, told apart from who copied it and when."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

DAY = re.compile(r"(?<!\d)((?:19|20)\d{2})\s?[-年/.]\s?(\d{1,2})\s?[-月/.]\s?(\d{1,2})(?!\d)日?")
ADDRESS = re.compile(r"https?://[^\s\"'<>)）]+")
IN_ADDRESS = re.compile(
    r"/((?:19|20)\d{2})[-/]?(\d{2})[-/]?(\d{2})(?=[/_.]|\D)|(?<=[/_t])((?:20)\d{2})(\d{2})(\d{2})(?=[_/.])"
)
IN_NAME = re.compile(r"(?<!\d)((?:19|20)\d{2})[-_.]?(0[1-9]|1[0-2])[-_.]?(0[1-9]|[12]\d|3[01])(?!\d)")
ORIGINAL = re.compile("查看原文|原文链接|原文地址|原载|首发|原文")
SAID = re.compile(
    r"(?:来源|信息来源|文章来源|稿源|发布机构|发布单位)\s*[:：]\s*([^\s|<>《》，,。（）()]{2,24})"
)
OPENING = re.compile(
    r"^\s*\**(?:【)?(?:(本报|本网|本台)|([\u4e00-\u9fff]{2,10}?(?:网|社|日报|晚报|报|电视台|新闻|发布)))\**(?:消息|讯|[^，。]{0,8}\d{1,2}月\d{1,2}日(?:电|讯))"
)
OFFICE = re.compile(
    r"(?:发布单位|作者|编辑)?[:：]?\s*([\u4e00-\u9fff（）]{2,24}?(?:统计局|人民政府|政府|调查(?:总)?队|办公室|海关|委员会|发展改革委|管委会|厅|局|发布|日报|晚报|新闻网|电视台|通讯社))"
    r"(?:[\s　]*(?:19|20)\d{2}[年./-].{0,24})?"
)
TODAY = re.compile(
    r"(?:今天|今日|昨天|昨日|近日)?（(\d{1,2})月(\d{1,2})日）|(?:讯|电|消息)[（(]?[^，。]{0,16}?(\d{1,2})月(\d{1,2})日|[^\d](\d{1,2})月(\d{1,2})日(?:电|讯)"
)
YEAR = re.compile(
    r"(?<![\d到至—])(20[0-3]\d)(?=年(?!代|前|底前|[^。；]{0,14}(?:建成|通车|投用|投产|将|力争|完工|竣工)))"
)
AIMED = re.compile("预计|计划|到|至|将于|力争|有望|争取|拟于|展望|面向")
META_DATES = (
    "pubdate",
    "publishdate",
    "publish_date",
    "article:published_time",
    "og:published_time",
    "firstpublishedtime",
    "date",
    "dc.date",
    "weibo: article:create_at",
    "publication-date",
)
META_SOURCES = ("contentsource", "source", "og:site_name", "mediaid", "author", "sitename", "publisher")


@dataclass(frozen=True, slots=True)
class Found:
    """What was found of a bulletin's origin; `reposted` is the date of the copy where it differs."""

    published: date | None
    why: str
    reposted: date | None
    publisher: str


def _date(parts: tuple[str | None, ...]) -> date | None:
    numbers = [int(p) for p in parts if p]
    if len(numbers) != 3:
        return None
    try:
        return date(*numbers)
    except ValueError:
        return None


def _dates(text: str, pattern: re.Pattern[str]) -> list[date]:
    return [d for d in (_date(m.groups()) for m in pattern.finditer(text)) if d]


def origin(raw: str, body: str, name: str, meta: dict[str, str]) -> Found:
    """Return publisher and dates of a bulletin from its raw text, its body, its file name and the head of its page."""
    years = [
        int(m[1]) for m in YEAR.finditer(body) if not AIMED.search(body, max(0, m.start() - 6), m.start())
    ]
    named = _named_year(years)
    original = _original(raw)
    page = _page_date(raw, meta)
    stem = _dates(name, IN_NAME)
    known = [
        (original, "address of the original"),
        (page, "date of the page"),
        (stem[0] if stem else None, "file name"),
    ]
    said = TODAY.search(body[:1500])
    day = tuple(int(p) for p in said.groups() if p) if said else ()
    agreed = next(((d, why) for d, why in known if d and (d.month, d.day) == day), None)
    if agreed is not None:  # 今天（7月31日）: a date with another day is that of a copy
        return Found(*agreed, page if page and page > agreed[0] else None, _publisher(raw, body, meta))
    fitting = [(d, why) for d, why in known if d and (named is None or named - 1 <= d.year <= named + 4)]
    publisher = _publisher(raw, body, meta)
    if fitting:
        published, why = fitting[0]
        if why == "date of the page" and stem and abs((stem[0] - published).days) > 3 and stem[0] < published:
            published, why = stem[0], "file name"
        reposted = page if page and page != published else None
        return Found(_with_day(published, body), why, reposted, publisher)
    guess = _guess(body, named)
    return Found(
        guess,
        "guessed from the years and days that the text names" if guess else "not found",
        page,
        publisher,
    )


def _original(raw: str) -> date | None:
    """Return the date in the address that a copy gives for its original: one in the first lines or at its end."""
    for match in ADDRESS.finditer(
        raw[:400] + raw[-1500:] if len(raw) > 1900 and "<html" not in raw[:2000].lower() else raw[-1500:]
    ):
        found = _dates(match[0], IN_ADDRESS)
        if found:
            return found[0]
    return None


def _page_date(raw: str, meta: dict[str, str]) -> date | None:
    for key in META_DATES:
        found = _dates(meta.get(key, ""), DAY) or _dates(meta.get(key, ""), IN_NAME)
        if found:
            return found[0]
    lines = [line for line in raw[:6000].split("\n") if len(line) < 200]
    for line in lines[:60]:
        if re.search(r"发布|来源|时间|日期|\d{1,2}:\d{2}|^\W*\d{4}", line) and (found := _dates(line, DAY)):
            return found[0]
    for line in raw[-600:].split("\n"):
        if len(line.strip()) < 24 and (found := _dates(line.strip(), DAY)):
            return found[0]
    return None


def _named_year(years: list[int]) -> int | None:
    """Return the latest year that the text tells of more than once, or at all: plans for 2035 do not count."""
    near = [y for y in years if y <= 2029]
    return max(near) if near else None


def _with_day(published: date, body: str) -> date:
    """A page copied on another day says 今天（12月23日）: that day counts where it is near."""
    match = TODAY.search(body[:1500])
    if match is None:
        return published
    month, day = (int(p) for p in match.groups() if p)
    try:
        said = published.replace(month=month, day=day)
    except ValueError:
        return published
    return said if 0 < (published - said).days <= 10 and match[0].startswith(("今天", "今日")) else published


def _guess(body: str, named: int | None) -> date | None:
    days = [d for d in _dates(body, DAY) if d.year <= 2029]
    if days:
        return max(days)
    if named is None:
        return None
    match = TODAY.search(body[:1500])
    month, day = (int(p) for p in match.groups() if p) if match else (12, 31)
    try:
        return date(named, month, day)
    except ValueError:
        return date(named, 12, 31)


def _publisher(raw: str, body: str, meta: dict[str, str]) -> str:
    said = SAID.search(re.sub("<[^>]*>", " ", raw[:20000]))
    if said:
        return said[1].strip()
    for key in META_SOURCES:
        if meta.get(key) and len(meta[key]) < 40:
            return meta[key]
    head = [line.strip(" 　*#（）()") for line in body.split("\n")[:8]]
    for line in head[1:]:  # the first is the title
        alone = OFFICE.fullmatch(line)
        if alone:
            return alone[1]
    for line in body.split("\n")[:12]:
        opening = OPENING.match(line)
        if opening and opening[2]:
            return opening[2]
    return ""
