"""The case of the model, minute by minute: Thursday 12 February to Monday 2 March 2026, over the Spring Festival."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from tests.support.world import BEIJING
from tongxin.heart.agreements.models import Duty
from tongxin.heart.cases import actions, queries
from tongxin.heart.cases.models import Case
from tongxin.heart.ledger import queries as ledger
from tongxin.heart.ledger.models import Entry
from tongxin.heart.ledger.verify import verify_log
from tongxin.shared import clock
from tongxin.shared.errors import Conflict, NotAllowed

pytestmark = pytest.mark.django_db(transaction=True)

WUQING, TONGZHOU, LANGFANG = (f"{p}/service_centre" for p in ("tj-wuqing", "bj-tongzhou", "he-langfang"))
PAPERS = ["application_form", "business_licence", "floor_plan", "safety_rules"]


def at(day: int, hour: int, minute: int = 0, month: int = 2) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=BEIJING)


class Told:
    """The case as it goes on, told through the product's own acts."""

    def __init__(self, house: Any) -> None:
        self.house = house
        self.number = ""

    def by(self, who: str, post: str) -> Any:
        place = {"wuqing": "tj-wuqing", "tongzhou": "bj-tongzhou", "langfang": "he-langfang"}[who]
        person = {"window_clerk": "clerk", "approver": "approver"}[post]
        return self.house.acting(f"{who}-{person}", f"{place}-services/{post}")

    def clerk(self, who: str) -> Any:
        return self.by(who, "window_clerk")

    def page(self, who: str) -> str:
        client: Client = self.house.client(f"{who}-clerk")
        return client.get(f"/cases/{self.number}/", headers={"accept-language": "en"}).content.decode()

    @property
    def case(self) -> Case:
        return Case.objects.get(number=self.number)

    def due(self, subject: str) -> datetime:
        return Duty.objects.get(thread=f"case:{self.number}", subject=subject).due_at

    def accepted(self) -> None:
        self.house.clock.at = at(12, 15)  # before the other stories begin
        clerk = self.clerk("wuqing")
        given = {
            "applicant_name": "示例餐饮店",
            "credit_code": "91120114SHILI00001",
            "premises": "示例街1号",
        }
        self.number = actions.file_case(
            by=clerk,
            key="file",
            procedure="food-business-licence",
            decide_at="bj-tongzhou",
            applicant=given,
            papers=PAPERS,
        )["case"]
        actions.accept_case(by=clerk, key="accept", number=self.number)

    def offer(self, key: str, to: str) -> str:
        done = actions.offer(by=self.clerk("wuqing"), key=key, number=self.number, to_desk=to, epoch=0)
        return str(done["offer"])


@pytest.fixture
def told(house: Any) -> Told:
    return Told(house)


def test_the_case_of_the_model(told: Told, house: Any) -> None:
    told.accepted()
    assert told.case.promise_due_at == at(26, 17), "13, 14, 24, 25, 26 February at Tongzhou"
    assert told.case.promise_count["days"] == [f"2026-02-{d}" for d in (13, 14, 24, 25, 26)]

    house.clock.move_to(at(12, 15, 30))
    first = told.offer("offer-1", TONGZHOU)
    assert told.due(f"answer:{first}") == at(13, 11, 30), "1.5 h on Thursday and 2.5 h on Friday"
    assert (told.case.holder_id, told.case.epoch, str(told.case.frozen_by_id)) == (WUQING, 0, first)

    house.clock.move_to(at(13, 10, 10))
    tongzhou = told.clerk("tongzhou")
    actions.return_over(by=tongzhou, key="no", offer_id=first, reason="not_competent")
    assert (told.case.holder_id, told.case.epoch, told.case.frozen_by_id) == (WUQING, 0, None)

    house.clock.move_to(at(13, 10, 40))
    with pytest.raises(NotAllowed) as refused:
        told.offer("nowhere", "tj-baodi/service_centre")
    assert refused.value.code == "no_clause_binds", "a clause must bind both desks"
    second = told.offer("offer-2", LANGFANG)
    assert str(told.case.frozen_by_id) == second
    assert told.case.competent_desk_id == TONGZHOU

    house.clock.move_to(at(13, 14))
    actions.take_over(by=told.clerk("langfang"), key="take", offer_id=second)
    case = told.case
    assert (case.holder_id, case.competent_desk_id, case.epoch) == (LANGFANG, LANGFANG, 1)
    assert case.promise_due_at == at(26, 17, 30), "the same days, to Langfang's close"
    assert told.due("decide") == at(26, 17, 30)
    [moved] = [
        line for line in ledger.timeline(f"case:{told.number}") if line.entry.act == "cases.promise.moved"
    ]
    assert moved.payload == {
        "old": clock.iso(at(26, 17)), "new": clock.iso(at(26, 17, 30)), "why": "competent_desk",
    }  # fmt: skip
    late = actions.return_over(by=tongzhou, key="no", offer_id=first, reason="not_competent")
    assert late["epoch"] == 0, "a late retry is answered as before"
    assert told.case.epoch == 1
    with pytest.raises(Conflict):
        actions.take_over(by=tongzhou, key="late", offer_id=first)

    house.clock.move_to(at(14, 10))
    langfang = told.clerk("langfang")
    asked = {"ground": "papers_missing", "missing": ["floor_plan"], "facts": ""}
    actions.suspend(by=langfang, key="stop", number=told.number, epoch=1, **asked)
    assert told.case.state == "suspended"
    assert Duty.objects.get(thread=f"case:{told.number}", subject="decide").state == "suspended"
    assert "Floor plan of the premises" in told.page("wuqing"), (
        "the applicant's contact sees what is asked for"
    )

    house.clock.move_to(at(25, 10))
    actions.resume(by=langfang, key="go", number=told.number, epoch=1, arrived=["floor_plan"])
    case = told.case
    assert case.promise_due_at == told.due("decide") == at(2, 17, 30, month=3)
    assert case.promise_count["days"] == [
        "2026-02-13", "2026-02-26", "2026-02-27", "2026-02-28", "2026-03-02",
    ]  # fmt: skip
    page = told.page("wuqing")
    assert "2 March 2026" in page
    assert page.index("What was asked for") < page.index("Timeline")
    with pytest.raises(Conflict) as again:
        actions.suspend(by=langfang, key="stop-2", number=told.number, epoch=1, **asked)
    assert again.value.code == "asked_before"

    house.clock.move_to(at(2, 17, month=3))
    actions.decide(
        by=told.by("langfang", "approver"), key="d", number=told.number, epoch=1, outcome="granted", reason=""
    )
    decide = Duty.objects.get(thread=f"case:{told.number}", subject="decide")
    assert (decide.state, decide.delivered_at) == ("met", at(2, 17, month=3))
    assert [d.outcome for d in queries.decisions(told.case)] == ["granted"]
    house.clock.move_to(at(2, 17, 20, month=3))
    actions.close(by=told.clerk("wuqing"), key="close", number=told.number)
    assert told.case.state == "closed"
    assert verify_log().holds
    acts = Entry.objects.filter(subject=f"case:{told.number}").order_by("index").values_list("act", flat=True)
    assert list(acts) == [
        "cases.case.filed",
        "cases.case.accepted",
        "cases.promise.moved",
        "cases.case.suspended",
        "cases.promise.moved",
        "cases.case.resumed",
        "cases.case.decided",
        "cases.case.closed",
    ]
