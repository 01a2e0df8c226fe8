"""Amounts of money as people read them: one way on every page, in the reader's language."""

from __future__ import annotations

from decimal import Decimal

from django.utils.formats import number_format
from django.utils.translation import get_language

from wildgate.apps.houserules.reading import places


def figure(amount: object, currency: str) -> str:
    """The amount without its currency: grouped, with as many decimals as the smallest coin has, or as it came with."""
    number = Decimal(str(amount))
    decimals = max(places(currency), -int(number.normalize().as_tuple().exponent))
    if (get_language() or "").startswith("ar"):
        return f"{number:,.{decimals}f}"  # as quantities are written there
    return number_format(number, decimal_pos=decimals, force_grouping=True)


def money(amount: object, currency: str) -> str:
    """An amount and its currency."""
    return f"{figure(amount, currency)} {currency}"
