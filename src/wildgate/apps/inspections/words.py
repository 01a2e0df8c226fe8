"""Texts and numbers that people type, read at the door: trimmed, not too long, of a known code; or refused."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from wildgate.apps.species import figures
from wildgate.convention import tables
from wildgate.convention.listing import Law
from wildgate.convention.quantity import ambiguous
from wildgate.convention.refusal import Refusal, refuse
from wildgate.convention.signs import tidied
from wildgate.convention.taxonomy import Taxon

MOST = Decimal(10) ** 12
PLACES = 6


def tidy(text: str) -> str:
    """Without signs that nobody sees and blanks at the ends."""
    return tidied(text).replace("\r", "").strip()


def text(given: str, field: str, what: str, longest: int, *, needed: bool = True) -> str | Refusal:
    """A text of at most `longest` characters."""
    kept = tidy(given)
    if not kept and needed:
        return refuse("missing", "Write %(what)s.", what=what, field=field)
    if len(kept) > longest:
        return refuse("too-long", "This is %(length)s characters long; shorten it to %(longest)s.", length=len(kept),
                      longest=longest, field=field)
    return kept


def amount(given: str | Decimal, field: str, *, zero: bool = False) -> Decimal | Refusal:
    """A quantity above zero, or from zero on, with at most six decimals."""
    typed = figures.number(given) if isinstance(given, str) else given
    if isinstance(typed, str) and (two := ambiguous(typed, field=field)):
        return two
    try:
        number = Decimal(typed)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or number < 0 or (not number and not zero) or number >= MOST:
        return refuse("bad-quantity", "%(given)s is not a quantity: write a number such as 12 or 3.5.",
                      given=str(given)[:20] or "–", field=field)
    if number != round(number, PLACES):
        return refuse("bad-quantity", "%(given)s has more than six decimals.", given=str(given)[:20], field=field)
    return number


def taxon(given: str, law: Law, field: str) -> str | Refusal:
    """The accepted name for what was typed."""
    name = text(given, field, "the scientific name", 200)
    if isinstance(name, Refusal):
        return name
    found = law.resolve(name)
    if isinstance(found, Taxon):
        return found.name
    near = law.suggest(name)
    return refuse("unknown-taxon", "%(name)s is not a known name.%(near)s", name=name[:60],
                  near=f" {', '.join(near)}?" if near else "", field=field, suggestions=near)


def term(given: str, field: str) -> str | Refusal:
    found = tables.term(given.strip().upper())
    return found.code if found else refuse("unknown-term", "%(word)s is not a term code.", word=given[:10] or "–",
                                           field=field)


def unit(given: str, field: str) -> str | Refusal:
    found = tables.unit((given or "NAR").strip().upper())
    return found.code if found else refuse("unknown-unit", "%(word)s is not a unit code.", word=given[:10], field=field)


def country(given: str, field: str) -> str | Refusal:
    """A country code, or nothing."""
    code = given.strip().upper()
    if not code or code == "XX" or tables.country(code):
        return code
    return refuse("unknown-country", "%(word)s is not a country code.", word=code[:10], field=field)


def first_refusal(*values: object) -> Refusal | None:
    """The first refusal among values that were read."""
    return next((value for value in values if isinstance(value, Refusal)), None)
