"""Dues against the slow clock: ten thousand random cases in three clocks on whose calendar you like, and the notices."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import chinese_calendar
import pytest
from django.conf import settings

from tests.oracles import slow_clock
from tests.oracles.cases import CALENDARS_OF, CLOCKS, HOURS, cases
from tests.oracles.slow_clock import NOTICES, SUNDAYS_KNOWN, Case, Side, answer, day_due, notice
from tongxin.heart.region import pack, worktime
from tongxin.heart.region.worktime import Calendar, OfficeOpening, Together, Year

SIZES = {"pure": 10_000, "stored": 200}  # the second go through desks, offices and the database
SEEDS = {"pure": 20260312, "stored": 20260313}
BEIJING = ZoneInfo("Asia/Shanghai")
DEBTOR, CREDITOR = "he-langfang/ecology_bureau", "tj-baodi/ecology_bureau"


def instant(wall: datetime) -> datetime:
    return wall.replace(tzinfo=BEIJING).astimezone(UTC)


def wall(at: datetime) -> datetime:
    return at.astimezone(BEIJING).replace(tzinfo=None)


class TestTheNotices:
    """Three who wrote down the same notices: the pack, the slow clock, and a package that others keep."""

    @pytest.mark.parametrize("year", list(NOTICES))
    def test_the_pack_the_slow_clock_and_others_agree_on_every_day(self, year):
        off, worked = notice(year)
        calendar = pack.read(settings.REGION_PACK).calendar("cn")
        for n in range(366):
            on = date(year, 1, 1) + timedelta(days=n)
            if on.year != year:
                continue
            slow = on in worked or (on.weekday() < 5 and on not in off)
            assert calendar.is_working_day(on) == (slow, False), on
            assert chinese_calendar.is_workday(on) == slow, on

    @pytest.mark.parametrize("year", list(NOTICES))
    def test_the_pack_names_the_notice(self, year):
        files = pack.read(settings.REGION_PACK).calendar_years
        numbers = {
            2024: "国办发明电〔2023〕7号",
            2025: "国办发明电〔2024〕12号",
            2026: "国办发明电〔2025〕7号",
        }
        assert [f.notice.number for f in files if f.year == year] == [numbers[year]]


@pytest.fixture(scope="module")
def calendars() -> dict[bool, Calendar]:
    """The pack's calendar, and one that rests on Sundays only and is published for a year longer."""
    years = {year: Year() for year in SUNDAYS_KNOWN}
    return {
        False: pack.read(settings.REGION_PACK).calendar("cn"),
        True: Calendar("sundays", "1", frozenset({6}), years),
    }


def test_due_after_due_agrees_with_the_slow_clock(calendars):
    for number, case in enumerate(cases(SIZES["pure"], SEEDS["pure"])):
        found, slow = count(case, calendars), answer(case)
        assert wall(found.due_at) == slow.due, (number, case)
        assert found.provisional == slow.provisional, (number, case)
        if case.clock == "days":
            assert found.days == slow.days, (number, case)
        else:
            assert sum((b - a for a, b in found.spans), timedelta()) == case.within, (number, case)


def count(case: Case, calendars: dict[bool, Calendar]) -> worktime.Count:
    """Ask the product's arithmetic."""
    pauses = [(instant(a), instant(b)) for a, b in case.pauses]
    if case.clock == "calendar":
        return worktime.due_by_calendar(instant(case.start), case.within, suspended=pauses)
    parts = tuple(OfficeOpening(calendars[s.sundays_only], s.hours, BEIJING) for s in case.sides)
    opening: worktime.Opening = parts[0] if len(parts) == 1 else Together(parts)
    ask = worktime.due_in_hours if case.clock == "hours" else worktime.due_in_days
    return ask(instant(case.start), case.within, opening, suspended=pauses)


def test_dues_of_desks_in_the_database_agree_with_the_slow_clock(house: Any):
    from tongxin.heart.agreements import clocks
    from tongxin.heart.agreements.language import Within
    from tongxin.heart.region.models import WorkCalendar

    _sundays_calendar()
    offices: dict[str, Side] = {}
    version = WorkCalendar.objects.get(id="cn").version
    for number, case in enumerate(cases(SIZES["stored"], SEEDS["stored"])):
        for desk, side in ((DEBTOR, case.debtor), (CREDITOR, case.creditor)):
            if offices.get(desk) != side:
                offices[desk] = side
                _stand(desk, side)
        limit = Within(within=case.within, clock=case.clock, calendar_of=case.calendar_of)
        pauses = [(instant(a), instant(b)) for a, b in case.pauses]
        found = clocks.due(limit, instant(case.start), bound_desk=DEBTOR, owed_desk=CREDITOR, pauses=pauses)
        slow = answer(case)
        assert wall(found.due_at) == slow.due, (number, case)
        assert found.provisional == slow.provisional, (number, case)
        if case.clock != "calendar":
            used = {"sundays@1" if side.sundays_only else f"cn@{version}" for side in case.sides}
            assert found.detail["calendar"] == " + ".join(sorted(u.partition("@")[0] for u in used))
            assert len(found.detail["offices"]) == len(case.sides)
        anew = clocks.again(
            found.detail, instant(case.start), bound_desk=DEBTOR, owed_desk=CREDITOR, pauses=pauses
        )
        assert anew == found, "what is stored is enough to count it again"


