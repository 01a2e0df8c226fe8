"""The decision table as data: which rule holds for direction, Appendix, kingdom, source and purpose.

The shipped table is `wildgate/data/decision_table.tsv`; it is read once and turned into an index, so that finding the
rule of a line is one look-up. What a rule brings (documents, findings) stands in `papers.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cache
from itertools import product
from typing import Any, TypeVar

from wildgate.convention.catalogue import SENTENCES
from wildgate.convention.sentence import Sentence, say
from wildgate.convention.tables import read_facts
from wildgate.convention.unconfirmed import row_facts
from wildgate.convention.vocabulary import (
    Appendix,
    By,
    Direction,
    DocumentKind,
    FindingKind,
    Kingdom,
    Outcome,
    Purpose,
    Source,
)

WILD = frozenset({Source.WILD, Source.RANCHED, Source.BORN, Source.UNKNOWN, Source.HIGH_SEAS, Source.ASSISTED})
FOREIGN = "foreign-document"
EXEMPTIONS = (
    "personal-effects",
    "scientific-exchange",
    "travelling-exhibition",
    "pet-ownership",
    "musical-instrument",
    "sample-collection",
    "simplified-procedure",
)
_DIRECTIONS = frozenset(member.value for member in Direction)
DIRECTIONS = frozenset({*_DIRECTIONS, *EXEMPTIONS, "any"})
BASE = {"": (True, False), "listed": (True,), "unlisted": (False,)}
"""Conditions of the rows of Articles III to V: whether the sender asked for the Appendix III listing."""
CONDITIONS = frozenset(
    {
        "carried",
        "live",
        "live or sent",
        "not a live animal",
        "a sample",
        "Appendix I only D",
        "Appendix I only O",
        "landed elsewhere",
        "older treaty",
        "outside the Convention",
        "papers missing",
    }
)
"""Conditions of the other rows; `exemptions.py` and `checks.py` say when they hold."""
AT_SEA = frozenset({"landed elsewhere", "older treaty"})
DOUBTS = frozenset({"older treaty", "outside the Convention"})
GIVEN = frozenset({"live", "Appendix I", "live Appendix I", "wild Appendix I"})
_KINGDOMS = {
    "any": frozenset(Kingdom),
    "animal": frozenset({Kingdom.ANIMAL}),
    "plant": frozenset({Kingdom.PLANT}),
}
E = TypeVar("E", bound=Enum)
K = TypeVar("K")

_DOCUMENT = re.compile(
    r"^(?P<kinds>[a-z -]+?) by (?P<by>from|to|origin), (?P<when>.+?)(?: if (?P<given>[^{]+?))? \{(?P<basis>.+)\}$"
)
_FINDING = re.compile(r"^(?P<kind>[a-z-]+)(?: if (?P<given>[^{]+?))? \{(?P<basis>.+)\}$")


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """A document of the table: `kinds` are alternatives, the first preferred; no kinds stand for the foreign paper."""

    kinds: tuple[DocumentKind, ...]
    issuer: str
    when: str
    given: str
    basis: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FindingRow:
    """A finding of the table and the condition under which it is made."""

    kind: FindingKind
    by: By
    given: str
    basis: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """A row of the decision table. `decision` None: the row tells the trader something and changes no answer."""

    id: str
    direction: str
    appendices: frozenset[Appendix]
    kingdoms: frozenset[Kingdom]
    sources: frozenset[Source]
    purposes: frozenset[Purpose]
    when: str
    decision: Outcome | None
    if_commercial: Outcome | None
    documents: tuple[DocumentRow, ...]
    findings: tuple[FindingRow, ...]
    refusal: str
    refusal_basis: tuple[str, ...]
    basis: tuple[str, ...]
    note: str
    fact: str
    """The unconfirmed fact (see `unconfirmed.py`) that the row rests on; empty where a source confirms it."""

    @property
    def told(self) -> Sentence:
        """The note as a part of a warning's sentence."""
        return say(self.note.replace("%", "%%"))

    def answer(self, purpose: Purpose) -> Outcome:
        """The row's decision for `purpose`; a row that only tells leaves the answer to an authority."""
        return self.floor(purpose) or Outcome.CONDITIONAL

    def floor(self, purpose: Purpose) -> Outcome | None:
        """The decision that a line under this row cannot be milder than; None where the row only tells."""
        return self.if_commercial if purpose is Purpose.COMMERCIAL and self.if_commercial else self.decision

    def fits(self, appendix: Appendix, kingdom: Kingdom, source: Source, purpose: Purpose) -> bool:
        """Is the row about such specimens and such a purpose?"""
        return (
            appendix in self.appendices
            and kingdom in self.kingdoms
            and source in self.sources
            and purpose in self.purposes
        )


