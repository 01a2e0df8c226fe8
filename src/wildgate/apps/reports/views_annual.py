"""Signing the annual report on the screen: versions and their files, four eyes, the day it was sent, differences."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from wildgate.apps.accounts.access import Action, can
from wildgate.apps.accounts.gate import Request, role
from wildgate.apps.permits.templatetags.permits import said
from wildgate.apps.reports import annual_files, annual_reading, annual_signing
from wildgate.apps.reports.annual_checking import MOST_LIVE, Examined, examined, kept
from wildgate.apps.reports.annual_freezing import rows_of
from wildgate.apps.reports.annual_models import AnnualVersion
from wildgate.apps.reports.selectors import lines
from wildgate.apps.reports.views import FIRST_YEAR, LAST_YEAR, basis_of
from wildgate.apps.reports.wording import STATES
from wildgate.convention.refusal import Refusal, refuse
from wildgate.convention.report_layouts import Layout
from wildgate.convention.report_row import Basis, Part
from wildgate.message.report_message import LARGEST_ANSWER

REFUSED = 422
CHANGES_ON_A_PAGE = 100
MOST_IN_A_COMPARISON = 50_000


@role(Action.VIEW_REPORTS)
def versions(request: Request, year: int) -> HttpResponse:
    """The versions of a year, what was corrected since the one that counts, and what can be done next."""
    return _page(request, _known(year))


def _page(request: Request, year: int, refused: Refusal | None = None) -> HttpResponse:
    party, actor = request.actor.party, request.actor
    standing = annual_reading.standing(party, year, annual_signing.due_on(party, year), request.at.date())
    files, newest, basis = annual_reading.files(standing.versions), standing.newest, basis_of(
        request.POST.get("basis", "") or request.GET.get("basis", ""))
    may_sign = can(actor, Action.SIGN_REPORT).allowed
    counts = standing.signed or newest
    drawable = may_sign and standing.over and not (newest is not None and newest.waits)
    return render(request, "reports/versions.html", {
        "year": year, "standing": standing, "basis": basis, "bases": list(Basis), "refused": refused and said(refused),
        "rows": [(each, files.get(each.pk, []), STATES[each.state]) for each in standing.versions],
        "waits": newest if newest is not None and newest.waits else None,
        "may_countersign": newest is not None and newest.waits
        and can(actor, Action.COUNTERSIGN_REPORT, newest).allowed,
        "why_not": newest is not None and newest.waits and can(actor, Action.COUNTERSIGN_REPORT, newest).reason,
        "corrections": annual_reading.corrections(counts) if counts is not None else [], "counts": counts,
        "parts": [(part, _told(party, year, part, basis)) for part in Part] if drawable else [],
        "drawable": drawable, "may_sign": may_sign, "typed": request.POST,
    }, status=REFUSED if refused else 200)


def _told(party: str, year: int, part: Part, basis: Basis) -> Examined | None:
    """What would be frozen; for a large year what the last checks told."""
    if lines(party, year, part, basis, MOST_LIVE) <= MOST_LIVE:
        return examined(party, year, part, basis)
    found = kept(party, year, part, basis)
    return found[0] if found else None


@role(Action.SIGN_REPORT)
@require_POST
def draw_up(request: Request, year: int) -> HttpResponse:
    """Freeze the report of a year as it stands."""
    done = annual_signing.draw_up(actor=request.actor, year=_known(year), basis=basis_of(request.POST.get("basis", "")),
                                  why=request.POST.get("why", ""), at=request.at)
    return _answer(request, year, done, _("Drawn up. It counts once a second person has signed it."))


@role(Action.SIGN_REPORT)
@require_POST
def set_due(request: Request, year: int) -> HttpResponse:
    """Another day by which the report is due."""
    on = _day(request.POST.get("on", ""))
    if on is None:
        return _page(request, _known(year), _no_day())
    done = annual_signing.set_due(actor=request.actor, year=_known(year), on=on, at=request.at)
    return _answer(request, year, done, _("The day is changed."))


@role(Action.COUNTERSIGN_REPORT)
@require_POST
def countersign(request: Request, year: int, number: int) -> HttpResponse:
    """The second signature."""
    done = annual_signing.countersign(actor=request.actor, version=_version(request, year, number).pk, at=request.at)
    return _answer(request, year, done, _("Signed. The files are kept as they are."))


@role(Action.SIGN_REPORT)
@require_POST
def send_back(request: Request, year: int, number: int) -> HttpResponse:
    """Not signed, with the reason."""
    done = annual_signing.send_back(actor=request.actor, version=_version(request, year, number).pk,
                                    why=request.POST.get("returned_why", ""), at=request.at)
    return _answer(request, year, done, _("Sent back."))


@role(Action.SIGN_REPORT)
@require_POST
def submitted(request: Request, year: int, number: int) -> HttpResponse:
    """The day on which a version was submitted."""
    on = _day(request.POST.get("on", ""))
    if on is None:
        return _page(request, _known(year), _no_day())
    done = annual_signing.submitted(actor=request.actor, version=_version(request, year, number).pk, on=on,
                                    at=request.at)
    return _answer(request, year, done, _("The day is noted."))


@role(Action.SIGN_REPORT)
@require_POST
def answered(request: Request, year: int, number: int) -> HttpResponse:
    """The receiving service's answer to a signed version, as a file."""
    file = request.FILES.get("answer")
    data = file.read(LARGEST_ANSWER + 1) if file is not None else b""
    done = annual_signing.answered(actor=request.actor, version=_version(request, year, number).pk, data=data,
                                   at=request.at)
    return _answer(request, year, done, _("The service took the report; its receipt is kept."))


