"""The decision table as data: complete, readable, and each row with its basis."""

from __future__ import annotations

import csv
from itertools import product
from pathlib import Path

import pytest

from wildgate.convention.rules import table
from wildgate.convention.vocabulary import Appendix, Direction, Kingdom, Outcome, Purpose, Source


def test_the_table_has_the_42_rows_of_the_source(shared_data: Path) -> None:
    with (shared_data / "cites_decision_table.csv").open(encoding="utf-8") as file:
        expected = {row["rule_id"] for row in csv.DictReader(file)}

    assert {row.id for row in table()} == expected
    assert len(table()) == 42


def test_every_row_and_every_part_names_its_basis() -> None:
    for row in table():
        assert row.basis, row.id
        assert all(document.basis for document in row.documents), row.id
        assert all(finding.basis for finding in row.findings), row.id
        if row.decision is Outcome.REFUSE:
            assert row.refusal, row.id
            assert not row.documents, row.id


def test_only_unverified_rows_are_marked() -> None:
    assert [(row.id, row.fact) for row in table() if row.fact] == [("S06", "K-flag-state")]


@pytest.mark.parametrize(
    ("direction", "appendix", "kingdom", "source", "purpose", "listed", "expected"),
    [
        ("export", "I", "Animalia", "W", "S", False, "E01"),
        ("export", "I", "Animalia", "W", "T", False, "E02"),
        ("export", "I", "Animalia", "D", "T", False, "E03"),
        ("export", "I", "Plantae", "D", "T", False, "E04"),
        ("export", "I", "Animalia", "C", "Z", False, "E05"),
        ("export", "I", "Plantae", "A", "S", False, "E06"),
        ("export", "III", "Animalia", "O", "T", True, "E07"),
        ("export", "II", "Plantae", "Y", "T", False, "E08"),
        ("export", "II", "Animalia", "C", "T", False, "E09"),
        ("export", "II", "Plantae", "A", "T", False, "E10"),
        ("export", "III", "Animalia", "W", "T", True, "E11"),
        ("export", "III", "Animalia", "W", "T", False, "E12"),
        ("re-export", "I", "Animalia", "U", "S", False, "R01"),
        ("re-export", "I", "Animalia", "X", "T", False, "R02"),
        ("re-export", "I", "Animalia", "D", "T", False, "R03"),
        ("re-export", "II", "Animalia", "O", "T", False, "R04"),
        ("re-export", "III", "Plantae", "W", "T", True, "R05"),
        ("re-export", "II", "Animalia", "I", "T", False, "R06"),
        ("import", "I", "Animalia", "R", "Z", False, "I01"),
        ("import", "I", "Animalia", "F", "T", False, "I02"),
        ("import", "I", "Animalia", "C", "Z", False, "I03"),
        ("import", "II", "Animalia", "U", "T", False, "I04"),
        ("import", "III", "Animalia", "W", "T", False, "I05"),
        ("introduction-from-the-sea", "I", "Animalia", "X", "S", False, "S01"),
        ("introduction-from-the-sea", "I", "Animalia", "X", "T", False, "S02"),
        ("introduction-from-the-sea", "II", "Animalia", "X", "T", False, "S03"),
        ("introduction-from-the-sea", "III", "Animalia", "X", "T", False, "S04"),
        ("transit", "II", "Animalia", "W", "T", False, "T01"),
    ],
)
def test_each_kind_of_trade_finds_its_row(
    direction: str, appendix: str, kingdom: str, source: str, purpose: str, listed: bool, expected: str
) -> None:
    row = table().base(
        Direction(direction), Appendix(appendix), Kingdom(kingdom), Source(source), Purpose(purpose), listed
    )

    assert row is not None
    assert row.id == expected


def test_appendix_i_wild_specimens_never_pass_for_commerce() -> None:
    moves = (Direction.EXPORT, Direction.RE_EXPORT, Direction.IMPORT, Direction.FROM_THE_SEA)
    for direction, kingdom, source in product(
        moves, Kingdom, (Source.WILD, Source.BORN, Source.UNKNOWN, Source.HIGH_SEAS)
    ):
        row = table().base(direction, Appendix.I, kingdom, source, Purpose.COMMERCIAL, False)

        assert row is None or row.answer(Purpose.COMMERCIAL) is Outcome.REFUSE


def test_what_the_table_does_not_hold_finds_no_row() -> None:
    of_animals = (Kingdom.ANIMAL, Source.REGISTERED, Purpose.COMMERCIAL, False)
    assert table().base(Direction.EXPORT, Appendix.II, *of_animals) is None
    bred = (Kingdom.ANIMAL, Source.CAPTIVE_BRED, Purpose.ZOO, False)
    assert table().base(Direction.RE_EXPORT, Appendix.I, *bred) is None


def test_a_row_that_is_only_described_stays_open() -> None:
    assert table().rule("Z06").answer(Purpose.MEDICAL) is Outcome.CONDITIONAL
