"""First outcomes and outcomes as they stand: a review and a new decision show beside what was decided at first."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from click.testing import CliRunner

from tongxin.heart.cases import actions
from tongxin.heart.measures import outcomes, scores
from tongxin.heart.measures.tests.test_surfaces import text
from tongxin.shared import clock

pytestmark = pytest.mark.django_db(transaction=True)
WUQING = "tj-wuqing/service_centre"
NOW = datetime(2026, 2, 12, 15, tzinfo=clock.BEIJING)


@pytest.fixture
def decided(house: Any, settings: Any) -> list[str]:
    """Six cases of Langfang's, decided in Wuqing: three granted, three refused; one of those was reviewed and changed,
    one sent back, one superseded."""
    settings.DEMO = True
    house.clock.at = NOW
    clerk = house.acting("langfang-clerk", "he-langfang-services/window_clerk")
    taker = house.acting("wuqing-clerk", "tj-wuqing-services/window_clerk")
    approver = house.acting("wuqing-approver", "tj-wuqing-services/approver")
    reviewer = house.acting("wuqing-coordinator", "tj-wuqing-coordination/coordinator")
    numbers = []
    for n, outcome in enumerate(["granted"] * 3 + ["refused"] * 3):
        number = actions.file_case(
            by=clerk, key=f"f{n}", procedure="food-business-licence", decide_at="tj-wuqing",
            applicant={"applicant_name": "示例", "credit_code": "91131000MA0TEST001", "premises": "示例"},
            papers=["application_form", "business_licence", "floor_plan", "safety_rules"],
        )["case"]  # fmt: skip
        actions.accept_case(by=clerk, key=f"a{n}", number=number)
        made = actions.offer(by=clerk, key=f"o{n}", number=number, to_desk=WUQING, epoch=0)
        actions.take_over(by=taker, key=f"t{n}", offer_id=made["offer"])
        actions.decide(by=approver, key=f"d{n}", number=number, epoch=1, outcome=outcome, reason="示例")
        numbers.append(number)
    for n, ended in ((3, "changed"), (4, "sent_back")):
        review = actions.review(by=clerk, key=f"r{n}", number=numbers[n], reason="示例")["case"]
        actions.conclude(by=reviewer, key=f"c{n}", number=review, epoch=0, outcome=ended, reason="示例")
    actions.supersede(
        by=approver, key="s5", number=numbers[5], epoch=1, outcome="granted", reason="示例：新的事实"
    )
    return numbers


def test_what_stands_is_told_beside_what_was_decided_first(decided, house):
    [found] = outcomes.told(scores.which(NOW, {"month": "2026-02"}))
    assert (found.procedure, found.desk, found.illustrative) == ("food-business-licence", WUQING, True)
    assert (found.n, found.granted, found.refused) == (6, 3, 3)
    assert (found.granted_now, found.refused_now, found.anew, found.other) == (5, 0, 1, 2)
    assert (found.reviewed, found.upheld, found.changed, found.sent_back) == (2, 0, 1, 1)
    assert found.share == 0.5
    assert outcomes.told(scores.which(NOW, {"month": "2026-01"})) == []
    assert outcomes.told(scores.which(NOW, {"party": "bj-tongzhou"})) == []

    page = text(house.client(headers={"accept-language": "en"}).get("/scores/outcomes/?month=2026-02"))
    assert "50.0% stand as first decided, 6 cases" in page
    assert "granted 5 · refused 0 · to be decided anew 1" in page
    [told] = house.client().get("/api/v1/scores/outcomes?month=2026-02").json()
    assert (told["n"], told["changed"], told["share"]) == (6, 1, 0.5)
    from tongxin.site.cli import root

    said = CliRunner().invoke(root, ["scores", "outcomes", "--month", "2026-02"]).output
    assert "first granted 3 refused 3, now granted 5 refused 0 anew 1" in said


def test_made_up_outcomes_are_told_in_the_demonstration_only(decided, settings):
    settings.DEMO = False
    assert outcomes.told(scores.which(NOW, {})) == []


def test_what_was_sent_back_and_then_withdrawn_is_not_to_be_decided_anew(decided, house):
    clerk = house.acting("langfang-clerk", "he-langfang-services/window_clerk")
    actions.withdraw(by=clerk, key="w", number=decided[4], reason="示例")
    [found] = outcomes.told(scores.which(NOW, {"month": "2026-02"}))
    assert (found.n, found.granted_now, found.refused_now, found.anew, found.withdrawn) == (6, 5, 0, 0, 1)
    assert found.share == 0.6
    page = text(house.client(headers={"accept-language": "en"}).get("/scores/outcomes/?month=2026-02"))
    assert "granted 5 · refused 0 · withdrawn, without outcome 1" in page


def test_no_percentage_under_five():
    few = outcomes.Outcomes("p", "d", False, 4, 4, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0)
    assert few.share is None
