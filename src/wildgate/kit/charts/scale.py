"""Honest axes: from zero, over round steps of 1, 2 or 5, to a top that no value passes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from wildgate.kit.charts.shapes import Number

SIZES = (Decimal(1), Decimal(2), Decimal(5), Decimal(10))


@dataclass(frozen=True, slots=True)
class Scale:
    """Round values from 0 to the top."""

    ticks: tuple[Decimal, ...]

    @property
    def top(self) -> Decimal:
        return self.ticks[-1]

    def share(self, value: Number) -> float:
        """Where a value stands: 0 at zero, 1 at the top."""
        return float(Decimal(value) / self.top)


def scale_for(values: Iterable[Number | None], *, steps: int = 4) -> Scale:
    """The scale that holds all values; whole numbers get whole steps."""
    given = [Decimal(value) for value in values if value is not None]
    highest = max(given, default=Decimal(0)) or Decimal(1)
    step = highest / steps
    power = Decimal(10) ** step.adjusted()
    step = next(size * power for size in SIZES if step <= size * power)
    if step < 1 and all(value == value.to_integral_value() for value in given):
        step = Decimal(1)
    count = int((highest / step).to_integral_value(rounding="ROUND_CEILING"))
    return Scale(tuple(step * i for i in range(max(count, 1) + 1)))
