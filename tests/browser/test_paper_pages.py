"""The pages of the paper in a real browser: axe, no sideways scrolling, light."""

from __future__ import annotations

import pytest
from tests.apps.paper.printshop import given, printed, shop
from tests.browser.visits import DESK, PHONE
from tests.cast import NOON, issued

from wildgate.apps.paper import services
from wildgate.apps.paper.stock import SheetAct

pytestmark = pytest.mark.browser


@pytest.fixture
def printshop(people):
    """The authority's room, where Amina prints: one permit waits, one is printed and reported, a sheet is lost."""
    chamber = shop(people)
    room = services.open_office(actor=people["amina"], name="Print room", kind="authority", at=NOON)
    services.hand_out(actor=people["amina"], sheets="0071201-0071210", office=room.pk, at=NOON)
    services.take_out(actor=people["amina"], sheets="0071211", act=SheetAct.LOST, reason="Not in the box.", at=NOON)
    _, made = given(people, room), given(people, room)
    printed(people, made.number, "0071201", by="amina")
    services.report_end(actor=people["amina"], number=made.number, print_number=1, kind="spoiled", reason="Torn.",
                        at=NOON)
    services.count(actor=people["amina"], office=room.pk, counted=8, explanation="One stuck in the printer.", at=NOON)
    services.ask(actor=people["mario"], number=issued(people, NOON).number, office=chamber.pk, at=NOON)
    return {"office": room.pk}


PAGES = (("amina", "desk", "/printing/{office}/", PHONE), ("amina", "overview", "/paper/", DESK))


@pytest.mark.looks
def test_every_page_of_the_paper(tour, printshop):
    found = []
    for who, name, pattern, look in PAGES:
        tour.visit(who, pattern.format(**printshop), look)
        found += tour.wrong(f"paper-{name}")

    assert found == []
