"""Tables of figures: which unit, period, place and change a cell has. All figures are invented (示例)."""

from __future__ import annotations

import io
import zipfile
from datetime import date

import pytest

from tongxin.petals.evidence.engine.api import read_bytes
from tongxin.petals.evidence.engine.documents import Told
from tongxin.petals.evidence.engine.facts import Fact

DAY = date(2025, 6, 20)


def _page(over: str, rows: list[list[str]], title: str = "廊坊市1—5月主要指标") -> str:
    cells = "".join("<tr>" + "".join(f"<td><p>{c}</p></td>" for c in row) + "</tr>\n" for row in rows)
    return (
        f"<html><head><meta charset=utf-8><title>{title}</title></head><body><div class='content'><h1>{title}</h1>"
        f"<p>示例市统计局发布主要指标，全市经济运行总体平稳，稳中有进，长期向好的态势没有改变。</p><p>{over}</p>"
        f"<table border=1>{cells}</table><p>注：数据为初步统计数，部分数据因四舍五入，与分项合计不等。</p></div></body></html>"
    )


def _facts(page: str) -> list[Fact]:
    (reading,) = read_bytes("a.html", page.encode(), Told("", "廊坊市统计局", DAY))
    for fact in reading.facts:
        number = page[slice(*reading.document.repaired.chain.to_raw(*fact.number))]
        assert number
        assert number in page[fact.raw_start : fact.raw_end]
    return reading.facts


def _told(facts: list[Fact]) -> list[tuple[str, ...]]:
    return [
        (
            f.indicator,
            ";".join(f.jurisdictions),
            f.period,
            f.value,
            f.unit,
            ";".join(c.value for c in f.comparisons),
        )
        for f in facts
    ]


MAY = "2025-01/2025-05"


@pytest.mark.parametrize(
    ("over", "rows", "wanted"),
    [
        (
            "主要商品出口情况（单位：亿元，%）",
            [["商品名称", "1—5月累计", "同比"], ["示例电路", "263.4", "15.8"], ["示例药材", "187.2", "-6.3"]],
            [
                ("示例电路出口额", "廊坊市", MAY, "26340000000", "元", "15.8"),
                ("示例药材出口额", "廊坊市", MAY, "18720000000", "元", "-6.3"),
            ],
        ),
        (
            "主要指标完成情况",
            [["指标", "单位", "绝对数", "增速（%）"], ["固定资产投资", "亿元", "312.6", "4.8"], ["#民间投资", "亿元", "-", "3.0"],
             ["粮食产量", "万吨", "1,120.5", "2.1"]],
            [
                ("固定资产投资", "廊坊市", MAY, "31260000000", "元", "4.8"),
                ("民间投资增幅", "廊坊市", MAY, "3", "%", "3"),
                ("粮食产量", "廊坊市", MAY, "11205000", "吨", "2.1"),
            ],
        ),
        (
            "各地情况",
            [["地区", "一般公共预算收入（亿元）", "同比增长（%）"], ["三河市", "41.2", "5.5"], ["香河县", "18.9", "-1.2"]],
            [
                ("一般公共预算收入", "三河市", MAY, "4120000000", "元", "5.5"),
                ("一般公共预算收入", "香河县", MAY, "1890000000", "元", "-1.2"),
            ],
        ),
        (
            "工业增速",
            [["行业", "同比增长（%）"], ["示例制造业", "7.1"], ["示例采矿业", "-2.4"]],
            [
                ("示例制造业增幅", "廊坊市", MAY, "7.1", "%", "7.1"),
                ("示例采矿业增幅", "廊坊市", MAY, "-2.4", "%", "-2.4"),
            ],
        ),
        (
            "两年情况",
            [["指标", "2023年", "2024年", "2024年比上年增长（%）"], ["示例产业产值（亿元）", "100", "112.5", "12.5"]],
            [
                ("示例产业产值", "廊坊市", "2023", "10000000000", "元", ""),
                ("示例产业产值", "廊坊市", "2024", "11250000000", "元", "12.5"),
            ],
        ),
        (
            "当月和累计（单位：万吨）",
            [["指标", "5月", "1—5月", "当月同比（%）", "累计同比（%）"], ["示例港吞吐量", "212", "1045.6", "3.3", "8.3"]],
            [
                ("示例港吞吐量", "廊坊市", "2025-05", "2120000", "吨", "3.3"),
                ("示例港吞吐量", "廊坊市", MAY, "10456000", "吨", "8.3"),
            ],
        ),
        (
            "上下两行的表头",
            [["指标", "5月", "1—5月"], ["总量（亿元）", "增速（%）", "总量（亿元）", "增速（%）"], ["社会消费品零售总额", "60.1", "4.0", "288", "5.2"]],
            [
                ("社会消费品零售总额", "廊坊市", "2025-05", "6010000000", "元", "4"),
                ("社会消费品零售总额", "廊坊市", MAY, "28800000000", "元", "5.2"),
            ],
        ),
        (
            "跨行的单元格（单位：家）",
            [["类别", "企业", "1—5月"], ["工业", "示例园区新增企业数", "120"], ["示例港区新增企业数", "86"]],
            [
                ("示例园区新增企业数", "廊坊市", MAY, "120", "家", ""),
                ("示例港区新增企业数", "廊坊市", MAY, "86", "家", ""),
            ],
        ),
    ],
)  # fmt: skip
def test_a_cell_is_read_with_its_head_and_row(over, rows, wanted):
    found = _facts(_page(over, rows))
    if over.startswith("跨行"):  # the row tells what it is of, in its first cell that is no number
        found = [f for f in found if f.value in ("120", "86")]
        assert [(f.value, f.unit, f.period) for f in found] == [(w[3], w[4], w[2]) for w in wanted]
        return
    assert _told(found) == wanted


