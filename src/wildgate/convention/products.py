"""Rules for one product with a date of their own, as data: caviar is re-exported within eighteen months (12.7).

A rule counts from the day of issue of the original export permit. It stands in `wildgate/data/product_rules.tsv` with
its basis and source; the same table says since when and until when it holds.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache

from wildgate.convention.listing import Law
from wildgate.convention.quota import lineage
from wildgate.convention.refusal import Refusal, refuse
from wildgate.convention.tables import read_facts
from wildgate.convention.validity import add_months
from wildgate.convention.vocabulary import Direction

NOT_CONFIRMED = "To be confirmed by your authority."


@dataclass(frozen=True, slots=True)
class ProductRule:
    """A last day for a product. `fact` is the unconfirmed fact that it rests on, empty where sources confirm it."""

    id: str
    taxa: frozenset[str]
    terms: frozenset[str]
    directions: frozenset[str]
    months: int
    start: date | None
    end: date | None
    fact: str
    basis: tuple[str, ...]
    words: str

    def holds(self, names: Iterable[str], term: str, direction: Direction, on: date) -> bool:
        """Is this product meant, on that day? `names` is the lineage of its taxon."""
        return (term in self.terms and direction.value in self.directions and not self.taxa.isdisjoint(names)
                and (self.start is None or self.start <= on) and (self.end is None or on < self.end))

    def last_day(self, permit_issued_on: date) -> date:
        """The last day on which the product may leave, and on which its certificate is valid."""
        return add_months(permit_issued_on, self.months)

    def refuses(self, permit_issued_on: date | None, on: date, *, line: int, taxon: str,
                confirmed: frozenset[str] = frozenset()) -> Refusal | None:
        """Why the line may not leave on that day; also when the day of the origin permit is not known."""
        basis = self.basis if not self.fact or self.fact in confirmed else (*self.basis, NOT_CONFIRMED)
        if permit_issued_on is None:
            return refuse("product-date-missing", "%(words)s: give the day on which the export permit of the country "
                          "of origin was issued.", words=self.words, basis=basis,
                          field=f"lines[{line}].origin_permit_date")
        if on <= (last := self.last_day(permit_issued_on)):
            return None
        return refuse("product-too-late", "%(words)s: the export permit for this %(taxon)s is of %(issued)s, the last "
                      "day was %(last)s.", words=self.words, taxon=taxon, issued=permit_issued_on, last=last,
                      basis=basis, field=f"lines[{line}].origin_permit_date")


@cache
def product_rules() -> tuple[ProductRule, ...]:
    """The rules of `wildgate/data/product_rules.tsv`."""
    return tuple(_read(row) for row in read_facts("product_rules"))


def _read(row: dict[str, str]) -> ProductRule:
    return ProductRule(
        row["id"], frozenset(row["taxa"].split("|")), frozenset(row["terms"].split("|")),
        frozenset(row["directions"].split("|")), int(row["months"]), _day(row["from"]), _day(row["until"]), row["fact"],
        tuple(row["basis"].split("; ")), row["words"])


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def rules_for(taxon: str, term: str, direction: Direction, on: date, law: Law, *,
              not_accepted: frozenset[str] = frozenset()) -> tuple[ProductRule, ...]:
    """The rules that this product meets on that day; those that rest on a fact which the authority does not accept are
    left out."""
    names = lineage(law, taxon)
    return tuple(rule for rule in product_rules() if rule.fact not in not_accepted
                 and rule.holds(names, term, direction, on))
