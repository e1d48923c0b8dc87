"""Hard cases of the heart, each a story: what changes while duties run."""

from __future__ import annotations

import threading
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connections

from tests.worked_example import instruments
from tests.worked_example.test_spill import BAODI, LANGFANG, WUQING, A, B, Night, at, begin, iso
from tongxin.heart.agreements import actions, jobs, rebuild, reconcile, scene
from tongxin.heart.agreements.actions import parts
from tongxin.heart.agreements.models import DueMove, Duty, Ring
from tongxin.heart.events import queries as events
from tongxin.heart.events.actions import Report
from tongxin.heart.events.models import Event, Matter
from tongxin.heart.exchange.acts import act
from tongxin.heart.exchange.models import Notification
from tongxin.heart.ledger.models import Entry
from tongxin.heart.ledger.verify import verify_log
from tongxin.heart.region.acting import SYSTEM
from tongxin.heart.region.models import RosterShift
from tongxin.shared.errors import Conflict

pytestmark = pytest.mark.django_db(transaction=True)


def reported(night: Night, when: str = "22:45") -> None:
    night.it_is(when)
    done = actions.report(
        night.report(), by=night.langfang(), key=night.key(), name="ecology.incident.reported"
    )
    night.number = done["matter"]


def correct(night: Night, amount: str = "20 t", known: str = "", **more: Any) -> dict[str, Any]:
    head = Event.objects.get(matter=night.number, type="ecology.water_incident", replaced_by=None)
    told = Report(
        head.type,
        head.place_id,
        night.house.clock.at,
        night.report(amount).data,
        occurred_at=head.occurred_at,
    )
    corrected = at(known) if known else None
    return actions.correct(
        str(head.id),
        told,
        by=night.langfang(),
        key=night.key(),
        reason="示例：更正",
        known_corrected=corrected,
        **more,
    )


def agree(night: Night) -> None:
    """What the tables say is what events and acts give, the ledger holds, and reconciling again does nothing."""
    matter = Matter.objects.get(pk=night.number)
    assert rebuild.differences(matter) == []
    before = list(Duty.objects.order_by("id").values())
    with act("test.reconciled", by=SYSTEM, key=night.key(), request={}) as a:
        last = Event.objects.filter(matter=matter).order_by("ordinal").last()
        done = reconcile.reconcile(matter, a, reconcile.cause_of(last, a.at))
    assert (done.opened, done.moved, done.voided) == ([], [], [])
    assert list(Duty.objects.order_by("id").values()) == before
    assert verify_log().holds


def test_correction_after_everything_was_met(night):
    reported(night)
    night.tell(BAODI)
    night.tell(WUQING)
    night.it_is("23:40")
    correct(night, "2 t")
    assert night.states(A, BAODI)[1] == (2, "open", at("00:40"))
    assert night.states(B, WUQING)[1] == (2, "open", at("00:10"))
    agree(night)


def test_a_correction_of_what_no_clause_carries_tells_nobody_anew(night):
    reported(night)
    night.tell(BAODI)
    night.tell(WUQING)
    before = Duty.objects.count()
    night.it_is("23:40")
    head = Event.objects.get(matter=night.number)
    data = head.data | {"description": "示例：另有气味"}
    told = Report(head.type, head.place_id, at("23:40"), data)
    actions.correct(str(head.id), told, by=night.langfang(), key=night.key(), reason="示例：补充")
    assert Duty.objects.count() == before
    agree(night)


def test_a_corrected_time_of_knowledge_moves_an_open_due_and_never_one_that_has_passed(night):
    reported(night)
    night.it_is("22:55")
    correct(night, known="22:42")  # two minutes later than was told
    assert night.states(A, BAODI) == [(1, "open", at("23:42"))]
    assert night.states(B, BAODI) == [(1, "open", at("23:12"))]
    moves = DueMove.objects.filter(duty__clause_key=A)
    assert [(m.old, m.new, m.why) for m in moves] == [(at("23:40"), at("23:42"), "correction")]
    assert Entry.objects.filter(act="agreements.duty.moved").count() == DueMove.objects.count()
    night.it_is("23:13")
    correct(night, "20 t", known="22:44")  # B's has passed: it stays; A's moves
    assert [d for _r, _s, d in night.states(B, BAODI)] == [at("23:12")]
    assert [d for _r, _s, d in night.states(A, BAODI)] == [at("23:44")]
    agree(night)


