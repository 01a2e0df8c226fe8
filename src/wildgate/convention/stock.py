"""A holder's stock: what came in lawfully, and which of it a line that leaves may be drawn from (Article IV.5(a)).

A re-export certificate carries forward the source, the term and the origin of what was imported (boxes 10, 9, 12 and
12a of the form), and never covers more than came in. Pure: entries, balances and their ledger are kept elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache

from wildgate.convention.listing import Law
from wildgate.convention.permit import Reference, plain
from wildgate.convention.quantity import convert
from wildgate.convention.quota import NOTHING, in_quota_units
from wildgate.convention.refusal import Refusal, refuse
from wildgate.convention.taxonomy import Taxon
from wildgate.convention.vocabulary import Code

OLDEST = "oldest"
"""The word for "take it from the oldest entry that fits" in the place of an entry's number."""
BASIS = ("Art. IV.5(a)", "50 CFR 23.26(c)(18)")


class StockKind(Code):
    """How an entry came to be: imported, acquired before its species was listed, bred or propagated here, made out of
    another entry, or counted when the book was opened."""

    IMPORT = "import"
    PRE_LISTING = "pre-listing"
    BRED = "bred"
    CONVERSION = "conversion"
    OPENING = "opening"


class StockState(Code):
    """Only what the Management Authority has released can be drawn from."""

    DECLARED = "declared"
    RELEASED = "released"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Stock:
    """An entry as a value. Quantities in `unit`; `origin` is box 12, `last` box 12a of what is drawn from it."""

    key: int
    number: str
    taxon: str
    term: str
    unit: str
    source: str
    origin: Reference
    amount: Decimal
    free: Decimal
    last: Reference | None = None
    second_source: str = ""
    acquired: date | None = None


@dataclass(frozen=True, slots=True)
class Ask:
    """What one line would draw. `stock` names an entry, or is `OLDEST` for the oldest that fits, or empty; `held` is
    the key of the entry that was put aside for the line before; `line` is its place, counted from 0."""

    line: int
    block: str
    taxon: str
    term: str
    quantity: Decimal
    unit: str
    source: str
    origin: str
    origin_permit: str = ""
    stock: str = ""
    held: int | None = None


@dataclass(frozen=True, slots=True)
class Draw:
    """What a line takes of an entry: `quantity` in the entry's unit; `factor` of them are one unit of the line."""

    block: str
    stock: Stock
    quantity: Decimal
    factor: Decimal


def allot(asks: Iterable[Ask], stocks: Sequence[Stock], law: Law, *,
          demanded: bool) -> tuple[Draw, ...] | tuple[Refusal, ...]:
    """Which entry each line draws from; every reason when some line cannot.

    `stocks` are the holder's released entries, the oldest first. A line takes from one entry, so that its box 12 can
    name one origin permit. A line that names nothing draws from the oldest where stock is `demanded`, else not at all.
    """
    counter = _Counter(law, stocks)
    draws: list[Draw] = []
    faults: list[Refusal] = []
    for ask in asks:
        found = counter.serve(ask, demanded=demanded)
        if isinstance(found, Refusal):
            faults.append(found)
        elif found is not None:
            draws.append(found)
    return tuple(faults) or tuple(draws)


