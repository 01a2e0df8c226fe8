"""What the public part does not show: figures of so few records that a person could be known by them.

The CITES Trade Database is public and names nobody; our own records are fresh and come with a border and a month, and
purposes such as a personal belonging or a hunting trophy are of one person each. There a figure rests on at least five
records or is left out, and with it the smallest of the others where the rest would give it away.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Final

from wildgate.apps.figures.suppression import LEAST, withheld

FEWEST: Final = LEAST
PERSONAL: Final = frozenset("PHQ")
"""Purposes of single persons: personal, hunting trophy, circus and travelling exhibition."""
PUBLISHED_FROM: Final = (11, 1)
"""Own records of a year are public once its annual report was due (31 October of the next year)."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of an answer: what it is of, how much, on how many records. `quantity` None: not shown."""

    key: tuple[str, ...]
    quantity: Decimal | None
    records: int

    @property
    def hidden(self) -> bool:
        return self.quantity is None


def touchy(kind: str, purpose: str) -> bool:
    """Whether figures of such records could show a person."""
    return kind == "own" or purpose in PERSONAL


def published_until(today: date) -> int:
    """The last year whose own records are public."""
    return today.year - (1 if (today.month, today.day) >= PUBLISHED_FROM else 2)


def hide(figures: Sequence[Figure]) -> tuple[Figure, ...]:
    """The figures without those of few records and without what would give them away, as in public statistics."""
    gone = withheld({str(i): each.records for i, each in enumerate(figures)})
    return tuple(replace(each, quantity=None, records=0) if str(i) in gone else each
                 for i, each in enumerate(figures))
