"""Reading Species+ downloads into the register: once or again, in one transaction, with a report line by line."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db import IntegrityError, transaction

from wildgate.apps.quotas import quota_rows, services, sheets, suspension_rows
from wildgate.apps.quotas.models import Quota, SuspensionRow
from wildgate.apps.quotas.quota_rows import QuotaFacts
from wildgate.apps.quotas.sheets import Fault, Row
from wildgate.apps.quotas.suspension_rows import MeasureFacts
from wildgate.apps.species.registry import law_of
from wildgate.convention.listing import Law
from wildgate.convention.refusal import Refusal, refuse
from wildgate.convention.sentence import whole
from wildgate.kit import events

CHUNK = 500
Read = Callable[[Row, Law], Any]
NEEDED = {"quotas": ("taxon or concept", "country or country_name", "amount"),
          "suspensions": ("country or country_name", "start or notified", "reference or purposes")}
WORDS = {"taxon": "Full Name", "concept": "taxon concept id", "country": "Party", "country_name": "Country",
         "amount": "Quota", "start": "Start date", "notified": "Start notification date",
         "reference": "Start notification", "purposes": "Purpose"}


@dataclass(slots=True)
class Report:
    """What an import did. `refused` and `remarks` name line and column; `undone`: all was rolled back."""

    file: str
    digest: str = ""
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: list[Fault] = field(default_factory=list)
    remarks: list[Fault] = field(default_factory=list)
    undone: bool = False

    def as_json(self) -> dict[str, Any]:
        return {"file": self.file, "added": self.added, "changed": self.changed, "unchanged": self.unchanged,
                "refused": [fault.as_json() for fault in self.refused],
                "remarks": [fault.as_json() for fault in self.remarks], "rolled_back": self.undone}


def import_quotas(paths: Sequence[Path], *, party: str, actor: str, at: datetime,
                  all_or_nothing: bool = False, taxa: Path | None = None) -> tuple[Report, ...] | Refusal:
    """Quotas from Species+ downloads and tables like them. The same file read twice changes nothing.

    `taxa` is a table of names by their number in the register, for downloads that give only the number.
    """
    return _import(paths, "quotas", quota_rows.ALIASES, quota_rows.read_quota, _store_quotas, party=party, actor=actor,
                   at=at, all_or_nothing=all_or_nothing, taxa=taxa)


def import_suspensions(paths: Sequence[Path], *, party: str, actor: str, at: datetime,
                       all_or_nothing: bool = False, taxa: Path | None = None) -> tuple[Report, ...] | Refusal:
    """Suspensions, stricter measures and exemptions from them. The same file read twice changes nothing."""
    return _import(paths, "suspensions", suspension_rows.ALIASES, suspension_rows.read_suspension, _store_measures,
                   party=party, actor=actor, at=at, all_or_nothing=all_or_nothing, taxa=taxa)


def _import(paths: Sequence[Path], what: str, aliases: Mapping[str, str], read: Read,
            store: Callable[..., None], *, party: str, actor: str, at: datetime,
            all_or_nothing: bool, taxa: Path | None) -> tuple[Report, ...] | Refusal:
    reports = _read(paths, what, aliases, read, taxa, law_of(party))
    if isinstance(reports, Refusal):
        return reports
    try:
        with transaction.atomic():
            services.lock_ledgers(party, {facts.key for _, found in reports for _, facts in found})
            for report, found in reports:
                store(found, report, party)
                report.refused.sort(key=lambda fault: fault.line)
            done = tuple(report for report, _ in reports)
            undone = all_or_nothing and any(report.refused for report in done)
            for report in done:
                _tell(report, what, party=party, actor=actor, at=at)
                if undone:
                    report.added = report.changed = report.unchanged = 0
                    report.undone = True
            transaction.set_rollback(undone)
    except IntegrityError:
        return refuse("read-at-once", "Another import of the same rows ran at the same moment; run this one again.")
    return done


def _read(paths: Sequence[Path], what: str, aliases: Mapping[str, str], read: Read,
          taxa: Path | None, law: Law) -> list[tuple[Report, list[tuple[Row, Any]]]] | Refusal:
    """Every file by rows, before anything is written: its report with the faults, and its facts under their keys."""
    names = sheets.read_names(taxa) if taxa else {}
    if isinstance(names, Refusal):
        return names
    out = []
    for path in paths:
        sheet = sheets.open_sheet(path, aliases)
        if isinstance(sheet, Refusal):
            return sheet
        if no := _headings(sheet, what, path.name):
            return no
        report = Report(path.name, hashlib.sha256(path.read_bytes()).hexdigest())
        facts = []
        for row in sheets.rows_of(sheet, names):
            if isinstance(row, Fault):
                report.refused.append(row)
            elif isinstance(found := read(row, law), Fault):
                report.refused.append(found)
            else:
                facts.append((row, found))
        out.append((report, _keyed(facts)))
    return out


def _tell(report: Report, what: str, *, party: str, actor: str, at: datetime) -> None:
    """One event for a file that changed the register; after every lock, as all events are."""
    if report.added or report.changed:
        events.append(f"{what}-imported", f"register:{what}", party=party, actor=actor, at=at,
                      data={"file": report.digest, "added": report.added, "changed": report.changed,
                            "refused": len(report.refused)})


def _headings(sheet: sheets.Sheet, what: str, name: str) -> Refusal | None:
    """The columns that a table of this kind cannot do without."""
    for needed in NEEDED[what]:
        fields = needed.split(" or ")
        if not any(one in sheet.headings for one in fields):
            return refuse("column-missing", "%(name)s has no column %(column)s: it is not a download of %(what)s. "
                          "Its columns are %(columns)s.", name=name, what=what,
                          column=" or ".join(WORDS[one] for one in fields),
                          columns=", ".join(filter(None, sheet.columns))[:300])
    return None


def _keyed(found: Iterable[tuple[Row, Any]]) -> list[tuple[Row, Any]]:
    """Facts under their keys: the register's own number, else all that tells one row from another, and its turn."""
    seen: Counter[str] = Counter()
    out = []
    for row, facts in found:
        if facts.source_id and facts.source_id.isdigit():
            key = f"speciesplus:{facts.source_id[:40]}"
        else:
            parts = [getattr(facts, name, None) for name in
                     ("country", "taxon", "listed_name", "terms", "sources", "purposes", "region", "unit", "start",
                      "end", "note", "reference")]
            if isinstance(facts, MeasureFacts):
                parts[9] = None  # an end that is set later changes the measure; it does not make another one
            key = "facts:" + hashlib.sha256(json.dumps(parts, default=str).encode()).hexdigest()[:40]
        seen[key] += 1
        key += f":{seen[key]}" if seen[key] > 1 else ""
        out.append((row, replace(facts, key=key)))
    return out


