"""A desk is subscribed, its receiver is down, what was given up is sent again: on a telephone, with the real outbox."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.authorisation.scene import POSTS, TONGZHOU, built
from tests.support import receivers

pytestmark = pytest.mark.browser


def test_from_subscribing_to_sending_again(house, window, seat_in, accessible, fits):
    from tongxin.heart.cases import actions as cases
    from tongxin.heart.exchange import jobs

    number = built(house).words["accepted"]
    page = seat_in(window(width=390, language="en"), "tongzhou-coordinator", POSTS["tongzhou-coordinator"])
    with receivers.web(410, 200) as outside:
        page.goto("/notifications/")
        page.get_by_role("link", name="Outbox and subscriptions").click()
        page.get_by_role("link", name="Subscribe a desk").click()
        page.select_option("[name=desk]", TONGZHOU)
        page.select_option("[name=connector]", "webhook")
        page.fill("[name=target]", outside.address)
        page.get_by_role("button", name="Subscribe").click()
        assert len(page.locator("[data-secret]").inner_text()) == 64
        accessible(page)
        fits(page)
        clerk = house.acting("wuqing-clerk", POSTS["wuqing-clerk"])
        cases.offer(by=clerk, key="offered", number=number, to_desk=TONGZHOU, epoch=0)
        jobs.send_due()
        page.goto("/outbox/?state=dead")
        expect(page.get_by_text("the other system answered with status 410")).to_be_visible()
        page.get_by_role("button", name="Send again").click()
        expect(page.get_by_text("It is sent again.")).to_be_visible()
        jobs.send_due()
        page.reload()
        expect(page.locator("dl").first).to_contain_text("Sent")
        fits(page)
    assert len(outside.got) == 2
    assert len(set(outside.ids)) == 1
