"""A case crosses between nodes: offered, refused, taken over, worked on and decided there, seen at home; each thing once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest

from tests.support.several_nodes import Nodes
from tongxin.heart.agreements.models import Duty
from tongxin.heart.cases import actions
from tongxin.heart.cases.models import Case, Offer
from tongxin.heart.exchange.models import Envelope
from tongxin.heart.ledger.models import Entry
from tongxin.shared import clock

pytestmark = [pytest.mark.once("the nodes bring SQLite databases of their own")]

WUQING, TONGZHOU, LANGFANG = (
    "tj-wuqing/service_centre",
    "bj-tongzhou/service_centre",
    "he-langfang/service_centre",
)
APPLICATION = {
    "procedure": "food-business-licence",
    "decide_at": "bj-tongzhou",
    "applicant": {
        "applicant_name": "示例餐饮店",
        "credit_code": "91110112SHILI00001",
        "premises": "通州区示例街1号",
    },
    "papers": ["application_form", "business_licence", "floor_plan", "safety_rules"],
}


def beijing(day: int, hour: int, minute: int = 0, month: int = 2) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=clock.BEIJING)


@pytest.fixture
def at(moved_clock: Any) -> Callable[..., None]:
    moved_clock.at = beijing(12, 15)
    return lambda *when, **more: moved_clock.move_to(beijing(*when, **more))


@pytest.fixture
def three(house: Any, loaded: Any, at: Any, tmp_path: Any, django_db_blocker: Any) -> Iterator[Nodes]:
    """Wuqing, Tongzhou and Langfang, each at its own node."""
    with django_db_blocker.unblock():
        found = Nodes(
            tmp_path,
            loaded[1],
            {"wuqing": ["tj-wuqing"], "tongzhou": ["bj-tongzhou"], "langfang": ["he-langfang"]},
        )
        yield found
        found.close()


def by(place: str, role: str = "window_clerk") -> Any:
    from tongxin.heart.region.acting import Acting
    from tongxin.heart.region.models import Post

    post = Post.objects.get(id=f"{place}-services/{role}")
    return Acting(
        post=post.id,
        desk=f"{place}/service_centre",
        jurisdiction=place,
        capabilities=frozenset(post.capabilities),
    )


def filed(nodes: Nodes) -> str:
    with nodes.at("wuqing"):
        number = actions.file_case(by=by("tj-wuqing"), key="f", **APPLICATION)["case"]
        actions.accept_case(by=by("tj-wuqing"), key="a", number=number)
    return str(number)


def offered(nodes: Nodes, number: str, to: str, key: str, place: str = "tj-wuqing", epoch: int = 0) -> str:
    with nodes.at(place.partition("-")[2]):
        done = actions.offer(by=by(place), key=key, number=number, to_desk=to, epoch=epoch)
    nodes.carry()
    return str(done["offer"])


def stand(nodes: Nodes, name: str, number: str) -> tuple[Any, ...]:
    with nodes.at(name):
        row = Case.objects.get(number=number)
        return row.holder_id, row.epoch, row.state, row.frozen_by_id is not None


def test_the_case_of_the_model_over_three_nodes(three, at):
    number = filed(three)
    at(12, 15, 30)
    first = offered(three, number, TONGZHOU, "o1")
    assert stand(three, "wuqing", number) == (WUQING, 0, "accepted", True)
    with three.at("wuqing"):
        assert Offer.objects.get(pk=first).message.delivered_at == beijing(12, 15, 30)
    with three.at("tongzhou"):
        answer = Duty.objects.get(subject=f"answer:{first}")
        assert answer.due_at == beijing(13, 11, 30)
        at(13, 10, 10)
        actions.return_over(by=by("bj-tongzhou"), key="r", offer_id=first, reason="not_competent")
    three.carry()
    assert stand(three, "wuqing", number) == (WUQING, 0, "accepted", False)
    at(13, 10, 40)
    second = offered(three, number, LANGFANG, "o2")
    at(13, 14)
    with three.at("langfang"):
        actions.take_over(by=by("he-langfang"), key="t", offer_id=second)
    three.carry()
    for name in ("wuqing", "langfang"):
        assert stand(three, name, number) == (LANGFANG, 1, "in_hand", False)
        with three.at(name):
            assert Case.objects.get(number=number).promise_due_at == beijing(26, 17, 30)
    at(14, 10)
    with three.at("langfang"):
        actions.suspend(
            by=by("he-langfang"),
            key="s",
            number=number,
            epoch=1,
            ground="papers_missing",
            missing=["floor_plan"],
        )
    three.carry()
    assert stand(three, "wuqing", number)[2] == "suspended"
    at(25, 10)
    with three.at("langfang"):
        actions.resume(by=by("he-langfang"), key="g", number=number, epoch=1, arrived=["floor_plan"])
    three.carry()
    with three.at("wuqing"):
        assert Case.objects.get(number=number).promise_due_at == beijing(2, 17, 30, month=3)
    at(26, 10)
    with three.at("langfang"):
        actions.decide(
            by=by("he-langfang", "approver"), key="d", number=number, epoch=1, outcome="granted", reason=""
        )
    three.carry()
    with three.at("wuqing"):
        row = Case.objects.get(number=number)
        assert (row.state, row.outcome) == ("decided", "granted")
        actions.close(by=by("tj-wuqing"), key="c", number=number)
    three.carry()
    assert stand(three, "langfang", number)[2] == "closed"
    with three.at("wuqing"):
        acts = Entry.objects.filter(subject__startswith=f"case:{number}").order_by("index")
        assert list(acts.values_list("act", flat=True)) == [
            "cases.case.filed",
            "cases.case.accepted",
            "cases.offer.made",
            "cases.offer.returned",
            "cases.offer.made",
            "cases.offer.taken_over",
            "cases.promise.moved",
            "cases.case.suspended",
            "cases.case.resumed",
            "cases.promise.moved",
            "cases.case.decided",
            "cases.case.closed",
        ]
        assert not Envelope.objects.filter(state__in=["refused", "unknown", "waiting"]).exists()
