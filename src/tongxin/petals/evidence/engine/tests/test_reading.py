"""Figures are read with unit, period, place, status and comparisons, each slot saying why."""

from __future__ import annotations

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tongxin.petals.evidence.engine.api import read_bytes, read_text
from tongxin.petals.evidence.engine.lexicon import lexicon
from tongxin.petals.evidence.engine.limits import Unreadable
from tongxin.petals.evidence.engine.tests import generator

DAY = date(2025, 5, 15)


def _told(text, **more):
    return generator.slots(read_text(text, published=DAY, **more))


@pytest.mark.parametrize("kind", generator.KINDS, ids=lambda k: k.__name__)
def test_generated_sentences_are_read_exactly(kind):
    i = generator.KINDS.index(kind)
    for made in generator.sentences(7, 210)[i :: len(generator.KINDS)]:
        assert _told(made.text) == made.wanted(), made.text


@pytest.mark.parametrize("damage", [generator.pinyin, generator.words_with_readings])
def test_damaged_sentences_are_read_as_the_clean_ones(damage):
    wrong = 0
    for n, made in enumerate(generator.sentences(9, 140)):
        page = "\n".join([made.text, *(m.text for m in generator.sentences(n, 3))])
        if _told(damage(page, n))[: len(made.figures)] != _told(page)[: len(made.figures)]:
            wrong += 1
    assert wrong <= 10


@pytest.mark.parametrize(
    "text",
    [
        "22号线、3+3+N体系和5G网络同步推进。", "召开第十二届论坛。", "电话12345，网址https://example.org/2024/05/3.html。",
        "“15分钟生活圈”和一小时交通圈逐步形成。", "一体化、一卡通、一网通办。", "《2035年规划（第3版）》印发。", "共签约余家，总投资亿元。",
    ],
)  # fmt: skip
def test_names_with_digits_and_lost_values_are_no_figures(text):
    assert _told(text) == []


@pytest.mark.parametrize(
    ("text", "value", "unit", "qualifier"),
    [
        ("天津企业14000多家。", "14000", "家", "多"),
        ("疏解近千个市场。", "1000", "个", "近"),
        ("十多条公交线路开通。", "10", "条", "多"),
        ("设立分支机构超万家。", "10000", "家", "超"),
        ("生产总值突破十万亿。", "10000000000000", "元", "突破"),
        ("入驻企业七成以上来自北京。", "70", "%", "以上"),
        ("集成电路、电力装备等五大产业群。", "5", "个", ""),
        ("每天平均有900多架次航班起降。", "900", "架次/日", "每天;平均;多"),
        ("接诊1.5万名患者。", "15000", "名", ""),
    ],
)
def test_numbers_as_bulletins_write_them(text, value, unit, qualifier):
    (fact,) = read_text(text, published=DAY)
    assert (fact.value, fact.unit, fact.qualifier) == (value, unit, qualifier)


def test_scopes_lend_what_a_clause_lacks():
    text = "**武清区产业稳步发展**\n\n今年前4个月，全区新增企业120家，其中高新技术企业15家。目前，累计签约项目33个。\n\n下一步，全区将新建公园6个。"
    facts = _told(text, title="天津市武清区")
    assert [f[2] for f in facts] == ["武清区"] * 4
    assert [f[3] for f in facts] == ["2025-01/2025-04", "2025-01/2025-04", "../2025-05-15", "../2025-05-15"]
    assert [f[4] for f in facts] == ["actual", "actual", "actual", "planned"]


def test_our_city_is_told_by_the_publisher():
    assert _told("我市新增企业120家。", publisher="廊坊日报")[0][2] == "廊坊市"
    assert _told("京津冀协同推进。三地组建22个联盟。")[0][2] == "京津冀"


def test_every_slot_says_why_and_the_number_stands_in_its_span():
    text = "今年一季度，天津市完成投资601.5億元，同比增長5%，顯著優於預期。天津協(xié)同發(fā)展區(qū)。"
    (fact,) = read_text(text, published=DAY)
    assert set(fact.why) >= {
        "value",
        "unit",
        "indicator",
        "jurisdictions",
        "period",
        "status",
        "comparison",
        "theme",
    }
    assert "601.5億元" in text[fact.raw_start : fact.raw_end]


def test_one_adds_an_indicator_a_unit_and_a_place_by_data_alone(tmp_path):
    text = "星河镇今年一季度云桥指数接入量1.2万桥次。"
    assert [f.unit for f in read_text(text, published=DAY)] != ["桥次"]
    (tmp_path / "units.csv").write_text("form,unit,times,kind\n桥次,桥次,1,count\n", "utf-8")
    (tmp_path / "places.csv").write_text(
        "name,code,level,parent,forms\n星河镇,,county,廊坊市,星河\n", "utf-8"
    )
    (tmp_path / "indicators.csv").write_text(
        'name,finds,unit,theme\n云桥接入量,"云桥.{0,4}接入量",桥次,产业\n', "utf-8"
    )
    (fact,) = read_text(text, published=DAY, words=tmp_path)
    assert (fact.value, fact.unit, fact.indicator, fact.jurisdictions) == (
        "12000",
        "桥次",
        "云桥接入量",
        ("星河镇",),
    )
    # the unit and the theme of an indicator hold where the text tells none, or another
    (bare,) = read_text("星河镇一季度云桥指数接入量达1.2万，造林造船。", published=DAY, words=tmp_path)
    assert (bare.value, bare.unit, bare.theme) == ("12000", "桥次", "产业")


