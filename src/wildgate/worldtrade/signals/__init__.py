"""Signals in the world's trade: what a Scientific Authority, an officer or risk control should look at, and why.

`find` asks the store and the rows of this system and gives signals by kind, the strongest first. Each names its
numbers, the statistics that it rests on, its basis, and what it does not know. A signal is a question, never a verdict.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Final

from wildgate.worldtrade.signals import gathering, series, ways
from wildgate.worldtrade.signals.found import BASIS, GROUNDS, SENTENCES, UNKNOWN, Point, Signal, plain
from wildgate.worldtrade.signals.limits import VALUES, Kind, Limits, Value, fault
from wildgate.worldtrade.signals.series import Flow, Known, Yearly
from wildgate.worldtrade.signals.ways import Pair, Quota, Way

__all__ = ["BASIS", "GROUNDS", "SENTENCES", "UNKNOWN", "VALUES", "Flow", "Found", "Kind", "Known", "Limits", "Own",
           "Pair", "Point", "Quota", "Signal", "Value", "Way", "Yearly", "fault", "find", "plain"]


ZERO: Final = Decimal(0)


@dataclass(frozen=True, slots=True)
class Own:
    """What this system knows beside the store: what it saw leave, its quotas, and where taxa live in the wild."""

    party: str
    flows: Sequence[Flow] = ()
    quotas: Sequence[Quota] = ()
    native: Callable[[str, str], bool | None] = field(default=lambda taxon, country: None)
    outputs: Mapping[tuple[str, str], Decimal | None] = field(default_factory=dict)
    """What registered operations say they breed in a year, by taxon and country; None where one says nothing."""
    imported: Mapping[tuple[str, str], Mapping[int, Decimal]] = field(default_factory=dict)
    """Live specimens that came in here, by taxon and our own code, by year."""

    def beside(self, known: Known) -> Known:
        """What is known, with what this system knows better: of two counts of our own imports the larger one."""
        imported = dict(known.imported)
        for key, years in self.imported.items():
            held = imported.get(key, {})
            imported[key] = {year: max(years.get(year, ZERO), held.get(year, ZERO)) for year in {*years, *held}}
        return replace(known, native=self.native, outputs=self.outputs, imported=imported)


@dataclass(frozen=True, slots=True)
class Found:
    """The signals of one run. `looked` counts the series of years; `left_off` what a limit cut away."""

    signals: tuple[Signal, ...]
    first: int = 0
    last: int = 0
    whole_world: bool = False
    looked: int = 0
    by_chance: int = 0
    """So many rises would be there if nothing had changed anywhere."""
    left_off: int = 0
    seconds: float = 0.0
    late: bool = False
    """Time was over before all was asked: what follows was not looked for."""


def find(store: gathering.Asked | None, own: Own, limits: Limits, *, on: date, seconds: float = 300) -> Found:
    """Every signal, by kind and strength. Without a store the rows of this system alone are looked at."""
    began = time.monotonic()
    held = gathering.span(store) if store is not None else None
    rows = [flow.yearly(own.party) for flow in own.flows]
    since = min((row.year for row in rows), default=on.year)
    if store is None or held is None:
        known = own.beside(Known(since, on.year, {(own.party, each): 1 for each in range(since, on.year + 1)}))
        world = False
        parts: list[Iterator[Signal | None]] = [ways.routes(_own_ways(own, {}, limits), limits)]
    else:
        world = bool(limits["world"]) or not gathering.takes_part(store, held, own.party)
        read = gathering.series(store, held, "" if world else own.party, limits)
        known = own.beside(gathering.known(store, held, limits))
        rows = [*read, *(row for row in rows if (own.party, row.year) not in known.reported)]
        parts = [_between(store, held, "" if world else own.party, own, limits, known)]
    series_of = series.gather(rows)
    made, late = list(ways.quotas(own.quotas, on, limits)), False
    for part in (_of_years(series_of, known, own, limits), *parts):
        for signal in part:
            made += [] if signal is None else [signal]
            late = time.monotonic() - began > seconds
            if late:
                break
    kept, left_off = _strongest(made, limits.whole("most"))
    return Found(kept, held.first if held else since, held.last if held else on.year, world, len(series_of),
                 round(len(series_of) * limits["years"] * (1 - limits["rise_sure"] / 100)), left_off,
                 time.monotonic() - began, late)


def _of_years(found: list[series.Series], known: Known, own: Own, limits: Limits) -> Iterator[Signal]:
    """The store's newest years for every country; for our own exports the newest years of our own rows."""
    ours = [each for each in found if each.own and each.exporter == own.party]
    others = [each for each in found if not (each.own and each.exporter == own.party)]
    reported = {**known.reported, **{(own.party, flow.year): flow.records for flow in own.flows}}
    newest = max((flow.year for flow in own.flows), default=known.newest)
    at_home = replace(known, newest=max(newest, known.newest), reported=reported)
    for some, what in ((others, known), (ours, at_home)):
        for ask in (series.rises, series.shifts, series.captives):
            yield from ask(some, what, limits)


def _between(store: gathering.Asked, held: gathering.Span, party: str, own: Own, limits: Limits,
             known: Known) -> Iterator[Signal | None]:
    """What lies between two countries. Nothing comes before each question, so that time can be over in between."""
    yield None
    yield from ways.routes(gathering.ways(store, held, party, limits), limits)
    newest = max((flow.year for flow in own.flows), default=0) - limits.whole("years") + 1
    yield None
    if own.flows:
        yield from ways.routes(_own_ways(own, gathering.past(store, held, own.party, newest), limits), limits)
    yield None
    yield from ways.gaps(gathering.pairs(store, held, party, limits), gathering.habits(store, held, known, limits),
                         limits)


def _own_ways(own: Own, past: Mapping[tuple[str, str, str], int], limits: Limits) -> list[Way]:
    newest = max((flow.year for flow in own.flows), default=0)
    return ways.own_ways(own.flows, own.party, past, newest - limits.whole("years") + 1)


def _strongest(made: Iterable[Signal], most: int) -> tuple[tuple[Signal, ...], int]:
    """The strongest of each kind, each thing once."""
    once: dict[str, Signal] = {}
    for signal in sorted(made, key=lambda each: (-each.strength, each.taxon, each.exporter, each.importer, -each.year)):
        once.setdefault(signal.key, signal)
    kept: list[Signal] = []
    for kind in Kind:
        kept += [signal for signal in once.values() if signal.kind is kind][:most]
    return tuple(kept), len(once) - len(kept)
