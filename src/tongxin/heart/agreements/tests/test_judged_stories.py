"""Stories of duties whose performance is judged: delivered, sent back, accepted, excused, moved, settled, suspended."""

from datetime import date, datetime, timedelta

import pytest

from tests.support import judged
from tests.support.judged import LANGFANG, WUQING
from tongxin.heart.agreements import actions, count_story, duties, duty_pages, jobs, rulebook
from tongxin.heart.agreements.models import DueMove, Duty
from tongxin.heart.ledger.models import Entry
from tongxin.shared import clock
from tongxin.shared.errors import Conflict, Invalid, NotAllowed, NotFound

pytestmark = pytest.mark.django_db(transaction=True)
FIGURES = {"location": "示例断面", "amount": "12.5 mg/L"}


def at(month, day, hour=10, minute=0):
    return datetime(2026, month, day, hour, minute, tzinfo=clock.BEIJING)


def fresh(duty) -> Duty:
    return Duty.objects.get(pk=duty.pk)


def test_a_supply_is_sent_back_without_counting_the_time_it_lay_there_and_is_accepted_by_silence(house):
    judged.load("judged-figures", alone=True)
    duty = judged.opened("judged-figures")
    assert (duty.bound_desk_id, duty.owed_desk_id, duty.subject) == (LANGFANG, WUQING, "2026-03")
    assert duty.due_at == at(4, 3, 17, 30)  # March ends; 1, 2, 3 April
    house.clock.move_to(at(4, 1, 9))
    langfang, wuqing = house.acting("langfang-duty"), house.acting("wuqing-duty")
    done = actions.perform(by=langfang, key="p1", duty=duty.pk, carried=FIGURES)
    claimed = fresh(duty)
    assert (done["state"], claimed.delivered_at, claimed.answer_due_at) == (
        "claimed",
        at(4, 1, 9),
        at(4, 3, 17, 30),
    )
    house.clock.move_to(at(4, 2, 11))
    actions.send_back(by=wuqing, key="b1", duty=duty.pk, reason="缺少单位")
    back = fresh(duty)
    (move,) = DueMove.objects.filter(duty=duty)
    # 1 and 2 April lay at the owed office; 4 to 6 April is the Qingming holiday: 3, 7, 8 April count.
    assert (back.state, back.sent_back, back.due_at) == ("open", 1, at(4, 8, 17, 30))
    assert (move.old, move.new, move.why) == (at(4, 3, 17, 30), at(4, 8, 17, 30), "sent_back")
    assert Entry.objects.filter(act="agreements.duty.moved", subject__endswith=f"duty:{duty.pk}").count() == 1
    house.clock.move_to(at(4, 7, 9))
    actions.perform(by=langfang, key="p2", duty=duty.pk, carried=FIGURES)
    house.clock.move_to(at(4, 12, 12))
    jobs.ring_due()
    met = fresh(duty)
    assert (met.state, met.delivered_at, met.delivered_at <= met.due_at) == ("met", at(4, 7, 9), True)


RETURNS = judged.SHARE.replace("on_silence: accept", "on_silence: return")


def returned(house, *, ticker) -> Duty:
    """Delivered on 1 April and answered by nobody; the ticker comes when it comes."""
    judged.load(texts=(judged.text_of("judged-figures", RETURNS),), alone=True)
    duty = judged.opened("judged-figures")
    house.clock.move_to(at(4, 1, 9))
    actions.perform(by=house.acting("langfang-duty"), key="p1", duty=duty.pk, carried=FIGURES)
    assert fresh(duty).answer_due_at == at(4, 3, 17, 30)
    house.clock.move_to(ticker)
    return duty


@pytest.mark.parametrize("ticker", [at(4, 3, 17, 31), at(4, 20)], ids=["at once", "weeks late"])
def test_what_goes_back_by_silence_goes_back_at_the_end_of_the_answer_time(house, ticker):
    duty = returned(house, ticker=ticker)
    jobs.ring_due()
    back = fresh(duty)
    # 1, 2 and 3 April lay at the owed office, 4 to 6 April is the Qingming holiday: 7, 8, 9 April count.
    assert (back.state, back.sent_back, back.due_at) == ("open", 1, at(4, 9, 17, 30))
    assert back.pauses[-1]["until"] == clock.iso(at(4, 3, 17, 30))
    (move,) = duty_pages.page(house.acting("wuqing-duty"), named(duty)).moves
    assert move.row.at == at(4, 3, 17, 30)
    assert Entry.objects.get(index=move.entry).act == "agreements.duty.moved"


