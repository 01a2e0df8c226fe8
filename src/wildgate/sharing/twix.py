"""Non-nominal alerts as a table, as the mailing lists of TWIX take them: what was traded, never who traded it.

No person, account, telephone number, address or e-mail ever stands in it: there is no column for one, and a report
whose words hold one, or look like one, stays behind. A cell can never become a formula of a spreadsheet.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Final
from uuid import UUID, uuid5

from wildgate.convention.refusal import Refusal, refuse
from wildgate.sharing import remarks
from wildgate.sharing.bundle import NOMINAL, Bundle, EntityKind, Read, Remark, SharedReport, Specimen
from wildgate.sharing.door import BAD, FIRST_YEAR, LARGEST, LAST_YEAR
from wildgate.sharing.grading import Credibility, Grading, Handling, Reliability
from wildgate.sharing.leaving import Fitted, What, Why, Withheld, quotes, secrets_of
from wildgate.sharing.marking import BY_WORD, Ceiling, Marking, Tlp

COLUMNS: Final = {
    "id": "The report's id; the same in every row of one report",
    "number": "The report's number at the authority that wrote it",
    "authority": "The authority that wrote it",
    "created": "When it was written", "modified": "When it was last changed",
    "tlp": "TLP 2.0 colour: CLEAR, GREEN or AMBER",
    "grading": "Admiralty code and handling, such as B2P; empty: not graded",
    "title": "Title", "text": "What is reported, without persons",
    "specimen": "The specimen's id",
    "taxon": "Scientific name", "appendix": "CITES Appendix", "term": "CITES trade term code", "quantity": "How much",
    "unit": "Unit code", "source": "CITES source code", "purpose": "CITES purpose code", "permit": "Permit number",
    "places": "Places, separated by |",
}
"""The columns in their order, each with what it means."""
PERSONAL: Final = re.compile(
    r"[^\s@]+@[^\s@]+"                      # an e-mail address, or an account with its host
    r"|(?<!\w)@\w{2,}"                      # an account
    r"|(?:https?://|www\.)\S+"              # an address of a page, which often names the account
    r"|(?<![\w-])\+?\(?\d(?:[ ()./-]*\d){6,}(?![\w-])",  # a telephone number
    re.IGNORECASE)
DATE: Final = re.compile(r"\b\d{4}-\d\d-\d\d\b|\b\d\d?[./]\d\d?[./]\d{4}\b")
CODED: Final = ("id", "number", "created", "modified", "tlp", "grading", "specimen", "quantity", "permit")
"""Columns of codes and numbers: a permit's number may look like a telephone's."""
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "'", "＝", "＋", "－", "＠")
"""What a spreadsheet takes for the beginning of a formula; a cell that begins so gets an apostrophe before it."""
LONGEST_CELL: Final = 100_000
MOST_ROWS: Final = 100_000


def narrowed(ceiling: Ceiling) -> Ceiling:
    """The ceiling of a table that goes to a list: no compartment, no person, and nothing that stays with its owner."""
    return replace(ceiling, tlp=min(ceiling.tlp, Tlp.AMBER), compartments=frozenset(), nominal=False)


def alerts(bundle: Bundle) -> Fitted:
    """What of a fitted bundle may stand in the table: reports without persons in them or in their words."""
    kept, withheld = [], []
    for report in bundle.reports:
        if report.marking.nominal or _personal(report):
            withheld.append(Withheld(What.REPORT, Why.NOMINAL))
        else:
            kept.append(report)
    return Fitted(Bundle(tuple(kept)), tuple(withheld))


def _personal(report: SharedReport) -> bool:
    cells = [(name, cell) for row in _rows(report) for name, cell in zip(COLUMNS, row, strict=True)]
    own = secrets_of(each for each in report.entities if each.kind in NOMINAL)
    free = (DATE.sub(" ", cell) for name, cell in cells if name not in CODED)
    return quotes(own, *(cell for _, cell in cells)) or any(PERSONAL.search(each) for each in free)


def write(bundle: Bundle) -> bytes:
    """The table. A report with persons in it is left out, whoever calls; `alerts` says how many those are."""
    out = io.StringIO()
    lines = csv.writer(out, lineterminator="\r\n", quoting=csv.QUOTE_ALL)
    lines.writerow(COLUMNS)
    for report in alerts(bundle).bundle.reports:
        lines.writerows([safe(cell) for cell in row] for row in _rows(report))
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _rows(report: SharedReport) -> Iterator[list[str]]:
    """One row a specimen, and one for a report without any. A specimen with persons behind it stays behind."""
    grading = report.grading
    places = [each.value for each in report.entities if each.kind is EntityKind.PLACE and not each.marking.nominal]
    specimens: list[Specimen | None] = [each for each in report.specimens if not each.marking.nominal]
    for each in specimens or [None]:
        strictest = max((report.marking.tlp, *((each.marking.tlp,) if each else ()),
                         *(place.marking.tlp for place in report.entities if place.kind is EntityKind.PLACE)))
        yield [str(report.uid), report.number, report.authority, _time(report.created), _time(report.modified),
               strictest.word, f"{grading.code}{grading.handling}" if grading else "", report.title, report.text,
               *(_cells(each) if each else [""] * 9), " | ".join(places)]


def _cells(each: Specimen) -> list[str]:
    return [str(each.uid), each.taxon, each.appendix, each.term,
            "" if each.quantity is None else f"{each.quantity:f}", each.unit, each.source, each.purpose, each.permit]


def _time(at: datetime) -> str:
    return at.isoformat(timespec="microseconds")


def safe(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula; `plain` takes the apostrophe off again."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def plain(cell: str) -> str:
    """The cell as it was before `safe`."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(FORMULA) else cell


