"""From a question to its answer: which records, which kind of specimen and unit, and the figures of every chart.

Different units, kinds of specimens, reporters and sets of records are never added: where several would answer, the
commonest is shown and the others are offered. Answers are kept until the store changes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Final

from wildgate.apps.explorer.hiding import FEWEST, Figure, hide, touchy
from wildgate.worldtrade import questions
from wildgate.worldtrade.questions import KindRows, Question
from wildgate.worldtrade.store import Store, TradeSet, store_at

KEPT: Final = 512
"""So many answers are kept in each process; the one not asked for longest goes."""
MOST_PLACES, MOST_FLOWS, MOST_TAXA, ALL = 300, 12, 10, 100_000
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
    """The answer from the store."""
    kind = question.kind or questions.kind_of(store, question)
    asked = replace(question, kind=kind)
    if kind == "own" and not official:
        asked = _public(asked, published)
    offered, others = questions.terms(store, asked), _others(store, question, official, published)
    if not offered:
        return Answer(asked, question.reporter or "I", others=others)
    choices = _choices(offered)
    asked = replace(asked, term=choices[0].term or BLANK, unit=choices[0].unit or BLANK)
    first = (choices[0].term, choices[0].unit)
    sides = {each.reporter: each.rows for each in offered if (each.term, each.unit) == first}
    side = question.reporter or max(sides, key=lambda name: (sides[name], name))
    one = replace(asked, reporter=side)
    whole = _choices(questions.terms(store, replace(asked, term=question.term, unit=""))) if question.unit else choices
    flows, mix = questions.flows(store, one, limit=ALL), questions.sources(store, asked)
    found = Answer(
        asked, side, choices=whole[:MOST_CHOICES], others=others,
        sets=tuple(each for each in store.sets() if each.kind == kind),
        trend=_summed(((each.reporter, str(each.year)), each) for each in mix),
        exporters=_largest(_summed(((each.exporter,), each) for each in flows)),
        importers=_largest(_summed(((each.importer,), each) for each in flows)),
        flows=tuple(Figure((each.exporter, each.importer), each.quantity, each.rows) for each in flows[:MOST_FLOWS]),
        taxa=() if asked.rank in {"taxon", "species"} else _taxa(store, one),
        mix=tuple(Figure((str(each.year), each.source), each.quantity, each.rows)
                  for each in mix if each.reporter == side),
        months=_months(store, asked, official, published))
    return found if official else _openly(found)


def _public(question: Question, published: int) -> Question:
    """Own records of published years only."""
    return replace(question, last_year=min(question.last_year or published, published))


def _others(store: Store, question: Question, official: bool, published: int) -> tuple[KindRows, ...]:
    """What there is in each set of records; to the public our own where there are enough, of published years."""
    found = questions.kinds(store, replace(question, kind=""))
    if official or all(each.kind != "own" for each in found):
        return found
    own = [each for each in questions.kinds(store, replace(_public(question, published), kind=""))
           if each.kind == "own" and each.rows >= FEWEST]
    return (*(each for each in found if each.kind != "own"), *own)


def _choices(offered: Iterable[questions.Offered]) -> tuple[Choice, ...]:
    """Kinds of specimens with their units, the commonest first; both sides' records are counted, never summed up."""
    records: dict[tuple[str, str], int] = {}
    for each in offered:
        records[each.term, each.unit] = records.get((each.term, each.unit), 0) + each.rows
    return tuple(Choice(term, unit, rows) for (term, unit), rows in sorted(
        records.items(), key=lambda item: (-item[1], item[0])))


def _summed(parts: Iterable[tuple[tuple[str, ...], questions.Flow | questions.Mix]]) -> tuple[Figure, ...]:
    """Parts of one term, unit and side added up by key: exact, and without asking the store again."""
    sums: dict[tuple[str, ...], tuple[Decimal, int]] = {}
    for key, each in parts:
        quantity, rows = sums.get(key, (Decimal(0), 0))
        sums[key] = (quantity + each.quantity, rows + each.rows)
    return tuple(Figure(key, quantity, rows) for key, (quantity, rows) in sorted(sums.items()))


def _largest(figures: Iterable[Figure]) -> tuple[Figure, ...]:
    return tuple(sorted(figures, key=lambda each: (-(each.quantity or 0), -each.records, each.key)))[:MOST_PLACES]


def _taxa(store: Store, asked: Question) -> tuple[Figure, ...]:
    return tuple(Figure((each.value,), each.quantity, each.rows)
                 for each in questions.top(store, asked, by="taxon", limit=MOST_TAXA))


def _months(store: Store, asked: Question, official: bool, published: int) -> tuple[Figure, ...]:
    """Months are known of own records only, whatever the rest of the answer rests on; all years together."""
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
