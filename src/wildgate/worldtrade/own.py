"""The installation's own events as rows of the store: what Wildgate's nightly job hands over, with the month."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

_HEADINGS = ("year", "month", "appendix", "taxon", "class", "order", "family", "genus", "term", "quantity", "unit",
             "importer", "exporter", "origin", "purpose", "source", "reporter type")


@dataclass(frozen=True, slots=True)
class OwnRow:
    """One endorsed line of one of our permits, as the annual report would tell it; `reporter` is our side, E or I."""

    year: int
    month: int
    appendix: str
    taxon: str
    class_name: str
    order_name: str
    family: str
    genus: str
    term: str
    quantity: Decimal
    unit: str
    importer: str
    exporter: str
    origin: str
    purpose: str
    source: str
    reporter: str


def write_own(rows: Iterable[OwnRow], path: Path) -> Path:
    """The rows as a table that the intake reads like any other."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(_HEADINGS)
        for row in rows:
            writer.writerow((row.year, row.month, row.appendix, row.taxon, row.class_name, row.order_name, row.family,
                             row.genus, row.term, f"{row.quantity:f}", row.unit, row.importer, row.exporter, row.origin,
                             row.purpose, row.source, row.reporter))
    return path


