"""The pages of the simplified procedure in a real browser: axe, no sideways scrolling, light, on desk and phone."""

from __future__ import annotations

import pytest
from tests.apps.simplified import orchids
from tests.browser.page_checks import faults
from tests.browser.test_trader_pages import LOOKS, address, door, now, people  # noqa: F401

pytestmark = pytest.mark.browser

DESK, PHONE = LOOKS
PAGES = (("mario", "/certificates/", PHONE), ("mario", "/certificates/{paper}/", DESK),
         ("amina", "/masters/", PHONE), ("amina", "/masters/{master}/", DESK), ("bo", "/masters/{proposed}/", PHONE),
         ("amina", "/masters/new/", PHONE))


@pytest.mark.looks
@pytest.mark.dear
def test_every_page_of_the_simplified_procedure(door, address, people):  # noqa: F811
    paper, = orchids.given(people)
    proposed = orchids.found(people, orchids.drawn_up(people))
    found = []
    for who, pattern, look in PAGES:
        path = pattern.format(paper=paper.number, master=paper.master.number, proposed=proposed.number)
        page, complaints = door(who, look)
        page.goto(address + path)
        found += [f"{path}: {each}" for each in faults(page, complaints)]
        page.context.close()

    assert found == []
