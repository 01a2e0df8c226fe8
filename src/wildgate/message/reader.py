"""Reads a permit message from any Party: CITESEPermit v2, CBFShip v1 or a draft profile, alone or in a SOAP envelope.

Elements are found by local name; prefixes never matter. A message in this house's own profile is read letter by
letter; in any other, outer spaces fall away and `?` or nothing counts as absent.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from lxml import etree

from wildgate.convention.refusal import Refusal, refuse
from wildgate.convention.vocabulary import Appendix, DocumentKind, Purpose, Source
from wildgate.message.amendment import apart
from wildgate.message.draft import Draft, d22a
from wildgate.message.parsing import open_xml
from wildgate.message.parts import IN_V2, Part, every, first, text_of
from wildgate.message.payload import local
from wildgate.message.profile import (
    AT_ENDORSEMENT,
    AT_ISSUE,
    NAMES_APART,
    NATURAL_PERSON,
    OTHER_NAMES,
    REPLACED,
    REPLACING,
    ROOTS,
    RSM,
    SECOND_SOURCE,
    TYPE_LETTERS,
    Amendment,
    Box14,
    Message,
)
from wildgate.message.rebuild import GOODS, HEAD, ITEM, rebuild
from wildgate.message.states import state_of
from wildgate.message.walk import Walk, parse_instant
from wildgate.message.wco import WCO_ROOT, read_wco

KIND_OF_LETTER = {letter: kind for kind, letter in TYPE_LETTERS.items()}
KIND_OF_NAME = {name.casefold(): kind for kind, name in OTHER_NAMES.items()}
LETTER_WORDS = {"RE-EXPORT": "R", "EXPORT": "E", "IMPORT": "I", "OTHER": "O"}
ORIGIN_CODES, RE_EXPORT_CODES = {"E", "861"}, {"R", "811"}
V1_COUNTRY, V1_DIVISION = "CountryIdentificationTradeCountry", "SubordinateTradeCountrySubDivision/Name"
APPENDICES = frozenset(each.value for each in Appendix)
CONFLICT, SEVERAL_NAMES = "E-APPENDIX-CONFLICT", "W-SEVERAL-NAMES"
MAX_ITEMS = 2_000
MAX_ENDORSEMENTS = 500
SIGNATURE = "{http://www.w3.org/2000/09/xmldsig#}Signature"


def read_message(data: bytes, draft: Draft | None = None) -> Message | Refusal:
    """The permit of the message with what is wrong in it; a Refusal when the file is no permit message at all.

    A message in a provisional profile is read only by who asks for it with `draft`.
    """
    root = open_xml(data)
    return root if isinstance(root, Refusal) else read_tree(root, draft)


def read_tree(root: etree._Element, draft: Draft | None = None) -> Message | Refusal:
    """`read_message` of an element that is opened already."""
    if local(root) == WCO_ROOT:
        return read_wco(root)
    payload = find_payload(root, draft)
    if isinstance(payload, Refusal):
        return payload
    version = version_of(payload, draft)
    if isinstance(version, Refusal):
        return version
    return _Reading(payload, version, draft, standalone=payload is root).message()


def version_of(payload: etree._Element, draft: Draft | None = None) -> str | Refusal:
    """By the namespace inside the root, which draft profiles have of their own, then by the name of the root."""
    space = etree.QName(payload[0]).namespace if len(payload) else etree.QName(payload).namespace
    for known in (draft, d22a()):
        if known and space == known.rsm and local(payload) == known.root:
            if draft and draft.name == known.name:
                return known.name
            return refuse("profile-off", "The message is in the profile %(name)s (%(label)s), which is switched off "
                                         "here.", name=known.name, label=known.label)
    return ROOTS.get(local(payload)) or refuse("not-a-permit-message", "The root %(name)s is not in the namespace of "
                                                                      "its profile.", name=local(payload)[:60])


def find_payload(root: etree._Element, draft: Draft | None = None) -> etree._Element | Refusal:
    """The one CITESEPermit or CBFShip element, without its signature: the root itself or inside a SOAP body."""
    name = local(root)
    found = list(root.iter(*(f"{{*}}{each}" for each in ROOTS.keys() | ({draft.root} if draft else set()))))
    if len(found) > 1:
        return refuse("more-than-one-permit",
                      "The file holds more than one permit message; only one can be meant.")
    if found and (found[0] is root or name == "Envelope" or name.endswith("Response")):
        return _without_signature(found[0])
    for element in root.iter():
        if local(element).casefold() in {"faultstring", "reason"} and name == "Envelope":
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


class _Reading(Walk):
    """One pass over one message: the facts of the permit, box by box."""

    def __init__(self, payload: etree._Element, version: str, draft: Draft | None, *, standalone: bool) -> None:
        self.version, self.standalone = version, standalone
        self.draft = draft if draft and version == draft.name else None
        super().__init__(payload, self.draft.in_v2 if self.draft else IN_V2)

    def message(self) -> Message:
        self._check_namespace()
        head = first(self.whole, "HeaderExchangedDocument")
        conditions, amendment = apart(self._conditions(head))
        facts = self._header(head) | self._consignment() | {"special_conditions": "\n".join(conditions)}
        endorsements = tuple(self._endorsements())
        record = rebuild(facts, self._fault)
        amendment = amendment or self._amendment(head)
        state, replaced_by = self._state(head)
        seal = self._one(head, "ThirdSignatoryDocumentAuthentication/Statement")
        if not self.own:
            self._keep_unread()
        return Message(self.version, record, facts, seal, endorsements, tuple(self.faults), self.own,
                       self.standalone, self.foreign, amendment, state, replaced_by)

    def _check_namespace(self) -> None:
        expected = self.draft.rsm if self.draft else RSM[self.version]
        for child in self.payload:
            if etree.QName(child).namespace != expected:
                self._fault(local(child), "", f"The element {local(child)} is not in the namespace {expected}.")
                return

    # Header: boxes 1 to 6 and 13

    def _header(self, head: Part | None) -> dict[str, Any]:
        where = "HeaderExchangedDocument"
        period = self._one(head, "EffectiveSpecifiedPeriod/EndDateTime") or self._one(
            head, "ReferenceReferencedDocument/EffectiveSpecifiedPeriod/EndDateTime")
        third = first(head, "ThirdSignatoryDocumentAuthentication")
        issued = self._one(head, "IssueDateTime") or self._one(third, "ActualDateTime")
        authority = self._party(first(head, "FirstSignatoryDocumentAuthentication/ProviderTradeParty"))
        number = first(head, "ID")
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
            "security_stamp": self._one(head, "FirstSignatoryDocumentAuthentication/ID"),
            "replaces": next((self._one(each, "ID") for each in every(head, "ReferenceReferencedDocument")
                              if REPLACED in self._texts(each, "Name")), ""),
        }

    def _kind(self, head: Part | None) -> str | None:
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

    def _party(self, party: Part | None) -> dict[str, Any]:
        post = first(party, "PostalTradeAddress")
        lines = self._texts(post, "StreetName")
        if not self.own:
            town = " ".join([*self._texts(post, "PostcodeCode"), *self._texts(post, "CityName")])
            lines = [*lines, *self._texts(post, "PostOfficeBox"), *([town] if town else []),
                     *self._texts(post, "CountrySubDivisionName"), *self._texts(post, f"{V1_COUNTRY}/{V1_DIVISION}")]
        scheme, natural = NATURAL_PERSON
        return {"name": self._one(party, "Name"), "address": "\n".join(lines),
                "country": self._one(post, "CountryID") or self._one(post, f"{V1_COUNTRY}/ID"),
                "private": self._one(party, "ID", scheme) == natural}

    # Consignment: boxes 3, 4, 7 to 12b, 14, 15

    def _consignment(self) -> dict[str, Any]:
        goods = first(self.whole, "SpecifiedSupplyChainConsignment")
        importer = self._party(first(goods, "ConsigneeTradeParty"))
        importer["country"] = importer["country"] or self._one(goods, "ImportTradeCountry/ID")
        carriage = self._texts(goods, "TransportContractReferencedDocument/ID", AT_ISSUE if self.own else "")
        self._keep("transport-document-type", self._one(goods, "TransportContractReferencedDocument/TypeCode"))
        items = every(goods, "IncludedSupplyChainConsignmentItem")
        if len(items) > MAX_ITEMS:
            self._fault("SpecifiedSupplyChainConsignment", "", f"The message has more than {MAX_ITEMS} blocks; "
                                                               f"the rest is not read.")
        return {"importer": importer, "exporter": self._party(first(goods, "ConsignorTradeParty")),
                "transport_document": next(iter(carriage), ""),
                "lines": [self._line(item, at) for at, item in enumerate(items[:MAX_ITEMS], 1)]}

    def _line(self, item: Part, at: int) -> dict[str, Any]:
        where = f"SpecifiedSupplyChainConsignment/IncludedSupplyChainConsignmentItem[{at}]"
        goods = self._only(item, "IncludedSupplyChainTradeLineItem", where, "7", "line of goods")
        product = first(goods, "SpecifiedTradeProduct")
        second = self._one(product, "SellerAssignedID", SECOND_SOURCE)
        package = self._only(item, "TransportLogisticsPackage/ItemQuantity", where, "11", "quantity")
        rules = first(item, "ApplicableCrossBorderRegulatoryProcedure")
        inner = f"{where}/IncludedSupplyChainTradeLineItem"
        origin, last = self._references(item, where)
        quota = f"{where}/ApplicableCrossBorderRegulatoryProcedure"
        return {
            "block": self._one(item, "ID"), "taxon": self._taxon(product, inner, at),
            "common_name": self._one(product, "CommonName"), "term": self._one(product, "TypeCode"),
            "description": "\n".join(self._texts(product, "Description")),
            "appendix": self._appendix(goods, rules, inner),
            "source": self._coded(self._one(goods, "TypeExtensionCode"), Source, f"{inner}/TypeExtensionCode", "10",
                                  "source"),
            "second_source": self._coded(second, Source, f"{inner}/SpecifiedTradeProduct/SellerAssignedID", "10",
                                         "source"),
            "quantity": self._number(package, f"{where}/TransportLogisticsPackage/ItemQuantity", "11"),
            "unit": self._attribute(package, "unitCode"),
            "marks": self._texts(item, "PhysicalLogisticsShippingMarks/Marking"),
            "quota_used": self._number(first(rules, "UsedToDateQuotaQuantity"),
                                       f"{quota}/UsedToDateQuotaQuantity", "11a"),
            "quota": self._number(first(rules, "AnnualQuotaQuantity"), f"{quota}/AnnualQuotaQuantity", "11a"),
            "origin": origin, "last_re_export": last,
            "operation": self._operation(rules),
            "acquired": self._day(self._one(rules, "AcquisitionDateTime"), f"{quota}/AcquisitionDateTime", "12b"),
        }

    def _taxon(self, product: Part | None, inner: str, at: int) -> str:
        """Some messages give several names in a block; none is lost, and the block is named."""
        names = list(dict.fromkeys(self._texts(product, "ScientificName")))
        if len(names) > 1:
            self._fault(f"{inner}/SpecifiedTradeProduct/ScientificName[2]", "7",
                        f"Block {at} gives {len(names)} scientific names; a block is for one.", SEVERAL_NAMES)
        return NAMES_APART.join(names)

    def _appendix(self, goods: Part | None, rules: Part | None, inner: str) -> str | None:
        """Of the line and, in D22A, of the procedure: two different ones are never chosen between."""
        code = self._coded(self._one(goods, "TypeCode"), Appendix, f"{inner}/TypeCode", "10", "Appendix")
        if self.own and self.draft is None:
            return code
        others = {text.upper() for text in self._texts(rules, "CategoryCode")} & APPENDICES
        if len(others | ({code} if code else set())) > 1:
            self._fault(f"{inner}/TypeCode", "10", "The line and its procedure name different Appendices: "
                                                   f"{' and '.join(sorted(others | {code or ''} - {''}))}.", CONFLICT)
            return None
        return code or next(iter(others), None)

    def _operation(self, rules: Part | None) -> str:
        """Box 12b. In D22A the category is the Appendix, in v2 a second place of the number."""
        number = self._one(rules, "PreviousReferencedDocument/ID")
        return number or next((text for text in self._texts(rules, "CategoryCode")
                               if text.upper() not in APPENDICES), "")

    def _references(self, item: Part, where: str) -> tuple[dict[str, Any] | None, dict[str, Any] | None]:
        """Boxes 12 and 12a. Real messages say 861 and 811 for E and R; without codes their order decides."""
        papers: dict[str, dict[str, Any]] = {}
        for at, paper in enumerate(every(item, "AssociatedReferencedDocument"), 1):
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
        has_last = bool(last or "R" in papers or (self.own and first(item, "ExportTradeCountry") is not None))
        return ({"country": origin, **papers.get("E", nothing)} if origin or "E" in papers or self.own else None,
                {"country": last, **papers.get("R", nothing)} if has_last else None)

    def _endorsements(self) -> Iterator[Box14]:
        """Boxes 14 and 15: of the consignment, or where it says nothing, of the fourth signature."""
        goods = first(self.whole, "SpecifiedSupplyChainConsignment")
        papers = self._texts(goods, "TransportContractReferencedDocument/ID", AT_ENDORSEMENT)
        moved = self._moved(goods)
        events = every(goods, "ExaminationTransportEvent")[:MAX_ENDORSEMENTS]
        where, start = f"{GOODS}/ExaminationTransportEvent", len(self.faults)
        found = 0
        for at, event in enumerate(events):
            text = self._one(event, "ActualOccurrenceDateTime")
            moment = self._instant(text, f"{where}[{at + 1}]/ActualOccurrenceDateTime", "14")
            if moment is None:
                continue
            found += 1
            yield Box14(
                at=parse_instant(moment) or datetime.min.replace(tzinfo=UTC),
                port=self._one(event, "OccurrenceLogisticsLocation/ID"),
                port_name=self._one(event, "OccurrenceLogisticsLocation/Name"),
                officer=self._one(event, "CertifyingTradeParty/SpecifiedAuthoritativeSignatoryPerson/Name"),
                quantities=tuple((moved.pop("", []) if found == 1 else []) + moved.pop(text, [])),
                transport_document=papers[at] if at < len(papers) else "")
        if not found and len(self.faults) == start:
            yield from self._fourth(moved)

    def _fourth(self, moved: dict[str, list[tuple[str, Decimal, str]]]) -> Iterator[Box14]:
        customs = first(self.whole, f"{HEAD}/FourthSignatoryDocumentAuthentication")
        text = self._one(customs, "ActualDateTime")
        moment = self._instant(text, f"{HEAD}/FourthSignatoryDocumentAuthentication/ActualDateTime", "14")
        if moment is not None:
            yield Box14(
                at=parse_instant(moment) or datetime.min.replace(tzinfo=UTC),
                port=self._one(customs, "IssueLogisticsLocation/ID"),
                port_name=self._one(customs, "IssueLogisticsLocation/Name"),
                officer=self._one(customs, "ProviderTradeParty/SpecifiedAuthoritativeSignatoryPerson/Name"),
                quantities=tuple(moved.pop("", []) + moved.pop(text, [])))

    def _moved(self, goods: Part | None) -> dict[str, list[tuple[str, Decimal, str]]]:
        """By the moment as it is spelled: block, quantity and unit. Without a moment they belong to the first."""
        moved: dict[str, list[tuple[str, Decimal, str]]] = {}
        for item in every(goods, "IncludedSupplyChainConsignmentItem"):
            for event in every(item, "ExaminationTransportEvent"):
                amount = first(event, "UnitQuantity")
                number = self._number(amount, f"{ITEM}/ExaminationTransportEvent/UnitQuantity", "14")
                if number is not None:
                    moved.setdefault(self._one(event, "ActualOccurrenceDateTime"), []).append(
                        (self._one(item, "ID"), Decimal(number), self._attribute(amount, "unitCode")))
        return moved

    # Amendments and what nobody asked for

    def _conditions(self, head: Part | None) -> Iterator[tuple[str, bool]]:
        """Texts of box 5. In this house's profile the text of an amendment says its language, a condition does not."""
        for part in every(head, "Information"):
            self._see(part)
            text = text_of(part) if self.own else text_of(part).strip()
            if self.own or (text and text != "?"):
                yield text, not self.own or part.element.get("languageID") == "EN"

    def _state(self, head: Part | None) -> tuple[str, str]:
        """In D22A: the state by its code, and the document in whose favour the permit was revoked."""
        code = self._one(head, "StatusCode")
        replacing = next((each for each in every(head, "ReferenceReferencedDocument")
                          if REPLACING in self._texts(each, "Name")), None)
        relationship = self._one(replacing, "RelationshipTypeCode")
        return state_of(code, relationship) if code else "", self._one(replacing, "ID")

    def _amendment(self, head: Part | None) -> Amendment | None:
        version, previous = self._one(head, "VersionID"), self._one(head, "PreviousRevisionID")
        on = self._day(self._one(head, "RevisionDateTime"), f"{HEAD}/RevisionDateTime", "1")
        return Amendment(version, previous, date.fromisoformat(on),
                         self._one(head, "AmendmentPurposeCode")) if version and on else None
