"""From a question to its answer: which records, which kind of specimen and unit, and the figures of every chart.

Different units, kinds of specimens, reporters and sets of records are never added: where several would answer, the
commonest is shown and the others are offered. Answers are kept until the store changes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Final

from wildgate.apps.explorer.hiding import FEWEST, Figure, hide, touchy
from wildgate.worldtrade import questions
from wildgate.worldtrade.question import units_of
from wildgate.worldtrade.questions import KindRows, Question
from wildgate.worldtrade.store import Store, TradeSet, store_at

KEPT: Final = 512
"""So many answers are kept in each process; the one not asked for longest goes."""
MOST_PLACES, MOST_FLOWS, MOST_TAXA = 300, 12, 10
MOST_CHOICES: Final = 24
BLANK: Final = "-"
"""How a question names a blank code."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A kind of specimen in a unit that the question could be answered in."""

    term: str
    unit: str
    records: int


@dataclass(frozen=True, slots=True)
class Answer:
    """Figures in one kind of specimen and unit. `side` reported all but the trend, which has both sides apart.

    `held_back`: figures were left out because they rest on few records of single persons.
    """

    question: Question
    side: str
    choices: tuple[Choice, ...] = ()
    others: tuple[KindRows, ...] = ()
    sets: tuple[TradeSet, ...] = ()
    trend: tuple[Figure, ...] = ()
    exporters: tuple[Figure, ...] = ()
    importers: tuple[Figure, ...] = ()
    flows: tuple[Figure, ...] = ()
    taxa: tuple[Figure, ...] = ()
    mix: tuple[Figure, ...] = ()
    months: tuple[Figure, ...] = ()

    @property
    def parts(self) -> dict[str, tuple[Figure, ...]]:
        names = ("trend", "exporters", "importers", "flows", "taxa", "mix", "months")
        return {name: getattr(self, name) for name in names}

    @property
    def held_back(self) -> bool:
        return any(each.hidden for part in self.parts.values() for each in part)

    @property
    def years(self) -> tuple[int, int] | None:
        found = [int(each.key[1]) for each in self.trend]
        return (min(found), max(found)) if found else None


def answer(folder: Path, question: Question, *, official: bool, published: int) -> Answer:
    """The answer, from memory where the store has not changed. `published`: the last public year of own records."""
    return _kept(folder, store_at(folder).stamp(), question, official, 0 if official else published)


@lru_cache(maxsize=KEPT)
def _kept(folder: Path, stamp: str, question: Question, official: bool, published: int) -> Answer:
    return work_out(store_at(folder), question, official=official, published=published)


def work_out(store: Store, question: Question, *, official: bool, published: int) -> Answer:
    """The answer from the store: one question for what there is, one for all figures of what is shown."""
    every = questions.offers(store, replace(question, kind="", unit=""))
    kind = question.kind or _kind(store, _in_units(every, question))
    asked = replace(question, kind=kind)
    if not official and any(each.kind == "own" for each in every):
        own = replace(_public(question, published), kind="own", unit="")
        every = (*(each for each in every if each.kind != "own"), *questions.offers(store, own))
        asked = _public(asked, published) if kind == "own" else asked
    others = _others(_in_units(every, question), official)
    whole = [each for each in every if each.kind == kind]
    offered = _in_units(whole, question)
    if not offered:
        return Answer(asked, question.reporter or "I", others=others)
    term, unit = (first := _choices(offered)[0]).term, first.unit
    asked = replace(asked, term=term or BLANK, unit=unit or BLANK)
    sides = {each.reporter: each.rows for each in offered if (each.term, each.unit) == (term, unit)}
    side = question.reporter or max(sides, key=lambda name: (sides[name], name))
    parts = questions.parts(store, asked, limit=MOST_PLACES)
    found = Answer(
        asked, side, choices=_choices(whole)[:MOST_CHOICES], others=others,
        sets=tuple(each for each in store.sets() if each.kind == kind),
        trend=_summed(((each.reporter, str(each.year)), each) for each in parts if each.part == "mix"),
        exporters=_of(parts, "exporters", side, MOST_PLACES), importers=_of(parts, "importers", side, MOST_PLACES),
        flows=_of(parts, "flows", side, MOST_FLOWS),
        taxa=() if asked.rank in {"taxon", "species"} else _of(parts, "taxa", side, MOST_TAXA),
        mix=_of(parts, "mix", side), months=_months(store, asked, official, published))
    return found if official else _openly(found)


