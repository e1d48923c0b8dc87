"""The scopes around a sentence: document, section, paragraph; what each says of period, place and plan."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field

from tongxin.petals.evidence.engine import around, coined, days, naming, places, plans
from tongxin.petals.evidence.engine.facts import Source
from tongxin.petals.evidence.engine.lexicon import Lexicon
from tongxin.petals.evidence.engine.periods import Period, all_in

COUNTED = re.compile(r"\d[万亿]*(?:[余多])?(?=[%\u4e00-\u9fff])(?![年月日时分届号第])")
GROWTH = re.compile(r"(?:增长|下降|上升|回落)\d")
OF_MONTHS = re.compile("半年(?!来)|季报|月报|月度")
OF_YEAR = re.compile("通报|公报|报告|回顾|总结|年度|年报|综述")
LABEL = re.compile(
    "(?:时间|地点|主持人|发布人|出席|来源|作者|记者|嘉宾|联系)[^：:]{0,6}[：:]"
)  # before what is no heading
SPAN = re.compile(r"\d{4}-(?:Q\d|H\d|\d\d/\d{4}-\d\d)")  # a quarter, a half, some months


# How headings are numbered, the widest first: 第一部分, 一、, （一）, 1.
NUMBERED = tuple(
    map(
        re.compile,
        (
            "第[一二三四五六七八九十]{1,3}(?:部分|章|篇)",
            "[一二三四五六七八九十]{1,3}[、.．]",
            "[（(][一二三四五六七八九十]{1,3}[)）]",
            r"\d{1,2}(?:[、．)）]|\.(?!\d))|[（(]\d{1,2}[)）]",
        ),
    )
)


@dataclass(frozen=True, slots=True)
class Section:
    """What a heading says of what stands under it, with what it took from the headings above it."""

    level: int
    coming: bool = False
    past: bool = False
    period: Period | None = None
    place: around.Frame = field(default_factory=around.Frame)


@dataclass(slots=True)
class Frames:
    """What the scopes around a sentence say: period, place, whether it is planned, the figure before."""

    period: Period | None = None
    section_period: Period | None = None
    place: around.Frame = field(default_factory=around.Frame)
    section: around.Frame = field(default_factory=around.Frame)
    document: list[around.Frame] = field(default_factory=list)
    planned: bool = False
    paragraph: str = ""
    named: list[places.Seen] = field(default_factory=list)  # the places of the whole text
    starts: list[int] = field(default_factory=list)
    known: dict[str, tuple[str, ...]] = field(default_factory=dict)  # short names learned
    made: coined.Coined = field(default_factory=coined.Coined)  # names that the text makes of its places
    home: str = ""  # the county or zone that the text is of
    national: bool = True
    ahead: Period | None = None  # the plan's years or the year to come told last in the paragraph
    aimed: bool = False  # the last figure of the paragraph is planned
    coming: bool = False  # the section is of plans
    sections: list[Section] = field(default_factory=list)  # those that the text is in, the widest first
    themes: dict[str, str] = field(default_factory=dict)  # fields found before
    about: int | None = None  # the year of a report of a whole year
    plan: bool = False  # the whole document is a plan (工作要点, 行动计划) …
    plan_year: Period | None = None  # … of this year
    scheme: plans.Plan | None = None  # the plan of some years that the document is, explains or tells of
    year: int | None = None  # the year that the heading tells: 全年 is of it
    review: bool = False  # the section looks back: 预计 reckons what was done
    stood: bool = False  # the figure before in the sentence tells what there is
    last: around.Frame = field(default_factory=around.Frame)  # the place told last, in whatever paragraph
    guessed: list[tuple[int, int]] = field(
        default_factory=list
    )  # hidden words proposed with little certainty
    years: Period | None = None  # the years told last in the paragraph: 十年来
    flow: Period | None = None  # the months or quarter told last in the section
    state: Period | None = None  # the day told last for what there is: 9月末
    lead: Period | None = None  # the quarter or months that a report of figures begins with
    unnamed: list[naming.Unnamed] = field(default_factory=list)  # figures read, their names not yet
    unrelated: bool = True  # the next figure does not go on with the one before

    def within(self, start: int, end: int) -> list[places.Seen]:
        """Return the places of a piece of the text, counted from its beginning."""
        first, last = bisect_left(self.starts, start), bisect_left(self.starts, end)
        return [p.moved(-start) for p in self.named[first:last]]


def in_order(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return spans by their beginning, without those inside others: their ends are in order too."""
    kept: list[tuple[int, int]] = []
    for span in sorted(spans, key=lambda span: (span[0], -span[1])):
        if not kept or span[1] > kept[-1][1]:
            kept.append(span)
    return kept


