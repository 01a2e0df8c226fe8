"""The pages of house rules and fees in a real browser: axe, no sideways scrolling, light; a change by keyboard only."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from tests.apps.fees.bills import charged, tariff
from tests.apps.houserules.house import entered, proposed
from tests.browser.visits import DESK, PHONE

from wildgate.apps.houserules.models import Rule

pytestmark = pytest.mark.browser


@pytest.fixture
def ruled(kept, people):
    """A tariff in force and another that waits, a text in two languages, a fee that is due."""
    return kept("house", lambda: _ruled(people))


def _ruled(people):
    tariff(people)
    proposed(people, "tariff", {"currency": "QML", "base": "45"})
    text = entered(people, "text", {"name": "payment", "texts": {"en": "At the desk.", "fr": "À la caisse."}})
    return {"fee": charged(people).pk, "text": text.pk}


PAGES = (
    ("sam", "index", "/house/", DESK), ("bo", "waiting", "/house/waiting/", PHONE),
    ("amina", "propose", "/house/rules/text/propose/?of={text}", DESK), ("mario", "fee", "/fees/{fee}/", PHONE),
    ("amina", "receipt", "/fees/{fee}/", DESK))


@pytest.mark.looks
def test_every_page_of_house_and_fees(tour, ruled):
    found = []
    for who, name, pattern, look in PAGES:
        tour.visit(who, pattern.format(**ruled), look)
        found += tour.wrong(f"house-{name}")

    assert found == []


def test_a_change_is_confirmed_by_keyboard_only(tour, ruled):
    page = tour.visit("bo", "/house/waiting/")
    page.get_by_role("checkbox").focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Confirm what is ticked").focus()
    page.keyboard.press("Enter")

    expect(page.get_by_role("status")).to_contain_text("1 change is confirmed")
    assert not Rule.objects.filter(state="proposed").exists()
