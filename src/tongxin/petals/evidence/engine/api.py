"""The engine as a library: `read_text`, `read_bytes`, `read_file`; each returns facts with their place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from tongxin.petals.evidence.engine import reader
from tongxin.petals.evidence.engine.documents import Document, Told, load, take
from tongxin.petals.evidence.engine.facts import Fact, Source
from tongxin.petals.evidence.engine.lexicon import lexicon
from tongxin.petals.evidence.engine.repair import repair


@dataclass(frozen=True, slots=True)
class Reading:
    """A document and what was read from it."""

    document: Document
    facts: list[Fact]


def read_text(
    text: str,
    *,
    title: str = "",
    publisher: str = "",
    published: date | None = None,
    words: Path | None = None,
) -> list[Fact]:
    """Read a raw text. `published` decides what 今年 and 目前 mean; `words` is a folder with tables of one's own."""
    source = Source("", title, publisher, published, "told" if published else "")
    return reader.read(repair(text), source, lexicon(words))


def read_document(document: Document, words: Path | None = None) -> Reading:
    """Read a document that was taken in."""
    return Reading(document, reader.read(document.repaired, document.source, lexicon(words)))


def read_bytes(
    name: str, data: bytes, told: Told | None = None, words: Path | None = None
) -> Iterator[Reading]:
    """Read the bytes of a file of any known kind. Raises limits.Unreadable."""
    for document in take(name, data, told):
        yield read_document(document, words)


def read_file(path: Path, told: Told | None = None, words: Path | None = None) -> Iterator[Reading]:
    """Read a file on disk. Raises limits.Unreadable."""
    for document in load(path, told):
        yield read_document(document, words)


def as_json(reading: Reading) -> dict[str, object]:
    """Return a reading as plain data: the document's origin, then each fact with its place in the bytes and why."""
    document = reading.document
    return {
        "doc": document.doc,
        "path": document.path,
        "sha256": document.sha256,
        "kind": document.kind,
        "charset": document.decoded.charset,
        "title": document.source.title,
        "publisher": document.source.publisher,
        "published_on": document.source.published.isoformat() if document.source.published else None,
        "published_why": document.source.why,
        "reposted_on": document.reposted.isoformat() if document.reposted else None,
        "untrusted": document.repaired.untrusted,
        "value_lost": [
            _lost(document, m.start, m.end) for m in document.repaired.marks if m.kind == "value_lost"
        ],
        "facts": [_fact(document, fact) for fact in reading.facts],
    }


def _lost(document: Document, start: int, end: int) -> dict[str, object]:
    raw = document.repaired.chain.to_raw(start, end)
    return {
        "start": start,
        "end": end,
        "raw_start": raw[0],
        "raw_end": raw[1],
        "text": document.repaired.text[start:end],
    }


def _fact(document: Document, fact: Fact) -> dict[str, object]:
    first, last = document.raw_bytes(fact.raw_start, fact.raw_end)
    number = document.repaired.chain.to_raw(*fact.number)
    return {
        **fact.row(),
        "start": fact.start,
        "end": fact.end,
        "raw_start": fact.raw_start,
        "raw_end": fact.raw_end,
        "byte_start": first,
        "byte_end": last,
        "number_raw": list(number),
        "doubt": fact.doubt,
        "comparisons": [{"type": c.kind, "value": c.value, "base": c.base} for c in fact.comparisons],
        "why": fact.why,
    }


def named(reading: Reading, doc: str) -> Reading:
    """Return a reading under another name."""
    return replace(reading, facts=[replace(f, doc=doc) for f in reading.facts])
