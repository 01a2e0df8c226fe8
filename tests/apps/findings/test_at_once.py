"""Two officers at the same second, real threads: only one gets the last of a standing finding's limit."""

from __future__ import annotations

from decimal import Decimal

import pytest
from tests.apps.findings.test_standing import BARK, bark, bark_permit, but, decided, given, reason, taken
from tests.cast import NOON, submitted

from wildgate.apps.findings import services
from wildgate.apps.permits import services as permits
from wildgate.apps.permits.models import Permit
from wildgate.convention.listing import law
from wildgate.convention.refusal import Refusal
from wildgate.kit import events

ROUNDS = 5


@pytest.fixture
def settled(own_database):
    from wildgate.site.demo.cast import settle
    return settle("QM", "Demoland", NOON)


def test_two_officers_issue_30_and_30_against_40_left(settled, at_once):
    given(settled["ito"])
    bark_permit(settled, "140000")
    waiting = [decided(settled, submitted(settled, NOON, bark()))]

    for _ in range(ROUNDS):
        waiting.append(decided(settled, submitted(settled, NOON, bark())))
        outcomes = at_once(*[lambda case=case, who=who: permits.issue(actor=settled[who], case=case, at=NOON)
                             for case, who in zip(waiting, ("amina", "bo"), strict=True)])
        won = [outcome for outcome in outcomes if isinstance(outcome, Permit)]
        assert len(won) == 1, outcomes
        lost = next(outcome for outcome in outcomes if isinstance(outcome, Refusal))
        assert "10 left of the 180 t" in reason(lost)
        assert taken() == (Decimal(170), Decimal(0))
        waiting.remove(won[0].application.number)
        permits.cancel(actor=settled["amina"], number=won[0].number, reason="Next round.", at=NOON)

    assert taken() == (Decimal(140), Decimal(0))
    assert events.verify("QM") is None


def test_an_opinion_that_is_changed_while_an_officer_issues_is_obeyed_or_came_later(settled, at_once):
    given(settled["ito"])
    less = but(BARK, amount=Decimal(20))

    for _ in range(2):
        case = decided(settled, submitted(settled, NOON, bark()))
        issued, _ = at_once(
            lambda case=case: permits.issue(actor=settled["amina"], case=case, at=NOON),
            lambda: services.change(actor=settled["ito"], number="SO-1", new=less, why="Less.", law=law(), at=NOON))
        bound, _ = taken() if isinstance(issued, Permit) else (Decimal(0), None)
        assert bound in (0, 30)
        if isinstance(issued, Permit):
            permits.cancel(actor=settled["amina"], number=issued.number, reason="Next round.", at=NOON)
        services.change(actor=settled["ito"], number="SO-1", new=BARK, why="Back.", law=law(), at=NOON)
