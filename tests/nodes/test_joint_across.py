"""Two offices at two nodes decide one case together: nothing is decided before both nodes say the same."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import translation

from tests.nodes.test_cases_cross import TONGZHOU, at, by, offered, three
from tests.support.applications import ROAD_WORKS
from tongxin.heart.agreements.models import Duty
from tongxin.heart.cases import actions, crossed
from tongxin.heart.cases.models import Case, Joint
from tongxin.heart.exchange.models import Envelope, Notification
from tongxin.heart.ledger.models import Entry
from tongxin.shared.errors import Conflict

__all__ = ["at", "three"]
pytestmark = [pytest.mark.once("the nodes bring SQLite databases of their own")]


def put(nodes: Any, number: str, key: str, outcome: str = "granted") -> str:
    with nodes.at("tongzhou"):
        done = actions.put_joint(
            by=by("bj-tongzhou", "approver"), key=key, number=number, epoch=1, outcome=outcome, reason="示例"
        )
    return str(done["joint"])


def answer(nodes: Any, joint: str, key: str, said: str = "agree") -> None:
    with nodes.at("wuqing"):
        actions.answer_joint(by=by("tj-wuqing", "approver"), key=key, joint=joint, answer=said, reason="示例")


def held(nodes: Any) -> str:
    """Works on a road, accepted at Wuqing's node and in the hands of Tongzhou's."""
    with nodes.at("wuqing"):
        clerk = by("tj-wuqing")
        number = str(actions.file_case(by=clerk, key="f", **ROAD_WORKS)["case"])
        actions.accept_case(by=clerk, key="a", number=number)
    made = offered(nodes, number, TONGZHOU, "o")
    with nodes.at("tongzhou"):
        actions.take_over(by=by("bj-tongzhou"), key="t", offer_id=made)
    nodes.carry()
    return number


def withdraw(nodes: Any, number: str) -> None:
    with nodes.at("wuqing"):
        actions.withdraw(by=by("tj-wuqing"), key="w", number=number, reason="示例")


def test_both_nodes_decide_one_case(three, at):
    number = held(three)
    differed = put(three, number, "p1", "refused")
    three.carry()
    with three.at("wuqing"):
        assert Duty.objects.get(subject=f"joint:{differed}").state == "open"
    answer(three, differed, "j1", "differ")
    three.carry()
    with three.at("tongzhou"):
        assert Case.objects.get(number=number).state == "in_hand"

    crossed = put(three, number, "p2")
    three.carry()
    last = put(three, number, "p3")  # on its way when the answer to the one before is given
    answer(three, crossed, "j2")
    three.carry()
    with three.at("tongzhou"):
        assert Case.objects.get(number=number).state == "in_hand", "the one before has lapsed"
    with three.at("wuqing"), pytest.raises(Conflict):
        actions.answer_joint(
            by=by("tj-wuqing", "approver"), key="j2b", joint=differed, answer="agree", reason=""
        )
    answer(three, last, "j3")
    three.carry()

    for name in ("wuqing", "tongzhou"):
        with three.at(name):
            case = Case.objects.get(number=number)
            assert (case.state, case.outcome, case.decisions.count()) == ("decided", "granted", 1)
            assert Joint.objects.get(pk=last).state == "agreed"
            assert not Duty.objects.filter(subject__startswith="joint:", state="open").exists()
            assert not Envelope.objects.filter(state__in=["refused", "unknown", "waiting"]).exists()


def test_what_is_put_while_the_applicant_withdraws_asks_nobody(three, at):
    number = held(three)
    joint = put(three, number, "p1")
    withdraw(three, number)
    three.carry()
    for name in ("wuqing", "tongzhou"):
        with three.at(name):
            assert Case.objects.get(number=number).state == "withdrawn"
            assert Joint.objects.get(pk=joint).state == "lapsed"
            assert not list(Duty.objects.filter(state="open").values_list("subject", "bound_desk")), name
            assert not Envelope.objects.filter(state__in=["refused", "unknown", "waiting"]).exists()
    with three.at("wuqing"):
        told = Entry.objects.filter(act="cases.joint.crossed", subject=f"case:{number}/joint:{joint}")
        assert told.count() == 1
        assert not Notification.objects.filter(kind="joint_put").exists(), "nothing is left to answer"
    with three.at("tongzhou"):
        assert Notification.objects.get(kind="case_withdrawn").desk_id == TONGZHOU


def test_an_agreement_that_a_withdrawal_follows_before_it_arrives_decides_nothing_that_stands(three, at):
    number = held(three)
    joint = put(three, number, "p1")
    three.carry()
    answer(three, joint, "j1")
    withdraw(three, number)
    three.carry()
    for name in ("wuqing", "tongzhou"):
        with three.at(name), translation.override("en"):
            case = Case.objects.get(number=number)
            assert (case.state, case.outcome, case.decided_at) == ("withdrawn", "", None)
            assert case.decisions.get().outcome == "granted"
            assert Joint.objects.get(pk=joint).state == "agreed"
            assert "the withdrawal counts" in crossed.said(case)
            assert Notification.objects.filter(kind="decision_crossed").count() == 1
            assert not list(Duty.objects.filter(state="open").values_list("subject", "bound_desk")), name
            assert not Envelope.objects.filter(state__in=["refused", "unknown", "waiting"]).exists()
