"""Intake: files of any known kind become documents with bytes, hash, charset, raw text, repaired text and origin."""

from __future__ import annotations

import csv
import hashlib
import io
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path, PurePosixPath

from tongxin.petals.evidence.engine import (
    archives,
    charsets,
    html_empty,
    html_text,
    kinds,
    pdf,
    sources,
    surroundings,
    titles,
    web_archive,
    word,
)  # fmt: skip
from tongxin.petals.evidence.engine.charsets import Decoded
from tongxin.petals.evidence.engine.days import DAY, dates
from tongxin.petals.evidence.engine.edits import Step
from tongxin.petals.evidence.engine.facts import Source
from tongxin.petals.evidence.engine.limits import LIMITS, Limits, Unreadable, check_size
from tongxin.petals.evidence.engine.phrases import why
from tongxin.petals.evidence.engine.repair import Repaired, repair
from tongxin.shared.phrases import phrase

INDEX = "index.csv"


@dataclass(slots=True)
class Document:
    """A bulletin taken in. `raw` is its text as it stood (of docx, PDF: the text inside); `decoded` maps to bytes."""

    path: str
    doc: str
    sha256: str
    kind: str
    decoded: Decoded
    repaired: Repaired
    source: Source
    reposted: date | None = None

    @property
    def raw(self) -> str:
        """The raw text."""
        return self.decoded.text

    def raw_bytes(self, start: int, end: int) -> tuple[int, int]:
        """Return where a span of the raw text stands in the bytes (txt and html; else in its text as UTF-8)."""
        return self.decoded.byte_at(start), self.decoded.byte_at(end)


@dataclass(frozen=True, slots=True)
class Told:
    """What somebody says of a bulletin beside it: this goes before what we find."""

    title: str = ""
    publisher: str = ""
    published: date | None = None

    def before(self, other: Told) -> Told:
        """Return what this says, and where it says nothing what another does."""
        return Told(
            self.title or other.title, self.publisher or other.publisher, self.published or other.published
        )


def parts(name: str, data: bytes, limits: Limits = LIMITS) -> Iterator[archives.Part]:
    """Return a file as its one part, or the bulletins in an archive. Raises Unreadable, which says what to do."""
    if _kind(name, data) != "zip":
        yield archives.Part(name, lambda: data)
        return
    yield from archives.parts(name, data, limits)


def document(
    name: str, data: bytes, told: Told | None = None, limits: Limits = LIMITS, doc: str = ""
) -> Document:
    """Return the document of the bytes of one file that is no archive. Raises Unreadable, which says what to do.

    `doc`: what it is called, if not by its stem.
    """
    kind = _kind(name, data)
    if kind == "zip":
        raise Unreadable(
            "zip_nested",
            phrase("{name}: an archive inside another.", name=name),
            phrase("Unpack it, and pack its files."),
        )
    check_size(name, len(data), limits.file)
    return _document(name, data, kind, told or Told(), limits, doc or stem(name))


def take(name: str, data: bytes, told: Told | None = None, limits: Limits = LIMITS) -> Iterator[Document]:
    """Return the documents of a file's bytes: one, or those of an archive. Raises Unreadable, which says what to do."""
    for part in parts(name, data, limits):
        yield document(part.name, part.data(), told, limits)


def _kind(name: str, data: bytes) -> str:
    if not data.removeprefix(b"\xef\xbb\xbf").removeprefix(b"\xff\xfe").removeprefix(b"\xfe\xff").strip():
        raise Unreadable(
            "empty", phrase("{name}: the file is empty.", name=name), phrase("Save the page again.")
        )
    if data.startswith(b"%PDF-"):
        return "pdf"
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        if kinds.ending(name) in (*kinds.SHEETS, *kinds.WORD):
            raise Unreadable("office", phrase("{name}: not read.", name=name), kinds.todo(kinds.ending(name)))
        return "docx" if name.lower().endswith(".docx") or word.is_docx(data) else "zip"
    if data.startswith(b"{\\rtf"):
        raise Unreadable("office", phrase("{name}: not read.", name=name), kinds.todo(".rtf"))
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise Unreadable(
            "old_word", phrase("{name}: an old Word or Excel file.", name=name), phrase("Save it as docx.")
        )
    if kinds.is_picture(data):
        raise Unreadable("binary", phrase("{name}: a picture.", name=name), phrase("Give its text."))
    if data.startswith((b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"\x7fELF", b"MZ\x90")):
        raise Unreadable(
            "binary",
            phrase("{name}: these bytes are no text.", name=name),
            phrase("Give txt, html, docx or a PDF with text."),
        )
    return "mht" if web_archive.is_archive(data) else "text"


