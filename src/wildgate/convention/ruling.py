"""What a trade in listed specimens needs (Convention, Articles III to V, VII and X)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Any, TypeVar

from wildgate.convention.case import Answer, Case, Doubt, Reading, strictest
from wildgate.convention.catalogue import caution, refusal
from wildgate.convention.checks import (
    NOWHERE,
    at_the_border,
    checks_of,
    landed_elsewhere,
    reservation,
    reserved,
)
from wildgate.convention.exemptions import special, transit
from wildgate.convention.listing import Cover, Coverage, Law, Listing, NotListed
from wildgate.convention.outcome import Document, LineRuling, Ruling
from wildgate.convention.outcome import Warning as Caution
from wildgate.convention.overlay import Overlay, add_measures
from wildgate.convention.papers import Facts
from wildgate.convention.refusal import Refusal
from wildgate.convention.rules import EXEMPTIONS, Rule, Table
from wildgate.convention.rules import table as shipped_table
from wildgate.convention.taxonomy import Taxon, Unknown
from wildgate.convention.term_fit import is_unusual
from wildgate.convention.trade import Line, Trade
from wildgate.convention.unconfirmed import fact_of
from wildgate.convention.vocabulary import Appendix, DocumentKind, Outcome, Purpose, Source

CHANGED = "check-appendices"
T = TypeVar("T")
NAME_DOUBTS = frozenset({"check-name", "name-species"})
"""Warnings that the name may hide a taxon of another Appendix: an old name, or one wider than a species."""
_RAISED = {
    Appendix.II: re.compile(r"\b(?:to|in) I\b|\bannotation added\b"),
    Appendix.III: re.compile(r"\b(?:to|in) II?\b"),
}
"""Reported changes that make the paper of an Appendix the wrong one: a stricter Appendix, or words that nobody read."""
_EASED = re.compile(r"\bI to II\b|\bdeleted\b|\bunder quota\b")


def rule(
    trade: Trade,
    law: Law,
    overlays: Iterable[Overlay] = (),
    *,
    confirmed: frozenset[str] = frozenset(),
    not_accepted: frozenset[str] = frozenset(),
    papers: frozenset[DocumentKind] | None = None,
    table: Table | None = None,
) -> Ruling:
    """Rule on `trade` by the law as it stood on `trade.on`; each line by itself, then merged.

    `overlays` are national measures: they add to the ruling and never take from it (Art. XIV.1). `confirmed` and
    `not_accepted` are ids of facts of kind K (see `unconfirmed.py`): the first lose their flag, a line that turns on
    one of the second is left to the authority. `papers` are the kinds of documents that customs saw and found valid: an
    import without one that it needs is refused (I06); None before the border. `table` is another decision table.
    """
    reading = _reading(table or shipped_table(), confirmed, not_accepted, papers)
    lines: Iterable[LineRuling] = (rule_line(line, trade, law, reading) for line in trade.lines)
    if national := tuple(overlays):
        lines = (
            add_measures(ruled, line, trade, law, national, exempt=_exempt(ruled, reading.table), papers=papers)
            for ruled, line in zip(lines, trade.lines, strict=True)
        )
    return merge(lines, law.date)


def rule_line(line: Line, trade: Trade, law: Law, reading: Reading) -> LineRuling:
    """Rule on one line. Names that the tables do not know are `conditional`, never "not listed"."""
    population = None if line.origin in NOWHERE else line.origin
    sender = None if trade.sender == line.origin else trade.sender
    entry = _entry(law, line.taxon, population, trade.on, line.term, line.source, trade.purpose, sender)
    if isinstance(entry, LineRuling):
        return _by_facts(entry, reading)
    case = _case(line, trade, entry, reading, law)
    return _by_facts(_line_ruling(case, _checked(case, _judged(case)), entry.warnings), reading)


def merge(lines: Iterable[LineRuling], law_date: str) -> Ruling:
    """The ruling on a trade: the strictest of its lines' decisions and all their parts, each once."""
    rulings = tuple(lines)
    decision = Outcome.NO_DOCUMENT
    for line in rulings:
        decision = strictest(decision, line.decision)
    return Ruling(
        decision=decision,
        documents=_once(line.documents for line in rulings),
        findings=_once(line.findings for line in rulings),
        refusals=_once(line.refusals for line in rulings),
        warnings=_once(line.warnings for line in rulings),
        lines=rulings,
        law=law_date,
    )


