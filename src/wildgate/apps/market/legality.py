"""What speaks for or against legality: indicators that a person weighs, never a verdict. Each names its basis."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Final

from wildgate.apps.market.models import Listing, PermitCheck
from wildgate.apps.market.prices import USUAL, Stand
from wildgate.apps.quotas import selectors as quotas
from wildgate.apps.species.registry import law_of
from wildgate.convention.listing import Law
from wildgate.convention.quota import shipment_of_trade
from wildgate.convention.sentence import kept_values, whole
from wildgate.convention.trade import Line, Trade
from wildgate.convention.vocabulary import Direction, Outcome, Purpose, Source
from wildgate.kit.national import ruled
from wildgate.screening.claims import Claim

AGAINST, FOR, ASK, NOTE = "against", "for", "ask", "note"
ABROAD: Final = re.compile(r"\b(?:world\s?wide|international(?:ly)?|abroad|overseas|any country|all countries|"
                           r"monde entier|étranger|todo el mundo|extranjero|weltweit|export|"
                           r"ships? (?:every|any)where)\b", re.IGNORECASE)
BRED: Final = frozenset({"C", "D", "F", "A", "R"})
OLD: Final = frozenset({"pre-convention"})
RELEVANT: Final = frozenset({"real"})

WAYS: Final = {PermitCheck.Answer.VALID: FOR, PermitCheck.Answer.INCONSISTENT: AGAINST,
               PermitCheck.Answer.UNKNOWN: AGAINST, PermitCheck.Answer.UNVERIFIABLE: ASK,
               PermitCheck.Answer.MALFORMED: ASK}


@dataclass(frozen=True, slots=True)
class Indicator:
    """One thing that speaks for or against, or that must be asked. `code` is worded in `wording`; `text` quotes."""

    code: str
    way: str
    basis: tuple[str, ...]
    values: Mapping[str, str] = field(default_factory=dict)
    text: str = ""

    def as_json(self) -> dict[str, Any]:
        return {"code": self.code, "way": self.way, "basis": list(self.basis), "values": dict(self.values),
                "text": self.text}


@dataclass(frozen=True, slots=True)
class Facts:
    """What the rules look at."""

    listing: Listing
    claims: Sequence[Claim]
    checks: Sequence[PermitCheck]
    earlier: int
    twins: Sequence[str]
    on: date
    price: Stand | None = None

    def claimed(self, kind: str) -> list[Claim]:
        return [claim for claim in self.claims if claim.kind == kind]

    @property
    def appendices(self) -> frozenset[str]:
        """Every Appendix that it may be in, on the day of the offer or today."""
        return frozenset(f"{self.listing.appendix_at}/{self.listing.appendix_today}".split("/")) - {""}

    @property
    def abroad(self) -> bool:
        """Does the seller send it over a border, by what the listing says?"""
        said = f"{self.listing.ships_to} {self.listing.title} {self.listing.text}"
        goes = self.listing.ships_to.strip()
        return bool(ABROAD.search(said)) or bool(goes and goes.casefold() not in (
            self.listing.location.casefold(), self.listing.country.casefold()))


def indicators(facts: Facts) -> list[Indicator]:
    """All that the rules find, what speaks against first. Nothing is said of what is no specimen of a listed taxon."""
    if facts.listing.specimen not in RELEVANT or not facts.appendices - {"-"}:
        return [*_of_permits(facts)]
    found = [*_of_commerce(facts), *_of_source(facts), *_of_papers(facts), *_of_permits(facts), *_of_seller(facts),
             *_of_price(facts)]
    order = {AGAINST: 0, ASK: 1, FOR: 2, NOTE: 3}
    return sorted({(each.code, str(each.values)): each for each in found}.values(), key=lambda each: order[each.way])


def _of_commerce(facts: Facts) -> Iterator[Indicator]:
    sources = facts.claimed("source")
    if "I" in facts.appendices and facts.listing.price is not None and not sources and facts.abroad:
        yield Indicator("first-commercial-abroad", AGAINST, ("Convention, Art. II.1", "Convention, Art. III.3(c)",
                                                            "Res. Conf. 5.10 (Rev. CoP19)"))
    if "I" in facts.appendices and facts.listing.price is not None and any(each.code == "W" for each in sources):
        yield Indicator("first-wild", AGAINST, ("Convention, Art. III.3(c)", "Res. Conf. 5.10 (Rev. CoP19)"))
    told = (facts.listing.appendix_at, facts.listing.appendix_today)
    if any("I" in each.split("/") and "/" in each for each in told):
        yield Indicator("which-taxon", ASK, ("Convention, Art. I(a)",), {
            "taxon": facts.listing.taxon, "appendix": facts.listing.appendix_today or facts.listing.appendix_at})


def _of_source(facts: Facts) -> Iterator[Indicator]:
    for claim in facts.claimed("source"):
        if claim.code in BRED:
            yield Indicator("claims-bred", FOR, ("Convention, Art. VII.4 and VII.5", "Res. Conf. 10.16 (Rev. CoP19)"),
                            {"claim": claim.value}, claim.text)
        elif claim.value in OLD:
            yield Indicator("claims-old", FOR, ("Convention, Art. VII.2", "Res. Conf. 13.6 (Rev. CoP18)"), {},
                            claim.text)
        elif claim.code == "W":
            yield from _of_the_wild(facts, claim)
    if facts.claimed("age"):
        claim = facts.claimed("age")[0]
        yield Indicator("claims-age", ASK, ("Convention, Art. VII.2", "Res. Conf. 13.6 (Rev. CoP18)"),
                        {"claim": claim.value}, claim.text)


def _of_the_wild(facts: Facts, claim: Claim) -> Iterator[Indicator]:
    """Wild specimens: is there a zero quota or a suspension for where they come from?"""
    trade = _trade(facts, "W")
    if trade is None:
        yield Indicator("wild-origin-unknown", ASK, ("Res. Conf. 14.7 (Rev. CoP15)",), {}, claim.text)
        return
    refusals = quotas.forbidden(facts.listing.party, shipment_of_trade(trade, law_of(facts.listing.party)))
    for each in refusals:
        yield Indicator("wild-measure", AGAINST, each.basis, kept_values({"reason": whole(each)}), claim.text)


def _trade(facts: Facts, source: str) -> Trade | None:
    """The offer as a question to the law: from where it is or comes from, to our country or to anywhere."""
    origins = facts.claimed("origin")
    origin = origins[0].value if origins else facts.listing.country
    sender, home = facts.listing.country or origin, facts.listing.party
    if not sender or not origin or not facts.listing.taxon or not facts.listing.term:
        return None
    amount = Decimal(str(facts.listing.quantity or 1))
    line = Line(facts.listing.taxon, facts.listing.term, amount if amount > 0 else Decimal(1), "NAR", Source(source),
                origin, live=facts.listing.term == "LIV")
    return Trade(Direction.EXPORT if sender == home else Direction.IMPORT, facts.on, sender,
                 home if sender != home else "XX", Purpose.COMMERCIAL, (line,))


def _of_papers(facts: Facts) -> Iterator[Indicator]:
    """Is a document needed to send it abroad, and does the listing speak of one?"""
    for claim in facts.claimed("paper"):
        if claim.value == "none":
            yield Indicator("says-no-papers", AGAINST, ("Convention, Art. III to V",), {}, claim.text)
        elif claim.value == "exempt":
            yield Indicator("says-exempt", ASK, ("Convention, Art. VII",), {}, claim.text)
    if not facts.abroad or facts.checks or facts.claimed("paper"):
        return
    needs, basis = _needed(facts)
    if needs == ASK:
        yield Indicator("perhaps-permit", ASK, basis)
    elif needs:
        yield Indicator("no-permit-claim", AGAINST, basis, {"documents": needs})


def _needed(facts: Facts) -> tuple[str, tuple[str, ...]]:
    """The documents that the law asks for, or that the authority must be asked."""
    sources = [claim.code for claim in facts.claimed("source") if claim.code]
    trade = _trade(facts, sources[0] if sources else Source.UNKNOWN.value)
    law: Law = law_of(facts.listing.party)
    ruling = ruled(trade, law) if trade is not None else None
    if ruling is None or "-" in facts.appendices or ruling.decision is Outcome.CONDITIONAL:
        return ASK, ("Convention, Art. III to V",)
    if ruling.decision is Outcome.REFUSE:
        return ASK, tuple(dict.fromkeys(each for refusal in ruling.refusals for each in refusal.basis))
    basis = tuple(dict.fromkeys(each for document in ruling.documents for each in document.basis))
    return ", ".join(document.kind.value for document in ruling.documents), basis


def _of_permits(facts: Facts) -> Iterator[Indicator]:
    for check in facts.checks:
        yield Indicator(f"permit-{check.answer}", WAYS[PermitCheck.Answer(check.answer)],
                        ("Res. Conf. 12.3 (Rev. CoP19)",), {"number": check.number})
        if check.clones:
            yield Indicator("permit-clone", AGAINST, ("Convention, Art. VI.5", "Res. Conf. 12.3 (Rev. CoP19)"),
                            {"number": check.number, "listings": ", ".join(check.clones[:5])})


def _of_price(facts: Facts) -> Iterator[Indicator]:
    """A price far off the median is a question; a usual one is told, since it speaks for nothing."""
    if facts.price is not None:
        yield Indicator(facts.price.code, NOTE if facts.price.code == USUAL else ASK,
                        ("House rule: price a specimen, where their number is told, against the median of captured "
                         "listings",),
                        {**facts.price.values, "scope": facts.price.scope})


def _of_seller(facts: Facts) -> Iterator[Indicator]:
    if facts.earlier:
        yield Indicator("seller-earlier", AGAINST, ("House rule: linking of listings",), {"count": str(facts.earlier)})
    if facts.twins:
        yield Indicator("twin-accounts", AGAINST, ("House rule: linking of listings",),
                        {"listings": ", ".join(facts.twins[:5])})
