"""The pages of the simplified procedure in a real browser: axe, no sideways scrolling, light, on desk and phone."""

from __future__ import annotations

import pytest
from tests.apps.simplified import orchids
from tests.browser.visits import DESK, PHONE

pytestmark = pytest.mark.browser
PAGES = (("mario", "/certificates/", PHONE), ("mario", "/certificates/{paper}/", DESK),
         ("amina", "/masters/", PHONE), ("amina", "/masters/{master}/", DESK), ("bo", "/masters/{proposed}/", PHONE),
         ("amina", "/masters/new/", PHONE))


@pytest.mark.looks
@pytest.mark.dear
def test_every_page_of_the_simplified_procedure(tour, people):
    paper, = orchids.given(people)
    proposed = orchids.found(people, orchids.drawn_up(people))
    found = []
    for who, pattern, look in PAGES:
        tour.visit(who, pattern.format(paper=paper.number, master=paper.master.number, proposed=proposed.number), look)
        found += tour.wrong(pattern)

    assert found == []
