"""What a download says about one taxon, and what was wrong with a row."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from wildgate.convention.sentence import Sentence

Name = tuple[str, str, str, str]
"""kind (synonym, common), language, name, author"""
Range = tuple[str, str]
"""country code, certainty"""

CHANGES = {
    "+": "addition", "-": "deletion", "R+": "reservation", "R-": "reservation-withdrawn", "ADDITION": "addition",
    "DELETION": "deletion", "RESERVATION": "reservation", "RESERVATION_WITHDRAWAL": "reservation-withdrawn",
    "AMENDMENT": "amendment",
}
"""The kinds of change as the API writes them and as the history download of the Checklist does."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A row that is refused: the line it begins at, the column at fault, why. A fatal one spoils the whole file."""

    line: int
    column: str
    code: str
    reason: Sentence
    fatal: bool = False

    def as_json(self) -> dict[str, object]:
        return {"line": self.line, "column": self.column, "code": self.code, "reason": self.reason}


@dataclass(frozen=True, slots=True)
class Entry:
    """One listing of a taxon: today's (origin current) or a change in its history."""

    origin: str
    appendix: str
    change: str = "addition"
    listed_by: str = ""
    under: str = ""
    symbol: str = ""
    annotation: str = ""
    note: str = ""
    since: date | None = None
    until: date | None = None
    current: bool = True
    source_id: str = ""


@dataclass(frozen=True, slots=True)
class Core:
    """The taxon itself, field for field as `models.Taxon` stores it."""

    name: str
    author: str
    rank: str
    kingdom: str
    phylum: str = ""
    class_name: str = ""
    order_name: str = ""
    family: str = ""
    genus: str = ""
    accepted: bool = True
    accepted_source_id: str = ""
    standard: bool | None = None
    appendices: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """Everything that a download says about one taxon. None: the layout does not speak of it, so nothing changes.

    `covers` names the groups of names that `names` replaces: `synonym`, language codes, or `*` for every language.
    Without a `core` the taxon must be known already; `named` is then what the layout calls it, to be the same name.
    """

    line: int
    source_id: str
    core: Core | None = None
    covers: frozenset[str] = frozenset()
    names: frozenset[Name] = frozenset()
    ranges: frozenset[Range] | None = None
    entries: frozenset[Entry] | None = None
    origin: str = "current"
    named: str = ""
    more_lines: tuple[int, ...] = field(default=(), compare=False)
