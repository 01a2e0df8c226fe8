"""The layouts of the annual report and how rows are written in them, one after the other, whatever their number.

By permit and summary: the sample reports of the upload site. Upload: the Trade Database's own columns, which has none
for import permits in the exporter's file.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal, InvalidOperation
from enum import Enum
from itertools import islice
from operator import attrgetter
from typing import Final, TextIO

from wildgate.convention.permit import plain
from wildgate.convention.report_row import Part, ReportRow

EXPORT_COLUMNS = (
    "App.", "Species", "Description of specimen", "Term Code", "Quantity", "Unit", "Country of destination",
    "Number of export permit or re-export certificate", "Country of origin of re-exports",
    "Number of country of origin permit", "Purpose", "Source", "Year", "Remarks",
)
IMPORT_COLUMNS = (
    "App.", "Species", "Description of specimen", "Term code", "Quantity", "Unit", "Country of export or re-export",
    "Number of export permit or re-export certificate", "Country of origin of re-exports",
    "Number of country of origin permit", "Number of import permit", "Purpose", "Source", "Year", "Remarks",
)
EXPORT_SUMMARY_COLUMNS = (
    "Appendix", "Species", "Description", "Term code", "Quantity", "Unit", "Country of destination",
    "Country of origin of re-exports", "Purpose", "Source", "Permits/certificates issued", "Year",
)
IMPORT_SUMMARY_COLUMNS = (
    "Appendix", "Species", "Description", "Term code", "Quantity", "Unit", "Country of export or re-export",
    "Country of origin of re-exports", "Purpose", "Source",
)
UPLOAD_COLUMNS = (
    "appendix", "species_name", "term_code", "quantity", "unit_code", "trading_partner", "country_of_origin",
    "import_permit", "export_permit", "origin_permit", "ifs_permit", "purpose_code", "source_code", "year",
)
EXPORTER_UPLOAD_COLUMNS = tuple(name for name in UPLOAD_COLUMNS if name != "import_permit")
NIL: Final = "No trade occurred"
"""What the upload site has a Party say of a part without rows."""
NO_NUMBER: Final = "-"
PERMIT_SIGNS: Final = re.compile(r"[:;,]+ *")
"""The Trade Database splits cells of permit numbers at these signs."""

FIELDS: Final = {
    "app": "appendix", "appendix": "appendix", "species": "species", "speciesname": "species",
    "scientificname": "species", "descriptionofspecimen": "description", "description": "description",
    "termcode": "term", "term": "term", "quantity": "quantity", "unit": "unit", "unitcode": "unit",
    "countryofdestination": "partner", "countryofexportorreexport": "partner", "tradingpartner": "partner",
    "tradingpartnerid": "partner", "numberofexportpermitorreexportcertificate": "export_permit",
    "numberofexportpermitorreexportcerificate": "export_permit", "exportpermit": "export_permit",
    "exportpermitid": "export_permit", "countryoforiginofreexports": "origin", "countryoforigin": "origin",
    "origincountryid": "origin", "numberofcountryoforiginpermit": "origin_permit", "originpermit": "origin_permit",
    "originpermitid": "origin_permit", "numberofimportpermit": "import_permit", "importpermit": "import_permit",
    "importpermitid": "import_permit", "ifspermit": "ifs_permit", "purpose": "purpose", "purposecode": "purpose",
    "source": "source", "sourcecode": "source", "year": "year", "remarks": "remarks",
}
"""Headings, letters only and in small letters, and the field of a row that each names."""

_FORMULA: Final = frozenset("=+-@\t\r")
_SIGNS: Final = ('"', "\t", ":", ";", ",=", ",+", ",-", ",@", "\n=", "\n+", "\n-", "\n@")
"""What a row holds that is not written as it stands; a comma and the ends of lines are counted."""
END: Final = "\r\n"
ROWS_OF_A_PIECE: Final = 100
_PLAIN_NUMBER: Final = re.compile(r"-?\d+(\.\d+)?")
_PERMITS: Final = frozenset({"export_permit", "import_permit", "origin_permit", "ifs_permit"})
Cells = list[str]


class Layout(str, Enum):
    """The three ways in which the rows of a part can stand in a file."""

    PERMIT = "permit"
    SUMMARY = "summary"
    UPLOAD = "upload"

    def __str__(self) -> str:
        return self.value


def columns(part: Part, layout: Layout = Layout.PERMIT) -> tuple[str, ...]:
    """The headings, in their order."""
    exports = part is Part.EXPORTS
    if layout is Layout.UPLOAD:
        return EXPORTER_UPLOAD_COLUMNS if exports else UPLOAD_COLUMNS
    if layout is Layout.SUMMARY:
        return EXPORT_SUMMARY_COLUMNS if exports else IMPORT_SUMMARY_COLUMNS
    return EXPORT_COLUMNS if exports else IMPORT_COLUMNS


def key(heading: str) -> str:
    """The letters of a heading: what `FIELDS` knows it by."""
    return re.sub(r"[^a-z]", "", heading.lower())


def table(rows: Iterable[ReportRow], part: Part, layout: Layout = Layout.PERMIT) -> Iterator[Cells]:
    """The headings and then the cells of each row; only a summary is held in memory, group by group."""
    yield list(columns(part, layout))
    if layout is Layout.SUMMARY:
        yield from _summary(rows, part)
        return
    yield from _cells(rows, [FIELDS[key(heading)] for heading in columns(part, layout)])


def _cells(rows: Iterable[ReportRow], names: Sequence[str]) -> Iterator[Cells]:
    """The cells of each row, none of which a spreadsheet or the Trade Database takes for something else."""
    cells_of: Callable[[ReportRow], tuple[str, ...]] = attrgetter(*names)
    permits = [place for place, name in enumerate(names) if name in _PERMITS]
    for row in rows:
        cells = [cell if not cell or cell[0] not in _FORMULA else harmless(cell) for cell in cells_of(row)]
        for place in permits:
            if PERMIT_SIGNS.search(cells[place]):
                cells[place] = unsplit(cells[place])
        yield cells


def write(out: TextIO, rows: Iterable[ReportRow], part: Part, layout: Layout = Layout.PERMIT) -> None:
    """The rows as CSV: comma separated, one line of headings, CRLF line ends (RFC 4180)."""
    out.writelines(pieces(rows, part, layout))


def pieces(rows: Iterable[ReportRow], part: Part, layout: Layout = Layout.PERMIT) -> Iterator[str]:
    """The CSV in pieces of up to `ROWS_OF_A_PIECE` rows, for an answer that is sent while it is read.

    Most rows hold no sign that CSV or a spreadsheet reads in its own way: cells with a comma between them are then
    what the writer would write, in a third of the time.
    """
    line = csv.writer(_Echo()).writerow
    if layout is Layout.SUMMARY:
        yield from map(line, table(rows, part, layout))
        return
    names = [FIELDS[key(heading)] for heading in columns(part, layout)]
    cells_of: Callable[[ReportRow], tuple[str, ...]] = attrgetter(*names)
    yield line(columns(part, layout))
    rows = iter(rows)
    while block := list(islice(rows, ROWS_OF_A_PIECE)):
        found = list(map(",".join, map(cells_of, block)))
        text = END.join(found) + END
        if _as_it_stands(text, len(block), len(names)):
            yield text
        else:
            yield "".join(
                joined + END if _as_it_stands(joined + END, 1, len(names)) else line(next(_cells((row,), names)))
                for joined, row in zip(found, block, strict=True))


def _as_it_stands(text: str, rows: int, columns: int) -> bool:
    """Whether lines of joined cells need no quotes, no apostrophe and no space: `harmless`, `unsplit` and the writer
    would leave every cell alone. A doubt is answered with no."""
    return (text.count(",") == rows * (columns - 1) and text.count("\n") == rows == text.count("\r")
            and not any(sign in text for sign in _SIGNS) and text[0] not in _FORMULA)


class _Echo:
    """Gives back what a writer wrote."""

    @staticmethod
    def write(text: str) -> str:
        return text


def harmless(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula: an apostrophe leads it. A lone "-" is a missing number."""
    if not cell or cell[0] not in _FORMULA or cell == NO_NUMBER or _PLAIN_NUMBER.fullmatch(cell):
        return cell
    return "'" + cell


