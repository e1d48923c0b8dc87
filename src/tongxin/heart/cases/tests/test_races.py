"""Fifty at once on one case: one wins, the others are told so (409), and the ledger has one entry."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from threading import Barrier

import pytest
from django.db import connections

from tongxin.heart.agreements.models import Duty
from tongxin.heart.cases import actions
from tongxin.heart.cases.models import Case, Dispute, Offer
from tongxin.heart.cases.tests.conftest import APPLICATION
from tongxin.heart.exchange.models import Message
from tongxin.heart.ledger.models import Entry
from tongxin.shared.errors import Refused

pytestmark = pytest.mark.django_db(transaction=True)

MANY = 50
TONGZHOU = "bj-tongzhou/service_centre"


def at_once(tries) -> Counter[str]:
    """Let all of them begin at the same moment, each with its own connection; count how each ended, by status."""
    line = Barrier(len(tries))

    def run(each) -> str:
        line.wait()
        try:
            each()
        except Refused as refused:
            return f"{refused.status} {refused.code}"
        finally:
            connections.close_all()
        return "201"

    with ThreadPoolExecutor(len(tries)) as pool:
        running = [pool.submit(copy_context().run, run, each) for each in tries]
        return Counter(each.result() for each in running)


@pytest.fixture
def offered(house, at) -> Offer:
    clerk = at("tj-wuqing", "window_clerk")
    number = actions.file_case(by=clerk, key="f", **APPLICATION)["case"]
    actions.accept_case(by=clerk, key="a", number=number)
    made = actions.offer(by=clerk, key="o", number=number, to_desk=TONGZHOU, epoch=0)
    return Offer.objects.get(id=made["offer"])


def test_of_fifty_who_take_an_offer_over_one_wins(offered, at):
    clerk = at("bj-tongzhou", "window_clerk")

    def take(n):
        return lambda: actions.take_over(by=clerk, key=f"t{n}", offer_id=str(offered.id))

    assert at_once([take(n) for n in range(MANY)]) == {"201": 1, "409 offer_settled": MANY - 1}
    case = Case.objects.get()
    assert (case.holder_id, case.epoch) == (TONGZHOU, 1)
    assert Entry.objects.filter(act="cases.offer.taken_over").count() == 1
    assert Message.objects.filter(kind="accept").count() == 1


def test_of_fifty_answers_of_every_kind_one_counts(offered, at):
    taker, sender = at("bj-tongzhou", "window_clerk"), at("tj-wuqing", "window_clerk")

    def answer(n):
        offer = {"key": f"x{n}", "offer_id": str(offered.id)}
        match n % 3:
            case 0:
                return lambda: actions.take_over(by=taker, **offer)
            case 1:
                return lambda: actions.return_over(by=taker, reason="not_competent", **offer)
        return lambda: actions.recall(by=sender, **offer)

    assert at_once([answer(n) for n in range(MANY)]) == {"201": 1, "409 offer_settled": MANY - 1}
    settled = ("cases.offer.taken_over", "cases.offer.returned", "cases.offer.recalled")
    assert Entry.objects.filter(act__in=settled).count() == 1
    case, made = Case.objects.get(), Offer.objects.get()
    assert case.frozen_by_id is None
    assert (case.holder_id == TONGZHOU) == (made.state == "taken_over")


def test_of_fifty_decisions_one_stands(offered, at):
    actions.take_over(by=at("bj-tongzhou", "window_clerk"), key="t", offer_id=str(offered.id))
    approver = at("bj-tongzhou", "approver")

    def decide(n):
        outcome = ("granted", "refused")[n % 2]
        return lambda: actions.decide(
            by=approver, key=f"d{n}", number=offered.case_id, epoch=1, outcome=outcome, reason="示例"
        )

    assert at_once([decide(n) for n in range(MANY)]) == {"201": 1, "409 wrong_state": MANY - 1}
    assert Entry.objects.filter(act="cases.case.decided").count() == 1
    assert Message.objects.filter(kind="decision").count() == 1
    assert Duty.objects.filter(subject="decide").get().state == "met"


def test_of_fifty_offers_one_is_open(offered, at):
    clerk = at("tj-wuqing", "window_clerk")
    actions.recall(by=clerk, key="r", offer_id=str(offered.id))

    def offer(n):
        to = (TONGZHOU, "he-langfang/service_centre")[n % 2]
        return lambda: actions.offer(by=clerk, key=f"o{n}", number=offered.case_id, to_desk=to, epoch=0)

    assert at_once([offer(n) for n in range(MANY)]) == {"201": 1, "409 frozen_by_offer": MANY - 1}
    assert Offer.objects.filter(state="offered").count() == 1


def test_the_same_command_fifty_times_is_one(offered, at):
    clerk = at("bj-tongzhou", "window_clerk")
    tries = [lambda: actions.take_over(by=clerk, key="same", offer_id=str(offered.id))] * MANY
    assert at_once(tries) == {"201": MANY}
    assert Entry.objects.filter(act="cases.offer.taken_over").count() == 1


def test_two_offices_that_answer_at_once_name_one_holder(offered, at):
    clerk, taker = at("tj-wuqing", "window_clerk"), at("bj-tongzhou", "window_clerk")
    actions.return_over(by=taker, key="r0", offer_id=str(offered.id), reason="not_competent")
    for n in range(1, 4):
        made = actions.offer(by=clerk, key=f"o{n}", number=offered.case_id, to_desk=TONGZHOU, epoch=0)
        actions.return_over(by=taker, key=f"r{n}", offer_id=made["offer"], reason="not_competent")
    row = Dispute.objects.get()
    offices = [
        at(place, "coordinator", office="coordination", desk="coordination_office")
        for place in ("tj-wuqing", "bj-tongzhou")
    ]

    def name(n):
        return lambda: actions.name_holder(
            by=offices[n % 2], key=f"n{n}", dispute=row.pk, holder=TONGZHOU, reason="示例"
        )

    ended = at_once([name(n) for n in range(20)])
    assert ended["201"] == 2
    assert sum(ended.values()) == 20
    assert set(ended) <= {"201", "409 dispute_settled", "409 waits_for_other"}
    assert Case.objects.get().epoch == 2
    assert Entry.objects.filter(act="cases.holder.named").count() == 1
