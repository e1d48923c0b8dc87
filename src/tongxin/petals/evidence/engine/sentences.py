"""Reads a sentence: its figures as facts, and what it tells of place and time to the sentences after it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tongxin.petals.evidence.engine import (
    around,
    comparisons,
    mentions,
    name_parts,
    naming,
    news_times,
    places,
    scope_words,
)
from tongxin.petals.evidence.engine.facts import Comparison, Fact, Mention, Source
from tongxin.petals.evidence.engine.frames import SPAN, Frames, between
from tongxin.petals.evidence.engine.lexicon import Lexicon
from tongxin.petals.evidence.engine.periods import Period, all_in, as_of
from tongxin.petals.evidence.engine.scopes import Scope
from tongxin.petals.evidence.engine.times import times_in
from tongxin.petals.evidence.engine.when import (
    NOTHING,
    OPENED,
    STANDS,
    TASKS,
    of_state,
    of_years,
    period_of,
    planned_for,
    status_of,
)

# What a sentence with a figure holds: a digit, 近千, 百万, 十多, 七成, 三分之一, 等五大, 万余.
FIGURE = re.compile(
    r"[0-9近超逾过达破约上一二三四五六七八九十百千万两半分等](?:(?<=\d)|(?<=[近超逾过达破约上])[百千万亿]"
    "|(?<=[一二三四五六七八九十百千万两])[百千万亿]|(?<=十)[多余]|(?<=[一二三四五六七八九两])成|(?<=分)之|(?<=等)[一二三四五六七八九十]大"
    "|(?<=[百千万])[余多]|(?<=[一二两三四五六七八九十半])个?小时|(?<=[一二三四五六七八九十])(?:半|大[^，。；、]{0,5}(?:产业|集群|机场群|板块|枢纽|领域|赛道|片区)))"
)
JOINED = re.compile("[、和及，]")
NOUN = re.compile("[^，。；,;！？!?：:]{0,40}")
# What leads from the news to its figures
LEADS_IN = re.compile("(?:\\d{1,2}月)?\\d{1,2}日$|(?:根据|据|经|按照?)[^，。；]*$")
# One of what the years told before brought: 本届赛事
THIS_TIME = re.compile("\\s*(?:本届|本次|此次)")
# What follows is told as of today, whatever was told before
LOOKS = re.compile(
    "\\s*(?:同时|但)?[，,]?(?:我们)?(?:也|还|又)?(?:要|应|应当|必须|需|需要)?(?:清醒|深刻)?(?:地)?(?:看到|认识到|意识到)"
)
FROM_AND_FROM = re.compile("从[^，。；、]{1,12}到[^，。；、]{1,12}，从[^，。；、]{1,12}到")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence, where it begins in the text, and what it names: clauses, times, periods, places."""

    at: int
    text: str
    clauses: list[tuple[int, int]]
    times: list[tuple[int, int]]
    periods: list[Period]  # those of the times that are of figures, not of the news
    scope: Scope
    figured: bool  # it may hold a figure


def read(
    at: int, text: str, frames: Frames, source: Source, words: Lexicon, lost: list[tuple[int, int]]
) -> list[Fact]:
    """Return the facts of a sentence that begins at a place of the text, and keep in the frames what it tells.

    `lost`: places of the sentence whose digits are gone; numbers there are not read.
    """
    sentence = _told(at, text, frames, source, words)
    if sentence is None:
        return []
    this_time = frames.period is not None and of_years(frames.period) and THIS_TIME.match(text)
    if this_time or LOOKS.match(text) or news_times.since_opened(text, sentence.periods):
        frames.period = None  # the months told before are not of what has been since
    frames.stood = False
    found = _facts(sentence, frames, source, lost) if sentence.figured else []
    _keep_place(sentence, frames)
    _keep_times(sentence, frames)
    return found


