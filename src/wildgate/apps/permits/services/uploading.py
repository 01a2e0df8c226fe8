"""Lines from a file into a draft: every row is read and drawn from stock before any is kept; faults by line and column.

A file with more lines than one application takes goes on in further drafts with the same answers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from wildgate.apps.accounts.access import Action, Actor, require
from wildgate.apps.permits import answers as form
from wildgate.apps.permits.models import Application
from wildgate.apps.permits.needs import wrong_dates
from wildgate.apps.permits.services.drafting import TABS, save_answers, start
from wildgate.apps.permits.services.moving import locked, not_now
from wildgate.apps.permits.stock_lines import carried
from wildgate.apps.stock import selectors, sheet
from wildgate.apps.stock.sheet import Fault, Row, Sheet
from wildgate.convention.lifecycle import CaseState
from wildgate.convention.permit import plain
from wildgate.convention.quantity import parse_quantity
from wildgate.convention.quota import NOTHING
from wildgate.convention.refusal import Refusal, refuse
from wildgate.convention.stock import OLDEST, Ask, Draw, Stock, allot
from wildgate.convention.trade import Trade
from wildgate.convention.vocabulary import Direction

MOST_UPLOADED = 2_000
NO_STOCK = ("-", "none")
"""What a cell of the column "stock" says when the line is not taken from stock."""
MATCHED = ("stock", "taxon", "term", "unit", "source", "origin")
"""What a line has to say to be matched with an entry."""
BROUGHT = (*MATCHED, "second_source", "acquired", "origin_permit", "origin_permit_date", "last_country", "last_permit",
           "last_permit_date")
"""What an entry that a line names brings along."""


@dataclass(frozen=True, slots=True)
class Uploaded:
    """What came of a file: the drafts it filled, how many lines, and what its entries have left after them."""

    drafts: tuple[str, ...]
    lines: int
    left: tuple[tuple[str, str], ...]


def upload_lines(*, actor: Actor, case: str, data: bytes, file_name: str,
                 at: datetime) -> Uploaded | Refusal | tuple[Fault, ...]:
    """Put the lines of a CSV or XLSX file into a draft, each with the stock it is taken from; all or none."""
    found = sheet.read(data, file_name, needed=("quantity",))
    if isinstance(found, Refusal):
        return found
    if len(found.rows) > MOST_UPLOADED:
        return refuse("too-many", "%(name)s holds %(count)s lines; at most %(limit)s are read at once.", name=file_name,
                      count=len(found.rows), limit=MOST_UPLOADED)
    with transaction.atomic():
        draft = _draft(actor, case)
        if isinstance(draft, Refusal):
            return draft
        kept = {name: value for name, value in draft.answers.items() if name != TABS}
        answers = {**kept, "direction": draft.answers.get("direction") or Direction.RE_EXPORT.value}
        stocks = selectors.choosable(draft.party, draft.organisation_id)
        lines, unknown = _lines(found, stocks, draft.party)
        faults = [*unknown, *_judged(draft, answers, lines, found, at, unknown)]
        draws, short = _drawn(draft, lines, found, stocks, faults)
        if faults or short:
            return tuple(sorted((*faults, *short), key=lambda fault: fault.line))
        lines = [carried(line, draws[i].stock) | {"stock": draws[i].stock.number} if i in draws else line
                 for i, line in enumerate(lines)]
        numbers = _keep(actor, draft, answers, lines, at)
        if isinstance(numbers, Refusal):
            transaction.set_rollback(True)
            return numbers
    return Uploaded(numbers, len(lines), _left(draws.values()))


def _draft(actor: Actor, case: str) -> Application | Refusal:
    draft = locked(actor.party, case)
    if isinstance(draft, Refusal):
        return draft
    if refused := require(actor, Action.EDIT_APPLICATION, draft):
        return refused
    if draft.case_state is not CaseState.DRAFT:
        return not_now(draft)
    return draft


def _lines(found: Sheet, stocks: Sequence[Stock], home: str) -> tuple[list[dict[str, str]], list[Fault]]:
    """The rows as lines of an application; a row that names an entry has the entry's facts."""
    known, lines, faults = {stock.number: stock for stock in stocks}, [], []
    for row in found.rows:
        line = _line(row, bool(stocks))
        if line.get("stock") in known:
            line = carried(line, known[line["stock"]])
        elif line.get("stock") not in (None, OLDEST):
            faults.append(found.fault(row.number, refuse(
                "no-such-stock", "There is no released stock entry %(number)s of yours with anything left.",
                number=line["stock"][:30], field="stock")))
        lines.append({"origin": home, **line} if not line.get("origin") else line)
    return lines, faults


