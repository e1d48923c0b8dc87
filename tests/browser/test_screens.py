"""Every screen that the menu leads to, in both languages, wide and narrow, light and dark: accessible, quiet, no wider
than its window, and not half translated."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest

from tests.authorisation.scene import POSTS, build
from tests.support.browser import violations

pytestmark = pytest.mark.browser
# Whose windows, and which pages beyond those in their menu; {words} come from the scene.
PAGES = {
    "": (
        "/", "/services/", "/agreements/", "/agreements/baodi-langfang-water@1/", "/ledger/", "/ledger/3/",
        "/ledger/extract/", "/guide/verify/", "/search/?q=food", "/account/login/", "/account/signup/",
    ),
    "wuqing-duty": (
        "/incidents/{incident}/", "/notifications/?show=all", "/search/?q={incident}", "/account/",
        "/account/post/", "/account/2fa/", "/account/password/change/", "/duties/{delivered}/", "/duties/{duty}/",
    ),
    "langfang-duty": (
        "/incidents/new/", "/incidents/{incident}/", "/incidents/{incident}/correct/", "/incidents/{incident}/withdraw/",
        "/incidents/{incident}/forecast/", "/incidents/{incident}/merge/", "/incidents/{incident}/close/",
        "/incidents/{incident}/calls/?to=tj-baodi/ecology_bureau", "/incidents/{twin}/", "/duties/{supply}/",
        "/matters/{period}/",
    ),
    "langfang-deputy": ("/duties/{gate}/",),
    "baodi-duty": ("/incidents/{incident}/", "/incidents/{incident}/object/"),
    "wuqing-clerk": ("/cases/?stage=all", "/cases/new/", "/cases/{filed}/", "/cases/{accepted}/", "/cases/{offered}/"),
    "tongzhou-clerk": ("/cases/{offered}/", "/services/results/", "/services/results/new/"),
    "tongzhou-approver": ("/cases/{in_hand}/",),
    "wuqing-coordinator": (
        "/desk/?scope=region", "/desk/?scope=jurisdiction", "/outbox/", "/outbox/{dead}/", "/outbox/?state=sent",
        "/outbox/subscriptions/", "/outbox/subscriptions/{subscription}/", "/outbox/subscriptions/{stopped}/",
        "/conflicts/", "/conflicts/{conflict}/", "/agenda/", "/agenda/?state=off", "/agenda/{item}/",
        "/agenda/sheet/?on=2026-03-11",
    ),
    "baodi-coordinator": (
        "/agreements/", "/agreements/new/", "/agreements/drafts/", "/agreements/drafts/{draft}/", "/desk/",
        "/agreements/{proposed}/", "/agreements/{proposed}/signing/", "/agreements/{proposed}/difference/",
        "/agreements/{standing}/leaving/", "/agreements/{standing}/ending/", "/agreements/{standing}/",
    ),
    "wuqing-admin": ("/people/", "/people/new/", "/people/{person}/", "/people/roster/", "/people/tokens/"),
}  # fmt: skip
WINDOWS = [(1440, "zh-hans", False), (1440, "en", True), (390, "zh-hans", True), (390, "en", False)]
SENTENCE = re.compile(r"\b[A-Za-z]{2,}(?: [a-z]{2,}){2,}\b")  # three English words in a row
CHINESE = re.compile(r"[\u4e00-\u9fff]{2,}")
MADE_UP = re.compile(r"示例·?\w*")  # what somebody typed, or is called, stays in its own language


def faults(page, address: str, width: int, language: str) -> list[str]:
    """What is wrong with one page, in short."""
    answer = page.goto(address)
    if answer is None or answer.status != 200:
        return [f"answered {answer and answer.status}"]
    if page.locator("[data-map]").count():
        page.locator("[data-map-ready]").first.wait_for(timeout=30_000)
    found = violations(page)
    debugger = page.context.new_cdp_session(page)
    size = debugger.send("Page.getLayoutMetrics")
    debugger.detach()
    content = size["cssContentSize"]["width"]
    if content > size["cssLayoutViewport"]["clientWidth"] + 1:
        found.append(f"{content:.0f} px wide in a window of {width} px")
    text = page.locator("main").inner_text()
    if language == "zh-hans" and (english := SENTENCE.search(text)):
        found.append(f"English on a Chinese page: {english[0]!r}")
    labels = " ".join(
        page.locator("main h1, main h2, main th[scope=col], main button, main label").all_inner_texts()
    )
    if language == "en" and (chinese := CHINESE.search(MADE_UP.sub("", labels))):
        found.append(f"Chinese on an English page: {chinese[0]!r}")
    return found


@pytest.mark.parametrize(("width", "language", "dark"), WINDOWS)
def test_every_screen(house, live_server, window, seat_in, troubles, width, language, dark):
    scene = build(house)
    wrong: list[str] = []
    seen: set[tuple[str, str]] = set()
    for who, pages in PAGES.items():
        page = window(width=width, language=language, dark=dark)
        if who:
            seat_in(page, who, POSTS.get(who, ""))
        page.goto("/")
        menu = page.locator(".rail nav a, header nav a").evaluate_all("links => links.map(link => link.href)")
        addresses = [urlsplit(link).path for link in menu if link.startswith(live_server.url)]
        for address in dict.fromkeys([*addresses, *(each.format_map(scene.words) for each in pages)]):
            # What looks the same for every post is looked at once.
            if ("staff", address) in seen and not address.startswith(("/cases/", "/incidents/")):
                continue
            seen.add(("staff" if who else "public", address))
            wrong += [
                f"{who or 'public'} {address}: {fault}" for fault in faults(page, address, width, language)
            ]
            wrong += [f"{who or 'public'} {address}: {said}" for said in dict.fromkeys(troubles)]
            troubles.clear()
        page.context.close()
    assert not wrong, f"{len(wrong)} faults:\n" + "\n".join(wrong)
