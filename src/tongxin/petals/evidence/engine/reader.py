"""Reads a repaired text into facts: section, paragraph, sentence, clause; each scope lends what the narrower lacks."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field

from tongxin.petals.evidence.engine import comparisons, mentions, naming, places
from tongxin.petals.evidence.engine.facts import Comparison, Fact, Mention, Source
from tongxin.petals.evidence.engine.lexicon import Lexicon, lexicon
from tongxin.petals.evidence.engine.periods import Period, all_in, as_of, times_in, year_told
from tongxin.petals.evidence.engine.repair import Repaired

# What a sentence with a figure holds: a digit, 近千, 百万, 十多, 七成, 三分之一, 等五大, 万余.
FIGURE = re.compile(
    r"[0-9近超逾过达破约上一二三四五六七八九十百千万两半分等](?:(?<=\d)|(?<=[近超逾过达破约上])[百千万亿]"
    "|(?<=[一二三四五六七八九十百千万两])[百千万亿]|(?<=十)[多余]|(?<=[一二三四五六七八九两])成|(?<=分)之|(?<=等)[一二三四五六七八九十]大"
    "|(?<=[百千万])[余多]|(?<=[一二两三四五六七八九十半])个?小时)"
)
SENTENCE = re.compile(r"[^。！？!?\n]{0,500}[。！？!?]?[”」』]?")
HEADING = re.compile(
    r"^\s*(?:\*\*(?P<bold>[^*]{2,60})\*\*|#+\s*(?P<hash>.{2,60})|(?P<plain>[^，。；,;]{2,34}))\s*$"
)
PLANNED = re.compile(
    "(?<!必)将(?!近|军|来|士)|(?<!按)(?<!行动|年度|培养|三年|五年|投资|专项|工作|实施|发展|振兴|建设|招生|一批)计划(?!的|单列|投资完成|生育|书|署)"
    "|(?<![模虚草])拟(?!定|合|人|态|真|声)|力争|争取(?!到|了)|有望|预计|(?<![于超])预期(?!寿命|目标|效果|值)|目标(?:是|为)|规划建设"
    "|确保(?!了)|努力实现|(?<![主重需必紧首])要(?:达到|实现|完成|建成|新增|新建|培育|打造|推动)|届时|建成后|投产后|达产后|全部投运后"
    "|全线贯通后|通车后|投用后|建成投[产运用]后|全部建成后|拟建|(?<![接期等招看对优亟])待(?:建|开|全部|.{0,6}(?:建成|完工|投产|通车|实施))"
)
SO_FAR = re.compile("已|累计")
LATER = re.compile("[^，。；,;]{0,12}?(?:将(?!近)|计划|有望|力争)")
JOINED = re.compile("[、和及，]")
NOUN = re.compile("[^，。；,;！？!?：:]{0,40}")
MAY_PLAN = re.compile("[将划拟争望预标建保努要届后待]")
DONE = re.compile("已|累计|了(?!解)|截至|目前|同比")
GOES_ON = re.compile("^\\s*(?:其中|此外|与此同时|分[^，。]{1,5}看|从[^，。]{1,8}看)")
AS_OF_NOW = re.compile("已(?!经?成为)|现有|现已")
AHEAD = re.compile(
    "^\\s*(?:下一步|接下来|今后|未来(?=[，,\\d几三五]|一段)|下一阶段|按照规划|根据规划|按照计划|根据计划|展望|面向未来|明年)"
)
ATTRIBUTED = re.compile("记者|发布|获悉|了解到|消息|举行|召开")


GROWTH = re.compile(r"(?:增长|下降|上升|回落)\d")
OF_YEAR = re.compile("通报|公报|报告|回顾|总结|年度|年报|综述")
PLANS = re.compile(
    "工作安排|工作部署|主要任务|重点任务|重点工作|预期目标|工作打算|下一步|工作思路|目标任务|工作计划|今后|展望|总体要求"
)
NOTHING = "nothing told: as of publication"
PAST = re.compile("完成情况|回顾|进展|成效|基础|现状|背景")
OF_PLAN = re.compile(
    "(?:工作要点|行动计划|行动方案|实施方案|任务清单|工作计划|重点任务|工作安排)(?:的?通知|》)*(?:（[^（）]*）)?$"
)
SPAN = re.compile(r"\d{4}-(?:Q\d|H\d|\d\d/\d{4}-\d\d)")  # a quarter, a half, some months
FLOWS = frozenset(
    ["money", "percent", "points", "ratio", "mass", "count", "person", "energy", "days", "rate"]
)


@dataclass(slots=True)
class Frames:
    """What the scopes around a sentence say: period, place, whether it is planned, the figure before."""

    period: Period | None = None
    section_period: Period | None = None
    place: places.Frame = field(default_factory=places.Frame)
    section: places.Frame = field(default_factory=places.Frame)
    document: list[places.Frame] = field(default_factory=list)
    planned: bool = False
    earlier: str = ""
    paragraph: str = ""
    named: list[places.Seen] = field(default_factory=list)  # the places of the whole text
    starts: list[int] = field(default_factory=list)
    known: dict[str, tuple[str, ...]] = field(default_factory=dict)  # short names learned
    national: bool = True
    ahead: Period | None = None  # the plan's years or the year to come told last in the paragraph
    coming: bool = False  # the section is of plans
    themes: dict[str, str] = field(default_factory=dict)  # fields found before
    about: int | None = None  # the year of a report of a whole year
    plan: bool = False  # the whole document is a plan (工作要点, 行动计划) …
    plan_year: Period | None = None  # … of this year
    lead: Period | None = None  # the quarter or months that a report of figures begins with

    def within(self, start: int, end: int) -> list[places.Seen]:
        """Return the places of a piece of the text, counted from its beginning."""
        first, last = bisect_left(self.starts, start), bisect_left(self.starts, end)
        return [p.moved(-start) for p in self.named[first:last]]


def _lines(text: str) -> Iterator[tuple[int, str]]:
    at = 0
    for line in text.split("\n"):
        yield at, line
        at += len(line) + 1


def read(repaired: Repaired, source: Source, words: Lexicon | None = None) -> list[Fact]:
    """Return the facts of a repaired text in order. Reads nothing but its arguments and the tables."""
    words = words or lexicon()
    text = repaired.text
    opening = next(((at, at + min(len(line), 300)) for at, line in _lines(text) if len(line) > 60), (0, 0))
    title = source.title or next((line.strip() for _at, line in _lines(text) if line.strip()), "")[:80]
    known: dict[str, tuple[str, ...]] = {}
    places.seen(title, words, known)
    every = places.seen(text, words, known)
    frames = Frames(
        document=places.main_place(title, source.publisher, opening, every, words, known), known=known
    )
    frames.about = year_told(title, source.published)
    frames.national = places.is_national(source.publisher, every)
    spans = all_in(title, source.published, about=frames.about)
    frames.section_period = next((p for p in spans if SPAN.fullmatch(p.text)), None) if source.title else None
    frames.plan = OF_PLAN.search(title) is not None
    if frames.plan:
        frames.coming = frames.planned = True
        frames.plan_year = next((p for p in spans if p.text == str(p.year)), None)
        frames.section_period = frames.section_period or frames.plan_year
    frames.lead = _lead(title, text[slice(*opening)], text, frames.about, source)
    frames.named, frames.starts = every, [p.start for p in every]
    lost = [(m.start, m.end) for m in repaired.marks if m.kind == "value_lost"]
    found: list[Fact] = []
    for at, line in _lines(text):
        if not line.strip():
            continue
        heading = HEADING.match(line)
        if heading and not heading["plain"]:
            frames.lead = None
        if heading and not line.lstrip().startswith(("- ", "• ")):
            _enter_section(heading, frames, source, words)
            if heading["plain"] is None or len(line.strip()) < 30:
                frames.period, frames.place, frames.planned, frames.earlier = (
                    None,
                    places.Frame(),
                    frames.coming,
                    "",
                )
                continue
        if FIGURE.search(line):
            found += _paragraph(at, line, frames, source, words, lost)
    for fact in found:
        fact.raw_start, fact.raw_end = repaired.chain.to_raw(fact.start, fact.end)
        if repaired.untrusted:
            fact.doubt = "untrusted"
    return found


def _lead(title: str, opening: str, text: str, about: int | None, source: Source) -> Period | None:
    """Return the quarter, months or past year that a report of figures is about, by its title or first lines."""
    told = next((p for p in all_in(title, source.published, about=about) if SPAN.fullmatch(p.text)), None)
    if told is not None:
        return told
    growth = len(GROWTH.findall(text))
    for period in all_in(opening, source.published, about=about):
        if growth and SPAN.fullmatch(period.text):
            return period
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


def _enter_section(heading: re.Match[str], frames: Frames, source: Source, words: Lexicon) -> None:
    title = heading["bold"] or heading["hash"] or heading["plain"] or ""
    told = places.seen(title, words, frames.known)
    names = tuple(dict.fromkeys(n for p in told for n in p.names))
    frames.section = places.Frame(names, f"heading {title[:20]!r}") if names else places.Frame()
    spans = all_in(title, source.published, about=frames.about)
    frames.section_period = spans[0] if spans and not spans[0].day else None
    past = PAST.search(title) is not None
    frames.coming = not past and (frames.plan or bool(PLANS.search(title)))
    if frames.section_period is None and frames.plan and not past:
        frames.section_period = frames.plan_year
    frames.planned = frames.coming


def _paragraph(
    at: int, line: str, frames: Frames, source: Source, words: Lexicon, lost: list[tuple[int, int]]
) -> list[Fact]:
    if not GOES_ON.match(line):
        frames.period, frames.place, frames.planned, frames.earlier = None, places.Frame(), frames.coming, ""
        frames.ahead = None
    frames.paragraph = line
    found: list[Fact] = []
    start = 0
    for match in SENTENCE.finditer(line):
        sentence = match[0]
        start = match.start()
        if not sentence.strip():
            continue
        if AHEAD.match(sentence):
            frames.planned, frames.period = True, None
        here = [(a - at - start, b - at - start) for a, b in lost if a < at + match.end() and b > at + start]
        found += _sentence(at + start, sentence, frames, source, words, here)
    return found


def _sentence(
    at: int, text: str, frames: Frames, source: Source, words: Lexicon, lost: list[tuple[int, int]]
) -> list[Fact]:
    told = frames.within(at, at + len(text))
    spans = mentions.clauses(text)
    matches = times_in(text)
    times = [m.span() for m in matches]
    periods = [
        p for p in all_in(text, source.published, matches, frames.about) if not _of_news(text, p, spans)
    ]
    around = [f for f in (frames.place, frames.section, *frames.document) if f.names]
    relatives = list(places.RELATIVE.finditer(text))
    scope = places.Scope(text, told, around, words, relatives, frames.national)
    found: list[Fact] = []
    if FIGURE.search(text):
        numbers = mentions.find(text, words, spans, lost, times)
        if numbers:
            comparisons.roles(text, numbers)
            figures = comparisons.attach(text, numbers)
            for m in figures:
                found.append(_fact(at, text, m, figures, numbers, scope, periods, spans, frames, source))
    strong = [p for p in told if not p.weak and not places.TARGET.search(text, max(0, p.start - 4), p.start)]
    if strong:
        first = [
            p
            for p in strong
            if mentions._clause_of(spans, p.start) == mentions._clause_of(spans, strong[0].start)
        ]
        names = tuple(dict.fromkeys(n for p in first for n in p.names))
        if not (around and all(p.form in words.entities for p in first)):  # a park does not last
            frames.place = places.Frame(scope.without_wider(names), f"said before: {first[0].form}")
    elif relatives:
        relative = relatives[0]
        names = places.resolve(relative[0], scope.near(relative.start()), words)
        if names:
            frames.place = places.Frame(names, f"said before: {relative[0]}")
    coming = [p for p in periods if p.future or (p.plan and p.year is not None)]
    frames.ahead = coming[-1] if coming else frames.ahead
    lasting = [p for p in periods if not p.plan and not p.local and not (p.future and p.start > 12)]
    if lasting:
        early = [p for p in lasting if p.start < 16]
        frames.period = early[-1] if early else frames.period
    return found


def _of_news(text: str, period: Period, spans: list[tuple[int, int]]) -> bool:
    """Whether a time is that of the news, not of the figure: 记者今天（12月23日）从…获悉."""
    clause = mentions._clause_of(spans, period.start)
    around = text[clause[0] : clause[1]]
    day = period.text.count("-") == 2 and not period.text.startswith("../") and "/" not in period.text
    return day and (bool(ATTRIBUTED.search(around)) or "今天" in around or "昨天" in around)


def _period(
    text: str, m: Mention, periods: list[Period], frames: Frames, source: Source
) -> tuple[str, str, str]:
    """Return period, why, and how it lies to the publication: ahead, over or running."""
    before = [p for p in periods if p.end <= m.start and (not p.local or p.start >= m.clause[0])]
    clause = text[m.clause[0] : m.start]
    inside = [p for p in before if p.start >= m.clause[0]]
    chosen = inside[-1] if inside else before[-1] if before else None
    why = "same clause" if inside else "carried in the sentence"
    if chosen is None:
        after = [p for p in periods if m.end <= p.start <= m.clause[1] and not p.now]
        chosen, why = (after[0], "same clause") if after else (frames.period, "carried in the paragraph")
        if (
            not after
            and chosen is not None
            and chosen.day
            and m.kind in ("length", "area", "power", "volume")
        ):
            chosen = None  # how long a line is does not belong to the day of what happened
        if not after and chosen is not None and AS_OF_NOW.search(clause):
            chosen = None
    if chosen is None and frames.section_period and (frames.coming or not frames.planned):
        chosen, why = frames.section_period, "heading"
    if chosen is None and frames.about and not frames.planned:
        return str(frames.about), "the year of the report", "over"
    if (
        chosen is None
        and frames.lead
        and not frames.planned
        and m.kind in FLOWS
        and not AS_OF_NOW.search(clause)
    ):
        return frames.lead.text, "the first lines of a report of figures", _lies(frames.lead, source)
    if chosen is None:
        return as_of(source.published), NOTHING, "running"
    return chosen.text, why, _lies(chosen, source)


def _lies(period: Period, source: Source) -> str:
    if period.future:
        return "ahead"
    last = period.text.rpartition("/")[2]
    day = source.published.isoformat() if source.published else ""
    return "over" if day and last[:4].isdigit() and last[:4] < day[:4] else "running"


def _status(
    text: str, m: Mention, spans: list[tuple[int, int]], when: str, frames: Frames, words: Lexicon
) -> tuple[str, str]:
    """Return planned or actual, and why; `when`: ahead, over or running, as the period lies to the publication."""
    clause = text[m.clause[0] : m.start]
    whole = text[slice(*m.clause)]
    after = text[m.end : m.clause[1]]
    over = when == "over"
    if when == "ahead":
        return "planned", "the period lies after publication"
    told = MAY_PLAN.search(clause) and PLANNED.search(clause)
    if told and told[0] == "将" and words.place.match(clause, told.end()):
        told = None  # 将京津冀…扩大到: here 将 only puts the object first
    if told and not SO_FAR.search(clause, told.end()):
        return "planned", told[0]
    later = LATER.match(after)
    if later:
        return "planned", later[0]
    for span in reversed([s for s in spans if s[1] <= m.clause[0]]):
        said = text[slice(*span)]
        if over or DONE.search(whole):
            break
        told = MAY_PLAN.search(said) and PLANNED.search(said)
        if told and not (told[0] == "将" and words.place.match(said, told.end())):
            return "planned", f"carried: {told[0]}"
        if DONE.search(said):
            break
    if frames.planned and not over and not DONE.search(whole):
        return "planned", "what follows is planned"
    return "actual", "nothing says that it is planned"


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
    at: int, text: str, m: Mention, figures: list[Mention], numbers: list[Mention], scope: places.Scope,
    periods: list[Period], spans: list[tuple[int, int]], frames: Frames, source: Source,
) -> Fact:  # fmt: skip
    names, place_why = scope.of(
        m, spans, max([m.clause[0], *(n.end for n in numbers if m.clause[0] <= n.end <= m.start)])
    )
    period, period_why, when = _period(text, m, periods, frames, source)
    status, status_why = _status(text, m, spans, when, frames, scope.words)
    if status == "planned" and frames.ahead and period_why == NOTHING:
        period, period_why = frames.ahead.text, "the plan told before"
    name, name_why = naming.indicator(text, m, figures, frames.earlier, names, scope.places, scope.words)
    frames.earlier = name
    field_name, field_why = naming.theme(
        name, text[slice(*m.clause)], text, frames.paragraph, scope.words, frames.themes
    )
    left, right = _quote(text, m, figures, numbers)
    why = m.why | {
        "jurisdictions": place_why, "period": period_why, "status": status_why, "indicator": name_why,
        "theme": field_why,
        "comparison": "; ".join(c.why for c in m.comparisons) or "none told",
    }  # fmt: skip
    shown = places.members(names, scope.words)
    return Fact(
        doc=source.doc, cls="M", theme=field_name, indicator=name, jurisdictions=shown, period=period, value=m.value,
        unit=m.unit, qualifier=";".join(m.qualifiers), comparisons=_unlike(m.comparisons), status=status,
        quote=text[left:right], start=at + left, end=at + right, number=(at + m.start, at + m.end), why=why,
    )  # fmt: skip


def _unlike(found: list[Comparison]) -> list[Comparison]:
    kept: dict[tuple[str, str], Comparison] = {}
    for each in found:
        kept.setdefault((each.kind, each.value), each)
    return list(kept.values())
