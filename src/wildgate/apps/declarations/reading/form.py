"""The form of a declaration, whatever message it came in: checked field by field, then a consignment or its faults."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.utils.translation import gettext_noop

from wildgate.apps.declarations.reading.faults import Fault, Faults, Place
from wildgate.apps.declarations.reading.fields import (
    HEAD_FIELDS,
    ITEM_FIELDS,
    MOST_ITEMS,
    MOST_PERMITS,
    PARTIES,
    PARTY_FIELDS,
    PERMIT_FIELDS,
    Field,
)
from wildgate.kit import waybill
from wildgate.targeting.consignment import Consignment, Item, PermitRef, Trader

AHEAD: Final = timedelta(minutes=10)
"""House value: so much may a sender's clock be fast."""
BACK: Final = timedelta(days=30)
"""House value: a declaration older than this is no news any more; the paper way is for those."""
FAR: Final = timedelta(days=365)
WAYBILL: Final = re.compile(r"(\d{3})[- ]?(\d{8})")
NO_AIRLINE: Final = frozenset({"000"})
CHECK_DIGIT: Final = gettext_noop("%(place)s: the check digit of the air waybill %(number)s is wrong.")


@dataclass(frozen=True, slots=True)
class Lodged:
    """A message that was understood: the consignment, and what a consignment has no place for."""

    message_id: str
    consignment: Consignment
    declared_at: datetime | None = None
    marks: tuple[Fault, ...] = ()
    """What can be read and looks wrong: told with the answer, nothing is refused for it."""

    @property
    def reference(self) -> str:
        return self.consignment.reference

    @property
    def moves_at(self) -> datetime | None:
        return self.consignment.moves_at


def read_form(form: Any, *, party: str, at: datetime, place: Place | None = None,
              under: str = "") -> Lodged | tuple[Fault, ...]:
    """The form as it was sent, or everything that is wrong with it. `under` stands before the paths of a batch."""
    faults = Faults(place)
    if not isinstance(form, Mapping):
        faults.add("not-an-object", under, "A declaration is an object with names and values.")
        return faults.all()
    path = f"{under}." if under else ""
    head = _fields(form, HEAD_FIELDS, path, faults, also={*PARTIES, "items"})
    who: dict[str, Any] = {name: _trader(form.get(name), f"{path}{name}", faults) for name in PARTIES}
    items = _items(form.get("items"), f"{path}items", faults)
    _times(head, path, at, faults)
    _waybill(head, path, faults)
    if faults:
        return faults.all()
    said = Consignment(
        party=party, lodged_at=at, items=items, moves_at=head["moves_at"], **who,
        **{name: head[name] for name in ("reference", "direction", "post", "procedure", "mode", "departure",
                                         "destination", "route", "carrier", "transport_document", "express")})
    return Lodged(head["message_id"], said, head["declared_at"], _marks(head, path, place))


def _fields(form: Mapping[str, Any], fields: tuple[Field, ...], path: str, faults: Faults,
            also: set[str]) -> dict[str, Any]:
    """Each field checked; one that must be there and is not, and one that nobody knows, are faults."""
    names = {each.name for each in fields} | also
    for name in form:
        if name not in names:
            faults.add("unknown-name", f"{path}{name}"[:120], "%(name)s is no field of a declaration.", name=name)
    out = {}
    for each in fields:
        given = form.get(each.name)
        blank = given is None or given == ""
        if blank and each.needed:
            faults.add("missing", f"{path}{each.name}", "%(path)s is missing.", path=f"{path}{each.name}")
        out[each.name] = each.check("" if blank else given, f"{path}{each.name}", faults)
    return out


def _trader(form: Any, path: str, faults: Faults) -> Trader:
    if form in (None, ""):
        return Trader()
    if not isinstance(form, Mapping):
        faults.add("not-an-object", path, "%(path)s is an object with name, country, identifier and address.",
                   path=path)
        return Trader()
    return Trader(**_fields(form, PARTY_FIELDS, f"{path}.", faults, also=set()))


