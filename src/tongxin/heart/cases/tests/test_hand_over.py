"""Stories of a case that is handed over a boundary."""

from datetime import UTC, datetime, timedelta

import pytest

from tongxin.heart.agreements.models import Duty
from tongxin.heart.cases import actions, queries, registration, story
from tongxin.heart.cases.models import Case, Offer
from tongxin.heart.cases.tests.conftest import APPLICATION
from tongxin.heart.ledger.models import Entry
from tongxin.shared import clock
from tongxin.shared.errors import Conflict, Invalid, NotAllowed, NotFound

pytestmark = pytest.mark.django_db(transaction=True)


def beijing(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 2, day, hour, minute, tzinfo=clock.BEIJING)


@pytest.fixture
def accepted(house, at) -> str:
    """A case that Wuqing's window received and accepted for Tongzhou, Thursday 15:00."""
    clerk = at("tj-wuqing", "window_clerk")
    number = actions.file_case(by=clerk, key="f", **APPLICATION)["case"]
    actions.accept_case(by=clerk, key="a", number=number)
    return number


@pytest.fixture
def offered(accepted, house, at) -> Offer:
    """The same case, offered to Tongzhou at 15:30."""
    house.move_to(beijing(12, 15, 30))
    done = actions.offer(
        by=at("tj-wuqing", "window_clerk"),
        key="o",
        number=accepted,
        to_desk="bj-tongzhou/service_centre",
        epoch=0,
    )
    return Offer.objects.get(id=done["offer"])


def test_a_case_filed_in_wuqing_is_decided_in_tongzhou(offered, house, at):
    number = offered.case_id
    house.move_to(beijing(13, 10))
    actions.take_over(by=at("bj-tongzhou", "window_clerk"), key="t", offer_id=str(offered.id))
    house.move_to(beijing(14, 10))
    actions.decide(
        by=at("bj-tongzhou", "approver"), key="d", number=number, epoch=1, outcome="granted", reason=""
    )
    case = Case.objects.get(number=number)
    assert (case.holder_id, case.epoch, case.state, case.outcome) == (
        "bj-tongzhou/service_centre",
        1,
        "decided",
        "granted",
    )
    assert list(
        Entry.objects.filter(subject__startswith=f"case:{number}")
        .order_by("index")
        .values_list("act", flat=True)
    ) == [
        "cases.case.filed",
        "cases.case.accepted",
        "cases.offer.made",
        "cases.offer.taken_over",
        "cases.case.decided",
    ]
    assert set(Duty.objects.filter(thread=f"case:{number}").values_list("state", flat=True)) == {"met"}


def test_the_promise_and_the_answer_are_due_as_in_the_model(offered):
    case = Case.objects.get(number=offered.case_id)
    assert case.promise_due_at == beijing(26, 17)
    answer = Duty.objects.get(subject=f"answer:{offered.id}")
    assert answer.due_at == beijing(13, 11, 30)
    assert (answer.bound_desk_id, answer.owed_desk_id) == (
        "bj-tongzhou/service_centre",
        "tj-wuqing/service_centre",
    )


def test_the_sender_is_frozen_until_the_receiver_answers(offered, at):
    clerk = at("tj-wuqing", "window_clerk")
    with pytest.raises(Conflict) as refused:
        actions.offer(
            by=clerk, key="again", number=offered.case_id, to_desk="he-langfang/service_centre", epoch=0
        )
    assert refused.value.code == "frozen_by_offer"
    assert queries.possible(clerk, queries.case(clerk, offered.case_id)) == queries.Possible(recall=True)


def test_the_receiver_alone_settles(offered, at):
    for stranger in (at("tj-wuqing", "window_clerk"), at("he-langfang", "window_clerk")):
        with pytest.raises(NotFound):
            actions.take_over(by=stranger, key="t", offer_id=str(offered.id))
        with pytest.raises(NotFound):
            actions.return_over(by=stranger, key="r", offer_id=str(offered.id), reason="not_competent")
    assert Offer.objects.get(id=offered.id).state == "offered"


def test_a_third_jurisdiction_does_not_learn_that_the_case_exists(offered, at):
    langfang = at("he-langfang", "window_clerk")
    assert not queries.cases(langfang).exists()
    with pytest.raises(NotFound):
        queries.case(langfang, offered.case_id)


