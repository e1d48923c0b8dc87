"""What a desk sees of a case, field by field: by its part, the field's grade, bars and consent; everywhere the same."""

from __future__ import annotations

import random
from datetime import date, datetime
from typing import Any

import pytest

from tongxin.heart.agreements import judge
from tongxin.heart.agreements.models import InstrumentVersion
from tongxin.heart.cases import actions, queries, registration, seeing, sights
from tongxin.heart.cases.models import Case, Offer, Procedure
from tongxin.heart.cases.tests.conftest import APPLICATION
from tongxin.heart.exchange.models import Notification
from tongxin.heart.ledger import queries as ledger
from tongxin.heart.region import rules
from tongxin.heart.region.acting import SYSTEM, Acting
from tongxin.shared import clock
from tongxin.shared.errors import Invalid, NotAllowed, NotFound, Refused
from tongxin.shared.writing import writing

pytestmark = pytest.mark.django_db(transaction=True)

CENTRES = ("tj-wuqing", "bj-tongzhou", "he-langfang", "tj-baodi")
MAY = frozenset({"file_case", "hand_over", "take_over", "decide"})
SHOWS = (Offer.State.OFFERED, Offer.State.TAKEN_OVER)


def centre(place: str) -> Acting:
    return Acting(f"{place}-services/window_clerk", f"{place}/service_centre", place, MAY)


def raised() -> None:
    """As any act that changes the rules does at its end."""
    with writing("tests.rules"):
        rules.rise()


def graded(**grades: str) -> None:
    """Give fields of the procedure other grades, as a new version of the pack would."""
    row = Procedure.objects.get(name="food-business-licence")
    for field in row.body["applicant"]:
        field["grade"] = grades.get(field["id"], field.get("grade", "personal"))
    row.save(update_fields=["body"])
    raised()


def barred(*fields: str, to: str = "anyone") -> None:
    """Put a bar into the agreement on the one window."""
    row = InstrumentVersion.objects.get(id="tongwulang-one-window@1")
    bar = {"id": "kept", "text": {"zh": "不出境", "en": "kept"}, "fields": list(fields), "to": to}
    row.body = row.body | {"bars": [bar]}
    row.has_bars = True
    row.save(update_fields=["body", "has_bars"])
    raised()


@pytest.fixture
def offered(house, at) -> Offer:
    clerk = at("tj-wuqing", "window_clerk")
    number = actions.file_case(by=clerk, key="f", **APPLICATION)["case"]
    actions.accept_case(by=clerk, key="a", number=number)
    done = actions.offer(by=clerk, key="o", number=number, to_desk="bj-tongzhou/service_centre", epoch=0)
    return Offer.objects.get(id=done["offer"])


def wandered(seed: int, count: int) -> None:
    """Cases that go their ways between three centres, by chance; what is refused is left."""
    dice = random.Random(seed)
    for n in range(count):
        by = centre(dice.choice(CENTRES[:3]))
        decide_at = dice.choice(CENTRES[:3])
        number = actions.file_case(by=by, key=f"f{seed}-{n}", **APPLICATION | {"decide_at": decide_at})[
            "case"
        ]
        if dice.random() < 0.9:
            actions.accept_case(by=by, key=f"a{number}", number=number)
        for step in range(dice.randrange(7)):
            case = Case.objects.get(number=number)
            key = f"{number}-{step}"
            try:
                if case.frozen_by_id is None:
                    to = f"{dice.choice(CENTRES[:3])}/service_centre"
                    holder = centre(case.holder_id.partition("/")[0])
                    actions.offer(by=holder, key=key, number=number, to_desk=to, epoch=case.epoch)
                    continue
                made = case.frozen_by
                giver, taker = (centre(d.partition("/")[0]) for d in (made.from_desk_id, made.to_desk_id))
                answer = dice.randrange(3)
                if answer == 0:
                    actions.take_over(by=taker, key=key, offer_id=str(made.id))
                elif answer == 1:
                    actions.return_over(by=taker, key=key, offer_id=str(made.id), reason="not_competent")
                else:
                    actions.recall(by=giver, key=key, offer_id=str(made.id))
            except Refused:
                continue


