"""Signals in the years of one kind of specimen from one country: sudden rise, shift of source, too many bred ones."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from wildgate.worldtrade.signals.found import Point, Signal, of, plain
from wildgate.worldtrade.signals.limits import Kind, Limits
from wildgate.worldtrade.signals.statistics import Expected, expected, moved

NOTHING: Final = Decimal(0)
WILD: Final = "W"
INSTEAD: Final = ("C", "D", "F", "R", "A", "Y")
BRED: Final = ("C", "D", "F")
WHOLE: Final = ("LIV", "SKI", "BOD", "EGL")
"""Terms of which one stands for one animal."""
YOUNG: Final[Mapping[str, str]] = {"Mammalia": "mammals", "Aves": "birds", "Reptilia": "reptiles",
                                   "Amphibia": "amphibians"}
SIDES: Final[Mapping[str, str]] = {"E": "the exporter", "I": "importers"}


@dataclass(frozen=True, slots=True)
class Yearly:
    """What one side reported of one kind of specimen from one country in one year, under one source."""

    taxon: str
    group: str
    term: str
    unit: str
    exporter: str
    reporter: str
    source: str
    year: int
    quantity: Decimal
    records: int
    own: bool = False


@dataclass(frozen=True, slots=True)
class Flow:
    """What this system itself saw leave in one year: of what, to whom, of which origin."""

    taxon: str
    group: str
    term: str
    unit: str
    importer: str
    origin: str
    source: str
    year: int
    quantity: Decimal
    records: int

    def yearly(self, party: str) -> Yearly:
        return Yearly(self.taxon, self.group, self.term, self.unit, party, "E", self.source, self.year, self.quantity,
                      self.records, own=True)


@dataclass(slots=True)
class Series:
    """All years of one taxon, term, unit and exporter."""

    taxon: str
    group: str
    term: str
    unit: str
    exporter: str
    cells: dict[tuple[str, int], dict[str, tuple[Decimal, int]]] = field(default_factory=dict)
    """By reporter and year: quantity and records of each source."""
    own: set[int] = field(default_factory=set)

    def side(self, year: int) -> str:
        """Whose report speaks for that year: the exporter's, where it has one."""
        return "E" if ("E", year) in self.cells else "I"

    def sum(self, side: str, years: Iterable[int], sources: Collection[str] = ()) -> tuple[Decimal, int]:
        quantity, records = NOTHING, 0
        for year in years:
            for source, (amount, count) in self.cells.get((side, year), {}).items():
                if not sources or source in sources:
                    quantity, records = quantity + amount, records + count
        return quantity, records

    def years_of(self, sources: Collection[str], sides: Collection[str] = ("E", "I")) -> list[int]:
        """The years in which one of these sources was reported."""
        return sorted({year for (side, year), held in self.cells.items()
                       if side in sides and any(source in held for source in sources)})

    @property
    def sources(self) -> set[str]:
        """Every source that is named."""
        return {source for held in self.cells.values() for source in held if source}

    @property
    def years(self) -> range:
        found = [year for _, year in self.cells]
        return range(min(found), max(found) + 1)


@dataclass(frozen=True, slots=True)
class Known:
    """What is known beside the series: records of exports by country and year, live imports, and from when on."""

    since: int
    newest: int
    reported: Mapping[tuple[str, int], int] = field(default_factory=dict)
    imported: Mapping[tuple[str, str], Mapping[int, Decimal]] = field(default_factory=dict)
    """Live specimens by taxon and importing country, by year."""
    native: Callable[[str, str], bool | None] = lambda taxon, country: None
    """Does the taxon live in the wild there? None where nobody knows."""
    outputs: Mapping[tuple[str, str], Decimal | None] = field(default_factory=dict)
    """What registered operations state that they breed in a year, by taxon and country; None where one states nothing:
    then nothing can be said."""
    firsts: Mapping[str, int] = field(default_factory=dict)
    """The first year of which anything is known of a taxon: before it nobody reported it, or it was not listed."""

    def since_for(self, taxon: str) -> int:
        return max(self.since, self.firsts.get(taxon, self.since))


def gather(rows: Iterable[Yearly]) -> list[Series]:
    """Rows as series. Rows of this system come on top of a year only where the store has nothing of that side."""
    found: dict[tuple[str, str, str, str], Series] = {}
    for row in rows:
        key = (row.taxon, row.term, row.unit, row.exporter)
        series = found.setdefault(key, Series(row.taxon, row.group, row.term, row.unit, row.exporter))
        held = series.cells.setdefault((row.reporter, row.year), {})
        quantity, records = held.get(row.source, (NOTHING, 0))
        held[row.source] = (quantity + row.quantity, records + row.records)
        series.group = series.group or row.group
        if row.own:
            series.own.add(row.year)
    return list(found.values())


