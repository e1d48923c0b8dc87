"""Two desks decide one case together: nothing is decided before both say the same."""

from datetime import datetime

import pytest

from tests.support.applications import ROAD_WORKS
from tongxin.heart.agreements.models import Duty
from tongxin.heart.cases import actions, joints, queries, story_states
from tongxin.heart.cases.actions import joining
from tongxin.heart.cases.models import Case, Decision, Joint
from tongxin.heart.cases.procedures import form_of
from tongxin.heart.exchange.acts import act
from tongxin.heart.exchange.models import Message
from tongxin.heart.ledger.models import Entry
from tongxin.heart.ledger.verify import verify_log
from tongxin.heart.region.acting import SYSTEM
from tongxin.shared import clock
from tongxin.shared.errors import Conflict, Invalid, NotAllowed, NotFound

pytestmark = pytest.mark.django_db(transaction=True)
WUQING, TONGZHOU, LANGFANG = (f"{p}/service_centre" for p in ("tj-wuqing", "bj-tongzhou", "he-langfang"))


@pytest.fixture
def taken(house, at) -> str:
    """Accepted in Wuqing, in Tongzhou's hands since Friday 13 February, 10:00."""
    clerk = at("tj-wuqing", "window_clerk")
    number = actions.file_case(by=clerk, key="f", **ROAD_WORKS)["case"]
    actions.accept_case(by=clerk, key="a", number=number)
    made = actions.offer(by=clerk, key="o", number=number, to_desk=TONGZHOU, epoch=0)
    house.move_to(datetime(2026, 2, 13, 10, tzinfo=clock.BEIJING))
    actions.take_over(by=at("bj-tongzhou", "window_clerk"), key="t", offer_id=made["offer"])
    return number


@pytest.fixture
def put(at):
    def do(number: str, outcome: str = "granted", *, key: str = "p", reason: str = "") -> str:
        by = at("bj-tongzhou", "approver")
        epoch = Case.objects.get(pk=number).epoch
        done = actions.put_joint(by=by, key=key, number=number, epoch=epoch, outcome=outcome, reason=reason)
        return done["joint"]

    return do


@pytest.fixture
def answer(at):
    def do(joint: str, said: str = "agree", *, key: str = "j", reason: str = "", place: str = "tj-wuqing"):
        by = at(place, "approver")
        return actions.answer_joint(by=by, key=key, joint=joint, answer=said, reason=reason)

    return do


def test_one_office_alone_decides_nothing(taken, at):
    by = at("bj-tongzhou", "approver")
    with pytest.raises(Conflict) as refused:
        actions.decide(by=by, key="d", number=taken, epoch=1, outcome="granted", reason="")
    assert refused.value.code == "decided_jointly"
    may = queries.possible(by, queries.case(by, taken))
    assert may.put_joint
    assert not may.decide
    assert not Decision.objects.filter(case=taken).exists()


def test_what_one_puts_is_decided_when_the_other_agrees(taken, put, answer, at, house):
    joint = put(taken)
    case = Case.objects.get(pk=taken)
    assert (case.state, case.holder_id) == ("in_hand", TONGZHOU)
    duty = Duty.objects.get(thread=f"case:{taken}", subject=f"joint:{joint}")
    assert (duty.bound_desk_id, duty.owed_desk_id, duty.state) == (WUQING, TONGZHOU, "open")
    assert duty.due_at == datetime(2026, 2, 25, 17, 30, tzinfo=clock.BEIJING), (
        "the 14th, 24th and 25th count, on Wuqing's hours"
    )
    assert queries.possible(at("tj-wuqing", "approver"), case).answer_joint
    said = {
        desk: str(story_states.parts(case, form_of(case), sees=True, desk=desk)["joints"][0].state)
        for desk in (WUQING, TONGZHOU)
    }
    assert said[WUQING] != said[TONGZHOU], "the asked desk does not wait for the other one"

    house.move_to(datetime(2026, 2, 13, 11, tzinfo=clock.BEIJING))
    assert answer(joint)["outcome"] == "granted"

    case = Case.objects.get(pk=taken)
    made = Decision.objects.get(case=taken)
    assert (case.state, case.outcome, case.holder_id) == ("decided", "granted", TONGZHOU)
    assert (made.desk_id, str(made.joint_id)) == (TONGZHOU, joint)
    states = dict(Duty.objects.filter(thread=f"case:{taken}").values_list("subject", "state"))
    assert states[f"joint:{joint}"] == states["decide"] == "met"
    acts = list(Entry.objects.filter(subject=f"case:{taken}").values_list("act", flat=True))
    assert acts[-1] == "cases.case.decided_jointly"
    assert verify_log().holds


def test_who_differs_says_why_and_it_is_put_anew(taken, put, answer):
    joint = put(taken, "refused", reason="示例：影响排水")
    with pytest.raises(Invalid) as refused:
        answer(joint, "differ")
    assert "reason" in refused.value.fields
    assert answer(joint, "differ", reason="示例：已有替代方案")["state"] == "differed"
    assert Case.objects.get(pk=taken).state == "in_hand"
    assert answer(put(taken, key="p2"), key="j2")["outcome"] == "granted"
    assert [row.state for row in joints.of_case(Case.objects.get(pk=taken))] == ["differed", "agreed"]


