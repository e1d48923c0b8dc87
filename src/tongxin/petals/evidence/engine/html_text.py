"""Takes the body of a page out of its HTML, as edits with their places; nothing of a page is run or fetched."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field

from tongxin.petals.evidence.engine.edits import Edit, Step

# A tokenizer of our own and not html.parser: each piece must keep its exact place, and no input may raise.
PIECE = re.compile(
    r"<!--.*?(?:-->|\Z)|<(?P<raw>script|style|noscript|template|textarea|iframe|svg|select)\b[^>]*>.*?(?:</(?P=raw)\s*>|\Z)"
    r"|<![^>]*>|<\?[^>]*>|<(?P<close>/)?(?P<name>[a-zA-Z][a-zA-Z0-9:-]*)(?P<rest>(?:\"[^\"]{0,4000}\"|'[^']{0,4000}'|[^'\"<>])*)>",
    re.DOTALL | re.IGNORECASE,
)
ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,30});")
BLOCKS = frozenset(
    [
        "p",
        "div",
        "td",
        "th",
        "tr",
        "table",
        "li",
        "ul",
        "ol",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "br",
        "section",
        "article",
        "main",
        "blockquote",
        "dd",
        "dt",
        "dl",
        "body",
        "html",
        "center",
        "form",
    ]
)
HOLDERS = frozenset(["div", "td", "article", "section", "main", "body", "center", "blockquote", "form"])
ASIDE = re.compile(
    "nav|menu|foot|head(?!line)|side|relat|recommend|share|copyright|comment|crumb|toolbar|hot|rank|banner|login|search|tags?\\b|editor|qrcode|bottom|list",
    re.IGNORECASE,
)
BODY = re.compile("content|article|detail|text|body|zoom|TRS_Editor|main|news_", re.IGNORECASE)
VOID = frozenset(
    ["br", "img", "hr", "meta", "link", "input", "area", "base", "col", "embed", "source", "track", "wbr"]
)
META = re.compile(
    r"""<meta\b[^>]*?(?:name|property|itemprop)\s*=\s*["']([^"']{1,60})["'][^>]*?content\s*=\s*["']([^"']{0,300})["']""",
    re.IGNORECASE,
)
META_TURNED = re.compile(
    r"""<meta\b[^>]*?content\s*=\s*["']([^"']{0,300})["'][^>]*?(?:name|property|itemprop)\s*=\s*["']([^"']{1,60})["']""",
    re.IGNORECASE,
)
TITLE = re.compile(r"<title[^>]*>(.{0,400}?)</title", re.IGNORECASE | re.DOTALL)
FIRST_HEADING = re.compile(r"<h1[^>]*>(.{0,400}?)</h1", re.IGNORECASE | re.DOTALL)


@dataclass(slots=True)
class Box:
    """An element that holds text: where it is, how much running text stands right in it, how much of it is links."""

    start: int
    parent: int
    aside: bool
    body: bool
    end: int = -1
    prose: float = 0.0
    linked: int = 0


@dataclass(slots=True)
class Page:
    """What a page says of itself, and the step that leaves its body."""

    step: Step
    title: str = ""
    meta: dict[str, str] = field(default_factory=dict)


def looks_like(text: str) -> bool:
    """Whether a text is HTML."""
    head = text[:3000].lower()
    return "<html" in head or "<!doctype html" in head or ("<div" in head and "</" in head) or "<body" in head


def _boxes(text: str) -> list[Box]:
    """Return the boxes of a page with what stands in them."""
    boxes = [Box(0, -1, False, False, len(text))]
    open_boxes: list[tuple[str, int]] = [("", 0)]
    links = 0
    at = 0
    for match in [*PIECE.finditer(text), None]:
        end = match.start() if match else len(text)
        run = text[at:end]
        if run.strip():
            _weigh(boxes, open_boxes[-1][1], run, links > 0)
        if match is None:
            break
        at = match.end()
        name = (match["name"] or "").lower()
        if name == "a":
            links = max(0, links + (-1 if match["close"] else 1))
        elif name in HOLDERS and match["close"]:
            for i in range(len(open_boxes) - 1, 0, -1):
                if open_boxes[i][0] == name:
                    for _name, closed in open_boxes[i:]:
                        boxes[closed].end = match.start()
                    del open_boxes[i:]
                    break
        elif name in HOLDERS and not match["rest"].rstrip().endswith("/") and len(open_boxes) < 400:
            parent = open_boxes[-1][1]
            said = " ".join(re.findall(r"""(?:class|id)\s*=\s*["']?([^"'>]{0,80})""", match["rest"]))
            aside = boxes[parent].aside or bool(ASIDE.search(said) and not BODY.search(said))
            boxes.append(Box(match.end(), parent, aside, bool(BODY.search(said))))
            open_boxes.append((name, len(boxes) - 1))
    for box in boxes:
        box.end = len(text) if box.end < 0 else box.end
    return boxes


def _weigh(boxes: list[Box], at: int, run: str, linked: bool) -> None:
    marks = sum(run.count(c) for c in "，。；、：")
    length = len(run.strip())
    worth = 0.0 if linked else length * min(1.0, 0.15 + marks / 4)
    share = 1.0
    while at >= 0 and share > 0.2:
        boxes[at].prose += worth * share
        boxes[at].linked += length if linked else 0
        at, share = boxes[at].parent, share * 0.62


def _chosen(boxes: list[Box]) -> Box:
    def worth(box: Box) -> float:
        return (box.prose - 0.5 * box.linked) * (0.3 if box.aside else 1.25 if box.body else 1.0)

    return max(boxes, key=worth)


def page(text: str) -> Page:
    """Return the step from a page to its body, its title and what its head says."""
    box = _chosen(_boxes(text))
    edits: list[Edit] = []
    at = 0
    if box.start:
        edits.append(Edit(0, text[: box.start], "", "html: around the body", 0.9))
        at = box.start
    wrote = False
    for match in PIECE.finditer(text, box.start, box.end):
        _run(text, at, match.start(), edits)
        name = (match["name"] or "").lower()
        new = "\n" if name in BLOCKS and wrote else ""
        wrote = wrote or bool(text[at : match.start()].strip())
        edits.append(Edit(match.start(), match[0], new, "html: tag"))
        at = match.end()
    _run(text, at, box.end, edits)
    if box.end < len(text):
        edits.append(Edit(box.end, text[box.end :], "", "html: around the body", 0.9))
    return Page(Step(tuple(e for e in edits if e.old != e.new)), _title(text), _meta(text))


def _run(text: str, start: int, end: int, edits: list[Edit]) -> None:
    """Entities become characters; white space that a browser folds becomes one space or none."""
    for match in re.finditer(
        r"&[#a-zA-Z0-9]{2,32};|[ \t\r\n\u3000\xa0]*[\r\n][ \t\r\n\u3000\xa0]*", text[start:end]
    ):
        old = match[0]
        new = html.unescape(old) if ENTITY.fullmatch(old) else ""
        if new == old:
            continue
        edits.append(
            Edit(
                start + match.start(),
                old,
                new.replace("\xa0", " "),
                "html: character" if old[0] == "&" else "html: white space",
            )
        )


def _clean(text: str) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub("<[^>]*>", "", text))).strip()


def _title(text: str) -> str:
    for pattern in (FIRST_HEADING, TITLE):
        found = pattern.search(text)
        if found and len(_clean(found[1])) >= 6:
            return re.split(r"[_|]| - |——(?=[^——]{2,12}$)", _clean(found[1]))[0].strip()
    return ""


def _meta(text: str) -> dict[str, str]:
    head = text[:20000]
    found = {name.lower(): _clean(value) for name, value in META.findall(head)}
    return {name.lower(): _clean(value) for value, name in META_TURNED.findall(head)} | found
