"""A partner that does not answer an offer: both coordination offices name a holder before the fourth hand-over."""

from datetime import timedelta

import pytest

from tongxin.heart.agreements.models import Duty
from tongxin.heart.cases import actions, disputes, queries, silences
from tongxin.heart.cases.models import Case, Dispute, Offer
from tongxin.heart.cases.tests.conftest import APPLICATION
from tongxin.heart.cases.tests.test_disputes import (
    TONGZHOU,
    WUQING,
    clerks,
    number,
    offered,
    office,
)
from tongxin.heart.ledger.models import Entry
from tongxin.shared.errors import Conflict, Invalid, NotAllowed, NotFound

__all__ = ["clerks", "number", "office"]
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def silent(house, clerks, number) -> str:
    """An offer whose four working hours are over."""
    made = offered(clerks, number, "1")
    house.move_by(timedelta(days=14))
    return made


def called(office, silent: str, place: str = "tj-wuqing", **more: str) -> Dispute:
    given = {"key": "call", "offer": silent, "reason": "示例：逾期未答复"} | more
    return Dispute.objects.get(pk=actions.call_offices(by=office(place), **given)["dispute"])


def test_only_a_coordination_office_of_a_side_calls_and_only_when_the_time_is_over(
    house, clerks, office, number
):
    made = offered(clerks, number, "1")
    assert silences.seen_by(office("tj-wuqing")) == []
    with pytest.raises(Conflict) as refused:
        called(office, made)
    assert refused.value.code == "not_silent"
    house.move_by(timedelta(days=14))
    for place in ("tj-wuqing", "bj-tongzhou"):
        assert [str(row.pk) for row, _due in silences.seen_by(office(place))] == [made]
    assert silences.seen_by(office("he-langfang")) == []
    assert silences.seen_by(clerks[WUQING]) == []
    with pytest.raises(NotFound):
        called(office, made, "he-langfang", key="x")
    with pytest.raises(NotAllowed):
        actions.call_offices(by=clerks[WUQING], key="y", offer=made, reason="示例")
    with pytest.raises(Invalid):
        called(office, made, key="z", reason=" ")


def test_what_is_silent_stands_behind_no_older_offer_that_is_not(
    house, clerks, office, number, silent, monkeypatch
):
    monkeypatch.setattr(silences, "MOST", 1)
    other = actions.file_case(by=clerks[WUQING], key="f-late", **APPLICATION)["case"]
    actions.accept_case(by=clerks[WUQING], key="a-late", number=other)
    late = offered(clerks, other, "late")
    Offer.objects.filter(pk=late).update(
        offered_at=Offer.objects.get(pk=silent).offered_at - timedelta(days=1)
    )
    assert [str(row.pk) for row, _due in silences.seen_by(office("tj-wuqing"))] == [silent]


def test_both_offices_name_a_holder_above_what_the_silent_side_may_have_taken(
    house, clerks, office, number, silent
):
    row = called(office, silent)
    assert disputes.of_silence(row)
    assert silences.seen_by(office("tj-wuqing")) == [], "it is before the offices"
    with pytest.raises(Conflict) as refused:
        called(office, silent, "bj-tongzhou", key="again")
    assert refused.value.code == "disputed_already"
    first = actions.name_holder(
        by=office("tj-wuqing"), key="n1", dispute=row.pk, holder=WUQING, reason="示例"
    )
    assert not first["settled"]
    done = actions.name_holder(
        by=office("bj-tongzhou"), key="n2", dispute=row.pk, holder=WUQING, reason="示例"
    )
    case = Case.objects.get(pk=number)
    assert (done["settled"], case.holder_id, case.epoch, case.frozen_by_id) == (True, WUQING, 2, None)
    assert case.competent_desk_id == WUQING
    assert Offer.objects.get(pk=silent).state == "stale"
    assert not Duty.objects.filter(thread=f"case:{number}", subject=f"answer:{silent}", state="open").exists()
    with pytest.raises(Conflict):
        actions.take_over(by=clerks[TONGZHOU], key="late", offer_id=silent)
    assert "offer" in queries.possible(clerks[WUQING], case).names
    told = Entry.objects.filter(act="cases.dispute.opened", subject=f"case:{number}/dispute:{row.pk}")
    assert told.count() == 1


@pytest.mark.parametrize("how", ["returned", "recalled"])
def test_an_answer_after_all_ends_the_dispute(house, clerks, office, number, silent, how):
    row = called(office, silent)
    if how == "returned":
        actions.return_over(by=clerks[TONGZHOU], key="r", offer_id=silent, reason="not_competent")
    else:
        actions.recall(by=clerks[WUQING], key="r", offer_id=silent)
    row.refresh_from_db()
    assert (row.state, Offer.objects.get(pk=silent).state) == ("lapsed", how)
    assert not Duty.objects.filter(subject=disputes.subject(row), state__in=Duty.STANDING).exists()
    assert offered(clerks, number, "2"), "and the case goes on"
