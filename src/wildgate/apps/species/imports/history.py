"""The history of listings: each change with its day, as CSV or out of the Species+ API."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from wildgate.apps.species.imports import cells, checks
from wildgate.apps.species.imports.checks import BadCell
from wildgate.apps.species.imports.rows import CHANGES, Entry, Fault, Row
from wildgate.convention.sentence import say

COLUMNS = {"taxon_concept_id", "appendix", "change_type", "effective_at"}
CHECKLIST = {
    "TaxonId": "taxon_concept_id", "Appendix": "appendix", "ChangeType": "change_type", "EffectiveAt": "effective_at",
    "IsCurrent": "is_current", "Party": "party", "PartyIsoCode": "party", "FullAnnotationEnglish": "annotation",
    "#Annotation": "hash_annotation", "EndedAt": "ended_at",
}
"""The headings of the Checklist's history download, as the API names the same."""
ENDS = {"addition": "deletion", "reservation": "reservation-withdrawn"}

Change = tuple[int, str, Entry]
"""line, number of the taxon, the change"""


def read(columns: list[str], lines: Iterable[tuple[int, list[str]]]) -> Iterator[Row | Fault]:
    """The rows of a history CSV, one `Row` a taxon; a fault names the column as the API does."""
    columns = [CHECKLIST.get(column, column) for column in columns]
    changes: list[Change] = []
    for line, values in lines:
        if len(values) != len(columns):
            at = columns[min(len(values), len(columns)) - 1]
            yield Fault(line, at, "wrong-width", say(
                "The row has %(cells)s cells where the header has %(width)s; see %(column)s.", cells=len(values),
                width=len(columns), column=at))
            continue
        try:
            row = {column: checks.sound(column, value) for column, value in zip(columns, values, strict=True)}
            changes.append((line, *change(row)))
        except BadCell as bad:
            yield Fault(line, bad.column, bad.code, bad.reason)
    yield from grouped(changes)


def is_history(columns: Iterable[str]) -> bool:
    """Is this the header of a listing history?"""
    return {CHECKLIST.get(column, column) for column in columns} >= COLUMNS


def change(row: Mapping[str, Any]) -> tuple[str, Entry]:
    """One change of a listing; raises BadCell with the column at fault."""
    taxon = checks.number("taxon_concept_id", str(row.get("taxon_concept_id") or ""))
    appendix = checks.listing("appendix", str(row.get("appendix") or ""))
    if appendix not in ("I", "II", "III"):
        raise BadCell("appendix", "not-an-appendix", say("%(column)s is %(value)s; a change names I, II or III.",
                                                         column="appendix", value=checks.show(appendix)))
    kind = str(row.get("change_type") or "").strip()
    if kind not in CHANGES:
        raise BadCell("change_type", "unknown-value", say(
            "%(column)s is %(value)s, not one of %(known)s.", column="change_type", value=checks.show(kind),
            known=", ".join(CHANGES)))
    since = checks.day("effective_at", str(row.get("effective_at") or ""))
    if since is None:
        raise BadCell("effective_at", "not-a-day", say(
            "%(column)s is empty; a change takes effect on a day.", column="effective_at"))
    until = checks.day("ended_at", str(row.get("ended_at") or ""))
    if until and until < since:
        raise BadCell("ended_at", "end-before-start", say(
            "%(end)s %(until)s lies before %(start)s %(since)s.", end="ended_at", until=until, start="effective_at",
            since=since))
    note = cells.plain(str(row.get("annotation") or ""))
    current = bool(checks.yes_or_no("is_current", str(row.get("is_current") or "")))
    symbol, wording = hash_annotation(row.get("hash_annotation"))
    return taxon, Entry("history", appendix, CHANGES[kind], party(row.get("party")), cells.under(note), symbol,
                        wording, note, since, until, current, str(row.get("id") or "").strip()[:12])


def party(given: Any) -> str:
    """The Party of a change: an object of the API, the same as JSON text in a CSV cell, or a bare code."""
    if isinstance(given, str) and given.strip().startswith("{"):
        try:
            given = json.loads(given)
        except (ValueError, RecursionError):
            raise BadCell("party", "not-json", say("%(column)s is %(value)s, not a whole JSON object.",
                                                   column="party", value=checks.show(str(given)))) from None
    code = given.get("iso_code2") if isinstance(given, dict) else given
    return checks.country("party", str(code).strip()) if code else ""


def hash_annotation(given: Any) -> tuple[str, str]:
    """Symbol and text of a # annotation: an object of the API, or text."""
    if isinstance(given, dict):
        return cells.one_line(str(given.get("symbol") or ""))[:8], cells.plain(str(given.get("note") or ""))
    return "", cells.plain(str(given or ""))


def grouped(changes: list[Change]) -> Iterator[Row | Fault]:
    """One `Row` a taxon; an addition ends with the next deletion, and none may end before it begins."""
    by_taxon: dict[str, list[tuple[int, Entry]]] = {}
    for line, taxon, entry in changes:
        by_taxon.setdefault(taxon, []).append((line, entry))
    for taxon, told in by_taxon.items():
        kept: list[tuple[int, Entry]] = []
        first: dict[str, int] = {}
        for line, entry in told:
            if entry.source_id and first.setdefault(entry.source_id, line) != line:
                yield Fault(line, "id", "duplicate", say("The change %(number)s stands in line %(line)s already.",
                                                          number=entry.source_id, line=first[entry.source_id]))
            elif fault := _too_early(line, entry, told):
                yield fault
            else:
                kept.append((line, replace(entry, until=entry.until or _end(entry, told))))
        if kept:
            lines = [line for line, _ in kept]
            yield Row(lines[0], taxon, entries=frozenset(e for _, e in kept), origin="history",
                      more_lines=tuple(lines[1:]))


def _too_early(line: int, entry: Entry, told: list[tuple[int, Entry]]) -> Fault | None:
    """An end whose only beginning, for the same Appendix and Party, is later."""
    begins = [e.since for _, e in told if ENDS.get(e.change) == entry.change and _same(e, entry) and e.since]
    if begins and entry.since and min(begins) > entry.since:
        return Fault(line, "effective_at", "end-before-start", say(
            "The %(change)s of %(since)s lies before the beginning of %(begin)s that it ends.", change=entry.change,
            since=entry.since, begin=min(begins)))
    return None


def _end(entry: Entry, told: list[tuple[int, Entry]]) -> Any:
    """The day of the next deletion or withdrawal of the same listing, where the history has one."""
    ends = [e.since for _, e in told if e.change == ENDS.get(entry.change) and _same(e, entry)
            and e.since and entry.since and e.since >= entry.since]
    return min(ends, default=None)


def _same(one: Entry, other: Entry) -> bool:
    return (one.appendix, one.listed_by) == (other.appendix, other.listed_by)
