"""Ways in: authenticator program, passkey (a virtual one), and the door that closes after wrong tries."""

from __future__ import annotations

import base64
import hashlib
import hmac
import struct
import time

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import steps
from tests.support.world import DEMO_PASSWORD

pytestmark = pytest.mark.browser


def code_of(secret: str) -> str:
    """The six digits that an authenticator program shows now (RFC 6238)."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.new(key, struct.pack(">Q", int(time.time()) // 30), hashlib.sha1).digest()
    start = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[start : start + 4])[0] & 0x7FFFFFFF) % 10**6:06}"


def password(page: Page, username: str, text: str = DEMO_PASSWORD) -> None:
    page.goto("/account/login/")
    page.fill("input[name=login]", username)
    page.fill("input[name=password]", text)
    with page.expect_navigation():
        page.click("form:has(input[name=login]) button[type=submit]")


def open_own_login(page: Page, address: str) -> None:
    """Open a page that changes the login itself: the password is asked once more."""
    page.goto(address)
    assert "/reauthenticate/" in page.url
    page.fill("input[name=password]", DEMO_PASSWORD)
    with page.expect_navigation():
        page.click("main form:has(input[name=password]) button[type=submit]")
    assert page.url.endswith(address)


def sign_out(page: Page) -> None:
    page.goto("/account/logout/")
    with page.expect_navigation():
        page.click("main form button[type=submit]")


def test_an_authenticator_program_is_set_up_and_asked_for(house, window):
    page = window(language="en")
    password(page, "wuqing-duty")
    open_own_login(page, "/account/2fa/totp/activate/")
    secret = page.locator("main code.mono").inner_text().strip()
    page.fill("input[name=code]", "000000" if code_of(secret) != "000000" else "000001")
    page.click("main form[data-form] button[type=submit]")
    expect(page.locator("main .error-summary")).to_be_visible()
    page.fill("input[name=code]", code_of(page.locator("main code.mono").inner_text().strip()))
    with page.expect_navigation():
        page.click("main form[data-form] button[type=submit]")
    sign_out(page)
    password(page, "wuqing-duty")
    assert page.url.endswith("/account/2fa/authenticate/")
    house.clock.move_by(minutes=1)
    page.fill("input[name=code]", code_of(secret))
    with page.expect_navigation():
        page.locator("form:has(input[name=code]) button[type=submit]").first.click()
    page.goto("/desk/")
    expect(page.locator("h1")).to_be_visible()
    assert page.url.endswith("/desk/")


def test_a_passkey_is_added_and_is_enough_to_come_in(house, window):
    page = window(language="en")
    debugger = page.context.new_cdp_session(page)
    debugger.send("WebAuthn.enable")
    debugger.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    password(page, "wuqing-duty")
    open_own_login(page, "/account/2fa/webauthn/add/")
    page.fill("input[name=name]", "示例 key")
    page.check("input[name=passwordless]")
    with page.expect_navigation():
        page.click("form[data-passkey=create] button[type=submit]")
    page.goto("/account/2fa/webauthn/")
    expect(page.locator("main")).to_contain_text("示例 key")
    sign_out(page)
    page.goto("/account/login/?next=/desk/")
    with page.expect_navigation():
        page.click("form[data-passkey=login] button[type=submit]")
    page.goto("/desk/")
    assert page.url.endswith("/desk/"), page.locator("main").inner_text()


def test_the_door_closes_after_wrong_tries_and_opens_with_time(house, window):
    page = window(language="en")
    for _try in range(5):
        password(page, "baodi-duty", "not the password")
    password(page, "baodi-duty")
    expect(page.locator("main")).to_contain_text("locked")
    other = window(language="en")
    password(other, "baodi-deputy")
    assert "/account/login/" not in other.url, "another name from the same office comes in"
    house.clock.move_by(minutes=16)
    steps.sign_in(page, "baodi-duty")
