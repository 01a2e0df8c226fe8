"""What may be asked of the trade rows. A sum is of one kind, one side's reports, one term and one unit, always.

Sums are asked of the view `summed`, single reports and months of `trade`. The SQL is plain on purpose: the texts of
this module run unchanged on another engine over the same Parquet.
"""

# ruff: noqa: S608  (the SQL is made of our own words; what a person gave goes in by name or as a quoted literal)
from __future__ import annotations

from dataclasses import dataclass, fields, replace
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from wildgate.worldtrade.columns import OWN, SHIPMENTS, TABULATION
from wildgate.worldtrade.question import COLUMN_OF_RANK, RANKS, Question, Values, condition

if TYPE_CHECKING:
    from wildgate.worldtrade.store import Store

KINDS = (SHIPMENTS, TABULATION, OWN)
"""In the order in which an answer prefers them."""
BY = {"importer": "importer", "exporter": "exporter", "origin": "origin", "taxon": "taxon", **COLUMN_OF_RANK,
      "appendix": "appendix", "purpose": "purpose", "source": "source", "term": "term"}
MOST_ROWS = 10_000
MANY = "CAST(SUM(many) AS BIGINT)"
"""How many rows the cells of the view `summed` stand for."""
AMOUNT = "CAST(SUM(whole) AS DECIMAL(38,15)) + CAST(SUM(part) AS DECIMAL(38,15))"
__all__ = ["BY", "KINDS", "RANKS", "Flow", "KindRows", "Mix", "Month", "Offer", "Offered", "Part", "Point", "Question",
           "Ranked", "TaxonFound", "TradeRow", "YearRows"]


@dataclass(frozen=True, slots=True)
class KindRows:
    """How many rows of a kind answer a question, and of which years."""

    kind: str
    rows: int
    first_year: int
    last_year: int


@dataclass(frozen=True, slots=True)
class Offered:
    """A term and unit in which there is an answer."""

    kind: str
    term: str
    unit: str
    reporter: str
    rows: int
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class Offer:
    """A kind of records, term, unit and side in which there is an answer, of which years."""

    kind: str
    term: str
    unit: str
    reporter: str
    rows: int
    first_year: int
    last_year: int


@dataclass(frozen=True, slots=True)
class YearRows:
    kind: str
    year: int
    rows: int


@dataclass(frozen=True, slots=True)
class Point:
    """What one side reported for a year."""

    kind: str
    year: int
    term: str
    unit: str
    reporter: str
    quantity: Decimal
    rows: int


@dataclass(frozen=True, slots=True)
class Month:
    """What was moved in a month of a year; only the installation's own rows know their month."""

    kind: str
    year: int
    month: int
    term: str
    unit: str
    reporter: str
    quantity: Decimal
    rows: int


@dataclass(frozen=True, slots=True)
class Flow:
    """What went from one country to another, as one side reported it."""

    kind: str
    exporter: str
    importer: str
    term: str
    unit: str
    reporter: str
    quantity: Decimal
    rows: int
    first_year: int
    last_year: int


@dataclass(frozen=True, slots=True)
class Ranked:
    """One of the largest by a column, among those of the same term, unit and side."""

    kind: str
    by: str
    value: str
    term: str
    unit: str
    reporter: str
    quantity: Decimal
    rows: int
    place: int


@dataclass(frozen=True, slots=True)
class Mix:
    """What one side reported for a year under a source code; a blank source is a source of its own here."""

    kind: str
    year: int
    source: str
    term: str
    unit: str
    reporter: str
    quantity: Decimal
    rows: int


@dataclass(frozen=True, slots=True)
class Part:
    """One figure of a picture: of `part` "mix" by year and source, "exporters", "importers", "flows" or "taxa"; what
    the part does not tell apart is None."""

    part: str
    reporter: str
    year: int | None
    source: str | None
    exporter: str | None
    importer: str | None
    taxon: str | None
    quantity: Decimal
    rows: int


@dataclass(frozen=True, slots=True)
class TradeRow:
    """One report as it is stored: the quantity in the unit it is kept in, and as the file gave it."""

    kind: str
    set_name: str
    reporter: str
    year: int
    month: int
    id: int
    appendix: str
    taxon: str
    class_name: str
    order_name: str
    family: str
    genus: str
    term: str
    quantity: Decimal
    unit: str
    importer: str
    exporter: str
    origin: str
    purpose: str
    source: str
    given_term: str
    given_quantity: Decimal
    given_unit: str


@dataclass(frozen=True, slots=True)
class TaxonFound:
    name: str
    rank: str
    rows: int


