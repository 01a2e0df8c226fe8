"""The watch list and intelligence on screen."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from wildgate.apps.accounts.access import Action
from wildgate.apps.accounts.gate import Request, role
from wildgate.apps.houserules.parts import said
from wildgate.apps.risk import selectors
from wildgate.apps.risk.facts.lists import CONTENT_WEIGHT, SOURCE_WEIGHT, graded
from wildgate.apps.risk.forms import HeardForm, WatchForm
from wildgate.apps.risk.limits import limits_of
from wildgate.apps.risk.models import Lane, WatchEntry
from wildgate.apps.risk.parties import likeness, plain_name
from wildgate.apps.risk.services import lists as services
from wildgate.apps.risk.views.rooms import rooms
from wildgate.convention.refusal import Refusal

ON_A_PAGE, REFUSED = 50, 422


@role(Action.KEEP_WATCH_LISTS)
def index(request: Request) -> HttpResponse:
    """The names to look out for; a name can be tried against them."""
    form = WatchForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        done = services.watch(actor=request.actor, given=form.cleaned_data, at=request.at)
        if isinstance(done, WatchEntry):
            messages.success(request, _("Entered. It counts when a second person has confirmed it."))
            return redirect("risk-lists")
        form.tell(done)
    ended = request.GET.get("tab") == "ended"
    found = selectors.watch_entries(request.actor, request.at.date(), ended=ended)
    tried = request.GET.get("name", "").strip()[:160]
    plain = plain_name(tried) if tried else ""
    return render(request, "risk/lists.html", {
        "form": form, "page": Paginator(found, ON_A_PAGE).get_page(request.GET.get("page")), "ended": ended,
        "tried": tried, "plain": plain, "limit": limits_of(request.actor.party).name_points,
        "alike": sorted(((likeness(plain, each.plain), each) for each in found[:5000]),
                        key=lambda pair: -pair[0])[:5] if plain else [],
        "me": request.actor.person_id, "tabs": rooms(request.actor, "risk-lists")},
        status=REFUSED if form.errors else 200)


@role(Action.KEEP_WATCH_LISTS)
@require_POST
def act(request: Request, key: int, do: str) -> HttpResponse:
    """Confirm an entry of somebody else, or take it off the list."""
    done = (services.confirm_watch(actor=request.actor, entry=key, at=request.at) if do == "confirm" else
            services.end_watch(actor=request.actor, entry=key, why=request.POST.get("why", ""), at=request.at))
    if isinstance(done, Refusal):
        messages.error(request, said(done))
    else:
        messages.success(request, _("Done."))
    return redirect("risk-lists")


@role(Action.KEEP_INTELLIGENCE)
def intelligence(request: Request) -> HttpResponse:
    """What was heard, graded, with its scope and end."""
    form = HeardForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        done = services.hear(actor=request.actor, given=form.cleaned_data, at=request.at)
        if not isinstance(done, Refusal):
            messages.success(request, _("Entered. It raises or lowers points until its last day."))
            return redirect("risk-intelligence")
        form.tell(done)
    ended = request.GET.get("tab") == "ended"
    page = Paginator(selectors.heard(request.actor, request.at.date(), ended=ended), ON_A_PAGE).get_page(
        request.GET.get("page"))
    return render(request, "risk/intelligence.html", {
        "form": form, "page": page, "ended": ended, "rows": [(each, round(graded(each), 1)) for each in page],
        "sources": [(name, round(100 * part)) for name, part in SOURCE_WEIGHT.items()],
        "contents": [(name, round(100 * part)) for name, part in CONTENT_WEIGHT.items()], "red": Lane.RED.label,
        "tabs": rooms(request.actor, "risk-intelligence")}, status=REFUSED if form.errors else 200)


@role(Action.KEEP_INTELLIGENCE)
@require_POST
def drop(request: Request, key: int) -> HttpResponse:
    """End an item before its time."""
    done = services.drop(actor=request.actor, item=key, at=request.at)
    if isinstance(done, Refusal):
        messages.error(request, said(done))
    return redirect("risk-intelligence")