def _document(name: str, data: bytes, kind: str, told: Told, limits: Limits, doc: str) -> Document:
    first: Step | None = None
    meta: dict[str, str] = {}
    title = about = ""
    page: html_text.Page | None = None
    if kind == "pdf":
        decoded = Decoded(pdf.text(name, data, limits), "utf-8")
    elif kind == "docx":
        text, meta = word.docx(name, data, limits)
        decoded, about = Decoded(text, "utf-8"), meta.get("title", "")
    else:
        saved, charset, address = web_archive.page(name, data) if kind == "mht" else (data, "", "")
        decoded = charsets.decode(saved, name, charset)
        if kind == "mht" or html_text.looks_like(decoded.text, name):
            kind = "html" if kind == "text" else kind
            page = html_text.page(decoded.text)
            first, title, meta = page.step, page.title, page.meta
            meta.setdefault("canonical", address)
    repaired = repair(decoded.text, first)
    title = repair(title).text.strip() if title else ""
    if page:
        html_empty.check(name, decoded.text, repaired.text, title)
    title = titles.wide(title or titles.of_text(repaired.text[:4000].split("\n")) or about)
    over, under = surroundings.of_page(page) if page else surroundings.of_text(repaired.whole)
    around = sources.Surroundings(over, under, meta, _file(name), decoded.text, page is not None)
    origin = sources.origin(repaired.text, around)
    source = Source(
        doc,
        told.title or title,
        told.publisher or origin.publisher,
        told.published or origin.published,
        "told" if told.published else origin.why,
    )
    reposted = origin.published if told.published and origin.published != told.published else origin.reposted
    return Document(name, doc, hashlib.sha256(data).hexdigest(), kind, decoded, repaired, source, reposted)


def _file(name: str) -> str:
    return PurePosixPath(name.replace("\\", "/").replace("!", "/")).name


def stem(name: str) -> str:
    """Return what the bulletin of a file, or of a file in an archive, is called: its name without the ending."""
    file = kinds.readable(_file(name))
    suffix = PurePosixPath(file).suffix.lower()
    return file[: -len(suffix)] if suffix in kinds.KINDS else file


def told_beside(path: Path) -> Told:
    """Return what an `index.csv` in the same folder (file, title, publisher, date) says of a file.

    Any known charset is read, and days as spreadsheets write them. Raises Unreadable for an index that is no table.
    """
    index = path.parent / INDEX
    if not index.is_file() or index == path:
        return Told()
    try:
        for row in csv.DictReader(io.StringIO(charsets.decode(load_bytes(index), str(index)).text)):
            if row.get("file") == path.name:
                day = dates(row.get("date") or "", DAY)
                return Told(row.get("title") or "", row.get("publisher") or "", day[0] if day else None)
    except csv.Error as error:
        raise Unreadable(
            "index",
            phrase("{index}: the table is broken ({error}).", index=index, error=str(error)),
            phrase("Save it as “CSV UTF-8”, or take it away."),
        ) from error
    return Told()


def files(paths: list[Path]) -> list[Path]:
    """Return the files of paths, each once, folders searched through in the order of names; `index.csv` is none."""
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            found += sorted(p for p in path.rglob("*") if is_bulletin(p))
        else:
            found.append(path)
    return list({os.path.abspath(p): p for p in reversed(found)}.values())[::-1]


def is_bulletin(path: Path) -> bool:
    """Whether a file of a folder is read: by its ending."""
    return path.suffix.lower() in kinds.KINDS and path.is_file()


def load_bytes(path: Path, limits: Limits = LIMITS) -> bytes:
    """Return the bytes of a file on disk. Raises Unreadable; a file too large is not opened."""
    try:
        size = path.stat().st_size
        check_size(str(path), size, max(limits.file, limits.archive))
        return path.read_bytes()
    except OSError as error:
        locked = isinstance(error, PermissionError)
        todo = phrase("Ask for the right to read it.") if locked else phrase("Check the name.")
        raise Unreadable("no_file", phrase("{path}: {why}.", path=path, why=why(error)), todo) from error


def load(path: Path, told: Told | None = None, limits: Limits = LIMITS) -> Iterator[Document]:
    """Return the documents of a file on disk. Raises Unreadable; a file too large is not opened."""
    yield from take(str(path), load_bytes(path, limits), told or told_beside(path), limits)
