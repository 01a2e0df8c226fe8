"""A download from its file to rows: the layout is told from the content, never from the name."""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from wildgate.apps.species.imports import api, checklist, history, reservations, stream
from wildgate.apps.species.imports.rows import Fault, Row
from wildgate.convention.refusal import Refusal, refuse
from wildgate.convention.sentence import say

MOST_ROWS = 1_000_000
UNREADABLE: list[str] = []
"""What stands for a record that never ends: a quotation mark that is not closed, a cell beyond all measure."""


@dataclass(frozen=True, slots=True)
class Download:
    """A download that was opened: its layout, the SHA-256 of the file, the day it was made where known, its rows."""

    name: str
    layout: str
    digest: str
    dated: date | None
    rows: Iterator[Row | Fault]


def read(path: Path) -> Download | Refusal:
    """Open a download and tell its layout: checklist, species-listings, listing-history, reservations, api."""
    text = stream.open_text(path)
    if isinstance(text, Refusal):
        return text
    digest = _digest(path)
    try:
        start = text.read(1)
        while start and start.isspace():
            start = text.read(1)
        if start in ("{", "["):
            return _json(path, digest, start + text.read(api.LARGEST_JSON))
        return _csv(path, digest, start, text)
    except (*stream.DAMAGED, UnicodeError):
        return stream.damaged(path.name)
    except stream.TooLarge:
        return refuse("too-large", "%(name)s unpacks to more than %(limit)s MB.", name=path.name,
                      limit=stream.LARGEST_UNPACKED // 1_000_000)


def _json(path: Path, digest: str, text: str) -> Download | Refusal:
    if len(text) > api.LARGEST_JSON:
        return refuse("too-large", "%(name)s has more than %(limit)s MB of JSON; ask for smaller pages.",
                      name=path.name, limit=api.LARGEST_JSON // 1_000_000)
    return Download(path.name, "api", digest, _day(api.date_told(text)) or _day(path.name), api.read(text))


def _csv(path: Path, digest: str, start: str, text: io.TextIOWrapper) -> Download | Refusal:
    head = (start + text.readline(20_000)).encode("utf-8", "replace").decode()  # its words are shown to people
    delimiter = max(",;\t", key=head.count)
    columns = [column.strip() for column in next(csv.reader([head], delimiter=delimiter), [])]
    if len(columns) > checklist.WIDEST or len(set(columns)) != len(columns):
        return refuse("bad-header", "The header of %(name)s names a column twice or has more than %(most)s columns.",
                      name=path.name, most=checklist.WIDEST)
    lines = _lines(text, delimiter)
    dated = _day(path.name)
    if layout := checklist.layout_of(columns):
        kind = "checklist" if layout is checklist.CHECKLIST else "species-listings"
        return Download(path.name, kind, digest, dated, _guarded(checklist.read(columns, lines)))
    if history.is_history(columns):
        return Download(path.name, "listing-history", digest, dated, _guarded(history.read(columns, lines)))
    if set(columns) >= reservations.COLUMNS:
        return Download(path.name, "reservations", digest, dated, _guarded(reservations.read(columns, lines)))
    return refuse("unknown-layout", "The header of %(name)s is of no layout that can be imported: a Checklist download "
                  "(TaxonId, FullName, ...), a Species+ listings download (Id, Scientific Name, ...), a listing "
                  "history (taxon_concept_id, effective_at, ...) or a list of reservations (start_date, ...).",
                  name=path.name)


def _lines(text: io.TextIOWrapper, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Each record with the line it begins at; the header is line 1, empty lines are passed over."""
    reader = csv.reader(text, delimiter=delimiter)
    for _ in range(MOST_ROWS):
        line = reader.line_num + 2
        try:
            values = next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield line, UNREADABLE
            continue
        if values:
            yield line, values
    raise stream.TooLarge


def _guarded(rows: Iterator[Row | Fault]) -> Iterator[Row | Fault]:
    """A file that breaks off in the middle spoils itself, not the program."""
    try:
        yield from rows
    except (*stream.DAMAGED, UnicodeError):
        yield Fault(0, "", "damaged", say("The file breaks off or is damaged; download it again."), True)
    except stream.TooLarge:
        yield Fault(0, "", "too-large", say(
            "The file unpacks to more than %(limit)s MB or has more than %(most)s rows.",
            limit=stream.LARGEST_UNPACKED // 1_000_000, most=MOST_ROWS), True)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _day(text: str) -> date | None:
    found = re.search(r"(?<!\d)((?:19|20)\d\d)-(\d\d)(?:-(\d\d))?(?!\d)", text)
    try:
        return date(int(found[1]), int(found[2]), int(found[3] or 1)) if found else None
    except ValueError:
        return None
