"""The rows that cannot be taken in: each by its line, with a sentence that says what is wrong and what would do."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from wildgate.worldtrade.columns import LONGEST_LINE, Layout

MOST_LISTED = 1_000
FIRST_YEAR, LAST_YEAR = 1975, 2100

SENTENCES = {
    "year": f"The year {{cell}} is not a year from {FIRST_YEAR} to {LAST_YEAR}: write four digits.",
    "taxon": "There is no taxon: write the scientific name.",
    "term": "There is no term: write what the specimens are, for example live or skins.",
    "quantity": "The quantity {cell} is not a number from 0 to 1 000 000 000 000: write digits and at most one point.",
    "no-quantity": "Neither the importer's nor the exporter's quantity is given: write one of them.",
    "reporter": "The reporter type {cell} is neither E nor I: write which side reported.",
    "importer": "The importer {cell} is not a two-letter code: write the ISO code, or XX where it is not known.",
    "exporter": "The exporter {cell} is not a two-letter code: write the ISO code, or XX where it is not known.",
    "origin": "The origin {cell} is not a two-letter code: write the ISO code, or leave it blank.",
    "too-long": "A cell is longer than 200 characters: give the download as it came.",
    "month": "The month {cell} is not a month: write 1 to 12.",
}


@dataclass(frozen=True, slots=True)
class BadRow:
    """One row that was left out. `column` is empty where the line as a whole is at fault."""

    file: str
    line: int
    column: str
    reason: str

    def as_json(self) -> dict[str, object]:
        return asdict(self)


def bad_row(file: str, line: int, code: str, cell: str) -> BadRow:
    column = "quantity" if code == "no-quantity" else "" if code == "too-long" else code
    shown = repr(cell[:40]) if cell else "(blank)"
    return BadRow(file, line, column, SENTENCES[code].format(cell=shown))


class Numbered:
    """Copies a CSV file with the number of its line before each record; leaves out, and lists, what is no record."""

    def __init__(self, path: Path, name: str, layout: Layout) -> None:
        self.path, self.name, self.layout = path, name, layout
        self.bad: list[BadRow] = []
        self.count = 0
        self._raw: list[bytes] = []
        self._long = False
        self._records = 0

    def write(self, target: Path) -> None:
        """One record a line number; the copy has no heading."""
        with target.open("wb") as out:
            for line, raw in self._whole():
                out.write(str(line).encode() + self.layout.delimiter.encode() + raw.rstrip(b"\r\n") + b"\n")

    def fault(self, line: int, reason: str) -> None:
        self.count += 1
        if len(self.bad) < MOST_LISTED:
            self.bad.append(BadRow(self.name, line, "", reason))

    def _whole(self) -> Iterator[tuple[int, bytes]]:
        rows = csv.reader(self._lines(), delimiter=self.layout.delimiter)
        wanted = len(self.layout.columns)
        while True:
            began = rows.line_num + 1
            self._raw, self._long = [], False
            try:
                cells = next(rows)
            except StopIteration:
                return
            except csv.Error as error:
                self.fault(began, f"The line cannot be read as CSV: {error}.")
                continue
            raw = b"".join(self._raw)
            if began == 1 or not raw.strip():
                continue
            if self._long:
                self.fault(began, f"The line is longer than {LONGEST_LINE} bytes.")
            elif len(cells) != wanted:
                self.fault(began, f"The line has {len(cells)} cells but the heading has {wanted}.")
            elif not _is_text(raw):
                self.fault(began, "The line is not UTF-8 text: save the file as UTF-8.")
            else:
                yield began, raw

    def _lines(self) -> Iterator[str]:
        with self.path.open("rb") as file:
            while data := file.readline(LONGEST_LINE + 1):
                if len(data) > LONGEST_LINE:
                    self._long = True
                    while (rest := file.readline(LONGEST_LINE)) and not rest.endswith(b"\n"):
                        pass
                    data = data[:100] + b"\n"
                self._raw.append(data)
                yield data.decode("utf-8", errors="surrogateescape").replace("\0", "\ufffd")


def _is_text(raw: bytes) -> bool:
    try:
        return "\0" not in raw.decode("utf-8")
    except UnicodeDecodeError:
        return False