def test_dues_on_a_day_agree_with_the_slow_clock(house: Any):
    """A date in the text, a period's end: both move by as long as the clock stood, to the end of a day."""
    from tongxin.heart.agreements import clocks, periods
    from tongxin.heart.agreements.language import Every, On

    dice = random.Random(20260314)
    moved = 0
    for _number in range(200):
        month = date(2026, dice.randrange(1, 13), 1)
        last = (month + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        on = dice.choice([last, month + timedelta(days=dice.randrange(28))])
        pauses = stopped(dice, on)
        spans = [(instant(a), instant(b)) for a, b in pauses]
        desks = {"bound_desk": DEBTOR, "owed_desk": CREDITOR, "pauses": spans}
        slow = day_due(on, pauses)
        found = clocks.due_of(On(on=on), instant(datetime(2026, 1, 1)), **desks)
        assert found is not None
        assert wall(found.due_at) == slow, (on, pauses)
        assert clocks.again(found.detail, instant(datetime(2026, 1, 1)), **desks) == found
        if on == last:
            every = Every.model_validate({"every": "P1M"})
            period = periods.named(f"{month:%Y-%m}")
            counted = clocks.due_of(every, instant(datetime(2026, 1, 1)), period=period, **desks)
            assert counted is not None
            assert wall(counted.due_at) == slow, (period, pauses)
            again = clocks.again(counted.detail, instant(datetime(2026, 1, 1)), **desks)
            assert again == counted
        moved += slow > datetime.combine(on + timedelta(days=1), time())
    assert moved > 100


def stopped(dice: random.Random, on: date) -> tuple[tuple[datetime, datetime], ...]:
    """Up to three pauses, one after the other, each begun before the due that the others had made."""
    found: list[tuple[datetime, datetime]] = []
    begins = datetime.combine(on - timedelta(days=20), time())
    for _n in range(dice.randrange(4)):
        due = day_due(on, tuple(found))
        if begins > due:
            break
        stops = begins + timedelta(minutes=dice.randrange((due - begins) // timedelta(minutes=1) + 1))
        length = timedelta(minutes=dice.choice([1, 90, 1440, dice.randrange(1, 15_000)]))
        found.append((stops, stops + length))
        begins = stops + length
    return tuple(found)


def _sundays_calendar() -> None:
    from tongxin.heart.region.models import CalendarYear, RegionInfo, WorkCalendar

    row = WorkCalendar.objects.create(id="sundays", name_zh="只休周日", name_en="Sundays off", version="1")
    CalendarYear.objects.bulk_create(CalendarYear(calendar=row, year=year) for year in SUNDAYS_KNOWN)
    info = RegionInfo.objects.get()
    info.settings["weekends"] = info.settings.get("weekends", {}) | {"sundays": [6]}
    info.save()


def _stand(desk: str, side: Side) -> None:
    from tongxin.heart.region import queries
    from tongxin.heart.region.models import Office

    office = queries.office_of(desk, instant(datetime(2026, 1, 1)))
    hours = [[f"{a:%H:%M}", f"{b:%H:%M}"] for a, b in side.hours]
    calendar = "sundays" if side.sundays_only else "cn"
    Office.objects.filter(pk=office.pk).update(hours=hours, calendar=calendar)


class TestTheSlowClockItself:
    """What the model's worked cases say, so that the oracle is not merely slow."""

    tongzhou, langfang = Side(HOURS[0]), Side(HOURS[1])

    def test_the_answer_to_the_offer(self):
        thursday = datetime(2026, 2, 12, 15, 30)
        case = Case("hours", timedelta(hours=4), thursday, "debtor", self.tongzhou, self.langfang)
        assert answer(case).due == datetime(2026, 2, 13, 11, 30)

    def test_the_promise_over_the_festival_and_with_the_suspension(self):
        thursday = datetime(2026, 2, 12, 15)
        case = Case("days", timedelta(days=5), thursday, "debtor", self.langfang, self.tongzhou)
        assert answer(case).due == datetime(2026, 2, 26, 17, 30)
        pause = (datetime(2026, 2, 14, 10), datetime(2026, 2, 25, 10))
        paused = Case("days", timedelta(days=5), thursday, "debtor", self.langfang, self.tongzhou, (pause,))
        assert answer(paused).due == datetime(2026, 3, 2, 17, 30)
        assert [(d.month, d.day) for d in answer(paused).days] == [(2, 13), (2, 26), (2, 27), (2, 28), (3, 2)]

    def test_the_cases_reach_every_place_where_clocks_go_wrong(self):
        asked = cases(SIZES["pure"], SEEDS["pure"])
        assert {(c.clock, c.calendar_of) for c in asked} == {(a, b) for a in CLOCKS for b in CALENDARS_OF}
        assert {c.start.year for c in asked} >= {2024, 2025, 2026, 2027}
        assert sum(c.start.time() >= time(23, 50) for c in asked) > 50
        worked = set().union(*(notice(year)[1] for year in NOTICES))
        assert worked <= {c.start.date() for c in asked}
        assert sum(len(c.debtor.hours) > 1 for c in asked) > 1000
        assert sum(c.debtor.sundays_only != c.creditor.sundays_only for c in asked) > 1000

    def test_a_holiday_that_is_written_with_the_wrong_weekday_is_found(self, monkeypatch):
        monkeypatch.setitem(slow_clock.NOTICES, 2026, "元旦：1月1日（周五）放假。")
        with pytest.raises(AssertionError):
            notice(2026)
