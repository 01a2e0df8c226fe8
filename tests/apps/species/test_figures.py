"""Numbers and days as people write them: what has one meaning is read, what has two is left to be asked about."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wildgate.apps.species import figures
from wildgate.convention.quantity import parse_quantity
from wildgate.convention.refusal import Refusal


@pytest.mark.parametrize(("typed", "read"), [
    ("١٢٠٠", "1200"), ("۱۲۰۰", "1200"), ("١٬٢٠٠٫٥", "1200.5"), ("1,5", "1.5"), ("0,125", "0.125"), ("19,5", "19.5"),
    ("1 234,50", "1234.5"), ("1\u202f234,500", "1234.5"), ("1.234,50", "1234.5"), ("1,234.50", "1234.5"),
    ("1,234,567", "1234567"), ("1.234.567", "1234567"), ("2500,125", "2500.125"), ("  12  ", "12"),
    ("1 200", "1200"), ("1\u2009200", "1200"), ("1200.5", "1200.5"), ("١٫١٢٥", "1.1250"), ("1.1250", "1.1250"),
    ("0.125", "0.125"), ("007", "7"),
])
def test_a_number_with_one_meaning_is_read(typed: str, read: str) -> None:
    assert figures.number(typed) == read
    assert isinstance(parse_quantity(figures.number(typed)), Decimal)


@pytest.mark.parametrize("typed", ["0", "0,0", "0.000", "٠", "00"])
def test_nothing_is_zero(typed: str) -> None:
    assert figures.number(typed) == "0"


@pytest.mark.parametrize("typed", ["1,2,3", "1,23.4", "01,5x", "abc", "-5", "1e5", "½", "5²", "12 pieces", "", ",5",
                                   "5,", "1,200,00", "1 20", "1.200 300", "1٫200٫300"])
def test_what_has_no_meaning_is_left_to_be_refused(typed: str) -> None:
    assert figures.number(typed) == typed
    assert isinstance(parse_quantity(figures.number(typed)), Refusal)


@pytest.mark.parametrize(("typed", "whole", "part"), [
    ("1,200", "1200", "1.2"), ("1.200", "1200", "1.2"), ("12.345", "12345", "12.3450"), ("5,000", "5000", "5"),
    ("١٬٢٠٠".replace("٬", ","), "1200", "1.2"), ("01,200", "1200", "1.2")])
def test_what_has_two_meanings_is_asked_about_with_both(typed: str, whole: str, part: str) -> None:
    asked = parse_quantity(figures.number(typed))

    assert isinstance(asked, Refusal)
    assert asked.reason == f"This quantity can be read in two ways: write {whole} or {part}."
    assert [figures.number(each) for each in (whole, part)] == [whole, part]


def test_a_day_in_arabic_digits() -> None:
    assert figures.day(" ٢٠١٩-٠٥-٣١ ") == "2019-05-31"


@given(st.text(max_size=30))
def test_reading_twice_changes_nothing_and_nothing_breaks(typed: str) -> None:
    assert figures.number(figures.number(typed)) == figures.number(typed)


@given(st.decimals(min_value="0.001", max_value=10**9, places=3), st.sampled_from([".", ",", "٫"]))
def test_a_number_is_never_read_as_another(value: Decimal, point: str) -> None:
    typed = f"{value:f}".replace(".", point)

    read = parse_quantity(figures.number(typed))

    assert isinstance(read, Refusal) or read == value
