"""What an application costs by a tariff: base, lines, extras, each as an item that says why. Pure."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from wildgate.apps.houserules.kinds import Extra, Tariff
from wildgate.apps.houserules.reading import places

BASE, LINES = "base", "lines"


@dataclass(frozen=True, slots=True)
class Item:
    """One reason to pay: `what` is base, lines or the name of an extra."""

    what: str
    number: int
    each: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Bill:
    """All that an application costs, in one currency."""

    currency: str
    items: tuple[Item, ...]

    @property
    def amount(self) -> Decimal:
        return sum((item.amount for item in self.items), Decimal(0))


def bill(tariff: Tariff, *, lines: int, extras: Collection[str] = ()) -> Bill:
    """The bill for so many lines. An extra that the tariff does not name costs nothing."""
    paying = max(lines - tariff.lines_included, 0)
    items = [_item(tariff, BASE, 1, tariff.base), _item(tariff, LINES, paying, tariff.per_line)]
    items += [_item(tariff, each.value, 1, Decimal(tariff.extras[each.value]))
              for each in Extra if each.value in extras and each.value in tariff.extras]
    return Bill(tariff.currency, tuple(item for item in items if item.amount))


def _item(tariff: Tariff, what: str, number: int, each: Decimal) -> Item:
    coin = Decimal(1).scaleb(-places(tariff.currency))
    return Item(what, number, each, (each * number).quantize(coin, ROUND_HALF_UP))
