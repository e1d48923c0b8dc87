"""Working time: the worked case of the model, and properties against a slow count."""

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tongxin.heart.region import worktime
from tongxin.heart.region.tests.places import jingjinji
from tongxin.heart.region.worktime import (
    Calendar,
    OfficeOpening,
    Together,
    Year,
    add_working_days,
    due_in_days,
    due_in_hours,
)

BEIJING = ZoneInfo("Asia/Shanghai")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BEIJING)


@cache
def opening(opens: str, closes: str) -> OfficeOpening:
    calendar = jingjinji().calendar("cn")
    return OfficeOpening(calendar, ((time.fromisoformat(opens), time.fromisoformat(closes)),), BEIJING)


def tongzhou() -> OfficeOpening:
    return opening("09:00", "17:00")


def langfang() -> OfficeOpening:
    return opening("08:30", "17:30")


SATURDAY_TO_WEDNESDAY = (at("2026-02-14T10:00"), at("2026-02-25T10:00"))


class TestTheWorkedCase:
    """Accepted in Wuqing on Thursday 12 February 2026, before the Spring Festival."""

    def test_the_answer_to_the_offer_is_due_on_friday_at_half_past_eleven(self):
        count = due_in_hours(at("2026-02-12T15:30"), "PT4H", tongzhou())
        assert count.due_at == at("2026-02-13T11:30")
        assert [(b - a) for a, b in count.spans] == [timedelta(hours=1.5), timedelta(hours=2.5)]
        assert not count.provisional

    def test_the_promise_of_five_days_jumps_the_festival_and_counts_the_moved_saturday(self):
        count = due_in_days(at("2026-02-12T15:00"), "P5D", tongzhou())
        assert count.due_at == at("2026-02-26T17:00")
        assert [on.day for on in count.days] == [13, 14, 24, 25, 26]

    def test_with_langfang_competent_it_ends_at_langfangs_close(self):
        assert due_in_days(at("2026-02-12T15:00"), "P5D", langfang()).due_at == at("2026-02-26T17:30")

    def test_days_touched_by_the_suspension_do_not_count(self):
        count = due_in_days(at("2026-02-12T15:00"), "P5D", langfang(), suspended=[SATURDAY_TO_WEDNESDAY])
        assert count.due_at == at("2026-03-02T17:30")
        assert [(on.month, on.day) for on in count.days] == [(2, 13), (2, 26), (2, 27), (2, 28), (3, 2)]

    def test_what_is_stored_says_how_it_was_counted(self):
        kept = due_in_hours(at("2026-02-12T15:30"), "PT4H", tongzhou()).as_json()
        assert kept["calendar"] == "cn"
        assert kept["calendar_version"]
        assert kept["within"] == "PT4H"
        assert kept["spans"][0] == ["2026-02-12T07:30:00.000000Z", "2026-02-12T09:00:00.000000Z"]


class TestEdges:
    def test_used_up_exactly_at_closing_time_it_ends_there(self):
        assert due_in_hours(at("2026-02-12T15:00"), "PT2H", tongzhou()).due_at == at("2026-02-12T17:00")

    def test_told_at_night_the_clock_begins_in_the_morning(self):
        assert due_in_hours(at("2026-02-12T22:00"), "PT1H", tongzhou()).due_at == at("2026-02-13T10:00")

    def test_a_suspension_stops_the_hours(self):
        count = due_in_hours(
            at("2026-02-12T15:30"),
            "PT4H",
            tongzhou(),
            suspended=[(at("2026-02-13T09:30"), at("2026-02-13T10:30"))],
        )
        assert count.due_at == at("2026-02-13T12:30")

    def test_both_counts_only_while_both_are_open(self):
        both = Together((tongzhou(), langfang()))
        assert due_in_hours(at("2026-02-12T08:00"), "PT1H", both).due_at == at("2026-02-12T10:00")
        assert due_in_days(at("2026-02-12T15:00"), "P5D", both).due_at == at("2026-02-26T17:00")

    def test_past_the_last_published_year_it_is_provisional(self):
        assert due_in_days(at("2026-12-30T15:00"), "P5D", tongzhou()).provisional
        assert not due_in_days(at("2026-12-20T15:00"), "P5D", tongzhou()).provisional

    def test_calendar_time_counts_nights(self):
        assert worktime.due_by_calendar(at("2026-02-12T23:30"), "PT1H").due_at == at("2026-02-13T00:30")

    @pytest.mark.parametrize("within", ["PT0S", "P0D", "five", "P1M"])
    def test_no_length_is_refused(self, within, in_english):
        with pytest.raises(ValueError, match="no "):
            due_in_hours(at("2026-02-12T15:00"), within, tongzhou())

    def test_half_days_are_refused(self):
        with pytest.raises(ValueError, match="whole number"):
            due_in_days(at("2026-02-12T15:00"), "P1DT12H", tongzhou())

    def test_an_office_that_never_opens_says_so(self):
        shut = OfficeOpening(Calendar("shut", "1", weekend=frozenset(range(7))), ((time(9), time(17)),))
        with pytest.raises(worktime.NeverOpen):
            due_in_hours(at("2026-02-12T15:00"), "PT1H", shut)
        with pytest.raises(worktime.NeverOpen):
            due_in_days(at("2026-02-12T15:00"), "P1D", shut)
        with pytest.raises(worktime.NeverOpen):
            add_working_days(shut.calendar, date(2026, 2, 12), 1)


