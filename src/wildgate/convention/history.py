"""What the schedule was before: the changes of the Appendices, and what a taxon was between two of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from wildgate.convention.catalogue import caution
from wildgate.convention.entry import Listing
from wildgate.convention.outcome import Warning as Caution
from wildgate.convention.tables import read_facts
from wildgate.convention.taxonomy import HIGHER, Rank
from wildgate.convention.vocabulary import Appendix, Kingdom

COMPARED = date(2017, 4, 21)
"""The Index of CITES Species of that day was compared with the schedule: a change since then has a row of its own."""
CERTAIN = ("A", "B")
MARKS = ("A", "B", "C", "K")


Level = tuple[list[Listing], list[Listing], bool]
"""What held at one name by its history, what may have held, and whether that is all there is to say."""


@dataclass(frozen=True, slots=True)
class Change:
    """One change: what a taxon (or its populations in `countries`) was before a day and from that day on.

    `was` and `becomes` are Appendices, empty for none; `was` None: not known. `on` is the first day of the new state;
    None: a day not known, later than `after`. `certainty`: A official text, B comparison of schedules, C one report,
    K general knowledge, `import` a download of this installation. `basis` names the meeting or the Party.
    """

    taxon: str
    kingdom: Kingdom
    was: tuple[Appendix, ...] | None
    becomes: tuple[Appendix, ...]
    on: date | None
    after: date | None = None
    countries: tuple[str, ...] = ()
    listed_by: tuple[str, ...] = ()
    annotations: tuple[str, ...] = ()
    basis: str = ""
    certainty: str = "K"

    @property
    def words(self) -> str:
        """The change in words: `Manis javanica: Appendix II until 2017-01-02, then Appendix I (CoP17, certainty K)`."""
        where = f" of {', '.join(self.countries)}" if self.countries else ""
        day = str(self.on) if self.on else f"a day not known after {self.after}"
        then = _told(self.becomes)
        then = f"then {then}" if self.was != self.becomes else "then by a wider entry"
        was = _told(self.was or ())
        return f"{self.taxon}{where}: {was} until {day}, {then} ({self.basis}, {_mark(self.certainty)})"

    def touches(self, population: str | None) -> bool:
        """Does it concern the population? A population that is not told may be meant."""
        return not self.countries or population is None or population in self.countries


@dataclass(frozen=True, slots=True)
class Span:
    """What a taxon was between two changes: `listings` that held, none if it stood in no Appendix; `ended` how."""

    listings: tuple[Listing, ...]
    since: date | None
    ended: Change

    def holds(self, on: date) -> bool:
        """Did it hold on that day, for certain or perhaps?"""
        return (self.since is None or self.since <= on) and (self.ended.on is None or on < self.ended.on)

    def doubtful(self, on: date) -> bool:
        """Is the day later than the last one of which it is known?"""
        return self.ended.on is None and self.ended.after is not None and on > self.ended.after


class History:
    """The changes by taxon, and the spans between them; `until` is the day of the schedule that they lead to."""

    def __init__(self, changes: Iterable[Change], ranks: Mapping[str, Rank], until: date) -> None:
        self.until = until
        self._ranks = ranks
        self.undated: set[str] = set()
        self._changes: dict[str, tuple[Change, ...]] = {}
        self._spans: dict[str, tuple[Span, ...]] = {}
        found: dict[str, list[Change]] = {}
        for change in changes:
            if change.was is None:
                self.undated.add(change.taxon)
            else:
                found.setdefault(change.taxon, []).append(change)
        for taxon, rows in found.items():
            self._take(taxon, rows)

    def _take(self, taxon: str, rows: Iterable[Change]) -> None:
        """Put the changes of a taxon in the place of those it had."""
        chains: dict[tuple[str, ...], list[Change]] = {}
        for row in sorted(rows, key=lambda row: row.on or self.until):
            chains.setdefault(row.countries, []).append(row)
        self._changes[taxon] = tuple(row for chain in chains.values() for row in chain)
        self._spans[taxon] = tuple(span for chain in chains.values() for span in self._between(chain))

    def _between(self, chain: list[Change]) -> Iterator[Span]:
        for before, change in zip([None, *chain], chain, strict=False):
            begun = (before.on or before.after) if before else None
            marks = [row.certainty for row in (before, change) if row]
            yield Span(tuple(Listing(
                f"{change.taxon} until {change.on}", change.taxon, self._label(change.taxon), self._rank(change.taxon),
                change.kingdom, appendix, change.annotations, change.countries, listed_by=change.listed_by,
                since=begun, since_by=before.basis if before else "", until=change.on or self.until,
                until_by=change.basis if change.on else f"{change.basis}, by then on a day not known",
                certainty=max(marks, key=_order)) for appendix in change.was or ()), begun, change)

    def taxa(self) -> frozenset[str]:
        """Every taxon with a change."""
        return frozenset(self._changes)

    def of(self, taxon: str) -> tuple[Change, ...]:
        """The changes of a taxon under its own name, by population, for the eye."""
        return self._changes.get(taxon, ())

    def on(self, taxon: str, on: date | None) -> tuple[Span, ...]:
        """The spans of a taxon that hold on a past day; none when the schedule itself speaks."""
        if on is None or on >= self.until or taxon not in self._spans:
            return ()
        return tuple(span for span in self._spans[taxon] if span.holds(on))

    def level(self, taxon: str, population: str | None, on: date | None, later: list[Change]) -> Level:
        """What a name was on a past day for a population; changes that listed it only afterwards go into `later`."""
        spans = self.on(taxon, on)
        held: list[Listing] = []
        open_: list[Listing] = []
        own = [span for span in spans if population is not None and population in span.ended.countries]
        if population is None:
            open_ += [entry for span in spans if span.ended.countries for entry in span.listings]
        whole = False
        for span in own or [span for span in spans if not span.ended.countries]:
            doubtful = on is not None and span.doubtful(on)
            (open_ if doubtful else held).extend(span.listings)
            whole = whole or not doubtful
            later += [] if span.listings else [span.ended]
        return held, open_, whole

    def known(self, lineage: Iterable[str], population: str | None, on: date | None) -> bool:
        """Was the taxon or one above it something else on that day than the schedule says?"""
        return any(span.ended.touches(population) for name in lineage for span in self.on(name, on))

    def speaks(self, lineage: Iterable[str], on: date | None) -> bool:
        """Is the day a past one for which a change of the taxon, or of one above it, is recorded?"""
        return on is not None and on < self.until and any(name in self._changes for name in lineage)

    def dated(self, entry: Listing, population: str | None = None, names: Iterable[str] = ()) -> Listing:
        """A present entry with the day, the meeting and the certainty of the change that made it.

        `names` are those of the taxon asked, from the most specific to the entry's: a change of the taxon itself counts
        where the entry that holds for it now is a wider one.
        """
        for name in (*names, entry.taxon):
            for change in reversed(self._changes.get(name, ())):
                if change.becomes != (entry.appendix,) or change.on is None or change.was == change.becomes:
                    continue
                if not change.countries or population in change.countries:
                    before = change.was[0] if change.was else None
                    return replace(entry, since=change.on, before=before, since_by=change.basis,
                                   certainty=change.certainty)
        return entry

    def days(self, lineage: Iterable[str], year: int) -> tuple[date, ...]:
        """The days of a year on which something began to hold for a taxon; the first of January always."""
        told = {c.on for name in lineage for c in self._changes.get(name, ()) if c.on and c.on.year == year}
        return tuple(sorted(told | {date(year, 1, 1)}))

    def listed_when_compared(self, taxon: str) -> bool:
        """Did the entry stand in the Appendices on 21 April 2017, by this name?"""
        began = (row for row in self._changes.get(taxon, ()) if not row.was and not row.countries)
        return taxon not in self.undated and not any(row.on is None or row.on > COMPARED for row in began)

    def cautions(self, lineage: Iterable[str], population: str | None, on: date | None) -> tuple[Caution, ...]:
        """How well a past day is known: a change that nobody confirmed, or nothing recorded at all."""
        if on is None or on >= self.until:
            return ()
        names = tuple(lineage)
        told = [c for name in names for c in self._changes.get(name, ()) if c.touches(population)]
        rests_on = [span.ended for name in names for span in self.on(name, on) if span.ended.touches(population)]
        if not rests_on and on < COMPARED and told:
            rests_on = [max((c for c in told if c.on), key=lambda c: c.on or on, default=told[-1])]
        if doubt := [c for c in rests_on if c.certainty not in (*CERTAIN, "import")]:
            words = "; ".join(dict.fromkeys(c.words for c in doubt[:2]))
            return (caution("history-unconfirmed", ("Art. XV", "Art. XVI"), unconfirmed=True, day=on, words=words),)
        if rests_on:
            return ()
        if self.undated & set(names):
            return (caution("history/undated", (), taxon=names[0], since=COMPARED, until=self.until),)
        if on < COMPARED:
            return (caution("history/not-compared", (), taxon=names[0], since=COMPARED, until=self.until),)
        return ()

    def widened(self, timelines: Mapping[str, tuple[Change, ...]], split: frozenset[str]) -> History:
        """The same history with imported timelines in the place of its own, and its own changes after their last.

        An import tells that a taxon of `split` stood in two Appendices, never which population: there the schedule and
        its own history go on speaking.
        """
        found = History((), self._ranks, self.until)
        found.undated = self.undated - timelines.keys()
        found._changes, found._spans = {**self._changes}, {**self._spans}
        for taxon, rows in timelines.items():
            last = max((row.on for row in rows if row.on), default=None)
            own = self._changes.get(taxon, ())
            later = [row for row in own if last and row.on and row.on > last]
            found._take(taxon, [*rows, *later])
            if taxon in split:
                told = [span for span in found._spans[taxon] if len(span.ended.was or ()) < 2]
                parts = [span for span in self._spans.get(taxon, ()) if span.ended.countries]
                found._spans[taxon] = (*told, *(part for part in parts if part not in told))
        return found

    def _rank(self, taxon: str) -> Rank:
        if taxon in self._ranks:
            return self._ranks[taxon]
        if " " not in taxon:
            return Rank.FAMILY if taxon.endswith(("idae", "aceae")) else Rank.GENUS
        return Rank.SPECIES if taxon.count(" ") == 1 else Rank.SUBSPECIES

    def _label(self, taxon: str) -> str:
        return f"{taxon} spp." if self._rank(taxon) in HIGHER else taxon


def shipped_changes() -> Iterator[Change]:
    """The changes of `wildgate/data/history.tsv`."""
    for r in read_facts("history"):
        yield Change(
            r["taxon"], Kingdom(r["kingdom"]), None if r["was"] == "?" else _appendices(r["was"]),
            _appendices(r["becomes"]), date.fromisoformat(r["on"]) if r["on"] else None,
            date.fromisoformat(r["after"]) if r["after"] else None, tuple(r["countries"].split()),
            tuple(r["listed_by"].split()), tuple(r["annotations"].split()), r["basis"], r["certainty"])


def _appendices(text: str) -> tuple[Appendix, ...]:
    return tuple(Appendix(part) for part in text.split("/") if part in Appendix.__members__)


def _told(appendices: tuple[Appendix, ...]) -> str:
    return f"Appendix {'/'.join(a.value for a in appendices)}" if appendices else "no Appendix"


def _mark(certainty: str) -> str:
    return "imported" if certainty == "import" else f"certainty {certainty}"


def _order(certainty: str) -> int:
    return MARKS.index(certainty) if certainty in MARKS else 0
