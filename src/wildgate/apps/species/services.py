"""Writes of the species app: downloads are imported, all of a command in one transaction."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path

from django.db import transaction

from wildgate.apps.species.imports import reading
from wildgate.apps.species.imports.rows import Fault, Row
from wildgate.apps.species.imports.writing import Fate, Writer
from wildgate.apps.species.models import ImportRun
from wildgate.convention.refusal import Refusal
from wildgate.kit import events

PORTION = 2_000
MOST_TOLD = 2_000

Progress = Callable[[str, int, float], None]
"""Called now and then with the file's name, the rows read so far and the seconds spent."""


@dataclass(slots=True)
class FileReport:
    """What became of a file's rows, by the line each begins at (for JSON: by the number of the item).

    `changed` and `refused` hold the first 2,000; the counts are of all. `refusal` is set when nothing of it was taken.
    """

    name: str
    layout: str = ""
    digest: str = ""
    dated: str | None = None
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: int = 0
    added_lines: list[list[int]] = field(default_factory=list)
    changed_rows: list[tuple[int, str, tuple[str, ...]]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    refusal: Refusal | None = None
    seconds: float = 0.0
    run: int | None = None

    @property
    def rows(self) -> int:
        return self.added + self.changed + self.unchanged + self.refused

    def as_json(self) -> dict[str, object]:
        return {"file": self.name, "layout": self.layout, "sha256": self.digest, "dated": self.dated, "rows": self.rows,
                "added": self.added, "changed": self.changed, "unchanged": self.unchanged, "refused": self.refused,
                "added_lines": self.added_lines,
                "changed_rows": [{"line": line, "taxon": name, "changed": list(parts)}
                                 for line, name, parts in self.changed_rows],
                "refused_rows": [fault.as_json() for fault in self.faults],
                "refusal": self.refusal.as_kept() if self.refusal else None, "seconds": round(self.seconds, 1)}


@dataclass(frozen=True, slots=True)
class ImportReport:
    """The report of one import. `kept` is false when everything was rolled back."""

    files: tuple[FileReport, ...]
    kept: bool

    @property
    def changes(self) -> int:
        return sum(file.added + file.changed for file in self.files)

    @property
    def clean(self) -> bool:
        return not any(file.refused or file.refusal for file in self.files)

    def as_json(self) -> dict[str, object]:
        return {"kept": self.kept, "changes": self.changes, "files": [file.as_json() for file in self.files]}


def import_files(paths: Sequence[Path], *, party: str, by: str, at: datetime, all_or_nothing: bool = False,
                 progress: Progress | None = None) -> ImportReport:
    """Import downloads of the Checklist and of Species+ in one transaction; what is stored already stays untouched.

    Refused rows are left out and reported; with `all_or_nothing` one refused row or file rolls everything back. A file
    that is damaged leaves nothing of itself behind. `by` is what the event keeps: `person:12` or `operator`.
    """
    files: list[FileReport] = []
    with transaction.atomic():
        for path in paths:
            files.append(_import_one(path, party, by, at, progress))
        report = ImportReport(tuple(files), kept=True)
        if all_or_nothing and not report.clean:
            transaction.set_rollback(True)
            report = ImportReport(tuple(files), kept=False)
    return report


def _import_one(path: Path, party: str, by: str, at: datetime, progress: Progress | None) -> FileReport:
    report = FileReport(path.name)
    download = reading.read(path)
    if isinstance(download, Refusal):
        report.refusal = download
        return report
    report.layout, report.digest = download.layout, download.digest
    report.dated = download.dated.isoformat() if download.dated else None
    began = time.monotonic()
    with transaction.atomic():
        run = ImportRun.objects.create(party=party, file_name=path.name[:200], digest=download.digest,
                                       layout=download.layout, dated=download.dated, at=at, actor=by, rows=0, added=0,
                                       changed=0, unchanged=0, refused=0)
        fatal = _take(download.rows, Writer(party, run), report, progress, began)
        if fatal:
            report.refusal = Refusal(fatal.code, str(fatal.reason), template=fatal.reason.template,
                                     values=fatal.reason.values)
            transaction.set_rollback(True)
        elif report.added or report.changed:
            _tell(run, report, by, at)
        else:
            run.delete()
    if report.refusal:
        report.added = report.changed = report.unchanged = 0
        report.added_lines, report.changed_rows = [], []
    report.seconds = time.monotonic() - began
    return report


def _take(rows: Iterator[Row | Fault], writer: Writer, report: FileReport, progress: Progress | None,
          began: float) -> Fault | None:
    """Write the rows in portions and count what became of them; a fatal fault ends the file."""
    last: tuple[int, str] = (0, "")
    while portion := list(islice(rows, PORTION)):
        faults = [row for row in portion if isinstance(row, Fault)]
        if fatal := next((fault for fault in faults if fault.fatal), None):
            return fatal
        outcome = [*faults, *writer.write([row for row in portion if isinstance(row, Row)])]
        for each in sorted(outcome, key=lambda one: one.line if isinstance(one, Fault) else one.row.line):
            last = _count(each, report, last)
        if progress:
            progress(report.name, report.rows, time.monotonic() - began)
    return None


def _count(each: Fate | Fault, report: FileReport, last: tuple[int, str]) -> tuple[int, str]:
    """Count one row; added rows that follow each other are told as a span of lines."""
    if isinstance(each, Fault):
        report.refused += 1
        if len(report.faults) < MOST_TOLD:
            report.faults.append(each)
        return each.line, "refused"
    lines = 1 + len(each.row.more_lines)
    if each.what == "added":
        report.added += lines
        if last[1] == "added" and report.added_lines:
            report.added_lines[-1][1] = each.row.line
        else:
            report.added_lines.append([each.row.line, each.row.line])
    elif each.what == "changed":
        report.changed += lines
        if len(report.changed_rows) < MOST_TOLD:
            report.changed_rows.append((each.row.line, each.row.core.name if each.row.core else
                                        f"taxon {each.row.source_id}", each.parts))
    else:
        report.unchanged += lines
    return each.row.line, each.what


def _tell(run: ImportRun, report: FileReport, by: str, at: datetime) -> None:
    run.rows, run.added, run.changed = report.rows, report.added, report.changed
    run.unchanged, run.refused = report.unchanged, report.refused
    run.save(update_fields=["rows", "added", "changed", "unchanged", "refused"])
    report.run = run.pk
    events.append("species-imported", f"taxa/{run.pk}", party=run.party, actor=by, at=at, data={
        "digest": run.digest, "layout": run.layout, "rows": run.rows, "added": run.added, "changed": run.changed,
        "refused": run.refused})
