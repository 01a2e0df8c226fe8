"""The permit as a message between authorities: write it, read any Party's, say what is wrong with one."""

from __future__ import annotations

import re
from collections.abc import Iterator

from wildgate.convention import tables
from wildgate.convention.permit import PermitLine, PermitRecord
from wildgate.convention.refusal import Refusal
from wildgate.convention.sentence import say
from wildgate.message.d22a import write_d22a
from wildgate.message.draft import Draft, d22a, rules
from wildgate.message.parsing import open_xml
from wildgate.message.profile import RSM, Box14, Fault, Message
from wildgate.message.reader import find_payload, read_message, read_tree
from wildgate.message.rebuild import ITEM, PARTIES
from wildgate.message.schema import check_structure
from wildgate.message.writer import unwritable, write_v2
from wildgate.message.writer_v1 import write_v1

__all__ = ["RSM", "Box14", "Fault", "Message", "altered", "check_message", "read_message", "unwritable", "write_v1",
           "write_v2"]

SEALED = re.compile(r"\d{60,}|CP1:")
SIGNATURE = b"<ds:Signature "


def check_message(data: bytes, draft: Draft | None = None) -> list[Fault] | Refusal:
    """Everything wrong with a message: structure first, then the boxes, then the codes. Empty when it is in order."""
    root = open_xml(data)
    message = root if isinstance(root, Refusal) else read_tree(root, draft)
    if isinstance(root, Refusal) or isinstance(message, Refusal):
        return message if isinstance(message, Refusal) else []
    payload = find_payload(root, draft)
    rule = rules(draft) if draft and message.version == draft.name else None
    structure = [] if isinstance(payload, Refusal) else check_structure(payload, rule)
    codes = check_codes(message.record, f"/{'CBFShip' if message.version == 'v1' else 'CITESEPermit'}")
    faults = [*structure, *message.faults, *codes]
    if fault := altered(data, message):
        faults.append(fault)
    return faults


def version_in(data: bytes) -> str:
    """The profile of a message, or nothing for what is none."""
    message = read_message(data, d22a())
    return "" if isinstance(message, Refusal) else message.version


def altered(data: bytes, message: Message) -> Fault | None:
    """A standalone file in this house's profile must be, byte for byte, what the house writes for its record.

    A file that carries a seal is held to the same, so that taking the profile's name away frees nobody. The house's
    signature, where it belongs, does not count. A v1 message cannot say all that its permit does: of it only the seal
    can be asked.
    """
    if message.version == "v1" or not message.standalone or message.record is None:
        return None
    if not (message.own or SEALED.search(message.seal_text)):
        return None
    if unwritable(message.record) is None and _again(message) == _unsigned(data):
        return None
    return Fault("/CITESEPermit", "", say("The file was altered after it was written: it holds something that its "
                                          "permit does not say, or says it in other bytes."))


def _again(message: Message) -> bytes | Refusal | None:
    """What this house writes for the message."""
    if message.record is None:
        return None
    said = (message.record, message.seal_text, message.endorsements, message.amendment)
    if message.version == d22a().name:
        return write_d22a(*said, state=message.state, replaced_by=message.replaced_by)
    return write_v2(*said)


def _unsigned(data: bytes) -> bytes:
    if SIGNATURE not in data:
        return data
    from wildgate.message.xades import unsigned  # takes long to load: only when signed

    return unsigned(data)


def check_codes(record: PermitRecord | None, root: str) -> list[Fault]:
    """Codes that the lists of the Convention do not know, and a term with a unit that does not fit it."""
    if record is None:
        return []
    faults: list[Fault] = []
    for key, path, box in PARTIES:
        code = getattr(record, key).country
        if code and tables.country(code) is None:
            faults.append(Fault(f"{root}/{path}/PostalTradeAddress/CountryID", box,
                                f"The country code {code[:20]} of the {key} is not in the list."))
    for at, line in enumerate(record.lines, 1):
        faults.extend(_check_line(line, f"{root}/{ITEM}[{at}]"))
    return faults


def _check_line(line: PermitLine, where: str) -> Iterator[Fault]:
    product = f"{where}/IncludedSupplyChainTradeLineItem/SpecifiedTradeProduct/TypeCode"
    package = f"{where}/TransportLogisticsPackage/ItemQuantity/@unitCode"
    if line.term and tables.term(line.term) is None:
        yield Fault(product, "9", f"The term code {line.term[:20]} is not in the list.")
    unit = tables.unit(line.unit)
    if line.unit and unit is None:
        legacy = tables.legacy_unit(line.unit)
        yield Fault(package, "11", f"The unit {line.unit[:20]} is no longer used; write {legacy[0]}."
                    if legacy else f"The unit code {line.unit[:20]} is not in the list.")
    elif unit and line.term and tables.term_unit_ok(line.term, line.unit) is False:
        yield Fault(package, "11", f"The unit {line.unit} does not go with the term {line.term}.")
    if line.origin.country and tables.country(line.origin.country) is None:
        yield Fault(f"{where}/OriginTradeCountry/ID", "12",
                    f"The country code {line.origin.country[:20]} is not in the list.")
    if line.quantity == 0:
        yield Fault(f"{where}/TransportLogisticsPackage/ItemQuantity", "11", "The quantity is zero.")