Key = tuple[Direction, Appendix, Kingdom, Source, Purpose, bool]


class Table:
    """The decision table as a value. Two rows that answer the same trade are a fault: the law has one answer.

    Raises ValueError for rows that cannot be read, contradict each other or hold what could never be asked.
    """

    def __init__(self, rows: Iterable[Rule]) -> None:
        self.rows = tuple(rows)
        self._by_id = {row.id: row for row in self.rows}
        if len(self._by_id) < len(self.rows):
            raise ValueError("decision table: an id stands twice")
        self._under = {name: tuple(row for row in self.rows if row.direction == name) for name in DIRECTIONS}
        self._on = {name: tuple(row for row in self.rows if row.when == name) for name in CONDITIONS}
        self._base: dict[Key, Rule] = {}
        self._exempt: dict[tuple[object, ...], Rule] = {}
        for row in self.rows:
            if row.when in BASE and row.direction in _DIRECTIONS:
                keys = product((Direction(row.direction),), *_about(row), BASE[row.when])
                self._enter(self._base, keys, row)
            elif row.direction in EXEMPTIONS:
                self._enter(self._exempt, product((row.direction,), *_about(row), (row.when,)), row)

    def __iter__(self) -> Iterator[Rule]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def rule(self, rule_id: str) -> Rule:
        """The row called `rule_id`. Raises KeyError for an id that the table does not hold."""
        return self._by_id[rule_id]

    def under(self, direction: str) -> tuple[Rule, ...]:
        """The rows of a direction, in their order; those of Article VII have directions of their own."""
        return self._under.get(direction, ())

    def on(self, condition: str) -> tuple[Rule, ...]:
        """The rows that hold on a condition outside Articles III to V: `outside the Convention`, `papers missing`."""
        return self._on.get(condition, ())

    def base(
        self,
        direction: Direction,
        appendix: Appendix,
        kingdom: Kingdom,
        source: Source,
        purpose: Purpose,
        listed_by_sender: bool,
    ) -> Rule | None:
        """The row for this kind of trade under Articles III to V, or None where the table has none."""
        return self._base.get((direction, appendix, kingdom, source, purpose, listed_by_sender))

    @staticmethod
    def _enter(index: dict[K, Rule], keys: Iterable[Any], row: Rule) -> None:
        for key in keys:
            if (other := index.setdefault(key, row)) is not row:
                raise ValueError(f"decision table: {other.id} and {row.id} answer the same trade")


def _about(row: Rule) -> tuple[frozenset[Any], ...]:
    return row.appendices, row.kingdoms, row.sources, row.purposes


@cache
def table() -> Table:
    """The shipped table: 42 rows."""
    return Table(map(read_row, rows()))


def rows() -> Iterator[dict[str, str]]:
    """The cells of the shipped table, row by row."""
    return read_facts("decision_table")


def read_row(cell: Mapping[str, str]) -> Rule:
    """A row of the table from its cells. Raises ValueError for cells that mean nothing or contradict each other."""
    refusal, _, basis = cell["refusal"].partition(" {")
    row = Rule(
        id=cell["id"],
        direction=cell["direction"],
        when=cell["when"],
        decision=None if cell["decision"] == "tell" else Outcome(cell["decision"]),
        appendices=_set(cell["appendix"], Appendix),
        kingdoms=_KINGDOMS.get(cell["kingdom"], frozenset()),
        sources=_set(cell["sources"], Source),
        purposes=_purposes(cell["purposes"]),
        if_commercial=Outcome(cell["if_commercial"]) if cell["if_commercial"] else None,
        documents=tuple(map(_document_row, _rows(cell["documents"]))),
        findings=(
            *(_finding_row(text, By.MANAGEMENT) for text in _rows(cell["management_findings"])),
            *(_finding_row(text, By.SCIENTIFIC) for text in _rows(cell["scientific_findings"])),
        ),
        refusal=refusal,
        refusal_basis=_cut(basis.rstrip("}") or cell["basis"], ";"),
        basis=_cut(cell["basis"], ";"),
        note=cell["note"],
        fact="" if cell["confirmed"] == "yes" else cell["confirmed"],
    )
    if fault := _fault(row):
        raise ValueError(f"decision table, {row.id}: {fault}")
    return row


