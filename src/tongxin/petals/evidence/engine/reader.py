"""Reads a repaired text into facts: section, paragraph, sentence, clause; each scope lends what the narrower lacks."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tongxin.petals.evidence.engine import (
    around,
    coined,
    grids,
    name_parts,
    naming,
    places,
    plans,
    sentences,
    spun,
)
from tongxin.petals.evidence.engine.days import issued
from tongxin.petals.evidence.engine.facts import Fact, Source
from tongxin.petals.evidence.engine.frames import SPAN, Frames, between, enter_section, in_order, lead
from tongxin.petals.evidence.engine.lexicon import Lexicon, lexicon
from tongxin.petals.evidence.engine.periods import all_in, year_told
from tongxin.petals.evidence.engine.repair import NARROW, Repaired
from tongxin.petals.evidence.engine.sentences import FIGURE
from tongxin.petals.evidence.engine.titles import bare_title

SENTENCE = re.compile(r"[^。！？!?\n]{0,500}[。！？!?]?[”」』]?")
TOP = 600  # characters in which title and issuing office are printed again
ALONE = 30  # characters: a longer line may be a heading and tell figures too
HEADING = re.compile(
    r"^\s*(?:\*\*(?P<bold>[^*]{2,60})\*\*|#+\s*(?P<hash>.{2,60})|(?P<plain>[^，。；,;]{2,34}))\s*$"
)
# A heading that the text goes on behind: 二、2026年工作安排。新建学校20所。
RUN_IN = re.compile(
    r"\s*(?P<plain>(?:第[一二三四五六七八九十]{1,3}部分|[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十]{1,3}[)）])[^，。；：:,;\d]{0,4}(?:20\d{2}年)?[^，。；：:,;\d]{2,24})。"
)
GOES_ON = re.compile("^\\s*(?:其中|此外|与此同时|分[^，。]{1,5}看|从[^，。]{1,8}看)")
AHEAD = re.compile(
    "^\\s*(?:下一步|接下来|今后|未来(?=[，,\\d几三五]|一段)|下一阶段|按照规划|根据规划|按照计划|根据计划|展望|面向未来|明年)"
)


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
    frames = _document(text, source, words)
    frames.guessed = in_order(repaired.guessed)
    lost = in_order((m.start, m.end) for m in repaired.marks if m.kind == "value_lost")
    found = _body(text, frames, source, words, lost)
    naming.name(frames.unnamed, parts, frames.themes, words)
    untrusted = repaired.untrusted
    for fact in found:
        fact.raw_start, fact.raw_end = repaired.chain.to_raw(fact.start, fact.end)
        if untrusted:
            fact.doubt = "untrusted"
            fact.quote = repaired.text[fact.start : fact.end].replace("\t", " ")
    return found


def _document(text: str, source: Source, words: Lexicon) -> Frames:
    """Return what a document as a whole says of place and time: its title, publisher, first lines."""
    opening = next(((at, at + min(len(line), 300)) for at, line in _lines(text) if len(line) > 60), (0, 0))
    title = source.title or next((line.strip() for _at, line in _lines(text) if line.strip()), "")[:80]
    known: dict[str, tuple[str, ...]] = {}
    every, made = _named(text, title, source, words, known)
    about = year_told(title, source.published)
    document = around.main_place(title, source.publisher, opening, every, words, known, made)
    frames = Frames(
        document=document,
        home=around.home(document, words),
        named=every,
        starts=[p.start for p in every],
        known=known,
        made=made,
        national=around.is_national(source.publisher, every),
        about=about,
        plan=plans.is_plan(title),
        scheme=plans.of(title, text[: opening[1]]),
    )
    told = all_in(title, source.published, about=about)
    whole = (p for p in told if p.flow or SPAN.fullmatch(p.text))
    frames.section_period = next(whole, None) if source.title else None
    if frames.plan:
        frames.coming = frames.planned = True
        frames.plan_year = next((p for p in told if p.text == str(p.year)), None)
        frames.section_period = frames.section_period or frames.plan_year
    first = _first_sentence(text, opening[0])
    frames.lead = lead(title, first + text[slice(*opening)], text, about, source)
    return frames


def _named(
    text: str, title: str, source: Source, words: Lexicon, known: dict[str, tuple[str, ...]]
) -> tuple[list[places.Seen], coined.Coined]:
    """Return the places of a text, and the names that it makes of them; its short names are put into `known`."""
    head = places.seen(title, words, known)
    every = places.seen(text, words, known)
    coined.short_names([*head, *every], words, known)
    every = places.with_known(text, every, known)
    issuer = places.seen(source.publisher, words, known) if coined.ZONED.search(source.publisher) else []
    made = coined.of_text(title, source.publisher, issuer, text, head, every, words)
    return coined.with_tokens(text, every, made.tokens), made


def _body(
    text: str, frames: Frames, source: Source, words: Lexicon, lost: list[tuple[int, int]]
) -> list[Fact]:
    """Return the facts of the lines of a text: tables, headings, paragraphs."""
    found: list[Fact] = []
    tables = {grid.start: grid for grid in grids.find(text)}
    passed = 0  # the end of a table that was read
    for at, line in _lines(text):
        if at in tables:
            own = list(grids.read(tables[at], frames, source, words))
            for fact in own:
                fact.quote = text[fact.start : fact.end].replace("\t", " ")
            found += own
            passed = tables[at].end if own or tables[at].bare else passed
        if at < passed:
            continue
        if not line.strip() or (at < TOP and (_is_title(line, source.title) or issued(line))):
            continue
        if _take_heading(line, frames, source, words):
            continue
        if FIGURE.search(line):
            found += _paragraph(at, line, frames, source, words, lost)
    return found


def _take_heading(line: str, frames: Frames, source: Source, words: Lexicon) -> bool:
    """Take over what a line says as a heading; return whether it is nothing else."""
    bare = line.strip()
    heading = HEADING.match(bare) if "\t" not in bare else None
    if heading and not heading["plain"]:
        frames.lead = frames.flow = None
        frames.last = around.Frame()
    if heading and not bare.startswith(("- ", "• ")):
        enter_section(heading, frames, source, words)
        if heading["plain"] is None or len(bare) < ALONE:
            frames.period, frames.place, frames.planned = None, around.Frame(), frames.coming
            frames.unrelated = True
            return True
    if (headed := RUN_IN.match(line)) is not None:
        enter_section(headed, frames, source, words)
    return False


def _paragraph(
    at: int, line: str, frames: Frames, source: Source, words: Lexicon, lost: list[tuple[int, int]]
) -> list[Fact]:
    """Return the facts of a line of running text, sentence by sentence."""
    if not GOES_ON.match(line):
        frames.period, frames.place, frames.planned = None, around.Frame(), frames.coming
        frames.ahead = frames.years = None
        frames.aimed, frames.unrelated = False, True
    frames.paragraph = line
    found: list[Fact] = []
    for match in SENTENCE.finditer(line):
        sentence, start, end = match[0], at + match.start(), at + match.end()
        if not sentence.strip():
            continue
        if AHEAD.match(sentence) or plans.SAYS.match(sentence):
            frames.planned, frames.period = True, None
        here = between(lost, start, end)
        found += sentences.read(start, sentence, frames, source, words, here)
    return found
