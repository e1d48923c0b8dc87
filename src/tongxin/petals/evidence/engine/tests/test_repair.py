"""What mirrors and gateways did is undone; what cannot be is marked; a clean text stays as it is."""

from __future__ import annotations

import difflib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tongxin.petals.evidence.engine.api import read_text
from tongxin.petals.evidence.engine.repair import repair
from tongxin.petals.evidence.engine.tests import generator
from tongxin.petals.evidence.engine.tests.shared_data import bulk, folder, needs_texts

CLEAN = "天津港新增集装箱航线17条，显著提升吞吐量，覆盖乾隆古道。三地已签署《合作协议》（第3号）。\n\n武清区出台措施。"


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("天津協(xié)同書?wū)懜哔|(zhì)量發(fā)展", "天津协同书写高质量发展"),
        ("促進(jìn)區(qū)域?luó)f調發(fā)展", "促进区域协调发展"),
        ("在新的?qí)v史條(tiáo)件下", "在新的历史条件下"),
        ("是我?hé)??jīng)濟(jì)最具活力的地區(qū)", "是我国经济最具活力的地区"),
    ],
)
def test_half_lost_characters_are_computed_back(raw, clean):
    repaired = repair(raw)
    assert repaired.text == clean
    assert repaired.chain.undo(repaired.text) == raw


def test_a_digit_that_went_with_a_character_is_marked_and_never_guessed():
    repaired = repair("運(yùn)營里程截至?yùn)?023年底突破1.4萬(wàn)公里,新區(qū)發(fā)展")
    assert "023年底" in repaired.text
    assert "2023年" not in repaired.text


def test_words_of_gateways():
    raw = "該軟體&&提高港口輸送量,産業陞級和貿易協定説明區域發展、兩國協定"
    assert repair(raw).text == "该软件平台提高港口吞吐量,产业升级和贸易协定说明区域发展、两国协议"


def test_hidden_words_are_proposed_from_context():
    text = repair("武清区搭建公共服务&&，市政府近日&&《若干措施》，负责人&&，将继续推进。").text
    assert text == "武清区搭建公共服务平台，市政府近日出台《若干措施》，负责人表示，将继续推进。"


def test_the_body_is_told_from_what_stands_around_it():
    body = "天津港今年新增航线17条，吞吐量稳步增长，口岸通关时间继续压缩，服务京津冀企业超过2万家，取得明显成效。"
    raw = f"首页 > 新闻 > 正文\n2023-05-15 06:39 来源:某地日报\n小字号 分享到:\n\n{body}\n\n3月2日,园区车间内。通讯员张明摄3月2日,园区车间内。通讯员张明摄\n\n（本文来自某网）推荐阅读\n推荐阅读\n- 某区今年签约项目86个 总投资63亿元\n• 07-22 某某股份 603999 40.5\n返回顶部 京公网安备 00000000000001号"  # fmt: skip
    repaired = repair(raw)
    assert "签约项目" not in repaired.text
    assert "张明" not in repaired.text
    assert body in repaired.text
    assert repaired.chain.undo(repaired.text) == raw


@pytest.mark.parametrize(
    ("line", "stays"),
    [
        ("多云 12~20℃ 东风3级", False),
        ("示例市天气：晴 18℃", False),
        ("雨夹雪 -2℃ 湿度80%", False),
        ("今年以来雨水充沛，平均气温15℃，粮食总产120万吨。", True),
        ("江阴市公共建筑室温控制在26度以内，节电12万千瓦时。", True),
        ("示例雪场气温低至-12℃。", True),
    ],
)
def test_the_weather_beside_a_page_is_taken_out_and_that_of_a_text_stays(line, stays):
    text = f"示例区新增企业120家，投资总额达到35亿元，发展势头良好。\n{line}\n示例区园区建设顺利，群众满意，企业安心。"
    assert (line in repair(text).text) is stays


