"""What is looked at before an illegal trade report is sent: each finding names the seizure, the column, what to do."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Final

from wildgate.convention import illegal, tables
from wildgate.convention.illegal import Column, IllegalRow
from wildgate.convention.listing import Law, NotListed
from wildgate.convention.report_checks import Severity
from wildgate.convention.sentence import say
from wildgate.convention.taxonomy import Unknown
from wildgate.convention.term_fit import term_fits

ERROR, WARNING = Severity.ERROR, Severity.WARNING
UNKNOWN = "XX"
_WORTH = re.compile(r"\d+(?:\.\d{1,2})? [A-Z]{3}")
_SPLIT = re.compile(r"\s*;\s*")


@dataclass(frozen=True, slots=True)
class IllegalFinding:
    """What is wrong in a row: its line in the file, its incident, the column's key, how grave, and what to do."""

    line: int
    incident: str
    column: str
    severity: Severity
    code: str
    sentence: str

    def as_json(self) -> dict[str, object]:
        return {"line": self.line, "incident": self.incident, "column": self.column, "severity": self.severity.value,
                "code": self.code, "reason": self.sentence}


@dataclass(frozen=True, slots=True)
class _Asked:
    row: IllegalRow
    law: Law
    year: int
    layout: tuple[Column, ...]


Fault = tuple[str, Severity, str, str]
EMPTY: Final = {
    "origin": '"%(column)s" is empty: write %(unknown)s where it is unknown.',
    "disposal": '"%(column)s" is empty: propose and decide what becomes of it.',
    "other": '"%(column)s" is empty: fill it in on the page of the seizure.',
}


def check(rows: Sequence[IllegalRow], law: Law, year: int,
          layout: tuple[Column, ...] | None = None) -> tuple[IllegalFinding, ...]:
    """Check each row by itself and the rows against each other, in their order."""
    asked = layout or illegal.columns()
    out: list[IllegalFinding] = []
    kinds = Counter((row.incident, row.species, row.term, row.unit, row.disposal) for row in rows)
    for line, row in enumerate(rows, start=2):
        faults = [fault for each in CHECKS for fault in each(_Asked(row, law, year, asked))]
        if kinds[row.incident, row.species, row.term, row.unit, row.disposal] > 1:
            faults.append(("species", WARNING, "twice", say(
                "%(species)s (%(term)s) stands more than once in this incident: one row for a species and form is "
                "enough, unless their details differ.", species=row.species, term=row.term)))
        out.extend(IllegalFinding(line, row.incident, *fault) for fault in faults)
    return tuple(out)


def _presence(asked: _Asked) -> Iterator[Fault]:
    for column in asked.layout:
        if getattr(asked.row, column.key).strip() or column.need == "may":
            continue
        grave = ERROR if column.need == "yes" else WARNING
        yield (column.key, grave, "missing",
               say(EMPTY.get(column.key, EMPTY["other"]), column=column.heading, unknown=UNKNOWN))


def _day(asked: _Asked) -> Iterator[Fault]:
    try:
        day = date.fromisoformat(asked.row.date)
    except ValueError:
        yield "date", ERROR, "date-bad", say(
            "'%(date)s' is not a date: write it as 2027-03-31.", date=asked.row.date[:20])
        return
    if day.year != asked.year:
        yield ("date", ERROR, "date-other-year",
               say("%(day)s is not in %(year)s: it belongs into the report of %(other)s.", day=day, year=asked.year,
                   other=day.year))


def _amount(asked: _Asked) -> Iterator[Fault]:
    row = asked.row
    try:
        number = Decimal(row.quantity)
    except InvalidOperation:
        number = Decimal(-1)
    if not number.is_finite() or number <= 0:
        yield "quantity", ERROR, "quantity-bad", say(
            "'%(quantity)s' is not a quantity above zero.", quantity=row.quantity[:20])
    elif row.term == "LIV" and row.unit in ("", "NAR") and number != int(number):
        yield "quantity", ERROR, "quantity-part", say(
            "%(quantity)s live specimens: count whole ones.", quantity=row.quantity)


