"""The public shell in a real browser: the start page, signing in, error pages and every part of the design system."""

from __future__ import annotations

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page
from tests.browser.page_checks import JUDGE, LOOKS, OPTIONS, QUICK_AXE, Look
from tests.browser.visits import Tour, touring

pytestmark = pytest.mark.browser

DOORS = {"/": LOOKS[::3], "/accounts/login/": LOOKS[1::3], "/accounts/password/reset/": LOOKS[2::3],
         "/accounts/signup/": LOOKS[::5]}
"""Pages for strangers, each in two of the looks in turn. The parts of which they are made stand in all of them."""
DRAFT = """<!doctype html><html lang="en"><title>d</title><form data-autosave="/keep/">
    <input type="hidden" name="csrfmiddlewaretoken" value="t0ken"><input name="taxon" aria-label="Species">
    <p data-autosave-status data-saving="Saving" data-saved="Saved at" data-failed="Not saved"></p></form>
    <script type="module" src="/static/wildgate/wildgate.js"></script>"""


def html(page: Page, address: str, body: str) -> None:
    """Answer `address` with `body`, without the server."""
    page.route(address, lambda route: route.fulfill(content_type="text/html", body=body))


@pytest.fixture
def tour(window, site):
    """A stranger's window."""
    with touring(window, site, {}) as made:
        yield made


@pytest.fixture
def page(tour: Tour) -> Page:
    return tour.page


@pytest.mark.looks
def test_every_part_of_the_design_system_has_no_fault_in_any_look(tour):
    """Loaded once in each language and turned."""
    found = []
    for language in ("en", "ar"):
        looks = [look for look in LOOKS if look.language == language]
        tour.visit("", "/styleguide/", looks[0])
        found += tour.wrong_in("styleguide", *looks)

    assert found == []


@pytest.mark.looks
def test_no_page_for_strangers_has_a_fault(tour):
    found = []
    for path, looks in DOORS.items():
        for look in looks:
            tour.visit("", path, look)
            found += tour.wrong(path)

    assert found == []


def test_missing_page_says_so_without_fault(tour):
    tour.complaints.forgiven = (404,)

    page = tour.visit("", "/no/such/page/", Look(360))

    assert page.locator("h1").inner_text() == "This page does not exist"
    assert tour.wrong("missing") == []


def test_arabic_reads_from_the_right(tour):
    page = tour.visit("", "/", Look(language="ar"))

    assert page.locator("html").get_attribute("dir") == "rtl"
    mark, sign_in = page.locator(".mark").bounding_box(), page.locator(".bar-ways .me").bounding_box()
    assert mark and sign_in and mark["x"] > sign_in["x"]


def test_wrong_password_leads_to_the_field(page: Page, site):
    page.goto(site + "/accounts/login/")
    page.get_by_label("E-mail address").fill("nobody@example.org")
    page.get_by_label("Password", exact=True).fill("not the password")
    page.get_by_role("button", name="Sign in").click()

    summary = page.locator(".summary-errors")
    summary.wait_for()
    assert page.evaluate("document.activeElement.className") == "summary-errors"
    assert page.get_by_label("E-mail address").input_value() == "nobody@example.org"


def test_menu_opens_without_script_on_a_phone(browser, site):
    context = browser.new_context(viewport={"width": 360, "height": 800}, java_script_enabled=False)
    page = context.new_page()
    page.goto(site)
    assert not page.locator(".menu nav").is_visible()

    page.locator(".menu summary").click()

    assert page.locator(".menu nav").get_by_role("link", name="Sign in").is_visible()
    context.close()


def test_draft_keeps_itself_and_says_when_it_cannot(open_page, site):
    page, _ = open_page()  # its own: what it answers by itself must reach no other test
    answers = iter([204, 500])
    page.goto(site + "/accounts/login/")
    html(page, "**/draft/", DRAFT)
    page.route("**/keep/", lambda route: route.fulfill(status=next(answers)))
    page.goto(site + "/draft/")
    note = page.locator("[data-autosave-status]")

    with page.expect_request("**/keep/") as sent:
        page.get_by_label("Species").fill("Crocodylus")
    note.get_by_text("Saved at").wait_for()
    assert sent.value.headers["x-csrftoken"] == "t0ken"
    assert "Crocodylus" in (sent.value.post_data or "")

    page.get_by_label("Species").fill("Crocodylus niloticus")
    page.get_by_text("Not saved").wait_for()


def test_arrow_keys_walk_over_the_rows(page: Page, site):
    page.goto(site + "/styleguide/")
    links = page.locator("table.rows .row-link")
    links.first.focus()

    page.keyboard.press("ArrowDown")
    page.keyboard.press("j")

    assert page.evaluate("document.activeElement.textContent") == links.nth(2).inner_text()


def test_quickened_axe_judges_as_axe_does(open_page):
    page, _ = open_page()  # its own: in a window that all share axe is there already
    page.set_content("""<html lang="en"><title>Faults</title><main><h1 style="color: oklch(.75 .1 200)">Pale</h1>
        <p style="color: color-mix(in srgb, black 40%, white)">Grey <a href="/" style="color: #888">here</a></p>
        <img src="x">
        <p style="background: #223; color: rgb(40 40 60 / .9)">Dark <button></button></p><p>Plain</p></main></html>""")
    page.evaluate(AXE_SCRIPT)
    plain = page.evaluate(JUDGE, OPTIONS)
    page.evaluate(QUICK_AXE)

    assert page.evaluate(JUDGE, OPTIONS) == plain
    assert sum("color-contrast" in fault for fault in plain) >= 3