@pytest.mark.parametrize(
    "raw",
    [
        "共签约余家企业。", "完成总投资亿元，", "今年前个月，", "截至022年底", "引进项目个，", "建成人才公寓套，",
        "新增绿化面积公顷。", "示例区与所学校结对。", "全年外运煤炭万吨，", "示例园区扩容，个重点片区成形。",
        "检查结果互认，余项服务上线。", "示例园区签约企业余家。", "建设个国家级平台。", "吸引家上市公司。", "推出项制度创新成果。",
        "高于全省个百分点。", "固定资产投资占比%，", "新增就业万人，", "人均可支配收入元，", "开通公交线路条。", "里程超过公里，",
    ],
)  # fmt: skip
def test_a_unit_whose_digits_are_gone_is_marked(raw):
    repaired = repair(raw)
    assert [m.kind for m in repaired.marks] == ["value_lost"]
    assert repaired.text[repaired.marks[0].start : repaired.marks[0].end] in raw
    assert repaired.text == raw


@pytest.mark.parametrize(
    "raw",
    [
        "指标\t单位\t一季度\n外贸出口\t亿元\t14.9\n接待游客\t万人次\t32.5\n公路里程\t公里\t120\n",
        "指标（亿元）\t2024年\t增长（%）\n示例工业\t12\t3.1\n", "地区生产总值（亿元）\n120.5\n", "主要指标 单位：亿元、%\n",
        "（单位：万人次）\n", "外贸出口 亿元 14.9\n", "亿元\n14.9",
    ],
)  # fmt: skip
def test_a_unit_that_a_table_says_has_lost_nothing(raw):
    assert repair(raw).marks == []


@pytest.mark.parametrize(
    ("raw", "lost"),
    [
        ("外贸出口\t亿元\t14.9\n本季签约余家企业。", ["余家"]),
        ("示例区总投资（亿元）稳步增长，效益明显。另建公寓套，", ["亿元", "套"]),
        ("重点工程\t总投资亿元，\t示例区", ["亿元"]),
        ("新增企业 家，投资 亿元。", ["亿元"]),
    ],
)
def test_beside_a_table_lost_digits_are_marked_still(raw, lost):
    repaired = repair(raw)
    assert [repaired.text[m.start : m.end] for m in repaired.marks] == lost


@pytest.mark.parametrize(
    "raw",
    [
        "示例林区过火面积超16万平方公里。", "货运周转量按吨公里，客运按人次。", "守好千家万户，多个部门参与，多家机构入驻。",
        "设备配套，手续成套，所学专业、诊所医院均可。", "改革向纵深推进，个人所得税下降，个体工商户增多，个别环节优化。",
    ],
)  # fmt: skip
def test_units_that_need_no_number_are_not_marked(raw):
    assert repair(raw).marks == []


@pytest.mark.parametrize(
    ("raw", "lost"),
    [
        ("示例園區累計簽約企業餘家，總投資億元，同比增長%。", ["余家", "亿元", "增长%"]),
        ("022年，示例區新增項目個，接待遊客達到萬人次。", ["022年", "个", "万人次"]),
        ("示例市新增充電樁萬個，培訓餘人次，高於全省個百分點。", ["万个", "余人次", "个"]),
    ],
)
def test_digits_are_missed_in_traditional_dress_too(raw, lost):
    repaired = repair(raw)
    assert [repaired.text[m.start : m.end] for m in repaired.marks] == lost
    assert read_text(raw) == []


@pytest.mark.parametrize(
    "raw",
    [
        "億元以上項目12個，萬人次以上景區3家，企業家帶頭創業。",
        "其餘家庭陸續搬遷，業餘家長學校開課，家家戶戶參與。",
        "每個百分點都來之不易，一個個重大項目落地，該項標準聚焦服務。",
    ],
)
def test_words_that_hold_a_unit_are_not_marked_in_traditional_dress(raw):
    assert repair(raw).marks == []


def test_spun_text_is_not_trusted():
    assert repair("京津冀协同成长，财产链升级，增速118。5%。").untrusted
    assert not repair("京津冀协同发展，产业链升级，增速118.5%。").untrusted


