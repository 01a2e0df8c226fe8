"""A row of past trade as a consignment of today: its codes made current, then ruled on by the law of the Party."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, localcontext
from functools import cache
from typing import Any

from wildgate.apps.customs.services import Item
from wildgate.apps.reports.trade_rows import TradeRow
from wildgate.convention import tables
from wildgate.convention.intake import parse_trade
from wildgate.convention.listing import Law
from wildgate.convention.outcome import Ruling
from wildgate.convention.permit import plain
from wildgate.convention.quantity import parse_quantity
from wildgate.convention.refusal import Refusal, refuse
from wildgate.convention.report_row import Part
from wildgate.convention.ruling import rule
from wildgate.convention.trade import Trade
from wildgate.convention.vocabulary import Direction, DocumentKind, Outcome

AT_SEA = "ZZ"
_is_number = re.compile(r"\d{1,15}(\.\d{1,25})?([eE][+-]?\d{1,2})?").fullmatch


@dataclass(frozen=True, slots=True)
class Consignment:
    """What one row becomes. `applies`: a home document is needed; `paper`: the kind of the foreign document, at import.

    `conditional`: the law leaves the answer to the authority, which in a replay decides for the trade that took place.
    """

    direction: Direction
    country: str
    answers: dict[str, Any]
    applies: bool
    quantity: Decimal
    conditional: bool
    paper: DocumentKind | None = None
    item: Item | None = None


@dataclass(frozen=True, slots=True)
class Codes:
    """The row's term, quantity and unit in current codes."""

    term: str
    quantity: Decimal
    unit: str


def consign(row: TradeRow, party: str, on: date, law: Law) -> Consignment | Refusal:
    """What the row becomes when it is traded on the day `on`, or why it is not taken."""
    codes = current_codes(row)
    if isinstance(codes, Refusal):
        return codes
    direction = direction_of(row)
    trade = parse_trade(_trade_json(row, codes, direction, on), law)
    if not isinstance(trade, Trade):
        return trade[0]
    ruling = rule(trade, law)
    if refused := _refused(row, ruling):
        return refused
    ours = [document for document in ruling.documents if document.issued_by == party]
    theirs = [document for document in ruling.documents if document.issued_by == row.exporter != party]
    incoming = row.part is Part.IMPORTS and direction is not Direction.FROM_THE_SEA
    if not (theirs if incoming else ours):
        return _open(ruling)
    line = ruling.lines[0]
    item = Item(row.taxon, str(line.appendix), row.source, codes.term, codes.quantity, codes.unit, origin_of(row))
    return Consignment(
        direction,
        row.importer if row.part is Part.EXPORTS else row.exporter,
        _answers(row, codes, direction, on),
        bool(ours),
        codes.quantity,
        ruling.decision is Outcome.CONDITIONAL,
        theirs[0].kind if incoming else None,
        item if incoming else None,
    )


def current_codes(row: TradeRow) -> Codes | Refusal:
    """Term, unit and quantity in current codes; historic units carry a factor."""
    for value, what in ((row.source, "source"), (row.purpose, "purpose")):
        if not value:
            return refuse(
                f"{what}-blank", "The %(what)s is blank, and a permit needs one.", what=what, basis=("Res. Conf. 12.3",)
            )
    if row.origin_unclear:
        return refuse("origin-unclear", "The origin NA stands for a blank or for Namibia: this file writes both alike.")
    term = term_code(row.term)
    if term is None:
        return refuse("term-not-convertible", "The term %(term)s has no single current code.", term=repr(row.term[:40]))
    unit = tables.legacy_unit(row.unit)
    if unit is None:
        return refuse(
            "unit-not-convertible", "The unit %(unit)s cannot be turned into a current unit.", unit=repr(row.unit[:40])
        )
    amount = _amount(row.quantity, unit[1])
    return amount if isinstance(amount, Refusal) else Codes(term, amount, unit[0])


