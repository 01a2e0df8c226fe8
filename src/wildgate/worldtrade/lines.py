"""What two sides say of the same trade, line against line, until every amount that is left over has found its match."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from operator import attrgetter

from wildgate.convention import tables

EXPORTER, IMPORTER = "E", "I"
NOTHING = Decimal(0)
COUNTED = "NAR"
LEAST_REMAINDER = 10
UNKNOWN = frozenset({"", "U"})
NEAR_SOURCES = frozenset(frozenset(pair) for pair in ("CF", "CD", "AD", "WR", "WX", "WY", "AY", "WF"))
"""Pairs of source codes between which reports are known to waver; any other pair is a conflict to look at."""


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """What a line is about. Two sides that agree write the same place. A blank origin is the exporting country's."""

    year: int
    exporter: str
    importer: str
    taxon: str
    term: str
    unit: str
    source: str
    origin: str


@dataclass(slots=True)
class Line:
    """What one side reported of a place, and what is `left` of it after the other side's report of the same place."""

    side: str
    place: Place
    reported: Decimal
    rows: int
    left: Decimal
    genus: str
    given_units: frozenset[str]
    decimals: int
    other: Line | None = None
    code: str = ""
    match: tuple[Line, ...] = ()

    @property
    def open(self) -> bool:
        """Is an amount left that may be looked for elsewhere? A small remainder would meet another by chance."""
        return self.left > 0 and not self.code and (self.other is None or self.left >= LEAST_REMAINDER
                                                    or self.place.unit != COUNTED)


@dataclass(slots=True)
class Pair:
    """The lines of both sides on one place."""

    lines: dict[str, Line] = field(default_factory=dict)


def set_off(lines: Iterable[Line]) -> dict[Place, Pair]:
    """Set what both sides report of one place against each other; what is left stays with the side that said more."""
    pairs: dict[Place, Pair] = defaultdict(Pair)
    for line in lines:
        pairs[line.place].lines[line.side] = line
    for pair in pairs.values():
        if len(pair.lines) == 2:
            out, into = pair.lines[EXPORTER], pair.lines[IMPORTER]
            both = min(out.reported, into.reported)
            out.left, into.left = out.reported - both, into.reported - both
            out.other, into.other = into, out
    return dict(pairs)


Key = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Way:
    """One way in which the same amount may stand under another place: what is left aside when two places are
    compared, and whether what differs may differ so."""

    code: str
    key: Callable[[Line], Key]
    fits: Callable[[Line, Line], bool]


def _terms_agree(one: Line, other: Line) -> bool:
    return one.place.term != other.place.term and _current(one.place.term) == _current(other.place.term)


def _current(term: str) -> str:
    return tables.legacy_term(term) or term


def _sources_waver(one: Line, other: Line) -> bool:
    pair = {one.place.source, other.place.source}
    return len(pair) == 2 and (bool(pair & UNKNOWN) or frozenset(pair) in NEAR_SOURCES)


def _next_year(one: Line, other: Line) -> bool:
    return abs(one.place.year - other.place.year) == 1


def _broader(one: Line, other: Line) -> bool:
    """Is one name the genus, or the species, that the other is part of?"""
    names = sorted((one.place.taxon, other.place.taxon), key=len)
    whole = f"{one.genus} spp."
    return bool(one.genus) and one.genus == other.genus and (whole in names or names[1].startswith(f"{names[0]} "))


def _through(one: Line, other: Line) -> bool:
    """Does the importer name the country of origin where the exporter is a third country that re-exported?"""
    out, into = (one, other) if one.side == EXPORTER else (other, one)
    return out.place.origin != "" and into.place.exporter == out.place.origin and into.place.origin == ""


_ALL = ("year", "exporter", "importer", "taxon", "term", "unit", "source", "origin")


def _but(*names: str, also: tuple[str, ...] = ()) -> Callable[[Line], Key]:
    """All that a place says but for these."""
    return attrgetter(*also, *(f"place.{name}" for name in _ALL if name not in names))


WAYS = (
    Way("term", _but("term"), _terms_agree),
    Way("origin", _but("origin"), lambda one, other: True),
    Way("source", _but("source"), _sources_waver),
    Way("year", _but("year"), _next_year),
    Way("taxon", _but("taxon", also=("genus",)), _broader),
    Way("re-export", _but("exporter", "origin"), _through),
    Way("source", _but("source", "origin"), _sources_waver),
    Way("year", _but("year", "source", "origin"),
        lambda one, other: _next_year(one, other) and (one.place.source == other.place.source
                                                       or _sources_waver(one, other))),
    Way("source-conflict", _but("source", "origin"), lambda one, other: one.place.source != other.place.source),
)
"""Tried in this order; each line is matched once."""


def match(lines: Iterable[Line], year: int) -> None:
    """Find, for each amount that is left over in `year`, the same amount on the other side under another place."""
    left = sorted((line for line in lines if line.left > 0), key=lambda line: (line.place, line.side))
    now = [line for line in left if line.place.year == year]
    for way in WAYS:
        waiting: dict[tuple[str, Decimal, Key], list[Line]] = defaultdict(list)
        for line in left if way.code == "year" else now:
            if line.open:
                waiting[_across(line.side), line.left, way.key(line)].append(line)
        for line in now:
            if not line.open:
                continue
            there = waiting.get((line.side, line.left, way.key(line)), ())
            found = next((other for other in there if other.open and way.fits(line, other)), None)
            if found is not None:
                line.code = found.code = way.code
                line.match, found.match = (found,), (line,)
    _together([line for line in now if line.open])
    for line in now:
        if line.left > 0 and not line.code and line.other is not None and _rounded(line, line.other):
            line.code = "rounding"


def _together(lines: list[Line]) -> None:
    """Lines of several sources and origins that come to the same amount on both sides."""
    groups: dict[Key, list[Line]] = defaultdict(list)
    key = _but("source", "origin")
    for line in lines:
        groups[key(line)].append(line)
    for group in groups.values():
        sides = {side: [line for line in group if line.side == side] for side in (EXPORTER, IMPORTER)}
        sums = {sum((line.left for line in each), NOTHING) for each in sides.values()}
        if all(sides.values()) and len(sums) == 1:
            for line in group:
                line.code, line.match = "split", tuple(sides[_across(line.side)])


def _rounded(one: Line, other: Line) -> bool:
    """Is the coarser amount the finer one, rounded to the places it is written with? Counted specimens never are."""
    fine, coarse = (one, other) if one.decimals > other.decimals else (other, one)
    if one.place.unit == COUNTED or fine.decimals == coarse.decimals or one.given_units != other.given_units:
        return False
    return abs(fine.reported - coarse.reported) <= Decimal(5).scaleb(-coarse.decimals - 1)


def _across(side: str) -> str:
    return IMPORTER if side == EXPORTER else EXPORTER
