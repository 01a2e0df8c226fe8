"""Figures of few records are left out so that no sum gives them away; a year of our own is public when it was due."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wildgate.apps.explorer.hiding import FEWEST, Figure, hide, published_until, touchy

PARTS = st.lists(st.integers(1, 30), max_size=12).map(lambda counts: [
    Figure((str(i),), Decimal(count), count) for i, count in enumerate(counts)])


@given(PARTS)
def test_what_is_shown_has_enough_records_and_what_is_hidden_cannot_be_worked_out(part):
    found = hide(part)
    gone = [before for before, after in zip(part, found, strict=True) if after.hidden]

    assert [each.key for each in found] == [each.key for each in part]
    assert all(each.records >= FEWEST for each in found if not each.hidden)
    assert all(each.records == 0 for each in found if each.hidden)
    if gone and len(gone) < len(part):
        counts = [each.records for each in gone]
        assert len(gone) >= 2
        assert sum(counts) - (len(counts) - 1) >= FEWEST, "each small one might as well be five"


@given(PARTS)
def test_nothing_is_hidden_without_need(part):
    if all(each.records >= FEWEST for each in part):
        assert hide(part) == tuple(part)
    elif len(part) > 1:
        shown = [each.records for each in hide(part) if not each.hidden]
        hidden = [each.records for each, after in zip(part, hide(part), strict=True) if after.hidden]
        assert not shown or max(hidden) <= min(shown)


@pytest.mark.parametrize(("kind", "purpose", "told"), [
    ("own", "T", True), ("shipments", "H", True), ("tabulation", "P", True), ("shipments", "T", False),
    ("shipments", "", False)])
def test_our_own_records_and_those_of_single_persons_are_touchy(kind, purpose, told):
    assert touchy(kind, purpose) is told


@pytest.mark.parametrize(("today", "year"), [
    (date(2027, 10, 31), 2025), (date(2027, 11, 1), 2026), (date(2028, 1, 1), 2026)])
def test_a_year_of_ours_is_public_when_its_annual_report_was_due(today, year):
    assert published_until(today) == year
