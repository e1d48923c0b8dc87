"""Language and theme are switched without losing the page, and are kept; error pages say three things."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.authorisation.scene import POSTS, built

pytestmark = pytest.mark.browser
CLERK = POSTS["wuqing-clerk"]


def test_the_language_is_switched_on_the_page_one_is_on_and_kept(house, window, seat_in):
    page = seat_in(window(), "wuqing-clerk", CLERK)
    page.goto("/cases/?stage=all&q=2026")
    with page.expect_navigation():
        page.locator("button[name=language][value=en]:visible").click()
    assert page.url.endswith("/cases/?stage=all&q=2026")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator("h1")).to_have_text("Cases")
    page.goto("/ledger/")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    with page.expect_navigation():
        page.locator("button[name=language][value=zh-hans]:visible").click()
    expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")


def test_what_is_typed_after_a_refusal_comes_back_in_the_other_language(house, window, seat_in):
    page = seat_in(window(language="en"), "langfang-duty")
    page.goto("/incidents/new/")
    with page.expect_navigation():
        page.click("form[data-form] button[type=submit]")
    page.fill("input[name=location]", "示例 bridge at km 12")
    with page.expect_navigation():
        page.locator("button[name=language][value=zh-hans]:visible").click()
    expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")
    expect(page.locator("input[name=location]")).to_have_value("示例 bridge at km 12")
    expect(page.locator("[data-error-summary]")).to_be_visible()
    with page.expect_navigation():
        page.locator("input[name=location]").press("Enter")  # is not taken for the switch
    expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")
    expect(page.locator("input[name=location]")).to_have_value("示例 bridge at km 12")


def test_the_theme_is_switched_at_once_and_kept(house, window, seat_in):
    page = seat_in(window(), "wuqing-clerk", CLERK)
    page.goto("/cases/")
    page.locator("button[data-set-theme=dark]:visible").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.goto("/agreements/")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.locator("button[data-set-theme=system]:visible").click()
    expect(page.locator("html")).not_to_have_attribute("data-theme", re.compile("."))


@pytest.mark.troubles_expected
def test_error_pages_say_what_happened_what_was_kept_and_what_to_do(
    house, window, seat_in, accessible, fits, monkeypatch
):
    from tongxin.heart.cases import queries

    built(house)
    page = seat_in(window(width=390, language="en"), "wuqing-clerk", CLERK)

    def broken(*_args, **_more):
        raise RuntimeError("made to break")

    monkeypatch.setattr(queries, "in_order", broken)
    for address, status in {"/nothing/": 404, "/people/": 403, "/cases/": 500}.items():
        answer = page.goto(address)
        assert answer is not None
        assert answer.status == status, address
        accessible(page)
        fits(page)
        expect(page.locator("h1")).not_to_be_empty()
        assert "Traceback" not in page.content()
        assert "made to break" not in page.content()


def test_a_request_that_is_none_is_refused_with_a_page(house):
    client = house.client("wuqing-clerk", CLERK)
    answer = client.post("/cases/new/", {f"field-{n}": "x" for n in range(1100)})
    assert answer.status_code == 400
    assert b"<h1" in answer.content


def test_a_page_left_open_over_a_logout_gives_back_what_was_typed(house, window, seat_in):
    page = seat_in(window(language="en"), "langfang-duty")
    page.goto("/incidents/new/")
    page.fill("input[name=location]", "示例 bridge at km 12")
    page.context.clear_cookies(name="csrftoken")
    with page.expect_navigation():
        page.click("form[data-form] button[type=submit]")
    expect(page.locator("main")).to_contain_text("示例 bridge at km 12")
