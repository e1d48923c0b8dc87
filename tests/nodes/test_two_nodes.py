"""Two nodes as they are in service, two processes and two databases, over a line that drops, doubles, reorders, delays and is cut.

The clock of one is a day behind. What each writes arrives at the other once, in order, however the line or the servers
fare; killed at each step of a sending, a server goes on where it stood. Other weather than the usual comes from the
environment: `LINE_DROP=0.3 LINE_CUT=20 …`, see tests/support/lossy.py.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.nodes import bad_line_cases
from tests.support.folders import temporary
from tests.support.lossy import Lossy, Weather, lossy
from tests.support.two_nodes import RunningNode, join, wait_for

pytestmark = pytest.mark.once("the nodes bring SQLite databases of their own")
WUQING, TONGZHOU = "tj-wuqing/service_centre", "bj-tongzhou/service_centre"
AGREE = 30.0  # seconds after healing in which both have what the other wrote
Two = tuple[RunningNode, RunningNode, Lossy, Lossy]


@pytest.fixture(scope="module")
def two() -> Iterator[Two]:
    folder, weather = temporary("two-nodes"), Weather.of()
    wuqing = RunningNode("wuqing", folder / "a", WUQING, "tj-wuqing-services/window_clerk")
    tongzhou = RunningNode(
        "tongzhou", folder / "b", TONGZHOU, "bj-tongzhou-services/window_clerk", clock_off=int(weather.clock)
    )
    try:
        with ThreadPoolExecutor(2) as threads:
            list(threads.map(RunningNode.prepare, (wuqing, tongzhou)))
            list(threads.map(RunningNode.start, (wuqing, tongzhou)))
            with (
                lossy(tongzhou.port, seed=weather.seed) as there,
                lossy(wuqing.port, seed=weather.seed + 1) as back,
            ):
                ways = ((wuqing, tongzhou, there), (tongzhou, wuqing, back))
                list(threads.map(lambda w: join(w[0], w[1], f"http://localhost:{w[2].port}"), ways))
                yield wuqing, tongzhou, there, back
    finally:
        wuqing.end()
        tongzhou.end()
        shutil.rmtree(folder, ignore_errors=True)


def test_a_bad_line_and_a_wrong_clock(two: Two):
    over_a_bad_line(two, Weather.of(cut=5.0), name="short", each=8)


@pytest.mark.soak
@pytest.mark.parametrize("seed", [11, 12, 13])
def test_a_line_that_is_cut_for_a_minute(two: Two, seed: int):
    over_a_bad_line(two, Weather.of(seed=seed), name=f"long-{seed}", each=40)


def test_cases_over_a_bad_line(two: Two):
    bad_line_cases.over_a_bad_line(two, Weather.of(cut=3.0, seed=3), name="short", each=2, agree=AGREE)


@pytest.mark.soak
@pytest.mark.parametrize("seed", [21, 22])
def test_cases_over_a_line_that_is_cut_for_a_minute(two: Two, seed: int):
    bad_line_cases.over_a_bad_line(two, Weather.of(seed=seed), name=f"long-{seed}", each=10, agree=AGREE)


def over_a_bad_line(two: Two, weather: Weather, *, name: str, each: int) -> None:
    """Both write three times: before the line is cut, while it is, after. They agree within `AGREE` seconds of healing."""
    wuqing, tongzhou, there, back = two
    had_there, had_back = tongzhou.got(), wuqing.got()
    texts = [[f"{name}-{part}-{n}" for n in range(each)] for part in range(3)]
    sent, answered = ([f"{who}-{text}" for part in texts for text in part] for who in "wt")
    cpu, begins = wuqing.cpu() + tongzhou.cpu(), time.monotonic()
    for way in (there, back):
        way.becomes(weather)
        way.dice.seed(weather.seed)
        way.first = ["double", "hold"]

    def write(part: int) -> None:
        todo = ((wuqing, TONGZHOU, "w"), (tongzhou, WUQING, "t"))
        with ThreadPoolExecutor(2) as threads:
            list(threads.map(lambda w: w[0].write(w[1], *[f"{w[2]}-{text}" for text in texts[part]]), todo))

    write(0)
    cut = time.monotonic()
    there.cut = back.cut = True
    write(1)
    time.sleep(max(0.0, cut + weather.cut - time.monotonic()))
    assert wuqing.waiting() > 0, "the line is cut, and nothing waits"
    for way in (there, back):
        way.cut, way.first = False, ["drop"]
    healed = time.monotonic()
    write(2)

    def agree() -> bool:
        waiting = wuqing.waiting() + tongzhou.waiting()
        return waiting == 0 and (tongzhou.got(), wuqing.got()) == (had_there + sent, had_back + answered)

    wait_for(agree, healed + AGREE - time.monotonic(), lambda: told(two, sent, answered))
    took = time.monotonic() - healed
    happened = there.happened + back.happened
    cpu, passed = wuqing.cpu() + tongzhou.cpu() - cpu, time.monotonic() - begins
    print(
        f"\n{name}: {len(sent + answered)} notes, agreed {took:.1f} s after healing; {passed:.0f} s in all, of which the "
        f"two servers computed {cpu:.1f}; the line: {dict(happened)}"
    )
    for way in (there, back):
        way.clears()
    wait_for(lambda: wuqing.waiting() + tongzhou.waiting() == 0, AGREE)
    assert tongzhou.got() == had_there + sent
    assert wuqing.got() == had_back + answered
    for node in (wuqing, tongzhou):
        once_and_without_gaps(node, len(had_there + sent + had_back + answered))
    assert happened["cut"]
    if each >= 40:  # of few sendings the dice may spare all
        assert happened["request lost"] + happened["answer lost"]
        assert happened["doubled"]
    if abs(weather.clock) > 30:
        said = wuqing.run(["node", "status"])
        assert "CLOCKS DIFFER" in said
        assert f"{weather.clock:+.0f}"[:3] in said.replace("−", "-")
        assert wuqing.rows("SELECT count(*) FROM exchange_notification WHERE kind = 'line_skew'") != [(0,)]


def once_and_without_gaps(node: RunningNode, notes: int) -> None:
    assert node.rows("SELECT count(*) FROM exchange_message WHERE kind = 'note'") == [(notes,)]
    seqs = node.rows("SELECT channel_id, seq FROM exchange_envelope ORDER BY channel_id, seq")
    for channel in {c for c, _seq in seqs}:
        numbers = [seq for c, seq in seqs if c == channel]
        assert numbers == list(range(1, len(numbers) + 1)), "a gap in the numbers"
    twice = node.rows(
        "SELECT subject FROM ledger_entry WHERE act = 'exchange.envelope.applied' GROUP BY subject HAVING count(*) > 1"
    )
    assert twice == [], "applied twice"


def told(two: Two, sent: list[str], answered: list[str]) -> str:
    wuqing, tongzhou, there, back = two
    lines = [
        f"of {len(sent)} there are {len(set(sent) & set(tongzhou.got()))} in Tongzhou",
        f"of {len(answered)} there are {len(set(answered) & set(wuqing.got()))} in Wuqing",
        f"there {dict(there.happened)}, back {dict(back.happened)}",
        wuqing.run(["node", "status"]),
        tongzhou.run(["node", "status"]),
        wuqing.said()[-2000:],
        tongzhou.said()[-2000:],
    ]
    return "\n".join(lines)


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


@pytest.mark.soak
def test_killed_in_the_middle_of_each_step(two: Two):
    wuqing, tongzhou, there, back = two
    for way in (there, back):
        way.clears()
    wanted = tongzhou.got()
    for number, (who, point) in enumerate(STEPS):
        node = wuqing if who == "a" else tongzhou
        node.dies_at(point)
        begins = time.monotonic()
        wuqing.write(TONGZHOU, f"kill-{number}")
        wanted.append(f"kill-{number}")
        wait_for(lambda n=node: n.has_died, 30, lambda p=point: f"it did not die at {p}")
        node.kill()
        died = time.monotonic()
        node.start()
        up = time.monotonic()
        took = wait_for(
            lambda: tongzhou.got() == wanted and wuqing.waiting() == 0,
            AGREE,
            lambda p=point: f"{p}: {told(two, wanted, [])}",
        )
        print(
            f"\n{point}: dead after {died - begins:.1f} s, up after {up - died:.1f}, agreed {took:.1f} s later"
        )
    assert tongzhou.got() == wanted
