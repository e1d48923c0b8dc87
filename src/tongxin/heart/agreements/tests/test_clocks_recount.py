"""A due that was counted through a year without a calendar is counted anew when its notice is published."""

from __future__ import annotations

import shutil
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings

from tongxin.heart.agreements import clocks, jobs, recounting
from tongxin.heart.agreements.language import Within
from tongxin.heart.agreements.models import Clause, DueMove, Duty
from tongxin.heart.events.models import Matter
from tongxin.heart.ledger.models import Entry
from tongxin.heart.region.models import CalendarYear, WorkCalendar
from tongxin.shared import clock, durations
from tongxin.site import background, pack

pytestmark = pytest.mark.django_db(transaction=True)
BEIJING = ZoneInfo("Asia/Shanghai")
LANGFANG, BAODI = "he-langfang/ecology_bureau", "tj-baodi/ecology_bureau"
NUMBERS = count(1)
# A notice that moves the first days of 2027 (made up): 1–3 January off, Monday 4 January off as well, 10 January worked.
NOTICE = """\
calendar: cn
year: 2027
notice: {number: 示例, publisher: 示例, issued_on: 2026-12-29}
holidays:
  - {name: {zh: 元旦, en: New Year's Day}, from: 2027-01-01, to: 2027-01-04}
moved_working_days: [2027-01-10]
"""


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BEIJING)


def owed(within: str = "P5D", kind: str = "days", start: str = "2026-12-29T10:00", **more: object) -> Duty:
    """A standing duty of Langfang whose limit runs over the end of 2026."""
    starts_at = at(start)
    limit = Within(within=durations.parse(within), clock=kind)
    counted = clocks.due(limit, starts_at, bound_desk=LANGFANG, owed_desk=BAODI)
    clause = Clause.objects.filter(kind="notify").order_by("id").first()
    assert clause is not None
    matter = Matter.objects.create(
        number=f"M-2026-{900_000 + next(NUMBERS)}", kind="task", title="test", opened_at=starts_at
    )
    values = {
        "clause": clause,
        "clause_key": "test/recount",
        "thread": f"matter:{matter.number}",
        "matter": matter,
        "bound_desk_id": LANGFANG,
        "owed_desk_id": BAODI,
        "purpose": "do",
        "opened_by": "test:recount",
        "opened_at": starts_at,
        "starts_at": starts_at,
        "due_at": counted.due_at,
        "due_count": counted.detail,
    }
    return Duty.objects.create(**values | more)


def publish() -> None:
    """The notice for 2027 reaches the tables, as loading a pack would bring it."""
    from tongxin.heart.region.models import CalendarDay

    year = CalendarYear.objects.create(calendar_id="cn", year=2027)
    for day, kind in (
        (1, "holiday"),
        (2, "holiday"),
        (3, "holiday"),
        (4, "holiday"),
        (10, "moved_working_day"),
    ):
        CalendarDay.objects.create(
            year=year, on=f"2027-01-{day:02}", kind=kind, name_zh="元旦", name_en="New Year"
        )
    WorkCalendar.objects.filter(id="cn").update(version="2027-test")


def entries(duty: Duty) -> list[str]:
    rows = Entry.objects.filter(subject=f"{duty.thread}/duty:{duty.pk}").order_by("index")
    return list(rows.values_list("act", flat=True))


