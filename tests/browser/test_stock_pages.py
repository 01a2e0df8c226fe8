"""The stock pages in a real browser: light and dark, desk and phone; axe, no sideways scrolling, light."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from playwright.sync_api import expect
from tests.apps.stock.goods import declared, re_export, released
from tests.browser.test_trader_pages import draft
from tests.browser.visits import DESK, PHONE
from tests.cast import NOON, submitted

from wildgate.apps.stock import services

pytestmark = pytest.mark.browser


@pytest.fixture
def stocked(kept, people, now):
    """Straps of which half is asked for, skins that wait for release, a window that is open."""
    return kept("stock", lambda: _stocked(people, now))


def _stocked(people, now):
    straps = released(people)
    submitted(people, NOON, re_export("22", stock=straps.number))
    skins = released(people, term="SKI", quantity="10", origin_permit="25US99/9")
    services.convert(actor=people["mario"], number=skins.number, given=Decimal(3), term="LPS",
                     quantity=Decimal(60), unit="NAR", at=NOON)
    services.open_window(actor=people["amina"], taxon="Alligator mississippiensis", at=NOON,
                         adopted_on=NOON.date(), effective_on=NOON.date() + timedelta(days=90))
    waiting = declared(people["mario"], term="SKI", quantity="11", origin_permit="25US99/9")
    case = draft(people["mario"], now, re_export("18", stock=straps.number))
    return {"entry": straps.number, "skins": skins.number, "waiting": waiting.number, "case": case}


PAGES = (
    ("mario", "home", "/stock/", PHONE), ("mario", "entry", "/stock/{entry}/", DESK),
    ("mario", "declare", "/stock/declare/", DESK), ("mario", "convert", "/stock/{skins}/convert/", PHONE),
    ("mario", "write-off", "/stock/{entry}/write-off/", DESK), ("mario", "line", "/apply/{case}/line-1/", PHONE),
    ("amina", "declarations", "/stock/declarations/", DESK), ("amina", "decide", "/stock/{waiting}/", PHONE),
    ("amina", "window", "/stock/windows/", DESK))


@pytest.mark.looks
@pytest.mark.dear
def test_every_stock_page(tour, stocked):
    found = []
    for who, name, pattern, look in PAGES:
        tour.visit(who, pattern.format(**stocked), look)
        found += tour.wrong(f"stock-{name}")

    assert found == []


def test_faults_of_a_file_are_a_table_that_reads_well(tour, stocked):
    tour.complaints.forgiven = (422,)
    page = tour.visit("mario", f"/apply/{stocked['case']}/lines/upload/", PHONE)
    lines = "species,term,quantity,source,origin\nAlligator mississippiensis,LPS,4000,W,US\nCrocodile bag,LPS,x,W,US\n"
    page.set_input_files("input[type=file]", {"name": "straps.csv", "mimeType": "text/csv", "buffer": lines.encode()})
    page.get_by_role("button", name="Read the file").click()

    expect(page.get_by_role("alert")).to_contain_text("Nothing was kept")
    assert tour.wrong("stock-faults") == []
