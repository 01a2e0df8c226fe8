"""The decision table as data: which rule holds for direction, Appendix, kingdom, source and purpose.

The table is `wildgate/data/decision_table.tsv`; it is read once and turned into an index, so that finding the rule of
a line is one look-up. What a rule brings (documents, findings) is computed once for each kind of line.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources

from wildgate.convention.outcome import Document, Finding
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

_DOCUMENT = re.compile(
    r"^(?P<kinds>[a-z -]+?) by (?P<by>from|to), (?P<when>.+?)(?: if (?P<given>[^{]+?))? \{(?P<basis>.+)\}$"
)
_FINDING = re.compile(r"^(?P<kind>[a-z-]+)(?: if (?P<given>[^{]+?))? \{(?P<basis>.+)\}$")


@dataclass(frozen=True, slots=True)
class Facts:
    """What a rule's documents and findings turn on: the kind of line, not its quantity."""

    sender: str
    receiver: str
    appendix: Appendix
    source: Source
    live: bool
    sent_from_origin: bool
    """The goods leave from their country of origin: the foreign paper is not a re-export certificate."""
    listed_by_sender: bool
    """The sender asked for the Appendix III listing."""


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
    """A row of the decision table. `decision` None: the row is described only and must be asked of an authority."""

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
    confirmed: bool

    def answer(self, purpose: Purpose) -> Outcome:
        """The row's decision for `purpose`."""
        if purpose is Purpose.COMMERCIAL and self.if_commercial is not None:
            return self.if_commercial
        return self.decision or Outcome.CONDITIONAL


@cache
def table() -> tuple[Rule, ...]:
    """All 42 rows, in the order in which they are asked."""
    text = resources.files("wildgate.data").joinpath("decision_table.tsv").read_text("utf-8")
    rows = [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]
    return tuple(_row(dict(zip(rows[0], row, strict=True))) for row in rows[1:])


@cache
def rule_by_id(rule_id: str) -> Rule:
    """The row called `rule_id`. Raises KeyError for an id that the table does not hold."""
    return {row.id: row for row in table()}[rule_id]


def base_rule(
    direction: Direction, appendix: Appendix, kingdom: Kingdom, source: Source, purpose: Purpose, listed_by_sender: bool
) -> Rule | None:
    """The row for this kind of trade under Articles III to V, or None where the table has none."""
    return _index().get((direction, appendix, kingdom, source, purpose, listed_by_sender))


@lru_cache(maxsize=16384)
def documents(row: Rule, facts: Facts) -> tuple[Document, ...]:
    """The documents that `row` asks for in a trade of this kind."""
    return tuple(_document(doc, facts) for doc in row.documents if _holds(doc.given, facts))


@lru_cache(maxsize=16384)
def findings(row: Rule, facts: Facts) -> tuple[Finding, ...]:
    """The findings that `row` asks for in a trade of this kind."""
    return tuple(Finding(found.kind, found.by, found.basis) for found in row.findings if _holds(found.given, facts))


def foreign_kinds(facts: Facts) -> tuple[DocumentKind, ...]:
    """The paper of the State of (re-)export that fits the line, and those that serve as well (Articles III to VII)."""
    if not facts.sent_from_origin:
        return (DocumentKind.RE_EXPORT,)
    if facts.source is Source.PRE_CONVENTION:
        return (DocumentKind.PRE_CONVENTION,)
    if facts.source is Source.CONFISCATED:
        return (DocumentKind.EXPORT_PERMIT, DocumentKind.RE_EXPORT)
    if facts.appendix is Appendix.III:
        return (DocumentKind.EXPORT_PERMIT,) if facts.listed_by_sender else (DocumentKind.ORIGIN,)
    if facts.source is Source.CAPTIVE_BRED:
        return (DocumentKind.CAPTIVE_BRED, DocumentKind.EXPORT_PERMIT)
    if facts.source is Source.PROPAGATED:
        return (
            (DocumentKind.PROPAGATED, DocumentKind.PHYTOSANITARY)
            if facts.appendix is Appendix.II
            else (DocumentKind.PROPAGATED,)
        )
    if facts.source is Source.HIGH_SEAS:
        return (DocumentKind.EXPORT_PERMIT, DocumentKind.FROM_THE_SEA)
    return (DocumentKind.EXPORT_PERMIT,)


