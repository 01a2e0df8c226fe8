"""Quantities: exact decimals with a unit, read without guessing a locale, converted by the tables' factors."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation, localcontext

from wildgate.convention import tables
from wildgate.convention.permit import plain
from wildgate.convention.refusal import Refusal, refuse

MOST = Decimal(10) ** 12
PLACES = 6
LONGEST = 40
NUMBER = "NAR"

_PLAIN = re.compile(r"^\d+(\.\d+)?$")
_GROUPED = re.compile(r"^\d{1,3}(?:[ \u00a0\u202f]\d{3})+(\.\d+)?$")
_GAPS = re.compile(r"[ \u00a0\u202f]")
_TWO_WAYS = re.compile(r"(?!0,)([0-9]{1,3}),([0-9]{3})")


def parse_quantity(text: str, *, field: str | None = None) -> Decimal | Refusal:
    """Read a quantity: digits, at most one point, groups of three set apart by spaces ("1 200.5").

    A comma is refused, since "1,200" is twelve hundred to one reader and one point two to another. So are signs,
    exponents, words, zero, more than six decimals and more than 10^12.
    """
    text = text.strip()
    if len(text) > LONGEST:
        return refuse("quantity-too-long", "A quantity has at most %(most)s characters.", field=field, most=LONGEST)
    if two := ambiguous(text, field=field):
        return two
    if "," in text:
        return refuse(
            "quantity-ambiguous",
            "The quantity %(text)s is ambiguous: write a point for decimals and no comma, for example 1200 or 1200.5.",
            field=field,
            text=repr(text),
        )
    if text.startswith("-"):
        return refuse("quantity-not-positive", "The quantity must be greater than zero.", field=field)
    if (not text.isascii() and not _GROUPED.match(text)) or not (_PLAIN.match(text) or _GROUPED.match(text)):
        return refuse(
            "quantity-not-a-number",
            "The quantity %(text)s is not a number: write digits and at most one point, for example 1200 or 1200.5.",
            field=field,
            text=repr(text),
        )
    try:
        value = Decimal(_GAPS.sub("", text))
    except InvalidOperation:
        return refuse("quantity-not-a-number", "The quantity %(text)s is not a number.", field=field, text=repr(text))
    return _within_limits(value, field)


def ambiguous(text: str, *, field: str | None = None) -> Refusal | None:
    """The question to ask about 1,200, which is twelve hundred to one reader and one point two to another."""
    two = _TWO_WAYS.fullmatch(text)
    if two is None:
        return None
    return refuse(
        "quantity-ambiguous",
        "This quantity can be read in two ways: write %(whole)s or %(part)s.",
        field=field,
        whole=spelt(two[1] + two[2]),
        part=spelt(two[1], two[2]),
    )


def spelt(whole: str, part: str = "") -> str:
    """Digits before and behind the point as a number that nobody reads otherwise: one and an eighth is 1.1250, since
    1.125 is a thousand and more to many."""
    bare, part = whole.lstrip("0") or "0", part.rstrip("0")
    if len(part) == 3 and bare != "0" and len(bare) <= 3:
        part += "0"
    return f"{bare}.{part}" if part else bare


def check_number(quantity: Decimal, unit: str, *, field: str | None = None) -> Refusal | None:
    """Specimens that are counted are counted whole."""
    if unit == NUMBER and quantity != quantity.to_integral_value():
        return refuse(
            "quantity-fraction",
            "A number of specimens (NAR) is a whole number, not %(quantity)s.",
            field=field,
            quantity=plain(quantity),
        )
    return None


def convert(quantity: Decimal, unit: str, to: str) -> Decimal | Refusal:
    """`quantity` of `unit` as a quantity of the unit `to`, exact up to 28 digits; units of one base convert."""
    if unit == to:
        return quantity
    given, wanted = tables.unit(unit), tables.unit(to)
    if given is None or wanted is None:
        return refuse("unit-unknown", "%(unit)s is not a unit of the CITES lists.", unit=unit if given is None else to)
    if not given.base or given.base != wanted.base or given.factor is None or not wanted.factor:
        return refuse("unit-not-convertible", "%(unit)s cannot be turned into %(to)s.", unit=unit, to=to)
    with localcontext() as context:
        context.prec = 28
        return quantity * given.factor / wanted.factor


def convertible(unit: str, to: str) -> bool:
    """Do both units measure the same thing?"""
    return not isinstance(convert(Decimal(1), unit, to), Refusal)


def compare(left: Decimal, left_unit: str, right: Decimal, right_unit: str) -> int | Refusal:
    """-1, 0 or 1 as the left quantity is less than, equal to or more than the right one."""
    turned = convert(left, left_unit, right_unit)
    if isinstance(turned, Refusal):
        return turned
    return (turned > right) - (turned < right)


def _within_limits(value: Decimal, field: str | None) -> Decimal | Refusal:
    if value <= 0:
        return refuse("quantity-not-positive", "The quantity must be greater than zero.", field=field)
    if value > MOST:
        return refuse(
            "quantity-too-large", "The quantity is larger than 1 000 000 000 000: check the unit.", field=field
        )
    exponent = value.normalize().as_tuple().exponent
    if isinstance(exponent, int) and -exponent > PLACES:
        return refuse(
            "quantity-too-fine",
            "The quantity has more than %(places)s decimals: choose a smaller unit.",
            field=field,
            places=PLACES,
        )
    return value