@pytest.mark.parametrize(
    "rows",
    [
        [["科室", "联系电话"], ["办公室", "5211234"], ["综合科", "5215678"]],
        [["车次", "到站", "开点"], ["示例1次", "7.15", "7.18"], ["示例2次", "8.05", "8.07"]],
        [["单位", "位次"], ["三河市", "1"], ["香河县", "2"]],
        [["指标", "1—5月"], ["示例指数", "101.3"], ["示例系数", "0.38"]],
        [["序号", "项目"], ["1", "示例大桥"], ["2", "示例水厂"]],
    ],
)
def test_a_number_without_a_unit_is_not_read(rows):
    assert _facts(_page("附表", rows)) == []


@pytest.mark.parametrize(
    "table",
    [
        "商品名称 1—5月累计 同比\n示例电路 263.4 15.8\n示例药材 187.2 -6.3",
        "商品名称　　1—5月累计　　同比\n示例电路　　263.4　　15.8\n示例药材　　187.2　　-6.3",
        "| 商品名称 | 1—5月累计 | 同比 |\n|---|---:|---:|\n| 示例电路 | 263.4 | 15.8 |\n| 示例药材 | 187.2 | -6.3 |",
    ],
)
def test_a_table_in_a_text_is_read(table):
    text = (
        f"廊坊市1—5月进出口情况\n\n附表：主要商品出口情况（单位：亿元，%）\n{table}\n\n注：数据为初步统计数。"
    )
    (reading,) = read_bytes("a.txt", text.encode(), Told("", "廊坊市统计局", DAY))
    assert _told(reading.facts) == [
        ("示例电路出口额", "廊坊市", MAY, "26340000000", "元", "15.8"),
        ("示例药材出口额", "廊坊市", MAY, "18720000000", "元", "-6.3"),
    ]


def test_lines_with_a_number_are_no_table():
    text = "示例区新闻\n\n要闻 3\n示例区今年新增企业120家。\n第 5 版\n单位：亿元\n热线 5211234\n邮编 065000"
    (reading,) = read_bytes("a.txt", text.encode(), Told("", "廊坊市统计局", DAY))
    assert [f.value for f in reading.facts] == ["120"]


def test_cells_with_their_own_unit_are_read_like_text():
    found = _facts(
        _page("附表", [["事项", "完成情况"], ["示例公园", "新建公园35个"], ["示例道路", "新建道路12公里"]])
    )
    assert [(f.value, f.unit) for f in found] == [("35", "个"), ("12000", "米")] or [
        f.value for f in found
    ] == ["35", "12"]


def test_the_rows_of_a_word_document_are_lines_of_cells():
    w = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"

    def paragraph(told: str) -> str:
        return f"<w:p><w:r><w:t>{told}</w:t></w:r></w:p>"

    rows = [["指标", "1—5月", "同比（%）"], ["固定资产投资（亿元）", "312.6", "4.8"]]
    table = "".join(
        "<w:tr>" + "".join(f"<w:tc>{paragraph(c)}</w:tc>" for c in row) + "</w:tr>" for row in rows
    )
    body = paragraph("廊坊市1—5月主要指标") + f"<w:tbl>{table}</w:tbl>" + paragraph("注：数据为初步统计数。")
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(
            "word/document.xml", f'<w:document xmlns:w="{w}"><w:body>{body}</w:body></w:document>'
        )
    (reading,) = read_bytes("a.docx", out.getvalue(), Told("", "廊坊市统计局", DAY))
    assert reading.document.repaired.text.split("\n")[1:3] == ["\t".join(row) for row in rows]
    assert _told(reading.facts) == [("固定资产投资", "廊坊市", MAY, "31260000000", "元", "4.8")]
