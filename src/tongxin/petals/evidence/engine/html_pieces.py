"""Cuts HTML into its pieces, each with its exact place; no input raises, the time is in proportion to the length."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

# A tokenizer of our own and not html.parser: each piece must keep its place. Quotes count only behind `=`, as in a
# browser; nothing is given back (`*+`), so that a page of broken tags takes no longer than another.
_REST = r"""(?:=\s*"[^"]*"|=\s*'[^']*'|[^<>])*+"""
PIECE = re.compile(
    rf"<(?:!--(?P<note>)|(?P<close>/)?(?P<name>[a-zA-Z][a-zA-Z0-9:-]*+)(?P<rest>{_REST})>|[!?][^<>]*+>)"
)
# Nothing of these is shown: their text goes up to their end.
UNSHOWN = frozenset(
    [
        "script", "style", "noscript", "template", "textarea", "iframe", "svg", "select", "button", "object",
        "audio", "video", "canvas", "math", "title",
    ]
)  # fmt: skip
VOID = frozenset(
    [
        "br", "img", "hr", "meta", "link", "input", "area", "base", "col", "embed", "source", "track", "wbr",
        "param", "keygen",
    ]
)  # fmt: skip
HIDDEN = re.compile(r"display\s*:\s*none|(?:^|\s)hidden(?=[\s=]|$)", re.IGNORECASE)
NAMED = re.compile(r"""(?:^|\s)(class|id)\s*=\s*(?:"([^"]{0,200})|'([^']{0,200})|([^\s"'>]{1,200}))""", re.I)


@dataclass(frozen=True, slots=True)
class Piece:
    """A tag, a comment or something not shown: where it stands, its name, whether it closes, its attributes."""

    start: int
    end: int
    name: str = ""
    close: bool = False
    rest: str = ""

    @property
    def void(self) -> bool:
        """Whether nothing can stand inside."""
        return self.name in VOID or self.rest.endswith("/")

    @property
    def labels(self) -> str:
        """The names of class and id."""
        return " ".join(m[2] or m[3] or m[4] or "" for m in NAMED.finditer(self.rest)) if self.rest else ""

    @property
    def hidden(self) -> bool:
        """Whether a browser does not show it."""
        return bool(self.rest) and HIDDEN.search(self.rest) is not None


def pieces(text: str) -> Iterator[Piece]:
    """Return the pieces of a page in order; what stands between them is shown."""
    at = 0
    ends: dict[str, re.Pattern[str]] = {}
    unclosed: set[str] = set()
    while (match := PIECE.search(text, at)) is not None:
        start, at = match.span()
        name = (match["name"] or "").lower()
        if match["note"] is not None:
            end = text.find("-->", match.end() - 2)  # <!--> is a whole one
            at = len(text) if end < 0 else end + 3
            name = ""
        elif name in UNSHOWN and not match["close"] and not match["rest"].endswith("/"):
            if name not in ends:
                ends[name] = re.compile(rf"</{name}\s*+>", re.IGNORECASE)
            end_tag = None if name in unclosed else ends[name].search(text, at)
            if end_tag is not None:
                at = end_tag.end()
            elif name in ("script", "style", "template", "textarea", "iframe"):
                at = len(text)
            else:
                unclosed.add(name)
            name = ""
        yield Piece(start, at, name, bool(match["close"]), match["rest"] or "")
