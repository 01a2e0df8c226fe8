"""Two at the same second, real threads, and long random sequences: never more out than in."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.apps.stock.goods import balance, released
from tests.cast import NOON

from wildgate.apps.stock import drawing, selectors, services
from wildgate.apps.stock.drawing import Holder
from wildgate.apps.stock.ledger import LEDGER
from wildgate.apps.stock.models import StockBalance, StockEntry
from wildgate.convention.listing import law
from wildgate.convention.quota import Entry
from wildgate.convention.refusal import Refusal
from wildgate.convention.stock import OLDEST, Ask
from wildgate.kit.books import Demand

ROUNDS = 100
D = Decimal


@pytest.fixture
def settled(own_database):
    from wildgate.site.demo.cast import settle
    return settle("QM", "Demoland", NOON)


def ask(quantity: int, block: str = "A") -> Ask:
    return Ask(0, block, "Alligator mississippiensis", "LPS", D(quantity), "NAR", "W", "US", stock=OLDEST)


def draw(holder: Holder, quantity: int) -> Any:
    """What submit does with the stock, in a transaction of its own."""
    with transaction.atomic():
        draws = drawing.plan(holder, [ask(quantity)], law(), demanded=False)
        if isinstance(draws[0], Refusal):
            return draws[0]
        return drawing.put_aside(holder, draws, actor="person:1", at=NOON) or "drawn"


def give_back(subject: str) -> None:
    with transaction.atomic():
        drawing.give_back(subject=subject, why="withdrawn", actor="person:1", at=NOON)


def test_two_applications_for_the_same_straps_in_100_rounds(settled, at_once):
    entry = released(settled)
    holders = [Holder("QM", entry.organisation_id, f"application:{name}") for name in ("first", "second")]

    for _ in range(ROUNDS):
        outcomes = at_once(*[lambda holder=holder: draw(holder, 30) for holder in holders])
        refused = [one for one in outcomes if isinstance(one, Refusal)]
        assert [one.values["left"] for one in refused] == ["10"]
        assert balance(entry).reserved == 30
        give_back(holders[outcomes.index("drawn")].subject)

    assert balance(entry).free == 40
    assert selectors.agrees(StockBalance.objects.get())


def test_converting_and_drawing_at_once_share_one_entry(settled, at_once):
    skins = released(settled, term="SKI", quantity="400")
    mario = settled["mario"]

    def convert() -> int:
        return sum(isinstance(services.convert(actor=mario, number=skins.number, given=D(9), term="LPS",
                                               quantity=D(18), unit="NAR", at=NOON), StockEntry) for _ in range(30))

    def lose() -> int:
        return sum(isinstance(services.write_off(actor=mario, number=skins.number, quantity=D(7), why="lost", at=NOON),
                              StockEntry) for _ in range(30))

    converted, lost = at_once(convert, lose)

    assert balance(skins).used == 9 * converted + 7 * lost <= 400
    assert balance(skins).free < 9
    assert all(selectors.agrees(row) for row in StockBalance.objects.all())


STEPS = st.lists(st.tuples(st.sampled_from(["reserve", "bind", "use", "return", "expire", "convert", "lose"]),
                           st.integers(0, 3), st.integers(1, 25)), max_size=25)


@pytest.mark.django_db
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS)
def test_no_sequence_of_acts_lets_more_out_than_came_in(cast, steps):
    with transaction.atomic():
        entry = released(cast, term="SKI", quantity="40")
        for act, who, many in steps:
            play(act, f"application:{who}", entry, many, cast["mario"])
            now = balance(entry)
            assert now.free >= 0
            assert now.reserved + now.bound + now.used + now.free == 40
        assert selectors.agrees(StockBalance.objects.get(pk=entry.pk))
        made = StockEntry.objects.filter(made_from=entry)
        assert sum(one.given for one in made) <= balance(entry).used
        transaction.set_rollback(True)


def play(act: str, subject: str, entry: StockEntry, many: int, mario: Any) -> None:
    demand = [Demand(entry.pk, "A", D(many))]
    if act in ("reserve", "bind"):
        LEDGER.take(demand, kind=Entry(act), subject=subject, until=NOON.date(), actor="person:1", at=NOON)
    elif act == "use":
        LEDGER.settle(subject, moved={"A": D(many)}, why="endorsed", actor="person:1", at=NOON)
    elif act == "expire":
        LEDGER.settle(subject, moved={}, why="expired", actor="person:1", at=NOON, expired=True)
    elif act == "return":
        LEDGER.settle(subject, moved={}, why="withdrawn", actor="person:1", at=NOON)
    elif act == "convert":
        services.convert(actor=mario, number=entry.number, given=D(many), term="LPS", quantity=D(many), unit="NAR",
                         at=NOON)
    else:
        services.write_off(actor=mario, number=entry.number, quantity=D(many), why="died", at=NOON)
