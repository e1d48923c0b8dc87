"""Takes text out of docx, PDF and zip, within limits; a script, a link or an entity in them is never followed."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import PurePosixPath
from xml.etree import ElementTree as ET

from tongxin.petals.evidence.engine.limits import LIMITS, Limits, Unreadable, check_size
from tongxin.shared.phrases import phrase

WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
KINDS = {".txt", ".md", ".html", ".htm", ".shtml", ".xhtml", ".docx", ".pdf", ".zip", ".text"}


def members(name: str, data: bytes, limits: Limits = LIMITS) -> Iterator[tuple[str, bytes]]:
    """Return the files of an archive, one at a time. Raises Unreadable for a bomb, a lock, or what is no archive."""
    check_size(name, len(data), limits.archive)
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        listed = [i for i in archive.infolist() if not i.is_dir()]
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise Unreadable(
            "zip_broken",
            phrase("{name}: the archive is broken.", name=name),
            phrase("Pack it again."),
        ) from error
    if len(listed) > limits.members:
        raise Unreadable(
            "zip_members",
            phrase("{name}: {n} files, more than {limit}.", name=name, n=len(listed), limit=limits.members),
            phrase("Split the archive."),
        )
    total = sum(i.file_size for i in listed)
    if total > limits.unpacked or any(
        i.file_size > limits.ratio * max(1024, i.compress_size) for i in listed
    ):
        raise Unreadable(
            "zip_bomb",
            phrase(
                "{name}: unpacked it would be {size} MB, or a file in it grows more than {ratio} times.",
                name=name,
                size=f"{total / 1048576:.0f}",
                ratio=limits.ratio,
            ),
            phrase("Nothing was unpacked. Give the bulletins themselves."),
        )
    for info in listed:
        yield name_of(info), _unpack(name, archive, info, limits)


def is_part(name: str) -> bool:
    """Whether a file in an archive is read: by its ending."""
    ending = PurePosixPath(name).suffix.lower()
    return ending in KINDS and ending != ".zip"


def name_of(info: zipfile.ZipInfo) -> str:
    """Return a member's name; without the mark for UTF-8 it is usually GBK."""
    if info.flag_bits & 0x800:
        return info.filename
    try:
        return info.filename.encode("cp437").decode("gbk")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return info.filename


def _unpack(name: str, archive: zipfile.ZipFile, info: zipfile.ZipInfo, limits: Limits) -> bytes:
    try:
        with archive.open(info) as stream:
            data = stream.read(min(info.file_size, limits.file) + 1)
    except (zipfile.BadZipFile, RuntimeError, OSError, NotImplementedError, EOFError, ValueError) as error:
        raise Unreadable(
            "zip_member",
            phrase("{name}: {member} cannot be unpacked.", name=name, member=info.filename),
            phrase("Pack it again without a password.") if info.flag_bits & 1 else phrase("Pack it again."),
        ) from error
    except Exception as error:
        raise Unreadable(
            "zip_member",
            phrase("{name}: {member} is broken.", name=name, member=info.filename),
            phrase("Pack it again."),
        ) from error
    check_size(f"{name}: {info.filename}", len(data), limits.file)
    return data


def docx(name: str, data: bytes, limits: Limits = LIMITS) -> tuple[str, dict[str, str]]:
    """Return the paragraphs of a Word document, a line each, and what it says of itself."""
    parts = {n: b for n, b in members(name, data, limits) if n in ("word/document.xml", "docProps/core.xml")}
    if "word/document.xml" not in parts:
        raise Unreadable(
            "docx", phrase("{name}: no Word document inside.", name=name), phrase("Save it as docx again.")
        )
    root = _xml(name, parts["word/document.xml"])
    lines: list[str] = []
    for node, inside in _blocks(root):
        if node.tag == f"{WORD}p" and not inside:
            lines.append(_written(node))
        elif node.tag == f"{WORD}tr":
            cells = ["".join(_written(p) for p in cell.iter(f"{WORD}p")) for cell in node.iter(f"{WORD}tc")]
            lines.append("\t".join(cells))
    core = _xml(name, parts["docProps/core.xml"]) if "docProps/core.xml" in parts else None
    about = {c.tag.rpartition("}")[2]: c.text or "" for c in core} if core is not None else {}
    return "\n".join(lines), about


def _blocks(root: ET.Element) -> Iterator[tuple[ET.Element, bool]]:
    """Return the paragraphs and rows of a document in order; `inside`: a paragraph that stands in a row."""
    waiting = [(root, False)]
    while waiting:
        node, inside = waiting.pop()
        yield node, inside
        within = inside or node.tag == f"{WORD}tr"
        if not (inside and node.tag == f"{WORD}tr"):
            waiting += [(child, within) for child in reversed(node)]


