"""The dispatcher against a real web server: sent at least once, retried, given up, taken again after a kill, never a drill."""

from __future__ import annotations

import itertools
import json
import os
import signal
import threading
from datetime import timedelta

import pytest
from django.db import close_old_connections, connections

from tests.support import receivers
from tongxin.connectors import signing
from tongxin.heart.exchange import jobs, senders
from tongxin.heart.exchange.models import Attempt, Delivery, Notification, Subscription
from tongxin.heart.exchange.tests.conftest import BAODI
from tongxin.shared import clock, faults

pytestmark = pytest.mark.django_db(transaction=True)


def only() -> Delivery:
    return Delivery.objects.get()


def test_what_is_due_is_sent_once_signed_and_noted(house, subscribe, ring, web):
    row = subscribe()
    ring()
    assert jobs.send_due() == 1
    assert jobs.send_due() == 0
    (path, headers, body), *more = web.got
    assert not more
    assert path == "/hook"
    assert signing.verifies(
        row.shown,
        headers[signing.SIGNATURE],
        delivery=headers[signing.ID],
        timestamp=headers[signing.TIMESTAMP],
        body=body,
    )
    said = json.loads(body)
    assert said == {"id": headers[signing.ID], **only().payload}
    assert headers[signing.ID] == str(only().pk)
    assert (headers[signing.ATTEMPT], headers[signing.KIND]) == ("1", "reminder")
    assert headers["Content-Type"] == "application/json; charset=utf-8"
    assert (only().state, only().attempts, only().sent_at) == ("sent", 1, clock.now())
    attempt = Attempt.objects.get()
    assert (attempt.outcome, attempt.error, attempt.target) == ("sent", "", web.address)


def test_a_receiver_that_is_down_is_tried_again_by_the_schedule_and_given_up_at_its_end(
    house, subscribe, ring, web
):
    web.answers = [503]
    subscribe()
    ring()
    begins = house.clock.at
    tried_at = []
    while only().state != "dead":
        before = len(web.got)
        jobs.send_due()
        assert len(web.got) == before + 1
        tried_at.append(house.clock.at - begins)
        assert jobs.send_due() == 0
        assert len(web.got) == before + 1, "tried before its time"
        if only().state == "pending":
            assert only().last_error == "http:503"
            house.clock.move_to(only().next_at)
    waits = [after - before for before, after in itertools.pairwise(tried_at)]
    assert tuple(waits) == jobs.WAITS
    assert len(set(web.ids)) == 1
    assert [headers["Tongxin-Attempt"] for _p, headers, _b in web.got] == [
        str(n) for n in range(1, jobs.MOST_ATTEMPTS + 1)
    ]
    house.clock.move_by(days=30)
    assert jobs.send_due() == 0
    assert len(web.got) == jobs.MOST_ATTEMPTS


def test_a_dead_letter_rings_the_coordination_office_once_a_day_and_that_ring_stays_inside(
    house, subscribe, ring, web, keeper
):
    web.answers = [410]
    subscribe()
    coordination = "tj-wuqing/coordination_office"
    subscribe(desk=coordination)
    for number in range(3):
        ring(number)
    for _each in range(3):
        jobs.send_due()
    assert Delivery.objects.filter(state="dead").count() == 3
    rung = Notification.objects.get(desk=coordination)
    assert rung.kind == "delivery_dead"
    assert Delivery.objects.count() == 3
    page = house.client("wuqing-coordinator", keeper.post).get(
        "/notifications/", headers={"Accept-Language": "en"}
    )
    assert "was given up; look why, then send again." in page.content.decode()


def test_gone_is_final_and_so_is_a_secret_that_cannot_be_read(house, subscribe, ring, web, settings):
    web.answers = [410]
    subscribe()
    ring()
    jobs.send_due()
    assert (only().state, only().attempts, only().last_error) == ("dead", 1, "http:410")
    Delivery.objects.update(state="pending", attempts=0)
    settings.SECRET_KEY = "another-secret-key-of-at-least-32-characters"
    jobs.send_due()
    assert (only().state, only().last_error) == ("dead", "secret_unreadable")
    assert len(web.got) == 1


def test_one_dead_receiver_costs_one_try_a_round_and_keeps_no_other(house, subscribe, ring, web):
    subscribe()
    with receivers.web(503) as down:
        subscribe(target=down.address)
        for number in range(5):
            ring(number)
        assert jobs.send_due() == 5
        assert len(web.got) == 5
        assert len(down.got) == 1


