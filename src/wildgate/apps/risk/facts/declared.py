"""Facts that stand in the declaration itself: its route, its wording, what is missing, and what the taxon is."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from decimal import Decimal

from wildgate.apps.risk.facts.batch import Batch, Facts, number_of
from wildgate.apps.risk.models import Result
from wildgate.convention.listing import Listed
from wildgate.convention.taxonomy import Rank
from wildgate.kit.models import Event
from wildgate.targeting.consignment import Consignment, Item

LIVE = "LIV"
YEAR = timedelta(days=365)
MOST_ALERTS = 500
NOT_CITES = frozenset({"Y900", "Y932", "not-cites"})
STATEMENT = frozenset({"iata-lar", "live-transport", "C640"})
FREE_ZONE = re.compile(r"\b(ftz|free (trade |port|zone)|freeport|zone franche|zona franca|freizone)", re.IGNORECASE)
GENERIC = re.compile(r"\b(gifts?|toys?|plastic|crafts?|samples?|souvenirs?|personal effects|household goods|"
                     r"handicrafts?|accessor(y|ies)|decorations?|no commercial value|cadeaux?|jouets?|regalos?|"
                     r"juguetes?|muestras?|artesan[ií]as?)\b", re.IGNORECASE)
DUE_IN_ADVANCE = ("departure", "destination", "transport_document")


class Declared:
    """The groups `declaration`, `item`, `live` and `cargo`, as far as the declaration tells them."""

    def __init__(self, batch: Batch) -> None:
        self.batch = batch

        self.warned = _warned(batch)
        self.found = _found_with(batch)

    def of(self, said: Consignment, item: Item) -> Facts:
        return {**_way(said), **_goods(said, item), **self._taxon(item), **self._with(said, item)}

    def _taxon(self, item: Item) -> Facts:
        taxon, answer = self.batch.taxon(item), self.batch.listing(item)
        listed = answer if isinstance(answer, Listed) else None
        wide = taxon is not None and taxon.rank is Rank.GENUS
        return {
            "item.taxon": taxon.name if taxon else item.taxon.strip() or None,
            "item.rank": taxon.rank.value if taxon else None,
            "item.appendix": listed.strictest.appendix.value if listed and not listed.ambiguous else None,
            "item.listed": True if listed else None if answer is None or (item.taxon and taxon is None) else False,
            "item.mixed_genus": bool(wide and (listed is None or listed.ambiguous)
                                     and self.batch.law.within(taxon.name, self.batch.on)) if taxon else None,
        }

    def _with(self, said: Consignment, item: Item) -> Facts:
        listed = {self.batch.name(each) for each in said.items if self.batch.listed(each)}
        live = item.term == LIVE
        return {"cargo.wildlife_kinds": len(listed), "cargo.contraband": self._contraband(said),
                "live.statement": bool(STATEMENT & set(item.claims)) if live and item.claims else None}


    def _contraband(self, said: Consignment) -> bool | None:
        """Announced by an alert that names the declaration or a permit on it, or found when it was opened before."""
        names = {said.reference, *(number_of(ref.number) for each in said.items for ref in each.permits)}
        return True if names & self.warned else self.found.get(said.reference)


def _warned(batch: Batch) -> frozenset[str]:
    """Declarations and permits that an alert of the last year names together with other contraband."""
    rows = Event.objects.filter(party=batch.party, kind="alert", at__gt=batch.at - YEAR, at__lte=batch.at)
    told = [json.loads(data) for data in rows.order_by("-seq").values_list("data", flat=True)[:MOST_ALERTS]]
    told = [each for each in told if each.get("topic") == "contraband"]
    return frozenset({each["declaration"] for each in told if each.get("declaration")}
                     | {number_of(each["permit"]) for each in told if each.get("permit")})


def _found_with(batch: Batch) -> dict[str, bool]:
    """By reference of what was opened already: were goods in it that nobody had declared?"""
    rows = (Result.objects.filter(party=batch.party, at__lte=batch.at,
                                  assessment__reference__in=[said.reference for said in batch.consignments])
            .values_list("assessment__reference", "outcome"))
    found: dict[str, bool] = {}
    for reference, outcome in rows:
        found[reference] = found.get(reference, False) or outcome == Result.Outcome.UNDECLARED
    return found


def _way(said: Consignment) -> Facts:
    return {
        "declaration.direction": said.direction, "declaration.procedure": said.procedure,
        "declaration.mode": said.mode, "declaration.post": said.post, "declaration.departure": said.departure,
        "declaration.destination": said.destination, "declaration.route": frozenset(said.route),
        "declaration.free_zones": sum(bool(FREE_ZONE.search(place)) for place in said.route) if said.route else None,
        "declaration.illogical_route": goes_back(said) if said.route else None,
        "declaration.hours_before": (said.moves_at - said.lodged_at).total_seconds() / 3600 if said.moves_at else None,
        "declaration.express": said.express, "declaration.changed": frozenset(said.late_changes),
        "declaration.missing_data": lacks(said),
    }


def goes_back(said: Consignment) -> bool:
    """Does the way lead through a country again that it had left, its beginning and its end among them?"""
    countries = [place[:2].upper() for place in (said.departure, *said.route, said.destination)
                 if re.match(r"[A-Za-z]{2}(\b|[A-Z]{3}\b)", place)]
    stays = [place for i, place in enumerate(countries) if i == 0 or countries[i - 1] != place]
    return len(stays) != len(set(stays))


def lacks(said: Consignment) -> bool:
    """Is something missing that must be there before the goods are?"""
    bare = any(not getattr(said, name) for name in DUE_IN_ADVANCE) or not (said.exporter.name and said.importer.name)
    return bare or any(not (item.hs and item.description) for item in said.items)


def _goods(said: Consignment, item: Item) -> Facts:
    digits = re.sub(r"\D", "", item.hs)[:6]
    return {
        "item.hs": digits if len(digits) == 6 else None, "item.chapter": digits[:2] or None,
        "item.term": item.term or None, "item.unit": item.unit or None, "item.quantity": item.quantity,
        "item.net_mass": item.net_mass, "item.value": item.value, "item.source": item.source or None,
        "item.purpose": item.purpose or None, "item.origin": item.origin or None,
        "item.live": item.term == LIVE if item.term else None,
        "item.has_permit": bool(item.permits), "item.not_cites": bool(NOT_CITES & set(item.claims)),
        "item.generic": bool(GENERIC.search(item.description)) if item.description else None,
    }


def each(item: Item) -> tuple[Decimal | None, Decimal | None]:
    """Mass and value of one unit."""
    if not item.quantity:
        return None, None
    return (item.net_mass / item.quantity if item.net_mass else None,
            item.value / item.quantity if item.value else None)
