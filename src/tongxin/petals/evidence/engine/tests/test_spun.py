"""Text in which a machine put other words is marked, and text of people is not."""

from __future__ import annotations

from datetime import date

import pytest

from tongxin.petals.evidence.engine import spun
from tongxin.petals.evidence.engine.api import read_text
from tongxin.petals.evidence.engine.repair import repair


@pytest.mark.parametrize(
    "text",
    [
        "示例区财产链延伸，消息技术企业增至12家。",
        "投资增长118。5%，示例园区产值3。2亿元。",
        "今朝，示例市扶植标准厂房，片子、病院等名目放慢落地，良多搭客点赞。",
        "示例局颁布发表，经由过程对接引进12个名目。",
        "示例县钻研生态庇护办法，匡助良多企业美满干系。",
    ],
)
def test_spun_text_is_told(text: str):
    assert spun.spans(text)
    assert repair(text).untrusted


@pytest.mark.parametrize(
    "text",
    [
        "示例区依法保护公民财产，发布消息12条。",
        "范畴、尺度不同，示例学者提出新题目。",
        "共有3。5月，示例市新建学校2所。",
        "办事群众满意，前进方向明确，紧张有序推进。",
        "职务晋升、手艺传承，示例职工受到鞭策。",
    ],
)
def test_text_of_people_is_not(text: str):
    assert spun.spans(text) == []
    assert not repair(text).untrusted


def test_words_of_time_and_number_are_read_as_meant_in_spun_text():
    body = "示例局颁布发表，客岁示例市引进名目12个，园区均匀上座率76.5%。咱们方案来岁再增名目4个，投资增长118。5%。"
    assert repair(body).untrusted
    facts = read_text(body, published=date(2025, 5, 15))
    assert [(f.value, f.period, f.status) for f in facts] == [
        ("12", "2024", "actual"),
        ("76.5", "2024", "actual"),
        ("4", "2026", "planned"),
        ("118.5", "2026", "planned"),
    ]
    assert "均匀上座率" in facts[1].quote
    assert "平均" in facts[1].qualifier


def test_the_same_words_of_people_stay():
    body = "示例市客岁街新设门店12家，均匀分布在4条街道，示例方案再获批准，3家企业参加。"
    assert not repair(body).untrusted
    facts = read_text(body, published=date(2025, 5, 15))
    assert all(f.status == "actual" and "平均" not in f.qualifier for f in facts)


def test_what_is_meant_is_as_long_as_what_stands():
    text = "客岁来岁天天均匀此中，进步到3个。方案来岁再增4个，到达6个，增长118。5%，大约30%阁下，打破7个。"
    assert len(spun.read_as(text)) == len(text)
    assert spun.read_as(text).startswith(
        "去年明年每天平均其中，提高到3个。计划明年再增4个，达到6个，增长118.5%"
    )
