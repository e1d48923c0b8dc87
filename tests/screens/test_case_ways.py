"""Search, bells and the command line of cases."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.screens import acts


def found(house: Any, place: str, words: str) -> list[str]:
    from tongxin.heart.cases import registration

    return [hit.title for hit in registration.found(acts.clerk(house, place), words, 20)]


def test_search_finds_what_the_office_may_see(house):
    from tongxin.heart.cases import actions

    number, offer = acts.offered(house)
    for words in (number[-6:], "海棠", "91110112SHILI"):
        assert found(house, "tj-wuqing", words) == found(house, "bj-tongzhou", words) == [number]
        assert found(house, "he-langfang", words) == []
    actions.return_over(by=acts.clerk(house, "bj-tongzhou"), key="r", offer_id=offer, reason="not_competent")
    assert found(house, "bj-tongzhou", "海棠") == []
    assert found(house, "bj-tongzhou", number) == [number]


@pytest.mark.usefixtures("in_chinese")
def test_each_bell_of_a_case_has_its_words(house):
    from tongxin.heart.cases import actions
    from tongxin.heart.exchange.models import Notification
    from tongxin.shared import notices

    number, offer = acts.offered(house)
    actions.recall(by=acts.clerk(house, "tj-wuqing"), key="rc", offer_id=offer)
    second = acts.taken_over(house)[0]
    actions.decide(
        by=house.acting(*acts.APPROVER), key="d", number=second, epoch=1, outcome="granted", reason=""
    )
    said = {
        (ring.kind, ring.desk_id): notices.worded(ring.kind, ring.params)
        for ring in Notification.objects.filter(params__has_key="case")
    }
    assert said[("offer_recalled", "bj-tongzhou/service_centre")] == f"办件 {number} 的移交已撤回。"
    assert said[("case_decided", "tj-wuqing/service_centre")] == f"办件 {second} 已作出决定。"
    assert all(said.values())


def test_the_reminder_of_a_limit_in_working_hours_rings_in_them(house):
    from tongxin.heart.agreements import jobs
    from tongxin.heart.agreements.language import IfLate
    from tongxin.heart.agreements.models import Duty
    from tongxin.shared import clock

    house.clock.move_by(hours=5, minutes=30)  # 15:30; 1.5 h today, 2.5 h tomorrow from 09:00
    _number, offer = acts.offered(house)
    duty = Duty.objects.get(subject=f"answer:{offer}")
    (remind, *_late) = jobs.steps(duty, IfLate(after=timedelta(minutes=30)))
    assert clock.beijing(remind.at) == datetime(2026, 3, 12, 10, 18, tzinfo=clock.BEIJING)


def test_a_case_goes_over_the_boundary_on_the_command_line(house):
    from click.testing import CliRunner

    from tongxin.site import cli

    def run(who: tuple[str, str], *words: str) -> str:
        result = CliRunner().invoke(cli.root, list(words), env={"TONGXIN_TOKEN": house.token(*who)})
        assert result.exit_code == 0, result.output
        return result.output.strip()

    wuqing, tongzhou = acts.CLERKS["tj-wuqing"], acts.CLERKS["bj-tongzhou"]
    given = [w for name, text in acts.APPLICATION["applicant"].items() for w in ("--given", f"{name}={text}")]
    papers = [w for paper in acts.APPLICATION["papers"] for w in ("--paper", paper)]
    number = run(wuqing, "cases", "file", "food-business-licence", "bj-tongzhou", *given, *papers)
    assert "2026-03-18 17:00" in run(wuqing, "cases", "accept", number)
    offer = run(wuqing, "cases", "offer", number, "bj-tongzhou/service_centre")
    assert number in run(tongzhou, "desk", "board")
    assert "may        take-over" in run(tongzhou, "cases", "show", number)
    assert offer in run(tongzhou, "cases", "show", number)
    run(tongzhou, "cases", "take-over", number)
    run(acts.APPROVER, "cases", "decide", number, "granted")
    assert number in run(wuqing, "cases", "list", "--stage", "decided")