def test_an_act_after_the_answer_time_finds_what_silence_has_said_though_no_ticker_came(house):
    duty = returned(house, ticker=at(4, 7, 9))
    with pytest.raises(Conflict, match="nothing_delivered"):
        actions.accept(by=house.acting("wuqing-duty"), key="a", duty=duty.pk)
    assert (fresh(duty).state, fresh(duty).due_at) == ("open", at(4, 9, 17, 30))
    actions.perform(by=house.acting("langfang-duty"), key="p2", duty=duty.pk, carried=FIGURES)
    assert (fresh(duty).state, fresh(duty).delivered_at) == ("claimed", at(4, 7, 9))
    before = Entry.objects.filter(act="agreements.duty.returned_by_silence").count()
    jobs.ring_due()
    assert Entry.objects.filter(act="agreements.duty.returned_by_silence").count() == before == 1


def test_the_clock_is_told_day_by_day(house):
    judged.load("judged-figures", alone=True)
    duty = judged.opened("judged-figures")
    house.clock.move_to(at(4, 1, 9))
    actions.perform(by=house.acting("langfang-duty"), key="p", duty=duty.pk, carried=FIGURES)
    house.clock.move_to(at(4, 2, 11))
    actions.send_back(by=house.acting("wuqing-duty"), key="b", duty=duty.pk, reason="缺少单位")
    from django.utils import translation

    with translation.override("en"):
        story = count_story.of(fresh(duty))
        told = [(line.first, line.last, line.counts) for line in story.lines]
        said = [line.said for line in story.lines]
    assert told == [
        (date(2026, 3, 31), date(2026, 3, 31), False),
        (date(2026, 4, 1), date(2026, 4, 2), False),
        (date(2026, 4, 3), date(2026, 4, 3), True),
        (date(2026, 4, 4), date(2026, 4, 6), False),
        (date(2026, 4, 7), date(2026, 4, 8), True),
    ]
    assert "starts on" in said[0]
    assert "owed office" in said[1]
    assert said[4] == "working day 2 – working day 3"
    assert "3 working days" in story.limit


def test_a_duty_is_excused_by_the_owed_side_alone(house):
    judged.load("judged-gate", alone=True)
    duty = judged.opened("judged-gate")
    for who in ("langfang-duty", "langfang-deputy", "wuqing-duty"):
        with pytest.raises(NotAllowed):
            actions.excuse(by=house.acting(who), key=f"e-{who}", duty=duty.pk, reason="示例")
    with pytest.raises(NotAllowed):
        actions.excuse(by=house.acting("langfang-coordinator"), key="e-c", duty=duty.pk, reason="示例")
    with pytest.raises(NotFound):
        actions.excuse(by=house.acting("baodi-deputy"), key="e-b", duty=duty.pk, reason="示例")
    assert fresh(duty).state == "open"
    actions.excuse(by=house.acting("wuqing-coordinator"), key="e", duty=duty.pk, reason="不再需要")
    assert (fresh(duty).state, fresh(duty).end_reason) == ("excused", "不再需要")
    with pytest.raises(Conflict):
        actions.give_up(by=house.acting("wuqing-deputy"), key="g", duty=duty.pk, reason="示例")


