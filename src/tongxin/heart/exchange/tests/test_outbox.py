"""What is written into the outbox: in the ring's own transaction, once, without anything personal, never of a drill."""

from __future__ import annotations

import json

import pytest
from django.db import IntegrityError, transaction

from tongxin.heart.exchange.models import Delivery, Message, Notification
from tongxin.heart.exchange.tests.conftest import BAODI, WUQING

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_ring_of_a_subscribed_desk_is_written_once_for_each_subscription(house, subscribe, ring, web):
    subscribe()
    subscribe(target=web.address + "/second")
    ring()
    ring()
    ring(desk=BAODI)
    assert Delivery.objects.count() == 2
    assert Notification.objects.count() == 2


def test_all_that_leaves_is_in_the_payload_in_both_languages(house, subscribe, ring):
    subscribe()
    ring()
    said = Delivery.objects.get().payload
    assert said == {
        "format": "tongxin.ring/1",
        "node": "main",
        "kind": "reminder",
        "desk": WUQING,
        "post": None,
        "thread": "case:WUQING-2026-000001",
        "at": "2026-03-11T10:00:00+08:00",
        "due_at": "2026-03-11T12:00:00+08:00",
        "link": "http://localhost:8000/cases/WUQING-2026-000001/",
        "words": said["words"],
        "illustrative": True,
        "drill": False,
    }
    assert "2026年3月11日 12:00（北京时间）" in said["words"]["zh"]
    assert "11 March 2026, 12:00 Beijing time" in said["words"]["en"]


def test_only_the_kinds_that_are_wanted(house, subscribe, ring):
    subscribe(kinds=["escalation"])
    ring(1, kind="reminder")
    assert not Delivery.objects.exists()
    ring(2, kind="escalation")
    assert [row.kind for row in Delivery.objects.all()] == ["escalation"]


def test_a_ring_whose_act_fails_leaves_nothing(house, subscribe, ring):
    subscribe()
    with pytest.raises(ZeroDivisionError):
        _ring_and_fail(house)
    assert not Notification.objects.exists()
    assert not Delivery.objects.exists()


def _ring_and_fail(house):
    from tongxin.heart.exchange import actions
    from tongxin.heart.exchange.acts import act

    with act("tests.rung", by=house.acting("wuqing-duty"), key="fails", request={}) as a:
        actions.notify(WUQING, "reminder", link="/", at=a.at, dedupe="fails", params={})
        assert Delivery.objects.count() == 1
        raise ZeroDivisionError


def test_nothing_of_a_drill_is_written_though_the_bell_rings(house, subscribe, ring):
    subscribe()
    ring(drill=True)
    assert Notification.objects.count() == 1
    assert not Delivery.objects.exists()


def test_a_drill_is_known_by_its_matter_when_the_caller_does_not_say_so(house, subscribe, ring):
    from tongxin.heart.events.models import Matter
    from tongxin.shared import clock

    subscribe()
    Matter.objects.create(
        number="M-2026-000099", kind="incident", title="演练", drill=True, opened_at=clock.now()
    )
    for number, params in enumerate([{"thread": "matter:M-2026-000099"}, {"matter": "M-2026-000099"}]):
        ring(number, kind="escalation", params=params)
    assert not Delivery.objects.exists()


def test_a_drill_is_known_by_its_messages(house, subscribe, ring):
    from tongxin.heart.exchange import actions
    from tongxin.heart.exchange.acts import act

    subscribe()
    with act("tests.sent", by=house.acting("wuqing-duty"), key="send", request={}) as a:
        actions.send(
            "notice", from_desk=BAODI, to_desk=WUQING, thread="matter:M-2026-000098", basis="x", body={},
            at=a.at, drill=True,
        )  # fmt: skip
    assert Message.objects.filter(drill=True).exists()
    ring(kind="escalation", params={"thread": "matter:M-2026-000098"})
    assert not Delivery.objects.exists()


