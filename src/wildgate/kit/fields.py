"""Quantities of ledgers in the database: whole millionths, so that sums and checks are exact everywhere.

SQLite keeps decimals as floating-point numbers, and 0.1 + 0.2 <= 0.3 does not hold for those.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import models

PLACES = 6
MILLION = Decimal(10) ** PLACES


if TYPE_CHECKING:
    Base = models.DecimalField  # what programs put in and get out
else:
    Base = models.BigIntegerField


class QuantityField(Base):  # type: ignore[type-arg]
    """A Decimal with at most six places, from 0 to 9 x 10^12."""

    def get_prep_value(self, value: Any) -> Any:
        if value is None or hasattr(value, "resolve_expression"):
            return value
        millionths = Decimal(value) * MILLION
        if millionths != millionths.to_integral_value():
            raise ValueError(f"{value} has more than {PLACES} decimals")
        return int(millionths)

    def from_db_value(self, value: Any, *_: object) -> Decimal | None:
        return None if value is None else Decimal(value) / MILLION

    def to_python(self, value: Any) -> Any:
        return value if value is None else Decimal(value)
