"""What to look at in the box, for each item of a consignment. Pure: codes and values, worded by the page."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from wildgate.convention.listing import Law, Listed
from wildgate.convention.permit import plain
from wildgate.convention.quota import lineage
from wildgate.targeting.consignment import Consignment, Item

LIVE = "LIV"
VENOMOUS = frozenset({"Elapidae", "Viperidae", "Helodermatidae", "Atractaspididae", "Naja", "Ophiophagus", "Bitis",
                      "Crotalus", "Vipera", "Daboia", "Heloderma", "Micrurus", "Theraphosidae", "Poecilotheria",
                      "Brachypelma", "Pandinus", "Dendrobatidae", "Dendrobates", "Phyllobates"})
"""Taxa with which gloves and a second person are the rule of the house."""
MOST_LOOK_ALIKES = 6
MOST_MARKS = 20


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the checklist. `points` are pairs of a code and its values."""

    item: int
    taxon: str = ""
    term: str = ""
    appendix: str = ""
    quantity: Decimal | None = None
    unit: str = ""
    live: bool = False
    venomous: bool = False
    description: str = ""
    permits: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    points: tuple[dict[str, Any], ...] = field(default=())


def rows(consignment: Consignment, law: Law, look_alikes: Mapping[str, Sequence[str]]) -> list[Row]:
    """The checklist of a consignment; `look_alikes` names, by taxon, what was or may be taken for it."""
    return [row_of(item, law, look_alikes.get(item.taxon, ())) for item in consignment.items]


def row_of(item: Item, law: Law, look_alikes: Sequence[str]) -> Row:
    names = lineage(law, item.taxon) if item.taxon else ()
    live = item.term == LIVE
    venomous = live and bool(VENOMOUS & set(names))
    permits = tuple(f"{ref.country} {ref.number}".strip() for ref in item.permits)
    return Row(item.number, item.taxon, item.term, appendix_of(law, item.taxon, item.origin), item.quantity, item.unit,
               live, venomous, item.description[:300], permits, item.marks[:MOST_MARKS],
               tuple(_points(item, look_alikes, permits, live=live, venomous=venomous)))


def _points(item: Item, look_alikes: Sequence[str], permits: Collection[str], *, live: bool,
            venomous: bool) -> list[dict[str, Any]]:
    out: list[dict[str, Any]] = []
    if venomous:
        out.append({"code": "venomous"})
    out.append({"code": "permit", "numbers": ", ".join(permits)} if permits else {"code": "no-permit"})
    if item.term:
        out.append({"code": "term", "term": item.term})
    if look_alikes:
        out.append({"code": "look-alikes", "names": ", ".join(look_alikes[:MOST_LOOK_ALIKES])})
    if item.marks:
        out.append({"code": "marks", "marks": ", ".join(item.marks[:MOST_MARKS])})
    if item.quantity is not None:
        out.append({"code": "quantity", "quantity": plain(item.quantity), "unit": item.unit})
    if live:
        out += [{"code": "transport"}, {"code": "alive"}]
    return out


def appendix_of(law: Law, taxon: str, origin: str = "") -> str:
    """The strictest Appendix the taxon stands in, or nothing."""
    found = law.listings(taxon, origin or None) if taxon else None
    return str(found.strictest.appendix) if isinstance(found, Listed) else ""