def test_a_text_that_a_machine_wrote_by_its_own_words_is_not_trusted():
    body = "今年一季度，示例区新增企业120家。\n"
    assert repair(f"{body}（本文由AI生成，仅供参考）").untrusted
    assert repair(f"{body}以上内容由人工智能大模型自动生成").untrusted
    for told in (
        "示例区出台办法，规范人工智能生成内容的标识。",
        "示例园区企业用AI撰写文案，效率提高三成。",
        "本文件由示例区起草。",
    ):
        assert not repair(body + told).untrusted


def test_captions_are_taken_out_in_every_dress():
    body = "今年一季度，示例区固定资产投资完成120.5亿元，同比增长6.2%，新签约项目35个，服务企业超过2000家。"
    caption = "10月12日，航拍的示例大桥施工现场。通讯员示例摄"
    for raw in (
        f"{body}\n{caption}{caption}\n{body}",
        f"{body}\n{caption}{caption}（本文来自示例网）\n{body}",
        f"{body}\n{caption}{caption}{body}",
        f"{body}\n{caption}\n{body}",
        f"{body}\n△示例大桥施工现场\n{body}",
        f"{body}\n图为示例大桥共35个桥墩的施工现场。\n{body}",
    ):
        repaired = repair(raw)
        assert repaired.text == f"{body}\n{body}"
        assert repaired.chain.undo(repaired.text) == raw
    kept = f"{body}\n示例区举办摄影展，展出作品120幅。\n示例大桥图纸获批，长1.2公里。"
    assert repair(kept).text == kept


def test_residue_of_pages():
    raw = "🔥天津港吞吐量<br/>增长5%。\ufffd同时,,航线&nbsp;增加。"
    assert repair(raw).text == "天津港吞吐量增长5%。同时,航线 增加。"


def test_a_clean_text_stays_as_it_is():
    assert repair(CLEAN).text == CLEAN
    assert repair(CLEAN).chain.steps == []


@pytest.mark.parametrize("damage", [generator.pinyin, generator.words_with_readings])
def test_generated_sentences_come_back(damage):
    text = "\n".join(m.text for m in generator.sentences(3, 70))
    damaged = damage(text, 11)
    repaired = repair(damaged)
    assert repaired.chain.undo(repaired.text) == damaged
    assert difflib.SequenceMatcher(None, repaired.text, text, autojunk=False).ratio() > 0.985


@pytest.mark.properties
@settings(max_examples=150, deadline=None)
@given(
    st.text(
        st.sampled_from("京津冀協議項(xié)?wū)懜哔|(zhì)&<p>123個家亿元。，,\n首页>🔥\ufffd（）"),
        max_size=120,
    )
)
def test_repair_never_raises_inverts_and_has_nothing_left_to_do(raw):
    repaired = repair(raw)
    assert repaired.chain.undo(repaired.text) == raw
    for step_edit, start, end in repaired.chain.in_raw():
        assert 0 <= start <= end <= len(raw), step_edit


@needs_texts
def test_not_a_character_of_the_clean_corpus_is_changed():
    changed = [d["file"] for d in bulk() if repair(d["text"]).text != d["text"]]
    assert changed == []


@needs_texts
def test_the_damaged_pairs_come_back():
    ratios = {}
    for dirty in sorted((folder() / "dirty").glob("*.dirty.txt")):
        if "digits" in dirty.name or dirty.name.startswith(("d14",)):
            continue  # digits that are gone stay gone; d14 is clean with wide marks where its pair has narrow ones
        clean = dirty.with_name(dirty.name.replace("dirty", "clean")).read_text("utf-8").strip()
        repaired = repair(dirty.read_text("utf-8"))
        assert repair(repaired.text).text == repaired.text
        ratios[dirty.name] = difflib.SequenceMatcher(
            None, repaired.text.strip(), clean, autojunk=False
        ).ratio()
    assert min(ratios.values()) > 0.985, ratios
