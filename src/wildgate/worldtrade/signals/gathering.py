"""The rows that signals are found in, out of the trade store: one statement a kind, in SQL that other engines know.

Rows of shipments and of tabulations tell of the same trade: one of them is asked. The rows of this system come in from
outside and stand on top of years of which the store has no report of ours.
"""

# ruff: noqa: S608  (the SQL is made of our own words; what a person gave goes in by name)
from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final, Protocol

from wildgate.worldtrade.questions import AMOUNT, MANY
from wildgate.worldtrade.signals.limits import Limits
from wildgate.worldtrade.signals.series import Known, Yearly
from wildgate.worldtrade.signals.ways import STEPS, Habits, Pair, Way

MOST_ROWS: Final = 400_000
"""So many grouped rows of a kind are read; the largest series first."""
KINDS: Final = ("shipments", "tabulation")


class Asked(Protocol):
    """What is needed of the store: trusted SQL over the view `summed`, with named places."""

    def query(self, sql: str, values: Mapping[str, object] | None = None) -> list[tuple[Any, ...]]: ...


@dataclass(frozen=True, slots=True)
class Span:
    """What the store holds: of which kind, from which year to which."""

    kind: str
    first: int
    last: int


_SENT = "SUM(CASE WHEN reporter = 'E' THEN whole ELSE 0 END) + SUM(CASE WHEN reporter = 'E' THEN part ELSE 0 END)"
_CAME = "SUM(CASE WHEN reporter = 'I' THEN whole ELSE 0 END) + SUM(CASE WHEN reporter = 'I' THEN part ELSE 0 END)"
_FROM = "CASE WHEN origin = exporter THEN '' ELSE origin END"
_HOME = "CASE WHEN origin = '' THEN exporter ELSE origin END"
_TOUCHES = "($party = '' OR exporter = $party OR importer = $party OR origin = $party)"
SPAN = "SELECT kind, MIN(year), MAX(year), COUNT(*) FROM summed WHERE kind <> 'own' GROUP BY kind"
PART = "SELECT COUNT(*) FROM summed WHERE kind = $kind AND (exporter = $party OR importer = $party OR origin = $party)"
SERIES = f"""SELECT summed.taxon, MAX(class_name), summed.term, summed.unit, summed.exporter, reporter, source, year,
    {AMOUNT}, {MANY}
FROM summed JOIN (
    SELECT late.taxon, late.term, late.unit, late.exporter, {AMOUNT} AS weight FROM summed late {{own}}
    WHERE late.kind = $kind AND late.year >= $newest AND late.exporter <> ''
    GROUP BY late.taxon, late.term, late.unit, late.exporter
    HAVING {AMOUNT} >= $quantity
    ORDER BY weight DESC, late.taxon, late.term, late.unit, late.exporter LIMIT 20000
) chosen ON chosen.taxon = summed.taxon AND chosen.term = summed.term AND chosen.unit = summed.unit
    AND chosen.exporter = summed.exporter
WHERE kind = $kind AND year >= $first
GROUP BY summed.taxon, summed.term, summed.unit, summed.exporter, reporter, source, year LIMIT {{most}}"""
OWN = f"""JOIN (SELECT DISTINCT taxon, exporter FROM summed WHERE kind = $kind AND exporter <> '' AND {_TOUCHES}
    ) own ON own.taxon = late.taxon AND own.exporter = late.exporter"""
