"""Tells the body of a page from what stands around it: navigation, tickers, related links, captions, second titles."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

from tongxin.petals.evidence.engine.edits import Edit
from tongxin.petals.evidence.engine.tables import rows
from tongxin.petals.evidence.engine.titles import bare_title, cut_site

TWICE = re.compile(r"^(?P<one>.{8,240}?)\s?(?P=one)$")
TOP = 12  # lines among which a title is printed
CAPTION_TWICE = re.compile(r"([^\n。！？]{4,80}[。]?[^\n。！？]{0,16}摄[）)]?)\s?\1")
CAPTION = re.compile(r"(?:摄|图|报道)[。）)]?$|^(?:图为|这是)|记者.{0,12}摄")


Find = Callable[[str], re.Match[str] | None]


def is_tail(line: str) -> bool:
    """Whether a line is the heading of another part of a page: 相关阅读, 网友评论."""
    return _rules()[1](line) is not None


def is_standing(text: str) -> bool:
    """Whether a site prints a text under every article: 未经授权不得转载."""
    return _holds(text, "kind", "standing")


def is_furniture(line: str) -> bool:
    """Whether a line is none of a body: source and day, credits, the foot of a page."""
    return _rules()[0](line) is not None


def is_unfolding(line: str) -> bool:
    """Whether a line says that a page holds more than it shows: 展开全文."""
    return "全文" in line and _holds(line, "kind", "unfold")


@cache
def _rules() -> tuple[Find, Find, re.Pattern[str], list[tuple[re.Pattern[str], str]]]:
    """Return what finds a line of page furniture, the head of a tail, furniture in lines; each with its name."""
    kinds: dict[str, list[str]] = {"line": [], "tail": [], "inline": []}
    named = []
    for row in rows("boilerplate.csv"):
        if row["kind"] not in kinds:
            continue
        kinds[row["kind"]].append(f"(?:{row['pattern']})")
        named.append((re.compile(row["pattern"]), row["note"]))
    line, tail = (_finder(kinds[k]) for k in ("line", "tail"))
    inline = re.compile("|".join(kinds["inline"]) or "(?!)")
    return line, tail, inline, named


def _holds(text: str, column: str, told: str) -> bool:
    """Whether one of the patterns with this in a column is in a text; one by one, which is quicker than all at once."""
    return any(pattern.search(text) for pattern in _patterns(column, told))


@cache
def _patterns(column: str, told: str) -> list[re.Pattern[str]]:
    return [re.compile(row["pattern"]) for row in rows("boilerplate.csv") if row[column] == told]


def _finder(patterns: list[str]) -> Find:
    """Return what finds one of the patterns; those of a line's beginning are tried there alone, which is quick."""
    begins = re.compile("|".join(p for p in patterns if p.startswith("(?:^")) or "(?!)")
    others = re.compile("|".join(p for p in patterns if not p.startswith("(?:^")) or "(?!)")
    return lambda line: begins.match(line) or others.search(line)


def _name(line: str) -> str:
    return next((note for pattern, note in _rules()[3] if pattern.search(line)), "page furniture")


def _is_running(line: str) -> bool:
    """Whether a line is a sentence or more: no navigation, no credits; of these only spam is taken out."""
    return len(line) >= 40 and line.endswith(("。", "！", "”", "；"))


def _is_prose(line: str) -> bool:
    return len(line) >= 60 and "。" in line


def page_parts(text: str) -> list[Edit]:
    """Return the edits that take away what is not body: whole lines with their line end, and words inside lines."""
    is_line, is_tail, inside, _named = _rules()
    edits: list[Edit] = []
    at = 0
    tail = ""
    lines = text.split("\n")
    seen: set[str] = set()
    spammed = _holds(text, "note", "spam")
    furnished = _holds(text, "kind", "inline")
    kept = 0
    for line in lines:
        bare = line.strip()
        core = inside.sub("", bare).strip() if furnished else bare
        why = ""
        titled = kept < TOP and 8 <= len(bare) < 100 and len(line) < 200 and "。" not in bare
        site = cut_site(line) if titled else len(line)
        if not bare:
            pass
        elif tail and not _is_prose(bare):
            why = tail
        elif len(line) < 400 and is_tail(line):
            tail = why = _name(line)
        elif (
            len(line) < 200
            and (spammed or not _is_running(bare))
            and (is_line(line) or (core != bare and is_line(core)))
        ):
            why = _name(line)
        elif "。" in core and core.find(core[:8], 8) > 0 and (twice := TWICE.match(core)):
            why = "caption printed twice" if CAPTION.search(twice["one"].strip()) else "line printed twice"
        elif site < len(line) and bare_title(line[:site]) in map(bare_title, lines[: 3 * TOP]):
            why = "title of the window"
        elif titled and bare_title(line[:site]) in seen:
            why = "title printed again"
        elif site < len(line):
            edits.append(Edit(at + site, line[site:], "", "page: name of the site", 0.9))
        if bare and not why:
            kept += 1
            tail = "" if _is_prose(bare) else tail
            if titled:
                seen.add(bare_title(line[:site]))
        if why == "line printed twice":
            half = TWICE.match(core)
            cut = at + max(0, line.find(half["one"])) + len(half["one"]) if half else at
            edits.append(Edit(cut, text[cut : at + len(line.rstrip())], "", f"page: {why}", 0.9))
        elif why:
            end = min(len(text), at + len(line) + 1)
            if text[end : end + 1] == "\n" and text[:at].endswith("\n\n"):
                end += 1  # one of the two empty lines that would meet
            edits.append(Edit(at, text[at:end], "", f"page: {why}", 0.9))
        else:
            if furnished:
                edits += [
                    Edit(at + m.start(), m[0], "", f"page: {_name(m[0])}", 0.9)
                    for m in inside.finditer(line)
                    if m[0]
                ]
            if "摄" in line:
                edits += [
                    Edit(at + m.start(), m[0], "", "page: caption printed twice", 0.9)
                    for m in CAPTION_TWICE.finditer(line)
                ]
        at += len(line) + 1
    return _trimmed(text, edits)


def _trimmed(text: str, edits: list[Edit]) -> list[Edit]:
    """Take the empty lines around what was cut at the top and at the bottom with it."""
    if not edits:
        return edits
    top = 0
    for edit in edits:
        if text[top : edit.start].strip():
            break
        top = edit.end
    while top and top < len(text) and text[top] == "\n":
        top += 1
    bottom = len(text)
    for edit in reversed(edits):
        if text[edit.end : bottom].strip() or edit.start < top:
            break
        bottom = edit.start
    if bottom < len(text):
        while bottom > top and text[bottom - 1] == "\n":
            bottom -= 1
    kept = [e for e in edits if e.start >= top and e.end <= bottom]
    if top:
        kept.insert(0, Edit(0, text[:top], "", "page: head", 0.9))
    if bottom < len(text):
        kept.append(Edit(bottom, text[bottom:], "", "page: tail", 0.9))
    return kept
