"""A register of operations from a table (CSV): read once or again, in one transaction, with a report line by line.

Columns: number, kind, country, name, address, taxa, registered_on, valid_until, last_inspection, next_inspection,
state, reference. `taxa` holds names with their yearly output: `Crocodylus porosus: 1200; Python regius`.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from django.db import transaction

from wildgate.apps.registers.models import Operation
from wildgate.apps.registers.services.operations import NewOperation, checked, fields_of, known, store
from wildgate.apps.species.imports.stream import DAMAGED, TooLarge, damaged, open_text
from wildgate.convention.operations import OperationKind, OperationState, Stock
from wildgate.convention.refusal import Refusal, refuse

NEEDED = ("number", "kind", "name", "registered_on")
COLUMNS = ("number", "kind", "country", "name", "address", "taxa", "registered_on", "valid_until", "last_inspection",
           "next_inspection", "state", "reference")
DAYS = ("registered_on", "valid_until", "last_inspection", "next_inspection")
MOST_ROWS = 100_000


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a row was refused: its line in the file, the column, and the reason."""

    line: int
    column: str
    reason: str

    def as_json(self) -> dict[str, Any]:
        return {"line": self.line, "column": self.column, "reason": self.reason}


@dataclass(slots=True)
class Report:
    """What an import did. `undone`: rows were refused, so nothing was kept."""

    file: str
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: list[Fault] = field(default_factory=list)
    remarks: list[Fault] = field(default_factory=list)
    undone: bool = False

    def as_json(self) -> dict[str, Any]:
        return {"file": self.file, "added": self.added, "changed": self.changed, "unchanged": self.unchanged,
                "refused": [fault.as_json() for fault in self.refused], "remarks": [], "rolled_back": self.undone}


def import_operations(paths: Sequence[Path], *, party: str, actor: str, at: datetime,
                      all_or_nothing: bool = False) -> tuple[Report, ...] | Refusal:
    """Operations from tables, by country and number. The same file read twice changes nothing."""
    reports = []
    with transaction.atomic():
        for path in paths:
            report = _file(path, party=party, actor=actor, at=at)
            if isinstance(report, Refusal):
                transaction.set_rollback(True)
                return report
            reports.append(report)
        if all_or_nothing and any(report.refused for report in reports):
            transaction.set_rollback(True)
            for report in reports:
                report.added = report.changed = report.unchanged = 0
                report.undone = True
    return tuple(reports)


def _file(path: Path, *, party: str, actor: str, at: datetime) -> Report | Refusal:
    report = Report(path.name)
    try:
        rows = list(_rows(path))
    except (*DAMAGED, UnicodeError, csv.Error):
        return damaged(path.name)
    except TooLarge:
        return refuse("too-large", "%(name)s has more than %(most)s rows.", name=path.name, most=MOST_ROWS)
    seen: dict[tuple[str, str], int] = {}
    for line, row in rows:
        if isinstance(row, Refusal):
            return row
        found = _read(row, party)
        new = checked(found, party) if isinstance(found, NewOperation) else found
        if isinstance(new, Refusal):
            report.refused.append(Fault(line, new.field or "", new.reason))
            continue
        place = (new.country, new.number.casefold())
        if place in seen:
            report.refused.append(Fault(line, "number", f"{new.number} stands in line {seen[place]} already."))
            continue
        seen[place] = line
        _store(new, report, party=party, actor=actor, at=at)
    return report


def _store(new: NewOperation, report: Report, *, party: str, actor: str, at: datetime) -> None:
    old = known(party, new)
    if old is None:
        report.added += 1
    elif not _differs(old, new):
        report.unchanged += 1
        return
    else:
        old = Operation.objects.select_for_update().get(pk=old.pk)
        new = replace(new, organisation=old.organisation_id)
        report.changed += 1
    store(new, old, party=party, actor=actor, at=at)


