"""The night of the spill in browser windows: Langfang upstream, Baodi and Wuqing below, in Chinese and in English.

The same night as `tests/worked_example`, minute by minute; here everything is typed and clicked. What the screens must
say is checked beside what the tables say.
"""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import steps
from tests.worked_example import instruments
from tests.worked_example.test_spill import BAODI, LANGFANG, WUQING, A, B, at
from tongxin.heart.agreements import jobs
from tongxin.heart.agreements.models import Duty
from tongxin.heart.ledger.verify import verify_log

pytestmark = pytest.mark.browser
PLACES = {"baodi": "tj-baodi", "wuqing": "tj-wuqing"}


def forecast(page: Page, number: str, known: str, **places: tuple[str, str, str]) -> None:
    """Enter a forecast: place → probability in percent, early and middle arrival as wall time of the 10th."""
    page.goto(f"/incidents/{number}/forecast/")
    day = "09" if int(known[:2]) >= 12 else "10"
    page.fill("[name=known_at]", f"2026-03-{day}T{known}")
    page.fill("[name=engine]", "spill")
    page.fill("[name=version]", "1")
    page.fill("[name=seed]", "7")
    page.fill("[name=inputs]", "a" * 64)
    for name, (probability, early, middle) in places.items():
        place = PLACES[name]
        page.fill(f"[name='p-{place}']", probability)
        for part, wall in (("p5", early), ("p50", middle)):
            if wall:
                page.fill(f"[name='{part}-{place}']", f"2026-03-10T{wall}")
    with page.expect_navigation():
        page.locator("main form[data-form] button[type=submit]").last.click()
    page.wait_for_url(re.compile(rf"/incidents/{number}/$"))


def tell(page: Page, number: str, desk: str, **given: str) -> None:
    """Send the notice to a desk; what the form asks for and is not given yet is filled in."""
    page.goto(f"/incidents/{number}/")
    form = page.locator(f"form[action$='/notices/']:has(input[name=to][value='{desk}'])").first
    for name, text in given.items():
        field = form.locator(f"[name={name}]")
        if field.count():
            field.fill(text)
    with page.expect_navigation():
        form.locator("button[type=submit]").click()


def confirm(page: Page, number: str) -> None:
    """Confirm every notice that waits for it."""
    page.goto(f"/incidents/{number}/")
    while page.locator("form[action*='/receipts/']").count():
        with page.expect_navigation():
            page.locator("form[action*='/receipts/'] button[type=submit]").first.click()


def due(number: str, key: str, owed: str, purpose: str = "do") -> list[tuple[str, Any]]:
    rows = Duty.objects.filter(matter=number, clause_key=key, owed_desk=owed, purpose=purpose)
    return list(rows.order_by("round").values_list("state", "due_at"))


