"""Budgets for everybody together: nothing is counted by address, so nothing about anybody is kept.

A bucket fills at a steady rate up to its size. A tip takes one token of `intake`, a look with a receipt one of `guess`.
House values: sixty tips at once and one a minute after; sixty looks at once and one every five seconds after.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from math import ceil
from typing import Final

from django.db import transaction

from wildgate.apps.tips.models import Bucket


@dataclass(frozen=True, slots=True)
class Budget:
    """How much a bucket holds, and how many seconds one more token takes."""

    name: str
    size: int
    seconds: float


INTAKE: Final = Budget("intake", 60, 60)
GUESS: Final = Budget("guess", 60, 5)


def level(budget: Budget, party: str, at: datetime) -> float:
    """The share of the budget that is left, 0 to 1; only read."""
    row = Bucket.objects.filter(party=party, name=budget.name).first()
    return 1.0 if row is None else _now(row, budget, at) / budget.size


def wait(budget: Budget, party: str, at: datetime) -> int:
    """Seconds until there is a token again; 0 when there is one. Only read."""
    row = Bucket.objects.filter(party=party, name=budget.name).first()
    return 0 if row is None else _seconds(_now(row, budget, at), budget)


def take(budget: Budget, party: str, at: datetime) -> int:
    """Take a token: 0. With none left, nothing is taken and the seconds until the next one are told."""
    with transaction.atomic():
        Bucket.objects.bulk_create([Bucket(party=party, name=budget.name, tokens=budget.size, at=at)],
                                   ignore_conflicts=True)
        row = Bucket.objects.select_for_update().get(party=party, name=budget.name)
        row.tokens = _now(row, budget, at)
        if missing := _seconds(row.tokens, budget):
            return missing
        row.tokens, row.at = row.tokens - 1, max(row.at, at)
        row.save(update_fields=["tokens", "at"])
    return 0


def _now(row: Bucket, budget: Budget, at: datetime) -> float:
    """Also when another server's clock is a little ahead: time never takes tokens away."""
    run_in = max((at - row.at).total_seconds(), 0.0) / budget.seconds
    return min(row.tokens + run_in, float(budget.size))


def _seconds(tokens: float, budget: Budget) -> int:
    return 0 if tokens >= 1 else max(ceil((1 - tokens) * budget.seconds), 1)
