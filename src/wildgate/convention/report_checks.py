"""The checks that the Trade Database runs on an annual report, on our side of the door (Species+, `db/seeds.rb`)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import Enum

from wildgate.convention import quantity, tables
from wildgate.convention.listing import Law, Listed
from wildgate.convention.refusal import Refusal
from wildgate.convention.report_row import Part, ReportRow
from wildgate.convention.taxonomy import Taxon, Unknown
from wildgate.convention.term_fit import is_unusual, term_fits
from wildgate.convention.vocabulary import Purpose, Source

FIRST_YEAR = 1975
_YEAR = re.compile(r"^\d{4}$")


class Severity(str, Enum):
    """An error must be repaired before submission; a warning may stand."""

    ERROR = "error"
    WARNING = "warning"

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True, slots=True)
class ReportFinding:
    """What is wrong in a row: its number in the file, the column, how grave, a stable code and one sentence."""

    row: int
    column: str
    severity: Severity
    code: str
    sentence: str

    def as_json(self) -> dict[str, object]:
        return {
            "row": self.row,
            "column": self.column,
            "severity": self.severity.value,
            "code": self.code,
            "reason": self.sentence,
        }


@dataclass(frozen=True, slots=True)
class _Asked:
    row: ReportRow
    law: Law
    taxon: Taxon | Unknown
    part: Part | None
    party: str | None


Fault = tuple[str, Severity, str, str]


def check_rows(
    rows: Iterable[ReportRow], law: Law, *, part: Part | None = None, party: str | None = None
) -> tuple[ReportFinding, ...]:
    """Check each row by itself, in the order of the rows. `party` is the reporting Party, where known.

    Presence, numbers and year come first, then code lists, then what must go together. Pairs of term with unit and with
    purpose only warn; the others are errors.
    """
    out: list[ReportFinding] = []
    for position, row in enumerate(rows, start=2):
        asked = _Asked(row, law, law.resolve(row.species) if row.species else Unknown("", "missing"), part, party)
        number = row.number or position
        out.extend(
            ReportFinding(number, column, severity, code, sentence)
            for check in CHECKS
            for column, severity, code, sentence in check(asked)
        )
    return tuple(out)


def _presence(asked: _Asked) -> Iterator[Fault]:
    row = asked.row
    for column, value in (
        ("partner", row.partner),
        ("term", row.term),
        ("species", row.species),
        ("appendix", row.appendix),
        ("quantity", row.quantity),
        ("year", row.year),
    ):
        if not value:
            yield column, Severity.ERROR, "missing", f"The {column} is missing."


def _numbers(asked: _Asked) -> Iterator[Fault]:
    row = asked.row
    if row.quantity:
        amount = quantity.parse_quantity(row.quantity)
        if isinstance(amount, Refusal):
            yield "quantity", Severity.ERROR, amount.code, amount.reason
        elif (fault := quantity.check_number(amount, row.unit or quantity.NUMBER)) is not None:
            yield "quantity", Severity.WARNING, fault.code, fault.reason
    if row.year and (not _YEAR.match(row.year) or int(row.year) < FIRST_YEAR):
        yield (
            "year",
            Severity.ERROR,
            "year-wrong",
            f"The year {row.year[:20]!r} is not a year of four digits since {FIRST_YEAR}.",
        )


def _codes(asked: _Asked) -> Iterator[Fault]:
    row = asked.row
    if row.appendix and row.appendix not in ("I", "II", "III", "N"):
        yield (
            "appendix",
            Severity.ERROR,
            "appendix-unknown",
            f"{row.appendix[:20]!r} is not an Appendix: write I, II, III or N.",
        )
    if row.term:
        known = tables.term(row.term)
        if known is None:
            yield "term", Severity.ERROR, "term-unknown", f"{row.term[:20]!r} is not a term code."
        elif not known.current:
            instead = " or ".join(known.replaced_by) or "a current term"
            yield "term", Severity.WARNING, "term-historic", f"The term {row.term} is no longer used: use {instead}."
    if row.unit and _unit(row) is None:
        yield (
            "unit",
            Severity.ERROR,
            "unit-unknown",
            f"{row.unit[:20]!r} is not a unit: write one of the nine codes, or nothing for number.",
        )
    for column, code in (("partner", row.partner), ("origin", row.origin)):
        if code and tables.country(code) is None:
            yield column, Severity.ERROR, "country-unknown", f"{code[:20]!r} is not a country code."
    for column, code, codes in (
        ("purpose", row.purpose, {member.value for member in Purpose}),
        ("source", row.source, {member.value for member in Source}),
    ):
        if not code:
            yield column, Severity.WARNING, "missing", f"The {column} is missing."
        elif code not in codes:
            yield column, Severity.ERROR, f"{column}-unknown", f"{code[:20]!r} is not a {column} code."


def _name(asked: _Asked) -> Iterator[Fault]:
    if asked.row.species and isinstance(asked.taxon, Unknown):
        yield (
            "species",
            Severity.ERROR,
            "taxon-unknown",
            f"{asked.row.species[:60]!r} is not a name in the tables: {asked.taxon.reason}",
        )


def _appendix_of_taxon(asked: _Asked) -> Iterator[Fault]:
    row = asked.row
    if isinstance(asked.taxon, Unknown) or row.appendix not in ("I", "II", "III", "N"):
        return
    on = date(int(row.year), 12, 31) if _YEAR.match(row.year) and int(row.year) >= FIRST_YEAR else None
    found = asked.law.listings(asked.taxon, None, on)
    listed = {entry.appendix.value for entry in found.listings} if isinstance(found, Listed) else set()
    deemed = (
        {zero.treated_as.value for entry in found.listings for zero in entry.zero_quotas if zero.treated_as}
        if isinstance(found, Listed)
        else set()
    )
    if row.appendix == "N":
        if listed:
            yield (
                "appendix",
                Severity.ERROR,
                "appendix-not-of-taxon",
                f"{asked.taxon.name} is in Appendix {' and '.join(sorted(listed))}, not outside them.",
            )
    elif row.appendix not in listed | deemed:
        stands = f"in Appendix {' and '.join(sorted(listed))}" if listed else "in no Appendix"
        # Older years are judged by the listings at hand, which may have changed since: then it is a warning only.
        severity = Severity.ERROR if on is None or on.isoformat() >= asked.law.date[:4] else Severity.WARNING
        yield (
            "appendix",
            severity,
            "appendix-not-of-taxon",
            f"{asked.taxon.name} is {stands}, not in Appendix {row.appendix}.",
        )


def _pairs(asked: _Asked) -> Iterator[Fault]:
    row = asked.row
    unit = _unit(row)
    if row.term and unit and tables.term_unit_ok(row.term, unit) is False:
        yield "unit", Severity.WARNING, "term-unit", f"{row.term} is usually not measured in {unit}."
    if row.term and row.purpose and tables.term_purpose_ok(row.term, row.purpose) is False:
        yield (
            "purpose",
            Severity.WARNING,
            "term-purpose",
            f"{row.term} is usually not traded for purpose {row.purpose}.",
        )
    if row.term and isinstance(asked.taxon, Taxon) and not term_fits(row.term, asked.taxon):
        yield "term", Severity.ERROR, "taxon-term", f"{row.term} is not a term for {asked.taxon.name}."
    elif row.term and isinstance(asked.taxon, Taxon) and is_unusual(row.term, asked.taxon):
        yield "term", Severity.WARNING, "taxon-term", f"{row.term} is an unusual term for {asked.taxon.name}."


def _countries(asked: _Asked) -> Iterator[Fault]:
    row = asked.row
    exporter, importer = (row.partner, asked.party) if asked.part is Part.IMPORTS else (asked.party, row.partner)
    if row.origin and exporter and row.origin == exporter:
        yield (
            "origin",
            Severity.ERROR,
            "origin-is-exporter",
            f"The country of origin {row.origin} is the exporter: leave it empty.",
        )
    if exporter and importer and exporter == importer:
        yield (
            "partner",
            Severity.ERROR,
            "exporter-is-importer",
            f"Exporter and importer are both {exporter}: internal trade is not reported.",
        )


def _source_of_kingdom(asked: _Asked) -> Iterator[Fault]:
    rules = tables.source_rules(asked.row.source) if asked.row.source else None
    if rules and isinstance(asked.taxon, Taxon) and asked.taxon.kingdom not in rules.kingdoms:
        kind = "plants" if asked.taxon.kingdom.value == "Plantae" else "animals"
        yield (
            "source",
            Severity.ERROR,
            "source-not-of-kingdom",
            f"Source {asked.row.source} is not for {kind} ({asked.taxon.name}).",
        )


def _permit_numbers(asked: _Asked) -> Iterator[Fault]:
    row = asked.row
    if asked.part is not None and not row.export_permit and not row.ifs_permit:
        yield (
            "export_permit",
            Severity.WARNING,
            "missing",
            'The number of the export permit is missing: write "-" if there is none.',
        )


CHECKS: tuple[Callable[[_Asked], Iterator[Fault]], ...] = (
    _presence,
    _numbers,
    _codes,
    _name,
    _appendix_of_taxon,
    _pairs,
    _countries,
    _source_of_kingdom,
    _permit_numbers,
)

_SYMBOLS = {
    "KG": "KGM",
    "G": "GRM",
    "L": "LTR",
    "ML": "MLT",
    "CM3": "CMQ",
    "M": "MTR",
    "M2": "MTK",
    "M3": "MTQ",
    "NO.": "NAR",
    "NO": "NAR",
}


def _unit(row: ReportRow) -> str | None:
    """The current code of the row's unit; empty means number; symbols and older codes are understood."""
    if not row.unit:
        return quantity.NUMBER
    known = tables.unit(row.unit)
    if known is not None and known.current:
        return known.code
    if row.unit in _SYMBOLS:
        return _SYMBOLS[row.unit]
    legacy = tables.legacy_unit(row.unit)
    return legacy[0] if legacy else None
