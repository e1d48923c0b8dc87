"""Stories of a case that nobody wants: four hand-overs, the coordination offices, a holder named; and late answers."""

from datetime import datetime

import pytest

from tongxin.heart.agreements.models import Duty
from tongxin.heart.cases import actions, disputes, handover
from tongxin.heart.cases.actions import handing, replicas
from tongxin.heart.cases.models import Case, Dispute, Offer
from tongxin.heart.cases.tests.conftest import APPLICATION
from tongxin.heart.exchange import actions as exchange
from tongxin.heart.exchange.acts import act
from tongxin.heart.exchange.models import Message, Notification
from tongxin.heart.ledger.models import Entry
from tongxin.shared import clock
from tongxin.shared.errors import Conflict, Invalid, NotAllowed, NotFound

pytestmark = pytest.mark.django_db(transaction=True)

WUQING, TONGZHOU = "tj-wuqing/service_centre", "bj-tongzhou/service_centre"
OFFICES = ["tj-wuqing/coordination_office", "bj-tongzhou/coordination_office"]


@pytest.fixture
def clerks(at):
    return {WUQING: at("tj-wuqing", "window_clerk"), TONGZHOU: at("bj-tongzhou", "window_clerk")}


@pytest.fixture
def office(at):
    """`office("tj-wuqing")`: the coordinator there."""
    return lambda place: at(place, "coordinator", office="coordination", desk="coordination_office")


@pytest.fixture
def number(house, clerks) -> str:
    """A case that Wuqing accepted for Tongzhou."""
    case = actions.file_case(by=clerks[WUQING], key="f", **APPLICATION)["case"]
    actions.accept_case(by=clerks[WUQING], key="a", number=case)
    return case


def offered(clerks, number: str, key: str, to: str = TONGZHOU) -> str:
    case = Case.objects.get(pk=number)
    done = actions.offer(
        by=clerks[case.holder_id], key=f"o{key}", number=number, to_desk=to, epoch=case.epoch
    )
    return done["offer"]


def returned(clerks, number: str, key: str, reason: str = "not_competent") -> None:
    offer = offered(clerks, number, key)
    actions.return_over(by=clerks[TONGZHOU], key=f"r{key}", offer_id=offer, reason=reason)


@pytest.fixture
def disputed(number, clerks) -> Dispute:
    """The same case, after it came back four times."""
    for key in "1234":
        assert not Dispute.objects.exists()
        returned(clerks, number, key)
    return Dispute.objects.get()


def test_the_fourth_hand_over_without_a_decision_opens_a_dispute(disputed, clerks, office):
    assert disputes.offices(disputed) == OFFICES
    owed = Duty.objects.filter(subject=f"dispute:{disputed.pk}").order_by("id")
    assert [d.bound_desk_id for d in owed] == OFFICES
    assert [f"{clock.beijing(d.due_at):%d %H:%M}" for d in owed] == [
        "24 17:30",
        "24 17:00",
    ]  # after the festival
    for desk in (*OFFICES, WUQING, TONGZHOU):
        assert Notification.objects.filter(desk=desk, kind="dispute_opened").count() == 1
    with pytest.raises(Conflict) as refused:
        offered(clerks, disputed.case_id, "5")
    assert refused.value.code == "in_dispute"
    assert Case.objects.get().holder_id == WUQING
    assert Entry.objects.filter(act="cases.dispute.opened").count() == 1


def test_recalled_offers_are_no_hand_overs(number, clerks):
    for key in "12345":
        offer = offered(clerks, number, key)
        actions.recall(by=clerks[WUQING], key=f"c{key}", offer_id=offer)
    assert not Dispute.objects.exists()
    assert Message.objects.filter(kind="recalled").count() == 5


