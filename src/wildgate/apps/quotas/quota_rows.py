"""One row of a Species+ quota download, or of a table like it, as a quota or as the fault that it has."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

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
from wildgate.convention import tables
from wildgate.convention.listing import Law
from wildgate.convention.quota import STEP, QuotaKind, quota_year
from wildgate.convention.sentence import say

ALIASES = {
    "id": "id", "fullname": "taxon", "taxonname": "taxon", "scientificname": "taxon", "taxon": "taxon",
    "taxonconceptid": "concept", "rank": "rank", "rankname": "rank", "genus": "genus", "family": "family",
    "order": "order", "class": "class", "party": "country", "countryiso2": "country", "isocode2": "country",
    "iso": "country", "country": "country_name", "quota": "amount", "unit": "unit", "year": "year",
    "yearorpublicationdate": "published", "publicationdate": "published", "datepublished": "published",
    "startdate": "start", "start": "start", "validfrom": "start", "enddate": "end", "end": "end", "validto": "end",
    "term": "terms", "terms": "terms", "source": "sources", "sources": "sources", "purpose": "purposes",
    "purposes": "purposes", "region": "region", "population": "region", "notes": "note", "note": "note", "url": "url",
    "publicationurl": "url", "iscurrent": "current", "current": "current", "quotatype": "kind", "kind": "kind",
}
IN_PREPARATION = frozenset({"-1", "-1.0", "in prep", "in prep.", "in preparation"})
FOREVER = date(9999, 12, 31)
CAVIAR = frozenset({"CAV"})
LONGEST_YEAR = 400
"""A number that is allowed each year until further notice is no ledger's amount: a person sets each year's quota."""

PHRASES: dict[str, dict[str, tuple[str, ...]]] = {
    "live": {"terms": ("LIV",)}, "skins": {"terms": ("SKI",)}, "skin": {"terms": ("SKI",)},
    "shells": {"terms": ("SHE",)}, "meat": {"terms": ("MEA",)}, "caviar": {"terms": ("CAV",)},
    "trophies": {"terms": ("TRO",)}, "hunting trophies": {"terms": ("TRO",)},
    "wild-taken": {"sources": ("W",)}, "wild taken": {"sources": ("W",)}, "wild": {"sources": ("W",)},
    "wild specimens": {"sources": ("W",)}, "wild-caught": {"sources": ("W",)}, "ranched": {"sources": ("R",)},
    "ranched specimens": {"sources": ("R",)}, "captive-bred": {"sources": ("C", "D")},
    "captive bred": {"sources": ("C", "D")}, "f1 specimens": {"sources": ("F",)},
    "for commercial purposes": {"purposes": ("T",)}, "all": {},
}
"""What single phrases of a quota's text mean. A text with any other phrase must be read by a person."""


@dataclass(frozen=True, slots=True)
class QuotaFacts:
    """A quota as a row gives it, ready to be stored."""

    key: str
    source_id: str
    country: str
    taxon: str
    listed_name: str
    rank: str
    terms: tuple[str, ...]
    sources: tuple[str, ...]
    purposes: tuple[str, ...]
    region: str
    unit: str
    amount: Decimal | None
    start: date
    end: date
    kind: QuotaKind
    certain: bool
    current: bool
    note: str
    url: str
    remark: Fault | None = None


def read_quota(row: Row, law: Law) -> QuotaFacts | Fault:
    """One row; the first fault from left to right in the order of meaning."""
    taxon = read_taxon(row, law)
    if isinstance(taxon, Fault):
        return taxon
    country = read_where(row)
    if isinstance(country, Fault):
        return country
    amount = _amount(row)
    if isinstance(amount, Fault):
        return amount
    unit = tables.legacy_unit("" if row.text("unit").casefold() == "all" else row.text("unit"))
    if unit is None:
        return row.fault("unit", say("%(text)s is not a unit of the CITES lists.", text=row.text("unit")))
    codes = _scope(row)
    if isinstance(codes, Fault):
        return codes
    terms, sources, purposes, certain = codes
    period = _period(row, caviar=bool(CAVIAR & set(terms)))
    if isinstance(period, Fault):
        return period
    current = read_yes(row.text("current"))
    if current is None:
        return row.fault("current", say("%(text)s is neither true nor false.", text=row.text("current")))
    remark = None if amount is not None else row.fault("amount", say(
        "In preparation: no number yet, so nothing is issued against it until one is set."))
    each_year = bool(amount) and (period[1] - period[0]).days > LONGEST_YEAR
    return QuotaFacts(
        "", row.text("id"), country, taxon.name, row.text("taxon"), taxon.rank.value, terms, sources, purposes,
        row.text("region")[:80], unit[0], None if amount is None else (amount * unit[1]).quantize(STEP), *period,
        _kind(row), certain and not each_year, current, row.text("note")[:2000], row.text("url")[:500], remark)


