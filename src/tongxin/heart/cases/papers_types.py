"""What a file is, by its content alone; neither its name nor what the sender says of it is asked.

Only a few types are taken, so each is recognised by its own structure from the first byte to the last: what begins as
one thing and ends as another (a polyglot) fits none of them. Nothing here decodes pictures or follows what a document
points to; archives are unpacked in pieces, and counted while they are.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from tongxin.heart.cases import papers_zip
from tongxin.heart.cases.papers_store import Unfit

MIME = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpeg": "image/jpeg",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ofd": "application/ofd",
    "txt": "text/plain; charset=utf-8",
}
ENDINGS = {name: name for name in MIME} | {"jpeg": "jpg"}
NAMES = {
    "pdf": "PDF",
    "png": "PNG",
    "jpeg": "JPEG",
    "docx": "DOCX",
    "xlsx": "XLSX",
    "ofd": "OFD",
    "txt": "TXT",
}
MOST_PIXELS = 60_000_000  # an A3 page scanned at 600 dots an inch has 70 million: scan at 300
LONGEST_SIDE = 20_000

_PNG = b"\x89PNG\r\n\x1a\n"
_ACTIVE = re.compile(rb"<script|<\?php|<!--#(?:exec|include)", re.IGNORECASE)
_PAGE = re.compile(rb"<(?:!doctype|html|svg|body|head|iframe)", re.IGNORECASE)
_MARKUP = re.compile(_PAGE.pattern + rb"|<\?xml", re.IGNORECASE)
_ENCRYPT = re.compile(rb"/Encrypt(?![A-Za-z])")
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0e-\x1f\x7f]")
_HEAD = 1024
_SIZES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}  # markers of a JPEG that carry its size


def recognise(path: Path, size: int) -> str:
    """Return the type of a file, one of MIME. Raises Unfit saying why it is not taken."""
    content = path.read_bytes()
    if content.startswith(papers_zip.BEGINS):
        return papers_zip.judged(path, size)
    for begins, judge in _JUDGES.items():
        if content.startswith(begins):
            _one_thing(content)
            return judge(content)
    return _text(content)


def allowed(found: str, types: tuple[str, ...]) -> None:
    """Raise Unfit unless the type is one of those that the procedure takes; an empty tuple takes all."""
    if types and found not in types:
        raise Unfit(
            _("This is a %(found)s file; taken here: %(types)s.")
            % {"found": NAMES[found], "types": ", ".join(NAMES[each] for each in types)}
        )


def as_named(found: str, name: str) -> None:
    """Raise Unfit where a file's name says one of the types and its content is only text: it is not that."""
    ending = name.rpartition(".")[2].lower()
    said = next((type_ for type_, own in ENDINGS.items() if ending in {type_, own}), "txt")
    if found == "txt" and said != "txt":
        raise Unfit(
            _("Its name says %(said)s, but what is in it is plain text. Choose the right file.")
            % {"said": NAMES[said]}
        )


def _one_thing(content: bytes) -> None:
    """Refuse what is something else besides: an archive behind it, a page or a program inside it."""
    if papers_zip.ends_as_archive(content):
        raise Unfit(_("The file is two things in one: an archive is hidden in it."))
    if _PAGE.search(content, 8, _HEAD) or _ACTIVE.search(content):
        raise Unfit(_("The file is two things in one: a web page or a program is hidden in it."))


def _pdf(content: bytes) -> str:
    if _ENCRYPT.search(content):
        raise Unfit(_("The PDF is encrypted; save it without a password."))
    end = content.rfind(b"%%EOF")
    if end < 0 or content[end + 5 :].strip(b"\r\n\t \x00"):
        raise Unfit(_("The PDF is damaged or something is appended to it; save it anew."))
    return "pdf"


def _png(content: bytes) -> str:
    names: list[bytes] = []
    for name, body in _chunks(content):
        if not names:
            if name != b"IHDR" or len(body) != 13:
                break
            _pixels(*struct.unpack(">II", body[:8]))
        names.append(name)
    if not names or names[-1] != b"IEND" or b"IDAT" not in names:
        raise Unfit(_damaged("PNG"))
    return "png"


def _chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield the chunks of a PNG; it ends with its last chunk and not a byte later."""
    at = len(_PNG)
    while at < len(content):
        if at + 12 > len(content):
            raise Unfit(_damaged("PNG"))
        length = int.from_bytes(content[at : at + 4], "big")
        name = content[at + 4 : at + 8]
        at += 12 + length
        if at > len(content) or (name == b"IEND" and at != len(content)):
            raise Unfit(_damaged("PNG"))
        yield name, content[at - 4 - length : at - 4]


def _jpeg(content: bytes) -> str:
    if not content.rstrip(b"\x00\r\n").endswith(b"\xff\xd9"):
        raise Unfit(_damaged("JPEG"))
    at = 2
    while at + 4 <= len(content) and content[at] == 0xFF:
        marker, length = content[at + 1], int.from_bytes(content[at + 2 : at + 4], "big")
        if marker == 0xFF:  # padding
            at += 1
            continue
        if marker in _SIZES and at + 9 <= len(content):
            height, width = struct.unpack(">HH", content[at + 5 : at + 9])
            _pixels(width, height)
            return "jpeg"
        at += 2 + length
    raise Unfit(_damaged("JPEG"))


def _pixels(width: int, height: int) -> None:
    if not width or not height:
        raise Unfit(_("The picture has no size."))
    if max(width, height) > LONGEST_SIDE or width * height > MOST_PIXELS:
        raise Unfit(
            _("The picture is too large: %(width)d × %(height)d dots, at most %(most)d million.")
            % {"width": width, "height": height, "most": MOST_PIXELS // 1_000_000}
        )


def _text(content: bytes) -> str:
    """Return txt for plain text in UTF-8; what is a page, a drawing or a program written as text is none."""
    head = content.removeprefix(b"\xef\xbb\xbf").lstrip()
    if _MARKUP.search(head[:_HEAD]) or _ACTIVE.search(content) or head.startswith(b"#!"):
        raise Unfit(_("Web pages, drawings in SVG and programs are not taken; print it to a PDF."))
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        raise Unfit(_unknown()) from None
    if _CONTROL.search(content):
        raise Unfit(_unknown())
    return "txt"


def _unknown() -> Any:
    return _("This kind of file is not taken. Taken: %(types)s; text in UTF-8.") % {
        "types": ", ".join(NAMES.values())
    }


def _damaged(name: str) -> Any:
    return _("The %(type)s file is damaged or something is appended to it.") % {"type": name}


_JUDGES: dict[bytes, Callable[[bytes], str]] = {b"%PDF-": _pdf, _PNG: _png, b"\xff\xd8\xff": _jpeg}
