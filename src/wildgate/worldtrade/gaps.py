"""Do both sides tell the same of a Party's trade in a year? Each difference with what the data say about it.

An explanation says which other report has the same amount; it never says why, nor that anybody did wrong.
"""

# ruff: noqa: S608  (the SQL is made of our own words; what a person gave goes in by name or as a quoted literal)
from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from wildgate.convention import tables
from wildgate.convention.permit import plain
from wildgate.convention.refusal import Refusal, refuse
from wildgate.worldtrade.columns import SHIPMENTS, TABULATION
from wildgate.worldtrade.faults import FIRST_YEAR, LAST_YEAR
from wildgate.worldtrade.lines import EXPORTER, IMPORTER, NOTHING, Line, Pair, Place, match, set_off
from wildgate.worldtrade.questions import AMOUNT

if TYPE_CHECKING:
    from wildgate.worldtrade.store import Store

MOST_LINES = 2_000_000
EXPLAINED = frozenset({"unit", "term", "taxon", "origin", "re-export", "source", "year", "split", "rounding"})
CODES = (*sorted(EXPLAINED), "source-conflict", "no-report", "amount", "exporter-only", "importer-only")
EXPORTS, IMPORTS = "exports", "imports"
_SIDES = {EXPORTER: "exporter", IMPORTER: "importer"}
_LINES = f"""
SELECT reporter, "year", exporter, importer, taxon, term, unit, source,
       CASE WHEN origin = exporter THEN '' ELSE origin END AS from_where, genus, given_unit,
       {AMOUNT} AS quantity, COUNT(*) AS many
FROM trade
WHERE kind = $kind AND "year" >= $first_year AND "year" <= $last_year AND (exporter = $party OR importer = $party)
GROUP BY reporter, "year", exporter, importer, taxon, term, unit, source,
         CASE WHEN origin = exporter THEN '' ELSE origin END, genus, given_unit"""
_DIRECT = f"""
SELECT reporter, "year", exporter, importer, taxon, term, unit, source,
       CASE WHEN origin = exporter THEN '' ELSE origin END AS from_where, genus, given_unit,
       {AMOUNT} AS quantity, COUNT(*) AS many
FROM trade
WHERE kind = $kind AND "year" = $year AND exporter <> $party AND importer <> $party AND importer IN (
        SELECT importer FROM trade WHERE kind = $kind AND "year" = $year AND exporter = $party)
  AND exporter IN (
        SELECT origin FROM trade WHERE kind = $kind AND "year" = $year AND exporter = $party AND origin <> '')
GROUP BY reporter, "year", exporter, importer, taxon, term, unit, source,
         CASE WHEN origin = exporter THEN '' ELSE origin END, genus, given_unit"""
_REPORTING = """
SELECT exporter AS country FROM trade WHERE kind = $kind AND "year" = $year AND reporter = 'E' GROUP BY exporter
UNION SELECT importer AS country FROM trade WHERE kind = $kind AND "year" = $year AND reporter = 'I'
GROUP BY importer"""


@dataclass(frozen=True, slots=True)
class Gap:
    """One difference between the two sides. `difference` is the importer's amount less the exporter's.

    `code` is one of `CODES`; `explained` says whether the same amount was found elsewhere. `key` stays the same as
    long as the Party, the year and what the line is about do.
    """

    key: str
    party: str
    year: int
    partner: str
    direction: str
    taxon: str
    term: str
    unit: str
    source: str
    origin: str
    exporter_quantity: Decimal | None
    importer_quantity: Decimal | None
    difference: Decimal
    code: str
    explanation: str
    rows: int

    @property
    def explained(self) -> bool:
        return self.code in EXPLAINED

    def as_json(self) -> dict[str, object]:
        return {"key": self.key, "party": self.party, "year": self.year, "partner": self.partner,
                "direction": self.direction, "taxon": self.taxon, "term": self.term, "unit": self.unit,
                "source": self.source, "origin": self.origin, "exporter_quantity": _shown(self.exporter_quantity),
                "importer_quantity": _shown(self.importer_quantity), "difference": _shown(self.difference),
                "code": self.code, "explained": self.explained, "explanation": self.explanation, "rows": self.rows}


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """What came of a year: so many places on which both sides agree, and every difference."""

    party: str
    year: int
    kind: str
    matched: int
    gaps: tuple[Gap, ...]

    @property
    def counts(self) -> Mapping[str, int]:
        found = Counter(gap.code for gap in self.gaps)
        return {code: found[code] for code in CODES if found[code]}

    @property
    def explained(self) -> int:
        return sum(gap.explained for gap in self.gaps)

    def as_json(self) -> dict[str, object]:
        return {"party": self.party, "year": self.year, "kind": self.kind, "matched": self.matched,
                "explained": self.explained, "unexplained": len(self.gaps) - self.explained,
                "counts": dict(self.counts), "gaps": [gap.as_json() for gap in self.gaps]}


