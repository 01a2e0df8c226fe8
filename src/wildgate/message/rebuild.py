"""From the facts of a message to a permit record: what the form must hold, box by box (Res. Conf. 12.3, Annex 2)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from operator import itemgetter
from typing import Any

from wildgate.convention.permit import Address, PermitLine, PermitRecord, Reference
from wildgate.convention.sentence import Sentence, say
from wildgate.convention.vocabulary import Appendix, DocumentKind, Purpose, Source

Complain = Callable[[str, str, Sentence], None]
Wanted = tuple[tuple[str, str, str, Sentence], ...]
"""Facts: how they are called here, where they stand in the message, their box, and the words for them."""

HEAD = "HeaderExchangedDocument"
GOODS = "SpecifiedSupplyChainConsignment"
ITEM = f"{GOODS}/IncludedSupplyChainConsignmentItem"

NEEDED: Wanted = (
    ("number", f"{HEAD}/ID", "1", say("the number of the document")),
    ("kind", f"{HEAD}/TypeCode", "1", say("the type of document")),
    ("issued_at", f"{HEAD}/IssueDateTime", "13", say("the date of issue")),
    ("valid_until", f"{HEAD}/EffectiveSpecifiedPeriod/EndDateTime", "2", say("the last day of validity")),
    ("lines", ITEM, "7", say("any block of specimens")),
)
"""Without these there is no permit."""

EXPECTED: Wanted = (
    ("place", f"{HEAD}/IssueLogisticsLocation/Name", "13", say("the place of issue")),
    ("official", f"{HEAD}/ThirdSignatoryDocumentAuthentication/ProviderTradeParty/"
                 "SpecifiedAuthoritativeSignatoryPerson/Name", "13", say("the name of the issuing official")),
    ("party", f"{HEAD}/FirstSignatoryDocumentAuthentication/ProviderTradeParty/PostalTradeAddress/CountryID", "6",
     say("the country of the issuing authority")),
)

LINE_NEEDED: Wanted = (
    ("taxon", "IncludedSupplyChainTradeLineItem/SpecifiedTradeProduct/ScientificName", "7", say("the scientific name")),
    ("appendix", "IncludedSupplyChainTradeLineItem/TypeCode", "10", say("the Appendix")),
    ("source", "IncludedSupplyChainTradeLineItem/TypeExtensionCode", "10", say("the source")),
    ("quantity", "TransportLogisticsPackage/ItemQuantity", "11", say("the quantity")),
)
LINE_EXPECTED: Wanted = (
    ("block", "ID", "7", say("the letter of the block")),
    ("term", "IncludedSupplyChainTradeLineItem/SpecifiedTradeProduct/TypeCode", "9", say("the term code")),
    ("unit", "TransportLogisticsPackage/ItemQuantity/@unitCode", "11", say("the unit")),
)
PARTIES = (("exporter", f"{GOODS}/ConsignorTradeParty", "4"), ("importer", f"{GOODS}/ConsigneeTradeParty", "3"),
           ("authority", f"{HEAD}/FirstSignatoryDocumentAuthentication/ProviderTradeParty", "6"))
ORIGIN, PURPOSE = say("the country of origin"), say("the purpose of the transaction")
NAME_OF = {"exporter": say("the name of the exporter"), "importer": say("the name of the importer"),
           "authority": say("the name of the authority")}
COUNTRY_OF = {"exporter": say("the exporter's country"), "importer": say("the importer's country"),
              "authority": say("the authority's country")}
NO_PURPOSE = {"certificate-of-origin", "phytosanitary-certificate", "scientific-exchange-label"}
NO_IMPORTER = {"ownership-certificate"}

KINDS = {each.value: each for each in DocumentKind}
PURPOSES = {each.value: each for each in Purpose}
APPENDICES = {each.value: each for each in Appendix}
SOURCES = {each.value: each for each in Source}
NOWHERE = Reference("")
LINE = itemgetter("block", "taxon", "common_name", "term", "description", "appendix", "source", "second_source",
                  "quantity", "unit", "marks", "quota_used", "quota", "origin", "last_re_export", "operation",
                  "acquired")


def rebuild(facts: dict[str, Any], complain: Complain) -> PermitRecord | None:
    """The record, after a complaint about every fact that the form demands and the message does not give."""
    missing = _ask(facts, NEEDED, "", complain)
    _ask(facts, EXPECTED, "", complain)
    for at, line in enumerate(facts["lines"], 1):
        missing |= _ask(line, LINE_NEEDED, f"{ITEM}[{at}]/", complain)
        _ask(line, LINE_EXPECTED, f"{ITEM}[{at}]/", complain)
        if line["origin"] is None:
            complain(f"{ITEM}[{at}]/OriginTradeCountry/ID", "12", _absent(ORIGIN))
    _check_parties(facts, complain)
    if facts["kind"] and not facts["purpose"] and facts["kind"] not in NO_PURPOSE:
        complain(f"{HEAD}/PurposeCode", "5a", _absent(PURPOSE))
    if missing:
        return None
    _check_dates(facts, complain)
    return _record(facts)


def _record(facts: dict[str, Any]) -> PermitRecord:
    """Of facts in which the reader found every code, number and date in order: nothing is asked twice."""
    return PermitRecord(
        facts["party"], facts["number"], KINDS[facts["kind"]], datetime.fromisoformat(facts["issued_at"]),
        date.fromisoformat(facts["valid_until"]), Address(**facts["importer"]), Address(**facts["exporter"]),
        PURPOSES.get(facts["purpose"]), Address(**facts["authority"]), facts["place"], facts["official"],
        tuple([_line(line) for line in facts["lines"]]), facts["special_conditions"], facts["security_stamp"],
        facts["transport_document"], facts["replaces"])


def _line(facts: dict[str, Any]) -> PermitLine:
    (block, taxon, common_name, term, description, appendix, source, second, quantity, unit, marks, used, quota, origin,
     last, operation, acquired) = LINE(facts)
    return PermitLine(
        block, taxon, common_name, term, description, APPENDICES[appendix], SOURCES[source], Decimal(quantity), unit,
        _reference(origin) if origin else NOWHERE, SOURCES[second] if second else None, tuple(marks),
        Decimal(used) if used else None, Decimal(quota) if quota else None, _reference(last) if last else None,
        operation, date.fromisoformat(acquired) if acquired else None)


def _reference(facts: dict[str, Any]) -> Reference:
    on = facts["issued_on"]
    return Reference(facts["country"], facts["number"], date.fromisoformat(on) if on else None)


def _absent(fact: Sentence) -> Sentence:
    return say("The message does not give %(fact)s.", fact=fact)


def _ask(facts: dict[str, Any], wanted: Wanted, prefix: str, complain: Complain) -> bool:
    absent = [each for each in wanted if not facts[each[0]]]
    for _, path, box, words in absent:
        complain(prefix + path, box, _absent(words))
    return bool(absent)


def _check_parties(facts: dict[str, Any], complain: Complain) -> None:
    for key, path, box in PARTIES:
        if key == "importer" and facts["kind"] in NO_IMPORTER:
            continue
        if not facts[key]["name"]:
            complain(f"{path}/Name", box, _absent(NAME_OF[key]))
        if not facts[key]["country"]:
            complain(f"{path}/PostalTradeAddress/CountryID", box, _absent(COUNTRY_OF[key]))


def _check_dates(facts: dict[str, Any], complain: Complain) -> None:
    issued = facts["issued_at"][:10]
    if facts["valid_until"] < issued:
        complain(f"{HEAD}/EffectiveSpecifiedPeriod/EndDateTime", "2",
                 say("The document ends on %(until)s, before it was issued on %(issued)s.", until=facts["valid_until"],
                     issued=issued))
