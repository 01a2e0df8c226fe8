"""What the registers hold for a case, as an officer sees it: the operations that it names, and its marked specimens."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from wildgate.apps.permits import answers
from wildgate.apps.permits.books.registers import marks_of, operations_of
from wildgate.apps.permits.models import Application
from wildgate.apps.registers import selectors
from wildgate.apps.registers.checking import put_out
from wildgate.apps.registers.models import Operation
from wildgate.convention.marks import MarkRange
from wildgate.convention.operations import stock_of
from wildgate.convention.outcome import Warning as Caution
from wildgate.convention.refusal import Refusal
from wildgate.convention.trade import Trade


@dataclass(frozen=True, slots=True)
class OperationCard:
    """What one line says of its operation: the entry, where it stands, and what of the yearly output is on permits."""

    line: int
    number: str
    taxon: str
    row: Operation | None
    standing: str
    yearly: Decimal | None
    out: Decimal
    faults: tuple[Refusal, ...]
    doubts: tuple[Caution, ...]
    proven: bool


@dataclass(frozen=True, slots=True)
class MarksCard:
    """The marks of a line: how many, and the first of them."""

    line: int
    count: int
    shown: tuple[str, ...]
    tags: bool


def operation_cards(case: Application, on: date) -> list[OperationCard]:
    """The entries of the register for the lines of a case, as they stand today."""
    trade = answers.trade_of(case.answers, home=case.party, on=on, law=case.law)
    if not isinstance(trade, Trade):
        return []
    out = []
    for one in operations_of(case, trade):
        stock = stock_of(one.claim, one.operation.entry) if one.operation else None
        out.append(OperationCard(
            one.claim.position + 1, one.claim.number, one.claim.taxon, one.operation,
            selectors.standing(one.operation, on) if one.operation else "", stock.yearly if stock else None,
            put_out(one.operation, stock.taxon, on.year) if one.operation and stock else Decimal(0),
            one.verdict.refusals, one.verdict.doubts, one.verdict.proven))
    return out


def marks_cards(case: Application) -> list[MarksCard]:
    """The marks of each line that has any, rows of tags as one."""
    out = []
    for i, marks in enumerate(marks_of(case), start=1):
        if isinstance(marks, Refusal) or not marks:
            continue
        out.append(MarksCard(i, sum(mark.count for mark in marks), tuple(map(str, marks[:4])),
                             any(isinstance(mark, MarkRange) for mark in marks)))
    return out
