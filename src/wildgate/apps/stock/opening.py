"""Opening balances: what holders had when the book was opened, read from a file, once and again without harm."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path

from django.db import transaction

from wildgate.apps.accounts.models import Organisation
from wildgate.apps.stock import intake, sheet
from wildgate.apps.stock.models import StockEntry
from wildgate.apps.stock.services import enter
from wildgate.apps.stock.sheet import Fault, Row, Sheet
from wildgate.convention.refusal import Refusal, refuse
from wildgate.convention.stock import StockKind
from wildgate.kit import events

NEEDED = ("organisation", "taxon", "term", "quantity", "source", "origin")


@dataclass(slots=True)
class Report:
    """What a file brought: entries added, lines that were known, and faults."""

    file: str
    added: list[str] = field(default_factory=list)
    unchanged: int = 0
    refused: list[Fault] = field(default_factory=list)

    def as_json(self) -> dict[str, object]:
        return {"file": self.file, "added": len(self.added), "unchanged": self.unchanged, "entries": self.added,
                "refused": [{"line": one.line, "column": one.column, "code": one.refusal.code, "reason": one.reason}
                            for one in self.refused]}


def import_opening(path: Path, *, party: str, actor: str, at: datetime) -> Report | Refusal:
    """Enter each good line as released stock. A line with the same facts is known and changes nothing."""
    found = sheet.read(path.read_bytes(), path.name, needed=NEEDED)
    if isinstance(found, Refusal):
        return found
    report, holders, seen = Report(path.name), _holders(party), dict[str, int]()
    with transaction.atomic():
        for row in found.rows:
            _take(row, found, report, holders, seen, party, at)
        if report.added:
            events.append("stock-opened", f"stock-file:{path.name[:60]}", party=party, actor=actor, at=at,
                          data={"entries": len(report.added), "first": report.added[0], "last": report.added[-1]})
    return report


def _take(row: Row, found: Sheet, report: Report, holders: Mapping[str, list[int]], seen: dict[str, int], party: str,
          at: datetime) -> None:
    name = row.cells.get("organisation", "")
    keys = holders.get(name.casefold(), [])
    if len(keys) != 1:
        why = refuse("several-organisations" if keys else "no-such-organisation",
                     "%(count)s organisations here are called %(name)s.", count=len(keys) or "No", name=name or "''",
                     field="organisation")
        report.refused.append(found.fault(row.number, why))
        return
    new = intake.read(StockKind.OPENING, row.cells, party=party, on=at.date())
    if not isinstance(new, intake.NewStock):
        report.refused += [found.fault(row.number, refusal) for refusal in new]
        return
    given = bool(row.cells.get("acquired"))
    key = f"opening:{keys[0]}:{new.digest}" if given else f"opening:{keys[0]}:{_undated(new)}"
    if key in seen:
        why = refuse("line-twice", "The line is the same as line %(line)s: add up the quantities, or tell them apart "
                     "by a reference.", line=seen[key], field="reference")
        report.refused.append(found.fault(row.number, why))
        return
    seen[key] = row.number
    if StockEntry.objects.filter(party=party, key=key).exists():
        report.unchanged += 1
    else:
        report.added.append(enter(party, keys[0], new, key=key, at=at).number)


def _undated(new: intake.NewStock) -> str:
    """Without a day of acquisition the day of the import stands in; it must not make the same line another one."""
    return replace(new, acquired=date.min).digest


def _holders(party: str) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for key, name in Organisation.objects.filter(party=party).values_list("pk", "name"):
        found.setdefault(name.casefold(), []).append(key)
    return found