def test_both_offices_name_a_holder_two_epochs_up(disputed, clerks, office, at, house):
    house.move_to(datetime(2026, 2, 13, 10, tzinfo=clock.BEIJING))
    said = {"dispute": disputed.pk, "holder": TONGZHOU}
    first = actions.name_holder(by=office("tj-wuqing"), key="p1", reason="place of the premises", **said)
    assert first == {"dispute": disputed.pk, "settled": False, "holder": TONGZHOU, "epoch": 0}
    with pytest.raises(Conflict) as refused:
        actions.name_holder(by=office("tj-wuqing"), key="p2", reason="again", **said)
    assert refused.value.code == "waits_for_other"
    done = actions.name_holder(by=office("bj-tongzhou"), key="p1", reason="agreed by telephone", **said)
    assert done == {"dispute": disputed.pk, "settled": True, "holder": TONGZHOU, "epoch": 2}
    case = Case.objects.get()
    assert (case.holder_id, case.competent_desk_id, case.epoch, case.state) == (
        TONGZHOU,
        TONGZHOU,
        2,
        "in_hand",
    )
    assert set(Duty.objects.filter(subject__startswith="dispute:").values_list("state", flat=True)) == {"met"}
    decide = Duty.objects.get(subject="decide")
    assert (decide.bound_desk_id, decide.due_at) == (TONGZHOU, case.promise_due_at)
    assert list(Message.objects.order_by("seq").values_list("kind", flat=True))[-3:] == [
        "propose",
        "reassign",
        "reassign",
    ]
    assert Entry.objects.filter(act="cases.holder.named").count() == 1
    actions.decide(
        by=at("bj-tongzhou", "approver"), key="d", number=case.number, epoch=2, outcome="granted", reason=""
    )
    with pytest.raises(Conflict) as refused:
        actions.name_holder(by=office("tj-wuqing"), key="p3", reason="late", **said)
    assert refused.value.code == "dispute_settled"


def test_another_name_declines_the_first_and_stands_itself(disputed, office):
    actions.name_holder(by=office("tj-wuqing"), key="1", dispute=disputed.pk, holder=TONGZHOU, reason="a")
    done = actions.name_holder(
        by=office("bj-tongzhou"), key="1", dispute=disputed.pk, holder=WUQING, reason="b"
    )
    assert not done["settled"]
    disputed.refresh_from_db()
    assert [each["answer"] for each in disputed.proposals] == ["declined", ""]
    done = actions.name_holder(
        by=office("tj-wuqing"), key="2", dispute=disputed.pk, holder=WUQING, reason="c"
    )
    assert (done["settled"], done["epoch"]) == (True, 2)
    case = Case.objects.get()
    assert (case.holder_id, case.competent_desk_id) == (WUQING, WUQING)
    assert not Duty.objects.filter(
        subject="decide"
    ).exists()  # the holder accepted it itself: it owes nobody but the applicant


def test_after_a_holder_is_named_the_count_begins_anew(disputed, clerks, office):
    for place in ("tj-wuqing", "bj-tongzhou"):
        actions.name_holder(by=office(place), key="1", dispute=disputed.pk, holder=WUQING, reason="a")
    for key in "567":
        returned(clerks, disputed.case_id, key)
    assert Dispute.objects.count() == 1
    returned(clerks, disputed.case_id, "8")
    assert Dispute.objects.filter(state="open").count() == 1


def test_only_the_two_offices_settle_it_and_only_with_who_has_a_part(disputed, clerks, office):
    with pytest.raises(NotAllowed):
        actions.name_holder(by=clerks[WUQING], key="1", dispute=disputed.pk, holder=WUQING, reason="a")
    with pytest.raises(NotFound):
        actions.name_holder(by=office("he-langfang"), key="1", dispute=disputed.pk, holder=WUQING, reason="a")
    with pytest.raises(Invalid) as refused:
        actions.name_holder(
            by=office("tj-wuqing"),
            key="1",
            dispute=disputed.pk,
            holder="he-langfang/service_centre",
            reason=" ",
        )
    assert set(refused.value.fields) == {"holder", "reason"}


def test_a_holder_who_decides_meanwhile_ends_the_dispute(house, clerks, at):
    number = actions.file_case(by=clerks[WUQING], key="f", **APPLICATION | {"decide_at": "tj-wuqing"})["case"]
    actions.accept_case(by=clerks[WUQING], key="a", number=number)
    for key in "1234":
        returned(clerks, number, key)
    actions.decide(
        by=at("tj-wuqing", "approver"), key="d", number=number, epoch=0, outcome="granted", reason=""
    )
    assert Dispute.objects.get().state == "lapsed"
    assert set(Duty.objects.filter(subject__startswith="dispute:").values_list("state", flat=True)) == {
        "void"
    }