def test_dead_receivers_of_one_jurisdiction_delay_no_other_and_end_with_their_budget(
    house, subscribe, ring, web, monkeypatch
):
    """Wuqing has six receivers that keep silent, all of them older than what Baodi waits for."""
    seconds = [0.0]
    monkeypatch.setattr(clock, "steady", lambda: seconds[0])
    order = []

    def silent(handler) -> None:
        order.append("silent")
        seconds[0] += 20
        handler.connection.close()

    def quick(handler) -> None:
        order.append("quick")
        handler.send_response(204)
        handler.end_headers()

    web.answers = [quick]
    with receivers.web(silent) as dead:
        for number in range(6):
            subscribe(target=f"{dead.address}/{number}")
        ring(1)
        keeper = house.acting("baodi-coordinator", "tj-baodi-coordination/coordinator")
        subscribe(desk=BAODI, by=keeper)
        for number in range(3):
            ring(number, desk=BAODI)
        assert jobs.send_due() == 3
    assert sorted(order) == ["quick", "quick", "quick", "silent", "silent"]
    assert order[-1] == "silent", "whoever made others wait comes after them"
    waiting = Delivery.objects.filter(state="pending", attempts=0)
    assert waiting.count() == 4, "they keep for the next round"


def test_a_stopped_subscription_sends_nothing_and_keeps_what_waits(house, subscribe, ring, web):
    from tongxin.heart.exchange import keeping

    row = subscribe()
    ring(1)
    keeper = house.acting("wuqing-coordinator", "tj-wuqing-coordination/coordinator")
    keeping.set_active(by=keeper, key="stop", subscription=row.pk, active=False)
    ring(2)
    assert jobs.send_due() == 0
    assert Delivery.objects.count() == 1
    keeping.set_active(by=keeper, key="resume", subscription=row.pk, active=True)
    assert jobs.send_due() == 1


@pytest.mark.parametrize("point", ["outbox:before send", "outbox:after send", "exchange.outbox.leased:after commit",
                                   "exchange.outbox.settled:before commit"])  # fmt: skip
def test_a_dispatcher_that_is_killed_leaves_a_lease_that_runs_out(house, subscribe, ring, web, point):
    """A process of its own, killed in the middle with SIGKILL; the next one sends it under the same id."""
    subscribe()
    ring()
    killed = _in_a_process_killed_at(point)
    assert killed == -signal.SIGKILL
    arrived = point in {"outbox:after send", "exchange.outbox.settled:before commit"}
    assert len(web.got) == arrived
    assert only().state == "leased"
    assert jobs.send_due() == 0, "somebody may still be sending it"
    house.clock.move_by(minutes=2)
    assert jobs.send_due() == 1
    assert only().state == "sent"
    assert len(web.got) == arrived + 1
    assert len(set(web.ids)) == 1, "a receiver tells the second by the id"
    first, second = Attempt.objects.order_by("number")
    assert (first.outcome, second.outcome) == ("cut_short", "sent")


def _in_a_process_killed_at(point: str) -> int:
    connections.close_all()
    child = os.fork()
    if child == 0:
        faults.listen(lambda reached: os.kill(os.getpid(), signal.SIGKILL) if reached == point else None)
        try:
            jobs.send_due()
        finally:
            os._exit(1)
    _pid, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status)


def test_killed_at_every_attempt_it_is_given_up_and_not_tried_for_ever(house, subscribe, ring, web):
    subscribe()
    ring()
    for _each in range(jobs.MOST_ATTEMPTS):
        assert _in_a_process_killed_at("outbox:before send") == -signal.SIGKILL
        house.clock.move_by(minutes=2)
    assert jobs.send_due() == 0
    assert (only().state, only().last_error) == ("dead", "cut_short")
    assert not web.got


def test_a_lease_that_ran_out_is_not_settled_by_who_had_it(house, subscribe, ring, web):
    """The first dispatcher hangs while it sends; the second takes over; the first's answer changes nothing any more."""
    subscribe()
    ring()

    def hang(handler) -> None:
        house.clock.move_by(minutes=3)
        assert jobs.send_due() == 1  # another dispatcher, while the first waits for this very answer
        handler.send_response(503)
        handler.send_header("Content-Length", "0")
        handler.end_headers()
        close_old_connections()

    web.answers = [hang, 200]
    assert jobs.send_due() == 0
    assert only().state == "sent"
    assert [each.outcome for each in Attempt.objects.order_by("number")] == ["failed", "sent"]
    assert len(web.got) == 2


