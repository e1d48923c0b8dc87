"""Loading a pack into the tables: complete, repeatable, and the same code for another region."""

import json
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
import shapely
from django.apps import apps

from tongxin.heart.ledger.models import Entry
from tongxin.heart.region import actions, calendars, models, queries
from tongxin.heart.region.tests.places import JINGJINJI, TWINVALE
from tongxin.shared.errors import Conflict, NotFound

BEIJING = ZoneInfo("Asia/Shanghai")
TABLES = list(apps.get_app_config("region").get_models())


def at(text: str, zone: ZoneInfo = BEIJING) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def counts() -> dict[str, int]:
    return {table.__name__: table._default_manager.count() for table in TABLES}


class TestJingjinji:
    def test_the_whole_region_stands_in_the_tables_and_a_second_time_changes_nothing(
        self, jingjinji_loaded, tmp_path
    ):
        on = date(2026, 11, 22)
        assert queries.jurisdictions(on, level="district").count() == 199
        assert queries.jurisdictions(on, level="prefecture").count() == 11
        assert queries.jurisdictions(on, level="province").count() == 3
        assert queries.jurisdictions(on, level="district", within="he-langfang").count() == 10
        assert queries.jurisdictions(date(2015, 1, 1)).filter(id="tj-jixian").exists()
        assert models.Boundary.objects.count() == 214
        assert Entry.objects.filter(act="region.pack.loaded").count() == 1

        before = counts()
        assert actions.load_region(JINGJINJI, data=tmp_path).changes == {}
        assert actions.load_region(JINGJINJI, data=tmp_path, again=True).changes == {}
        assert counts() == before
        assert Entry.objects.filter(act="region.pack.loaded").count() == 1

    def test_places_and_groups_as_people_know_them(self, jingjinji_loaded):
        nearby = {row.id: km for row, km in queries.neighbours("bj-tongzhou")}
        assert set(nearby) == {
            "tj-wuqing", "he-langfang-sanhe", "bj-daxing", "he-langfang-guangyang", "he-langfang-xianghe",
            "he-langfang-dachang", "bj-chaoyang", "bj-shunyi",
        }  # fmt: skip
        assert nearby["tj-wuqing"] == pytest.approx(17, abs=3)
        assert {row.id for row, _ in queries.neighbours("bj")} == {"tj", "he"}
        langfang = [row.id for row, _ in queries.neighbours("he-langfang", level="district")]
        assert langfang[0] == "tj-wuqing"
        assert not any(name.startswith("he-langfang") for name in langfang)
        assert [row.id for row in queries.group_members("tongwulang")] == [
            "bj-tongzhou",
            "tj-wuqing",
            "he-langfang",
        ]
        assert queries.group_members("tongwulang", date(2010, 1, 1)) == []
        assert {row.id for row in queries.group_members("xiongan")} == {
            "he-baoding-xiongxian", "he-baoding-rongcheng", "he-baoding-anxin",
        }  # fmt: skip
        assert queries.party_of("he-langfang-xianghe", ["tj-baodi", "he-langfang"]) == "he-langfang"
        assert queries.party_of("he-langfang-xianghe", ["jingjinji"]) == "he"
        assert queries.party_of("tj-wuqing", ["tj-baodi", "he-langfang"]) is None
        assert queries.current(queries.jurisdiction("tj-jixian")).id == "tj-jizhou"

    def test_every_desk_finds_an_office_and_the_unlisted_fall_to_coordination(self, jingjinji_loaded):
        on = date(2026, 11, 22)
        assert queries.desk_office("tj-wuqing/ecology_bureau", on).id == "tj-wuqing-ecology"
        assert (
            queries.desk_office("he-hengshui-jingxian/ecology_bureau", on).id
            == "he-hengshui-jingxian-coordination"
        )
        assert queries.desk_office("bj-tongzhou/service_centre", on).id == "bj-tongzhou-services"
        assert queries.desk_office("tongwulang/coordination_office", on).id == "bj-tongzhou-coordination"
        staffed = set(
            models.Mandate.objects.filter(models.valid_on(on), kind="seat").values_list("desk_id", flat=True)
        )
        for row in queries.jurisdictions(on):
            assert f"{row.id}/coordination_office" in staffed
        with pytest.raises(NotFound):
            queries.desk_office("tj-wuqing/tax_bureau", on)
        desks = models.Desk.objects.filter(
            jurisdiction__in=["tj-wuqing", "he-langfang", "he-hengshui-jingxian"]
        )
        found = queries.offices_with_mandate(desks.values_list("id", flat=True), on)
        assert "he-hengshui-jingxian/ecology_bureau" not in found
        assert {desk: office.id for desk, office in found.items()} == {
            desk: queries.desk_office(desk, on).id for desk in found
        }

    def test_places_and_groups_at_once_are_those_asked_one_by_one(self, jingjinji_loaded):
        parents, on = queries.parents(), date(2026, 11, 22)
        for place in ("he-langfang-xianghe", "tj-wuqing", "he", "nowhere"):
            line = queries.lineage(place)
            assert [parents[each] for each in line] == [*line[1:], ""][: len(line)]
        assert queries.lineage("nowhere") == []
        assert queries.lineage("he-langfang-xianghe") == ["he-langfang-xianghe", "he-langfang", "he"]
        for day in (on, date(2010, 1, 1)):
            groups = queries.members_by_group(day)
            assert list(groups) == [group.id for group in queries.groups()]
            for group, members in groups.items():
                assert members == [row.id for row in queries.group_members(group, day)]

    def test_the_roster_of_the_night_of_9_march_is_empty_and_the_deputy_is_next(self, jingjinji_loaded):
        desk = "tj-wuqing/ecology_bureau"
        night, day = at("2026-03-09T23:20"), at("2026-03-10T09:00")
        assert queries.on_duty(desk, night) == []
        assert [post.role for post in queries.who_is_on_duty(desk, night)] == ["deputy"]
        assert [post.role for post in queries.who_is_on_duty(desk, day)] == ["duty_officer"]
        head = queries.next_rank(desk, 2, day)
        assert head
        assert head.role == "head"
        assert queries.next_rank(desk, 3, day) is None
        assert [p.username for p in queries.holders("tj-wuqing-ecology/deputy")] == ["wuqing-deputy"]
        assert [p.rank for p in queries.posts_of(queries.desk_office(desk, date(2026, 3, 9)))] == [1, 2, 3]

    def test_the_worked_case_on_the_offices_in_the_tables(self, jingjinji_loaded):
        tongzhou = queries.office_of("bj-tongzhou/service_centre", at("2026-02-12T15:30"))
        langfang = queries.office_of("he-langfang/service_centre", at("2026-02-12T15:30"))
        answer = calendars.due_in_hours(at("2026-02-12T15:30"), "PT4H", tongzhou)
        assert answer.due_at == at("2026-02-13T11:30")
        assert answer.calendar.startswith("cn@2026-")
        assert calendars.due_in_days(at("2026-02-12T15:00"), 5, tongzhou).due_at == at("2026-02-26T17:00")
        assert calendars.due_in_days(at("2026-02-12T15:00"), "P5D", langfang).due_at == at("2026-02-26T17:30")
        assert calendars.is_working_day("cn", date(2026, 2, 14)) == (True, False)
        assert calendars.is_working_day("cn", date(2027, 2, 14)) == (False, True)

    def test_presences_stand_on_anothers_soil_with_their_source(self, jingjinji_loaded):
        places = [row.place_en for row in queries.presences(office="bj-tongzhou-services")]
        assert len(places) == 2
        assert all("Wuqing" in place or "Dachang" in place for place in places)

    def test_demo_people_come_in_demo_only(self, db, tmp_path):
        actions.load_region(JINGJINJI, data=tmp_path, with_demo=False)
        assert not models.Person.objects.exists()
        assert not models.RosterShift.objects.exists()
        actions.load_region(JINGJINJI, data=tmp_path, with_demo=True)
        clerk = models.Person.objects.get(username="wuqing-clerk")
        assert clerk.demo
        assert clerk.check_password("tongxin-demo")
        assert models.Person.objects.get(username="baodi-admin").administers_id == "tj-baodi"
        clerk.set_password("something else entirely")
        clerk.save()
        actions.load_region(JINGJINJI, data=tmp_path, with_demo=True, again=True)
        clerk.refresh_from_db()
        assert clerk.check_password("something else entirely")

    def test_the_map_layers_fit_together(self, jingjinji_loaded, tmp_path):
        layers = {
            name: json.loads((tmp_path / "map" / name).read_text(encoding="utf-8")) for name in actions.LAYERS
        }
        districts = layers["districts.geojson"]["features"]
        assert len(districts) == 199
        shapes = [shapely.geometry.shape(feature["geometry"]) for feature in districts]
        assert shapely.coverage_is_valid(shapes)
        assert {f["properties"]["id"] for f in layers["provinces.geojson"]["features"]} == {"bj", "tj", "he"}
        kinds = [f["properties"]["kind"] for f in layers["borders.geojson"]["features"]]
        assert kinds == ["between", "between", "between", "edge"]
        for feature in layers["labels.geojson"]["features"]:
            if feature["properties"]["level"] == "district":
                shape = next(
                    s
                    for s, d in zip(shapes, districts, strict=True)
                    if d["properties"]["id"] == feature["properties"]["id"]
                )
                assert shape.contains(shapely.geometry.shape(feature["geometry"]))

    def test_another_region_is_refused_in_the_same_database(self, jingjinji_loaded, tmp_path):
        with pytest.raises(Conflict):
            actions.load_region(TWINVALE, data=tmp_path)
        assert not models.Jurisdiction.objects.filter(id="ev").exists()


