"""The pages of nodes with something on them: a line that waits, a key to compare, notes."""

from __future__ import annotations

import pytest

from tests.browser.test_screens import LOOKS, faults
from tests.support.second_node import SecondNode

pytestmark = pytest.mark.browser
THERE = "bj-tongzhou/service_centre"
CLERK = "tj-wuqing-services/window_clerk"


@pytest.fixture
def met(house) -> SecondNode:
    """Tongzhou is confirmed: a note came, one arrived, one waits on a line that is down. Langfang's key is not confirmed."""
    from datetime import timedelta

    from tongxin.heart.exchange import lines_in, lines_jobs, lines_notes, peers
    from tongxin.heart.region.acting import SYSTEM

    tongzhou, langfang = SecondNode(clock_off_by=timedelta(minutes=-3)), SecondNode("langfang", seed=8)
    for node in (tongzhou, langfang):
        peers.add(by=SYSTEM, key=node.name, address=f"http://localhost:{node.seed}", identity=node.identity())
    peers.confirm(by=SYSTEM, key="confirm", peer="tongzhou", fingerprint=tongzhou.key)
    peers.place(by=SYSTEM, key="place", desks=["bj-tongzhou"], peer="tongzhou")
    clerk = house.acting("wuqing-clerk", CLERK)
    lines_notes.send_note(by=clerk, key="1", to_desk=THERE, text="示例：平面图已核对")
    lines_jobs.send_lines(caller=tongzhou.call)
    lines_in.take(
        *tongzhou.batch(
            tongzhou.letter(body={"text": "示例：收到"}), tongzhou.letter("of_the_future", body={})
        )
    )
    lines_in.apply_all()
    tongzhou.down = True
    lines_notes.send_note(by=clerk, key="2", to_desk=THERE, text="示例：另有一件")
    lines_jobs.send_lines(caller=tongzhou.call)
    return langfang


@pytest.mark.parametrize(("language", "wide", "narrow"), LOOKS)
def test_the_pages_of_nodes(met, window, seat_in, troubles, language, wide, narrow):
    wrong: list[str] = []
    pages = {
        "wuqing-admin": ("/nodes/", "/nodes/peers/tongzhou/", "/nodes/peers/langfang/"),
        "wuqing-clerk": ("/nodes/notes/",),
    }
    for who, addresses in pages.items():
        page = seat_in(
            window(language=language, reduced_motion="reduce"), who, CLERK if "clerk" in who else ""
        )
        for n, address in enumerate(addresses):
            found = [*faults(page, address, language, (wide, narrow), first=n == 0), *troubles]
            troubles.clear()
            wrong += [f"{who} {address}: {fault}" for fault in found]
    assert not wrong, "\n".join(wrong)
