"""Without a mouse: log in, find the row on the board, confirm a receipt, take a case in."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.authorisation.scene import built
from tests.journeys import steps
from tests.screens import acts
from tests.support.browser import violations
from tests.support.world import DEMO_PASSWORD

pytestmark = pytest.mark.browser


def tab_to(page: Page, selector: str, most: int = 120) -> None:
    """Press Tab until the focus is on what the selector names, and see that the focus can be seen."""
    for _press in range(most):
        page.keyboard.press("Tab")
        focused = page.locator("*:focus")
        if focused.count() and focused.first.evaluate("(e, s) => e.matches(s)", selector):
            ring = focused.first.evaluate(
                "e => { const s = getComputedStyle(e); return s.outlineStyle + s.boxShadow }"
            )
            assert ring != "nonenone", f"the focus on {selector} cannot be seen"
            return
    pytest.fail(f"{selector} is not reached with the keyboard on {page.url}")


def choose(page: Page, selector: str, value: str) -> None:
    """Choose in a list with the arrow key."""
    tab_to(page, selector)
    for _press in range(60):
        if page.locator(selector).input_value() == value:
            return
        page.keyboard.press("ArrowDown")
    pytest.fail(f"{value} is not in {selector}")


def sign_in(page: Page, username: str, onward: str) -> None:
    page.goto(f"/account/login/?next={onward}")
    tab_to(page, "input[name=login]")
    page.keyboard.type(username)
    tab_to(page, "input[name=password]")
    page.keyboard.type(DEMO_PASSWORD)
    with page.expect_navigation(url=re.compile(rf"^[^?]*{onward}$")):
        page.keyboard.press("Enter")


def test_the_skip_link_comes_first_and_leads_to_the_content(house, window):
    page = window(language="en")
    page.goto("/")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_a_receipt_is_confirmed(house, window):
    number = built(house).words["incident"]
    page = window(language="en")
    sign_in(page, "wuqing-duty", "/desk/")
    tab_to(page, f"main a[href*='/incidents/{number}/']")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/incidents/{number}/*")
    tab_to(page, "form[action*='/receipts/'] button")
    page.keyboard.press("Enter")
    expect(page.locator("form[action*='/receipts/']")).to_have_count(0)


def test_a_case_is_taken_in(house, window):
    page = window(language="en")
    sign_in(page, "wuqing-clerk", "/account/post/")
    seat = "input[name=seat][value^='tj-wuqing-services/window_clerk@']"
    tab_to(page, "input[name=seat]")
    for _press in range(10):
        if page.locator(seat).is_checked():
            break
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/desk/$"))
    page.goto("/cases/")
    tab_to(page, "a[href='/cases/new/']")
    page.keyboard.press("Enter")
    page.goto("/cases/new/?procedure=food-business-licence")
    choose(page, "select[name=decide_at]", "bj-tongzhou")
    for name, text in steps.LICENCE.items():
        tab_to(page, f"[name={name}]")
        page.keyboard.insert_text(text)
    for paper in steps.PAPERS:
        tab_to(page, f"input[name=papers][value={paper}]")
        page.keyboard.press("Space")
    tab_to(page, "form[data-form] button[type=submit]")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/cases/WUQING-2026-\d+/$"))


def test_figures_are_delivered_from_the_board(house, window):
    supply = built(house).words["supply"]
    page = window(language="en")
    sign_in(page, "langfang-duty", "/desk/")
    tab_to(page, f"main td a[href='/duties/{supply}/']")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/duties/{supply}/*")
    for name, text in {"location": "示例断面", "amount": "12.5 mg/L"}.items():
        tab_to(page, f"[name=perform-{name}]")
        page.keyboard.insert_text(text)
    tab_to(page, "form[action$='/performance/'] button[type=submit]")
    page.keyboard.press("Enter")
    expect(page.locator("form[action$='/performance/']")).to_have_count(0)
    expect(page.get_by_text("Claimed", exact=True)).to_be_visible()


def test_several_cases_are_accepted_from_the_list(house, window, seat_in):
    for n in range(3):
        acts.filed(house, key=f"several-{n}")
    page = window(language="en")
    seat_in(page, *acts.CLERKS["tj-wuqing"])
    page.goto("/cases/inbox/?tab=new")
    page.emulate_media(forced_colors="active")  # the reader's own colours: which list it is can still be seen
    painted = "e => getComputedStyle(e).backgroundColor"
    current, other = page.locator(".seg a[aria-current]"), page.locator(".seg a:not([aria-current])").first
    assert current.evaluate(painted) != other.evaluate(painted)
    page.emulate_media(forced_colors="none")
    tab_to(page, "tbody th a")
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.locator("tbody input:checked")).to_have_count(2)
    choose(page, "select[name=act]", "accept")
    tab_to(page, "form[action='/cases/bulk/'] button")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("Preview")
    assert violations(page) == []
    tab_to(page, "form[action='/cases/bulk/confirm/'] button")
    page.keyboard.press("Enter")
    expect(page.locator("h1 + .sub")).to_contain_text("2 done, 0 not done.")
    page.reload()
    expect(page.locator("h1 + .sub")).to_contain_text("2 done, 0 not done.")
