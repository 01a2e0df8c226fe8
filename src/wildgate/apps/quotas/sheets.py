"""Downloaded tables at the door: a CSV file, plain or packed, becomes rows whose faults name line and column."""

from __future__ import annotations

import csv
import gzip
import io
import lzma
import re
import unicodedata
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import IO

from wildgate.convention import tables
from wildgate.convention.listing import Law
from wildgate.convention.refusal import Refusal, refuse
from wildgate.convention.sentence import say
from wildgate.convention.taxonomy import Rank, Taxon, Unknown
from wildgate.convention.vocabulary import Kingdom, Purpose, Source

LARGEST = 64 * 1024 * 1024
MOST_ROWS = 200_000
MOST_COLUMNS = 100
LONGEST_CELL = 20_000
ANY = frozenset({"", "na", "n/a", "all", "any", "flag", "null", "none"})
"""Cells that set no limit. FLAG is a researcher's mark for "not said in the quota"."""
OPEN_END = frozenset({"", "na", "present", "current", "ongoing"})
COUNTRY_WORDS = {
    "s1": "SD", "united states of america": "US", "united states": "US", "tanzania": "TZ",
    "united republic of tanzania": "TZ", "democratic republic of the congo": "CD", "republic of the congo": "CG",
    "bolivia": "BO", "lao people's democratic republic": "LA", "lao pdr": "LA", "sudan": "SD", "united kingdom": "GB",
    "great britain": "GB", "iran": "IR", "syria": "SY", "venezuela": "VE", "south korea": "KR", "north korea": "KP",
    "republic of korea": "KR", "democratic people's republic of korea": "KP", "moldova": "MD", "russia": "RU",
    "viet nam": "VN", "vietnam": "VN", "brunei": "BN", "ivory coast": "CI", "cape verde": "CV", "swaziland": "SZ",
    "macedonia": "MK", "turkiye": "TR", "turkey": "TR", "syrian arab republic": "SY", "micronesia": "FM",
    "congo": "CG", "hong kong, sar": "HK", "united kingdom of great britain and northern ireland": "GB",
    "czech republic": "CZ", "czechia": "CZ",
}


NO_CODES = {
    "terms": "%(text)s is not a term code or a list of them.",
    "sources": "%(text)s is not a source code or a list of them.",
    "purposes": "%(text)s is not a purpose code or a list of them.",
}
"""What is said of a cell of codes that cannot be read, by field."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a row: the line it begins on (the heading is line 1), the column as headed, one sentence."""

    line: int
    column: str
    reason: str

    def as_json(self) -> dict[str, object]:
        return {"line": self.line, "column": self.column, "reason": self.reason}


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table as read: its headings, and rows with their line. `headings` are those of the known fields."""

    columns: tuple[str, ...]
    headings: Mapping[str, str]
    rows: tuple[tuple[int, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One row by the fields that its columns stand for."""

    line: int
    cells: Mapping[str, str]
    headings: Mapping[str, str]

    def text(self, field: str) -> str:
        value = self.cells.get(field, "")
        return "" if value.casefold() in ("na", "null") else value

    def fault(self, field: str, reason: str) -> Fault:
        return Fault(self.line, self.headings.get(field, field), reason)


def open_sheet(path: Path, aliases: Mapping[str, str]) -> Sheet | Refusal:
    """Read a CSV file (also .gz, .xz) whose headings mean `aliases`: heading in lower case without signs -> field."""
    text = _text(path)
    if isinstance(text, Refusal):
        return text
    csv.field_size_limit(LONGEST_CELL * 10)
    reader = csv.reader(io.StringIO(text, newline=""), strict=False)
    rows: list[tuple[int, tuple[str, ...]]] = []
    begins = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                rows.append((begins, tuple(cells)))
            begins = reader.line_num + 1
            if len(rows) > MOST_ROWS:
                return refuse("too-many-rows", "The file has more than %(most)s rows; split it.", most=MOST_ROWS)
    except csv.Error as error:
        return refuse("unreadable", "The file is not a readable CSV table: line %(line)s: %(why)s.",
                      line=reader.line_num, why=error)
    if not rows or len(rows[0][1]) > MOST_COLUMNS:
        return refuse("unreadable", "The file has no heading, or more than %(most)s columns.", most=MOST_COLUMNS)
    columns = tuple(cell.strip() for cell in rows[0][1])
    headings: dict[str, str] = {}
    for column in columns:
        if (field := aliases.get(squeezed(column))) and field not in headings:
            headings[field] = column
    return Sheet(columns, headings, tuple(rows[1:]))