def _items(rows: Any, path: str, faults: Faults) -> tuple[Item, ...]:
    if not isinstance(rows, list) or not rows:
        faults.add("no-items", path, "A declaration has at least one item.")
        return ()
    if len(rows) > MOST_ITEMS:
        faults.add("too-many", path, "%(path)s holds more than %(most)s.", path=path, most=MOST_ITEMS)
        return ()
    out: list[Item] = []
    for i, row in enumerate(rows):
        here = f"{path}[{i}]"
        if not isinstance(row, Mapping):
            faults.add("not-an-object", here, "%(path)s is an object with names and values.", path=here)
            continue
        found = _fields(row, ITEM_FIELDS, f"{here}.", faults, also={"permits"})
        found["number"] = _number(found["number"], i, here, faults)
        if any(each.number == found["number"] for each in out):
            faults.add("number-twice", f"{here}.number", "Item %(number)s stands there twice.", number=found["number"])
        out.append(Item(**found, permits=_permits(row.get("permits"), f"{here}.permits", faults)))
    return tuple(out)


def _number(given: Any, i: int, here: str, faults: Faults) -> int:
    if given is None:
        return i + 1
    if given != given.to_integral_value() or not 1 <= given <= MOST_ITEMS:
        faults.add("item-number", f"{here}.number", "%(path)s is a whole number from 1 to %(most)s.",
                   path=f"{here}.number", most=MOST_ITEMS)
        return i + 1
    return int(given)


def _permits(rows: Any, path: str, faults: Faults) -> tuple[PermitRef, ...]:
    if rows in (None, "", []):
        return ()
    if not isinstance(rows, list) or len(rows) > MOST_PERMITS:
        faults.add("permits-form", path, "%(path)s is a list of at most %(most)s permits.", path=path,
                   most=MOST_PERMITS)
        return ()
    out = []
    for i, row in enumerate(rows):
        here = f"{path}[{i}]"
        if isinstance(row, str):
            row = {"number": row}
        if not isinstance(row, Mapping):
            faults.add("permits-form", here, "%(path)s is a number, or an object with number and country.", path=here)
            continue
        found = _fields(row, PERMIT_FIELDS, f"{here}.", faults, also=set())
        out.append(PermitRef(**{**found, "role": found["role"] or ""}))
    return tuple(out)


def _times(head: dict[str, Any], path: str, at: datetime, faults: Faults) -> None:
    """A declaration comes neither from tomorrow nor from long ago."""
    declared, moves = head["declared_at"], head["moves_at"]
    if declared is not None and declared > at + AHEAD:
        faults.add("dated-ahead", f"{path}declared_at", "The declaration is dated %(day)s, which has not come yet.",
                   day=declared.date())
    if declared is not None and declared < at - BACK:
        faults.add("dated-back", f"{path}declared_at", "The declaration is dated %(day)s, too long ago to be lodged.",
                   day=declared.date())
    if moves is not None and not at - BACK <= moves <= at + FAR:
        faults.add("moves-when", f"{path}moves_at", "The goods cannot move on %(day)s.", day=moves.date())


def _waybill(head: dict[str, Any], path: str, faults: Faults) -> None:
    """An air waybill names an airline by three digits; 000 is none."""
    found = WAYBILL.fullmatch(head["transport_document"]) if head["mode"] == "air" else None
    if found and found[1] in NO_AIRLINE:
        faults.add("unknown-airline", f"{path}transport_document", "No airline has the prefix %(prefix)s.",
                   prefix=found[1])


def _marks(head: Mapping[str, Any], path: str, place: Place | None) -> tuple[Fault, ...]:
    """An air waybill with a wrong check digit is a slip of the pen or no waybill: as with carriers it is only told."""
    document, here = head["transport_document"], f"{path}transport_document"
    if head["mode"] not in ("air", "") or not WAYBILL.fullmatch(document):
        return ()
    read = waybill.read(document)
    if waybill.CHECK_DIGIT not in read.doubts:
        return ()
    where = (place(here) if place else "") or here
    return (Fault(waybill.CHECK_DIGIT, CHECK_DIGIT, {"place": where, "number": read.number}, here, where),)


def as_form(lodged: Lodged) -> dict[str, Any]:
    """The form again, in one spelling: what is kept of every version."""
    said = lodged.consignment
    out: dict[str, Any] = {each.name: getattr(said, each.name, None) for each in HEAD_FIELDS
                           if each.name not in ("message_id", "declared_at", "moves_at")}
    out |= {"declared_at": lodged.declared_at, "moves_at": lodged.moves_at, "route": list(said.route)}
    for name in PARTIES:
        out[name] = {each.name: getattr(getattr(said, name), each.name) for each in PARTY_FIELDS}
    out["items"] = [{**{each.name: getattr(item, each.name) for each in ITEM_FIELDS},
                     "claims": list(item.claims), "marks": list(item.marks),
                     "permits": [{each.name: getattr(ref, each.name) for each in PERMIT_FIELDS}
                                 for ref in item.permits]} for item in said.items]
    return out
