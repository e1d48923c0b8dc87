"""The pages of nodes with something on them: a line that waits, a key to compare, notes; and all of it without a mouse."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.test_keyboard import tab_to
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


def test_a_fingerprint_is_typed_and_a_note_is_written_without_a_mouse(met, window, seat_in):
    admin = seat_in(window(language="en"), "wuqing-admin")
    admin.goto("/nodes/")
    tab_to(admin, "main a[href='/nodes/peers/langfang/']")
    admin.keyboard.press("Enter")
    admin.wait_for_url("**/nodes/peers/langfang/")
    tab_to(admin, "input[name=fingerprint]")
    admin.keyboard.type("0" * 64)
    admin.keyboard.press("Enter")
    expect(admin.locator("main")).to_contain_text("not the fingerprint")
    tab_to(admin, "input[name=fingerprint]")
    admin.keyboard.press("Control+a")
    admin.keyboard.type(" ".join(met.key[n : n + 4] for n in range(0, 64, 4)))
    admin.keyboard.press("Enter")
    expect(admin.locator("form:has(input[name=fingerprint])")).to_have_count(0)

    clerk = seat_in(window(language="en"), "wuqing-clerk", CLERK)
    clerk.goto("/nodes/notes/")
    tab_to(clerk, "select[name=to_desk]")
    clerk.keyboard.type("Tongzhou")  # as one finds a line in a long list; its desks follow each other
    for _press in range(40):
        if clerk.locator("select[name=to_desk]").input_value() == THERE:
            break
        clerk.keyboard.press("ArrowDown")
    tab_to(clerk, "textarea[name=text]")
    clerk.keyboard.insert_text("示例：请回电")
    tab_to(clerk, "form[data-form] button[type=submit]")
    clerk.keyboard.press("Enter")
    expect(clerk.locator("main tbody")).to_contain_text("示例：请回电")
