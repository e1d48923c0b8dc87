"""Stories of a water incident: who must be told, who confirms, what happens when nobody does."""

from datetime import timedelta

import pytest

from tongxin.heart.agreements import actions, errands, explain, jobs, keeping, timeline
from tongxin.heart.agreements import queries as agreements
from tongxin.heart.agreements.models import Duty, Ring
from tongxin.heart.events.models import Matter
from tongxin.heart.exchange.models import Notification
from tongxin.heart.region.models import RosterShift
from tongxin.petals.ecology import queries
from tongxin.shared import clock
from tongxin.shared.errors import Conflict, Invalid, NotAllowed, NotFound

pytestmark = pytest.mark.django_db(transaction=True)  # the house commits for real

BAODI, WUQING = "tj-baodi/ecology_bureau", "tj-wuqing/ecology_bureau"


def open_duties(number: str, purpose: str = "do") -> list[Duty]:
    return list(Duty.objects.filter(matter=number, purpose=purpose, state="open").order_by("due_at"))


def test_the_clauses_in_force_say_who_must_be_told_and_by_when(house, report):
    number = report()
    known = clock.now() - timedelta(minutes=5)
    assert {(d.bound_desk_id, d.owed_desk_id, d.due_at - known) for d in open_duties(number)} == {
        ("he-langfang/ecology_bureau", BAODI, timedelta(hours=1)),
        ("he-langfang/ecology_bureau", WUQING, timedelta(minutes=30)),
        ("he-langfang/ecology_bureau", "he-langfang/government_office", timedelta(hours=4)),  # by law
        ("he-langfang/ecology_bureau", "he/ecology_bureau", timedelta(hours=4)),
    }


def test_told_in_time_and_confirmed(house, report, tell):
    number = report()
    house.clock.move_by(minutes=10)
    message = tell(number)
    duty = Duty.objects.get(matter=number, owed_desk=BAODI, purpose="do")
    assert duty.state == "met"
    assert duty.delivered_at <= duty.due_at
    receipt = Duty.objects.get(matter=number, bound_desk=BAODI, purpose="confirm")
    assert receipt.due_at == duty.delivered_at + timedelta(minutes=30)
    house.clock.move_by(minutes=20)
    done = actions.confirm(by=house.acting("baodi-duty"), key="c", message=message)
    receipt.refresh_from_db()
    assert (done["met"], receipt.state) == ([receipt.pk], "met")
    assert receipt.delivered_at <= receipt.due_at
    rung = Notification.objects.filter(kind="notice_confirmed", desk="he-langfang/ecology_bureau")
    assert rung.count() == 1


def test_not_confirmed_is_reminded_then_escalated_step_by_step(house, report, tell):
    number = report()
    tell(number)
    receipt = open_duties(number, "confirm")[0]
    house.clock.move_by(minutes=22)
    jobs.ring_due()
    assert set(receipt.rings.values_list("step", "post")) == {("remind", "tj-baodi-ecology/duty_officer")}
    house.clock.move_by(minutes=9)  # past the due: nobody is next on the roster, so the deputy at once
    jobs.ring_due()
    steps = list(receipt.rings.order_by("pk").values_list("step", "skipped"))
    assert steps == [("remind", False), ("next_on_duty", True), ("deputy", False)]
    house.clock.move_by(hours=1, minutes=30)
    jobs.ring_due()
    jobs.ring_due()
    assert list(receipt.rings.order_by("pk").values_list("step", flat=True)) == [
        "remind",
        "next_on_duty",
        "deputy",
        "head",
        "own_coordination",
    ]
    receipt.refresh_from_db()
    assert (receipt.state, receipt.bound_desk_id) == ("open", BAODI)  # escalation never changes who owes


