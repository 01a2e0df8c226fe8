"""The answer to a declaration: each item against the law, its permits, the ledger, the goods; then what risk says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from wildgate.apps.accounts.access import Actor
from wildgate.apps.balances.asking import WriteOff
from wildgate.apps.customs.services import writing_off
from wildgate.apps.declarations import papers
from wildgate.apps.declarations.findings import DOUBT, NOTE, STOP, Finding, Severity, answer_of, finding
from wildgate.apps.declarations.papers import Paper
from wildgate.apps.declarations.reading.fields import NOT_CITES
from wildgate.apps.goods.selectors import Judged, judged
from wildgate.apps.species.registry import law_of
from wildgate.convention.listing import Law, Listed, NotListed
from wildgate.convention.refusal import Refusal
from wildgate.convention.sentence import say
from wildgate.convention.taxonomy import Unknown
from wildgate.targeting import comparison
from wildgate.targeting.consignment import Consignment, Item, PermitRef

USUAL: Final = {"export": "1000", "re-export": "3100", "import": "4000", "transit": "8000"}
"""House value: the procedure that is meant where a declaration gives none."""
SEVERITIES: Final = {comparison.Severity.STOP: STOP, comparison.Severity.DOUBT: DOUBT, comparison.Severity.NOTE: NOTE}
UNSURE: Final = frozenset({"line-ambiguous", "quantity-missing", "number-whole", "not-available", "wrong-party"})
"""Refusals of the ledger that a person can clear up by looking; the rest stop."""
SAME: Final = {"expired": "expired", "exhausted": "quantity-over", "wrong-species": "taxon-differs",
               "unit-not-comparable": "unit-not-comparable", "wrong-route": "destination-differs",
               "wrong-party": "exporter-differs"}
"""The ledger's code: the comparison's code for the same thing, so that nothing is told twice."""


@dataclass
class Cited:
    """A permit as an item names it, and the papers that it may be."""

    ref: PermitRef
    papers: tuple[Paper, ...]

    @property
    def one(self) -> Paper | None:
        return self.papers[0] if len(self.papers) == 1 else None


@dataclass
class Looked:
    """One item with all that was found on it."""

    item: Item
    cited: list[Cited]
    goods: Judged
    found: list[Finding] = field(default_factory=list)
    reserving: list[tuple[WriteOff, Paper]] = field(default_factory=list)
    doubted: bool = False


@dataclass
class Asked:
    """One version of a declaration on its way to an answer."""

    said: Consignment
    version: int
    items: list[Looked] = field(default_factory=list)
    found: list[Finding] = field(default_factory=list)
    lane: str = ""

    @property
    def findings(self) -> list[Finding]:
        return [*self.found, *(each for looked in self.items for each in looked.found)]


def look(said: Consignment, version: int, *, actor: Actor, at: datetime) -> Asked:
    """Everything that the papers, the ledger and the goods tell. The ledger is asked, nothing is set aside yet."""
    asked = Asked(said, version)
    law = law_of(said.party)
    for item in said.items:
        looked = Looked(item, [Cited(ref, papers.match(said.party, ref)) for ref in item.permits],
                        judged(item, party=said.party, law=law))
        looked.found += _listing(looked, said, law, at)
        for cited in looked.cited:
            looked.found += _paper(looked, cited, asked, law, actor=actor, at=at)
        looked.found += _goods(looked)
        asked.items.append(looked)
    return asked


def set_aside(asked: Asked, *, actor: Actor, at: datetime) -> None:
    """The declaration is accepted unless something stops it: reserve what its permits are to be written off by."""
    if any(each.severity is STOP for each in asked.findings):
        return
    for looked in asked.items:
        for each, paper in looked.reserving:
            outcome = writing_off.reserve(actor=actor, asked=each, at=at, known=paper.home)
            if isinstance(outcome, Refusal):
                looked.found.append(_from_ledger(outcome, looked.item, each.number))


def conclude(asked: Asked, lane: str) -> str:
    """Put the lane beside what was found; the answer."""
    asked.lane = lane
    if lane == "red":
        asked.found.append(finding("inspect"))
    elif lane == "yellow":
        asked.found.append(finding("documents"))
    return answer_of(asked.findings).value


def _listing(looked: Looked, said: Consignment, law: Law, at: datetime) -> Iterator[Finding]:
    """Is what is declared listed, and are the papers there that its Appendix and the direction ask for?"""
    item, claims = looked.item, [each for each in looked.item.claims if each in NOT_CITES]
    others = [each for each in item.claims if each.startswith("LPCO-")]
    for claim in others:
        yield finding("exemption-claimed", item=item.number, where="claims", claim=claim)
    if not item.taxon:
        return
    answer = law.listings(item.taxon, item.origin or None, at.date())
    if isinstance(answer, Unknown):
        looked.doubted = bool(claims)
        yield finding("taxon-unknown", item=item.number, where="taxon", taxon=item.taxon)
        return
    if isinstance(answer, NotListed) or not _covered(answer, item):
        return
    if answer.ambiguous:
        yield finding("listing-unsure", item=item.number, where="origin", taxon=item.taxon, why=answer.ambiguous)
        return
    appendix = answer.strictest.appendix.value
    if claims:
        looked.doubted = True
        yield finding("claimed-not-listed", item=item.number, where="claims", claim=claims[0], taxon=item.taxon,
                      appendix=appendix)
    elif not looked.cited:
        if not others and said.direction != "transit":
            yield finding("permit-missing", item=item.number, where="permits", taxon=item.taxon, appendix=appendix)
    elif appendix == "I" and said.direction == "import":
        yield from _both(looked, said, item)


def _covered(answer: Listed, item: Item) -> bool:
    """Does any of the listings cover the term? An item without one is taken for a whole specimen."""
    return any(str(listing.covers(item.term or None).answer) != "no" for listing in answer.listings)


def _both(looked: Looked, said: Consignment, item: Item) -> Iterator[Finding]:
    """Appendix I: our import permit and the other country's paper, side by side (Art. III.3)."""
    home = any(_is_home(cited, said.party) for cited in looked.cited)
    foreign = any(not _is_home(cited, said.party) for cited in looked.cited)
    if not home:
        yield finding("import-permit-missing", item=item.number, where="permits", taxon=item.taxon)
    if not foreign:
        yield finding("export-permit-missing", item=item.number, where="permits", taxon=item.taxon)


