"""Two offices at two nodes decide one case together: nothing is decided before both nodes say the same."""

from __future__ import annotations

from typing import Any

import pytest

from tests.nodes.test_cases_cross import TONGZHOU, at, by, offered, three
from tests.support.applications import ROAD_WORKS
from tongxin.heart.agreements.models import Duty
from tongxin.heart.cases import actions
from tongxin.heart.cases.models import Case, Joint
from tongxin.heart.exchange.models import Envelope
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


def test_both_nodes_decide_one_case(three, at):
    with three.at("wuqing"):
        clerk = by("tj-wuqing")
        number = actions.file_case(by=clerk, key="f", **ROAD_WORKS)["case"]
        actions.accept_case(by=clerk, key="a", number=number)
    made = offered(three, number, TONGZHOU, "o")
    with three.at("tongzhou"):
        actions.take_over(by=by("bj-tongzhou"), key="t", offer_id=made)
    three.carry()

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
