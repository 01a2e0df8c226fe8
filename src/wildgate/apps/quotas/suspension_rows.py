"""One row of a Species+ suspension download, or of a table of exemptions, as a measure or as the fault that it has."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from wildgate.apps.quotas.sheets import (
    NO_CODES,
    OPEN_END,
    Fault,
    Row,
    read_day,
    read_purposes,
    read_sources,
    read_taxon,
    read_terms,
    read_where,
    read_yes,
)
from wildgate.convention.listing import Law
from wildgate.convention.sentence import say
from wildgate.convention.suspension import Effect, Way, read_note

ALIASES = {
    "id": "id", "fullname": "taxon", "taxonname": "taxon", "scientificname": "taxon", "taxon": "taxon",
    "taxonconceptid": "concept", "rank": "rank", "rankname": "rank", "genus": "genus", "family": "family",
    "order": "order", "class": "class", "party": "country", "countryiso2": "country", "isocode2": "country",
    "iso": "country", "country": "country_name", "startdate": "start", "start": "start", "validsince": "start",
    "startnotificationdate": "notified", "enddate": "end", "end": "end", "startnotification": "reference",
    "suspensionnotification": "reference", "notification": "reference", "term": "terms", "terms": "terms",
    "source": "sources", "sources": "sources", "purpose": "purposes", "purposes": "purposes", "notes": "note",
    "note": "note", "url": "url", "iscurrent": "current", "valid": "current", "current": "current",
    "appliestoimport": "imports", "internalnotes": "exemption",
}
EVERYTHING = frozenset({"all", "any", "all taxa", "all species"})


@dataclass(frozen=True, slots=True)
class MeasureFacts:
    """A measure as a row gives it, ready to be stored."""

    key: str
    source_id: str
    country: str
    taxon: str
    rank: str
    terms: tuple[str, ...]
    sources: tuple[str, ...]
    purposes: tuple[str, ...]
    start: date
    end: date | None
    effect: Effect
    way: Way
    domestic: bool
    current: bool
    note: str
    reference: str
    url: str
    remark: Fault | None = None


def read_suspension(row: Row, law: Law) -> MeasureFacts | Fault:
    """One row. A table with internal notes lists what is exempt from measures; any other lists the measures."""
    taxon = _taxon(row, law)
    if isinstance(taxon, Fault):
        return taxon
    country = read_where(row)
    if isinstance(country, Fault):
        return country
    period = _period(row)
    if isinstance(period, Fault):
        return period
    codes = _codes(row)
    if isinstance(codes, Fault):
        return codes
    current, imports = read_yes(row.text("current")), read_yes(row.text("imports") or "no")
    if current is None or imports is None:
        field = "current" if current is None else "imports"
        return row.fault(field, say("%(text)s is neither true nor false.", text=row.text(field)[:40]))
    terms, sources, purposes = codes
    exempt = "exemption" in row.headings
    read = read_note(row.text("note"), applies_to_import=imports)
    effect = Effect.EXEMPT if exempt else Effect.REFUSE if any(codes) else read.effect
    remark = None if effect is not Effect.ASK else row.fault(
        "note", say("The text says more than codes can: officers are asked to judge each case that it may meet."))
    return MeasureFacts(
        "", row.text("id"), country, taxon[0], taxon[1], terms, sources,
        purposes or (() if exempt else tuple(sorted(read.purposes))), *period, effect,
        Way.BOTH if exempt else read.way, read.domestic, current, row.text("note")[:4000],
        row.text("reference")[:200], row.text("url")[:500], remark)


def _taxon(row: Row, law: Law) -> tuple[str, str] | Fault:
    """The taxon and its rank; empty for all listed specimens, which a row says by naming none."""
    if row.text("taxon").casefold() in EVERYTHING or not (row.text("taxon") or row.text("concept")):
        return "", ""
    found = read_taxon(row, law)
    return found if isinstance(found, Fault) else (found.name, found.rank.value)


def _codes(row: Row) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]] | Fault:
    found = []
    for field, reader in (("terms", read_terms), ("sources", read_sources), ("purposes", read_purposes)):
        codes = reader(row.cells.get(field, ""))
        if codes is None:
            return row.fault(field, say(NO_CODES[field], text=row.cells[field][:60]))
        found.append(codes)
    return found[0], found[1], found[2]


def _period(row: Row) -> tuple[date, date | None] | Fault:
    column = "start" if row.text("start") or "notified" not in row.headings else "notified"
    start = read_day(row.text(column))
    if start is None:
        return row.fault(column, say("%(text)s is not a day: write 2027-01-31 or 31/01/2027.",
                                     text=row.text(column)[:40] or "–"))
    end = None if row.text("end").casefold() in OPEN_END else read_day(row.text("end"))
    if end is None and row.text("end").casefold() not in OPEN_END:
        return row.fault("end", say("%(text)s is not a day: write 2027-01-31 or 31/01/2027.",
                                    text=row.text("end")[:40]))
    if end is not None and end < start:
        return row.fault("end", say("The suspension ends on %(end)s, before it starts on %(start)s.", end=end,
                                    start=start))
    return start, end