"""Only taxa and exporters in which the home Party has a part; the whole world goes without."""
REPORTED = f"SELECT exporter, year, {MANY} FROM summed WHERE kind = $kind AND reporter = 'E' GROUP BY exporter, year"
IMPORTED = f"""SELECT summed.taxon, summed.importer, reporter, year, {AMOUNT} FROM summed JOIN (
    SELECT DISTINCT taxon, exporter FROM summed WHERE kind = $kind AND year >= $newest AND source IN ('C', 'D', 'F')
        AND term IN ('LIV', 'SKI', 'BOD', 'EGL') AND exporter <> ''
) bred ON bred.taxon = summed.taxon AND bred.exporter = summed.importer
WHERE kind = $kind AND term = 'LIV' AND unit IN ('', 'NAR')
GROUP BY summed.taxon, summed.importer, reporter, year LIMIT {{most}}"""
WAYS = f"""WITH new AS (
    SELECT taxon, MAX(class_name) AS class_name, term, unit, exporter, importer, reporter, {_FROM} AS origin,
        {_HOME} AS home, MIN(year) AS first_year, {AMOUNT} AS quantity, {MANY} AS records
    FROM summed WHERE kind = $kind AND year >= $newest AND exporter <> '' AND importer <> '' AND {_TOUCHES}
    GROUP BY taxon, term, unit, exporter, importer, reporter, {_FROM}, {_HOME}
    HAVING {AMOUNT} >= $quantity AND {MANY} >= $records
), past AS (
    SELECT taxon, term, home, reporter, SUM(records) AS known,
        SUM(CASE WHEN records = 1 THEN 1 ELSE 0 END) AS once FROM (
        SELECT summed.taxon, summed.term, asked.home, summed.exporter, summed.importer, summed.reporter,
            {MANY} AS records
        FROM summed JOIN (SELECT DISTINCT taxon, term, home, reporter FROM new) asked ON asked.taxon = summed.taxon
            AND asked.term = summed.term AND asked.reporter = summed.reporter
            AND asked.home = CASE WHEN summed.origin = '' THEN summed.exporter ELSE summed.origin END
        WHERE summed.kind = $kind AND summed.year < $newest
        GROUP BY summed.taxon, summed.term, asked.home, summed.exporter, summed.importer, summed.reporter
    ) ways GROUP BY taxon, term, home, reporter HAVING SUM(records) >= $known
)
SELECT reporter, taxon, class_name, term, unit, exporter, importer, origin, first_year, quantity, records, known, once
FROM (
    SELECT new.*, past.known, past.once, ROW_NUMBER() OVER (PARTITION BY new.reporter
        ORDER BY new.records DESC, new.taxon, new.exporter, new.importer, new.term, new.unit, new.origin) AS place
    FROM new JOIN past ON past.taxon = new.taxon AND past.term = new.term AND past.home = new.home
        AND past.reporter = new.reporter
    WHERE NOT EXISTS (
        SELECT 1 FROM summed old WHERE old.kind = $kind AND old.year < $newest AND old.taxon = new.taxon
            AND old.term = new.term AND old.exporter = new.exporter AND old.importer = new.importer
            AND CASE WHEN old.origin = old.exporter THEN '' ELSE old.origin END = new.origin)
) placed WHERE place <= 5000 ORDER BY reporter, place"""
PAIRS = f"""SELECT taxon, MAX(class_name), term, unit, exporter, importer, year, {_SENT} AS sent, {_CAME} AS came,
    {MANY}
FROM summed WHERE kind = $kind AND year >= $newest AND exporter <> '' AND importer <> ''
    AND ($party = '' OR exporter = $party OR importer = $party)
GROUP BY taxon, term, unit, exporter, importer, year
HAVING ({_CAME}) - ({_SENT}) >= $quantity
ORDER BY came DESC, taxon, exporter, importer, year, term, unit LIMIT 20000"""
HABITS = f"""SELECT step, exporter, COUNT(*), SUM(CASE WHEN sent > 0 THEN 1 ELSE 0 END) FROM (
    SELECT exporter, sent, CASE WHEN sent > 0 THEN
        FLOOR(LN(CAST(came AS DOUBLE) / CAST(sent AS DOUBLE)) * {STEPS}) END AS step
    FROM (SELECT exporter, {_SENT} AS sent, {_CAME} AS came
        FROM summed WHERE kind = $kind AND year >= $newest AND exporter <> '' AND importer <> ''
        GROUP BY taxon, term, unit, exporter, importer, year) AS pairs WHERE came > 0
) AS ratios GROUP BY GROUPING SETS ((step), (exporter))"""
PAST = f"""SELECT taxon, term, importer, {MANY} FROM summed WHERE kind = $kind AND exporter = $party AND year < $newest
GROUP BY taxon, term, importer LIMIT {{most}}"""
FIRSTS = "SELECT taxon, MIN(year) FROM summed WHERE kind = $kind GROUP BY taxon"
AROUND = f"""SELECT summed.taxon, summed.term, summed.unit, summed.exporter, summed.importer, year,
    ({_SENT}) - ({_CAME})
FROM summed JOIN (
    SELECT taxon, term, unit, exporter, importer FROM summed
    WHERE kind = $kind AND year >= $newest AND exporter <> '' AND importer <> ''
        AND ($party = '' OR exporter = $party OR importer = $party)
    GROUP BY taxon, term, unit, exporter, importer
    HAVING {_CAME} >= $quantity
) far ON far.taxon = summed.taxon AND far.term = summed.term AND far.unit = summed.unit
    AND far.exporter = summed.exporter AND far.importer = summed.importer
WHERE kind = $kind AND year >= $newest - 1
GROUP BY summed.taxon, summed.term, summed.unit, summed.exporter, summed.importer, year
HAVING {_SENT} > {_CAME} LIMIT {{most}}"""


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
    values = {"kind": held.kind, "newest": newest, "first": newest - back,
              "quantity": min(limits["rise_quantity"], limits["captive_quantity"])}
    found = store.query(SERIES.format(most=MOST_ROWS, own=OWN if party else ""),
                        {**values, "party": party} if party else values)
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
    found: dict[tuple[str, ...], Way] = {}
    for row in store.query(WAYS, {
            "kind": held.kind, "party": party, "newest": held.last - limits.whole("years") + 1,
            "quantity": limits["route_quantity"], "records": limits.whole("route_records"),
            "known": limits.whole("route_known")}):
        _, taxon, group, term, unit, exporter, importer, origin, first, quantity, records, past, once = row
        found.setdefault((taxon, term, unit, exporter, importer, origin), Way(
            taxon, group, term, unit, exporter, importer, origin, int(first), quantity, int(records), int(past),
            int(once)))
    return list(found.values())


def habits(store: Asked, held: Span, known: Known, limits: Limits) -> Habits:
    """How reports of the newest years usually agree."""
    counts: dict[int, int] = {}
    matched: dict[str, tuple[int, int]] = {}
    for step, exporter, pairs_, both in store.query(
            HABITS, {"kind": held.kind, "newest": held.last - limits.whole("years") + 1}):
        if exporter is not None:
            matched[exporter] = int(pairs_), int(both)
        elif step is not None:
            counts[int(step)] = int(pairs_)
    return Habits(counts, matched, known.reported)


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
