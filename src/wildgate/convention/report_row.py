"""A row of the annual report: one permit line as text, and the part of the report it stands in."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Part(str, Enum):
    """The two parts of the report. Introductions from the sea stand with the imports (partner ZZ)."""

    EXPORTS = "exports"
    IMPORTS = "imports"


class Basis(str, Enum):
    """What a report counts, in the words of the upload site: one of the two for the whole of a submission."""

    ACTUAL = "Actual Trade"
    ISSUED = "Permits Issued"

    def __str__(self) -> str:
        return self.value


ACTUAL, PERMIT_ONLY = "actual", "permit-only"
"""The mark of a row: customs endorsed the quantity, or it is what a permit allows."""


@dataclass(slots=True, unsafe_hash=True)
class ReportRow:
    """One permit line of an annual report, as text: a row may be wrong, and is checked, not lost.

    A value like the others: nobody changes one. It is not frozen because that costs ten times as much for each of a
    million rows.

    `partner` is the country of destination (exports) or of (re-)export (imports, ZZ = introduction from the sea);
    `origin` is filled for re-exports only; `unit` empty means number; `number` is the row of the file it was read from.
    `mark` says where the quantity comes from.
    """

    appendix: str
    species: str
    term: str
    quantity: str
    unit: str
    partner: str
    year: str
    purpose: str = ""
    source: str = ""
    origin: str = ""
    export_permit: str = ""
    import_permit: str = ""
    origin_permit: str = ""
    ifs_permit: str = ""
    description: str = ""
    remarks: str = ""
    number: int = 0
    mark: str = ""
