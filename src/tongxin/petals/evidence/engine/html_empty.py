"""Says why a saved page holds no text of a bulletin: frames, a page that leads on, text in a script."""

from __future__ import annotations

import html
import re

from tongxin.petals.evidence.engine.html_pieces import pieces
from tongxin.petals.evidence.engine.limits import Unreadable
from tongxin.shared.phrases import phrase

SHORT = 60  # characters without sentence and figure that are no text of a bulletin
LEADS = re.compile(
    r"""http-equiv\s*=\s*["']?refresh["']?[^<>]{0,80}url|location(?:\.href)?\s*=\s*["'`]|location\.replace\(""",
    re.I,
)
FRAMES = re.compile(r"<i?frame\b[^<>]{0,400}\bsrc\s*=", re.IGNORECASE)
MARKS = re.compile(r"[，。；]|\\u(?:ff0c|3002|ff1b)", re.IGNORECASE)
LINKS = re.compile(r"<a\b[^<>]{0,400}\bhref", re.IGNORECASE)
SEVERAL = 8  # links of a list
LEAST = 2  # marks of punctuation in a text


def check(name: str, raw: str, text: str, title: str) -> None:
    """Raise Unreadable for a page without text, where it is seen why; a short text with a figure is one."""
    rest = "".join(line.strip() for line in text.split("\n") if line.strip() != title)
    if len(rest) >= SHORT or "。" in rest or re.search(r"\d", rest):
        return
    scripts = fields = 0
    for piece in pieces(raw):
        inside = raw[piece.start : piece.end]
        kind = inside[1:9].lower()
        if kind.startswith("script"):
            scripts = max(scripts, len(MARKS.findall(inside)))
        elif kind.startswith(("textarea", "input", "template", "noscript")):
            fields = max(fields, len(MARKS.findall(html.unescape(inside))))
    seen = phrase("Open it in a browser and save what it shows: as PDF, or its text.")
    if max(scripts, fields) >= LEAST:
        what = phrase("{name}: the text of the page stands in a script, which is not run.", name=name)
        field = phrase("{name}: the text of the page stands in a field that is not shown.", name=name)
        raise Unreadable("html_script", what if scripts >= fields else field, seen)
    if FRAMES.search(raw):
        raise Unreadable(
            "html_frames",
            phrase("{name}: the page is a frame around another, which is not in the file.", name=name),
            phrase("Open the page inside it, and save that one."),
        )
    if LEADS.search(raw):
        raise Unreadable(
            "html_leads_on",
            phrase("{name}: the page has no text, it leads on to another.", name=name),
            phrase("Save the page to which it leads."),
        )
    if not rest and len(LINKS.findall(raw)) >= SEVERAL:
        raise Unreadable(
            "html_list",
            phrase("{name}: the page is a list of links, without a text of its own.", name=name),
            phrase("Save the pages to which it leads."),
        )
    if not rest and not title:
        raise Unreadable("html_empty", phrase("{name}: there is no text in the page.", name=name), seen)
