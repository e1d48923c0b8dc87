"""Work on many items gives the same answers, in order, however it is shared out; it can be watched and stopped."""

from __future__ import annotations

import math

import pytest

from tongxin.shared import blocks


def test_two_processes_give_what_one_gives_in_order():
    items = list(range(20))
    alone = blocks.every(math.sqrt, items)
    assert alone == [math.sqrt(n) for n in items]
    assert blocks.every(math.sqrt, items, processes=2) == alone
    assert list(blocks.each(math.sqrt, iter(items), processes=2)) == alone


def test_it_tells_how_far_it_is_and_stops_when_asked():
    told: list[tuple[int, int]] = []
    with pytest.raises(blocks.Cancelled):
        blocks.every(
            math.sqrt,
            range(9),
            progress=lambda done, of: told.append((done, of)),
            cancelled=lambda: len(told) == 3,
        )
    assert told == [(1, 9), (2, 9), (3, 9)]


def test_what_the_work_raises_comes_up_at_its_item():
    answers = blocks.each(math.sqrt, [4.0, -1.0, 9.0])
    assert next(answers) == 2.0
    with pytest.raises(ValueError, match=r"math domain error|nonnegative"):
        next(answers)


def test_nothing_to_do_is_no_fault():
    assert blocks.every(math.sqrt, [], processes=4) == []


def test_a_cluster_that_is_not_there_says_what_to_do():
    with pytest.raises(blocks.NoCluster, match="--cluster"):
        blocks.every(math.sqrt, [1.0], cluster="tcp://127.0.0.1:9")
