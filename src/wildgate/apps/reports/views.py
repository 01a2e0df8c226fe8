"""The annual report on the screen: rows, totals, the Trade Database's checks, trade by month, the files to send."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from wildgate.apps.accounts.access import Action
from wildgate.apps.accounts.gate import Request, role
from wildgate.apps.permits.templatetags.permits import said
from wildgate.apps.reports import annual_checking, annual_files, annual_reading, jobs, selectors
from wildgate.apps.reports.annual_checking import MOST_LIVE, Checked, Examined, Tally
from wildgate.apps.reports.annual_signing import due_on
from wildgate.apps.reports.monthly import Month, by_month
from wildgate.apps.reports.wording import FIXES
from wildgate.apps.species.registry import law_of
from wildgate.convention.refusal import Refusal
from wildgate.convention.report_codes import Ranges
from wildgate.convention.report_layouts import Layout
from wildgate.convention.report_rules import RULES, rule
from wildgate.convention.reporting import Basis, Part, ReportRow, Severity, check_rows
from wildgate.kit import standby
from wildgate.kit.charts import Bars, Series
from wildgate.kit.jobs import enqueue
from wildgate.kit.long_lists import CutPaginator

FIRST_YEAR, LAST_YEAR = 1975, 9998
ROWS_ON_A_PAGE = 50
FINDINGS_ON_A_PAGE = 25


@dataclass(frozen=True, slots=True)
class Lines:
    """The newest rows of a large year, read page by page."""

    party: str
    year: int
    part: Part
    basis: Basis
    count: int

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, place: slice) -> list[ReportRow]:
        return selectors.newest(self.party, self.year, self.part, self.basis, place)


@dataclass(frozen=True, slots=True)
class Drafted:
    """A part as it stands: its rows, and what the checks told of them. Of a large year the newest rows, and what was
    told `at` the last time."""

    rows: Sequence[ReportRow] | Lines
    told: Examined | None
    at: datetime | None = None

    @property
    def large(self) -> bool:
        return isinstance(self.rows, Lines)


@role(Action.VIEW_REPORTS)
def annual(request: Request) -> HttpResponse:
    """One part of one year's report, as it stands now."""
    party, today = request.actor.party, request.at.date()
    years = selectors.traded_years(party)
    year, part = _year(request.GET.get("year", ""), years, request.at.year), _part(request.GET.get("part", ""))
    basis = basis_of(request.GET.get("basis", ""))
    ranges = annual_checking.ranges_of(party)
    drafted = _drafted(party, year, part, basis, ranges)
    told, months = drafted.told or Examined(), by_month(party, year, part, lines=not drafted.large)
    findings = _narrowed(told.findings, request.GET.get("severity", ""), request.GET.get("rule", ""))
    return render(request, "reports/annual.html", {
        "year": year, "years": sorted({year, request.at.year, request.at.year - 1, *years}, reverse=True),
        "part": part, "parts": list(Part), "basis": basis, "bases": list(Basis),
        "standing": annual_reading.standing(party, year, due_on(party, year), today),
        "page": CutPaginator(drafted.rows, ROWS_ON_A_PAGE, over=drafted.large).get_page(request.GET.get("page")),
        "rows": told.rows, "totals": told.totals, "permits": told.permits, "errors": told.errors,
        "warnings": told.warnings, "unchecked": drafted.told is None, "checked_at": drafted.at, "large": drafted.large,
        "findings": Paginator(findings, FINDINGS_ON_A_PAGE).get_page(request.GET.get("found")),
        "by_rule": [(rule(number), count) for number, count in sorted(told.by_rule.items()) if number],
        "asked_rule": request.GET.get("rule", ""), "asked_severity": request.GET.get("severity", ""),
        "no_ranges": ranges is None, "months": months, "chart": drawn(months, year, part, basis)})


def _drafted(party: str, year: int, part: Part, basis: Basis, ranges: Ranges | None) -> Drafted:
    if selectors.lines(party, year, part, basis, MOST_LIVE) > MOST_LIVE:
        kept = annual_checking.kept(party, year, part, basis)
        return Drafted(Lines(party, year, part, basis, MOST_LIVE), *(kept or (None, None)))
    seen = Tally(part)
    rows = list(seen.through(selectors.rows(party, year, part, basis)))
    found = check_rows(rows, law_of(party), part=part, party=party, ranges=ranges)
    return Drafted(rows, annual_checking.examine(found, seen, lambda finding: rows[finding.row - 2]))


