"""Every part of the look in a real browser: both languages, both themes, two widths; and what the scripts promise."""

import pytest

from tests.support.browser import violations

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WAYS = [(1440, "zh-hans", False), (1440, "en", True), (390, "zh-hans", True), (390, "en", False)]


@pytest.fixture(autouse=True)
def sampler(settings):
    settings.ROOT_URLCONF = "tongxin.site.tests.sampler_urls"
    settings.SHELL_COUNTS = "tongxin.site.context.no_counts"


@pytest.mark.parametrize(("width", "language", "dark"), WAYS)
def test_every_part_is_accessible_and_fits(window, accessible, fits, width, language, dark):
    page = window(width, language, dark)
    page.goto("/sampler/")
    page.wait_for_selector("[data-map][data-map-ready]", timeout=30_000)
    accessible(page)
    fits(page)
    if width < 760:
        page.click("details.menu > summary")
        accessible(page)


@pytest.mark.parametrize(
    "path", ["public/", "error/400/", "error/403/", "error/404/", "error/409/", "error/500/"]
)
def test_plain_pages_are_accessible_and_fit(window, accessible, fits, path):
    for width, language, dark in ((1440, "zh-hans", False), (390, "en", True)):
        page = window(width, language, dark)
        page.goto(f"/sampler/{path}")
        accessible(page)
        fits(page)


def test_what_cannot_be_read_is_found_among_much_that_can(window):
    """Of texts in the same letters on the same ground the first three are measured, and each that differs."""
    page = window()
    page.goto("/sampler/public/")
    assert violations(page) == []
    page.evaluate("""() => {
        const rows = (n, name) => Array.from({ length: n }, (_, i) => `<p id="${name}-${i}">words</p>`).join("");
        document.querySelector("main").innerHTML = `<h1>words</h1>${rows(9, "plain")}<div class="dark">${rows(5, "dark")}</div>
            ${rows(9, "more")}<button disabled class="pale">words</button><p class="pale" id="pale">words</p>`;
        const sheet = new CSSStyleSheet();
        sheet.replaceSync("main { background: #fff; color: #222 } .dark { background: #333 } #more-8 { color: #ddd }"
            + ".pale, .pale:disabled { color: #ddd; font-weight: 300 }");
        document.adoptedStyleSheets = [sheet];
    }""")
    lines = [line.partition("\n")[0] for line in violations(page)]
    found = {line.rpartition(" ")[2] for line in lines if line.startswith("color-contrast ")}
    assert found == {"#dark-0", "#dark-1", "#dark-2", "#more-8", "#pale"}
    assert page.locator("[data-like-others]").count() == 0


def test_the_theme_stays_and_comes_from_the_server(window):
    page = window()
    page.goto("/sampler/")
    page.click(".topbar [data-set-theme=dark]:visible")
    assert page.get_attribute("html", "data-theme") == "dark"
    answer = page.context.request.get("/sampler/")
    assert 'data-theme="dark"' in answer.text()[:400]


def test_the_language_changes_without_a_script(window):
    page = window(java_script_enabled=False)
    page.goto("/sampler/public/")
    assert page.get_attribute("html", "lang") == "zh-Hans"
    page.click("button[name=language][value=en]")
    assert page.get_attribute("html", "lang") == "en"
    assert page.url.endswith("/sampler/public/")


def test_what_was_typed_survives_a_refused_form_and_the_summary_leads_to_the_field(window):
    page = window()
    page.goto("/sampler/")
    page.fill("#id_place", "土门楼闸")
    page.fill("#id_flow", "46 L/s")
    page.click("form#report button[type=submit]")
    page.wait_for_selector("[data-error-summary]:focus")
    assert page.input_value("#id_place") == "土门楼闸"
    page.click("[data-error-summary] a[href='#id_flow']")
    assert page.locator(":focus").get_attribute("id") == "id_flow"


@pytest.mark.troubles_expected
def test_what_was_typed_comes_back_after_a_fault(window):
    page = window()
    page.goto("/sampler/")
    page.fill("#id_place", "土门楼闸")
    fault = page.context.request.get("/sampler/error/500/").text()

    def broken(route):
        if route.request.method == "POST":
            route.fulfill(status=500, content_type="text/html", body=fault)
        else:
            route.continue_()

    page.route("**/sampler/", broken)
    page.click("form#report button[type=submit]")
    page.wait_for_selector(".error-page")
    page.go_back()
    page.wait_for_selector("form#report")
    page.wait_for_selector("html[data-ready]")
    assert page.input_value("#id_place") == "土门楼闸"


def test_a_table_sorts_in_place_and_keeps_the_order_in_the_address(window):
    page = window()
    page.goto("/sampler/")
    page.click("button.sort[data-sort=n]")
    page.click("button.sort[data-sort=n]")
    assert page.url.endswith("?sort=-n")
    assert "第6项" in page.locator("table tbody tr").first.inner_text()
    page.reload()
    assert page.get_attribute("th:has(button[data-sort=n])", "aria-sort") == "descending"


def test_menus_close_by_key_and_the_skip_link_leads_to_the_page(window):
    page = window(390)
    page.goto("/sampler/")
    page.keyboard.press("Tab")
    assert page.locator(":focus").get_attribute("href") == "#main"
    page.keyboard.press("Enter")
    assert page.locator(":focus").get_attribute("id") == "main"
    page.click("details.menu > summary")
    assert page.locator("details.menu[open]").count() == 1
    page.keyboard.press("Escape")
    assert page.locator("details.menu[open]").count() == 0


def test_the_map_takes_the_colours_of_the_theme_and_is_reached_by_key(window):
    page = window()
    page.goto("/sampler/")
    page.wait_for_selector("[data-map][data-map-ready]", timeout=30_000)
    before = page.locator("[data-map] canvas").screenshot()
    page.click(".topbar [data-set-theme=dark]:visible")
    page.wait_for_timeout(1500)
    assert page.locator("[data-map] canvas").screenshot() != before
    assert page.locator("[data-map] canvas").get_attribute("tabindex") == "0"
    assert page.locator("[data-map] canvas").get_attribute("aria-label")
