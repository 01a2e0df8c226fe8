"""The values by which signals are found: each with its meaning, its bounds and why it is what it is.

All are house values: no convention or resolution gives figures for them. A Party sets its own, with a reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Final


class Kind(str, Enum):
    """What is noticed."""

    RISE = "rise"
    SHIFT = "shift"
    CAPTIVE = "captive"
    ROUTE = "route"
    QUOTA = "quota"
    GAP = "gap"


@dataclass(frozen=True, slots=True)
class Value:
    """One value: of which kind (None: of all), what it means, what it may be, and why it comes as it does."""

    name: str
    kind: Kind | None
    default: float
    least: float
    most: float
    unit: str
    meaning: str
    why: str


def _table(*rows: tuple[str, Kind | None, float, float, float, str, str, str]) -> dict[str, Value]:
    return {row[0]: Value(*row) for row in rows}


VALUES: Final[dict[str, Value]] = _table(
    ("years", None, 2, 1, 5, "years", "so many of the newest years are looked at",
     "Reports come in late and are corrected: the newest year alone is often not whole."),
    ("before", None, 8, 4, 20, "years", "so many earlier years say what is usual",
     "Older trade was under other listings and other reporting; fewer than four years say nothing."),
    ("most", None, 500, 10, 5000, "signals", "so many signals of a kind are kept, the strongest first",
     "A list that nobody can work through helps nobody."),
    ("world", None, 0, 0, 1, "yes-no", "also trade that the home Party has no part in",
     "What touches the home Party comes first; without any trade of its own the whole world is looked at."),
    ("rise_times", Kind.RISE, 2, 1, 100, "times", "a year must be so many times the expected one",
     "Certain but small rises are not worth a case."),
    ("rise_sure", Kind.RISE, 99.5, 90, 99.99, "percent", "so sure must it be that the rise is no chance",
     "Thousands of series are looked at: at 95 percent one in twenty would speak for no reason."),
    ("rise_floor", Kind.RISE, 0.25, 0, 2, "", "the least spread of the logarithm that is taken as usual",
     "Trade goes up and down by a quarter for no reason that matters."),
    ("rise_quantity", Kind.RISE, 50, 0, 10**9, "", "a year must have so many specimens, or so much in its unit",
     "Two after one is twice as many, and means nothing."),
    ("rise_records", Kind.RISE, 3, 1, 1000, "records", "on so many records the year must rest",
     "One record may be one mistake of writing."),
    ("rise_new", Kind.RISE, 500, 0, 10**9, "", "where there was nearly nothing before, a year must have so much",
     "An interval from empty years is narrow only in name: what is new must also be much."),
    ("rise_new_records", Kind.RISE, 10, 1, 10**4, "records", "and rest on so many records",
     "New trade of a few consignments is what trade does."),
    ("shift_before", Kind.SHIFT, 5, 2, 15, "years", "so many years before are compared",
     "A shift shows against the years just before it."),
    ("shift_records", Kind.SHIFT, 10, 3, 1000, "records", "so many records are needed before and after",
     "Shares of a few records jump."),
    ("shift_points", Kind.SHIFT, 20, 1, 100, "percent", "by so many points the share must have moved, surely",
     "The lower end of the interval counts, not the share itself."),
    ("shift_sure", Kind.SHIFT, 99, 80, 99.99, "percent", "how sure the interval is",
     "Many series are looked at."),
    ("shift_fall", Kind.SHIFT, 30, 0, 100, "percent", "by so much must the wild quantity of a year have fallen",
     "Bred trade that comes on top of wild trade is growth, not a shift."),
    ("captive_quantity", Kind.CAPTIVE, 50, 0, 10**9, "", "a year must have so many bred specimens",
     "Few animals need few parents."),
    ("captive_first", Kind.CAPTIVE, 3, 1, 30, "years",
     "no second generation can be there so soon after the first stock",
     "Source C asks for a stock able to breed on over generations; three years fit small, quick species only."),
    ("captive_stock", Kind.CAPTIVE, 15, 3, 40, "years", "imports of so many years count as possible parents",
     "Older animals are mostly dead or past breeding."),
    ("captive_young_mammals", Kind.CAPTIVE, 2, 0.1, 10**6, "each", "young of one mammal of the stock in a year",
     "Generous for most; small rodents bear more."),
    ("captive_young_birds", Kind.CAPTIVE, 4, 0.1, 10**6, "each", "young of one bird of the stock in a year",
     "Generous for parrots and birds of prey; small songbirds bear more."),
    ("captive_young_reptiles", Kind.CAPTIVE, 12, 0.1, 10**6, "each", "young of one reptile of the stock in a year",
     "Generous for lizards and tortoises; crocodiles and large snakes lay more."),
    ("captive_young_amphibians", Kind.CAPTIVE, 60, 0.1, 10**6, "each", "young of one amphibian of the stock in a year",
     "Poison frogs raise far fewer, other frogs far more."),
    ("captive_young_others", Kind.CAPTIVE, 1000, 0.1, 10**9, "each", "young of one animal of another class in a year",
     "Fish and corals: next to nothing can be said without the species."),
    ("route_records", Kind.ROUTE, 2, 1, 1000, "records", "so many records must have taken the new way",
     "One record may be one mistake of writing."),
    ("route_quantity", Kind.ROUTE, 20, 0, 10**9, "", "so much must have gone that way in its first year",
     "Single specimens of tourists and zoos go new ways every day."),
    ("route_known", Kind.ROUTE, 30, 5, 10**6, "records", "so many records of earlier years must be known",
     "Where little is known everything is new."),
    ("route_chance", Kind.ROUTE, 5, 0.1, 100, "percent", "the chance that a record takes a new way is at most this",
     "Some taxa find new buyers all the time: there a new one is no news."),
    ("quota_full", Kind.QUOTA, 100, 50, 1000, "percent", "above this part of a quota it is said at once",
     "A quota is a limit for its year."),
    ("quota_ahead", Kind.QUOTA, 40, 5, 100, "percent",
     "by so many points may the used part be ahead of the year's part",
     "Seasons differ: trade that begins early is usual, a quota that is gone in spring is not."),
    ("gap_times", Kind.GAP, 2, 1, 1000, "times", "importers report so many times what exporters do",
     "Exporters often report what was permitted, so they should report more, not less."),
    ("gap_quantity", Kind.GAP, 50, 0, 10**9, "", "by so much must the two differ",
     "Small differences are everywhere."),
    ("gap_place", Kind.GAP, 90, 50, 99.9, "percent", "so many of all compared pairs must differ by less",
     "What is usual in the same years is no signal."),
    ("gap_matched", Kind.GAP, 75, 0, 100, "percent",
     "where the exporter reports nothing: of so many other imports from it, it must have reported its part",
     "Of many exporters half of what importers report is missing: there one more gap is no news."),
    ("gap_pairs", Kind.GAP, 30, 5, 10**6, "pairs", "so many pairs of two reports must be there to compare with",
     "A part of few says nothing."),
)


@dataclass(frozen=True, slots=True)
class Limits:
    """The values that hold: those that come with the program, and a Party's own above them."""

    own: Mapping[str, float] = field(default_factory=dict)

    def __getitem__(self, name: str) -> float:
        return float(self.own.get(name, VALUES[name].default))

    def whole(self, name: str) -> int:
        return int(self[name])


def fault(name: str, given: float) -> str:
    """Why a value cannot be: empty where it can."""
    known = VALUES.get(name)
    if known is None:
        return "There is no such value."
    if not known.least <= given <= known.most:
        return f"It lies between {known.least:g} and {known.most:g}."
    return ""