def ruling_json(ruling: Ruling) -> dict[str, Any]:
    """The ruling in the shape that the command and the API print."""
    return {
        "decision": ruling.decision.value,
        "documents": [_document_json(document) for document in ruling.documents],
        "findings": [
            {"kind": found.kind.value, "by": found.by.value, "basis": list(found.basis)} for found in ruling.findings
        ],
        "refusals": [{"code": no.code, "reason": no.reason, "basis": list(no.basis)} for no in ruling.refusals],
        "warnings": [_warning_json(warning) for warning in ruling.warnings],
        "lines": [
            {
                "taxon": line.taxon,
                "accepted": line.accepted,
                "appendix": line.appendix.value if line.appendix else None,
                "annotation": line.annotation,
                "listing": line.listing,
                "rule": line.rule,
                "decision": line.decision.value,
                "basis": list(line.basis),
                "note": line.note,
            }
            for line in ruling.lines
        ],
        "law": ruling.law,
    }


@dataclass(frozen=True, slots=True, eq=False)
class _Entry:
    """The entry of the Appendices by which a line is ruled."""

    taxon: Taxon
    listing: Listing
    coverage: Coverage
    warnings: tuple[Caution, ...]
    data_day: date
    unusual: bool


@lru_cache(maxsize=65536)
def _entry(
    law: Law, name: str, population: str | None, on: date, term: str, source: Source, purpose: Purpose,
    sender: str | None,
) -> _Entry | LineRuling:
    """The entry that holds for these specimens, or the answer where there is none or not one alone."""
    found = law.listings(name, population, on)
    if isinstance(found, Unknown):
        told = caution("taxon-unknown", ("Res. Conf. 12.11",), taxon=name, why=found.reason)
        return LineRuling(name, name, None, None, None, None, Outcome.CONDITIONAL, warnings=(told, *found.warnings))
    warnings = found.warnings
    if isinstance(found, NotListed):
        return _not_listed(name, found, warnings)
    listing, accepted = found.strictest, found.taxon.name
    if found.ambiguous:
        told = caution("ask-population", ("Art. I(a)", "Art. II"), taxon=accepted, why=found.ambiguous)
        return LineRuling(name, accepted, listing.appendix, listing.annotation, listing.label, None,
                          Outcome.CONDITIONAL, warnings=(told, *warnings))  # fmt: skip
    coverage = listing.covers(term, source=source, purpose=purpose, country=population, sender=sender)
    if coverage.answer is Cover.NO:
        annotation = coverage.annotation or listing.annotation
        why = coverage.reason
        told = Caution("not-covered", why, ("Art. I(b)", *((f"Annotation {annotation}",) if annotation else ())),
                       template=why.template, values=why.values)
        decision = _by_name(Outcome.NO_DOCUMENT, warnings)
        return LineRuling(name, accepted, listing.appendix, annotation, listing.label, None, decision,
                          warnings=(told, *warnings))  # fmt: skip
    return _Entry(found.taxon, listing, coverage, warnings, _day(law.date), is_unusual(term, found.taxon))


def _not_listed(name: str, found: NotListed, warnings: tuple[Caution, ...]) -> LineRuling:
    """No document for a taxon outside the Appendices; open where a decision not in the tables may have listed it."""
    decision = Outcome.NO_DOCUMENT
    if any(warning.code == CHANGED for warning in warnings):
        # A taxon listed at the last meeting would wrongly pass as free: this is the one place where secondary
        # evidence must weigh, since the cost of asking is a letter and the cost of not asking is an offence.
        decision = Outcome.CONDITIONAL
        warnings = (*warnings, caution("appendices-changed", ("Art. XV.1(c)",), taxon=found.taxon.name))
    return LineRuling(name, found.taxon.name, None, None, None, None, decision, warnings=warnings)