@pytest.mark.parametrize("seed", [1, 2])
def test_what_the_statements_narrow_to_is_what_the_judge_allows(house, seed):
    wandered(seed, 14)
    rows = list(Case.objects.select_related("procedure"))
    assert {offer.state for offer in Offer.objects.all()} >= set(sights.PARTS) - {"stale"}
    for reader in map(centre, CENTRES):
        allowed = {row.number for row in rows if sights.sight(reader.desk, row).whole.yes}
        assert {line[0] for line in queries.listed(reader)} == allowed
        assert set(queries.cases(reader).order_by().values_list("number", flat=True)) == allowed
        assert {row.number for row in queries.in_order(reader, queries.listed(reader))} == allowed
        for row in rows:
            part = reader.desk in {row.accepting_desk_id, row.holder_id}
            part = part or row.offers.filter(to_desk=reader.desk, state__in=SHOWS).exists()
            assert sights.sight(reader.desk, row).sees("contact") is part
            assert queries.sees_applicant(reader.desk, row) is part
    nobody = Acting("x/y", "tj-baodi/ecology_bureau", "tj-baodi", MAY)
    assert not any(sights.sight(nobody.desk, row).whole.yes for row in rows)


def test_a_sensitive_field_is_for_those_who_accept_or_hold_the_case(offered, at):
    graded(premises="sensitive", applicant_name="internal")
    sender, receiver = at("tj-wuqing", "window_clerk"), at("bj-tongzhou", "window_clerk")

    def seen(by: Acting) -> set[str]:
        row = queries.case(by, offered.case_id)
        return {
            name
            for name in ("applicant_name", "credit_code", "premises")
            if sights.sight(by.desk, row).sees(name)
        }

    assert seen(sender) == {"applicant_name", "credit_code", "premises"}
    assert seen(receiver) == {"applicant_name", "credit_code"}
    actions.take_over(by=receiver, key="t", offer_id=str(offered.id))
    assert seen(receiver) == seen(sender) == {"applicant_name", "credit_code", "premises"}
    actions.offer(by=receiver, key="b", number=offered.case_id, to_desk="tj-wuqing/service_centre", epoch=1)
    back = Offer.objects.get(state="offered")
    actions.take_over(by=sender, key="t2", offer_id=str(back.id))
    assert seen(receiver) == {"applicant_name", "credit_code"}, "a former holder"


def test_a_desk_that_returned_the_case_keeps_what_is_internal_and_the_story(offered, at):
    graded(applicant_name="internal")
    receiver = at("bj-tongzhou", "window_clerk")
    actions.return_over(by=receiver, key="r", offer_id=str(offered.id), reason="not_competent")
    row = queries.case(receiver, offered.case_id)
    seen = sights.sight(receiver.desk, row)
    assert seen.given(row) == {"applicant_name": APPLICATION["applicant"]["applicant_name"]}
    assert {name: answer.why_not for name, answer in seen.withheld().items()} == {
        "credit_code": "graded",
        "premises": "graded",
        "contact": "graded",
        "representative_id": "graded",
    }


def test_a_bar_keeps_a_field_from_the_holder_and_is_named(offered, at):
    receiver = at("bj-tongzhou", "window_clerk")
    actions.take_over(by=receiver, key="t", offer_id=str(offered.id))
    barred("credit_code")
    row = queries.case(receiver, offered.case_id)
    seen = sights.sight(receiver.desk, row)
    assert (seen.fields["credit_code"].why_not, seen.fields["credit_code"].bar) == (
        "barred",
        "tongwulang-one-window@1/kept",
    )
    lines = {line.asked.id: line for line in seeing.lines(_read(row), row, seen)}
    assert not lines["credit_code"].seen
    assert lines["credit_code"].text == ""
    assert "tongwulang-one-window@1/kept" in lines["credit_code"].why
    assert lines["premises"].text == APPLICATION["applicant"]["premises"]
    own = at("tj-wuqing", "window_clerk")
    assert sights.sight(own.desk, row).sees("credit_code"), "its own record"


def _read(row: Case) -> Any:
    from tongxin.heart.cases.procedures import ProcedureFile

    return ProcedureFile.model_validate(row.procedure.body)


def test_the_search_looks_only_into_what_the_reader_may_see(offered, at):
    receiver, sender = at("bj-tongzhou", "window_clerk"), at("tj-wuqing", "window_clerk")
    code = APPLICATION["applicant"]["credit_code"]
    assert [hit.title for hit in registration.found(receiver, code, 5)] == [offered.case_id]
    graded(credit_code="sensitive")
    assert list(registration.found(receiver, code, 5)) == []
    assert list(registration.found(sender, code, 5)) == [], "a sensitive field is in nobody's search"
    assert [hit.title for hit in registration.found(sender, offered.case_id, 5)] == [offered.case_id]


def test_payloads_in_the_ledger_are_for_those_who_may_see_all_of_it(offered, at):
    receiver = at("bj-tongzhou", "window_clerk")

    def told(by: Acting) -> list[bool]:
        found = ledger.lines(ledger.entries_of(f"case:{offered.case_id}"), visible_to=by)
        return [line.payload is not None for line in found]

    assert all(told(receiver))
    graded(premises="sensitive")
    assert not any(told(receiver))
    assert all(told(at("tj-wuqing", "window_clerk")))


