"""Pages in many shapes give their body, title, publisher and day; those without text say why. All is invented."""

from __future__ import annotations

import base64
import quopri
from datetime import date

import pytest

from tongxin.petals.evidence.engine import datelines
from tongxin.petals.evidence.engine.documents import Document, document
from tongxin.petals.evidence.engine.limits import Unreadable
from tongxin.petals.evidence.engine.tests import made_pages
from tongxin.petals.evidence.engine.tests.cms_pages import Raw
from tongxin.petals.evidence.engine.tests.layout_pages import LAYOUTS
from tongxin.petals.evidence.engine.tests.site_pages import SITES

TITLE = "示例市上半年签约项目35个"
LINES = [
    "今年上半年，示例市新签约项目35个，总投资120.5亿元，同比增长6.2%。",
    "示例产业园新增企业40家，带动就业1200人，其中外来人员占三成。",
    "下一步，示例市将新建公园6个，改造老旧小区18个。",
]
BODY = "".join(f"<p>{line}</p>" for line in LINES)
NAV = '<div class="nav"><a href="/">首页</a><a>政务公开</a></div>'
PAGE = (
    f'<!DOCTYPE html><html><head><meta charset="utf-8"><title>{TITLE}</title></head><body>{NAV}<h1>{TITLE}</h1>'
    f"<div>2025-07-18 来源：示例日报</div>{BODY}</body></html>"
)


def _lines(found: Document) -> list[str]:
    return [line.strip() for line in found.repaired.text.split("\n") if line.strip()]


@pytest.mark.parametrize("raw", SITES + LAYOUTS, ids=lambda r: r.name)
def test_the_body_and_the_origin_of_a_page(raw: Raw):
    found = document("p.html", raw.page.encode())
    assert _lines(found) == raw.wanted.split("\n")
    told = (found.source.title, found.source.publisher, found.source.published, found.reposted)
    assert told == (raw.title, raw.publisher, raw.published, raw.reposted)
    assert found.repaired.chain.undo(found.repaired.text) == raw.page


@pytest.mark.parametrize("file", ["p.html", "t20250718_1.shtml", "view.jsp", "info.aspx", "p.htm"])
@pytest.mark.parametrize(
    ("declared", "charset"),
    [
        ("utf-8", "utf-8"), ("gb2312", "gb18030"), ("utf-8", "gb18030"), ("gb2312", "utf-8"), ("gb2312", "utf-8-sig"),
        ("unicode", "utf-16-le"), ("unicode", "utf-16-be"), ("gb2312", "utf-16"),
    ],
)  # fmt: skip
def test_a_page_in_any_charset_whatever_it_declares(file, declared, charset):
    found = document(file, PAGE.replace("utf-8", declared).encode(charset))
    assert _lines(found) == [TITLE, *LINES]
    assert (found.source.title, found.source.publisher) == (TITLE, "示例日报")
    assert found.decoded.encoded() == PAGE.replace("utf-8", declared).encode(charset)[found.decoded.skipped :]


