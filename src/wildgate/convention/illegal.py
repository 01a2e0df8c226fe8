"""A row of the annual illegal trade report (Res. Conf. 11.17), its columns, its words, and what it may not say.

Columns, code lists and forbidden words are tables (`illegal_*.tsv`): the Secretariat's own template was not at hand, so
what rests on background knowledge carries the mark K and may be named otherwise by an installation.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from typing import Final

from wildgate.convention.refusal import Refusal, refuse
from wildgate.convention.tables import read_facts

REASON, TRANSPORT, DETECTION, DISPOSAL, AGENCY = "reason", "transport", "detection", "disposal", "agency"
FREE_TEXT: Final = ("place", "agency", "concealment", "law", "sanction", "more")
"""Columns in which people wrote: what they say of a source or a person stays in the house."""
WITHHELD: Final = "withheld"
LONGEST_LAYOUT = 20_000


@dataclass(frozen=True, slots=True)
class Column:
    """A column. `mark` K: from background knowledge; `need`: yes, asked or may; `codes` names its list, if any."""

    key: str
    heading: str
    mark: str
    need: str
    codes: str
    words: str


@dataclass(frozen=True, slots=True)
class IllegalRow:
    """One species (in one form) of one seizure, as the text of its cells. `incident` ties rows of one seizure."""

    incident: str
    date: str
    species: str
    term: str
    quantity: str
    unit: str
    place: str = ""
    agency: str = ""
    reason: str = ""
    transport: str = ""
    concealment: str = ""
    detection: str = ""
    origin: str = ""
    transit: str = ""
    destination: str = ""
    value: str = ""
    nationality: str = ""
    law: str = ""
    sanction: str = ""
    disposal: str = ""
    more: str = ""

    def cells(self, layout: tuple[Column, ...]) -> tuple[str, ...]:
        """The cells in the order of the columns; text that tells a source or a person is withheld."""
        return tuple(told(column.key, getattr(self, column.key)) for column in layout)


KEYS: Final = tuple(each.name for each in fields(IllegalRow))


@cache
def columns() -> tuple[Column, ...]:
    """The shipped columns in their order."""
    return tuple(Column(row["key"], row["heading"], row["mark"], row["need"], row["list"], row["words"])
                 for row in read_facts("illegal_columns"))


def layout(text: str) -> tuple[Column, ...] | Refusal:
    """An installation's own columns: lines of `key<TAB>heading`, in its order; an empty heading keeps ours.

    Columns marked K may be left out; the others are the report's.
    """
    if len(text) > LONGEST_LAYOUT:
        return refuse("layout-too-long", "The list of columns is longer than %(most)s characters.", most=LONGEST_LAYOUT)
    known, found = {column.key: column for column in columns()}, dict[str, Column]()
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        key, _tab, heading = (part.strip() for part in line.partition("\t"))
        if key not in known or key in found:
            return refuse("layout-bad-line", "Line %(line)s: %(key)s is no column, or stands there twice. Columns are: "
                          "%(keys)s.", line=number, key=repr(key[:40]), keys=", ".join(known), field=f"line {number}")
        column = known[key]
        found[key] = Column(key, heading[:100] or column.heading, column.mark, column.need, column.codes, column.words)
    missing = [key for key, column in known.items() if column.mark != "K" and key not in found]
    if missing:
        return refuse("layout-misses", "These columns are the report's own and cannot be left out: %(keys)s.",
                      keys=", ".join(missing))
    return tuple(found.values())


@cache
def words(name: str) -> Mapping[str, str]:
    """The report's words by our codes for one list; codes are matched whole."""
    return {ours: row["words"] for row in read_facts("illegal_codes") if row["list"] == name
            for ours in row["ours"].split("|")}


def word(name: str, code: str) -> str:
    """The report's word for our code; empty where it has none."""
    return words(name).get(code, "")


def service_of(agency: str) -> str:
    """The kind of service that a name stands for: customs, police ...; empty where it does not tell."""
    folded = agency.casefold()
    return next((kind for part, kind in words(AGENCY).items() if part in folded), "")


def told(key: str, text: str) -> str:
    """The text of a cell as it may leave the house."""
    return WITHHELD if key in FREE_TEXT and forbidden(text) else text


def forbidden(text: str) -> str:
    """Why a text may not leave the house: it tells a `source`, or looks like a `person`; empty where it may."""
    return next((why for why, pattern in _patterns() if pattern.search(text)), "")


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    by_why: dict[str, list[str]] = {}
    for row in read_facts("illegal_withheld"):
        by_why.setdefault(row["why"], []).append(row["pattern"])
    return tuple((why, re.compile(rf"(?<!\w)(?:{'|'.join(patterns)})(?!\w)", re.IGNORECASE))
                 for why, patterns in by_why.items())