class TestTheNoticeComes:
    def test_the_due_moves_with_an_entry_that_says_why(self, house):
        house.clock.move_to(at("2026-12-30T09:00"))
        duty = owed()  # 30, 31 December, 1, 4, 5 January by the weekend rule
        assert duty.due_at == at("2027-01-05T17:30")
        assert clocks.Count(duty.due_at, duty.due_count).provisional
        publish()
        assert recounting.recount_provisional() == 1
        duty.refresh_from_db()
        assert duty.due_at == at("2027-01-07T17:30")  # 30, 31 December, 5, 6, 7 January
        assert not clocks.Count(duty.due_at, duty.due_count).provisional
        assert duty.due_count["calendar_version"] == "2027-test"
        move = DueMove.objects.get(duty=duty)
        assert (move.old, move.new, move.why) == (at("2027-01-05T17:30"), duty.due_at, "calendar")
        assert move.cause == "calendar:cn@2027-test"
        assert entries(duty) == ["agreements.duty.moved"]

    def test_twice_is_once(self, house):
        house.clock.move_to(at("2026-12-30T09:00"))
        duty = owed()
        publish()
        recounting.recount_provisional()
        size = house.size()
        assert recounting.recount_provisional() == 0
        assert house.size() == size
        assert DueMove.objects.filter(duty=duty).count() == 1

    def test_without_a_newer_calendar_nothing_happens(self, house):
        house.clock.move_to(at("2026-12-30T09:00"))
        duty = owed()
        size = house.size()
        assert recounting.recount_provisional() == 0
        assert house.size() == size
        duty.refresh_from_db()
        assert clocks.Count(duty.due_at, duty.due_count).provisional

    def test_closer_but_never_into_the_past(self, house):
        """By the notice a Sunday is worked, so the due comes closer; the debtor is told at that moment."""
        house.clock.move_to(at("2027-01-08T09:00"))
        duty = owed("P3D", start="2027-01-07T10:00")  # 8, 11, 12 January by the weekend rule
        assert duty.due_at == at("2027-01-12T17:30")
        house.clock.move_to(at("2027-01-11T17:29"))
        publish()
        recounting.recount_provisional()
        duty.refresh_from_db()
        assert duty.due_at == at("2027-01-11T17:30")
        later = owed("P3D", start="2027-01-07T10:00")
        house.clock.move_to(at("2027-01-11T20:00"))
        Duty.objects.filter(pk=later.pk).update(
            due_at=at("2027-01-12T17:30"),
            due_count=later.due_count | {"provisional": True, "calendar_version": "2026-old"},
        )
        recounting.recount_provisional()
        later.refresh_from_db()
        assert later.due_at == at("2027-01-11T20:00"), "the moment at which the debtor is told, not before"

    def test_one_that_has_passed_stays(self, house):
        house.clock.move_to(at("2026-12-30T09:00"))
        duty = owed()
        house.clock.move_to(at("2027-01-05T17:31"))
        publish()
        assert recounting.recount_provisional() == 0
        duty.refresh_from_db()
        assert duty.due_at == at("2027-01-05T17:30")
        assert clocks.Count(duty.due_at, duty.due_count).provisional

    def test_one_whose_due_is_the_same_is_final_now_with_an_entry(self, house):
        house.clock.move_to(at("2026-12-30T09:00"))
        duty = owed("P1D", start="2027-01-05T10:00")
        publish()
        assert recounting.recount_provisional() == 1
        before = duty.due_at
        duty.refresh_from_db()
        assert (duty.due_at, duty.due_count["provisional"]) == (before, False)
        assert entries(duty) == ["agreements.duty.recounted"]
        assert not DueMove.objects.exists()

    @pytest.mark.parametrize("state", ["claimed", "met", "excused", "void", "failed"])
    def test_what_was_delivered_or_has_ended_does_not_move(self, house, state):
        house.clock.move_to(at("2026-12-30T09:00"))
        duty = owed(state=state)
        publish()
        assert recounting.recount_provisional() == 0
        duty.refresh_from_db()
        assert duty.due_at == at("2027-01-05T17:30")

    def test_pauses_that_are_over_are_left_out_of_the_new_count_too(self, house):
        house.clock.move_to(at("2026-12-31T09:00"))
        pause = {
            "from": clock.iso(at("2026-12-30T10:00")),
            "until": clock.iso(at("2026-12-30T12:00")),
            "ground": "x",
        }
        duty = owed(pauses=[pause])
        publish()
        recounting.recount_provisional()
        duty.refresh_from_db()
        assert duty.due_at == at("2027-01-08T17:30")  # 31 December, 5, 6, 7, 8 January
        assert duty.due_count["pauses"] == [[pause["from"], pause["until"]]]

    def test_hours_too(self, house):
        house.clock.move_to(at("2026-12-30T09:00"))
        duty = owed("PT20H", "hours", "2026-12-31T15:00")
        assert clocks.Count(duty.due_at, duty.due_count).provisional
        publish()
        recounting.recount_provisional()
        duty.refresh_from_db()
        assert duty.due_at == at(
            "2027-01-06T17:00"
        )  # 2 h 30 on 31 December, 9 h on the 5th, 8 h 30 on the 6th


def test_loading_a_pack_with_the_new_year_does_it_and_so_does_the_ticker(house, tmp_path):
    house.clock.move_to(at("2026-12-30T09:00"))
    duty = owed()
    copied = Path(shutil.copytree(settings.REGION_PACK, tmp_path / "pack"))
    (copied / "calendars" / "cn-2027.yaml").write_text(NOTICE, "utf-8")
    assert pack.load(copied).recounted == 1
    duty.refresh_from_db()
    assert duty.due_at == at("2027-01-07T17:30")
    assert recounting.recount_provisional in [job for _name, job, _every in background.jobs()]


def test_a_clock_that_steps_back_at_a_due_makes_nobody_punctual(house):
    """Hard case: the due passes, it is rung; the clock steps back before it; who tells now told late all the same."""
    from tongxin.heart.agreements import actions
    from tongxin.heart.events.actions import Report
    from tongxin.petals.ecology import actions as ecology

    told = ecology.report_incident(
        Report(
            type="ecology.water_incident",
            place="he-langfang-xianghe",
            known_at=house.clock.at,
            data={
                "river": "qinglongwan-jianhe",
                "location": "示例·闸下",
                "pollutant": "ammonia",
                "level": "III",
            },
        ),
        by=house.acting("langfang-duty"),
        key="report",
    )
    duty = Duty.objects.get(matter=told["matter"], owed_desk=BAODI, purpose="do")
    passed = house.clock.move_to(duty.due_at.astimezone(BEIJING))
    house.clock.move_by(seconds=30)
    rung = house.clock.at
    assert jobs.ring_due() > 0
    house.clock.at = passed - timedelta(minutes=1)  # the step back
    carried = dict.fromkeys(
        duty.wanted.get("must_carry", ["location", "pollutant", "forecast_arrival"]), "06:00"
    )
    actions.tell(
        by=house.acting("langfang-duty"),
        key="tell",
        matter=told["matter"],
        to_desk=BAODI,
        carried=carried,
    )
    duty.refresh_from_db()
    assert duty.state == "met"
    assert duty.delivered_at >= rung > duty.due_at
