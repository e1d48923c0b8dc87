"""Work on many items gives the same answers, in order, however it is shared out; it can be watched and stopped."""

from __future__ import annotations

import math
import os
import signal
import time
from itertools import islice

import pytest

from tongxin.shared import blocks


def _root(number: int) -> float:
    time.sleep(0.02)
    return math.sqrt(number)


def _ends(item: tuple[int, str]) -> int:
    """Give a number; the process that meets a negative one is ended, at its first sight where a file is named."""
    number, once = item
    if number < 0 and not (once and os.path.exists(once)):
        if once:
            open(once, "w").close()
        os.kill(os.getpid(), signal.SIGKILL)
    return number


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


def test_a_cluster_that_is_not_there_says_what_to_do(monkeypatch):
    pytest.importorskip("distributed")
    monkeypatch.setattr(blocks, "ANSWERS", 0.5)
    with pytest.raises(blocks.NoCluster, match=r"does not answer\. .* --cluster"):
        blocks.every(math.sqrt, [1.0], cluster="tcp://127.0.0.1:9")


def _tell(item: tuple[int, str]) -> str:
    return f"lost {item[0]}"


def test_a_process_that_is_ended_loses_nothing_and_does_nothing_twice(tmp_path):
    items = [(0, ""), (1, ""), (-1, ""), *[(n, "") for n in range(3, 14)]]
    found = list(blocks.each(_ends, items, processes=2, lost=_tell))
    assert found == [0, 1, "lost -1", *range(3, 14)]
    items[2] = (-1, str(tmp_path / "seen"))
    assert list(blocks.each(_ends, items, processes=2, lost=_tell)) == [0, 1, -1, *range(3, 14)]
    with pytest.raises(blocks.WorkerLost):
        list(blocks.each(_ends, [(-1, "")], processes=2))


@pytest.fixture
def cluster():
    distributed = pytest.importorskip("distributed")
    made = distributed.LocalCluster(
        n_workers=1, threads_per_worker=2, processes=False, dashboard_address=None, silence_logs=50
    )
    yield made
    made.close(timeout=5)


def test_a_cluster_gives_what_one_process_gives(cluster):
    items = [3, 3, *range(20), 3]
    assert list(blocks.each(_root, items, cluster=cluster.scheduler_address)) == [math.sqrt(n) for n in items]


def test_a_cluster_that_is_stopped_on_the_way_is_said_and_the_rest_can_be_done_elsewhere(cluster):
    answers = blocks.each(_root, range(400), cluster=cluster.scheduler_address)
    found = list(islice(answers, 20))
    cluster.close(timeout=5)
    with pytest.raises(blocks.NoCluster, match="was lost"):
        found.extend(answers)
    found += blocks.each(_root, range(len(found), 400), processes=1)
    assert found == [math.sqrt(n) for n in range(400)]


def test_a_cluster_without_workers_is_said(cluster):
    cluster.scale(0)
    while cluster.scheduler.workers:
        time.sleep(0.05)
    with pytest.raises(blocks.NoCluster, match="has no workers"):
        list(blocks.each(_root, [1], cluster=cluster.scheduler_address))
