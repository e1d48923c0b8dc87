"""Who published first and when, told apart from copies and from days that mislead. All names and days are invented."""

from __future__ import annotations

from datetime import date

import pytest

from tongxin.petals.evidence.engine import documents

BODY = (
    "今年以来，示例区持续推进项目建设，新签约项目35个，总投资120.5亿元，服务企业超过2000家，群众满意度不断提高。\n"
    "示例区召开座谈会，研究部署今年的生态环境工作，要求各镇加快推进造林绿化，确保如期完成任务，取得更大成效。"
)
TITLE = "示例区项目建设稳步推进"


def _take(name: str, text: str) -> documents.Document:
    (document,) = documents.take(name, text.encode())
    return document


def _text(over: str, under: str = "", body: str = BODY) -> documents.Document:
    return _take("a.txt", f"{TITLE}\n{over}\n{body}\n{under}")


def _page(head: str = "", over: str = "", under: str = "", body: str = BODY) -> documents.Document:
    told = "".join(f"<p>{p}</p>" for p in body.split("\n"))
    return _take(
        "a.html",
        f"<html><head><meta charset=utf-8><title>{TITLE}_示例网</title>{head}</head><body><div class='top'>今天是2025年8月2日 星期六</div>"
        f"<div class='main'><h1>{TITLE}</h1><div class='info'>{over}</div><div class='content'>{told}</div></div>"
        f"<div class='side'><ul><li>2019-05-20 示例招商政策解读</li></ul></div>{under}"
        "<div class='footer'>版权所有 © 2010-2025 示例网 更新于2026-01-01</div></body></html>",
    )


@pytest.mark.parametrize(
    ("over", "day"),
    [
        ("发布时间：2025-04-20 08:00　来源：示例日报", date(2025, 4, 20)),
        ("时间:2025年4月20日 来源:示例日报 浏览次数:2019", date(2025, 4, 20)),
        ("来源：示例日报　发布日期：2025/04/20　打印日期：2025-09-01", date(2025, 4, 20)),
        ("更新时间：2025-06-01　发布时间：2025-04-20　来源：示例日报", date(2025, 4, 20)),
        ("2025-04-20 08:00:12 来源：示例日报 责任编辑：示例", date(2025, 4, 20)),
        ("生成日期：2025-04-18　发布日期：2025-04-20　来源：示例日报", date(2025, 4, 20)),
        ("二〇二五年四月二十日　来源：示例日报", date(2025, 4, 20)),
        ("示例日报 2025年04月20日 星期日 第03版：要闻", date(2025, 4, 20)),
        ("热点\n2024-01-02 示例政策解读\n时间：2025-04-20 来源：示例日报", date(2025, 4, 20)),
        ("成文日期：2025-04-18　发布日期：2025-04-20　来源：示例日报", date(2025, 4, 20)),
        ("来源：示例日报\n今天是2025年8月2日 星期六\n2025-04-20", date(2025, 4, 20)),
        ("来源：示例日报　打印时间：2025-09-01", None),
    ],
)
def test_the_day_of_publication_is_told_from_others(over, day):
    for document in (_text(over), _page(over=over.replace("\n", "<br>"))):
        assert (document.source.published, document.source.publisher) == (day, "示例日报")
        assert document.reposted is None


@pytest.mark.parametrize(
    "head",
    [
        "<!-- saved from url=(0052)https://www.example.org/art/2025/4/20/art_1_2.html --><meta name=ContentSource content='示例日报'>",
        "<!-- saved from url=(0052)https://www.example.org/202504/t20250420_1.html --><meta name=ContentSource content='示例日报'>",
        "<meta name=ContentSource content='示例日报'></head><body><p><time datetime='2025-04-20T08:20:00+08:00'>3个月前</time></p>",
        '<meta name="PubDate" content="2025-04-20 08:00"><meta name="ContentSource" content="示例日报">',
        '<meta content="示例日报" name="ContentSource"><meta content="2025-04-20" name="pubdate"><meta name="SiteName" content="示例网">',
        '<meta property="article:published_time" content="2025-04-20T08:00:00+08:00"><meta property="og:site_name" content="示例日报">',
        '<script type="application/ld+json">{"datePublished":"2025-04-20T08:00:00","publisher":{"name":"示例日报"}}</script>',
        "<script>var nickname = htmlDecode(\"示例日报\"); var ct = '1745107200';</script>",
    ],
)
def test_the_head_of_a_page_tells(head):
    document = _page(head)
    assert (document.source.published, document.source.publisher) == (date(2025, 4, 20), "示例日报")


@pytest.mark.parametrize(
    ("over", "under", "body"),
    [
        ("发布时间：2025-08-23 14:02 已有 3412 人围观\n来源：示例日报 2025-04-20 07:36", "", BODY),
        ("转载时间：2025-08-23\n发布时间：2025-04-20　来源：示例日报", "", BODY),
        ("2025-08-23 10:00 来源：示例日报", "", "记者4月20日从示例区获悉，" + BODY),
        ("2025-08-23 10:00 来源：示例日报", "", "示例社示例区4月20日电 " + BODY),
        ("2025-08-23 10:00 来源：示例日报", "", "今天（4月20日），" + BODY),
        ("2025-08-23　来源：示例日报", "原文链接：https://news.example.org/2025/04/20/a.shtml", BODY),
        ("2025-08-23　来源：示例日报", "示例区统计局\n2025年4月20日", BODY),
        ("2025-08-23　来源：示例日报\n首发时间：2025-04-20", "", BODY),
    ],
)
def test_the_day_of_a_copy_is_told_from_that_of_the_original(over, under, body):
    document = _text(over, under, body)
    assert (document.source.published, document.reposted) == (date(2025, 4, 20), date(2025, 8, 23))
    assert document.source.publisher == "示例日报"


