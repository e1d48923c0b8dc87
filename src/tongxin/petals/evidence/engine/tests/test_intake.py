"""Files of any known kind are taken in; what is not says why; nothing in them is run or followed."""

from __future__ import annotations

import io
import zipfile
from datetime import date

import pytest

from tongxin.petals.evidence.engine import batch, documents, limits
from tongxin.petals.evidence.engine.api import as_json, read_bytes
from tongxin.petals.evidence.engine.likeness import groups, likeness, prints
from tongxin.petals.evidence.engine.limits import Limits, Unreadable

BODY = "今年一季度，武清区固定资产投资完成120.5亿元，同比增长6.2%，新签约项目35个，服务京津冀企业超过2000家。"
OTHER = "廊坊市召开座谈会，研究部署今年的生态环境工作，要求各县（市、区）加快推进造林绿化，确保如期完成任务。"
PAGE = f"""<!DOCTYPE html><html><head><meta charset="utf-8"><title>武清一季度投资增长_某网</title>
<meta name="PubDate" content="2025-04-20 08:00"><meta content="武清发布" name="ContentSource">
<script>document.write("假的999亿元"); fetch("https://example.org/x")</script></head><body onload="alert(1)">
<div class="nav"><a href="/">首页</a><a href="/a">新闻</a></div>
<div class="article"><h1>武清区一季度投资增长</h1><p>{BODY}</p><p>{OTHER}&nbsp;&amp;&#x4EAC;</p></div>
<div class="related"><a href="/1">某区今年签约项目86个 总投资63亿元</a></div></body></html>"""


def _zip(files: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def _docx(inside: str) -> bytes:
    w = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    text = (
        f'<w:document xmlns:w="{w}"><w:body><w:p><w:r><w:t>{inside}</w:t></w:r></w:p></w:body></w:document>'
    )
    return _zip({"word/document.xml": text.encode(), "[Content_Types].xml": b"<Types/>"})


def _pdf(text: str) -> bytes:
    """A PDF of one page, written by hand, that shows a line of Latin text."""
    stream = f"BT /F1 12 Tf 50 700 Td ({text}) Tj ET".encode()
    parts = [
        b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(stream), stream), b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]  # fmt: skip
    out, places = b"%PDF-1.4\n", []
    for i, part in enumerate(parts, 1):
        places.append(len(out))
        out += b"%d 0 obj%s endobj\n" % (i, part)
    start = len(out)
    out += b"xref\n0 6\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % p for p in places)
    return out + b"trailer<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % start


def _only(name: str, data: bytes) -> documents.Document:
    (document,) = documents.take(name, data)
    return document


@pytest.mark.parametrize("charset", ["utf-8", "gb18030", "utf-16", "utf-8-sig"])
def test_a_figure_stands_in_the_bytes_where_it_is_said_to_stand(charset):
    data = BODY.encode(charset)
    (reading,) = read_bytes("a.txt", data)
    for fact in as_json(reading)["facts"]:
        plain = charset.removesuffix("-sig").replace("utf-16", "utf-16-le")
        assert data[fact["byte_start"] : fact["byte_end"]].decode(plain) == fact["quote"]


def test_a_page_gives_its_body_title_publisher_and_date_and_runs_nothing():
    document = _only("p.html", PAGE.encode())
    assert document.kind == "html"
    assert BODY in document.repaired.text
    assert "&京" in document.repaired.text
    assert not {"999", "63亿", "首页"} & {w for w in ("999", "63亿", "首页") if w in document.repaired.text}
    assert document.source.title == "武清区一季度投资增长"
    assert (document.source.publisher, document.source.published) == ("武清发布", date(2025, 4, 20))
    assert document.repaired.chain.undo(document.repaired.text) == PAGE
    facts = next(iter(read_bytes("p.html", PAGE.encode()))).facts
    assert [(f.value, PAGE[f.raw_start : f.raw_end]) for f in facts][1] == ("35", "新签约项目35个")


def test_a_copy_is_told_from_the_first_publication():
    raw = f"2025-06-30 07:10 来源:某门户\n\n{BODY}\n\n[查看原文](https://news.example.org/2025/04/20/a.shtml)"
    document = _only("c.txt", raw.encode())
    assert document.source.published == date(2025, 4, 20)
    assert document.reposted == date(2025, 6, 30)


def test_word_pdf_and_archives():
    assert _only("a.docx", _docx(BODY)).repaired.text == BODY
    assert "Tianjin port" in _only("a.pdf", _pdf("Tianjin port 120 TEU")).raw
    inside = list(
        documents.take("all.zip", _zip({"a.txt": BODY.encode(), "b/c.html": PAGE.encode(), "x.exe": b"MZ"}))
    )
    assert [d.doc for d in inside] == ["a", "c"]


