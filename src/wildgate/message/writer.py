"""Writes a permit record as a CITESEPermit v2 message (toolkit v2, 2013; element order of its schema).

The bytes depend on the record alone: UTF-8, prefixes rsm and ram, two spaces a level. Where the sources disagree about
the place of a fact (boxes 2, 12b, 13, 14) it is written in both. What is below is the message as it stands in the file;
each part ends with its line break.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal

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
SPECIAL = re.compile("[&<>\r]")
HEAD = f"""<?xml version="1.0" encoding="UTF-8"?>
<rsm:CITESEPermit xmlns:rsm="{RSM_V2}" xmlns:ram="{RAM}">
  <rsm:SpecifiedExchangedDocumentContext>
    <ram:BusinessProcessSpecifiedDocumentContextParameter>
      <ram:Value>CITES PERMITTING</ram:Value>
      <ram:SpecifiedDocumentVersion>
        <ram:ID>1</ram:ID>
      </ram:SpecifiedDocumentVersion>
    </ram:BusinessProcessSpecifiedDocumentContextParameter>
    <ram:BIMSpecifiedDocumentContextParameter>
      <ram:ID>09A</ram:ID>
      <ram:Value>{MODEL}</ram:Value>
      <ram:SpecifiedDocumentVersion>
        <ram:ID>1</ram:ID>
      </ram:SpecifiedDocumentVersion>
    </ram:BIMSpecifiedDocumentContextParameter>
  </rsm:SpecifiedExchangedDocumentContext>
"""
TAIL = "</rsm:CITESEPermit>\n"
TYPE = '<ram:TypeCode listID="1001" listAgencyID="6">'
ENGLISH = ' languageID="EN"'
SIGNATORY = "SpecifiedAuthoritativeSignatoryPerson"


def write_v2(record: PermitRecord, seal_text: str = "", endorsements: Sequence[Box14] = (),
             amendment: Amendment | None = None) -> bytes:
    """The permit as a standalone CITESEPermit v2 file.

    `seal_text` is the text of the permit's QR code (one line a page); its digits stand in box 13. `endorsements` fill
    boxes 14 and 15; `amendment` is told at the end of box 5. Raises ValueError for a record that holds characters XML
    cannot carry: ask `unwritable` before issue.
    """
    if refused := unwritable(record):
        raise ValueError(refused.reason)
    return "".join((HEAD, _header(record, _bare(seal_text) if seal_text else "", endorsements, amendment),
                    _consignment(record, endorsements), TAIL)).encode()


def _bare(seal_text: str) -> str:
    """Each seal as its digits alone: an address before them proves nothing, so it could be changed unseen."""
    lines = seal_text.split("\n")
    tokens = [from_text(line) for line in lines]
    return "\n".join(to_digits(token) if isinstance(token, bytes) else line
                     for token, line in zip(tokens, lines, strict=True))


def unwritable(record: PermitRecord) -> Refusal | None:
    """A record with control characters or lone surrogates cannot become a message: say so before it is issued."""
    if found := NOT_XML.search(" ".join(_all_text(record))):
        return refuse("unwritable-character",
                      "The permit holds the character U+%(point)s, which no permit message can carry; remove it.",
                      basis=("XML 1.0, section 2.2",), point=f"{ord(found[0]):04X}")
    return None


def _all_text(record: PermitRecord) -> Iterator[str]:
    yield from (record.party, record.number, record.place, record.official, record.special_conditions,
                record.security_stamp, record.transport_document, record.replaces)
    for who in (record.importer, record.exporter, record.authority):
        yield from (who.name, who.address, who.country)
    for line in record.lines:
        yield from (line.block, line.taxon, line.common_name, line.term, line.description, line.unit, line.operation,
                    line.origin.country, line.origin.number, *line.marks)
        if line.last_re_export:
            yield from (line.last_re_export.country, line.last_re_export.number)


# Header: boxes 1 to 6 and 13


def _header(record: PermitRecord, seal_text: str, endorsements: Sequence[Box14], amendment: Amendment | None) -> str:
    start, end = instant(record.issued_at), instant(record.expires_at)
    purpose = record.purpose.value if record.purpose else ""
    return f"""\
  <rsm:HeaderExchangedDocument>
    <ram:ID{_attribute("schemeAgencyID", record.party)}>{escaped(record.number)}</ram:ID>
{_said("    ", "Name", OTHER_NAMES.get(record.kind, ""), ENGLISH)}\
    {TYPE}{TYPE_LETTERS.get(record.kind, "O")}</ram:TypeCode>
    <ram:IssueDateTime>{start}</ram:IssueDateTime>
    <ram:CopyIndicator>false</ram:CopyIndicator>
{_said("    ", "PurposeCode", purpose)}\
{_said("    ", "Information", record.special_conditions)}\
{_said("    ", "Information", as_text(amendment) if amendment else "", ENGLISH)}\
    <ram:ReferenceReferencedDocument>
      <ram:EffectiveSpecifiedPeriod>
        <ram:StartDateTime>{start}</ram:StartDateTime>
        <ram:EndDateTime>{end}</ram:EndDateTime>
      </ram:EffectiveSpecifiedPeriod>
    </ram:ReferenceReferencedDocument>
{_replaced(record.replaces)}\
    <ram:EffectiveSpecifiedPeriod>
      <ram:StartDateTime>{start}</ram:StartDateTime>
      <ram:EndDateTime>{end}</ram:EndDateTime>
    </ram:EffectiveSpecifiedPeriod>
{_place("    ", record.place)}\
{_signatures(record, start, seal_text)}\
{_customs(endorsements[0]) if endorsements else ""}\
  </rsm:HeaderExchangedDocument>