def _is_home(cited: Cited, party: str) -> bool:
    if cited.one is not None:
        return cited.one.home is not None
    return cited.ref.country == party or cited.ref.role == "home"


def _paper(looked: Looked, cited: Cited, asked: Asked, law: Law, *, actor: Actor, at: datetime) -> Iterator[Finding]:
    """One permit of an item: found, compared box by box, and asked of the ledger where it is ours."""
    item, number, said = looked.item, cited.ref.number, asked.said
    if not cited.papers:
        ours = cited.ref.country == said.party or (not cited.ref.country and (
            cited.ref.role == "home" or said.direction in ("export", "re-export")))
        yield finding("permit-unknown" if ours else "foreign-permit-not-seen", item=item.number, where="permits",
                      permit=number, number=number)
        return
    if cited.one is None:
        yield finding("permit-ambiguous", item=item.number, where="permits", permit=number, number=number,
                      papers=", ".join(each.name for each in cited.papers))
        return
    facts = papers.facts(cited.one, reference=said.reference, at=at)
    seen = comparison.compare(item, said, facts, place=law.resolve)
    yield from (Finding(each.code, SEVERITIES[each.severity], each.template, dict(each.values), item.number, each.where,
                        number) for each in seen)
    home, foreign = cited.one.home, cited.one.foreign
    if home is None and (said.direction != "import" or foreign is None):
        return
    line = comparison.line_for(item, facts, place=law.resolve)
    wanted = _write_off(item, asked, cited.one, line.block if line else None)
    outcome = writing_off.check(actor=actor, asked=wanted, at=at, known=home)
    if isinstance(outcome, Refusal):
        if "references" in outcome.values or SAME.get(outcome.code) not in {each.code for each in seen}:
            yield _from_ledger(outcome, item, number)
    elif (outcome.managed or foreign) and wanted.quantity is not None:
        looked.reserving.append((wanted, cited.one))


def _write_off(item: Item, asked: Asked, paper: Paper, block: str | None) -> WriteOff:
    said = asked.said
    return WriteOff(
        **paper.key, block=block, taxon="" if block else item.taxon, term="" if block else item.term,
        quantity=item.quantity, unit=item.unit, reference=said.reference, item=item.number, version=asked.version,
        procedure=said.procedure or USUAL[said.direction], post=said.post, transport_document=said.transport_document)


def _from_ledger(refusal: Refusal, item: Item, number: str) -> Finding:
    severity: Severity = DOUBT if refusal.code in UNSURE else STOP
    return Finding(refusal.code, severity, refusal.template or refusal.reason.replace("%", "%%"),
                   dict(refusal.values), item.number, refusal.field or "", number)


def _goods(looked: Looked) -> Iterator[Finding]:
    """Customs code, mass, value and words: nothing here stops goods, a person looks."""
    item, goods = looked.item, looked.goods
    if goods.fit.answer == "no" and item.taxon:
        yield finding("code-does-not-fit", item=item.number, where="hs",
                      why=say(goods.fit.template, **goods.fit.values))
    for odd in goods.plausible.oddities:
        yield finding("implausible", item=item.number, where="quantity",
                      why=say(odd.template, **odd.values))
    yield from _words(looked)
    if goods.says_little:
        yield finding("says-little", item=item.number, where="description")


def _words(looked: Looked) -> Iterator[Finding]:
    """What the description names against what is claimed, or not said."""
    item, goods = looked.item, looked.goods
    claims = [each for each in item.claims if each in NOT_CITES]
    named = ", ".join(sorted(goods.named))
    if claims and not item.taxon:
        if named:
            looked.doubted = True
            yield finding("claim-doubtful", item=item.number, where="claims", claim=claims[0], named=named)
        elif goods.needs_statement:
            yield finding("claim-risky-code", item=item.number, where="claims", claim=claims[0], hs=item.hs)
    elif not claims and not item.permits and not item.taxon:
        if named:
            yield finding("words-listed", item=item.number, where="description", named=named)
        elif goods.needs_statement:
            yield finding("statement-missing", item=item.number, where="claims", hs=item.hs)