def test_an_empty_roster_goes_to_the_deputy_at_once(house, report, tell):
    number = report()
    tell(number, WUQING)
    RosterShift.objects.filter(desk=WUQING).delete()
    house.clock.move_by(minutes=31)
    jobs.ring_due()
    receipt = Duty.objects.get(matter=number, bound_desk=WUQING, purpose="confirm")
    late = list(receipt.rings.exclude(step="remind").order_by("pk").values_list("step", "post", "skipped"))
    assert late == [("next_on_duty", "", True), ("deputy", "tj-wuqing-ecology/deputy", False)]
    assert Notification.objects.filter(kind="escalation", post="tj-wuqing-ecology/deputy").count() == 1


def test_the_next_on_the_roster_is_rung_when_there_is_one(house, report, tell):
    RosterShift.objects.create(
        desk_id=BAODI,
        post_id="tj-baodi-ecology/deputy",
        from_at=clock.now(),
        until_at=clock.now() + timedelta(days=1),
    )
    number = report()
    tell(number)
    house.clock.move_by(minutes=31)
    jobs.ring_due()
    receipt = Duty.objects.get(matter=number, bound_desk=BAODI, purpose="confirm")
    assert receipt.rings.get(step="next_on_duty").post == "tj-baodi-ecology/deputy"
    assert not receipt.rings.filter(step="deputy").exists()


@pytest.mark.parametrize("ticking", [True, False])
def test_lateness_is_the_same_with_the_ticker_off(house, report, tell, ticking):
    number = report()
    for _minute in range(7):
        house.clock.move_by(minutes=10)
        if ticking:
            jobs.ring_due()
    tell(number)
    duty = Duty.objects.get(matter=number, owed_desk=BAODI, purpose="do")
    assert duty.state == "met"
    assert duty.delivered_at - duty.due_at == timedelta(minutes=15)
    assert Ring.objects.exists() == ticking


def test_late_entry_needs_a_reason_which_is_shown(house, report):
    with pytest.raises(Invalid) as refused:
        report(known_at=clock.now() - timedelta(minutes=61))
    assert list(refused.value.fields) == ["late_reason"]
    number = report(known_at=clock.now() - timedelta(minutes=61), late_reason="电话先报，后补录")
    page = house.client("langfang-duty").get(f"/incidents/{number}/").content.decode()
    assert "电话先报，后补录" in page
    wuqing = Duty.objects.get(matter=number, owed_desk=WUQING)
    assert wuqing.due_at < wuqing.opened_at  # past at birth through the debtor's own late entry: overdue


def test_a_third_jurisdiction_sees_nothing(house, report, tell):
    number = report()
    tell(number)
    tongzhou = house.acting("tongzhou-duty")
    assert not agreements.matters(tongzhou).exists()
    assert not agreements.duties(tongzhou).exists()
    with pytest.raises(NotFound):
        queries.incident(tongzhou, number)
    with pytest.raises(NotFound):
        actions.tell(by=tongzhou, key="t", matter=number, to_desk=BAODI, carried={})
    assert house.client("tongzhou-duty").get(f"/incidents/{number}/").status_code == 404


def test_the_receiver_sees_what_the_notice_carried_and_no_more(house, report, tell):
    number = report(description="厂名待查，勿外传")
    baodi = house.acting("baodi-duty")
    before = queries.incident(baodi, number)
    assert (before.event, before.told) == (None, {})
    assert "潮" not in before.title
    tell(number)
    after = queries.incident(baodi, number)
    assert (after.event, after.told["location"]) == (None, "土门楼闸下")
    page = house.client("baodi-duty").get(f"/incidents/{number}/").content.decode()
    assert "土门楼闸下" in page
    assert "厂名待查" not in page
    assert "约2吨" not in page
    wuqing = queries.incident(house.acting("wuqing-duty"), number)
    assert wuqing.told == {}  # a notice to Baodi tells Wuqing nothing


def test_the_desk_that_must_tell_sees_the_report_of_its_county(house, report):
    number = report(by=house.acting("xianghe-duty"))
    langfang = queries.incident(house.acting("langfang-duty"), number)
    assert langfang.event is not None
    seen = errands.of_matter(house.acting("langfang-duty"), langfang.matter)
    assert {e.owed.id for e in seen} == {
        BAODI,
        WUQING,
        "he-langfang/ecology_bureau",
    }  # the county reports upwards


