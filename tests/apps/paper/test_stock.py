"""The arithmetic of sheets: numbers read and written, and what must lie in each drawer."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wildgate.apps.paper.stock import SheetAct, compressed, expected, read_numbers, step
from wildgate.convention.refusal import Refusal


@pytest.mark.parametrize(("text", "numbers"), [
    ("0071233", ("0071233",)), ("0071233-0071235", ("0071233", "0071234", "0071235")),
    ("0071233 – 0071234, 0071240", ("0071233", "0071234", "0071240")), ("qm0009 - qm0010", ("QM0009", "QM0010")),
    ("7\n8;9", ("7", "8", "9")), ("7 7", ("7",))])
def test_numbers_as_people_type_them(text, numbers):
    assert read_numbers(text) == numbers


@pytest.mark.parametrize("text", ["", "x", "0071240-0071233", "0071-00720", "A1-B2", "1-2-3", "1-99999", "١٢", "-"])
def test_what_is_no_sheet_is_told(text):
    assert isinstance(read_numbers(text), Refusal)


def test_numbers_stand_as_ranges():
    assert compressed(["0071290", "0071234", "0071233", "0071235"]) == "0071233–0071235, 0071290"
    assert compressed(["99", "100"]) == "99, 100"
    assert compressed([]) == ""


@given(st.sets(st.integers(0, 60), min_size=1))
def test_ranges_are_read_back(values):
    numbers = sorted(f"QM{value:04d}" for value in values)

    assert read_numbers(compressed(numbers)) == tuple(numbers)


PLACES = st.sampled_from([None, 1, 2])


@given(st.lists(st.tuples(st.sampled_from([act for act in SheetAct if act is not SheetAct.RECEIVED]), PLACES,
                          st.integers(0, 19)), max_size=60))
def test_the_expected_count_is_what_one_would_count(steps):
    """Twenty sheets, moved one at a time by the table: the fold agrees with looking into every drawer."""
    sheets = [(step(None, SheetAct.RECEIVED), None)] * 20
    moves = [(SheetAct.RECEIVED, None, 20)]
    for act, place, which in steps:
        state, where = sheets[which]
        after = step(state, act)
        going = act is SheetAct.HANDED_OUT
        if after is None or (going and place is None) or (not going and place != where):
            continue
        sheets[which] = (after, place if going else None if act is SheetAct.GIVEN_BACK else where)
        moves.append((act, place, 1))

    counted = {place: sum(state in ("in-store", "at-office") and where == place for state, where in sheets)
               for place in (None, 1, 2)}
    assert {place: expected(moves).get(place, 0) for place in counted} == counted
