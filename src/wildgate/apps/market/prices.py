"""What an offer costs against others like it: a ratio to their median with the basis named, and never a verdict.

The figures are those of captured listings: what people looked for, not the market. They are compared in one currency,
a piece, in logarithms, with the median deviation as the spread, so that a few odd prices move nothing. Of one seller
only one price counts.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Final

from django.db.models import QuerySet

from wildgate.apps.market.models import Listing

FEWEST: Final = 8
"""So many sellers beside this one say something."""
TIMES: Final = 3.0
"""So many times the median, or so small a part of it, is far off (house value)."""
SPREADS: Final = 3.0
FLOOR: Final = 0.25
"""The least spread of the logarithm that is taken as usual: prices differ by a quarter for no reason that matters."""
TO_SIGMA: Final = 1.4826
NEWEST: Final = timedelta(days=730)
MOST: Final = 2_000
LOW, HIGH, USUAL = "price-low", "price-high", "price-usual"


@dataclass(frozen=True, slots=True)
class Stand:
    """Where a price stands. `scope` is what the others have in common: platform, taxon or group."""

    code: str
    price: float
    middle: float
    count: int
    scope: str
    currency: str
    several: bool
    """Whether the price was divided by a number of specimens."""

    @property
    def values(self) -> dict[str, str]:
        return {"price": _written(self.price), "median": _written(self.middle), "count": str(self.count),
                "currency": self.currency, "times": f"{self.price / self.middle:.2g}"}


def stand(row: Listing, at: datetime) -> Stand | None:
    """Where the price of a listing stands; None without a price, or where too few others are known."""
    own = each(row)
    if own is None or not row.currency or not (row.taxon or row.group):
        return None
    for scope, found in _scopes(row, at):
        prices = _one_of_a_seller(found)
        if len(prices) >= FEWEST:
            return _judged(row, own, prices, scope)
    return None


def each(row: Listing) -> float | None:
    """The price of one specimen, as far as the listing tells their number."""
    if row.price is None or row.price <= 0:
        return None
    return row.price / row.quantity if row.quantity and row.quantity >= 1 else row.price


def _scopes(row: Listing, at: datetime) -> Iterable[tuple[str, QuerySet[Listing]]]:
    """From the narrowest on."""
    like = Listing.objects.filter(
        party=row.party, currency=row.currency, price__gt=0, specimen=Listing.Specimen.REAL, erased_at=None,
        last_seen__gte=at - NEWEST).exclude(pk=row.pk)
    if row.seller_id is not None:
        like = like.exclude(seller_id=row.seller_id)
    if row.taxon and row.term:
        same = like.filter(taxon=row.taxon, term=row.term)
        if row.platform_id is not None:
            yield "platform", same.filter(platform_id=row.platform_id)
        yield "taxon", same
    if row.group and row.term:
        yield "group", like.filter(group=row.group, term=row.term)


def _one_of_a_seller(found: QuerySet[Listing]) -> list[float]:
    """The median price of each seller; a listing without one stands for itself."""
    by_seller: dict[tuple[str, int], list[float]] = {}
    rows = found.order_by("-last_seen", "-pk").only("pk", "seller_id", "price", "quantity")[:MOST]
    for other in rows:
        price = each(other)
        if price is not None:
            key = ("listing", other.pk) if other.seller_id is None else ("seller", other.seller_id)
            by_seller.setdefault(key, []).append(price)
    return [median(prices) for prices in by_seller.values()]


def _judged(row: Listing, own: float, prices: list[float], scope: str) -> Stand:
    middle = median(prices)
    spread = max(TO_SIGMA * median(abs(math.log(price / middle)) for price in prices), FLOOR)
    away = math.log(own / middle)
    far = abs(away) >= max(math.log(TIMES), SPREADS * spread)
    code = USUAL if not far else HIGH if away > 0 else LOW
    return Stand(code, own, middle, len(prices), scope, row.currency,
                 bool(row.quantity and row.quantity > 1))


def _written(price: float) -> str:
    return f"{price:,.2f}".rstrip("0").rstrip(".") if price < 1000 else f"{price:,.0f}"
