"""The desk of an office that prints: what waits, what was printed today, the drawer of sheets and its count."""

from __future__ import annotations

from io import BytesIO
from zipfile import ZipFile

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from wildgate.apps.accounts.access import Action, can
from wildgate.apps.accounts.gate import Request, role
from wildgate.apps.paper import selectors, services
from wildgate.apps.paper.forms import CheckForm, CountForm, EndForm, PrintForm, TakeOutForm
from wildgate.apps.paper.models import Assignment, PrintOffice
from wildgate.apps.paper.stock import SheetAct, compressed
from wildgate.apps.paper.wording import said
from wildgate.apps.permits.handing_out import PAPER, hand_out
from wildgate.apps.permits.views.permits import as_file
from wildgate.convention.refusal import Refusal

REFUSED = 422
ROWS_ON_A_PAGE = 100


@role(Action.PRINT)
def home(request: Request) -> HttpResponse:
    """The first office where this person may print."""
    offices = selectors.offices_of(request.actor)
    if offices:
        return redirect("printing-office", offices[0].pk)
    return render(request, "paper/no_office.html")


@role(Action.PRINT)
def office(request: Request, office: int) -> HttpResponse:
    """To print, printed today, waiting for a second person, and the drawer."""
    here = _office(request, office)
    page = Paginator(selectors.to_print(request.actor, here), ROWS_ON_A_PAGE).get_page(request.GET.get("page"))
    reports = selectors.open_reports(request.actor, here)
    return render(request, "paper/desk.html", {
        "office": here, "tabs": _tabs(request, here), "page": page, "rows": page.object_list,
        "today": selectors.told(selectors.printed(here, request.at.date())),
        "reports": [(each, bool(can(request.actor, Action.CONFIRM_SPOILT, each))) for each in reports],
        "drawer": selectors.drawer(here.party, here),
    })


@role(Action.PRINT)
@require_POST
def run(request: Request, office: int) -> HttpResponse:
    """Print several permits one after the other, on sheets that follow each other."""
    here = _office(request, office)
    made = services.print_run(actor=request.actor, numbers=request.POST.getlist("numbers"), at=request.at,
                              first_sheet=request.POST.get("first_sheet", ""))
    if isinstance(made, Refusal):
        messages.error(request, said(made))
    else:
        sheets = compressed(sheet for each in made for sheet in each.sheets)
        messages.success(request, _("Printed: %(many)s, on sheets %(sheets)s.") % {"many": len(made), "sheets": sheets})
    return redirect("printing-office", here.pk)


@role(Action.PRINT)
@require_POST
def files(request: Request, office: int) -> HttpResponse:
    """The files of several permits in one archive, each as it was handed out; every fetch is an event."""
    here = _office(request, office)
    asked = request.POST.getlist("numbers")[:ROWS_ON_A_PAGE]
    found = selectors.to_print(request.actor, here).filter(permit__number__in=asked)
    archive = BytesIO()
    with ZipFile(archive, "w") as folder:
        for each in found:
            content = hand_out(each.permit, PAPER, actor=request.actor, at=request.at)
            folder.writestr(f"{each.permit.number}.{PAPER}", content)
    return HttpResponse(archive.getvalue(), content_type="application/zip", headers={
        "Content-Disposition": 'attachment; filename="permits.zip"', "Cache-Control": "private, no-store"})


@role(Action.PRINT)
def permit(request: Request, number: str) -> HttpResponse:
    """One permit to print: its file, the sheet it goes on, what was printed before."""
    found = _assignment(request, number)
    form = PrintForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = services.print_original(actor=request.actor, number=number, sheets=form.cleaned_data["sheets"],
                                       at=request.at)
        if not isinstance(made, Refusal):
            messages.success(request, _("Print %(number)s is recorded on sheet %(sheets)s.") % {
                "number": made.number, "sheets": compressed(made.sheets)})
            return redirect("printing-permit", number)
        form.tell(made)
    prints = selectors.prints_of(found.permit_id)
    return render(request, "paper/permit.html", {
        "assignment": found, "permit": found.permit, "form": form, "prints": selectors.told(prints),
        "pages": len(found.permit.tokens),
        "free": len(selectors.standing(prints)) < found.office.prints,
    }, status=REFUSED if form.errors else 200)


