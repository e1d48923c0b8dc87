"""The calendar's page, operation and command: the same days and the same count, explained so that a hand can follow."""

from __future__ import annotations

import itertools
import re
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils.translation import override

from tongxin.heart.agreements import almanac, clocks
from tongxin.heart.agreements.language import Within
from tongxin.heart.region import queries
from tongxin.heart.region.models import Office
from tongxin.shared.errors import Invalid, NotFound
from tongxin.site import cli

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.once(
        "days are counted from calendars as they are read; stories and clocks are tried on both"
    ),
]
BEIJING = ZoneInfo("Asia/Shanghai")
TONGZHOU, WUQING = "bj-tongzhou/service_centre", "tj-wuqing/service_centre"
ASKED = {
    "start": "2026-02-12T15:00",
    "within": "P5D",
    "clock": "days",
    "debtor": TONGZHOU,
    "creditor": WUQING,
}
PAUSE = "2026-02-14T10:00/2026-02-25T10:00"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BEIJING)


def counted(limit: dict[str, Any], start: str = "2026-02-12T15:00", *pauses: str) -> almanac.Counted:
    return almanac.counted(
        Within.model_validate(limit),
        at(start),
        bound_desk=TONGZHOU,
        owed_desk=WUQING,
        pauses=[almanac.pause(text) for text in pauses],
    )


class TestAYear:
    def test_2026_as_the_notice_has_it(self, house):
        year = almanac.year_of(queries.desk_office(TONGZHOU), 2026)
        assert not year.provisional
        assert year.working_days == 248
        assert "国办发明电〔2025〕7号" in year.source
        with override("en"):
            assert [(str(run.name), run.days) for run in year.holidays][:2] == [
                ("New Year's Day", 3),
                ("Spring Festival", 9),
            ]
        assert year.moved == [
            date(2026, month, day)
            for month, day in ((1, 4), (2, 14), (2, 28), (5, 9), (9, 20), (10, 10))
        ]  # fmt: skip
        months = year.months
        assert len(months) == 12
        assert next([day.on.day if day else 0 for day in week] for week in months[1]) == [0, 0, 0, 0, 0, 0, 1]
        assert sum(day is not None for week in months[1] for day in week) == 28

    def test_a_year_without_a_notice_is_provisional(self, house):
        year = almanac.year_of(queries.desk_office(TONGZHOU), 2027)
        assert year.provisional
        assert not year.holidays
        assert not year.source
        assert year.working_days == 261

    @pytest.mark.parametrize("year", [0, 1949, 2200, 9999])
    def test_a_year_that_no_calendar_has(self, house, year):
        with pytest.raises(Invalid):
            almanac.year_of(queries.desk_office(TONGZHOU), year)


