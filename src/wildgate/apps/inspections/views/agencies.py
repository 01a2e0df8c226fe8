"""The narrow desk of another agency: what customs ask it, and its answers; and how customs ask."""

from __future__ import annotations

from dataclasses import replace

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from wildgate.apps.accounts.access import Action, can
from wildgate.apps.accounts.gate import Request, role
from wildgate.apps.inspections import forms, forms_agency, services
from wildgate.apps.inspections.models import AgencyRequest
from wildgate.apps.inspections.selectors import agencies, controls
from wildgate.apps.inspections.views.controls import answered, show, timeline
from wildgate.apps.permits.templatetags.permits import said
from wildgate.convention.refusal import Refusal
from wildgate.kit import events

REFUSED = 422
ON_A_PAGE = 50


@role(Action.VIEW_AGENCY_REQUEST)
def requests(request: Request) -> HttpResponse:
    """What customs ask: an agency sees its own, by the time until which it is wanted."""
    view = request.GET.get("view", agencies.OPEN)
    view = view if view in agencies.VIEWS else agencies.OPEN
    page = Paginator(agencies.listed(request.actor, view), ON_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "inspections/agency_requests.html", {
        "page": page, "view": view,
        "rows": [(each, controls.hours_clock(each.due_at, request.at)) for each in page.object_list],
        "sees_inspections": can(request.actor, Action.VIEW_INSPECTIONS).allowed,
        "tabs": [{"label": label, "url": f"?view={name}", "current": view == name}
                 for name, label in ((agencies.OPEN, _("Open")), (agencies.DONE, _("Answered or withdrawn")))]})


@role(Action.VIEW_AGENCY_REQUEST)
def request(request: Request, number: str) -> HttpResponse:
    """One request: the goods, what others verified, and the form to answer or correct."""
    asked = agencies.request(request.actor, number)
    if asked is None:
        raise Http404(_("There is no such request, or you may not see it."))
    if request.method == "POST":
        outcome = services.answer_request(actor=request.actor, number=number, at=request.at, lines=(
            forms_agency.answer_lines(request.POST, [line.position for line in asked.inspection.lines.all()])))
        if not isinstance(outcome, Refusal):
            messages.success(request, _("Thank you: customs have your answer."))
            return redirect("agency-request", number)
        return _page(request, asked, outcome)
    return _page(request, asked, None)


def _page(request: Request, asked: AgencyRequest, fault: Refusal | None) -> HttpResponse:
    events.note_read(asked.subject, party=asked.party, actor=request.actor.label, at=request.at)
    rows = agencies.rows(asked)
    typed = request.POST if fault else None
    return render(request, "inspections/agency_request.html", {
        "asked": asked, "found": asked.inspection, "faults": [(_field(fault), said(fault))] if fault else [],
        "rows": [(row, forms_agency.first_words(row, typed)) for row in rows], "units": forms.unit_choices(),
        "clock": controls.hours_clock(asked.due_at, request.at) if asked.state == "open" else None,
        "answered": any(row.own for row in rows) and asked.state == "answered",
        "may_answer": can(request.actor, Action.ANSWER_AGENCY_REQUEST, asked).allowed and asked.state != "withdrawn",
        "may_withdraw": can(request.actor, Action.INSPECT, asked).allowed and asked.state == "open",
        "sees_inspections": can(request.actor, Action.VIEW_INSPECTIONS).allowed,
        "entries": timeline(asked.subject, asked.party)}, status=REFUSED if fault else 200)


def _field(fault: Refusal) -> str:
    """The id of the input that a refusal names: `lines[2].quantity` is `id_quantity-2`."""
    place, _dot, name = (fault.field or "").partition(".")
    return f"id_{name}-{place.removeprefix('lines[').rstrip(']')}" if name else ""


@role(Action.INSPECT)
@require_POST
def ask(request: Request, number: str) -> HttpResponse:
    """Customs ask another agency about the goods of an inspection."""
    outcome = services.ask_agency(actor=request.actor, number=number, at=request.at,
                                  **forms_agency.asked(request.POST))
    if isinstance(outcome, Refusal):
        return show(request, number, replace(outcome, field=f"ask_{outcome.field}" if outcome.field else None))
    return answered(request, number, outcome, _("Request %(number)s is sent.") % {"number": outcome.number})


@role(Action.INSPECT)
@require_POST
def withdraw(request: Request, number: str) -> HttpResponse:
    """The agency need not look any more; back to the inspection."""
    asked = agencies.request(request.actor, number)
    if asked is None:
        raise Http404(_("There is no such request, or you may not see it."))
    outcome = services.withdraw_request(actor=request.actor, number=number, why=request.POST.get("why", ""),
                                        at=request.at)
    if isinstance(outcome, Refusal):
        return show(request, asked.inspection.number, replace(outcome, field=f"why_{number}"))
    return answered(request, asked.inspection.number, outcome, _("The request is withdrawn."))
