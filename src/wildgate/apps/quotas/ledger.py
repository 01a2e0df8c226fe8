"""The ledger of quotas: its tables, and what a quota answers that has too little. `kit.books` does the work."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from wildgate.apps.quotas.models import QuotaBalance, QuotaEntry, QuotaHold
from wildgate.convention.quota import NOTHING
from wildgate.convention.refusal import Refusal
from wildgate.kit import books
from wildgate.kit.books import Books, Ledger, State


@dataclass(frozen=True, slots=True)
class Demand(books.Demand):
    """What one line asks of one balance, with the words for its quota and the quota's key."""

    label: str = ""
    quota: int = 0


def locked(keys: Iterable[int]) -> list[QuotaBalance]:
    """These balances under their locks, in the ledger's order."""
    return list(QuotaBalance.objects.select_for_update().filter(pk__in=set(keys)).order_by("pk"))


def _short(made: Books, asked: Demand) -> Refusal:
    """Tells apart what was bound last and is still held from the rest."""
    newest = (QuotaHold.objects.filter(balance_id=asked.balance, state=State.BOUND).exclude(subject=made.subject)
              .order_by("-pk").first())
    return made.balances[asked.balance].refuse(asked.quantity, newest=newest.quantity if newest else NOTHING,
                                               label=asked.label)


LEDGER = Ledger(locked, QuotaEntry, QuotaHold, _short)
