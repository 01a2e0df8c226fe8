"""The illegal trade report as a workbook: a sheet that says what it is and how it may be used, and the rows."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from wildgate.apps.reports import illegal
from wildgate.apps.reports.illegal_models import IllegalVersion
from wildgate.convention.illegal_checks import IllegalFinding

_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_KINDS = "application/vnd.openxmlformats-officedocument.spreadsheetml"
TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WRITTEN = (2020, 1, 1, 0, 0, 0)
"""The time that stands in the archive: the same report is the same file."""

Sheet = tuple[str, Sequence[Sequence[str]]]


def workbook(*sheets: Sheet) -> bytes:
    """A workbook of these sheets, each a name and rows of texts; no cell is a formula."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as book:
        for name, text in _parts(sheets):
            book.writestr(zipfile.ZipInfo(name, WRITTEN), f'<?xml version="1.0" encoding="UTF-8"?>{text}')
    return out.getvalue()


def cover(*, party: str, year: int, rows: int, incidents: int, shared: bool, version: str, digest: str) -> Sheet:
    """What the report is: whose, of which year, how much, and whether ICCWC may use it."""
    return ("Report", (
        ("Annual illegal trade report", "Resolution Conf. 11.17"), ("Party", party), ("Year", str(year)),
        ("Seizures", str(incidents)), ("Rows", str(rows)),
        ("The data may be shared with ICCWC for global research", "yes" if shared else "no"),
        ("Version", version), ("SHA-256 of the CSV file", digest)))


def of_csv(text: str, front: Sheet) -> bytes:
    """A workbook of what the CSV file holds, after its cover."""
    return workbook(front, ("Seizures", illegal.read_cells(text)))


@dataclass(frozen=True, slots=True)
class Draft:
    """The report of a year as it stands now."""

    party: str
    year: int
    rows: tuple[tuple[str, ...], ...]
    incidents: int
    shared: bool
    findings: tuple[IllegalFinding, ...]

    @property
    def text(self) -> str:
        return illegal.to_csv(self.rows)

    @property
    def book(self) -> bytes:
        return of_csv(self.text, cover(party=self.party, year=self.year, rows=len(self.rows), shared=self.shared,
                                       incidents=self.incidents, version="draft", digest="-"))

    def as_json(self) -> dict[str, object]:
        heads = [column.heading for column in illegal.columns()]
        return {"year": self.year, "rows": len(self.rows), "columns": heads, "shared_with_iccwc": self.shared,
                "lines": [dict(zip(heads, row, strict=True)) for row in self.rows],
                "findings": [each.as_json() for each in self.findings]}


def draft(party: str, year: int) -> Draft:
    """The report now, with what is to be repaired; the choice about sharing is that of the last signed version."""
    found, asked = illegal.report_rows(party, year), illegal.columns()
    last = IllegalVersion.objects.filter(party=party, year=year).order_by("-version").first()
    return Draft(party, year, tuple(row.cells(asked) for row in found), len({row.incident for row in found}),
                 last.shared if last else True, illegal.findings(party, year, found))


def _parts(sheets: Sequence[Sheet]) -> Iterator[tuple[str, str]]:
    places = range(1, len(sheets) + 1)
    yield "[Content_Types].xml", (
        f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
        f'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_KINDS}.sheet.main+xml"/>' + "".join(
            f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{_KINDS}.worksheet+xml"/>' for n in places)
        + "</Types>")
    yield "_rels/.rels", _links([("officeDocument", "xl/workbook.xml")])
    yield "xl/_rels/workbook.xml.rels", _links([("worksheet", f"worksheets/sheet{n}.xml") for n in places])
    yield "xl/workbook.xml", f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}"><sheets>' + "".join(
        f'<sheet name={quoteattr(name[:31])} sheetId="{n}" r:id="rId{n}"/>'
        for n, (name, _rows) in enumerate(sheets, 1)) + "</sheets></workbook>"
    for n, (_name, rows) in enumerate(sheets, 1):
        yield (f"xl/worksheets/sheet{n}.xml",
               f'<worksheet xmlns="{_MAIN}"><sheetData>{_cells(rows)}</sheetData></worksheet>')


def _links(targets: Sequence[tuple[str, str]]) -> str:
    return f'<Relationships xmlns="{_PACKAGE}/relationships">' + "".join(
        f'<Relationship Id="rId{n}" Type="{_RELATIONS}/{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate(targets, 1)) + "</Relationships>"


def _cells(rows: Sequence[Sequence[str]]) -> str:
    return "".join(f"<row>{''.join(map(_cell, row))}</row>" for row in rows)


def _cell(text: str) -> str:
    clean = "".join(sign for sign in text if sign >= " " or sign in "\t\n")
    return f'<c t="inlineStr"><is><t xml:space="preserve">{escape(clean)}</t></is></c>'
