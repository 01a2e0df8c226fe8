"""Writes a permit record as the older CBFShip message (toolkit v1, 2010) for partners that read no other.

It is made from the v2 message by the known differences. v1 has no place for marks and no attributes but unit codes:
marks join the description, and what v2 keeps in attributes (issuing Party, second source, private person) is lost.
So the seal stays the authority on those; a v1 message alone does not rebuild the record.
"""

from __future__ import annotations

from collections.abc import Sequence

from wildgate.convention.permit import PermitRecord
from wildgate.message.nodes import Node, document, elements, group, leaf, texts
from wildgate.message.profile import NATURAL_PERSON, RAM, RSM_V1, SECOND_SOURCE, Box14, country_name
from wildgate.message.writer import write_v2

RENAMED = {"rsm:CITESEPermit": "rsm:CBFShip", "ram:UnitQuantity": "ram:InspectedUnitQuantity",
           "ram:ApplicableCrossBorderRegulatoryProcedure": "ram:ApplicableCrossBorderGovernmentProcedure"}
DROPPED = {"ram:PhysicalLogisticsShippingMarks", "ram:ManufacturerAssignedID", "ram:CategoryCode",
           "ram:BIMSpecifiedDocumentContextParameter"}
SIGNATURES = {f"ram:{order}SignatoryDocumentAuthentication" for order in ("First", "Second", "Third", "Fourth")}
NOT_IN_SIGNATURES = {"ram:ActualDateTime", "ram:IssueLogisticsLocation"}
OWN_SCHEMES = {("schemeID", NATURAL_PERSON[0]), ("schemeID", SECOND_SOURCE)}


def write_v1(record: PermitRecord, seal_text: str = "", endorsements: Sequence[Box14] = ()) -> bytes:
    """The permit as a standalone CBFShip file. Raises ValueError as `write_v2` does."""
    return document(_older(elements(write_v2(record, seal_text, endorsements)), record))


def _older(node: Node, record: PermitRecord) -> Node:
    name = RENAMED.get(node.name, node.name)
    attributes = [pair for pair in node.attributes if pair[0] == "unitCode"]
    if node.name == "rsm:CITESEPermit":
        attributes = [("xmlns:rsm", RSM_V1), ("xmlns:ram", RAM)]
    if node.name == "ram:PostalTradeAddress":
        return _address(node)
    children = [_older(child, record) for child in node.children
                if child.name not in DROPPED and not OWN_SCHEMES.intersection(child.attributes)
                and not (node.name in SIGNATURES and child.name in NOT_IN_SIGNATURES)]
    if node.name == "ram:IncludedSupplyChainConsignmentItem":
        children = [_with_marks(child, _marks(node)) for child in children]
    if node.name == "rsm:SpecifiedSupplyChainConsignment":
        code = record.importer.country
        children.append(group("ram:ImportTradeCountry", *texts("ram:ID", [code]),
                              *texts("ram:Name", [country_name(code)])))
    return Node(name, attributes, node.text, tuple(children))


def _address(node: Node) -> Node:
    country = [leaf("ram:ID" if child.name == "ram:CountryID" else "ram:Name", child.text or "")
               for child in node.children if child.name in {"ram:CountryID", "ram:CountryName"}]
    streets = [leaf(child.name, child.text or "") for child in node.children if child.name == "ram:StreetName"]
    return group(node.name, *streets, group("ram:CountryIdentificationTradeCountry", *country) if country else None)


def _marks(item: Node) -> str:
    return "; ".join(mark.text or "" for child in item.children if child.name == "ram:PhysicalLogisticsShippingMarks"
                     for mark in child.children)


def _with_marks(node: Node, marks: str) -> Node:
    """The product with its marks as a further description."""
    if not marks or node.name not in {"ram:IncludedSupplyChainTradeLineItem", "ram:SpecifiedTradeProduct"}:
        return node
    if node.name == "ram:IncludedSupplyChainTradeLineItem":
        return node._replace(children=tuple(_with_marks(child, marks) for child in node.children))
    at = next(place for place, child in enumerate(node.children) if child.name == "ram:TypeCode")
    return node._replace(children=(*node.children[:at], leaf("ram:Description", f"Marks: {marks}"),
                                   *node.children[at:]))
