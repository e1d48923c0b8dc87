"""Cases over a bad line: each node files and offers some, recalls some, takes over what comes; who may act is watched."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from tests.support.lossy import Lossy, Weather
from tests.support.two_nodes import RunningNode, wait_for

PAPERS = ["application_form", "business_licence", "floor_plan", "safety_rules"]
Stand = dict[str, tuple[str, int, str]]  # number → holder, epoch, state


def filed_and_offered(node: RunningNode, other: RunningNode, name: str, count: int) -> list[str]:
    """File, accept and offer so many cases; return their numbers."""
    numbers = []
    for n in range(count):
        given = {
            "applicant_name": f"示例·{name} {n}",
            "credit_code": f"91000000SHILI{n:05d}",
            "premises": "示例街 1 号",
        }
        place = other.desk.partition("/")[0]
        how = {
            "key": f"file:{name}:{node.name}:{n}", "procedure": "food-business-licence", "decide_at": place,
            "applicant": given, "papers": PAPERS,
        }  # fmt: skip
        (filed,) = node.act(("file_case", how))
        number = filed["case"]
        done = node.act(
            ("accept_case", {"number": number}),
            ("offer", {"number": number, "to_desk": other.desk, "epoch": 0}),
        )
        assert "refused" not in done[1], done
        numbers.append(number)
    return numbers


def offers(node: RunningNode, side: str) -> list[str]:
    """The open offers of a node's desk, in the order in which they stand there: `from` it or `to` it."""
    found = node.rows(
        f"SELECT id FROM cases_offer WHERE {side}_desk_id = ? AND state = 'offered' ORDER BY offered_at, id",
        node.desk,
    )
    return [row for (row,) in found]


def take_over_all(node: RunningNode) -> None:
    node.act(*(("take_over", {"offer_id": each}) for each in offers(node, "to")))


def stand(node: RunningNode) -> Stand:
    return {
        number: (holder, epoch, state)
        for number, holder, epoch, state in node.rows(
            "SELECT number, holder_id, epoch, state FROM cases_case"
        )
    }


def actors(node: RunningNode) -> dict[str, int]:
    """The cases that the node's desk may act on now, with the epoch under which it holds them."""
    rows = node.rows(
        "SELECT number, epoch FROM cases_case WHERE holder_id = ? AND frozen_by_id IS NULL"
        " AND state IN ('accepted', 'in_hand', 'suspended')",
        node.desk,
    )
    return dict(rows)


@contextmanager
def watched(one: RunningNode, other: RunningNode) -> Iterator[list[str]]:
    """Look again and again whether both may act on a case at one instant; the list names the cases.

    The two databases are read one after the other: who held a case before and after the other was asked, under the
    same epoch, held it meanwhile too.
    """
    found: list[str] = []
    ends, looks = threading.Event(), [0]

    def look() -> None:
        while not ends.wait(0.1):
            before, there, after = actors(one), actors(other), actors(one)
            found.extend(n for n in there if n in before and before[n] == after.get(n))
            looks[0] += 1

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    try:
        yield found
    finally:
        ends.set()
        thread.join()
    assert looks[0] > 3
    assert found == [], "two desks could act on a case at one instant"


def over_a_bad_line(
    two: tuple[RunningNode, RunningNode, Lossy, Lossy],
    weather: Weather,
    *,
    name: str,
    each: int,
    agree: float,
) -> None:
    """Offer both ways, recall half while the line is cut, take over the rest; in the end both say the same."""
    wuqing, tongzhou, there, back = two
    pairs = ((wuqing, tongzhou), (tongzhou, wuqing))
    before = set(stand(wuqing))
    for way in (there, back):
        way.becomes(weather)
        way.first = ["double", "hold"]
    with watched(wuqing, tongzhou), ThreadPoolExecutor(2) as threads:
        list(threads.map(lambda pair: filed_and_offered(pair[0], pair[1], f"{name}-a", each), pairs))
        list(threads.map(take_over_all, (wuqing, tongzhou)))
        cut = time.monotonic()
        there.cut = back.cut = True
        list(threads.map(lambda pair: filed_and_offered(pair[0], pair[1], f"{name}-b", each), pairs))
        for node in (wuqing, tongzhou):
            node.act(*(("recall", {"offer_id": offer}) for offer in offers(node, "from")[1::2]))
        list(threads.map(take_over_all, (wuqing, tongzhou)))
        time.sleep(max(0.0, cut + weather.cut - time.monotonic()))
        for way in (there, back):
            way.cut, way.first = False, ["drop"]
        healed = time.monotonic()
        wait_for(lambda: agreed(wuqing, tongzhou), agree, lambda: told(wuqing, tongzhou))
    took, happened = time.monotonic() - healed, there.happened + back.happened
    found = {number: row for number, row in stand(wuqing).items() if number not in before}
    moved = sum(epoch for _holder, epoch, _state in found.values())
    print(
        f"\n{name}: {len(found)} cases, {moved} handed over, agreed {took:.1f} s after healing; {dict(happened)}"
    )
    for way in (there, back):
        way.clears()
    wait_for(lambda: agreed(wuqing, tongzhou), agree)
    assert len(found) == 4 * each
    for number, (holder, epoch, state) in stand(wuqing).items():
        own = wuqing.desk if number.startswith("WUQING") else tongzhou.desk
        other = tongzhou.desk if own == wuqing.desk else wuqing.desk
        assert (holder, epoch, state) in {(own, 0, "accepted"), (other, 1, "in_hand")}, number
    assert 0 < moved < len(found), "some were handed over, some were recalled in time"
    for node in (wuqing, tongzhou):
        lost = node.rows("SELECT kind, reason FROM exchange_envelope WHERE state IN ('refused', 'unknown')")
        assert lost == []


def agreed(wuqing: RunningNode, tongzhou: RunningNode) -> bool:
    """Whether nothing waits, nothing is open, and both say the same of every case; what came is taken over first."""
    for node in (wuqing, tongzhou):
        take_over_all(node)
    if wuqing.waiting() + tongzhou.waiting():
        return False
    is_open = [offers(node, side) for node in (wuqing, tongzhou) for side in ("from", "to")]
    return not any(is_open) and stand(wuqing) == stand(tongzhou)


def told(wuqing: RunningNode, tongzhou: RunningNode) -> dict[str, Any]:
    here, over = stand(wuqing), stand(tongzhou)
    return {
        "waiting": (wuqing.waiting(), tongzhou.waiting()),
        "open": [offers(node, side) for node in (wuqing, tongzhou) for side in ("from", "to")],
        "differ": {
            n: (here.get(n), over.get(n)) for n in here.keys() | over.keys() if here.get(n) != over.get(n)
        },
        "refused": [
            node.rows("SELECT kind, reason FROM exchange_envelope WHERE state IN ('refused', 'unknown')")
            for node in (wuqing, tongzhou)
        ],
        "logs": (wuqing.said()[-1500:], tongzhou.said()[-1500:]),
    }
