"""A duty that needs a sight which has ended stands still, is not late, and goes on when the sight is back."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation

from tongxin.heart.agreements import actions as agreements
from tongxin.heart.agreements import count_story, lifecycle
from tongxin.heart.agreements.known import known_words
from tongxin.heart.agreements.models import Duty
from tongxin.heart.agreements.reader import read_text
from tongxin.heart.cases import actions, applicants, papers, sight_ended
from tongxin.heart.cases.models import Case
from tongxin.heart.cases.tests.conftest import APPLICATION, PACK
from tongxin.heart.exchange.models import Notification
from tongxin.heart.ledger.models import Entry
from tongxin.heart.region.acting import SYSTEM
from tongxin.shared import clock
from tongxin.shared.errors import Conflict, NotAllowed

pytestmark = pytest.mark.django_db(transaction=True)

WINDOW = "tongwulang-one-window"
TONGZHOU = "bj-tongzhou/service_centre"


def beijing(day: int, hour: int, month: int = 2) -> datetime:
    return datetime(2026, month, day, hour, 0, tzinfo=clock.BEIJING)


@pytest.fixture
def taken(house: Any, at: Any) -> str:
    """A case that Tongzhou has taken over from Wuqing and is to decide by 26 February, 17:00."""
    clerk = at("tj-wuqing", "window_clerk")
    number = actions.file_case(by=clerk, key="f", **APPLICATION)["case"]
    actions.accept_case(by=clerk, key="a", number=number)
    made = actions.offer(by=clerk, key="o", number=number, to_desk=TONGZHOU, epoch=0)
    actions.take_over(by=at("bj-tongzhou", "window_clerk"), key="t", offer_id=made["offer"])
    return number


def to_decide() -> Duty:
    return Duty.objects.get(subject="decide", bound_desk=TONGZHOU)


def consent(at: Any, key: str, *fields: str, **more: Any) -> int:
    done = actions.give_consent(
        by=at("tj-wuqing", "window_clerk"),
        key=key,
        number=Case.objects.get().number,
        who="applicant",
        fields=fields,
        **more,
    )
    return int(done["consent"])


def withdraw(at: Any, key: str, pk: int) -> None:
    actions.withdraw_consent(by=at("tj-wuqing", "window_clerk"), key=key, consent=pk)


def said(act: str) -> int:
    return Entry.objects.filter(act=act, subject__contains="/duty:").count()


def test_a_withdrawn_consent_stops_the_holders_clock_until_it_is_given_anew(taken, house, at):
    duty = to_decide()
    assert duty.due_at == beijing(26, 17)
    given = consent(at, "c", "premises")
    house.move_to(beijing(14, 10))
    withdraw(at, "w", given)
    duty.refresh_from_db()
    assert (duty.state, duty.pauses[-1]["ground"]) == ("suspended", "sight_ended")
    assert said("agreements.duty.suspended") == 1
    assert Notification.objects.filter(desk=TONGZHOU, kind="sight_ended").count() == 1
    assert "sight_ended" not in str(count_story.pause_words("sight_ended", {})), "said in words"
    with pytest.raises(Conflict) as refused:
        agreements.resume(by=at("bj-tongzhou", "case_officer"), key="r", duty=duty.pk)
    assert refused.value.code == "sight_has_ended"
    house.move_to(beijing(25, 10))
    assert sight_ended.look() == 0
    consent(at, "c2", "premises")
    duty.refresh_from_db()
    assert (duty.state, duty.due_at) == ("open", beijing(2, 17, month=3)), "as days of a suspension count"
    assert (said("agreements.duty.resumed"), said("agreements.duty.moved")) == (1, 1)
    assert Case.objects.get().promise_due_at == beijing(26, 17), "what the applicant was promised stays"


def test_what_the_procedure_does_not_require_stops_nothing(taken, at):
    withdraw(at, "w", consent(at, "c", "contact"))
    assert to_decide().state == "open"


def test_who_withdraws_all_that_was_given_closes_the_papers_too_and_is_told_that_it_stands_still(
    taken, house, at
):
    holder, field = at("bj-tongzhou", "window_clerk"), ["premises"]
    given = consent(at, "c", *APPLICATION["applicant"])
    assert "papers" in Case.objects.get().consents.get().fields
    papers.of_case(holder, taken)
    withdraw(at, "w", given)
    with pytest.raises(NotAllowed, match="papers_not_shared"):
        papers.of_case(holder, taken)
    papers.of_case(at("tj-wuqing", "window_clerk"), taken)
    with translation.override("en"):
        assert applicants.page(taken).lead.startswith("The case stands still: ")
    consent(at, "c2", *field)
    with pytest.raises(NotAllowed):
        papers.of_case(holder, taken)
    consent(at, "c3", "papers")
    papers.of_case(holder, taken)


def test_what_is_late_stays_late(taken, house, at):
    given = consent(at, "c", "premises")
    house.move_to(beijing(27, 10))
    withdraw(at, "w", given)
    assert (to_decide().state, sight_ended.look()) == ("open", 0)


def test_the_accepting_desk_keeps_its_own_record_and_its_clock(house, at):
    number = actions.file_case(by=at("tj-wuqing", "window_clerk"), key="f", **APPLICATION)["case"]
    actions.accept_case(by=at("tj-wuqing", "window_clerk"), key="a", number=number)
    withdraw(at, "w", consent(at, "c", "premises"))
    made = actions.offer(
        by=at("tj-wuqing", "window_clerk"), key="o", number=number, to_desk=TONGZHOU, epoch=0
    )
    assert Duty.objects.get().state == "open", "to answer the offer: it may be returned unseen"
    actions.take_over(by=at("bj-tongzhou", "window_clerk"), key="t", offer_id=made["offer"])
    assert to_decide().state == "suspended", "consent had ended before it was taken over"


def test_the_ticker_sees_that_the_last_day_of_a_consent_is_over(taken, house, at):
    consent(at, "c", "premises", until=date(2026, 2, 14))
    assert sight_ended.look() == 0
    house.move_to(beijing(14, 9))
    assert (sight_ended.look(), to_decide().state) == (1, "suspended")
    assert sight_ended.look() == 0
    sight_ended._looked.clear()
    assert sight_ended.look() == 0, "nothing is done twice"


def test_the_case_and_the_sight_stop_the_same_clock(taken, house, at):
    officer, given = at("bj-tongzhou", "case_officer"), consent(at, "c", "premises")
    actions.suspend(by=officer, key="s", number=taken, epoch=1, ground="inspection")
    withdraw(at, "w", given)
    assert to_decide().pauses[-1]["ground"] == "case_suspended"
    actions.resume(by=officer, key="r", number=taken, epoch=1, ended=True)
    duty = to_decide()
    assert (duty.state, duty.pauses[-1]["ground"]) == ("suspended", "sight_ended")
    actions.suspend(by=officer, key="s2", number=taken, epoch=1, ground="inspection")
    consent(at, "c2", "premises")
    assert to_decide().state == "suspended", "the case still is"
    actions.resume(by=officer, key="r2", number=taken, epoch=1, ended=True)
    assert to_decide().state == "open"


def test_who_decides_all_the_same_has_met_its_duty(taken, house, at):
    withdraw(at, "w", consent(at, "c", "premises"))
    approver = at("bj-tongzhou", "approver")
    actions.decide(by=approver, key="d", number=taken, epoch=1, outcome="refused", reason="示例")
    assert (to_decide().state, said("agreements.duty.resumed")) == ("met", 1)


def barring(name: str) -> str:
    """The one-window agreement again, from Friday 13 February on, with a bar on a field."""
    text = (Path(PACK) / "instruments" / f"{WINDOW}.yaml").read_text(encoding="utf-8")
    for old, new in (
        ("version: 1\n", "version: 2\n"),
        ("in_force: {from: 2022-01-01, known: year}", "in_force: {from: 2026-02-13}"),
        (
            "clauses:\n",
            f"bars:\n  - {{id: kept, text: {{zh: 不出境, en: kept}}, fields: [{name}]}}\nclauses:\n",
        ),
    ):
        assert old in text
        text = text.replace(old, new, 1)
    return text


def test_a_bar_that_comes_stops_the_clock_and_one_that_stood_before_does_not(taken, house, at):
    agreements.load_instrument(read_text(barring("premises"), f"{WINDOW}-v2.yaml", known_words()), by=SYSTEM)
    assert sight_ended.look() == 0, "it binds from Friday on"
    house.move_to(beijing(13, 9))
    lifecycle.settle_versions()
    assert (sight_ended.look(), to_decide().state) == (1, "suspended")
    house.move_to(beijing(2, 9, month=3))
    assert to_decide().state == "suspended"
    clerk = at("tj-wuqing", "window_clerk")
    number = actions.file_case(by=clerk, key="f2", **APPLICATION)["case"]
    actions.accept_case(by=clerk, key="a2", number=number)
    made = actions.offer(by=clerk, key="o2", number=number, to_desk=TONGZHOU, epoch=0)
    actions.take_over(by=at("bj-tongzhou", "window_clerk"), key="t2", offer_id=made["offer"])
    sight_ended.look()
    assert Duty.objects.get(thread=f"case:{number}", subject="decide").state == "open"
