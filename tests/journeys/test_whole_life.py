"""The whole life of one permit in a real Chromium, with five log-ins on a running installation."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.serving import installation
from wildgate.site.demo.cast import CAST, PASSWORD

pytestmark = pytest.mark.browser
EMAIL = {member.name.split()[-1].lower() if member.name.startswith("Dr") else member.name.split()[0].lower(): member.email
         for member in CAST}


@pytest.fixture
def address(own_database, tmp_path):
    from django.utils import timezone

    from wildgate.site.demo.cast import settle
    settle("QM", "Demoland", timezone.now())
    with installation(tmp_path / "home", own_database) as found:
        yield found


@pytest.fixture
def sign_in(open_page, address):
    """A page of its own for each of the cast, signed in by the form."""
    def enter(name: str) -> Page:
        page, complaints = open_page()
        page.complaints = complaints
        page.goto(f"{address}/accounts/login/")
        page.get_by_label("E-mail").fill(EMAIL[name])
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_text(next(member.name for member in CAST if member.email == EMAIL[name])).first).to_be_visible()
        return page
    return enter


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=False).first.click()


def apply_for_skins(page: Page) -> str:
    """Mario fills in the form, page by page; the number of the application."""
    page.get_by_role("button", name=re.compile("Start", re.I)).first.click()
    raise NotImplementedError(page.url)
