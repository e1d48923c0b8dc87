"""The title of a bulletin: told from the name of the site, the column, what is printed again, the first sentence."""

from __future__ import annotations

import pytest

from tongxin.petals.evidence.engine import documents, titles

TITLE = "示例区一季度固定资产投资增长6.2%"
BODY = (
    "今年一季度，示例区固定资产投资完成120.5亿元，同比增长6.2%，新签约项目35个，服务企业超过2000家。\n\n"
    "示例区召开座谈会，研究部署今年的生态环境工作，要求各镇加快推进造林绿化，确保如期完成任务。"
)


def _take(text: str) -> documents.Document:
    (document,) = documents.take("a.txt", text.encode())
    assert document.repaired.chain.undo(document.repaired.text) == document.raw
    return document


@pytest.mark.parametrize(
    "head",
    [
        TITLE,
        f"　　{TITLE}",
        f"# {TITLE}",
        f"{TITLE}\n{TITLE}",
        f"{TITLE}_示例区人民政府",
        f"{TITLE} - 示例网",
        f"{TITLE}-示例新闻网\n\n{TITLE}",
        f"{TITLE}_要闻动态_示例网\n{TITLE}\n2025-04-20 来源：示例日报\n{TITLE}",
        f"{TITLE}（示例网）",
        f"【示例要闻】{TITLE}",
        f"【示例要闻】\n{TITLE}",
        f"示例要闻 | {TITLE}",
        f"首页 > 新闻 > 正文\n{TITLE}\n2025-04-20 来源：示例日报",
        f"当前位置：首页 > 新闻\n标题：{TITLE}\n发布时间：2025-04-20",
        f"2025-04-20 来源：示例日报\n{TITLE}",
        f"https://www.example.org/xw/t20250420_1234.html\n{TITLE}",
        f"示例日报 2025年04月20日 星期日 第03版：要闻\n{TITLE}",
        f"热点\n2024-01-02 示例政策解读\n{TITLE}",
    ],
)
def test_the_title_is_found_and_stands_once(head):
    document = _take(f"{head}\n{BODY}")
    assert document.source.title == TITLE
    assert document.repaired.text.count(TITLE) == 1
    assert document.repaired.text.endswith(BODY)
    assert not {"示例网", "示例新闻网", "示例区人民政府"} & set(document.repaired.text.split("_"))


@pytest.mark.parametrize(
    "text",
    [
        BODY,
        "3月2日，示例区、甲区、乙区、丙区有关负责人参加会议。\n" + BODY,
        "示例区今年以来持续推进项目建设，完善机制，压实责任，取得成效；\n" + BODY,
    ],
)
def test_a_first_sentence_is_no_title(text):
    document = _take(text)
    assert document.source.title == ""
    assert document.repaired.text == text


@pytest.mark.parametrize(
    ("told", "title"),
    [
        ("示例区新增公园10座-示例区人民政府门户网站", "示例区新增公园10座"),
        ("示例区政务公开_示例区新增公园10座", "示例区新增公园10座"),
        ("甲—乙城际铁路1-6月客流增长一成", "甲—乙城际铁路1-6月客流增长一成"),
        ("2021-2025年示例区公园建设情况", "2021-2025年示例区公园建设情况"),
        ("[视频]示例区新增公园10座", "示例区新增公园10座"),
    ],
)
def test_the_title_of_a_window_is_cut_from_the_name_of_the_site(told, title):
    assert titles.of_window(told) == title
