"""Checks that every signed map shares: known keys, short texts, codes, times and quantities."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from wildgate.convention.permit import plain

FIRST_FREE_KEY: Final = 16
LATEST_TIME: Final = 1 << 33
LARGEST_NUMBER: Final = (1 << 64) - 1
NAME_BYTES: Final = 48
NUMBER_BYTES: Final = 64
is_party: Final = re.compile("[A-Z]{2}").fullmatch


class Unfit(ValueError):
    """The claims break the profile. The text is the end of the sentence "The code breaks the permit profile: ..."."""


def known_keys(found: object, known: frozenset[int], where: str) -> bool:
    """Whether `found` is a map with keys of a newer profile. Raises Unfit on an unknown key that must be understood.

    Keys from 16 up may be added by later profiles and are ignored; all others must be known.
    """
    if type(found) is not dict:
        raise Unfit(f"{where} is not a map")
    if known.issuperset(found):
        return False
    extra = found.keys() - known
    for key in extra:
        if type(key) is not int or key < FIRST_FREE_KEY:
            raise Unfit(f"{where} has the unknown key {key!r}")
    return bool(extra)


def need(found: Mapping[Any, Any], key: int, kind: type, what: str) -> Any:
    value = found.get(key)
    if type(value) is not kind:
        raise Unfit(f"{what} is missing or of another type")
    return value


def text(value: object, limit: int, what: str) -> str:
    """A text that is not empty and not longer than `limit` UTF-8 bytes."""
    if type(value) is not str or not value or (len(value) * 4 > limit and len(value.encode()) > limit):
        raise Unfit(f"{what} is not a text of 1 to {limit} bytes")
    return value


def party(value: object, what: str) -> str:
    if type(value) is not str or not is_party(value):
        raise Unfit(f"{what} is not a country code of two letters")
    return value


def time(found: Mapping[Any, Any], key: int, what: str) -> int:
    """Whole seconds since 1970, before the year 2242."""
    value: int = need(found, key, int, what)
    if not 0 <= value < LATEST_TIME:
        raise Unfit(f"{what} is out of range")
    return value


def quantity(value: object, *, zero: bool = False) -> Decimal:
    """A whole number or a decimal fraction, never a float; zero only where nothing may have moved."""
    if type(value) is int and value <= LARGEST_NUMBER:
        if value > 0:
            return Decimal(value)
        value = Decimal(value)
    if type(value) is not Decimal or value < 0 or (value == 0 and not zero):
        raise Unfit("a quantity is not a positive number")
    return value


def number_to_carry(amount: Decimal) -> int | Decimal:
    """The one spelling of a quantity: an integer when it is whole. Raises Unfit beyond 18 decimals or 64 bits."""
    if not amount.is_finite() or amount < 0:
        raise Unfit(f"the quantity {amount} is not a positive number")
    if amount.adjusted() > 19:
        raise Unfit(f"the quantity {amount} has too many digits")
    if (whole := int(amount)) == amount and whole <= LARGEST_NUMBER:
        return whole
    shortest = Decimal(plain(amount))
    _, digits, exponent = shortest.as_tuple()
    if not -18 <= int(exponent) < 0 or int("".join(map(str, digits))) > LARGEST_NUMBER:
        raise Unfit(f"the quantity {amount} has too many digits")
    return shortest


def cut(name: str, limit: int = NAME_BYTES) -> str:
    """`name` in NFC, without spaces at its ends, cut to `limit` UTF-8 bytes at a character boundary."""
    if len(name) <= limit and name.isascii():
        return name.strip()
    tidy = unicodedata.normalize("NFC", name).strip()
    return tidy.encode()[:limit].decode(errors="ignore").rstrip()