class TestLines:
    def test_days_over_the_festival_with_the_suspension(self, house):
        found = counted({"within": "P5D", "clock": "days"}, "2026-02-12T15:00", PAUSE)
        assert found.count.due_at == at("2026-03-02T17:00")
        assert [(f"{it.first:%m%d}", f"{it.last:%m%d}", it.reason, it.number) for it in found.lines] == [
            ("0212", "0212", "start", 0),
            ("0213", "0213", "counted", 1),
            ("0214", "0214", "paused", 0),
            ("0215", "0223", "holiday", 0),
            ("0224", "0225", "paused", 0),
            ("0226", "0226", "counted", 2),
            ("0227", "0227", "counted", 3),
            ("0228", "0228", "moved", 4),
            ("0301", "0301", "weekend", 0),
            ("0302", "0302", "counted", 5),
        ]

    def test_hours_with_the_spans_that_counted(self, house):
        found = counted({"within": "PT4H", "clock": "hours"}, "2026-02-12T15:30")
        assert [(it.reason, it.counted, it.running) for it in found.lines] == [
            ("counted", timedelta(hours=1.5), timedelta(hours=1.5)),
            ("counted", timedelta(hours=2.5), timedelta(hours=4)),
        ]

    def test_hours_that_begin_after_closing(self, house):
        found = counted({"within": "PT1H", "clock": "hours"}, "2026-02-13T20:00")
        assert [it.reason for it in found.lines] == ["closed", "moved"]

    def test_time_that_passes_with_a_pause(self, house):
        pause = "2026-02-12T16:00/2026-02-13T09:00"
        found = counted({"within": "PT3H"}, "2026-02-12T15:00", pause)
        assert found.count.due_at == at("2026-02-13T11:00")
        assert [(it.reason, it.running) for it in found.lines] == [
            ("elapsed", timedelta(hours=1)),
            ("paused", timedelta(hours=1)),
            ("elapsed", timedelta(hours=3)),
        ]

    def test_of_two_offices_the_one_that_is_closed_is_named(self, house):
        from tongxin.heart.region.models import CalendarYear, WorkCalendar

        WorkCalendar.objects.create(id="all-days", name_zh="全年", name_en="All days", version="1")
        CalendarYear.objects.create(calendar_id="all-days", year=2026)
        wuqing = queries.desk_office(WUQING)
        Office.objects.filter(pk=wuqing.pk).update(calendar="all-days", hours=[["09:00", "12:00"]])
        found = counted({"within": "P2D", "clock": "days", "calendar_of": "both"}, "2026-02-14T15:00")
        closed = {it.office for it in found.lines if it.reason in {"holiday", "weekend"}}
        assert "bj-tongzhou-services" in closed
        assert found.count.due_at.astimezone(BEIJING).hour == 12

    @pytest.mark.parametrize("kind", ["hours", "days"])
    def test_lines_cover_every_day_and_add_up(self, house, kind):
        for n in range(40):
            start = at("2026-01-01T00:00") + timedelta(hours=61 * n)
            within = timedelta(days=n % 9 + 1) if kind == "days" else timedelta(minutes=97 * (n + 1))
            limit = Within(within=within, clock=kind, calendar_of="both")
            found = almanac.counted(limit, start, bound_desk=TONGZHOU, owed_desk=WUQING)
            lines = found.lines
            assert lines[0].first == start.date()
            assert lines[-1].last == found.count.due_at.astimezone(BEIJING).date()
            assert all(b.first - a.last == timedelta(days=1) for a, b in itertools.pairwise(lines))
            assert sum((it.counted for it in lines), timedelta()) == within == lines[-1].running
            count = clocks.due(limit, start, bound_desk=TONGZHOU, owed_desk=WUQING)
            assert count == found.count

    def test_offices_that_are_never_open_together_are_refused(self, house):
        office = queries.desk_office(WUQING)
        Office.objects.filter(pk=office.pk).update(hours=[["18:00", "20:00"]])
        with pytest.raises(Invalid):
            counted({"within": "P2D", "clock": "days", "calendar_of": "both"})

    @pytest.mark.parametrize(
        ("limit", "pauses"),
        [
            ({"within": "P251D", "clock": "days"}, ()),
            ({"within": "PT1H", "clock": "days"}, ()),
            ({"within": "PT801H", "clock": "hours"}, ()),
            ({"within": "P1001D"}, ()),
            ({"within": "P1D"}, ("2026-02-14T10:00/2026-02-14T10:00",)),
            ({"within": "P1D"}, (PAUSE,) * 21),
        ],
    )
    def test_what_cannot_be_shown_is_refused(self, house, limit, pauses):
        with pytest.raises(Invalid):
            counted(limit, "2026-02-12T15:00", *pauses)

    def test_an_unknown_desk(self, house):
        for language, said in (("en", "There is no such desk: x/y."), ("zh-hans", "没有这个席位：x/y。")):
            with override(language), pytest.raises(NotFound) as refused:
                almanac.counted(
                    Within(within=timedelta(hours=1)),
                    at("2026-02-12T15:00"),
                    bound_desk="x/y",
                    owed_desk=WUQING,
                )
            assert str(refused.value.what) == said


