"""The illegal trade report on the screen: rows, what is to be repaired, signing, and the files to send."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from wildgate.apps.accounts.access import Action, can
from wildgate.apps.accounts.gate import Request, role
from wildgate.apps.inspections.selectors.seizures import seized_years
from wildgate.apps.permits.templatetags.permits import said
from wildgate.apps.reports import illegal, illegal_book, illegal_signing
from wildgate.apps.reports.illegal_models import IllegalVersion
from wildgate.convention.illegal import IllegalRow
from wildgate.convention.illegal_checks import IllegalFinding
from wildgate.convention.refusal import Refusal
from wildgate.convention.report_checks import Severity

FIRST_YEAR, LAST_YEAR = 1975, 9998
ROWS_ON_A_PAGE = 50
MOST_FINDINGS = 50
LINKS = 10
ENDINGS = ("csv", "xlsx")
KEPT = {"Cache-Control": "private, no-store"}


@dataclass(frozen=True, slots=True)
class Shown:
    """What is to be done in a column, and the seizures it is to be done for: `first` of them, and `more`."""

    heading: str
    error: bool
    sentence: str
    first: tuple[str, ...]
    more: int


@role(Action.VIEW_REPORTS)
def report(request: Request) -> HttpResponse:
    """One year's report as it stands now: a draft on any day."""
    return _page(request, _year(request.GET.get("year", ""), request))


def _page(request: Request, year: int, refused: Refusal | None = None) -> HttpResponse:
    party = request.actor.party
    rows = illegal.report_rows(party, year)
    found = illegal.findings(party, year, rows)
    versions, layout = illegal_signing.versions(party, year), illegal.layout()
    due, over = illegal_signing.due_on(party, year), year < request.at.year
    return render(request, "reports/illegal.html", {
        "year": year, "years": sorted({year, request.at.year, request.at.year - 1, *seized_years(party)}, reverse=True),
        "page": Paginator(rows, ROWS_ON_A_PAGE).get_page(request.GET.get("page")),
        "incidents": len({row.incident for row in rows}),
        "errors": sum(each.severity is Severity.ERROR for each in found),
        "warnings": sum(each.severity is Severity.WARNING for each in found),
        "findings": grouped(found)[:MOST_FINDINGS], "more_findings": max(0, len(grouped(found)) - MOST_FINDINGS),
        "versions": versions,
        "changes": illegal_signing.changes(versions[0], _cells(rows)) if versions else [],
        "due": due, "days": (due - request.at.date()).days, "over": over,
        "may_sign": over and can(request.actor, Action.SIGN_ILLEGAL_REPORT).allowed,
        "refused": said(refused) if refused else "",
        "layout_fault": said(layout) if isinstance(layout, Refusal) else "",
        "unsure": [column.heading for column in illegal.columns() if column.mark == "K"],
    }, status=422 if refused else 200)


def grouped(found: Sequence[IllegalFinding]) -> list[Shown]:
    """The same finding of several seizures once, errors first."""
    headings = {column.key: column.heading for column in illegal.columns()}
    groups: dict[tuple[bool, str, str], dict[str, None]] = {}
    for each in found:
        key = (each.severity is Severity.ERROR, each.column, each.sentence)
        groups.setdefault(key, {})[each.incident] = None
    ranked = sorted(groups.items(), key=lambda pair: (not pair[0][0], -len(pair[1])))
    return [Shown(headings.get(column, column), error, sentence, tuple(named)[:LINKS], max(0, len(named) - LINKS))
            for (error, column, sentence), named in ranked]


@role(Action.SIGN_ILLEGAL_REPORT)
@require_POST
def sign(request: Request, year: int) -> HttpResponse:
    """Sign the report of a year: it is frozen as it stands."""
    _known(year)
    outcome = illegal_signing.sign(actor=request.actor, year=year, at=request.at, why=request.POST.get("why", ""),
                                   shared=request.POST.get("shared", "yes") == "yes")
    if isinstance(outcome, Refusal):
        return _page(request, year, outcome)
    messages.success(request, _("Version %(version)s is signed and kept as it is.") % {"version": outcome.version})
    return redirect(f"{reverse('illegal-report')}?year={year}")


@role(Action.VIEW_REPORTS)
def draft(request: Request, year: int, ending: str) -> HttpResponse:
    """The report as it stands now, as CSV or as a workbook."""
    made = illegal_book.draft(request.actor.party, _known(year, ending))
    name = f"illegal-trade-report-{year}-draft.{ending}"
    if ending == "csv":
        return _file(made.text.encode(), "text/csv; charset=utf-8", name)
    return _file(made.book, illegal_book.TYPE, name)


@role(Action.VIEW_REPORTS)
def signed(request: Request, year: int, version: int, ending: str) -> HttpResponse:
    """A signed version, byte for byte as it was signed."""
    made = IllegalVersion.objects.filter(party=request.actor.party, year=year, version=version).first()
    if made is None or ending not in ENDINGS:
        raise Http404(_("There is no such version."))
    name = f"illegal-trade-report-{year}-v{version}"
    if ending == "csv":
        return _file(made.content.encode(), "text/csv; charset=utf-8", f"{name}.csv")
    return _file(illegal_book.of_csv(made.content, illegal_book.cover(
        party=made.party, year=made.year, rows=made.rows, incidents=made.incidents, shared=made.shared,
        version=str(made.version), digest=made.digest)), illegal_book.TYPE, f"{name}.xlsx")


def _cells(rows: Sequence[IllegalRow]) -> list[tuple[str, ...]]:
    layout = illegal.columns()
    return [row.cells(layout) for row in rows]


def _file(body: bytes, kind: str, name: str) -> HttpResponse:
    return HttpResponse(body, content_type=kind,
                        headers={"Content-Disposition": f'attachment; filename="{name}"', **KEPT})


def _known(year: int, ending: str = "csv") -> int:
    if not FIRST_YEAR <= year <= LAST_YEAR or ending not in ENDINGS:
        raise Http404(_("There is no such report."))
    return year


def _year(text: str, request: Request) -> int:
    """The year asked for; without one, last year until its report is due, then this year."""
    if text.isascii() and text.isdigit() and len(text) == 4 and FIRST_YEAR <= int(text) <= LAST_YEAR:
        return int(text)
    last = request.at.year - 1
    return last if request.at.date() <= illegal_signing.due_on(request.actor.party, last) else request.at.year
