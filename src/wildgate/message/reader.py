"""Reads a permit message from any Party: CITESEPermit v2, CBFShip v1 or a draft profile, alone or in a SOAP envelope.

Elements are found by local name; prefixes never matter. A message in this house's own profile is read letter by
letter; in any other, outer spaces fall away and `?` or nothing counts as absent.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from functools import reduce
from typing import Any

from lxml import etree

from wildgate.convention.permit import Address, PermitLine, PermitRecord, Reference
from wildgate.convention.refusal import Refusal, refuse
from wildgate.convention.sentence import say
from wildgate.convention.vocabulary import Appendix, DocumentKind, Purpose, Source
from wildgate.message.amendment import apart
from wildgate.message.draft import Draft, d22a
from wildgate.message.parsing import open_xml
from wildgate.message.payload import local, space
from wildgate.message.places import IN_V2
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
from wildgate.message.sheets import NOTHING, Sheet, Steps, first
from wildgate.message.states import state_of
from wildgate.message.walk import Walk
from wildgate.message.wco import WCO_ROOT, read_wco

KIND_OF_LETTER = {letter: kind for kind, letter in TYPE_LETTERS.items()}
KIND_OF_NAME = {name.casefold(): kind for kind, name in OTHER_NAMES.items()}
LETTER_WORDS = {"RE-EXPORT": "R", "EXPORT": "E", "IMPORT": "I", "OTHER": "O"}
ORIGIN_CODES, RE_EXPORT_CODES = {"E", "861"}, {"R", "811"}
APPENDICES = {each.value: each for each in Appendix}
PURPOSES = {each.value: each for each in Purpose}
SOURCES = {each.value: each for each in Source}
CONFLICT, SEVERAL_NAMES = "E-APPENDIX-CONFLICT", "W-SEVERAL-NAMES"
QUANTITY, LINE = "/TransportLogisticsPackage/ItemQuantity", "/IncludedSupplyChainTradeLineItem"
APPENDIX, SOURCE = f"{LINE}/TypeCode", f"{LINE}/TypeExtensionCode"
SECOND, NAME = f"{LINE}/SpecifiedTradeProduct/SellerAssignedID", f"{LINE}/SpecifiedTradeProduct/ScientificName"
USED, QUOTA, ACQUIRED = (f"/ApplicableCrossBorderRegulatoryProcedure/{name}" for name in (
    "UsedToDateQuotaQuantity", "AnnualQuotaQuantity", "AcquisitionDateTime"))
MAX_ITEMS = 2_000
MAX_ENDORSEMENTS = 500
PAYLOADS = tuple(f"{{*}}{root}" for root in ROOTS)
SIGNATURE = "{http://www.w3.org/2000/09/xmldsig#}Signature"
THE_PURPOSE, THE_APPENDIX, THE_SOURCE = say("purpose"), say("Appendix"), say("source")
GOODS_LINE, AMOUNT = say("line of goods"), say("quantity")


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
    inside, root = space(payload[0] if len(payload) else payload), local(payload)
    for known in (draft, d22a()):
        if known and inside == known.rsm and root == known.root:
            if draft and draft.name == known.name:
                return known.name
            return refuse("profile-off", "The message is in the profile %(name)s (%(label)s), which is switched off "
                                         "here.", name=known.name, label=known.label)
    return ROOTS.get(root) or refuse("not-a-permit-message", "The root %(name)s is not in the namespace of its "
                                                             "profile.", name=root[:60])


def find_payload(root: etree._Element, draft: Draft | None = None) -> etree._Element | Refusal:
    """The one CITESEPermit or CBFShip element, without its signature: the root itself or inside a SOAP body."""
    name = local(root)
    found = list(root.iter(*PAYLOADS, *((f"{{*}}{draft.root}",) if draft else ())))
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
    for signature in [*payload.iterchildren(SIGNATURE)]:
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
        head, goods = self._part(HEAD, self.places.head), self._part(GOODS, self.places.goods)
        conditions, amendment = apart(self._conditions(head))
        said = self._said(head, goods, "\n".join(conditions))
        endorsements = tuple(self._endorsements(goods, head))
        record = rebuild(said, self._fault)
        amendment = amendment or self._amendment(head)
        seal, state, replaced_by = head["seal"], *self._state(head)
        if not self.own:
            self._keep_unread()
        return Message(self.version, record, said, seal, endorsements, tuple(self.faults), self.own,
                       self.standalone, self.foreign, amendment, state, replaced_by)

    def _check_namespace(self) -> None:
        expected = self.draft.rsm if self.draft else RSM[self.version]
        for name, child in self.parts:
            if child.tag != f"{{{expected}}}{name}" and space(child) != expected:
                self._fault(local(child), "", say("The element %(name)s is not in the namespace %(space)s.",
                                                  name=local(child), space=expected))
                return

    def _part(self, name: str, steps: Steps) -> Sheet:
        """The first element of this name, as a sheet."""
        for called, part in self.parts:
            if called == name:
                return self._sheet(part, steps)
        return NOTHING

    def _said(self, head: Sheet, goods: Sheet, conditions: str) -> PermitRecord:
        """Every box, with None where the message does not fill it: `rebuild` asks for what must be there."""
        period = head["until"] or next(filter(None, [each["until"] for each in head["references"]]), "")
        authority = self._party(head["authority"])
        self._keep("purpose", head["purpose_words"])
        self._keep("copy", "true" if head["copy"].lower() in {"true", "1"} else "")
        party = self._attribute(head["number"], "schemeAgencyID") or authority.country
        number, kind = self._one(head["number"]), self._kind(head)
        issued: Any = self._instant(head["issued"] or head["signed"], f"{HEAD}/IssueDateTime", "13")
        until: Any = self._day(period, HEAD, "/EffectiveSpecifiedPeriod/EndDateTime", "2")
        purpose = self._coded(head["purpose"], PURPOSES, HEAD, "/PurposeCode", "5a", THE_PURPOSE)
        official = head["official"] or next(filter(None, [each["official"] for each in head["authority"]]), "")
        replaces = next((each["number"] for each in head["references"] if REPLACED in each["names"]), "")
        importer = self._party(goods["importer"])
        if not importer.country:
            importer = replace(importer, country=goods["import_country"])
        carriage = self._one(goods["papers"], AT_ISSUE if self.own else "")
        self._keep("transport-document-type", goods["paper_type"])
        return PermitRecord(
            party, number, kind, issued, until, importer, self._party(goods["exporter"]), purpose, authority,
            head["place"] or head["signed_in"], official, self._lines(goods["items"]), conditions, head["stamp"],
            carriage, replaces)

    # Header: boxes 1 to 6 and 13

    def _kind(self, head: Sheet) -> Any:
        code = head["type"].strip().upper()
        letter = LETTER_WORDS.get(code, code)
        name = head["type_name"]
        if letter in KIND_OF_LETTER:
            self._keep("type-name", name)
            return KIND_OF_LETTER[letter]
        if letter != "O":
            if code:
                self._fault("HeaderExchangedDocument/TypeCode", "1",
                            say("The type of document %(code)s is not one of E, R, I and O.", code=code[:20]))
            return None
        kind: DocumentKind | None = KIND_OF_NAME.get(name.strip().casefold())
        if kind is None:
            self._keep("type-name", name)
            self._fault("HeaderExchangedDocument/Name", "1",
                        say("The type is Other, but the name of the document is not one that the Convention knows."))
        return kind

    def _party(self, parties: list[Sheet]) -> Address:
        party = first(parties)
        lines = party["streets"]
        if not self.own:
            town = " ".join([*party["postcodes"], *party["towns"]])
            lines = [*lines, *party["boxes"], *([town] if town else []), *party["divisions"], *party["divisions_v1"]]
        scheme, natural = NATURAL_PERSON
        return Address(party["name"], "\n".join(lines), party["country"] or party["country_v1"],
                       self._one(party["ids"], scheme) == natural)

    # Consignment: boxes 3, 4, 7 to 12b, 14, 15

    def _lines(self, items: list[Sheet]) -> tuple[PermitLine, ...]:
        if len(items) > MAX_ITEMS:
            self._fault("SpecifiedSupplyChainConsignment", "", say(
                "The message has more than %(most)s blocks; the rest is not read.", most=MAX_ITEMS))
        return tuple([self._line(item, at) for at, item in enumerate(items[:MAX_ITEMS], 1)])

    def _line(self, item: Sheet, at: int) -> PermitLine:
        where, package = f"{ITEM}[{at}]", item["quantity"]
        self._warn_of_more(item["goods"], where, LINE, "7", GOODS_LINE)
        self._warn_of_more(package, where, QUANTITY, "11", AMOUNT)
        origin, last = self._references(item, where)
        taxon, appendix = self._taxon(item, where, at), self._appendix(item, where)
        source = self._coded(item["source"], SOURCES, where, SOURCE, "10", THE_SOURCE)
        second = self._coded(self._one(item["assigned"], SECOND_SOURCE), SOURCES, where, SECOND, "10", THE_SOURCE)
        quantity: Any = self._number(package, where, QUANTITY, "11")
        return PermitLine(
            item["block"], taxon, item["common_name"], item["term"], "\n".join(item["description"]), appendix, source,
            quantity, self._attribute(package, "unitCode"), origin, second, tuple(item["marks"]),
            self._number(item["used"], where, USED, "11a"), self._number(item["quota"], where, QUOTA, "11a"), last,
            self._operation(item), self._day(item["acquired"], where, ACQUIRED, "12b"))

    def _taxon(self, item: Sheet, where: str, at: int) -> str:
        """Some messages give several names in a block; none is lost, and the block is named."""
        names = item["names"]
        if len(names) > 1 < len(names := list(dict.fromkeys(names))):
            self._fault(f"{where}{NAME}[2]", "7",
                        say("Block %(block)s gives %(names)s scientific names; a block is for one.", block=at,
                            names=len(names)), SEVERAL_NAMES)
        return NAMES_APART.join(names)

    def _appendix(self, item: Sheet, where: str) -> Any:
        """Of the line and, in D22A, of the procedure: two different ones are never chosen between."""
        code = self._coded(item["appendix"], APPENDICES, where, APPENDIX, "10", THE_APPENDIX)
        if self.own and self.draft is None:
            return code
        others = {APPENDICES[text.upper()] for text in item["categories"] if text.upper() in APPENDICES}
        if len(others | ({code} if code else set())) > 1:
            named: list[str] = sorted(each.value for each in others | ({code} if code else set()))
            self._fault(where + APPENDIX, "10", say(
                "The line and its procedure name different Appendices: %(names)s.", names=reduce(
                    lambda one, other: say("%(one)s and %(other)s", one=one, other=other), named)), CONFLICT)
            return None
        return code or next(iter(others), None)

    def _operation(self, item: Sheet) -> str:
        """Box 12b. In D22A the category is the Appendix, in v2 a second place of the number."""
        number: str = item["operation"]
        return number or next((text for text in item["categories"] if text.upper() not in APPENDICES), "")

    def _references(self, item: Sheet, where: str) -> tuple[Any, Reference | None]:
        """Boxes 12 and 12a. Real messages say 861 and 811 for E and R; without codes their order decides."""
        papers: dict[str, tuple[str, date | None]] = {}
        for at, paper in enumerate(item["papers"], 1):
            code = paper["code"].strip().upper()
            number = paper["number"]
            on = self._day(paper["on"], where, f"/AssociatedReferencedDocument[{at}]/IssueDateTime", "12")
            if not (number or on):
                continue
            slot = "E" if code in ORIGIN_CODES else "R" if code in RE_EXPORT_CODES else "E" if at == 1 else "R"
            papers.setdefault(slot, (number, on))
        origin = item["origin"]
        last = next(filter(None, [each["country"] for each in item["last"]]), "")
        has_last = bool(last or "R" in papers or (self.own and item["last"]))
        return (Reference(origin, *papers.get("E", ())) if origin or "E" in papers or self.own else None,
                Reference(last, *papers.get("R", ())) if has_last else None)

    def _endorsements(self, goods: Sheet, head: Sheet) -> Iterator[Box14]:
        """Boxes 14 and 15: of the consignment, or where it says nothing, of the fourth signature."""
        papers = self._texts(goods["papers"], AT_ENDORSEMENT)
        moved = self._moved(goods)
        where, start = f"{GOODS}/ExaminationTransportEvent", len(self.faults)
        found = 0
        for at, event in enumerate(goods["events"][:MAX_ENDORSEMENTS]):
            text = event["at"]
            moment = self._instant(text, f"{where}[{at + 1}]/ActualOccurrenceDateTime", "14")
            if moment is None:
                continue
            found += 1
            quantities = (moved.pop("", []) if found == 1 else []) + moved.pop(text, [])
            yield _box_14(event, moment, quantities, papers[at] if at < len(papers) else "")
        if not found and len(self.faults) == start:
            customs = first(head["customs"])
            text = customs["at"]
            moment = self._instant(text, f"{HEAD}/FourthSignatoryDocumentAuthentication/ActualDateTime", "14")
            if moment is not None:
                yield _box_14(customs, moment, moved.pop("", []) + moved.pop(text, []))

    def _moved(self, goods: Sheet) -> dict[str, list[tuple[str, Decimal, str]]]:
        """By the moment as it is spelled: block, quantity and unit. Without a moment they belong to the first."""
        moved: dict[str, list[tuple[str, Decimal, str]]] = {}
        for item in goods["items"]:
            for event in item["events"]:
                amount = event["amount"]
                number = self._number(amount, ITEM, "/ExaminationTransportEvent/UnitQuantity", "14")
                if number is not None:
                    moved.setdefault(event["at"], []).append(
                        (item["block"], number, self._attribute(amount, "unitCode")))
        return moved

    # Amendments and what nobody asked for

    def _conditions(self, head: Sheet) -> Iterator[tuple[str, bool]]:
        """Texts of box 5. In this house's profile the text of an amendment says its language, a condition does not."""
        for element in head["information"]:
            for text in self._texts([element]):
                yield text, not self.own or element.get("languageID") == "EN"

    def _state(self, head: Sheet) -> tuple[str, str]:
        """In D22A: the state by its code, and the document in whose favour the permit was revoked."""
        code = head["state"]
        replacing = next((each for each in head["references"] if REPLACING in each["names"]), NOTHING)
        relationship = replacing["relationship"]
        return state_of(code, relationship) if code else "", replacing["number"]

    def _amendment(self, head: Sheet) -> Amendment | None:
        version, previous = head["version"], head["previous"]
        on = self._day(head["revised"], HEAD, "/RevisionDateTime", "1")
        return Amendment(version, previous, on, head["reason"]) if version and on else None


def _box_14(event: Sheet, moment: datetime, quantities: list[tuple[str, Decimal, str]], paper: str = "") -> Box14:
    return Box14(moment, event["port"], event["officer"], tuple(quantities),
                 event["port_name"], paper)
