"""The hand-over: filed at Wuqing's window, taken over and decided in Tongzhou; and two windows at one case."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.journeys import steps

pytestmark = pytest.mark.browser
CLERK = {"post": "tj-wuqing-services/window_clerk"}
TAKER = {"post": "bj-tongzhou-services/window_clerk"}
APPROVER = {"post": "bj-tongzhou-services/approver"}
TONGZHOU = "bj-tongzhou/service_centre"


def ready_case(house, *, offered: bool = True):
    """A case that Wuqing has filed and accepted, and offered to Tongzhou; its number and the offer's id."""
    from tongxin.heart.cases import actions

    by = house.acting("wuqing-clerk", **CLERK)
    applicant = {name.removeprefix("given_"): text for name, text in steps.LICENCE.items()}
    filed = actions.file_case(
        by=by, key="file", procedure="food-business-licence", decide_at="bj-tongzhou",
        applicant=applicant, papers=list(steps.PAPERS),
    )  # fmt: skip
    actions.accept_case(by=by, key="accept", number=filed["case"])
    if not offered:
        return filed["case"], ""
    made = actions.offer(by=by, key="offer", number=filed["case"], to_desk=TONGZHOU, epoch=0)
    return filed["case"], made["offer"]


def test_a_case_is_handed_over_and_decided(house, window):
    # Wuqing's window takes it in, accepts it, offers it.
    wuqing = window()
    steps.sign_in(wuqing, "wuqing-clerk", **CLERK)
    number = steps.file_case(wuqing, decide_at="bj-tongzhou")
    steps.press(wuqing, "accept")
    wuqing.select_option("select[name=offer-to_desk]", TONGZHOU)
    steps.press(wuqing, "offer")
    expect(wuqing.locator("form[action$='/offer/']")).to_have_count(0)  # frozen: it may only be recalled
    expect(wuqing.locator("form[action$='/recall/']")).to_have_count(1)

    # It stands on both boards; who is in between sees nothing of it.
    wuqing.goto("/desk/")
    expect(wuqing.locator(f"main a[href*='/cases/{number}/']").first).to_be_visible()
    tongzhou = window(language="en")
    steps.sign_in(tongzhou, "tongzhou-clerk", **TAKER)
    expect(tongzhou.locator(f"main a[href*='/cases/{number}/']").first).to_be_visible()

    # Tongzhou takes it over; Wuqing may do nothing more.
    house.clock.move_by(minutes=40)
    tongzhou.goto(f"/cases/{number}/")
    expect(tongzhou.locator("main")).to_contain_text("示例·运河面馆")
    steps.press(tongzhou, "take-over")
    wuqing.goto(f"/cases/{number}/")
    for act in ("decide", "offer", "recall", "suspension", "acceptance"):
        expect(wuqing.locator(f"main form[action$='/{act}/']")).to_have_count(0)

    # Its approver decides; Wuqing, the applicant's contact, is told.
    approver = window(language="en")
    steps.sign_in(approver, "tongzhou-approver", **APPROVER)
    approver.goto(f"/cases/{number}/")
    approver.check("input[name=decide-outcome][value=granted]")
    steps.press(approver, "decide")
    expect(approver.locator("main form[action$='/decide/']")).to_have_count(0)
    wuqing.goto("/notifications/")
    expect(wuqing.locator("main li").first).to_contain_text(number)
    wuqing.goto(f"/cases/{number}/")
    expect(wuqing.locator("main")).to_contain_text("准予")


def test_the_extract_of_the_case_verifies_and_a_doctored_one_does_not(house, window, seat_in, tmp_path):
    from tongxin.heart.cases import actions

    number, offer = ready_case(house)
    actions.take_over(by=house.acting("tongzhou-clerk", **TAKER), key="take", offer_id=offer)
    page = seat_in(window(), "wuqing-clerk", **CLERK)
    file = steps.download_extract(page, tmp_path, f"case:{number}")
    steps.verify_also_doctored(file)
    other = steps.download_extract(seat_in(window(), "baodi-clerk"), tmp_path, f"case:{number}")
    assert "示例·运河面馆" not in other.read_text("utf-8"), "who has no part sees hashes, not the applicant"
    assert steps.verify(other)[0] == 0


def test_of_two_windows_that_answer_one_offer_one_wins(house, window, seat_in):
    number, _offer = ready_case(house)
    first = seat_in(window(language="en"), "tongzhou-clerk", **TAKER)
    second = seat_in(window(language="en"), "tongzhou-approver", **APPROVER)
    for page in (first, second):
        page.goto(f"/cases/{number}/")
    second.locator("input[name=return-reason]").first.check()
    second.fill("textarea[name=return-remark]", "The floor plan is missing a wall.")
    steps.press(first, "take-over")
    steps.press(second, "return")
    expect(second.locator("main")).to_contain_text("The first answer stands.")
    expect(second.locator("main")).to_contain_text("The floor plan is missing a wall.")
    second.goto(f"/cases/{number}/")
    expect(second.locator("form[action$='/decide/']")).to_have_count(1)


def test_of_two_windows_that_decide_one_case_one_wins(house, window, seat_in):
    from tongxin.heart.cases import actions

    number, offer = ready_case(house)
    actions.take_over(by=house.acting("tongzhou-clerk", **TAKER), key="take", offer_id=offer)
    first = seat_in(window(), "tongzhou-approver", **APPROVER)
    second = seat_in(window(width=390), "tongzhou-approver", **APPROVER)
    for page in (first, second):
        page.goto(f"/cases/{number}/")
    first.check("input[name=decide-outcome][value=granted]")
    second.check("input[name=decide-outcome][value=refused]")
    second.fill("textarea[name=decide-reason]", "示例：图纸缺一面墙")
    steps.press(first, "decide")
    steps.press(second, "decide")
    expect(second.locator("main")).to_contain_text("保留")
    expect(second.locator("main")).to_contain_text("示例：图纸缺一面墙")
    first.goto(f"/cases/{number}/")
    expect(first.locator("main")).to_contain_text("准予")


def test_a_button_pressed_twice_is_one_act(house, window, seat_in):
    number, _offer = ready_case(house, offered=False)
    page = seat_in(window(), "wuqing-clerk", **CLERK)
    page.goto(f"/cases/{number}/")
    page.select_option("select[name=offer-to_desk]", TONGZHOU)
    before = house.size()
    page.dblclick("form[action$='/offer/'] button[type=submit]")
    expect(page.locator("form[action$='/recall/']")).to_have_count(1)
    assert house.size() == before + 1
