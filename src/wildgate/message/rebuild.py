"""From what a message says to a permit record: what the form must hold, box by box (Res. Conf. 12.3, Annex 2)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from operator import attrgetter

from wildgate.convention.permit import PermitLine, PermitRecord, Reference
from wildgate.convention.sentence import Sentence, say

Complain = Callable[[str, str, Sentence], None]
Wanted = tuple[tuple[str, str, str, Sentence], ...]
"""Facts: how the record calls them, where they stand in the message, their box, and the words for them."""

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

NOWHERE = Reference("")
NOTHING = (None, "", ())
WHOLE = attrgetter(*(each[0] for each in (*LINE_NEEDED, *LINE_EXPECTED)))
"""What a line has to say, as values: asked at once, for nearly every line says it all."""


def rebuild(said: PermitRecord, complain: Complain) -> PermitRecord | None:
    """The record, after a complaint about every fact that the form demands and the message does not give."""
    missing = _ask(said, NEEDED, "", complain)
    _ask(said, EXPECTED, "", complain)
    nowhere = False
    for at, line in enumerate(said.lines, 1):
        if not all(WHOLE(line)):
            missing |= _ask(line, LINE_NEEDED, f"{ITEM}[{at}]/", complain)
            _ask(line, LINE_EXPECTED, f"{ITEM}[{at}]/", complain)
        if line.origin is None:
            nowhere = True
            complain(f"{ITEM}[{at}]/OriginTradeCountry/ID", "12", _absent(ORIGIN))
    _check_parties(said, complain)
    if said.kind and not said.purpose and said.kind not in NO_PURPOSE:
        complain(f"{HEAD}/PurposeCode", "5a", _absent(PURPOSE))
    if missing:
        return None
    _check_dates(said, complain)
    if nowhere:
        return replace(said, lines=tuple(replace(each, origin=each.origin or NOWHERE) for each in said.lines))
    return said


def _absent(fact: Sentence) -> Sentence:
    return say("The message does not give %(fact)s.", fact=fact)


def _ask(said: PermitRecord | PermitLine, wanted: Wanted, prefix: str, complain: Complain) -> bool:
    absent = [each for each in wanted if getattr(said, each[0]) in NOTHING]
    for _, path, box, words in absent:
        complain(prefix + path, box, _absent(words))
    return bool(absent)


def _check_parties(said: PermitRecord, complain: Complain) -> None:
    for key, path, box in PARTIES:
        if key == "importer" and said.kind in NO_IMPORTER:
            continue
        who = getattr(said, key)
        if not who.name:
            complain(f"{path}/Name", box, _absent(NAME_OF[key]))
        if not who.country:
            complain(f"{path}/PostalTradeAddress/CountryID", box, _absent(COUNTRY_OF[key]))


def _check_dates(said: PermitRecord, complain: Complain) -> None:
    issued = said.issued_at.date()
    if said.valid_until < issued:
        complain(f"{HEAD}/EffectiveSpecifiedPeriod/EndDateTime", "2",
                 say("The document ends on %(until)s, before it was issued on %(issued)s.", until=said.valid_until,
                     issued=issued))
