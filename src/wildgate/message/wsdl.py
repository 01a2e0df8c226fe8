"""The service's WSDL 1.1 and the messages' XML schemas, made from the element tables of this package.

Reconstructions: neither the published schemas nor any WSDL could be had. Names, order and cardinality are those of
`schema_v1.txt` and `schema_v2.txt`; the operations those of `soap`. What nobody has published is loose: texts are
strings, codes are not enumerated.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any
from xml.sax.saxutils import quoteattr

from lxml import etree

from wildgate.message.envelope import SERVICE
from wildgate.message.profile import RAM, ROOTS, RSM
from wildgate.message.schema import Rule, schema
from wildgate.message.soap import FIELDS, OPERATIONS, WITH_PERMIT, action

LABEL = "Reconstruction by Wildgate, not the published schema"
XS = "http://www.w3.org/2001/XMLSchema"
DSIG = "http://www.w3.org/2000/09/xmldsig#"
PARTS = ("message", "ram")
ROOT = {version: name for name, version in ROOTS.items()}
SAME_TYPE = {
    **dict.fromkeys((f"{order}SignatoryDocumentAuthentication" for order in ("First", "Second", "Third", "Fourth")),
                    "DocumentAuthentication"),
    **dict.fromkeys(("ProviderTradeParty", "ConsignorTradeParty", "ConsigneeTradeParty", "CertifyingTradeParty"),
                    "TradeParty"),
    **dict.fromkeys(("IssueLogisticsLocation", "OccurrenceLogisticsLocation"), "LogisticsLocation"),
    **dict.fromkeys(("ReferenceReferencedDocument", "AssociatedReferencedDocument", "PreviousReferencedDocument",
                     "TransportContractReferencedDocument"), "ReferencedDocument"),
    **dict.fromkeys(("OriginTradeCountry", "ExportTradeCountry", "ImportTradeCountry",
                     "CountryIdentificationTradeCountry"), "TradeCountry"),
    **dict.fromkeys(("BusinessProcessSpecifiedDocumentContextParameter", "BIMSpecifiedDocumentContextParameter"),
                    "DocumentContextParameter"),
    "SpecifiedDocumentVersion": "DocumentVersion", "SpecifiedExchangedDocumentContext": "ExchangedDocumentContext",
    "HeaderExchangedDocument": "ExchangedDocument", "SpecifiedSupplyChainConsignment": "SupplyChainConsignment",
    "PostalTradeAddress": "TradeAddress", "EffectiveSpecifiedPeriod": "SpecifiedPeriod",
    "SpecifiedRepresentativePerson": "TradePerson", "SpecifiedAuthoritativeSignatoryPerson": "TradePerson",
    "ExaminationTransportEvent": "TransportEvent", "SpecifiedTradeProduct": "TradeProduct",
    "IncludedSupplyChainConsignmentItem": "SupplyChainConsignmentItem",
    "IncludedSupplyChainTradeLineItem": "SupplyChainTradeLineItem",
    "PhysicalLogisticsShippingMarks": "LogisticsShippingMarks", "TransportLogisticsPackage": "LogisticsPackage",
    "ApplicableCrossBorderRegulatoryProcedure": "CrossBorderRegulatoryProcedure",
    "ApplicableCrossBorderGovernmentProcedure": "CrossBorderGovernmentProcedure",
    "SubordinateTradeCountrySubDivision": "TradeCountrySubDivision",
}
"""Elements that share a type; any other element's type bears its own name."""


@cache
def xsd(version: str, part: str = "message") -> bytes:
    """The schema of the message (`message`: its root and three parts) or of what is inside them (`ram`)."""
    if part == "ram":
        return _document(_schema(RAM, "", "".join(_types(schema(version)))))
    imported = f'<xs:import namespace="{RAM}" schemaLocation="?xsd=ram"/>'
    return _document(_schema(RSM[version], imported, _root(version)))


@cache
def validator(version: str) -> etree.XMLSchema:
    """Holds stand-alone messages against `xsd`."""
    parser = etree.XMLParser(no_network=True)
    parser.resolvers.add(_Near(version))
    return etree.XMLSchema(etree.fromstring(xsd(version), parser, base_url="message.xsd"))


