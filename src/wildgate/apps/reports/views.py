"""The annual report on the screen: rows, totals, the Trade Database's checks, trade by month, the file to send."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from wildgate.apps.accounts.access import Action
from wildgate.apps.accounts.gate import Request, role
from wildgate.apps.reports import selectors
from wildgate.apps.reports.monthly import Month, by_month
from wildgate.apps.species.registry import law_of
from wildgate.convention.permit import plain
from wildgate.convention.reporting import Part, ReportFinding, ReportRow, Severity, check_rows, rows_to_csv
from wildgate.kit.charts import Bars, Series

FIRST_YEAR, LAST_YEAR = 1975, 9998
ROWS_ON_A_PAGE = 50
MOST_FINDINGS = 200


@dataclass(frozen=True, slots=True)
class Total:
    """What moved in one term and unit, over all permits of the part."""

    term: str
    unit: str
    rows: int
    quantity: str


@dataclass(frozen=True, slots=True)
class Checked:
    """A finding of the checks beside its row and the home permit that the row rests on."""

    finding: ReportFinding
    row: ReportRow
    permit: str


@role(Action.VIEW_REPORTS)
def annual(request: Request) -> HttpResponse:
    """One part of one year's report, as it stands now."""
    years = selectors.traded_years(request.actor.party)
    year, part = _year(request.GET.get("year", ""), years, request.at.year), _part(request.GET.get("part", ""))
    rows = list(selectors.rows(request.actor.party, year, part))
    findings = check_rows(rows, law_of(request.actor.party), part=part, party=request.actor.party)
    months = by_month(request.actor.party, year, part)
    return render(
        request,
        "reports/annual.html",
        {
            "year": year,
            "years": sorted({year, request.at.year, *years}, reverse=True),
            "part": part,
            "parts": list(Part),
            "page": Paginator(rows, ROWS_ON_A_PAGE).get_page(request.GET.get("page")),
            "totals": totals(rows),
            "permits": len({own_permit(row, part) for row in rows}),
            "basis": selectors.BASIS,
            "errors": sum(each.severity is Severity.ERROR for each in findings),
            "warnings": sum(each.severity is Severity.WARNING for each in findings),
            "findings": [
                Checked(each, rows[each.row - 2], own_permit(rows[each.row - 2], part))
                for each in findings[:MOST_FINDINGS]
            ],
            "months": months,
            "chart": drawn(months, year, part),
        },
    )


@role(Action.VIEW_REPORTS)
def annual_csv(request: Request, year: int, part: str) -> HttpResponse:
    """The part as the file that goes to the Secretariat."""
    if part not in set(Part) or not FIRST_YEAR <= year <= LAST_YEAR:
        raise Http404(_("There is no such report."))
    text = rows_to_csv(selectors.rows(request.actor.party, year, Part(part)), Part(part))
    return HttpResponse(
        text,
        content_type="text/csv; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="annual-report-{year}-{part}.csv"',
            "Cache-Control": "private, no-store",
        },
    )


def totals(rows: Sequence[ReportRow]) -> list[Total]:
    """Rows and quantities by term and unit, in the order of the terms."""
    summed: dict[tuple[str, str], tuple[int, Decimal]] = {}
    for row in rows:
        count, quantity = summed.get((row.term, row.unit), (0, Decimal(0)))
        summed[row.term, row.unit] = count + 1, quantity + _number(row.quantity)
    return [Total(term, unit, count, plain(quantity)) for (term, unit), (count, quantity) in sorted(summed.items())]


def own_permit(row: ReportRow, part: Part) -> str:
    """The number of the home document that the row rests on; empty when only a foreign paper was shown."""
    return row.export_permit if part is Part.EXPORTS else row.import_permit or row.ifs_permit


def drawn(months: Sequence[Month], year: int, part: Part) -> Bars:
    """Consignments by month as a bar chart."""
    total = sum(month.consignments for month in months)
    busiest = max(months, key=lambda month: month.consignments)
    told = _("%(total)s consignments in %(year)s.") % {"total": total, "year": year}
    if total:
        told += " " + _("Most in %(month)s: %(count)s.") % {
            "month": date_format(busiest.first, "F"),
            "count": busiest.consignments,
        }
    title = _("Exports by month") if part is Part.EXPORTS else _("Imports by month")
    return Bars(
        key="months", title=title, heading=_("Month"), unit=_("consignments"), description=told,
        labels=tuple(date_format(month.first, "M") for month in months),
        series=(Series(_("Consignments"), tuple(month.consignments for month in months)),))


def _number(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        return Decimal(0)


def _year(text: str, years: Sequence[int], current: int) -> int:
    """The year asked for; without one the newest with trade, else this year."""
    if text.isascii() and text.isdigit() and len(text) == 4 and FIRST_YEAR <= int(text) <= LAST_YEAR:
        return int(text)
    return years[0] if years else current


def _part(text: str) -> Part:
    return Part(text) if text in set(Part) else Part.EXPORTS
