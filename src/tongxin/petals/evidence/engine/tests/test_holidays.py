"""The table of holidays agrees, day by day, with an independent calendar; what 前三天 and the like mean."""

from __future__ import annotations

from datetime import date, timedelta

import chinese_calendar
import pytest

from tongxin.petals.evidence.engine import holidays

STATE = [each for each in holidays.table() if "春运" not in each.names]


@pytest.mark.parametrize("of", STATE, ids=lambda of: f"{of.year} {'/'.join(sorted(of.names))}")
def test_every_day_of_a_holiday_is_free_and_those_around_are_worked(of: holidays.Days):
    free = [of.first + timedelta(i) for i in range((of.last - of.first).days + 1)]
    assert all(chinese_calendar.is_holiday(day) for day in free)
    around = [of.first - timedelta(1), of.last + timedelta(1)]
    assert all(chinese_calendar.is_workday(day) for day in around)


def test_every_year_has_its_seven_holidays_and_a_season_of_travel():
    for year in range(2022, 2027):
        named = {name for each in holidays.table() if each.year == year for name in each.names}
        assert {"元旦", "春节", "清明", "五一", "端午", "中秋", "国庆", "春运"} <= named


def test_the_travel_season_has_forty_days():
    for each in holidays.table():
        if "春运" in each.names:
            assert (each.last - each.first).days == 39


@pytest.mark.parametrize(
    ("told", "period"),
    [
        ("", "2025-05-01/2025-05-05"),
        ("前三天", "2025-05-01/2025-05-03"),
        ("首日", "2025-05-01"),
        ("最后一天", "2025-05-05"),
    ],
)
def test_parts_of_a_holiday(told: str, period: str):
    of = holidays.days("五一", None, date(2025, 5, 8))
    assert of is not None
    assert holidays.part(of, told) == period


def test_a_holiday_that_is_not_named_is_the_last_if_it_was_lately():
    assert holidays.days("假期", None, date(2025, 7, 20)) is None
    lately = holidays.days("假期", None, date(2025, 10, 12))
    assert lately is not None
    assert lately.last == date(2025, 10, 8)
