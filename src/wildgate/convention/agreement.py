"""Does the Appendix that a trade record names agree with the one that the law gives for taxon, country and year?

Only the year of a record is known: it agrees when its Appendix held on some day of that year.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from functools import cache

from wildgate.convention.listing import NOWHERE, Cover, Law, Listed, NotListed
from wildgate.convention.taxonomy import Taxon
from wildgate.convention.vocabulary import Appendix, Purpose, Source

NARROWER = frozenset({"name-species", "name-subspecies"})
APPENDICES = frozenset(Appendix.__members__)
OTHER = "MEA"
"""Meat: a specimen that no "for the exclusive purpose of" annotation names."""


class Sort(str, Enum):
    """What became of a record. AGREES and ANNOTATION agree; those that begin with "open" are open; the rest differ.

    The words are the explanation that the report prints.
    """

    AGREES = "the Appendix agrees"
    ANNOTATION = "agrees by the annotation: these specimens are deemed to be of the other Appendix"
    ANNOTATION_OPEN = "open: the annotation deems some specimens to be of it; a record tells not which"
    POPULATION_NOT_TOLD = "open: the listing is split by population and the record names no country of origin"
    PART_OF_COUNTRY = "open: the listing is split inside the country"
    WIDE_NAME = "open: the name is wider than the entries; taxa within it stand in several Appendices"
    CROSS = "open: a cross whose parents are not named"
    HISTORY_OPEN = "open: the day of the change is not known here"
    OTHER_POPULATION = "differs: the Appendix of another population of the taxon"
    OTHER_YEARS = "differs: the taxon's Appendix of other years"
    NOT_LISTED = "differs: by our data not listed then, or not for that country"
    UNKNOWN_NAME = "differs: a name that we cannot decide"
    UNEXPLAINED = "differs: no entry known to us has that Appendix; perhaps the recorder's slip"
    NO_APPENDIX = "not compared: the record names no Appendix (N)"

    @property
    def agrees(self) -> bool:
        return self in (Sort.AGREES, Sort.ANNOTATION)

    @property
    def is_open(self) -> bool:
        return self.value.startswith("open")


@dataclass(frozen=True, slots=True)
class Record:
    """A trade record as reported; `country` is the origin, or the exporter where no other origin is named."""

    taxon: str
    year: int
    appendix: str
    country: str
    term: str = ""
    purpose: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Given:
    """What the law gives for a taxon and a country over a year."""

    certain: frozenset[str]
    open: frozenset[str]
    narrower: frozenset[str]
    listed: tuple[Listed, ...]
    words: str


@dataclass(slots=True)
class Tally:
    """The outcome over many records, each counted with its number of rows."""

    sorts: Counter[Sort] = field(default_factory=Counter)
    examples: dict[Sort, Counter[tuple[str, str, str]]] = field(default_factory=dict)
    """taxon, the record's Appendix, what the law gives"""

    def add(self, record: Record, sort: Sort, given: str, rows: int) -> None:
        self.sorts[sort] += rows
        if not sort.agrees:
            self.examples.setdefault(sort, Counter())[record.taxon, record.appendix, given] += rows

    def __add__(self, other: Tally) -> Tally:
        total = Tally(self.sorts + other.sorts, {sort: Counter(found) for sort, found in self.examples.items()})
        for sort, found in other.examples.items():
            total.examples.setdefault(sort, Counter()).update(found)
        return total

    def examples_of(self, sort: Sort, most: int) -> list[tuple[tuple[str, str, str], int]]:
        """Taxon, the record's Appendix and ours, those of most rows first; none for what was not compared."""
        return [] if sort is Sort.NO_APPENDIX else self.examples.get(sort, Counter()).most_common(most)

    def as_json(self) -> dict[str, object]:
        every = {sort: self.examples_of(sort, len(found)) for sort, found in self.examples.items()}
        return {"compared": self.compared, "agreeing": self.agreeing, "left_open": self.left_open,
                "share": round(self.share, 5), "sorts": [
                    {"sort": sort.name.lower().replace("_", "-"), "words": sort.value, "rows": rows, "taxa": [
                        {"taxon": taxon, "record": recorded, "ours": given, "rows": count}
                        for (taxon, recorded, given), count in every.get(sort, [])]}
                    for sort, rows in self.sorts.most_common()]}

    @property
    def compared(self) -> int:
        return self.sorts.total() - self.sorts[Sort.NO_APPENDIX]

    @property
    def agreeing(self) -> int:
        return sum(rows for sort, rows in self.sorts.items() if sort.agrees)

    @property
    def left_open(self) -> int:
        """Rows of which the law names their Appendix among several, and asks which specimen is meant."""
        return sum(rows for sort, rows in self.sorts.items() if sort.is_open)

    @property
    def share(self) -> float:
        """The part of the compared rows whose Appendix the law gives, alone or among those it leaves open."""
        return (self.agreeing + self.left_open) / self.compared if self.compared else 0.0


