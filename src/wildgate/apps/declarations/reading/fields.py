"""The fields of a declaration: one table for JSON, CSV and XML, and what may stand in each."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final

from wildgate.apps.declarations.reading.faults import Faults
from wildgate.convention import tables
from wildgate.convention.signs import hidden
from wildgate.convention.vocabulary import Purpose, Source

MOST_ITEMS: Final = 999
MOST_PERMITS: Final = 8
MOST_LIST: Final = 50
MOST_NUMBER: Final = Decimal("1e12")
REFERENCE: Final = re.compile(r"(?!(?:new|messages|batch)$)[A-Za-z0-9][A-Za-z0-9._-]{0,69}")
"""What can stand in an address; three words are addresses themselves."""
FIGURE: Final = re.compile(r"[0-9]{1,20}(?:\.[0-9]{1,20})?(?:E[+-]?[0-9]{1,2})?")
MESSAGE_ID: Final = re.compile(r"[!-~]{1,64}")
HS: Final = re.compile(r"\d{6}(?:\d{2}){0,2}")
DIRECTIONS: Final = {"export", "re-export", "import", "transit"}
MODES: Final = {"air", "sea", "road", "rail", "post", "inland-water", "pipeline", "own", ""}
NOT_CITES: Final = frozenset({"Y900"})
"""Codes of the claim "not listed": Y900 in the European Union; a Party's own go beside it."""

Check = Callable[[Any, str, Faults], Any]


@dataclass(frozen=True, slots=True)
class Field:
    """One field: how it is checked, whether it must be there, and what it means in words."""

    name: str
    check: Check
    needed: bool = False
    meaning: str = ""


def text(most: int) -> Check:
    def check(value: Any, path: str, faults: Faults) -> str:
        if isinstance(value, (int, Decimal)) and not isinstance(value, bool):
            value = str(value)
        if not isinstance(value, str):
            faults.add("not-text", path, "%(path)s must be text.", path=path)
            return ""
        found = unicodedata.normalize("NFC", value).strip()
        if hidden(found.replace("\n", " "), lines=False):
            faults.add("hidden-signs", path, "%(path)s holds signs that cannot be printed.", path=path)
            return ""
        if len(found) > most:
            faults.add("too-long", path, "%(path)s has more than %(most)s signs.", path=path, most=most)
        return found[:most]
    return check


def pattern(shape: re.Pattern[str], code: str, template: str, *, upper: bool = False, most: int = 80) -> Check:
    def check(value: Any, path: str, faults: Faults) -> str:
        found = str(text(most)(value, path, faults))
        found = found.upper() if upper else found
        if found and not shape.fullmatch(found):
            faults.add(code, path, template, path=path, value=found)
            return ""
        return found
    return check


def one_of(known: Callable[[str], bool], code: str, template: str, *, upper: bool = True) -> Check:
    def check(value: Any, path: str, faults: Faults) -> str:
        found = str(text(40)(value, path, faults))
        found = found.upper() if upper else found.lower()
        if found and not known(found):
            faults.add(code, path, template, path=path, value=found)
            return ""
        return found
    return check


def number(value: Any, path: str, faults: Faults) -> Decimal | None:
    """A quantity, mass or value: not negative, at most six decimals, a point before them."""
    if value is None or value == "":
        return None
    said = str(value).strip() if isinstance(value, (str, int, Decimal)) and not isinstance(value, bool) else ""
    if not FIGURE.fullmatch(said):
        faults.add("not-a-number", path, "%(path)s: %(value)s is no number from 0. Write 1250.5", path=path,
                   value=value)
        return None
    found = Decimal(said)
    if found > MOST_NUMBER:
        faults.add("not-a-number", path, "%(path)s must lie between 0 and 1000000000000.", path=path)
        return None
    exponent = found.normalize().as_tuple().exponent
    if isinstance(exponent, int) and exponent < -6:
        faults.add("too-fine", path, "%(path)s has more than six decimals.", path=path)
        return None
    return found


def yes_no(value: Any, path: str, faults: Faults) -> bool:
    if isinstance(value, bool):
        return value
    if str(value).strip().lower() in {"yes", "true", "1"}:
        return True
    if str(value).strip().lower() in {"no", "false", "0", ""}:
        return False
    faults.add("not-yes-or-no", path, "%(path)s is yes or no.", path=path)
    return False


def day(value: Any, path: str, faults: Faults) -> date | None:
    if value in (None, ""):
        return None
    try:
        return date.fromisoformat(str(value).strip()[:10])
    except ValueError:
        faults.add("not-a-day", path, "%(path)s: %(value)s is no day. Write 2027-03-31", path=path, value=value)
        return None


def moment(value: Any, path: str, faults: Faults) -> datetime | None:
    if value in (None, ""):
        return None
    try:
        found = datetime.fromisoformat(str(value).strip()[:40])
    except ValueError:
        faults.add("not-a-time", path, "%(path)s: %(value)s is no time. Write 2027-03-31T14:00:00+01:00", path=path,
                   value=value)
        return None
    if found.tzinfo is None:
        faults.add("no-offset", path, "%(path)s has no offset. Write 2027-03-31T14:00:00+01:00", path=path)
        return None
    try:
        return found.astimezone(UTC)
    except OverflowError:  # years 1 and 9999 end there for some offsets
        faults.add("not-a-time", path, "%(path)s: %(value)s is no time. Write 2027-03-31T14:00:00+01:00", path=path,
                   value=value)
        return None


