"""After an application, and after a permit: copy it, appeal, report a loss, give it back, ask for another paper."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from wildgate.apps.accounts.access import Action, can
from wildgate.apps.accounts.gate import Request, role
from wildgate.apps.houserules import selectors as house
from wildgate.apps.permits import forms, selectors, services, wording
from wildgate.apps.permits.forms.inputs import Input, area, text
from wildgate.apps.permits.models import Application, Permit
from wildgate.apps.permits.services.afterwards import appeal_ends, appeal_refusal
from wildgate.apps.permits.templatetags.permits import said
from wildgate.apps.permits.views import kept
from wildgate.apps.permits.views.answers_to_pages import own_application
from wildgate.apps.permits.views.kept import keeps_typed
from wildgate.convention.lifecycle import CaseState, PermitState
from wildgate.convention.refusal import Refusal

REFUSED = 422


def _application_address(number: str) -> str:
    return reverse("application", args=[number])


def _permit_address(number: str) -> str:
    return reverse("permit", args=[number])


@keeps_typed(_application_address)
@role(Action.APPLY)
@require_POST
def copy(request: Request, number: str) -> HttpResponse:
    """A new draft with the answers of this application."""
    own_application(request.actor, number)
    outcome = services.copy(actor=request.actor, case=number, at=request.at)
    if isinstance(outcome, Refusal):
        messages.error(request, said(outcome))
        return redirect("application", number)
    messages.success(request, _("Your answers were copied into a new draft. Marks were left out: give the new ones."))
    return redirect("application", outcome.number)


@keeps_typed(_permit_address)
@role(Action.APPLY)
@require_POST
def variation(request: Request, number: str) -> HttpResponse:
    """A draft for a permit in the place of one in which something must change."""
    return _drafted(request, number, services.ask_variation,
                    _("Change what must change, then submit. The permit in hand stays valid until the new one is "
                      "issued."))


@keeps_typed(_permit_address)
@role(Action.APPLY)
@require_POST
def replacement(request: Request, number: str) -> HttpResponse:
    """A draft for a permit in the place of a lost one."""
    return _drafted(request, number, services.ask_replacement,
                    _("Your answers are as they were. Check them and submit: the new permit says that it replaces the "
                      "lost one."))


def _drafted(request: Request, number: str, ask: Callable[..., Application | Refusal], told: str) -> HttpResponse:
    permit = own_permit(request, number)
    outcome = ask(actor=request.actor, number=permit.number, at=request.at)
    if isinstance(outcome, Refusal):
        messages.error(request, said(outcome))
        return redirect("permit", number)
    messages.success(request, told)
    return redirect("application", outcome.number)


def own_permit(request: Request, number: str) -> Permit:
    """The holder's own permit; another's and none are the same 404."""
    found = selectors.permit(request.actor, number)
    if found is None or not can(request.actor, Action.REPORT_PERMIT, found):
        raise Http404(_("There is no such permit, or you may not see it."))
    return found


@keeps_typed(lambda number: reverse("permit-lost", args=[number]))
@role(Action.APPLY)
def lost(request: Request, number: str) -> HttpResponse:
    """Report a permit lost or stolen: when, where, and what the police call it; then another one can be asked for."""
    permit = own_permit(request, number)
    if PermitState(permit.status.state) is PermitState.LOST:
        return redirect("permit", number)
    typed = _typed(request)
    faults: list[Refusal] = []
    if request.method == "POST":
        outcome = services.report_lost(
            actor=request.actor, number=number, on=_day(typed.get("on", "")), place=typed.get("place", ""),
            words=typed.get("words", ""), police=typed.get("police", ""), at=request.at)
        if not isinstance(outcome, Refusal):
            kept.forget(request)
            messages.success(request, _("The permit is reported lost: from now on it is refused wherever it is shown. "
                                        "You can ask for a replacement below."))
            return redirect("permit", number)
        faults = [outcome]
    inputs = (
        text("on", _("Day on which it was lost or stolen"), typed, _("Year-month-day, for example 2019-05-31."),
             width="w-20"),
        text("place", _("Where"), typed, _("Place, airport, courier.")),
        text("police", _("Reference of the police"), typed, _("If you reported a theft."), width="w-20", optional=True),
        area("words", _("What happened"), typed, optional=True),
    )
    return _form(request, inputs, faults, title=_("Report the permit lost or stolen"), permit=permit,
                 lead=_("From that moment it is refused at every border. If you find it again, give it back: it does "
                        "not become valid again."), button=_("Report it"), tone="danger")


@keeps_typed(lambda number: reverse("permit-return", args=[number]))
@role(Action.APPLY)
def give_back(request: Request, number: str) -> HttpResponse:
    """Give an unused permit back; what it held of quotas and stock is free again."""
    permit = own_permit(request, number)
    typed = _typed(request)
    faults: list[Refusal] = []
    if request.method == "POST":
        outcome = services.return_unused(actor=request.actor, number=number, words=typed.get("words", ""),
                                         at=request.at)
        if not isinstance(outcome, Refusal):
            kept.forget(request)
            messages.success(request, _("The permit is given back. Send the paper, if there is one, to the "
                                        "authority."))
            return redirect("permit", number)
        faults = [outcome]
    inputs = (area("words", _("Why it was not used"), typed, optional=True),)
    return _form(request, inputs, faults, title=_("Give the permit back unused"), permit=permit,
                 lead=_("It ends at once. What it bound of a quota and of your stock is free again."),
                 button=_("Give it back"), tone="danger")


@keeps_typed(lambda number: reverse("application-appeal", args=[number]))
@role(Action.APPLY)
def appeal(request: Request, number: str) -> HttpResponse:
    """Ask for another look at a refusal."""
    case = own_application(request.actor, number)
    if case.case_state is not CaseState.REFUSED:
        return redirect("application", number)
    typed = _typed(request)
    faults = [no] if (no := appeal_refusal(case, request.at)) else []
    if request.method == "POST" and not faults:
        outcome = services.appeal(actor=request.actor, case=number, text=typed.get("text", ""), at=request.at)
        if not isinstance(outcome, Refusal):
            kept.forget(request)
            messages.success(request, _("Your appeal is lodged. Somebody who did not refuse it decides."))
            return redirect("application", number)
        faults = [outcome]
    inputs = (area("text", _("Why should the decision be looked at again?"), typed,
                   _("What was overlooked or is new. Up to 4,000 characters.")),)
    return _form(request, inputs, faults, title=_("Appeal against the refusal"), case=case,
                 lead=_("Nobody who refused or countersigned decides on it. You can appeal once, until the day below."),
                 button=_("Lodge the appeal"), until=appeal_ends(case),
                 house=house.text_of(case.party, "appeal", wording.language(), request.at.date()))


def _typed(request: Request) -> dict[str, str]:
    """The posted texts, or those that waited for somebody to sign in again."""
    posted = request.POST if request.method == "POST" else kept.typed_at(request)
    return {name: value.replace("\x00", "").replace("\r\n", "\n") for name, value in posted.items()}


def _form(request: Request, inputs: tuple[Input, ...], faults: list[Refusal], *, title: str, lead: str, button: str,
          permit: Permit | None = None, case: Application | None = None, tone: str = "", until: date | None = None,
          house: str = "") -> HttpResponse:
    names = {each.name for each in inputs}
    sentences = {fault.field: said(fault) for fault in faults if fault.field in names}
    page = forms.Page("", title, inputs).with_errors({name: text for name, text in sentences.items() if name})
    return render(request, "permits/trader_form.html", {
        "page": page, "permit": permit, "case": case, "lead": lead, "button": button, "tone": tone, "until": until,
        "house": house, "waited": request.method != "POST" and bool(kept.typed_at(request)),
        "errors": [(f"id_{fault.field}" if fault.field in names else "", said(fault)) for fault in faults],
    }, status=REFUSED if request.method == "POST" and faults else 200)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip()) if len(text.strip()) == len("2019-05-31") else None
    except ValueError:
        return None