def read_names(path: Path) -> dict[str, str] | Refusal:
    """Taxa by their number in the Species+ register, from a Checklist download or any table with both columns."""
    sheet = open_sheet(path, {"id": "concept", "taxonid": "concept", "taxonconceptid": "concept", "fullname": "taxon",
                              "scientificname": "taxon", "taxonname": "taxon"})
    if isinstance(sheet, Refusal):
        return sheet
    if not {"concept", "taxon"} <= set(sheet.headings):
        return refuse("column-missing", "%(name)s needs a column with the taxa's numbers (Taxon concept id) and one "
                      "with their names (Full name).", name=path.name)
    return {row.text("concept"): row.text("taxon") for row in rows_of(sheet) if isinstance(row, Row)}


def _text(path: Path) -> str | Refusal:
    opener: Callable[..., IO[bytes]] = {".gz": gzip.open, ".xz": lzma.open}.get(path.suffix.lower(), open)  # type: ignore[assignment]
    try:
        with opener(path, "rb") as file:
            data = file.read(LARGEST + 1)
    except (gzip.BadGzipFile, lzma.LZMAError, EOFError, zlib.error):
        return refuse("unreadable", "%(name)s is damaged or not packed as its name says.", name=path.name)
    if len(data) > LARGEST:
        return refuse("too-large", "%(name)s is larger than %(most)s MB unpacked; split it.", name=path.name,
                      most=LARGEST // 2**20)
    if b"\0" in data:  # no database keeps one in a text
        return refuse("unreadable", "%(name)s is no text: it holds a null character.", name=path.name)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def squeezed(heading: str) -> str:
    """A heading without case, spaces and signs: `Full Name`, `full_name` and `FullName` are one."""
    return re.sub(r"[^a-z0-9]", "", heading.casefold())


def rows_of(sheet: Sheet, names: Mapping[str, str] | None = None) -> Iterator[Row | Fault]:
    """The rows by field. A row of another length than the heading has shifted cells and is a fault.

    `names` gives the taxa of a table that tells only their numbers in the register.
    """
    places = [(field, sheet.columns.index(column)) for field, column in sheet.headings.items()]
    for line, cells in sheet.rows:
        short = len(sheet.columns) - len(cells)
        if short > 0 or (short < 0 and _has_shifted(cells, len(sheet.columns))):
            yield Fault(line, _first_shifted(sheet, cells), say(
                "The row has %(cells)s cells, the heading %(columns)s: its cells have shifted. Put text that holds "
                "commas in quotes.", cells=len(cells), columns=len(sheet.columns)))
            continue
        if any(len(cell) > LONGEST_CELL for cell in cells):
            yield Fault(line, sheet.columns[[len(cell) > LONGEST_CELL for cell in cells].index(True)],
                        say("The cell has more than %(most)s characters.", most=LONGEST_CELL))
            continue
        found = {field: cells[place].strip() for field, place in places}
        if names and not found.get("taxon") and found.get("concept", "") in names:
            found["taxon"] = names[found["concept"]]
        yield Row(line, found, sheet.headings)


def _has_shifted(cells: Sequence[str], width: int) -> bool:
    """Blank cells after the last column do no harm, unless a list in the row was cut at its commas (`Z, G`)."""
    cut = any(later[:1] == " " and later.strip() and cell and cell == cell.lstrip()
              for cell, later in pairwise(cells))
    return cut or any(cell.strip() for cell in cells[width:])


def _first_shifted(sheet: Sheet, cells: Sequence[str]) -> str:
    """The heading where cells stop making sense, by the codes that can be told; else the last one reached."""
    for field, reader in (("terms", read_terms), ("sources", read_sources), ("purposes", read_purposes)):
        place = sheet.columns.index(sheet.headings[field]) if field in sheet.headings else len(cells)
        if place < len(cells) and reader(cells[place]) is None:
            return sheet.headings[field]
    for place, cell in enumerate(cells[:-1]):
        if cell[:1] not in ("", " ") and cells[place + 1][:1] == " ":
            return sheet.columns[min(place, len(sheet.columns) - 1)]
    return sheet.columns[min(len(cells), len(sheet.columns)) - 1]


def read_country(text: str) -> str | None:
    """A two-letter code for a code or a name; empty for "all". None: no such country."""
    if text.casefold() in ("all", "any", ""):
        return ""
    if len(text) == 2:
        return text.upper() if tables.country(text.upper()) else COUNTRY_WORDS.get(text.casefold())
    names = _countries()
    whole = _folded(text)
    bare = re.sub(r"^(the )?republic of | sar$", "", _folded(re.sub(r"[\[(].*?[\])]", " ", text)))
    return names.get(whole) or names.get(_words(text)) or names.get(bare)


def read_where(row: Row) -> str | Fault:
    """The country of a row, from its code or its name. In a column of codes NA is Namibia, not "not available"."""
    for field in ("country", "country_name"):
        text = row.cells.get(field, "")
        found = read_country(text) if text else None
        if found is not None:
            return found
        if text:
            return row.fault(field, say("%(text)s is not a country code or a country's name.", text=_shown(text)))
    return row.fault("country" if "country" in row.headings else "country_name", say(
        "The row names no country."))


@cache
def _countries() -> dict[str, str]:
    """Countries by their names in three languages, also with the words in the order of the alphabet."""
    names: dict[str, str] = {}
    for found in tables.countries():
        for name in filter(None, (found.name_en, found.name_fr, found.name_es)):
            names.setdefault(_folded(name), found.code)
            names.setdefault(_words(name), found.code)
    return {_folded(name): code for name, code in COUNTRY_WORDS.items()} | names


def _folded(name: str) -> str:
    """A name without case, accents and signs."""
    letters = unicodedata.normalize("NFKD", name.casefold())
    return " ".join(re.findall(r"\w+", "".join(letter for letter in letters if not unicodedata.combining(letter))))


def _words(name: str) -> str:
    return "words " + " ".join(sorted(_folded(name).split()))


def read_taxon(row: Row, law: Law) -> Taxon | Fault:
    """The taxon of a row by the law of the Party. A genus that it lacks is taken on the word of the file where that
    places the name."""
    name = row.text("taxon")
    if not name:
        known = row.text("concept")
        return row.fault("taxon", say(
            "The row names no taxon, only the register number %(number)s." if known else "The row names no taxon.",
            number=known))
    found = law.resolve(name)
    if isinstance(found, Taxon):
        return found
    home = law.resolve(row.text("order")) if row.text("order") else None
    home = home if isinstance(home, Taxon) else law.resolve(row.text("class")) if row.text("class") else None
    if isinstance(home, Taxon) and row.text("genus") == name.split()[0] and row.text("family"):
        words = name.split()
        rank = Rank.GENUS if len(words) == 1 else Rank.SPECIES if len(words) == 2 else Rank.SUBSPECIES
        return Taxon(name, rank, Kingdom(home.kingdom), home.class_, home.order, row.text("family"), "", words[0],
                     " ".join(words[:2]) if len(words) > 1 else "", asked=name)
    near = law.suggest(name)
    why = found.reason if isinstance(found, Unknown) else ""
    return row.fault("taxon", say(
        "%(name)s is not a name in the tables. %(why)s Did you mean %(near)s?" if near else
        "%(name)s is not a name in the tables. %(why)s", name=_shown(name), why=why, near=" / ".join(near)))


def read_terms(text: str) -> tuple[str, ...] | None:
    """Term codes, historic ones under their present code; None where one is none of the list."""
    return _codes(text, tables.legacy_term)


def read_sources(text: str) -> tuple[str, ...] | None:
    return _codes(text, lambda code: code if code in set(Source) else None)


def read_purposes(text: str) -> tuple[str, ...] | None:
    return _codes(text, lambda code: code if code in set(Purpose) else None)


def _codes(text: str, known: Callable[[str], str | None]) -> tuple[str, ...] | None:
    if text.strip().casefold() in ANY:
        return ()
    found = [known(part.strip().upper()) for part in re.split(r"[;,|]", text)]
    return None if None in found else tuple(dict.fromkeys(code for code in found if code))


def read_day(text: str) -> date | None:
    """A day written 2027-03-01, 01/03/2027 (day first), with a time of day or without. None: it is no day."""
    text = text.strip().split("T")[0].split(" ")[0]
    for form in ("%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y"):
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007  (a day has no zone)
        except ValueError:
            continue
    return None


def read_yes(text: str) -> bool | None:
    return {"true": True, "t": True, "yes": True, "1": True, "current": True, "valid": True, "": True,
            "false": False, "f": False, "no": False, "0": False, "not current": False}.get(text.strip().casefold())


def _shown(text: str) -> str:
    return text if len(text) <= 60 else text[:60] + " ..."
