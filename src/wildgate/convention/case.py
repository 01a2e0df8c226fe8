"""One line of a trade as the rules see it: the question with its listing, and the answer as it grows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from wildgate.convention import papers
from wildgate.convention.catalogue import caution
from wildgate.convention.listing import Coverage, Law, Listing
from wildgate.convention.outcome import Document, Finding
from wildgate.convention.outcome import Warning as Caution
from wildgate.convention.papers import Facts
from wildgate.convention.refusal import Refusal
from wildgate.convention.rules import Rule, Table
from wildgate.convention.taxonomy import Taxon
from wildgate.convention.trade import Line, Trade
from wildgate.convention.unconfirmed import row_facts
from wildgate.convention.vocabulary import Appendix, DocumentKind, Outcome, Source


class Answer(NamedTuple):
    """What a rule brings for one line. The merge of all lines is the ruling."""

    rule: str | None
    decision: Outcome
    documents: tuple[Document, ...] = ()
    findings: tuple[Finding, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    warnings: tuple[Caution, ...] = ()
    basis: tuple[str, ...] = ()
    note: str = ""


class Doubt(NamedTuple):
    """A warning with the least strict decision that it leaves open: None leaves the decision as it was.

    `row` is the rule that holds from here on, where the doubt is a rule of the table.
    """

    warning: Caution
    floor: Outcome | None = None
    row: Rule | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """How the law is read: by which table, which facts of kind K are confirmed or not accepted, which papers are seen.

    `papers` are the kinds of documents that customs has seen and found valid; None before the border.
    """

    table: Table
    confirmed: frozenset[str] = frozenset()
    not_accepted: frozenset[str] = frozenset()
    papers: frozenset[DocumentKind] | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """A line, its trade, and the entry of the Appendices that holds. `appendix` is the one it is traded under."""

    line: Line
    trade: Trade
    taxon: Taxon
    listing: Listing
    coverage: Coverage
    appendix: Appendix
    facts: Facts
    data_day: date
    """The day of the listing data: an entry without a date of its own stood in the Appendices by then."""
    reading: Reading
    law: Law
    unusual: bool = False
    """The term is not the usual one for the taxon (see `term_fit`)."""

    @property
    def name(self) -> str:
        return self.taxon.name

    @property
    def operation(self) -> str | None:
        return self.line.operation or self.trade.registered_operation

    @property
    def standing(self) -> Source:
        """The source by which the specimen is ruled: beside I stands what it was before; without a code it is wild."""
        source = self.line.source
        return source if source is not Source.CONFISCATED else self.line.second_source or Source.WILD

    @property
    def table(self) -> Table:
        return self.reading.table

    def fits(self, row: Rule) -> bool:
        """Is `row` about such specimens and this purpose?"""
        return row.fits(self.appendix, self.taxon.kingdom, self.line.source, self.trade.purpose)

    def by(self, row: Rule) -> Answer:
        """The answer of `row`, with the documents and findings that it brings for this kind of line."""
        return Answer(
            row.id,
            row.answer(self.trade.purpose),
            papers.documents(row, self.facts),
            papers.findings(row, self.facts),
            warnings=(self.flag(row),) if row.fact else (),
            basis=row.basis,
            note=row.note,
        )

    def flag(self, row: Rule) -> Caution:
        """The warning of a row that rests on a fact of kind K."""
        return caution(row_facts()[row.fact], row.basis, unconfirmed=True, taxon=self.name, source=self.line.source)


def strictest(left: Outcome, right: Outcome) -> Outcome:
    """Refuse, then conditional, then allow, then no document."""
    return left if _RANK[left] <= _RANK[right] else right


_RANK = {outcome: outcome.rank for outcome in Outcome}
