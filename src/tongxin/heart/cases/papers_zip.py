"""Documents that are archives inside: OOXML (docx, xlsx) and OFD. Any other archive is not taken."""

from __future__ import annotations

import re
import stat
import struct
import zipfile
import zlib
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from tongxin.heart.cases.papers_store import Unfit

BEGINS = b"PK\x03\x04"
MOST_ENTRIES = 2_000
MOST_UNPACKED = 256 * 2**20  # bytes, all entries together
MOST_RATIO = 200  # unpacked to packed, of all entries together
LONGEST_NAME = 240
PIECE = 64 * 1024

_END, _LARGE = b"PK\x05\x06", b"PK\x06\x07"
_END_SIZE, _LONGEST_COMMENT, _LOCAL_SIZE = 22, 65_535, 30
_CONTENT_TYPES = "[Content_Types].xml"
_OOXML = {
    "docx": (b"wordprocessingml.document.main+xml", "word/document.xml"),
    "xlsx": (b"spreadsheetml.sheet.main+xml", "xl/workbook.xml"),
}
# An archive, a compound document or a program inside.
_NESTED = (b"PK\x03\x04", b"PK\x05\x06", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"\xd0\xcf\x11\xe0",
           b"MZ", b"\x7fELF")  # fmt: skip
_ENTITY = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_BAD_NAME = re.compile(r"[\x00-\x1f\x7f\\:\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def judged(path: Path, size: int) -> str:
    """Return docx, xlsx or ofd for a file that begins as an archive. Raises Unfit saying why it is not taken."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            _listed(archive, entries, size)
            first = {entry.filename: _unpacked(archive, entry) for entry in _counted(entries)}
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, struct.error, UnicodeDecodeError):
        raise Unfit(_("The file is a damaged archive; save it anew.")) from None
    return _document(first)


def ends_as_archive(content: bytes) -> bool:
    """Tell whether a program would open the file as an archive, whatever it begins with."""
    at = len(content)
    while (at := content.rfind(_END, max(0, len(content) - _END_SIZE - _LONGEST_COMMENT), at)) >= 0:
        if at + _END_SIZE <= len(content):
            entries, length = struct.unpack("<HI", content[at + 10 : at + 16])
            listed = length <= at and content[at - length : at - length + 4] == b"PK\x01\x02"
            if not entries or listed or content[max(at - 20, 0) : at].startswith(_LARGE):
                return True
    return False


def _listed(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo], size: int) -> None:
    """Judge the list of entries before anything is unpacked."""
    if archive.comment or min((entry.header_offset for entry in entries), default=1) != 0:
        raise Unfit(_("The archive holds more than its entries: something stands before or behind them."))
    if len(entries) > MOST_ENTRIES:
        raise Unfit(_("The archive holds too many files: at most %(n)d.") % {"n": MOST_ENTRIES})
    if len({entry.orig_filename for entry in entries}) < len(entries):
        raise Unfit(_("The archive holds two files of one name."))
    for entry in entries:
        _entry(entry)
    begins = sorted((entry.header_offset, entry.compress_size) for entry in entries)
    ends = [at + _LOCAL_SIZE + packed for at, packed in begins]
    if any(end > then for end, (then, _packed) in zip(ends, [*begins[1:], (size, 0)], strict=True)):
        raise Unfit(_("The archive is a bomb: its files lie over one another."))


def _entry(entry: zipfile.ZipInfo) -> None:
    name = entry.orig_filename
    outside = name.startswith("/") or ".." in name.split("/") or len(name) > LONGEST_NAME
    if outside or _BAD_NAME.search(name) or not name:
        raise Unfit(_("A file in the archive has a name that leads outside or that cannot be shown."))
    if entry.flag_bits & 0x1:
        raise Unfit(_("The archive is encrypted; save it without a password."))
    if entry.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise Unfit(_("The archive is packed in a way that is not taken; save it anew."))
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise Unfit(_("The archive holds a link instead of a file."))


def _counted(entries: list[zipfile.ZipInfo]) -> list[zipfile.ZipInfo]:
    """Return the entries, or refuse what says of itself that it is too large; what lies of it fails when unpacked."""
    unpacked = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries)
    if unpacked > MOST_UNPACKED or unpacked > max(packed, 1) * MOST_RATIO:
        raise Unfit(
            _("The archive is a bomb: unpacked it would be %(n)s MB.") % {"n": f"{unpacked / 2**20:,.0f}"}
        )
    return entries


def _unpacked(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """Unpack an entry to its end, piece by piece, so that its length and checksum are true; return its beginning."""
    with archive.open(entry) as file:
        first = file.read(PIECE)
        _inner(entry.filename, first)
        got = len(first)
        while piece := file.read(PIECE):
            got += len(piece)
    if got != entry.file_size:
        raise zipfile.BadZipFile("shorter than it says")
    return first


def _inner(name: str, first: bytes) -> None:
    if first.startswith(_NESTED):
        raise Unfit(_("Another archive, document or program is inside the file; print it to a PDF."))
    if name.lower().endswith("vbaproject.bin"):
        raise Unfit(_("The document holds macros; save it without them."))
    if name.lower().endswith((".xml", ".rels")) and _ENTITY.search(first):
        raise Unfit(_("The document defines entities of its own, which no office program writes."))


def _document(first: dict[str, bytes]) -> str:
    """Return what the archive is by what must be in it."""
    kinds = first.get(_CONTENT_TYPES, b"")
    if b"macroEnabled" in kinds:
        raise Unfit(_("The document holds macros; save it without them."))
    for name, (said, main) in _OOXML.items():
        if said in kinds and main in first:
            return name
    if b"ofdspec.org" in first.get("OFD.xml", b""):
        return "ofd"
    raise Unfit(_plain())


def _plain() -> Any:
    return _("An archive is not a paper: hand its files in one by one.")
