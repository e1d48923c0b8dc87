"""What a handle clause asks of a running case: reports of progress; and what a version that takes it over changes."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from django.db import connections

from tongxin.heart.agreements import actions as agreements
from tongxin.heart.agreements import lifecycle
from tongxin.heart.agreements.known import known_words
from tongxin.heart.agreements.models import Clause, DueMove, Duty
from tongxin.heart.agreements.reader import read_text
from tongxin.heart.cases import story, switching
from tongxin.heart.cases.models import Case, Offer
from tongxin.heart.cases.tests.conftest import APPLICATION, PACK
from tongxin.heart.ledger.models import Entry
from tongxin.heart.region.acting import SYSTEM
from tongxin.shared import clock
from tongxin.shared.errors import Conflict
from tongxin.site import background

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_holder_reports_progress_until_the_case_is_decided(house, at, taken):
    from tongxin.heart.cases import actions

    number, epoch = taken
    first = Duty.objects.get(thread=f"case:{number}", subject="progress:1")
    assert (first.bound_desk_id, first.state) == ("bj-tongzhou/service_centre", "open")
    clerk = at("bj-tongzhou", "window_clerk")
    done = agreements.perform(by=clerk, key="p1", duty=first.pk, carried={"remark": "示例：现场核查已安排"})
    first.refresh_from_db()
    assert first.state == "met"
    [following] = done["opened"]
    assert Duty.objects.get(pk=following).subject == "progress:2"
    actions.decide(
        by=at("bj-tongzhou", "approver"), key="d", number=number, epoch=epoch, outcome="granted", reason=""
    )
    assert Duty.objects.get(pk=following).state == "void"


@pytest.fixture
def taken(house, at):
    """A case that Tongzhou has taken over, under a clause that asks for a report every two days."""
    from tongxin.heart.cases import actions

    row = Clause.objects.get(pk="tongwulang-one-window@1/accept-here-decide-there")
    row.body = row.body | {"progress": {"within": "P2D", "clock": "days"}}
    row.save(update_fields=["body"])
    type(row.version).objects.filter(pk=row.version_id).update(canonical_hash="p" * 64)
    clerk = at("tj-wuqing", "window_clerk")
    filed = actions.file_case(by=clerk, key="f", **APPLICATION)
    number = filed["case"]
    actions.accept_case(by=clerk, key="a", number=number)
    made = actions.offer(by=clerk, key="o", number=number, to_desk="bj-tongzhou/service_centre", epoch=0)
    done = actions.take_over(by=at("bj-tongzhou", "window_clerk"), key="t", offer_id=made["offer"])
    return number, done["epoch"]


@pytest.mark.postgres_only
def test_a_duty_is_not_excused_while_its_case_is_being_decided(house, at, taken, monkeypatch):
    """Both locked only what they saw: the decision wrote `met` over `excused`. Rows are locked on PostgreSQL alone."""
    from tongxin.heart.cases import actions
    from tongxin.heart.cases.actions import deciding as writes

    number, epoch = taken
    duty = Duty.objects.get(thread=f"case:{number}", subject="decide")
    deciding, tell = threading.Event(), writes.tell_accepting

    def slowly(a, case, made, **more):
        deciding.set()
        time.sleep(1)
        return tell(a, case, made, **more)

    def decide():
        actions.decide(
            by=at("bj-tongzhou", "approver"),
            key="d",
            number=number,
            epoch=epoch,
            outcome="granted",
            reason="",
        )
        connections.close_all()

    monkeypatch.setattr(writes, "tell_accepting", slowly)
    by = replace(at("tj-wuqing", "window_clerk"), capabilities=frozenset({"excuse"}))
    other = threading.Thread(target=decide)
    other.start()
    assert deciding.wait(20)
    with pytest.raises(Conflict, match="duty_has_ended"):
        agreements.excuse(by=by, key="e", duty=duty.pk, reason="示例")
    other.join()
    duty.refresh_from_db()
    assert duty.state == "met"
    assert not Entry.objects.filter(act="agreements.duty.excused").exists()


WINDOW = "tongwulang-one-window"


def second(transition: str) -> str:
    """The one-window agreement again, with three hours to answer from Friday 13 February on."""
    text = (PACK / "instruments" / f"{WINDOW}.yaml").read_text(encoding="utf-8")
    for old, new in (
        ("version: 1\n", f"version: 2\ntransition: {transition}\n"),
        ("in_force: {from: 2022-01-01, known: year}", "in_force: {from: 2026-02-13}"),
        ("within: PT4H", "within: PT3H"),
        ("      wrong_procedure:", "      other: {zh: 其他, en: Other}\n      wrong_procedure:"),
    ):
        assert old in text
        text = text.replace(old, new)
    return text


@pytest.fixture
def offered(house: Any, at: Any) -> str:
    """A case that Tongzhou is offered on Thursday at 15:00, with four working hours to answer."""
    from tongxin.heart.cases import actions

    clerk = at("tj-wuqing", "window_clerk")
    number = actions.file_case(by=clerk, key="f", **APPLICATION)["case"]
    actions.accept_case(by=clerk, key="a", number=number)
    actions.offer(by=clerk, key="o", number=number, to_desk="bj-tongzhou/service_centre", epoch=0)
    return number


def friday(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 2, 13, hour, minute, tzinfo=clock.BEIJING)


def begins(house: Any, transition: str) -> None:
    agreements.load_instrument(read_text(second(transition), f"{WINDOW}-v2.yaml", known_words()), by=SYSTEM)
    house.move_to(friday(0, 5))
    lifecycle.settle_versions()


def test_a_running_case_moves_to_a_version_that_takes_it_over(house, at, offered):
    from tongxin.heart.cases import actions

    answer = Duty.objects.get(thread=f"case:{offered}")
    assert answer.due_at == friday(11)
    promised = Case.objects.get().promise_due_at
    begins(house, "switch")
    assert switching.settle_versions() == 1
    assert switching.settle_versions() == 0
    case, made = Case.objects.get(), Offer.objects.select_related("clause").get()
    assert f"{WINDOW}@2" in case.rulebook
    assert f"{WINDOW}@1" not in case.rulebook
    assert case.promise_due_at == promised
    answer.refresh_from_db()
    assert (answer.due_at, answer.clause.version_id) == (friday(10), f"{WINDOW}@2")
    assert [m.why for m in DueMove.objects.filter(duty=answer)] == ["transition"]
    entries = Entry.objects.filter(subject__startswith=f"case:{offered}")
    assert entries.filter(act="cases.case.switched").count() == 1
    assert entries.filter(act="agreements.duty.moved").count() == 1
    told = story.timeline(case, [made], "", desk=case.accepting_desk_id, sees=True)
    assert f"{WINDOW}@2" in {line.sub for line in told}
    done = actions.return_over(
        by=at("bj-tongzhou", "window_clerk"), key="r", offer_id=str(made.id), reason="other"
    )
    assert done["holder"] == "tj-wuqing/service_centre"


def test_a_running_case_keeps_its_version_where_the_new_one_does_not_say_so(house, offered):
    begins(house, "keep")
    assert switching.settle_versions() == 0
    assert f"{WINDOW}@1" in Case.objects.get().rulebook
    assert Duty.objects.get(thread=f"case:{offered}").due_at == friday(11)


def test_the_ticker_moves_cases_after_versions_have_begun():
    order = [job for _name, job, _every in background.jobs()]
    assert order.index(lifecycle.settle_versions) < order.index(switching.settle_versions)
