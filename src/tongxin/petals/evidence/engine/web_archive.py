"""Takes the page out of a web archive (.mht, .mhtml): one file in which a browser saves a page with its pictures."""

from __future__ import annotations

import re
from email import message_from_bytes, policy

from tongxin.petals.evidence.engine.limits import Unreadable
from tongxin.shared.phrases import phrase

HEAD = re.compile(rb"(?:[A-Za-z-]{2,40}:[^\n]{0,998}\r?\n(?:[ \t][^\n]{0,998}\r?\n)*){1,40}\r?\n")
MARKS = re.compile("[，。；]")


def is_archive(data: bytes) -> bool:
    """Whether bytes are a web archive: the head of a message that says so."""
    start = data[:8000].removeprefix(b"\xef\xbb\xbf").lstrip()
    head = HEAD.match(start)
    return (
        head is not None
        and re.search(
            rb"^(?:mime-version:|content-type:\s*multipart/related)", head[0], re.IGNORECASE | re.MULTILINE
        )
        is not None
    )


def page(name: str, data: bytes) -> tuple[bytes, str, str]:
    """Return the bytes of the page in an archive, the charset and the address told of it. Raises Unreadable.

    Where frames were saved too, it is the one with most sentences.
    """
    found: list[tuple[int, bytes, str, str]] = []
    message = message_from_bytes(data.lstrip(), policy=policy.default)
    for part in message.walk():
        if part.get_content_type() not in ("text/html", "application/xhtml+xml"):
            continue
        inside = part.get_payload(decode=True)
        if not isinstance(inside, bytes):
            continue
        charset = part.get_content_charset("") or ""
        address = str(part.get("Content-Location", "") or message.get("Snapshot-Content-Location", ""))
        found.append((_sentences(inside, charset), inside, charset, address))
    if not found:
        raise Unreadable(
            "mht",
            phrase("{name}: no page inside the web archive.", name=name),
            phrase("Save the page again, as html."),
        )
    _sentences_in, inside, charset, address = max(found, key=lambda f: f[0])
    return inside, charset, address


def _sentences(inside: bytes, charset: str) -> int:
    try:
        text = inside.decode(charset or "utf-8", "replace")
    except LookupError:
        text = inside.decode("utf-8", "replace")
    return len(MARKS.findall(text))
