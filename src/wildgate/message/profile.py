"""The CITESEPermit message: its namespaces, fixed texts and the facts that travel beside a permit record."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

from wildgate.convention import tables
from wildgate.convention.permit import PermitRecord, plain
from wildgate.convention.vocabulary import DocumentKind

RSM_V2 = "urn:un:unece:uncefact:data:standard:CITESEPermit:2"
RSM_V1 = "urn:un:unece:uncefact:data:draft:CBFShip:1"
RAM = "urn:un:unece:uncefact:data:draft:ReusableAggregateBusinessInformationEntity:1"
SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
ROOTS = {"CITESEPermit": "v2", "CBFShip": "v1"}
RSM = {"v2": RSM_V2, "v1": RSM_V1}

MODEL = "Wildgate permit record 1"
"""Value of the data-model parameter: whoever finds it reads every text exactly and may demand the same bytes again."""

TYPE_LETTERS = {DocumentKind.EXPORT_PERMIT: "E", DocumentKind.RE_EXPORT: "R", DocumentKind.IMPORT_PERMIT: "I"}
"""Box 1. Every other kind is `O` with its name in `HeaderExchangedDocument/Name`."""

OTHER_NAMES = {
    DocumentKind.ORIGIN: "Certificate of origin",
    DocumentKind.FROM_THE_SEA: "Introduction from the sea certificate",
    DocumentKind.PRE_CONVENTION: "Pre-Convention certificate",
    DocumentKind.CAPTIVE_BRED: "Certificate of captive breeding",
    DocumentKind.PROPAGATED: "Certificate of artificial propagation",
    DocumentKind.PHYTOSANITARY: "Phytosanitary certificate",
    DocumentKind.EXHIBITION: "Travelling exhibition certificate",
    DocumentKind.OWNERSHIP: "Certificate of ownership",
    DocumentKind.INSTRUMENT: "Musical instrument certificate",
    DocumentKind.SAMPLES: "Sample collection certificate",
    DocumentKind.SCIENTIFIC_LABEL: "Scientific exchange label",
}

# Places for facts that the form knows and the message has no element for. Each is an attribute or an optional element
# that the schema allows and no other reader maps to a box, so foreign systems pass them by.
NATURAL_PERSON = ("kind-of-person", "natural")     # TradeParty/ID: the party is a private individual
SECOND_SOURCE = "second-source"                    # SpecifiedTradeProduct/SellerAssignedID: letter beside source I or O
REPLACED = "Replaced document"                     # second ReferenceReferencedDocument/Name: number of the old permit
REPLACING = "Replacing document"                   # the same in `d22a-draft`: number of the permit in its place
NAMES_APART = "; "                                 # between several scientific names that one block gave
AT_ISSUE, AT_ENDORSEMENT = "at-issue", "at-endorsement"   # TransportContractReferencedDocument/ID, box 15


@dataclass(frozen=True, slots=True)
class Box14:
    """What customs wrote into boxes 14 and 15. `quantities` are (block, quantity, unit) actually moved."""

    at: datetime
    port: str
    officer: str
    quantities: tuple[tuple[str, Decimal, str], ...]
    port_name: str = ""
    transport_document: str = ""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with a message: where (XPath and box of the form) and what, in one sentence."""

    xpath: str
    box: str
    sentence: str
    code: str = ""

    def as_json(self) -> dict[str, str]:
        return {"xpath": self.xpath, "box": self.box, "reason": self.sentence, **({"code": self.code} if self.code
                                                                                  else {})}


@dataclass(frozen=True, slots=True)
class Amendment:
    """What stands in this version of a document that stood otherwise in the one before: never sealed, only told."""

    version: str
    previous: str
    on: date
    reason: str


@dataclass(frozen=True, slots=True)
class Message:
    """A message as read. `said` is the permit as far as the message tells it, with None for what it does not say.

    `record` is the same without gaps; None when a fact without which there is no permit is missing. `own` marks a
    message in this house's profile; `standalone` one that stands alone in its file, outside a SOAP envelope. `foreign`
    holds facts that the record has no place for.
    """

    version: str
    record: PermitRecord | None
    said: PermitRecord
    seal_text: str = ""
    endorsements: tuple[Box14, ...] = ()
    faults: tuple[Fault, ...] = ()
    own: bool = False
    standalone: bool = True
    foreign: dict[str, str] = field(default_factory=dict)
    amendment: Amendment | None = None
    state: str = ""
    """Where the permit stands, in the words of `states`, when the message says so (`d22a-draft` alone does)."""
    replaced_by: str = ""

    @property
    def facts(self) -> dict[str, Any]:
        """What is said, in the shape of PermitRecord.as_json."""
        facts: dict[str, Any] = _as_json(self.said)
        return facts


def _as_json(fact: Any) -> Any:
    if is_dataclass(fact):
        return {each.name: _as_json(getattr(fact, each.name)) for each in fields(fact)}
    if isinstance(fact, tuple):
        return [_as_json(each) for each in fact]
    if isinstance(fact, Enum):
        return fact.value
    if isinstance(fact, Decimal):
        return plain(fact)
    if isinstance(fact, datetime):
        return fact.isoformat()[:19] + "Z"
    return fact.isoformat() if isinstance(fact, date) else fact


def country_name(code: str) -> str:
    """The English name of a country code, or nothing for a code outside the tables."""
    found = tables.country(code)
    return found.name_en if found else ""