@cache
def _index() -> dict[tuple[Direction, Appendix, Kingdom, Source, Purpose, bool], Rule]:
    index: dict[tuple[Direction, Appendix, Kingdom, Source, Purpose, bool], Rule] = {}
    for row in table():
        if row.decision is None or row.direction not in set(Direction):
            continue
        direction = Direction(row.direction)
        listed = {"listed": (True,), "unlisted": (False,)}.get(row.when, (True, False))
        for key in (
            (direction, appendix, kingdom, source, purpose, by_sender)
            for appendix in row.appendices
            for kingdom in row.kingdoms
            for source in row.sources
            for purpose in row.purposes
            for by_sender in listed
        ):
            index.setdefault(key, row)
    return index


def _holds(given: str, facts: Facts) -> bool:
    wild_i = facts.appendix is Appendix.I and facts.source in WILD
    return {
        "": True,
        "live": facts.live,
        "live Appendix I": facts.live and facts.appendix is Appendix.I,
        "wild Appendix I": wild_i,
    }.get(given, given == facts.source.value)


def _document(doc: DocumentRow, facts: Facts) -> Document:
    kinds = doc.kinds or foreign_kinds(facts)
    issuer = facts.sender if doc.issuer == "from" else facts.receiver
    return Document(kinds[0], issuer, doc.when, doc.basis, kinds[1:])


def _row(cell: dict[str, str]) -> Rule:
    decision = None if cell["decision"] == "ask" else Outcome(cell["decision"])
    return Rule(
        id=cell["id"],
        direction=cell["direction"],
        when=cell["when"],
        decision=decision,
        appendices=frozenset(Appendix)
        if cell["appendix"] == "any"
        else frozenset(map(Appendix, _cut(cell["appendix"], "|"))),
        kingdoms={"animal": frozenset({Kingdom.ANIMAL}), "plant": frozenset({Kingdom.PLANT})}.get(
            cell["kingdom"], frozenset(Kingdom)
        ),
        sources=frozenset(Source) if cell["sources"] == "any" else frozenset(map(Source, _cut(cell["sources"], "|"))),
        purposes=_purposes(cell["purposes"]),
        if_commercial=Outcome(cell["if_commercial"]) if cell["if_commercial"] else None,
        documents=tuple(map(_document_row, _rows(cell["documents"]))),
        findings=(
            *(_finding_row(text, By.MANAGEMENT) for text in _rows(cell["management_findings"])),
            *(_finding_row(text, By.SCIENTIFIC) for text in _rows(cell["scientific_findings"])),
        ),
        refusal=cell["refusal"].partition(" {")[0],
        refusal_basis=_cut(cell["refusal"].partition(" {")[2].rstrip("}") or cell["basis"], ";"),
        basis=_cut(cell["basis"], ";"),
        note=cell["note"],
        confirmed=cell["confirmed"] != "K",
    )


def _purposes(cell: str) -> frozenset[Purpose]:
    if cell == "any":
        return frozenset(Purpose)
    if cell == "not-T":
        return frozenset(Purpose) - {Purpose.COMMERCIAL}
    return frozenset(map(Purpose, _cut(cell, "|")))


def _rows(cell: str) -> tuple[str, ...]:
    """Split at the semicolons between rows, not at those inside a basis."""
    return tuple(part.strip() for part in re.split(r"(?<=\});", cell) if part.strip())


def _document_row(text: str) -> DocumentRow:
    found = _DOCUMENT.match(text)
    if found is None:
        raise ValueError(f"decision_table.tsv: cannot read the document {text!r}")
    kinds = () if found["kinds"] == FOREIGN else tuple(map(DocumentKind, found["kinds"].split(" or ")))
    return DocumentRow(kinds, found["by"], found["when"], found["given"] or "", _cut(found["basis"], ";"))


def _finding_row(text: str, by: By) -> FindingRow:
    found = _FINDING.match(text)
    if found is None:
        raise ValueError(f"decision_table.tsv: cannot read the finding {text!r}")
    return FindingRow(FindingKind(found["kind"]), by, found["given"] or "", _cut(found["basis"], ";"))


def _cut(cell: str, sign: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in cell.split(sign) if part.strip())