@pytest.mark.parametrize(
    ("over", "body", "day"),
    [
        # the paper of the next day is no copy; a day of what happened is none of publication; 2014 is a year compared with
        ("2025-04-21 来源：示例日报", "记者4月20日从示例区获悉，" + BODY, date(2025, 4, 21)),
        ("2025-04-20 来源：示例日报", BODY + "\n项目于3月2日开工，5月1日前建成。", date(2025, 4, 20)),
        ("2025-04-20 来源：示例日报", BODY + "\n里程较2014年增长一倍，比2015年提高两成。", date(2025, 4, 20)),
        # a copy's own day, years after what the text tells
        ("2025-04-20 来源：示例日报", "记者2021年5月12日从示例区获悉，" + BODY, date(2021, 5, 12)),
    ],
)
def test_what_the_text_tells_is_weighed(over, body, day):
    assert _text(over, body=body).source.published == day


@pytest.mark.parametrize(
    ("over", "under", "who"),
    [
        ("2025-04-20 信息来源：示例区统计局 字号：大 中 小", "", "示例区统计局"),
        ("2025-04-20 稿源：“示例发布”微信公众号", "", "示例发布"),
        ("2025-04-20 来源 | 示例区融媒体中心", "", "示例区融媒体中心"),
        ("2025-04-20 来源丨示例区融媒体中心 编辑丨某某", "", "示例区融媒体中心"),
        ("2025-04-20 来  源：示例日报 作  者：某某", "", "示例日报"),
        ("2025-04-20 发布者：示例区统计局", "", "示例区统计局"),
        ("2025-04-20 发布者：admin 浏览：35", "", ""),
        ("2025-04-20 来源：【示例日报】", "", "示例日报"),
        ("2025-04-20 08:00　示例日报　评论(35)", "", "示例日报"),
        ("示例发布 2025-04-20 18:30 河北", "来源 | 示例区融媒体中心", "示例发布"),
        ("2025-04-20 08:00", "（来源：示例日报）", "示例日报"),
        ("2025-04-20 08:00", "（本文转自示例日报）", "示例日报"),
        ("2025-04-20 08:00", "本文转载自示例日报，版权归原作者所有", "示例日报"),
        ("2025-04-20 来源：本站原创", "责任编辑：示例", ""),
        ("2025-04-20 来源：互联网", "凡本网注明“来源：示例网”的作品，版权归本网所有。", ""),
    ],
)
def test_the_publisher_is_told_from_whoever_copied(over, under, who):
    assert _text(over, under).source.publisher == who


def test_the_source_of_the_original_is_told_from_that_of_the_copy():
    document = _text("2025-08-23 08:12:33 来源：某某资讯", "（来源：示例日报 2025年4月20日 记者 示例）")
    assert (document.source.published, document.reposted) == (date(2025, 4, 20), date(2025, 8, 23))
    assert document.source.publisher == "示例日报"


@pytest.mark.parametrize(
    ("text", "day"),
    [
        (
            f"示例县政府工作报告\n——2025年1月8日在示例县第十届人民代表大会第五次会议上\n{BODY}",
            date(2025, 1, 8),
        ),
        (f"2025年示例县政府工作报告\n各位代表：\n{BODY}\n一、2024年工作回顾", date(2025, 1, 31)),
        (f"政府工作报告(2025年)\n现在，我代表国务院，向大会报告政府工作。\n{BODY}", date(2025, 3, 5)),
        (f"示例区总结\n{BODY}\n2024年，示例区新增企业120家。", date(2024, 12, 31)),
    ],
)
def test_a_report_without_a_day_is_of_when_such_reports_are_given(text, day):
    assert _take("a.txt", text).source.published == day


def test_remains_of_tags_do_not_make_a_text_a_page():
    text = f"{TITLE}\n来源：示例日报 2025-04-20\n{BODY}<br/></p>\n<div>{BODY}</div>"
    document = _take("a.txt", text)
    assert document.kind == "text"
    assert document.source.published == date(2025, 4, 20)
    assert "<" not in document.repaired.text


def test_a_table_over_a_document_tells():
    over = "<table><tr><td>索引号：</td><td>000/2025-31</td><td>发文机关：</td><td>示例县人民政府办公室</td></tr><tr><td>发布日期：</td><td>2025-04-20</td></tr></table>"  # fmt: skip
    document = _page(over=over)
    assert (document.source.published, document.source.publisher) == (
        date(2025, 4, 20),
        "示例县人民政府办公室",
    )


def test_damaged_lines_are_repaired_before_they_are_read():
    body = "天津協(xié)同發(fā)展取得成效，兩(liǎng)地簽(qiān)約項(xiàng)目35個(gè)，總(zǒng)投資120.5億(yì)元，服務(wù)企業(yè)2000家，成效明顯。"
    document = _page(over="來(lái)源:示例日報(bào) 2025-04-20 07:36 記(jì)者 示例", body=body)
    assert (document.source.published, document.source.publisher) == (date(2025, 4, 20), "示例日报")