def between(spans: list[tuple[int, int]], start: int, end: int) -> list[tuple[int, int]]:
    """Return the spans of `in_order` that reach into a piece of the text, counted from its beginning."""
    first = bisect_right(spans, start, key=lambda span: span[1])
    last = bisect_left(spans, end, key=lambda span: span[0])
    return [(a - start, b - start) for a, b in spans[first:last]]


def lead(title: str, opening: str, text: str, about: int | None, source: Source) -> Period | None:
    """Return the quarter, months or past year that a report of figures is about, by its title or first lines."""
    told = next((p for p in all_in(title, source.published, about=about) if SPAN.fullmatch(p.text)), None)
    if told is not None:
        return told
    periods = all_in(opening, source.published, about=about)
    if not periods:
        return None
    growth = len(GROWTH.findall(text))
    for period in periods:
        # A report of figures says so in its title, or tells of one figure in five how it grew
        if growth and SPAN.fullmatch(period.text):
            if OF_MONTHS.search(title) or growth * 5 >= len(COUNTED.findall(text)):
                return period
            continue
        past = (
            period.year is not None and source.published is not None and period.year < source.published.year
        )
        if (
            past
            and period.start < 30
            and period.text == str(period.year)
            and (growth >= 4 or OF_YEAR.search(title))
        ):
            return period
    return None


def enter_section(heading: re.Match[str], frames: Frames, source: Source, words: Lexicon) -> None:
    """Take over what a heading says; what it does not say is that of the section it is in: 三、重点工作 （一）….

    A heading without a number lies in the numbered one before it, beside others without a number.
    """
    groups = heading.groupdict()
    title = (groups.get("bold") or groups.get("hash") or groups.get("plain") or "").strip()
    level = next((i for i, numbered in enumerate(NUMBERED, 1) if numbered.match(title)), len(NUMBERED) + 1)
    while frames.sections and frames.sections[-1].level >= level:
        frames.sections.pop()
    read_out = frames.scheme is not None and frames.scheme.kind == "read out"
    parent = frames.sections[-1] if frames.sections else Section(0, frames.plan or read_out)
    told = coined.with_tokens(title, places.seen(title, words, frames.known), frames.made.tokens)
    if LABEL.match(title):
        told = []
    told = [p for p in told if not p.weak] or [p for p in told if p.names != (places.NATIONAL,)]
    names = tuple(dict.fromkeys(n for p in told for n in p.names))
    place = around.Frame(names, f"heading {title[:20]!r}") if names else parent.place
    spans = [p for p in all_in(title, source.published, about=frames.about) if not p.brief]
    dated = days.DAY.search(title) is not None  # 示例报 2024-05-06 第03版
    period = spans[0] if spans and not spans[0].day and not dated else parent.period
    # inside a review or a plan only plain words turn the time: （二）夯实产业基础 of a plan is planned
    turns = "review heading" if parent.coming and parent.level else "past heading"
    past = words.phrases[turns].search(title) is not None
    ahead = words.phrases["next heading" if parent.past else "plan heading"].search(title) is not None
    coming = not past and (ahead or parent.coming)
    if coming and frames.scheme is None and period is not None and period.text == str(period.year):
        frames.plan_year = period  # the year of a plan is that of its later parts
    if period is None and (frames.plan or coming) and not past:
        period = frames.plan_year
    frames.sections.append(Section(level, coming, past or (parent.past and not coming), period, place))
    frames.section, frames.section_period = place, period
    frames.year = period.year if period is not None and period.text == str(period.year) else None
    frames.coming = frames.planned = coming
    frames.review = frames.sections[-1].past