class TestTwinvale:
    """Another region is another folder and no code."""

    def test_its_places_its_neighbours_its_zone(self, twinvale_loaded):
        assert {row.id for row in queries.jurisdictions(date(2026, 1, 1))} == {
            "ev",
            "wv",
            "ev-ford",
            "ev-hill",
            "wv-mill",
        }
        assert {row.id for row, _ in queries.neighbours("wv-mill")} == {"ev-hill", "ev-ford"}
        km = {row.id: km for row, km in queries.neighbours("wv-mill")}["ev-ford"]
        assert km == pytest.approx(11.10, abs=0.02)  # a tenth of a degree of latitude at 40°
        assert [row.id for row, _ in queries.neighbours("ev")] == ["wv"]
        assert all(row.illustrative for row in models.Jurisdiction.objects.all())
        assert str(calendars.zone()) == "Asia/Urumqi"
        assert queries.day_of(datetime(2026, 1, 1, 17, 30, tzinfo=UTC)) == date(2026, 1, 1)  # 23:30 there

    def test_groups_change_with_the_date(self, twinvale_loaded):
        def members(on):
            return {row.id for row in queries.group_members("river-three", on)}

        assert members(date(2024, 6, 1)) == {"ev-ford", "wv-mill", "ev-upford"}
        assert members(date(2025, 7, 1)) == {"ev-ford", "wv-mill"}
        assert members(date(2026, 1, 1)) == {"ev-ford", "wv-mill", "ev-hill"}

    def test_a_merged_office_takes_over_the_desk_on_its_day(self, twinvale_loaded):
        assert queries.desk_office("ev-ford/ecology_bureau", date(2026, 5, 31)).id == "ev-ford-ecology"
        assert queries.desk_office("ev-ford/ecology_bureau", date(2026, 6, 1)).id == "ev-ford-green"

    def test_the_desk_of_an_ended_place_goes_on_at_its_successor(self, twinvale_loaded):
        role = models.OfficeRole.objects.get(id="ecology_bureau")
        ended = models.Jurisdiction.objects.get(id="ev-upford")
        models.Desk.objects.create(id="ev-upford/ecology_bureau", jurisdiction=ended, role=role)
        assert queries.desk_office("ev-upford/ecology_bureau", date(2026, 1, 1)).id == "ev-ford-ecology"

    def test_its_office_hours_have_a_noon_break_and_its_week_six_days(self, twinvale_loaded):
        zone = ZoneInfo("Asia/Urumqi")
        ford = queries.desk_office("ev-ford/ecology_bureau", date(2026, 3, 6))
        assert calendars.due_in_hours(at("2026-03-06T11:30", zone), "PT1H", ford).due_at == at(
            "2026-03-06T13:30", zone
        )
        # Saturday 7 March works; the harvest is on 9 and 10 March, Sunday 15 March works.
        assert calendars.due_in_days(at("2026-03-06T11:30", zone), 2, ford).due_at == at(
            "2026-03-11T16:00", zone
        )
        mill = queries.desk_office("wv-mill/ecology_bureau", date(2026, 3, 6))
        both = calendars.opening_of_both(ford, mill)
        assert calendars.due_in_hours(at("2026-03-06T08:00", zone), "PT3H", both).due_at == at(
            "2026-03-06T14:00", zone
        )

    def test_its_roster_runs_out_and_the_next_rank_is_rung(self, twinvale_loaded):
        zone = ZoneInfo("Asia/Urumqi")
        desk = "wv-mill/ecology_bureau"
        assert [p.role for p in queries.who_is_on_duty(desk, at("2026-02-28T23:59", zone))] == [
            "duty_officer"
        ]
        assert [p.role for p in queries.who_is_on_duty(desk, at("2026-03-01T00:00", zone))] == ["head"]

    def test_what_changes_in_the_pack_changes_in_the_tables_and_nothing_else(self, twinvale_loaded, tmp_path):
        from tongxin.heart.region.tests.test_pack import copied, edit

        root = copied(tmp_path, TWINVALE)
        edit(root / "offices.yaml", "Mill Ecology Bureau", "Mill Bureau of Waters")
        edit(
            root / "jurisdictions.csv",
            "ev-hill,,山麓县,Hill County,山麓,Hill,district,ev,,,",
            "ev-hill,,山麓县,Hill County,山麓,Hill,district,ev,,2030-01-01,ev-ford",
        )
        loaded = actions.load_region(root, data=tmp_path)
        assert loaded.changes["office"] == 2  # renamed; and that of Hill ends with Hill
        assert models.Office.objects.get(id="wv-mill-ecology").name_en == "Mill Bureau of Waters"
        assert models.Jurisdiction.objects.get(id="ev-hill").valid_until == date(2030, 1, 1)
        assert Entry.objects.filter(act="region.pack.loaded").count() == 2