def _fault(row: Rule) -> str:
    """What makes a row impossible: a cell that could never matter is a slip that nobody would notice."""
    decisions = (row.decision, row.if_commercial)
    refuses = Outcome.REFUSE in decisions
    base = row.when in BASE and row.direction in _DIRECTIONS
    faults = {
        "its id is not a letter and two digits": not re.fullmatch(r"[EIRSTPZN]\d\d", row.id),
        "its direction is unknown": row.direction not in DIRECTIONS,
        "its condition is unknown": row.when not in BASE and row.when not in CONDITIONS,
        "who listed the species matters for exports of Appendix III only": row.when in ("listed", "unlisted")
        and (row.appendices != {Appendix.III} or row.direction != Direction.EXPORT),
        "it holds for nothing": not (row.appendices and row.kingdoms and row.sources and row.purposes),
        "confiscated specimens go by the code beside I, or by a row of their own": base
        and Source.CONFISCATED in row.sources
        and len(row.sources) > 1,
        "it is about the high seas and not about source X alone": row.when in AT_SEA
        and row.sources != {Source.HIGH_SEAS},
        "older treaties matter for Appendix II only (Art. XIV.4)": row.when == "older treaty"
        and row.appendices != {Appendix.II},
        "it has no basis": not row.basis,
        **_answer_faults(row, refuses),
        "it is a doubt and cannot allow": (row.when in DOUBTS or row.direction == "simplified-procedure")
        and bool({Outcome.ALLOW, Outcome.NO_DOCUMENT} & set(decisions)),
        "personal effects turn on who carries them": row.direction == "personal-effects"
        and row.when not in ("carried", "live or sent"),
        "it is for live animals and asks whether they live": row.when == "live"
        and any("live" in given for given in (*(d.given for d in row.documents), *(f.given for f in row.findings))),
    }
    return next((fault for fault, found in faults.items() if found), "")


def _answer_faults(row: Rule, refuses: bool) -> dict[str, bool]:
    brings = row.decision in (Outcome.ALLOW, Outcome.CONDITIONAL)
    return {
        "it answers commerce, which is not among its purposes": row.if_commercial is not None
        and Purpose.COMMERCIAL not in row.purposes,
        "its answer for commerce is its answer": row.if_commercial is row.decision is not None,
        "it refuses without a reason": refuses and row.refusal not in SENTENCES,
        "it gives a reason and refuses nothing": bool(row.refusal) and not refuses,
        "it brings documents or findings and needs none": bool(row.documents or row.findings) and not brings,
        "its unconfirmed fact is unknown, or hangs on no answer": bool(row.fact)
        and (row.fact not in row_facts() or row.decision is None),
    }


def _set(cell: str, codes: type[E]) -> frozenset[E]:
    return frozenset(codes) if cell == "any" else frozenset(map(codes, _cut(cell, "|")))


def _purposes(cell: str) -> frozenset[Purpose]:
    return frozenset(Purpose) - {Purpose.COMMERCIAL} if cell == "not-T" else _set(cell, Purpose)


def _rows(cell: str) -> tuple[str, ...]:
    """Split at the semicolons between rows, not at those inside a basis."""
    return tuple(part.strip() for part in re.split(r"(?<=\});", cell) if part.strip())


def _document_row(text: str) -> DocumentRow:
    found = _DOCUMENT.match(text)
    if found is None:
        raise ValueError(f"decision table: cannot read the document {text!r}")
    _known(found["given"])
    kinds = () if found["kinds"] == FOREIGN else tuple(map(DocumentKind, found["kinds"].split(" or ")))
    return DocumentRow(kinds, found["by"], found["when"], found["given"] or "", _cut(found["basis"], ";"))


def _finding_row(text: str, by: By) -> FindingRow:
    found = _FINDING.match(text)
    if found is None:
        raise ValueError(f"decision table: cannot read the finding {text!r}")
    _known(found["given"])
    return FindingRow(FindingKind(found["kind"]), by, found["given"] or "", _cut(found["basis"], ";"))


def _known(given: str | None) -> None:
    if given and given not in GIVEN and given not in set(Source):
        raise ValueError(f"decision table: the condition {given!r} is unknown")


def _cut(cell: str, sign: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in cell.split(sign) if part.strip())
