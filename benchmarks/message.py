"""`message.write`, `message.read`: a permit of four blocks, beside lxml on the same file.

The first figure beside is bare lxml, C that knows no permit: a finished tree serialised, a file parsed. The second is a
program that has nothing but lxml: elements made one by one and serialised; a file parsed and its boxes asked for by
path, unchecked. The third of reading is the bound of Python: nothing but each element's name and text taken over.
"""

from __future__ import annotations

from lxml import etree

from benchmarks.measure import Peer, Result, rate, side_by_side
from benchmarks.seal import record
from wildgate.message.profile import RAM, RSM_V2
from wildgate.message.xml import Message, read_message, write_v2

RSM, NS = f"{{{RSM_V2}}}", f"{{{RAM}}}"
TOP = f"{RSM}HeaderExchangedDocument/{NS}"
GOODS = f"{RSM}SpecifiedSupplyChainConsignment/{NS}"
HEAD = [f"{TOP}{path.replace('/', '/' + NS)}" for path in (
    "ID", "TypeCode", "Name", "IssueDateTime", "PurposeCode", "Information", "EffectiveSpecifiedPeriod/EndDateTime",
    "IssueLogisticsLocation/Name", "FirstSignatoryDocumentAuthentication/ID",
    "FirstSignatoryDocumentAuthentication/ProviderTradeParty/Name",
    "FirstSignatoryDocumentAuthentication/ProviderTradeParty/PostalTradeAddress/StreetName",
    "FirstSignatoryDocumentAuthentication/ProviderTradeParty/PostalTradeAddress/CountryID",
    "ThirdSignatoryDocumentAuthentication/Statement",
    "ThirdSignatoryDocumentAuthentication/ProviderTradeParty/SpecifiedAuthoritativeSignatoryPerson/Name")] + [
    f"{GOODS}{path.replace('/', '/' + NS)}" for party in ("ConsignorTradeParty", "ConsigneeTradeParty") for path in (
        f"{party}/Name", f"{party}/PostalTradeAddress/StreetName", f"{party}/PostalTradeAddress/CountryID")] + [
    f"{GOODS}TransportContractReferencedDocument/{NS}ID",
    f"{GOODS}ExaminationTransportEvent/{NS}ActualOccurrenceDateTime"]
ITEMS = f"{GOODS}IncludedSupplyChainConsignmentItem"
PRODUCT = "IncludedSupplyChainTradeLineItem/SpecifiedTradeProduct"
RULES = "ApplicableCrossBorderRegulatoryProcedure"
QUANTITY = f"{NS}TransportLogisticsPackage/{NS}ItemQuantity"
LINE = [f"{NS}{path.replace('/', '/' + NS)}" for path in (
    "ID", "PhysicalLogisticsShippingMarks/Marking", "OriginTradeCountry/ID", "ExportTradeCountry/ID",
    "AssociatedReferencedDocument/ID", "AssociatedReferencedDocument/TypeCode",
    "AssociatedReferencedDocument/IssueDateTime", "TransportLogisticsPackage/ItemQuantity",
    "IncludedSupplyChainTradeLineItem/TypeCode", "IncludedSupplyChainTradeLineItem/TypeExtensionCode",
    f"{PRODUCT}/Description", f"{PRODUCT}/TypeCode", f"{PRODUCT}/CommonName", f"{PRODUCT}/ScientificName",
    f"{PRODUCT}/SellerAssignedID", "ExaminationTransportEvent/UnitQuantity", f"{RULES}/CategoryCode",
    f"{RULES}/UsedToDateQuotaQuantity", f"{RULES}/AnnualQuotaQuantity", f"{RULES}/AcquisitionDateTime",
    f"{RULES}/PreviousReferencedDocument/ID")]
Shape = list[tuple[int, str, dict[str, str], str | None]]


def write() -> Result:
    """From the record to the bytes, held against what XML cannot carry."""
    permit = record()
    tree = etree.fromstring(write_v2(permit))
    shape = _shape(tree)
    if _build(tree, shape) != etree.tostring(tree):
        raise AssertionError("The peer writes another message.")
    ours, bare = side_by_side(lambda: write_v2(permit), lambda: etree.tostring(tree), calls=50)
    return Result("message.write", ours, "1/s", (
        Peer("lxml: a finished tree serialised", bare, "1/s"),
        Peer("lxml: elements made and serialised", rate(lambda: _build(tree, shape), seconds=0.2), "1/s")))


def read() -> Result:
    """From the bytes to the record: limits, one permit only, every box, what is missing."""
    data = write_v2(record())
    found = read_message(data)
    if not isinstance(found, Message) or found.record != record():
        raise AssertionError(found)
    boxes = _boxes(data)
    if boxes[0] != found.record.number or len([box for box in boxes if box]) < 50:
        raise AssertionError("The peer does not find the boxes.")
    ours, bare = side_by_side(lambda: read_message(data), lambda: etree.fromstring(data), calls=50)
    return Result("message.read", ours, "1/s", (
        Peer("lxml: parsed only", bare, "1/s"),
        Peer("lxml: parsed, the boxes found by path", rate(lambda: _boxes(data), seconds=0.2), "1/s"),
        Peer("lxml: parsed, each tag and text looked at once", rate(lambda: _looked_at(data), seconds=0.2), "1/s")))


def _looked_at(data: bytes) -> list[tuple[str, str | None]]:
    """The least that any reader in Python does on top of the parsing."""
    return [(each.tag, each.text) for each in etree.fromstring(data).iter()]


def _boxes(data: bytes) -> list[str | None]:
    """What a program with lxml alone asks for: each box of the form by its path, as text."""
    root = etree.fromstring(data)
    found = [root.findtext(path) for path in HEAD]
    for item in root.iterfind(ITEMS):
        found += [item.findtext(path) for path in LINE]
        quantity = item.find(QUANTITY)
        found.append(quantity.get("unitCode") if quantity is not None else None)
    return found


def _shape(root: etree._Element) -> Shape:
    out: Shape = []
    depth = 0
    for event, each in etree.iterwalk(root, events=("start", "end")):
        if event == "start":
            out.append((depth, str(each.tag), {str(key): str(value) for key, value in each.attrib.items()}, each.text))
        depth += 1 if event == "start" else -1
    return out


def _build(like: etree._Element, shape: Shape) -> bytes:
    """The same message by lxml, its indentation too."""
    tails = [each.tail for each in like.iter()]
    stack = [etree.Element(like.tag, nsmap=like.nsmap)]
    stack[0].text = like.text
    for (depth, tag, attributes, text), tail in zip(shape[1:], tails[1:], strict=True):
        del stack[depth:]
        element = etree.SubElement(stack[-1], tag, attributes)
        element.text, element.tail = text, tail
        stack.append(element)
    return etree.tostring(stack[0])


BENCHES = {"message.write": write, "message.read": read}
