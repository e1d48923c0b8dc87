"""A real Chromium for the tests: what it runs on, what it must not complain of, and the accessibility check."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, CDPSession, ConsoleMessage, Page, Response, WebError, expect

ARGUMENTS = [
    "--no-sandbox",  # as root there is none to be had
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--no-first-run",
]
# Runs before the page's own scripts; a violation becomes a line in the console that we listen to.
REPORT_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", (event) => {
    console.error("CSP violation: " + event.violatedDirective + " " + event.blockedURI + " " +
        (event.sourceFile || "") + ":" + event.lineNumber + " " + (event.sample || ""));
});
"""
expect.set_options(timeout=30_000)
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def chromium() -> str | None:
    """Where this machine keeps Chromium."""
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    program = chromium()
    if program is None:
        pytest.fail("the browser tests need Chromium: run `tools/setup.sh browser`")
    return {**browser_type_launch_args, "executable_path": program, "args": ARGUMENTS}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any], live_server: Any) -> dict[str, Any]:
    return {
        **browser_context_args,
        "base_url": live_server.url,
        "locale": "zh-CN",
        "timezone_id": "Asia/Shanghai",
        "accept_downloads": True,
    }


class Troubles(list[str]):
    """What a page complained of: CSP violations, console errors, uncaught exceptions, failed answers."""

    def listen_to(self, context: BrowserContext) -> None:
        context.add_init_script(REPORT_VIOLATIONS)
        context.on("console", self._console)
        context.on("weberror", self._exception)
        context.on("response", self._response)

    def _console(self, message: ConsoleMessage) -> None:
        # A refused answer is judged by its status below; the console only repeats it.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self.append(f"console: {message.text} ({message.location.get('url', '')})")

    def _exception(self, error: WebError) -> None:
        self.append(f"exception: {error.error}")

    def _response(self, response: Response) -> None:
        missing_file = response.status == 404 and response.request.resource_type != "document"
        if response.status >= 500 or (missing_file and "/static/" in response.url):
            self.append(f"answer {response.status}: {response.url}")


@pytest.fixture
def troubles(request: pytest.FixtureRequest) -> Iterator[Troubles]:
    """Fails the test when a page complained; `troubles_expected` says that it should."""
    found = Troubles()
    yield found
    if found and request.node.get_closest_marker("troubles_expected") is None:
        pytest.fail("the page complained:\n  " + "\n  ".join(dict.fromkeys(found)))


@pytest.fixture
def new_context(
    new_context: Callable[..., BrowserContext], troubles: Troubles
) -> Callable[..., BrowserContext]:
    """pytest-playwright's factory of browser windows, each listened to."""

    def make(**options: Any) -> BrowserContext:
        made = new_context(**{"viewport": {"width": 1440, "height": 900}, **options})
        made.set_default_timeout(60_000)  # two cores that do much else
        troubles.listen_to(made)
        return made

    return make


@pytest.fixture
def window(new_context: Callable[..., BrowserContext], live_server: Any) -> Callable[..., Page]:
    """Opens a window of its own (no shared login): `window(width=390, language="en", dark=True)`."""

    def open_one(width: int = 1440, language: str = "zh-hans", dark: bool = False, **options: Any) -> Page:
        context = new_context(
            viewport={"width": width, "height": 844 if width < 600 else 900},
            color_scheme="dark" if dark else "light",
            has_touch=width < 600,
            **options,
        )
        context.add_cookies([{"name": "django_language", "value": language, "url": live_server.url}])
        return context.new_page()

    return open_one