@pytest.mark.parametrize("charset", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("text", ["\n".join(LINES), "示例市新增企业，" * 9 + "协同发展。"])
def test_a_text_in_utf_16_without_a_mark(charset, text):
    found = document("a.txt", text.encode(charset))
    assert (found.raw, found.decoded.charset) == (text, charset)


def test_private_characters_are_kept():
    page = PAGE.replace("产业园", "\ue5e5产业园").replace("utf-8", "gbk")
    found = document("p.html", page.encode("gb18030"))
    assert "示例\ue5e5产业园新增企业40家" in found.repaired.text


def _archive(how: str, charset: str = "utf-8", page: str = PAGE) -> bytes:
    data = page.replace("utf-8", charset).encode("gb18030" if charset == "gb2312" else charset)
    packed = {"quoted-printable": quopri.encodestring, "base64": base64.encodebytes, "8bit": bytes}[how](data)
    address = "https://www.example.org/c/2025-07/18/1.html"
    return (
        f"From: <Saved by a browser>\r\nSnapshot-Content-Location: {address}\r\nSubject: x\r\n"
        "Date: Sat, 30 Aug 2025 08:00:00 -0000\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/related;\r\n\ttype="text/html";\r\n\tboundary="--b"\r\n\r\n\r\n----b\r\n'
        f'Content-Type: text/html; charset="{charset}"\r\nContent-Transfer-Encoding: {how}\r\n'
        f"Content-Location: {address}\r\n\r\n"
    ).encode() + packed + b"\r\n----b\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\niVBORw0KGgo=\r\n----b--\r\n"  # fmt: skip


@pytest.mark.parametrize("file", ["p.mht", "p.mhtml", "p.html"])
@pytest.mark.parametrize(
    ("how", "charset"),
    [("quoted-printable", "utf-8"), ("base64", "utf-8"), ("8bit", "utf-8"), ("quoted-printable", "gb2312")],
)
def test_a_web_archive_is_read(file, how, charset):
    found = document(file, _archive(how, charset))
    assert _lines(found) == [TITLE, *LINES]
    assert (found.doc, found.kind) == ("p", "mht")
    told = (found.source.title, found.source.publisher, found.source.published)
    assert told == (TITLE, "示例日报", date(2025, 7, 18))


def test_a_web_archive_tells_the_day_by_its_address_and_one_without_a_page_is_said():
    bare = _archive("base64", page=PAGE.replace("2025-07-18 ", ""))
    assert document("p.mht", bare).source.published == date(2025, 7, 18)
    with pytest.raises(Unreadable) as told:
        document("p.mht", bare.replace(b"text/html; ", b"text/css; "))
    assert told.value.code == "mht"


def _bare(inside: str, head: str = "") -> str:
    return f"<html><head><meta charset=utf-8><title>{TITLE}</title>{head}</head><body>{NAV}{inside}</body></html>"


SCRIPT = BODY.replace('"', "")
WITHOUT_TEXT = {
    "data of a script": (_bare(f'<div id="app"></div><script>var x={{"content":"{SCRIPT}"}}</script>'), "html_script"),
    "data in escapes": (_bare("<div>加载中…</div><script>{'t':'\\uff0c\\uff0c\\u3002\\u3002'}</script>"), "html_script"),
    "data for search engines": (_bare("<div id=root></div>", f'<script type="application/ld+json">{{"articleBody":"{"".join(LINES)}"}}</script>'), "html_script"),
    "a field": (_bare(f'<h1>{TITLE}</h1><textarea style="display:none">{BODY.replace("<", "&lt;")}</textarea>'), "html_script"),
    "a hidden value": (_bare(f'<input type="hidden" value="{BODY.replace("<", "&lt;").replace(">", "&gt;")}"/>'), "html_script"),
    "frames": ('<html><frameset cols="200,*"><frame src="a.htm"><frame src="b.htm"><noframes><body>您的浏览器不支持框架</body></noframes></frameset></html>', "html_frames"),
    "a frame": (_bare('<iframe src="content.html" width=100%></iframe>'), "html_frames"),
    "leads on": ('<html><head><meta http-equiv="refresh" content="0;url=/index/a.html"><title>跳转</title></head><body></body></html>', "html_leads_on"),
    "leads on by script": ('<html><head><script>window.location.href="/a.html";</script></head><body>页面跳转中，请稍候</body></html>', "html_leads_on"),
    "a list": (_bare("<ul>" + "".join(f'<li><a href="{n}">示例市前{n}个月签约项目{n}5个</a></li>' for n in range(1, 10)) + "</ul>"), "html_list"),
    "nothing": ("<html><head></head><body><img src=1.png></body></html>", "html_empty"),
}  # fmt: skip


@pytest.mark.parametrize("name", WITHOUT_TEXT)
def test_a_page_without_text_says_why(name):
    page, code = WITHOUT_TEXT[name]
    with pytest.raises(Unreadable) as told:
        document("p.html", page.encode())
    assert (told.value.code, bool(told.value.todo)) == (code, True)


@pytest.mark.parametrize(
    "inside",
    [
        f'<h1>{TITLE}</h1><iframe src="a.html"></iframe><p>全年新增企业120家</p>',
        f"<h1>{TITLE}</h1><p>{LINES[0]}</p><script>var x='，，，。。。'</script>",
        "<p>示例区召开会议。</p><script>location.href='#top'</script>",
    ],
)
def test_a_short_text_is_a_text(inside):
    assert document("p.html", _bare(inside).encode()).repaired.text.strip()


@pytest.mark.parametrize(
    ("line", "name", "wire"),
    [
        ("　　示例社某某市11月3日电（记者 某某）今年以来，", "示例社", True),
        ("【示例观察】样例网某某11月3日讯 今年以来，", "样例网", True),
        ("样例日报讯（记者 某某）今年以来，", "样例日报", True),
        ("样例都市报记者某某报道：今年以来，", "样例都市报", False),
        ("（样例晚报首席记者 某某 通讯员 某某）记者从示例区获悉，", "样例晚报", False),
        ("据《样例日报》报道，今年以来，", "样例日报", False),
        ("样例电视台记者从示例区获悉，", "样例电视台", False),
        ("本报某某11月3日电 今年以来，", "", False),
        ("本报讯（记者 某某）今年以来，", "", False),
        ("示例区气象台发布消息，11月3日有雨。", "", False),
        ("记者11月3日从示例区获悉，", "", False),
        ("示例电网11月3日送电，", "", False),
        ("社区报名人数35人，", "", False),
    ],
)
def test_lines_that_tell_who_reported(line, name, wire):
    found = datelines.dateline(line + "示例区新签约项目35个。")
    assert (found.name if found else "", found.wire if found else False) == (name, wire)


@pytest.mark.parametrize(
    ("end", "who"),
    [
        ("（样例日报记者 某某）", "样例日报"),
        ("（样例晚报全媒体记者 某某 通讯员 某某）", "样例晚报"),
        ("（记者 某某）", ""),
        ("（本报记者 某某）", ""),
        ("（详见示例日报）", ""),
    ],
)
def test_a_reporter_named_at_the_end(end, who):
    assert datelines.credit(f"示例区新签约项目35个。{end}") == who


@pytest.mark.parametrize(
    ("over", "line", "who", "day", "copied"),
    [
        ("2025-11-04 来源：某门户网", "样例社某某11月3日电", "样例社", date(2025, 11, 3), date(2025, 11, 4)),
        ("2026-01-02 来源：某门户网", "样例社某某12月30日电", "样例社", date(2025, 12, 30), date(2026, 1, 2)),
        ("2025-11-04 来源：样例网", "样例社某某11月3日电", "样例网", date(2025, 11, 4), None),
        ("2025-11-04 来源：某门户网", "样例日报记者某某报道", "样例日报", date(2025, 11, 4), None),
        ("2025-11-04 来源：样例日报", "本报某某11月3日电", "样例日报", date(2025, 11, 4), None),
    ],
)
def test_who_sent_it_out_goes_before_who_shows_it(over, line, who, day, copied):
    found = document("a.txt", f"{TITLE}\n{over}\n{line}　{LINES[0]}\n{LINES[1]}".encode())
    assert (found.source.publisher, found.source.published, found.reposted) == (who, day, copied)


def test_pages_put_together_by_chance():
    wrong = []
    for seed in range(250):
        page, lines = made_pages.make(seed)
        found = document("p.html", page.encode())
        told = (found.source.title, found.source.publisher, found.source.published, found.reposted)
        if (
            [line for line in _lines(found) if line != TITLE] != lines
            or told != (TITLE, "示例日报", date(2025, 7, 18), None)
            or found.repaired.chain.undo(found.repaired.text) != page
        ):
            wrong.append(seed)
    assert wrong == []


@pytest.mark.parametrize("heading", ["相关稿件", "推荐阅读", "热门推荐"])
def test_the_heading_of_another_part_over_the_article_itself_loses_nothing(heading):
    beside = f'<div class="tab"><h3>视频简介</h3><p>{LINES[0]}</p></div>'
    body = f'<div class="m"><h3>{heading}</h3><div class="bd">{BODY}{BODY}</div></div>'
    found = document("p.html", f"<html><body><h1>示例联播快讯</h1>{body}{beside}</body></html>".encode())
    assert set(LINES) <= set(_lines(found))
