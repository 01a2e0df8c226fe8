"""A carrier's parcels as typed values: read from JSON or from a table, each row by itself, faults by row and field."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from itertools import islice
from typing import Any, Final

from django.utils.translation import gettext_noop

from wildgate.convention import tables
from wildgate.convention.refusal import Refusal, refuse
from wildgate.convention.sentence import say
from wildgate.convention.signs import hidden, tidied

MOST_CHECKED: Final = 500
MOST_LISTED: Final = 5_000
MOST_NUMBERS: Final = 10
LONGEST: Final = {"parcel": 40, "air_waybill": 40, "description": 300, "hs": 14, "value": 24, "currency": 3, "mass": 24,
                  "from": 2, "to": 2, "sender": 120, "receiver": 120, "code": 4000, "not_cites": 5}
COLUMNS: Final = (*LONGEST, "permits")
IS_HS: Final = re.compile(r"[0-9]{4}[. ]?[0-9]{2}(?:[. ]?[0-9]{2}){0,2}").fullmatch
"""A customs code as invoices write it: `420231`, `4202.31`, `4202.31.00.90`."""
EXAMPLE: Final = {"parcel": "SX-1", "air_waybill": "125-12345675", "description": "crocodile skin wallet",
                  "hs": "420231", "value": "80", "currency": "USD", "mass": "0.2", "from": "QM", "to": "QZ",
                  "sender": "A. Sender", "receiver": "B. Receiver", "permits": ["26QM000001"]}


@dataclass(frozen=True, slots=True)
class Parcel:
    """One parcel. `parcel` is the carrier's own number for it; `permits` are CITES numbers, `code` a scanned code."""

    parcel: str
    air_waybill: str = ""
    description: str = ""
    hs: str = ""
    value: str = ""
    currency: str = ""
    mass: str = ""
    departure: str = ""
    destination: str = ""
    sender: str = ""
    receiver: str = ""
    permits: tuple[str, ...] = ()
    code: str = ""
    not_cites: bool = False


@dataclass(frozen=True, slots=True)
class Fault:
    """A row that cannot be read. `parcel` as far as it could be."""

    parcel: str
    why: Refusal


Rows = tuple[Parcel | Fault, ...]
MOST_NAMED: Final = 20
OTHER_NAMES: Final = {
    "weight": "mass", "gross_weight": "mass", "kg": "mass", "awb": "air_waybill", "hawb": "air_waybill",
    "waybill": "air_waybill", "hs_code": "hs", "tariff": "hs", "shipper": "sender", "consignor": "sender",
    "consignee": "receiver", "recipient": "receiver", "origin": "from", "departure": "from", "destination": "to",
    "cites": "permits", "cites_number": "permits", "contents": "description", "goods": "description",
    "tracking": "parcel"}
"""What carriers call our fields in their own lists. It is asked about, never guessed."""
UNREAD: Final = gettext_noop("%(name)s is no field of a parcel: nothing of it was read.")
UNREAD_NEAR: Final = gettext_noop("%(name)s is no field of a parcel: nothing of it was read. Is %(near)s meant?")


@dataclass(frozen=True, slots=True)
class Sheet:
    """The parcels of a message, and the names in it that nobody knows: what stands under them is lost to its sender."""

    rows: Rows
    unknown: tuple[str, ...] = ()


def unread(names: Iterable[str]) -> list[Refusal]:
    """A warning for each unknown name; nothing is refused for it."""
    return [_unread(name) for name in names]


def _unread(name: str) -> Refusal:
    plain = name.strip().lower().replace(" ", "_").replace("-", "_")
    near = [OTHER_NAMES[plain]] if plain in OTHER_NAMES else get_close_matches(plain, COLUMNS, n=1, cutoff=0.75)
    if near:
        return refuse("unknown-column", UNREAD_NEAR, name=name, near=near[0], field=name)
    return refuse("unknown-column", UNREAD, name=name, field=name)


def _unknown(names: Iterable[Any]) -> tuple[str, ...]:
    """The names that are none of ours, each once, as a sentence may show them."""
    found = dict.fromkeys(str(name) for name in names if name not in COLUMNS)
    return tuple(tidied(name)[:60] or "–" for name in islice(found, MOST_NAMED))


def from_json(found: Any, most: int) -> Sheet | Refusal:
    """A list of objects as the machine interface takes it."""
    if not isinstance(found, list):
        return refuse("not-as-described", "parcels is no list.", field="parcels")
    if refused := _counted(len(found), most):
        return refused
    return Sheet(_unique(_one(row, f"parcels[{at}]") for at, row in enumerate(found)),
                 _unknown(name for row in found if isinstance(row, Mapping) for name in row))


