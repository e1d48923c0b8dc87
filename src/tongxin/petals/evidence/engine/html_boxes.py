"""Weighs the elements of a page: their running text, which stand aside or are hidden, which tables hold figures."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field

from tongxin.petals.evidence.engine import boilerplate
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
        "header", "footer", "ul", "ol", "dl", "table", "fieldset", "figure", "marquee", "head", "pre",
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
AS_WRITTEN = re.compile(r"white-space\s*:\s*(?:(pre|break-spaces)|normal|nowrap)", re.IGNORECASE)
OTHER = 0.1  # worth of running text of readers, under 网友评论
RELATED = 0.5  # of that under 相关稿件, 猜你喜欢: some systems print it over the article too
READERS = re.compile("评论|留言|跟帖|热评")
HEADING = 24  # characters of such a heading
MORE = 4  # characters of a link beside it: 更多>>
LINE = 100  # characters of a line that tells source and day
DEEP = 400
CELL = 60  # the text of a cell with a figure is not longer


@dataclass(slots=True)
class Box:
    """An element that holds others: where it is (with its tags: `outer`, `after`), and how its text looks."""

    outer: int
    start: int
    parent: int
    name: str = ""
    labels: str = ""
    aside: bool = False
    body: bool = False
    tools: bool = False
    hidden: bool = False
    own: bool = False  # hidden by its own tag
    as_written: bool = False  # its white space stands as it is written
    share: float = 1.0  # how much running text counts from here on: little under the heading of another part
    headed: bool = False  # holds such a heading and nothing else so far
    table: int = -1  # the nearest table around it, itself if it is one
    end: int = -1
    after: int = -1
    led: bool | None = None  # whether what it begins with is a link
    item: bool = (
        False  # one of several of one kind that begin with a link: answers of readers, other articles
    )
    prose: float = 0.0  # running text in it, that of inner boxes counting less
    running: float = 0.0  # running text in it and in the boxes inside, without what stands aside
    folded: float = 0.0  # running text in it that is hidden
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
    runs: list[tuple[int, int, float]] = field(default_factory=list)  # running text: place, box, worth
    unfolds: bool = False  # says that there is more to be shown: 展开全文


def look(text: str, unfolded: frozenset[int] = frozenset()) -> Shown:
    """Return what a page is made of and what it shows. `unfolded`: hidden elements that are shown, by their place."""
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
            _weigh(shown, inside[-1][1], run, at, links > 0)
            if not box.hidden:
                writer.add(run, at, box, links > 0)
        at = piece.end
        name = piece.name
        if name in BLOCKS:
            writer.end(name if not piece.close else "")
        if name == "a":
            if not piece.close and writer.linked_to == piece.start:
                writer.runs.append(" ")  # two links side by side are two things
            writer.linked_to = piece.end if piece.close else -1
            links = max(0, links + (-1 if piece.close else 1))
        elif piece.close:
            _close(boxes, inside, piece)
        elif name == "tr" and box.table >= 0:
            boxes[box.table].rows += 1
        elif name == "h1":
            box.share = 1.0
        opens = name in HOLDERS or piece.hidden or (name == inside[-1][0] and name != "")
        if opens and not piece.close and not piece.void and len(inside) < DEEP:
            links = 0 if name in HOLDERS and name not in ("ul", "ol", "dl", "table") else links
            _open(boxes, inside, piece, unfolded)
    _weigh(shown, inside[-1][1], text[at:], at, links > 0)
    writer.add(text[at:], at, boxes[inside[-1][1]], links > 0)
    writer.end("")
    _sum(boxes, len(text))
    return shown


def _open(boxes: list[Box], inside: list[tuple[str, int]], piece: Piece, unfolded: frozenset[int]) -> None:
    if piece.name in ("td", "th"):
        _close_cell(boxes, inside, piece.start)
    parent = inside[-1][1]
    around = boxes[parent]
    labels = piece.labels
    body = bool(BODY.search(labels))
    own = piece.hidden and piece.start not in unfolded
    spaced = AS_WRITTEN.search(piece.rest) if "white-space" in piece.rest else None
    box = Box(
        piece.start,
        piece.end,
        parent,
        piece.name,
        labels,
        aside=around.aside or piece.name in STAND_ASIDE or bool(ASIDE.search(labels) and not body),
        body=body,
        tools=piece.name in STAND_ASIDE or bool(TOOLS.search(labels)),
        hidden=around.hidden or own,
        own=own,
        as_written=piece.name == "pre" or (bool(spaced[1]) if spaced else around.as_written),
        share=around.share,
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
            box = boxes[inside[i][1]]
            box.after = piece.end
            if (
                box.headed and inside[i][1] == len(boxes) - 1
            ):  # a heading in a box of its own: what follows beside it
                boxes[box.parent].share = min(boxes[box.parent].share, box.share)
                boxes[box.parent].headed = boxes[box.parent].length == 0
            del inside[i:]
            return


def _weigh(shown: Shown, at: int, run: str, place: int, linked: bool) -> None:
    """Add a run of text to the weights of the box around it."""
    bare = run.strip()
    if not bare:
        return
    boxes = shown.boxes
    number, box = at, boxes[at]
    marks = sum(run.count(c) for c in MARKS)
    length = len(bare)
    worth = length * min(1.0, 0.15 + marks / 4) * box.share
    if marks and (
        (length > HEADING and boilerplate.is_standing(bare))
        or (length < LINE and ("：" in bare or ":" in bare) and boilerplate.is_furniture(bare))
    ):
        worth = 0.0
    if box.hidden:
        box.folded += worth
    elif not linked and length <= HEADING and boilerplate.is_tail(bare):
        box.share = min(box.share, OTHER if READERS.search(bare) else RELATED)
        box.headed = box.length == 0
        worth = 0.0
    elif not (linked and length <= MORE):
        box.headed = False
    box.length += length
    box.marks += marks
    box.linked += length if linked else 0
    shown.unfolds |= length <= HEADING and boilerplate.is_unfolding(bare)
    while at >= 0 and boxes[at].led is None:
        boxes[at].led = linked
        at = boxes[at].parent
    if not box.hidden and not linked and worth:
        shown.runs.append((place, number, worth))


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
        around.folded += box.folded
        if box.name in ("td", "th") and box.table >= 0:
            boxes[box.table].cells += 1
            boxes[box.table].short += box.length <= CELL


class _Lines:
    """Collects the text between blocks into lines."""

    def __init__(self, lines: list[Line]) -> None:
        self.lines = lines
        self.runs: list[str] = []
        self.start = self.last = 0
        self.aside = self.heading = False
        self.linked = 0
        self.linked_to = -1  # where the last link ended

    def add(self, run: str, at: int, box: Box, linked: bool) -> None:
        """Add a run of text at its place; in a box whose white space stands as written its line ends end lines."""
        if not box.as_written or "\n" not in run:
            self._add(run, at, box.aside, linked)
            return
        for part in run.splitlines(keepends=True):
            self._add(part, at, box.aside, linked)
            at += len(part)
            if part[-1] in "\r\n":
                self.end("")

    def _add(self, run: str, at: int, aside: bool, linked: bool) -> None:
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
