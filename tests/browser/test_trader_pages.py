"""The trader's pages, the permit and the public check in a real browser: phone and desk, light and dark, by keys."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from django.conf import settings as django_settings
from playwright.sync_api import Page, expect
from tests.browser.page_checks import Complaints, Look, faults
from tests.browser.visits import LOOKS, PHONE, Kept, Tour, cookie_of
from tests.cast import SKINS, issued, submitted

from wildgate.apps.accounts.access import Actor
from wildgate.apps.permits import services
from wildgate.apps.permits.models import Application

pytestmark = pytest.mark.browser
LINE = SKINS["lines"][0]


def draft(mario: Actor, now: datetime, answers: dict[str, Any]) -> str:
    case = services.start(actor=mario, organisation=min(mario.organisations), at=now)
    assert isinstance(case, Application)
    services.save_answers(actor=mario, case=case.number, answers=answers, at=now)
    return case.number


@pytest.fixture
def world(kept: Kept, people: dict[str, Actor], now: datetime) -> dict[str, str]:
    """Mario's desk with something in every state that he meets."""
    made: dict[str, str] = kept("traders", lambda: _world(people, now))
    return made


def _world(people: dict[str, Actor], now: datetime) -> dict[str, str]:
    from wildgate.apps.permits import documents, sealing

    mario, amina = people["mario"], people["amina"]
    permit = issued(
        people,
        now,
        {
            **SKINS,
            "lines": [
                {**LINE, "marks": "QM-1\nQM-2\nQM-3\nQM-4", "description": "Belly skins"},
                {**LINE, "quantity": "3", "term": "LIV"},
            ],
        },
    )
    cancelled = issued(people, now)
    services.cancel(actor=amina, number=cancelled.number, reason="Issued in error.", at=now)
    sealing.publish(permit.party, permit.shard, now)
    asked, refused = submitted(people, now), submitted(people, now)
    for case in (asked, refused):
        services.take(actor=amina, case=case, at=now)
    services.ask(actor=amina, case=asked, text="Which farm do the skins come from?", at=now)
    services.refuse_case(actor=amina, case=refused, reason="No proof of lawful origin.", basis="Art. IV.2(b)", at=now)
    begun = {
        "direction": "re-export",
        "purpose": "T",
        "lines": [{**LINE, "source": "O", "origin": "QZ"}, {"taxon": "Panthera leo", "quantity": "1,2"}],
    }
    return {
        "permit": permit.number,
        "cancelled": cancelled.number,
        "asked": asked,
        "refused": refused,
        "empty": draft(mario, now, {}),
        "begun": draft(mario, now, begun),
        "full": draft(mario, now, SKINS),
        "pet": draft(mario, now, {"direction": "export", "task": "pet-ownership", "purpose": "P", "lines": [
            {"taxon": "Psittacus erithacus", "term": "LIV", "quantity": "1", "unit": "NAR", "source": "C"}]}),
        "code": documents.code_text(permit),
        "tiger": draft(mario, now, {**SKINS, "lines": [{**LINE, "taxon": "Panthera tigris"}]}),
        "cancelled_code": documents.code_text(cancelled),
    }


def pages(world: dict[str, str]) -> list[tuple[str, str]]:
    """Every page of this desk by a short name."""
    begun = f"/apply/{world['begun']}/"
    return [
        ("home", "/apply/"),
        ("tasks", begun),
        ("route", f"{begun}route/"),
        ("other", f"{begun}other-party/"),
        ("line", f"{begun}line-2/"),
        ("details", f"{begun}details-1/"),
        ("transport", f"{begun}transport/"),
        ("remove", f"{begun}lines/2/remove/"),
        ("check-open", f"{begun}check/"),
        ("withdraw", f"{begun}withdraw/"),
        ("line-full", f"/apply/{world['full']}/line-1/"),
        ("check-full", f"/apply/{world['full']}/check/"),
        ("check-refused", f"/apply/{world['tiger']}/check/"),
        ("empty", f"/apply/{world['empty']}/"),
        ("pet", f"/apply/{world['pet']}/other-party/"),
        ("pet-details", f"/apply/{world['pet']}/details-1/"),
        ("documents", f"/apply/{world['asked']}/documents/"),
        ("upload", f"{begun}lines/upload/"),
        ("balances", "/apply/balances/"),
        ("appeal", f"/apply/{world['refused']}/appeal/"),
        ("lost", f"/permits/{world['permit']}/lost/"),
        ("return", f"/permits/{world['permit']}/return/"),
        ("asked", f"/apply/{world['asked']}/"),
        ("refused", f"/apply/{world['refused']}/"),
        ("submitted", f"/apply/{world['asked']}/submitted/"),
        ("permits", "/permits/"),
        ("nothing-found", "/permits/?q=nothing"),
        ("permit", f"/permits/{world['permit']}/"),
        ("cancelled", f"/permits/{world['cancelled']}/"),
        ("verify", "/verify/"),
    ]


