"""What a seller wants to know besides: by when the papers can be had, what they cost, how to begin with the answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from wildgate.apps.enquiries.answering import UNKNOWN_ORIGIN, Answer, ItemAnswer, source_code
from wildgate.apps.enquiries.trip import Enquiry
from wildgate.apps.fees.tariff import Bill, bill
from wildgate.apps.houserules import selectors as house
from wildgate.apps.permits import kinds
from wildgate.apps.permits.services.routing import SPOILS
from wildgate.apps.species.registry import law_of
from wildgate.convention.outcome import Document
from wildgate.convention.quota import lineage
from wildgate.convention.vocabulary import DocumentKind, Outcome


@dataclass(frozen=True, slots=True)
class Offer:
    """What applying here today comes to: the paper, the day by which it is decided, and the bill.

    `before` names papers of other countries that must be there first.
    """

    document: DocumentKind
    decided_by: date | None
    bill: Bill | None
    before: tuple[Document, ...]


def offer(enquiry: Enquiry, found: Answer, party: str, on: date) -> Offer | None:
    """The offer to a seller; None where this Party issues nothing for the goods."""
    ours = _ours(enquiry, found, party)
    if not ours:
        return None
    kind = next(document.kind for each in ours for document in _documents(each) if document.issued_by == party)
    law = law_of(party)
    groups = frozenset().union(*(frozenset(lineage(law, each.item.taxon)) for each in ours))
    tariff = house.tariff(party, kind.value, on)
    return Offer(
        kind,
        house.promised_on(party, direction=direction_of(enquiry, ours, party), groups=groups, on=on,
                          perishable=any(each.item.term in SPOILS for each in ours)),
        bill(tariff[1], lines=len(ours)) if tariff else None,
        tuple({document.kind: document for each in ours for document in _documents(each)
               if document.issued_by != party}.values()),
    )


def answers_of(enquiry: Enquiry, found: Answer, party: str) -> dict[str, Any]:
    """The answers with which an application begins. They name nobody: the buyer is asked for in the application."""
    ours = _ours(enquiry, found, party)
    direction, law = direction_of(enquiry, ours, party), law_of(party)
    begun = {**kinds.chosen(direction), "purpose": "T"}
    return {
        **begun,
        "other_country": enquiry.sender if direction == "import" else enquiry.receiver,
        "lines": [{name: value for name, value in (
            ("taxon", each.item.taxon), ("term", each.item.term), ("quantity", each.item.quantity),
            ("unit", each.item.unit),
            ("source", source_code(each.item, law) if each.item.source in ("wild", "bred") else ""),
            ("origin", each.item.origin or enquiry.sender), ("live", "yes" if each.item.term == "LIV" else ""),
        ) if value} for each in ours],
    }


def direction_of(enquiry: Enquiry, ours: tuple[ItemAnswer, ...], party: str) -> str:
    """What to apply for here."""
    if enquiry.receiver == party:
        return "import"
    origins = {each.item.origin or enquiry.sender for each in ours}
    return "export" if origins <= {enquiry.sender, UNKNOWN_ORIGIN} else "re-export"


def _ours(enquiry: Enquiry, found: Answer, party: str) -> tuple[ItemAnswer, ...]:
    """The goods for which this Party issues a paper."""
    if enquiry.why != "sale":
        return ()
    return tuple(each for each in found.items if each.decision in (Outcome.ALLOW, Outcome.CONDITIONAL)
                 and any(document.issued_by == party for document in _documents(each)))


def _documents(each: ItemAnswer) -> tuple[Document, ...]:
    return each.ruling.documents if each.ruling else ()
