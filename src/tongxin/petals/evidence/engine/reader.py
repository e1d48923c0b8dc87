"""Reads a repaired text into facts: section, paragraph, sentence, clause; each scope lends what the narrower lacks."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tongxin.petals.evidence.engine import (
    around,
    coined,
    comparisons,
    grids,
    mentions,
    name_parts,
    naming,
    news_times,
    places,
    plans,
    scope_words,
    scopes,
    spun,
)
from tongxin.petals.evidence.engine.days import issued
from tongxin.petals.evidence.engine.facts import Comparison, Fact, Mention, Source
from tongxin.petals.evidence.engine.frames import SPAN, Frames, between, enter_section, in_order, lead
from tongxin.petals.evidence.engine.lexicon import Lexicon, lexicon
from tongxin.petals.evidence.engine.periods import Period, all_in, as_of, year_told
from tongxin.petals.evidence.engine.repair import NARROW, Repaired
from tongxin.petals.evidence.engine.times import times_in
from tongxin.petals.evidence.engine.titles import bare_title
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
SENTENCE = re.compile(r"[^。！？!?\n]{0,500}[。！？!?]?[”」』]?")
HEADING = re.compile(
    r"^\s*(?:\*\*(?P<bold>[^*]{2,60})\*\*|#+\s*(?P<hash>.{2,60})|(?P<plain>[^，。；,;]{2,34}))\s*$"
)
# A heading that the text goes on behind: 二、2026年工作安排。新建学校20所。
RUN_IN = re.compile(
    r"\s*(?P<plain>(?:第[一二三四五六七八九十]{1,3}部分|[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十]{1,3}[)）])[^，。；：:,;\d]{0,4}(?:20\d{2}年)?[^，。；：:,;\d]{2,24})。"
)
JOINED = re.compile("[、和及，]")
NOUN = re.compile("[^，。；,;！？!?：:]{0,40}")
GOES_ON = re.compile("^\\s*(?:其中|此外|与此同时|分[^，。]{1,5}看|从[^，。]{1,8}看)")
AHEAD = re.compile(
    "^\\s*(?:下一步|接下来|今后|未来(?=[，,\\d几三五]|一段)|下一阶段|按照规划|根据规划|按照计划|根据计划|展望|面向未来|明年)"
)
# What leads from the news to its figures
LEADS_IN = re.compile("(?:\\d{1,2}月)?\\d{1,2}日$|(?:根据|据|经|按照?)[^，。；]*$")
# One of what the years told before brought: 本届赛事
THIS_TIME = re.compile("\\s*(?:本届|本次|此次)")
# What follows is told as of today, whatever was told before
LOOKS = re.compile(
    "\\s*(?:同时|但)?[，,]?(?:我们)?(?:也|还|又)?(?:要|应|应当|必须|需|需要)?(?:清醒|深刻)?(?:地)?(?:看到|认识到|意识到)"
)
FROM_AND_FROM = re.compile("从[^，。；、]{1,12}到[^，。；、]{1,12}，从[^，。；、]{1,12}到")


def _lines(text: str) -> Iterator[tuple[int, str]]:
    at = 0
    for line in text.split("\n"):
        yield at, line
        at += len(line) + 1


def _first_sentence(text: str, end: int) -> str:
    """Return the first sentence with a line of its own before a place: 2025年，示例县经济稳中向好。"""
    lines = (line for _at, line in _lines(text[:end]) if len(line) > 15 and line.rstrip().endswith("。"))
    return next(lines, "")


def _is_title(line: str, title: str) -> bool:
    """Whether a line only is the title: it frames the whole document, its figures stand in the text again."""
    return (
        len(title) >= 6 and len(line) < 200 and bare_title(line).translate(NARROW) == title.translate(NARROW)
    )


def read(
    repaired: Repaired,
    source: Source,
    words: Lexicon | None = None,
    parts: name_parts.Parts = name_parts.parts,
) -> list[Fact]:
    """Return the facts of a repaired text in order. Reads nothing but its arguments and the tables.

    `parts` says which characters make up the names of the figures of sentences.
    """
    words = words or lexicon()
    text = repaired.text
    if any(mark.rule == spun.REPLACED for mark in repaired.marks):
        text = spun.read_as(text)
    opening = next(((at, at + min(len(line), 300)) for at, line in _lines(text) if len(line) > 60), (0, 0))
    title = source.title or next((line.strip() for _at, line in _lines(text) if line.strip()), "")[:80]
    known: dict[str, tuple[str, ...]] = {}
    head = places.seen(title, words, known)
    every = places.seen(text, words, known)
    coined.short_names([*head, *every], words, known)
    every = places.with_known(text, every, known)
    issuer = places.seen(source.publisher, words, known) if coined.ZONED.search(source.publisher) else []
    made = coined.of_text(title, source.publisher, issuer, text, head, every, words)
    every = coined.with_tokens(text, every, made.tokens)
    frames = Frames(
        document=around.main_place(title, source.publisher, opening, every, words, known, made),
        known=known,
        guessed=in_order(repaired.guessed),
        made=made,
    )
    frames.about = year_told(title, source.published)
    frames.home = around.home(frames.document, words)
    frames.national = around.is_national(source.publisher, every)
    spans = all_in(title, source.published, about=frames.about)
    whole = (p for p in spans if p.flow or SPAN.fullmatch(p.text))
    frames.section_period = next(whole, None) if source.title else None
    frames.plan = plans.is_plan(title)
    frames.scheme = plans.of(title, text[: opening[1]])
    if frames.plan:
        frames.coming = frames.planned = True
        frames.plan_year = next((p for p in spans if p.text == str(p.year)), None)
        frames.section_period = frames.section_period or frames.plan_year
    first = _first_sentence(text, opening[0])
    frames.lead = lead(title, first + text[slice(*opening)], text, frames.about, source)
    frames.named, frames.starts = every, [p.start for p in every]
    lost = in_order((m.start, m.end) for m in repaired.marks if m.kind == "value_lost")
    found: list[Fact] = []
    tables = {grid.start: grid for grid in grids.find(text)}
    passed = 0
    for at, line in _lines(text):
        if at in tables:
            own = list(grids.read(tables[at], frames, source, words))
            for fact in own:
                fact.quote = text[fact.start : fact.end].replace("\t", " ")
            found += own
            passed = tables[at].end if own or tables[at].bare else passed
        if at < passed:
            continue
        if not line.strip() or (at < 600 and (_is_title(line, source.title) or issued(line))):
            continue
        heading = HEADING.match(line.strip()) if "\t" not in line.strip() else None
        if heading and not heading["plain"]:
            frames.lead = frames.flow = None
            frames.last = around.Frame()
        if heading and not line.lstrip().startswith(("- ", "• ")):
            enter_section(heading, frames, source, words)
            if heading["plain"] is None or len(line.strip()) < 30:
                frames.period, frames.place, frames.planned = None, around.Frame(), frames.coming
                frames.unrelated = True
                continue
        if (headed := RUN_IN.match(line)) is not None:
            enter_section(headed, frames, source, words)
        if FIGURE.search(line):
            found += _paragraph(at, line, frames, source, words, lost)
    naming.name(frames.unnamed, parts, frames.themes, words)
    untrusted = repaired.untrusted
    for fact in found:
        fact.raw_start, fact.raw_end = repaired.chain.to_raw(fact.start, fact.end)
        if untrusted:
            fact.doubt = "untrusted"
            fact.quote = repaired.text[fact.start : fact.end].replace("\t", " ")
    return found


def _paragraph(
    at: int, line: str, frames: Frames, source: Source, words: Lexicon, lost: list[tuple[int, int]]
) -> list[Fact]:
    if not GOES_ON.match(line):
        frames.period, frames.place, frames.planned = None, around.Frame(), frames.coming
        frames.ahead = frames.years = None
        frames.aimed, frames.unrelated = False, True
    frames.paragraph = line
    found: list[Fact] = []
    start = 0
    for match in SENTENCE.finditer(line):
        sentence = match[0]
        start = match.start()
        if not sentence.strip():
            continue
        if AHEAD.match(sentence) or plans.SAYS.match(sentence):
            frames.planned, frames.period = True, None
        here = between(lost, at + start, at + match.end())
        found += _sentence(at + start, sentence, frames, source, words, here)
    return found


def _sentence(
    at: int, text: str, frames: Frames, source: Source, words: Lexicon, lost: list[tuple[int, int]]
) -> list[Fact]:
    told = frames.within(at, at + len(text))
    matches = times_in(text)
    relatives = [
        r
        for r in frames.made.relative.finditer(text)
        if not scope_words.COMPARAND.search(text, max(0, r.start() - 7), r.start())
    ]
    figured = FIGURE.search(text) is not None
    if not (told or matches or relatives or figured):
        return []  # it says nothing of a place, a time or a figure
    spans = mentions.clauses(text)
    times = [m.span() for m in matches]
    about = frames.about
    if source.published is not None:
        about = _year_about(frames, source.published.year)
    periods = all_in(text, source.published, matches, about) if matches else []
    periods = [p for p in periods if not news_times.of_news(text, p, spans)]
    wider = [f for f in (frames.place, frames.section, *frames.document) if f.names]
    scope = scopes.Scope(text, told, wider, words, relatives, frames.last, frames.made, frames.national)
    this_time = frames.period is not None and of_years(frames.period) and THIS_TIME.match(text)
    if this_time or LOOKS.match(text) or news_times.since_opened(text, periods):
        frames.period = None  # the months told before are not of what has been since
    frames.stood = False
    found: list[Fact] = []
    if figured:
        numbers = mentions.find(text, words, spans, lost, times)
        if numbers:
            comparisons.roles(text, numbers)
            figures = comparisons.attach(text, numbers)
            for m in figures:
                found.append(_fact(at, text, m, figures, numbers, scope, periods, spans, frames, source))
            if figures:
                told_here = name_parts.Sentence(text, figures, scope.places, relatives, at)
                guessed = between(frames.guessed, at, at + len(text))
                doubts = frozenset(i for a, b in guessed for i in range(a, b))
                frames.unnamed.append(
                    naming.Unnamed(told_here, found, frames.paragraph, frames.unrelated, doubts)
                )
                frames.unrelated = False
    strong = [
        p
        for p in told
        if not p.weak
        and not scope_words.TARGET.search(text, max(0, p.start - 4), p.start)
        and not scope.of_others(p)
    ]
    if not strong and not any(f.names != (places.NATIONAL,) for f in wider):
        strong = [p for p in told if p.aside]  # “示例号”班列: the quotes name it, and nothing else does
    if strong and text.count("从") > 1 and FROM_AND_FROM.search(text):
        strong = []  # 从甲到乙，从丙到丁: of everywhere
    if strong:
        here = mentions.clause_of(spans, strong[0].start)
        names = scope.subject(strong[0].start, here[1]) or strong[0].names
        frames.last = around.Frame(names, f"told last: {strong[0].form}")
        lasts = not wider or any(p.form not in words.entities for p in strong if p.start <= here[1])
        if lasts and not around.is_abroad(names, frames.home, words):  # but a park does not
            frames.place = around.Frame(names, f"said before: {strong[0].form}")
    elif relatives:
        relative = relatives[0]
        names = around.resolve(relative[0], scope.near(relative.start()), words, frames.made)
        if names:
            frames.place = around.Frame(names, f"said before: {relative[0]}")
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
        and not news_times.of_event(text, p, spans, words)
    ]
    if lasting:
        told_by = 0
        for first, last in spans:  # 示例局今天发布，2023年…; 5月12日，示例局发布数据，根据核算结果，…
            if not news_times.ATTRIBUTED.search(text, first, last) and not LEADS_IN.match(text[first:last]):
                break
            told_by = last
        early = [p for p in lasting if p.start < told_by + 16]
        frames.period = early[-1] if early else frames.period
    return found


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
    at: int, text: str, m: Mention, figures: list[Mention], numbers: list[Mention], scope: scopes.Scope,
    periods: list[Period], spans: list[tuple[int, int]], frames: Frames, source: Source,
) -> Fact:  # fmt: skip
    names, place_why = scope.of(
        m, spans, max([m.clause[0], *(n.end for n in numbers if m.clause[0] <= n.end <= m.start)])
    )
    period, period_why, when = period_of(text, m, periods, frames, source, scope.words)
    status, status_why = status_of(text, m, spans, when, frames, scope.words)
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