def test_the_forecast_changes_three_times(night):
    begin(night)
    night.tell(BAODI)
    night.tell(WUQING)
    for when, p, middle in (("01:30", 0.005, "11:30"), ("02:00", 0.02, "11:00"), ("02:30", 0.30, "09:00")):
        night.it_is(when)
        night.forecast(instruments.arrivals(baodi=(0.9, iso("07:00"), iso(middle)), wuqing=(p, "", "")), when)
    # let go at 01:30 with an hour to say so; at 2 % it does not bind anew, at 30 % it does: nothing to take back
    [down] = night.duties(B, WUQING, purpose="stand_down")
    assert down.state == "void"
    assert [s for _r, s, _d in night.states(B, WUQING)] == ["met"]
    # A: 14:00 → 11:30 renews; a round that stands open is not renewed again, its due does not move
    assert night.states(A, BAODI) == [(1, "met", at("23:40")), (2, "open", at("02:30"))]
    agree(night)


def test_stood_down_and_wanted_again_is_told_again(night):
    begin(night)
    night.tell(WUQING)
    night.it_is("01:30")
    night.forecast(
        instruments.arrivals(baodi=(0.9, iso("09:00"), iso("14:00")), wuqing=(0.001, "", "")), "01:30"
    )
    night.it_is("01:50")
    actions.stand_down(by=night.langfang(), key=night.key(), matter=night.number, to_desk=WUQING)
    night.it_is("03:00")
    night.forecast(
        instruments.arrivals(baodi=(0.9, iso("09:00"), iso("14:00")), wuqing=(0.5, "", "")), "03:00"
    )
    assert night.states(B, WUQING)[1:] == [(2, "open", at("03:30"))]
    agree(night)


def test_withdrawn_what_is_open_is_void_and_who_was_told_is_stood_down(night):
    reported(night)
    night.tell(BAODI)
    night.it_is("23:00")
    root = Event.objects.get(matter=night.number)
    actions.withdraw(str(root.id), by=night.langfang(), key=night.key(), reason="示例：误报")
    assert night.states(B, WUQING)[0][1] == "void"
    assert {d.clause_key for d in night.duties("example", BAODI, purpose="stand_down")} == {A, B}
    with pytest.raises(Conflict):
        actions.withdraw(str(root.id), by=night.langfang(), key=night.key(), reason="示例：误报")
    agree(night)


def test_told_once_and_renewed_then_withdrawn_is_stood_down_all_the_same(night):
    reported(night)
    night.tell(BAODI)
    night.it_is("23:30")
    correct(night, "2 t")
    assert [s for _r, s, _d in night.states(A, BAODI)] == ["met", "open"]
    head = Event.objects.get(matter=night.number, replaced_by=None)
    actions.withdraw(str(head.id), by=night.langfang(), key=night.key(), reason="示例：误报")
    assert [s for _r, s, _d in night.states(A, BAODI)] == ["met", "void"]
    assert {(d.clause_key, d.state) for d in night.duties("example", BAODI, purpose="stand_down")} == {
        (A, "open"),
        (B, "open"),
    }
    agree(night)


def test_told_once_and_renewed_then_let_go_by_the_forecast_is_stood_down_once(night):
    begin(night)
    night.tell(WUQING)
    night.it_is("23:40")
    correct(night, "2 t")
    assert [s for _r, s, _d in night.states(B, WUQING)] == ["met", "open"]
    for when in ("01:30", "01:40"):  # the second forecast says the same: nobody is stood down twice
        night.it_is(when)
        night.forecast(
            instruments.arrivals(baodi=(0.9, iso("09:00"), iso("14:00")), wuqing=(0.001, "", "")), when
        )
    assert [s for _r, s, _d in night.states(B, WUQING)] == ["met", "void"]
    [down] = night.duties(B, WUQING, purpose="stand_down")
    assert (down.state, down.due_at, down.wanted["of_round"]) == ("open", at("02:30"), 1)
    agree(night)


