"""The line as a protocol, without a database: whatever the way loses, doubles, mixes up or delays, each is applied once, in order."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.second_node import SecondNode
from tongxin.heart.exchange import lines

HASH = hashlib.sha256(b"").hexdigest()
FATES = st.sampled_from(
    ["ok", "request lost", "answer lost", "doubled", "delayed", "one dropped", "mixed up"]
)


class Receiver:
    """What the database holds at the receiver, driven by the functions that the product uses."""

    def __init__(self) -> None:
        self.inbox, self.done = lines.Inbox(), 0
        self.stored: dict[int, str] = {}
        self.applied: list[str] = []

    def take(self, batch: list[tuple[int, str]]) -> lines.Answer:
        told = []
        for seq, number in batch:
            if number in self.stored.values():
                told.append(lines.Told(id=number, seq=seq, result="again"))
                continue
            try:
                self.inbox = self.inbox.take(seq)
            except lines.Faulty as fault:
                told.append(
                    lines.Told(id=number, seq=seq, result="refused", reason=fault.code, counted=False)
                )
                continue
            self.stored[seq] = number
            told.append(lines.Told(id=number, seq=seq, result="stored"))
        for seq in self.inbox.to_apply(self.done):
            self.applied.append(self.stored[seq])
            self.done = seq
        return lines.Answer(node="b", to_node="a", request=HASH, at="2026-03-11T02:00:00.000000Z",
                            highest=self.inbox.highest, missing=self.inbox.missing(), envelopes=told)  # fmt: skip


class Sender:
    def __init__(self) -> None:
        self.written: dict[int, str] = {}
        self.waiting: set[int] = set()
        self.peer_has = 0

    def write(self) -> None:
        seq = len(self.written) + 1
        self.written[seq] = f"id-{seq}"
        self.waiting.add(seq)

    def next(self, most: int = 5) -> list[tuple[int, str]]:
        begins = lines.send_from(self.waiting, self.peer_has, len(self.written))
        if begins is None:
            return []
        return [(seq, self.written[seq]) for seq in range(begins, min(begins + most, len(self.written) + 1))]

    def settle(self, answer: lines.Answer, sent: list[tuple[int, str]]) -> None:
        arrived, refused = lines.settled(answer, dict(sent))
        self.waiting -= arrived | set(refused)
        self.peer_has = answer.highest


@given(st.lists(st.tuples(st.integers(0, 3), FATES, st.randoms(use_true_random=False)), max_size=40))
def test_each_is_applied_once_in_order_and_without_a_gap(steps):
    sender, receiver, late = Sender(), Receiver(), []
    for count, fate, chance in steps:
        for _each in range(count):
            sender.write()
        batch = sender.next()
        sent = list(batch)
        if fate == "request lost":
            continue
        if fate == "delayed":
            late.append(batch)
            continue
        if fate == "one dropped" and batch:
            batch.pop(chance.randrange(len(batch)))
        if fate == "mixed up":
            chance.shuffle(batch)
        answer = receiver.take(batch)
        if fate == "doubled":
            assert receiver.take(batch).highest == answer.highest
        if late and chance.random() < 0.5:
            receiver.take(late.pop())
        if fate != "answer lost":
            sender.settle(answer, sent)
        assert receiver.applied == [f"id-{n}" for n in range(1, receiver.done + 1)]
        assert receiver.done <= len(sender.written)
    for _round in range(len(sender.written) + 2):  # healed
        sent = sender.next()
        sender.settle(receiver.take(sent), sent)
    assert receiver.applied == list(sender.written.values())
    assert sender.waiting == set()
    assert sender.next() == []


def test_a_receiver_that_lost_its_tail_gets_it_again():
    sender, receiver = Sender(), Receiver()
    for _each in range(7):
        sender.write()
    for _round in range(2):
        sent = sender.next()
        sender.settle(receiver.take(sent), sent)
    older = Receiver()
    older.take([(n, f"id-{n}") for n in (1, 2, 3)])  # from a backup
    sender.settle(older.take([]), [])
    sent = sender.next()
    sender.settle(older.take(sent), sent)
    assert older.applied == receiver.applied


@given(st.sets(st.integers(1, 60), max_size=40))
def test_what_is_missing_and_what_is_stored_make_the_whole(numbers):
    inbox = lines.Inbox()
    for number in numbers:
        inbox = inbox.take(number)
    gaps = {n for first, last in inbox.missing() for n in range(first, last + 1)}
    assert gaps | numbers == set(range(1, max(numbers, default=0) + 1))
    assert not gaps & numbers
    assert inbox.highest == next(n for n in range(62) if n + 1 not in numbers)


def test_a_number_far_beyond_a_gap_is_not_kept():
    with pytest.raises(lines.Faulty, match="too_far_ahead"):
        lines.Inbox().take(lines.AHEAD_MAX + 1)


@given(st.lists(st.integers(1, lines.TEXT_MAX), max_size=200))
def test_a_request_is_filled_as_far_as_it_goes(sizes):
    count = lines.fill(sizes)
    assert count <= lines.BATCH_COUNT
    assert bool(count) == bool(sizes)
    assert sum(sizes[:count]) <= lines.BATCH_ROOM or count == 1


@pytest.mark.parametrize(
    "text",
    [b"", b"\xff", b"[1", b"{} ", b'{"a":1.5}', b'{"a":NaN}', b'{"b":1,"a":2}', b'{"a":1,"a":1}', b"[" * 90 + b"]" * 90,
     b'{"a":"\\ud800"}', b'"x"', b"null"],
)  # fmt: skip
def test_what_is_no_envelope_is_refused(text):
    with pytest.raises(lines.Faulty):
        lines.read(lines.Letter, text, "wrong_format")


def test_an_envelope_is_read_as_it_was_written():
    letter = SecondNode().letter(seq=3, body={"text": "示例", "n": [1, {"x": None}]})
    assert lines.read(lines.Letter, letter.text(), "wrong_format") == letter


@pytest.mark.parametrize("typed", ["AB12 cd34", "ab12-CD34", "ab12:cd34", " ab12\tcd34\n"])
def test_a_fingerprint_is_the_same_however_it_is_typed(typed):
    assert lines.ungrouped(typed) == "ab12cd34"
    assert lines.groups("ab12cd34") == ["ab12", "cd34"]