def reconcile(store: Store, party: str, year: int, *, kind: str = "") -> Reconciliation | Refusal:
    """Set the reports of both sides on the trade of `party` in `year` against each other."""
    country = tables.country(party)
    if country is None:
        return refuse("no-such-country", "There is no country code %(given)s; use ISO 3166-1 alpha-2, for example BW.",
                      given=repr(party[:20]), field="party")
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return refuse("no-such-year", "Give a year from %(first)s on.", first=FIRST_YEAR, field="year")
    kind = kind or _kind(store, party, year)
    if not kind:
        return refuse("nothing-to-reconcile", "The store has no report of the trade of %(party)s in %(year)s: load the "
                      "download of that year.", party=party, year=year)
    values = {"kind": kind, "party": party, "year": year}
    about = {"kind": kind, "party": party, "first_year": year - 1, "last_year": year + 1}
    mine = _lines(store.query(_LINES, about))
    pairs = set_off(mine)
    others = set_off(_lines(store.query(_DIRECT, values)))
    every = [line for book in (pairs, others) for pair in book.values() for line in pair.lines.values()]
    if len(every) > MOST_LINES:
        return refuse("too-many-lines", "More than %(most)s lines are to be compared; load fewer sets.",
                      most=MOST_LINES)
    match(every, year)
    reporting = {str(row[0]) for row in store.query(_REPORTING, {"kind": kind, "year": year})}
    ours = [pair for place, pair in sorted(pairs.items()) if place.year == year]
    gaps = tuple(gap for pair in ours if (gap := _gap(pair, party, reporting)) is not None)
    return Reconciliation(party, year, kind, len(ours) - len(gaps), gaps)


def _kind(store: Store, party: str, year: int) -> str:
    """Shipments where there are any of that trade and year, else the tabulation."""
    found = {str(row[0]) for row in store.query(
        'SELECT kind FROM trade WHERE "year" = $year AND (exporter = $party OR importer = $party) GROUP BY kind',
        {"year": year, "party": party})}
    return next((kind for kind in (SHIPMENTS, TABULATION) if kind in found), "")


def _lines(rows: Iterable[tuple[object, ...]]) -> list[Line]:
    """One line a place and side; the units in which it was given are kept beside it."""
    lines: dict[tuple[str, Place], Line] = {}
    for row in rows:
        side, year, exporter, importer, taxon, term, unit, source, origin, genus, given, quantity, many = row
        place = Place(int(str(year)), str(exporter), str(importer), str(taxon), str(term), str(unit), str(source),
                      str(origin))
        amount = Decimal(f"{Decimal(str(quantity)).normalize():f}")
        exponent = amount.as_tuple().exponent
        decimals = -exponent if isinstance(exponent, int) else 0
        line = Line(str(side), place, amount, int(str(many)), amount, str(genus), frozenset({str(given)}), decimals)
        if before := lines.get((line.side, place)):
            line.reported = line.left = before.reported + amount
            line.rows += before.rows
            line.given_units |= before.given_units
            line.decimals = max(line.decimals, before.decimals)
        lines[line.side, place] = line
    return list(lines.values())