def test_two_reports_of_one_event_become_one_and_a_met_duty_wins(night, house):
    reported(night)
    first = night.number
    night.tell(BAODI)
    night.it_is("22:50")
    by = house.acting("xianghe-duty")
    again = actions.report(night.report("about 20 t"), by=by, key="second", name="ecology.incident.reported")
    second = again["matter"]
    owed = Duty.objects.filter(matter=second, state="open")
    assert owed.filter(owed_desk=BAODI).exists()
    night.it_is("22:55")
    proposed = actions.propose_merge(second, first, by=by, key="p", reason="示例：同一事件")
    assert proposed["earlier"] == first
    before = Duty.objects.filter(matter=first, state="open").count()
    actions.answer_merge(proposed["proposal"], by=night.langfang(), key="a", agree=True)
    assert Matter.objects.get(pk=second).absorbed_by_id == first
    assert not Duty.objects.filter(matter=second, state="open").exclude(purpose="confirm").exists()
    assert Duty.objects.filter(matter=first, state="open").count() == before
    assert [s for _r, s, _d in night.states(A, BAODI)] == ["met"]
    assert verify_log().holds


def test_what_a_merge_opens_is_rung_with_the_page_of_the_matter_that_stays(night, house):
    reported(night)
    first = night.number
    night.it_is("22:50")
    by = house.acting("xianghe-duty")
    again = actions.report(night.report("2 t"), by=by, key="second", name="ecology.incident.reported")
    night.number = again["matter"]
    night.tell(BAODI, amount="2 t")  # what was told there is not what the first report says
    night.it_is("22:55")
    asked = actions.propose_merge(night.number, first, by=by, key="p", reason="示例：同一事件")
    before = set(Duty.objects.values_list("pk", flat=True))
    actions.answer_merge(asked["proposal"], by=night.langfang(), key="a", agree=True)
    opened = Duty.objects.exclude(pk__in=before)
    assert set(opened.values_list("matter", "owed_desk", "round")) == {(first, BAODI, 2)}
    rung = Notification.objects.filter(dedupe__in=[f"duty:{d.pk}" for d in opened])
    assert [n.link for n in rung] == [f"/incidents/{first}/"] * opened.count()


def test_a_late_entry_does_not_hide_that_it_was_late(night):
    night.it_is("23:59")
    late = night.report()
    done = actions.report(
        Report(late.type, late.place, late.known_at, late.data, late_reason="示例：现场无信号"),
        by=night.langfang(),
        key=night.key(),
        name="ecology.incident.reported",
    )
    night.number = done["matter"]
    assert all(d.due_at < d.opened_at for d in night.duties(A) + night.duties(B))
    night.tell(BAODI)
    assert all(d.state == "met" and d.delivered_at > d.due_at for d in night.duties(A, BAODI))
    agree(night)


def test_nobody_on_any_roster_the_next_step_is_taken_at_once(night):
    RosterShift.objects.all().delete()
    reported(night)
    night.it_is("23:10")
    jobs.ring_due()
    duty = night.duties(B, BAODI)[0]
    rung = list(Ring.objects.filter(duty=duty).order_by("id").values_list("step", "skipped"))
    assert rung == [("remind", True), ("next_on_duty", True), ("deputy", False)]


def test_the_rows_lead_up_to_the_leaders_agenda_and_the_debtor_never_changes(night, house):
    reported(night)
    duty = night.duties(B, BAODI)[0]
    house.clock.move_by(days=2)
    jobs.ring_due()
    duty.refresh_from_db()
    steps = list(Ring.objects.filter(duty=duty).order_by("id").values_list("step", flat=True).distinct())
    assert set(jobs.NAMES) <= set(steps)
    assert not duty.agenda_item.resolutions.exists()
    assert duty.bound_desk_id == LANGFANG
    before = Ring.objects.count()
    jobs.ring_due()
    assert Ring.objects.count() == before


