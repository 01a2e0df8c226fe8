"""Results of inspections from before this installation: one row of a CSV file is one inspected item.

Nothing is written here. Names of firms become keys when the rows are kept (`services.past`).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path

from django.utils.translation import gettext_noop

from wildgate.apps.quotas import sheets
from wildgate.apps.quotas.sheets import Row
from wildgate.apps.risk.models import Result
from wildgate.apps.risk.rows import MOST
from wildgate.apps.risk.services.results import SAME
from wildgate.convention import tables
from wildgate.convention.refusal import Refusal, refuse
from wildgate.convention.vocabulary import Purpose, Source
from wildgate.targeting.consignment import Consignment, Item, Trader
from wildgate.targeting.profiles import DIRECTIONS

NEEDED = ("date", "reference", "direction", "outcome")
HEADER = ("date", "direction", "post", "mode", "departure", "destination", "exporter", "exporter_number", "importer",
          "importer_number")
"""Columns that say the same in every row of one reference."""
COLUMNS = ("reference", *HEADER, "item", "hs", "taxon", "term", "quantity", "unit", "net_mass", "value", "origin",
           "source", "purpose", "outcome")
ALIASES = {sheets.squeezed(name): name for name in COLUMNS} | {"day": "date", "result": "outcome", "species": "taxon"}
OUTCOMES = {**SAME, **{each.value: each for each in Result.Outcome}}
LONGEST, MOST_ITEMS = 70, 100_000
SHIFTED = gettext_noop("The row has another number of cells than the heading: its cells have shifted.")


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a row: the line it begins on (the heading is line 1), the column as headed, the sentence."""

    line: int
    column: str
    refusal: Refusal

    def as_json(self) -> dict[str, object]:
        return {"line": self.line, "column": self.column, **self.refusal.as_json()}


@dataclass(slots=True)
class Told:
    """One consignment of the past with what was found on its items."""

    row: Row
    said: Consignment
    outcomes: dict[int, Result.Outcome] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        """SHA-256 of all that the file says about it."""
        return hashlib.sha256(repr((self.said, sorted(self.outcomes.items()))).encode()).hexdigest()


@dataclass(slots=True)
class Past:
    """A file as read: consignments in their order, or the faults, and the columns that nothing here reads."""

    digest: str
    told: dict[str, Told] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    ignored: tuple[str, ...] = ()


def read(path: Path, party: str, today: date) -> Past | Refusal:
    """Every row, with every fault; a file that cannot be read at all is refused as one."""
    sheet = sheets.open_sheet(path, ALIASES)
    if isinstance(sheet, Refusal):
        return sheet
    if missing := [name for name in NEEDED if name not in sheet.headings]:
        return refuse("column-missing", "The file has no column %(column)s. Its columns are %(columns)s.",
                      column=missing[0], columns=", ".join(filter(None, sheet.columns))[:300], field="file")
    known = set(sheet.headings.values())
    past = Past(hashlib.sha256(path.read_bytes()).hexdigest(),
                ignored=tuple(name for name in sheet.columns if name and name not in known))
    for row in sheets.rows_of(sheet):
        if isinstance(row, sheets.Fault):
            past.faults.append(Fault(row.line, row.column, refuse("cells-shifted", SHIFTED)))
        elif no := _take(past, row, party, today):
            past.faults.append(fault(row, no))
    return past


def fault(row: Row, refusal: Refusal) -> Fault:
    return Fault(row.line, row.headings.get(refusal.field or "", refusal.field or ""), refusal)


def _take(past: Past, row: Row, party: str, today: date) -> Refusal | None:
    """Keep one row with the others of its reference."""
    said = _consignment(row, party, today)
    if isinstance(said, Refusal):
        return said
    item = _item(row)
    if isinstance(item, Refusal):
        return item
    outcome = OUTCOMES.get(row.text("outcome").casefold())
    if outcome is None:
        return refuse("outcome-unknown", "%(text)s is not an outcome: write one of %(codes)s.", field="outcome",
                      text=row.text("outcome")[:40] or "–", codes=", ".join(Result.Outcome.values))
    told = past.told.setdefault(said.reference, Told(row, said))
    if other := next((name for name in HEADER if row.text(name) != told.row.text(name)), ""):
        return refuse("reference-differs", "Line %(line)s says something else of the same reference.",
                      line=told.row.line, field=other)
    if item.number in told.outcomes:
        return refuse("item-twice", "Item %(item)s of this reference stands in the file twice.", item=item.number,
                      field="item")
    told.said = replace(told.said, items=(*told.said.items, item))
    told.outcomes[item.number] = outcome
    return None


