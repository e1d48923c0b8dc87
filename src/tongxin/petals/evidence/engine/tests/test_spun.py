"""Text in which a machine put other words is marked, and text of people is not."""

from __future__ import annotations

import pytest

from tongxin.petals.evidence.engine import spun
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
