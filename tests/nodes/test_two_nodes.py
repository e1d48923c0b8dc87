"""Two nodes as they are in service, two processes and two databases, over a line that drops, doubles, reorders, delays and is cut.

The clock of one is a day behind. What each writes arrives at the other once, in order, however the line or the servers
fare; killed at each step of a sending, a server goes on where it stood.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.support.folders import temporary
from tests.support.lossy import Lossy, lossy
from tests.support.two_nodes import RunningNode, join, wait_for

pytestmark = [pytest.mark.once("the nodes bring SQLite databases of their own"), pytest.mark.soak]
WUQING, TONGZHOU = "tj-wuqing/service_centre", "bj-tongzhou/service_centre"
DAY = 24 * 3600
Two = tuple[RunningNode, RunningNode, Lossy, Lossy]


@pytest.fixture(scope="module")
def two() -> Iterator[Two]:
    folder = temporary("two-nodes")
    wuqing = RunningNode("wuqing", folder / "a", WUQING, "tj-wuqing-services/window_clerk")
    tongzhou = RunningNode(
        "tongzhou", folder / "b", TONGZHOU, "bj-tongzhou-services/window_clerk", clock_off=-DAY
    )
    try:
        with ThreadPoolExecutor(2) as threads:
            list(threads.map(RunningNode.prepare, (wuqing, tongzhou)))
        wuqing.start()
        tongzhou.start()
        with lossy(tongzhou.port, seed=1) as there, lossy(wuqing.port, seed=2) as back:
            ways = ((wuqing, tongzhou, there), (tongzhou, wuqing, back))
            with ThreadPoolExecutor(2) as threads:
                list(threads.map(lambda w: join(w[0], w[1], f"http://localhost:{w[2].port}"), ways))
            yield wuqing, tongzhou, there, back
    finally:
        wuqing.end()
        tongzhou.end()
        shutil.rmtree(folder, ignore_errors=True)


def agree(wuqing: RunningNode, tongzhou: RunningNode, there: list[str], back: list[str]) -> bool:
    return (
        wuqing.waiting() == tongzhou.waiting() == 0
        and len(tongzhou.got()) >= len(there)
        and len(wuqing.got()) >= len(back)
    )


def test_a_bad_line_and_a_wrong_clock(two: Two):
    wuqing, tongzhou, there, back = two
    for way in (there, back):
        way.drop, way.double, way.hold, way.delay = 0.10, 0.10, 0.10, 0.2
        way.first = ["double", "hold"]
    sent, answered = [], []
    with ThreadPoolExecutor(2) as threads:
        for part in range(3):
            some = [f"w{part}-{n}" for n in range(12)]
            others = [f"t{part}-{n}" for n in range(12)]
            if part == 1:
                there.cut = back.cut = True
            list(
                threads.map(
                    lambda w: w[0].write(w[1], *w[2]), ((wuqing, TONGZHOU, some), (tongzhou, WUQING, others))
                )
            )
            sent += some
            answered += others
    time.sleep(12)
    assert wuqing.waiting() > 0, "the line is cut, and nothing waits"
    assert f"waiting {wuqing.waiting()} since" in wuqing.run(["node", "status"])
    for way in (there, back):
        way.cut, way.first = False, ["drop"]
    took = wait_for(
        lambda: agree(wuqing, tongzhou, sent, answered), 30, lambda: wuqing.run(["node", "status"])
    )
    for way in (there, back):
        way.let_go()
    time.sleep(2)
    assert tongzhou.got() == sent
    assert wuqing.got() == answered
    for node in (wuqing, tongzhou):
        assert node.rows("SELECT count(*) FROM exchange_message WHERE kind = 'note'") == [
            (len(sent + answered),)
        ]
        seqs = node.rows("SELECT channel_id, seq FROM exchange_envelope ORDER BY channel_id, seq")
        for channel in {c for c, _seq in seqs}:
            numbers = [seq for c, seq in seqs if c == channel]
            assert numbers == list(range(1, len(numbers) + 1)), "a gap in the numbers"
    happened = there.happened + back.happened
    print(f"\nagreed {took:.1f} s after healing; the line: {dict(happened)}")
    assert happened["cut"]
    assert happened["request lost"] + happened["answer lost"]
    assert happened["doubled"]
    said = wuqing.run(["node", "status"])
    assert "CLOCKS DIFFER" in said
    assert "-86" in said.replace("−", "-")
    assert wuqing.rows("SELECT count(*) FROM exchange_notification WHERE kind = 'line_skew'") != [(0,)]


STEPS = [
    ("a", "exchange.line.leased:before commit"),
    ("a", "exchange.line.leased:after commit"),
    ("a", "line:before send"),
    ("a", "line:after send"),
    ("a", "exchange.line.settled:before commit"),
    ("a", "exchange.line.settled:after commit"),
    ("b", "exchange.line.stored:before commit"),
    ("b", "exchange.line.stored:after commit"),
    ("b", "exchange.envelope.applied:before commit"),
    ("b", "exchange.envelope.applied:after commit"),
]


def test_killed_in_the_middle_of_each_step(two: Two):
    wuqing, tongzhou, there, back = two
    for way in (there, back):
        way.drop = way.double = way.hold = way.delay = 0.0
        way.cut = False
    before = tongzhou.got()
    for number, (who, point) in enumerate(STEPS):
        node = wuqing if who == "a" else tongzhou
        node.dies_at(point)
        wuqing.write(TONGZHOU, f"kill-{number}")
        wait_for(lambda n=node: n.has_died, 60, lambda p=point: f"it did not die at {p}")
        node.kill()
        node.start()
        wanted = [*before, *(f"kill-{n}" for n in range(number + 1))]
        wait_for(
            lambda w=wanted: tongzhou.got() == w and wuqing.waiting() == 0,
            40,
            lambda p=point: (p, tongzhou.got()[-3:]),
        )
    assert tongzhou.got() == [*before, *(f"kill-{n}" for n in range(len(STEPS)))]