def test_putting_another_takes_the_first_back(taken, put, answer):
    first, second = put(taken), put(taken, "refused", key="p2", reason="示例")
    with pytest.raises(Conflict) as refused:
        answer(first)
    assert refused.value.code == "answered_already"
    assert Duty.objects.get(thread=f"case:{taken}", subject=f"joint:{first}").state == "void"
    assert answer(second, key="j2")["outcome"] == "refused"


def test_an_answer_counts_once_and_comes_from_the_asked_desk_alone(taken, put, answer, at):
    joint = put(taken)
    with pytest.raises(NotFound):
        answer(joint, place="he-langfang")
    with pytest.raises(NotAllowed):
        answer(joint, place="bj-tongzhou")
    assert answer(joint) == answer(joint)
    assert Decision.objects.filter(case=taken).count() == 1


def test_in_other_hands_nothing_waits_any_more(taken, put, answer, at):
    joint = put(taken)
    made = actions.offer(
        by=at("bj-tongzhou", "window_clerk"), key="o2", number=taken, to_desk=LANGFANG, epoch=1
    )
    with pytest.raises(Conflict) as refused:
        answer(joint)
    assert refused.value.code == "answered_already"
    actions.take_over(by=at("he-langfang", "window_clerk"), key="t2", offer_id=made["offer"])
    assert Joint.objects.get(pk=joint).state == "lapsed"
    with pytest.raises(Conflict):
        answer(joint, key="j2")


def test_a_withdrawn_case_asks_nobody(taken, put, at):
    joint = put(taken)
    actions.withdraw(by=at("tj-wuqing", "window_clerk"), key="w", number=taken, reason="x")
    assert Joint.objects.get(pk=joint).state == "lapsed"


def test_both_put_another_decision_in_the_place_of_theirs(taken, put, answer, at):
    answer(put(taken))
    with pytest.raises(Conflict):
        actions.supersede(
            by=at("bj-tongzhou", "approver"), key="s", number=taken, epoch=1, outcome="refused", reason="x"
        )
    with pytest.raises(Invalid):
        put(taken, "refused", key="p2")
    answer(put(taken, "refused", key="p3", reason="示例：新的事实"), key="j3")
    found = list(Decision.objects.filter(case=taken).order_by("number").values_list("outcome", flat=True))
    assert found == ["granted", "refused"]
    assert Case.objects.get(pk=taken).outcome == "refused"


def test_what_two_decide_is_not_taken_in_where_it_is_decided(house, at):
    clerk = at("tj-wuqing", "window_clerk")
    with pytest.raises(Invalid) as refused:
        actions.file_case(by=clerk, key="f", **(ROAD_WORKS | {"decide_at": "tj-wuqing", "papers": []}))
    assert {"decide_at", "papers"} <= set(refused.value.fields)
    _row, form = queries.procedure("boundary-road-works")
    assert "tj-wuqing" not in {place.id for place in queries.deciders(clerk, form)}
    with pytest.raises(Invalid) as online:
        actions.check("boundary-road-works", {}, [], WUQING, "tj-wuqing", clock.now(), agreed=False)
    assert {"accept_at", "papers", "applicant_name", "agreed"} <= set(online.value.fields)


def test_left_with_one_office_it_is_decided_with_the_one_that_takes_it_over(taken, put, answer, at):
    """As after a dispute that leaves the case with the desk that took it in."""
    Case.objects.filter(pk=taken).update(competent_desk=WUQING, holder=WUQING)
    by = at("tj-wuqing", "approver")
    may = queries.possible(by, queries.case(by, taken))
    assert not {"decide", "put_joint"} & set(may.names)
    decision = {"by": by, "number": taken, "epoch": 1, "outcome": "granted", "reason": ""}
    for act_alone in (actions.decide, actions.put_joint):
        with pytest.raises(Conflict) as refused:
            act_alone(key="alone", **decision)
        assert refused.value.code == "no_second_office"
    clerk = at("tj-wuqing", "window_clerk")
    made = actions.offer(by=clerk, key="o3", number=taken, to_desk=TONGZHOU, epoch=1)
    actions.take_over(by=at("bj-tongzhou", "window_clerk"), key="t3", offer_id=made["offer"])
    assert Case.objects.get(pk=taken).competent_desk_id == TONGZHOU
    answer(put(taken))
    assert Case.objects.get(pk=taken).outcome == "granted"


def test_a_suspended_case_asks_nobody_and_an_answer_that_comes_twice_decides_once(taken, put, answer, at):
    first, clerk = put(taken), at("bj-tongzhou", "window_clerk")
    actions.suspend(by=clerk, key="s", number=taken, epoch=1, ground="inspection")
    assert Joint.objects.get(pk=first).state == "lapsed"
    assert Duty.objects.get(thread=f"case:{taken}", subject=f"joint:{first}").state == "void"
    actions.resume(by=clerk, key="r", number=taken, epoch=1, ended=True)
    answer(put(taken, key="p2"), key="j2")
    told = Message.objects.filter(thread=f"case:{taken}", kind="joint_answer").get()
    with act("cases.joint.answered", by=SYSTEM, key="again", request={}) as a:
        joining.received_answer(a, Case.objects.get(pk=taken), told)
        a.entry(f"case:{taken}/joint:again")
    assert Decision.objects.filter(case=taken).count() == 1
