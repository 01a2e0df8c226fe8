"""Reads a permit message from any Party: CITESEPermit v2 or CBFShip v1, alone or in a SOAP envelope.

Elements are found by local name; prefixes never matter. A message in this house's own profile is read letter by
letter; in any other, outer spaces fall away and `?` or nothing counts as absent.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from lxml import etree

from wildgate.convention.permit import plain
from wildgate.convention.refusal import Refusal, refuse
from wildgate.convention.vocabulary import Appendix, DocumentKind, Purpose, Source
from wildgate.message.parsing import open_xml
from wildgate.message.profile import (
    AT_ENDORSEMENT,
    AT_ISSUE,
    MODEL,
    NATURAL_PERSON,
    OTHER_NAMES,
    REPLACED,
    ROOTS,
    RSM,
    SECOND_SOURCE,
    TYPE_LETTERS,
    Box14,
    Fault,
    Message,
)
from wildgate.message.rebuild import rebuild

KIND_OF_LETTER = {letter: kind for kind, letter in TYPE_LETTERS.items()}
KIND_OF_NAME = {name.casefold(): kind for kind, name in OTHER_NAMES.items()}
LETTER_WORDS = {"RE-EXPORT": "R", "EXPORT": "E", "IMPORT": "I", "OTHER": "O"}
ORIGIN_CODES, RE_EXPORT_CODES = {"E", "861"}, {"R", "811"}
MAX_ITEMS = 2_000
MAX_DIGITS = 30
FIRST_YEAR = 1900
SIGNATURE = "{http://www.w3.org/2000/09/xmldsig#}Signature"


def read_message(data: bytes) -> Message | Refusal:
    """The permit of the message with what is wrong in it; a Refusal when the file is no permit message at all."""
    root = open_xml(data)
    if isinstance(root, Refusal):
        return root
    payload = find_payload(root)
    return payload if isinstance(payload, Refusal) else _Reading(payload, standalone=payload is root).message()


def find_payload(root: etree._Element) -> etree._Element | Refusal:
    """The CITESEPermit or CBFShip element, without its signature: the root itself or inside a SOAP body."""
    name = local(root)
    if name in ROOTS:
        return _without_signature(root)
    if name == "Envelope" or name.endswith("Response"):
        for element in root.iter():
            if local(element) in ROOTS:
                return _without_signature(element)
        for element in root.iter():
            if local(element).casefold() in {"faultstring", "reason"}:
                said = " ".join(str(etree.tostring(element, method="text", encoding="unicode")).split())[:200]
                return refuse("soap-fault", "The file is the error answer of a partner's service: %(said)s.", said=said)
    return refuse("not-a-permit-message",
                  "The file is XML, but its outermost element is %(name)s; a permit message begins with CITESEPermit, "
                  "CBFShip or a SOAP Envelope around one of them.", name=name[:60])


def _without_signature(payload: etree._Element) -> etree._Element:
    """What a signature is worth is asked in `xades`; here only the permit is read."""
    for signature in payload.findall(SIGNATURE):
        payload.remove(signature)
    return payload


def local(element: etree._Element) -> str:
    return etree.QName(element).localname


class _Reading:
    """One pass over one message: gathers facts and faults, each fault with its place."""

    def __init__(self, payload: etree._Element, *, standalone: bool) -> None:
        self.payload = payload
        self.version = ROOTS[local(payload)]
        self.standalone = standalone
        self.faults: list[Fault] = []
        self.foreign: dict[str, str] = {}
        self.own = False
        model = self._one(payload, "SpecifiedExchangedDocumentContext/BIMSpecifiedDocumentContextParameter/Value")
        self.own = model == MODEL

    def message(self) -> Message:
        self._check_namespace()
        facts = self._header() | self._consignment()
        endorsements = tuple(self._endorsements())
        record = rebuild(facts, self._fault)
        seal = self._one(self.payload, "HeaderExchangedDocument/ThirdSignatoryDocumentAuthentication/Statement")
        return Message(self.version, record, facts, seal, endorsements, tuple(self.faults), self.own,
                       self.standalone, self.foreign)

    # Finding

    def _all(self, at: etree._Element | None, path: str) -> Iterator[etree._Element]:
        if at is None:
            return
        first, _, rest = path.partition("/")
        for child in at:
            if local(child) == first:
                if rest:
                    yield from self._all(child, rest)
                else:
                    yield child

    def _first(self, at: etree._Element | None, path: str) -> etree._Element | None:
        return next(self._all(at, path), None)

    def _texts(self, at: etree._Element | None, path: str, **where: str) -> list[str]:
        out = []
        for element in self._all(at, path):
            text = element.text or ""
            if not self.own:
                text = text.strip()
                text = "" if text == "?" else text
            if (text or self.own) and all(element.get(key) == value for key, value in where.items()):
                out.append(text)
        return out

    def _one(self, at: etree._Element | None, path: str, **where: str) -> str:
        return next(iter(self._texts(at, path, **where)), "")

    def _attribute(self, at: etree._Element | None, name: str) -> str:
        value = at.get(name, "") if at is not None else ""
        return "" if value == "?" and not self.own else value

    def _fault(self, path: str, box: str, sentence: str) -> None:
        self.faults.append(Fault(f"/{local(self.payload)}/{path}", box, sentence))

    def _check_namespace(self) -> None:
        expected = RSM[self.version]
        for child in self.payload:
            if etree.QName(child).namespace != expected:
                self._fault(local(child), "", f"The element {local(child)} is not in the namespace {expected}.")
                return

    # Header: boxes 1 to 6 and 13

    def _header(self) -> dict[str, Any]:
        head = self._first(self.payload, "HeaderExchangedDocument")
        where = "HeaderExchangedDocument"
        period = self._one(head, "EffectiveSpecifiedPeriod/EndDateTime") or self._one(
            head, "ReferenceReferencedDocument/EffectiveSpecifiedPeriod/EndDateTime")
        third = self._first(head, "ThirdSignatoryDocumentAuthentication")
        issued = self._one(head, "IssueDateTime") or self._one(third, "ActualDateTime")
        authority = self._party(self._first(head, "FirstSignatoryDocumentAuthentication/ProviderTradeParty"))
        number = self._first(head, "ID")
        purpose = self._one(head, "PurposeCode")
        self._keep("purpose", self._one(head, "Purpose"))
        self._keep("copy", "true" if self._one(head, "CopyIndicator").lower() in {"true", "1"} else "")
        return {
            "party": self._attribute(number, "schemeAgencyID") or authority["country"],
            "number": self._one(head, "ID"), "kind": self._kind(head),
            "issued_at": self._instant(issued, f"{where}/IssueDateTime", "13"),
            "valid_until": self._day(period, f"{where}/EffectiveSpecifiedPeriod/EndDateTime", "2"),
            "purpose": self._coded(purpose, Purpose, f"{where}/PurposeCode", "5a", "purpose"),
            "authority": authority,
            "place": self._one(head, "IssueLogisticsLocation/Name") or self._one(third, "IssueLogisticsLocation/Name"),
            "official": self._one(third, "ProviderTradeParty/SpecifiedAuthoritativeSignatoryPerson/Name") or self._one(
                head, "FirstSignatoryDocumentAuthentication/ProviderTradeParty/SpecifiedRepresentativePerson/Name"),
            "special_conditions": "\n".join(self._texts(head, "Information")),
            "security_stamp": self._one(head, "FirstSignatoryDocumentAuthentication/ID"),
            "replaces": next((self._one(each, "ID") for each in self._all(head, "ReferenceReferencedDocument")
                              if REPLACED in self._texts(each, "Name")), ""),
        }

    def _kind(self, head: etree._Element | None) -> str | None:
        code = self._one(head, "TypeCode").strip().upper()
        letter = LETTER_WORDS.get(code, code)
        name = self._one(head, "Name")
        if letter in KIND_OF_LETTER:
            self._keep("type-name", name)
            return KIND_OF_LETTER[letter].value
        if letter != "O":
            if code:
                self._fault("HeaderExchangedDocument/TypeCode", "1",
                            f"The type of document {code[:20]} is not one of E, R, I and O.")
            return None
        kind: DocumentKind | None = KIND_OF_NAME.get(name.strip().casefold())
        if kind is None:
            self._keep("type-name", name)
            self._fault("HeaderExchangedDocument/Name", "1",
                        "The type is Other, but the name of the document is not one that the Convention knows.")
        return kind.value if kind else None

    def _party(self, party: etree._Element | None) -> dict[str, Any]:
        post = self._first(party, "PostalTradeAddress")
        lines = self._texts(post, "StreetName")
        if not self.own:
            town = " ".join([*self._texts(post, "PostcodeCode"), *self._texts(post, "CityName")])
            lines = [*lines, *self._texts(post, "PostOfficeBox"), *([town] if town else []),
                     *self._texts(post, "CountrySubDivisionName"),
                     *self._texts(post, "CountryIdentificationTradeCountry/SubordinateTradeCountrySubDivision/Name")]
        scheme, natural = NATURAL_PERSON
        return {"name": self._one(party, "Name"), "address": "\n".join(lines),
                "country": self._one(post, "CountryID") or self._one(post, "CountryIdentificationTradeCountry/ID"),
                "private": self._one(party, "ID", schemeID=scheme) == natural}

    # Consignment: boxes 3, 4, 7 to 12b, 14, 15

    def _consignment(self) -> dict[str, Any]:
        goods = self._first(self.payload, "SpecifiedSupplyChainConsignment")
        importer = self._party(self._first(goods, "ConsigneeTradeParty"))
        importer["country"] = importer["country"] or self._one(goods, "ImportTradeCountry/ID")
        carriage = self._texts(goods, "TransportContractReferencedDocument/ID", **({"schemeID": AT_ISSUE}
                                                                                    if self.own else {}))
        self._keep("transport-document-type", self._one(goods, "TransportContractReferencedDocument/TypeCode"))
        items = list(self._all(goods, "IncludedSupplyChainConsignmentItem"))
        if len(items) > MAX_ITEMS:
            self._fault("SpecifiedSupplyChainConsignment", "", f"The message has more than {MAX_ITEMS} blocks; "
                                                               f"the rest is not read.")
        return {"importer": importer, "exporter": self._party(self._first(goods, "ConsignorTradeParty")),
                "transport_document": next(iter(carriage), ""),
                "lines": [self._line(item, at) for at, item in enumerate(items[:MAX_ITEMS], 1)]}

    def _line(self, item: etree._Element, at: int) -> dict[str, Any]:
        where = f"SpecifiedSupplyChainConsignment/IncludedSupplyChainConsignmentItem[{at}]"
        goods = self._first(item, "IncludedSupplyChainTradeLineItem")
        product = self._first(goods, "SpecifiedTradeProduct")
        second = self._one(product, "SellerAssignedID", schemeID=SECOND_SOURCE)
        package = self._first(item, "TransportLogisticsPackage/ItemQuantity")
        rules = self._first(item, "ApplicableCrossBorderRegulatoryProcedure")
        if rules is None:
            rules = self._first(item, "ApplicableCrossBorderGovernmentProcedure")
        inner = f"{where}/IncludedSupplyChainTradeLineItem"
        origin, last = self._references(item, where)
        quota = f"{where}/ApplicableCrossBorderRegulatoryProcedure"
        return {
            "block": self._one(item, "ID"), "taxon": self._one(product, "ScientificName"),
            "common_name": self._one(product, "CommonName"), "term": self._one(product, "TypeCode"),
            "description": "\n".join(self._texts(product, "Description")),
            "appendix": self._coded(self._one(goods, "TypeCode"), Appendix, f"{inner}/TypeCode", "10", "Appendix"),
            "source": self._coded(self._one(goods, "TypeExtensionCode"), Source, f"{inner}/TypeExtensionCode", "10",
                                  "source"),
            "second_source": self._coded(second, Source, f"{inner}/SpecifiedTradeProduct/SellerAssignedID", "10",
                                         "source"),
            "quantity": self._number(package, f"{where}/TransportLogisticsPackage/ItemQuantity", "11"),
            "unit": self._attribute(package, "unitCode"),
            "marks": self._texts(item, "PhysicalLogisticsShippingMarks/Marking"),
            "quota_used": self._number(self._first(rules, "UsedToDateQuotaQuantity"),
                                       f"{quota}/UsedToDateQuotaQuantity", "11a"),
            "quota": self._number(self._first(rules, "AnnualQuotaQuantity"), f"{quota}/AnnualQuotaQuantity", "11a"),
            "origin": origin, "last_re_export": last,
            "operation": self._one(rules, "CategoryCode") or self._one(rules, "PreviousReferencedDocument/ID"),
            "acquired": self._day(self._one(rules, "AcquisitionDateTime"), f"{quota}/AcquisitionDateTime", "12b"),
        }

    def _references(self, item: etree._Element, where: str) -> tuple[dict[str, Any] | None, dict[str, Any] | None]:
        """Boxes 12 and 12a. Real messages say 861 and 811 for E and R; without codes their order decides."""
        papers: dict[str, dict[str, Any]] = {}
        for at, paper in enumerate(self._all(item, "AssociatedReferencedDocument"), 1):
            code = self._one(paper, "TypeCode").strip().upper()
            number = self._one(paper, "ID")
            on = self._day(self._one(paper, "IssueDateTime"),
                           f"{where}/AssociatedReferencedDocument[{at}]/IssueDateTime", "12")
            if not (number or on):
                continue
            slot = "E" if code in ORIGIN_CODES else "R" if code in RE_EXPORT_CODES else "E" if at == 1 else "R"
            papers.setdefault(slot, {"number": number, "issued_on": on})
        nothing = {"number": "", "issued_on": None}
        origin = self._one(item, "OriginTradeCountry/ID")
        last = self._one(item, "ExportTradeCountry/ID")
        has_last = bool(last or "R" in papers or (self.own and self._first(item, "ExportTradeCountry") is not None))
        return ({"country": origin, **papers.get("E", nothing)} if origin or "E" in papers or self.own else None,
                {"country": last, **papers.get("R", nothing)} if has_last else None)

    def _endorsements(self) -> Iterator[Box14]:
        goods = self._first(self.payload, "SpecifiedSupplyChainConsignment")
        papers = self._texts(goods, "TransportContractReferencedDocument/ID", schemeID=AT_ENDORSEMENT)
        where = "SpecifiedSupplyChainConsignment/ExaminationTransportEvent"
        for at, event in enumerate(self._all(goods, "ExaminationTransportEvent")):
            text = self._one(event, "ActualOccurrenceDateTime")
            moment = self._instant(text, f"{where}[{at + 1}]/ActualOccurrenceDateTime", "14")
            if moment is None:
                continue
            yield Box14(
                at=_parse_instant(moment) or datetime.min.replace(tzinfo=UTC),
                port=self._one(event, "OccurrenceLogisticsLocation/ID"),
                port_name=self._one(event, "OccurrenceLogisticsLocation/Name"),
                officer=self._one(event, "CertifyingTradeParty/SpecifiedAuthoritativeSignatoryPerson/Name"),
                quantities=tuple(self._moved(goods, text)),
                transport_document=papers[at] if at < len(papers) else "")

    def _moved(self, goods: etree._Element | None, moment: str) -> Iterator[tuple[str, Decimal, str]]:
        for item in self._all(goods, "IncludedSupplyChainConsignmentItem"):
            for event in self._all(item, "ExaminationTransportEvent"):
                amount = self._first(event, "UnitQuantity")
                amount = self._first(event, "InspectedUnitQuantity") if amount is None else amount
                number = self._number(amount, "SpecifiedSupplyChainConsignment/IncludedSupplyChainConsignmentItem/"
                                              "ExaminationTransportEvent/UnitQuantity", "14")
                if number is not None and self._one(event, "ActualOccurrenceDateTime") in {"", moment}:
                    yield self._one(item, "ID"), Decimal(number), self._attribute(amount, "unitCode")

    # Values

    def _keep(self, name: str, value: str) -> None:
        if value:
            self.foreign[name] = value

    def _coded(self, text: str, codes: Any, path: str, box: str, word: str) -> str | None:
        code = text if self.own else text.strip().upper()
        if not code:
            return None
        if code not in {each.value for each in codes}:
            self._fault(path, box, f"The {word} code {code[:20]} is not one that the Convention knows.")
            return None
        return code

    def _number(self, element: etree._Element | None, path: str, box: str) -> str | None:
        text = (element.text or "").strip() if element is not None else ""
        if text in {"", "?"}:
            return None
        try:
            number = Decimal(text)
        except InvalidOperation:
            number = Decimal("NaN")
        if not number.is_finite() or number < 0 or len(text) > MAX_DIGITS or abs(number.adjusted()) > MAX_DIGITS:
            self._fault(path, box, f"The quantity {text[:30]} is not a number of at most {MAX_DIGITS} digits.")
            return None
        return plain(number)

    def _instant(self, text: str, path: str, box: str) -> str | None:
        if not text:
            return None
        moment = _parse_instant(text)
        if moment is None:
            self._fault(path, box, f"The date and time {text[:40]} is not of the form 2025-03-01T09:00:00.000+00:00.")
            return None
        return moment.strftime("%Y-%m-%dT%H:%M:%SZ")

    def _day(self, text: str, path: str, box: str) -> str | None:
        """The calendar day as printed: the one in the sender's own offset."""
        if not text:
            return None
        try:
            on = datetime.fromisoformat(text.strip()).date()
        except ValueError:
            on = None
        if on is None or on.year < FIRST_YEAR:
            self._fault(path, box, f"The date {text[:40]} is not of the form 2025-03-01T00:00:00.000+00:00.")
            return None
        return on.isoformat()


def _parse_instant(text: str) -> datetime | None:
    """An aware UTC instant; a time without offset counts as UTC."""
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    if not FIRST_YEAR <= moment.year < 9999:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return moment.astimezone(UTC).replace(microsecond=0)
