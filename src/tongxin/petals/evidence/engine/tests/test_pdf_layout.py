"""The pages of a PDF become one text: no number of a page stands in a sentence. All is invented."""

from __future__ import annotations

import pytest

from tongxin.petals.evidence.engine import pdf_layout
from tongxin.petals.evidence.engine.api import read_text

LINES = (
    "　　今年上半年，示例市固定资产投资完成120.5亿元，同比增",
    "长6.2%，其中基础设施投资35.6亿元，新签约项目总投资3",
    "12.7亿元，带动就业12000人，服务企业超过2000家，群众满",
    "意度不断提高。",
    "　　下一步，示例市将新建公园6个，改造老旧小区18个，持",
    "续改善人居环境。",
)
WHOLE = "".join(LINES[:4]) + "\n" + "".join(LINES[4:])


def _pages(cuts: tuple[int, ...], over: str = "", under: str = "") -> list[str]:
    starts = (0, *cuts)
    found = []
    for number, (start, end) in enumerate(zip(starts, (*cuts, len(LINES)), strict=True), start=1):
        lines = [over.format(number), *LINES[start:end], under.format(number)]
        found.append("\n".join(line for line in lines if line))
    return found


@pytest.mark.parametrize("cuts", [(), (2,), (1, 2, 5), (2, 3, 4)])
@pytest.mark.parametrize(
    "under", ["", "— {} —", "第{}页", "第 {} 页 共 12 页", "{}", "- {} -", "{} / 12", "Page {} of 12"]
)
def test_numbers_of_pages_stand_in_no_sentence(cuts, under):
    if under == "{}" and not cuts:
        return  # one number alone may be a figure
    assert pdf_layout.text(_pages(cuts, under=under)) == WHOLE


@pytest.mark.parametrize(
    "over", ["示例市人民政府公报　2025年第3期", "示例市2025年上半年经济运行情况 {}", "· {} · 示例公报"]
)
def test_running_heads_of_several_pages_are_left_out(over):
    assert pdf_layout.text(_pages((1, 2, 5), over=over, under="{}")) == WHOLE
    facts = read_text(pdf_layout.text(_pages((2, 3, 4), over=over, under="{}")))
    assert "31270000000" in {fact.value for fact in facts}


def test_what_stands_on_a_page_or_two_is_kept():
    assert "示例市公报" in pdf_layout.text(_pages((2,), over="示例市公报"))
    figures = ["指标 数值\n粮食 120\n86", "指标 数值\n蔬菜 35\n12", "指标 数值\n水果 7\n4"]
    assert pdf_layout.text(figures) == "指标 数值\n粮食 120\n86\n蔬菜 35\n12\n水果 7\n4"


def test_pages_that_hold_one_line_each_keep_it():
    made = pdf_layout.text(["示例公报\n1", "示例公报\n2", "示例公报\n3"])
    assert (made.count("示例公报"), any(c.isdigit() for c in made)) == (3, False)


def test_rows_of_a_table_and_titles_stay_lines():
    table = "示例市2025年上半年主要指标完成情况表\n地区生产总值（亿元） 3862.4 5.4\n固定资产投资（亿元） 612.3 4.1\n规模以上工业增加值（亿元） 97.4 6.0"
    assert pdf_layout.text([table]) == table
