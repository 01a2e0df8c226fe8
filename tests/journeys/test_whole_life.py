"""The whole life of one permit in a real Chromium, with five log-ins on a running installation."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.conf import global_settings
from django.utils import timezone
from playwright.sync_api import Page, expect
from tests.browser.page_checks import Look, faults
from tests.browser.serving import installation
from tests.browsers import OpenPage

from wildgate.apps.partners.models import Partner
from wildgate.site.demo.cast import CAST, PASSWORD, settle

pytestmark = pytest.mark.browser
PEOPLE = {member.email.partition("@")[0]: member for member in CAST}
SignIn = Callable[..., Page]


@pytest.fixture
def address(own_database, tmp_path, settings):
    """A running installation with the cast and nothing else; its passwords are hashed as in earnest."""
    settings.PASSWORD_HASHERS = global_settings.PASSWORD_HASHERS
    settle("QM", "Demoland", timezone.now())
    # The mark of a furnished demo world: the program adds nothing, which would take longer than the whole story.
    Partner.objects.create(party="QM", code="TG", name="Togo", changed_at=timezone.now())
    with installation(tmp_path / "home", own_database) as found:
        yield found


@pytest.fixture
def sign_in(open_page: OpenPage, address: str) -> SignIn:
    """A browser of its own for each of the cast, signed in by the form; every page on the way must be sound."""
    def enter(name: str, look: Look | None = None) -> Page:
        page, complaints = open_page(look or Look())
        complaints.forgiven = (422,)  # how a form that is refused is answered
        page.on("load", lambda shown: found.extend(f"{shown.url}: {fault}" for fault in complaints.texts))
        page.goto(f"{address}/accounts/login/")
        page.fill("[name=login]", PEOPLE[name].email)
        page.fill("[name=password]", PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(re.compile(r"/(apply|cases|science|border|audit)/"))
        assert faults(page, complaints) == []
        return page
    found: list[str] = []
    yield enter
    assert found == []


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name).first.click()
    page.wait_for_load_state()


def apply_for_skins(page: Page) -> str:
    """Mario asks for 1,200 wild skins, one question a page; the number of the application."""
    press(page, "Start an application")
    number = re.search(r"QM-A-\d{4}-\d{6}", page.url)[0]
    root = page.url.split(number)[0] + number
    page.goto(f"{root}/route/")
    page.check("[name=direction][value=export]")
    page.select_option("[name=purpose]", "T")
    press(page, "Save and continue")
    page.select_option("[name=other_country]", "QZ")
    page.fill("[name=other_name]", "Quartz Leather Co")
    page.fill("[name=other_address]", "5 Basalt Street, Quartz City, Quartzland")
    press(page, "Save and continue")
    page.fill("[name=taxon]", "Varanus salvator")
    page.select_option("[name=term]", "SKI")
    page.fill("[name=quantity]", "1200")
    page.select_option("[name=unit]", "NAR")
    page.select_option("[name=source]", "W")
    page.select_option("[name=origin]", "QM")
    expect(page.locator("#ruling")).to_contain_text("Export permit")
    press(page, "Save and continue")
    page.fill("[name=marks]", "QM-2026-VAR-000001 to 001200")
    press(page, "Save and continue")
    press(page, "Save and continue")
    expect(page.locator("main")).to_contain_text("Varanus salvator")
    page.check("[name=declared]")
    press(page, "Submit the application")
    expect(page.locator("main")).to_contain_text(number)
    return number


def review(amina: Page, address: str, number: str) -> None:
    """Amina takes the case and sends it to the Scientific Authority."""
    amina.goto(f"{address}/cases/{number}/")
    press(amina, "Take this case")
    press(amina, "Send to the Scientific Authority")
    expect(amina.locator("main")).to_contain_text("Scientific Authority")


def advise(ito: Page, address: str, number: str) -> None:
    ito.goto(f"{address}/science/{number}/")
    ito.check("[name=positive][value=yes]")
    ito.fill("[name=text]", "The harvest is far below the growth of the population.")
    press(ito, "Give this opinion")


def decide(amina: Page, address: str, number: str) -> None:
    """Every open finding is made, then the case approved; Amina has no button to countersign it."""
    amina.goto(f"{address}/cases/{number}/")
    for action in amina.locator("form.finding").evaluate_all("forms => forms.map(form => form.getAttribute('action'))"):
        finding = amina.locator(f"form.finding[action='{action}']")
        finding.locator("[name=note]").fill("Licence and stock book seen.")
        finding.locator("button[value=yes]").click()
        amina.wait_for_load_state()
    press(amina, "Approve for countersigning")
    expect(amina.get_by_role("button", name="Countersign")).to_have_count(0)


def issue(officer: Page, address: str, number: str) -> str:
    officer.goto(f"{address}/cases/{number}/issue/")
    press(officer, "Issue the permit")
    found = re.search(r"\d{2}QM\d{6}E", officer.content())
    assert found is not None
    return found[0]


@pytest.mark.dear
def test_five_people_bring_one_permit_through_its_life(address, sign_in, open_page, tmp_path):
    number = apply_for_skins(mario := sign_in("mario"))
    review(amina := sign_in("amina"), address, number)
    advise(sign_in("ito"), address, number)
    decide(amina, address, number)
    bo = sign_in("bo")
    bo.goto(f"{address}/cases/{number}/")
    press(bo, "Countersign")
    permit = issue(amina, address, number)

    mario.goto(f"{address}/permits/{permit}/")
    with mario.expect_download() as download:
        mario.get_by_role("link", name=re.compile("PNG")).click()
    picture = tmp_path / "permit.png"
    download.value.save_as(picture)
    stranger, _ = open_page(Look())
    assert "not used yet" in verdict(stranger, address, picture)

    jean = sign_in("jean", Look(360, dark=True))
    jean.goto(f"{address}/border/permits/{permit}/")
    endorse(jean, "1201")
    expect(jean.locator("main")).to_contain_text("1,201 leave but 1,200 are permitted on line A")
    endorse(jean, "1150")
    expect(jean.locator("main")).to_contain_text("1,150")
    jean.goto(f"{address}/border/permits/{permit}/")
    expect(jean.locator("main")).to_contain_text("already used")
    expect(jean.get_by_role("button", name="Endorse this export")).to_have_count(0)

    seen_within_a_second(stranger, address, picture)
    amina.goto(f"{address}/reports/")
    expect(amina.locator("main")).to_contain_text("1,150")


def endorse(jean: Page, quantity: str) -> None:
    jean.fill("[name=quantities-A]", quantity)
    jean.fill("[name=transport_document]", "020-44556677")
    press(jean, "Endorse this export")


def verdict(page: Page, address: str, picture) -> str:
    """What the public page says to somebody who hands in the picture of the code."""
    page.goto(f"{address}/verify/")
    page.locator("form#verify[data-ready]").wait_for()
    page.set_input_files("input[type=file]", picture)
    page.get_by_role("button", name="Check", exact=True).click()
    page.locator(".verdict").wait_for()
    return page.locator("main").inner_text()


def seen_within_a_second(stranger: Page, address: str, picture) -> None:
    """The signed list follows the endorsement at once; asking again and again must soon show it."""
    for _ in range(20):
        if "used for an export" in verdict(stranger, address, picture):
            return
    raise AssertionError(verdict(stranger, address, picture))
