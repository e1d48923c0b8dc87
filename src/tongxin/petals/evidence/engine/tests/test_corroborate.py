"""Facts of many bulletins side by side: each verdict, and what looks like it and is none. All bulletins are invented."""

from __future__ import annotations

import random
from datetime import date, timedelta
from itertools import permutations
from zlib import crc32

import pytest

from tongxin.petals.evidence.engine.api import read_text
from tongxin.petals.evidence.engine.corroborate import corroborate
from tongxin.petals.evidence.engine.facts import Source
from tongxin.petals.evidence.engine.witness import Told, witnesses

DAY = date(2025, 5, 1)
COMPANIES = "今年一季度，武清区新增企业120家。"


def _told(text, publisher, day=DAY, origin=None):
    source = Source(publisher, "", publisher, day)
    return [
        Told(fact, source, crc32(publisher.encode()) if origin is None else origin)
        for fact in read_text(text, published=day)
    ]


def _found(*told):
    return corroborate([t for each in told for t in each])


def _kinds(*told):
    return [v.kind for v in _found(*told)]


def _pair(a, b, day_a=DAY, day_b=DAY):
    """Return the kinds of findings of two texts of two publishers."""
    return _kinds(_told(a, "示例日报", day_a), _told(b, "样例晚报", day_b))


SAME = [
    ("3月末，廊坊市金融机构本外币存款余额1.05万亿元。", "截至3月底，廊坊市本外币存款余额10532亿元。"),
    (COMPANIES, "2025年一季度，武清区新增企业数120家。"),  # the name has another form
    (COMPANIES, "今年一季度，武清区新增企业约118家。"),  # about
    ("截至2024年底，天津市已建成医联体40个。", "截至2024年12月31日，天津市累计建成医联体40个。"),
    ("1—5月，长三角地区外贸进出口总值6.4万亿元。", "前5个月，长三角区域外贸进出口总值超6万亿元。"),
    ("1—5月，京津冀外贸进出口9.08万亿元。", "今年前5个月，京津冀地区进出口总值9.1万亿元。"),  # rounded
    ("2024年，武清区快递业务量861.8亿件。", "2024年，武清区快递业务量超861亿件。"),
    ("上半年，宝坻区共检查示例企业1365家次。", "上半年，宝坻区检查各类示例企业1365家次。"),
    ("去年，北京市向天津示例园区疏解项目173个。", "2024年，北京市疏解到天津示例园区的项目173个。"),
]


@pytest.mark.parametrize(("a", "b"), SAME)
def test_two_publishers_with_one_value_agree(a, b):
    assert _pair(a, b) == ["agree"]
    assert _pair(b, a) == ["agree"]


NOT_SAME = [
    (COMPANIES, "2024年一季度，武清区新增企业120家。"),  # another year
    (COMPANIES, "今年一季度，宝坻区新增企业120家。"),  # another place
    (COMPANIES, "今年一季度，武清区新增企业12%。"),  # another unit
    (COMPANIES, "今年一季度，武清区计划新增企业120家。"),  # planned
    (COMPANIES, "今年一季度，武清区新增学校120所。"),  # another thing
    ("1—4月，示例市优良天数比例85.1%。", "1—5月，示例市优良天数比例85.1%。"),  # of four months, of five
    ("今年一季度，武清区日均发送旅客12.6万人次。", "今年一季度，武清区发送旅客12.6万人次。"),  # a day, in all
    ("天津市第五届示例展会签约项目1245个。", "天津市第六届示例展会签约项目1245个。"),
    ("天津市第二批示例资金金额达1245万元。", "天津市第三批示例资金金额达1245万元。"),
]


@pytest.mark.parametrize(("a", "b"), NOT_SAME)
def test_what_looks_alike_and_is_another_figure(a, b):
    assert _pair(a, b) == []


def test_one_publisher_that_repeats_itself_is_one_witness():
    first = _told(COMPANIES, "示例日报", origin=0)
    again = _told("2025年一季度，武清区新增企业120家。", "示例日报", DAY + timedelta(days=9), origin=1)
    found = _found(first, again)
    assert [v.kind for v in found] == ["agree"]
    assert found[0].witnesses == 1
    assert "no second witness" in found[0].why


def test_a_copy_is_no_second_witness():
    assert _kinds(_told(COMPANIES, "甲报", origin=0), _told(COMPANIES, "乙网", origin=0)) == []
    other = _told("今年一季度，武清区新增企业150家。", "丙报", origin=1)
    assert _kinds(_told(COMPANIES, "甲报", origin=0), _told(COMPANIES, "乙网", origin=0), other) == [
        "conflict"
    ]
    third = _told("2025年一季度，武清区新增企业120家。", "丙报", origin=1)
    found = _found(_told(COMPANIES, "甲报", origin=0), _told(COMPANIES, "乙网", origin=0), third)
    assert [(v.kind, v.witnesses, len(v.facts)) for v in found] == [("agree", 2, 3)]