def many(check: Check, most: int = MOST_LIST) -> Check:
    def checked(value: Any, path: str, faults: Faults) -> tuple[Any, ...]:
        rows = value if isinstance(value, list) else [one for one in re.split(r"[|;]", str(value or "")) if one.strip()]
        if len(rows) > most:
            faults.add("too-many", path, "%(path)s holds more than %(most)s.", path=path, most=most)
        found = [check(each, f"{path}[{i}]", faults) for i, each in enumerate(rows[:most])]
        return tuple(each for each in found if each not in ("", None))
    return checked


COUNTRY: Final = one_of(lambda code: tables.country(code) is not None, "no-such-country",
                        "%(path)s: %(value)s is no country of the list. Write two letters.")
PARTY_FIELDS: Final = (
    Field("name", text(160), meaning="Name of the firm or person"),
    Field("country", COUNTRY, meaning="Country, two letters"),
    Field("identifier", text(40), meaning="Number with customs"),
    Field("address", text(300), meaning="Address"))
PERMIT_FIELDS: Final = (
    Field("number", text(60), True, "Number as printed on the permit; spaces, strokes and case do not matter"),
    Field("country", COUNTRY, meaning="Country of the authority that issued it"),
    Field("issued_on", day, meaning="Day of issue"),
    Field("role", one_of({"home", "foreign", ""}.__contains__, "no-such-role", "%(path)s is home or foreign.",
                         upper=False), meaning="home: our own; foreign: the other country's"))
ITEM_FIELDS: Final = (
    Field("number", number, meaning="Number of the item, from 1"),
    Field("hs", pattern(HS, "hs-length", "%(path)s: %(value)s is no customs code: 6, 8 or 10 digits."), True,
          "Customs code, 6, 8 or 10 digits"),
    Field("description", text(500), meaning="Goods in words"),
    Field("taxon", text(200), meaning="Scientific name"),
    Field("term", one_of(lambda code: tables.term(code) is not None, "no-such-term",
                         "%(path)s: %(value)s is no term of the CITES list."), meaning="CITES term, three letters"),
    Field("quantity", number, meaning="Quantity"),
    Field("unit", one_of(lambda code: tables.unit(code) is not None, "no-such-unit",
                         "%(path)s: %(value)s is no unit of the CITES list."), meaning="Unit, three letters"),
    Field("net_mass", number, meaning="Net mass in kilograms"),
    Field("value", number, meaning="Value"),
    Field("currency", pattern(re.compile("[A-Z]{3}"), "no-such-currency",
                              "%(path)s: %(value)s is no currency.", upper=True), meaning="Currency, three letters"),
    Field("origin", COUNTRY, meaning="Country of origin"),
    Field("source", one_of({each.value for each in Source}.__contains__, "no-such-source",
                           "%(path)s: %(value)s is no source code."), meaning="Source code, one letter"),
    Field("purpose", one_of({each.value for each in Purpose}.__contains__, "no-such-purpose",
                            "%(path)s: %(value)s is no purpose code."), meaning="Purpose code, one letter"),
    Field("claims", many(pattern(re.compile(r"[A-Z0-9-]{1,12}"), "no-such-claim",
                                 "%(path)s: %(value)s is no code of a claim.", upper=True)),
          meaning="Claims such as Y900: not listed"),
    Field("marks", many(text(80)), meaning="Tags, rings, chips, serial numbers"))
HEAD_FIELDS: Final = (
    Field("message_id", pattern(MESSAGE_ID, "message-id-form", "%(path)s holds 1 to 64 printed signs without spaces."),
          meaning="Your number of this message: sent twice, it is answered once"),
    Field("reference", pattern(REFERENCE, "reference-form", "%(path)s: letters, digits, points, hyphens and "
                               "underscores, at most 70."), True, "Number of the declaration"),
    Field("direction", one_of(DIRECTIONS.__contains__, "no-such-direction",
                              "%(path)s is export, re-export, import or transit.", upper=False), True,
          "export, re-export, import or transit"),
    Field("procedure", pattern(re.compile(r"[A-Z0-9]{1,10}"), "procedure-form", "%(path)s: %(value)s is no procedure.",
                               upper=True), meaning="Customs procedure, for instance 10 or 4000"),
    Field("post", text(60), meaning="Border post"),
    Field("mode", one_of(MODES.__contains__, "no-such-mode", "%(path)s is air, sea, road, rail or post.", upper=False),
          meaning="Mode of transport"),
    Field("declared_at", moment, meaning="When it was declared, with offset"),
    Field("moves_at", moment, meaning="When the goods leave or arrive, with offset: for prior notice"),
    Field("departure", COUNTRY, meaning="Country of departure"),
    Field("destination", COUNTRY, meaning="Country of destination"),
    Field("route", many(text(40)), meaning="Countries and ports on the way, in order"),
    Field("carrier", text(80), meaning="Carrier"),
    Field("transport_document", text(48), meaning="Air waybill, bill of lading or other"),
    Field("express", yes_no, meaning="Express or postal consignment"))
PARTIES: Final = ("exporter", "importer", "declarant")
HEAD: Final[Mapping[str, Field]] = {each.name: each for each in HEAD_FIELDS}
ITEM: Final[Mapping[str, Field]] = {each.name: each for each in ITEM_FIELDS}