@role(Action.PRINT)
def document(request: Request, number: str) -> HttpResponse:
    """The file to print. That it was fetched is an event."""
    found = _assignment(request, number)
    return as_file(found.permit, PAPER, hand_out(found.permit, PAPER, actor=request.actor, at=request.at))


@role(Action.PRINT)
@require_POST
def copy(request: Request, number: str) -> HttpResponse:
    """Record a copy on plain paper."""
    made = services.print_copy(actor=request.actor, number=number, at=request.at)
    if isinstance(made, Refusal):
        messages.error(request, said(made))
        return redirect("printing")
    messages.success(request, _("Copy recorded as print %(number)s. Mark it COPY.") % {"number": made.number})
    return redirect("printing-permit", number)


@role(Action.PRINT)
def end(request: Request, number: str, print_number: int) -> HttpResponse:
    """Report that a print was spoiled or came back."""
    form = EndForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = services.report_end(actor=request.actor, number=number, print_number=print_number, at=request.at,
                                   **form.cleaned_data)
        if not isinstance(made, Refusal):
            messages.success(request, _("Reported. A second person confirms it with the sheet in hand."))
            return _back(request, made.print.office)
        form.tell(made)
    return render(request, "paper/end.html", {"form": form, "number": number, "print_number": print_number},
                  status=REFUSED if form.errors else 200)


@role(Action.CONFIRM_SPOILT)
@require_POST
def confirm(request: Request, report: int) -> HttpResponse:
    """The second pair of eyes on a spoiled or returned print."""
    made = services.confirm_end(actor=request.actor, report=report, at=request.at)
    if isinstance(made, Refusal):
        messages.error(request, said(made))
        return redirect("home")
    messages.success(request, _("Confirmed. The permit can be printed again."))
    return _back(request, made.print.office)


@role(Action.PRINT)
def sheets(request: Request, office: int) -> HttpResponse:
    """Unused sheets that are void or lost."""
    here = _office(request, office)
    form = TakeOutForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        done = services.take_out(actor=request.actor, sheets=form.cleaned_data["sheets"], office=here.pk,
                                 act=SheetAct(form.cleaned_data["act"]), reason=form.cleaned_data["reason"],
                                 at=request.at)
        if not isinstance(done, Refusal):
            messages.success(request, _("Taken out of the stock."))
            return redirect("printing-office", here.pk)
        form.tell(done)
    return render(request, "paper/take_out.html", {"form": form, "office": here},
                  status=REFUSED if form.errors else 200)


@role(Action.PRINT)
def count(request: Request, office: int) -> HttpResponse:
    """Count the drawer of an office."""
    here = _office(request, office)
    return counting(request, here, reverse("printing-office", args=[here.pk]))


def counting(request: Request, place: PrintOffice | None, back: str) -> HttpResponse:
    """The first count, or the second person's; the figure of the ledger is not shown before."""
    newest = selectors.newest_count(request.actor.party, place)
    checking = newest is not None and not hasattr(newest, "check_made")
    key = place.pk if place else None
    form = CheckForm(request.POST or None) if checking else CountForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        service = services.check_count if checking else services.count
        done = service(actor=request.actor, office=key, at=request.at, **form.cleaned_data)
        if not isinstance(done, Refusal):
            messages.success(request, _("Both counts agree.") if checking else
                             _("Counted. A second person counts the same drawer."))
            return redirect(back)
        form.tell(done)
    return render(request, "paper/count.html", {"form": form, "place": place, "checking": checking, "back": back,
                                                "newest": newest}, status=REFUSED if form.errors else 200)


def _office(request: Request, key: int) -> PrintOffice:
    found = selectors.office(request.actor, key)
    if found is None:
        raise Http404(_("There is no such office, or you may not print there."))
    return found


def _assignment(request: Request, number: str) -> Assignment:
    found = selectors.assignment(request.actor, number)
    if found is None:
        raise Http404(_("There is no such permit to print here."))
    return found


def _back(request: Request, place: PrintOffice) -> HttpResponse:
    """To the office's desk, or to the authority's page of the paper for those who do not print there."""
    return redirect("printing-office", place.pk) if can(request.actor, Action.PRINT, place) else redirect("paper")


def _tabs(request: Request, here: PrintOffice) -> list[dict[str, object]]:
    offices = selectors.offices_of(request.actor)
    return [{"label": each.name, "url": reverse("printing-office", args=[each.pk]), "current": each == here}
            for each in offices] if len(offices) > 1 else []