def test_a_delivery_moves_to_the_day_that_both_name_and_the_first_date_stays_beside_it(house):
    judged.load("judged-gate", alone=True)
    duty = judged.opened("judged-gate")
    first = duty.due_at
    assert (first, duty.baseline_due_at) == (at(7, 1, 0), first)
    langfang, wuqing = house.acting("langfang-deputy"), house.acting("wuqing-deputy")
    later, other = date(2026, 8, 31), date(2026, 7, 31)
    assert not actions.propose_date(by=langfang, key="d1", duty=duty.pk, on=later, reason="汛期")["agreed"]
    assert not actions.propose_date(by=wuqing, key="d2", duty=duty.pk, on=other, reason="太晚")["agreed"]
    assert fresh(duty).due_at == first
    assert actions.propose_date(by=langfang, key="d3", duty=duty.pk, on=other, reason="同意")["agreed"]
    moved = fresh(duty)
    assert (moved.due_at, moved.baseline_due_at) == (at(8, 1, 0), first)
    assert [m.why for m in moved.moves.all()] == ["agreed"]
    page = duty_pages.page(wuqing, Duty.objects.select_related("clause__version__instrument").get(pk=duty.pk))
    assert [d.at for d in page.deadlines] == [first, at(8, 1, 0)]
    assert [d.rules for d in page.deadlines] == [False, True]
    with pytest.raises(Invalid):
        actions.propose_date(by=wuqing, key="d4", duty=duty.pk, on=other, reason="同一天")
    with pytest.raises(Invalid):
        actions.propose_date(by=wuqing, key="d5", duty=duty.pk, on=date.max, reason="无")
    house.clock.move_to(at(8, 1, 9))
    with pytest.raises(Conflict):
        actions.propose_date(by=langfang, key="d6", duty=duty.pk, on=date(2026, 9, 30), reason="晚了")


def test_a_duty_ends_once_even_for_two_who_both_saw_it_open(house):
    judged.load("judged-figures", alone=True)
    duty = judged.opened("judged-figures")
    one, other = fresh(duty), fresh(duty)
    duties.end(one, Duty.State.EXCUSED, at=clock.now(), reason="示例")
    with pytest.raises(Conflict, match="duty_has_ended"):
        duties.meet(other, None, delivered_at=clock.now())
    assert (fresh(duty).state, fresh(duty).end_reason, other.state) == ("excused", "示例", "excused")


def test_what_was_delivered_is_not_taken_up_again_as_if_it_had_been_suspended(house):
    judged.load("judged-figures", alone=True)
    duty = judged.opened("judged-figures")
    by = house.acting("langfang-duty")
    actions.perform(by=by, key="p", duty=duty.pk, carried=FIGURES)
    with pytest.raises(Conflict, match="duty_not_ready"):
        actions.resume(by=by, key="r", duty=duty.pk)
    assert fresh(duty).state == "claimed"


def test_an_account_is_stated_contested_stated_anew_checked_and_paid(house):
    judged.load("judged-costs", alone=True)
    state = judged.opened("judged-costs")
    assert (state.subject, state.bound_desk_id, state.due_at) == ("2026-03/state", LANGFANG, at(4, 8, 17, 30))
    langfang, wuqing = house.acting("langfang-duty"), house.acting("wuqing-duty")
    house.clock.move_to(at(4, 2, 9))

    def act(who, key, subject, **carried):
        row = Duty.objects.get(subject=f"2026-03/{subject}")
        house.clock.move_by(minutes=10)
        return actions.perform(by=who, key=key, duty=row.pk, carried=carried)

    act(langfang, "s", "state", amount_fen="123450")
    check = Duty.objects.get(subject="2026-03/check")
    assert (check.bound_desk_id, check.owed_desk_id, check.due_at) == (WUQING, LANGFANG, at(4, 8, 17, 30))
    with pytest.raises(Invalid) as refused:
        act(wuqing, "c0", "check", amount_fen="123450", contested="yes")
    assert set(refused.value.fields) == {"remark"}
    act(wuqing, "c", "check", amount_fen="120000", contested="yes", remark="少一次采样")
    act(langfang, "s2", "state-2", amount_fen="120000")
    act(wuqing, "c2", "check-2", amount_fen="120000")
    act(wuqing, "pay", "pay", amount_fen="120000")
    rows = Duty.objects.filter(clause__kind="settle").order_by("opened_at", "id")
    assert [(d.subject.partition("/")[2], d.state) for d in rows] == [
        ("state", "met"), ("check", "met"), ("state-2", "met"), ("check-2", "met"), ("pay", "met"),
    ]  # fmt: skip


@pytest.mark.parametrize("amount", ["", "12.5", "--5", "１２", "1e3", "9" * 20])
def test_an_amount_is_whole_fen(house, amount):
    judged.load("judged-costs", alone=True)
    duty = judged.opened("judged-costs")
    house.clock.move_to(at(4, 2, 9))
    with pytest.raises(Invalid) as refused:
        actions.perform(
            by=house.acting("langfang-duty"), key="s", duty=duty.pk, carried={"amount_fen": amount}
        )
    assert set(refused.value.fields) == {"amount_fen"}
    assert fresh(duty).state == "open"