class _Counter:
    """The entries while an application's lines are served one after the other."""

    def __init__(self, law: Law, stocks: Sequence[Stock]) -> None:
        self.law = law
        self.taken: dict[int, Decimal] = {}
        self.by_number = {stock.number: stock for stock in stocks}
        self.alike: dict[tuple[str, ...], list[Stock]] = {}
        for stock in stocks:
            key = (accepted(law, stock.taxon), stock.term, stock.source, stock.origin.country)
            self.alike.setdefault(key, []).append(stock)

    def serve(self, ask: Ask, *, demanded: bool) -> Draw | Refusal | None:
        if ask.stock not in ("", OLDEST):
            stock = self.by_number.get(ask.stock)
            if stock is None:
                return refuse("no-such-stock", "There is no released stock entry %(number)s of yours; choose another "
                              "one.", number=ask.stock[:30], field=f"lines[{ask.line}].stock")
            return misfit(ask, stock, self.law) or self.draw(ask, stock) or self.short(ask, stock)
        if not ask.stock and not demanded:
            return None
        fitting = self.fitting(ask)
        for stock in sorted(fitting, key=lambda stock: stock.key != ask.held):
            if drawn := self.draw(ask, stock):
                return drawn
        if fitting:
            return self.short(ask, max(fitting, key=lambda stock: stock.free - self.taken.get(stock.key, NOTHING)))
        return no_stock(ask)

    def fitting(self, ask: Ask) -> list[Stock]:
        alike = self.alike.get((accepted(self.law, ask.taxon), ask.term, ask.source, ask.origin), ())
        return [stock for stock in alike if ask.origin_permit in ("", stock.origin.number)
                and not isinstance(_factor(ask.unit, stock.unit), Refusal)]

    def draw(self, ask: Ask, stock: Stock) -> Draw | None:
        """Take what the line needs; None where the entry has too little left."""
        need, factor = self.need(ask, stock)
        taken = self.taken.get(stock.key, NOTHING) + need
        if taken > stock.free:
            return None
        self.taken[stock.key] = taken
        return Draw(ask.block, stock, need, factor)

    def need(self, ask: Ask, stock: Stock) -> tuple[Decimal, Decimal]:
        factor = _factor(ask.unit, stock.unit)
        if isinstance(factor, Refusal):
            raise ValueError(f"{ask.unit} against stock in {stock.unit}: units are compared before")
        return in_quota_units(ask.quantity, factor), factor

    def short(self, ask: Ask, stock: Stock) -> Refusal:
        return short(stock, self.taken.get(stock.key, NOTHING) + self.need(ask, stock)[0], line=ask.line)


@lru_cache(maxsize=256)
def _factor(unit: str, to: str) -> Decimal | Refusal:
    return convert(Decimal(1), unit, to)


def short(stock: Stock, asked: Decimal, *, line: int | None = None) -> Refusal:
    """Why `asked` is too much: "12 of 40 left in stock entry ..., this application asks 20."."""
    return refuse("stock-short", "%(left)s of %(amount)s left in stock entry %(number)s (%(taxon)s, %(term)s), this "
                  "application asks %(asked)s.", left=plain(stock.free), amount=plain(stock.amount), taxon=stock.taxon,
                  number=stock.number, term=stock.term, asked=plain(asked), basis=BASIS,
                  field=None if line is None else f"lines[{line}].quantity")


def no_stock(ask: Ask) -> Refusal:
    return refuse("no-stock", "There is no stock of %(taxon)s (%(term)s, source %(source)s, origin %(origin)s) to draw "
                  "line %(line)s from: enter the import or declare the stock first.", taxon=ask.taxon,
                  term=ask.term, source=ask.source, origin=ask.origin, line=ask.line + 1, basis=BASIS,
                  field=f"lines[{ask.line}].stock")


def misfit(ask: Ask, stock: Stock, law: Law) -> Refusal | None:
    """The first thing in which a line differs from the entry it would draw from; None when the entry can serve it."""
    for what, given, right in _pairs(ask, stock, law):
        if given != right:
            return refuse("stock-differs", "Stock entry %(number)s has the %(what)s %(right)s, the line says "
                          "%(given)s: choose another entry, or convert the stock first.", number=stock.number,
                          what=what, right=right or "–", given=given, basis=BASIS,
                          field=f"lines[{ask.line}].{FIELDS[what]}")
    if isinstance(_factor(ask.unit, stock.unit), Refusal):
        return refuse("stock-unit", "Stock entry %(number)s counts in %(right)s and %(given)s cannot be turned into "
                      "it: give the quantity in %(right)s.", number=stock.number, right=stock.unit, given=ask.unit,
                      field=f"lines[{ask.line}].unit", basis=BASIS)
    return None


FIELDS: Mapping[str, str] = {"species": "taxon", "term": "term", "source": "source", "country of origin": "origin",
                             "permit of origin": "origin_permit"}


def _pairs(ask: Ask, stock: Stock, law: Law) -> Iterable[tuple[str, str, str]]:
    yield "term", ask.term, stock.term
    yield "source", ask.source, stock.source
    yield "country of origin", ask.origin, stock.origin.country
    if ask.origin_permit:
        yield "permit of origin", ask.origin_permit, stock.origin.number
    yield "species", accepted(law, ask.taxon), accepted(law, stock.taxon)


def accepted(law: Law, name: str) -> str:
    """The name under which two names of one taxon meet; an unknown name stands for itself."""
    found = law.resolve(name)
    return found.name if isinstance(found, Taxon) else " ".join(name.split())