def newest_years(known: Known, limits: Limits) -> range:
    return range(known.newest - limits.whole("years") + 1, known.newest + 1)


def rises(found: Iterable[Series], known: Known, limits: Limits) -> Iterator[Signal]:
    """Years far above what the years before let one expect."""
    for series in found:
        for year in newest_years(known, limits):
            side = series.side(year)
            value, records = series.sum(side, {year})
            if value < Decimal(str(limits["rise_quantity"])) or records < limits["rise_records"]:
                continue
            before = _before(series, side, year, known, limits)
            usual = expected([float(series.sum(side, {past})[0]) for past in before], sure=limits["rise_sure"],
                             floor=limits["rise_floor"])
            if usual and float(value) > usual.high and float(value) >= limits["rise_times"] * usual.middle and (
                    usual.middle >= 1 or _much(value, records, limits)):
                yield _rise(series, side, year, value, records, usual, [*before, year], limits)


def _much(value: Decimal, records: int, limits: Limits) -> bool:
    """Where there was nothing before, only much counts."""
    return float(value) >= limits["rise_new"] and records >= limits["rise_new_records"]


def _before(series: Series, side: str, year: int, known: Known, limits: Limits) -> list[int]:
    """The earlier years that say something: a year of which the exporter reported nothing at all does not."""
    span = range(max(known.since_for(series.taxon), year - limits.whole("before")), year)
    return [past for past in span if side == "I" or (series.exporter, past) in known.reported]


def _rise(series: Series, side: str, year: int, value: Decimal, records: int, usual: Expected, years: list[int],
          limits: Limits) -> Signal:
    times = float(value) / usual.middle if usual.middle >= 1 else 0.0
    empty = sum(series.sum(side, {past})[0] < 1 for past in years[:-1])
    return Signal(
        Kind.RISE, "rise" if times else "rise-from-nothing", series.taxon, series.term, series.unit, series.exporter,
        year, value, strength=float(value) / max(usual.high, 1.0), group=series.group, expected=of(usual.middle),
        low=of(usual.low), high=of(usual.high), records=records,
        numbers={"times": plain(times), "years": str(usual.years), "sure": plain(limits["rise_sure"]),
                 "side": SIDES[side], "empty": str(empty)},
        ground="interval" if times else "none-before", unknown=("permits-not-trade", "late-reports"),
        live=year in series.own,
        series=tuple(Point(each, *_pair(series.sum(side, {each}))) for each in years))


def _pair(cell: tuple[Decimal, int]) -> tuple[Decimal, None, int]:
    return cell[0], None, cell[1]


def shifts(found: Iterable[Series], known: Known, limits: Limits) -> Iterator[Signal]:
    """Bred or ranched codes that took the place of wild ones."""
    after = newest_years(known, limits)
    before = range(after.start - limits.whole("shift_before"), after.start)
    for series in found:
        side = series.side(known.newest)
        best = max((made for code in INSTEAD if (made := _shift(series, side, code, before, after, limits))),
                   key=lambda made: made.strength, default=None)
        if best is not None:
            yield best


def _shift(series: Series, side: str, code: str, before: range, after: range, limits: Limits) -> Signal | None:
    named = series.sources
    all_before, all_after = series.sum(side, before, named)[1], series.sum(side, after, named)[1]
    if code not in named or min(all_before, all_after) < limits["shift_records"]:
        return None
    value, records = series.sum(side, after, {code})
    gap = moved((series.sum(side, before, {code})[1], all_before), (records, all_after), sure=limits["shift_sure"])
    wild_before = series.sum(side, before, {WILD})[0] / len(before)
    wild_after = series.sum(side, after, {WILD})[0] / len(after)
    least_fall = Decimal(str(1 - limits["shift_fall"] / 100))
    if not gap or gap.least * 100 < limits["shift_points"] or not wild_before or wild_after > wild_before * least_fall:
        return None
    year = max(each for each in series.years_of((code,), (side,)) if each in after)
    return Signal(
        Kind.SHIFT, "shift", series.taxon, series.term, series.unit, series.exporter, year, value,
        strength=gap.least, group=series.group, source=code, records=records,
        numbers={"was": plain(gap.was * 100), "now": plain(gap.now * 100), "least": plain(gap.least * 100),
                 "most": plain(gap.most * 100), "wild_before": plain(wild_before), "wild_after": plain(wild_after),
                 "records_before": str(all_before), "records_after": str(all_after),
                 "sure": plain(limits["shift_sure"])},
        ground="shares", unknown=("relabelled", "late-reports"), live=bool(series.own & set(after)),
        series=tuple(Point(each, series.sum(side, {each}, {code})[0], series.sum(side, {each}, {WILD})[0],
                           series.sum(side, {each}, named)[1]) for each in (*before, *after)))