"""


def _replaced(number: str) -> str:
    return f"""\
    <ram:ReferenceReferencedDocument>
      <ram:ID>{escaped(number)}</ram:ID>
      <ram:Name>{REPLACED}</ram:Name>
    </ram:ReferenceReferencedDocument>
""" if number else ""


def _signatures(record: PermitRecord, start: str, seal_text: str) -> str:
    """First: the authority (box 6, stamp 5b). Second: the applicant (4). Third: the official (13)."""
    official = (_said("        ", "Name", record.authority.name)
                + _person("        ", SIGNATORY, record.official))
    return f"""\
    <ram:FirstSignatoryDocumentAuthentication>
      <ram:TypeCode>A</ram:TypeCode>
{_said("      ", "ID", record.security_stamp)}\
{_party("      ", "ProviderTradeParty", record.authority, record.official)}\
    </ram:FirstSignatoryDocumentAuthentication>
    <ram:SecondSignatoryDocumentAuthentication>
      <ram:TypeCode>B</ram:TypeCode>
{_group("      ", "ProviderTradeParty", _said("        ", "Name", record.exporter.name))}\
    </ram:SecondSignatoryDocumentAuthentication>
    <ram:ThirdSignatoryDocumentAuthentication>
      <ram:TypeCode>C</ram:TypeCode>
      <ram:ActualDateTime>{start}</ram:ActualDateTime>
{_said("      ", "Statement", seal_text)}\
{_group("      ", "ProviderTradeParty", official)}\
{_place("      ", record.place)}\
    </ram:ThirdSignatoryDocumentAuthentication>
"""


def _customs(first: Box14) -> str:
    """Fourth: customs."""
    return f"""\
    <ram:FourthSignatoryDocumentAuthentication>
      <ram:TypeCode>D</ram:TypeCode>
      <ram:ActualDateTime>{instant(first.at)}</ram:ActualDateTime>
{_group("      ", "ProviderTradeParty", _person("        ", SIGNATORY, first.officer))}\
{_port("      ", "IssueLogisticsLocation", first)}\
    </ram:FourthSignatoryDocumentAuthentication>
