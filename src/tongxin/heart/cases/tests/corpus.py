"""Files that are handed in, good and bad, made here byte by byte."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from functools import cache

WORD = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
SHEET = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
RTL = "\u202e"


def pdf(more: bytes = b"") -> bytes:
    return (
        b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\n" + more + b"trailer\n<< /Root 1 0 R >>\n%%EOF\n"
    )


def png(width: int = 3, height: int = 2, *, tail: bytes = b"") -> bytes:
    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\0" * 8))
        + chunk(b"IEND", b"")
        + tail
    )


def jpeg(width: int = 3, height: int = 2, *, inside: bytes = b"", tail: bytes = b"") -> bytes:
    comment = b"\xff\xfe" + struct.pack(">H", 2 + len(inside)) + inside if inside else b""
    frame = b"\xff\xc0" + struct.pack(">HBHHB", 11, 8, height, width, 1) + b"\x01\x11\x00"
    return (
        b"\xff\xd8\xff\xe0"
        + struct.pack(">H", 4)
        + b"JF"
        + comment
        + frame
        + b"\xff\xda\x00\x02data\xff\xd9"
        + tail
    )


def archive(files: dict[str, bytes], *, comment: bytes = b"", packed: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", packed) as made:
        for name, body in files.items():
            made.writestr(zipfile.ZipInfo(name), body, packed)
        made.comment = comment
    return out.getvalue()


def docx(more: dict[str, bytes] | None = None, **options) -> bytes:
    kinds = b'<Types><Override PartName="/word/document.xml" ContentType="' + WORD + b'"/></Types>'
    return archive(
        {"[Content_Types].xml": kinds, "word/document.xml": b"<w:document/>"} | (more or {}), **options
    )


def xlsx() -> bytes:
    kinds = b'<Types><Override PartName="/xl/workbook.xml" ContentType="' + SHEET + b'"/></Types>'
    return archive({"[Content_Types].xml": kinds, "xl/workbook.xml": b"<workbook/>"})


def ofd() -> bytes:
    return archive(
        {"OFD.xml": b'<ofd:OFD xmlns:ofd="http://www.ofdspec.org/2016"/>', "Doc_0/Document.xml": b"<x/>"}
    )


def macros() -> bytes:
    return docx({"word/vbaProject.bin": b"macro"})


@cache
def bomb() -> bytes:
    """300 MB of nothing in 300 KB; made once a process, when the first test wants it."""
    return docx(dict.fromkeys((f"word/media/{n}.bin" for n in range(9)), bytes(2**25)))


def lying_bomb() -> bytes:
    """The same, but the list of entries says that they are small."""
    made = bytearray(docx({"word/media/1.bin": b"\0" * 2**24}))
    at = made.rfind(b"PK\x01\x02")
    made[at + 24 : at + 28] = struct.pack("<I", 10)  # the length, unpacked, in the list
    return bytes(made)


def overlapping_bomb() -> bytes:
    """Two entries of the list that are the same bytes of the file."""
    made = docx({"a.bin": b"a" * 100, "b.bin": b"a" * 100})
    second = made.rfind(b"PK\x01\x02")
    first = made.rfind(b"PK\x01\x02", 0, second)
    where = made[first + 42 : first + 46]
    return made[: second + 42] + where + made[second + 46 :]


def encrypted_zip() -> bytes:
    made = bytearray(docx())
    for begins, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = -1
        while (place := made.find(begins, place + 1)) >= 0:
            made[place + at] |= 1
    return bytes(made)


def crowded() -> bytes:
    return docx({f"{n}.xml": b"<x/>" for n in range(2_001)}, packed=zipfile.ZIP_STORED)


def linked() -> bytes:
    out = io.BytesIO(docx())
    with zipfile.ZipFile(out, "a") as made:
        entry = zipfile.ZipInfo("word/link")
        entry.external_attr = 0o120777 << 16
        made.writestr(entry, b"/etc/passwd")
    return out.getvalue()


def named(name: str) -> bytes:
    """A document with a file of that name inside; NUL is put in by hand, where Python would cut it off."""
    made = docx({name.replace("\0", "~"): b"x"})
    return made.replace(name.replace("\0", "~").encode(), name.encode()) if "\0" in name else made


def twice() -> bytes:
    return docx({"word/abc.xml": b"1", "word/abd.xml": b"2"}).replace(b"word/abd.xml", b"word/abc.xml")
