"""Bytes made to hang the reader do not; what takes too long is broken off, named, and the others go on."""

from __future__ import annotations

import random
import threading
import time
import zipfile
import zlib
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest

from tongxin.petals.evidence.engine import batch, documents, pdf
from tongxin.petals.evidence.engine.api import read_bytes
from tongxin.petals.evidence.engine.limits import Limits, Unreadable
from tongxin.petals.evidence.engine.time_limit import time_limit

SENTENCE = "示例区新增企业120家，同比增长6.2%，总投资35亿元"
PAGE = "<html><body>"
HOSTILE = {
    "nested": PAGE + "<div>" * 100_000 + SENTENCE + "。" + "</div>" * 100_000,
    "never closed": PAGE + "<table><tr><td>" * 30_000 + SENTENCE,
    "tags without end": PAGE + "<script" * 100_000 + "<a " * 100_000 + '<a b="' * 100_000,
    "scripts without end": PAGE + "<svg>" * 100_000 + "<script>" * 100_000,
    "comments": PAGE + "<!--" * 200_000,
    "heads": PAGE + '<meta name="a" ' * 60_000 + "<title>" * 60_000 + "<h1>" * 60_000,
    "a long attribute": PAGE + f'<img src="data:{"A" * 1_000_000}">' + SENTENCE,
    "entities": PAGE + "&nbsp;" * 100_000 + "&" * 300_000 + SENTENCE,
    "white space of a page": PAGE + " " * 500_000 + SENTENCE + "\n" * 500_000,
    "white space": " " * 500_000 + "　" * 100_000 + SENTENCE,
    "no marks": "示例区新增企业发展" * 40_000,
    "a list without end": "增长5%、" * 20_000,
    "brackets": "(a)" * 500_000,
    "readings": "項(xiàng)" * 100_000,
    "question marks": "?" * 1_000_000 + "示?)" * 50_000,
    "half-lost": "書" * 200_000 + "?wū)" + "懜" * 50_000,
    "hidden words": "&&" * 100_000,
    "places taken out": "示例市（不含北京市）" * 20_000,
    "short names": "潼南区、遂宁市。" + "在潼南，遂潼一体化。" * 20_000,
    "lost values": "签约余家，总投资50亿元。\n" * 3_000,
    "words hardly sure": "示例市出&&了5个项目，&&12个。\n" * 3_000,
    "navigation": "首页>" * 100_000 + "来源：" * 50_000 + "示例 | " * 50_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_nothing_hangs(name):
    start = time.process_time()
    with suppress(Unreadable):  # a page without text is said to be one
        for reading in read_bytes("a.txt", HOSTILE[name].encode()):
            document = reading.document
            assert document.repaired.chain.undo(document.repaired.text) == document.raw
    assert time.process_time() - start < 15


def test_a_part_of_a_pdf_that_grows_without_end_is_not_opened():
    packed = zlib.compress(zlib.compress(b" " * 4_000_000))
    data = (
        b"%%PDF-1.4\n1 0 obj<</Filter[/FlateDecode/FlateDecode]/Length %d>>stream\n%s\nendstream\nendobj\n"
        % (len(packed), packed)
    )
    with pytest.raises(Unreadable) as told:
        list(documents.take("a.pdf", data, limits=Limits(stream=1_000_000)))
    assert told.value.code == "pdf_bomb"


def _forever() -> None:
    while True:
        time.sleep(0.001)


def test_work_is_broken_off_in_the_first_thread_and_in_another():
    found: list[Unreadable] = []

    def work() -> None:
        try:
            with time_limit("a.txt", 0.05):
                _forever()
        except Unreadable as error:
            found.append(error)

    work()
    thread = threading.Thread(target=work)
    thread.start()
    thread.join(10)
    assert [e.code for e in found] == ["too_long", "too_long"]
    assert "--seconds" in found[0].todo
    with time_limit("b.txt", 5):
        pass
    time.sleep(0.1)  # nothing comes after


@pytest.mark.parametrize("processes", [1, 2])
def test_a_file_that_takes_too_long_is_named_and_the_others_are_read(tmp_path, processes):
    from tongxin.shared.blocks import each

    (tmp_path / "long.txt").write_text("、120家".join("示例" for _ in range(60_000)), "utf-8")
    (tmp_path / "short.txt").write_text("今年一季度，示例区新增企业120家。", "utf-8")
    jobs = [batch.Job(str(tmp_path / "long.txt"), seconds=0.6), batch.Job(str(tmp_path / "short.txt"))]
    batch.read(jobs[1])  # the tables are read once
    long, short = each(batch.read, jobs, processes=processes)
    assert (long.code, long.rows) == ("too_long", [])
    assert "long.txt: not read within 0.6 seconds" in long.trouble
    assert [r["value"] for r in short.rows] == ["120"]


def test_one_broken_file_in_an_archive_does_not_stop_the_others(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("a.txt", b"")
        archive.writestr("b.txt", "今年一季度，示例区新增企业120家。")
        archive.writestr("c.txt", b"PK\x03\x04" + b"0" * 50)
    done = batch.read(batch.Job(str(tmp_path / "a.zip")))
    assert [r["doc"] for r in done.rows] == ["b"]
    assert "a.txt: the file is empty" in done.trouble
    assert "c.txt: an archive inside another" in done.trouble


def _pdf(pages: int, depth: int) -> bytes:
    """A PDF whose last page shows a form that shows ten times another, and so on: 10 to the power of `depth` lines."""
    shows = b"BT /F1 12 Tf 50 700 Td (Tianjin port 120 TEU) Tj ET"
    font, parts = (
        b"/Resources<</Font<</F1 3 0 R>>>>",
        [b"", b"", b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"],
    )

    def add(head: bytes, stream: bytes = b"") -> int:
        parts.append(
            b"<<%s/Length %d>>stream\n%s\nendstream" % (head, len(stream), stream)
            if stream
            else b"<<%s>>" % head
        )
        return len(parts)

    plain, form = add(b"", shows), add(b"/Type/XObject/Subtype/Form/BBox[0 0 600 800]" + font, shows)
    for _ in range(depth):
        inner = b"/Resources<</XObject<</X %d 0 R>>>>" % form
        form = add(b"/Type/XObject/Subtype/Form/BBox[0 0 600 800]" + inner, b"/X Do " * 10)
    page = b"/Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents %d 0 R"
    kids = [add(page % plain + font) for _ in range(pages)]
    kids.append(add(page % add(b"", b"/X Do") + b"/Resources<</XObject<</X %d 0 R>>>>" % form))
    parts[:2] = [b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[%s]/Count %d>>" % (b" ".join(b"%d 0 R" % k for k in kids), len(kids))]  # fmt: skip
    out, places = b"%PDF-1.4\n", []
    for i, part in enumerate(parts, 1):
        places.append(len(out))
        out += b"%d 0 obj%s endobj\n" % (i, part)
    table = b"".join(b"%010d 00000 n \n" % p for p in places)
    size = len(parts) + 1
    return out + b"xref\n0 %d\n0000000000 65535 f \n%strailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (size, table, size, len(out))  # fmt: skip


@pytest.mark.parametrize("place", ["first thread", "another thread", "processes", "archive"])
def test_a_page_of_a_pdf_without_end_is_broken_off_and_the_others_are_read(tmp_path, place):
    from tongxin.shared.blocks import each

    files = {
        "long.pdf": _pdf(2, 12),
        "short.pdf": _pdf(2, 0),
        "a.txt": "今年一季度，示例区新增企业120家。".encode(),
    }
    assert "port 120 TEU" in pdf.text("short.pdf", files["short.pdf"])
    if place == "archive":
        with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
            for name, data in files.items():
                archive.writestr(name, data)
        jobs = [batch.Job(str(tmp_path / "all.zip"), seconds=2)]
    else:
        for name, data in files.items():
            (tmp_path / name).write_bytes(data)
        jobs = [batch.Job(str(tmp_path / name), seconds=2) for name in files]
    began = time.monotonic()
    if place == "another thread":
        with ThreadPoolExecutor(1) as pool:
            done = list(pool.map(batch.read, jobs))
    else:
        done = list(each(batch.read, jobs, processes=2 if place == "processes" else 1))
    assert time.monotonic() - began < 20
    troubles = [t for d in done for t in d.troubles]
    assert [t.code for t in troubles] == ["too_long"]
    assert "long.pdf: not read within 2 seconds, broken off at page 3 of 3. Nothing of it was kept." in str(
        troubles[0]
    )
    assert {"short", "a"} <= {r["doc"] for d in done for r in d.readings}


def test_a_pdf_that_breaks_its_reader_is_said(monkeypatch, tmp_path):
    (tmp_path / "breaks.py").write_text("import os, sys; sys.stdin.buffer.read(1); os.abort()")
    monkeypatch.setattr(pdf, "PAGES", tmp_path / "breaks.py")
    with pytest.raises(Unreadable) as told:
        pdf.text("a.pdf", _pdf(1, 0))
    assert told.value.code == "pdf_broken"


@pytest.mark.parametrize("how", ["docx", "html", "zip"])
def test_the_limit_holds_for_every_kind(tmp_path, how):
    long = "、120家".join("示例" for _ in range(60_000))
    docx = f'<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p><w:r><w:t>{long}</w:t></w:r></w:p></w:body></w:document>'
    path = tmp_path / f"a.{how}"
    if how == "html":
        path.write_text(f"<html><body><p>{long}</p></body></html>", "utf-8")
    else:
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr(
                "word/document.xml" if how == "docx" else "a.txt", docx if how == "docx" else long
            )
    done = batch.read(batch.Job(str(path), seconds=0.5))
    assert (done.code, done.rows) == ("too_long", [])


def test_bytes_without_meaning_anywhere_raise_nothing():
    chance = random.Random(11)
    text = f"示例区一季度情况\n2025-04-20 来源：示例日报\n\n今年一季度，{SENTENCE}。下一步，示例区将新建公园6个。"
    for charset in ("utf-8", "gb18030"):
        for _ in range(60):
            data = bytearray(text.encode(charset))
            for _ in range(chance.choice([1, 3])):
                data.insert(chance.randrange(len(data)), 0xFF)
            with suppress(Unreadable):
                for reading in read_bytes("a.txt", bytes(data)):
                    assert reading.document.decoded.encoded() == bytes(data)
