"""The rows that signals are found in, out of the trade store: one statement a kind, in SQL that other engines know.

Rows of shipments and of tabulations tell of the same trade: one of them is asked. The rows of this system come in from
outside and stand on top of years of which the store has no report of ours.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final, Protocol

from wildgate.worldtrade.signals.limits import Limits
from wildgate.worldtrade.signals.series import Known, Yearly
from wildgate.worldtrade.signals.ways import STEPS, Habits, Pair, Way

MOST_ROWS: Final = 400_000
"""So many grouped rows of a kind are read; the largest series first."""
KINDS: Final = ("shipments", "tabulation")


class Asked(Protocol):
    """What is needed of the store: trusted SQL over the view `trade`, with named places."""

    def query(self, sql: str, values: Mapping[str, object] | None = None) -> list[tuple[Any, ...]]: ...


@dataclass(frozen=True, slots=True)
class Span:
    """What the store holds: of which kind, from which year to which."""

    kind: str
    first: int
    last: int


SPAN = "SELECT kind, MIN(year), MAX(year), COUNT(*) FROM trade WHERE kind <> 'own' GROUP BY kind"
PART = "SELECT COUNT(*) FROM trade WHERE kind = $kind AND (exporter = $party OR importer = $party OR origin = $party)"
SERIES = """SELECT trade.taxon, MAX(class_name), trade.term, trade.unit, trade.exporter, reporter, source, year,
    SUM(quantity), COUNT(*)
FROM trade JOIN (
    SELECT late.taxon, late.term, late.unit, late.exporter, SUM(late.quantity) AS weight FROM trade late JOIN (
        SELECT DISTINCT taxon, exporter FROM trade WHERE kind = $kind AND exporter <> ''
            AND ($party = '' OR exporter = $party OR importer = $party OR origin = $party)
    ) own ON own.taxon = late.taxon AND own.exporter = late.exporter
    WHERE late.kind = $kind AND late.year >= $newest
    GROUP BY late.taxon, late.term, late.unit, late.exporter
    HAVING SUM(late.quantity) >= $quantity ORDER BY weight DESC LIMIT 20000
) many ON many.taxon = trade.taxon AND many.term = trade.term AND many.unit = trade.unit
    AND many.exporter = trade.exporter
WHERE kind = $kind AND year >= $first
GROUP BY trade.taxon, trade.term, trade.unit, trade.exporter, reporter, source, year LIMIT {most}"""
REPORTED = "SELECT exporter, year, COUNT(*) FROM trade WHERE kind = $kind AND reporter = 'E' GROUP BY exporter, year"
IMPORTED = """SELECT trade.taxon, trade.importer, reporter, year, SUM(quantity) FROM trade JOIN (
    SELECT DISTINCT taxon, exporter FROM trade WHERE kind = $kind AND year >= $newest AND source IN ('C', 'D', 'F')
        AND term IN ('LIV', 'SKI', 'BOD', 'EGL') AND exporter <> ''
) bred ON bred.taxon = trade.taxon AND bred.exporter = trade.importer
WHERE kind = $kind AND term = 'LIV' AND unit IN ('', 'NAR')
GROUP BY trade.taxon, trade.importer, reporter, year LIMIT {most}"""
WAYS = """WITH new AS (
    SELECT taxon, MAX(class_name) AS class_name, term, unit, exporter, importer,
        CASE WHEN origin = exporter THEN '' ELSE origin END AS origin,
        CASE WHEN origin = '' THEN exporter ELSE origin END AS home,
        MIN(year) AS first_year, SUM(quantity) AS quantity, COUNT(*) AS records
    FROM trade WHERE kind = $kind AND reporter = $side AND year >= $newest AND exporter <> '' AND importer <> ''
        AND ($party = '' OR exporter = $party OR importer = $party OR origin = $party)
    GROUP BY taxon, term, unit, exporter, importer, CASE WHEN origin = exporter THEN '' ELSE origin END,
        CASE WHEN origin = '' THEN exporter ELSE origin END
    HAVING SUM(quantity) >= $quantity AND COUNT(*) >= $records
), past AS (
    SELECT taxon, term, home, SUM(records) AS known, SUM(CASE WHEN records = 1 THEN 1 ELSE 0 END) AS once FROM (
        SELECT trade.taxon, trade.term, asked.home, trade.exporter, trade.importer, COUNT(*) AS records
        FROM trade JOIN (SELECT DISTINCT taxon, term, home FROM new) asked ON asked.taxon = trade.taxon
            AND asked.term = trade.term
            AND asked.home = CASE WHEN trade.origin = '' THEN trade.exporter ELSE trade.origin END
        WHERE trade.kind = $kind AND trade.reporter = $side AND trade.year < $newest
        GROUP BY trade.taxon, trade.term, asked.home, trade.exporter, trade.importer
    ) ways GROUP BY taxon, term, home HAVING SUM(records) >= $known
)
SELECT new.taxon, new.class_name, new.term, new.unit, new.exporter, new.importer, new.origin, new.first_year,
    new.quantity, new.records, past.known, past.once