def test_the_list_is_every_case_with_a_part_of_the_desk_and_no_other(offered, house, at):
    wuqing, langfang = at("tj-wuqing", "window_clerk"), at("he-langfang", "window_clerk")
    tongzhou = at("bj-tongzhou", "window_clerk")
    untouched = actions.file_case(by=wuqing, key="f2", **APPLICATION)["case"]

    def listed(reader, **narrowed):
        return [number for number, *_key in queries.listed(reader, **narrowed)]

    assert listed(wuqing) == [untouched, offered.case_id]
    assert listed(wuqing, stage="mine") == [untouched]
    assert listed(wuqing, stage="offered") == listed(tongzhou, stage="offered") == [offered.case_id]
    assert listed(wuqing, sort="due") == listed(wuqing, sort="-due") == [offered.case_id, untouched]
    assert listed(tongzhou, stage="mine") == listed(langfang) == []
    house.move_to(beijing(13, 10))
    actions.take_over(by=tongzhou, key="t", offer_id=str(offered.id))
    assert listed(tongzhou, stage="mine") == [offered.case_id]
    assert listed(wuqing, sort="number") == sorted([untouched, offered.case_id])
    assert listed(wuqing, place="he-langfang") == listed(wuqing, q="9999", stage="all") == []
    rows = queries.with_names(queries.in_order(tongzhou, queries.listed(tongzhou)[:1]))
    assert [str(row.holder.jurisdiction) for row in rows] == [str(rows[0].competent_desk.jurisdiction)]
    actions.decide(
        by=at("bj-tongzhou", "approver"),
        key="d",
        number=offered.case_id,
        epoch=1,
        outcome="granted",
        reason="",
    )
    for reader in (wuqing, tongzhou, langfang):
        assert set(listed(reader)) == set(queries.cases(reader).values_list("number", flat=True))
        assert queries.in_hand(reader) == len(listed(reader, stage="open"))
    assert listed(tongzhou, stage="decided") == [offered.case_id]


def test_the_search_finds_by_number_item_and_by_the_applicant_for_those_who_may_see_that(offered, house, at):
    wuqing, tongzhou = at("tj-wuqing", "window_clerk"), at("bj-tongzhou", "window_clerk")
    name = next(iter(APPLICATION["applicant"].values()))

    def found(reader, words):
        return [hit.title for hit in registration.found(reader, words, 20)]

    assert found(wuqing, offered.case_id[-6:]) == found(wuqing, name.upper()) == [offered.case_id]
    assert found(wuqing, Case.objects.get().procedure.title_en.upper()) == [offered.case_id]
    assert found(tongzhou, name) == [offered.case_id]
    assert found(at("he-langfang", "window_clerk"), offered.case_id) == found(wuqing, "…") == []
    actions.return_over(by=tongzhou, key="r", offer_id=str(offered.id), reason="not_competent")
    assert found(tongzhou, offered.case_id) == [offered.case_id]
    assert found(tongzhou, name) == []


def test_a_recall_in_time_gives_the_case_back_and_voids_the_answer(offered, at):
    actions.recall(by=at("tj-wuqing", "window_clerk"), key="rc", offer_id=str(offered.id))
    case = Case.objects.get(number=offered.case_id)
    assert (case.holder_id, case.epoch, case.frozen_by_id) == ("tj-wuqing/service_centre", 0, None)
    assert Duty.objects.get(subject=f"answer:{offered.id}").state == "void"


def test_a_late_recall_changes_nothing(offered, at):
    actions.take_over(by=at("bj-tongzhou", "window_clerk"), key="t", offer_id=str(offered.id))
    with pytest.raises(Conflict) as refused:
        actions.recall(by=at("tj-wuqing", "window_clerk"), key="rc", offer_id=str(offered.id))
    assert refused.value.code == "offer_settled"
    assert Case.objects.get(number=offered.case_id).holder_id == "bj-tongzhou/service_centre"


def test_of_two_clerks_at_once_the_later_is_told(offered, at):
    actions.take_over(by=at("bj-tongzhou", "window_clerk"), key="one", offer_id=str(offered.id))
    with pytest.raises(Conflict) as refused:
        actions.return_over(
            by=at("bj-tongzhou", "case_officer"), key="two", offer_id=str(offered.id), reason="not_competent"
        )
    assert refused.value.code == "offer_settled"
    assert Case.objects.get(number=offered.case_id).epoch == 1


def test_a_page_from_before_the_hand_over_is_refused_as_stale(offered, at):
    actions.take_over(by=at("bj-tongzhou", "window_clerk"), key="t", offer_id=str(offered.id))
    with pytest.raises(Conflict) as refused:
        actions.offer(
            by=at("tj-wuqing", "window_clerk"),
            key="o2",
            number=offered.case_id,
            to_desk="he-langfang/service_centre",
            epoch=0,
        )
    assert refused.value.code == "stale_page"


def test_the_same_key_again_has_no_second_effect(offered, at):
    clerk = at("bj-tongzhou", "window_clerk")
    first = actions.take_over(by=clerk, key="t", offer_id=str(offered.id))
    entries = Entry.objects.count()
    assert actions.take_over(by=clerk, key="t", offer_id=str(offered.id)) == first
    assert Entry.objects.count() == entries


def test_returned_with_a_listed_reason_the_sender_goes_on(offered, house, at):
    receiver = at("bj-tongzhou", "case_officer")
    with pytest.raises(Invalid) as refused:
        actions.return_over(by=receiver, key="r", offer_id=str(offered.id), reason="too busy")
    assert "reason" in refused.value.fields
    house.move_to(beijing(13, 10, 10))
    actions.return_over(
        by=receiver, key="r", offer_id=str(offered.id), reason="papers_incomplete", remark="平面图看不清"
    )
    case = Case.objects.get(number=offered.case_id)
    assert (case.holder_id, case.epoch, case.frozen_by_id) == ("tj-wuqing/service_centre", 0, None)
    house.move_to(beijing(13, 10, 40))
    actions.offer(
        by=at("tj-wuqing", "window_clerk"),
        key="o2",
        number=offered.case_id,
        to_desk="he-langfang/service_centre",
        epoch=0,
    )