class TestTheOperation:
    def test_a_due_is_explained(self, house):
        answer = Client().get("/api/v1/due", {**ASKED, "pause": [PAUSE]})
        assert answer.status_code == 200
        told = answer.json()
        assert told["due_at"] == "2026-03-02T17:00:00+08:00"
        assert told["offices"] == ["bj-tongzhou-services"]
        assert told["calendar"] == "cn"
        assert told["lines"][3]["name"]["en"] == "Spring Festival"
        assert [line["running"] for line in told["lines"]][-1] == "P5D"

    def test_an_offset_is_taken_and_the_same_instant_gives_the_same_due(self, house):
        same = Client().get("/api/v1/due", {**ASKED, "start": "2026-02-12T07:00:00+00:00"}).json()
        assert same == Client().get("/api/v1/due", ASKED).json()

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("start", "2026-02-30T15:00"),
            ("start", "0001-01-01T00:00"),
            ("start", "9999-12-31T23:00"),
            ("within", "5 days"),
            ("within", "P99999999999999999999D"),
            ("within", "P٣D"),
            ("clock", "sun"),
            ("calendar_of", "nobody"),
            ("pause", "2026-02-14T10:00"),
            ("pause", "a/b"),
            ("debtor", "x" * 200),
        ],
    )
    def test_what_cannot_be_read_is_named(self, house, name, value):
        answer = Client().get("/api/v1/due", {**ASKED, name: value})
        assert answer.status_code == 422
        assert any(name in field for field in answer.json()["fields"])

    def test_working_time_has_no_days_of_24_hours(self, house):
        hours = {"within": "PT30H", "clock": "hours"}
        told = Client().get("/api/v1/due", {**ASKED, **hours}).json()
        assert (told["within"], told["lines"][-1]["running"]) == ("PT30H", "PT30H")

    def test_a_year(self, house):
        told = Client().get("/api/v1/calendar", {"desk": WUQING, "year": 2026}).json()
        assert told["working_days"] == 248
        assert told["hours"] == [["08:30", "17:30"]]
        assert {"on": "2026-02-14", "kind": "moved", "name": told["exceptions"][4]["name"]} in told[
            "exceptions"
        ]


class TestTheCommand:
    @pytest.fixture(autouse=True)
    def _english(self):
        with override("en"):
            yield

    def test_a_count_to_compare_with_a_hand(self, house, capsys):
        asked = ["clock", "due", "--start", ASKED["start"], "--within", "P5D", "--clock", "days"]
        with override("zh-hans"):
            assert cli.main([*asked, "--debtor", TONGZHOU, "--creditor", WUQING, "--pause", PAUSE]) == 0
        told = capsys.readouterr().out
        assert "截止      2026-03-02 周一 17:00:00" in told
        assert "单位      bj-tongzhou-services  09:00–17:00  cn" in told
        assert "节假日，春节" in told
        assert not re.search(r"[A-Za-z]{2,}", re.sub(r"bj-tongzhou-services|cn|P\w+", "", told))

    def test_the_end_of_a_day_is_its_24_00(self, house, capsys):
        """A period ends at 24:00 of its last day, and so does what is counted in elapsed time."""
        desks = ["--debtor", TONGZHOU, "--creditor", WUQING]
        asked = ["clock", "due", "--start", "2026-11-30T24:00", "--within", "P7D", *desks]
        assert cli.main(asked) == 0
        told = capsys.readouterr().out
        assert "starts  2026-11-30 Mon 24:00" in told
        assert "due     2026-12-07 Mon 24:00" in told
        assert cli.main([*asked, "--clock", "days"]) == 0
        assert "due     2026-12-09 Wed 17:00:00" in capsys.readouterr().out

    def test_working_time_has_no_days_of_24_hours(self, house, capsys):
        asked = ["clock", "due", "--start", "2026-02-12T15:30", "--within", "PT30H30M", "--clock", "hours"]
        assert cli.main([*asked, "--debtor", TONGZHOU, "--creditor", WUQING]) == 0
        told = capsys.readouterr().out
        assert "within  PT30H30M  clock: hours" in told
        assert "  PT25H30M  " in told
        assert "P1D" not in told

    def test_a_fault_is_told_in_parts(self, house, capsys):
        asked = [
            "clock",
            "due",
            "--start",
            "soon",
            "--within",
            "P5D",
            "--debtor",
            TONGZHOU,
            "--creditor",
            WUQING,
        ]
        assert cli.main(asked) == 2
        assert "no instant" in capsys.readouterr().err

    def test_a_year(self, house, capsys):
        assert cli.main(["clock", "year", WUQING, "--year", "2026"]) == 0
        told = capsys.readouterr().out
        assert "working days: 248" in told
        assert "worked  2026-02-14 Sat" in told