def _written(paragraph: ET.Element) -> str:
    pieces = []
    for node in paragraph.iter():
        if node.tag == f"{WORD}t":
            pieces.append(node.text or "")
        elif node.tag in (f"{WORD}tab", f"{WORD}br"):
            pieces.append("\t" if node.tag.endswith("tab") else "\n")
    return "".join(pieces)


def _xml(name: str, data: bytes) -> ET.Element:
    """Read XML that declares no entities: these are how a small file grows without end or reads others.

    They are looked for without the noughts that UTF-16 puts between the letters.
    """
    bare = data.replace(b"\0", b"")
    if re.search(rb"<!(?:DOCTYPE|ENTITY)", bare[:4096], re.IGNORECASE) or b"<!ENTITY" in bare:
        raise Unreadable(
            "xml_entities",
            phrase("{name}: its XML declares entities.", name=name),
            phrase("It was not read. Save it as docx again."),
        )
    try:
        return ET.fromstring(data)
    except ET.ParseError as error:
        raise Unreadable(
            "xml_broken",
            phrase("{name}: its XML is broken ({error}).", name=name, error=str(error)),
            phrase("Save it as docx again."),
        ) from error


def _joined(text: str) -> str:
    """Join the lines that a page broke inside a sentence: those nearly as wide as the page; titles stay alone."""
    lines = text.split("\n")
    widths = sorted(len(line.rstrip()) for line in lines if line.strip())
    full = widths[int(len(widths) * 0.9)] * 0.7 if widths else 0.0
    made = ""
    for line in lines:
        last = made.rpartition("\n")[2]
        broken = len(last.rstrip()) >= full and line[:1].strip() and last[-1:].strip()
        made += line if made and broken and last[-1] not in "。！？：:”" else ("\n" if made else "") + line
    return made


PACKED = re.compile(rb"stream\r?\n")


def _check_streams(name: str, data: bytes, limits: Limits) -> None:
    """Raise Unreadable where a packed stream of a PDF grows beyond its limit, also one packed twice (no picture)."""
    for match in PACKED.finditer(data):
        about = data[max(0, match.start() - 1000) : match.start()].rpartition(b"obj")[2]
        if b"/Image" in about or b"/Fl" not in about:
            continue
        packed = memoryview(data)[match.end() : match.end() + limits.file]
        for _ in range(about.count(b"/Fl") or 1):
            try:
                unpacker = zlib.decompressobj()
                grown = unpacker.decompress(packed, limits.stream)
            except zlib.error:
                break
            if unpacker.unconsumed_tail and len(grown) >= limits.stream:
                raise Unreadable(
                    "pdf_bomb",
                    phrase(
                        "{name}: a part of the PDF grows to more than {size} MB.",
                        name=name,
                        size=f"{limits.stream / 1048576:.0f}",
                    ),
                    phrase("It was not opened. Give the text, or a PDF of the text alone."),
                )
            packed = memoryview(grown)


def pdf(name: str, data: bytes, limits: Limits = LIMITS) -> str:
    """Return the text of a PDF; lines broken inside a sentence are joined. Raises Unreadable without text."""
    try:
        import pypdfium2
    except ImportError as error:
        raise Unreadable(
            "no_pdf",
            phrase("{name}: PDF needs the package pypdfium2.", name=name),
            phrase("Install it, or give txt or docx."),
        ) from error
    _check_streams(name, data, limits)
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        locked = "password" in str(error).lower()
        raise Unreadable(
            "pdf_locked" if locked else "pdf_broken",
            phrase("{name}: the PDF is locked with a password.", name=name)
            if locked
            else phrase("{name}: the PDF is broken.", name=name),
            phrase("Save it again without a password.") if locked else phrase("Save or fetch it again."),
        ) from error
    try:
        if len(document) > limits.pages:
            raise Unreadable(
                "pdf_pages",
                phrase(
                    "{name}: {n} pages, more than {limit}.", name=name, n=len(document), limit=limits.pages
                ),
                phrase("Split it."),
            )
        pages = []
        for page in document:
            text = page.get_textpage().get_text_bounded()
            pages.append(text.replace("\r\n", "\n").replace("\r", "\n"))
    except pypdfium2.PdfiumError as error:
        raise Unreadable(
            "pdf_broken",
            phrase("{name}: a page of the PDF cannot be read.", name=name),
            phrase("Save it again."),
        ) from error
    finally:
        document.close()
    text = _joined("\n".join(pages).replace("\ufffe", ""))
    if len(re.sub(r"\s", "", text)) < 10:
        raise Unreadable(
            "pdf_no_text",
            phrase("{name}: the PDF has pictures and no text.", name=name),
            phrase("Give the text, or a PDF with text."),
        )
    return text
