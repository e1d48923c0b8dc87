"""The case of the model on two servers, in one browser: Wuqing's window on one, Tongzhou's and Langfang's on the other.

Filed and accepted at Wuqing, refused by Tongzhou as not competent, taken over and decided by Langfang; the applicant's
contact sees each step at home. What the times come to is in tests/nodes/test_cases_cross.py, where the clock is moved.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import steps
from tests.support.folders import temporary
from tests.support.two_nodes import RunningNode, join

pytestmark = [pytest.mark.browser, pytest.mark.once("the nodes bring SQLite databases of their own")]
TONGZHOU, LANGFANG = "bj-tongzhou/service_centre", "he-langfang/service_centre"
CROSSES = 60.0  # seconds in which what was sent is applied at the other node


@pytest.fixture(scope="module")
def nodes() -> Iterator[tuple[RunningNode, RunningNode]]:
    folder = temporary("journey-nodes")
    west = RunningNode("wuqing", folder / "a", "tj-wuqing/service_centre", "tj-wuqing-services/window_clerk")
    east = RunningNode("tongzhou", folder / "b", TONGZHOU, "bj-tongzhou-services/window_clerk")
    try:
        with ThreadPoolExecutor(2) as threads:
            list(threads.map(RunningNode.prepare, (west, east)))
            list(threads.map(RunningNode.start, (west, east)))
            ways: tuple[tuple[RunningNode, RunningNode, list[str]], ...] = (
                (west, east, ["he-langfang"]),
                (east, west, []),
            )
            list(threads.map(lambda w: join(w[0], w[1], f"http://localhost:{w[1].port}", *w[2]), ways))
            yield west, east  # the servers end with the threads that started them
    finally:
        west.end()
        east.end()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def browser_context_args() -> dict[str, str]:
    """No server of the test process: each window says at which node it is."""
    return {"locale": "zh-CN", "timezone_id": "Asia/Shanghai"}


@pytest.fixture
def at(new_context) -> Callable[..., Page]:
    """Opens a window of one browser at a node, and logs in there."""

    def open_one(node: RunningNode, username: str, post: str, language: str) -> Page:
        address = f"http://localhost:{node.port}"
        context = new_context(base_url=address)
        context.add_cookies([{"name": "django_language", "value": language, "url": address}])
        page = context.new_page()
        steps.sign_in(page, username, post=post)
        return page

    return open_one


def until(page: Page, address: str, selector: str) -> None:
    """Look at a page again until what came over the line stands on it."""
    begins = time.monotonic()
    while True:
        page.goto(address)
        if page.locator(selector).count():
            return
        assert time.monotonic() - begins < CROSSES, (
            f"{selector} is not on {address}: {page.locator('main').inner_text()}"
        )
        page.wait_for_timeout(300)


@pytest.mark.parametrize("language", ["zh-hans", pytest.param("en", marks=pytest.mark.soak)])
def test_the_case_of_the_model_on_two_servers(nodes, at, language):
    west, east = nodes
    wuqing = at(west, "wuqing-clerk", "tj-wuqing-services/window_clerk", language)
    tongzhou = at(east, "tongzhou-clerk", "bj-tongzhou-services/window_clerk", language)
    langfang = at(east, "langfang-clerk", "he-langfang-services/window_clerk", language)
    approver = at(east, "langfang-approver", "he-langfang-services/approver", language)

    number = steps.file_case(wuqing, decide_at="bj-tongzhou")
    case = f"/cases/{number}/"
    steps.press(wuqing, "accept")
    wuqing.select_option("select[name=offer-to_desk]", TONGZHOU)
    steps.press(wuqing, "offer")
    expect(wuqing.locator("form[action$='/recall/']")).to_have_count(1)  # frozen here

    until(tongzhou, "/desk/", f"main a[href*='{case}']")
    tongzhou.goto(case)
    expect(tongzhou.locator("main")).to_contain_text("示例·运河面馆")
    tongzhou.check("input[name=return-reason][value=not_competent]")
    steps.press(tongzhou, "return")

    until(wuqing, case, "form[action$='/offer/']")  # it may act again
    wuqing.select_option("select[name=offer-to_desk]", LANGFANG)
    steps.press(wuqing, "offer")
    until(langfang, "/desk/", f"main a[href*='{case}']")
    langfang.goto(case)
    steps.press(langfang, "take-over")
    until(approver, case, "form[action$='/decide/']")
    approver.check("input[name=decide-outcome][value=granted]")
    steps.press(approver, "decide")

    until(wuqing, case, "form[action$='/closing/'], form[action$='/close/']")
    expect(wuqing.locator("main")).to_contain_text("准予" if language == "zh-hans" else "Granted")
    expect(wuqing.locator("form[action$='/offer/'], form[action$='/decide/']")).to_have_count(0)
    tongzhou.goto(case)  # it keeps the story, and sees no more of who applied
    expect(tongzhou.locator("main")).not_to_contain_text("91120000MA0TEST001")