def test_one_adds_a_word_of_plans_a_heading_and_people_by_data_alone(tmp_path):
    texts = ("天津市拟于示例期满时新建学校3所。", "**三、来年盘算**\n新建学校3所。", "7.5万骑手参保。")
    (tmp_path / "phrases.csv").write_text(
        "group,finds\nplanned,示例期满时\nplan heading,来年盘算\npeople,骑手\n", "utf-8"
    )
    before = [read_text(t.replace("拟于", ""), published=DAY) for t in texts]
    after = [read_text(t.replace("拟于", ""), published=DAY, words=tmp_path) for t in texts]
    assert [[f.status for f in facts] for facts in before] == [["actual"], ["actual"], []]
    assert [[f.status for f in facts] for facts in after] == [["planned"], ["planned"], ["actual"]]
    assert after[2][0].unit == "人"


@pytest.mark.parametrize(
    ("name", "row", "said"),
    [
        ("units.csv", "form,unit,times,kind\n桥次,桥次,许多,count\n", "times is '许多'"),
        ("units.csv", "form,unit,times,kind\n桥次,桥次,1,thing\n", "no kind 'thing'"),
        ("units.csv", "form,unit,times,kind\n,桥次,1,count\n", "form is empty"),
        ("places.csv", "name,code,level,parent,forms\n星河镇,,town,廊坊市,\n", "no level 'town'"),
        ("places.csv", "name,code,level,parent,forms\n星河镇,,county,星河市,\n", "no place '星河市'"),
        ("groups.csv", "label,members,forms\n两河,星河市;廊坊市,\n", "no place '星河市'"),
        ("groups.csv", "label,members,forms,shown\n两河,廊坊市,,名\n", "shown is '名'"),
        ("entities.csv", "name,places\n星河园,星河市\n", "no place '星河市'"),
        ("indicators.csv", "name,finds,unit,theme\n接入量,(,,\n", "no regular expression"),
        ("indicators.csv", "name,finds,unit,theme\n接入量,接*,,\n", "fits an empty text"),
        ("indicators.csv", "name,finds,unit,theme\n接入量,接入量,桥次,\n", "no unit '桥次'"),
        ("phrases.csv", "group,finds\n计划,打算\n", "no group '计划'"),
        ("phrases.csv", "group,finds\nplanned,[a-z]\n", "no Chinese character"),
        ("unit.csv", "form,unit\n桥次,桥次\n", "is no table of the reader"),
    ],
)
def test_a_slip_in_ones_own_tables_is_said(tmp_path, name, row, said):
    (tmp_path / name).write_text(row, "utf-8")
    with pytest.raises(ValueError, match=said):
        read_text("x", words=tmp_path)


def test_one_adds_a_zone_and_a_theme_by_data_alone(tmp_path):
    (tmp_path / "zones.csv").write_text("name,parent,forms\n示例新区,廊坊市,廊坊示例新区\n", "utf-8")
    (tmp_path / "entities.csv").write_text("name,places\n示例港,示例新区\n", "utf-8")
    (tmp_path / "themes.csv").write_text("theme,finds\n示例主题,刷卡\n", "utf-8")
    (tmp_path / "indicators.csv").write_text("name,finds,unit,theme\n刷卡量,刷卡,人次,示例主题\n", "utf-8")
    (fact,) = read_text("一季度，示例新区刷卡1.2万人次。", published=DAY, words=tmp_path)
    assert (fact.jurisdictions, fact.theme, fact.indicator) == (("示例新区",), "示例主题", "刷卡量")


def test_a_table_saved_in_another_charset_is_said(tmp_path):
    (tmp_path / "units.csv").write_bytes("form,unit,times,kind\n桥次,桥次,1,count\n".encode("gb18030"))
    with pytest.raises(ValueError, match="CSV UTF-8"):
        read_text("x", words=tmp_path)


def test_a_table_with_a_wrong_column_is_named(tmp_path):
    (tmp_path / "units.csv").write_text("form,einheit\n桥次,桥次\n", "utf-8")
    with pytest.raises(ValueError, match=r"units\.csv, line 1"):
        read_text("x", words=tmp_path)
    (tmp_path / "units.csv").write_text("form,unit\n桥,次,桥次\n", "utf-8")
    with pytest.raises(ValueError, match="quotes"):
        read_text("x", words=tmp_path)


def test_reading_is_the_same_each_time():
    text = "\n".join(m.text for m in generator.sentences(5, 40))
    assert [f.row() for f in read_text(text, published=DAY)] == [
        f.row() for f in read_text(text, published=DAY)
    ]


@pytest.mark.properties
@settings(max_examples=150, deadline=None)
@given(
    st.text(
        st.sampled_from(
            "今年前12个月十四五期间截至京津冀三地同比增长由至占分别的%亿元家，。；、“”（）\n—~/0.万余近超将第"
        ),
        max_size=80,
    )
)
def test_no_text_raises(text):
    for fact in read_text(text, published=DAY):
        assert 0 <= fact.raw_start <= fact.raw_end <= len(text)


@pytest.mark.properties
@settings(max_examples=150, deadline=None)
@given(
    st.binary(max_size=400),
    st.sampled_from([b"", b"<html><body><div>", b"%PDF-1.4", b"PK\x03\x04", "今年投资3亿元".encode("gbk")]),
)
def test_no_bytes_raise_anything_but_a_message(data, head):
    with suppress(Unreadable):
        list(read_bytes("f", head + data))


def test_zones_lie_in_places_of_the_table():
    words = lexicon()
    zones = [name for name, level in words.levels.items() if level == "zone"]
    assert len(zones) > 15
    assert all(words.holders[name] and words.holders[name] <= words.levels.keys() for name in zones)
