"""Tables as files: every chart and table of these pages can be fetched as CSV, with numbers as programs read them."""

from __future__ import annotations

import csv
import io
from decimal import Decimal

from django.http import HttpResponse

from wildgate.apps.figures.service_page import Part
from wildgate.convention.permit import plain
from wildgate.kit.charts import Chart, Table, table_of
from wildgate.kit.charts.shapes import Number

FORMULA = ("=", "+", "-", "@", "\t", "\r")


def bare(value: Number | None) -> str:
    """A number for a file: digits and a point, nothing where there is none."""
    return "" if value is None else plain(Decimal(value))


def table(part: Part) -> Table:
    """A part of a page with bare numbers."""
    return table_of(part, bare) if isinstance(part, Chart) else part(bare)


def csv_text(found: Table) -> str:
    """A table as CSV. Text that a spreadsheet would take for a formula begins with an apostrophe."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([harmless(cell) for cell in found.head])
    writer.writerows([harmless(cell) for cell in row] for row in found.rows)
    return out.getvalue()


def harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def csv_answer(found: Table, name: str) -> HttpResponse:
    """The table as a file to keep."""
    return HttpResponse("\ufeff" + csv_text(found), content_type="text/csv; charset=utf-8", headers={
        "Content-Disposition": f'attachment; filename="{name}.csv"', "Cache-Control": "private, no-store"})
