"""The day of publication where no page tells it, and the line of office and day. All names and days are invented."""

from __future__ import annotations

from datetime import date

import pytest

from tongxin.petals.evidence.engine import documents
from tongxin.petals.evidence.engine.api import read_bytes
from tongxin.petals.evidence.engine.days import DAY, dates, issued


def _take(name: str, text: str) -> documents.Document:
    (document,) = documents.take(name, text.encode())
    return document


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2025年1-5月，示例区固定资产投资188.7亿元。", date(2025, 5, 31)),
        ("2025年前两个月，示例区进出口18.6亿元。", date(2025, 2, 28)),
        ("2025年10月，示例区签约12份。2022年至2024年年均增长11.5%。", date(2025, 10, 31)),
        ("2024年示例区投资12亿元。2024年3月5日开工。", date(2024, 3, 5)),
        ("2024年，示例区投资12亿元。预计2027年6月完成二期。", date(2024, 12, 31)),
        ("2024年，示例区投资12亿元，项目2026年9月建成投用。", date(2024, 12, 31)),
        ("2024年，示例区投资12亿元，2026年6月30日前完成二期。", date(2024, 12, 31)),
    ],
)
def test_a_guess_lies_not_before_what_is_told_as_past(text, day):
    assert _take("a.txt", text).source.published == day


@pytest.mark.parametrize("text", ["2025年1-5月", "2025年1.5万亿元", "2025-1-5月", "2025年1.5亿"])
def test_months_and_amounts_are_no_days(text):
    assert dates(text, DAY) == []


@pytest.mark.parametrize(
    "text", ["2025年1月5日", "2025-1-5", "2025/01/05 08:00", "2025.1.5", "2025 年 1 月 5 日"]
)
def test_days_are_days(text):
    assert dates(text, DAY) == [date(2025, 1, 5)]


def test_a_page_of_a_table_tells_its_day_over_it():
    page = (
        "<html><body><h2>示例区2025年1-5月主要指标</h2><p>发布日期：2025-06-20</p><table><tr><th>指标</th><th>单位</th>"
        "<th>1-5月累计</th></tr><tr><td>固定资产投资</td><td>亿元</td><td>188.7</td></tr></table></body></html>"
    )
    (reading,) = read_bytes("a.html", page.encode())
    assert reading.document.source.published == date(2025, 6, 20)
    assert [(f.value, f.period) for f in reading.facts] == [("18870000000", "2025-01/2025-05")]


@pytest.mark.parametrize(
    ("head", "title"),
    [("示例市公报", "示例市公报"), ("示例市2023年发展情况", "示例市2023年发展情况"), ("", "")],
)
def test_the_line_of_office_and_day_is_no_title(head, title):
    body = "2023年示例市实现地区生产总值1433.98亿元，比上年增长4.8%，其中第一产业增加值12.1亿元，增长3.2%。"
    source = _take("a.txt", f"{head}\n示例市统计局 2024-03-15\n\n{body}").source
    assert (source.title, source.publisher, source.published) == (title, "示例市统计局", date(2024, 3, 15))


@pytest.mark.parametrize(
    "line",
    ["示例省统计局 2024-03-15", "　示例日报　2024年3月15日 08:30", "（示例市人民政府办公室 2024/3/15）"],
)
def test_lines_of_office_and_day(line):
    assert issued(line)


@pytest.mark.parametrize(
    "line",
    ["示例省统计局2024年统计公报", "示例区发展大会 2024-03-15", "示例市统计局2024年3月15日公布，投资增长2%"],
)
def test_lines_that_tell_more(line):
    assert not issued(line)


@pytest.mark.parametrize(
    ("told", "day", "reposted"),
    [
        ("今天是2024年12月29日。", date(2024, 12, 29), date(2025, 2, 11)),
        ("今天是2月11日。", date(2025, 2, 11), None),
        ("2024年12月29日是示例节。", date(2025, 2, 11), None),
    ],
)
def test_the_day_told_in_a_broadcast_comes_before_that_of_the_page(told, day, reposted):
    page = (
        "示例通道开通半年\n2025-02-11 06:31 来源：示例广播电视台\n\n"
        f"听众朋友，{told}截至目前，示例通道累计车流量1580万车次，示例市与邻市人员往来更加密切。"
    )
    document = _take("a.txt", page)
    assert (document.source.published, document.reposted) == (day, reposted)
