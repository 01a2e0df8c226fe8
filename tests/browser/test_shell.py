"""The public shell in a real browser: the start page, signing in, error pages and every part of the design system."""

from __future__ import annotations

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page
from tests.browser.page_checks import JUDGE, LOOKS, OPTIONS, QUICK_AXE, Look, faults
from tests.browsers import OpenPage

pytestmark = pytest.mark.browser

PATHS = ("/", "/styleguide/", "/accounts/login/", "/accounts/password/reset/", "/accounts/signup/")
DRAFT = """<!doctype html><html lang="en"><title>d</title><form data-autosave="/keep/">
    <input type="hidden" name="csrfmiddlewaretoken" value="t0ken"><input name="taxon" aria-label="Species">
    <p data-autosave-status data-saving="Saving" data-saved="Saved at" data-failed="Not saved"></p></form>
    <script type="module" src="/static/wildgate/wildgate.js"></script>"""


def html(page: Page, address: str, body: str) -> None:
    """Answer `address` with `body`, without the server."""
    page.route(address, lambda route: route.fulfill(content_type="text/html", body=body))


@pytest.mark.looks
@pytest.mark.parametrize("path", PATHS)
def test_page_has_no_fault_in_any_look(path, open_page: OpenPage, site):
    found = {}
    for look in LOOKS:
        page, complaints = open_page(look)
        page.goto(site + path)
        found[str(look)] = faults(page, complaints)
        page.context.close()

    assert found == {str(look): [] for look in LOOKS}


def test_missing_page_says_so_without_fault(open_page: OpenPage, site):
    page, complaints = open_page(Look(360))
    complaints.forgiven = (404,)

    page.goto(site + "/no/such/page/")

    assert page.locator("h1").inner_text() == "This page does not exist"
    assert faults(page, complaints) == []


def test_arabic_reads_from_the_right(open_page: OpenPage, site):
    page, _ = open_page(Look(language="ar"))

    page.goto(site)

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


def test_draft_keeps_itself_and_says_when_it_cannot(page: Page, site):
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


def test_quickened_axe_judges_as_axe_does(page):
    page.set_content("""<html lang="en"><title>Faults</title><main><h1 style="color: oklch(.75 .1 200)">Pale</h1>
        <p style="color: color-mix(in srgb, black 40%, white)">Grey <a href="/" style="color: #888">here</a></p>
        <img src="x">
        <p style="background: #223; color: rgb(40 40 60 / .9)">Dark <button></button></p><p>Plain</p></main></html>""")
    page.evaluate(AXE_SCRIPT)
    plain = page.evaluate(JUDGE, OPTIONS)
    page.evaluate(QUICK_AXE)

    assert page.evaluate(JUDGE, OPTIONS) == plain
    assert sum("color-contrast" in fault for fault in plain) >= 3
