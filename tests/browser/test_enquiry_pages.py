"""What do I need? on a phone without JavaScript, and every page of it in each look."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test.testcases import LiveServerThread
from playwright.sync_api import Browser, Page, expect
from tests.browser.page_checks import Look, faults, sideways
from tests.browsers import as_in_production

pytestmark = pytest.mark.browser
LOOKS = (Look(), Look(360, dark=True, language="ar"))
SHOTS = os.environ.get("WILDGATE_SHOTS", "")
GOODS = "200 g caviar of Acipenser gueldenstaedtii in one tin\n3 seahorses\none guitar with Dalbergia nigra"


@pytest.fixture
def address(own_database: str, settings: Any) -> Iterator[str]:
    """The site on a port of this machine, with the cast and its keys."""
    from django.utils import timezone

    from wildgate.site.demo.cast import settle

    settle("QM", "Demoland", timezone.now())
    settings.DEMO, settings.ALLOWED_HOSTS = True, ["localhost"]
    server = LiveServerThread("localhost", as_in_production)
    server.daemon = True
    server.start()
    server.is_ready.wait()
    yield f"http://localhost:{server.port}"
    server.terminate()


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


def seen(page: Page, name: str, look: Look) -> None:
    if SHOTS:
        Path(SHOTS).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=f"{SHOTS}/check-{name}-{look}.png", full_page=True)


@pytest.mark.looks
@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_every_page_of_the_enquiry_passes(address: str, open_page: Any, look: Look) -> None:
    page, complaints = open_page(look)
    complaints.forgiven = (422,)
    wrong = {}
    for name in pages(page, address):
        seen(page, name, look)
        if found := faults(page, complaints):
            wrong[name] = found

    assert wrong == {}
    expect(page.locator("h1")).to_be_visible()


def test_the_code_of_a_note_opens_the_answer_of_today(address: str, open_page: Any) -> None:
    page, complaints = open_page(Look(360))
    complaints.forgiven = (422,)
    for _ in pages(page, address):
        pass
    digits = page.locator("code.long-code").text_content()

    page.goto(f"{address}/verify/#{digits}")

    expect(page.locator("h1").first).to_have_text("This note is genuine.")
    expect(page.locator("#main")).to_contain_text("Hippocampus")


def test_a_tourist_on_a_phone_without_javascript(address: str, browser: Browser) -> None:
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
