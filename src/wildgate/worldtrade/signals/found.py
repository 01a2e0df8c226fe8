"""A signal: what was noticed, with its numbers, its ground and its basis, and what it does not know."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from wildgate.worldtrade.signals.limits import Kind

BASIS: Final[Mapping[Kind, str]] = {
    Kind.RISE: "Article IV.3; Resolution Conf. 17.7 (bred and ranched specimens); house values",
    Kind.SHIFT: "Resolution Conf. 17.7, shifts between source codes; house values",
    Kind.CAPTIVE: "Resolution Conf. 10.16 (bred in captivity) and Conf. 17.7; house values",
    Kind.ROUTE: "our inference, to be validated by results; house values",
    Kind.QUOTA: "Resolution Conf. 14.7 (export quotas); house values",
    Kind.GAP: "Article VIII.7 (reports of both sides); house values",
}
SENTENCES: Final[Mapping[str, str]] = {
    "rise": "%(exporter)s exported %(value)s %(unit)s of %(taxon)s (%(term)s) in %(year)s: %(times)s times the "
            "%(expected)s that the years before let one expect.",
    "rise-from-nothing": "%(exporter)s exported %(value)s %(unit)s of %(taxon)s (%(term)s) in %(year)s; in the years "
                         "before there was nearly nothing.",
    "shift": "%(taxon)s (%(term)s) from %(exporter)s: source %(source)s went from %(was)s to %(now)s percent of the "
             "records, while the wild quantity of a year fell from %(wild_before)s to %(wild_after)s %(unit)s.",
    "captive-stock": "%(exporter)s exported %(value)s %(unit)s of %(taxon)s (%(term)s) as bred in %(year)s. The "
                     "%(stock)s live specimens that it is known to have imported in the %(years)s years before would "
                     "have had to raise %(each)s each; %(young)s is taken as much.",
    "captive-no-stock": "%(exporter)s exported %(value)s %(unit)s of %(taxon)s (%(term)s) as bred in %(year)s, and "
                        "no import of a live specimen in the %(years)s years before is known.",
    "captive-operations": "%(exporter)s exported %(value)s %(unit)s of %(taxon)s (%(term)s) as bred in %(year)s, and "
                          "the operations that are registered for it state an output of %(young)s a year.",
    "captive-first": "%(exporter)s exported %(value)s %(unit)s of %(taxon)s (%(term)s) as bred in captivity in "
                     "%(year)s, for the first time, only %(after)s years after its first stock was seen in trade "
                     "(%(first)s).",
    "route": "%(taxon)s (%(term)s) went from %(exporter)s to %(importer)s for the first time in %(year)s: "
             "%(value)s %(unit)s on %(records)s records.",
    "route-via": "%(taxon)s (%(term)s) of %(origin)s reached %(importer)s through %(exporter)s for the first time in "
                 "%(year)s: %(value)s %(unit)s on %(records)s records.",
    "quota-full": "Of the quota of %(amount)s %(unit)s of %(taxon)s for %(year)s, %(value)s are taken: %(share)s "
                  "percent.",
    "quota-early": "%(share)s percent of the quota of %(amount)s %(unit)s of %(taxon)s for %(year)s are taken, and "
                   "%(gone)s percent of the time that it is for are over.",
    "gap": "For %(year)s %(importer)s reports %(value)s %(unit)s of %(taxon)s (%(term)s) from %(exporter)s, which "
           "itself reports %(expected)s.",
    "gap-silent": "For %(year)s %(importer)s reports %(value)s %(unit)s of %(taxon)s (%(term)s) from %(exporter)s, "
                  "which reports other trade of that year and none of this.",
}
"""The plain sentence of each code; countries, terms and units come in as codes and are named by the screen."""
GROUNDS: Final[Mapping[str, str]] = {
    "interval": "By %(years)s earlier years (median and median deviation of their logarithms, Student's quantile) the "
                "year should have stayed below %(high)s with %(sure)s percent. %(records)s records of %(side)s.",
    "none-before": "Of %(years)s earlier years %(empty)s had nothing or nearly so; %(records)s records of %(side)s. An "
                   "interval from empty years would be narrow only in name, so it must be much and on many records.",
    "shares": "%(records_after)s records after, %(records_before)s before: with %(sure)s percent the share rose by "
              "%(least)s to %(most)s points (Newcombe's interval).",
    "parents": "Counted are live specimens that any side reported as imported; the young of one animal in a year is a "
               "value of the house for its class.",
    "register": "The stated output is that of the operations in the register of this system that are active.",
    "history": "The store knows this trade from %(since)s on; the first stock is the first live import, or the first "
               "wild export.",
    "rarity": "Of %(known)s records of earlier years %(once)s went a way that no other record took: the chance that a "
              "record takes a new way was %(chance)s percent.",
    "ledger": "The used part is that of the ledger on %(day)s: exported and bound by permits.",
    "reports": "The used part is what %(side)s reported for that year.",
    "place": "Of %(pairs)s pairs of reports of the same years %(place)s percent differ by less. Exports that one side "
             "may have put into the year before or after are taken off.",
    "silent": "Of %(claimed)s other imports that importers reported from it in the same years, the exporter reported "
              "%(matched)s percent itself. Exports that it may have put into the "
              "year before or after are taken off.",
}
UNKNOWN: Final[Mapping[str, str]] = {
    "permits-not-trade": "Whether the exporter reports what was permitted or what really left.",
    "late-reports": "Whether the newest year is whole: reports come in for years.",
    "stock-at-home": "Which animals were in the country before the records begin, or were taken from the wild there.",
    "breeding": "How many of them breed, and how often: facilities and their stock are not in trade records.",
    "generation": "How long a generation of this species takes.",
    "registers": "Which operations other Parties have registered.",
    "relabelled": "Whether specimens were bred, or wild ones were called so: records show codes only.",
    "transit": "Countries that goods only passed in transit: nobody reports them.",
    "range": "Whether the species lives in the wild in the country of export.",
    "season": "When in the year this trade is usual.",
    "other-limits": "Limits that are not in the register of quotas.",
    "year-shift": "Goods that left in one year and came in the next are told apart only by sums.",
}


@dataclass(frozen=True, slots=True)
class Point:
    """One year of the picture: the line that is spoken of, and the one beside it where there is one."""

    year: int
    value: Decimal
    beside: Decimal | None = None
    records: int = 0


@dataclass(frozen=True, slots=True)
class Signal:
    """One thing that somebody should look at. `low` to `high` is what could be expected; `strength` orders a list."""

    kind: Kind
    code: str
    taxon: str
    term: str
    unit: str
    exporter: str
    year: int
    value: Decimal
    strength: float
    group: str = ""
    source: str = ""
    importer: str = ""
    origin: str = ""
    expected: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    records: int = 0
    numbers: Mapping[str, str] = field(default_factory=dict)
    ground: str = ""
    unknown: tuple[str, ...] = ()
    series: tuple[Point, ...] = ()
    live: bool = False
    """Rests on the rows of this system itself, of a year that is not over or not reported yet."""

    @property
    def key(self) -> str:
        """The same thing found again has the same key, whatever its numbers are by then."""
        parts = (self.kind.value, self.code.partition("-")[0], self.taxon, self.term, self.unit, self.source,
                 self.exporter, self.importer, self.origin, str(self.year))
        return hashlib.sha256("|".join(parts).encode()).hexdigest()[:16]

    @property
    def values(self) -> dict[str, str]:
        """Everything that the sentences may name, as text."""
        own = {"taxon": self.taxon, "term": self.term, "unit": self.unit, "exporter": self.exporter,
               "importer": self.importer, "origin": self.origin, "source": self.source, "year": str(self.year),
               "value": plain(self.value), "records": str(self.records)}
        more = {name: plain(value) for name, value in (("expected", self.expected), ("low", self.low),
                                                       ("high", self.high)) if value is not None}
        return {**own, **more, **self.numbers}

    @property
    def sentence(self) -> str:
        return SENTENCES[self.code] % self.values

    def as_json(self) -> dict[str, Any]:
        return {"key": self.key, "kind": self.kind.value, "code": self.code, **self.values, "sentence": self.sentence,
                "ground": GROUNDS[self.ground] % self.values if self.ground else "", "basis": BASIS[self.kind],
                "unknown": [UNKNOWN[code] for code in self.unknown]}


def plain(value: Decimal | float) -> str:
    """A number as a reader takes it: whole from a hundred on, else with at most two places."""
    number = value if isinstance(value, Decimal) else Decimal(str(value))
    rounded = number.quantize(Decimal(1)) if abs(number) >= 100 else number.quantize(Decimal("0.01"))
    text = f"{rounded:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def of(value: float) -> Decimal:
    """A computed number as it is kept: no more places than it deserves."""
    return Decimal(str(round(value, 2)))
