"""What is read of customs codes: the table that holds at a Party, what fits, what is odd, what a description names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from django.db.models import Count, Max, QuerySet

from wildgate.apps.accounts.access import Action, Actor, can
from wildgate.apps.goods.models import Accepted, CodeRow
from wildgate.apps.species import registry
from wildgate.apps.species.index import SYNONYM
from wildgate.convention.listing import Law
from wildgate.convention.taxonomy import Taxon
from wildgate.screening import gazetteer
from wildgate.screening.gazetteer import Gazetteer, Mention
from wildgate.targeting import goods, usual
from wildgate.targeting.consignment import Item
from wildgate.targeting.goods import Disguise, Fit, Row, Table
from wildgate.targeting.usual import Plausible, Usual

LOOKED_BACK: Final = 300
"""So many accepted items of a genus and term are learnt from, the newest first."""


@dataclass(frozen=True, slots=True)
class Judged:
    """Everything that the goods of one item tell by themselves. `lineage` runs from the taxon upwards, if known."""

    lineage: tuple[str, ...]
    fit: Fit
    plausible: Plausible
    mentions: tuple[Mention, ...]
    needs_statement: bool
    hidden: tuple[Disguise, ...]
    says_little: bool

    @property
    def named(self) -> frozenset[str]:
        """Taxa that the description surely names."""
        return frozenset(each.taxon for each in self.mentions if each.sure and each.taxon)

    @property
    def words(self) -> frozenset[str]:
        """Taxa and terms of trade in the description, as profiles ask for them."""
        return self.named | {each.term for each in self.mentions if each.term}


def judged(item: Item, *, party: str, law: Law | None = None) -> Judged:
    """One item by all measures. With the `law` at hand, two queries; without, three."""
    taxon = placed(item.taxon, party=party, law=law)
    lineage = taxon.lineage if taxon else ()
    seen = _seen(party, taxon, item.term)
    here = table(party)
    known = here.with_seen(_counts(seen)) if seen else here
    return Judged(lineage, known.fit(item.hs, lineage, item.term),
                  usual.plausible(item, lineage, _learnt(seen, taxon)), words(item.description, party=party),
                  here.needs_statement(item.hs), here.hidden(item.hs), gazetteer.shipped_words().says_little(
                      item.description))


def fit(hs: str, taxon: str, term: str, *, party: str) -> Fit:
    """Does a customs code fit a taxon and a term, by the Party's own table and what it has learnt?"""
    found = placed(taxon, party=party)
    lineage = found.lineage if found else ()
    return table(party).with_seen(_counts(_seen(party, found, term))).fit(hs, lineage, term)


def plausibility(item: Item, *, party: str) -> Plausible:
    """What is odd about mass, value and quantity of an item."""
    taxon = placed(item.taxon, party=party)
    return usual.plausible(item, taxon.lineage if taxon else (), _learnt(_seen(party, taxon, item.term), taxon))


def words(description: str, *, party: str = "") -> tuple[Mention, ...]:
    """Names of listed taxa and words of trade in a description, with the names that the Party imported."""
    return names(party).mentions(description) if description.strip() else ()


def names(party: str = "") -> Gazetteer:
    """What descriptions are searched for."""
    standing = registry.standing(party) if party else None
    return _names(standing) if standing else gazetteer.shipped()


def placed(name: str, *, party: str, law: Law | None = None) -> Taxon | None:
    """A taxon by its name as written; None where it cannot be placed."""
    if not name.strip():
        return None
    found = (law or registry.law_of(party)).resolve(name)
    return found if isinstance(found, Taxon) else None


def table(party: str) -> Table:
    """The shipped table with the Party's changes: one small query, the table itself is kept."""
    newest = (CodeRow.objects.filter(party=party).order_by("-pk")
              .values_list("pk", "hs", "act", "set_at", "taxa", "terms").first())
    return _table(party, newest) if newest else goods.shipped()


@lru_cache(maxsize=4)
def _table(party: str, newest: tuple[object, ...]) -> Table:
    """`newest` names the state of the table: its last change."""
    last = CodeRow.objects.filter(party=party).values("hs").annotate(last=Max("pk")).values("last")
    rows = list(CodeRow.objects.filter(pk__in=last))
    own = [Row(each.hs, each.goods, goods.parts(each.taxa), goods.parts(each.terms), each.strength, each.scope)
           for each in rows if each.act == CodeRow.Act.SET]
    return goods.shipped().with_rows(own, {each.hs for each in rows if each.act == CodeRow.Act.REMOVED})


@lru_cache(maxsize=2)
def _names(standing: registry.Standing) -> Gazetteer:
    """The shipped names with those of the imports. A list of synonyms and one of common names are told apart."""
    told = list(registry.every_name(standing[0]))
    return Gazetteer([*gazetteer.shipped_names(), *(
        gazetteer.Name(name, gazetteer.COMMON if len(kind) == 2 else
                       gazetteer.SYNONYM if kind == SYNONYM else gazetteer.SCIENTIFIC, (target,))
        for name, target, kind in told if (len(kind) == 2 or " " in name) and gazetteer.is_listed(target))])


def _seen(party: str, taxon: Taxon | None, term: str) -> list[Accepted]:
    if taxon is None or not term:
        return []
    return list(Accepted.objects.filter(party=party, genus=taxon.genus or taxon.name, term=term).order_by("-pk")[
        :LOOKED_BACK])


def _counts(seen: Iterable[Accepted]) -> Counter[tuple[str, str, str]]:
    """How often a code was accepted, for the taxon and for its genus."""
    found: Counter[tuple[str, str, str]] = Counter()
    for each in seen:
        for name in {each.taxon, each.genus}:
            found[each.hs, name, each.term] += 1
    return found


def _learnt(seen: Sequence[Accepted], taxon: Taxon | None) -> dict[tuple[str, str], Usual]:
    """Usual measures of the taxon itself where enough was seen of it, else of its genus."""
    own = [each for each in seen if taxon and each.taxon == taxon.name]
    figures: dict[tuple[str, str], list[float]] = {}
    for each in own if len(own) >= usual.ENOUGH else seen:
        figures.setdefault((usual.QUANTITY, each.unit), []).append(float(each.quantity))
        if each.mass:
            figures.setdefault((usual.MASS, each.unit), []).append(each.mass)
        if each.value:
            figures.setdefault((usual.VALUE, f"{each.unit} {each.currency}"), []).append(each.value)
    return {key: found for key, values in figures.items() if (found := usual.learn(values))}


def rows(actor: Actor, *, ours: bool = False) -> list[Row]:
    """The table by code; nothing for who may not see it."""
    if not can(actor, Action.VIEW_GOODS):
        return []
    return sorted((row for row in table(actor.party).rows.values() if row.ours or not ours), key=lambda row: row.hs)


def history(actor: Actor, hs: str) -> QuerySet[CodeRow]:
    """What the authority did to a code, the newest first."""
    found = CodeRow.objects.filter(party=actor.party, hs=hs).select_related("set_by").order_by("-pk")
    return found if can(actor, Action.VIEW_GOODS) else found.none()


def accepted(actor: Actor, hs: str, most: int = 50) -> list[tuple[str, str, int]]:
    """Taxon, term and how often the code was accepted for them and found right."""
    if not can(actor, Action.VIEW_GOODS):
        return []
    found = (Accepted.objects.filter(party=actor.party, hs=hs).values_list("taxon", "term").annotate(n=Count("pk"))
             .order_by("-n", "taxon", "term"))
    return [(taxon, term, n) for taxon, term, n in found[:most]]
