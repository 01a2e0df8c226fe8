"""What do I need? on a phone without JavaScript, and every page of it in each look."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.browser.page_checks import Look, sideways
from tests.browser.visits import DESK, Tour

pytestmark = pytest.mark.browser
ARABIC = Look(360, dark=True, language="ar")
GOODS = "200 g caviar of Acipenser gueldenstaedtii in one tin\n3 seahorses\none guitar with Dalbergia nigra"


def goes(page: Page, button: str) -> None:
    """Click and wait for the page that follows; it may look like the one before."""
    with page.expect_navigation():
        page.click(button)


def pages(page: Page, address: str) -> Iterator[str]:
    """Go through a tourist's enquiry by clicking; stop at every page."""
    page.goto(f"{address}/check/")
    yield "trip"
    page.select_option("#id_sender", "QM")
    page.select_option("#id_receiver", "FR")
    goes(page, "#step button.large")
    yield "how"
    for name in ("way", "why", "lives"):
        page.check(f"#id_{name}_{1 if name == 'lives' else 0}")
    goes(page, "#step button.large")
    yield "goods"
    page.fill("#id_words", GOODS)
    goes(page, "#step button.large")
    yield "understood"
    goes(page, "#step button.large")
    yield "understood-faults"
    for at in range(3):
        page.check(f"#id_which-{at}_0")
    goes(page, "#step button.large")
    for at in range(3):
        yield f"details-{at}"
        page.select_option("#id_origin", "QM")
        page.check("#id_source_2")
        page.fill("#id_acquired", "1985" if at == 2 else "")
        goes(page, "#step button.large")
    yield "answer"
    goes(page, "#make-note")
    yield "note"


def judged(tour: Tour, look: Look, turn: int) -> list[str]:
    """What is wrong with every second page of an enquiry, which begins and stays in one look."""
    tour.turn(look)
    tour.complaints.forgiven = (422,)
    found = []
    for place, name in enumerate(pages(tour.page, tour.address)):
        if place % 2 == turn:
            found += tour.wrong(f"check-{name}")
    return found


@pytest.mark.looks
def test_pages_of_the_enquiry_pass_in_arabic(tour: Tour) -> None:
    """On a dark phone, by turns with the enquiry in English at a desk: each page is judged in one of them."""
    assert judged(tour, ARABIC, 0) == []
    expect(tour.page.locator("h1")).to_be_visible()


@pytest.mark.looks
def test_pages_of_the_enquiry_pass_and_the_code_of_its_note_opens_the_answer_of_today(tour: Tour) -> None:
    assert judged(tour, DESK, 1) == []

    digits = tour.page.locator("code.long-code").text_content()
    page = tour.visit("", f"/verify/#{digits}", Look(360))

    expect(page.locator("h1").first).to_have_text("This note is genuine.")
    expect(page.locator("#main")).to_contain_text("Hippocampus")


def test_a_tourist_on_a_phone_without_javascript(address: str, browser: Browser, people: object) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 740}, java_script_enabled=False)
    page = context.new_page()
    passed = []
    for name in pages(page, address):
        passed.append(name)
        assert sideways(page) == 0, name
        if name == "answer":
            expect(page.locator("article.answer").nth(0)).to_contain_text("the whole quantity needs a permit")
            expect(page.locator("article.answer").nth(1)).to_contain_text("No CITES document needed")
            expect(page.locator("article.answer").nth(2)).to_contain_text("Musical instrument certificate")

    assert passed[-1] == "note"
    expect(page.locator(".paper")).to_contain_text("QM-N-")
    assert page.context.cookies() == [] or {each["name"] for each in page.context.cookies()} <= {"csrftoken"}
    context.close()
