"""Downloads that an officer hands in: which register a file is of, and taking it in with a report for the page."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from wildgate.apps.quotas import imports, quota_rows, sheets, suspension_rows
from wildgate.apps.species.imports import reading, stream
from wildgate.apps.species.models import Taxon
from wildgate.apps.species.services import import_files
from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit.sentences import as_kept
from wildgate.kit.uploads.models import Upload
from wildgate.kit.uploads.services import Outcome, Progress, handles

KINDS = ("taxa", "quotas", "suspensions")
LARGEST = stream.LARGEST_PACKED
LONGEST_HEADING = 20_000
MOST_TOLD = 2_000
TABLES = {"quotas": quota_rows.ALIASES, "suspensions": suspension_rows.ALIASES}


def kind_of(path: Path) -> str | Refusal:
    """The register that the file's own heading or first bytes speak of; its name and ending say nothing."""
    found = reading.read(path)
    if not isinstance(found, Refusal):
        return "taxa"
    if found.code not in ("unknown-layout", "bad-header"):
        return found
    headings = set(_heading(path))
    for kind, aliases in TABLES.items():
        fields = {aliases.get(sheets.squeezed(column)) for column in headings}
        if all(fields & set(needed.split(" or ")) for needed in imports.NEEDED[kind]):
            return kind
    return refuse("unknown-layout", "%(name)s is no download that can be imported. Take a Checklist, a Species+ "
                  "listings or listing history, a Species+ quotas or a Species+ suspensions download, as CSV or API "
                  "JSON, plain or packed (.gz, .xz).", name=path.name, field="file")


def _heading(path: Path) -> list[str]:
    text = stream.open_text(path)
    if isinstance(text, Refusal):
        return []
    with text:
        return next(csv.reader([text.readline(LONGEST_HEADING)]), [])


@handles("taxa")
def take_taxa(upload: Upload, progress: Progress, at: datetime) -> Outcome:
    """Names, ranges and listings of a Checklist or Species+ download."""
    done = import_files([upload.file], party=upload.party, by=upload.by, at=at, all_or_nothing=_whole(upload),
                        progress=lambda name, rows, seconds: progress(rows, None))
    file = done.files[0]
    report = {"layout": file.layout, "added": file.added, "changed": file.changed, "unchanged": file.unchanged,
              "refused": file.refused, "refusal": _told(file.refusal), "seconds": round(file.seconds, 1),
              "faults": [[fault.line, fault.column, as_kept(fault.reason)] for fault in file.faults],
              "changes": [[line, name, ", ".join(parts)] for line, name, parts in file.changed_rows], "remarks": []}
    kept = done.kept and file.refusal is None
    return Upload.State.DONE if kept else Upload.State.REFUSED, report


@handles("quotas")
def take_quotas(upload: Upload, progress: Progress, at: datetime) -> Outcome:
    """Export quotas of a Species+ download."""
    return _register(upload, at, imports.import_quotas)


@handles("suspensions")
def take_suspensions(upload: Upload, progress: Progress, at: datetime) -> Outcome:
    """Suspensions, stricter measures and exemptions of a Species+ download."""
    return _register(upload, at, imports.import_suspensions)


def _register(upload: Upload, at: datetime, work: Any) -> Outcome:
    done = work([upload.file], party=upload.party, actor=upload.by, at=at, all_or_nothing=_whole(upload),
                taxa=_names_by_number(upload))
    nothing = {"layout": upload.kind, "added": 0, "changed": 0, "unchanged": 0, "refused": 0, "refusal": None,
               "faults": [], "changes": [], "remarks": []}
    if isinstance(done, Refusal):
        return Upload.State.REFUSED, nothing | {"refusal": _told(done)}
    file = done[0]
    report = nothing | {"added": file.added, "changed": file.changed, "unchanged": file.unchanged,
                        "refused": len(file.refused), "faults": _rows(file.refused), "remarks": _rows(file.remarks)}
    return Upload.State.REFUSED if file.undone else Upload.State.DONE, report


def _names_by_number(upload: Upload) -> Path | None:
    """The imported taxa by their number in the register, for downloads that tell no name."""
    known = Taxon.objects.filter(party=upload.party).values_list("source_id", "name")
    if "taxon" in {TABLES[upload.kind].get(sheets.squeezed(column)) for column in _heading(upload.file)}:
        return None
    path = upload.folder / "taxa.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["Taxon concept id", "Full name"])
        writer.writerows(known.iterator(chunk_size=5000))
    return path


def _whole(upload: Upload) -> bool:
    return bool(upload.choices.get("all_or_nothing"))


def _rows(faults: Iterable[sheets.Fault]) -> list[list[object]]:
    return [[fault.line, fault.column, as_kept(fault.reason)] for fault in faults][:MOST_TOLD]


def _told(refusal: Refusal | None) -> dict[str, Any] | None:
    return refusal.as_kept() if refusal else None
