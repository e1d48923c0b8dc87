"""Finds who published a bulletin first, and when, told apart from who copied it and when."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from tongxin.petals.evidence.engine import days
from tongxin.petals.evidence.engine.days import DAY, IN_ADDRESS, IN_NAME, as_date, dates
from tongxin.petals.evidence.engine.numerals import chinese
from tongxin.petals.evidence.engine.publishers import labelled, publisher

ADDRESS = re.compile(r"https?://[^\s\"'<>)）]+")
ORIGINAL = re.compile(
    r"(?:原文链接|原文地址|查看原文|阅读原文|原文网址|原文出处|来源网址|来源链接|原文)[^\n]{0,120}?(https?://[^\s\"'<>)）]+)"
)
YEAR = re.compile(
    r"(?<![\d到至—])(20[0-3]\d)(?=年(?!代|前|底前|以来|同期|的?[\d.]+|[^。；]{0,14}(?:建成|通车|投用|投产|将|力争|完工|竣工)))"
)
AIMED = re.compile("预计|计划|到|至|将于|力争|有望|争取|拟于|展望|面向")
PLANNED = re.compile("预计|计划|将于|力争|有望|争取|拟于|展望|面向|(?<!截)[到至]$")
MONTH = re.compile(
    r"(?<!\d)(20[0-3]\d)年(?:(?:\d{1,2}月?(?:份)?[-—–至到~～])?(\d{1,2})月(?!\d{1,2}日前)|前([一二两三四五六七八九十\d]{1,2})个?月)"
    r"(?![前起]|底前|[^，。；]{0,14}(?:将|力争|完工|竣工|建成|通车|投用|投产))"
)
BASE = re.compile("(?:比|较|与|自|从|由|于|是|相比|不低于|超过)$")
META_DATES = (
    "pubdate", "publishdate", "publish_date", "pub_date", "publishtime", "article:published_time", "og:published_time",
    "og:release_date", "firstpublishedtime", "datepublished", "createtime", "createdate", "date", "dc.date",
    "dc.date.issued", "weibo: article:create_at", "publication-date", "bytedance:published_time",
)  # fmt: skip
SPOKEN = re.compile(DAY.pattern + r"[^\n。]{0,4}在[^\n。]{4,60}(?:会议|大会|全会|会)上")
WORK_REPORT = re.compile(r"(20\d{2})年?[^\n，。]{0,16}政府工作报告|政府工作报告\s*[（(](20\d{2})年?[）)]")
COPIED_AFTER = 10  # days between what the text tells and the page's own day, from which on it is a copy
SIGNED_BEFORE = 45  # days from signing a document to giving it out
UNTIL = 2029


@dataclass(frozen=True, slots=True)
class Found:
    """What was found of a bulletin's origin; `reposted` is the date of the copy where it differs."""

    published: date | None
    why: str
    reposted: date | None
    publisher: str


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What tells of a bulletin's origin: the lines over the body and under it, what the head of a page says, a name."""

    over: list[str] = field(default_factory=list)
    under: list[str] = field(default_factory=list)
    meta: dict[str, str] = field(default_factory=dict)
    name: str = ""
    raw: str = ""
    is_page: bool = False


def origin(body: str, around: Surroundings) -> Found:
    """Return publisher and dates of a bulletin from its body and what stands around it."""
    first_by = publisher(body, around.over, around.under, around.meta)
    who = first_by.name
    named = _named_year(body)
    seen = [d for d in _seen(body, around) if d[0].year <= UNTIL]
    fitting = [d for d in seen if named is None or named - 1 <= d[0].year <= named + 4]
    copied = max((d for d, why in seen if why == "date of a copy"), default=None)
    fitting = [d for d in fitting if d[1] != "date of a copy"]
    shown = min((d for d, why in fitting if why == "date of the page"), default=None)
    last = max(
        [d for d, why in fitting if why == "date of the page"] + ([copied] if copied else []), default=None
    )
    first = next(
        ((d, why) for d, why in fitting if why in ("address of the original", "date of the original")), None
    )
    if first is None:
        first = _told_in_text(
            body, around, last or copied, shown, named, fitting, 0 if first_by.sent else COPIED_AFTER
        )
    if first is None and (day := _spoken("\n".join([*around.over, body[:1500]]))):
        return Found(day, "the day on which it was spoken", None, who)
    if first is None:
        guess = _work_report(body, around) or _guess(body, named)
        known = max((d for d, _why in seen), default=None)
        why = "guessed from the years and days that the text names" if guess else "not found"
        return Found(guess, why, known if guess and known != guess else None, who)
    if last is None or last <= first[0]:
        return Found(*first, None, who)
    return Found(*first, last, _source_of(first[0], around) or who)


def _source_of(day: date, around: Surroundings) -> str:
    """Return the source told in the line with the day of the original, where a copy tells its own besides."""
    for line in (*around.over, *around.under):
        if day in dates(line, DAY) and (found := labelled([line], "source")):
            return found
    return ""