FROM new JOIN past ON past.taxon = new.taxon AND past.term = new.term AND past.home = new.home
WHERE NOT EXISTS (
    SELECT 1 FROM trade old WHERE old.kind = $kind AND old.year < $newest AND old.taxon = new.taxon
        AND old.term = new.term AND old.exporter = new.exporter AND old.importer = new.importer
        AND CASE WHEN old.origin = old.exporter THEN '' ELSE old.origin END = new.origin)
ORDER BY new.records DESC, new.taxon, new.exporter, new.importer LIMIT 5000"""
PAIRS = """SELECT taxon, MAX(class_name), term, unit, exporter, importer, year,
    SUM(CASE WHEN reporter = 'E' THEN quantity ELSE 0 END) AS sent,
    SUM(CASE WHEN reporter = 'I' THEN quantity ELSE 0 END) AS came, COUNT(*)
FROM trade WHERE kind = $kind AND year >= $newest AND exporter <> '' AND importer <> ''
    AND ($party = '' OR exporter = $party OR importer = $party)
GROUP BY taxon, term, unit, exporter, importer, year
HAVING SUM(CASE WHEN reporter = 'I' THEN quantity ELSE 0 END)
    - SUM(CASE WHEN reporter = 'E' THEN quantity ELSE 0 END) >= $quantity
ORDER BY came DESC, taxon, exporter, importer, year LIMIT 20000"""
RATIOS = """SELECT step, COUNT(*) FROM (
    SELECT FLOOR(LN(SUM(CASE WHEN reporter = 'I' THEN CAST(quantity AS DOUBLE) ELSE 0 END)
        / SUM(CASE WHEN reporter = 'E' THEN CAST(quantity AS DOUBLE) ELSE 0 END)) * {steps}) AS step
    FROM trade WHERE kind = $kind AND year >= $newest AND quantity > 0 AND exporter <> '' AND importer <> ''
    GROUP BY taxon, term, unit, exporter, importer, year
    HAVING SUM(CASE WHEN reporter = 'I' THEN quantity ELSE 0 END) > 0
        AND SUM(CASE WHEN reporter = 'E' THEN quantity ELSE 0 END) > 0
) ratios GROUP BY step"""
MATCHED = """SELECT exporter, COUNT(*), SUM(CASE WHEN sent > 0 THEN 1 ELSE 0 END) FROM (
    SELECT exporter, SUM(CASE WHEN reporter = 'E' THEN quantity ELSE 0 END) AS sent,
        SUM(CASE WHEN reporter = 'I' THEN quantity ELSE 0 END) AS came
    FROM trade WHERE kind = $kind AND year >= $newest AND exporter <> '' AND importer <> ''
    GROUP BY taxon, term, unit, exporter, importer, year
) pairs WHERE came > 0 GROUP BY exporter"""
PAST = """SELECT taxon, term, importer, COUNT(*) FROM trade WHERE kind = $kind AND exporter = $party AND year < $newest
GROUP BY taxon, term, importer LIMIT {most}"""
FIRSTS = "SELECT taxon, MIN(year) FROM trade WHERE kind = $kind GROUP BY taxon"
AROUND = """SELECT trade.taxon, trade.term, trade.unit, trade.exporter, trade.importer, year,
    SUM(CASE WHEN reporter = 'E' THEN quantity ELSE 0 END) - SUM(CASE WHEN reporter = 'I' THEN quantity ELSE 0 END)
FROM trade JOIN (
    SELECT taxon, term, unit, exporter, importer FROM trade
    WHERE kind = $kind AND year >= $newest AND exporter <> '' AND importer <> ''
        AND ($party = '' OR exporter = $party OR importer = $party)
    GROUP BY taxon, term, unit, exporter, importer
    HAVING SUM(CASE WHEN reporter = 'I' THEN quantity ELSE 0 END) >= $quantity
) far ON far.taxon = trade.taxon AND far.term = trade.term AND far.unit = trade.unit
    AND far.exporter = trade.exporter AND far.importer = trade.importer