def test_a_desk_that_returned_the_case_no_longer_sees_the_applicant(offered, at):
    receiver = at("bj-tongzhou", "case_officer")
    case = queries.case(receiver, offered.case_id)
    assert queries.sees_applicant(receiver.desk, case)
    actions.return_over(by=receiver, key="r", offer_id=str(offered.id), reason="not_competent")
    assert queries.case(receiver, offered.case_id)
    assert not queries.sees_applicant(receiver.desk, case)


@pytest.mark.usefixtures("in_english")
def test_without_a_clause_between_two_desks_the_refusal_names_them(accepted, at):
    with pytest.raises(NotAllowed) as refused:
        actions.offer(
            by=at("tj-wuqing", "window_clerk"),
            key="o",
            number=accepted,
            to_desk="tj-baodi/service_centre",
            epoch=0,
        )
    assert refused.value.code == "no_clause_binds"
    assert "Wuqing" in str(refused.value.what)
    assert "Baodi" in str(refused.value.what)
    assert not Offer.objects.exists()


def test_only_the_competent_desk_decides(accepted, at):
    with pytest.raises(NotAllowed) as refused:
        actions.decide(
            by=at("tj-wuqing", "approver"), key="d", number=accepted, epoch=0, outcome="granted", reason=""
        )
    assert refused.value.code == "not_competent"


def test_a_refusal_needs_its_reasons(offered, at):
    actions.take_over(by=at("bj-tongzhou", "window_clerk"), key="t", offer_id=str(offered.id))
    with pytest.raises(Invalid) as refused:
        actions.decide(
            by=at("bj-tongzhou", "approver"),
            key="d",
            number=offered.case_id,
            epoch=1,
            outcome="refused",
            reason="  ",
        )
    assert "reason" in refused.value.fields


def test_everything_missing_is_told_together(house, at):
    with pytest.raises(Invalid) as refused:
        actions.file_case(
            by=at("tj-wuqing", "window_clerk"),
            key="f",
            procedure="food-business-licence",
            decide_at="",
            applicant={"credit_code": "X" * 19},
            papers=["business_licence", "a_poem"],
        )
    assert set(refused.value.fields) == {"decide_at", "applicant_name", "credit_code", "premises", "papers"}
    assert len(refused.value.fields["papers"]) == 4  # three missing, one unknown
    assert not Case.objects.exists()


def test_an_offer_number_that_is_none_is_simply_not_found(accepted, at):
    with pytest.raises(NotFound):
        actions.take_over(by=at("bj-tongzhou", "window_clerk"), key="t", offer_id="no-uuid")


def test_the_night_does_not_count(offered):
    count = Duty.objects.get(subject=f"answer:{offered.id}").due_count
    spans = [(datetime.fromisoformat(a), datetime.fromisoformat(b)) for a, b in count["spans"]]
    assert [end - start for start, end in spans] == [
        timedelta(hours=1, minutes=30),
        timedelta(hours=2, minutes=30),
    ]
    assert all(start.tzinfo == UTC for start, _end in spans)


def test_who_returned_a_case_reads_its_own_remark_and_no_later_reasons(offered, at):
    receiver = at("bj-tongzhou", "window_clerk")
    actions.return_over(
        by=receiver, key="r", offer_id=str(offered.id), reason="papers_incomplete", remark="plan is blurred"
    )
    case = Case.objects.get(pk=offered.case_id)
    made = Offer.objects.get(pk=offered.id)
    assert not queries.sees_applicant(receiver.desk, case)
    assert queries.sees_remark(receiver.desk, made, sees=False)
    assert not queries.sees_remark("he-langfang/service_centre", made, sees=False)

    case.outcome_reason = "the applicant's own affairs"
    for desk, sees, told in ((receiver.desk, False, "plan is blurred"), ("a/third", False, "")):
        lines = story.timeline(case, [made], "", desk=desk, sees=sees)
        assert [line.sub for line in lines if line.kind == "bad"] == [told]


def test_a_case_that_came_home_leaves_no_duty_of_a_desk_to_itself(house, at):
    clerk, there = at("tj-wuqing", "window_clerk"), at("bj-tongzhou", "window_clerk")
    number = actions.file_case(by=clerk, key="f", **APPLICATION | {"decide_at": "tj-wuqing"})["case"]
    actions.accept_case(by=clerk, key="a", number=number)
    for epoch, (giver, taker) in enumerate(((clerk, there), (there, clerk))):
        made = actions.offer(by=giver, key=f"o{epoch}", number=number, to_desk=taker.desk, epoch=epoch)
        actions.take_over(by=taker, key=f"t{epoch}", offer_id=made["offer"])
    approver = at("tj-wuqing", "approver")
    actions.decide(by=approver, key="d", number=number, epoch=2, outcome="granted", reason="")
    assert not Duty.objects.filter(thread=f"case:{number}", state=Duty.State.OPEN).exists()