def _told_in_text(
    body: str, around: Surroundings, last: date | None, shown: date | None, named: int | None,
    fitting: list[tuple[date, str]], after: int,
) -> tuple[date, str] | None:  # fmt: skip
    """Return the day of publication where no original is named: that of the page, unless the text tells another."""
    name = next((d for d, why in fitting if why == "file name"), None)
    page = shown or name
    told = days.said(body[:600])
    until = last or page or name
    if told and until:
        reported = days.latest(*told, until, named)
        today = re.search(r"(?:今天|今日)[（(是]\d", body[:1500]) is not None
        if reported and name and abs((name - reported).days) <= 3:
            return name, "file name"
        if reported and page and (page - reported).days > (0 if today else after):
            return reported, "the day that the text tells; that of the page is a copy's"
    if name and shown and (shown - name).days > 3:
        return name, "file name"
    signed = days.signed([n for n in around.under if n.strip()])
    if signed and page and (page - signed).days > SIGNED_BEFORE and (named is None or signed.year >= named):
        return signed, "the day under the document; that of the page is a copy's"
    if shown:
        return shown, "date of the page"
    if signed and (named is None or named - 1 <= signed.year <= named + 4):
        return signed, "date of the page"
    return (name, "file name") if name else None


def _seen(body: str, around: Surroundings) -> Iterator[tuple[date, str]]:
    """Return every day that can be one of publication, with what it was found by."""
    for match in ORIGINAL.finditer(
        around.raw[-6000:] if around.is_page else around.raw[:400] + around.raw[-1500:]
    ):
        for day in dates(match[1], IN_ADDRESS):
            yield day, "address of the original"
    if not around.is_page:
        for address in ADDRESS.finditer(around.raw[:400] + around.raw[-1500:]):
            for day in dates(address[0], IN_ADDRESS):
                yield day, "address of the original"
    over = days.shown(around.over)
    told = [each.day for each in over if each.kind in ("published", "sourced", "alone")]
    for each in [*over, *_under(around.under, max(told, default=date.max))]:
        if each.kind in ("first", "copied"):
            yield each.day, "date of the original" if each.kind == "first" else "date of a copy"
        elif each.kind in ("published", "sourced", "alone"):
            yield each.day, "date of the page"
    for key in META_DATES if told else (*META_DATES, "time"):
        found = dates(around.meta.get(key, ""), DAY) or dates(around.meta.get(key, ""), IN_NAME)
        if found:
            yield found[0], "date of the page"
            break
    for key in ("canonical", "og:url"):
        for day in dates(around.meta.get(key, ""), IN_ADDRESS):
            yield day, "date of the page"
    for day in dates(around.name, IN_NAME)[:1]:
        yield day, "file name"


def _under(lines: list[str], until: date) -> Iterator[days.Day]:
    """Return the days told under a body; those after the day over it are of answers, of other pages."""
    for each in days.shown([n for n in lines if len(n) < 80]):
        if each.kind in ("first", "copied") or (each.kind != "alone" and each.day <= until):
            yield each


def _named_year(body: str) -> int | None:
    """Return the latest year that the text tells of as its own: plans for 2035 and base years do not count."""
    near = [
        int(m[1])
        for m in YEAR.finditer(body)
        if not AIMED.search(body, max(0, m.start() - 6), m.start())
        and not BASE.search(body[max(0, m.start() - 4) : m.start()])
        and int(m[1]) <= UNTIL
    ]
    return max(near) if near else None


def _spoken(text: str) -> date | None:
    """Return the day told under the title of a report: ——2025年1月8日在示例县人民代表大会会议上."""
    match = SPOKEN.search(text)
    return as_date(match.groups()) if match else None


def _work_report(body: str, around: Surroundings) -> date | None:
    """Return about when a government reports at the beginning of the year in its title: the State Council in March."""
    head = "\n".join(around.over)[-300:] + body[:300]
    match = WORK_REPORT.search(head)
    if match is None:
        return None
    year = int(match[1] or match[2])
    return date(year, 3, 5) if "国务院" in head else date(year, 1, 31)


def _guess(body: str, named: int | None) -> date | None:
    found = [
        m.groups()
        for m in DAY.finditer(body)
        if not PLANNED.search(body, max(0, m.start() - 8), m.start()) and body[m.end() : m.end() + 1] != "前"
    ]
    seen = [d for d in map(as_date, found) if d and d.year <= UNTIL]
    told = days.said(body[:1500]) if named is not None and not seen else None
    day = max(seen, default=None)
    if named is not None and day is None:
        day = as_date((str(told[0] or named), str(told[1]), str(told[2]))) if told else None
        day = day or date(named, 12, 31)
    month = _last_month(body)
    return month if month and (day is None or (day.year, day.month) < (month.year, month.month)) else day


def _last_month(body: str) -> date | None:
    """Return the last day of the latest month that the text tells of as past: 2025年10月, 2025年1-5月."""
    found = [
        (int(m[1]), _month(m[2] or m[3]))
        for m in MONTH.finditer(body)
        if not PLANNED.search(body, max(0, m.start() - 8), m.start())
    ]
    year, month = max((f for f in found if f[0] <= UNTIL and 1 <= f[1] <= 12), default=(0, 0))
    return date(year, month, monthrange(year, month)[1]) if year else None


def _month(told: str) -> int:
    return int(told) if told.isdigit() else chinese(told)