def stated(house, key, **carried):
    """The account of March 2026, stated by Langfang as the clock stands."""
    duty = Duty.objects.get(subject="2026-03/state")
    return actions.perform(by=house.acting("langfang-duty"), key=key, duty=duty.pk, carried=carried)


def test_an_account_is_stated_once_its_period_is_over(house):
    judged.load("judged-costs", alone=True)
    duty = judged.opened("judged-costs")
    house.clock.move_to(at(3, 31, 23, 59))
    size = house.size()
    with pytest.raises(Conflict, match="period_not_over") as refused:
        stated(house, "early", amount_fen="100")
    assert "2026-03-31 24:00" in str(refused.value.what)
    assert "2026-04-08 17:30" in str(refused.value.todo)
    assert (fresh(duty).state, house.size()) == ("open", size)
    assert not Duty.objects.filter(subject="2026-03/check").exists()
    page = house.client("langfang-duty").get(f"/duties/{duty.pk}/").content.decode()
    assert f"/duties/{duty.pk}/performance/" not in page
    assert "2026-03-31 24:00" in page
    matter = house.client("langfang-duty").get(f"/matters/{duty.matter_id}/").content.decode()
    desk = house.client("langfang-duty").get("/desk/").content.decode()
    assert ">出账<" not in (matter + desk).replace("\n", "")
    form = duty_pages.form(house.acting("langfang-duty"), fresh(duty), house.clock.at)
    assert (form["may"], form["since"]) == ([], "2026-04-01T00:00:00+08:00")
    house.clock.move_to(at(4, 1, 0))
    assert f"/duties/{duty.pk}/performance/" in (
        house.client("langfang-duty").get(f"/duties/{duty.pk}/").content.decode()
    )
    assert stated(house, "on time", amount_fen="100")["state"] == "met"


@pytest.mark.parametrize(
    ("carried", "field"),
    [
        ({"amount_fen": "-500"}, "amount_fen"),
        ({"amount_fen": "-500", "adjusts": "x"}, "adjusts"),
        ({"amount_fen": "500", "adjusts": "x"}, "adjusts"),
        ({"amount_fen": "500", "adjusts": "2026-03"}, "adjusts"),  # itself
        ({"amount_fen": "500", "adjusts": "2026-04"}, "adjusts"),
        ({"amount_fen": "500", "adjusts": "2025-12"}, "adjusts"),  # the clause did not bind yet
        ({"amount_fen": "500", "adjusts": "2026-W05"}, "adjusts"),  # of another length
        ({"amount_fen": "500", "adjusts": "2026-13"}, "adjusts"),
        ({"amount_fen": "500", "adjusts": "0001-01"}, "adjusts"),
        ({"amount_fen": "500", "adjusts": "２０２６-02"}, "adjusts"),
    ],
)
def test_only_an_earlier_period_is_corrected_and_only_a_correction_is_below_zero(house, carried, field):
    judged.load("judged-costs", alone=True)
    duty = judged.opened("judged-costs")
    house.clock.move_to(at(4, 2, 9))
    with pytest.raises(Invalid) as refused:
        stated(house, "s", **carried)
    assert set(refused.value.fields) == {field}
    if field == "adjusts":
        assert "2026-02" in str(refused.value.fields["adjusts"][0])  # what could be written
    assert fresh(duty).state == "open"


def test_a_correction_below_zero_is_checked_and_paid_as_it_was_stated(house):
    judged.load("judged-costs", alone=True)
    judged.opened("judged-costs")
    house.clock.move_to(at(4, 2, 9))
    stated(house, "s", amount_fen="-500", adjusts="2026-02")
    wuqing = house.acting("wuqing-duty")
    for stage in ("check", "pay"):
        row = Duty.objects.get(subject=f"2026-03/{stage}")
        done = actions.perform(by=wuqing, key=stage, duty=row.pk, carried={"amount_fen": "-500"})
        assert done["state"] == "met"


def test_what_was_stated_without_a_correction_is_not_checked_below_zero(house):
    judged.load("judged-costs", alone=True)
    judged.opened("judged-costs")
    house.clock.move_to(at(4, 2, 9))
    stated(house, "s", amount_fen="500")
    check = Duty.objects.get(subject="2026-03/check")
    with pytest.raises(Invalid) as refused:
        actions.perform(
            by=house.acting("wuqing-duty"), key="c", duty=check.pk, carried={"amount_fen": "-500"}
        )
    assert set(refused.value.fields) == {"amount_fen"}


