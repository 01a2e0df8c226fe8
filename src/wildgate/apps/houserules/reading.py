"""Reading the parts of a rule of the house: whole numbers, money, groups of taxa, texts by language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import Enum
from typing import Any, TypeVar

from django.utils.translation import gettext_noop

from wildgate.convention import tables
from wildgate.convention.fields import Reader, shown
from wildgate.convention.listing import law
from wildgate.convention.taxonomy import Rank, Taxon
from wildgate.convention.vocabulary import Kingdom

LANGUAGES = ("en", "fr", "es", "ar")
MOST_PARTS = 200
MOST_MONEY = Decimal(1_000_000_000)
NO_MINOR = frozenset({"BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV",
                      "XAF", "XOF", "XPF"})
THREE_MINOR = frozenset({"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"})
DEPTH = {Rank.CLASS: 2, Rank.ORDER: 3, Rank.FAMILY: 4, Rank.SUBFAMILY: 5, Rank.GENUS: 6}
KINGDOMS = {each.value.casefold(): each.value for each in Kingdom}

NO_GROUP = gettext_noop("%(text)s is not a kingdom, class, order, family or genus in the tables.")

E = TypeVar("E", bound=Enum)
T = TypeVar("T")


def places(currency: str) -> int:
    """How many decimals the smallest coin of a currency has (ISO 4217)."""
    return 0 if currency in NO_MINOR else 3 if currency in THREE_MINOR else 2


def whole(r: Reader, key: str, least: int, most: int, missing: int | None = None) -> int | None:
    """A whole number within limits, from a number or its digits."""
    value = r.data.get(key)
    if value in (None, ""):
        if missing is None:
            r.no("missing", "%(field)s is missing.", key, field=r.name(key))
        return missing
    text = str(value).strip()
    if isinstance(value, bool) or not (text.isascii() and text.isdigit()) or not least <= int(text[:15]) <= most:
        r.no("number-wrong", "%(field)s must be a whole number from %(least)s to %(most)s.", key, field=r.name(key),
             least=least, most=most)
        return None
    return int(text)


def money(r: Reader, key: str, currency: str | None, missing: Decimal | None = None) -> Decimal | None:
    """An amount that can be paid: not below zero, with no more decimals than the currency has."""
    text = str(r.data.get(key) or "").strip()
    if not text:
        if missing is None:
            r.no("missing", "%(field)s is missing.", key, field=r.name(key))
        return missing
    try:
        amount = Decimal(text) if text.replace(".", "", 1).isdigit() and text.isascii() else None
    except InvalidOperation:
        amount = None
    if amount is None or amount > MOST_MONEY:
        r.no("money-wrong", "%(text)s is not an amount: write digits, with a point for decimals.", key,
             text=shown(text))
        return None
    if currency and round(amount, places(currency)) != amount:
        r.no("money-too-fine", "%(currency)s has no coin that small: give at most %(places)s decimals.", key,
             currency=currency, places=places(currency))
    return amount


def currency(r: Reader, key: str) -> str | None:
    code = r.text(key, required=True)
    if code is not None and not (len(code) == 3 and code.isascii() and code.isalpha() and code.isupper()):
        r.no("currency-wrong", "%(text)s is not a currency: use the three capital letters of ISO 4217.", key,
             text=shown(code))
        return None
    return code


def choice(r: Reader, key: str, codes: type[E], *, required: bool = False) -> str:
    """A code of a closed list as its text; empty means any."""
    found = r.code(key, codes, "choice", required=required)
    return str(found.value) if found is not None else ""


def country(r: Reader, key: str) -> str | None:
    code = r.text(key, required=True)
    known = tables.country(code) if code else None
    if code and (known is None or known.kind in ("region", "former")):
        r.no("country-unknown", "%(text)s is not a country code: use the two letters of ISO 3166-1.", key,
             text=shown(code))
        return None
    return code


def texts(r: Reader, key: str, most: int) -> dict[str, str]:
    """A text in at least one of the four languages."""
    raw = r.data.get(key)
    part = Reader(raw if isinstance(raw, Mapping) else {}, f"{key}.", r.refusals)
    part.known(LANGUAGES, "the languages of a text")
    found = {language: part.text(language, most=most) for language in LANGUAGES}
    if not any(found.values()) and not any(each.field and each.field.startswith(key) for each in r.refusals):
        r.no("text-missing", "Write the text in at least one language.", f"{key}.en")
    return {language: text for language, text in found.items() if text}


def many(r: Reader, key: str, one: Callable[[str], T | None], wrong: str) -> tuple[T, ...]:
    """A list of texts, each read by `one`, else `wrong` is said of it; a missing list is empty."""
    raw = r.data.get(key) or ()
    if not isinstance(raw, list | tuple) or len(raw) > MOST_PARTS:
        r.no("not-a-list", "%(field)s must be a list of 1 to %(most)s texts.", key, field=r.name(key), most=MOST_PARTS)
        return ()
    found: list[T] = []
    for each in raw:
        read = one(str(each).strip())
        if read is None:
            r.no("code-unknown", wrong, key, text=shown(str(each)))
        elif read not in found:
            found.append(read)
    return tuple(found)


def groups(r: Reader, key: str) -> tuple[str, ...]:
    return many(r, key, _group, NO_GROUP)


def group(r: Reader, key: str) -> str:
    text = r.text(key)
    found = _group(text) if text else ""
    if found is None:
        r.no("code-unknown", NO_GROUP, key, text=shown(text or ""))
    return found or ""


def taxa(r: Reader, key: str) -> tuple[str, ...]:
    return many(r, key, _taxon, gettext_noop("%(text)s is not a name in the tables."))


def depth(name: str) -> int:
    """How narrow a group is: 0 for all taxa, 1 for a kingdom, and so on down to a genus."""
    if not name:
        return 0
    if name.casefold() in KINGDOMS:
        return 1
    found = law().resolve(name)
    return DEPTH.get(found.rank, 0) if isinstance(found, Taxon) else 0


def _group(text: str) -> str | None:
    if text.casefold() in KINGDOMS:
        return KINGDOMS[text.casefold()]
    found = law().resolve(text)
    return found.name if isinstance(found, Taxon) and found.rank in DEPTH else None


def _taxon(text: str) -> str | None:
    found = law().resolve(text)
    return found.name if isinstance(found, Taxon) else None


def spelt(kind: Any, stored: Any) -> Any:
    """A stored part as the type that the value's field names (annotations are texts here)."""
    if kind == "date":
        return date.fromisoformat(stored)
    if kind == "Decimal":
        return Decimal(stored)
    return tuple(stored) if str(kind).startswith("tuple") else stored
