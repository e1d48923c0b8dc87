"""Negative controls of the database's own guards: each is taken away, and a schedule written out shows what goes wrong.

The transaction (all of an act or nothing), the unique key of commands, the lock on the ledger's head, on the loop-back
channel, on a case. A guard whose removal nothing notices guards nothing; the same schedules are clean with the guard in place. Who
comes when is set by a barrier: with the guard in place the second one waits at it, and the first goes on alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from contextvars import copy_context
from threading import Barrier, BrokenBarrierError, Event
from typing import Any

import pytest
from django.conf import settings
from django.db import IntegrityError, connections, transaction

from tests.faults import case_rules
from tongxin.heart.agreements.models import Duty
from tongxin.heart.cases import actions, locking
from tongxin.heart.cases.models import Case
from tongxin.heart.cases.tests.conftest import APPLICATION, _django_db_helper, at, hand, house, loaded
from tongxin.heart.exchange import acts, lines_out
from tongxin.heart.exchange.models import Channel, IdempotencyKey, Message
from tongxin.heart.ledger import actions as ledger
from tongxin.heart.ledger.models import Log
from tongxin.shared import faults, writing
from tongxin.shared.errors import Refused

__all__ = ["_django_db_helper", "at", "hand", "house", "loaded"]
pytestmark = pytest.mark.django_db(transaction=True)
TONGZHOU = "bj-tongzhou/service_centre"
APART = 2.0  # seconds that one waits at the barrier for another that a guard keeps away
TOGETHER = 60.0  # where no guard keeps it away: it comes, however busy the machine is


class Cut(Exception):
    """The act is broken off here, as by a fault of the programme."""


@pytest.fixture
def accepted(house: Any, at: Any) -> str:
    clerk = at("tj-wuqing", "window_clerk")
    number = str(actions.file_case(by=clerk, key="f", **APPLICATION)["case"])
    actions.accept_case(by=clerk, key="a", number=number)
    return number


def together(line: Barrier, *tries: Callable[[], Any]) -> list[str]:
    """Let all run at once, each with a connection of its own; return how each ended, in their order."""

    def run(each: Callable[[], Any]) -> str:
        try:
            each()
        except (Refused, IntegrityError) as refused:
            return getattr(refused, "code", type(refused).__name__)
        finally:
            connections.close_all()
        return "done"

    with ThreadPoolExecutor(len(tries)) as pool:
        running = [pool.submit(copy_context().run, run, each) for each in tries]
        return [each.result() for each in running]


def meets(line: Barrier) -> None:
    """Wait for the other; where a guard keeps it away, go on alone."""
    with suppress(BrokenBarrierError):
        line.wait()


# ---------------------------------------------------------------- the transaction


@contextmanager
def kept_as_far_as_it_came(name: str) -> Iterator[None]:
    """In place of `writing._committed`: what was written before a fault stays."""
    broken: Exception | None = None
    with transaction.atomic():
        try:
            yield
        except Cut as fault:
            broken = fault
    if broken is not None:
        raise broken


def an_act_that_is_broken_off(at: Any, number: str) -> list[str]:
    """The offer's message is sent, then the programme fails; the clerk sends the same command again."""
    clerk = at("tj-wuqing", "window_clerk")
    command = {"by": clerk, "key": "o", "number": number, "to_desk": TONGZHOU, "epoch": 0}

    def cut(point: str) -> None:
        if point == "send offer:after send":
            raise Cut

    faults.listen(cut)
    try:
        with suppress(Cut):
            actions.offer(**command)
    finally:
        faults.listen(None)
    actions.offer(**command)
    return case_rules.faults([{"case": number, "offer": "", "steps": []}])


def test_with_the_transaction_an_act_is_whole_or_nothing(accepted, at):
    assert an_act_that_is_broken_off(at, accepted) == []
    assert Duty.objects.filter(subject__startswith="answer:").count() == 1