def captives(found: Iterable[Series], known: Known, limits: Limits) -> Iterator[Signal]:
    """More bred specimens than known parents can have raised, or bred ones too soon after the first stock."""
    every = list(found)
    firsts = _first_stock(every, known)
    for series in every:
        if series.term not in WHOLE or series.unit not in ("", "NAR"):
            continue
        for year in newest_years(known, limits):
            side = series.side(year)
            value, records = series.sum(side, {year}, BRED)
            if value < Decimal(str(limits["captive_quantity"])):
                continue
            if (series.taxon, series.exporter) in known.outputs:
                output = known.outputs[series.taxon, series.exporter]
                if output is not None and value > output:
                    yield _captive(series, side, "captive-operations", year, value, records, float(value / output),
                                   {"young": plain(output)}, "register", ("breeding",))
                continue
            made = (_too_soon(series, side, year, value, records, firsts, known, limits)
                    or _too_many(series, side, year, value, records, known, limits))
            if made:
                yield made


def _first_stock(found: Iterable[Series], known: Known) -> dict[tuple[str, str], int]:
    """By taxon and country: the first year in which live ones came in or wild ones went out."""
    first: dict[tuple[str, str], int] = defaultdict(lambda: 9999)
    for key, years in known.imported.items():
        first[key] = min(years, default=9999)
    for series in found:
        key = (series.taxon, series.exporter)
        first[key] = min([first[key], *series.years_of((WILD,))])
    return first


def _too_soon(series: Series, side: str, year: int, value: Decimal, records: int,
              firsts: Mapping[tuple[str, str], int], known: Known, limits: Limits) -> Signal | None:
    first = firsts.get((series.taxon, series.exporter), 9999)
    earlier = any(each < year for each in series.years_of(("C", "D")))
    bred = series.sum(side, {year}, ("C", "D"))[0]
    too_soon = first <= year and year - first < limits["captive_first"]
    if earlier or not bred or not too_soon or first - known.since_for(series.taxon) < limits["captive_first"]:
        return None
    numbers = {"after": str(year - first), "first": str(first), "since": str(known.since_for(series.taxon))}
    return _captive(series, side, "captive-first", year, value, records,
                    float(limits["captive_first"] - year + first), numbers, "history",
                    ("stock-at-home", "generation", "registers"))


def _too_many(series: Series, side: str, year: int, value: Decimal, records: int, known: Known,
              limits: Limits) -> Signal | None:
    """Only where the animals cannot come from the wild there: who has them at home needs no imports."""
    span = range(max(known.since_for(series.taxon), year - limits.whole("captive_stock")), year)
    native = known.native(series.taxon, series.exporter)
    wild = series.sum("E", span, {WILD})[1] + series.sum("I", span, {WILD})[1]
    if native or wild or len(span) < limits["captive_stock"]:
        return None
    stock = sum((known.imported.get((series.taxon, series.exporter), {}).get(each, NOTHING) for each in span), NOTHING)
    young = limits[f"captive_young_{YOUNG.get(series.group, 'others')}"]
    if float(value) <= float(stock) * young:
        return None
    each = float(value) / float(stock) if stock else 0.0
    unknown = ("stock-at-home", "breeding", "registers", *(("range",) if native is None else ()))
    return _captive(series, side, "captive-stock" if stock else "captive-no-stock", year, value, records,
                    each / young if stock else float(value),
                    {"stock": plain(stock), "each": plain(each), "young": plain(young), "years": str(len(span))},
                    "parents", unknown)


def _captive(series: Series, side: str, code: str, year: int, value: Decimal, records: int, strength: float,
             numbers: dict[str, str], ground: str, unknown: tuple[str, ...]) -> Signal:
    return Signal(
        Kind.CAPTIVE, code, series.taxon, series.term, series.unit, series.exporter, year, value, strength,
        group=series.group, source="C", records=records, numbers=numbers, ground=ground, unknown=unknown,
        live=year in series.own,
        series=tuple(Point(each, series.sum(side, {each}, BRED)[0], series.sum(side, {each}, {WILD})[0],
                           series.sum(side, {each})[1]) for each in series.years))