def _gap(pair: Pair, party: str, reporting: set[str]) -> Gap | None:
    """The difference on one place, or None where both sides say the same in the same unit."""
    out, into = pair.lines.get(EXPORTER), pair.lines.get(IMPORTER)
    line = max((each for each in (out, into) if each is not None), key=lambda each: each.left)
    if out is not None and into is not None and out.reported == into.reported:
        if out.given_units == into.given_units:
            return None
        code = "unit"
    else:
        if line.left == NOTHING:
            return None
        code = line.code or _unexplained(line, reporting)
    place, direction = line.place, EXPORTS if line.place.exporter == party else IMPORTS
    difference = (into.reported if into else NOTHING) - (out.reported if out else NOTHING)
    return Gap(_gap_key(party, place), party, place.year, place.importer if direction == EXPORTS else place.exporter,
               direction, place.taxon, place.term, place.unit, place.source, place.origin,
               out.reported if out else None, into.reported if into else None, difference, code,
               _sentence(code, line), sum(each.rows for each in pair.lines.values()))


def _unexplained(line: Line, reporting: set[str]) -> str:
    if line.other is not None:
        return "amount"
    silent = line.place.importer if line.side == EXPORTER else line.place.exporter
    if silent not in reporting:
        return "no-report"
    return "exporter-only" if line.side == EXPORTER else "importer-only"


def _sentence(code: str, line: Line) -> str:
    place, found = line.place, line.match[0] if line.match else None
    there = found.place if found else place
    side, other = _SIDES[line.side], _SIDES[EXPORTER if line.side == IMPORTER else IMPORTER]
    amount = f"{plain(line.left)} {place.unit}"
    units = " and ".join(sorted(unit or "a number" for unit in line.given_units))
    others = " and ".join(sorted(unit or "a number" for unit in line.other.given_units)) if line.other else ""
    silent = place.importer if line.side == EXPORTER else place.exporter
    return {
        "unit": f"Both report the same amount: the {side} in {units}, the {other} in {others}.",
        "term": f"The {other} reports the same {amount} as {there.term}, which is {_current_name(there, place)} in the "
                "current list.",
        "taxon": f"The {other} reports the same {amount} as {there.taxon}.",
        "origin": f"The {other} reports the same {amount} with {_origin(there)}, the {side} with {_origin(place)}.",
        "re-export": f"The {other} reports the same {amount} as coming from {there.exporter}"
                     f"{f' with {_origin(there)}' if there.origin else ''}; here it comes from {place.exporter}"
                     f"{f' with {_origin(place)}' if place.origin else ''}.",
        "source": f"The {other} reports the same {amount} with source {there.source or 'blank'}, the {side} with "
                  f"{place.source or 'blank'}.",
        "source-conflict": f"The {other} reports the same {amount} with source {there.source or 'blank'}, the {side} "
                           f"with {place.source or 'blank'}: which is right must be asked.",
        "year": f"The {other} reports the same {amount} for {there.year}.",
        "split": f"Over all sources and origins together both sides report the same; {amount} of it stand here.",
        "rounding": "One amount is the other, rounded.",
        "amount": f"The {side} reports {amount} more, and no other report has this amount: unexplained.",
        "no-report": f"Only the {side} reports it; this store has no report by {silent} for {place.year}: unexplained.",
        "exporter-only": "Only the exporter reports it, and no other report has this amount: unexplained.",
        "importer-only": "Only the importer reports it, and no other report has this amount: unexplained.",
    }[code]


def _origin(place: Place) -> str:
    return f"origin {place.origin}" if place.origin else "no origin"


def _current_name(one: Place, other: Place) -> str:
    current = tables.legacy_term(one.term) or one.term
    return current if current != other.term else other.term


def _gap_key(party: str, place: Place) -> str:
    told = "|".join((party, str(place.year), place.exporter, place.importer, place.taxon, place.term, place.unit,
                     place.source, place.origin))
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def _shown(quantity: Decimal | None) -> str | None:
    if quantity is None:
        return None
    return f"-{plain(-quantity)}" if quantity < 0 else plain(quantity)
