"""Customs codes beside taxa and terms: does a code fit the goods, which code would, and what may hide under one.

The harmonised system names goods by material and form, hardly ever by species, so a code rarely proves anything: the
answer is yes, no or unknown with its reason. What was learnt from accepted cases stands above the shipped table.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from functools import cache
from typing import Final

from wildgate.convention.tables import read_facts

SEEN_ENOUGH: Final = 3
"""House value: so many accepted and inspected cases make a code known for a taxon and term."""
MOST_SUGGESTED: Final = 5
KINGDOMS: Final[dict[str, str]] = {
    **dict.fromkeys(("01", "02", "03", "04", "05", "16", "41", "42", "43"), "Animalia"),
    **dict.fromkeys(("06", "07", "08", "10", "11", "12", "13", "14", "44", "45", "46", "47"), "Plantae")}
"""Chapters whose goods are of one kingdom; others hold goods of both."""


class Answer(str, Enum):
    """Does the code fit?"""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True, slots=True)
class Row:
    """One customs code. `strength`: D, P or M; `scope`: most, part, any, other, warning (see goods.tsv). `ours` marks
    what an authority wrote itself."""

    hs: str
    goods: str
    taxa: tuple[str, ...]
    terms: tuple[str, ...]
    strength: str
    scope: str
    ours: bool = False

    def reaches(self, lineage: Collection[str]) -> bool:
        return any(name in lineage for name in self.taxa)


@dataclass(frozen=True, slots=True)
class Disguise:
    """What was found under codes that begin so."""

    code: str
    hides: tuple[str, ...]
    terms: tuple[str, ...]
    how: str


@dataclass(frozen=True, slots=True)
class Fit:
    """The answer for one code, taxon and term. `suggestions` are codes that fit better."""

    answer: Answer
    code: str
    template: str
    values: Mapping[str, str] = field(default_factory=dict, compare=False)
    suggestions: tuple[str, ...] = ()

    @property
    def why(self) -> str:
        return self.template % self.values


SENTENCES: Final[dict[str, tuple[Answer, str]]] = {
    "no-code": (Answer.UNKNOWN, "There is no customs code of six digits."),
    "fits": (Answer.YES, "Code %(hs)s (%(goods)s) is used for %(term)s of %(taxon)s."),
    "fits-any": (Answer.YES, "Code %(hs)s (%(goods)s) takes %(term)s of any taxon."),
    "learnt": (Answer.YES, "Code %(hs)s was accepted for %(term)s of %(taxon)s %(times)s times and found right."),
    "other-kingdom": (Answer.NO, "Chapter %(chapter)s is for other goods: %(taxon)s does not belong to it."),
    "other-kinds": (Answer.NO, "Code %(hs)s (%(goods)s) is for goods that are not listed; %(taxon)s is no such kind."),
    "warning": (Answer.NO, "Code %(hs)s (%(goods)s) is not for specimens; goods of this kind were hidden under it."),
    "other-term": (Answer.NO, "Code %(hs)s (%(goods)s) is for other terms of %(taxon)s, not for %(term)s."),
    "other-taxon": (Answer.NO, "Code %(hs)s (%(goods)s) is for other taxa than %(taxon)s."),
    "better-known": (Answer.NO, "Code %(hs)s is not known for %(term)s of %(taxon)s; other codes are."),
    "not-in-table": (Answer.UNKNOWN, "The table does not hold code %(hs)s for %(term)s of %(taxon)s."),
    "no-term": (Answer.UNKNOWN, "Code %(hs)s (%(goods)s) can hold %(taxon)s; no term is given."),
}


class Table:
    """Customs codes with what an authority added, took away and learnt: a value, made once for each state of these."""

    def __init__(self, rows: Iterable[Row], disguises: Iterable[Disguise] = (),
                 seen: Mapping[tuple[str, str, str], int] | None = None) -> None:
        self.rows = {row.hs: row for row in rows}
        self.disguises = tuple(sorted(disguises, key=lambda each: -len(each.code)))
        self.seen = seen or {}
        """How often a code was accepted for a taxon and a term."""

    def fit(self, hs: str, lineage: Sequence[str], term: str) -> Fit:
        """Does code `hs` fit a taxon, given its names from the taxon to the kingdom, and a term?"""
        code, taxon = six(hs), lineage[0] if lineage else ""
        row = self.rows.get(code)
        values = {"hs": spaced(code), "goods": row.goods if row else "", "taxon": taxon, "term": term,
                  "chapter": code[:2]}
        if not code:
            return _answer("no-code", values)
        times = self.times(code, lineage, term)
        if times >= SEEN_ENOUGH:
            return _answer("learnt", values | {"times": str(times)})
        suggestions = tuple(each.hs for each in self.codes_for(lineage, term) if each.hs != code)[:MOST_SUGGESTED]
        return _answer(self._verdict(code, row, lineage, term, bool(suggestions)), values, suggestions)

    def _verdict(self, code: str, row: Row | None, lineage: Sequence[str], term: str, others: bool) -> str:
        """The code of the sentence that answers."""
        kingdom = KINGDOMS.get(code[:2])
        if kingdom and lineage and kingdom != lineage[-1] and lineage[-1] in ("Animalia", "Plantae"):
            return "other-kingdom"
        if row is None or not lineage:
            return "better-known" if others and lineage else "not-in-table"
        if row.scope in ("other", "warning"):
            return "other-kinds" if row.scope == "other" else "warning"
        if row.scope == "any" or row.reaches(lineage):
            if not term:
                return "no-term"
            if term in row.terms:
                return "fits-any" if row.scope == "any" else "fits"
            return "other-term" if row.terms and others else "not-in-table"
        return "other-taxon" if row.scope == "most" and row.taxa else "better-known" if others else "not-in-table"

    def times(self, hs: str, lineage: Sequence[str], term: str) -> int:
        """Accepted cases of this code and term, for the taxon itself or for the genus that it stands in."""
        return max((self.seen.get((hs, name, term), 0) for name in lineage[:2]), default=0)

    def codes_for(self, lineage: Sequence[str], term: str = "") -> list[Row]:
        """The codes under which a taxon and term go, those that name it most narrowly first."""
        place = {name: at for at, name in enumerate(lineage)}
        found = [(min((place[name] for name in row.taxa if name in place), default=99), -len(row.hs), row.hs, row)
                 for row in self.rows.values()
                 if row.scope in ("most", "part") and row.reaches(lineage) and (not term or term in row.terms)]
        learnt = {hs for (hs, name, of), n in self.seen.items()
                  if n >= SEEN_ENOUGH and name in lineage[:2] and (not term or of == term)}
        return [each[3] for each in sorted(found, key=lambda each: (each[2] not in learnt, *each[:3]))]

    def hidden(self, hs: str) -> tuple[Disguise, ...]:
        """What was found under such a code before, the narrowest beginning first."""
        return tuple(each for each in self.disguises if digits(hs).startswith(each.code))

    def around(self, hs: str) -> tuple[Disguise, ...]:
        """What was found under a code, or under a longer one that begins so."""
        return tuple(each for each in self.disguises
                     if digits(hs).startswith(each.code) or each.code.startswith(digits(hs)))

    def needs_statement(self, hs: str) -> bool:
        """Does a line with this code and without a permit need the statement that its goods are not listed?"""
        row = self.rows.get(six(hs))
        return row is not None and row.strength == "D"

    def with_rows(self, changes: Iterable[Row], without: Collection[str] = ()) -> Table:
        """This table with an authority's own rows on top and some codes taken away."""
        own = {row.hs: replace(row, ours=True) for row in changes}
        return Table([row for hs, row in {**self.rows, **own}.items() if hs not in without], self.disguises, self.seen)

    def with_seen(self, seen: Mapping[tuple[str, str, str], int]) -> Table:
        """This table with what was learnt from accepted cases."""
        return Table(self.rows.values(), self.disguises, seen)


