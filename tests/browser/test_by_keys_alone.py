"""A day of the desks by keys alone, from signing in: Amina takes a case, Dr Ito gives his opinion, Jean endorses."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from tests.browser.test_trader_pages import press_to
from tests.browser.visits import Tour
from tests.cast import issued, submitted

from wildgate.apps.customs.models import Endorsement
from wildgate.apps.permits.models import Application
from wildgate.site.demo.cast import PASSWORD

pytestmark = pytest.mark.browser


def sign_in(tour: Tour, email: str, path: str) -> Any:
    """A desk that was opened by its address; the sign-in stands before it."""
    tour.page.context.clear_cookies()
    page = tour.visit("", path)
    press_to(page, "[name=login]")
    page.keyboard.type(email)
    press_to(page, "[name=password]")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{tour.address}{path}")
    return page


def go(page: Any, selector: str, url: str, most: int = 80) -> None:
    """Tab to a control and press Enter there."""
    press_to(page, selector, most)
    with page.expect_navigation(url=url):
        page.keyboard.press("Enter")


def test_an_officer_a_scientist_and_customs_work_by_keys_alone(tour: Tour, people: Any, now: Any) -> None:
    permit = issued(people, now - timedelta(hours=2))
    case = submitted(people, now - timedelta(hours=1))

    amina = sign_in(tour, "amina@ma.example", "/cases/")
    go(amina, f"a.row-link[href$='{case}/']", f"**/cases/{case}/")
    go(amina, "form[action$='/take/'] button", f"**/cases/{case}/")
    go(amina, "form[action$='/ask-opinion/'] button", f"**/cases/{case}/")
    assert Application.objects.get(number=case).state == "with-scientist"

    ito = sign_in(tour, "ito@sa.example", "/science/")
    go(ito, f"a[href$='/science/{case}/']", f"**/science/{case}/")
    press_to(ito, "#id_positive", 80)
    ito.keyboard.press("Space")
    press_to(ito, "[name=text]")
    ito.keyboard.type("Harvest is far below growth.")
    go(ito, "aside form button.button", "**/science/**")
    assert Application.objects.get(number=case).opinions.get().positive

    jean = sign_in(tour, "jean@customs.example", "/border/")
    press_to(jean, "#id_lookup")
    jean.keyboard.type(permit.number)
    jean.keyboard.press("Enter")
    jean.wait_for_url(f"**/border/permits/{permit.number}/")
    for control, typed in (("#id_quantities-A", "1150"), ("#id_port", "QMHAR"),
                           ("#id_transport_document", "020-44556677")):
        press_to(jean, control, 80)
        jean.keyboard.press("Control+A")
        jean.keyboard.type(typed)
    go(jean, ".sticky-actions button", "**/border/endorsements/**")
    assert str(Endorsement.objects.get().lines.get().amount) == "1150"
