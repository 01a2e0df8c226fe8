"""The authority's desk for organisations: those that wait, each with what it said of itself, and the decision."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from wildgate.apps.accounts import selectors, services
from wildgate.apps.accounts.access import Action, can
from wildgate.apps.accounts.forms import ReasonForm, TermsForm
from wildgate.apps.accounts.gate import Request, role
from wildgate.apps.accounts.models import Organisation
from wildgate.apps.accounts.telling import sentence
from wildgate.convention.refusal import Refusal
from wildgate.kit import events

REFUSED = 422
ROWS_ON_A_PAGE = 50
READ = gettext_lazy("Whoever registered it reads this.")


@role(Action.VIEW_ORGANISATIONS)
def organisations(request: Request) -> HttpResponse:
    """Search; those that wait for verification stand on top."""
    asked = {"q": request.GET.get("q", "")[:80], "state": request.GET.get("state", "")}
    found = selectors.organisations(request.actor, asked["q"], asked["state"])
    page = Paginator(found, ROWS_ON_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "accounts/organisations.html", {
        "page": page, "rows": page.object_list, "asked": asked, "states": Organisation.State.choices})


@role(Action.VIEW_ORGANISATIONS)
def organisation(request: Request, pk: int) -> HttpResponse:
    """One organisation, as far as the reader's role reaches; reading it is an event."""
    found = _found(request, pk)
    events.note_read(found.subject, party=found.party, actor=request.actor.label, at=request.at)
    return _page(request, found, None)


def _page(request: Request, found: Organisation, form: TermsForm | None,
          why: ReasonForm | None = None) -> HttpResponse:
    terms = {"registered_until": found.registered_until, "regular_until": found.regular_until}
    return render(request, "accounts/organisation.html", {
        "organisation": found, "form": form or TermsForm(initial=terms), "actor": request.actor,
        "why": why or ReasonForm(hint=READ),
        "people": selectors.colleagues(found, request.at.date()), "namesakes": selectors.namesakes(found),
        "may_decide": bool(can(request.actor, Action.VERIFY_ORGANISATION, found)),
    }, status=REFUSED if (form and form.errors) or (why and why.errors) else 200)


@role(Action.VERIFY_ORGANISATION)
@require_POST
def decide(request: Request, pk: int) -> HttpResponse:
    """Accept, refuse with a reason, or set the last days of registration."""
    found, do = _found(request, pk), request.POST.get("do")
    if do == "refuse":
        why = ReasonForm(request.POST, hint=READ)
        if not why.is_valid():
            return _page(request, found, None, why)
        return _said(request, pk, services.refuse_organisation(
            actor=request.actor, organisation=pk, reason=why.cleaned_data["reason"], at=request.at),
            _("Not accepted."))
    form = TermsForm(request.POST)
    if not form.is_valid():
        return _page(request, found, form)
    act = services.accept_organisation if do == "accept" else services.set_terms
    return _said(request, pk, act(actor=request.actor, organisation=pk, at=request.at, **form.days()),
                 _("Verified.") if do == "accept" else _("Saved."))


def _said(request: Request, pk: int, done: Any, words: str) -> HttpResponse:
    if isinstance(done, Refusal):
        messages.error(request, sentence(done))
        return redirect("organisation", pk)
    messages.success(request, words)
    return redirect("organisations")


def _found(request: Request, pk: int) -> Organisation:
    found = selectors.organisation(request.actor, pk)
    if found is None:
        raise Http404
    return found