class TestThePage:
    def test_anyone_reads_a_year(self, house):
        page = Client().get("/calendar/", {"desk": WUQING, "year": "2026"}).content.decode()
        assert "2026年工作日历" in page
        assert "08:30–17:30" in page
        assert page.count('<table class="month">') == 12
        assert "暂定" not in page
        assert "暂定" in Client().get("/calendar/", {"year": "2027"}).content.decode()

    def test_a_clerk_sees_the_own_office_first(self, house):
        page = house.client("wuqing-clerk").get("/calendar/").content.decode()
        assert f'<option value="{WUQING}" selected>' in page

    def test_a_coordinator_sees_the_own_office_first(self, house):
        own = "tj-wuqing/coordination_office"
        page = house.client("wuqing-coordinator").get("/calendar/").content.decode()
        assert f'<option value="{own}" selected>' in page
        assert page.count(f'<option value="{own}"') == 3  # the page's list, and both of the calculator
        open_to_all = Client().get("/calendar/").content.decode()
        assert f'<option value="{own}">' in open_to_all
        assert '/coordination_office" selected>' not in open_to_all

    def test_totals_of_working_time_are_hours_and_minutes(self, house):
        asked = {"start": "2026-02-12T15:30", "amount": "1830", "unit": "minutes", "clock": "hours"}
        asked |= {"debtor": TONGZHOU, "creditor": WUQING}
        page = Client(headers={"accept-language": "en"}).get("/calendar/", asked).content.decode()
        totals = re.findall(r'<span class="col">In all</span>([^<]*)</td>', page)
        assert "25 hours 30 minutes" in totals
        assert totals[-1] == "30 hours 30 minutes"
        assert not any("day" in total for total in totals)

    @pytest.mark.parametrize("query", ["year=x", "year=20260", "year=1", "year=%C2%B2026"])
    def test_a_year_that_is_none_is_refused(self, house, query):
        assert Client().get(f"/calendar/?{query}").status_code == 422

    @pytest.mark.parametrize(
        "query",
        [
            "start=x",
            "start=2026-02-12T15:00&amount=0",
            "start=2026-02-12T15:00&amount=999999999999",
            "start=2026-02-12T15:00&amount=5&unit=hours&clock=days",
            "start=2026-02-12T15:00&pause_from=2026-02-13T10:00",
            "start=2026-02-12T15:00&pause_from=2026-02-13T10:00&pause_until=2026-02-13T09:00",
            "start=2026-02-12T15:00&debtor=nobody",
            "start=0001-01-01T00:00",
        ],
    )
    def test_a_question_that_cannot_be_counted_comes_back_with_its_fault(self, house, query):
        answer = Client().get(f"/calendar/?{query}")
        assert answer.status_code == 422
        assert "error-summary" in answer.content.decode()

    def test_an_unknown_desk_shows_the_first(self, house):
        assert Client().get("/calendar/?desk=nobody").status_code == 200