def test_without_the_transaction_half_an_act_stays(accepted, at, monkeypatch):
    monkeypatch.setattr(writing, "_committed", kept_as_far_as_it_came)
    found = an_act_that_is_broken_off(at, accepted)
    assert "cases.offer.made: 1 acts, 0 entries" in found
    assert "an act cases.offer.made without its answer" in found
    assert not Duty.objects.filter(subject__startswith="answer:").exists()


# ---------------------------------------------------------------- the unique key


def the_same_command_twice(at: Any) -> list[str]:
    """Two deliveries of one filing arrive at once; both are answered."""
    clerk, line = at("tj-wuqing", "window_clerk"), Barrier(2, timeout=TOGETHER)

    def file() -> None:
        meets(line)
        actions.file_case(by=clerk, key="same", **APPLICATION)

    assert together(line, file, file) == ["done", "done"]
    told = Case.objects.order_by("number").values_list("number", flat=True)[:1]
    return case_rules.faults([{"case": n, "offer": "", "steps": ["file"]} for n in told], complete=True)


def test_with_the_unique_key_a_command_has_one_effect(house, at):
    assert the_same_command_twice(at) == []


def test_without_the_unique_key_a_command_has_two(house, at, monkeypatch):
    known: list[str] = []

    def claims_anyway(scope: str, key: str, name: str, wanted: str, when: Any) -> IdempotencyKey:
        known.append(key)
        return IdempotencyKey.objects.create(
            scope=scope, key=f"{key}:{len(known)}", act=name, request_hash=wanted, at=when
        )

    monkeypatch.setattr(acts, "_claim", claims_anyway)
    assert the_same_command_twice(at) == ["cases: 2 are there, 1 were told"]


# ---------------------------------------------------------------- the lock on the ledger's head


def two_acts_at_the_ledger(at: Any, monkeypatch: Any, lock: Callable[[], Any], wait: float) -> list[str]:
    """Two acts come to the head of the log at once, each with its entry."""
    clerk, line = at("tj-wuqing", "window_clerk"), Barrier(2, timeout=wait)

    def locked() -> Any:
        found = lock()
        meets(line)
        return found

    numbers = [str(actions.file_case(by=clerk, key=f"f{n}", **APPLICATION)["case"]) for n in range(2)]
    monkeypatch.setattr(ledger, "_lock_head", locked)
    tries = [lambda n=n: actions.accept_case(by=clerk, key=f"a{n}", number=numbers[n]) for n in range(2)]
    ended = together(line, *tries)
    monkeypatch.undo()
    return sorted(ended) + case_rules.faults()


@pytest.mark.postgres_only
def test_with_the_lock_on_the_head_both_entries_are_appended(house, at, monkeypatch):
    assert two_acts_at_the_ledger(at, monkeypatch, ledger._lock_head, APART) == ["done", "done"]


@pytest.mark.postgres_only
def test_without_the_lock_on_the_head_one_index_is_given_twice(house, at, monkeypatch):
    def unlocked() -> list[Log]:
        return list(Log.objects.filter(pk=ledger.HEAD))

    assert two_acts_at_the_ledger(at, monkeypatch, unlocked, TOGETHER) == ["IntegrityError", "done"]


# ---------------------------------------------------------------- the lock on the channel


def two_cases(at: Any) -> list[str]:
    """Two accepted cases, in a house in which something was sent before: the first message makes the channel."""
    Channel.objects.get_or_create(from_node=settings.NODE, to_node=settings.NODE)
    clerk = at("tj-wuqing", "window_clerk")
    numbers = [str(actions.file_case(by=clerk, key=f"f{n}", **APPLICATION)["case"]) for n in range(2)]
    for n, number in enumerate(numbers):
        actions.accept_case(by=clerk, key=f"a{n}", number=number)
    return numbers


def offered(at: Any, number: str) -> Callable[[], Any]:
    clerk = at("tj-wuqing", "window_clerk")
    return lambda: actions.offer(by=clerk, key=f"o:{number}", number=number, to_desk=TONGZHOU, epoch=0)