def _case(line: Line, trade: Trade, entry: _Entry, reading: Reading, law: Law) -> Case:
    appendix = entry.coverage.appendix
    facts = _facts(
        trade.sender,
        trade.receiver,
        line.origin,
        appendix,
        line.source,
        line.live,
        line.origin in (trade.sender, "ZZ"),
        appendix is Appendix.III and trade.sender in entry.listing.listed_by,
    )
    return Case(line, trade, entry.taxon, entry.listing, entry.coverage, appendix, facts, entry.data_day, reading, law,
                entry.unusual)  # fmt: skip


@lru_cache(maxsize=64)
def _reading(
    table: Table, confirmed: frozenset[str], not_accepted: frozenset[str], papers: frozenset[DocumentKind] | None
) -> Reading:
    return Reading(table, confirmed, not_accepted, papers)


@lru_cache(maxsize=16384)
def _facts(
    sender: str,
    receiver: str,
    origin: str,
    appendix: Appendix,
    source: Source,
    live: bool,
    from_origin: bool,
    listed: bool,
) -> Facts:
    return Facts(sender, receiver, origin, appendix, source, live, from_origin, listed)


def _judged(case: Case) -> Answer:
    """Article VII first, then the base rule of Articles III to V; what the table does not hold is asked."""
    answer, told = special(case)
    if answer is None:
        answer = landed_elsewhere(case, transit(case, _base(case)))
    return answer._replace(warnings=(*told, *answer.warnings)) if told else answer


def _base(case: Case) -> Answer:
    line, trade = case.line, case.trade
    row = _base_row(case, line.source)
    if row is None and line.source is Source.CONFISCATED:
        row = _base_row(case, case.standing)
    if row is None:
        told = caution(
            "no-rule",
            ("Res. Conf. 12.3",),
            appendix=case.appendix,
            source=line.source,
            purpose=trade.purpose,
            direction=trade.direction,
        )
        return Answer(None, Outcome.CONDITIONAL, warnings=(told,))
    return _refused(case, row) if row.answer(trade.purpose) is Outcome.REFUSE else case.by(row)


def _base_row(case: Case, source: Source) -> Rule | None:
    trade = case.trade
    return case.table.base(
        trade.direction, case.appendix, case.taxon.kingdom, source, trade.purpose, case.facts.listed_by_sender
    )


def _refused(case: Case, row: Rule) -> Answer:
    no = refusal(row.refusal, row.refusal_basis, taxon=case.name, source=case.line.source)
    told = (case.flag(row),) if row.fact else ()
    return Answer(row.id, Outcome.REFUSE, refusals=(no,), warnings=told, basis=row.basis, note=row.note)


def _checked(case: Case, answer: Answer) -> Answer:
    """Apply the checks: a refusal ends the line, a doubt leaves it no better than `conditional`."""
    decision, documents, findings = Outcome(answer.decision), answer.documents, answer.findings
    warnings, refusals = list(answer.warnings), list(answer.refusals)
    for check in checks_of(case, answer):
        outcome = check(case)
        if outcome is None:
            continue
        if not isinstance(outcome, Doubt):
            refusals.append(outcome)
            decision = Outcome.REFUSE
            continue
        warnings.append(outcome.warning)
        if outcome.floor is not None:
            decision = strictest(decision, outcome.floor)
        if outcome.row is not None and decision is not Outcome.REFUSE:
            more = case.by(outcome.row)
            documents, findings = (*documents, *more.documents), (*findings, *more.findings)
            warnings.extend(more.warnings)
            answer = answer._replace(rule=more.rule, basis=more.basis, note=more.note)
    answer = answer._replace(decision=decision, documents=documents, findings=findings, warnings=tuple(warnings))
    if decision is not Outcome.REFUSE:
        answer, refusals = at_the_border(case, answer)
    return _ended(case, answer, refusals) if answer.decision is Outcome.REFUSE else answer


def _ended(case: Case, answer: Answer, refusals: Iterable[Refusal]) -> Answer:
    """A refused line brings nothing else; where the listing only perhaps covers it, the refusal is a doubt.

    So it is where the State of import holds a reservation: the Articles do not bind it for this taxon (Art. XXIII.3).
    """
    held = reserved(case) if reservation(case, of=(case.trade.receiver,)) else None
    if case.coverage.answer is Cover.CONDITIONAL or held:
        told = tuple(dict.fromkeys((*answer.warnings, *((held.warning,) if held else ()), *map(_perhaps, refusals))))
        return answer._replace(decision=Outcome.CONDITIONAL, documents=(), findings=(), refusals=(), warnings=told)
    return answer._replace(documents=(), findings=(), refusals=tuple(refusals))