def test_a_publisher_that_is_unknown_may_be_the_same_one():
    found = _found(
        _told(COMPANIES, "", origin=0), _told("2025年一季度，武清区新增企业120家。", "乙报", origin=1)
    )
    assert [(v.kind, v.witnesses) for v in found] == [("agree", 2)]
    assert "unknown" in found[0].why


def test_who_is_a_witness():
    def of(*each):
        return witnesses(_told(COMPANIES, name, origin=origin)[0] for name, origin in each)

    assert of(("示例日报", 0), ("样例晚报", 1)) == 2
    assert of(("示例日报", 0), ("示例日报客户端", 1)) == 1  # one house
    assert of(("示例日报", 0), ("样例晚报", 0)) == 1  # a copy
    assert of(("", 0), ("", 1)) == 2  # unknown, but not copies
    assert of(("示例日报", 0), ("样例晚报", 0), ("样例晚报", 1)) == 1  # its other piece stands with its copy


CONFLICTS = [
    ("2024年，武清区完成投资260亿元。", "去年，武清区完成投资226亿元。"),  # 投资 alone is vague, this is not
    (COMPANIES, "今年一季度，武清区新增企业150家。"),
    ("2024年，示例市地区生产总值3120.5亿元。", "2024年，示例市地区生产总值3210.5亿元。"),
    ("截至2024年底，天津市已建成医联体40个。", "截至2024年底，天津市已建成医联体55个。"),
    ("1—5月，京津冀地区进出口总值2.1万亿元。", "1—5月，京津冀地区进出口总值超2.6万亿元。"),
    ("2024年，武清区社会消费品零售总额同比增长5.2%。", "2024年，武清区社会消费品零售总额同比增长6.8%。"),
    ("2024年，武清区固定资产投资120.5亿元。", "2024年，武清区固定资产投资120.5万元。"),  # a slip of 万 and 亿
]


@pytest.mark.parametrize(("a", "b"), CONFLICTS)
def test_two_values_for_one_time_conflict(a, b):
    if "示例市" in a:
        a, b = a.replace("示例市", "廊坊市"), b.replace("示例市", "廊坊市")
    assert _pair(a, b) == ["conflict"]


NO_CONFLICTS = [
    (COMPANIES, "2024年一季度，武清区新增企业150家。"),  # another year
    (COMPANIES, "今年一季度，宝坻区新增企业150家。"),  # another place
    (COMPANIES, "今年前4个月，武清区新增企业150家。"),  # a longer time
    (COMPANIES, "今年一季度，武清区计划新增企业150家。"),  # a plan
    (COMPANIES, "今年一季度，武清区新增企业超110家。"),  # what 超 allows
    (COMPANIES, "今年一季度，武清区新增民营企业90家。"),  # a narrower name
    ("2024年，全国快递业务量1745亿件。", "2024年，北京市快递业务量1650亿件。"),  # the country, a part
    ("2024年，武清区社会消费品零售总额同比增长5.2%。", "2024年，武清区社会消费品零售总额环比增长0.8%。"),
    ("2024年，武清区社会消费品零售总额120亿元。", "2024年，武清区社会消费品零售总额同比增长5.2%。"),
    ("1月，武清区新增企业20家。", "2月，武清区新增企业30家。"),  # month by month
    ("1—4月，武清区新增企业150家。", "4月当月，武清区新增企业40家。"),  # in all, in the month
    ("截至3月底，武清区累计建成公园120个。", "3月，武清区建成公园9个。"),
    ("截至2024年底，天津市已建成医联体40个。", "截至2025年3月底，天津市已建成医联体55个。"),  # it grew
    ("2024年，武清区某地块投资12亿元。", "2024年，武清区另一地块投资19亿元。"),  # which, is not told
    (
        "武清区一季度共发放两次，金额12亿元。",
        "武清区一季度共发放两次，金额19亿元。",
    ),  # which, is not told
    (
        "2024年，武清区旅客发送量120万人次。",
        "2024年，武清区旅客发送量4000万人次。",
    ),  # so far apart: another thing
]


@pytest.mark.parametrize(("a", "b"), NO_CONFLICTS)
def test_what_differs_without_conflict(a, b):
    assert "conflict" not in _pair(a, b)


def test_what_there_is_now_is_told_a_day_later_in_round_numbers():
    day, later = date(2025, 2, 26), date(2025, 2, 27)
    exact, round_ = "河北省累计承接京津转入示例单位5.2万家。", "河北省累计承接京津转入示例单位超5万家。"
    assert _pair(exact, round_, day, later) == ["agree"]
    assert _pair(exact, round_, day, later + timedelta(days=90)) == []
    assert (
        _pair("示例林火过火面积12.6万平方公里。", "示例林火过火面积13万平方公里。", day, later) == []
    )  # it grew


