"""Stock that becomes something else: a skin into straps, logs into boards, with a stated yield; never more out than in.

What is measured by weight, volume, area or length cannot grow. Counted pieces may become more (one skin, many straps):
the table `conversions` holds the yields that need no officer; anything above them, or not in it, is released by one.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cache

from wildgate.convention import tables
from wildgate.convention.permit import plain
from wildgate.convention.quantity import NUMBER, check_number, convert
from wildgate.convention.quota import STEP
from wildgate.convention.refusal import Refusal, refuse

BASIS = ("House rule: never more out than in",)
STAGES = ("live", "raw", "worked")


@dataclass(frozen=True, slots=True)
class UsualYield:
    """The most that `most` of `to_unit` of `to_term` come out of one `from_unit` of `from_term` without a question."""

    from_term: str
    from_unit: str
    to_term: str
    to_unit: str
    most: Decimal


@dataclass(frozen=True, slots=True)
class Processing:
    """What was made out of an entry. `stated` is out per unit in; `usual` says that the table expects no less."""

    given: Decimal
    term: str
    quantity: Decimal
    unit: str
    stated: Decimal
    usual: bool


@cache
def usual_yields() -> dict[tuple[str, str], tuple[UsualYield, ...]]:
    """The rows of `wildgate/data/conversions.tsv` by their terms."""
    found: dict[tuple[str, str], tuple[UsualYield, ...]] = {}
    for row in tables.read_facts("conversions"):
        one = UsualYield(row["from_term"], row["from_unit"], row["to_term"], row["to_unit"], Decimal(row["most"]))
        found[one.from_term, one.to_term] = (*found.get((one.from_term, one.to_term), ()), one)
    return found


def process(from_term: str, from_unit: str, given: Decimal, *, to_term: str, quantity: Decimal,
            to_unit: str) -> Processing | Refusal:
    """Make `quantity` of `to_term` out of `given` of an entry, or say why that cannot be."""
    before, after = tables.term(from_term), tables.term(to_term)
    if after is None or not after.current:
        return refuse("term-unknown", "%(given)s is not a current term code.", given=to_term[:20], field="term")
    unit = tables.unit(to_unit)
    if unit is None or not unit.current:
        return refuse("unit-unknown", "%(given)s is not a current unit code.", given=to_unit[:20], field="unit")
    if given <= 0 or quantity <= 0:
        return refuse("quantity-not-positive", "The quantity must be greater than zero.",
                      field="given" if given <= 0 else "quantity")
    if to_term == from_term:
        return refuse("not-converted", "The stock is %(term)s already: a conversion makes another kind of specimen.",
                      term=from_term, field="term", basis=BASIS)
    if before is not None and STAGES.index(after.form) < STAGES.index(before.form):
        return refuse("not-backwards", "%(before)s (%(was)s) does not become %(after)s (%(now)s).", before=from_term,
                      was=before.form, after=to_term, now=after.form, field="term", basis=BASIS)
    if refused := check_number(quantity, to_unit, field="quantity") or check_number(given, from_unit, field="given"):
        return refused
    if refused := _grows(from_unit, given, to_unit, quantity):
        return refused
    stated = (quantity / given).quantize(STEP, ROUND_HALF_UP)
    return Processing(given, to_term, quantity, to_unit, stated, _usual(from_term, from_unit, given, to_term, quantity,
                                                                       to_unit))


def _grows(from_unit: str, given: Decimal, to_unit: str, quantity: Decimal) -> Refusal | None:
    """What both sides measure alike may only become less. Pieces are counted, not measured."""
    out = convert(quantity, to_unit, from_unit)
    if from_unit == NUMBER or isinstance(out, Refusal) or out <= given:
        return None
    return refuse("more-out-than-in", "%(out)s %(to_unit)s cannot come out of %(given)s %(unit)s: a yield by the same "
                  "measure is at most 1.", out=plain(quantity), to_unit=to_unit, given=plain(given), unit=from_unit,
                  field="quantity", basis=BASIS)


def _usual(from_term: str, from_unit: str, given: Decimal, to_term: str, quantity: Decimal, to_unit: str) -> bool:
    for one in usual_yields().get((from_term, to_term), ()):
        into, out = convert(given, from_unit, one.from_unit), convert(quantity, to_unit, one.to_unit)
        if not isinstance(into, Refusal) and not isinstance(out, Refusal):
            return out <= into * one.most
    return False