def wsdl(version: str, address: str) -> bytes:
    """The service at `address`: four operations, document/literal, its schemas inside."""
    space = SERVICE[version]
    return _document(
        f'<wsdl:definitions name="CitesDataExchange" targetNamespace="{space}" xmlns:tns="{space}" xmlns:xs="{XS}" '
        f'xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/">\n'
        f"<wsdl:types>\n{_schema(RAM, '', ''.join(_types(schema(version))))}"
        f"{_schema(RSM[version], f'<xs:import namespace={quoteattr(RAM)}/>', _root(version))}"
        f"{_service(version)}</wsdl:types>\n{_messages()}{_port()}{_binding()}"
        f'<wsdl:service name="CitesDataExchange"><wsdl:port name="CitesDataExchange" binding="tns:CitesDataExchange">'
        f"<soap:address location={quoteattr(address)}/></wsdl:port></wsdl:service>\n</wsdl:definitions>\n")


class _Near(etree.Resolver):
    """Gives the second schema from memory."""

    def __init__(self, version: str) -> None:
        self._version = version

    def resolve(self, system_url: str, public_id: str, context: Any) -> Any:  # type: ignore[override]
        return self.resolve_string(xsd(self._version, "ram"), context)  # type: ignore[call-arg]


def _document(text: str) -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<!-- {LABEL} -->\n{text}'.encode()


def _schema(space: str, imports: str, inside: str) -> str:
    return (f'<xs:schema xmlns:xs="{XS}" xmlns:ram="{RAM}" xmlns:rsm="{space}" targetNamespace="{space}" '
            f'elementFormDefault="qualified">\n<xs:annotation><xs:documentation>{LABEL}</xs:documentation>'
            f"</xs:annotation>\n{imports}{inside}</xs:schema>\n")


def _root(version: str) -> str:
    """The root may end with a signature (XML-DSig), which the loose base schema did not name."""
    name, rule = ROOT[version], schema(version)
    parts = "".join(f'<xs:element name="{child.name}" type="ram:{_type(child)}"/>' for child in rule.children)
    return (f'<xs:element name="{name}" type="rsm:{name}Type"/>\n<xs:complexType name="{name}Type"><xs:sequence>'
            f'{parts}<xs:any namespace="{DSIG}" processContents="skip" minOccurs="0"/>'
            "</xs:sequence></xs:complexType>\n")


def _types(root: Rule) -> Iterator[str]:
    """Every type below the root, once."""
    seen: set[str] = set()
    pending = [*root.children]
    while pending:
        rule = pending.pop()
        if (name := _type(rule)) in seen:
            continue
        seen.add(name)
        if rule.children:
            pending.extend(rule.children)
            inside = "".join(map(_element, rule.children))
            yield f'<xs:complexType name="{name}"><xs:sequence>{inside}</xs:sequence></xs:complexType>\n'
        elif rule.attributes:
            attributes = "".join(f'<xs:attribute name="{each}" type="xs:string"/>' for each in sorted(rule.attributes))
            yield (f'<xs:complexType name="{name}"><xs:simpleContent><xs:extension base="xs:{_base(rule.name)}">'
                   f"{attributes}</xs:extension></xs:simpleContent></xs:complexType>\n")


def _element(rule: Rule) -> str:
    kind = f"ram:{_type(rule)}" if rule.children or rule.attributes else f"xs:{_base(rule.name)}"
    most = "unbounded" if rule.most is None else str(rule.most)
    return f'<xs:element name="{rule.name}" type="{kind}" minOccurs="{rule.least}" maxOccurs="{most}"/>'


def _type(rule: Rule) -> str:
    if rule.children:
        return f"{SAME_TYPE.get(rule.name, rule.name)}Type"
    if "unitCode" in rule.attributes:
        return "QuantityType"
    if "languageID" in rule.attributes:
        return "TextType"
    return "IDType" if "schemeID" in rule.attributes else "CodeType" if "listID" in rule.attributes else rule.name