def _differs(old: Operation, new: NewOperation) -> bool:
    """Whether the row says something else. The firm behind a home entry is linked here, never by a table."""
    fields = {name: value for name, value in fields_of(new).items() if name != "organisation_id"}
    return (any(getattr(old, name) != value for name, value in fields.items())
            or {stock.taxon: stock.yearly for stock in new.stock} != {row.taxon: row.yearly for row in old.taxa.all()})


def _rows(path: Path) -> Iterator[tuple[int, Mapping[str, str] | Refusal]]:
    """The rows by column, each with its line; a file without the columns is refused whole."""
    text = open_text(path)
    if isinstance(text, Refusal):
        yield 0, text
        return
    with text:
        head = text.readline(20_000)
        delimiter = max(",;\t", key=head.count)
        titles = next(csv.reader([head], delimiter=delimiter), [])
        columns = [title.strip().casefold().replace(" ", "_") for title in titles]
        if missing := [name for name in NEEDED if name not in columns]:
            yield 1, refuse("column-missing", "%(name)s has no column %(column)s: it is not a register of operations. "
                            "Its columns are %(columns)s.", name=path.name, column=missing[0],
                            columns=", ".join(filter(None, columns))[:300])
            return
        reader = csv.reader(text, delimiter=delimiter)
        line = 2
        for count, values in enumerate(reader):
            if count >= MOST_ROWS:
                raise TooLarge
            if any(value.strip() for value in values):
                yield line, dict(zip(columns, (value.strip() for value in values), strict=False))
            line = reader.line_num + 2


def _read(row: Mapping[str, str], party: str) -> NewOperation | Refusal:
    """A row as an operation, or its first fault."""
    for value in row.values():
        if any("\ud800" <= sign <= "\udfff" for sign in value):
            return refuse("not-utf8", "The row is not UTF-8 text; save the file as UTF-8.", field="")
    kind = next((each for each in OperationKind if each.value.casefold() == row.get("kind", "").casefold()), None)
    if kind is None:
        return refuse("kind-unknown", "%(kind)s is not a kind: write one of %(kinds)s.",
                      kind=row.get("kind", "")[:40] or "–", kinds=", ".join(OperationKind),
                      field="kind")
    state = row.get("state", "").casefold() or OperationState.ACTIVE.value
    if state not in set(OperationState):
        return refuse("state-unknown", "%(state)s is not a state: write one of %(states)s.", state=state[:40],
                      states=", ".join(OperationState), field="state")
    days: dict[str, date | None] = {}
    for name in DAYS:
        read = _day(row.get(name, ""), name)
        if isinstance(read, Refusal):
            return read
        days[name] = read
    start = days.pop("registered_on")
    if start is None:
        return refuse("missing", "Write %(what)s.", what="the day of registration", field="registered_on")
    stock = read_stock(row.get("taxa", ""))
    if isinstance(stock, Refusal):
        return stock
    return NewOperation(
        country=row.get("country", "").upper() or party, number=row.get("number", ""), kind=kind,
        name=row.get("name", ""), address=row.get("address", ""), registered_on=start, state=OperationState(state),
        stock=stock, reference=row.get("reference", ""), valid_until=days["valid_until"],
        last_inspection=days["last_inspection"], next_inspection=days["next_inspection"])


def _day(text: str, name: str) -> date | Refusal | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return refuse("date-wrong", "%(text)s is not a day: write it as 2027-03-01.", text=text[:20], field=name)


def read_stock(text: str) -> tuple[Stock, ...] | Refusal:
    """`Crocodylus porosus: 1200; Python regius`: names, with the yearly output where it is stated."""
    found = []
    for part in filter(None, (part.strip() for part in text.replace("\n", ";").split(";"))):
        name, _, amount = part.partition(":")
        try:
            yearly = Decimal(amount.strip().replace(" ", "")) if amount.strip() else None
        except InvalidOperation:
            yearly = Decimal("NaN")
        if yearly is not None and not yearly.is_finite():
            return refuse("output-unreadable", "%(text)s is not a yearly output: write a name, a colon and a number.",
                          text=part[:60], field="taxa")
        found.append(Stock(name.strip(), yearly))
    return tuple(found)
