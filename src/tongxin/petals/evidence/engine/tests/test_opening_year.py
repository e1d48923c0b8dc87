"""A sentence that opens with a year: quarters, months and 全年 in it that name none are of that year."""

from __future__ import annotations

from datetime import date

import pytest

from tongxin.petals.evidence.engine.api import read_text

DAY = date(2025, 2, 1)


@pytest.mark.parametrize(
    ("text", "periods"),
    [
        ("2022年，廊坊市全年地区生产总值3064.2亿元。", ["2022"]),
        ("2023年，廊坊市上半年示例产业产值621亿元。", ["2023-H1"]),
        ("2024年，武清区3月新增企业30家。", ["2024-03"]),
        # It holds for its sentence, not for what names its own year or is compared with
        ("2023年，武清区新增企业30家。一季度新增企业12家。", ["2023", "2025-Q1"]),
        ("2023年，武清区新增企业30家，今年一季度新增12家。", ["2023", "2025-Q1"]),
        ("2023年，武清区新增企业30家，去年新增42家。", ["2023", "2024"]),
    ],
)
def test_what_names_no_year_is_of_the_year_that_opens_the_sentence(text, periods):
    assert [f.period for f in read_text(text, published=DAY)] == periods