def test_the_office_is_merged_and_clocks_run_on(night, house):
    reported(night)
    admin = house.acting("langfang-admin")
    from tongxin.site.people import actions as people

    before = night.states(A, BAODI)
    people.move_desk(by=admin, key="m", desk=LANGFANG, office="he-langfang-coordination", on=date(2026, 3, 9))
    assert night.states(A, BAODI) == before
    by = house.acting("langfang-on-call", desk=LANGFANG)
    given = {
        "location": "示例",
        "pollutant": "ammonia",
        "amount": "20 t",
        "forecast_arrival": "14:00",
    }
    actions.tell(by=by, key="t", matter=night.number, to_desk=BAODI, carried=given)
    assert [s for _r, s, _d in night.states(A, BAODI)] == ["met"]
    agree(night)


def test_amended_while_running_the_matter_keeps_what_it_began_with(night, house):
    reported(night)
    instruments.enter(instruments.agreement_b(4, "PT20M", "2026-03-10"), only=False)
    night.it_is("00:30")
    night.forecast(
        instruments.arrivals(baodi=(0.9, iso("09:00"), iso("14:00")), wuqing=(0.4, "", "")), "00:30"
    )
    matter = Matter.objects.get(pk=night.number)
    assert "example-b@3" in matter.rulebook
    assert "example-b@4" not in [*matter.rulebook, *matter.joined]
    done = actions.report(
        Report(
            "ecology.water_incident",
            "he-langfang-xianghe",
            at("00:30"),
            night.report("5 t").data,
        ),
        by=night.langfang(),
        key=night.key(),
        name="ecology.incident.reported",
    )
    new = Duty.objects.filter(matter=done["matter"], clause_key=B)
    assert {(d.clause_id, d.due_at) for d in new} == {("example-b@4/notify", at("00:50"))}


def test_a_wholly_new_instrument_joins_for_what_is_known_after_it_came(night):
    reported(night)
    third = instruments.agreement_b(1, "PT15M", "2026-03-10").replace("example-b", "example-c")
    instruments.enter(third, only=False)
    night.it_is("00:30")
    night.forecast(
        instruments.arrivals(baodi=(0.9, iso("09:00"), iso("14:00")), wuqing=(0.4, "", "")), "00:30"
    )
    assert not night.duties("example-c")  # the spill itself was known before
    correct(night, "2 t")
    assert {d.due_at for d in night.duties("example-c")} == {at("00:45")}
    assert night.duties("example-c")[0].round == 1


def test_a_drill_makes_only_drill_duties_and_leaves_nothing_outside(night):
    from tongxin.heart.exchange.models import Delivery, Message

    night.it_is("22:45")
    told = night.report()
    done = actions.report(
        Report(told.type, told.place, told.known_at, told.data, drill=True),
        by=night.langfang(),
        key=night.key(),
        name="ecology.incident.reported",
    )
    night.number = done["matter"]
    night.tell(BAODI)
    assert set(Duty.objects.filter(matter=night.number).values_list("drill", flat=True)) == {True}
    assert set(Message.objects.filter(thread=f"matter:{night.number}").values_list("drill", flat=True)) == {
        True
    }
    assert not Delivery.objects.exists()


def test_a_telephone_call_counts_when_both_desks_record_it(night, house):
    reported(night)
    carried = {"location": "示例", "pollutant": "ammonia", "amount": "20 t", "forecast_arrival": "14:00"}
    night.it_is("23:05")
    call = actions.tell_by_telephone(
        by=night.langfang(), key="c", matter=night.number, to_desk=BAODI, carried=carried, at=at("22:58")
    )
    assert {s for _r, s, _d in night.states(A, BAODI)} == {"open"}
    night.it_is("23:30")
    actions.heard(by=house.acting("baodi-duty"), key="h", message=call["message"], at=at("23:00"))
    assert [(d.state, d.delivered_at) for d in night.duties(A, BAODI)] == [("met", at("23:00"))]
    assert [d.delivered_at <= d.due_at for d in night.duties(B, BAODI)] == [True]
    agree(night)


