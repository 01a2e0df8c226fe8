"""What is usual for a taxon and a term: mass and value of one unit, quantity of a consignment; and what is far from it.

Shipped ranges are working figures, wide on purpose. What accepted and inspected consignments showed replaces them as
soon as there are enough: the median of the logarithms with the median of the distances from it, so that a few slips
or lies do not move the range.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from statistics import median
from typing import Final

from wildgate.convention import tables
from wildgate.convention.permit import plain
from wildgate.convention.quantity import NUMBER, convert
from wildgate.convention.refusal import Refusal
from wildgate.convention.term_fit import ANIMAL_TERMS, PLANT_TERMS
from wildgate.targeting.consignment import Item

CURRENCY: Final = "USD"
"""The currency of the shipped ranges: values in another are compared with what was learnt only."""
ENOUGH: Final = 8
"""House value: so many accepted consignments replace a shipped range."""
SPREAD: Final = 3.0
LEAST_SPREAD: Final = 0.25
SCALE: Final = 1.4826
"""Makes the median of distances a standard deviation where the logarithms are normal."""
MASS, VALUE, QUANTITY = "mass", "value", "quantity"
SAME_MASS: Final = {"KGM": Decimal(1), "GRM": Decimal("0.001"), "TNE": Decimal(1000), "MGM": Decimal("0.000001")}


@dataclass(frozen=True, slots=True)
class Usual:
    """A range of one measure. `learnt` counts the consignments behind it; 0: a shipped working figure."""

    low: float
    high: float
    learnt: int = 0

    @property
    def middle(self) -> float:
        return math.sqrt(self.low * self.high)


@dataclass(frozen=True, slots=True)
class Shipped:
    """A row of the shipped ranges."""

    unit: str
    what: str
    usual: Mapping[str, Usual]


@dataclass(frozen=True, slots=True)
class Oddity:
    """Something about an item that is far from usual or cannot be. `times` is the ratio to the middle."""

    code: str
    template: str
    values: Mapping[str, str] = field(default_factory=dict, compare=False)
    times: float | None = None

    @property
    def sentence(self) -> str:
        return self.template % self.values


@dataclass(frozen=True, slots=True)
class Plausible:
    """How an item stands beside what is usual; None where nothing is known. Ratios are to the middle of the range."""

    weight_ratio: float | None = None
    value_ratio: float | None = None
    quantity_ratio: float | None = None
    oddities: tuple[Oddity, ...] = ()


Learnt = Mapping[tuple[str, str], Usual]
"""(measure, currency or unit) -> what accepted consignments of this taxon and term showed."""
TEMPLATES: Final[dict[str, str]] = {
    "mass-unusual": "One unit (%(unit)s) weighs %(found)s kg; %(low)s to %(high)s kg are usual%(for)s.",
    "mass-differs": "The net mass is %(found)s kg, the quantity %(quantity)s: they do not agree.",
    "value-unusual": "One unit (%(unit)s) is worth %(found)s %(currency)s; %(low)s to %(high)s are usual%(for)s.",
    "value-zero": "The value is zero.",
    "quantity-unusual": "%(found)s %(unit)s are declared; up to %(high)s are usual%(for)s.",
    "unit-unusual": "%(term)s is usually not measured in %(unit)s.",
    "unit-unknown": "%(unit)s is no unit of the CITES lists.",
    "term-unknown": "%(term)s is no term of the CITES lists.",
    "term-unfit": "%(term)s is no term for %(taxon)s.",
}


def plausible(item: Item, lineage: Sequence[str], learnt: Learnt | None = None) -> Plausible:
    """What is odd about mass, value, quantity, term and unit of `item`; `lineage` runs from the taxon upwards."""
    row, known = usual_of(lineage, item.term), learnt or {}
    unit, amount = _amount(item, row.unit if row else "")
    found: list[Oddity] = [*_codes(item, lineage)]
    ratios: dict[str, float | None] = {}
    for measure, each, usual in _measures(item, row, known, amount, unit):
        ratios[measure] = each / usual.middle
        if each > usual.high or (each < usual.low and measure != QUANTITY):
            found.append(_odd(measure, each, usual, item, unit, lineage))
    if item.value is not None and item.value == 0:
        found.append(Oddity("value-zero", TEMPLATES["value-zero"]))
    found += _masses(item)
    return Plausible(ratios.get(MASS), ratios.get(VALUE), ratios.get(QUANTITY), tuple(found))


def _measures(item: Item, row: Shipped | None, known: Learnt, amount: Decimal | None,
              unit: str) -> Iterator[tuple[str, float, Usual]]:
    """The measures that can be taken, each with its range."""
    if not amount or amount <= 0:
        return
    shipped = row.usual if row and unit == row.unit else {}
    mass = known.get((MASS, unit)) or shipped.get(MASS)
    if item.net_mass and item.net_mass > 0 and mass:
        yield MASS, float(item.net_mass / amount), mass
    value = known.get((VALUE, f"{unit} {item.currency}")) or (
        shipped.get(VALUE) if item.currency in ("", CURRENCY) else None)
    if item.value and item.value > 0 and value:
        yield VALUE, float(item.value / amount), value
    if quantity := known.get((QUANTITY, unit)) or shipped.get(QUANTITY):
        yield QUANTITY, float(amount), quantity


def _amount(item: Item, wanted: str) -> tuple[str, Decimal | None]:
    """The declared quantity in the wanted unit, or in its own where that measures something else."""
    own = item.unit or NUMBER
    if item.quantity is None or not wanted:
        return own, item.quantity
    turned = convert(item.quantity, own, wanted)
    return (own, item.quantity) if isinstance(turned, Refusal) else (wanted, turned)


def _odd(measure: str, each: float, usual: Usual, item: Item, unit: str, lineage: Sequence[str]) -> Oddity:
    code = f"{measure}-unusual"
    values = {"unit": unit, "found": figure(each), "low": figure(usual.low), "high": figure(usual.high),
              "currency": item.currency or CURRENCY, "for": f" ({lineage[0]}, {item.term})" if lineage else ""}
    return Oddity(code, TEMPLATES[code], values, each / usual.middle)


def _codes(item: Item, lineage: Sequence[str]) -> Iterator[Oddity]:
    """Terms and units that do not go together, or with the taxon."""
    if not item.term:
        return
    term = tables.legacy_term(item.term)
    if term is None:
        yield Oddity("term-unknown", TEMPLATES["term-unknown"], {"term": item.term})
        return
    if item.unit and tables.unit(item.unit) is None:
        yield Oddity("unit-unknown", TEMPLATES["unit-unknown"], {"unit": item.unit})
    elif item.quantity is not None and tables.term_unit_ok(term, item.unit or NUMBER) is False:
        yield Oddity("unit-unusual", TEMPLATES["unit-unusual"], {"term": item.term, "unit": item.unit or NUMBER})
    if lineage and _unfit(term, lineage):
        yield Oddity("term-unfit", TEMPLATES["term-unfit"], {"term": item.term, "taxon": lineage[0]})


def _unfit(term: str, lineage: Sequence[str]) -> bool:
    return term in (ANIMAL_TERMS if lineage[-1] == "Plantae" else PLANT_TERMS if lineage[-1] == "Animalia" else ())


def _masses(item: Item) -> Iterator[Oddity]:
    """A quantity that is itself a mass must agree with the net mass within a fifth."""
    factor = SAME_MASS.get(item.unit)
    if factor is None or item.quantity is None or not item.net_mass:
        return
    said = item.quantity * factor
    if said and not Decimal("0.8") <= item.net_mass / said <= Decimal("1.25"):
        yield Oddity("mass-differs", TEMPLATES["mass-differs"],
                     {"found": plain(item.net_mass), "quantity": f"{plain(item.quantity)} {item.unit}"},
                     float(item.net_mass / said))


def figure(number: float) -> str:
    """Three figures that matter, without an exponent."""
    return plain(Decimal(f"{number:.3g}"))


def usual_of(lineage: Sequence[str], term: str) -> Shipped | None:
    """The shipped range of the nearest taxon of the lineage for this term."""
    return next((row for name in lineage if (row := _shipped().get((name, term)))), None)


@cache
def _shipped() -> dict[tuple[str, str], Shipped]:
    """By taxon and term; of two units of a term the first row is the one that counts."""
    found: dict[tuple[str, str], Shipped] = {}
    for row in tables.read_facts("goods_ranges"):
        measures = {name: Usual(float(row[low]), float(row[high])) for name, low, high in (
            (MASS, "kg_low", "kg_high"), (VALUE, "usd_low", "usd_high")) if row[low] and row[high]}
        most = float(row["most"])
        measures[QUANTITY] = Usual(most / 10_000, most)
        found.setdefault((row["taxon"], row["term"]), Shipped(row["unit"], row["what"], measures))
    return found


def learn(values: Iterable[float]) -> Usual | None:
    """The usual range of some positive figures; None while there are too few."""
    logs = [math.log(value) for value in values if value > 0]
    if len(logs) < ENOUGH:
        return None
    middle = median(logs)
    spread = max(SCALE * median(abs(each - middle) for each in logs), LEAST_SPREAD) * SPREAD
    return Usual(math.exp(middle - spread), math.exp(middle + spread), len(logs))