@role(Action.VIEW_REPORTS)
def frozen(request: Request, year: int, number: int, part: str, ending: str) -> HttpResponse:
    """A frozen file: the CSV byte for byte; its rows as a workbook, or in the upload layout."""
    found = annual_reading.file(request.actor.party, _known(year), number, part)
    if found is None or ending not in ("csv", "xlsx", "xml") or (ending == "xml" and not found.version.signed):
        raise Http404(_("There is no such version."))
    basis, layout = Basis(found.version.basis), Layout.PERMIT
    if request.GET.get("layout") in {Layout.UPLOAD.value, Layout.SUMMARY.value}:
        layout = Layout(request.GET["layout"])
    name = annual_files.name_of(year, Part(part), basis, layout, ending, number)
    if ending == "xml":
        return annual_files.message_answer(rows_of(found), Part(part), name, force=True)
    if ending == "csv" and layout is Layout.PERMIT:
        return annual_files.kept_answer(found.content, name)
    if ending == "csv":
        return annual_files.csv_answer(rows_of(found), Part(part), layout, name)
    made = annual_files.book(rows_of(found), Part(part), layout)
    if isinstance(made, Refusal):
        messages.error(request, said(made))
        return redirect("report-versions", year)
    return annual_files.book_answer(made, name)


@role(Action.VIEW_REPORTS)
def differences(request: Request, year: int, number: int) -> HttpResponse:
    """Row by row: what differs between a version and a later one, or the draft as it stands now."""
    old = _version(request, year, number)
    to = request.GET.get("to", "")
    new = _version(request, year, int(to)) if to.isascii() and to.isdigit() and len(to) < 5 else None
    standing = annual_reading.standing(request.actor.party, year, request.at.date(), request.at.date())
    large = sum(each.rows for each in annual_reading.files((old,)).get(old.pk, [])) > MOST_IN_A_COMPARISON
    found = [] if large else annual_reading.differences(old, new)
    return render(request, "reports/differences.html", {
        "year": year, "old": old, "new": new, "large": large, "most": MOST_IN_A_COMPARISON,
        "others": [each for each in standing.versions if each.number > old.number],
        "page": Paginator(found, CHANGES_ON_A_PAGE).get_page(request.GET.get("page"))})


def _answer(request: Request, year: int, done: object, words: str) -> HttpResponse:
    if isinstance(done, Refusal):
        return _page(request, year, done)
    messages.success(request, words)
    return redirect("report-versions", year)


def _version(request: Request, year: int, number: int) -> AnnualVersion:
    found = annual_reading.version(request.actor.party, year, number)
    if found is None:
        raise Http404(_("There is no such version."))
    return found


def _known(year: int) -> int:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Http404(_("There is no such report."))
    return year


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


def _no_day() -> Refusal:
    return refuse("no-day", "Write the day as year-month-day, for example 2027-10-31.", field="on")
