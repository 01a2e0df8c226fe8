"""The annual report as an answer of the web server: CSV that is sent while it is read, or a workbook."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain, islice
from typing import Final, cast

from django.http import HttpResponse, StreamingHttpResponse

from wildgate.apps.permits.fault_file import TYPES, XLSX, xlsx
from wildgate.convention.refusal import Refusal, refuse
from wildgate.convention.report_layouts import ROWS_OF_A_PIECE, Layout, pieces, table
from wildgate.convention.report_row import Basis, Part, ReportRow
from wildgate.message.report_message import request

MOST_AT_ONCE: Final = 20_000
"""So many rows are answered in one piece; more are sent while they are read."""
MOST_IN_A_BOOK: Final = 100_000
CSV_TYPE: Final = "text/csv; charset=utf-8"
KEPT: Final = {"Cache-Control": "private, no-store"}


def name_of(year: int, part: Part, basis: Basis, layout: Layout, ending: str, version: int = 0) -> str:
    """A file name that says what the file is: its basis too, so that the two are never taken for each other."""
    parts = ["annual-report", str(year), part.value]
    if basis is Basis.ISSUED:
        parts.append("permits-issued")
    if layout is not Layout.PERMIT:
        parts.append(layout.value)
    parts.append(f"version-{version}" if version else "")
    return "-".join(filter(None, parts)) + f".{ending}"


def csv_answer(rows: Iterable[ReportRow], part: Part, layout: Layout, name: str) -> HttpResponse:
    """The rows as CSV."""
    written = pieces(rows, part, layout)
    first = list(islice(written, most := MOST_AT_ONCE // ROWS_OF_A_PIECE))
    if len(first) < most:
        return HttpResponse("".join(first), content_type=CSV_TYPE, headers=_headers(name))
    return cast(HttpResponse, StreamingHttpResponse(chain(first, written), content_type=CSV_TYPE,
                                                    headers=_headers(name)))


def book(rows: Iterable[ReportRow], part: Part, layout: Layout) -> bytes | Refusal:
    """The rows as a workbook of texts, so that no spreadsheet makes a day or a formula of a cell."""
    found = list(islice(table(rows, part, layout), MOST_IN_A_BOOK + 2))
    if len(found) > MOST_IN_A_BOOK + 1:
        return refuse("book-too-large", "A workbook holds at most %(most)s rows here: take the CSV, which has no "
                      "limit.", most=MOST_IN_A_BOOK)
    return xlsx(found)


def book_answer(made: bytes, name: str) -> HttpResponse:
    return HttpResponse(made, content_type=TYPES[XLSX], headers=_headers(name))


def message_answer(rows: Iterable[ReportRow], part: Part, name: str, *, force: bool) -> HttpResponse:
    """The rows as the message of the reporting tool, sent while it is written."""
    return cast(HttpResponse, StreamingHttpResponse(request(rows, part, force=force), headers=_headers(name),
                                                    content_type="application/xml; charset=utf-8"))


def kept_answer(content: bytes, name: str) -> HttpResponse:
    """A frozen file, byte for byte."""
    return HttpResponse(content, content_type=CSV_TYPE, headers=_headers(name))


def _headers(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"', **KEPT}