def _base(name: str) -> str:
    if name.endswith("Quantity"):
        return "decimal"
    return "dateTime" if name.endswith("DateTime") else "boolean" if name.endswith("Indicator") else "string"


# The service


def _service(version: str) -> str:
    space = SERVICE[version]
    inside = f'<xs:import namespace="{RSM[version]}"/>\n'
    for operation in OPERATIONS:
        inside += _wrapped(f"{operation}Request", _asked(operation))
        inside += _wrapped(f"{operation}Response", _answered(version) if operation in WITH_PERMIT
                           else _simple("State", "string"))
    return (f'<xs:schema targetNamespace="{space}" xmlns:rsm="{RSM[version]}" elementFormDefault="unqualified">\n'
            f"{inside}{_position()}</xs:schema>\n")


def _asked(operation: str) -> str:
    if operation == "ServiceState":
        return _simple("IsoCountryCode", "string", 0)
    fields = _simple(FIELDS[0], "string") + "".join(_simple(name, "string", 0) for name in FIELDS[1:])
    if operation == "ConfirmQuantities":
        fields += '<xs:element name="ConfirmedQuantities" type="tns:ConfirmedQuantitiesType"/>'
    return fields


def _answered(version: str) -> str:
    name = ROOT[version]
    return (f'<xs:element name="{name}" type="rsm:{name}Type"/><xs:element name="Attachments" minOccurs="0" '
            f'maxOccurs="unbounded"><xs:complexType><xs:sequence>{_simple("AttachmentName", "string")}'
            f"{_simple('AttachmentContent', 'base64Binary')}</xs:sequence></xs:complexType></xs:element>"
            f"{_simple('Composite', 'boolean')}")


def _position() -> str:
    """The decimal and its unit are this house's: the hub of 2017 had an integer here."""
    return ('<xs:complexType name="ConfirmedQuantitiesType"><xs:sequence><xs:element name="CitesPosition" '
            f'maxOccurs="unbounded"><xs:complexType><xs:sequence>{_simple("ID", "token")}'
            '<xs:element name="InspectedUnitQuantity"><xs:complexType><xs:simpleContent>'
            '<xs:extension base="xs:decimal"><xs:attribute name="unitCode" type="xs:string"/></xs:extension>'
            "</xs:simpleContent></xs:complexType></xs:element></xs:sequence></xs:complexType></xs:element>"
            "</xs:sequence></xs:complexType>\n")


def _simple(name: str, kind: str, least: int = 1) -> str:
    return f'<xs:element name="{name}" type="xs:{kind}"{"" if least else " minOccurs=" + quoteattr("0")}/>'


def _wrapped(name: str, inside: str) -> str:
    return (f'<xs:element name="{name}"><xs:complexType><xs:sequence>{inside}</xs:sequence></xs:complexType>'
            "</xs:element>\n")


def _messages() -> str:
    return "".join(f'<wsdl:message name="{operation}{end}"><wsdl:part name="body" element="tns:{operation}{end}"/>'
                   "</wsdl:message>\n" for operation in OPERATIONS for end in ("Request", "Response"))


def _port() -> str:
    return '<wsdl:portType name="CitesDataExchange">' + "".join(
        f'<wsdl:operation name="{each}"><wsdl:input message="tns:{each}Request"/>'
        f'<wsdl:output message="tns:{each}Response"/></wsdl:operation>' for each in OPERATIONS) + "</wsdl:portType>\n"


def _binding() -> str:
    literal = '<soap:body use="literal"/>'
    return ('<wsdl:binding name="CitesDataExchange" type="tns:CitesDataExchange">'
            '<soap:binding style="document" transport="http://schemas.xmlsoap.org/soap/http"/>' + "".join(
                f'<wsdl:operation name="{each}"><soap:operation soapAction="{action(each)}"/><wsdl:input>{literal}'
                f"</wsdl:input><wsdl:output>{literal}</wsdl:output></wsdl:operation>" for each in OPERATIONS)
            + "</wsdl:binding>\n")
