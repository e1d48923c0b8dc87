"""Periods: each instant lies in exactly one of a length, names lead back to them, and they follow without a gap."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongxin.heart.agreements import periods
from tongxin.heart.agreements.language import PERIODS

BEIJING = ZoneInfo("Asia/Shanghai")
URUMQI, NEW_YORK = ZoneInfo("Asia/Urumqi"), ZoneInfo("America/New_York")  # one with summer time
instants = st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))
lengths, zones = st.sampled_from(PERIODS), st.sampled_from([BEIJING, URUMQI, NEW_YORK])


def wall(text: str, zone: ZoneInfo = BEIJING) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


@pytest.mark.parametrize(
    ("every", "at", "name", "begins", "ends"),
    [
        ("P1W", "2026-02-12T15:00", "2026-W07", "2026-02-09", "2026-02-16"),
        ("P1M", "2026-03-31T23:59", "2026-03", "2026-03-01", "2026-04-01"),
        ("P3M", "2026-03-01T00:00", "2026-Q1", "2026-01-01", "2026-04-01"),
        ("P6M", "2026-07-01T00:00", "2026-H2", "2026-07-01", "2027-01-01"),
        ("P1Y", "2026-12-31T23:59", "2026", "2026-01-01", "2027-01-01"),
        # The first days of 2027 are a Friday and a weekend: they belong to the last week of 2026, which has 53.
        ("P1W", "2027-01-03T12:00", "2026-W53", "2026-12-28", "2027-01-04"),
        # and the last days of 2024 to the first week of 2025
        ("P1W", "2024-12-30T00:00", "2025-W01", "2024-12-30", "2025-01-06"),
    ],
)
def test_the_period_of_an_instant(every, at, name, begins, ends):
    found = periods.of(every, wall(at), zone=BEIJING)
    assert (found.name, found.begins, found.ends) == (name, wall(begins), wall(ends))
    assert periods.length_of(name) == every


def test_the_wall_decides_the_day():
    late = datetime(2026, 3, 31, 16, 30, tzinfo=UTC)  # half past midnight of 1 April in Beijing
    assert periods.of("P1M", late, zone=BEIJING).name == "2026-04"
    assert periods.of("P1M", late, zone=URUMQI).name == "2026-03"


@given(lengths, instants, zones)
def test_an_instant_lies_in_the_period_that_its_name_leads_back_to(every, at, zone):
    found = periods.of(every, at, zone=zone)
    assert found.holds(at)
    assert periods.named(found.name, zone=zone) == found
    assert periods.length_of(found.name) == every
    assert periods.of(every, found.begins, zone=zone) == found
    assert periods.of(every, found.ends - timedelta(microseconds=1), zone=zone) == found
    assert periods.after(found, zone=zone).begins == found.ends


@given(lengths, instants, st.timedeltas(timedelta(), timedelta(days=900)), zones)
def test_between_covers_a_span_without_gap_or_overlap(every, begins, length, zone):
    until = begins + length
    found = periods.between(every, begins, until, zone=zone)
    if not length:
        assert found == []
        return
    assert found[0].holds(begins)
    assert found[-1].begins < until <= found[-1].ends
    assert all(a.ends == b.begins and a.name < b.name for a, b in pairwise(found))


@pytest.mark.parametrize("name", ["2026-13", "2026-00", "2025-W53", "2026-Q5", "2026-H3", "26", "2026-3", ""])
def test_what_names_no_period_is_refused(name):
    with pytest.raises(ValueError):  # noqa: PT011  # date's own words differ from ours
        periods.named(name, zone=BEIJING)


def test_another_length_is_refused():
    with pytest.raises(ValueError, match="no period"):
        periods.of("P2M", wall("2026-03-01"), zone=BEIJING)
