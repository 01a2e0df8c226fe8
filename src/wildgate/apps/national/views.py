"""Pages of the permits under national law: the list, asking for one, one of them, and its paper."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from wildgate.apps.accounts.access import Action, can
from wildgate.apps.accounts.gate import Request, role
from wildgate.apps.accounts.models import Organisation
from wildgate.apps.fees import selectors as fees
from wildgate.apps.houserules import selectors as house
from wildgate.apps.national import selectors, services
from wildgate.apps.national.forms import AskForm, DecideForm
from wildgate.apps.national.models import NationalPermit
from wildgate.convention.refusal import Refusal

REFUSED = 422
ROWS_ON_A_PAGE = 50
State = NationalPermit.State
TONES = {State.ASKED: "hold", State.ISSUED: "ok", State.REFUSED: "no", State.CANCELLED: "off"}


@role(Action.VIEW_PERMITS)
@require_safe
def listing(request: Request) -> HttpResponse:
    """Those that this person may see, the newest first."""
    page = Paginator(selectors.visible_to(request.actor), ROWS_ON_A_PAGE).get_page(request.GET.get("page"))
    given = house.national(request.actor.party, request.at.date()) is not None
    return render(request, "national/listing.html", {
        "page": page, "rows": [(each, TONES[State(each.state)]) for each in page.object_list], "given": given,
        "may_ask": given and can(request.actor, Action.APPLY).allowed})


@role(Action.APPLY)
def ask(request: Request) -> HttpResponse:
    """Ask for a permit for one of the firms that one acts for."""
    firms = Organisation.objects.filter(party=request.actor.party, pk__in=request.actor.organisations).order_by("name")
    form = AskForm(request.POST or None, organisations=firms.values_list("pk", "name"))
    if request.method == "POST" and form.is_valid():
        done: object = services.read_items(form.cleaned_data["lines"], request.actor.party)
        if isinstance(done, tuple):
            done = services.ask(actor=request.actor, organisation=int(form.cleaned_data["organisation"]),
                                purpose=form.cleaned_data["purpose"], items=done, at=request.at)
        if isinstance(done, NationalPermit):
            messages.success(request, _("The application is handed in."))
            return redirect("national-permit", done.number)
        if isinstance(done, Refusal):
            form.tell(done)
    held = house.national(request.actor.party, request.at.date())
    return render(request, "national/ask.html", {"form": form, "rule": held[1] if held else None},
                  status=REFUSED if form.errors else 200)


@role(Action.VIEW_PERMIT)
def permit(request: Request, number: str) -> HttpResponse:
    """One permit with its fee; officers decide it here."""
    found = _seen(request, number)
    deeds = _deeds(request, found)
    form = DecideForm(request.POST or None)
    if request.method == "POST" and request.POST.get("do") in deeds and form.is_valid():
        done = _do(request, found)
        if isinstance(done, NationalPermit):
            messages.success(request, _("The decision is kept."))
            return redirect("national-permit", number)
        form.tell(done)
    return render(request, "national/permit.html", {
        "permit": found, "tone": TONES[State(found.state)], "deeds": deeds, "form": form,
        "unknown": selectors.unknown_names(found) if "issue" in deeds else (),
        "charge": fees.charge_of(found.party, found.subject)}, status=REFUSED if form.errors else 200)


@role(Action.VIEW_PERMIT)
@require_safe
def paper(request: Request, number: str) -> HttpResponse:
    """The permit as it is printed: a form of its own, in nothing like the Convention's."""
    found = _seen(request, number)
    if found.state != State.ISSUED:
        raise Http404(_("There is no such permit, or you may not see it."))
    return render(request, "national/paper.html", {"permit": found})


def _seen(request: Request, number: str) -> NationalPermit:
    found = selectors.permit(request.actor, number)
    if found is None:
        raise Http404(_("There is no such permit, or you may not see it."))
    return found


def _deeds(request: Request, found: NationalPermit) -> tuple[str, ...]:
    """What this person may decide now."""
    if found.state == State.ASKED and can(request.actor, Action.ISSUE, found):
        return ("issue", "refuse")
    return ("cancel",) if found.state == State.ISSUED and can(request.actor, Action.CANCEL, found) else ()


def _do(request: Request, found: NationalPermit) -> NationalPermit | Refusal:
    words, do = request.POST.get("words", ""), request.POST.get("do")
    if do == "issue":
        return services.issue(actor=request.actor, number=found.number, conditions=words,
                              looked_up="looked_up" in request.POST, at=request.at)
    service = services.refuse_it if do == "refuse" else services.cancel
    return service(actor=request.actor, number=found.number, why=words, at=request.at)