"""


# Consignment: boxes 3, 4, 7 to 12b, 14, 15


def _consignment(record: PermitRecord, endorsements: Sequence[Box14]) -> str:
    return f"""\
  <rsm:SpecifiedSupplyChainConsignment>
{_party("    ", "ConsignorTradeParty", record.exporter)}\
{_party("    ", "ConsigneeTradeParty", record.importer)}\
{_carriage(record.transport_document, endorsements)}\
{"".join(map(_event, endorsements))}\
{"".join([_item(line, endorsements) for line in record.lines])}\
  </rsm:SpecifiedSupplyChainConsignment>
"""


def _carriage(known: str, endorsements: Sequence[Box14]) -> str:
    """Box 15: what was known at issue, then by endorsement; one without a paper keeps its place before one that has."""
    papers = [each.transport_document for each in endorsements]
    while papers and not papers[-1]:
        papers.pop()
    numbers = _said("      ", "ID", known, f' schemeID="{AT_ISSUE}"') + "".join(
        _leaf("      ", "ID", paper, f' schemeID="{AT_ENDORSEMENT}"') for paper in papers)
    return _group("    ", "TransportContractReferencedDocument", numbers) if numbers else ""


def _event(each: Box14) -> str:
    return f"""\
    <ram:ExaminationTransportEvent>
      <ram:ActualOccurrenceDateTime>{instant(each.at)}</ram:ActualOccurrenceDateTime>
{_port("      ", "OccurrenceLogisticsLocation", each)}\
{_group("      ", "CertifyingTradeParty", _person("        ", SIGNATORY, each.officer))}\
    </ram:ExaminationTransportEvent>
"""


def _item(line: PermitLine, endorsements: Sequence[Box14]) -> str:
    second, last = line.second_source, line.last_re_export
    scheme = f' schemeID="{SECOND_SOURCE}"'
    return f"""\
    <ram:IncludedSupplyChainConsignmentItem>
      <ram:ID>{escaped(line.block)}</ram:ID>
{_marks(line.marks) if line.marks else ""}\
{_country("OriginTradeCountry", line.origin.country)}\
{_country("ExportTradeCountry", last.country) if last else ""}\
{_reference("E", line.origin)}\
{_reference("R", last) if last else ""}\
      <ram:TransportLogisticsPackage>
        <ram:ItemQuantity{_attribute("unitCode", line.unit)}>{plain(line.quantity)}</ram:ItemQuantity>
      </ram:TransportLogisticsPackage>
      <ram:IncludedSupplyChainTradeLineItem>
        <ram:TypeCode>{line.appendix.value}</ram:TypeCode>
        <ram:TypeExtensionCode>{line.source.value}</ram:TypeExtensionCode>
        <ram:SpecifiedTradeProduct>
{_leaf("          ", "SellerAssignedID", second.value, scheme) if second else ""}\
{_said("          ", "Description", line.description)}\
          <ram:TypeCode>{escaped(line.term)}</ram:TypeCode>
{_said("          ", "CommonName", line.common_name)}\
          <ram:ScientificName>{escaped(line.taxon)}</ram:ScientificName>
        </ram:SpecifiedTradeProduct>
      </ram:IncludedSupplyChainTradeLineItem>
{_examined(line.block, endorsements) if endorsements else ""}\
{_procedure(line)}\
    </ram:IncludedSupplyChainConsignmentItem>
"""


def _marks(marks: Iterable[str]) -> str:
    return _group("      ", "PhysicalLogisticsShippingMarks",
                  "".join(_leaf("        ", "Marking", mark) for mark in marks))


def _country(name: str, code: str) -> str:
    return _group("      ", name, _leaf("        ", "ID", code)
                  + _said("        ", "Name", country_name(code), ENGLISH))


def _reference(letter: str, reference: Reference) -> str:
    if not (reference.number or reference.issued_on):
        return ""
    on = _said("        ", "IssueDateTime", day(reference.issued_on) if reference.issued_on else "")
    return f"""\
      <ram:AssociatedReferencedDocument>
{on}\
        {TYPE}{letter}</ram:TypeCode>
{_said("        ", "ID", reference.number)}\
      </ram:AssociatedReferencedDocument>