def _kind(store: Store, offered: Iterable[questions.Offer]) -> str:
    """The one kind that answers: the only one that is loaded, else the preferred one that has rows."""
    loaded, there = {each.kind for each in store.sets()}, {each.kind for each in offered}
    return "".join(loaded) if len(loaded) < 2 else next((kind for kind in questions.KINDS if kind in there), "")


def _in_units(offered: Iterable[questions.Offer], question: Question) -> list[questions.Offer]:
    """What is offered in the units that are asked for."""
    units = {"" if unit == BLANK else unit for unit in units_of(question)}
    return [each for each in offered if not units or each.unit in units]


def _of(parts: Iterable[questions.Part], name: str, side: str, most: int | None = None) -> tuple[Figure, ...]:
    """The figures of a part as one side reported it, in the order in which the store gives them."""
    found = (Figure(tuple(str(key) for key in (each.year, each.source, each.exporter, each.importer, each.taxon)
                          if key is not None), each.quantity, each.rows)
             for each in parts if (each.part, each.reporter) == (name, side))
    return tuple(islice(found, most))


def _public(question: Question, published: int) -> Question:
    """Own records of published years only."""
    return replace(question, last_year=min(question.last_year or published, published))


def _others(offered: Iterable[questions.Offer], official: bool) -> tuple[KindRows, ...]:
    """What there is in each set of records; to the public our own where there are enough."""
    held: dict[str, list[questions.Offer]] = {}
    for each in offered:
        held.setdefault(each.kind, []).append(each)
    found = (KindRows(kind, sum(each.rows for each in held[kind]), min(each.first_year for each in held[kind]),
                      max(each.last_year for each in held[kind])) for kind in questions.KINDS if kind in held)
    return tuple(each for each in found if official or each.kind != "own" or each.rows >= FEWEST)


def _choices(offered: Iterable[questions.Offer]) -> tuple[Choice, ...]:
    """Kinds of specimens with their units, the commonest first; both sides' records are counted, never summed up."""
    records: dict[tuple[str, str], int] = {}
    for each in offered:
        records[each.term, each.unit] = records.get((each.term, each.unit), 0) + each.rows
    return tuple(Choice(term, unit, rows) for (term, unit), rows in sorted(
        records.items(), key=lambda item: (-item[1], item[0])))


def _summed(parts: Iterable[tuple[tuple[str, ...], questions.Part]]) -> tuple[Figure, ...]:
    """Parts of one term, unit and side added up by key: exact, and without asking the store again."""
    sums: dict[tuple[str, ...], tuple[Decimal, int]] = {}
    for key, each in parts:
        quantity, rows = sums.get(key, (Decimal(0), 0))
        sums[key] = (quantity + each.quantity, rows + each.rows)
    return tuple(Figure(key, quantity, rows) for key, (quantity, rows) in sorted(sums.items()))


def _months(store: Store, asked: Question, official: bool, published: int) -> tuple[Figure, ...]:
    """Months are known of own records only, whatever the rest of the answer rests on; all years together."""
    if all(each.kind != "own" for each in store.sets()):
        return ()
    own = replace(asked, kind="own")
    summed: dict[tuple[str, str], tuple[Decimal, int]] = {}
    for each in questions.months(store, own if official else _public(own, published)):
        quantity, rows = summed.get((each.reporter, str(each.month)), (Decimal(0), 0))
        summed[each.reporter, str(each.month)] = (quantity + each.quantity, rows + each.rows)
    return tuple(Figure(key, quantity, rows) for key, (quantity, rows) in sorted(summed.items()))


def _openly(found: Answer) -> Answer:
    """The answer as the public may see it: each part by itself keeps to the least number of records."""
    if touchy(found.question.kind, found.question.purpose):
        enough = tuple(each for each in found.choices if each.records >= FEWEST)
        shown = {name: _by_group(name, part) for name, part in found.parts.items()}
        return Answer(found.question, found.side, enough, found.others,
                      () if found.question.kind == "own" else found.sets, **shown)
    return replace(found, months=_by_group("months", found.months))


def _by_group(name: str, part: Sequence[Figure]) -> tuple[Figure, ...]:
    """Figures that add up to a sum shown elsewhere are hidden together: those of one side, those of one year."""
    if name not in {"trend", "mix", "months"}:
        return hide(part)
    groups: dict[str, list[Figure]] = {}
    for each in part:
        groups.setdefault(each.key[0], []).append(each)
    return tuple(each for group in groups.values() for each in hide(group))
