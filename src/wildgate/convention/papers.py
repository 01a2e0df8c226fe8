"""What a rule of the decision table brings for a kind of line: its documents and findings, computed once for each."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from wildgate.convention.outcome import Document, Finding
from wildgate.convention.rules import WILD, DocumentRow, Rule
from wildgate.convention.vocabulary import Appendix, DocumentKind, Source


@dataclass(frozen=True, slots=True)
class Facts:
    """What a rule's documents and findings turn on: the kind of line, not its quantity."""

    sender: str
    receiver: str
    origin: str
    appendix: Appendix
    source: Source
    live: bool
    sent_from_origin: bool
    """The goods leave from their country of origin: the foreign paper is not a re-export certificate."""
    listed_by_sender: bool
    """The sender asked for the Appendix III listing."""


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


def _holds(given: str, facts: Facts) -> bool:
    return {
        "": True,
        "live": facts.live,
        "Appendix I": facts.appendix is Appendix.I,
        "live Appendix I": facts.live and facts.appendix is Appendix.I,
        "wild Appendix I": facts.appendix is Appendix.I and facts.source in (*WILD, Source.CONFISCATED),
    }.get(given, given == facts.source.value)


def _document(doc: DocumentRow, facts: Facts) -> Document:
    kinds = doc.kinds or foreign_kinds(facts)
    issuer = {"from": facts.sender, "to": facts.receiver, "origin": facts.origin}[doc.issuer]
    return Document(kinds[0], issuer, doc.when, doc.basis, kinds[1:])