def _perhaps(no: Refusal) -> Caution:
    return caution("perhaps-refused", no.basis, why=no.reason)


def _line_ruling(case: Case, answer: Answer, warnings: tuple[Caution, ...]) -> LineRuling:
    decision = _by_name(answer.decision, warnings)
    changes = [warning.reason for warning in warnings if warning.code == CHANGED]
    if decision is Outcome.REFUSE and any(map(_EASED.search, changes)):
        # What was reported as allowed since must not be refused on secondary evidence that it is not.
        told = tuple(caution("perhaps-refused/changed", no.basis, why=no.reason) for no in answer.refusals)
        decision, answer = Outcome.CONDITIONAL, answer._replace(refusals=(), warnings=(*told, *answer.warnings))
    elif (raised := _RAISED.get(case.appendix)) and any(map(raised.search, changes)):
        # The permit of a milder Appendix would be the wrong paper; for other changes the warning alone is enough,
        # because the evidence is secondary and must not stop trade by itself.
        decision = strictest(decision, Outcome.CONDITIONAL)
    return LineRuling(
        case.line.taxon,
        case.name,
        case.appendix,
        case.coverage.annotation or case.listing.annotation,
        case.listing.label,
        answer.rule,
        decision,
        answer.documents,
        answer.findings,
        answer.refusals,
        (*answer.warnings, *warnings),
        answer.basis,
        answer.note,
    )


def _exempt(line: LineRuling, table: Table) -> bool:
    """Does the Convention ask for nothing, or for the certificate of an exemption only?"""
    return line.decision is Outcome.NO_DOCUMENT or (
        line.rule is not None and table.rule(line.rule).direction in EXEMPTIONS
    )


def _by_facts(line: LineRuling, reading: Reading) -> LineRuling:
    """Drop the flag of facts that the authority confirmed; leave to it what turns on facts it does not accept."""
    if not (reading.confirmed or reading.not_accepted) or not any(told.unconfirmed for told in line.warnings):
        return line
    decision, warnings = Outcome(line.decision), []
    for told in line.warnings:
        fact = fact_of().get(told.code, "") if told.unconfirmed else ""
        if fact in reading.not_accepted:
            told = caution("fact-not-accepted", told.basis, unconfirmed=True, fact=fact, why=told.reason)
            decision = strictest(decision, Outcome.CONDITIONAL)
        elif fact in reading.confirmed:
            told = replace(told, unconfirmed=False)
        warnings.append(told)
    return replace(line, decision=decision, warnings=tuple(warnings))


def _by_name(decision: Outcome, warnings: Iterable[Caution]) -> Outcome:
    """Nothing is free or allowed under a name that may hide a taxon of another Appendix."""
    return strictest(decision, Outcome.CONDITIONAL) if any(w.code in NAME_DOUBTS for w in warnings) else decision


@lru_cache(maxsize=64)
def _day(text: str) -> date:
    return date.fromisoformat(text[:10])


def _once(parts: Iterable[tuple[T, ...]]) -> tuple[T, ...]:
    """All parts in order, each once. Whole tuples repeat (rules share theirs), so they are told apart first."""
    tuples = {id(part): part for part in parts if part}
    if len(tuples) == 1:
        return next(iter(tuples.values()))
    return tuple(dict.fromkeys(item for part in tuples.values() for item in part))


def _document_json(document: Document) -> dict[str, Any]:
    out: dict[str, Any] = {
        "kind": document.kind.value,
        "issued_by": document.issued_by,
        "when": document.when,
        "basis": list(document.basis),
    }
    if document.alternatives:
        out["alternatives"] = [kind.value for kind in document.alternatives]
    return out


def _warning_json(warning: Caution) -> dict[str, Any]:
    out: dict[str, Any] = {"code": warning.code, "reason": warning.reason, "basis": list(warning.basis)}
    if warning.unconfirmed:
        out["unconfirmed"] = True
        if fact := fact_of().get(warning.code):
            out["fact"] = fact
    return out