def test_who_takes_what_the_competent_desk_returned_decides_it(number, clerks, at, house):
    house.move_to(datetime(2026, 2, 13, 10, 10, tzinfo=clock.BEIJING))
    returned(clerks, number, "1")
    house.move_to(datetime(2026, 2, 13, 10, 40, tzinfo=clock.BEIJING))
    offer = offered(clerks, number, "2", to="he-langfang/service_centre")
    house.move_to(datetime(2026, 2, 13, 14, tzinfo=clock.BEIJING))
    actions.take_over(by=at("he-langfang", "window_clerk"), key="t", offer_id=offer)
    case = Case.objects.get()
    assert (case.holder_id, case.competent_desk_id, case.epoch) == (*["he-langfang/service_centre"] * 2, 1)
    assert case.promise_due_at == datetime(2026, 2, 26, 17, 30, tzinfo=clock.BEIJING)
    assert Entry.objects.filter(act="cases.promise.moved", subject=f"case:{number}").count() == 1
    with pytest.raises(Conflict):  # a late retry of offer 1 is answered as before
        actions.take_over(
            by=clerks[TONGZHOU], key="late", offer_id=str(Offer.objects.earliest("offered_at").id)
        )


@pytest.mark.usefixtures("in_english")
def test_an_answer_too_late_is_told_who_holds_the_case(number, clerks):
    offer = offered(clerks, number, "1")
    actions.take_over(by=clerks[TONGZHOU], key="t", offer_id=offer)
    for late in (
        lambda: actions.recall(by=clerks[WUQING], key="c", offer_id=offer),
        lambda: actions.return_over(by=clerks[TONGZHOU], key="r", offer_id=offer, reason="not_competent"),
    ):
        with pytest.raises(Conflict) as refused:
            late()
        assert refused.value.status == 409
        assert "Tongzhou" in str(refused.value.kept)


def message(
    kind: str, number: str, by: str, to: str, epoch: int, basis: str, body: dict[str, object]
) -> Message:
    """A message of a case as it may arrive."""
    return exchange.send(
        kind,
        from_desk=by,
        to_desk=to,
        thread=f"case:{number}",
        basis=basis,
        body=body,
        at=clock.now(),
        epoch=epoch,
    )


def test_an_offer_under_an_older_epoch_is_kept_answered_stale_and_put_before_both(disputed, clerks, office):
    number, basis = disputed.case_id, disputed.offer.clause_id
    for place in ("tj-wuqing", "bj-tongzhou"):
        actions.name_holder(by=office(place), key="1", dispute=disputed.pk, holder=TONGZHOU, reason="a")
    late = "7d9f2a54-0a4e-4a0e-9d6f-0c3b7f4c1a11"
    with act("cases.offer.made", by=clerks[WUQING], key="late", request={}) as a:
        sent = message("offer", number, WUQING, TONGZHOU, 0, basis, {"offer": late, "handed": 0})
        handing.received(a, Case.objects.get(), sent)
    assert Offer.objects.get(id=late).state == "stale"
    answer = Message.objects.get(kind="stale")
    assert answer.in_reply_to_id == sent.id
    assert {n: answer.body[n] for n in ("about", "holder", "epoch")} == {
        "about": late,
        "holder": TONGZHOU,
        "epoch": 2,
    }
    assert set(Notification.objects.filter(kind="case_contested").values_list("desk", flat=True)) == {
        WUQING,
        TONGZHOU,
    }
    assert late in replicas.read(Case.objects.get()).contested
    assert Case.objects.get().holder_id == TONGZHOU


def test_a_late_acceptance_changes_nothing_and_a_late_recall_is_told_so(number, clerks):
    offer = offered(clerks, number, "1")
    actions.take_over(by=clerks[TONGZHOU], key="t", offer_id=offer)
    back = actions.offer(by=clerks[TONGZHOU], key="o2", number=number, to_desk=WUQING, epoch=1)
    actions.take_over(by=clerks[WUQING], key="t2", offer_id=back["offer"])
    basis = Offer.objects.get(id=offer).clause_id
    with act("cases.offer.made", by=clerks[WUQING], key="late", request={}) as a:
        case = Case.objects.get()
        again = message(
            "accept", number, TONGZHOU, WUQING, 0, basis, {"offer": offer, "holder": TONGZHOU, "epoch": 1}
        )
        handing.received(a, case, again)
        handing.received(a, case, message("recall", number, WUQING, TONGZHOU, 0, basis, {"offer": offer}))
    case = Case.objects.get()
    assert (case.holder_id, case.epoch, case.frozen_by_id) == (WUQING, 2, None)
    assert Message.objects.get(kind="too_late").body["state"] == handover.TAKEN_OVER
