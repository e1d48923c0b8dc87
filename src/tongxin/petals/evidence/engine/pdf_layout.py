"""Makes one text of the pages of a PDF: without running heads and numbers, lines broken inside a sentence joined."""

from __future__ import annotations

import re
from collections import Counter
from unicodedata import east_asian_width

EDGE = 2  # lines at the top and at the bottom of a page that may be none of its text
OFTEN = 0.4  # of the pages: a running head may stand on every second page
SEVERAL = 3  # pages with one line at their edge: it is a running head
LONGEST = 40  # characters of a running head
FULL = 0.7  # of the width of nearly the longest line: a line that long may go on
DIGITS = re.compile(r"\d+")
# — 3 —, 第3页, 第 3 页 共 12 页, 3 / 12, Page 3 of 12
NUMBERED = re.compile(
    r"\W*(?:第\s*\d{1,4}\s*页|[-–—·•]\s*\d{1,4}\s*[-–—·•]|\d{1,4}\s*/\s*\d{1,4}|page\s*\d{1,4})"
    r"(?:\W*(?:共|of)\s*\d{1,4}\s*页?)?\W*",
    re.IGNORECASE,
)
COLUMNS = re.compile(
    "指标|单位|项目|名称|数值|增速|增长|总量|绝对|累计|合计|地区|时间"
)  # of the head of a table
CELLS = re.compile(r"\S\s+\S+\s+\S|\S\s+[-\d.,%]+$")


def text(pages: list[str]) -> str:
    """Return the pages as one text."""
    kept = [line for page in _without_heads([page.split("\n") for page in pages]) for line in page]
    widths = sorted(_width(line) for line in kept if line.strip())
    full = widths[int(len(widths) * 0.9)] * FULL if widths else 0.0
    made: list[str] = []
    before = ""
    for line in kept:
        if before and _goes_on(before, line, full):
            made[-1] = made[-1].rstrip() + line
        else:
            made.append(line)
        before = line
    return "\n".join(made)


def _without_heads(pages: list[list[str]]) -> list[list[str]]:
    """Return the lines of the pages without those at their edges that tell the page, or stand on many pages."""
    edges = [_edges(lines) for lines in pages]
    heads = Counter(
        head for lines, places in zip(pages, edges, strict=True) for head in {_head(lines[i]) for i in places}
    )
    often = {head for head, count in heads.items() if head and count >= max(SEVERAL, OFTEN * len(pages))}
    offsets = Counter(
        int(lines[i]) - number
        for number, (lines, places) in enumerate(zip(pages, edges, strict=True))
        for i in places
        if re.fullmatch(r"\s*\d{1,4}\s*", lines[i])
    )
    counted = {offset for offset, count in offsets.items() if count >= max(2, OFTEN * len(pages))}
    found: list[list[str]] = []
    seen: set[str] = set()  # heads of tables: the first is kept
    for number, (lines, places) in enumerate(zip(pages, edges, strict=True)):
        left = {
            i
            for i in places
            if NUMBERED.fullmatch(lines[i])
            or (_head(lines[i]) in often and not (COLUMNS.search(lines[i]) and _head(lines[i]) not in seen))
            or (re.fullmatch(r"\s*\d{1,4}\s*", lines[i]) and int(lines[i]) - number in counted)
        }
        if all(i in left for i, line in enumerate(lines) if line.strip()):
            left = {i for i in left if not _head(lines[i])}  # the page holds nothing else
        seen |= {_head(lines[i]) for i in places}
        empty = {i for i, line in enumerate(lines) if not line.strip()} if number + 1 < len(pages) else set()
        last = max((i for i in range(len(lines)) if i not in left | empty), default=-1)
        found.append(
            [line for i, line in enumerate(lines) if i not in left and (i <= last or i not in empty)]
        )
    return found


def _edges(lines: list[str]) -> list[int]:
    """Return which lines stand at the top and at the bottom of a page."""
    written = [i for i, line in enumerate(lines) if line.strip()]
    return sorted({*written[:EDGE], *written[-EDGE:]})


def _head(line: str) -> str:
    """Return a line without its numbers: running heads differ by these alone. Empty for what can be none."""
    bare = re.sub(r"\s+", "", line)
    named = re.search(r"[^\W\d]", bare) and len(bare) <= LONGEST and not re.search("[，。；]", bare)
    return DIGITS.sub("#", bare) if named else ""


def _width(line: str) -> int:
    return sum(2 if east_asian_width(c) in "WFA" else 1 for c in line.rstrip())


def _goes_on(line: str, behind: str, full: float) -> bool:
    """Whether a line was broken inside a sentence: nearly as wide as the page, and no end of a sentence or of a row."""
    if not line.strip() or not behind[:1].strip() or line.rstrip()[-1] in "。！？：:”":
        return False
    return _width(line) >= full and not _is_row(line) and not _is_row(behind)


def _is_row(line: str) -> bool:
    """Whether a line is a row of a table: cells with spaces between, and no marks of a sentence."""
    return CELLS.search(line.strip()) is not None and not re.search("[，。；：]", line)
