"""Writes a permit record as a CITESEPermit v2 message (toolkit v2, 2013; element order of its schema).

The bytes depend on the record alone: UTF-8, prefixes rsm and ram, two spaces a level. Where the sources disagree about
the place of a fact (boxes 2, 12b, 13, 14) it is written in both.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import NamedTuple

from wildgate.convention.permit import Address, PermitLine, PermitRecord, Reference, plain
from wildgate.convention.refusal import Refusal, refuse
from wildgate.message.amendment import as_text
from wildgate.message.profile import (
    AT_ENDORSEMENT,
    AT_ISSUE,
    MODEL,
    NATURAL_PERSON,
    OTHER_NAMES,
    RAM,
    REPLACED,
    RSM_V2,
    SECOND_SOURCE,
    TYPE_LETTERS,
    Amendment,
    Box14,
    country_name,
)
from wildgate.seal.text import from_text, to_digits

NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
DOCUMENT_LIST = (("listID", "1001"), ("listAgencyID", "6"))
Attributes = Sequence[tuple[str, str]]


class Node(NamedTuple):
    """An element: its name, attributes, and either text or children."""

    name: str
    attributes: Attributes
    text: str | None
    children: tuple[Node, ...]


def leaf(name: str, text: str, *attributes: tuple[str, str]) -> Node:
    return Node(name, attributes, text, ())


def group(name: str, *children: Node | None) -> Node:
    return Node(name, (), None, tuple(child for child in children if child is not None))


def texts(name: str, values: Iterable[str], *attributes: tuple[str, str]) -> tuple[Node, ...]:
    """One element for each value that says something."""
    return tuple(leaf(name, value, *attributes) for value in values if value)


def write_v2(record: PermitRecord, seal_text: str = "", endorsements: Sequence[Box14] = (),
             amendment: Amendment | None = None) -> bytes:
    """The permit as a standalone CITESEPermit v2 file.

    `seal_text` is the text of the permit's QR code (one line a page); its digits stand in box 13. `endorsements` fill
    boxes 14 and 15; `amendment` is told at the end of box 5. Raises ValueError for a record that holds characters XML
    cannot carry: ask `unwritable` before issue.
    """
    return document(message_v2(record, seal_text, endorsements, amendment))


def message_v2(record: PermitRecord, seal_text: str, endorsements: Sequence[Box14],
               amendment: Amendment | None = None) -> Node:
    """The elements of `write_v2`, before they become bytes."""
    if refused := unwritable(record):
        raise ValueError(refused.reason)
    return Node("rsm:CITESEPermit", (("xmlns:rsm", RSM_V2), ("xmlns:ram", RAM)), None, (
        _context(), _header(record, _bare(seal_text), endorsements, amendment),
        _consignment(record, endorsements)))


def _bare(seal_text: str) -> str:
    """Each seal as its digits alone: an address before them proves nothing, so it could be changed unseen."""
    lines = seal_text.split("\n")
    tokens = [from_text(line) for line in lines]
    return "\n".join(to_digits(token) if isinstance(token, bytes) else line
                     for token, line in zip(tokens, lines, strict=True))


def document(root: Node) -> bytes:
    """The one spelling of a file: declaration, two spaces a level, a line break at the end."""
    return ('<?xml version="1.0" encoding="UTF-8"?>\n' + "".join(_serialise(root, "")) + "\n").encode()


def unwritable(record: PermitRecord) -> Refusal | None:
    """A record with control characters or lone surrogates cannot become a message: say so before it is issued."""
    if found := NOT_XML.search(_all_text(record)):
        return refuse("unwritable-character",
                      "The permit holds the character U+%(point)s, which no permit message can carry; remove it.",
                      basis=("XML 1.0, section 2.2",), point=f"{ord(found[0]):04X}")
    return None


def _all_text(record: PermitRecord) -> str:
    out: list[str] = []
    pending: list[object] = [record.as_json()]
    while pending:
        value = pending.pop()
        if isinstance(value, str):
            out.append(value)
        elif isinstance(value, dict):
            pending.extend(value.values())
        elif isinstance(value, list):
            pending.extend(value)
    return " ".join(out)


def _context() -> Node:
    return group(
        "rsm:SpecifiedExchangedDocumentContext",
        group("ram:BusinessProcessSpecifiedDocumentContextParameter",
              leaf("ram:Value", "CITES PERMITTING"),
              group("ram:SpecifiedDocumentVersion", leaf("ram:ID", "1"))),
        group("ram:BIMSpecifiedDocumentContextParameter",
              leaf("ram:ID", "09A"), leaf("ram:Value", MODEL),
              group("ram:SpecifiedDocumentVersion", leaf("ram:ID", "1"))))


def _header(record: PermitRecord, seal_text: str, endorsements: Sequence[Box14], amendment: Amendment | None) -> Node:
    letter = TYPE_LETTERS.get(record.kind, "O")
    validity = group("ram:EffectiveSpecifiedPeriod",
                     leaf("ram:StartDateTime", instant(record.issued_at)),
                     leaf("ram:EndDateTime", instant(record.expires_at)))
    return group(
        "rsm:HeaderExchangedDocument",
        leaf("ram:ID", record.number, ("schemeAgencyID", record.party)),
        *texts("ram:Name", [OTHER_NAMES.get(record.kind, "")], ("languageID", "EN")),
        leaf("ram:TypeCode", letter, *DOCUMENT_LIST),
        leaf("ram:IssueDateTime", instant(record.issued_at)),
        leaf("ram:CopyIndicator", "false"),
        *texts("ram:PurposeCode", [record.purpose.value if record.purpose else ""]),
        *texts("ram:Information", [record.special_conditions]),
        leaf("ram:Information", as_text(amendment), ("languageID", "EN")) if amendment else None,
        group("ram:ReferenceReferencedDocument", validity),
        group("ram:ReferenceReferencedDocument", leaf("ram:ID", record.replaces), leaf("ram:Name", REPLACED))
        if record.replaces else None,
        validity,
        _place(record.place),
        *_signatures(record, seal_text, endorsements))


def _signatures(record: PermitRecord, seal_text: str, endorsements: Sequence[Box14]) -> tuple[Node, ...]:
    """First: the authority (box 6, stamp 5b). Second: the applicant (4). Third: the official (13). Fourth: customs."""
    first = group("ram:FirstSignatoryDocumentAuthentication",
                  leaf("ram:TypeCode", "A"), *texts("ram:ID", [record.security_stamp]),
                  _party("ram:ProviderTradeParty", record.authority, representative=record.official))
    second = group("ram:SecondSignatoryDocumentAuthentication", leaf("ram:TypeCode", "B"),
                   group("ram:ProviderTradeParty", *texts("ram:Name", [record.exporter.name])))
    third = group("ram:ThirdSignatoryDocumentAuthentication",
                  leaf("ram:TypeCode", "C"), leaf("ram:ActualDateTime", instant(record.issued_at)),
                  *texts("ram:Statement", [seal_text]),
                  group("ram:ProviderTradeParty", *texts("ram:Name", [record.authority.name]),
                        _person("ram:SpecifiedAuthoritativeSignatoryPerson", record.official)),
                  _place(record.place))
    if not endorsements:
        return first, second, third
    customs = endorsements[0]
    fourth = group("ram:FourthSignatoryDocumentAuthentication",
                   leaf("ram:TypeCode", "D"), leaf("ram:ActualDateTime", instant(customs.at)),
                   group("ram:ProviderTradeParty",
                         _person("ram:SpecifiedAuthoritativeSignatoryPerson", customs.officer)),
                   _port("ram:IssueLogisticsLocation", customs))
    return first, second, third, fourth


def _consignment(record: PermitRecord, endorsements: Sequence[Box14]) -> Node:
    carriage = (*texts("ram:ID", [record.transport_document], ("schemeID", AT_ISSUE)),
                *(leaf("ram:ID", paper, ("schemeID", AT_ENDORSEMENT)) for paper in _papers(endorsements)))
    return group(
        "rsm:SpecifiedSupplyChainConsignment",
        _party("ram:ConsignorTradeParty", record.exporter),
        _party("ram:ConsigneeTradeParty", record.importer),
        group("ram:TransportContractReferencedDocument", *carriage) if carriage else None,
        *(group("ram:ExaminationTransportEvent",
                leaf("ram:ActualOccurrenceDateTime", instant(each.at)),
                _port("ram:OccurrenceLogisticsLocation", each),
                group("ram:CertifyingTradeParty",
                      _person("ram:SpecifiedAuthoritativeSignatoryPerson", each.officer))) for each in endorsements),
        *(_item(line, endorsements) for line in record.lines))


def _papers(endorsements: Sequence[Box14]) -> list[str]:
    """Box 15 by endorsement; one without a paper keeps its place before one that has some."""
    papers = [each.transport_document for each in endorsements]
    while papers and not papers[-1]:
        papers.pop()
    return papers


def _item(line: PermitLine, endorsements: Sequence[Box14]) -> Node:
    marks = tuple(leaf("ram:Marking", mark) for mark in line.marks)
    return group(
        "ram:IncludedSupplyChainConsignmentItem",
        leaf("ram:ID", line.block),
        group("ram:PhysicalLogisticsShippingMarks", *marks) if marks else None,
        _country("ram:OriginTradeCountry", line.origin.country),
        _country("ram:ExportTradeCountry", line.last_re_export.country) if line.last_re_export else None,
        _reference("E", line.origin),
        _reference("R", line.last_re_export),
        group("ram:TransportLogisticsPackage",
              leaf("ram:ItemQuantity", plain(line.quantity), ("unitCode", line.unit))),
        _product(line),
        *_examined(line.block, endorsements),
        _procedure(line))


def _product(line: PermitLine) -> Node:
    second = line.second_source.value if line.second_source else ""
    return group(
        "ram:IncludedSupplyChainTradeLineItem",
        leaf("ram:TypeCode", line.appendix.value),
        leaf("ram:TypeExtensionCode", line.source.value),
        group("ram:SpecifiedTradeProduct",
              *texts("ram:SellerAssignedID", [second], ("schemeID", SECOND_SOURCE)),
              *texts("ram:Description", [line.description]),
              leaf("ram:TypeCode", line.term),
              *texts("ram:CommonName", [line.common_name]),
              leaf("ram:ScientificName", line.taxon)))


def _examined(block: str, endorsements: Sequence[Box14]) -> Iterator[Node]:
    for each in endorsements:
        for name, quantity, unit in each.quantities:
            if name == block:
                yield group("ram:ExaminationTransportEvent",
                            leaf("ram:ActualOccurrenceDateTime", instant(each.at)),
                            leaf("ram:UnitQuantity", plain(quantity), ("unitCode", unit)))


def _procedure(line: PermitLine) -> Node | None:
    """Boxes 11a and 12b. The operation number is written twice: readers differ about its place."""
    operation = line.operation
    node = group(
        "ram:ApplicableCrossBorderRegulatoryProcedure",
        *texts("ram:CategoryCode", [operation]),
        _amount("ram:UsedToDateQuotaQuantity", line.quota_used, line.unit),
        _amount("ram:AnnualQuotaQuantity", line.quota, line.unit),
        leaf("ram:AcquisitionDateTime", day(line.acquired)) if line.acquired else None,
        group("ram:PreviousReferencedDocument", leaf("ram:ID", operation)) if operation else None)
    return node if node.children else None


def _party(name: str, who: Address, representative: str = "") -> Node:
    natural = leaf("ram:ID", NATURAL_PERSON[1], ("schemeID", NATURAL_PERSON[0])) if who.private else None
    streets = who.address.split("\n") if who.address else []
    return group(
        name, natural, *texts("ram:Name", [who.name]),
        group("ram:PostalTradeAddress", *(leaf("ram:StreetName", street) for street in streets),
              *texts("ram:CountryID", [who.country]),
              *texts("ram:CountryName", [country_name(who.country)], ("languageID", "EN"))),
        _person("ram:SpecifiedRepresentativePerson", representative))


def _person(name: str, who: str) -> Node | None:
    return group(name, leaf("ram:Name", who)) if who else None


def _place(name: str) -> Node | None:
    return group("ram:IssueLogisticsLocation", leaf("ram:Name", name)) if name else None


def _port(name: str, where: Box14) -> Node:
    return group(name, *texts("ram:ID", [where.port]), *texts("ram:Name", [where.port_name]))


def _country(name: str, code: str) -> Node:
    return group(name, leaf("ram:ID", code), *texts("ram:Name", [country_name(code)], ("languageID", "EN")))


def _reference(letter: str, reference: Reference | None) -> Node | None:
    if reference is None or not (reference.number or reference.issued_on):
        return None
    return group("ram:AssociatedReferencedDocument",
                 leaf("ram:IssueDateTime", day(reference.issued_on)) if reference.issued_on else None,
                 leaf("ram:TypeCode", letter, *DOCUMENT_LIST),
                 *texts("ram:ID", [reference.number]))


def _amount(name: str, quantity: Decimal | None, unit: str) -> Node | None:
    return None if quantity is None else leaf(name, plain(quantity), ("unitCode", unit))


def instant(at: datetime) -> str:
    """Seconds are the finest that a permit knows; always UTC with its offset."""
    return at.astimezone(UTC).replace(tzinfo=None, microsecond=0).isoformat() + ".000+00:00"


def day(on: date) -> str:
    return f"{on.isoformat()}T00:00:00.000+00:00"


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\r", "&#13;")


def _quote(text: str) -> str:
    return _escape(text).replace('"', "&quot;").replace("\t", "&#9;").replace("\n", "&#10;")


def _serialise(node: Node, indent: str) -> Iterator[str]:
    attributes = "".join(f' {name}="{_quote(value)}"' for name, value in node.attributes if value)
    if node.text is not None:
        yield f"{indent}<{node.name}{attributes}>{_escape(node.text)}</{node.name}>"
        return
    if not node.children:
        yield f"{indent}<{node.name}{attributes}/>"
        return
    yield f"{indent}<{node.name}{attributes}>"
    for child in node.children:
        yield "\n"
        yield from _serialise(child, indent + "  ")
    yield f"\n{indent}</{node.name}>"