def test_a_suspension_on_a_named_ground_stops_the_clock(house):
    judged.load("judged-figures", alone=True)
    duty = judged.opened("judged-figures")
    by = house.acting("langfang-duty")
    with pytest.raises(Invalid):
        actions.suspend(by=by, key="s0", duty=duty.pk, ground="on_holiday")
    house.clock.move_to(at(4, 1, 10))
    actions.suspend(by=by, key="s1", duty=duty.pk, ground="station_down")
    house.clock.move_to(at(4, 9, 10))  # long past the due of 3 April
    assert jobs.ring_due() == 0
    actions.resume(by=by, key="r1", duty=duty.pk)
    running = fresh(duty)
    assert running.state == "open"
    assert running.due_at == at(4, 14, 17, 30)  # 10, 13, 14 April: no day that the suspension touched
    assert [m.why for m in running.moves.all()] == ["suspension"]


GATE = judged.DELIVER.replace(
    "    on_silence: escalate\n",
    "    on_silence: escalate\n    grounds:\n      flood: {zh: 汛情, en: Flood}\n",
)


@pytest.fixture
def gate(house) -> Duty:
    """A delivery by 30 June that can be suspended."""
    judged.load(texts=(judged.text_of("judged-gate", GATE),), alone=True)
    return judged.opened("judged-gate")


def suspended(house, duty, begins, ends) -> None:
    by = house.acting("langfang-duty")
    house.clock.move_to(begins)
    actions.suspend(by=by, key=f"s{begins}", duty=duty.pk, ground="flood")
    house.clock.move_to(ends)
    actions.resume(by=by, key=f"r{ends}", duty=duty.pk)


def test_a_due_on_a_day_moves_by_as_long_as_the_clock_stood(house, gate):
    assert gate.due_at == at(7, 1, 0)  # the end of 30 June
    suspended(house, gate, at(6, 20), at(7, 10))
    row = fresh(gate)
    assert (row.state, row.due_at, row.baseline_due_at) == ("open", at(7, 21, 0), at(7, 1, 0))
    (move,) = DueMove.objects.filter(duty=gate)
    assert (move.old, move.new, move.why) == (at(7, 1, 0), at(7, 21, 0), "suspension")
    suspended(house, gate, at(7, 12, 9), at(7, 12, 11))  # two hours cost the day that they reach
    assert fresh(gate).due_at == at(7, 22, 0)
    lines = [(line.first, line.said) for line in count_story.of(fresh(gate), {"flood": "汛情"}).lines]
    assert [on for on, _said in lines] == [date(2026, 6, 20), date(2026, 7, 12)]


def test_the_time_that_a_delivery_by_a_day_lay_with_the_owed_office_is_not_counted(house, gate):
    house.clock.move_to(at(6, 25, 9))
    actions.perform(by=house.acting("langfang-duty"), key="p", duty=gate.pk, carried={"remark": "示例"})
    house.clock.move_to(at(7, 2, 9))
    actions.send_back(by=house.acting("wuqing-duty"), key="b", duty=gate.pk, reason="示例：未验收")
    row = fresh(gate)
    assert (row.state, row.due_at) == ("open", at(7, 8, 0))
    assert clock.now() < row.due_at


def test_a_day_that_both_name_holds_what_stood_before(house, gate):
    suspended(house, gate, at(6, 20), at(6, 22))
    for who in ("langfang-deputy", "wuqing-deputy"):
        actions.propose_date(by=house.acting(who), key=who, duty=gate.pk, on=date(2026, 8, 31), reason="示例")
    assert fresh(gate).due_at == at(9, 1, 0)
    suspended(house, gate, at(7, 1), at(7, 4))
    assert fresh(gate).due_at == at(9, 4, 0)
    assert fresh(gate).due_count["agreed"] is True


