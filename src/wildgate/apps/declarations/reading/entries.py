"""A message of any kind as entries: each a declaration that was understood, or what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from wildgate.apps.declarations.reading.faults import Fault, Faults
from wildgate.apps.declarations.reading.form import Lodged, read_form
from wildgate.apps.declarations.reading.table import read_table
from wildgate.apps.declarations.reading.wco import read_xml
from wildgate.convention.refusal import Refusal
from wildgate.kit import api

MOST: Final = 500
"""Declarations in one message."""
FUNCTIONS: Final = {"9": "original", "4": "amendment", "5": "amendment", "1": "withdrawal"}
"""Functions of a message by the code of UN/EDIFACT 1225, as the WCO data model has them."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One declaration of a message. `function`: original, amendment or withdrawal."""

    reference: str
    function: str
    lodged: Lodged | None = None
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True)
class Said:
    """A whole message: its number and its entries, or why nothing of it can be read."""

    message_id: str = ""
    entries: tuple[Entry, ...] = ()
    faults: tuple[Fault, ...] = ()

    @classmethod
    def of(cls, refusal: Refusal) -> Said:
        return cls(faults=(Fault(refusal.code, refusal.template or refusal.reason.replace("%", "%%"),
                                 dict(refusal.values), refusal.field or ""),))


def read(kind: str, body: bytes, *, party: str, at: datetime, single: bool, function: str = "",
         reference: str = "") -> Said:
    """Read a message of that kind; a single one holds one declaration."""
    said = {"json": _json, "csv": _csv, "xml": _xml}[kind](body, party, at, single)
    if said.faults:
        return said
    if single and len(said.entries) != 1:
        faults = Faults()
        faults.add("not-one", "", "One declaration is taken here; the message holds %(many)s.", many=len(said.entries))
        return Said(said.message_id, faults=faults.all())
    return Said(said.message_id, tuple(_addressed(each, function, reference) for each in said.entries))


def _addressed(entry: Entry, function: str, reference: str) -> Entry:
    """The address decides what is done, and to which declaration: the message must not say otherwise."""
    if reference and entry.reference != reference:
        faults = Faults()
        faults.add("other-reference", "reference", "The message is for %(said)s, the address for %(here)s.",
                   said=entry.reference or "nothing", here=reference)
        return Entry(entry.reference, function or entry.function, None, faults.all())
    if function and entry.function == "withdrawal":
        faults = Faults()
        faults.add("other-function", "function", "The message withdraws: send it to /declarations/batch, or call "
                   "withdraw.")
        return Entry(entry.reference, function, None, faults.all())
    return Entry(entry.reference, function or entry.function, entry.lodged, entry.faults)


def _json(body: bytes, party: str, at: datetime, single: bool) -> Said:
    found = api.read_json(body)
    if isinstance(found, Refusal):
        return Said.of(found)
    faults = Faults()
    if not isinstance(found, Mapping):
        faults.add("not-an-object", "", "A message is an object with names and values.")
        return Said(faults=faults.all())
    number = found.get("message_id")
    message_id = number if isinstance(number, str) else ""
    if single:
        return Said(message_id, (_entry(found, "original", party, at),))
    rows = found.get("declarations")
    if not isinstance(rows, list) or not rows or set(found) - {"message_id", "declarations"}:
        faults.add("batch-form", "declarations", "A batch is an object with message_id and a list of declarations.")
    elif len(rows) > MOST:
        faults.add("too-many", "declarations", "A batch holds at most %(most)s declarations.", most=MOST)
    if faults or not isinstance(rows, list):
        return Said(message_id, faults=faults.all())
    return Said(message_id, tuple(_entry(row, "original", party, at, under=f"declarations[{i}]")
                                  for i, row in enumerate(rows)))


def _entry(form: Any, function: str, party: str, at: datetime, *, place: Callable[[str], str] | None = None,
           under: str = "") -> Entry:
    found = read_form(form, party=party, at=at, place=place, under=under)
    said = form.get("reference") if isinstance(form, Mapping) else ""
    reference = said[:70] if isinstance(said, str) else ""
    if isinstance(found, Lodged):
        return Entry(found.reference, function, found)
    return Entry(reference, function, None, found)


def _csv(body: bytes, party: str, at: datetime, single: bool) -> Said:
    tabled, faults = read_table(body)
    if faults:
        return Said(faults=faults)
    number = str(tabled[0].form.get("message_id", ""))
    return Said(number, tuple(_entry(each.form, "original", party, at, place=each.place) for each in tabled))


def _xml(body: bytes, party: str, at: datetime, single: bool) -> Said:
    told, faults = read_xml(body, party=party)
    if faults:
        return Said(faults=faults)
    entries = []
    for each in told:
        function = FUNCTIONS.get(each.function)
        if function is None:
            wrong = Faults(each.place)
            wrong.add("no-such-function", "function", "FunctionCode %(code)s is not taken: 9, 4, 5 or 1.",
                      code=each.function)
            entries.append(Entry(str(each.form.get("reference", ""))[:70], "", None, wrong.all()))
        elif function == "withdrawal":
            entries.append(Entry(str(each.form.get("reference", ""))[:70], function))
        else:
            entries.append(_entry(each.form, function, party, at, place=each.place))
    return Said(str(told[0].form.get("message_id", "")), tuple(entries))
