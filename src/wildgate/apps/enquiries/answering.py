"""The answer to an enquiry, item by item: the ruling of the law, the exemption that decided, what would change it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from wildgate.apps.enquiries.trip import Enquiry, Item
from wildgate.apps.species.registry import law_of
from wildgate.convention import quantity
from wildgate.convention.annotation import annotation
from wildgate.convention.exemptions import PersonalLimit, personal_limits
from wildgate.convention.intake import parse_trade
from wildgate.convention.listing import Law, Listed, NotListed
from wildgate.convention.outcome import LineRuling
from wildgate.convention.refusal import Refusal
from wildgate.convention.taxonomy import Taxon
from wildgate.convention.trade import Trade
from wildgate.convention.vocabulary import Kingdom, Outcome
from wildgate.kit.national import ruled

PURPOSES: Final = {"personal": "P", "gift": "P", "sale": "T", "other": "P"}
UNKNOWN_ORIGIN: Final = "XX"
INSTRUMENT: Final = "musical-instrument"
PERSONAL_RULES: Final = ("P01", "P02", "P03")
INSTRUMENTS_FREE: Final = ("#15",)
"""Annotations that leave out finished musical instruments, whatever moves them."""


@dataclass(frozen=True, slots=True)
class Share:
    """A personal limit that is about this item: what one person may carry, and what this person carries."""

    limit: PersonalLimit
    carried: Decimal

    @property
    def over(self) -> bool:
        return self.carried > self.limit.limit


@dataclass(frozen=True, slots=True)
class ItemAnswer:
    """The answer on one item. `ruling` is None for things of neither animal nor plant, or where `faults` say why.

    `reason` is one of `seal.note.REASONS` where no document is needed. `instrument` is the state of the instrument
    certificate: offered, date-missing, or empty. `wide`: the name stands for several listed taxa.
    """

    item: Item
    ruling: LineRuling | None
    decision: Outcome
    reason: str = ""
    share: Share | None = None
    instrument: str = ""
    annotation: str = ""
    annotation_text: str = ""
    annotation_text_fr: str = ""
    faults: tuple[Refusal, ...] = ()

    @property
    def exempt(self) -> bool:
        """Whether a note may say so: a listed or unlisted taxon for which no document is needed."""
        return self.decision is Outcome.NO_DOCUMENT and self.ruling is not None and bool(self.reason)


@dataclass(frozen=True, slots=True)
class Answer:
    """The answers, in the order of the items, and the day of the listing data that gave them."""

    items: tuple[ItemAnswer, ...]
    law: str

    @property
    def exempt(self) -> tuple[ItemAnswer, ...]:
        return tuple(each for each in self.items if each.exempt)


def answer(enquiry: Enquiry, party: str) -> Answer:
    """Rule on every item of a finished enquiry by the law of `party`."""
    law = law_of(party)
    return Answer(tuple(_item(enquiry, item, law) for item in enquiry.items), law.date)


def listed(taxon: str, party: str) -> bool:
    """Whether the taxon stands in an Appendix, or perhaps does: then more has to be asked."""
    return not isinstance(law_of(party).listings(taxon), NotListed)


def appendices(taxon: str, party: str) -> tuple[str, ...]:
    """The Appendices that the taxon may stand in."""
    found = law_of(party).listings(taxon)
    return tuple(sorted({each.appendix.value for each in found.listings})) if isinstance(found, Listed) else ()


def _item(enquiry: Enquiry, item: Item, law: Law) -> ItemAnswer:
    if not item.taxon:
        return ItemAnswer(item, None, Outcome.NO_DOCUMENT)
    plain = _ask(enquiry, item, law)
    if not isinstance(plain, LineRuling):
        return ItemAnswer(item, None, Outcome.CONDITIONAL, faults=plain)
    ruling, path = _best(enquiry, item, law, plain)
    decision = Outcome(ruling.decision)
    share = _share(enquiry, item, law) if enquiry.carried and PURPOSES[enquiry.why] == "P" else None
    note = annotation(ruling.annotation) if ruling.annotation else None
    freed = _instrument_left_out(item, ruling)
    if freed:
        decision = Outcome.NO_DOCUMENT
    told = freed or any(each.code in ("not-covered", "annotation-conditional") for each in ruling.warnings)
    return ItemAnswer(
        item,
        ruling,
        decision,
        _reason(ruling, decision, freed),
        share,
        path,
        note.code if note and told else "",
        note.text if note and told else "",
        note.text_fr if note and told else "",
    )


def _best(enquiry: Enquiry, item: Item, law: Law, plain: LineRuling) -> tuple[LineRuling, str]:
    """The ruling that serves the asker best, and the state of the instrument certificate."""
    old = _ask(enquiry, item, law, source="O") if item.acquired_on else None
    if isinstance(old, LineRuling) and old.decision is not Outcome.REFUSE and plain.decision is not Outcome.NO_DOCUMENT:
        plain = _first(plain, old)
    if _instrument_left_out(item, plain):
        return plain, ""
    if not (item.instrument and enquiry.carried and plain.decision is not Outcome.NO_DOCUMENT and plain.appendix):
        return plain, ""
    if plain.appendix.value == "I" and item.acquired_on is None:
        return plain, "date-missing"
    certificate = _ask(enquiry, item, law, source="O" if plain.appendix.value == "I" else None, certificate=INSTRUMENT)
    if isinstance(certificate, LineRuling) and certificate.rule == "Z04" and certificate.decision is not Outcome.REFUSE:
        return certificate, "offered"
    return plain, "not-available"


def _first(plain: LineRuling, old: LineRuling) -> LineRuling:
    """A pre-Convention certificate is easier to have than two permits; an open answer is no better than another."""
    order = (Outcome.NO_DOCUMENT, Outcome.ALLOW, Outcome.CONDITIONAL, Outcome.REFUSE)
    if order.index(Outcome(old.decision)) < order.index(Outcome(plain.decision)):
        return old
    return old if Outcome(plain.decision) is Outcome.ALLOW and len(old.documents) < len(plain.documents) else plain


def _ask(
    enquiry: Enquiry, item: Item, law: Law, *, source: str | None = None, certificate: str | None = None
) -> LineRuling | tuple[Refusal, ...]:
    trade = parse_trade(_trade(enquiry, [item], law, source, certificate), law)
    return ruled(trade, law).lines[0] if isinstance(trade, Trade) else trade


def _trade(
    enquiry: Enquiry, items: list[Item], law: Law, source: str | None, certificate: str | None
) -> dict[str, Any]:
    origin = items[0].origin or enquiry.sender
    return {
        "direction": "export" if origin == enquiry.sender else "re-export",
        "on": enquiry.on,
        "from": enquiry.sender,
        "to": enquiry.receiver,
        "purpose": PURPOSES[enquiry.why],
        "personal_effects": certificate is None and PURPOSES[enquiry.why] == "P",
        "carried_by_owner": enquiry.carried and enquiry.why != "gift",
        "certificate": certificate,
        "residence": enquiry.residence,
        "lines": [_line(enquiry, item, law, source) for item in (*items, *_alike(enquiry, items[0]))],
    }


def _alike(enquiry: Enquiry, item: Item) -> Iterator[Item]:
    """The other goods of the same person that count towards the same limit."""
    return (
        other
        for other in enquiry.items
        if other is not item
        and other.taxon
        and other.term == item.term
        and other.amount
        and any(_of(other, item, limit) for limit in personal_limits())
    )


def _of(one: Item, other: Item, limit: PersonalLimit) -> bool:
    return one.term in limit.terms and other.term in limit.terms


def _line(enquiry: Enquiry, item: Item, law: Law, source: str | None) -> dict[str, Any]:
    acquired = item.acquired_on if source == "O" else None
    return {
        "taxon": item.taxon,
        "term": item.term,
        "quantity": item.quantity,
        "unit": item.unit,
        "source": source or source_code(item, law),
        "origin": item.origin or enquiry.sender,
        "live": item.term == "LIV",
        "acquired": acquired.isoformat() if acquired else None,
    }


def source_code(item: Item, law: Law) -> str:
    """The source code: what is not known to be bred counts as taken from the wild."""
    taxon = law.resolve(item.taxon)
    if item.source != "bred":
        return "W"
    return "A" if isinstance(taxon, Taxon) and taxon.kingdom is Kingdom.PLANT else "C"


def _share(enquiry: Enquiry, item: Item, law: Law) -> Share | None:
    """The personal limit for the item, with all that this person carries of its kind."""
    taxon = law.resolve(item.taxon)
    if not isinstance(taxon, Taxon):
        return None
    for limit in personal_limits():
        if item.term not in limit.terms or limit.taxa.isdisjoint(taxon.lineage):
            continue
        if quantity.convertible(item.unit, limit.unit):
            return Share(limit, sum((_part(other, limit, law) for other in enquiry.items), Decimal(0)))
    return None


def _part(item: Item, limit: PersonalLimit, law: Law) -> Decimal:
    taxon = law.resolve(item.taxon) if item.taxon else None
    if not isinstance(taxon, Taxon) or item.term not in limit.terms or limit.taxa.isdisjoint(taxon.lineage):
        return Decimal(0)
    part = quantity.convert(item.amount or Decimal(0), item.unit, limit.unit)
    return Decimal(0) if isinstance(part, Refusal) else part


def _instrument_left_out(item: Item, ruling: LineRuling) -> bool:
    """A finished instrument of a wood whose annotation leaves finished instruments out, and nothing else in doubt."""
    return (
        item.instrument
        and ruling.annotation in INSTRUMENTS_FREE
        and item.term == "WPR"
        and Outcome(ruling.decision) is not Outcome.REFUSE
        and any(told.code == "annotation-conditional" for told in ruling.warnings)
        and not any(
            told.code in ("ask-population", "taxon-unknown", "name-species", "name-subspecies", "check-appendices")
            for told in ruling.warnings
        )
    )


def _reason(ruling: LineRuling, decision: Outcome, freed: bool) -> str:
    if decision is not Outcome.NO_DOCUMENT:
        return ""
    if freed or any(told.code == "not-covered" for told in ruling.warnings):
        return "not-covered"
    if ruling.appendix is None:
        return "not-listed"
    return "personal-effects" if ruling.rule in PERSONAL_RULES else "exempt"
