"""What the codes of a row of an annual report say together: presence, code lists, Appendix, pairs, range, countries.

Nothing here looks at quantities or permit numbers: rows with the same codes have the same faults.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final

from wildgate.convention import quantity, tables
from wildgate.convention.listing import Law, Listed
from wildgate.convention.report_row import Part, ReportRow
from wildgate.convention.report_rules import Severity
from wildgate.convention.sentence import say
from wildgate.convention.taxonomy import Rank, Taxon, Unknown
from wildgate.convention.term_fit import is_unusual, term_fits
from wildgate.convention.vocabulary import Purpose, Source

FIRST_YEAR: Final = 1975
APPENDICES: Final = ("I", "II", "III", "N")
ALL_COLUMNS: Final = frozenset({"year", "export_permit"})
"""The columns that not every layout has; the others are asked for when a file is read."""
WILD: Final = "W"
NOWHERE: Final = frozenset({"XX", "XV", "ZZ"})
"""Codes that name no country: an unknown origin has no range State."""
Fault = tuple[int, str, Severity, str, str]
"""The rule's number, the column, how grave, the code, the sentence."""
Ranges = Callable[[Taxon], frozenset[str] | None]
"""The countries in which a species lives; None where that is not known."""
E, W = Severity.ERROR, Severity.WARNING

MISSING: Final = {
    "partner": "The partner is missing.", "term": "The term is missing.", "species": "The species is missing.",
    "appendix": "The appendix is missing.", "year": "The year is missing.", "purpose": "The purpose is missing.",
    "source": "The source is missing."}
NO_CODE: Final = {"purpose": "'%(code)s' is not a purpose code.", "source": "'%(code)s' is not a source code."}

_YEAR = re.compile(r"\d{4}")
_PURPOSES = frozenset(member.value for member in Purpose)
_SOURCES = frozenset(member.value for member in Source)


@dataclass(frozen=True, slots=True)
class Asked:
    """A row and what is known beside it."""

    row: ReportRow
    law: Law
    taxon: Taxon | Unknown
    part: Part | None
    party: str | None
    ranges: Ranges | None = None
    columns: frozenset[str] = ALL_COLUMNS

    @property
    def exporter(self) -> str:
        return (self.row.partner if self.part is Part.IMPORTS else self.party) or ""

    @property
    def importer(self) -> str:
        return (self.party if self.part is Part.IMPORTS else self.row.partner) or ""

    @property
    def on(self) -> date | None:
        """The last day of the row's year."""
        year = self.row.year
        return date(int(year), 12, 31) if _YEAR.fullmatch(year) and int(year) >= FIRST_YEAR else None


def faults_of(asked: Asked) -> Iterator[Fault]:
    """Every fault of the codes: presence and year first, then code lists, then what must go together."""
    for check in _CHECKS:
        yield from check(asked)


def _presence(asked: Asked) -> Iterator[Fault]:
    row = asked.row
    for number, column, value in ((1, "partner", row.partner), (2, "term", row.term), (3, "species", row.species),
                                  (4, "appendix", row.appendix), (6, "year", row.year)):
        if not value and (column != "year" or "year" in asked.columns):
            yield number, column, E, "missing", say(MISSING[column])


def _year(asked: Asked) -> Iterator[Fault]:
    text = asked.row.year
    if not text or asked.on is not None:
        return
    if text.isascii() and text.isdigit():
        yield 9, "year", E, "year-wrong", say(
            "The year '%(year)s' is not a year of four digits since %(first)s.", year=text[:20], first=FIRST_YEAR)
    else:
        yield 8, "year", E, "year-not-a-number", say(
            "The year '%(year)s' is not a number: write four digits.", year=text[:20])


def _codes(asked: Asked) -> Iterator[Fault]:
    row = asked.row
    if row.appendix and row.appendix not in APPENDICES:
        yield 17, "appendix", E, "appendix-unknown", say(
            "'%(appendix)s' is not an Appendix: write I, II, III or N.", appendix=row.appendix[:20])
    if row.term:
        yield from _term(row.term)
    if row.unit and unit_of(row.unit) is None:
        yield 13, "unit", E, "unit-unknown", say(
            "'%(unit)s' is not a unit: write one of the nine codes, or nothing for number.", unit=row.unit[:20])
    for number, column, code in ((14, "partner", row.partner), (15, "origin", row.origin)):
        if code and tables.country(code) is None:
            yield number, column, E, "country-unknown", say("'%(code)s' is not a country code.", code=code[:20])
    for number, absent, column, code, codes in ((12, 31, "purpose", row.purpose, _PURPOSES),
                                                (11, 32, "source", row.source, _SOURCES)):
        if not code:
            yield absent, column, W, "missing", say(MISSING[column])
        elif code not in codes:
            yield number, column, E, f"{column}-unknown", say(NO_CODE[column], code=code[:20])


def _term(code: str) -> Iterator[Fault]:
    known = tables.term(code)
    if known is None:
        yield 10, "term", E, "term-unknown", say("'%(code)s' is not a term code.", code=code[:20])
    elif not known.current:
        instead = " / ".join(known.replaced_by)
        yield 34, "term", W, "term-historic", say(
            "The term %(code)s is no longer used: use %(instead)s." if instead else
            "The term %(code)s is no longer used: use a current term.", code=code, instead=instead)


def _name(asked: Asked) -> Iterator[Fault]:
    if asked.row.species and isinstance(asked.taxon, Unknown):
        yield 16, "species", E, "taxon-unknown", say(
            "'%(species)s' is not a name in the tables: %(why)s", species=asked.row.species[:60],
            why=asked.taxon.reason)


