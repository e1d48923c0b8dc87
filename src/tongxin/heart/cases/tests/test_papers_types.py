"""What is taken as a paper and what is not, and the message each gets: by content alone."""

from __future__ import annotations

import pytest

from tongxin.heart.cases import papers, papers_store, papers_types
from tongxin.heart.cases.papers_store import Unfit
from tongxin.heart.cases.tests import corpus

pytestmark = pytest.mark.usefixtures("in_english")

GOOD = {
    "pdf": corpus.pdf(),
    "png": corpus.png(),
    "jpeg": corpus.jpeg(),
    "docx": corpus.docx(),
    "xlsx": corpus.xlsx(),
    "ofd": corpus.ofd(),
    "txt": "营业执照 91120000MA0TEST001\n第二行\t<50 平方米\n".encode(),
}
TWO = "The file is two things in one"
BAD = {
    "empty": (b"", "The file is empty."),
    "zip bomb": (corpus.bomb, "The archive is a bomb: unpacked it would be 288 MB."),
    "bomb that lies": (corpus.lying_bomb, "The file is a damaged archive; save it anew."),
    "overlapping bomb": (corpus.overlapping_bomb(), "The archive is a bomb: its files lie over one another."),
    "too many entries": (corpus.crowded, "The archive holds too many files: at most 2000."),
    "nested zip": (corpus.docx({"word/x.bin": corpus.docx()}), "Another archive, document or program is inside"),
    "program inside": (corpus.docx({"word/x.bin": b"MZ\x90\0"}), "Another archive, document or program is inside"),
    "plain zip": (corpus.archive({"a.txt": b"a"}), "An archive is not a paper: hand its files in one by one."),
    "encrypted zip": (corpus.encrypted_zip(), "The archive is encrypted; save it without a password."),
    "macros": (corpus.macros(), "The document holds macros; save it without them."),
    "link": (corpus.linked(), "The archive holds a link instead of a file."),
    "entities": (corpus.docx({"word/e.xml": b'<!DOCTYPE x [<!ENTITY a "b">]>'}), "The document defines entities"),
    "two of one name": (corpus.twice(), "The archive holds two files of one name."),
    "packed otherwise": (corpus.docx(packed=12), "The archive is packed in a way that is not taken; save it anew."),
    "archive with a comment": (corpus.docx(comment=b"<script>"), "The archive holds more than its entries"),
    "archive behind bytes": (b"PK\x03\x04junk" + corpus.docx(), "The archive holds more than its entries"),
    "cut archive": (corpus.docx()[:-30], "The file is a damaged archive; save it anew."),
    **{
        f"zip name {name!r}"[:40]: (corpus.named(name), "A file in the archive has a name that leads outside")
        for name in ("../../etc/cron", "/etc/passwd", "a/../../b", "C:evil", "a\\b", "a\0b", "n" * 300,
                     f"word/{corpus.RTL}gnp.exe")
    },
    "pdf and zip": (corpus.pdf() + corpus.archive({"a": b"a"}), f"{TWO}: an archive is hidden in it."),
    "pdf in a zip's comment": (b"%PDF-1.7\n" + corpus.archive({"a": b"a"}, comment=b"%%EOF"), TWO),
    "pdf and html": (corpus.pdf(b"<HTML><body>"), f"{TWO}: a web page or a program is hidden in it."),
    "pdf and script": (corpus.pdf(b"\n" * 2_000 + b"<ScRipt>alert(1)</script>"), TWO),
    "pdf and more": (corpus.pdf() + b"more", "The PDF is damaged or something is appended to it; save it anew."),
    "cut pdf": (corpus.pdf()[:-8], "The PDF is damaged"),
    "encrypted pdf": (corpus.pdf(b"<< /Encrypt 5 0 R >>"), "The PDF is encrypted; save it without a password."),
    "png and zip": (corpus.png(tail=corpus.archive({"a": b"a"})), f"{TWO}: an archive is hidden in it."),
    "png and more": (corpus.png(tail=b"x"), "The PNG file is damaged or something is appended to it."),
    "cut png": (corpus.png()[:-6], "The PNG file is damaged"),
    "png of a billion dots": (corpus.png(19_999, 19_999), "The picture is too large: 19999 × 19999 dots, at most 60 million."),
    "png of one line": (corpus.png(20_001, 1), "The picture is too large"),
    "png of no size": (corpus.png(0, 5), "The picture has no size."),
    "jpeg of a billion dots": (corpus.jpeg(60_000, 20_000), "The picture is too large"),
    "jpeg with a page": (corpus.jpeg(inside=b"<html><body>"), TWO),
    "jpeg with a program": (corpus.jpeg(inside=b"<?php system($_GET[0]);"), TWO),
    "jpeg and more": (corpus.jpeg(tail=b"MZ"), "The JPEG file is damaged or something is appended to it."),
    "jpeg and zip": (corpus.jpeg(tail=corpus.archive({"a": b"a"}, comment=b"\xff\xd9")), TWO),
    "jpeg without picture": (b"\xff\xd8\xff\xd9\xff\xd9", "The JPEG file is damaged"),
    "html": (b"<!doctype html><p>x", "Web pages, drawings in SVG and programs are not taken; print it to a PDF."),
    "html after blanks": (b"\xef\xbb\xbf \n <html>", "Web pages"),
    "svg": (b'<?xml version="1.0"?><svg onload="alert(1)"/>', "Web pages"),
    "script in text": (b"a" * 5_000 + b"<script>alert(1)</script>", "Web pages"),
    "shell script": (b"#!/bin/sh\nrm -rf /\n", "Web pages"),
    "program": (b"MZ\x90\x00\x03", "This kind of file is not taken. Taken: PDF, PNG, JPEG, DOCX, XLSX, OFD, TXT; text in UTF-8."),
    "old word document": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "This kind of file is not taken."),
    "gif": (b"GIF89a\x01\x00", "This kind of file is not taken."),
    "tiff": (b"II*\x00\x08\x00", "This kind of file is not taken."),
    "text in another code": ("中文".encode("gb18030"), "This kind of file is not taken."),
    "text with a bell": (b"a\x07b", "This kind of file is not taken."),
    "text with NUL": (b"a\0b", "This kind of file is not taken."),
}  # fmt: skip