days_of_2026 = st.dates(date(2026, 1, 1), date(2026, 12, 31))


@st.composite
def openings(draw) -> OfficeOpening:
    holidays = draw(st.frozensets(days_of_2026, max_size=40))
    moved = draw(st.frozensets(days_of_2026, max_size=20)) - holidays
    cuts = sorted(draw(st.lists(st.integers(0, 95), min_size=2, max_size=4, unique=True)))
    quarters = [time(q // 4, q % 4 * 15) for q in cuts[: len(cuts) // 2 * 2]]
    hours = tuple(zip(quarters[::2], quarters[1::2], strict=True))
    calendar = Calendar("made", "1", frozenset({5, 6}), {2026: Year(holidays, moved)})
    return OfficeOpening(calendar, hours, BEIJING)


starts = st.datetimes(datetime(2026, 1, 1), datetime(2026, 11, 30)).map(
    lambda t: t.replace(minute=t.minute // 15 * 15, second=0, microsecond=0, tzinfo=BEIJING)
)
QUARTER = timedelta(minutes=15)
pauses = st.lists(st.tuples(st.integers(0, 2000), st.integers(1, 400)), max_size=2)


def is_open(office: OfficeOpening, moment: datetime) -> bool:
    """Look at the wall clock and the calendar, nothing else."""
    wall = moment.astimezone(BEIJING)
    year = office.calendar.years.get(wall.year, Year())
    if wall.date() in year.holidays:
        return False
    if wall.weekday() >= 5 and wall.date() not in year.moved_working_days:
        return False
    return any(opens <= wall.time() < closes for opens, closes in office.hours)


@settings(max_examples=60, deadline=None)
@given(openings(), starts, st.integers(1, 60), pauses)
def test_hours_agree_with_a_count_quarter_by_quarter(office, start, quarters, pauses):
    suspended = [(start + a * QUARTER, start + (a + b) * QUARTER) for a, b in pauses]
    moment, left = start, quarters
    while left:
        if is_open(office, moment) and not any(a <= moment < b for a, b in suspended):
            left -= 1
        moment += QUARTER
    assert due_in_hours(start, quarters * QUARTER, office, suspended=suspended).due_at == moment


@settings(max_examples=100, deadline=None)
@given(openings(), starts, st.integers(1, 25), pauses)
def test_days_agree_with_a_count_day_by_day(office, start, wanted, pauses):
    suspended = [(start + a * QUARTER, start + (a + b) * QUARTER) for a, b in pauses]
    touched = {(a + n * QUARTER).date() for a, b in suspended for n in range((b - a) // QUARTER)}
    on, left = start.date(), wanted
    while left:
        on += timedelta(days=1)
        left -= (
            is_open(office, datetime.combine(on, office.hours[0][0], tzinfo=BEIJING)) and on not in touched
        )
    due_at = due_in_days(start, timedelta(days=wanted), office, suspended=suspended).due_at
    assert due_at == datetime.combine(on, office.hours[-1][1], tzinfo=BEIJING).astimezone(UTC)


@settings(max_examples=60, deadline=None)
@given(openings(), starts, st.integers(1, 30), st.integers(1, 40))
def test_a_later_start_never_ends_earlier(office, start, quarters, shift):
    first = due_in_hours(start, quarters * QUARTER, office).due_at
    second = due_in_hours(start + shift * QUARTER, quarters * QUARTER, office).due_at
    assert first <= second
    assert worktime.open_time_between(start, first, office) == quarters * QUARTER
