"""Takes the body of a page out of its HTML, as edits with their places; nothing of a page is run or fetched."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from tongxin.petals.evidence.engine import html_head
from tongxin.petals.evidence.engine.edits import Edit, Step
from tongxin.petals.evidence.engine.html_boxes import BLOCKS, Box, Line, Shown
from tongxin.petals.evidence.engine.html_choice import chosen, opened
from tongxin.petals.evidence.engine.html_pieces import Piece
from tongxin.petals.evidence.engine.kinds import PAGES

CHARACTER = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,30});")
ODD = re.compile(rf"{CHARACTER.pattern}|[ \t\r\n\f]++|\xa0++")
INDENT = re.compile(
    r"(?:[ \t\r\n\f\u3000\xa0\u2002\u2003\u200b]|&(?:nbsp|emsp|ensp|thinsp|#160|#12288|#8194|#8195);)*+"
)
TAG = re.compile(r"<(?:div|p|td|li|h[1-6]|section|article)[\s>]")
SOME = 10.0  # running text of a line that belongs to a body
LINKS = 0.5  # of the text of a box: it is one of links
SENTENCES = 0.35  # of the page's running text: what holds more is no tool


@dataclass(slots=True)
class Page:
    """What a page says of itself, the step that leaves its body, the lines it shows; `body`: where it stands."""

    step: Step
    title: str = ""
    meta: dict[str, str] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)
    body: tuple[int, int] = (0, 0)


def looks_like(text: str, name: str = "") -> bool:
    """Whether a text is HTML: a page, or a part of one; remains of tags in a text do not make it one."""
    head = text[:3000].lower()
    if "<html" in head or "<!doctype html" in head or "<body" in head:
        return True
    tags = len(TAG.findall(head))
    least = 1 if PurePosixPath(name).suffix.lower() in PAGES else 2
    return "</" in head and tags >= least and 3 * tags >= head.count("\n")


def page(text: str) -> Page:
    """Return the step from a page to its body, its title and what its head says."""
    shown = opened(text)
    meta = html_head.told(text)
    number = chosen(shown, html_head.told_title(meta, shown.lines))
    box = shown.boxes[number]
    writer = _Writer(text, _left_out(shown, number), _as_written(shown.boxes))
    line = html_head.title_line(meta, shown.lines, box.start)
    at = 0
    if line is not None and line.end <= box.start:
        writer.edit(0, line.start, "", "html: around the body")
        writer.line(shown, line)
        at = line.end
    if box.start > at:
        writer.edit(at, box.start, writer.line_end(), "html: around the body")
    tables = {b.start: b for b in shown.boxes if b.figures}
    writer.body(shown, box, tables)
    if box.end < len(text):
        writer.edit(box.end, len(text), "", "html: around the body")
    return Page(
        Step(tuple(e for e in writer.edits if e.old != e.new)),
        html_head.title(meta, line),
        meta,
        shown.lines,
        (box.start, box.end),
    )


def _left_out(shown: Shown, number: int) -> list[tuple[int, int, str]]:
    """Return the parts of a body that are no text of it: hidden ones, tools (share, pages), links around the text."""
    boxes = shown.boxes
    whole = boxes[number]
    text = [place for place, _box, worth in shown.runs if worth > SOME and whole.start <= place < whole.end]
    first, last_text = (text[0], text[-1]) if text else (whole.start, whole.end)
    found: list[tuple[int, int, str]] = []
    last = 0
    for box in boxes[number + 1 :]:
        if box.outer >= whole.end:
            break
        if box.outer < last:
            continue
        beside = (box.after <= first or box.outer > last_text) and box.linked >= LINKS * max(1, box.length)
        why = "html: hidden" if box.hidden else "html: tool" if beside or _is_tool(box, whole) else ""
        if why:
            found.append((box.outer, min(box.after, whole.end), why))
            last = box.after
    return found


def _is_tool(box: Box, whole: Box) -> bool:
    if box.length == 0 or box.length > SENTENCES * max(1, whole.length):
        return False
    if box.running > SENTENCES * whole.running:  # not all that is called after a tool is one: page-content
        return False
    if whole.running < SOME <= box.prose:  # the only text there is
        return False
    linked = box.linked >= 0.5 * box.length
    return (box.tools and (linked or box.marks * 25 < box.length or box.length < 60)) or (
        box.aside and not whole.aside and linked
    )


def _as_written(boxes: list[Box]) -> list[tuple[int, int]]:
    """Return the parts whose line ends are line ends: what a page sets as it is written."""
    return [(b.start, b.end) for b in boxes[1:] if b.as_written and not boxes[b.parent].as_written]


class _Writer:
    """Writes a body as edits: tags become line ends or nothing, cells of figures stand in a line."""

    def __init__(
        self, text: str, left_out: list[tuple[int, int, str]], as_written: list[tuple[int, int]]
    ) -> None:
        self.text = text
        self.edits: list[Edit] = []
        self.left_out = left_out
        self.as_written = as_written[::-1]
        self.fresh = True  # at the beginning of a line
        self.indent = True  # where white space is none of the text: there, and at the beginning of a cell
        self.cells = 0  # in the row
        self.wrote = False

    def edit(self, start: int, end: int, new: str, rule: str) -> None:
        """Put `new` in the place of a part of the page."""
        self.edits.append(Edit(start, self.text[start:end], new, rule, 0.9 if end - start > 400 else 1.0))

    def line(self, shown: Shown, line: Line) -> None:
        """Write a line that stands over the body: the title."""
        at = line.start
        for piece in shown.pieces:
            if line.start <= piece.start < line.end:
                self.run(at, piece.start)
                self.edit(piece.start, piece.end, "", "html: tag")
                at = piece.end
        self.run(at, line.end)

    def body(self, shown: Shown, box: Box, tables: dict[int, Box]) -> None:
        """Write what stands in a box."""
        at = box.start
        skips = iter(self.left_out)
        skip = next(skips, None)
        table: Box | None = None
        for piece in shown.pieces:
            if piece.start < at:
                continue
            if piece.start >= box.end:
                break
            self.run(at, piece.start)
            at = piece.end
            while skip is not None and skip[1] <= piece.start:
                skip = next(skips, None)
            if skip is not None and skip[0] <= piece.start:
                new = self.line_end() if piece.name in BLOCKS else ""
                self.edit(piece.start, skip[1], new, skip[2])
                at = skip[1]
                skip = next(skips, None)
                continue
            if table is not None and piece.start >= table.end:
                table = None
            table = tables.get(piece.end, table)
            self.edit(piece.start, piece.end, self.between(piece, table), "html: tag")
        self.run(at, box.end)

    def between(self, piece: Piece, table: Box | None) -> str:
        """Return what a tag becomes."""
        if table is None or piece.name in ("tr", "table", "caption"):
            self.cells = 0
            return self.line_end() if piece.name in BLOCKS else ""
        if piece.name in ("td", "th") and not piece.close:
            self.cells += 1
            self.indent = True
            self.fresh = self.fresh and self.cells == 1
            return "\t" if self.cells > 1 else ""
        return ""

    def line_end(self) -> str:
        """Return the end of a line, if there is a line to end."""
        self.indent = True
        if self.fresh:
            return ""
        self.fresh = True
        return "\n"

    def run(self, start: int, end: int) -> None:
        """Write text; where a page sets it as it is written, its line ends are kept."""
        while self.as_written and self.as_written[-1][1] <= start:
            self.as_written.pop()
        if not self.as_written or start < self.as_written[-1][0]:
            self._run(start, end)
            return
        while (at := self.text.find("\n", start, end)) >= 0:
            self._run(start, at)
            self.edit(at, at + 1, self.line_end(), "html: white space")
            start = at + 1
        self._run(start, end)

    def _run(self, start: int, end: int) -> None:
        """Entities become characters; white space that a browser folds becomes one space or none."""
        if self.indent and start < end:
            indent = INDENT.match(self.text, start, end)
            if indent is not None and indent.end() > start:
                self.edit(start, indent.end(), "", "html: white space")
                start = indent.end()
        if start >= end:
            return
        self.fresh = self.indent = False
        for match in ODD.finditer(self.text, start, end):
            old = match[0]
            if old[0] == "&":
                new = html.unescape(old).replace("\xa0", " ")
            elif "\n" not in old and "\r" not in old:
                new = " "
            else:
                before, after = self.text[match.start() - 1], self.text[match.end() : match.end() + 1]
                new = (
                    " "
                    if before.isascii() and before.isalnum() and after.isascii() and after.isalnum()
                    else ""
                )
            if new != old:
                self.edit(
                    match.start(),
                    match.end(),
                    new,
                    "html: character" if old[0] == "&" else "html: white space",
                )