def test_the_judge_knows_a_case_by_its_name(offered, at):
    about = judge.known(f"case:{offered.case_id}")
    assert about is not None
    answer = judge.may("bj-tongzhou/service_centre", "see", about, "premises")
    assert (answer.yes, answer.basis, answer.part) == (True, "case", "offered")
    assert answer.clause == "tongwulang-one-window@1/accept-here-decide-there"
    assert answer.rules == rules.read().number
    assert not judge.may("tj-baodi/service_centre", "see", about).yes
    assert judge.known("case:NOWHERE-2026-000001") is None
    assert judge.known("nothing:x") is None


def test_a_query_without_a_reader_raises(offered):
    for ask in (queries.cases, queries.listed, queries.in_hand):
        with pytest.raises(TypeError):
            ask(None)
    with pytest.raises(TypeError):
        queries.case(None, offered.case_id)
    with pytest.raises(NotFound):
        queries.case(SYSTEM, offered.case_id)


def test_a_withdrawn_consent_keeps_its_fields_from_everybody_but_the_accepting_desk(offered, house, at):
    sender, receiver = at("tj-wuqing", "window_clerk"), at("bj-tongzhou", "window_clerk")
    actions.take_over(by=receiver, key="t", offer_id=str(offered.id))
    number = offered.case_id
    done = actions.give_consent(by=sender, key="c", number=number, who="applicant", fields=["premises"])
    before = rules.read().number
    assert sights.sight(receiver.desk, Case.objects.get()).sees("premises")
    actions.withdraw_consent(by=sender, key="w", consent=done["consent"])
    assert rules.read().number == before + 1
    seen = sights.sight(receiver.desk, Case.objects.get())
    assert (seen.fields["premises"].why_not, seen.fields["premises"].bar) == ("stopped", "consent_withdrawn")
    assert seen.sees("credit_code")
    assert sights.sight(sender.desk, Case.objects.get()).sees("premises")
    assert Notification.objects.filter(desk=receiver.desk, kind="consent_withdrawn").count() == 1
    again = actions.give_consent(by=sender, key="c2", number=number, who="applicant", fields=["premises"])
    assert sights.sight(receiver.desk, Case.objects.get()).sees("premises"), "given anew"
    with pytest.raises(NotAllowed):
        actions.withdraw_consent(by=receiver, key="w2", consent=again["consent"])


def test_a_consent_ends_with_its_day(offered, house, at):
    sender, receiver = at("tj-wuqing", "window_clerk"), at("bj-tongzhou", "window_clerk")
    actions.give_consent(
        by=sender,
        key="c",
        number=offered.case_id,
        who="guardian",
        fields=["contact"],
        until=date(2026, 2, 13),
    )
    assert sights.sight(receiver.desk, Case.objects.get()).sees("contact")
    house.move_to(datetime(2026, 2, 13, 9, 0, tzinfo=clock.BEIJING))
    assert sights.sight(receiver.desk, Case.objects.get()).fields["contact"].bar == "consent_over"


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({"fields": []}, "fields"),
        ({"fields": ["nothing"]}, "fields"),
        ({"who": "neighbour"}, "who"),
        ({"until": date(2026, 2, 12)}, "until"),
        ({"purpose": "长" * 121}, "purpose"),
    ],
)
def test_a_consent_that_cannot_be_taken_says_why(offered, at, given, wrong):
    asked = {"who": "applicant", "fields": ["contact"]} | given
    with pytest.raises(Invalid) as refused:
        actions.give_consent(by=at("tj-wuqing", "window_clerk"), key="c", number=offered.case_id, **asked)
    assert set(refused.value.fields) == {wrong}


def test_a_month_after_the_end_of_a_case_only_its_story_is_left_to_the_others(offered, house, at):
    sender, receiver = at("tj-wuqing", "window_clerk"), at("bj-tongzhou", "window_clerk")
    actions.take_over(by=receiver, key="t", offer_id=str(offered.id))
    Case.objects.update(ended_at=clock.now())
    row = queries.case(receiver, offered.case_id)
    answer = sights.sight(receiver.desk, row).fields["premises"]
    assert (answer.yes, answer.until) == (True, clock.now() + sights.TAIL)
    house.move_to(clock.now() + sights.TAIL)
    row = queries.case(receiver, offered.case_id)
    seen = sights.sight(receiver.desk, row)
    assert (seen.whole.yes, seen.fields["premises"].why_not, seen.given(row)) == (True, "over", {})
    assert sights.sight(sender.desk, row).sees("premises"), "its own record"