@pytest.mark.looks
@pytest.mark.dear
def test_every_page_is_faultless(tour: Tour, world: dict[str, str]) -> None:
    """By turns on a desk and on a dark phone: what all pages share is seen in both."""
    found = []
    for place, (name, path) in enumerate(pages(world)):
        tour.visit("mario", path, LOOKS[place % 2])
        found += tour.wrong(name)
    tour.complaints.forgiven = (422,)
    for place, (name, path, button) in enumerate((
        ("line-errors", f"/apply/{world['begun']}/line-2/", "Save and continue"),
        ("find", f"/apply/{world['begun']}/line-2/", "Find"),
        ("answer-errors", f"/apply/{world['asked']}/", "Send the answer"),
        ("lost-errors", f"/permits/{world['permit']}/lost/", "Report it"),
        ("document-errors", f"/apply/{world['asked']}/documents/", "Add"),
        ("undeclared", f"/apply/{world['full']}/check/", "Submit the application"),
        ("verify-errors", "/verify/", "Check"),
    )):
        page = tour.visit("mario", path, LOOKS[place % 2])
        with page.expect_navigation():
            page.get_by_role("button", name=button, exact=True).last.click()
        found += tour.wrong(name)
    for place, name in enumerate(("code", "cancelled_code")):
        page = tour.visit("mario", "/verify/", LOOKS[place % 2])
        page.get_by_label("Code").fill(world[name])
        page.get_by_role("button", name="Check").click()
        page.locator(".verdict").wait_for()
        found += tour.wrong(f"verified-{name}")

    assert found == []


