"""The rules that a row of an annual report is held to: the Trade Database's 26, and what we look at beside them.

Rules 1 to 17 are the database's primary ones: a file with such a fault is not taken. Rules 18 to 26 are its secondary
ones: whoever submits may let them stand. From 31 on they are ours.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from functools import cache
from typing import Final

PRIMARY_UNTIL: Final = 17
THEIRS_UNTIL: Final = 26


class Severity(str, Enum):
    """An error must be repaired before submission; a warning may stand."""

    ERROR = "error"
    WARNING = "warning"

    def __str__(self) -> str:
        return self.value


class Fix(str, Enum):
    """How a row of our own report is put right."""

    REPLACE = "replacement-permit"
    """The permit itself says it: it is replaced by one that says it right."""
    CORRECT = "correction"
    """Customs counted or wrote it: a correction after release."""
    NAMES = "names"
    """The name or its listing is not known here: import names, or replace the permit."""
    FOREIGN = "foreign-paper"
    """The other Party's paper says it: ask that authority, and register the paper anew."""
    LOOK = "look"
    """Compare with the papers; it may be right as it is."""

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: its number, the columns that it looks at, how grave a fault is, what it says, how a row is mended."""

    number: int
    code: str
    columns: tuple[str, ...]
    severity: Severity
    says: str
    fix: Fix

    @property
    def theirs(self) -> bool:
        """Whether the Trade Database runs it too."""
        return self.number <= THEIRS_UNTIL

    @property
    def primary(self) -> bool:
        return self.number <= PRIMARY_UNTIL


E, W = Severity.ERROR, Severity.WARNING
RULES: Final[tuple[Rule, ...]] = (
    Rule(1, "missing", ("partner",), E, "The trading partner is given.", Fix.REPLACE),
    Rule(2, "missing", ("term",), E, "The term is given.", Fix.REPLACE),
    Rule(3, "missing", ("species",), E, "The taxon is given.", Fix.REPLACE),
    Rule(4, "missing", ("appendix",), E, "The Appendix is given.", Fix.REPLACE),
    Rule(5, "missing", ("quantity",), E, "The quantity is given.", Fix.CORRECT),
    Rule(6, "missing", ("year",), E, "The year is given.", Fix.CORRECT),
    Rule(7, "quantity", ("quantity",), E, "The quantity is a number greater than zero.", Fix.CORRECT),
    Rule(8, "year-not-a-number", ("year",), E, "The year is a number.", Fix.CORRECT),
    Rule(9, "year-wrong", ("year",), E, "The year has four digits and is no earlier than the Convention.", Fix.CORRECT),
    Rule(10, "term-unknown", ("term",), E, "The term is in the list of terms.", Fix.REPLACE),
    Rule(11, "source-unknown", ("source",), E, "The source, where given, is in the list of sources.", Fix.REPLACE),
    Rule(12, "purpose-unknown", ("purpose",), E, "The purpose, where given, is in the list of purposes.", Fix.REPLACE),
    Rule(13, "unit-unknown", ("unit",), E, "The unit, where given, is in the list of units.", Fix.REPLACE),
    Rule(14, "country-unknown", ("partner",), E, "The trading partner is in the list of countries.", Fix.REPLACE),
    Rule(15, "country-unknown", ("origin",), E, "The country of origin, where given, is in the list of countries.",
         Fix.FOREIGN),
    Rule(16, "taxon-unknown", ("species",), E, "The name is an accepted name or a synonym of one.", Fix.NAMES),
    Rule(17, "appendix-unknown", ("appendix",), E, "The Appendix is I, II, III or N.", Fix.REPLACE),
    Rule(18, "appendix-not-of-taxon", ("species", "appendix", "year"), E,
         "The taxon was in that Appendix in that year.", Fix.REPLACE),
    Rule(19, "term-unit", ("term", "unit"), W, "The term is measured in that unit.", Fix.REPLACE),
    Rule(20, "term-purpose", ("term", "purpose"), W, "The term is traded for that purpose.", Fix.REPLACE),
    Rule(21, "taxon-term", ("species", "term"), E, "The taxon is traded in that term.", Fix.REPLACE),
    Rule(22, "origin-not-in-range", ("species", "origin"), W,
         "A species taken from the wild lives in its country of origin.", Fix.FOREIGN),
    Rule(23, "exporter-not-in-range", ("species", "origin"), W,
         "A species taken from the wild, without a country of origin, lives in the exporting country.", Fix.REPLACE),
    Rule(24, "origin-is-exporter", ("origin",), E, "The country of origin is not the exporter.", Fix.REPLACE),
    Rule(25, "exporter-is-importer", ("partner",), E, "The exporter is not the importer.", Fix.REPLACE),
    Rule(26, "source-not-of-kingdom", ("species", "source"), E, "The source fits animals or plants.", Fix.REPLACE),
    Rule(31, "missing", ("purpose",), W, "The purpose is given.", Fix.REPLACE),
    Rule(32, "missing", ("source",), W, "The source is given.", Fix.REPLACE),
    Rule(33, "missing", ("export_permit",), W, "The permit has a number, or a dash where there is none.", Fix.LOOK),
    Rule(34, "term-historic", ("term",), W, "The term is still used.", Fix.REPLACE),
    Rule(35, "quantity-fraction", ("quantity",), W, "A number of specimens is a whole number.", Fix.CORRECT),
    Rule(36, "permit-signs", ("export_permit",), W,
         "A permit number holds no colon, semicolon or comma: the Trade Database would split it.", Fix.LOOK),
    Rule(37, "row-twice", ("quantity",), W, "No row stands twice, word for word.", Fix.LOOK),
    Rule(38, "seized", ("source",), W,
         "Seized specimens without a permit stand in the illegal trade report, not here.", Fix.LOOK),
)


@cache
def rule(number: int) -> Rule:
    """The rule with this number."""
    return next(each for each in RULES if each.number == number)
