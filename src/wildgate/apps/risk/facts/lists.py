"""Facts from watch lists and intelligence: which name is like a listed one, and what was heard about such goods."""

from __future__ import annotations

from dataclasses import dataclass

from wildgate.apps.risk.facts.batch import Batch, Facts
from wildgate.apps.risk.models import Intelligence, WatchEntry
from wildgate.apps.risk.parties import likeness, plain_name
from wildgate.targeting.consignment import Consignment, Item

SOURCE_WEIGHT = {"A": 1.0, "B": 0.8, "C": 0.5, "D": 0.2, "E": 0.4}
CONTENT_WEIGHT = {1: 1.0, 2: 0.8, 3: 0.5, 4: 0.3, 5: 0.0}
"""How much of its points an item of intelligence gives by its grade (house values)."""


@dataclass(frozen=True, slots=True)
class Match:
    """A declared name beside an entry of a watch list: `alike` of 100."""

    entry: WatchEntry
    role: str
    declared: str
    alike: int


class Lists:
    """`party.watched` and `intelligence.points`, and the matches behind them."""

    def __init__(self, batch: Batch) -> None:
        self.batch = batch
        on = batch.on
        self.entries = list(WatchEntry.objects.filter(party=batch.party, ended_at=None, expires_on__gte=on)
                            .exclude(confirmed_at=None).order_by("pk")[:5000])
        self.heard = list(Intelligence.objects.filter(party=batch.party, ended_at=None, expires_on__gte=on)
                          .order_by("pk")[:2000])

    def of(self, said: Consignment, item: Item) -> Facts:
        matches = self.matches(said)
        heard = self.heard_of(said, item)
        return {"party.watched": matches[0].alike if matches else 0 if self.entries else None,
                "intelligence.points": round(sum(graded(each) for each in heard), 1) if heard else None}

    def matches(self, said: Consignment, *, least: int = 0) -> list[Match]:
        """The entries that a party of the consignment is like, the most alike first."""
        found = [Match(entry, role, name, alike) for role, name, country in names_in(said) for entry in self.entries
                 if not (entry.country and country and entry.country != country)
                 and (alike := likeness(plain_name(name), entry.plain)) >= max(least, 70)]
        return sorted(found, key=lambda each: (-each.alike, each.entry.pk))

    def heard_of(self, said: Consignment, item: Item) -> list[Intelligence]:
        """What was heard that this item is in the scope of: every part that is named must agree."""
        found = self.batch.taxon(item)
        names = set(found.lineage) if found else {item.taxon}
        firms = [plain_name(name) for _, name, _ in names_in(said)]
        return [each for each in self.heard
                if (not each.taxon or each.taxon in names) and (not each.term or each.term == item.term)
                and (not each.departure or each.departure == said.departure)
                and (not each.destination or each.destination == said.destination)
                and (not each.plain_firm or any(likeness(each.plain_firm, firm) >= 90 for firm in firms))]


def names_in(said: Consignment) -> list[tuple[str, str, str]]:
    """The firms of a consignment by role: name and country."""
    told = (("exporter", said.exporter), ("importer", said.importer), ("declarant", said.declarant))
    found = [(role, trader.name, trader.country) for role, trader in told if trader.name]
    return [*found, ("carrier", said.carrier, "")] if said.carrier else found


def graded(heard: Intelligence) -> float:
    """The points of an item of intelligence after its grade."""
    return heard.points * SOURCE_WEIGHT[heard.reliability] * CONTENT_WEIGHT[heard.content]


