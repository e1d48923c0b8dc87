"""A due of every form with how it was counted; pauses; where a due may move (HEART §6)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from tongxin.heart.agreements import clocks, periods
from tongxin.heart.agreements.language import Due
from tongxin.heart.region import worktime
from tongxin.heart.region.models import Office
from tongxin.shared import clock

pytestmark = pytest.mark.django_db(transaction=True)
BEIJING = ZoneInfo("Asia/Shanghai")
LANGFANG, BAODI = "he-langfang/ecology_bureau", "tj-baodi/ecology_bureau"
ASKED: TypeAdapter[Any] = TypeAdapter(Due)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BEIJING)


def due_of(limit: dict[str, Any], start: str = "2026-02-12T15:00", **more: Any) -> clocks.Count | None:
    return clocks.due_of(
        ASKED.validate_python(limit), at(start), bound_desk=LANGFANG, owed_desk=BAODI, **more
    )


def found(limit: dict[str, Any], start: str = "2026-02-12T15:00", **more: Any) -> clocks.Count:
    count = due_of(limit, start, **more)
    assert count is not None
    return count


class TestForms:
    """Langfang works 08:30–17:30; 15–23 February 2026 is the holiday, Saturday 14 and Saturday 28 are worked."""

    @pytest.mark.parametrize(
        ("on", "due_at"),
        [
            ("2026-09-30", "2026-10-01T00:00"),  # 9月底前: the 30th belongs to it, to its last moment
            ("2026-02-28", "2026-03-01T00:00"),
            ("2028-02-29", "2028-03-01T00:00"),
            ("2026-12-31", "2027-01-01T00:00"),
        ],
    )
    def test_by_the_end_of_a_day(self, house, on, due_at):
        count = found({"on": on})
        assert count.due_at == at(due_at)
        assert count.detail == {"form": "on", "on": on}

    def test_every_period_by_its_end(self, house):
        period = periods.named("2026-02")
        count = found({"every": "P1M"}, period=period)
        assert count.due_at == at("2026-03-01T00:00")
        assert count.detail["form"] == "every"
        assert count.detail["period"] == "2026-02"

    @pytest.mark.parametrize(
        ("limit", "period", "due_at"),
        [
            ({"every": "P1M", "within": "P3D"}, "2026-03", "2026-04-04T00:00"),
            # In working days the last day of the period is the starting day: 1, 2 and 3 April count.
            ({"every": "P1M", "within": "P3D", "clock": "days"}, "2026-03", "2026-04-03T17:30"),
            # January's end is a Saturday; Monday 2 February is the first day that counts.
            ({"every": "P1M", "within": "P1D", "clock": "days"}, "2026-01", "2026-02-02T17:30"),
            ({"every": "P3M", "within": "PT4H", "clock": "hours"}, "2026-Q1", "2026-04-01T12:30"),
            # the week ends inside the Spring Festival
            ({"every": "P1W", "within": "P2D", "clock": "days"}, "2026-W08", "2026-02-25T17:30"),
        ],
    )
    def test_every_period_so_long_after_its_end(self, house, limit, period, due_at):
        count = found(limit, period=periods.named(period))
        assert count.due_at == at(due_at)
        assert (count.detail["form"], count.detail["starts"], count.detail["period"]) == (
            "every",
            "period_end",
            period,
        )
        assert count.detail["starts_at"] == clock.iso(periods.named(period).ends)

    def test_a_length_with_a_period_is_counted_from_its_end(self, house):
        limit = {"within": "P5D", "clock": "days"}  # a settlement's `state`
        count = found(limit, period=periods.named("2026-01"))
        assert count.due_at == at("2026-02-06T17:30")
        assert count.detail["form"] == "within"
        assert found(limit).due_at == at("2026-02-26T17:30"), "without one, from the start"

    def test_without_its_period_it_is_refused(self, house):
        with pytest.raises(ValueError, match="needs the period"):
            due_of({"every": "P1M"})

    def test_before_a_computed_time(self, house):
        limit = {"before": "arrival_p5", "minus": "PT2H"}
        assert due_of(limit) is None
        assert due_of(limit, times={"arrival_p50": at("2026-02-13T08:00")}) is None
        count = found(limit, times={"arrival_p5": at("2026-02-13T08:00")})
        assert count.due_at == at("2026-02-13T06:00")
        assert count.detail["computed"] is True
        assert count.detail["time"] == "2026-02-13T00:00:00.000000Z"
        assert found({"before": "arrival_p5"}, times={"arrival_p5": at("2026-02-13T08:00")}).due_at == at(
            "2026-02-13T08:00"
        )

    def test_after_a_milestone(self, house):
        limit = {"milestone": "testing-begins", "within": "P5D", "clock": "days"}
        count = found(limit)
        assert count.due_at == at("2026-02-26T17:30")
        assert (count.detail["form"], count.detail["milestone"], count.detail["starts"]) == (
            "after",
            "testing-begins",
            "milestone",
        )

    def test_what_is_kept_of_a_count(self, house):
        pause = (at("2026-02-14T10:00"), at("2026-02-25T10:00"))
        limit = {"within": "P5D", "clock": "days", "starts": "delivered"}
        detail = found(limit, pauses=[pause]).detail
        assert detail == detail | {
            "form": "within",
            "clock": "days",
            "calendar_of": "debtor",
            "within": "P5D",
            "starts": "delivered",
            "starts_at": "2026-02-12T07:00:00.000000Z",
            "calendar": "cn",
            "offices": ["he-langfang-ecology"],
            "days": ["2026-02-13", "2026-02-26", "2026-02-27", "2026-02-28", "2026-03-02"],
            "pauses": [["2026-02-14T02:00:00.000000Z", "2026-02-25T02:00:00.000000Z"]],
            "provisional": False,
        }
        assert detail["calendar_version"]

    @pytest.mark.parametrize(
        ("calendar_of", "due_at", "offices"),
        [
            ("debtor", "2026-02-13T11:30", ["he-langfang-ecology"]),
            ("creditor", "2026-02-13T15:00", ["tj-baodi-ecology"]),
            ("both", "2026-02-13T15:00", ["he-langfang-ecology", "tj-baodi-ecology"]),
        ],
    )
    def test_whose_calendar(self, house, calendar_of, due_at, offices):
        Office.objects.filter(id="tj-baodi-ecology").update(hours=[["09:00", "12:00"], ["14:00", "16:30"]])
        limit = {"within": "PT5H30M", "clock": "hours", "calendar_of": calendar_of}
        count = found(limit)
        assert count.detail["offices"] == offices
        assert count.due_at == at(due_at)

    def test_past_the_published_years_it_is_provisional(self, house):
        assert found({"within": "P5D", "clock": "days"}, "2026-12-30T15:00").provisional
        assert not found({"within": "P5D", "clock": "days"}, "2026-12-20T15:00").provisional
        assert not found({"within": "P5D"}, "2026-12-30T15:00").provisional, "elapsed time needs no calendar"


LIMITS = [
    {"within": "PT1H30M"},
    {"within": "PT9H", "clock": "hours", "calendar_of": "both"},
    {"within": "P4D", "clock": "days", "starts": "delivered", "calendar_of": "creditor"},
    {"every": "P1M", "within": "P5D", "clock": "days"},
    {"milestone": "opened", "within": "PT20H", "clock": "hours"},
]


@pytest.mark.parametrize("limit", LIMITS)
def test_a_stored_count_is_enough_to_count_again(house, limit):
    period = periods.named("2026-01") if "every" in limit else None
    pause = (at("2026-02-13T09:00"), at("2026-02-13T10:00"))
    for pauses in ([], [pause]):
        first = found(limit, period=period, pauses=pauses)
        again = clocks.again(
            first.detail, at("2026-02-12T15:00"), bound_desk=LANGFANG, owed_desk=BAODI, pauses=pauses
        )
        assert again == first


@pytest.mark.parametrize(
    ("limit", "moved"), [({"on": "2026-09-30"}, 8), ({"every": "P1M"}, 8), ({"before": "arrival_p5"}, 0)]
)
def test_a_due_on_a_day_moves_by_the_days_the_clock_stood_and_a_computed_one_stays(house, limit, moved):
    more = {"period": periods.named("2026-03"), "times": {"arrival_p5": at("2026-03-01T00:00")}}
    pause = (at("2026-02-12T15:00"), at("2026-02-20T15:00"))
    first = found(limit, **more)
    assert found(limit, pauses=[pause], **more).due_at - first.due_at == timedelta(days=moved)
    again = clocks.again(first.detail, at("2026-02-12T15:00"), bound_desk=LANGFANG, owed_desk=BAODI)
    assert again == (first if moved else None), "what is computed is not counted, so not counted again"


class TestPausesOfElapsedTime:
    start = datetime(2026, 3, 2, 9, tzinfo=UTC)

    def due(self, hours: float, *pauses: tuple[float, float]) -> float:
        length = timedelta(hours=hours)
        spans = [(self.start + timedelta(hours=a), self.start + timedelta(hours=b)) for a, b in pauses]
        count = worktime.due_by_calendar(self.start, length, suspended=spans)
        assert sum((b - a for a, b in count.spans), timedelta()) == length
        return (count.due_at - self.start) / timedelta(hours=1)

    @pytest.mark.parametrize(
        ("hours", "pauses", "ends"),
        [
            (4, [], 4),
            (4, [(1, 3)], 6),
            (4, [(-5, -1)], 4),  # over before it began
            (4, [(-5, 1)], 5),  # it began in a pause
            (4, [(4, 9)], 4),  # run out when the pause began
            (4, [(4.5, 9)], 4),
            (4, [(1, 2), (3, 5)], 7),
            (4, [(3, 5), (1, 2)], 7),  # in any order
            (4, [(1, 3), (2, 4)], 7),  # overlapping ones count once
            (4, [(1, 2), (2, 3)], 6),
            (4, [(2, 2)], 4),
            (4, [(3, 1)], 4),  # no pause
        ],
    )
    def test_stop_the_clock(self, hours, pauses, ends):
        assert self.due(hours, *pauses) == ends


instants = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31), timezones=st.just(UTC))
reactions = st.none() | st.timedeltas(timedelta(minutes=1), timedelta(days=2))


class TestMoves:
    now = datetime(2026, 3, 10, 4, tzinfo=UTC)
    minute = timedelta(minutes=1)

    def moved(self, old: int, new: int, reaction: int | None = None) -> int | None:
        """Ask in minutes from now."""
        limit = None if reaction is None else reaction * self.minute
        to = clocks.moved(
            self.now + old * self.minute,
            self.now + new * self.minute,
            now=self.now,
            told_at=self.now,
            reaction=limit,
        )
        return None if to is None else int((to - self.now) / self.minute)

    @pytest.mark.parametrize(
        ("old", "new", "reaction", "to"),
        [
            (60, 90, None, 90),  # later
            (60, 30, None, 30),  # closer
            (60, 30, 45, 45),  # but not closer than the debtor can react
            (60, 30, 60, None),  # and then it stays
            (60, 30, 90, None),
            (60, -30, None, 0),  # never into the past
            (60, -30, 15, 15),
            (60, 60, 15, None),
            (0, 30, None, 30),  # at the very due it has not passed
            (-1, 30, None, None),  # overdue: it moves no more
            (-1, -30, None, None),
        ],
    )
    def test_the_rule(self, old, new, reaction, to):
        assert self.moved(old, new, reaction) == to

    @given(instants, instants, instants, reactions)
    def test_it_never_moves_after_it_has_passed_nor_nearer_than_told(self, old, new, now, reaction):
        to = clocks.moved(old, new, now=now, told_at=now, reaction=reaction)
        if now > old or old == new:
            assert to is None
        elif to is not None:
            assert to != old
            assert to >= now
            assert to == new or (new < to < old)
            assert to > old or to >= now + (reaction or timedelta())

    @given(instants, instants, instants, reactions)
    def test_moving_twice_is_moving_once(self, old, new, now, reaction):
        to = clocks.moved(old, new, now=now, told_at=now, reaction=reaction)
        if to is not None and to != now:
            assert clocks.moved(to, new, now=now, told_at=now, reaction=reaction) is None


def test_the_end_of_a_day_is_on_the_regions_wall(house):
    from tongxin.heart.region.models import RegionInfo

    row = RegionInfo.objects.get()
    row.settings["time_zone"] = "Asia/Urumqi"
    row.save()
    assert found({"on": date(2026, 9, 30)}).due_at == datetime(2026, 9, 30, 18, tzinfo=UTC)