def _appendix_of_taxon(asked: Asked) -> Iterator[Fault]:
    row, on = asked.row, asked.on
    if isinstance(asked.taxon, Unknown) or row.appendix not in APPENDICES:
        return
    found = asked.law.listings(asked.taxon, None, on)
    entries = found.listings if isinstance(found, Listed) else ()
    listed = {entry.appendix.value for entry in entries}
    deemed = {zero.treated_as.value for entry in entries for zero in entry.zero_quotas if zero.treated_as}
    values = {"taxon": asked.taxon.name, "listed": "/".join(sorted(listed)), "appendix": row.appendix}
    if row.appendix == "N":
        if listed:
            yield 18, "appendix", E, "appendix-not-of-taxon", say(
                "%(taxon)s is in Appendix %(listed)s, not outside them.", **values)
    elif row.appendix not in listed | deemed:
        # Older years are judged by the listings at hand, which may have changed since: then it is a warning only.
        severity = E if on is None or on.isoformat() >= asked.law.date[:4] else W
        yield 18, "appendix", severity, "appendix-not-of-taxon", say(
            "%(taxon)s is in Appendix %(listed)s, not in Appendix %(appendix)s." if listed else
            "%(taxon)s is in no Appendix, not in Appendix %(appendix)s.", **values)


def _pairs(asked: Asked) -> Iterator[Fault]:
    row, taxon = asked.row, asked.taxon
    unit = unit_of(row.unit)
    if row.term and unit and tables.term_unit_ok(row.term, unit) is False:
        yield 19, "unit", W, "term-unit", say("%(term)s is usually not measured in %(unit)s.",
                                             term=row.term, unit=unit)
    if row.term and row.purpose and tables.term_purpose_ok(row.term, row.purpose) is False:
        yield 20, "purpose", W, "term-purpose", say(
            "%(term)s is usually not traded for purpose %(purpose)s.", term=row.term, purpose=row.purpose)
    if row.term and isinstance(taxon, Taxon) and not term_fits(row.term, taxon):
        yield 21, "term", E, "taxon-term", say("%(term)s is not a term for %(taxon)s.", term=row.term,
                                              taxon=taxon.name)
    elif row.term and isinstance(taxon, Taxon) and is_unusual(row.term, taxon):
        yield 21, "term", W, "taxon-term", say("%(term)s is an unusual term for %(taxon)s.",
                                              term=row.term, taxon=taxon.name)


def _range(asked: Asked) -> Iterator[Fault]:
    """Of wild species: the origin, else the exporter, is a range State, as far as ranges are known here."""
    row, taxon = asked.row, asked.taxon
    country = row.origin or asked.exporter
    if row.source != WILD or asked.ranges is None or not country or country in NOWHERE or isinstance(taxon, Unknown):
        return
    if taxon.rank not in (Rank.SPECIES, Rank.SUBSPECIES):
        return
    there = asked.ranges(taxon)
    if there is None or country in there:
        return
    if row.origin:
        yield 22, "origin", W, "origin-not-in-range", say(
            "%(taxon)s is not known to live in %(country)s, its country of origin: source W cannot be right there.",
            taxon=taxon.name, country=country)
    else:
        yield 23, "origin", W, "exporter-not-in-range", say(
            "%(taxon)s is not known to live in %(country)s, and no other country of origin is given for source W.",
            taxon=taxon.name, country=country)


def _countries(asked: Asked) -> Iterator[Fault]:
    row, exporter, importer = asked.row, asked.exporter, asked.importer
    if row.origin and exporter and row.origin == exporter:
        yield 24, "origin", E, "origin-is-exporter", say(
            "The country of origin %(origin)s is the exporter: leave it empty.", origin=row.origin)
    if exporter and importer and exporter == importer:
        yield 25, "partner", E, "exporter-is-importer", say(
            "Exporter and importer are both %(exporter)s: internal trade is not reported.", exporter=exporter)


def _source_of_kingdom(asked: Asked) -> Iterator[Fault]:
    rules = tables.source_rules(asked.row.source) if asked.row.source else None
    if rules and isinstance(asked.taxon, Taxon) and asked.taxon.kingdom not in rules.kingdoms:
        yield 26, "source", E, "source-not-of-kingdom", say(
            "Source %(source)s is not for plants (%(taxon)s)." if asked.taxon.kingdom.value == "Plantae" else
            "Source %(source)s is not for animals (%(taxon)s).", source=asked.row.source, taxon=asked.taxon.name)


_CHECKS: Final[tuple[Callable[[Asked], Iterator[Fault]], ...]] = (
    _presence, _year, _codes, _name, _appendix_of_taxon, _pairs, _range, _countries, _source_of_kingdom)

_SYMBOLS: Final = {
    "KG": "KGM", "G": "GRM", "L": "LTR", "ML": "MLT", "CM3": "CMQ", "M": "MTR", "M2": "MTK", "M3": "MTQ",
    "NO.": "NAR", "NO": "NAR",
}


@lru_cache(maxsize=1024)
def unit_of(text: str) -> str | None:
    """The current code of a unit; empty means number; symbols and older codes are understood in any case."""
    if not text:
        return quantity.NUMBER
    known = tables.unit(text.upper())
    if known is not None and known.current:
        return known.code
    if text.upper() in _SYMBOLS:
        return _SYMBOLS[text.upper()]
    legacy = tables.legacy_unit(text)
    return legacy[0] if legacy else None