def _store_quotas(found: Sequence[tuple[Row, QuotaFacts]], report: Report, party: str) -> None:
    known = _known(Quota, [facts.key for _, facts in found], party)
    new: list[Quota] = []
    for row, facts in found:
        fields = _quota_fields(facts)
        old = known.get(facts.key)
        if old is None:
            new.append(Quota(party=party, key=facts.key, **fields))
        elif not _differs(old, fields):
            report.unchanged += 1
        elif no := _change_quota(old, fields):
            report.refused.append(row.fault("amount", whole(no)))
            continue
        else:
            report.changed += 1
        if facts.remark:
            report.remarks.append(facts.remark)
    services.open_ledger(Quota.objects.bulk_create(new, batch_size=CHUNK))
    report.added += len(new)


def _quota_fields(facts: QuotaFacts) -> dict[str, Any]:
    return {"country": facts.country, "taxon": facts.taxon, "listed_name": facts.listed_name, "rank": facts.rank,
            "terms": list(facts.terms), "sources": list(facts.sources), "purposes": list(facts.purposes),
            "region": facts.region, "unit": facts.unit, "amount": facts.amount, "start": facts.start,
            "end": facts.end, "kind": facts.kind.value, "certain": facts.certain, "current": facts.current,
            "note": facts.note, "url": facts.url}


def _change_quota(old: Quota, fields: Mapping[str, Any]) -> Refusal | None:
    """Write another reading of a known quota; its number never falls below what is taken already."""
    amount: Decimal | None = fields["amount"]
    if amount != old.amount and (no := services.change_amount(old, amount)):
        return no
    _write(old, fields)
    return None


def _store_measures(found: Sequence[tuple[Row, MeasureFacts]], report: Report, party: str) -> None:
    known = _known(SuspensionRow, [facts.key for _, facts in found], party)
    new: list[SuspensionRow] = []
    for _, facts in found:
        fields = {"country": facts.country, "taxon": facts.taxon, "rank": facts.rank, "terms": list(facts.terms),
                  "sources": list(facts.sources), "purposes": list(facts.purposes), "start": facts.start,
                  "end": facts.end, "effect": facts.effect.value, "way": facts.way.value, "domestic": facts.domestic,
                  "current": facts.current, "note": facts.note, "reference": facts.reference, "url": facts.url}
        old = known.get(facts.key)
        if old is None:
            new.append(SuspensionRow(party=party, key=facts.key, **fields))
        elif _differs(old, fields):
            _write(old, fields)
            report.changed += 1
        else:
            report.unchanged += 1
        if facts.remark:
            report.remarks.append(facts.remark)
    SuspensionRow.objects.bulk_create(new, batch_size=CHUNK)
    report.added += len(new)


def _known(model: type[Any], keys: Sequence[str], party: str) -> dict[str, Any]:
    """The rows of the register that these keys name."""
    return {row.key: row for start in range(0, len(keys), CHUNK)
            for row in model.objects.filter(party=party, key__in=keys[start:start + CHUNK])}


def _differs(old: Quota | SuspensionRow, fields: Mapping[str, Any]) -> bool:
    return any(getattr(old, name) != value for name, value in fields.items())


def _write(old: Quota | SuspensionRow, fields: Mapping[str, Any]) -> None:
    for name, value in fields.items():
        setattr(old, name, value)
    old.save(update_fields=list(fields))
