"""The ledger of stock: its tables, and what an entry answers that has too little. `kit.books` does the work.

Its locks are taken after those of the quotas.
"""

from __future__ import annotations

from collections.abc import Iterable

from wildgate.apps.stock.models import StockBalance, StockHold, StockLine
from wildgate.convention.refusal import Refusal
from wildgate.convention.stock import short
from wildgate.kit.books import Books, Demand, Ledger


def locked(keys: Iterable[int]) -> list[StockBalance]:
    """The balances of these entries under their locks, in the ledger's order."""
    return list(StockBalance.objects.select_for_update(of=("self",)).select_related("entry")
                .filter(pk__in=set(keys)).order_by("pk"))


def _short(made: Books, asked: Demand) -> Refusal:
    return short(made.rows[asked.balance].entry.stock(made.balances[asked.balance]), asked.quantity)


LEDGER = Ledger(locked, StockLine, StockHold, _short)
