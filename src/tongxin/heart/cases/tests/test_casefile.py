"""The case file: read back by another library, every fact that the desk may see is in it, nothing else."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pypdfium2
import pytest

from tongxin.heart.cases import actions, casefile, casefile_pdf
from tongxin.heart.cases.casefile import Section
from tongxin.heart.cases.tests import corpus
from tongxin.heart.cases.tests.conftest import APPLICATION
from tongxin.heart.ledger import actions as ledger
from tongxin.heart.ledger.models import Entry, Payload
from tongxin.shared.errors import NotFound

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("in_english")]


@pytest.fixture
def number(clerk) -> str:
    given = APPLICATION["applicant"] | {"applicant_name": "示例餐饮店𠮷"}
    done = actions.file_case(by=clerk, key="f", **(APPLICATION | {"applicant": given}))["case"]
    actions.accept_case(by=clerk, key="a", number=done)
    actions.add_paper(
        by=clerk, key="p", number=done, kind="floor_plan", name="平面图.pdf", pieces=[corpus.pdf()]
    )
    ledger.checkpoint()
    return done


def text_of(content: bytes) -> tuple[str, int]:
    """All signs of a PDF without the breaks of its lines, and how many pages it has."""
    document = pypdfium2.PdfDocument(content)
    try:
        said = [page.get_textpage().get_text_range() for page in document]
    finally:
        document.close()
    return "".join("".join(said).split()), len(said)


def squeezed(text: str) -> str:
    return "".join(text.split())


def made(by, number, language="zh") -> str:
    _file, content = actions.export_file(by=by, key=f"{by.desk}-{language}", number=number, language=language)
    return text_of(content)[0]


def test_every_fact_is_found_by_another_reader(clerk, number, at):
    actions.offer(by=clerk, key="o", number=number, to_desk="bj-tongzhou/service_centre", epoch=0)
    approver = at("bj-tongzhou", "approver")
    for language, own in (
        ("zh", ["案卷", "示例", "第1页", "平面图"]),
        ("en", ["Casefile", "Illustrative", "page1of"]),
    ):
        file, content = actions.export_file(by=clerk, key=language, number=number, language=language)
        said, _pages = text_of(content)
        for word in (
            *own,
            number,
            "示例餐饮店〓U+20BB7",
            "91110112SHILI00001",
            "通州区示例街1号",
            "2026-02-1215:00",
        ):
            assert word in said, (language, word)
        for section in file.sections:
            for row in section.rows:
                for cell in row:
                    assert squeezed(casefile_pdf.plain(cell)) in said, (language, section.title, cell)
        entries = Entry.objects.filter(subject__startswith=f"case:{number}").exclude(
            act="cases.file.exported"
        )
        assert all(bytes(entry.leaf).hex() in said for entry in entries)
        assert hashlib.sha256(corpus.pdf()).hexdigest() in said
    assert number in made(approver, number)


def test_what_is_kept_back_is_named_and_left_out(clerk, number, at):
    taker = at("bj-tongzhou", "window_clerk")
    with pytest.raises(NotFound):
        actions.export_file(by=taker, key="x", number=number, language="zh")
    made_offer = actions.offer(by=clerk, key="o", number=number, to_desk=taker.desk, epoch=0)["offer"]
    actions.return_over(by=taker, key="r", offer_id=made_offer, reason="not_competent", remark="只有两家知道")
    file, content = actions.export_file(by=taker, key="y", number=number, language="en")
    said, _pages = text_of(content)
    assert "示例餐饮店" not in said
    assert hashlib.sha256(corpus.pdf()).hexdigest() not in said
    assert "Notshared:" in said
    assert {"applicant_name", "papers"} <= set(file.withheld)
    assert "applicant_name" not in file.fields


def test_each_one_made_is_an_entry_with_its_hash(clerk, number):
    _file, content = actions.export_file(by=clerk, key="k", number=number, language="zh")
    entry = Entry.objects.order_by("-index").first()
    assert (entry.act, entry.subject) == ("cases.file.exported", f"case:{number}/file")
    assert hashlib.sha256(content).hexdigest() in bytes(Payload.objects.get(entry=entry).body).decode()
    assert "导出案卷" in made(clerk, number), "the next one tells of it"


def test_two_thousand_lines_and_two_hundred_papers_are_set(clerk, number):
    file = casefile.of(clerk, number)
    story = Section(
        "Story",
        ("t", "w", "e"),
        tuple(("2026-02-12 15:00", f"第{n}行", str(n)) for n in range(2000)),
        (20, 68, 12),
    )
    papers = Section(
        "Papers",
        ("a", "b"),
        tuple((f"材料{n}", hashlib.sha256(bytes([n])).hexdigest()) for n in range(200)),
        (40, 60),
    )
    long = Section("Long", ("a", "b"), (("长" * 9_000, "w" * 9_000),), (20, 80))
    said, count = text_of(casefile_pdf.pages(replace(file, sections=(story, papers, long))))
    assert all(f"第{n}行" in said for n in range(2000))
    assert all(hashlib.sha256(bytes([n])).hexdigest() in said for n in range(200))
    assert (said.count("长"), said.count("w") >= 9_000) == (9_000, True), "nothing is cut off"
    assert count > 40
    assert f"page{count}of{count}" in said