"""


def _examined(block: str, endorsements: Sequence[Box14]) -> str:
    return "".join(f"""\
      <ram:ExaminationTransportEvent>
        <ram:ActualOccurrenceDateTime>{instant(each.at)}</ram:ActualOccurrenceDateTime>
{_amount("UnitQuantity", quantity, unit)}\
      </ram:ExaminationTransportEvent>
""" for each in endorsements for name, quantity, unit in each.quantities if name == block)


def _procedure(line: PermitLine) -> str:
    """Boxes 11a and 12b. The operation number is written twice: readers differ about its place."""
    if not line.operation and line.quota_used is None and line.quota is None and line.acquired is None:
        return ""
    previous = _group("        ", "PreviousReferencedDocument", _leaf("          ", "ID", line.operation))
    return _group("      ", "ApplicableCrossBorderRegulatoryProcedure", (
        _said("        ", "CategoryCode", line.operation)
        + _amount("UsedToDateQuotaQuantity", line.quota_used, line.unit)
        + _amount("AnnualQuotaQuantity", line.quota, line.unit)
        + _said("        ", "AcquisitionDateTime", day(line.acquired) if line.acquired else "")
        + (previous if line.operation else "")))


# What several boxes have


def _party(indent: str, name: str, who: Address, representative: str = "") -> str:
    inner, deeper = indent + "  ", indent + "    "
    natural = _leaf(inner, "ID", NATURAL_PERSON[1], f' schemeID="{NATURAL_PERSON[0]}"') if who.private else ""
    streets = "".join([_leaf(deeper, "StreetName", street) for street in who.address.split("\n")]
                      ) if who.address else ""
    post = (streets + _said(deeper, "CountryID", who.country)
            + _said(deeper, "CountryName", country_name(who.country), ENGLISH))
    return _group(indent, name, natural + _said(inner, "Name", who.name) + _group(inner, "PostalTradeAddress", post)
                  + _person(inner, "SpecifiedRepresentativePerson", representative))


def _person(indent: str, name: str, who: str) -> str:
    return _group(indent, name, _leaf(indent + "  ", "Name", who)) if who else ""


def _place(indent: str, name: str) -> str:
    return _group(indent, "IssueLogisticsLocation", _leaf(indent + "  ", "Name", name)) if name else ""


def _port(indent: str, name: str, where: Box14) -> str:
    return _group(indent, name, _said(indent + "  ", "ID", where.port) + _said(indent + "  ", "Name", where.port_name))


def _amount(name: str, quantity: Decimal | None, unit: str) -> str:
    return "" if quantity is None else _leaf("        ", name, plain(quantity), _attribute("unitCode", unit))


def instant(at: datetime) -> str:
    """Seconds are the finest that a permit knows; always UTC with its offset."""
    return at.astimezone(UTC).isoformat(timespec="seconds")[:19] + ".000+00:00"


def day(on: date) -> str:
    return f"{on.isoformat()}T00:00:00.000+00:00"


def _group(indent: str, name: str, inside: str) -> str:
    return f"{indent}<ram:{name}>\n{inside}{indent}</ram:{name}>\n" if inside else f"{indent}<ram:{name}/>\n"


def _leaf(indent: str, name: str, text: str, attributes: str = "") -> str:
    return f"{indent}<ram:{name}{attributes}>{escaped(text)}</ram:{name}>\n"


def _said(indent: str, name: str, text: str, attributes: str = "") -> str:
    """The element, where it says something."""
    return f"{indent}<ram:{name}{attributes}>{escaped(text)}</ram:{name}>\n" if text else ""


def _attribute(name: str, value: str) -> str:
    return f' {name}="{quoted(value)}"' if value else ""


def escaped(text: str) -> str:
    """As text of an element."""
    if SPECIAL.search(text) is None:
        return text
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\r", "&#13;")


def quoted(text: str) -> str:
    """As value of an attribute."""
    return escaped(text).replace('"', "&quot;").replace("\t", "&#9;").replace("\n", "&#10;")