def _narrowed(findings: Sequence[Checked], severity: str, number: str) -> list[Checked]:
    return [each for each in findings if (severity not in set(Severity) or each.finding.severity == severity)
            and (not number or str(each.finding.number) == number)]


@role(Action.VIEW_REPORTS)
def annual_file(request: Request, year: int, part: str, ending: str) -> HttpResponse:
    """The part as it stands now, in one of the layouts, as CSV or as a workbook."""
    if part not in set(Part) or ending not in ("csv", "xlsx") or not FIRST_YEAR <= year <= LAST_YEAR:
        raise Http404(_("There is no such report."))
    basis, layout = basis_of(request.GET.get("basis", "")), _layout(request.GET.get("layout", ""))
    rows = selectors.rows(request.actor.party, year, Part(part), basis, using=standby.alias(request.at))
    name = annual_files.name_of(year, Part(part), basis, layout, ending)
    if ending == "csv":
        return annual_files.csv_answer(rows, Part(part), layout, name)
    made = annual_files.book(rows, Part(part), layout)
    if isinstance(made, Refusal):
        messages.error(request, said(made))
        return redirect(f"{reverse('reports')}?year={year}&part={part}")
    return annual_files.book_answer(made, name)


@role(Action.VIEW_REPORTS)
@require_POST
def check_now(request: Request, year: int, part: str) -> HttpResponse:
    """Ask for the checks of a draft that is too large to check while one waits."""
    if part not in set(Part) or not FIRST_YEAR <= year <= LAST_YEAR:
        raise Http404(_("There is no such report."))
    basis = basis_of(request.POST.get("basis", ""))
    enqueue(jobs.check_now, f"{year}:{part}:{basis.name}", party=request.actor.party, at=request.at,
            party_code=request.actor.party, year=year, part=part, basis=basis.value)
    messages.success(request, _("The checks are at work. Look again in a minute."))
    return redirect(f"{reverse('reports')}?year={year}&part={part}&basis={basis.name.lower()}")


@role(Action.VIEW_REPORTS)
def rules(request: Request) -> HttpResponse:
    """All rules with what they say and how a row is put right."""
    return render(request, "reports/rules.html", {
        "rules": [(each, FIXES[each.fix]) for each in RULES],
        "no_ranges": annual_checking.ranges_of(request.actor.party) is None})


def drawn(months: Sequence[Month], year: int, part: Part, basis: Basis = Basis.ACTUAL) -> Bars:
    """Consignments by month as a bar chart. Beside permits issued it says that it counts something else."""
    total = sum(month.consignments for month in months)
    busiest = max(months, key=lambda month: month.consignments)
    told = _("%(total)s consignments in %(year)s.") % {"total": total, "year": year}
    if total:
        told += " " + _("Most in %(month)s: %(count)s.") % {
            "month": date_format(busiest.first, "F"),
            "count": busiest.consignments,
        }
    if basis is Basis.ISSUED:
        told += " " + _("Counted at the border, when they crossed it: they do not add up to the permits issued.")
    title = _("Exports by month") if part is Part.EXPORTS else _("Imports by month")
    return Bars(
        key="months", title=title, heading=_("Month"), unit=_("consignments"), description=told,
        labels=tuple(date_format(month.first, "M") for month in months),
        series=(Series(_("Consignments"), tuple(month.consignments for month in months)),))


def basis_of(text: str) -> Basis:
    """The basis asked for by its short name; actual trade without one."""
    return Basis.ISSUED if text.lower() == Basis.ISSUED.name.lower() else Basis.ACTUAL


def _year(text: str, years: Sequence[int], current: int) -> int:
    """The year asked for; without one the newest with trade, else this year."""
    if text.isascii() and text.isdigit() and len(text) == 4 and FIRST_YEAR <= int(text) <= LAST_YEAR:
        return int(text)
    return years[0] if years else current


def _part(text: str) -> Part:
    return Part(text) if text in set(Part) else Part.EXPORTS


def _layout(text: str) -> Layout:
    return Layout(text) if text in set(Layout) else Layout.PERMIT
