"""Today's lanes by post, why a consignment has its lane, the random draw, the trusted lane, the house's values."""

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
from wildgate.apps.houserules.parts import said
from wildgate.apps.risk import seeds as drawing
from wildgate.apps.risk import selectors
from wildgate.apps.risk.forms import CapacityForm, LimitsForm, TrustForm
from wildgate.apps.risk.learning import speaker_of
from wildgate.apps.risk.limits import capacities, limits_of
from wildgate.apps.risk.models import DrawnBy, Lane, Score
from wildgate.apps.risk.services import house, trust
from wildgate.apps.risk.views.rooms import rooms
from wildgate.convention.refusal import Refusal
from wildgate.kit import events

ON_A_PAGE, REFUSED = 50, 422
TAGS = {Lane.GREEN: "ok", Lane.YELLOW: "hold", Lane.RED: "no"}


@role(Action.VIEW_LANES)
def today(request: Request) -> HttpResponse:
    """The lanes of a day by post, and the consignments in them."""
    asked, day = request.GET, _day(request)
    reference = asked.get("reference", "").strip()
    found = selectors.assessments(request.actor, day=day, post=asked.get("post", ""), lane=asked.get("lane", ""),
                                  reference=reference)
    page = Paginator(found, ON_A_PAGE).get_page(asked.get("page"))
    return render(request, "risk/today.html", {
        "day": day, "posts": selectors.posts(request.actor, day), "page": page, "lanes": Lane.choices, "tags": TAGS,
        "post": asked.get("post", ""), "lane": asked.get("lane", ""), "reference": reference,
        "may": can(request.actor, Action.KEEP_PROFILES), "tabs": rooms(request.actor, "risk"),
        "fault": speaker_of(request.actor.party).fault})


@role(Action.VIEW_LANES)
def lane(request: Request, reference: str) -> HttpResponse:
    """Why a consignment has its lane."""
    version = request.GET.get("version", "")
    found = selectors.assessment(request.actor, reference, int(version)
                                                           if version.isdecimal() and len(version) < 19 else None)
    if found is None:
        raise Http404(_("%(reference)s was not assessed.") % {"reference": reference[:70]})
    events.note_read(found.subject, party=found.party, actor=request.actor.label, at=request.at)
    return render(request, "risk/lane.html", {
        "row": found, "hits": selectors.hits_of(found), "items": list(found.items.order_by("number")),
        "results": list(found.results.order_by("-at")[:50]), "tags": TAGS, "drawn": DrawnBy(found.drawn_by).label,
        "may_score": can(request.actor, Action.VIEW_SCORES), "lanes": Lane.choices,
        "may_note": can(request.actor, Action.WRITE_OFF), "stricter": _stricter(found.lane, found.customs_lane)})


def _stricter(ours: str, customs: str) -> Lane:
    order = (Lane.GREEN, Lane.YELLOW, Lane.RED)
    return max(Lane(ours), Lane(customs or Lane.GREEN), key=order.index)


@role(Action.VIEW_SCORES)
@require_POST
def score(request: Request, reference: str) -> HttpResponse:
    """The model's score and what adds up to it; the look is kept in the chain."""
    found = selectors.score(actor=request.actor, reference=reference, at=request.at)
    if isinstance(found, Refusal):
        messages.error(request, said(found))
        return redirect("risk-lane", reference)
    return render(request, "risk/score.html", {"score": found, "reference": reference,
                                               "parts": found.parts if isinstance(found, Score) else []})


@role(Action.WRITE_OFF)
@require_POST
def customs_lane(request: Request, reference: str) -> HttpResponse:
    """Keep the lane of customs' own control beside ours."""
    done = house.note_customs_lane(actor=request.actor, reference=reference, lane=request.POST.get("lane", ""),
                                   at=request.at)
    if isinstance(done, Refusal):
        messages.error(request, said(done))
    return redirect("risk-lane", reference)


@role(Action.VIEW_LANES)
def seeds(request: Request) -> HttpResponse:
    """The days of the random draw, and a draw done again for whoever asks."""
    found = selectors.seeds(request.actor)
    again, day = None, request.GET.get("again", "")
    if (asked := _read_day(day)) and (seed := found.filter(day=asked).exclude(told_at=None).first()):
        again = drawing.redraw(seed)
    return render(request, "risk/seeds.html", {
        "page": Paginator(found, ON_A_PAGE).get_page(request.GET.get("page")), "again": again,
        "tabs": rooms(request.actor, "risk-seeds")})


@role(Action.VIEW_PROFILES)
def trusted(request: Request) -> HttpResponse:
    """The trusted-trader lane: who earned it, its monthly report, and letting another firm in."""
    may = can(request.actor, Action.KEEP_PROFILES)
    form = TrustForm(request.POST if may and request.method == "POST" else None)
    if request.method == "POST" and may and form.is_valid():
        done = trust.grant(actor=request.actor, at=request.at, **form.cleaned_data)
        if not isinstance(done, Refusal):
            messages.success(request, _("The firm is in the trusted lane. Its random share stays."))
            return redirect("risk-trusted")
        form.tell(done)
    return render(request, "risk/trusted.html", {
        "form": form, "may": may, "limits": limits_of(request.actor.party),
        "tabs": rooms(request.actor, "risk-trusted"),
        "page": Paginator(selectors.trusted(request.actor), ON_A_PAGE).get_page(request.GET.get("page")),
        "months": selectors.trust_by_month(request.actor)}, status=REFUSED if form.errors else 200)


@role(Action.KEEP_PROFILES)
@require_POST
def untrust(request: Request, key: int) -> HttpResponse:
    """Take a firm out of the trusted lane."""
    done = trust.withdraw(actor=request.actor, trusted=key, at=request.at)
    if isinstance(done, Refusal):
        messages.error(request, said(done))
    return redirect("risk-trusted")


@role(Action.KEEP_PROFILES)
def values(request: Request) -> HttpResponse:
    """The house's values and the boxes of the posts."""
    party, which = request.actor.party, request.POST.get("which", "") if request.method == "POST" else ""
    limits = LimitsForm(request.POST if which == "limits" else None, instance=limits_of(party))
    capacity = CapacityForm(request.POST if which == "capacity" else None)
    if which == "limits" and limits.is_valid():
        house.set_limits(actor=request.actor, values=limits.cleaned_data, at=request.at)
        messages.success(request, _("The values hold from now on."))
        return redirect("risk-values")
    if which == "capacity" and capacity.is_valid():
        house.set_capacity(actor=request.actor, values=capacity.cleaned_data, at=request.at)
        messages.success(request, _("The capacity holds from the next shift on."))
        return redirect("risk-values")
    return render(request, "risk/values.html", {
        "limits": limits, "capacity": capacity, "posts": sorted(capacities(party).items()),
        "wrong": limits if limits.errors else capacity if capacity.errors else None,
    }, status=REFUSED if limits.errors or capacity.errors else 200)


def _day(request: Request) -> date:
    return _read_day(request.GET.get("day", "")) or request.at.date()


def _read_day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None