def test_what_is_still_owed_when_the_matter_closes_has_failed_and_no_terminal_row_changes(night):
    reported(night)
    night.tell(BAODI)
    met = list(Duty.objects.filter(state="met").values())
    night.it_is("23:50")
    actions.close_matter(night.number, by=night.langfang(), key=night.key(), reason="示例：已解除")
    assert {s for _r, s, _d in night.states(B, WUQING)} == {"failed"}
    assert list(Duty.objects.filter(state="met").values()) == met
    with pytest.raises(Conflict):
        night.tell(WUQING)


def test_lateness_is_the_same_with_the_ticker_off(night, house):
    reported(night)
    house.clock.move_by(hours=3)
    late = set(Duty.objects.filter(state="open", due_at__lt=house.clock.at).values_list("pk", flat=True))
    jobs.ring_due()
    after = Duty.objects.filter(state="open", due_at__lt=house.clock.at).values_list("pk", flat=True)
    assert set(after) == late
    assert timedelta(hours=1) < house.clock.at - Duty.objects.get(pk=min(late)).due_at


TWO, EIGHT, NINE = "02:00", "08:00", "09:00"


def arriving(when: str) -> Any:
    return instruments.arrivals(baodi=(0.9, iso(when), iso("14:00")), wuqing=(0.9, "", ""))


def believed(night: Night) -> list[str]:
    """The arrival at Baodi of each forecast that stands."""
    told = scene.told_of(scene.events_of(Matter.objects.get(pk=night.number)))
    facts = [f for f in scene.scene_of(told).facts if f.type == "ecology.spill_forecast"]
    return [f.data["arrivals"][0]["arrival_p5"] for f in facts]


def test_what_replaces_an_event_is_believed_whatever_the_clocks_say(night):
    """An event stored with an earlier instant than the one it replaces made a second chain: both stood."""
    reported(night)
    for when, arrival in (("22:50", NINE), ("22:51", EIGHT), ("22:52", TWO)):
        night.it_is(when)
        night.forecast(arriving(arrival), when)
    last = Event.objects.filter(matter=night.number).latest("ordinal")
    before = last.replaces.recorded_at - timedelta(seconds=1)
    Event.objects.filter(pk=last.pk).update(recorded_at=before)
    assert believed(night) == [iso(TWO)]
    [forecasts] = [c for c in events.chains_of([night.number])[night.number] if c.head.engine]
    assert [e.ordinal for e in forecasts.versions] == [2, 3, 4]


@pytest.mark.postgres_only
def test_an_act_that_waited_for_another_is_recorded_after_it(night, monkeypatch):
    """Two forecasts at once; the one that began first waits for the other. On SQLite one act is alone."""
    reported(night)
    night.it_is("22:50")
    night.forecast(arriving(NINE), "22:50")
    night.it_is("22:55")
    waiting, go, lock = threading.Event(), threading.Event(), parts.lock_matter

    def slowly(number: str) -> Matter:
        if threading.current_thread() is late:
            waiting.set()
            go.wait(20)
        return lock(number)

    def first() -> None:
        night.forecast(arriving(TWO), "22:54")
        connections.close_all()

    monkeypatch.setattr(parts, "lock_matter", slowly)
    late = threading.Thread(target=first)
    late.start()
    assert waiting.wait(20)
    night.house.clock.move_by(seconds=1)
    night.forecast(arriving(EIGHT), "22:55")
    go.set()
    late.join()
    rows = list(Event.objects.filter(matter=night.number).order_by("ordinal"))
    assert [r.recorded_at for r in rows] == sorted(r.recorded_at for r in rows)
    assert believed(night) == [iso(TWO)]
    assert night.duties(A, BAODI)[0].needed_by <= at(TWO)