def compare(law: Law, records: Mapping[Record, int]) -> Tally:
    """Compare each record; the numbers are the rows that it stands for."""
    tally = Tally()
    ask = cache(lambda taxon, country, year: _given(law, taxon, country, year))
    for record, rows in records.items():
        if record.appendix not in APPENDICES:
            tally.add(record, Sort.NO_APPENDIX, "", rows)
            continue
        given: Given = ask(record.taxon, record.country, record.year)
        tally.add(record, _sort(law, record, given), given.words, rows)
    return tally


def _given(law: Law, name: str, country: str, year: int) -> Given:
    taxon = law.resolve(name)
    lineage = taxon.lineage if isinstance(taxon, Taxon) else ()
    certain: set[str] = set()
    open_: set[str] = set()
    narrower: set[str] = set()
    listed: list[Listed] = []
    for day in law.history.days((*lineage, *law.once_within(lineage[:1])), year):
        answer = law.listings(name, country or None, day)
        if isinstance(answer, Listed):
            listed.append(answer)
            (open_ if answer.ambiguous else certain).update(e.appendix.value for e in answer.listings)
            if any(w.code in NARROWER for w in answer.warnings):
                narrower |= {e.appendix.value for e in law.within(answer.taxon.name, day)}
        else:
            certain.add("not listed" if isinstance(answer, NotListed) else "unknown")
    words = "/".join(sorted(certain | open_)) + (" (depends)" if open_ else "")
    return Given(frozenset(certain), frozenset(open_), frozenset(narrower), tuple(listed), words)


def _sort(law: Law, record: Record, given: Given) -> Sort:
    if record.appendix in given.certain or given.open == {record.appendix}:
        return Sort.AGREES
    if record.appendix in given.open:
        return _why_open(law, record)
    if record.appendix in given.narrower:
        return Sort.WIDE_NAME
    if deemed := next((sort for answer in given.listed if (sort := _deemed(answer, record))), None):
        return deemed
    elsewhere = law.listings(record.taxon, None, date(record.year, 1, 1))
    if isinstance(elsewhere, Listed) and record.appendix in {e.appendix.value for e in elsewhere.listings}:
        return Sort.OTHER_POPULATION
    if record.appendix in _ever(law, record.taxon):
        return Sort.OTHER_YEARS
    if "unknown" in given.certain:
        return Sort.UNKNOWN_NAME
    return Sort.NOT_LISTED if given.certain == {"not listed"} else Sort.UNEXPLAINED


def _why_open(law: Law, record: Record) -> Sort:
    taxon = law.resolve(record.taxon)
    if isinstance(taxon, Taxon) and taxon.parents:
        return Sort.CROSS
    if record.country in NOWHERE:
        return Sort.POPULATION_NOT_TOLD
    answer = law.listings(record.taxon, record.country, date(record.year, 1, 1))
    if isinstance(answer, Listed) and any(record.country in e.partial for e in answer.listings):
        return Sort.PART_OF_COUNTRY
    dated = isinstance(answer, Listed) and any(e.until is not None for e in answer.listings)
    return Sort.HISTORY_OPEN if dated else Sort.WIDE_NAME


def _deemed(answer: Listed, record: Record) -> Sort | None:
    """Does the annotation deem these specimens, or perhaps these, to be of the record's Appendix?"""
    purpose = Purpose(record.purpose) if record.purpose in _codes(Purpose) else None
    source = Source(record.source) if record.source in _codes(Source) else None
    country = None if record.country in NOWHERE else record.country
    for entry in answer.listings:
        found = entry.covers(record.term, source=source, purpose=purpose, country=country)
        if record.term and found.appendix.value == record.appendix:
            return Sort.ANNOTATION
        other = entry.covers(OTHER, source=source, purpose=purpose, country=country)
        if (found.answer is Cover.CONDITIONAL or not record.term) and other.appendix.value == record.appendix:
            return Sort.ANNOTATION_OPEN
    return None


@cache
def _codes(kind: type[Purpose] | type[Source]) -> frozenset[str]:
    return frozenset(member.value for member in kind)


def _ever(law: Law, name: str) -> frozenset[str]:
    """The Appendices that the taxon stood in at any time we know of."""
    taxon = law.resolve(name)
    if not isinstance(taxon, Taxon):
        return frozenset()
    answers = [law.listings(name, None, day) for day in _turns(law, taxon.lineage)]
    return frozenset(e.appendix.value for a in answers if isinstance(a, Listed) for e in a.listings)


def _turns(law: Law, lineage: Iterable[str]) -> tuple[date, ...]:
    names = tuple(lineage)
    return tuple(sorted({day for year in range(1975, law.history.until.year + 1) for day in
                         law.history.days(names, year)}))
