"""From the facts of a message to a permit record: what the form must hold, box by box (Res. Conf. 12.3, Annex 2)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from wildgate.convention.permit import PermitRecord

Complain = Callable[[str, str, str], None]

HEAD = "HeaderExchangedDocument"
GOODS = "SpecifiedSupplyChainConsignment"
ITEM = f"{GOODS}/IncludedSupplyChainConsignmentItem"

NEEDED = (
    ("number", f"{HEAD}/ID", "1", "the number of the document"),
    ("kind", f"{HEAD}/TypeCode", "1", "the type of document"),
    ("issued_at", f"{HEAD}/IssueDateTime", "13", "the date of issue"),
    ("valid_until", f"{HEAD}/EffectiveSpecifiedPeriod/EndDateTime", "2", "the last day of validity"),
    ("lines", ITEM, "7", "any block of specimens"),
)
"""Without these there is no permit."""

EXPECTED = (
    ("place", f"{HEAD}/IssueLogisticsLocation/Name", "13", "the place of issue"),
    ("official", f"{HEAD}/ThirdSignatoryDocumentAuthentication/ProviderTradeParty/"
                 "SpecifiedAuthoritativeSignatoryPerson/Name", "13", "the name of the issuing official"),
    ("party", f"{HEAD}/FirstSignatoryDocumentAuthentication/ProviderTradeParty/PostalTradeAddress/CountryID", "6",
     "the country of the issuing authority"),
)

LINE_NEEDED = (
    ("taxon", "IncludedSupplyChainTradeLineItem/SpecifiedTradeProduct/ScientificName", "7", "the scientific name"),
    ("appendix", "IncludedSupplyChainTradeLineItem/TypeCode", "10", "the Appendix"),
    ("source", "IncludedSupplyChainTradeLineItem/TypeExtensionCode", "10", "the source"),
    ("quantity", "TransportLogisticsPackage/ItemQuantity", "11", "the quantity"),
)
LINE_EXPECTED = (
    ("block", "ID", "7", "the letter of the block"),
    ("term", "IncludedSupplyChainTradeLineItem/SpecifiedTradeProduct/TypeCode", "9", "the term code"),
    ("unit", "TransportLogisticsPackage/ItemQuantity/@unitCode", "11", "the unit"),
)
PARTIES = (("exporter", f"{GOODS}/ConsignorTradeParty", "4"), ("importer", f"{GOODS}/ConsigneeTradeParty", "3"),
           ("authority", f"{HEAD}/FirstSignatoryDocumentAuthentication/ProviderTradeParty", "6"))
NO_PURPOSE = {"certificate-of-origin", "phytosanitary-certificate", "scientific-exchange-label"}
NO_IMPORTER = {"ownership-certificate"}


def rebuild(facts: dict[str, Any], complain: Complain) -> PermitRecord | None:
    """The record, after a complaint about every fact that the form demands and the message does not give."""
    missing = _ask(facts, NEEDED, "", complain)
    _ask(facts, EXPECTED, "", complain)
    for at, line in enumerate(facts["lines"], 1):
        missing |= _ask(line, LINE_NEEDED, f"{ITEM}[{at}]/", complain)
        _ask(line, LINE_EXPECTED, f"{ITEM}[{at}]/", complain)
        if line["origin"] is None:
            complain(f"{ITEM}[{at}]/OriginTradeCountry/ID", "12", "The message does not give the country of origin.")
    _check_parties(facts, complain)
    if facts["kind"] and not facts["purpose"] and facts["kind"] not in NO_PURPOSE:
        complain(f"{HEAD}/PurposeCode", "5a", "The message does not give the purpose of the transaction.")
    if missing:
        return None
    _check_dates(facts, complain)
    blank = {"country": "", "number": "", "issued_on": None}
    lines = [line | {"origin": line["origin"] or blank} for line in facts["lines"]]
    return PermitRecord.from_json(facts | {"lines": lines})


def _ask(facts: dict[str, Any], wanted: tuple[tuple[str, str, str, str], ...], prefix: str, complain: Complain) -> bool:
    absent = False
    for key, path, box, words in wanted:
        if facts[key] in (None, "", []):
            complain(prefix + path, box, f"The message does not give {words}.")
            absent = True
    return absent


def _check_parties(facts: dict[str, Any], complain: Complain) -> None:
    for key, path, box in PARTIES:
        if key == "importer" and facts["kind"] in NO_IMPORTER:
            continue
        if not facts[key]["name"]:
            complain(f"{path}/Name", box, f"The message does not give the name of the {key}.")
        if not facts[key]["country"]:
            complain(f"{path}/PostalTradeAddress/CountryID", box, f"The message does not give the {key}'s country.")


def _check_dates(facts: dict[str, Any], complain: Complain) -> None:
    issued = facts["issued_at"][:10]
    if facts["valid_until"] < issued:
        complain(f"{HEAD}/EffectiveSpecifiedPeriod/EndDateTime", "2",
                 f"The document ends on {facts['valid_until']}, before it was issued on {issued}.")
