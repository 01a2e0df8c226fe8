"""The pages of people and organisations in a real browser, and a passkey from its making to its end."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from tests.apps.accounts.offices import agent, mandate
from tests.browser.page_checks import Look
from tests.browser.visits import DESK, PHONE

from wildgate.apps.accounts import links, services
from wildgate.apps.accounts.models import Authority, Link, Organisation, Person
from wildgate.site.demo.cast import PASSWORD

pytestmark = pytest.mark.browser
DARK, ARABIC = Look(dark=True), Look(360, language="ar")


@pytest.fixture
def offices(people, now) -> dict[str, Any]:
    """Mandates, an invitation, an organisation that waits and has a namesake, a lapsed registration."""
    mario = people["mario"]
    zoe = people["zoe"] = agent(now)
    mandate(mario, zoe, now)
    mandate(zoe, mario, now, kinds=["export", "import"], until=now.date() + timedelta(days=90))
    services.end_mandate(actor=mario, mandate=mandate(mario, zoe, now, kinds=["import"]).pk, at=now)
    lacuna = Organisation.objects.get(pk=min(mario.firms))
    services.set_terms(actor=people["amina"], organisation=lacuna.pk, registered_until=now.date() - timedelta(days=1),
                       regular_until=now.date(), at=now)
    services.invite(actor=mario, organisation=lacuna.pk, email="lea@lacuna.example", manager=False, at=now)
    lea = services.add_person(party="QM", email="kim@lacuna.example", name="Kim Ferro", password=None, by="system",
                              at=now)
    services.appoint(person=lea, role="trader", party="QM", organisation=lacuna, by="system", at=now)
    waiting = Organisation.objects.create(
        party="QM", name=lacuna.name, address="9 Other Road", country="QM", state="waiting", proof="Ask the court.",
        registration_number="HRB 1", asked_by=Person.objects.get(email="mario@lacuna.example"), asked_at=now)
    token = links.make(Link.Purpose.JOIN, "new@lacuna.example", party="QM", at=now, organisation=lacuna)[1]
    return {"waiting": waiting.pk, "verified": lacuna.pk, "token": token, "amina": people["amina"].person_id,
            "authority": Authority.objects.get(kind="management").pk}


PAGES = (
    ("", "register", "/register/", ARABIC), ("", "login", "/accounts/login/", ARABIC),
    ("mario", "firm", "/firm/", ARABIC), ("mario", "mandates", "/mandates/", DESK),
    ("mario", "give", "/mandates/give/", PHONE), ("mario", "sessions", "/accounts/sessions/", PHONE),
    ("amina", "organisation", "/organisations/{waiting}/", DARK), ("sam", "people", "/people/", PHONE),
    ("sam", "person", "/people/{amina}/", DESK), ("mario", "second", "/accounts/2fa/", PHONE))


@pytest.mark.looks
@pytest.mark.dear
def test_every_page_of_people_and_organisations(tour, offices):
    found = []
    tour.complaints.forgiven = (410,)
    for who, name, pattern, look in PAGES:
        tour.visit(who, pattern.format(**offices), look)
        found += tour.wrong(f"account-{name}")

    assert found == []


def authenticator(page: Page) -> Any:
    """A virtual security key with a PIN in the browser."""
    cdp = page.context.new_cdp_session(page)
    cdp.send("WebAuthn.enable")
    cdp.send("WebAuthn.addVirtualAuthenticator", {"options": {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": True, "automaticPresenceSimulation": True}})
    return cdp


def test_a_passkey_is_made_and_opens_the_account_without_a_password(door, address, people, settings):
    settings.DEMO = False
    page, complaints = door("", DESK)
    authenticator(page)
    sign_in(page, address, "amina@ma.example")
    page.goto(address + "/accounts/2fa/webauthn/add/")
    page.get_by_label("Name").fill("Desk key")
    page.get_by_role("button", name="Add the passkey").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()

    page.goto(address + "/accounts/logout/")
    page.get_by_role("main").get_by_role("button", name="Sign out").click()
    page.goto(address + "/accounts/login/")
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url(lambda url: "/accounts/" not in url)
    page.goto(address + "/organisations/")
    expect(page.get_by_role("heading", name="Organisations")).to_be_visible()

    page.goto(address + "/accounts/sessions/")
    expect(page.get_by_text("This browser")).to_be_visible()
    assert complaints.texts == []


def test_with_a_passkey_the_password_alone_is_not_enough_and_a_refused_key_is_said(door, address, people, settings):
    settings.DEMO = False
    page, _ = door("", DESK)
    cdp = authenticator(page)
    sign_in(page, address, "amina@ma.example")
    page.goto(address + "/accounts/2fa/webauthn/add/")
    page.get_by_role("button", name="Add the passkey").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()

    page.context.clear_cookies()
    sign_in(page, address, "amina@ma.example")
    expect(page.get_by_role("heading", name="Enter your code")).to_be_visible()
    cdp.send("WebAuthn.disable")
    cdp.send("WebAuthn.enable")
    cdp.send("WebAuthn.addVirtualAuthenticator", {"options": {
        "protocol": "ctap2", "transport": "internal", "hasUserVerification": True, "hasResidentKey": True,
        "isUserVerified": False, "automaticPresenceSimulation": True}})
    page.get_by_role("button", name="Use the passkey").click()
    expect(page.locator("[data-passkey-fault]")).to_be_focused()
    page.goto(address + "/organisations/")
    assert "/accounts/" in page.url


def sign_in(page: Page, address: str, email: str) -> None:
    page.goto(address + "/accounts/login/")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_load_state()