@pytest.mark.parametrize(
    ("inside", "lines"),
    [
        ("<w:p><w:r><w:t>今年新增</w:t></w:r><w:del><w:r><w:delText>120</w:delText></w:r></w:del><w:ins><w:r><w:t>130</w:t></w:r></w:ins><w:r><w:t>家。</w:t></w:r></w:p>", ["今年新增130家。"]),
        ("<w:p><w:moveFrom><w:r><w:t>旧处88家。</w:t></w:r></w:moveFrom><w:r><w:t>新处88家。</w:t></w:r></w:p>", ["新处88家。"]),
        ("<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>隐藏999家。</w:t></w:r><w:r><w:t>可见5家。</w:t></w:r></w:p>", ["可见5家。"]),
        ("<w:p><w:r><w:t>框外9家。</w:t></w:r><w:r><mc:AlternateContent><mc:Choice><w:txbxContent><w:p><w:r><w:t>框内35亿元。</w:t></w:r></w:p></w:txbxContent></mc:Choice><mc:Fallback><w:txbxContent><w:p><w:r><w:t>框内35亿元。</w:t></w:r></w:p></w:txbxContent></mc:Fallback></mc:AlternateContent></w:r></w:p>", ["框外9家。", "框内35亿元。"]),
        ("<w:tbl><w:tr><w:tc><w:p><w:r><w:t>粮食</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>120</w:t></w:r></w:p></w:tc></w:tr></w:tbl>", ["粮食\t120"]),
    ],
)  # fmt: skip
def test_a_word_document_is_read_as_it_is_shown(inside, lines):
    spaces = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    data = f"<w:document {spaces}><w:body>{inside}</w:body></w:document>"
    assert _only("a.docx", _zip({"word/document.xml": data.encode()})).raw.split("\n") == lines


def test_what_an_index_beside_says_goes_before_what_is_found(tmp_path):
    (tmp_path / "a.txt").write_text(BODY, "utf-8")
    (tmp_path / "index.csv").write_text(
        "file,title,publisher,date\na.txt,武清一季度,武清发布,2024-04-20\n", "utf-8"
    )
    (document,) = documents.load(tmp_path / "a.txt")
    assert (document.source.published, document.source.publisher) == (date(2024, 4, 20), "武清发布")


@pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_an_index_is_read_as_a_spreadsheet_saves_it(tmp_path, charset):
    (tmp_path / "a.txt").write_text(BODY, "utf-8")
    (tmp_path / "index.csv").write_text(
        "file,title,publisher,date\na.txt,示例一季度情况,示例发布,2024/4/20\n", charset
    )
    (document,) = documents.load(tmp_path / "a.txt")
    assert (document.source.published, document.source.publisher) == (date(2024, 4, 20), "示例发布")


def test_an_index_that_is_no_table_is_said(tmp_path):
    (tmp_path / "a.txt").write_text(BODY, "utf-8")
    (tmp_path / "index.csv").write_text('file,title\na.txt,"' + "x" * 200_000, "utf-8")
    done = batch.read(batch.Job(str(tmp_path / "a.txt")))
    assert (done.code, done.rows) == ("index", [])
    assert "index.csv" in done.trouble


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("a.bin", bytes(range(256)) * 20, "binary"),
        ("a.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "binary"),
        ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old_word"),
        ("a.txt", bytes([0x8F, 0xFE, 0x90, 0xFF, 0x81, 0xFF]) * 200, "charset"),
        ("a.zip", b"PK\x03\x04broken", "zip_broken"),
        ("a.pdf", b"%PDF-1.4 broken", "pdf_broken"),
        ("a.pdf", _pdf(""), "pdf_no_text"),
        ("a.docx", _zip({"word/other.xml": b"<a/>"}), "docx"),
        ("bomb.zip", _zip({"a.txt": b"0" * 40_000_000}), "zip_bomb"),
    ],
)
def test_what_cannot_be_read_says_why_and_what_to_do(name, data, code):
    with pytest.raises(Unreadable) as told:
        list(documents.take(name, data))
    assert told.value.code == code
    assert told.value.todo


@pytest.mark.parametrize("charset", ["utf-8", "utf-16", "utf-16-be"])
def test_a_document_that_declares_entities_is_not_read(charset):
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><x>&b;</x>'
    with pytest.raises(Unreadable, match="entities"):
        list(documents.take("a.docx", _zip({"word/document.xml": bomb.encode(charset)})))


def test_a_file_of_200_mb_is_not_opened(tmp_path):
    path = tmp_path / "large.txt"
    with path.open("wb") as stream:
        stream.truncate(201 * 1024 * 1024)
    with pytest.raises(Unreadable, match="201 MB"):
        list(documents.load(path))
    with pytest.raises(Unreadable) as told:
        list(documents.take("a.zip", _zip({f"{i}.txt": b"1" for i in range(20)}), limits=Limits(members=10)))
    assert told.value.code == "zip_members"
    assert limits.LIMITS.file < 201 * 1024 * 1024


def test_copies_are_found_and_others_are_not():
    text = BODY * 3 + OTHER * 2
    copy = text.replace("武清区", "武清").replace("，", ",") + "（某网转载）"
    marks = [
        prints(text),
        prints(copy),
        prints("雄安新区新建公园十座，绿化面积持续增加，居民生活更加便利。" * 4),
    ]
    assert likeness(marks[0], marks[1]) > 0.6
    assert groups(marks) == [[0, 1], [2]]


def test_one_figure_told_in_the_same_words_is_not_copied_yet():
    said = prints("今年一季度，武清区新增企业120家。")
    again = prints("2025年一季度，武清区新增企业120家。")
    assert groups([said, again]) == [[0], [1]]
    assert groups([said, said]) == [[0, 1]]


def test_a_short_piece_is_found_in_a_long_page():
    said = "".join(f"示例区第{n}号项目投资{n * 7}亿元，建设周期{n}个月。" for n in range(8))
    long = said + "".join(f"另有样例县{n}条道路完成改造，惠及居民{n * 31}户。" for n in range(60))
    other = "".join(f"某某河第{n}断面水质{n * 3}次达标，监测点{n}处。" for n in range(60))
    assert groups([prints(said), prints(long), prints(other)]) == [[0, 1], [2]]
