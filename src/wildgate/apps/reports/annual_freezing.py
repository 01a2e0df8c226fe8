"""The files of a version: written once, packed, with the digest of what is in them; and read again."""

from __future__ import annotations

import gzip
import hashlib
import io
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import count

from wildgate.apps.reports.annual_models import AnnualFile
from wildgate.convention.report_layouts import pieces
from wildgate.convention.report_row import Part, ReportRow
from wildgate.convention.reporting import Report, read_report


@dataclass(frozen=True, slots=True)
class Frozen:
    """One part, packed."""

    part: Part
    rows: int
    size: int
    digest: str
    packed: bytes


def freeze(rows: Iterable[ReportRow], part: Part) -> Frozen:
    """Write the rows by permit, piece by piece. The same rows always give the same bytes."""
    digest, size, counted, out = hashlib.sha256(), 0, count(), io.BytesIO()
    with gzip.GzipFile(fileobj=out, mode="wb", compresslevel=5, mtime=0) as packed:
        # A row that is not there takes no number: `zip` asks the rows first.
        for piece in pieces((row for row, _place in zip(rows, counted, strict=False)), part):
            data = piece.encode()
            digest.update(data)
            packed.write(data)
            size += len(data)
    return Frozen(part, next(counted), size, digest.hexdigest(), out.getvalue())


def rows_of(file: AnnualFile) -> tuple[ReportRow, ...]:
    """The rows of a frozen file."""
    found = read_report(file.content.decode())
    return found.rows if isinstance(found, Report) else ()


def whole(file: AnnualFile) -> bool:
    """Whether the file is still what its digest says."""
    return hashlib.sha256(file.content).hexdigest() == file.digest