def kinds(store: Store, q: Question) -> tuple[KindRows, ...]:
    """What there is of each kind, the preferred first; each may be asked for by its name."""
    return _kinds(store, store.stamp(), replace(q, kind=""))


def kind_of(store: Store, q: Question) -> str:
    """The one kind that answers: what the question names, else the first that has rows; "" where nothing answers."""
    if q.kind:
        return q.kind
    loaded = {one.kind for one in store.sets()}
    if len(loaded) < 2:
        return "".join(loaded)
    found = kinds(store, q)
    return found[0].kind if found else ""


def count(store: Store, q: Question) -> int:
    rows = _asked(store, q, f"SELECT COALESCE({MANY}, 0) FROM summed WHERE {{where}}")
    return int(rows[0][0]) if rows else 0


def terms(store: Store, q: Question) -> tuple[Offered, ...]:
    """The terms and units in which there are answers, the most reported first."""
    return tuple(Offered(*row) for row in _asked(store, q, f"""
SELECT kind, term, unit, reporter, {MANY} AS many, {AMOUNT} AS quantity
FROM summed WHERE {{where}}
GROUP BY kind, term, unit, reporter ORDER BY many DESC, term, unit, reporter"""))


def offers(store: Store, q: Question) -> tuple[Offer, ...]:
    """All there is to choose from, without quantities: of the kind that is named, or of every kind."""
    where, values = condition(q)
    return tuple(Offer(*row) for row in store.query(f"""
SELECT kind, term, unit, reporter, {MANY} AS many, MIN("year") AS first_year, MAX("year") AS last_year
FROM summed WHERE {where}
GROUP BY kind, term, unit, reporter ORDER BY many DESC, term, unit, reporter""", values))


def parts(store: Store, q: Question, limit: int = 200) -> tuple[Part, ...]:
    """The parts of a picture of one term and unit, in one go; of each part but the mix the `limit` largest a side."""
    return tuple(Part(*row) for row in _asked(store, q, f"""
SELECT part, reporter, "year", source, exporter, importer, taxon, quantity, many
FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY part, reporter
             ORDER BY quantity DESC, many DESC, exporter, importer, taxon) AS place
      FROM (SELECT CASE WHEN GROUPING("year") = 0 THEN 'mix' WHEN GROUPING(taxon) = 0 THEN 'taxa'
                        WHEN GROUPING(importer) = 1 THEN 'exporters' WHEN GROUPING(exporter) = 1 THEN 'importers'
                        ELSE 'flows' END AS part,
                   reporter, "year", source, exporter, importer, taxon, {AMOUNT} AS quantity, {MANY} AS many
            FROM summed WHERE {{where}}
            GROUP BY GROUPING SETS ((reporter, "year", source), (reporter, exporter), (reporter, importer),
                                    (reporter, exporter, importer), (reporter, taxon))) AS summed_up) AS placed
WHERE part = 'mix' OR place <= $limit ORDER BY part, reporter, "year", source, place""", {"limit": limit}))


def years(store: Store, q: Question) -> tuple[YearRows, ...]:
    return tuple(YearRows(*row) for row in _asked(store, q, f"""
SELECT kind, "year", {MANY} AS many FROM summed WHERE {{where}} GROUP BY kind, "year" ORDER BY "year\""""))


def trend(store: Store, q: Question) -> tuple[Point, ...]:
    """Year by year, each side's reports apart."""
    return tuple(Point(*row) for row in _asked(store, q, f"""
SELECT kind, "year", term, unit, reporter, {AMOUNT} AS quantity, {MANY} AS many
FROM summed WHERE {{where}}
GROUP BY kind, "year", term, unit, reporter ORDER BY term, unit, reporter, "year\""""))


def months(store: Store, q: Question) -> tuple[Month, ...]:
    """Month by month, of the rows that know their month."""
    return tuple(Month(*row) for row in _asked(store, replace(q, kind=q.kind or OWN), f"""
SELECT kind, "year", "month", term, unit, reporter, {AMOUNT} AS quantity, COUNT(*) AS many
FROM trade WHERE {{where}} AND "month" > 0
GROUP BY kind, "year", "month", term, unit, reporter ORDER BY term, unit, reporter, "year", "month\""""))


def sources(store: Store, q: Question) -> tuple[Mix, ...]:
    """Year by year and source by source."""
    return tuple(Mix(*row) for row in _asked(store, q, f"""
SELECT kind, "year", source, term, unit, reporter, {AMOUNT} AS quantity, {MANY} AS many
FROM summed WHERE {{where}}
GROUP BY kind, "year", source, term, unit, reporter ORDER BY term, unit, reporter, "year", source"""))