def test_a_conflict_keeps_together_what_is_one_value():
    found = _found(
        _told("2024年，武清区技术合同成交额930亿元。", "甲报"),
        _told("2024年，武清区技术合同成交额930.6亿元。", "乙报"),
        _told("2024年，武清区技术合同成交额903亿元。", "丙报"),
    )
    assert sorted(v.kind for v in found) == ["agree", "conflict"]
    why = next(v.why for v in found if v.kind == "conflict")
    assert why == "90300000000 / 93060000000 = 93000000000 for the same time"


def test_a_figure_of_this_year_grows():
    a, b = "今年，武清区新增企业120家。", "今年，武清区新增企业150家。"
    assert _pair(a, b, date(2025, 5, 1), date(2025, 8, 1)) == []
    assert _pair(a, b, date(2025, 5, 1), date(2025, 5, 1)) == ["conflict"]


def test_a_bulletin_with_two_values_for_one_name_tells_none():
    two = "今年一季度，武清区新增企业120家。另一项统计显示，今年一季度，武清区新增企业135家。"
    assert "conflict" not in _pair(two, "今年一季度，武清区新增企业150家。")


def test_what_is_told_much_later_may_be_revised():
    found = _found(
        _told("2024年，廊坊市地区生产总值3120.5亿元。", "示例日报", date(2025, 1, 20)),
        _told("2024年，廊坊市地区生产总值3150.2亿元。", "样例晚报", date(2025, 12, 20)),
    )
    assert [v.kind for v in found] == ["conflict"]
    assert "revised" in found[0].why


def test_a_copy_that_tells_another_value_conflicts():
    found = _found(
        _told(COMPANIES, "甲报", origin=0), _told(COMPANIES.replace("120", "210"), "乙网", origin=0)
    )
    assert [(v.kind, v.witnesses) for v in found] == [("conflict", 1)]
    assert "copy" in found[0].why


OLD = "截至2023年底，天津市已建成医联体40个。"
NEW = "截至2024年底，天津市已建成医联体55个。"


def test_an_old_value_told_after_the_new_one_is_stale():
    late, early = date(2025, 6, 1), date(2025, 3, 1)
    found = _found(_told(OLD, "甲报", late), _told(NEW, "乙报", early))
    assert [(v.kind, v.facts[0].source.publisher) for v in found] == [("stale", "甲报")]
    assert _kinds(_told(OLD, "甲报", early), _told(NEW, "乙报", late)) == []  # told in time
    assert _kinds(_told(OLD + NEW, "甲报", late), _told(NEW, "乙报", early)) == [
        "agree"
    ]  # tells the new one too
    history = "2023年，天津市新建医联体40个。"
    assert _kinds(_told(history, "甲报", late), _told("2024年，天津市新建医联体55个。", "乙报", early)) == []


def test_a_running_total_does_not_shrink():
    day = date(2025, 9, 22)
    high = _told("截至8月末，天津市累计建成示例基站2102座。", "甲报", day)
    low = "天津市累计建成示例基站1968座。"
    late = _found(_told(low, "乙报", day + timedelta(days=30)), high)
    early = _found(_told(low, "乙报", day - timedelta(days=1)), high)
    assert [(v.kind, v.facts[0].source.publisher) for v in late] == [("stale", "乙报")]
    assert [(v.kind, v.facts[0].source.publisher) for v in early] == [("stale", "乙报")]
    assert _kinds(_told("天津市累计建成示例基站2300座。", "乙报", day + timedelta(days=30)), high) == []


SUMS = [
    "今年一季度，天津市外贸进出口共计300亿元。其中，出口180亿元；进口120亿元。",
    "天津市共有示例场馆20个，其中室内场馆14个、室外场馆6个。",
    "今年一季度，天津市外贸进出口9.12亿元。其中，出口5.43亿元；进口3.68亿元。",  # rounding
    "今年，天津市新建公园14个、广场6个，合计20个。",
]
NO_SUMS = [
    "天津市共有示例场馆20个，其中室内场馆约14个、室外场馆6个。",
    "天津市建成示例工厂3个、示例车间17个，在14个行业推广。",
    "今年一季度，天津市示例产业占比30%，其中，甲类占比18%，乙类占比12%。",
]


@pytest.mark.parametrize("text", SUMS)
def test_parts_that_add_up_are_derived(text):
    assert _kinds(_told(text, "甲报")) == ["derived"]


@pytest.mark.parametrize("text", NO_SUMS)
def test_numbers_that_add_up_by_chance_are_not(text):
    assert _kinds(_told(text, "甲报")) == []