@cache
def term_code(text: str) -> str | None:
    """The current code for a term as the Trade Database words it ("skins") or as a code."""
    return _words().get(text.casefold()) or tables.legacy_term(text)


def direction_of(row: TradeRow) -> Direction:
    """Seen from the Party that reported the row."""
    if row.part is Part.IMPORTS:
        return Direction.FROM_THE_SEA if row.exporter == AT_SEA else Direction.IMPORT
    return Direction.EXPORT if origin_of(row) == row.exporter else Direction.RE_EXPORT


def origin_of(row: TradeRow) -> str:
    """A blank origin is the country of export."""
    return row.origin or row.exporter


def _amount(text: str, factor: Decimal) -> Decimal | Refusal:
    if not _is_number(text):
        return refuse("quantity-not-a-number", "The quantity %(text)s is not a number.", text=repr(text[:40]))
    with localcontext() as context:
        context.prec = 40
        value = Decimal(text) * factor
    return parse_quantity(plain(value)) if value else refuse("quantity-zero", "The quantity is zero.")


def _refused(row: TradeRow, ruling: Ruling) -> Refusal | None:
    line = ruling.lines[0]
    if line.appendix is not None and line.appendix.value != row.appendix:
        return refuse(
            "appendix-differs",
            "%(taxon)s is in Appendix %(now)s on that day as far as the listing history is known (law of %(law)s); the "
            "row says %(then)s.",
            taxon=line.accepted,
            now=line.appendix,
            law=ruling.law,
            then=row.appendix[:3] or "nothing",
        )
    if ruling.decision is Outcome.REFUSE:
        return ruling.refusals[0]
    if ruling.decision is Outcome.NO_DOCUMENT:
        why = line.warnings[0].reason if line.warnings else ""
        return refuse(
            "no-document-needed",
            "%(taxon)s (%(term)s) needs no CITES document by the shipped law. %(why)s",
            taxon=line.accepted,
            term=row.term[:40],
            why=why,
        )
    return None


def _open(ruling: Ruling) -> Refusal:
    """No document follows from the ruling: what it leaves open is the reason."""
    if not ruling.warnings:
        return refuse("no-document", "The law asks for no document here that could be issued or registered.")
    first = ruling.warnings[0]
    return Refusal(first.code, first.reason, first.basis)


def _trade_json(row: TradeRow, codes: Codes, direction: Direction, on: date) -> dict[str, Any]:
    return {
        "direction": direction.value,
        "on": on.isoformat(),
        "from": row.exporter,
        "to": row.importer,
        "purpose": row.purpose,
        "lines": [
            {
                "taxon": row.taxon,
                "term": codes.term,
                "quantity": plain(codes.quantity),
                "unit": codes.unit,
                "source": row.source,
                "origin": origin_of(row),
                "live": codes.term == "LIV",
            }
        ],
    }


def _answers(row: TradeRow, codes: Codes, direction: Direction, on: date) -> dict[str, Any]:
    """The same as an applicant would type it. The rows date no permit of origin: the day of the replay stands in."""
    other = row.importer if row.part is Part.EXPORTS else row.exporter
    known = tables.country(other)
    name = known.name_en if known else other
    return {
        "direction": direction.value,
        "purpose": row.purpose,
        "other_country": other,
        "other_name": f"Trader in {name}"[:160],
        "other_address": f"Address not in the Trade Database, {name}"[:300],
        "lines": [
            {
                "taxon": row.taxon,
                "term": codes.term,
                "quantity": plain(codes.quantity),
                "unit": codes.unit,
                "source": row.source,
                "origin": origin_of(row),
                **({"origin_permit_date": on.isoformat()} if direction is Direction.RE_EXPORT else {}),
            }
        ],
    }


@cache
def _words() -> dict[str, str]:
    return {row["word"]: row["term_code"] for row in tables.read_facts("trade_words")}
