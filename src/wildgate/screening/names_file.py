"""The names of an import in a file: read once, and read anew as soon as the file has changed."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from pathlib import Path

from wildgate.convention.refusal import Refusal
from wildgate.screening.gazetteer import Gazetteer
from wildgate.screening.kin import listing_names
from wildgate.screening.names import Name

BIGGEST = 64 * 1024 * 1024
MOST_NAMES = 1_000_000
COLUMNS = ("common_name", "taxon")


class NamesFile:
    """A CSV with `common_name` and `taxon`; `gazetteer()` is always that of the file as it stands now.

    A gazetteer never changes: whoever still reads with an old one ends with it, and its version says which it was.
    """

    def __init__(self, path: Path, base: Iterable[Name] | None = None) -> None:
        self.path = path
        self.base = base
        self._stamp: tuple[int, int] | None = None
        self._built: Gazetteer | Refusal | None = None

    def gazetteer(self) -> Gazetteer | Refusal:
        """The gazetteer of the file, or why there is none."""
        try:
            stat = self.path.stat()
        except OSError:
            return Refusal("names-file-missing", f"{self.path.name} cannot be read. Give a CSV file with the columns "
                                                 "common_name and taxon.")
        stamp = (stat.st_mtime_ns, stat.st_size)
        if self._built is None or stamp != self._stamp:
            self._built, self._stamp = self._read(stat.st_size), stamp
        return self._built

    def _read(self, size: int) -> Gazetteer | Refusal:
        if size > BIGGEST:
            return Refusal("names-file-big", f"{self.path.name} has {size:,} bytes, more than the {BIGGEST:,} that are "
                                             "read. Leave names out.")
        try:
            text = self.path.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError):
            return Refusal("names-file-encoding", f"{self.path.name} is not UTF-8 text. Save it as UTF-8.")
        rows = csv.DictReader(io.StringIO(text))
        missing = [column for column in COLUMNS if column not in (rows.fieldnames or ())]
        if missing:
            return Refusal("names-file-columns", f"{self.path.name} has no column {' and no column '.join(missing)}. "
                                                 "Name the columns in its first line.")
        try:
            return Gazetteer.with_names(_few(rows), base=listing_names() if self.base is None else self.base)
        except csv.Error as error:
            return Refusal("names-file-row", f"{self.path.name}, line {rows.line_num}: {error}. Correct the line.")


def _few(rows: Iterator[dict[str, str]]) -> Iterator[dict[str, str]]:
    for place, row in enumerate(rows):
        if place == MOST_NAMES:
            return
        yield row
