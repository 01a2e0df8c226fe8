"""Reservations of Parties, one row each: taxon number, Party, first day and day of withdrawal (the SAPI layout)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from wildgate.apps.species.imports import cells, checks
from wildgate.apps.species.imports.checks import BadCell
from wildgate.apps.species.imports.rows import Entry, Fault, Row
from wildgate.convention.sentence import say

COLUMNS = {"start_date", "end_date", "taxon_name", "taxon_concept_id", "iso_code2"}

Told = tuple[int, str, Entry]
"""line, name of the taxon, the reservation"""


def read(columns: list[str], lines: Iterable[tuple[int, list[str]]]) -> Iterator[Row | Fault]:
    """One `Row` a taxon with all its reservations; the download does not say for which Appendix they were entered."""
    by_taxon: dict[str, list[Told]] = {}
    for line, values in lines:
        if len(values) != len(columns):
            yield Fault(line, columns[min(len(values), len(columns)) - 1], "wrong-width", say(
                "The row has %(cells)s cells where the header has %(width)s.", cells=len(values), width=len(columns)))
            continue
        try:
            row = {column: checks.sound(column, value) for column, value in zip(columns, values, strict=True)}
            taxon = checks.number("taxon_concept_id", row["taxon_concept_id"])
            entry = _reservation(row)
            name = checks.name("taxon_name", row["taxon_name"])
        except BadCell as bad:
            yield Fault(line, bad.column, bad.code, bad.reason)
            continue
        told = by_taxon.setdefault(taxon, [])
        if twice := next((first for first, _, other in told if other.source_id == entry.source_id), None):
            yield Fault(line, "start_date", "duplicate", say(
                "The reservation of %(party)s of %(since)s stands in line %(line)s already.", party=entry.listed_by,
                since=entry.since, line=twice))
        else:
            told.append((line, name, entry))
    for taxon, told in by_taxon.items():
        yield Row(told[0][0], taxon, entries=frozenset(entry for _, _, entry in told), origin="history",
                  named=told[0][1], more_lines=tuple(line for line, _, _ in told[1:]))


def _reservation(row: dict[str, str]) -> Entry:
    since, until = checks.day("start_date", row["start_date"]), checks.day("end_date", row["end_date"])
    if since is None:
        raise BadCell("start_date", "not-a-day", say(
            "%(column)s is empty; a reservation begins on a day.", column="start_date"))
    if until and until < since:
        raise BadCell("end_date", "end-before-start", say(
            "%(end)s %(until)s lies before %(start)s %(since)s.", end="end_date", until=until, start="start_date",
            since=since))
    party = checks.country("iso_code2", row["iso_code2"].strip())
    return Entry("history", "", "reservation", party, note=cells.plain(row.get("notes", "")), since=since, until=until,
                 current=until is None, source_id=f"{party}{since:%Y%m%d}")
