"""One line of a trade as the rules see it: the question with its listing, and the answer as it grows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from wildgate.convention import rules
from wildgate.convention.listing import Coverage, Listing
from wildgate.convention.outcome import Document, Finding
from wildgate.convention.outcome import Warning as Caution
from wildgate.convention.refusal import Refusal
from wildgate.convention.rules import Facts, Rule
from wildgate.convention.taxonomy import Taxon
from wildgate.convention.trade import Line, Trade
from wildgate.convention.vocabulary import Appendix, Outcome


class Answer(NamedTuple):
    """What a rule brings for one line. The merge of all lines is the ruling."""

    rule: str | None
    decision: Outcome
    documents: tuple[Document, ...] = ()
    findings: tuple[Finding, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    warnings: tuple[Caution, ...] = ()


class Doubt(NamedTuple):
    """A warning with the least strict decision that it leaves open: None leaves the decision as it was."""

    warning: Caution
    floor: Outcome | None = None


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

    @property
    def name(self) -> str:
        return self.taxon.name

    @property
    def operation(self) -> str | None:
        return self.line.operation or self.trade.registered_operation

    def by(self, row: Rule) -> Answer:
        """The answer of `row`, with the documents and findings that it brings for this kind of line."""
        return Answer(
            row.id, row.answer(self.trade.purpose), rules.documents(row, self.facts), rules.findings(row, self.facts)
        )


def strictest(left: Outcome, right: Outcome) -> Outcome:
    """Refuse, then conditional, then allow, then no document."""
    return left if _RANK[left] <= _RANK[right] else right


_RANK = {outcome: outcome.rank for outcome in Outcome}