def _told(at: int, text: str, frames: Frames, source: Source, words: Lexicon) -> Sentence | None:
    """Return what a sentence names; None where it says nothing of a place, a time or a figure."""
    told = frames.within(at, at + len(text))
    matches = times_in(text)
    relatives = [
        r
        for r in frames.made.relative.finditer(text)
        if not scope_words.COMPARAND.search(text, max(0, r.start() - 7), r.start())
    ]
    figured = FIGURE.search(text) is not None
    if not (told or matches or relatives or figured):
        return None
    clauses = mentions.clauses(text)
    about = frames.about
    if source.published is not None:
        about = _year_about(frames, source.published.year)
    periods = all_in(text, source.published, matches, about) if matches else []
    periods = [p for p in periods if not news_times.of_news(text, p, clauses)]
    wider = [f for f in (frames.place, frames.section, *frames.document) if f.names]
    scope = Scope(text, told, wider, words, relatives, frames.last, frames.made, frames.national)
    return Sentence(at, text, clauses, [m.span() for m in matches], periods, scope, figured)


def _facts(sentence: Sentence, frames: Frames, source: Source, lost: list[tuple[int, int]]) -> list[Fact]:
    """Return the facts of the figures of a sentence; their names come later, with all of the text."""
    text, scope = sentence.text, sentence.scope
    numbers = mentions.find(text, scope.words, sentence.clauses, lost, sentence.times)
    if not numbers:
        return []
    comparisons.roles(text, numbers)
    figures = comparisons.attach(text, numbers)
    found = [_fact(sentence, m, figures, numbers, frames, source) for m in figures]
    if figures:
        told_here = name_parts.Sentence(text, figures, scope.places, scope.relative, sentence.at)
        guessed = between(frames.guessed, sentence.at, sentence.at + len(text))
        doubts = frozenset(i for a, b in guessed for i in range(a, b))
        frames.unnamed.append(naming.Unnamed(told_here, found, frames.paragraph, frames.unrelated, doubts))
        frames.unrelated = False
    return found


def _keep_place(sentence: Sentence, frames: Frames) -> None:
    """Keep the subject of a sentence for the sentences after it."""
    text, scope = sentence.text, sentence.scope
    words = scope.words
    strong = _subjects(text, scope)
    if strong:
        here = mentions.clause_of(sentence.clauses, strong[0].start)
        names = scope.subject(strong[0].start, here[1]) or strong[0].names
        frames.last = around.Frame(names, f"told last: {strong[0].form}")
        lasts = not scope.around or any(p.form not in words.entities for p in strong if p.start <= here[1])
        if lasts and not around.is_abroad(names, frames.home, words):  # but a park does not
            frames.place = around.Frame(names, f"said before: {strong[0].form}")
    elif scope.relative:
        relative = scope.relative[0]
        names = around.resolve(relative[0], scope.near(relative.start()), words, frames.made)
        if names:
            frames.place = around.Frame(names, f"said before: {relative[0]}")


def _subjects(text: str, scope: Scope) -> list[places.Seen]:
    """Return the places of a sentence that may be what it is about."""
    strong = [
        p
        for p in scope.places
        if not p.weak
        and not scope_words.TARGET.search(text, max(0, p.start - 4), p.start)
        and not scope.of_others(p)
    ]
    if not strong and not any(f.names != (places.NATIONAL,) for f in scope.around):
        strong = [
            p for p in scope.places if p.aside
        ]  # “示例号”班列: the quotes name it, and nothing else does
    if strong and text.count("从") > 1 and FROM_AND_FROM.search(text):
        return []  # 从甲到乙，从丙到丁: of everywhere
    return strong


def _keep_times(sentence: Sentence, frames: Frames) -> None:
    """Keep the times of a sentence for the sentences after it, each kind for itself."""
    text, periods = sentence.text, sentence.periods
    coming = [p for p in periods if p.future or (p.plan and p.year is not None)]
    frames.ahead = coming[-1] if coming else frames.ahead
    frames.years = next((p for p in reversed(periods) if of_years(p) and not p.local), frames.years)
    frames.flow = next((p for p in periods if SPAN.fullmatch(p.text)), frames.flow)
    frames.state = next((p for p in periods if of_state(p)), frames.state)
    lasting = [
        p
        for p in periods
        if not p.plan
        and not p.brief
        and not p.local
        and not (p.future and p.start > 12)
        and not news_times.of_event(text, p, sentence.clauses, sentence.scope.words)
    ]
    if not lasting:
        return
    told_by = 0
    for first, last in sentence.clauses:  # 示例局今天发布，2023年…; 5月12日，示例局发布数据，根据核算结果，…
        if not news_times.ATTRIBUTED.search(text, first, last) and not LEADS_IN.match(text[first:last]):
            break
        told_by = last
    early = [p for p in lasting if p.start < told_by + 16]
    frames.period = early[-1] if early else frames.period