def kept(content: bytes, most: int = 2**20) -> str:
    pieces = (content[at : at + 1000] for at in range(0, len(content), 1000))
    return papers_store.keep(pieces, most=most, judge=papers_types.recognise).type


def stored() -> list[str]:
    return [path.name for path in papers_store.folder().rglob("*") if path.is_file() and path.name != ".lock"]


@pytest.fixture
def store(tmp_path, settings):
    settings.DATA = tmp_path
    return papers_store


@pytest.mark.parametrize("name", GOOD)
def test_a_file_is_taken_for_what_its_content_is(store, name):
    assert kept(GOOD[name]) == name
    assert len(stored()) == 1


@pytest.mark.parametrize("name", BAD)
def test_a_file_that_is_not_taken_is_told_why_and_leaves_nothing(store, name):
    content, why = BAD[name]
    with pytest.raises(Unfit) as refused:
        kept(content() if callable(content) else content)
    assert str(refused.value.why).startswith(why)
    assert stored() == []


def test_a_stream_that_does_not_end_is_stopped_at_the_limit(store):
    asked = []

    def endless():
        while True:
            asked.append(1)
            yield b"a" * 1000

    with pytest.raises(Unfit) as refused:
        store.keep(endless(), most=10_000, judge=papers_types.recognise)
    assert str(refused.value.why) == "The file is larger than 0.00954 MB."
    assert len(asked) == 11
    assert stored() == []


def test_a_sender_that_breaks_off_leaves_nothing(store):
    def broken():
        yield b"%PDF-1.7"
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        store.keep(broken(), most=10_000, judge=papers_types.recognise)
    assert stored() == []


def test_the_same_bytes_twice_are_one_file(store):
    kept(GOOD["pdf"])
    kept(GOOD["pdf"])
    (name,) = stored()
    with store.opened(name) as file:
        assert file.read() == GOOD["pdf"]


def test_a_content_whose_bytes_changed_on_the_disk_is_not_handed_out(store):
    kept(GOOD["pdf"])
    (name,) = stored()
    store.path_of(name).write_bytes(GOOD["pdf"] + b" ")
    assert store.opened(name) is None


@pytest.mark.parametrize("name", ["../../etc/passwd", "", "A" * 64, "a" * 63, "a" * 64 + "\n"])
def test_what_is_no_hash_leads_to_no_file(store, name):
    with pytest.raises(ValueError, match="not a SHA-256"):
        store.path_of(name)


@pytest.mark.parametrize(
    ("given", "title"),
    [
        ("平面图.pdf", "平面图"),
        ("../../etc/passwd", "passwd"),
        ("/abs/olute.png", "olute"),
        ("C:\\Users\\a\\scan 1.PDF", "scan 1"),
        ("nul\0l.pdf", "null"),
        ("a\r\nX-Header: b.pdf", "aX-Header_ b"),
        (f"invoice{corpus.RTL}fdp.exe", "invoicefdp"),
        ("zero\u200bwidth.txt", "zerowidth"),
        ("x" * 5_000 + ".pdf", "x" * 100),
        ("...", ""),
        ("", ""),
        ('a"b<c>|?*.pdf', "a_b_c____"),
    ],
)
def test_a_name_is_made_safe_before_it_is_kept(given, title):
    assert papers.title_of(given) == title


def test_a_procedure_may_take_fewer_types():
    papers_types.allowed("pdf", ())
    papers_types.allowed("pdf", ("pdf", "png"))
    with pytest.raises(Unfit) as refused:
        papers_types.allowed("docx", ("pdf", "png"))
    assert str(refused.value.why) == "This is a DOCX file; taken here: PDF, PNG."
