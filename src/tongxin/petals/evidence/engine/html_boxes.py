"""Weighs the elements of a page: which holds the body, which stand aside or are hidden, which tables hold figures."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field

from tongxin.petals.evidence.engine.html_pieces import Piece, pieces

BLOCKS = frozenset(
    [
        "p", "div", "td", "th", "tr", "table", "li", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "br", "hr",
        "section", "article", "main", "blockquote", "dd", "dt", "dl", "body", "html", "head", "title", "center", "form",
        "nav", "aside", "header", "footer", "figure", "figcaption", "fieldset", "pre", "caption", "marquee", "option",
    ]
)  # fmt: skip
HOLDERS = frozenset(
    [
        "div", "td", "th", "article", "section", "main", "body", "center", "blockquote", "form", "nav", "aside",
        "header", "footer", "ul", "ol", "dl", "table", "fieldset", "figure", "marquee", "head",
    ]
)  # fmt: skip
STAND_ASIDE = frozenset(["nav", "aside", "footer", "marquee", "head"])
ASIDE = re.compile(
    r"nav|menu|foot|head(?!line)|(?<!in)(?<!out)side|relat|recommend|share|copyright|comment|crumb|toolbar|(?<![ps])hot|rank"
    r"|banner|login|search|tags?\b|editor|qrcode|bottom|list|widget|scroll|marquee|breadcrumb|position|links?\b",
    re.IGNORECASE,
)
BODY = re.compile("content|article|detail|text|body|zoom|TRS_Editor|main|news_", re.IGNORECASE)
TOOLS = re.compile(
    r"share|social|print|font-?size|tool|relat|xgxw|xgyd|xgwd|recommend|tuijian|hot(?:news|list)?\b|copyright|editor|zrbj|bianji"
    r"|comment|qr-?code|ewm|erweima|pag(?:e|er|es|ing|ination)(?:[-_]?(?:nav|bar|box|list|num))?\b|fenye|prev|next|crumb|position"
    r"|dqwz|nav|menu|foot|login|search|tags?\b|(?:^|[\s_-])ads?(?:[\s_-]|$)|advert|guanggao|statement|disclaimer|mzsm|banquan|attention|follow|like|reward|zan|profile",
    re.IGNORECASE,
)
MARKS = "，。；、："
DEEP = 400
CELL = 60  # the text of a cell with a figure is not longer


@dataclass(slots=True)
class Box:
    """An element that holds others: where it is (with its tags: `outer`, `after`), and how its text looks."""

    outer: int
    start: int
    parent: int
    name: str = ""
    aside: bool = False
    body: bool = False
    tools: bool = False
    hidden: bool = False
    table: int = -1  # the nearest table around it, itself if it is one
    end: int = -1
    after: int = -1
    prose: float = 0.0  # running text in it, that of inner boxes counting less
    running: float = 0.0  # running text in it and in the boxes inside, without what stands aside
    length: int = 0
    linked: int = 0
    marks: int = 0
    rows: int = 0
    cells: int = 0
    short: int = 0
    nested: bool = False

    @property
    def figures(self) -> bool:
        """Whether it is a table of figures and not one that places parts of a page."""
        return (
            self.name == "table"
            and not self.nested
            and self.rows >= 2
            and self.cells >= 1.5 * self.rows
            and self.short >= 0.8 * self.cells
        )


@dataclass(slots=True)
class Line:
    """A line of what a page shows: its text, where it stands in the page, whether it is aside or a link."""

    text: str
    start: int
    end: int
    aside: bool
    linked: bool
    heading: bool = False


@dataclass(slots=True)
class Shown:
    """The pieces, boxes and lines of a page."""

    pieces: list[Piece] = field(default_factory=list)
    boxes: list[Box] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)


def look(text: str) -> Shown:
    """Return what a page is made of and what it shows."""
    shown = Shown(boxes=[Box(0, 0, -1, end=len(text), after=len(text))])
    boxes = shown.boxes
    inside: list[tuple[str, int]] = [("", 0)]
    links = 0
    at = 0
    writer = _Lines(shown.lines)
    for piece in pieces(text):
        shown.pieces.append(piece)
        box = boxes[inside[-1][1]]
        if piece.start > at:
            run = text[at : piece.start]
            _weigh(boxes, inside[-1][1], run, links > 0)
            if not box.hidden:
                writer.add(run, at, box.aside, links > 0)
        at = piece.end
        name = piece.name
        if name in BLOCKS:
            writer.end(name if not piece.close else "")
        if name == "a":
            links = max(0, links + (-1 if piece.close else 1))
        elif piece.close:
            _close(boxes, inside, piece)
        elif name == "tr" and box.table >= 0:
            boxes[box.table].rows += 1
        opens = name in HOLDERS or piece.hidden or (name == inside[-1][0] and name != "")
        if opens and not piece.close and not piece.void and len(inside) < DEEP:
            links = 0 if name in HOLDERS and name not in ("ul", "ol", "dl", "table") else links
            _open(boxes, inside, piece)
    _weigh(boxes, inside[-1][1], text[at:], links > 0)
    writer.add(text[at:], at, boxes[inside[-1][1]].aside, links > 0)
    writer.end("")
    _sum(boxes, len(text))
    return shown


def _open(boxes: list[Box], inside: list[tuple[str, int]], piece: Piece) -> None:
    if piece.name in ("td", "th"):
        _close_cell(boxes, inside, piece.start)
    parent = inside[-1][1]
    around = boxes[parent]
    labels = piece.labels
    body = bool(BODY.search(labels))
    box = Box(
        piece.start,
        piece.end,
        parent,
        piece.name,
        aside=around.aside or piece.name in STAND_ASIDE or bool(ASIDE.search(labels) and not body),
        body=body,
        tools=piece.name in STAND_ASIDE or bool(TOOLS.search(labels)),
        hidden=around.hidden or piece.hidden,
        table=around.table,
    )
    if piece.name == "table":
        if around.table >= 0:
            boxes[around.table].nested = True
        box.table = len(boxes)
    boxes.append(box)
    inside.append((piece.name, len(boxes) - 1))


def _close_cell(boxes: list[Box], inside: list[tuple[str, int]], at: int) -> None:
    """End the cell before: old pages leave it open."""
    for i in range(len(inside) - 1, 0, -1):
        if inside[i][0] == "table":
            return
        if inside[i][0] in ("td", "th"):
            for _name, closed in inside[i:]:
                boxes[closed].end = boxes[closed].after = at
            del inside[i:]
            return


def _close(boxes: list[Box], inside: list[tuple[str, int]], piece: Piece) -> None:
    for i in range(len(inside) - 1, 0, -1):
        if inside[i][0] == piece.name:
            for _name, closed in inside[i:]:
                boxes[closed].end, boxes[closed].after = piece.start, piece.start
            boxes[inside[i][1]].after = piece.end
            del inside[i:]
            return


def _weigh(boxes: list[Box], at: int, run: str, linked: bool) -> None:
    bare = run.strip()
    if not bare:
        return
    box = boxes[at]
    marks = sum(run.count(c) for c in MARKS)
    length = len(bare)
    box.length += length
    box.marks += marks
    box.linked += length if linked else 0
    if box.hidden or linked:
        return
    worth = length * min(1.0, 0.15 + marks / 4)
    box.running += 0.0 if box.aside else worth
    share = 1.0
    while at >= 0 and share > 0.2:
        boxes[at].prose += worth * share
        at, share = boxes[at].parent, share * 0.62


def _sum(boxes: list[Box], end: int) -> None:
    """Give each box the text of those inside it; inner ones stand behind outer ones in the list."""
    for box in boxes:
        box.end = end if box.end < 0 else box.end
        box.after = end if box.after < 0 else box.after
    for box in reversed(boxes[1:]):
        around = boxes[box.parent]
        around.length += box.length
        around.linked += box.linked
        around.marks += box.marks
        around.running += box.running
        if box.name in ("td", "th") and box.table >= 0:
            boxes[box.table].cells += 1
            boxes[box.table].short += box.length <= CELL


def chosen(boxes: list[Box]) -> int:
    """Return the number of the box that holds the body."""

    def worth(i: int) -> float:
        box = boxes[i]
        if box.hidden:
            return -1.0
        return (box.prose - 0.5 * box.linked) * (0.3 if box.aside else 1.25 if box.body else 1.0)

    best = max(range(len(boxes)), key=worth)
    return _with_sisters(boxes, best)


def _with_sisters(boxes: list[Box], number: int) -> int:
    """Return the box around, where paragraphs stand in boxes of their own: much running text beside, few links."""
    while (up := boxes[number].parent) >= 0:
        inner, around = boxes[number], boxes[up]
        beside = around.running - inner.running
        links = around.linked - inner.linked
        least = 1.0 if around.name in ("", "body", "form", "table") else 0.3
        if beside < least * inner.running or links > beside + 60:
            return number
        number = up
    return number


class _Lines:
    """Collects the text between blocks into lines."""

    def __init__(self, lines: list[Line]) -> None:
        self.lines = lines
        self.runs: list[str] = []
        self.start = self.last = 0
        self.aside = self.heading = False
        self.linked = 0

    def add(self, run: str, at: int, aside: bool, linked: bool) -> None:
        bare = run.strip()
        if not bare:
            if self.runs:
                self.runs.append(" ")
            return
        if not self.runs:
            self.start, self.aside = at + run.index(bare[0]), aside
        self.runs.append(run)
        self.last = at + len(run.rstrip())
        self.linked += len(bare) if linked else -len(bare)

    def end(self, opens: str) -> None:
        if self.runs:
            told = re.sub(r"\s+", " ", html.unescape("".join(self.runs))).strip()
            if told:
                self.lines.append(
                    Line(told, self.start, self.last, self.aside, self.linked > 0, self.heading)
                )
        self.runs, self.linked = [], 0
        self.heading = opens in ("h1", "h2", "h3")
