"""The notice: told and confirmed; told and not confirmed, reminded, escalated; then verified without the server."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from tests.journeys import steps
from tongxin.heart.agreements import jobs

pytestmark = pytest.mark.browser
WUQING, BAODI = "tj-wuqing/ecology_bureau", "tj-baodi/ecology_bureau"


@pytest.fixture
def deputy_next(house):
    """Baodi's deputy stands second on the roster for the week."""
    from tongxin.heart.region.models import RosterShift

    RosterShift.objects.create(
        desk_id=BAODI,
        post_id="tj-baodi-ecology/deputy",
        from_at=house.clock.at - timedelta(days=1),
        until_at=house.clock.at + timedelta(days=6),
    )


def test_a_notice_is_told_and_confirmed_and_the_other_one_escalates(house, deputy_next, window):
    # Langfang learns of it and reports.
    langfang = window()
    steps.sign_in(langfang, "langfang-duty")
    number = steps.report_incident(langfang)
    house.clock.move_by(minutes=12)
    steps.tell(langfang, number, WUQING)
    steps.tell(langfang, number, BAODI, forecast_arrival="示例：明日 06:00 前后")
    by_law = langfang.locator("form[action$='/notices/']")  # left: its own government and the province
    expect(by_law).to_have_count(2)

    # Wuqing finds it, reads what was carried, confirms.
    wuqing = window(language="en")
    steps.sign_in(wuqing, "wuqing-duty", onward="/incidents/")
    wuqing.click(f"main a[href='/incidents/{number}/']")
    expect(wuqing.locator("main")).to_contain_text("土门楼闸下")
    house.clock.move_by(minutes=5)
    with wuqing.expect_navigation():
        wuqing.click("form[action*='/receipts/'] button[type=submit]")
    expect(wuqing.locator("form[action*='/receipts/']")).to_have_count(0)

    # Baodi does not: 21 of the 30 minutes are gone, then 30, then 60.
    house.clock.move_by(minutes=17)
    assert jobs.ring_due() == 1
    baodi = window()
    steps.sign_in(baodi, "baodi-duty", onward="/notifications/")
    with baodi.expect_navigation():
        baodi.click("main li:has-text('尚未履行') button")
    assert baodi.url.endswith(f"/incidents/{number}/")
    house.clock.move_by(minutes=10)
    assert jobs.ring_due() == 1
    assert jobs.ring_due() == 0, "a step that was taken is not taken again"

    deputy = window(language="en")
    steps.sign_in(deputy, "baodi-deputy", onward="/notifications/")
    with deputy.expect_navigation():
        deputy.click("main li:has-text('verdue') button")
    assert deputy.url.endswith(f"/incidents/{number}/")
    deputy.goto("/desk/")
    late = deputy.locator(f"tr:has(a[href*='/incidents/{number}/'])")
    expect(late.first).to_be_visible()
    expect(deputy.locator("main")).to_contain_text("1 late")
    deputy.goto(f"/incidents/{number}/")
    expect(deputy.locator("form[action*='/receipts/']")).to_have_count(1)

    # Both sides see who confirmed, and Langfang sees that Baodi is overdue.
    langfang.goto(f"/incidents/{number}/")
    expect(langfang.locator("tr.overdue, .clock.overdue, [class*=overdue]").first).to_be_visible()


def test_the_extract_of_the_notice_verifies_and_a_doctored_one_does_not(house, window, tmp_path):
    langfang = window()
    steps.sign_in(langfang, "langfang-duty")
    number = steps.report_incident(langfang)
    steps.tell(langfang, number, WUQING)
    file = steps.download_extract(langfang, tmp_path, f"matter:{number}")
    assert '"state": "shown"' in file.read_text("utf-8"), "its own side sees what it wrote"
    steps.verify_also_doctored(file, steps.verifier_from(langfang, tmp_path))
