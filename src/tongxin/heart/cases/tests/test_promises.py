"""A promise that was counted through a year without a calendar follows the notice, and so does the duty to decide."""

from datetime import datetime

import pytest

from tongxin.heart.agreements import recounting
from tongxin.heart.agreements.models import Duty
from tongxin.heart.cases import actions, promises, story
from tongxin.heart.cases.models import Case, Offer
from tongxin.heart.cases.tests.conftest import APPLICATION
from tongxin.heart.ledger.models import Entry
from tongxin.heart.region.models import CalendarDay, CalendarYear, WorkCalendar
from tongxin.shared import clock
from tongxin.site import background

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def hand():
    """Wednesday 30 December 2026, 10:00."""
    with clock.held_at(datetime(2026, 12, 30, 10, tzinfo=clock.BEIJING)) as moving:
        yield moving


@pytest.fixture
def accepted(house, at) -> str:
    clerk = at("tj-wuqing", "window_clerk")
    number = actions.file_case(by=clerk, key="f", **APPLICATION)["case"]
    actions.accept_case(by=clerk, key="a", number=number)
    return number


def publish() -> None:
    """A notice (made up) by which 1 to 8 January 2027 are off."""
    year = CalendarYear.objects.create(calendar_id="cn", year=2027)
    for day in range(1, 9):
        CalendarDay.objects.create(
            year=year, on=f"2027-01-{day:02}", kind="holiday", name_zh="元旦", name_en="New Year"
        )
    WorkCalendar.objects.filter(id="cn").update(version="2027-test")


def test_a_promise_follows_the_notice_once_with_an_entry(accepted, house):
    case = Case.objects.get()
    before = case.promise_due_at
    assert case.promise_count["provisional"]
    assert promises.recount_provisional() == 0, "there is no newer calendar yet"
    publish()
    assert promises.recount_provisional() == 1
    assert promises.recount_provisional() == 0
    case.refresh_from_db()
    assert case.promise_due_at > before
    assert not case.promise_count["provisional"]
    assert Entry.objects.filter(act="cases.promise.recounted", subject=f"case:{accepted}").count() == 1
    told = story.timeline(case, [], "", desk=case.accepting_desk_id, sees=True)
    assert "→" in told[0].sub


def test_the_promise_and_the_duty_to_decide_stay_one(accepted, house, at):
    made = actions.offer(
        by=at("tj-wuqing", "window_clerk"),
        key="o",
        number=accepted,
        to_desk="bj-tongzhou/service_centre",
        epoch=0,
    )
    actions.take_over(by=at("bj-tongzhou", "window_clerk"), key="t", offer_id=made["offer"])
    assert Offer.objects.get().state == "taken_over"
    publish()
    assert recounting.recount_provisional() >= 1
    assert promises.recount_provisional() == 1
    duty, case = Duty.objects.get(subject="decide"), Case.objects.get()
    assert duty.due_at == case.promise_due_at
    assert duty.due_count == case.promise_count


def test_a_promise_that_has_passed_or_was_kept_stays(accepted, house):
    publish()
    before = Case.objects.get().promise_due_at
    house.move_to(before.replace(hour=before.hour + 1))
    assert promises.recount_provisional() == 0
    assert Case.objects.get().promise_due_at == before


def test_the_ticker_counts_duties_first():
    order = [job for _name, job, _every in background.jobs()]
    assert order.index(recounting.recount_provisional) < order.index(promises.recount_provisional)
