"""A sight that ends while its page is open: the page is emptied, what was typed is given back, nothing is sent."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.journeys import steps
from tests.journeys.test_hand_over import APPROVER, CLERK, TAKER, ready_case

pytestmark = pytest.mark.browser
REASON = "示例：平面图与现场不符"


def test_revocation_with_the_page_open(house, window, seat_in, accessible, fits):
    from tongxin.heart.cases import actions
    from tongxin.heart.cases.models import Case

    number, offer = ready_case(house)
    clerk = house.acting("wuqing-clerk", **CLERK)
    given = actions.give_consent(by=clerk, key="given", number=number, who="applicant", fields=["premises"])
    actions.take_over(by=house.acting("tongzhou-clerk", **TAKER), key="take", offer_id=offer)
    page = seat_in(
        window(language="en", width=390),
        "tongzhou-approver",
        APPROVER["post"],
    )
    page.goto(f"/cases/{number}/")
    expect(page.locator("main")).to_contain_text(steps.LICENCE["given_premises"])
    page.fill("[name=decide-reason]", REASON)

    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    actions.withdraw_consent(by=clerk, key="withdrawn", consent=given["consent"])
    page.locator("form[action$='/decide/'] button[type=submit]").first.click()

    expect(page.locator("main .error-page h1")).to_be_visible()
    expect(page.locator("main dd.kept")).to_have_text([REASON])
    expect(page.locator("main")).not_to_contain_text(steps.LICENCE["given_premises"])
    expect(page.locator("main")).not_to_contain_text(steps.LICENCE["given_credit_code"])
    assert sent == []
    assert Case.objects.get(number=number).state == "in_hand"
    accessible(page)
    fits(page)

    page.goto(f"/cases/{number}/")  # today's page keeps the field back, and work goes on
    expect(page.locator("main")).not_to_contain_text(steps.LICENCE["given_premises"])
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.locator("main")).to_contain_text(steps.LICENCE["given_credit_code"])
