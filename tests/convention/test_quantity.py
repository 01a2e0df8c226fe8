"""Quantities are exact, never guessed from a locale, and convert by the tables' factors."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wildgate.convention.quantity import check_number, compare, convert, parse_quantity
from wildgate.convention.refusal import Refusal


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1200", "1200"),
        ("1 200", "1200"),
        ("1 200 000.25", "1200000.25"),
        ("0.000001", "0.000001"),
        (" 5 ", "5"),
        ("1\u00a0200", "1200"),
        ("007", "7"),
        ("1000000000000", "1000000000000"),
    ],
)
def test_plain_numbers_are_read_exactly(text: str, value: str) -> None:
    assert parse_quantity(text) == Decimal(value)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("1,200", "quantity-ambiguous"),
        ("1.200,5", "quantity-ambiguous"),
        ("1,200.5", "quantity-ambiguous"),
        ("-1", "quantity-not-positive"),
        ("0", "quantity-not-positive"),
        ("0.000", "quantity-not-positive"),
        ("NaN", "quantity-not-a-number"),
        ("Infinity", "quantity-not-a-number"),
        ("1e3", "quantity-not-a-number"),
        ("", "quantity-not-a-number"),
        ("12 00", "quantity-not-a-number"),
        ("1.2.3", "quantity-not-a-number"),
        ("+5", "quantity-not-a-number"),
        ("१२", "quantity-not-a-number"),
        ("twelve", "quantity-not-a-number"),
        ("1000000000001", "quantity-too-large"),
        ("1.0000001", "quantity-too-fine"),
        ("1" * 41, "quantity-too-long"),
    ],
)
def test_anything_else_is_refused_with_its_reason(text: str, code: str) -> None:
    refusal = parse_quantity(text)

    assert isinstance(refusal, Refusal)
    assert refusal.code == code
    assert refusal.reason.endswith(".")


@given(st.text(max_size=60))
def test_no_text_breaks_the_reader(text: str) -> None:
    outcome = parse_quantity(text)

    assert isinstance(outcome, Refusal) or 0 < outcome <= 10**12


@given(st.decimals(min_value="0.000001", max_value="999999999999", places=6))
def test_what_is_written_plainly_is_read_back(value: Decimal) -> None:
    assert parse_quantity(format(value, "f")) == value


def test_counted_specimens_are_whole() -> None:
    assert check_number(Decimal("1.5"), "NAR") is not None
    assert check_number(Decimal("1.0"), "NAR") is None
    assert check_number(Decimal("1.5"), "KGM") is None


@pytest.mark.parametrize(
    ("amount", "unit", "to", "expected"),
    [
        ("180", "TON", "KGM", "180000"),
        ("125", "GRM", "KGM", "0.125"),
        ("1", "KGM", "GRM", "1000"),
        ("2", "PAI", "NAR", "4"),
        ("1500", "MLT", "LTR", "1.5"),
        ("1", "MTQ", "CMQ", "1000000"),
        ("7", "BAK", "BAK", "7"),
    ],
)
def test_units_convert_exactly(amount: str, unit: str, to: str, expected: str) -> None:
    assert convert(Decimal(amount), unit, to) == Decimal(expected)


@pytest.mark.parametrize(
    ("unit", "to"), [("KGM", "NAR"), ("BOX", "NAR"), ("BAK", "NAR"), ("KGM", "XYZ"), ("LTR", "KGM")]
)
def test_units_of_different_things_do_not_convert(unit: str, to: str) -> None:
    assert isinstance(convert(Decimal(1), unit, to), Refusal)


def test_quantities_compare_across_units() -> None:
    assert compare(Decimal(200), "GRM", Decimal("0.125"), "KGM") == 1
    assert compare(Decimal(125), "GRM", Decimal("0.125"), "KGM") == 0
    assert compare(Decimal(1), "GRM", Decimal(1), "KGM") == -1
    assert isinstance(compare(Decimal(1), "GRM", Decimal(1), "NAR"), Refusal)
