"""The stock that a case draws on, as an officer sees it: used, bound, this case, free."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.conf import settings

from wildgate.apps.permits.models import Application
from wildgate.apps.stock import selectors
from wildgate.apps.stock.models import StockEntry


@dataclass(frozen=True, slots=True)
class StockCard:
    """One entry with its figures in its own unit; `this` is what the case holds of it, in `blocks`."""

    entry: StockEntry
    total: Decimal
    used: Decimal
    bound: Decimal
    this: Decimal
    blocks: tuple[str, ...]


def cards(case: Application) -> list[StockCard]:
    """The entries that an application or its certificate holds a part of now."""
    if settings.STOCK != "required" and not any(line.get("stock") for line in case.answers.get("lines", ())):
        return []
    found = []
    for entry, holds in selectors.held_for(case.subject):
        balance = selectors.standing(entry).balance
        this = sum((hold.quantity for hold in holds), Decimal(0))
        found.append(StockCard(entry, balance.amount, balance.used, balance.bound + balance.reserved - this, this,
                               tuple(hold.block for hold in holds)))
    return found