def _send_and_close() -> int:
    try:
        return jobs.send_due()
    finally:
        connections.close_all()


def test_several_dispatchers_send_each_delivery_once(house, subscribe, ring, web):
    subscribe()
    for number in range(24):
        ring(number)
    found: list[int] = []
    threads = [threading.Thread(target=lambda: found.append(_send_and_close())) for _each in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(found) == 24
    assert len(web.ids) == len(set(web.ids)) == 24
    assert set(Delivery.objects.values_list("state", "attempts")) == {("sent", 1)}


def test_a_slow_receiver_holds_no_transaction(house, subscribe, ring, web):
    """While the other side takes its time, the house goes on writing."""
    from tongxin.heart.exchange import keeping

    row = subscribe()
    ring(1)
    keeper = house.acting("wuqing-coordinator", "tj-wuqing-coordination/coordinator")
    begun, written = threading.Event(), threading.Event()

    def slow(handler) -> None:
        begun.set()
        assert written.wait(20)
        handler.send_response(204)
        handler.end_headers()

    web.answers = [slow]
    sender = threading.Thread(target=_send_and_close)
    sender.start()
    assert begun.wait(20)
    keeping.set_active(by=keeper, key="stop", subscription=row.pk, active=False)
    ring(2)
    written.set()
    sender.join(20)
    assert only().state == "sent"


def test_a_row_that_became_a_drill_s_after_it_was_written_is_not_sent(house, subscribe, ring, web):
    from tongxin.heart.events.models import Matter

    subscribe()
    Matter.objects.create(number="M-2026-000097", kind="incident", title="x", opened_at=clock.now())
    ring(kind="escalation", params={"thread": "matter:M-2026-000097"})
    Matter.objects.filter(number="M-2026-000097").update(drill=True)
    assert jobs.send_due() == 0
    assert (only().state, only().last_error) == ("dead", "drill")
    assert not web.got


def test_a_connector_with_a_fault_of_its_own_keeps_no_other(house, subscribe, ring, web, monkeypatch):
    class Broken:
        name, title, target_hint, signed = "broken", "x", "x", False

        def available(self) -> bool:
            return True

        def check(self, target: str) -> str:
            return target

        def send(self, outgoing) -> None:
            raise KeyError("a mistake")

    monkeypatch.setitem(senders._senders, "broken", Broken())
    subscribe(connector="broken", target="somewhere")
    subscribe()
    ring()
    assert jobs.send_due() == 1
    broken = Delivery.objects.get(subscription__connector="broken")
    assert (broken.state, broken.last_error) == ("pending", "connector_fault:KeyError")


def test_a_connector_that_is_no_longer_there_waits_for_the_operator(house, subscribe, ring, web):
    row = subscribe()
    ring()
    Subscription.objects.filter(pk=row.pk).update(connector="fax")
    jobs.send_due()
    assert (only().state, only().last_error) == ("pending", "no_connector:fax")


def test_the_ticker_runs_it_in_a_thread_of_its_own(house, subscribe, ring, web):
    from tongxin.site import background

    assert {name for name, _job, _every in background.jobs()} >= background.APART
    subscribe()
    ring()
    stop = threading.Event()
    names = []

    def answer(handler) -> None:
        names.append("answered")
        stop.set()
        handler.send_response(200)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    web.answers = [answer]
    ticker = threading.Thread(target=background.run, args=(stop,))
    ticker.start()
    ticker.join(30)
    assert not ticker.is_alive()
    assert names == ["answered"]
    assert Delivery.objects.filter(state="sent").count() == 1  # the ticker may have rung more of them


def test_the_lease_outlasts_what_a_sender_may_take():
    assert timedelta(seconds=2 * senders.LONGEST) < jobs.LEASE


def test_rings_of_desks_without_a_subscription_cost_one_query(house, ring, django_assert_num_queries):
    from tongxin.heart.exchange import outbox

    with django_assert_num_queries(1):
        outbox.put(BAODI, "reminder", link="/", at=clock.now(), dedupe="x", params={}, post=None, drill=False)