def test_what_is_late_is_not_suspended(house, gate):
    """The debtor alone took what was overdue out of the score."""
    from tongxin.heart.agreements import duty_acts, keeping

    def kept():
        found = keeping.conditions(clock.now()).items()
        return {name for name, how in found if Duty.objects.filter(pk=gate.pk).filter(how).exists()}

    house.clock.move_to(at(7, 6))
    before = kept()
    by = house.acting("langfang-duty")
    with pytest.raises(Conflict, match="due_has_passed") as refused:
        actions.suspend(by=by, key="s", duty=gate.pk, ground="flood")
    assert str(refused.value.todo)
    assert (fresh(gate).state, kept()) == ("open", before)
    row = named(gate)
    assert not duty_acts.may(by, row, rulebook.read_clause(row.clause), clock.now()).suspend


def test_a_result_is_recognised_or_refused_with_a_listed_reason(house):
    judged.load("judged-results", alone=True)
    made = judged.incident(house)
    duty = Duty.objects.get(matter=made["matter"], clause__kind="recognise")
    by = house.acting("wuqing-duty")
    for carried, wrong in (
        ({}, {"outcome"}),
        ({"outcome": "refused"}, {"reason"}),
        ({"outcome": "refused", "reason": "no_mood"}, {"reason"}),
        ({"outcome": "accepted", "reason": "method_differs"}, {"reason"}),
        ({"outcome": "accepted", "colour": "blue"}, {"colour"}),
    ):
        with pytest.raises(Invalid) as refused:
            actions.perform(by=by, key="x", duty=duty.pk, carried=carried)
        assert set(refused.value.fields) == wrong
    done = actions.perform(
        by=by, key="r", duty=duty.pk, carried={"outcome": "refused", "reason": "method_differs"}
    )
    assert done["state"] == "met"
    again = actions.perform(
        by=by, key="r", duty=duty.pk, carried={"outcome": "refused", "reason": "method_differs"}
    )
    assert again == done


def test_nobody_on_the_roster_means_the_next_step_at_once_up_to_the_agenda(house):
    from tongxin.heart.agreements.models import AgendaItem
    from tongxin.heart.region.models import Post, RosterShift

    judged.load("judged-costs", alone=True)
    duty = judged.opened("judged-costs")
    RosterShift.objects.filter(desk=LANGFANG).delete()
    Post.objects.filter(office_id="he-langfang-ecology", role__in=["deputy", "head"]).update(role="reader")
    house.clock.move_to(duty.due_at + timedelta(minutes=1))
    jobs.ring_due()
    page = duty_pages.page(house.acting("wuqing-duty"), named(duty))
    rung = {r.step: (r.rung_at is not None, r.skipped) for r in page.rungs}
    assert rung["next_on_duty"] == rung["deputy"] == rung["head"] == (True, True)
    assert rung["own_coordination"] == (True, False)
    assert rung["both_coordination"] == (False, False)
    house.clock.move_to(duty.due_at + timedelta(hours=13))
    jobs.ring_due()
    assert AgendaItem.objects.filter(duty=duty).exists()
    page = duty_pages.page(house.acting("wuqing-duty"), named(duty))
    assert page.on_agenda
    assert all(r.rung_at for r in page.rungs)
    assert fresh(duty).bound_desk_id == LANGFANG  # the debtor never changes by escalation


def named(duty):
    from tongxin.heart.agreements import queries

    return queries.with_names(Duty.objects.filter(pk=duty.pk)).get()


def test_what_the_page_offers_is_what_the_act_allows(house):
    from tongxin.heart.agreements import duty_acts

    judged.load("judged-figures", alone=True)
    duty = judged.opened("judged-figures")
    clause = rulebook.read_clause(named(duty).clause)

    def may(who):
        return duty_acts.may(house.acting(who), named(duty), clause, house.clock.at)

    assert (may("langfang-duty").perform, may("langfang-duty").suspend, may("langfang-duty").excuse) == (
        True,
        True,
        False,
    )
    assert not may("wuqing-duty").anything
    assert (may("wuqing-deputy").excuse, may("wuqing-coordinator").excuse) == (True, True)
    assert not may("langfang-coordinator").anything
    actions.perform(by=house.acting("langfang-duty"), key="p", duty=duty.pk, carried=FIGURES)
    assert (may("wuqing-duty").accept, may("wuqing-duty").send_back, may("langfang-duty").anything) == (
        True,
        True,
        False,
    )
    house.clock.move_by(days=5)  # the answer time is over, and silence accepts: nothing is left to answer
    assert (may("wuqing-duty").accept, may("wuqing-duty").send_back) == (False, False)