# Marks texts whose contrast axe need not measure: three before it are painted in the same letters on the same grounds.
# What is disabled, invisible, or no text is left to axe. To measure one text is most of its work.
MARK_TEXTS_LIKE_OTHERS = """(() => {
    const met = new Map(), grounds = new Map();
    const ground = (element) => {
        if (!element) return "";
        if (!grounds.has(element)) {
            const style = getComputedStyle(element);
            const own = [style.backgroundColor, style.backgroundImage, style.opacity, style.filter].join();
            const apart = style.position === "static" || style.position === "relative" ? "" : element.className;
            const plain = own === "rgba(0, 0, 0, 0),none,1,none";
            grounds.set(element, ground(element.parentElement) + (plain ? "" : "|" + own) + apart);
        }
        return grounds.get(element);
    };
    for (const element of document.body.querySelectorAll("*")) {
        if (![...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim())) continue;
        const { width, height } = element.getBoundingClientRect();
        const shown = element.checkVisibility({ opacityProperty: true, visibilityProperty: true });
        if (!shown || width < 2 || height < 2 || element.control?.disabled) continue;
        if (element.closest(":disabled, [aria-disabled], [inert]")) continue;
        const style = getComputedStyle(element);
        const like = [ground(element), style.color, style.fontSize, style.fontWeight, style.textShadow].join();
        met.set(like, (met.get(like) ?? 0) + 1);
        element.toggleAttribute("data-like-others", met.get(like) > 3);
    }
    axe.configure({ rules: [{ id: "color-contrast", selector: "*:not([data-like-others])" }] });
})()"""
UNMARK = (
    "document.querySelectorAll('[data-like-others]').forEach((e) => e.removeAttribute('data-like-others'))"
)
# What may differ where the same page is narrow and of the other shade, and where its words are in the other language.
LAYOUT = {"type": "rule", "values": ["color-contrast", "target-size", "scrollable-region-focusable"]}
WORDS = {
    "type": "tag",
    "values": ["cat.name-role-value", "cat.text-alternatives", "cat.language", "cat.forms"],
}


@cache
def debugger(page: Page) -> CDPSession:
    """The way past the page's content security policy, opened once for a page."""
    return page.context.new_cdp_session(page)


def overflow(page: Page) -> list[str]:
    """What says that the page is wider than its window."""
    size = debugger(page).send("Page.getLayoutMetrics")
    content, seen = size["cssContentSize"]["width"], size["cssLayoutViewport"]["clientWidth"]
    return [f"{content:.0f} px wide in a window of {seen} px"] if content > seen + 1 else []


def violations(page: Page, *, only: dict[str, Any] | None = None, apart: Sequence[str] = ()) -> list[str]:
    """What axe finds on the page as it stands, one line for each element, by all rules or `only` these.

    What the selectors in `apart` choose is left out.

    The script goes in through the debugger, which the page's content security policy does not bind.
    """

    def evaluate(expression: str) -> Any:
        asked = {"expression": expression, "awaitPromise": True, "returnByValue": True}
        answer = debugger(page).send("Runtime.evaluate", asked)
        if "exceptionDetails" in answer:
            raise RuntimeError(f"axe did not run: {answer['exceptionDetails']}")
        return answer["result"].get("value")

    if evaluate("typeof axe") != "object":
        evaluate(_axe())
    evaluate(MARK_TEXTS_LIKE_OTHERS)
    options = json.dumps({"runOnly": only or {"type": "tag", "values": WCAG}, "resultTypes": ["violations"]})
    where = json.dumps({"exclude": [[selector] for selector in apart]}) if apart else "document"
    found = evaluate(f"axe.run({where}, {options}).then((r) => JSON.stringify(r.violations))")
    evaluate(UNMARK)
    return [
        f"{rule['id']} ({rule['impact']}): {rule['help']}: {' '.join(map(str, node['target']))}\n"
        f"      {node['html'][:160]}\n      {(node.get('failureSummary') or '').replace(chr(10), ' ')}"
        for rule in json.loads(found)
        for node in rule["nodes"]
    ]


@cache
def _axe() -> str:
    import axe_playwright_python

    return (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text("utf-8")


@pytest.fixture
def accessible() -> Callable[[Page], None]:
    """Fails the test when axe finds anything on the page: `accessible(page)`."""

    def check(page: Page) -> None:
        found = violations(page)
        assert not found, f"{len(found)} accessibility violations on {page.url}:\n    " + "\n    ".join(found)

    return check


@pytest.fixture
def fits() -> Callable[[Page], None]:
    """Fails the test when the page is wider than the window: `fits(page)`."""

    def check(page: Page) -> None:
        found = overflow(page)
        assert not found, f"{page.url} is {found[0]}"

    return check
