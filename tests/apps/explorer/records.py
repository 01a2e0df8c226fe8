"""A few trade records for the tests of this folder, small enough to add up by hand."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from wildgate.worldtrade.own import OwnRow
from wildgate.worldtrade.store import store_at

AT = datetime(2027, 3, 1, tzinfo=UTC)
HEAD = ("Id", "Year", "Appendix", "Taxon", "Class", "Order", "Family", "Genus", "Term", "Quantity", "Unit", "Importer",
        "Exporter", "Origin", "Purpose", "Source", "Reporter.type")
PYTHON = ("II", "Python regius", "Reptilia", "Serpentes", "Pythonidae", "Python")
BEAR = ("II", "Ursus americanus", "Mammalia", "Carnivora", "Ursidae", "Ursus")
SHIPMENTS = (
    (2015, *PYTHON, "live", 100, "", "US", "GH", "", "T", "W", "I"),
    (2015, *PYTHON, "live", 90, "", "US", "GH", "", "T", "W", "E"),
    (2015, *PYTHON, "live", 7, "", "SG", "GH", "", "T", "W", "I"),
    (2017, *PYTHON, "live", 50, "", "US", "TG", "", "T", "R", "I"),
    (2017, *PYTHON, "live", 30, "", "MT", "TG", "", "T", "C", "I"),
    (2017, *PYTHON, "live", 1, "", "FR", "XX", "", "P", "W", "I"),
    (2017, *PYTHON, "skins", 40, "", "IT", "BJ", "", "T", "W", "I"),
    (2016, *PYTHON, "skins", 8, "", "IT", "BJ", "", "T", "W", "I"),
    (2017, *PYTHON, "skins", 6, "kg", "IT", "BJ", "", "T", "W", "I"),
    *((2018, *BEAR, "trophies", 1, "", "DE", "CA", "", "H", "W", "E") for _ in range(9)),
    (2018, *BEAR, "trophies", 1, "", "AT", "CA", "", "H", "W", "E"),
    *((2018, *BEAR, "trophies", 1, "", "FR", "CA", "", "H", "W", "E") for _ in range(6)),
)


def write(path: Path, rows: Iterable[tuple[object, ...]] = SHIPMENTS) -> Path:
    """The rows as a download of the Trade Database."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEAD)
        writer.writerows((number, *row) for number, row in enumerate(rows, 1))
    return path


def own(year: int, month: int, quantity: str, importer: str = "QZ") -> OwnRow:
    """One line of ours that left."""
    return OwnRow(year, month, "II", "Caiman latirostris", "Reptilia", "Crocodylia", "Alligatoridae", "Caiman", "SKI",
                  Decimal(quantity), "NAR", importer, "QM", "", "T", "C", "E")


def fill(home: Path, this_year: int) -> None:
    """The store of a home with shipments, and own rows of a published year and of this one."""
    store = store_at(home / "trade")
    store.load(write(home / "shipments.csv"), at=AT)
    store.append([*(own(2019, month, "10") for month in (1, 1, 1, 1, 1, 2, 2, 4, 4, 4, 4, 4, 4)),
                  own(2019, 3, "4", "SG"), own(this_year, 1, "500")], at=AT)