def test_the_night_of_the_spill(house, window):
    house.clock.at = at("20:00")
    instruments.enter(
        instruments.law(),
        instruments.agreement_a(),
        instruments.agreement_b(3, "PT30M", "2024-01-01"),
        instruments.agreement_b(4, "PT20M", "2026-03-10"),
    )

    # 22:40 known, 23:10 recorded, with the first forecast.
    house.clock.move_to(at("23:10"))
    langfang = window()
    steps.sign_in(langfang, "langfang-duty")
    number = steps.report_incident(langfang, known_at="2026-03-09T22:40", amount="20 t")
    forecast(langfang, number, "23:10", baodi=("97", "09:00", "14:00"), wuqing=("40", "", ""))
    assert due(number, A, BAODI) == [("open", at("23:40"))]
    assert due(number, B, WUQING) == [("open", at("23:10"))]
    expect(langfang.locator("main")).to_contain_text("07:00")  # needed by
    expect(langfang.locator("main")).to_contain_text("22:40")
    expect(langfang.locator("main")).to_contain_text("23:10")

    # 23:18 Baodi, 23:20 Wuqing, 23:25 the own government and the province.
    house.clock.move_to(at("23:18"))
    tell(langfang, number, BAODI, forecast_arrival="示例：14:00 前后")
    house.clock.move_to(at("23:20"))
    tell(langfang, number, WUQING, forecast_arrival="示例：尚不确定")
    house.clock.move_to(at("23:25"))
    for desk in ("he-langfang/government_office", "he/ecology_bureau"):
        tell(langfang, number, desk)
    assert not Duty.objects.filter(matter=number, bound_desk=LANGFANG, state="open").exists()

    # 23:31 Baodi confirms, in English. 23:50 nobody is on Wuqing's roster: the deputy is rung, and confirms at 00:12.
    house.clock.move_to(at("23:31"))
    baodi = window(language="en")
    steps.sign_in(baodi, "baodi-duty", onward="/incidents/")
    confirm(baodi, number)
    house.clock.move_to(at("23:50"))
    jobs.ring_due()
    house.clock.move_to(at("00:12"))
    deputy = window(language="en")
    steps.sign_in(deputy, "wuqing-deputy", onward="/notifications/")
    expect(deputy.locator("main")).to_contain_text(re.compile("verdue|late"))
    confirm(deputy, number)
    owed = Duty.objects.get(matter=number, purpose="confirm", bound_desk=WUQING)
    assert (owed.state, (owed.delivered_at - owed.due_at).total_seconds()) == ("met", 22 * 60)

    # 01:30 the forecast moves up: A is renewed. 02:05 told.
    house.clock.move_to(at("01:30"))
    forecast(langfang, number, "01:30", baodi=("98", "09:00", "11:30"), wuqing=("3", "", ""))
    assert due(number, A, BAODI)[1:] == [("open", at("02:30"))]
    house.clock.move_to(at("02:05"))
    tell(langfang, number, BAODI, forecast_arrival="示例：11:30 前后")

    # 04:10 Wuqing is let go; 04:20 told so.
    house.clock.move_to(at("04:10"))
    forecast(langfang, number, "04:10", baodi=("98", "09:00", "11:20"), wuqing=("0.5", "", ""))
    assert due(number, B, WUQING, "stand_down") == [("open", at("05:10"))]
    house.clock.move_to(at("04:20"))
    langfang.goto(f"/incidents/{number}/")
    with langfang.expect_navigation():
        langfang.locator("form[action$='/stand-downs/'] button[type=submit]").first.click()
    assert due(number, B, WUQING, "stand_down")[0][0] == "met"

    # 05:00 two tonnes, not twenty: told anew, with one message at 05:22 that meets both.
    house.clock.move_to(at("05:00"))
    langfang.goto(f"/incidents/{number}/correct/")
    langfang.fill("[name=amount]", "2 t")
    langfang.fill("[name=known_at]", "2026-03-10T05:00")
    langfang.fill("[name=reason]", "示例：复核后更正")
    with langfang.expect_navigation():
        langfang.locator("main form[data-form] button[type=submit]:not([name=preview])").last.click()
    langfang.wait_for_url(re.compile(rf"/incidents/{number}/$"))
    assert due(number, A, BAODI)[2:] == [("open", at("06:00"))]
    assert due(number, B, BAODI)[1:] == [("open", at("05:30"))]
    house.clock.move_to(at("05:22"))
    tell(langfang, number, BAODI, forecast_arrival="示例：11:20 前后")
    assert not Duty.objects.filter(matter=number, bound_desk=LANGFANG, state="open").exists()

    # 08:30 Baodi's bureau is merged, on the administrator's page; 08:55 the sample is handed in by the new office.
    house.clock.move_to(at("08:30"))
    admin = window()
    steps.sign_in(admin, "baodi-admin", onward="/people/desks/")
    admin.select_option("select[name=desk]", BAODI)
    admin.select_option("select[name=office]", "tj-baodi-coordination")
    admin.fill("[name=on]", "2026-03-10")
    with admin.expect_navigation():
        admin.locator("main form[data-form] button[type=submit]").click()
    sample = Duty.objects.get(matter=number, clause_key="example-a/sample")
    assert (sample.state, sample.due_at) == ("open", at("09:00"))
    house.clock.move_to(at("08:55"))
    on_call = window()
    steps.sign_in(on_call, "baodi-on-call")
    on_call.goto(f"/account/post/?next=/incidents/{number}/")
    on_call.locator(f"input[name=seat][value$='@{BAODI}']").first.check()
    with on_call.expect_navigation():
        on_call.click("form:has(input[name=seat]) button[type=submit]")
    tell(on_call, number, LANGFANG, sample="示例：0.8 mg/L")
    sample.refresh_from_db()
    assert (sample.state, sample.delivered_at) == ("met", at("08:55"))

    # Why it was owed, in words, for each duty; and the ledger holds.
    for language in ("zh-hans", "en"):
        reader = window(language=language)
        steps.sign_in(reader, "langfang-coordinator")
        for duty in Duty.objects.filter(matter=number).order_by("id"):
            answer = reader.goto(f"/duties/{duty.pk}/")
            assert answer is not None
            assert answer.status == 200
            expect(reader.locator("main h1")).to_be_visible()
    assert verify_log().holds
