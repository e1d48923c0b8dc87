"""GB 3838-2002 and the substances: every item at every limit, and what is said of what is not known."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tongxin.petals.ecology.engine import substances, water
from tongxin.petals.ecology.engine.faults import Fault

# Table 1 once more, entered by hand from the standard: an oracle of its own beside the data file.
AT_MOST = {
    "permanganate_index": (2, 4, 6, 10, 15), "cod": (15, 15, 20, 30, 40), "bod5": (3, 3, 4, 6, 10),
    "ammonia_nitrogen": (0.15, 0.5, 1.0, 1.5, 2.0), "total_phosphorus": (0.02, 0.1, 0.2, 0.3, 0.4),
    "total_nitrogen": (0.2, 0.5, 1.0, 1.5, 2.0), "copper": (0.01, 1, 1, 1, 1), "zinc": (0.05, 1, 1, 2, 2),
    "fluoride": (1, 1, 1, 1.5, 1.5), "selenium": (0.01, 0.01, 0.01, 0.02, 0.02), "arsenic": (0.05, 0.05, 0.05, 0.1, 0.1),
    "mercury": (0.00005, 0.00005, 0.0001, 0.001, 0.001), "cadmium": (0.001, 0.005, 0.005, 0.005, 0.01),
    "chromium_vi": (0.01, 0.05, 0.05, 0.05, 0.1), "lead": (0.01, 0.01, 0.05, 0.05, 0.1),
    "cyanide": (0.005, 0.05, 0.2, 0.2, 0.2), "volatile_phenols": (0.002, 0.002, 0.005, 0.01, 0.1),
    "petroleum": (0.05, 0.05, 0.05, 0.5, 1.0), "anionic_surfactants": (0.2, 0.2, 0.2, 0.3, 0.3),
    "sulfide": (0.05, 0.1, 0.2, 0.5, 1.0), "faecal_coliforms": (200, 2000, 10000, 20000, 40000),
}  # fmt: skip
LEFT_OUT = {"temperature_change", "total_nitrogen", "faecal_coliforms"}
TINY = 1e-9


def test_all_items_are_there() -> None:
    known = substances.items()
    assert len(known) == 24
    assert set(known) == {*AT_MOST, "temperature_change", "ph", "dissolved_oxygen"}
    assert {n for n, i in known.items() if not i.judged} == LEFT_OUT


@pytest.mark.parametrize("item", AT_MOST)
@pytest.mark.parametrize("number", range(5))
def test_below_at_and_above_every_limit(item: str, number: int) -> None:
    limits = AT_MOST[item]
    limit = limits[number]

    def best(value: float) -> int:
        return next((i for i, each in enumerate(limits, 1) if value <= each), 6)

    one = substances.items()[item]
    for value in (limit * (1 - TINY), limit, limit * (1 + TINY)):
        assert substances.class_of(one, value) == best(value)
    assert substances.class_of(one, limit) <= number + 1 < substances.class_of(one, limits[-1] * 1.01) + 1


@pytest.mark.parametrize(("number", "limit"), list(enumerate((7.5, 6, 5, 3, 2))))
def test_oxygen_at_every_limit(number: int, limit: float) -> None:
    one = substances.items()["dissolved_oxygen"]
    assert substances.class_of(one, limit + TINY) == substances.class_of(one, limit) == number + 1
    assert substances.class_of(one, limit - TINY) == number + 2


@pytest.mark.parametrize("number", range(5))
@pytest.mark.parametrize(("item", "low", "high"), [("ph", 6.0, 9.0), ("temperature_change", -2.0, 1.0)])
def test_one_range_for_all_classes(item: str, low: float, high: float, number: int) -> None:
    one = substances.items()[item]
    assert [substances.class_of(one, v) for v in (low - TINY, low, low + TINY)] == [6, 1, 1]
    assert [substances.class_of(one, v) for v in (high - TINY, high, high + TINY)] == [1, 1, 6]


def test_oxygen_of_class_one_depends_on_temperature() -> None:
    """90 % of 468/(31.6+T) is below 7.5 in warm water: 6.84 at 30 °C; in cold water 7.5 counts."""
    one = substances.items()["dissolved_oxygen"]
    assert substances.class_of(one, 6.9, temperature_c=30.0) == 1
    assert substances.class_of(one, 6.8, temperature_c=30.0) == 2
    assert substances.class_of(one, 7.5, temperature_c=2.0) == 1
    assert substances.class_of(one, 7.4) == 2


def test_lakes_have_their_own_phosphorus() -> None:
    one = substances.items()["total_phosphorus"]
    assert [substances.class_of(one, 0.03, lake=lake) for lake in (False, True)] == [2, 3]


def test_the_worst_judged_item_decides() -> None:
    found = substances.judge({"cod": 18, "ammonia_nitrogen": 1.2, "total_nitrogen": 9, "dissolved_oxygen": 8})
    assert (found.overall, list(found.deciding)) == (4, ["ammonia_nitrogen"])
    assert found.by_item["total_nitrogen"] == 6
    assert len(found.missing) == 18
    assert substances.judge({"total_nitrogen": 9}).overall is None
    with pytest.raises(Fault, match="cod"):
        substances.judge({"codd": 1})


def test_waters_of_a_file(tmp_path) -> None:
    path = tmp_path / "waters.csv"
    path.write_text(
        "section,date,target,氨氮,溶解氧,cod,temperature\n"
        "王家摆,2026-03,Ⅲ,0.025L,7.2,15,28\n吴村,2026-03,III,1.3,,<4,\n北塘,2026-03,V,,,,\n",
        "utf-8",
    )
    rows = water.classify(path)
    assert [r.judgement.overall for r in rows] == [1, 4, None]
    assert [r.met for r in rows] == [True, False, None]
    assert (rows[0].below, rows[1].below) == (("ammonia_nitrogen",), ("cod",))
    assert water.compliance(rows) == water.Compliance(2, 1, 2, 1, 1, 0)
    path.write_text("section,高锰酸盐指,cod\n王家摆,1,2\n", "utf-8")
    with pytest.raises(Fault, match=r"is no item.*nearest is '高锰酸盐指数'"):
        water.classify(path)
    path.write_text("section,cod\n", "utf-8")
    with pytest.raises(Fault, match="no rows"):
        water.classify(path)
    path.write_text("section,cod\n王家摆,-3\n", "utf-8")
    with pytest.raises(Fault, match=r"line 2"):
        water.classify(path)


WIDE = """断面名称,监测时间,水质目标,水体类型,水温(℃),pH(无量纲),溶解氧(mg/L),汞(μg/L),氨氮（NH3-N）(mg/L),粪大肠菌群(MPN/100mL),电导率(μS/cm)
王家摆,2026-03,Ⅲ类,河流,28.1,8.1,7.1,0.05,<0.025,30,812
于桥,2026-03,Ⅱ类,湖库,,,,0.06,0.5,,
"""
LONG = """station,date,item,value,unit,target
王家摆,2026-03,DO,7.1,mg/L,III
王家摆,2026-03,水温,28.1,℃,III
王家摆,2026-03,Hg,50,μg/m3,III
"""


def test_a_table_with_chinese_heads_units_and_other_columns(tmp_path) -> None:
    path = tmp_path / "waters.csv"
    path.write_text(WIDE, "utf-8-sig")
    notes: list[str] = []
    first, second = water.classify(path, notes)
    assert first.judgement.by_item == {
        "ph": 1, "dissolved_oxygen": 1, "mercury": 1, "ammonia_nitrogen": 1, "faecal_coliforms": 2
    }  # fmt: skip
    assert (first.section, first.date, first.target, first.met) == ("王家摆", "2026-03", 3, True)
    assert second.judgement.by_item["mercury"] == 3
    assert second.met is False
    assert notes == ["Not an item of GB 3838-2002, left out: 电导率(μS/cm)."]


def test_a_table_with_a_row_for_each_item(tmp_path) -> None:
    path = tmp_path / "waters.csv"
    right = LONG.replace("50,μg/m3", "0.05,ug/L")
    path.write_text(right, "utf-8")
    (found,) = water.classify(path)
    assert found.judgement.by_item == {"dissolved_oxygen": 1, "mercury": 1}
    for text, said in (
        (LONG, "measured in mg/L, not in μg/m3"),
        (right.replace("Hg", "DO"), "there twice"),
        (right.replace("Hg", "Uranium"), "has no item 'Uranium'"),
        (right.replace("2026-03", "2001-12"), "in force since 2002-06-01"),
    ):
        path.write_text(text, "utf-8")
        with pytest.raises(Fault, match=said):
            water.classify(path)


def test_limits_hold_to_the_last_digit_in_other_units(tmp_path) -> None:
    """A value equal to its limit keeps the class, whatever unit it was written in."""
    path = tmp_path / "waters.csv"
    for item, limits in AT_MOST.items():
        if item == "faecal_coliforms":
            continue
        for limit in set(limits):
            written = format((Decimal(str(limit)) * 1000).normalize(), "f")
            path.write_text(f"section,{item}(μg/L)\nx,{written}\n", "utf-8")
            (found,) = water.classify(path)
            assert found.judgement.by_item[item] == limits.index(limit) + 1


@pytest.mark.parametrize("word", ["氨氮", "ammonia", "7664-41-7", "NH3-N", "Ammonia nitrogen"])
def test_a_substance_by_any_of_its_words(word: str) -> None:
    assert substances.substance(word).id == "ammonia_nitrogen"


def test_an_unknown_substance_names_the_nearest() -> None:
    with pytest.raises(Fault, match="nearest is 'nitrobenzene'"):
        substances.substance("nitrobenzen")
    with pytest.raises(Fault, match="has no limit"):
        substances.substance("chloride").threshold("III")


def test_every_substance_is_whole() -> None:
    for each in substances.substances().values():
        assert set(each.names) == {"zh", "en"} == set(each.hazard)
        assert 0 <= each.decay[0] <= each.decay[1]
        assert all(v > 0 for v in each.limits.values())
        assert not each.cas or substances.cas_holds(each.cas), each
        assert all(substances.limit_source(name)["in_force"] for name in each.limits)


def test_a_cas_number_with_a_wrong_check_digit_is_told() -> None:
    assert substances.cas_holds("7732-18-5")  # water
    assert not substances.cas_holds("7732-18-6")
    with pytest.raises(Fault, match=r"check digit of the CAS number 7664-41-8.*nearest is '7664-41-7'"):
        substances.substance("7664-41-8")