def flows(store: Store, q: Question, limit: int = 200) -> tuple[Flow, ...]:
    """From whom to whom, the largest first; `limit` of each term, unit and side."""
    return tuple(Flow(*row) for row in _asked(store, q, f"""
SELECT kind, exporter, importer, term, unit, reporter, quantity, many, first_year, last_year
FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY term, unit, reporter
             ORDER BY quantity DESC, many DESC, exporter, importer) AS place
      FROM (SELECT kind, exporter, importer, term, unit, reporter, {AMOUNT} AS quantity, {MANY} AS many,
                   MIN("year") AS first_year, MAX("year") AS last_year
            FROM summed WHERE {{where}}
            GROUP BY kind, exporter, importer, term, unit, reporter) AS summed) AS placed
WHERE place <= $limit ORDER BY term, unit, reporter, place""", {"limit": limit}))


def top(store: Store, q: Question, by: str = "exporter", limit: int = 10) -> tuple[Ranked, ...]:
    """The largest by a column of `BY`; `limit` of each term, unit and side. Where the term and the unit that is asked
    for are not named, there is one ranking for each."""
    column = BY[by]
    return tuple(Ranked(kind, by, *rest) for kind, *rest in _asked(store, q, f"""
SELECT kind, named, term, unit, reporter, quantity, many, place
FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY term, unit, reporter
             ORDER BY quantity DESC, many DESC, named) AS place
      FROM (SELECT kind, {column} AS named, term, unit, reporter, {AMOUNT} AS quantity, {MANY} AS many
            FROM summed WHERE {{where}}
            GROUP BY kind, {column}, term, unit, reporter) AS summed) AS placed
WHERE place <= $limit ORDER BY term, unit, reporter, place""", {"limit": limit}))


def rows(store: Store, q: Question, limit: int = 100, offset: int = 0) -> tuple[TradeRow, ...]:
    """The reports themselves, in an order that stays the same from page to page."""
    columns = ", ".join(f'"{field.name}"' for field in fields(TradeRow))
    return tuple(TradeRow(*row) for row in _asked(store, q, f"""
SELECT {columns} FROM trade WHERE {{where}}
ORDER BY "year" DESC, taxon, term, exporter, importer, reporter, unit, source, purpose, origin, quantity, id
LIMIT $limit OFFSET $offset""", {"limit": min(limit, MOST_ROWS), "offset": offset}))


def taxa(store: Store, text: str, limit: int = 20) -> tuple[TaxonFound, ...]:
    """Names that were reported, and the genera, families, orders and classes above them: those that begin with the
    text come first, then those that hold it."""
    wanted = " ".join(text.split()).casefold()
    found = [one for one in _names(store, store.stamp()) if wanted in one.name.casefold()] if wanted else []
    found.sort(key=lambda one: (not one.name.casefold().startswith(wanted), RANKS.index(one.rank) == 0, -one.rows,
                                one.name))
    return tuple(found[:limit])


def rank_of(store: Store, name: str) -> str:
    """The rank under which a name is asked for, of several the one with most rows (Pholidota is an order of mammals
    and a genus of orchids); "" when it is nowhere."""
    found = [one for one in _names(store, store.stamp()) if one.name == name]
    return max(found, key=lambda one: (one.rows, -RANKS.index(one.rank))).rank if found else ""


@lru_cache(maxsize=4)
def _names(store: Store, stamp: str) -> tuple[TaxonFound, ...]:
    columns = ("taxon", *COLUMN_OF_RANK.values())
    found: dict[tuple[str, str], int] = {}
    for *names, many in store.query(
            f"SELECT {', '.join(columns)}, {MANY} AS many FROM summed GROUP BY {', '.join(columns)}"):
        for rank, name in zip(("taxon", *COLUMN_OF_RANK), names, strict=True):
            if name:
                found[rank, name] = found.get((rank, name), 0) + many
    return tuple(TaxonFound(name, rank, many) for (rank, name), many in sorted(found.items()))


@lru_cache(maxsize=512)
def _kinds(store: Store, stamp: str, q: Question) -> tuple[KindRows, ...]:
    where, values = condition(q)
    found = [KindRows(*row) for row in store.query(
        f'SELECT kind, {MANY}, MIN("year"), MAX("year") FROM summed WHERE {where} GROUP BY kind', values)]
    return tuple(sorted(found, key=lambda one: KINDS.index(one.kind)))


def _asked(store: Store, q: Question, sql: str, more: Values | None = None) -> list[Any]:
    """The rows of an answer, of one kind."""
    kind = kind_of(store, q)
    if not kind:
        return []
    where, values = condition(replace(q, kind=kind))
    return store.query(sql.format(where=where), {**values, **(more or {})})
