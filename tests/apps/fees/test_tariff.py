"""The bill by a tariff, for any tariff: never below zero, line by line, in coins of its currency."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from wildgate.apps.fees.tariff import bill
from wildgate.apps.houserules.kinds import Extra, Tariff
from wildgate.apps.houserules.reading import places

CURRENCIES = st.sampled_from(["EUR", "JPY", "KWD", "QML"])
TARIFFS = CURRENCIES.flatmap(lambda currency: st.builds(
    Tariff, st.just(currency), *[st.decimals(0, 10**6, places=places(currency))] * 2, st.integers(0, 20),
    st.dictionaries(st.sampled_from([each.value for each in Extra]),
                    st.decimals(0, 10**4, places=places(currency)).map(str))))
LINES = st.integers(0, 600)
FEW = settings(max_examples=40, deadline=None)


@FEW
@given(TARIFFS, LINES, st.sets(st.sampled_from([each.value for each in Extra])))
def test_a_bill_is_the_sum_of_its_items_in_whole_coins(tariff, lines, extras):
    made = bill(tariff, lines=lines, extras=extras)

    assert made.amount == sum((item.amount for item in made.items), Decimal(0)) >= 0
    assert all(item.amount > 0 for item in made.items)
    assert round(made.amount, places(made.currency)) == made.amount
    assert {item.what for item in made.items} <= {"base", "lines"} | (extras & set(tariff.extras))


@FEW
@given(TARIFFS, LINES, LINES)
def test_each_line_beyond_those_included_costs_the_same(tariff, some, more):
    few, many = sorted([some, some + more])
    paid = max(many - tariff.lines_included, 0) - max(few - tariff.lines_included, 0)

    assert bill(tariff, lines=many).amount - bill(tariff, lines=few).amount == paid * tariff.per_line


def test_an_example_by_hand():
    tariff = Tariff("QML", Decimal("40.00"), Decimal("5.00"), 2, {"urgent": "30.00"})

    made = bill(tariff, lines=5, extras={"urgent", "replacement"})

    assert [(item.what, item.number, str(item.amount)) for item in made.items] == [
        ("base", 1, "40.00"), ("lines", 3, "15.00"), ("urgent", 1, "30.00")]
    assert str(made.amount) == "85.00"