def press_to(page: Page, selector: str, most: int = 40) -> None:
    """Tab until the control has the focus: whoever cannot use a mouse gets there too."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"{selector} is not reached by Tab")


def test_an_application_by_keys_alone(tour: Tour) -> None:
    page = tour.visit("mario", "/apply/")
    press_to(page, "main form button")
    page.keyboard.press("Enter")
    page.wait_for_url("**/route/")
    press_to(page, "#id_direction_0")
    page.keyboard.press("Space")
    press_to(page, "#id_purpose")
    page.keyboard.type("T")
    page.keyboard.press("Enter")
    press_to(page, "button[value=continue]")
    page.keyboard.press("Enter")
    page.wait_for_url("**/other-party/")
    press_to(page, "#id_other_country")
    page.keyboard.type("Quartzland")
    press_to(page, "#id_other_name")
    page.keyboard.type("Quartz Leather Co")
    press_to(page, "#id_other_address")
    page.keyboard.type("5 Basalt Street")
    press_to(page, "button[value=continue]")
    page.keyboard.press("Enter")
    page.wait_for_url("**/line-1/")
    press_to(page, "#id_taxon")
    page.keyboard.type("new guinea crocodil")
    page.locator("#id_pick_0").wait_for()
    press_to(page, "#id_pick_0")
    page.keyboard.press("Space")
    for control, typed in (
        ("#id_term", "Skin (SKI)"),
        ("#id_quantity", "1200"),
        ("#id_unit", "Number of"),
        ("#id_source", "W"),
    ):
        press_to(page, control)
        page.keyboard.type(typed)
    expect(page.locator("#ruling")).to_contain_text("Can be granted")
    press_to(page, "button[value=continue]")
    page.keyboard.press("Enter")
    page.wait_for_url("**/details-1/")
    for following in ("**/transport/", "**/check/"):
        press_to(page, "button[value=continue]")
        page.keyboard.press("Enter")
        page.wait_for_url(following)
    press_to(page, "#id_declared", 60)
    page.keyboard.press("Space")
    press_to(page, "main form .button")
    page.keyboard.press("Enter")
    page.wait_for_url("**/submitted/")

    assert Application.objects.get().state == "submitted"
    assert Application.objects.get().answers["lines"][0]["taxon"] == "Crocodylus novaeguineae"


def test_errors_take_the_focus_and_lead_to_their_field(tour: Tour, people: dict[str, Actor], now: datetime) -> None:
    page = tour.visit("mario", f"/apply/{draft(people['mario'], now, SKINS)}/line-1/", Look(360))
    page.get_by_label("Quantity").fill("1,200")
    page.get_by_role("button", name="Save and continue").last.click()
    page.locator(".summary-errors").wait_for()

    assert page.evaluate("document.activeElement.className") == "summary-errors"
    page.get_by_role("link", name="can be read in two ways").click()
    assert page.evaluate("document.activeElement.id") == "id_quantity"
    assert page.get_by_label("Quantity").input_value() == "1,200"


def test_what_is_typed_is_kept_without_a_button(tour: Tour, people: dict[str, Actor], now: datetime) -> None:
    number = draft(people["mario"], now, {**SKINS, "lines": [{}]})
    page = tour.visit("mario", f"/apply/{number}/line-1/")
    page.get_by_label("Species").fill("Crocodylus novaeguineae")
    expect(page.locator("#matches .hit")).to_be_visible()
    with page.expect_event("requestfinished", lambda sent: "quantity=77" in (sent.post_data or "")):
        page.get_by_label("Quantity").fill("77")
    expect(page.locator("#ruling")).to_contain_text("Saved at")
    expect(page.locator("#ruling")).to_contain_text("Appendix II")
    page.reload()

    assert page.get_by_label("Quantity").input_value() == "77"


def test_a_scanned_code_is_checked_from_the_fragment(tour: Tour, world: dict[str, str]) -> None:
    page = tour.visit("", f"/verify/#{world['code'].partition('#')[2]}", Look(360))
    page.locator(".verdict").wait_for()

    assert "This permit is genuine." in page.locator(".verdict").inner_text()
    assert "#" not in page.url
    assert not tour.complaints.texts


def test_all_of_it_works_without_scripts(browser: Any, address: str, people: dict[str, Actor]) -> None:
    context = browser.new_context(java_script_enabled=False)
    context.add_cookies([cookie_of(people, "mario", address)])
    page = context.new_page()
    page.goto(f"{address}/apply/")
    page.get_by_role("button", name="Start an application").click()
    page.locator("#id_direction_0").check()
    page.get_by_label("Purpose of the trade").select_option("T")
    page.locator("button[value=continue]").last.click()
    page.get_by_label("Country").select_option("QZ")
    page.get_by_label("Name").fill("Quartz Leather Co")
    page.get_by_label("Address").fill("5 Basalt Street")
    page.locator("button[value=continue]").last.click()
    page.get_by_label("Species").fill("new guinea crocodil")
    page.get_by_role("button", name="Find").click()
    page.locator("#id_pick_0").check()
    page.get_by_label("What is it?").select_option("SKI")
    page.get_by_label("Quantity").fill("12")
    page.get_by_label("Unit").select_option("NAR")
    page.get_by_label("Where do the specimens come from?").select_option("W")
    page.locator("button[value=continue]").last.click()
    page.locator("button[value=continue]").last.click()
    page.locator("button[value=continue]").last.click()
    page.get_by_label("My answers are true").check()
    page.get_by_role("button", name="Submit the application").click()
    heading = page.locator("h1").inner_text()
    context.close()

    assert heading == "Application submitted"


def test_two_windows_are_told_and_both_texts_are_there(
    tour: Tour, people: dict[str, Actor], now: datetime
) -> None:
    step = f"/apply/{draft(people['mario'], now, SKINS)}/transport/"
    tour.complaints.forgiven = (409,)
    page = tour.visit("mario", step, PHONE)
    other = page.context.new_page()
    other.set_viewport_size({"width": PHONE.width, "height": 800})
    other.emulate_media(color_scheme="dark")
    other.goto(tour.address + step)
    for window, text in ((page, "By night train"), (other, "By ship")):
        window.get_by_label("Anything the authority should know").fill(text)
    page.locator("button[value=later]").last.click()
    page.get_by_role("heading", level=1, name="Application").wait_for()
    other.locator("button[value=continue]").last.click()
    other.locator(".summary-errors").wait_for()
    assert faults(other, Complaints()) == []
    other.get_by_text("By night train").click()
    other.get_by_role("button", name="Keep what is chosen").click()
    other.wait_for_url("**/check/")

    assert "By night train" in other.locator("main").inner_text()
    other.close()
    assert Application.objects.get().answers["remarks"] == "By night train"


def test_a_session_that_ends_while_typing_loses_nothing(tour: Tour, people: dict[str, Actor], now: datetime) -> None:
    """The page says so at once, and after sign-in what was typed is there again, without the script as well."""
    from wildgate.apps.accounts.models import Person
    from wildgate.site.demo.cast import PASSWORD

    page = tour.visit("mario", f"/apply/{draft(people['mario'], now, SKINS)}/transport/")
    page.context.clear_cookies(name=django_settings.SESSION_COOKIE_NAME)
    page.get_by_label("Anything the authority should know").fill("By night train")
    expect(page.locator("#ruling")).to_contain_text("You are signed out.")
    page.locator("button[value=continue]").last.click()
    page.wait_for_url("**/accounts/login/**")
    page.locator("input[type=email]").fill(Person.objects.get(pk=people["mario"].person_id).email)
    page.locator("input[type=password]").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/transport/")

    assert page.get_by_label("Anything the authority should know").input_value() == "By night train"
    assert Application.objects.get().answers.get("remarks", "") == ""