def read(data: bytes, *, sender: str = "") -> Read | Refusal:
    """The reports of such a table; other columns are refused by name, a faulty row by its line."""
    if len(data) > LARGEST:
        return refuse("too-large", "The file has more than %(limit)s MB; split it.", limit=LARGEST // 1_000_000,
                      field="file")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return refuse("not-utf-8", "At byte %(place)s: the file is not UTF-8 text.", place=error.start, field="file")
    lines = csv.reader(io.StringIO(text, newline=""), strict=True)
    reports: dict[UUID, SharedReport] = {}
    said: list[Remark] = []
    try:
        if next(lines, []) != list(COLUMNS):
            return refuse("not-twix", "Line 1: the columns are not those of an alert table.", field="file")
        for no, row in enumerate(lines):
            if refused := _take(row, lines.line_num, no, reports, sender, said):
                return refused
    except csv.Error:
        return refuse("not-csv", "Line %(place)s: this is not a valid table.", place=lines.line_num, field="file")
    return Read(Bundle(tuple(reports.values())), tuple(said))


def _take(row: list[str], line: int, no: int, reports: dict[UUID, SharedReport], sender: str,
          said: list[Remark]) -> Refusal | None:
    if no >= MOST_ROWS:
        return refuse("too-many", "Line %(place)s: the table has more than %(limit)s rows; split it.", place=line,
                      limit=MOST_ROWS, field="file")
    if len(row) != len(COLUMNS):
        return refuse("wrong-row", "Line %(place)s: the row has not as many cells as there are columns.", place=line,
                      field="file")
    if any(len(cell) > LONGEST_CELL or BAD.search(cell) for cell in row):
        return refuse("bad-cell", "Line %(place)s: a cell is too long or has a control character.", place=line,
                      field="file")
    cells = dict(zip(COLUMNS, map(plain, row), strict=True))
    if cells["tlp"].upper() not in {**BY_WORD, "WHITE": 0}:
        said.append(remarks.remark(f"Line {line}", "unmarked", remarks.UNMARKED))
    if cells["tlp"].upper() == "WHITE":
        said.append(remarks.remark(f"Line {line}", "old-white", remarks.OLD_WHITE))
    try:
        report = _report(cells, sender)
    except (ValueError, InvalidOperation):
        return refuse("wrong-value", "Line %(place)s: an id, a time, a grading or a quantity cannot be read.",
                      place=line, field="file")
    known = reports.setdefault(report.uid, report)
    if known is not report:
        if (known.title, known.text, known.number) != (report.title, report.text, report.number):
            return refuse("wrong-value", "Line %(place)s: two different things have this id.", place=line, field="file")
        reports[report.uid] = _with(known, report)
    return None


def _with(known: SharedReport, more: SharedReport) -> SharedReport:
    return replace(known, specimens=known.specimens + more.specimens,
                   marking=known.marking.with_stricter(more.marking))


def _report(cells: dict[str, str], sender: str) -> SharedReport:
    uid = UUID(cells["id"])
    word = cells["tlp"].upper()
    marking = Marking(Tlp.CLEAR if word == "WHITE" else BY_WORD.get(word, Tlp.AMBER_STRICT),
                      cells["authority"] or sender)
    code = cells["grading"]
    grading = Grading(Reliability(code[:1]), Credibility(code[1:2]), Handling(code[2:])) if code else None
    quantity = Decimal(cells["quantity"]) if cells["quantity"] else None
    if quantity is not None and (not quantity.is_finite() or abs(quantity.adjusted()) > 30):
        raise ValueError("a quantity without end")
    specimens = (Specimen(
        uid=UUID(cells["specimen"]) if cells["specimen"] else uuid5(uid, cells["taxon"]), marking=marking,
        quantity=quantity,
        **{name: cells[name] for name in ("taxon", "appendix", "term", "unit", "source", "purpose", "permit")}),
        ) if cells["taxon"] else ()
    return SharedReport(uid=uid, number=cells["number"], title=cells["title"], text=cells["text"],
                        authority=cells["authority"] or sender, created=_when(cells["created"]),
                        modified=_when(cells["modified"]), marking=marking, grading=grading, specimens=specimens)


def _when(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    if at.tzinfo is None or not FIRST_YEAR <= at.year <= LAST_YEAR:
        raise ValueError("a time without a zone, or beyond all calendars")
    return at