def _codes(asked: _Asked) -> Iterator[Fault]:
    row = asked.row
    term, unit = tables.term(row.term), tables.unit(row.unit or "NAR")
    if row.term and (term is None or not term.current):
        then = " / ".join(term.replaced_by) if term else ""
        yield "term", ERROR, "term-unknown", say(
            "'%(term)s' is not a term code of today: use %(then)s." if then else
            "'%(term)s' is not a term code of today.", term=row.term[:10], then=then)
    if unit is None or not unit.current:
        yield "unit", ERROR, "unit-unknown", say("'%(unit)s' is not a unit code of today.", unit=row.unit[:10])
    elif term and tables.term_unit_ok(row.term, unit.code) is False:
        yield "unit", WARNING, "term-unit", say(
            "%(term)s is usually not measured in %(unit)s: is that right?", term=row.term, unit=unit.code)
    for column in (each for each in asked.layout if each.codes == "countries"):
        for code in filter(None, _SPLIT.split(getattr(row, column.key).strip())):
            if code != UNKNOWN and tables.country(code) is None:
                yield (column.key, ERROR, "country-unknown",
                       say("'%(code)s' is not a country code of two letters; a name of a person never stands here.",
                           code=code[:20]))
    for key in (illegal.REASON, illegal.TRANSPORT, illegal.DETECTION, illegal.DISPOSAL):
        if (text := getattr(row, key)) and text not in illegal.words(key).values():
            yield key, ERROR, "word-unknown", say(
                "'%(text)s' is not one of the report's words for this column.", text=text[:40])


def _name(asked: _Asked) -> Iterator[Fault]:
    row = asked.row
    taxon = asked.law.resolve(row.species) if row.species else None
    if taxon is None:
        return
    if isinstance(taxon, Unknown):
        yield ("species", ERROR, "taxon-unknown", say(
            "'%(species)s' is not a name in the tables: %(why)s", species=row.species[:60], why=taxon.reason))
        return
    if isinstance(asked.law.listings(taxon, None, _on(row)), NotListed):
        yield ("species", WARNING, "not-listed", say("%(taxon)s stood in no Appendix on that day: the report is of "
                                                   "CITES species, leave the row out unless national law asks for it.",
                                                   taxon=taxon.name))
    if tables.term(row.term) and not term_fits(row.term, taxon):
        yield "term", ERROR, "taxon-term", say(
            "%(term)s is not a term for %(taxon)s: correct term or species.", term=row.term, taxon=taxon.name)


def _on(row: IllegalRow) -> date | None:
    try:
        return date.fromisoformat(row.date)
    except ValueError:
        return None


def _route(asked: _Asked) -> Iterator[Fault]:
    row = asked.row
    transit = set(filter(None, _SPLIT.split(row.transit)))
    if both := transit & {row.origin, row.destination} - {""}:
        yield ("transit", WARNING, "transit-is-end", say(
            "%(countries)s is origin or destination as well: countries of transit lie between them.",
            countries=", ".join(sorted(both))))
    still = illegal.word(illegal.TRANSPORT, "none")
    if row.transport == still and (transit or row.destination):
        yield ("transport", WARNING, "not-in-transport", say(
            "The goods were not in transport, but a route is told: correct the mode of transport or take the route "
            "out."))
    if row.reason == illegal.word(illegal.REASON, "concealment") and not row.concealment:
        yield ("concealment", WARNING, "missing", say("The reason is concealment: say how the goods were "
                                                    "hidden."))


def _worth(asked: _Asked) -> Iterator[Fault]:
    if asked.row.value and not _WORTH.fullmatch(asked.row.value):
        yield ("value", ERROR, "value-bad", say(
            "'%(value)s' is not an amount with the three letters of its currency: write it as 1200.50 USD.",
            value=asked.row.value[:30]))


def _silence(asked: _Asked) -> Iterator[Fault]:
    for key in illegal.FREE_TEXT:
        why = illegal.forbidden(getattr(asked.row, key))
        if why:
            says = ("tells where the information came from" if why == "source" else "looks like it names a person")
            yield (key, ERROR, f"tells-{why}", f"This text {says}, and is withheld from the report: write it again "
                   "without that on the page of the seizure.")


def _service(asked: _Asked) -> Iterator[Fault]:
    if asked.row.agency and not illegal.service_of(asked.row.agency):
        yield ("agency", WARNING, "agency-unknown", f"{asked.row.agency[:60]!r} does not say which service it is: name "
               "customs, police, the wildlife service or another.")


CHECKS: tuple[Callable[[_Asked], Iterator[Fault]], ...] = (
    _presence, _day, _amount, _codes, _name, _route, _worth, _silence, _service)