def _amount(row: Row) -> Decimal | Fault | None:
    text = row.text("amount")
    if text.casefold() in IN_PREPARATION:
        return None
    try:
        value = Decimal(text) if re.fullmatch(r"-?\d{1,13}(\.\d{1,12})?(e[+]?\d{1,2})?", text.casefold()) else None
    except InvalidOperation:
        value = None
    if value is None:
        return row.fault("amount", say(
            "The quota %(text)s is not a number: write digits and at most one point, 0 for a zero quota, -1 while it "
            "is in preparation.", text=text[:40] or "–"))
    if value < 0 or value > Decimal(10) ** 12:
        return row.fault("amount", say(
            "The quota %(text)s is out of range: 0 to 1 000 000 000 000, or -1 while it is in preparation.", text=text))
    return value


def _scope(row: Row) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...], bool] | Fault:
    """Codes from their columns; where the table has none, from the text when every phrase of it is known."""
    found: dict[str, tuple[str, ...]] = {}
    for field, reader in (("terms", read_terms), ("sources", read_sources), ("purposes", read_purposes)):
        codes = reader(row.cells.get(field, ""))
        if codes is None:
            return row.fault(field, say(NO_CODES[field], text=row.cells[field][:60]))
        found[field] = codes
    certain = True
    if not {"terms", "sources", "purposes"} & set(row.headings):
        read = read_phrases(row.text("note"))
        certain = read is not None
        found.update(read or {})
    return found["terms"], found["sources"], found["purposes"], certain


def read_phrases(note: str) -> dict[str, tuple[str, ...]] | None:
    """The codes of a quota's text, `live, wild-taken`; None when a part of it is not understood."""
    text = re.sub(r"[\[(]note:.*?[\])]\s*$", "", note.casefold(), flags=re.DOTALL).strip(" .")
    found: dict[str, list[str]] = {}
    for part in filter(None, (part.strip(" .") for part in re.split(r"[,;]", text))):
        if part not in PHRASES:
            return None
        for field, codes in PHRASES[part].items():
            found.setdefault(field, []).extend(codes)
    return {field: tuple(codes) for field, codes in found.items()}


def _period(row: Row, *, caviar: bool) -> tuple[date, date] | Fault:
    """First and last day, from dates where the row has them, else from its year or the day of publication."""
    if row.text("start"):
        start = read_day(row.text("start"))
        if start is None:
            return row.fault("start", say("%(text)s is not a day: write 2027-01-01 or 01/01/2027.",
                                          text=row.text("start")[:40]))
        end = FOREVER if row.text("end").casefold() in OPEN_END else read_day(row.text("end"))
        if end is None:
            return row.fault("end", say("%(text)s is not a day: write 2027-12-31 or 31/12/2027.",
                                        text=row.text("end")[:40]))
        if end < start:
            return row.fault("end", say("The quota ends on %(end)s, before it starts on %(start)s.", end=end,
                                        start=start))
        return start, end
    column = "year" if row.text("year") or "published" not in row.headings else "published"
    year = _year(row.text(column))
    if year is None:
        return row.fault(column, say("%(text)s is not a year of the Convention (1975 to 2100).",
                                     text=row.text(column)[:40] or "–"))
    return quota_year(year, caviar=caviar)


def _year(text: str) -> int | None:
    day = read_day(text)
    year = day.year if day else int(text) if re.fullmatch(r"[0-9]{4}", text) else 0
    return year if 1975 <= year <= 2100 else None


def _kind(row: Row) -> QuotaKind:
    """Who set it: from the column where it says so, else from the register's remark in the text."""
    named = row.text("kind").casefold()
    note = row.text("note").casefold()
    if "listing" in named:
        return QuotaKind.LISTING
    if "cop" in named or "established by the conference" in note or "resolution of the conference" in note:
        return QuotaKind.CONFERENCE
    if "animals committee" in note or "plants committee" in note or "standing committee" in note:
        return QuotaKind.COMMITTEE
    return QuotaKind.NATIONAL