def test_places_add_up_to_their_region_across_bulletins():
    parts = [
        _told("2024年，北京市专利转让量1204件。", "甲报"),
        _told("2024年，天津市专利转让量2316件。", "乙报"),
        _told("2024年，河北省专利转让量3018件。", "丙报"),
    ]
    total = _told("2024年，京津冀三地专利转让量6538件。", "丁报")
    found = _found(*parts, total)
    assert [(v.kind, v.witnesses) for v in found] == [("derived", 4)]
    assert _kinds(*parts[:2], total) == []
    assert _kinds(*parts, _told("2024年，京津冀三地专利转让量6539件。", "丁报")) == []


def test_a_part_is_no_figure_of_the_whole_place():
    a = "1—5月，福建省对示例国家进出口424.8亿元。其中，出口224.1亿元；进口200.7亿元。"
    b = "1—5月，福建省外贸进出口900亿元。其中，出口500亿元；进口400亿元。"
    assert sorted(_pair(a, b)) == ["derived", "derived"]


NEWS = [
    (COMPANIES, "甲报", DAY, 0),
    (COMPANIES, "乙网", DAY, 0),
    ("2025年一季度，武清区新增企业数120家。", "丙报", DAY, 1),
    ("今年一季度，武清区新增企业150家。", "丁报", DAY + timedelta(days=2), 2),
    (SUMS[0] + NEW, "丁报", DAY + timedelta(days=2), 3),
    (OLD, "戊报", DAY + timedelta(days=9), 4),
]


def _plain(found):
    return [
        (v.kind, v.why, v.witnesses, [(t.source.publisher, t.fact.start) for t in v.facts]) for v in found
    ]


def test_the_order_of_bulletins_does_not_matter():
    told = [t for each in NEWS for t in _told(*each)]
    wanted = _plain(corroborate(told))
    assert sorted({kind for kind, *_ in wanted}) == ["agree", "conflict", "derived", "stale"]
    for seed in range(20):
        random.Random(seed).shuffle(told)
        assert _plain(corroborate(told)) == wanted


def test_a_copy_never_adds_a_witness_nor_a_finding():
    told = [t for each in NEWS for t in _told(*each)]
    wanted = sorted((v.kind, v.why, v.witnesses) for v in corroborate(told))
    for n, (text, _publisher, day, origin) in enumerate(NEWS):
        copy = _told(text, f"转载网{n}", day + timedelta(days=3), origin)
        # What was up to date when it was told may be copied when it no longer is
        found = sorted((v.kind, v.why, v.witnesses) for v in corroborate([*told, *copy]))
        assert [f for f in found if f[0] != "stale"] == [f for f in wanted if f[0] != "stale"]


def test_untrusted_texts_witness_nothing():
    told = _told(COMPANIES, "甲报") + _told("2025年一季度，武清区新增企业120家。", "乙报")
    for t in told:
        t.fact.doubt = "untrusted"
    assert corroborate(told) == []


def test_words_of_ones_own_join_names_and_mark_vague_ones(tmp_path):
    told = _told("2024年，武清区示例码办件1245件。", "甲报") + _told("2024年，武清区扫码办理1245件。", "乙报")
    apart = _told("2024年，武清区示例码办件1245件。", "甲报") + _told(
        "2024年，武清区扫码办理1390件。", "乙报"
    )
    assert corroborate(apart) == []
    (tmp_path / "alike_names.csv").write_text("form,word\n扫码办理,示例码办\n示例码办件,示例码办\n", "utf-8")
    assert [v.kind for v in corroborate(told, tmp_path)] == ["agree"]
    assert [v.kind for v in corroborate(apart, tmp_path)] == ["conflict"]
    other = tmp_path / "other"
    other.mkdir()
    (other / "vague_names.csv").write_text("name\n新增企业数\n", "utf-8")
    two = _told(COMPANIES, "甲报") + _told(COMPANIES.replace("120", "150"), "乙报")
    assert [v.kind for v in corroborate(two)] == ["conflict"]
    assert corroborate(two, other) == []


@pytest.mark.parametrize(
    "value", ["1" * 400, "0", "-3.8", "0." + "0" * 300 + "1", "from:3", "", "NaN", "1E+999999"]
)
def test_no_value_breaks_the_comparison(value):
    told = _told(COMPANIES, "甲报") + _told("2025年一季度，武清区新增企业120家。", "乙报")
    for t in told:
        t.fact.value = value
    assert [v.kind for v in corroborate(told)] in ([], ["agree"])


def test_nothing_and_one_bulletin():
    assert corroborate([]) == []
    assert _kinds(_told(COMPANIES, "甲报")) == []


def test_three_publishers_in_every_order():
    told = [_told(COMPANIES, p) for p in ("甲报", "乙报", "丙报")]
    for order in permutations(told):
        found = _found(*order)
        assert [(v.kind, v.witnesses, len(v.facts)) for v in found] == [("agree", 3, 3)]