def two_messages_at_the_channel(
    at: Any, monkeypatch: Any, number: Callable[[Barrier], None], wait: float
) -> list[str]:
    """Two acts come to the loop-back at once, each with a message that wants the next number."""
    line, cases = Barrier(2, timeout=wait), two_cases(at)
    monkeypatch.setattr(lines_out, "number_now", lambda: number(line))
    ended = together(line, *(offered(at, case) for case in cases))
    monkeypatch.undo()
    return sorted(ended) + case_rules.faults()


@pytest.mark.postgres_only
def test_with_the_lock_on_the_channel_both_messages_have_their_number(house, at, monkeypatch):
    number_now = lines_out.number_now

    def numbered(line: Barrier) -> None:
        number_now()
        meets(line)

    assert two_messages_at_the_channel(at, monkeypatch, numbered, APART) == ["done", "done"]


@pytest.mark.postgres_only
def test_without_the_lock_on_the_channel_one_number_is_given_twice(house, at, monkeypatch):
    def numbered(line: Barrier) -> None:
        for message in lines_out._unnumbered.get() or ():
            free = Channel.objects.get(pk=message.channel_id).last_seq + 1
            meets(line)
            Message.objects.filter(pk=message.pk).update(seq=free)
            Channel.objects.filter(pk=message.channel_id).update(last_seq=free)

    assert two_messages_at_the_channel(at, monkeypatch, numbered, TOGETHER) == ["IntegrityError", "done"]


@pytest.mark.postgres_only
def test_an_act_that_has_sent_keeps_no_other_from_sending(house, at):
    slow, quick = two_cases(at)
    sent, go = Event(), Event()

    def held(point: str) -> None:
        if point == "send offer:after send" and not sent.is_set():
            sent.set()
            go.wait(60)

    faults.listen(held)
    try:
        with ThreadPoolExecutor(1) as pool:
            first = pool.submit(copy_context().run, together, Barrier(1), offered(at, slow))
            assert sent.wait(60)
            offered(at, quick)()
            go.set()
            assert first.result() == ["done"]
    finally:
        go.set()
        faults.listen(None)
    assert list(Message.objects.order_by("seq").values_list("thread", flat=True)) == [
        f"case:{quick}",
        f"case:{slow}",
    ]
    assert case_rules.faults() == []


# ---------------------------------------------------------------- the lock on a case


def an_answer_and_a_recall(
    at: Any, number: str, monkeypatch: Any, lock: Callable[[str], Any], wait: float
) -> list[str]:
    """The receiver takes the case over at the moment in which the sender recalls the offer."""
    clerk, taker, line = (
        at("tj-wuqing", "window_clerk"),
        at("bj-tongzhou", "window_clerk"),
        Barrier(2, timeout=wait),
    )
    made = actions.offer(by=clerk, key="o", number=number, to_desk=TONGZHOU, epoch=0)["offer"]

    def locked(case: str) -> Any:
        found = lock(case)
        meets(line)
        return found

    monkeypatch.setattr(locking, "_locked", locked)
    ended = together(
        line,
        lambda: actions.take_over(by=taker, key="t", offer_id=made),
        lambda: actions.recall(by=clerk, key="r", offer_id=made),
    )
    monkeypatch.undo()
    return sorted(ended) + [f.replace(made, "") for f in case_rules.faults()]


@pytest.mark.postgres_only
def test_with_the_lock_on_the_case_one_desk_acts(accepted, at, monkeypatch):
    assert an_answer_and_a_recall(at, accepted, monkeypatch, locking._locked, APART) == [
        "done",
        "offer_settled",
    ]


@pytest.mark.postgres_only
def test_without_the_lock_on_the_case_two_desks_act(accepted, at, monkeypatch):
    def unlocked(number: str) -> list[Case]:
        rows = Case.objects.select_related("procedure", "holder", "competent_desk")
        return list(rows.filter(number=number))

    monkeypatch.setattr(locking, "_owed", lambda _thread: [])
    found = an_answer_and_a_recall(at, accepted, monkeypatch, unlocked, TOGETHER)
    assert found[:2] == ["done", "done"]
    assert "offer  was settled 2 times: two desks acted" in found