def from_csv(data: bytes, most: int) -> Sheet | Refusal:
    """A table with a header; permits in one cell are separated by semicolons or spaces."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        return refuse("unreadable", "The table is not UTF-8: look at byte %(byte)s.", byte=fault.start + 1)
    if "\0" in text:
        return refuse("unreadable", "The table is no text: it holds a null character.")
    if refused := _counted(text.count("\n"), most * 4 + 100):
        return refused
    first = text.partition("\n")[0]
    csv.field_size_limit(1_000_000)
    try:
        reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=";" if first.count(";") > first.count(",")
                                else ",", strict=True)
        names = [(name or "").strip().lower().replace(" ", "_") for name in reader.fieldnames or ()]
        reader.fieldnames = names
        if "parcel" not in names:
            return refuse("no-column", "Line 1 has no column %(name)s.", name="parcel", field="line 1")
        if twice := next((name for name in COLUMNS if names.count(name) > 1), ""):
            return refuse("column-twice", "The column %(name)s stands there twice.", name=twice, field="line 1")
        rows = []
        for row in reader:
            rows.append((reader.line_num, row))
            if len(rows) > most:
                return _counted(len(rows), most) or Sheet(())
    except csv.Error as fault:
        return refuse("unreadable", "Line %(line)s cannot be read: %(what)s.", line=reader.line_num, what=fault)
    return Sheet(_unique(_tabled(line, row) for line, row in rows), _unknown(name for name in names if name))


def _tabled(line: int, row: Mapping[Any, Any]) -> Parcel | Fault:
    """A line of a table. Cells beyond the head may have shifted all others: such a line is not guessed at."""
    if any(str(cell).strip() for cell in row.get(None) or ()):
        return Fault(str(row.get("parcel") or "")[:40], refuse(
            "too-many-cells", "Line %(line)s has more cells than the head.", line=line, field=f"line {line}"))
    return _one({k: v for k, v in row.items() if k in COLUMNS and v}, say("line %(line)s", line=line))


def _counted(rows: int, most: int) -> Refusal | None:
    if rows <= most:
        return None
    return refuse("too-many-parcels", "There are more than %(most)s parcels. Send them in parts.", most=f"{most:,}",
                  field="parcels")


def _unique(rows: Iterable[Parcel | Fault]) -> Rows:
    """A parcel that stands in the list twice is read once; the second is a fault of its row."""
    seen: set[str] = set()
    out: list[Parcel | Fault] = []
    for row in rows:
        if isinstance(row, Parcel) and row.parcel in seen:
            row = Fault(row.parcel, refuse("parcel-twice", "Parcel %(parcel)s stands in the list twice.",
                                           parcel=row.parcel, field="parcel"))
        seen.add(row.parcel)
        out.append(row)
    return tuple(out)


def _one(row: Any, place: str) -> Parcel | Fault:
    if not isinstance(row, Mapping):
        return Fault("", refuse("not-as-described", "%(place)s is no object.", place=place, field=place))
    texts: dict[str, str] = {}
    for name, longest in LONGEST.items():
        value = row.get(name)
        text = "" if value is None else str(value).strip() if isinstance(value, (str, int, Decimal)) else None
        if text is not None and hidden(text, lines=False):
            return Fault(tidied(str(row.get("parcel", "")))[:40], refuse(
                "hidden-signs", "%(place)s: %(name)s holds signs that cannot be printed.", place=place, name=name,
                field=f"{place}.{name}"))
        if text is None or len(text) > longest:
            return Fault(tidied(str(row.get("parcel", "")))[:40], refuse(
                "not-as-described", "%(place)s: %(name)s is no text of at most %(most)s characters.", place=place,
                name=name, most=longest, field=f"{place}.{name}"))
        texts[name] = text
    numbers = _numbers(row.get("permits"))
    fault = _fault(texts, numbers, place)
    if fault:
        return Fault(texts["parcel"], fault)
    return Parcel(texts["parcel"], texts["air_waybill"], texts["description"], texts["hs"], texts["value"],
                  texts["currency"].upper(), texts["mass"], texts["from"].upper(), texts["to"].upper(),
                  texts["sender"], texts["receiver"], numbers or (), texts["code"],
                  texts["not_cites"].lower() in ("true", "yes", "1"))


def _numbers(value: Any) -> tuple[str, ...] | None:
    """The CITES numbers of a row; None when they are no list of short texts."""
    found = re.split(r"[;|\s]+", value.strip()) if isinstance(value, str) else value or []
    if not isinstance(found, list) or len(found) > MOST_NUMBERS:
        return None
    if any(not isinstance(each, str) or len(each) > 40 or hidden(each, lines=False) for each in found):
        return None
    return tuple(dict.fromkeys(each.strip() for each in found if each.strip()))


def _fault(texts: dict[str, str], numbers: tuple[str, ...] | None, place: str) -> Refusal | None:
    if not texts["parcel"]:
        return refuse("missing-number", "%(place)s has no number of the parcel.", place=place, field=f"{place}.parcel")
    if numbers is None:
        return refuse("not-as-described", "%(place)s: permits is no list of at most %(most)s numbers.", place=place,
                      most=MOST_NUMBERS, field=f"{place}.permits")
    for name in ("from", "to"):
        if texts[name] and tables.country(texts[name].upper()) is None:
            return refuse("unknown-country-code", "%(place)s: %(country)s is no code of a country.",
                          place=place, country=texts[name], field=f"{place}.{name}")
    if texts["hs"] and not IS_HS(texts["hs"]):
        return refuse("hs-length", "%(place)s: %(value)s is no customs code: 6, 8 or 10 digits.", place=place,
                      value=texts["hs"], field=f"{place}.hs")
    for name in ("value", "mass"):
        if texts[name] and not _is_number(texts[name]):
            return refuse("not-a-number", "%(place)s: %(name)s is no number.", place=place, name=name,
                          field=f"{place}.{name}")
    return None


def _is_number(text: str) -> bool:
    try:
        found = Decimal(text)
    except InvalidOperation:
        return False
    return found.is_finite() and found >= 0