def test_coordination_offices_see_what_their_desks_have_a_part_in(house, report, tell):
    number = report()
    tell(number)
    assert queries.incident(house.acting("langfang-coordinator"), number).event is not None
    baodi = queries.incident(house.acting("baodi-coordinator"), number)
    assert (baodi.event, baodi.told["pollutant"]) == (None, "ammonia")


def test_who_comes_second_is_told_that_the_first_stands(house, report, tell):
    number = report()
    tell(number)
    with pytest.raises(Conflict) as refused:
        tell(number, key="second")
    assert refused.value.code == "nothing_owed"
    message = errands.notices(
        house.acting("baodi-duty"), queries.incident(house.acting("baodi-duty"), number).matter
    )
    first = house.acting("baodi-duty")
    actions.confirm(by=first, key="one", message=str(message[0].message.id))
    with pytest.raises(Conflict):
        actions.confirm(by=house.acting("baodi-deputy"), key="two", message=str(message[0].message.id))


def test_the_same_command_twice_has_one_effect(house, report, tell):
    number = report()
    size = house.size()
    assert report(known_at=clock.now() - timedelta(minutes=5)) == number
    assert tell(number) == tell(number)
    assert house.size() == size + 1


def test_only_the_own_territory_is_reported(house, report):
    with pytest.raises(Invalid) as refused:
        report(by=house.acting("baodi-duty"))
    assert list(refused.value.fields) == ["place"]
    with pytest.raises(Invalid):
        report(place="no-such-place")
    with pytest.raises(NotAllowed):
        report(by=house.acting("langfang-clerk"))


def test_a_notice_must_carry_what_the_clause_demands_and_nothing_else(house, report, tell):
    number = report()
    with pytest.raises(Invalid) as refused:
        tell(number, forecast_arrival=" ")
    assert list(refused.value.fields) == ["forecast_arrival"]
    with pytest.raises(Invalid) as refused:
        tell(number, phone="123")
    assert list(refused.value.fields) == ["phone"]
    assert len(open_duties(number)) == 4


def test_the_reasons_name_every_clause_that_was_looked_at(house, report):
    number = report()
    langfang = house.acting("langfang-duty")
    matter = queries.incident(langfang, number).matter
    found = {r.clause.version.instrument_id: r for r in explain.explain(langfang, matter)}
    assert found["baodi-langfang-water"].bound
    assert "宝坻" in str(found["baodi-langfang-water"])
    assert found["tongwulang-one-window"].considered.reason == "no_event"
    baodi = explain.explain(house.acting("baodi-duty"), matter)
    assert [r.clause.version.instrument_id for r in baodi] == ["baodi-langfang-water"]
    assert "武清" not in str(baodi[0])


def test_the_timeline_tells_each_side_its_own_part(house, report, tell):
    number = report()
    message = tell(number)
    tell(number, WUQING)
    actions.confirm(by=house.acting("baodi-duty"), key="c", message=message)
    matter = queries.incident(house.acting("langfang-duty"), number).matter
    whole = timeline.of_matter(house.acting("langfang-duty"), matter)
    assert len(whole) == 4
    assert [line.seal for line in whole] == sorted((line.seal for line in whole), reverse=True)
    baodi = timeline.of_matter(house.acting("baodi-duty"), matter)
    assert len(baodi) == 2
    assert not any("武清" in line.text for line in baodi)


def test_a_drill_is_marked_and_does_not_count(house, report, tell):
    number = report(drill=True)
    tell(number)
    assert keeping.kept(clock.now(), instrument="baodi-langfang-water").total == 0
    page = house.client("baodi-duty").get(f"/incidents/{number}/").content.decode()
    assert 'class="drill' in page


def test_the_same_report_sent_again_from_a_page_gone_back_to_opens_no_second_incident(house, report):
    known = clock.now() - timedelta(minutes=5)
    first = report(known_at=known)
    with pytest.raises(Conflict) as refused:
        report(key="another key", known_at=known)
    assert first in str(refused.value.what)
    assert Matter.objects.count() == 1