def _line(row: Row, has_stock: bool) -> dict[str, str]:
    """A line as typed. Where the holder has stock, a line that names none is taken from the oldest that fits."""
    line = {name: row.cells[name] for name in form.LINE_FIELDS if row.cells.get(name)}
    line |= {name: line[name].upper() for name in ("term", "unit", "source", "second_source", "origin", "last_country",
                                                   "stock") if name in line}
    stock = line.pop("stock", OLDEST if has_stock else "")
    line["unit"] = line.get("unit", "" if stock not in ("", OLDEST) else "NAR")
    if stock and stock.casefold() not in NO_STOCK:
        line["stock"] = OLDEST if stock.casefold() == OLDEST else stock
    return line


def _judged(draft: Application, answers: Mapping[str, Any], lines: Sequence[dict[str, str]], found: Sheet,
            at: datetime, unknown: Sequence[Fault]) -> list[Fault]:
    """What is wrong with the lines as they stand; what the draft still lacks elsewhere is asked for on its pages.

    A line of an `unknown` entry is not blamed for what the entry would have brought along.
    """
    home, on, faults = draft.party, at.date(), []
    shared = {"other_country": "CH" if home != "CH" else "FR", "other_name": "–", "other_address": "–", "purpose": "T"}
    shared |= {name: value for name, value in answers.items() if value}
    bare = {fault.line for fault in unknown}
    for first, part in _parts(lines):
        whole = {**shared, "lines": part}
        trade = form.trade_of(whole, home=home, on=on, law=draft.law)
        for refusal in (*form.too_long(part), *(() if isinstance(trade, Trade) else trade), *wrong_dates(whole, on)):
            if (place := _place(refusal)) is not None:
                row, name = found.rows[first + place].number, _name(refusal)
                if not (row in bare and name in BROUGHT and not lines[first + place].get(name)):
                    faults.append(found.fault(row, refusal))
    return faults


def _place(refusal: Refusal) -> int | None:
    """The line that a refusal is about, counted from 0."""
    head, bracket, rest = (refusal.field or "").partition("lines[")
    digits = rest.partition("]")[0]
    return int(digits) if bracket and not head and digits.isdecimal() else None


def _name(refusal: Refusal) -> str:
    """The field of a line that a refusal is about."""
    return (refusal.field or "").rpartition(".")[2]


def _parts(lines: Sequence[dict[str, str]]) -> list[tuple[int, Sequence[dict[str, str]]]]:
    most = form.MOST_LINES
    return [(first, lines[first:first + most]) for first in range(0, len(lines), most)]


def _drawn(draft: Application, lines: Sequence[dict[str, str]], found: Sheet, stocks: Sequence[Stock],
           faults: Sequence[Fault]) -> tuple[dict[int, Draw], list[Fault]]:
    """What each line takes, over the whole file: the last of an entry goes to the first line that asks for it.

    A line whose quantity is wrong is matched all the same; one that does not say what it is cannot be.
    """
    asks, wrong = [], {(fault.line, _name(fault.refusal)) for fault in faults}
    for i, (row, line) in enumerate(zip(found.rows, lines, strict=True)):
        if not line.get("stock") or any((row.number, name) in wrong for name in MATCHED):
            continue
        quantity = NOTHING if (row.number, "quantity") in wrong else parse_quantity(line.get("quantity", ""))
        if not isinstance(quantity, Refusal):
            asks.append(Ask(row.number - 1, str(i), line.get("taxon", ""), line.get("term", ""), quantity, line["unit"],
                            line.get("source", ""), line["origin"], line.get("origin_permit", ""), line["stock"]))
    draws: dict[int, Draw] = {}
    short = []
    for one in allot(asks, stocks, draft.law, demanded=False):
        if isinstance(one, Draw):
            draws[int(one.block)] = one
        elif (place := _place(one)) is not None:
            short.append(found.fault(place + 1, one))
    return draws, short


def _keep(actor: Actor, draft: Application, answers: Mapping[str, Any], lines: Sequence[dict[str, str]],
          at: datetime) -> tuple[str, ...] | Refusal:
    """The lines behind those that the draft has already; the rest in further drafts."""
    typed = [line for line in answers.get("lines", ()) if any(line.values())]
    numbers: list[str] = []
    for _first, part in _parts([*typed, *lines]):
        kept = draft if not numbers else start(actor=actor, organisation=draft.organisation_id, at=at)
        if isinstance(kept, Refusal):
            return kept
        saved = save_answers(actor=actor, case=kept.number, answers={**answers, "lines": list(part)}, at=at)
        if isinstance(saved, Refusal):
            return saved
        numbers.append(kept.number)
    return tuple(numbers)


def _left(draws: Any) -> tuple[tuple[str, str], ...]:
    """What the entries have left once all these lines are drawn."""
    left: dict[str, Any] = {}
    for draw in draws:
        left[draw.stock.number] = left.get(draw.stock.number, draw.stock.free) - draw.quantity
    return tuple((number, plain(free)) for number, free in sorted(left.items()))