WHERE kind = $kind AND year >= $newest - 1
GROUP BY trade.taxon, trade.term, trade.unit, trade.exporter, trade.importer, year
HAVING SUM(CASE WHEN reporter = 'E' THEN quantity ELSE 0 END)
    > SUM(CASE WHEN reporter = 'I' THEN quantity ELSE 0 END) LIMIT {most}"""


def span(store: Asked) -> Span | None:
    """The kind that is asked: shipments where there are any; None where the store is empty."""
    found = {str(kind): (int(first), int(last)) for kind, first, last, _ in store.query(SPAN)}
    kind = next((each for each in KINDS if each in found), None)
    return Span(kind, *found[kind]) if kind else None


def takes_part(store: Asked, held: Span, party: str) -> bool:
    return bool(store.query(PART, {"kind": held.kind, "party": party})[0][0])


def series(store: Asked, held: Span, party: str, limits: Limits) -> list[Yearly]:
    """The years of every kind of specimen of which enough was traded in the newest years."""
    newest = held.last - limits.whole("years") + 1
    back = max(limits.whole("before"), limits.whole("shift_before"), limits.whole("captive_stock"))
    found = store.query(SERIES.format(most=MOST_ROWS), {
        "kind": held.kind, "party": party, "newest": newest, "first": newest - back,
        "quantity": min(limits["rise_quantity"], limits["captive_quantity"])})
    return [Yearly(taxon, group, term, unit, exporter, reporter, source, int(year), quantity, int(records))
            for taxon, group, term, unit, exporter, reporter, source, year, quantity, records in found]


def reports(store: Asked, held: Span) -> dict[tuple[str, int], int]:
    """How many records each country reported of its exports, by year."""
    return {(country, int(year)): int(n) for country, year, n in store.query(REPORTED, {"kind": held.kind})}


def imports(store: Asked, held: Span, newest: int) -> dict[tuple[str, str], dict[int, Decimal]]:
    """Live specimens that came into each country that exports bred ones now, by year: of two reports the larger one."""
    found: dict[tuple[str, str], dict[int, Decimal]] = defaultdict(dict)
    for taxon, importer, _, year, quantity in store.query(IMPORTED.format(most=MOST_ROWS),
                                                          {"kind": held.kind, "newest": newest}):
        years = found[taxon, importer]
        years[int(year)] = max(years.get(int(year), Decimal(0)), quantity)
    return found


def known(store: Asked, held: Span, limits: Limits) -> Known:
    """What stands beside the series."""
    return Known(held.first, held.last, reports(store, held),
                 imports(store, held, held.last - limits.whole("years") + 1),
                 firsts={taxon: int(year) for taxon, year in store.query(FIRSTS, {"kind": held.kind})})


def ways(store: Asked, held: Span, party: str, limits: Limits) -> list[Way]:
    """Ways that were taken for the first time in the newest years, by exporters' reports, else by importers'."""
    newest = held.last - limits.whole("years") + 1
    found: dict[tuple[str, ...], Way] = {}
    for side in ("E", "I"):
        for row in store.query(WAYS, {
                "kind": held.kind, "party": party, "side": side, "newest": newest,
                "quantity": limits["route_quantity"], "records": limits.whole("route_records"),
                "known": limits.whole("route_known")}):
            taxon, group, term, unit, exporter, importer, origin, first, quantity, records, past, once = row
            found.setdefault((taxon, term, unit, exporter, importer, origin), Way(
                taxon, group, term, unit, exporter, importer, origin, int(first), quantity, int(records), int(past),
                int(once)))
    return list(found.values())


def habits(store: Asked, held: Span, known: Known, limits: Limits) -> Habits:
    """How reports of the newest years usually agree."""
    values = {"kind": held.kind, "newest": held.last - limits.whole("years") + 1}
    return Habits({int(step): int(n) for step, n in store.query(RATIOS.format(steps=STEPS), values)},
                  {country: (int(claimed), int(both)) for country, claimed, both in store.query(MATCHED, values)},
                  known.reported)


def pairs(store: Asked, held: Span, party: str, limits: Limits) -> list[Pair]:
    """Two reports of the same trade of which the importer's is the larger one, with what stands in the years around."""
    values = {"kind": held.kind, "newest": held.last - limits.whole("years") + 1, "party": party,
              "quantity": limits["gap_quantity"]}
    rows = store.query(PAIRS, values)
    spare: dict[tuple[str, ...], dict[int, Decimal]] = defaultdict(dict)
    for *key, year, more in store.query(AROUND.format(most=MOST_ROWS), values) if rows else ():
        spare[tuple(key)][int(year)] = more
    return [Pair(taxon, group, term, unit, exporter, importer, int(year), sent, came, int(n),
                 sum((spare[taxon, term, unit, exporter, importer].get(int(year) + step, Decimal(0))
                      for step in (-1, 1)), Decimal(0)))
            for taxon, group, term, unit, exporter, importer, year, sent, came, n in rows]


def past(store: Asked, held: Span, party: str, newest: int) -> dict[tuple[str, str, str], int]:
    """The records of our own earlier exports by taxon, term and importer."""
    values = {"kind": held.kind, "party": party, "newest": newest}
    return {(taxon, term, importer): int(n)
            for taxon, term, importer, n in store.query(PAST.format(most=MOST_ROWS), values)}