def unsplit(number: str) -> str:
    """A permit number that the Trade Database takes for one: a space stands where it would split it."""
    return PERMIT_SIGNS.sub(" ", number).strip()


def _summary(rows: Iterable[ReportRow], part: Part) -> Iterator[Cells]:
    """One line for each kind of trade. Quantities are added within one term and unit only; documents are counted.

    The rows come in the order of permit numbers, so that a document is counted once without keeping its number.
    """
    groups: dict[tuple[str, ...], tuple[Decimal, int, str]] = {}
    of_a_group: Callable[[ReportRow], tuple[str, ...]] = attrgetter(
        "appendix", "species", "description", "term", "unit", "partner", "origin", "purpose", "source", "year")
    for row in rows:
        group, paper = of_a_group(row), row.export_permit or row.import_permit or row.ifs_permit
        quantity, papers, last = groups.get(group, (Decimal(0), 0, ""))
        groups[group] = quantity + _decimal(row.quantity), papers + (paper != last), paper
    for group in sorted(groups):
        quantity, papers, _last = groups[group]
        told = [*group[:4], plain(quantity), *group[4:9]]
        if part is Part.EXPORTS:
            told += [_papers(papers, again=bool(group[6])), group[9]]
        yield [harmless(cell) for cell in told]


def _papers(count: int, *, again: bool) -> str:
    kind = "re-export certificate" if again else "export permit"
    return f"{count} {kind}{'' if count == 1 else 's'}"


def _decimal(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        return Decimal(0)
