"""The files of a version: written once, packed, with the digest of what is in them; and read again."""

from __future__ import annotations

import gzip
import hashlib
import io
from collections.abc import Iterable
from dataclasses import dataclass

from wildgate.apps.reports.annual_models import AnnualFile
from wildgate.convention.report_layouts import lines
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
    """Write the rows by permit, line by line. The same rows always give the same bytes."""
    digest, size, count, out = hashlib.sha256(), 0, -1, io.BytesIO()
    with gzip.GzipFile(fileobj=out, mode="wb", compresslevel=5, mtime=0) as packed:
        for line in lines(rows, part):
            data = line.encode()
            digest.update(data)
            packed.write(data)
            size, count = size + len(data), count + 1
    return Frozen(part, count, size, digest.hexdigest(), out.getvalue())


def rows_of(file: AnnualFile) -> tuple[ReportRow, ...]:
    """The rows of a frozen file."""
    found = read_report(file.content.decode())
    return found.rows if isinstance(found, Report) else ()


def whole(file: AnnualFile) -> bool:
    """Whether the file is still what its digest says."""
    return hashlib.sha256(file.content).hexdigest() == file.digest
