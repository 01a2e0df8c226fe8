"""What the trade records say, as facts that risk profiles may speak of: the group `trade`.

Only signals that stand are told: found by the newest search, not dismissed. Without one a fact is not known, so a
profile that asks for it says nothing. One query for all consignments of a batch.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from wildgate.apps.risk.facts.batch import Batch, Facts
from wildgate.apps.risk.offered import offers
from wildgate.apps.signals.models import Signal
from wildgate.targeting.consignment import Consignment, Item

BRED = frozenset("CDF")
COLUMNS = ("kind", "taxon", "term", "source", "exporter", "importer", "origin", "value", "words")
MOST = 2000


@offers
class Records:
    """The signals about the taxa of a batch."""

    def __init__(self, batch: Batch) -> None:
        self.batch = batch
        self.signals: dict[str, list[dict[str, Any]]] = defaultdict(list)
        taxa = {batch.name(item) for _, item in batch.items() if item.taxon}
        rows = (Signal.objects.filter(party=batch.party, taxon__in=taxa, gone_at=None, seen_at__lte=batch.at)
                .exclude(state=Signal.State.DISMISSED).order_by("-year", "-strength").values(*COLUMNS)[:MOST]
                ) if taxa else ()
        for row in rows:
            self.signals[row["taxon"]].append(row)

    def of(self, said: Consignment, item: Item) -> Facts:
        """The strongest number of each kind that speaks of this taxon, term, source and way."""
        sender = said.departure or (self.batch.party if said.direction != "import" else "")
        receiver = said.destination or (self.batch.party if said.direction == "import" else "")
        mine = [row for row in self.signals.get(self.batch.name(item), ()) if speaks(row, item, sender, receiver)]
        found: Facts = {"trade.signals": len(mine)} if mine else {}
        for row in mine:
            for name, value in numbers(row).items():
                held = found.get(name)
                if held is None or (isinstance(held, Decimal) and isinstance(value, Decimal) and value > held):
                    found[name] = value
        return found


def speaks(row: Mapping[str, Any], item: Item, sender: str, receiver: str) -> bool:
    """Is a signal about this item on its way? What the signal leaves open fits everything."""
    home = (item.origin or sender) if row["kind"] == Signal.Kind.QUOTA else sender
    if row["exporter"] != home or (row["importer"] and row["importer"] != receiver):
        return False
    if row["term"] and item.term not in row["term"].split(",") and row["kind"] != Signal.Kind.CAPTIVE:
        return False
    if row["kind"] == Signal.Kind.SHIFT:
        return bool(row["source"] == item.source)
    if row["kind"] == Signal.Kind.CAPTIVE:
        return item.source in BRED
    return not row["origin"] or row["origin"] == item.origin


def numbers(row: Mapping[str, Any]) -> Facts:
    """A signal as a fact with its number."""
    words = row["words"]
    match row["kind"]:
        case Signal.Kind.RISE:
            times = _number(words, "times") or row["value"] / max(_number(words, "high"), Decimal(1))
            return {"trade.rise": times}
        case Signal.Kind.SHIFT:
            return {"trade.source_shift": _number(words, "least") / 100}
        case Signal.Kind.CAPTIVE:
            return {"trade.captive": True}
        case Signal.Kind.ROUTE:
            return {"trade.new_route": True}
        case Signal.Kind.QUOTA:
            return {"trade.quota": _number(words, "share") / 100}
        case _:
            times = _number(words, "times")
            return {"trade.gap": times} if times else {}


def _number(words: Mapping[str, Any], name: str) -> Decimal:
    try:
        return Decimal(str(words.get(name, "0")))
    except InvalidOperation:
        return Decimal(0)