def _consignment(row: Row, party: str, today: date) -> Consignment | Refusal:
    reference, direction, day = row.text("reference"), row.text("direction").casefold(), _day(row.text("date"))
    if not reference or len(reference) > LONGEST:
        return refuse("reference-wrong", "Write the reference of the declaration, at most %(n)s characters.", n=LONGEST,
                      field="reference")
    if day is None or day > today:
        return refuse("date-wrong", "%(text)s is not a day of the past: write it as 2027-03-01.",
                      text=row.text("date")[:20] or "–", field="date")
    if direction not in DIRECTIONS:
        return refuse("direction-unknown", "%(text)s is not a direction: write one of %(codes)s.", field="direction",
                      text=direction[:20] or "–", codes=", ".join(DIRECTIONS))
    if isinstance(departure := _country(row, "departure"), Refusal):
        return departure
    if isinstance(destination := _country(row, "destination"), Refusal):
        return destination
    at = datetime(day.year, day.month, day.day, tzinfo=UTC)
    return Consignment(reference, party, direction, at, post=row.text("post"), mode=row.text("mode"),
                       departure=departure, destination=destination,
                       exporter=_trader(row, "exporter", departure or party),
                       importer=_trader(row, "importer", destination or party))


def _item(row: Row) -> Item | Refusal:
    number, hs, taxon = row.text("item") or "1", row.text("hs"), row.text("taxon")
    if not (number.isascii() and number.isdigit() and 0 < int(number[:7]) <= MOST_ITEMS):
        return refuse("item-wrong", "%(text)s is not the number of an item.", text=number[:20], field="item")
    if not hs and not taxon:
        return refuse("goods-missing", "Write the customs code, the taxon or both.", field="taxon")
    for name, codes in (("term", {each.code for each in tables.terms()}), ("source", {each.value for each in Source}),
                        ("purpose", {each.value for each in Purpose})):
        if (code := row.text(name).upper()) and code not in codes:
            return refuse("code-unknown", "%(text)s is no code of this column.", text=code[:20], field=name)
    amounts: dict[str, Decimal | None] = {}
    for name in ("quantity", "net_mass", "value"):
        if isinstance(amount := _amount(row, name), Refusal):
            return amount
        amounts[name] = amount
    if isinstance(origin := _country(row, "origin"), Refusal):
        return origin
    return Item(int(number), hs, taxon=taxon, term=row.text("term").upper(), unit=row.text("unit").upper(),
                origin=origin, source=row.text("source").upper(), purpose=row.text("purpose").upper(),
                quantity=amounts["quantity"], net_mass=amounts["net_mass"], value=amounts["value"])


def _trader(row: Row, name: str, country: str) -> Trader:
    """A firm by its number with customs, else by its name."""
    return Trader(row.text(name), country, row.text(f"{name}_number"))


def _country(row: Row, name: str) -> str | Refusal:
    """A country as its code; NA is Namibia here."""
    text = row.cells.get(name, "")
    found = sheets.read_country(text)
    return found if found is not None else refuse("country-unknown", "%(text)s is no country.", text=text[:40],
                                                  field=name)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _amount(row: Row, name: str) -> Decimal | Refusal | None:
    text = row.text(name)
    try:
        amount = Decimal(text) if text else None
    except InvalidOperation:
        amount = Decimal("NaN")
    if amount is not None and not (amount.is_finite() and 0 <= amount < MOST):
        return refuse("amount-wrong", "%(text)s is not an amount: write it as 1250.5.", text=text[:30], field=name)
    return amount
