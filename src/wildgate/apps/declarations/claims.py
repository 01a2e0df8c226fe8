"""Claims that goods are not listed (Y900): how often a trader makes them, how often they stand on a tariff line."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Count, Q

from wildgate.apps.declarations.models import DeclaredItem

LOOKED_BACK: Final = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Share:
    """Claims among items. `doubted`: claims that stood against what the item said itself."""

    items: int
    claims: int
    doubted: int

    @property
    def share(self) -> float | None:
        """The part of items with the claim; None where there is no item."""
        return self.claims / self.items if self.items else None

    @property
    def percent(self) -> int:
        return round(100 * (self.share or 0))


def of_trader(party: str, trader: str, at: datetime) -> Share:
    """All items of this trader within a year."""
    return _share(Q(party=party, trader=trader) & Q(trader__gt=""), at)


def of_code(party: str, hs: str, at: datetime) -> Share:
    """All items under this customs code of six digits within a year."""
    return _share(Q(party=party, hs=hs[:6]), at)


def _share(which: Q, at: datetime) -> Share:
    found = DeclaredItem.objects.filter(which, newest=True, at__gt=at - LOOKED_BACK, at__lte=at).aggregate(
        items=Count("pk"), claims=Count("pk", filter=Q(not_cites=True)),
        doubted=Count("pk", filter=Q(not_cites=True, doubted=True)))
    return Share(found["items"], found["claims"], found["doubted"])