def test_the_database_itself_takes_no_row_of_a_drill(house, subscribe, ring):
    subscribe()
    ring()
    with pytest.raises(IntegrityError), transaction.atomic():
        Delivery.objects.update(drill=True)


def test_a_drill_incident_from_report_to_confirmation_leaves_no_row(house, subscribe):
    """The whole journey through the real acts, with both sides subscribed."""
    from tongxin.heart.agreements import actions as agreements
    from tongxin.heart.agreements import jobs
    from tongxin.heart.events.actions import Report
    from tongxin.petals.ecology import actions as ecology

    subscribe()
    langfang = house.acting("langfang-admin")
    subscribe(desk="he-langfang/ecology_bureau", by=langfang)
    rows = {}
    for drill in (True, False):
        data = {"river": "qinglongwan-jianhe", "location": f"示例闸下 {drill}", "pollutant": "ammonia"}
        report = Report("ecology.water_incident", "he-langfang-xianghe", house.clock.at, data, drill=drill)
        by = house.acting("langfang-duty")
        number = ecology.report_incident(report, by=by, key=f"report-{drill}")["matter"]
        carried = {"location": "示例闸下", "pollutant": "ammonia"}
        told = agreements.tell(by=by, key=f"tell-{drill}", matter=number, to_desk=WUQING, carried=carried)
        house.clock.move_by(minutes=25)
        jobs.ring_due()
        agreements.confirm(by=house.acting("wuqing-duty"), key=f"confirm-{drill}", message=told["message"])
        house.clock.move_by(hours=3)
        jobs.ring_due()
        rows[drill] = Delivery.objects.filter(thread=f"matter:{number}").count()
    assert rows[True] == 0
    assert rows[False] > 4
    assert not any("True" in json.dumps(row.payload) for row in Delivery.objects.all())


def test_no_word_of_an_applicant_or_an_incident_leaves(house, subscribe):
    """A case from filing to decision with every desk subscribed: the payloads hold numbers and codes only."""
    from tongxin.heart.cases import actions

    admins = {"tj-wuqing": "wuqing-admin", "bj-tongzhou": "tongzhou-admin"}
    for place, admin in admins.items():
        subscribe(desk=f"{place}/service_centre", by=house.acting(admin))
    clerk = house.acting("wuqing-clerk", "tj-wuqing-services/window_clerk")
    taker = house.acting("tongzhou-clerk", "bj-tongzhou-services/window_clerk")
    approver = house.acting("tongzhou-approver", "bj-tongzhou-services/approver")
    given = {"applicant_name": "极少见面馆", "credit_code": "91120000MA0SECRET1", "premises": "隐秘路 77 号"}
    number = actions.file_case(
        by=clerk, key="file", procedure="food-business-licence", decide_at="bj-tongzhou", applicant=given,
        papers=["application_form", "business_licence", "floor_plan", "safety_rules"],
    )["case"]  # fmt: skip
    actions.accept_case(by=clerk, key="accept", number=number)
    first = actions.offer(by=clerk, key="offer", number=number, to_desk="bj-tongzhou/service_centre", epoch=0)
    actions.return_over(
        by=taker, key="return", offer_id=first["offer"], reason="papers_incomplete", remark="暗语备注"
    )
    made = actions.offer(
        by=clerk, key="offer-2", number=number, to_desk="bj-tongzhou/service_centre", epoch=0
    )
    actions.take_over(by=taker, key="take", offer_id=made["offer"])
    actions.decide(by=approver, key="decide", number=number, epoch=1, outcome="refused", reason="暗语理由")
    leaves = json.dumps([row.payload for row in Delivery.objects.all()], ensure_ascii=False)
    assert {row.kind for row in Delivery.objects.all()} >= {
        "offer",
        "offer_returned",
        "offer_taken_over",
        "case_decided",
    }
    for word in (*given.values(), "暗语", "refused", "papers_incomplete"):
        assert word not in leaves
