"""Stories of the bell: whom it rings about late duties, unanswered deliveries and dues that move; no duty stops it."""

from datetime import date, datetime, timedelta

import pytest

from tests.support import judged
from tests.support.judged import LANGFANG, WUQING
from tongxin.heart.agreements import actions, duties, duty_pages, jobs, queries
from tongxin.heart.agreements.actions import parts
from tongxin.heart.agreements.models import AgendaItem, DueMove, Duty, Ring
from tongxin.heart.exchange.models import IdempotencyKey, Notification
from tongxin.heart.region.models import Office, Post, RosterShift
from tongxin.shared import clock, notices

pytestmark = pytest.mark.django_db(transaction=True)
FIGURES = {"location": "示例断面", "amount": "12.5 mg/L"}
RETURNS = judged.SHARE.replace("on_silence: accept", "on_silence: return")
ESCALATES = judged.SHARE.replace("on_silence: accept", "on_silence: escalate")


def at(month, day, hour=10, minute=0):
    return datetime(2026, month, day, hour, minute, tzinfo=clock.BEIJING)


def fresh(duty) -> Duty:
    return Duty.objects.select_related("clause__version").get(pk=duty.pk)


def delivered(house, clauses) -> Duty:
    """Figures of March that Langfang handed in on 1 April; Wuqing has until 3 April 17:30 to answer."""
    judged.load(texts=(judged.text_of("judged-figures", clauses),), alone=True)
    duty = judged.opened("judged-figures")
    house.clock.move_to(at(4, 1, 9))
    actions.perform(by=house.acting("langfang-duty"), key="p1", duty=duty.pk, carried=FIGURES)
    assert fresh(duty).answer_due_at == at(4, 3, 17, 30)
    return duty


def rung(duty) -> list[tuple[str, str]]:
    return [(r.step, r.post) for r in duty.rings.order_by("at", "id")]


def test_a_delivery_that_nobody_answers_goes_up_on_the_side_that_owes_the_answer(house):
    duty = delivered(house, ESCALATES)
    jobs.ring_due()
    assert rung(duty) == []
    house.clock.move_to(at(4, 3, 17, 31))
    jobs.ring_due()
    house.clock.move_to(at(4, 3, 18, 31))
    jobs.ring_due()
    assert jobs.ring_due() == 0
    steps = [step for step, _post in rung(duty)]
    assert steps[:2] == ["answer:next_on_duty", "answer:deputy"]
    assert all(post.startswith("tj-wuqing") for _step, post in rung(duty) if post)
    note = Notification.objects.filter(kind="answer_escalation").earliest("id")
    assert (note.desk_id, note.post_id) == (WUQING, "tj-wuqing-ecology/deputy")
    assert "未答复" in (notices.worded(note.kind, note.params) or "")
    house.clock.move_to(at(4, 5))
    jobs.ring_due()
    assert AgendaItem.objects.filter(duty=duty).exists()
    page = duty_pages.page(
        house.acting("wuqing-duty"), queries.with_names(Duty.objects.filter(pk=duty.pk)).get()
    )
    assert [r.step for r in page.rungs if r.rung_at] == jobs.ANSWER_NAMES
    actions.accept(by=house.acting("wuqing-duty"), key="a", duty=duty.pk)
    page = duty_pages.page(
        house.acting("wuqing-duty"), queries.with_names(Duty.objects.filter(pk=duty.pk)).get()
    )
    assert [r.step for r in page.rungs if r.rung_at] == jobs.ANSWER_NAMES
    assert (fresh(duty).state, fresh(duty).delivered_at) == ("met", at(4, 1, 9))


def test_one_duty_that_cannot_be_answered_for_stops_no_other_bell(house):
    duty = delivered(house, RETURNS)
    judged.load("judged-gate")
    judged.opened("judged-gate")
    gate = Duty.objects.get(clause__version__instrument="judged-gate")
    Office.objects.update(hours=[])  # no countable hour: the time at the owed office cannot be left out
    house.clock.move_to(gate.due_at + timedelta(minutes=1))
    jobs.ring_due()
    assert fresh(duty).state == "claimed"
    assert {step for step, _post in rung(gate)} >= {"remind", "next_on_duty"}
    assert actions.answer_silence() == 0


def test_one_duty_whose_steps_lie_beyond_all_days_stops_no_other_bell(house):
    duty = delivered(house, RETURNS)
    judged.load("judged-gate")
    judged.opened("judged-gate")
    gate = Duty.objects.get(clause__version__instrument="judged-gate")
    far = duty.clause  # entered before the language had limits
    far.body = far.body | {"if_late": {"after": "P9000000D", "up_to": "leaders_agenda"}}
    far.save(update_fields=["body"])
    type(far.version).objects.filter(pk=far.version_id).update(canonical_hash="f" * 64)  # read anew
    Duty.objects.filter(pk=duty.pk).update(state="open", delivered_at=None, answer_due_at=None, ring_at=None)
    house.clock.move_to(gate.due_at + timedelta(minutes=1))
    jobs.ring_due()
    assert {step for step, _post in rung(gate)} >= {"remind", "next_on_duty"}


