"""What risk control keeps of a declared item, and the combinations of it that rates are counted by."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from wildgate.apps.risk.facts.batch import Batch, Facts, number_of
from wildgate.apps.risk.models import Assessment, Seen
from wildgate.targeting.consignment import Consignment, Item
from wildgate.targeting.fields import FIELDS, Value

EXEMPT = frozenset({"personal-effects", "C673"})
MOST = 10**12
SCORES = frozenset({"model.score"})


def seen(batch: Batch, row: Assessment, said: Consignment, item: Item) -> Seen:
    """The row of one declared item: codes and amounts, no name and no address."""
    keys = batch.keys[said.reference]
    return Seen(
        party=said.party, assessment=row, number=item.number, at=batch.at, direction=said.direction[:12],
        post=said.post[:60], hs=item.hs[:12], taxon=batch.name(item)[:200], term=item.term[:3], source=item.source[:1],
        purpose=item.purpose[:1], origin=item.origin[:2], exporter=keys.exporter, importer=keys.importer,
        trader=keys.trader, address=keys.address, code=code_of(item), lane_key=lane_of(batch, said, item),
        permit=number_of(item.permits[0].number) if item.permits else "",
        quantity=_kept(item.quantity), unit=item.unit[:3], net_mass=_kept(item.net_mass), value=_kept(item.value),
        exempt=bool(EXEMPT & set(item.claims)))


def kept_facts(facts: Facts) -> dict[str, Any]:
    """Facts as they are stored: what is known only, numbers as numbers, sets in order."""
    return {name: _plain(value) for name, value in facts.items() if value is not None and name not in SCORES}


def read_facts(kept: Mapping[str, Any]) -> Facts:
    """Stored facts as the rules take them."""
    return {name: frozenset(value) if isinstance(value, list) else value for name, value in kept.items()
            if name in FIELDS}


def _plain(value: Value) -> Any:
    if isinstance(value, frozenset):
        return sorted(value)
    return float(value) if isinstance(value, Decimal) else value


def code_of(item: Item) -> str:
    """Six digits of the customs code."""
    return re.sub(r"\D", "", item.hs)[:6]


def lane_of(batch: Batch, said: Consignment, item: Item) -> str:
    """The lane of CITES trade: taxon, term, source, purpose, both countries and origin, as one key."""
    parts = (batch.name(item), item.term, item.source, item.purpose, said.departure, said.destination, item.origin)
    return hashlib.sha256("|".join(parts).encode()).hexdigest()[:32] if item.taxon else ""


def _kept(amount: Decimal | None) -> Decimal | None:
    """An amount as the column holds it; none that it could not hold."""
    return amount if amount is not None and amount.is_finite() and abs(amount) < MOST else None
