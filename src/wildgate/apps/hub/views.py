"""The hub's pages: the map of Parties, who may reach whom, what passed; the look-up for Parties without a system."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from wildgate.apps.accounts.access import Action, can
from wildgate.apps.accounts.gate import Request, role
from wildgate.apps.exchange import comparing
from wildgate.apps.exchange.answering import GET
from wildgate.apps.hub import asking, selectors, services
from wildgate.apps.hub.forms import AccessForm, LookupForm
from wildgate.apps.hub.models import Access, Passage
from wildgate.apps.partners.models import Partner
from wildgate.apps.partners.selectors import one, partner_of
from wildgate.convention.refusal import Refusal
from wildgate.kit.sentences import in_words
from wildgate.message.soap import Answer, Call
from wildgate.message.xml import read_message

ON_A_PAGE, REFUSED = 50, 422


def here() -> None:
    """Only a hub has these pages."""
    if not settings.HUB:
        raise Http404(_("This installation is no hub."))


def said(refusal: Refusal) -> str:
    return in_words(refusal)


@role(Action.VIEW_EXCHANGE)
def hub(request: Request) -> HttpResponse:
    """The map, and the same as a table."""
    here()
    return render(request, "hub/hub.html", {
        "nodes": selectors.nodes(request.actor, request.at), "width": selectors.WIDTH, "height": selectors.HEIGHT,
        "keep_hours": settings.HUB_KEEP_HOURS})


@role(Action.VIEW_EXCHANGE)
def passed(request: Request) -> HttpResponse:
    """The log: hashes and times, no permits."""
    here()
    state = request.GET.get("state", "")
    page = Paginator(selectors.passages(request.actor, state), ON_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "hub/messages.html", {"page": page, "state": state, "states": Passage.State.choices})


@role(Action.VIEW_EXCHANGE)
def party(request: Request, code: str) -> HttpResponse:
    """Who may reach one Party; an administrator adds another."""
    here()
    found = one(request.actor, code)
    if found is None or found.is_hub:
        raise Http404(_("Nothing is kept of this Party here."))
    others = [each.partner for each in selectors.nodes(request.actor, request.at) if each.partner.pk != found.pk]
    form = AccessForm(request.POST or None, others)
    may_keep = can(request.actor, Action.KEEP_PARTNERS)
    if request.method == "POST" and form.is_valid():
        made = services.propose(actor=request.actor, callee=found.code, at=request.at, **form.cleaned_data)
        if isinstance(made, Access):
            messages.success(request, _("Proposed. It counts when a second person has confirmed it."))
            return redirect("hub-party", found.code)
        form.add_error(made.field if made.field in form.fields else None, said(made))
    return render(request, "hub/party.html", {
        "partner": found, "rows": selectors.accesses(request.actor, found.code), "form": form,
        "may_keep": bool(may_keep), "may_confirm": bool(can(request.actor, Action.CONFIRM_RIGHT)),
        "me": request.actor.own_id,
    }, status=REFUSED if form.errors else 200)


@role(Action.CONFIRM_RIGHT)
@require_POST
def confirm(request: Request, key: int) -> HttpResponse:
    """The second person."""
    here()
    made = services.confirm(actor=request.actor, access=key, at=request.at)
    if isinstance(made, Refusal):
        messages.error(request, said(made))
        return redirect("hub")
    messages.success(request, _("It counts from now on."))
    return redirect("hub-party", made.callee)


@role(Action.KEEP_PARTNERS)
@require_POST
def end(request: Request, key: int) -> HttpResponse:
    """One Party fewer."""
    here()
    ended = services.end(actor=request.actor, access=key, at=request.at)
    if isinstance(ended, Refusal):
        raise Http404(said(ended))
    messages.success(request, _("It ends now."))
    return redirect("hub-party", ended.callee)


@role(Action.QUERY_AS_PARTNER)
def look_up(request: Request) -> HttpResponse:
    """A permit of another Party, for an officer whose own authority has no system. Nothing of it stays here."""
    here()
    caller = partner_of(request.actor)
    if isinstance(caller, Refusal):
        return render(request, "hub/look_up.html", {"refused": said(caller)}, status=403)
    form = LookupForm(request.POST or None, selectors.reachable(request.actor, caller))
    shown: dict[str, Any] = {"form": form, "caller": caller}
    if request.method == "POST" and form.is_valid():
        shown |= _found(request, caller, form)
    return render(request, "hub/look_up.html", shown, status=REFUSED if form.errors else 200)


def _found(request: Request, caller: Partner, form: LookupForm) -> dict[str, Any]:
    call = Call("v2", GET, form.cleaned_data["number"].strip(), country=form.cleaned_data["country"])
    answer = asking.ask(caller, call, request.at, who=request.actor.label)
    read = read_message(answer.payload) if isinstance(answer, Answer) else answer
    if isinstance(read, Refusal):
        form.add_error("number", said(read))
        return {}
    return {"head": comparing.head_of(read.facts), "lines": read.facts.get("lines", []), "number": call.number,
            "state": answer.state if isinstance(answer, Answer) else ""}
