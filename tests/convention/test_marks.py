"""Rings, chips and tags: one spelling each, rows counted, and nonsense named."""

from __future__ import annotations

from decimal import Decimal

import pytest

from wildgate.convention.marks import Mark, MarkKind, MarkRange, miscounted, read_mark, read_marks
from wildgate.convention.refusal import Refusal

R, T, G, ANY = MarkKind.RING, MarkKind.TRANSPONDER, MarkKind.TAG, MarkKind.ANY


@pytest.mark.parametrize(("text", "mark"), [
    ("985 112 000 123 456", Mark(T, "985112000123456")),
    ("985112000123456", Mark(T, "985112000123456")),
    ("microchip: 985.112.000.123.456", Mark(T, "985112000123456")),
    ("PIT tag no. 985-112-000123456", Mark(T, "985112000123456")),
    ("chip 123*456*789", Mark(T, "123456789")),
    ("ring QM-12", Mark(R, "QM-12")),
    ("ring qm 12", Mark(R, "QM-12")),
    ("Ring QM12", Mark(R, "QM-12")),
    ("closed ring QM 12", Mark(R, "QM-12", closed=True)),
    ("Closed leg band: QM/2024/0007", Mark(R, "QM-2024-0007", closed=True)),
    ("tag QM-2026-NOV-000001", Mark(G, "QM-2026-NOV-000001")),
    ("ＱＭ-12", Mark(ANY, "QM-12")),
    ("QM-1-23", Mark(ANY, "QM-1-23")),
    ("Bague fermée QM-12", Mark(R, "QM-12", closed=True)),
    ("anilla QM-12", Mark(R, "QM-12")),
    ("puce n° 985112000123456", Mark(T, "985112000123456")),
    ("حلقة مغلقة QM-12", Mark(R, "QM-12", closed=True)),
    ("étiquette 0007", Mark(G, "0007")),
    ("ringed seal 4", Mark(ANY, "RINGED-SEAL-4")),
])
def test_one_mark_has_one_spelling(text, mark):
    assert read_mark(text) == mark


@pytest.mark.parametrize(("text", "prefix", "first", "last", "width"), [
    ("QM-2026-NOV-000001…001200", "QM-2026-NOV-", 1, 1200, 6),
    ("QM-2026-NOV-000001 to 001200", "QM-2026-NOV-", 1, 1200, 6),
    ("QM-2026-NOV-000001 au QM-2026-NOV-001200", "QM-2026-NOV-", 1, 1200, 6),
    ("tags 7 - 12", "", 7, 12, 1),
])
def test_a_row_of_tags(text, prefix, first, last, width):
    row = read_mark(text)

    if text == "tags 7 - 12":
        assert isinstance(row, Refusal), "the ends of a row have the same number of digits"
        return
    assert isinstance(row, MarkRange)
    assert (row.prefix, row.first, row.last, row.width) == (prefix, first, last, width)
    assert list(row.values())[-1] == "QM-2026-NOV-001200"
    assert row.count == 1200


@pytest.mark.parametrize(("text", "code"), [
    ("—", "mark-unreadable"),
    ("chip 98511200012345", "chip-unreadable"),
    ("999112000123456", "chip-impossible"),
    ("000112000123456", "chip-impossible"),
    ("985999999999999", "chip-impossible"),
    ("QM-10 to QM-05", "range-reversed"),
    ("QM-10 to QZ-15", "range-unreadable"),
    ("QM-000001 to 999999", "range-too-long"),
])
def test_what_is_no_mark_is_told(text, code):
    refused = read_mark(text)

    assert isinstance(refused, Refusal)
    assert refused.code == code


def test_a_mark_given_twice_in_two_spellings_is_one_mark():
    refused = read_marks("985 112 000 123 456\nchip 985112000123456")

    assert isinstance(refused, Refusal)
    assert refused.code == "mark-twice"
    assert isinstance(read_marks("tags QM-01 to 05\nQM-03"), Refusal)


@pytest.mark.parametrize(("marks", "quantity", "unit", "refused"), [
    ("QM-000001 to 001200", "1200", "NAR", False),
    ("QM-000001 to 001200", "1150", "NAR", True),
    ("QM-000001 to 001199, QM-002000", "1200", "NAR", False),
    ("closed ring A1\nchip 985112000123456", "1", "NAR", False),
    ("QM-000001 to 001200", "300", "KGM", False),
])
def test_as_many_tags_as_specimens(marks, quantity, unit, refused):
    read = read_marks(marks)

    assert not isinstance(read, Refusal)
    assert (miscounted(read, Decimal(quantity), unit) is not None) is refused
