"""Every screen that the menu leads to, in both languages, wide and narrow, light and dark: accessible, quiet, no wider
than its window, and not half translated."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest

from tests.authorisation.scene import POSTS, built
from tests.support.browser import LAYOUT, WORDS, overflow, violations

pytestmark = pytest.mark.browser
# Whose windows, and which pages beyond those in their menu; {words} come from the scene.
PAGES = {
    "": (
        "/", "/services/", "/agreements/", "/agreements/baodi-langfang-water@1/", "/ledger/", "/ledger/3/",
        "/ledger/extract/", "/guide/verify/", "/scores/outcomes/", "/search/?q=food", "/apply/food-business-licence/",
        "/apply/food-business-licence/form/", "/apply/drafts/", "/track/", "/account/login/", "/account/signup/",
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
    "wuqing-clerk": (
        "/cases/inbox/", "/cases/views/", "/cases/{accepted}/give/", "/cases/bulk/{run}/",
        "/cases/?stage=all", "/cases/new/", "/cases/texts/", "/cases/texts/one-time-notice/", "/cases/{filed}/notices/one-time-notice/", "/cases/{filed}/", "/cases/{accepted}/", "/cases/{offered}/", "/cases/{disputed}/", "/cases/{filed}/consents/",
        "/letters/", "/letters/{letter}/", "/letters/{correction}/", "/cases/{filed}/letters/new/",
        "/cases/{filed}/papers/new/", "/cases/{filed}/papers/new/?replaces={paper}", "/cases/{accepted}/papers/reuse/",
    ),
    "tongzhou-clerk": ("/cases/{offered}/", "/services/results/", "/services/results/new/"),
    "tongzhou-approver": ("/cases/{in_hand}/", "/cases/{together}/"),
    "wuqing-approver": ("/cases/{joint}/",),
    "wuqing-coordinator": (
        "/desk/?scope=region", "/desk/?scope=jurisdiction", "/outbox/", "/outbox/{dead}/", "/outbox/?state=sent",
        "/outbox/subscriptions/", "/outbox/subscriptions/{subscription}/", "/outbox/subscriptions/{stopped}/",
        "/conflicts/", "/conflicts/{conflict}/", "/agenda/", "/agenda/?state=off", "/agenda/{item}/",
        "/agenda/sheet/?on=2026-03-11", "/disputes/", "/disputes/{dispute}/",
    ),
    "baodi-coordinator": (
        "/agreements/", "/agreements/new/", "/agreements/drafts/", "/agreements/drafts/{draft}/", "/desk/",
        "/agreements/{proposed}/", "/agreements/{proposed}/signing/", "/agreements/{proposed}/difference/",
        "/agreements/{standing}/leaving/", "/agreements/{standing}/ending/", "/agreements/{standing}/",
    ),
    "wuqing-admin": ("/people/", "/people/new/", "/people/{person}/", "/people/roster/", "/people/tokens/", "/stand-ins/"),
}  # fmt: skip
# In each language the page is opened wide, and then made narrow and of the other shade as it stands.
LOOKS = [("zh-hans", "light", "dark"), ("en", "dark", "light")]
SIDES = {  # in two halves, for two workers
    "warnings": ("", "wuqing-duty", "langfang-duty", "langfang-deputy", "baodi-duty"),
    "cases and agreements": tuple(PAGES)[5:],
}
LONG_LISTS = ("tr:nth-child(n+9)", "li:nth-child(n+9)")
ON_EVERY_PAGE = (".rail", "header", "footer")
WIDE, NARROW = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
SENTENCE = re.compile(r"\b[A-Za-z]{2,}(?: [a-z]{2,}){2,}\b")  # three English words in a row
CHINESE = re.compile(r"[\u4e00-\u9fff]{2,}")
MADE_UP = re.compile(r"示例·?\w*")  # what somebody typed, or is called, stays in its own language


def faults(page, address: str, language: str, shades: tuple[str, str], *, first: bool) -> list[str]:
    """What is wrong with one page, wide in one shade and narrow in the other, in short.

    What all pages of a reader share is looked at on the first, and of a long list its first lines. Parts are the same in
    every width and language: narrow, only what depends on the layout is looked at, and in English what depends on words.
    """
    chinese = language == "zh-hans"
    apart = LONG_LISTS if first else (*LONG_LISTS, *ON_EVERY_PAGE)
    looks = [("wide", WIDE, shades[0]), ("narrow", NARROW, shades[1])]
    if page.viewport_size == NARROW:  # from the page before: it is opened as it is, and changes once
        looks.reverse()
    else:
        page.emulate_media(color_scheme=shades[0])
    answer = page.goto(address)
    if answer is None or answer.status != 200:
        return [f"answered {answer and answer.status}"]
    if page.locator("[data-map]").count():
        page.locator("[data-map-ready]").first.wait_for(timeout=30_000)
    found = []
    for name, size, shade in looks:
        if page.viewport_size != size:
            page.set_viewport_size(size)
            page.emulate_media(color_scheme=shade)
        there = overflow(page)
        if name == "wide":
            there += violations(page, only=None if chinese or first else WORDS, apart=apart)
            there += untranslated(page, language)
        elif chinese or first:
            there += violations(page, only=None if first else LAYOUT, apart=apart)
        found += [f"{name}, {shade}: {fault}" for fault in there]
    return found


def untranslated(page, language: str) -> list[str]:
    """What stands there in the other language."""
    found = []
    text = page.locator("main").inner_text()
    for said in page.locator("main [lang=en]").all_inner_texts():  # a text that is kept in both languages
        text = text.replace(said, "")
    if language == "zh-hans" and (english := SENTENCE.search(text)):
        found.append(f"English on a Chinese page: {english[0]!r}")
    labels = " ".join(
        page.locator("main h1, main h2, main th[scope=col], main button, main label").all_inner_texts()
    )
    if language == "en" and (chinese := CHINESE.search(MADE_UP.sub("", labels))):
        found.append(f"Chinese on an English page: {chinese[0]!r}")
    return found


def test_every_reader_is_on_one_side():
    assert [who for side in SIDES.values() for who in side] == list(PAGES)


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize(("language", "wide", "narrow"), LOOKS)
def test_every_screen(house, live_server, window, seat_in, troubles, language, wide, narrow, side):
    scene = built(house)
    wrong: list[str] = []
    seen: set[tuple[str, str]] = set()
    page = window(language=language, reduced_motion="reduce")  # no shade half way to the other
    for who in SIDES[side]:
        first = True
        page.context.clear_cookies(name="sessionid")
        if who:
            seat_in(page, who, POSTS.get(who, ""))
        page.goto("/search/")
        menu = page.locator(".rail nav a, header nav a").evaluate_all("links => links.map(link => link.href)")
        addresses = [urlsplit(link).path for link in menu if link.startswith(live_server.url)]
        assert len(addresses) > 3, f"the menu of {who or 'anybody'} is {addresses}"
        for address in dict.fromkeys([*addresses, *(each.format_map(scene.words) for each in PAGES[who])]):
            # What looks the same for every post is looked at once.
            if ("staff", address) in seen and not address.startswith(("/cases/", "/incidents/")):
                continue
            seen.add(("staff" if who else "public", address))
            found = faults(page, address, language, (wide, narrow), first=first)
            first = False
            found += dict.fromkeys(troubles)
            troubles.clear()
            wrong += [f"{who or 'public'} {address}: {fault}" for fault in found]
    assert not wrong, f"{len(wrong)} faults:\n" + "\n".join(wrong)
