"""The standing findings of both authorities: the list with what is used, one with all its versions, give and change.

Before a word is given or changed its author can see who is hit; that page reads and writes nothing.
"""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from wildgate.apps.accounts.access import Action, Actor, can
from wildgate.apps.accounts.gate import Request, role
from wildgate.apps.findings import selectors, services
from wildgate.apps.findings.models import StandingVersion
from wildgate.apps.findings.selectors import Figures
from wildgate.apps.permits import standing
from wildgate.apps.permits.standing_forms import FACTOR_WORDS, StandingForm
from wildgate.apps.species.registry import law_of
from wildgate.convention.refusal import Refusal
from wildgate.convention.vocabulary import By
from wildgate.kit import events

REFUSED = 422


@role(Action.VIEW_STANDING)
def listing(request: Request) -> HttpResponse:
    """Every standing finding with its use this year, and those whose review is due."""
    on = request.at.date()
    found = selectors.figures(request.actor.party, on)
    return render(request, "permits/standing_list.html", {
        "holding": [each for each in found if each.holds], "others": [each for each in found if not each.holds],
        "due": selectors.for_review(found, on), "today": on, "may_give": may_give(request.actor)})


@role(Action.VIEW_STANDING)
def detail(request: Request, number: str) -> HttpResponse:
    """One standing finding: what it says now, its use, and every version that a permit may rest on."""
    figures = _figures(request, number)
    events.note_read(figures.version.standing.subject, party=request.actor.party, actor=request.actor.label,
                     at=request.at)
    return render(request, "permits/standing_page.html", {
        "each": figures, "versions": selectors.versions(request.actor.party, number),
        "factor_words": {factor.value: label for factor, label in FACTOR_WORDS.items()},
        "may_change": may_change(request.actor, figures) and not figures.version.withdrawn})


@role(Action.VIEW_STANDING)
def give(request: Request) -> HttpResponse:
    """Let a finding stand; or first see who is hit."""
    if not may_give(request.actor):
        raise PermissionDenied(_("Only an authority lets its findings stand."))
    if request.method != "POST":
        return _form(request, StandingForm(actor=request.actor, initial={"start": request.at.date()}))
    form = StandingForm(request.POST, actor=request.actor)
    if not form.is_valid():
        return _form(request, form)
    if request.POST.get("do") != "give":
        return _preview(request, form, "")
    outcome = services.give(actor=request.actor, new=form.new(), law=law_of(request.actor.party), at=request.at)
    return _done(request, form, outcome, _("%(number)s stands."))


@role(Action.VIEW_STANDING)
def change(request: Request, number: str) -> HttpResponse:
    """Another word in the place of the one before; or first see who is hit."""
    figures = _own(request, number)
    now = figures.coming or figures.version
    if request.method != "POST":
        return _form(request, StandingForm(actor=request.actor, now=now), now)
    form = StandingForm(request.POST, actor=request.actor, now=now)
    if not form.is_valid():
        return _form(request, form, now)
    if request.POST.get("do") != "give":
        return _preview(request, form, number, now)
    outcome = services.change(actor=request.actor, number=number, new=form.new(), why=form.cleaned_data["why"],
                              law=law_of(request.actor.party), at=request.at)
    return _done(request, form, outcome, _("%(number)s is changed. Permits granted before keep what they rest on."),
                 now)


@role(Action.VIEW_STANDING)
def withdraw(request: Request, number: str) -> HttpResponse:
    """Who is hit if the finding ends now, and the button that ends it."""
    figures = _own(request, number)
    fault: Refusal | None = None
    if request.method == "POST":
        outcome = services.withdraw(actor=request.actor, number=number, why=request.POST.get("why", ""), at=request.at)
        if isinstance(outcome, StandingVersion):
            messages.success(request, _("%(number)s is withdrawn.") % {"number": number})
            return redirect("standing", number)
        fault = outcome[0]
    hit = standing.preview(actor=request.actor, new=None, number=number, law=law_of(request.actor.party),
                           at=request.at)
    return render(request, "permits/standing_withdraw.html", {
        "each": figures, "preview": None if isinstance(hit, tuple) else hit, "fault": fault, "typed": request.POST,
        "can_cases": bool(can(request.actor, Action.VIEW_CASES))}, status=REFUSED if fault else 200)


def may_give(actor: Actor) -> bool:
    """Officials of either authority; which kinds, the form asks."""
    return any(can(actor, action) for action in services.GIVE.values())


def may_change(actor: Actor, figures: Figures) -> bool:
    """Only the authority whose word it is."""
    finding = figures.version.standing
    return can(actor, services.GIVE[By(finding.by)], finding).allowed


def _figures(request: Request, number: str) -> Figures:
    found = selectors.figures_of(request.actor.party, number, request.at.date())
    if found is None:
        raise Http404(_("There is no such standing finding."))
    return found


def _own(request: Request, number: str) -> Figures:
    """The finding for its own authority only."""
    found = _figures(request, number)
    if not may_change(request.actor, found):
        raise PermissionDenied(_("Only the authority that gave this finding can change it."))
    return found


def _form(request: Request, form: StandingForm, now: StandingVersion | None = None) -> HttpResponse:
    return render(request, "permits/standing_form.html", {"form": form, "now": now},
                  status=REFUSED if form.errors else 200)


def _preview(request: Request, form: StandingForm, number: str, now: StandingVersion | None = None) -> HttpResponse:
    if request.POST.get("do") == "edit":
        return _form(request, form, now)
    hit = standing.preview(actor=request.actor, new=form.new(), number=number, law=law_of(request.actor.party),
                           at=request.at)
    if isinstance(hit, tuple):
        form.blame(hit)
        return _form(request, form, now)
    kept = [(name, value) for name, values in request.POST.lists() for value in values
            if name not in ("do", "csrfmiddlewaretoken")]
    return render(request, "permits/standing_preview.html", {
        "preview": hit, "kept": kept, "now": now, "can_cases": bool(can(request.actor, Action.VIEW_CASES))})


def _done(request: Request, form: StandingForm, outcome: StandingVersion | tuple[Refusal, ...], sentence: str,
          now: StandingVersion | None = None) -> HttpResponse:
    if isinstance(outcome, tuple):
        form.blame(outcome)
        return _form(request, form, now)
    messages.success(request, sentence % {"number": outcome.standing.number})
    return redirect("standing", outcome.standing.number)