@cache
def shipped() -> Table:
    """The table of the package."""
    rows = [Row(r["hs"], r["goods"], parts(r["taxa"]), parts(r["terms"]), r["strength"], r["scope"])
            for r in read_facts("goods")]
    return Table(rows, [Disguise(r["code"], parts(r["hides"]), parts(r["hidden_terms"]), r["how"])
                        for r in read_facts("goods_disguises")])


def parts(text: str) -> tuple[str, ...]:
    """`SKI|SKP` -> its parts."""
    return tuple(part.strip() for part in text.split("|") if part.strip())


def digits(hs: str) -> str:
    """A customs code without points and spaces."""
    return re.sub(r"[.\s]", "", hs)


def six(hs: str) -> str:
    """The six digits that are the same everywhere; empty where the text is no such code."""
    bare = digits(hs)
    return bare[:6] if len(bare) >= 6 and bare.isascii() and bare.isdigit() else ""


def spaced(hs: str) -> str:
    """`411330` -> `4113.30`, as tariffs print it."""
    return f"{hs[:4]}.{hs[4:]}" if len(hs) > 4 else hs


def _answer(code: str, values: Mapping[str, str], suggestions: tuple[str, ...] = ()) -> Fit:
    answer, template = SENTENCES[code]
    return Fit(answer, code, template, values, suggestions if answer is not Answer.YES else ())