def _year_about(frames: Frames, now: int) -> int | None:
    """Return the year that 全年 means by the title, the heading or what the paragraph told: 明年我们计划…。全年…"""
    told = frames.period
    if told is not None and told.future and told.text == str(now + 1):
        return now + 1
    if frames.year is not None and (frames.coming or frames.year < now or frames.review):
        return frames.year
    if frames.coming:  # in a plan it is of its year
        return frames.plan_year.year if frames.plan_year else now
    return frames.about


def _quote(text: str, m: Mention, figures: list[Mention], numbers: list[Mention]) -> tuple[int, int]:
    """Return the shortest span with number, unit, head noun and comparison."""
    left = max([m.clause[0], *(f.end for f in numbers if f.end <= m.start)])
    if left > m.clause[0]:
        cut = JOINED.search(text, left, m.start)
        left = cut.end() if cut else m.start
    end = m.end
    next_start = min([f.start for f in numbers if f.start >= m.end], default=len(text))
    noun = NOUN.match(text, end, max(end, min(next_start, m.clause[1])))
    if m.kind in ("count", "person", "length", "area") and noun:
        end += len(noun[0].split("、")[0].rstrip()) if next_start < m.clause[1] else len(noun[0].rstrip())
    mine = [
        f
        for f in numbers
        if f.role == "done" and f.start >= m.end and not any(m.end <= g.start < f.start for g in figures)
    ]
    if mine:
        end = max(end, mine[-1].end)
    while left < m.start and text[left] in " 　，、。；“”*":
        left += 1
    return left, max(end, m.end)


def _fact(
    sentence: Sentence,
    m: Mention,
    figures: list[Mention],
    numbers: list[Mention],
    frames: Frames,
    source: Source,
) -> Fact:
    """Return the fact of a figure, its name still empty; `numbers` are all of the sentence, figures or not."""
    at, text, clauses, scope = sentence.at, sentence.text, sentence.clauses, sentence.scope
    before = max([m.clause[0], *(n.end for n in numbers if m.clause[0] <= n.end <= m.start)])
    names, place_why = scope.of(m, clauses, before)
    period, period_why, when = period_of(text, m, sentence.periods, frames, source, scope.words)
    status, status_why = status_of(text, m, clauses, when, frames, scope.words)
    if status == "planned":
        period, period_why = planned_for(text, m, period, period_why, frames, scope.words)
    elif status_why == TASKS and frames.scheme:
        period, period_why = frames.scheme.span, "the years of the plan"
    elif frames.coming and period_why == "heading" and when != "over":
        period, period_why = as_of(source.published), NOTHING
    # …现有院校12所，在校生2.6万人
    frames.stood = period_why in (STANDS, OPENED) or (period_why == NOTHING and frames.period is not None)
    frames.aimed = status == "planned"
    left, right = _quote(text, m, figures, numbers)
    why = m.why | {
        "jurisdictions": place_why, "period": period_why, "status": status_why,
        "comparison": "; ".join(c.why for c in m.comparisons) or "none told",
    }  # fmt: skip
    shown = around.members(names, scope.words)
    return Fact(
        doc=source.doc, cls="M", theme="", indicator="", jurisdictions=shown, period=period, value=m.value,
        unit=m.unit, qualifier=";".join(m.qualifiers), comparisons=_unlike(m.comparisons), status=status,
        quote=text[left:right], start=at + left, end=at + right, number=(at + m.start, at + m.end), why=why,
    )  # fmt: skip


def _unlike(found: list[Comparison]) -> list[Comparison]:
    kept: dict[tuple[str, str], Comparison] = {}
    for each in found:
        kept.setdefault((each.kind, each.value), each)
    return list(kept.values())
