"""The book that quotas and stock keep: what ended may still be used by whoever moved it, but never what others hold."""

from __future__ import annotations

from decimal import Decimal

import pytest
from tests.apps.stock.goods import balance, released
from tests.cast import NOON

from wildgate.apps.stock.ledger import LEDGER
from wildgate.convention.quota import Entry
from wildgate.kit.books import Demand

pytestmark = pytest.mark.django_db
ACT = {"actor": "person:1", "at": NOON}


def bound(entry, subject, quantity):
    return LEDGER.take([Demand(entry.pk, "A", Decimal(quantity))], kind=Entry.BIND, subject=subject, until=NOON.date(),
                       **ACT)


def test_an_endorsement_that_arrives_late_takes_what_is_free_and_tells_the_rest(cast):
    entry = released(cast, quantity="100")
    assert bound(entry, "permit:first", 60) is None
    LEDGER.settle("permit:first", moved={}, why="expired", expired=True, **ACT)
    assert bound(entry, "permit:second", 70) is None

    _books, beyond = LEDGER.settle("permit:first", moved={"A": Decimal(60)}, why="endorsed", **ACT)

    assert beyond == 30
    assert (balance(entry).bound, balance(entry).used, balance(entry).free) == (70, 30, 0)


def test_all_lines_are_taken_or_none(cast):
    plenty, little = released(cast, quantity="100"), released(cast, quantity="5", reference="Customs entry 4712")

    refused = LEDGER.take([Demand(plenty.pk, "A", Decimal(60)), Demand(little.pk, "B", Decimal(6))], kind=Entry.BIND,
                          subject="permit:first", until=NOON.date(), **ACT)

    assert refused is not None
    assert (balance(plenty).free, balance(little).free) == (100, 5)
    assert not LEDGER.holds.objects.exists()