def test_a_step_that_came_between_delivery_and_its_return_is_rung_later(house):
    judged.load("judged-gate", alone=True)
    duty = judged.opened("judged-gate")
    seen = fresh(duty)
    house.clock.move_to(duty.due_at + timedelta(minutes=1))
    step = jobs.Step("next_on_duty", duty.due_at)
    Duty.objects.filter(pk=duty.pk).update(state="claimed", answer_due_at=house.clock.at + timedelta(days=3))
    with pytest.raises(parts.NotNow):
        jobs._take(seen, step, clock.now())
    assert not IdempotencyKey.objects.filter(key=f"ring:{duty.pk}:next_on_duty").exists()
    Duty.objects.filter(pk=duty.pk).update(state="open", answer_due_at=None)
    assert jobs._take(seen, step, clock.now()) == 1
    assert Ring.objects.filter(duty=duty, step="next_on_duty").exists()


def test_a_due_that_moved_between_the_look_and_the_lock_is_not_escalated(house):
    judged.load("judged-gate", alone=True)
    duty = judged.opened("judged-gate")
    seen = fresh(duty)
    Duty.objects.filter(pk=duty.pk).update(due_at=duty.due_at + timedelta(days=31))
    house.clock.move_to(duty.due_at + timedelta(minutes=1))
    with pytest.raises(parts.NotNow):
        jobs._take(seen, jobs.Step("next_on_duty", duty.due_at), clock.now())
    assert rung(duty) == []


def test_what_silence_says_of_one_delivery_is_not_said_of_the_next(house):
    from tongxin.heart.agreements.actions import silences

    duty = delivered(house, judged.SHARE)
    seen = fresh(duty)
    house.clock.move_to(at(4, 2, 11))
    actions.send_back(by=house.acting("wuqing-duty"), key="b", duty=duty.pk, reason="缺少单位")
    house.clock.move_to(at(4, 7, 9))
    actions.perform(by=house.acting("langfang-duty"), key="p2", duty=duty.pk, carried=FIGURES)
    assert silences._silent_too_long(seen) == 0
    assert (fresh(duty).state, fresh(duty).ended_at) == ("claimed", None)
    house.clock.move_to(at(4, 20))
    jobs.ring_due()
    assert (fresh(duty).state, fresh(duty).delivered_at) == ("met", at(4, 7, 9))


def test_nobody_there_means_the_next_step_but_none_beyond_the_last_that_the_clause_names(house):
    only = judged.DELIVER + "    if_late: {after: PT1H, up_to: deputy}\n"
    judged.load(texts=(judged.text_of("judged-gate", only),), alone=True)
    duty = judged.opened("judged-gate")
    RosterShift.objects.filter(desk=LANGFANG).delete()
    Post.objects.filter(office_id="he-langfang-ecology", role="deputy").update(role="reader")
    house.clock.move_to(duty.due_at + timedelta(days=9))
    jobs.ring_due()
    jobs.ring_due()
    assert set(rung(duty)) == {("remind", ""), ("next_on_duty", ""), ("deputy", "")}
    assert not AgendaItem.objects.exists()


def test_who_owes_a_duty_is_told_when_its_due_comes_closer(house):
    judged.load("judged-gate", alone=True)
    duty = judged.opened("judged-gate")
    langfang, wuqing = house.acting("langfang-deputy"), house.acting("wuqing-deputy")
    actions.propose_date(by=langfang, key="d1", duty=duty.pk, on=date(2026, 5, 31), reason="提前")
    assert actions.propose_date(by=wuqing, key="d2", duty=duty.pk, on=date(2026, 5, 31), reason="同意")[
        "agreed"
    ]
    assert not Notification.objects.filter(kind="duty_closer").exists()  # both named that day themselves
    row = fresh(duty)

    class A:
        at = house.clock.at

        def entry(self, *_args, **_more):
            pass

    later = duties.clocks.Count(row.due_at + timedelta(days=3), row.due_count)
    closer = duties.clocks.Count(row.due_at - timedelta(days=3), row.due_count)
    duties.move(row, later, A(), why="correction", cause="event:x")
    assert not Notification.objects.filter(kind="duty_closer").exists()
    duties.move(row, closer, A(), why="correction", cause="event:x")
    (note,) = Notification.objects.filter(kind="duty_closer")
    move = DueMove.objects.latest("id")
    assert (note.desk_id, note.dedupe, note.link) == (
        LANGFANG,
        f"moved:{move.pk}",
        f"/matters/{duty.matter_id}/",
    )
    assert "提前" in (notices.worded(note.kind, note.params) or "")


def test_a_group_named_in_a_clause_means_its_members(house):
    clause = judged.TELL_NOW.replace("of: tj-wuqing", "of: tongwulang")
    text = judged.text_of("judged-now", clause).replace("[he-langfang, tj-wuqing]", "[tongwulang]")
    judged.load(texts=(text,), alone=True)
    made = judged.incident(house)
    rows = Duty.objects.filter(matter=made["matter"], bound_desk=LANGFANG, purpose="do")
    owed = rows.values_list("owed_desk_id", flat=True)
    assert sorted(owed) == ["bj-tongzhou/ecology_bureau", WUQING]
