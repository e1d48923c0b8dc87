"""Two matters that become one, corrections beside calls, and what nobody may correct: each a story."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support import judged
from tests.worked_example import instruments
from tests.worked_example.test_spill import BAODI, WUQING, A, B, Night, at, iso
from tests.worked_example.test_stories import agree, correct, reported
from tongxin.heart.agreements import actions, rebuild, reconcile
from tongxin.heart.agreements.known import known_words
from tongxin.heart.agreements.models import Duty, InstrumentVersion
from tongxin.heart.agreements.reader import read_text
from tongxin.heart.events.actions import Report
from tongxin.heart.events.models import Event, Matter, MergeProposal
from tongxin.heart.exchange.models import Notification
from tongxin.heart.region.acting import SYSTEM
from tongxin.heart.region.models import Office
from tongxin.petals.ecology import queries
from tongxin.petals.ecology.forecast import SPILL_FORECAST
from tongxin.shared import notices
from tongxin.shared.errors import Conflict, Invalid, NotAllowed, NotFound

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def alone(house: Any) -> Night:
    """Agreement A alone."""
    house.clock.at = at("20:00")
    instruments.enter(instruments.agreement_a())
    return Night(house)


def second(night: Night, when: str, location: str = "示例：另一处", known: str = "22:40") -> str:
    """Report the same thing as another incident, told from another place of the river."""
    night.it_is(when)
    told = night.report()
    told = Report(told.type, told.place, at(known), told.data | {"location": location})
    done = actions.report(told, by=night.langfang(), key=night.key(), name="ecology.incident.reported")
    return str(done["matter"])


def propose(night: Night, one: str, other: str) -> int:
    done = actions.propose_merge(one, other, by=night.langfang(), key=night.key(), reason="示例：同一事件")
    return int(done["proposal"])


def agreed(night: Night, proposal: int) -> None:
    actions.answer_merge(proposal, by=night.langfang(), key=night.key(), agree=True)


def merged(night: Night, one: str, other: str) -> None:
    agreed(night, propose(night, one, other))
    night.number = min(one, other)


def same_again(*numbers: str) -> None:
    for number in numbers:
        assert rebuild.differences(Matter.objects.get(pk=number)) == []


def test_three_reports_of_one_thing_and_a_matter_never_absorbs_itself(night):
    first, middle, last = (second(night, when, when) for when in ("22:45", "22:46", "22:47"))
    one, two, three = (propose(night, *pair) for pair in ((first, middle), (first, last), (middle, last)))
    agreed(night, one)
    assert MergeProposal.objects.get(pk=three).state == "lapsed"  # what it was about is one with another
    with pytest.raises(Conflict, match="merge_answered"):
        agreed(night, three)
    with pytest.raises(Conflict, match="merged_already"):
        propose(night, middle, last)
    agreed(night, two)
    rows = Matter.objects.order_by("number").values_list("number", "absorbed_by", "state")
    assert list(rows) == [(first, None, "open"), (middle, first, "closed"), (last, first, "closed")]
    assert Duty.objects.filter(matter=first, state="open").count() == 4
    same_again(first, middle, last)


def test_what_a_matter_had_absorbed_goes_with_it(night):
    first, middle, last = (second(night, when, when) for when in ("22:45", "22:46", "22:47"))
    night.number = last
    told = night.tell(WUQING)
    merged(night, middle, last)
    merged(night, first, middle)
    assert set(Matter.objects.filter(absorbed_by=first).values_list("number", flat=True)) == {middle, last}
    # what was told in the third names another place than the first report does: it is told anew, not forgotten
    night.number = first
    assert [s for _r, s, _d in night.states(B, WUQING)] == ["met", "open"]
    same_again(first, middle, last)
    agree(night)
    actions.close_matter(first, by=night.langfang(), key=night.key(), reason="示例：已处置")
    assert not Duty.objects.filter(state__in=Duty.STANDING).exists()  # the receipt of the third ends too
    assert told["confirm"]
    same_again(first, middle, last)


def test_closing_ends_the_open_proposals(night):
    first, other = second(night, "22:45", "甲"), second(night, "22:46", "乙")
    asked = propose(night, first, other)
    actions.close_matter(other, by=night.langfang(), key=night.key(), reason="示例：已处置")
    assert MergeProposal.objects.get(pk=asked).state == "lapsed"


def test_after_a_merge_the_latest_forecast_rules_and_the_next_one_replaces_it(night):
    first, other = second(night, "22:45", "甲"), second(night, "22:46", "乙")
    night.number = other
    night.it_is("22:50")
    night.forecast(
        instruments.arrivals(baodi=(0.9, iso("09:00"), iso("14:00")), wuqing=(0.9, "", "")), "22:50"
    )
    night.it_is("22:55")
    merged(night, first, other)
    assert {d.needed_by for d in night.duties(A, BAODI)} == {at("07:00")}
    night.it_is("23:00")
    night.forecast(
        instruments.arrivals(baodi=(0.9, iso("04:00"), iso("06:00")), wuqing=(0.0, "", "")), "23:00"
    )
    assert {d.needed_by for d in night.duties(A, BAODI)} == {at("02:00")}
    assert [s for _r, s, _d in night.states(B, WUQING)] == ["void"]
    old, new = Event.objects.filter(type=SPILL_FORECAST).order_by("recorded_at")
    assert (new.replaces_id, new.matter_id, old.matter_id) == (old.id, first, other)
    seen = queries.incident(night.langfang(), first)
    assert seen.forecast == new
    same_again(first, other)
    agree(night)


def test_merging_keeps_an_instrument_that_only_the_later_matter_knew(alone):
    first = second(alone, "22:45", "甲")
    text = instruments.agreement_b(1, "PT30M", "2024-01-01")
    actions.load_instrument(read_text(text, "b.yaml", known_words()), by=SYSTEM)
    InstrumentVersion.objects.filter(id="example-b@1").update(binds_from=at("23:00"))
    other = second(alone, "23:10", "乙", known="23:05")
    merged(alone, first, other)
    assert {(d.owed_desk_id, d.state, d.due_at) for d in alone.duties(B)} == {
        (WUQING, "open", at("23:35")),
        (BAODI, "open", at("23:35")),
    }
    assert list(Matter.objects.get(pk=first).joined) == ["example-b@1"]
    same_again(first, other)
    agree(alone)


def test_what_a_merge_opens_anew_begins_with_the_merge(alone):
    first, other = second(alone, "22:45", "甲"), second(alone, "22:50", "乙", known="22:50")
    alone.number = other
    alone.tell(BAODI)
    alone.it_is("03:00")
    merged(alone, first, other)
    assert alone.states(A, BAODI)[-1] == (2, "open", at("04:00"))
    same_again(first, other)
    agree(alone)


def test_what_stood_open_in_the_later_matter_keeps_its_clock(alone):
    first, other = second(alone, "22:45", "甲"), second(alone, "22:50", "乙", known="22:50")
    Duty.objects.filter(matter=first, clause_key=A).update(state="void")
    before = Duty.objects.get(matter=other, clause_key=A)
    alone.it_is("23:20")
    merged(alone, first, other)
    last = alone.duties(A, BAODI)[-1]
    assert (last.round, last.starts_at, last.due_at, last.opened_by) == (
        2,
        before.starts_at,
        at("23:50"),
        before.opened_by,
    )
    agree_again = Duty.objects.filter(matter=first, state="open", clause_key=A)
    assert agree_again.count() == 1


def test_a_correction_between_a_call_and_its_record_is_told_anew(night, house):
    reported(night)
    carried = {"location": "示例", "pollutant": "ammonia", "amount": "20 t", "forecast_arrival": "14:00"}
    night.it_is("22:47")
    call = actions.tell_by_telephone(
        by=night.langfang(), key="c", matter=night.number, to_desk=BAODI, carried=carried, at=at("22:46")
    )
    night.it_is("22:50")
    correct(night, "2 t")
    night.it_is("22:52")
    actions.heard(by=house.acting("baodi-duty"), key="h", message=call["message"], at=at("22:46"))
    first, anew = night.duties(A, BAODI)
    assert (first.state, first.told["carried"]["amount"]) == ("met", "20 t")
    assert (anew.state, anew.due_at, anew.wanted["carried"]["amount"]) == ("open", at("23:52"), "2 t")
    same_again(night.number)
    agree(night)
    night.tell(BAODI, amount="2 t")
    assert {d.state for d in night.duties(A, BAODI)} == {"met"}
    with pytest.raises(Conflict):
        actions.heard(by=house.acting("baodi-duty"), key="h2", message=call["message"], at=at("22:46"))
    agree(night)


def test_an_old_call_does_not_meet_a_later_round(night, house):
    reported(night)
    carried = {"location": "示例", "pollutant": "ammonia", "amount": "20 t", "forecast_arrival": "14:00"}
    night.it_is("22:47")
    call = actions.tell_by_telephone(
        by=night.langfang(), key="c", matter=night.number, to_desk=BAODI, carried=carried, at=at("22:46")
    )
    night.tell(BAODI)
    night.it_is("22:50")
    correct(night, "2 t")
    with pytest.raises(Conflict, match="nothing_owed"):
        actions.heard(by=house.acting("baodi-duty"), key="h", message=call["message"], at=at("22:46"))
    assert night.states(A, BAODI)[1][:2] == (2, "open")


def test_a_call_counts_where_its_matter_was_absorbed_meanwhile(night, house):
    first, other = second(night, "22:45", "甲", "22:41"), second(night, "22:46", "甲")
    carried = {"location": "甲", "pollutant": "ammonia", "amount": "20 t", "forecast_arrival": "14:00"}
    call = actions.tell_by_telephone(
        by=night.langfang(), key="c", matter=other, to_desk=BAODI, carried=carried, at=at("22:46")
    )
    night.it_is("22:50")
    merged(night, first, other)
    night.it_is("22:55")
    actions.heard(by=house.acting("baodi-duty"), key="h", message=call["message"], at=at("22:46"))
    assert [s for _r, s, _d in night.states(A, BAODI)] == ["met"]
    same_again(first, other)
    agree(night)


def test_a_correction_tells_the_same_kind_of_thing_and_nothing_computed(night):
    reported(night)
    night.it_is("22:50")
    night.forecast(instruments.arrivals(baodi=(0.9, iso("09:00"), iso("14:00"))), "22:50")
    computed = Event.objects.get(type=SPILL_FORECAST)
    root = Event.objects.get(type="ecology.water_incident")
    by, told = night.langfang(), night.report("2 t")
    now = Report(told.type, told.place, at("22:50"), told.data)
    with pytest.raises(NotAllowed, match="computed_not_corrected"):
        actions.correct(str(computed.id), now, by=by, key="1", reason="示例")
    other = Report(SPILL_FORECAST, told.place, at("22:50"), computed.data)
    with pytest.raises(Invalid, match="other_type"):
        actions.correct(str(root.id), other, by=by, key="2", reason="示例")


def test_corrected_knowledge_is_not_later_than_the_first_record(night):
    reported(night)
    night.it_is("23:05")
    correct(night, "21 t")
    night.it_is("23:06")
    with pytest.raises(Invalid, match="known_after_recorded"):
        correct(night, "21 t", known="23:05")
    correct(night, "21 t", known="22:44")
    assert night.states(A, BAODI) == [(1, "open", at("23:44"))]


def test_a_time_that_cannot_be_counted_keeps_no_report_back(house):
    house.clock.at = at("20:00")
    hours = "due: {within: PT4H, starts: known, clock: hours}"
    text = instruments.agreement_a().replace("due: {within: PT1H, starts: known, clock: calendar}", hours, 1)
    instruments.enter(text, instruments.agreement_b(3, "PT30M", "2024-01-01"))
    Office.objects.update(hours=[])
    night = Night(house)
    reported(night)
    assert night.duties("example-a/notify") == []
    assert [s for _r, s, _d in night.states(B, BAODI)] == ["open"]
    rung = Notification.objects.filter(kind="duty_uncountable").order_by("desk")
    assert [n.desk_id for n in rung] == ["he-langfang/coordination_office", "tj-baodi/coordination_office"]
    found = reconcile.view(Matter.objects.get(pk=night.number), whole=True)
    said = {c.clause_id: c.reason for c in found.considered}
    assert said["example-a@1/notify"] == "uncountable"
    same_again(night.number)
    night.it_is("22:50")
    correct(night, "2 t")  # told once
    assert rung.count() == 2


def test_what_was_withdrawn_may_be_reported_again(night):
    reported(night)
    head = Event.objects.get(matter=night.number)
    night.it_is("22:50")
    actions.withdraw(str(head.id), by=night.langfang(), key=night.key(), reason="示例：误报")
    night.it_is("22:55")
    reported(night, "22:55")
    assert Matter.objects.filter(state="open").count() == 2
    with pytest.raises(Conflict, match="reported_already"):
        reported(night, "22:56")


def test_what_the_calendar_opened_is_nobodys_to_correct_merge_or_close(house):
    judged.load("judged-costs", alone=True)
    duty = judged.opened("judged-costs")
    event = Event.objects.get(matter=duty.matter_id)
    by = house.acting("langfang-coordinator", desk="he-langfang/coordination_office")
    with pytest.raises(NotAllowed, match="calendar_opened_it"):
        actions.withdraw(str(event.id), by=by, key="w", reason="示例")
    told = Report(event.type, event.place_id, house.clock.at, event.data)
    with pytest.raises(NotAllowed, match="calendar_opened_it"):
        actions.correct(str(event.id), told, by=by, key="c", reason="示例")
    with pytest.raises(NotAllowed, match="calendar_opened_it"):
        actions.close_matter(duty.matter_id, by=by, key="e", reason="示例")
    with pytest.raises(NotFound):
        queries.incident(by, duty.matter_id)
    duty.refresh_from_db()
    assert duty.state == "open"


def test_no_time_left_holds_only_while_it_is_so(house):
    house.clock.at = at("20:00")
    before = "due: {before: arrival_p5, minus: PT2H}"
    text = instruments.agreement_a().replace("due: {within: PT1H, starts: known, clock: calendar}", before, 1)
    instruments.enter(text)
    night = Night(house)
    reported(night)
    [duty] = night.duties("example-a/notify", BAODI)
    assert (duty.due_at, duty.no_time_left) == (at("23:00"), True)  # no time is known: none is left
    night.it_is("22:50")
    night.forecast(instruments.arrivals(baodi=(0.9, iso("11:30"), iso("11:40"))), "22:50")
    [duty] = night.duties("example-a/notify", BAODI)
    assert (duty.due_at, duty.no_time_left) == (at("09:30"), False)
    same_again(night.number)
    agree(night)


def test_a_correction_of_what_never_crossed_tells_nobody_anew(house):
    house.clock.at = at("20:00")
    bar = "bars:\n  - id: secret\n    text: {zh: 示例, en: x}\n    fields: [amount]\nclauses:\n"
    instruments.enter(instruments.agreement_a().replace("clauses:\n", bar, 1))
    night = Night(house)
    reported(night)
    carried = {"location": "示例", "pollutant": "ammonia", "forecast_arrival": "14:00"}
    actions.tell(by=night.langfang(), key="t", matter=night.number, to_desk=BAODI, carried=carried)
    night.it_is("23:00")
    correct(night, "2 t")
    assert [s for _r, s, _d in night.states("example-a/notify", BAODI)] == ["met"]
    agree(night)


def test_an_instrument_that_joined_binds_from_when_it_came_into_force(alone):
    reported(alone)
    text = instruments.agreement_b(1, "PT30M", "2024-01-01")
    actions.load_instrument(read_text(text, "b.yaml", known_words()), by=SYSTEM)
    InstrumentVersion.objects.filter(id="example-b@1").update(binds_from=at("22:50"))
    alone.it_is("23:30")
    alone.forecast(
        instruments.arrivals(baodi=(0.9, iso("09:00"), iso("14:00")), wuqing=(0.9, "", "")), "23:30"
    )
    alone.it_is("23:40")
    head = Event.objects.get(type="ecology.water_incident")
    told = Report(head.type, head.place_id, at("23:10"), head.data | {"amount": "3 t"})
    actions.correct(str(head.id), told, by=alone.langfang(), key="c", reason="示例")
    assert {d.owed_desk_id for d in alone.duties(B)} == {BAODI, WUQING}
    same_again(alone.number)
    agree(alone)


def test_who_must_tell_is_rung_when_the_receiver_needs_it_before_the_due(night):
    """A forecast that leaves less time than the clause gives is a shorter time: it is told once, and not what is far."""
    night.number = second(night, "22:45", "甲")
    night.it_is("22:50")
    night.forecast(
        instruments.arrivals(baodi=(0.9, iso("09:00"), iso("14:00")), wuqing=(0.9, "", "")), "22:50"
    )
    assert not Notification.objects.filter(kind="needed_closer").exists()  # the due comes first
    night.it_is("23:00")
    night.forecast(
        instruments.arrivals(baodi=(0.9, iso("01:20"), iso("03:00")), wuqing=(0.9, "", "")), "23:00"
    )
    (duty,) = [d for d in night.duties(A, BAODI) if d.state == "open"]
    assert duty.needed_by < duty.due_at
    (note,) = Notification.objects.filter(kind="needed_closer")
    assert (note.desk_id, note.link) == (duty.bound_desk_id, f"/incidents/{night.number}/")
    assert "23:20" in (notices.worded(note.kind, note.params) or "")
