"""Facts of many bulletins side by side: agree, conflict, stale, derived; a copy is no second witness."""

from __future__ import annotations

from datetime import date

from tongxin.petals.evidence.engine.api import read_text
from tongxin.petals.evidence.engine.corroborate import Told, corroborate, overlap, span
from tongxin.petals.evidence.engine.facts import Source


def _told(text, publisher, day, origin):
    source = Source(publisher, "", publisher, day)
    return [Told(fact, source, origin) for fact in read_text(text, published=day)]


def _kinds(*told):
    return [v.kind for v in corroborate([t for each in told for t in each])]


A = "今年一季度，武清区新增企业120家。"
DAY = date(2025, 5, 1)


def test_two_publishers_with_one_value_agree():
    assert _kinds(
        _told(A, "甲报", DAY, 0), _told("2025年一季度，武清区新增企业数120家。", "乙报", DAY, 1)
    ) == ["agree"]
    assert _kinds(_told(A, "甲报", DAY, 0), _told("今年一季度，武清区新增企业约118家。", "乙报", DAY, 1)) == [
        "agree"
    ]


def test_a_copy_is_no_second_witness():
    assert _kinds(_told(A, "甲报", DAY, 0), _told(A, "乙网", DAY, 0)) == []
    other = _told("今年一季度，武清区新增企业150家。", "丙报", DAY, 1)
    assert _kinds(_told(A, "甲报", DAY, 0), _told(A, "乙网", DAY, 0), other) == ["conflict"]


def test_two_values_for_one_period_conflict():
    assert _kinds(_told(A, "甲报", DAY, 0), _told("今年一季度，武清区新增企业150家。", "乙报", DAY, 1)) == [
        "conflict"
    ]
    assert (
        _kinds(_told(A, "甲报", DAY, 0), _told("2024年一季度，武清区新增企业150家。", "乙报", DAY, 1)) == []
    )
    assert _kinds(_told(A, "甲报", DAY, 0), _told("今年一季度，宝坻区新增企业150家。", "乙报", DAY, 1)) == []


def test_an_old_value_told_after_the_new_one_is_stale():
    old = _told("截至2023年底，天津市已建成医联体40个。", "甲报", date(2025, 6, 1), 0)
    new = _told("截至2024年底，天津市已建成医联体55个。", "乙报", date(2025, 3, 1), 1)
    assert _kinds(old, new) == ["stale"]


def test_parts_that_add_up_are_derived():
    text = "今年一季度，天津市外贸进出口共计300亿元。其中，出口180亿元；进口120亿元。"
    assert _kinds(_told(text, "甲报", DAY, 0)) == ["derived"]


def test_periods():
    assert span("2025-Q1") == ("2025-01", "2025-03")
    assert overlap("2025-Q1", "2025-01/2025-03")
    assert not overlap("2025", "2025-Q1")
    assert overlap("../2025-03-31", "../2025-03")
