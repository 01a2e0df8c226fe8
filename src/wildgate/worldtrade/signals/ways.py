"""Signals between two countries, and against a limit: new routes, gaps between two reports, quotas."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from wildgate.worldtrade.signals.found import Point, Signal, plain
from wildgate.worldtrade.signals.limits import Kind, Limits
from wildgate.worldtrade.signals.series import Flow
from wildgate.worldtrade.signals.statistics import chance_of_new, placed

NOTHING: Final = Decimal(0)
STEPS: Final = 8
"""Steps of the logarithm in which ratios of two reports are counted."""


@dataclass(frozen=True, slots=True)
class Way:
    """A way that a taxon and term took: from where it comes, through whom, to whom; before and in the newest years."""

    taxon: str
    group: str
    term: str
    unit: str
    exporter: str
    importer: str
    origin: str
    first_year: int
    quantity: Decimal
    records: int
    known: int
    """Records of earlier years of this taxon and term from that country, on whatever way."""
    once: int
    """Ways among them that one record took."""
    own: bool = False


def own_ways(flows: Iterable[Flow], party: str, past: Mapping[tuple[str, str, str], int], newest: int) -> list[Way]:
    """New ways of our own exports: flows of the newest years to whom nothing went before, by our rows or the store.

    `past` counts the store's records of our earlier exports by taxon, term and importer.
    """
    before: dict[tuple[str, str], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for (taxon, term, importer), count in past.items():
        before[taxon, term][importer] += count
    new: dict[tuple[str, str, str, str], list[Flow]] = defaultdict(list)
    for flow in flows:
        if flow.year < newest:
            before[flow.taxon, flow.term][flow.importer] += flow.records
        else:
            new[flow.taxon, flow.term, flow.unit, flow.importer].append(flow)
    found = []
    for (taxon, term, unit, importer), rows in new.items():
        held = before[taxon, term]
        if importer and not held.get(importer):
            found.append(Way(taxon, rows[0].group, term, unit, party, importer, "", min(row.year for row in rows),
                             sum((row.quantity for row in rows), NOTHING), sum(row.records for row in rows),
                             sum(held.values()), sum(count == 1 for count in held.values()), own=True))
    return found


def routes(found: Iterable[Way], limits: Limits) -> Iterator[Signal]:
    """Ways that were never taken before, where a new way is rare."""
    for way in found:
        if way.records < limits["route_records"] or way.quantity < Decimal(str(limits["route_quantity"])):
            continue
        chance = chance_of_new(way.once, way.known)
        if way.known < limits["route_known"] or chance * 100 > limits["route_chance"]:
            continue
        yield Signal(
            Kind.ROUTE, "route-via" if way.origin else "route", way.taxon, way.term, way.unit, way.exporter,
            way.first_year, way.quantity, strength=way.records * (1 - chance), group=way.group, importer=way.importer,
            origin=way.origin, records=way.records,
            numbers={"known": str(way.known), "once": str(way.once), "chance": plain(chance * 100)},
            ground="rarity", unknown=("transit", "late-reports"), live=way.own,
            series=(Point(way.first_year, way.quantity, records=way.records),))


@dataclass(frozen=True, slots=True)
class Pair:
    """What both sides report of one kind of specimen between two countries in one year, and around it."""

    taxon: str
    group: str
    term: str
    unit: str
    exporter: str
    importer: str
    year: int
    exported: Decimal
    imported: Decimal
    records: int
    spare: Decimal = NOTHING
    """What the exporter reported more than the importer in the year before and after: it may belong here."""


@dataclass(frozen=True, slots=True)
class Habits:
    """How reports of the same years usually agree: pairs by the step of their ratio; by exporter how much of what
    importers claim it reported itself (so many claimed, so many matched); and who reported of which year at all."""

    counts: Mapping[int, int]
    matched: Mapping[str, tuple[int, int]]
    reported: Mapping[tuple[str, int], int]


def gaps(found: Iterable[Pair], habits: Habits, limits: Limits) -> Iterator[Signal]:
    """Importers that report much more than the exporter; who reported nothing at all has no gap, but no report."""
    counts = habits.counts
    pairs = sum(counts.values())
    if pairs < limits["gap_pairs"]:
        return
    for pair in found:
        exported = pair.exported + max(pair.spare, NOTHING)
        ratio = float(pair.imported / exported) if exported else 0.0
        more = pair.imported - exported
        if more < Decimal(str(limits["gap_quantity"])) or (exported and ratio < limits["gap_times"]):
            continue
        claimed, matched = habits.matched.get(pair.exporter, (0, 0))
        if (pair.exporter, pair.year) not in habits.reported:
            continue
        if not exported and (claimed < limits["gap_pairs"] / 3 or matched * 100 < claimed * limits["gap_matched"]):
            continue
        place = placed(ratio, counts, steps=STEPS) if exported else None
        if exported and (place is None or place * 100 < limits["gap_place"]):
            continue
        yield _gap(pair, ratio, place, pairs, (claimed, matched))


def _gap(pair: Pair, ratio: float, place: float | None, pairs: int, others: tuple[int, int]) -> Signal:
    silent, (claimed, matched) = place is None, others
    return Signal(
        Kind.GAP, "gap-silent" if silent else "gap", pair.taxon, pair.term, pair.unit, pair.exporter, pair.year,
        pair.imported, strength=float(pair.imported) if silent else ratio * float(pair.imported) ** 0.5,
        group=pair.group, importer=pair.importer, expected=pair.exported, records=pair.records,
        numbers={"pairs": str(pairs), "place": plain((place or 0) * 100), "claimed": str(claimed),
                 "matched": plain(matched * 100 / claimed) if claimed else "0", "times": plain(ratio),
                 "spare": plain(max(pair.spare, NOTHING))},
        ground="silent" if silent else "place", unknown=("permits-not-trade", "year-shift"),
        series=(Point(pair.year, pair.imported, pair.exported, pair.records),))


@dataclass(frozen=True, slots=True)
class Quota:
    """A quota and what was taken of it. `side` names a report; without one it is the ledger of this system."""

    taxon: str
    term: str
    unit: str
    source: str
    exporter: str
    start: date
    end: date
    amount: Decimal
    taken: Decimal
    side: str = ""
    group: str = ""


def quotas(found: Iterable[Quota], on: date, limits: Limits) -> Iterator[Signal]:
    """Quotas that are more than used up, or nearly so before much of their time is over."""
    for quota in found:
        whole = (quota.end - quota.start).days + 1
        gone = min(max((on - quota.start).days + 1, 0) / whole, 1.0) if whole > 0 else 1.0
        if not quota.amount and not quota.taken:
            continue
        share = float(quota.taken / quota.amount) if quota.amount else 99.0
        full, early = share * 100 > limits["quota_full"], (share - gone) * 100 >= limits["quota_ahead"]
        if not full and (not early or quota.side):
            continue
        year = quota.start.year
        yield Signal(
            Kind.QUOTA, "quota-full" if full else "quota-early", quota.taxon, quota.term, quota.unit, quota.exporter,
            year, quota.taken, strength=share, group=quota.group, source=quota.source, high=quota.amount,
            numbers={"amount": plain(quota.amount), "share": plain(share * 100), "gone": plain(gone * 100),
                     "day": on.isoformat(), "side": quota.side},
            ground="reports" if quota.side else "ledger", unknown=("season", "other-limits"), live=not quota.side,
            series=(Point(year, quota.taken, quota.amount),))
