"""The working calendar and its calculator: in every window, without a login, by keyboard alone."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.test_screens import LOOKS, faults

pytestmark = pytest.mark.browser
FESTIVAL = (
    "/calendar/?desk=bj-tongzhou/service_centre&year=2026&start=2026-02-12T15:00&amount=5&unit=days&clock=days"
    "&calendar_of=both&debtor=bj-tongzhou/service_centre&creditor=tj-wuqing/service_centre"
    "&pause_from=2026-02-14T10:00&pause_until=2026-02-25T10:00"
)
PAGES = (
    "/calendar/",
    "/calendar/?desk=tj-wuqing/service_centre&year=2027",
    FESTIVAL,
    FESTIVAL.replace("clock=days", "clock=calendar"),
)


@pytest.mark.parametrize(("language", "wide", "narrow"), LOOKS)
def test_it_reads_in_every_window(house, live_server, window, troubles, language, wide, narrow):
    page = window(language=language, reduced_motion="reduce")
    wrong = [
        f"{address}: {fault}"
        for number, address in enumerate(PAGES)
        for fault in faults(page, address, language, (wide, narrow), first=number == 0)
    ]
    assert not wrong + list(troubles), "\n".join(wrong + list(troubles))


def test_a_limit_is_counted_by_keyboard(house, live_server, window, troubles):
    page = window(language="en")
    page.goto("/calendar/?year=2026")
    page.get_by_role("link", name="When is it due?").focus()
    page.keyboard.press("Enter")
    start = page.get_by_label("Starts at")
    start.focus()
    start.fill("2026-02-12T15:00")
    page.get_by_label("Bound office").select_option("bj-tongzhou/service_centre")
    page.get_by_label("Time limit").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Due Thu 26 February 2026, 17:00")).to_be_visible()
    rows = page.get_by_role("region", name="How it was counted").get_by_role("row")
    told = [" ".join(row.split()) for row in rows.all_inner_texts()[1:]]
    assert told[0].startswith("2026-02-12 Thu the starting day does not count")
    assert any(row.startswith("2026-02-15 – 2026-02-23 holiday: Spring Festival") for row in told)
    assert any(row.startswith("2026-02-14 Sat counts: a working day at a weekend") for row in told)
    assert told[-1].endswith("5")
    assert not troubles


def test_what_cannot_be_counted_is_said_beside_the_field(house, live_server, window):
    page = window(language="en")
    answer = page.goto(FESTIVAL.replace("unit=days", "unit=hours"))
    assert answer is not None
    assert answer.status == 422
    expect(page.get_by_text("Working days are counted in days.").first).to_be_visible()
