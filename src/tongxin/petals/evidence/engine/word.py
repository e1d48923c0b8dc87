"""Takes the text out of a Word document (docx), within limits; no entity in it is followed."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from xml.etree import ElementTree as ET

from tongxin.petals.evidence.engine import archives
from tongxin.petals.evidence.engine.limits import LIMITS, Limits, Unreadable
from tongxin.shared.phrases import phrase

WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
TEXT = "word/document.xml"
TYPES = "[Content_Types].xml"
ABOUT = "docProps/core.xml"
BOX = f"{WORD}txbxContent"
HIDDEN = f"{WORD}rPr/{WORD}vanish"
# What was taken away or moved, and what older programs show in the place of a drawing: the text a second time
UNSHOWN = {
    f"{WORD}del",
    f"{WORD}moveFrom",
    f"{WORD}pPr",
    "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback",
}


def is_docx(data: bytes) -> bool:
    """Whether an archive is a Word document: by its own members, not by those of a document packed in it."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return {TYPES, TEXT} <= set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        return False  # taking its members out says what is wrong


def docx(name: str, data: bytes, limits: Limits = LIMITS) -> tuple[str, dict[str, str]]:
    """Return the paragraphs of a Word document, a line each, and what it says of itself."""
    wanted = archives.members(name, data, lambda n: n in (TEXT, ABOUT), limits)
    parts = {part.name: part.data() for part in wanted}
    if TEXT not in parts:
        raise Unreadable(
            "docx", phrase("{name}: no Word document inside.", name=name), phrase("Save it as docx again.")
        )
    root = _xml(name, parts[TEXT])
    lines: list[str] = []
    for node, inside in _blocks(root):
        if node.tag == f"{WORD}p" and not inside:
            lines.append(_written(node))
        elif node.tag == f"{WORD}tr":
            cells = ["".join(_written(p) for p in cell.iter(f"{WORD}p")) for cell in node.iter(f"{WORD}tc")]
            lines.append("\t".join(cells))
    core = _xml(name, parts[ABOUT]) if ABOUT in parts else None
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
            waiting += [(child, within) for child in reversed(node) if child.tag not in UNSHOWN]


def _written(paragraph: ET.Element) -> str:
    """Return the text of a paragraph as it is shown; a text box in it is a paragraph of its own."""
    pieces: list[str] = []
    waiting = list(reversed(paragraph))
    while waiting:
        node = waiting.pop()
        if node.tag == f"{WORD}t":
            pieces.append(node.text or "")
        elif node.tag in (f"{WORD}tab", f"{WORD}br", f"{WORD}cr"):
            pieces.append("\t" if node.tag.endswith("tab") else "\n")
        elif node.tag == f"{WORD}noBreakHyphen":
            pieces.append("-")
        elif node.tag not in UNSHOWN and node.tag != BOX and node.find(HIDDEN) is None:
            waiting += reversed(node)
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
