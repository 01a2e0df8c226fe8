"""Interests on record and emergency rights: an official's own pages, and those of whoever looks after them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from wildgate.apps.accounts import flags, services
from wildgate.apps.accounts.access import Action, Somebody, can
from wildgate.apps.accounts.forms_guarding import EmergencyForm, InterestForm, RecordForm, ReviewForm
from wildgate.apps.accounts.gate import Request, role
from wildgate.apps.accounts.models import Emergency, Interest
from wildgate.apps.accounts.selectors import acts_under, emergencies_of, interests_of, officials
from wildgate.apps.accounts.telling import sentence
from wildgate.convention.refusal import Refusal

REFUSED = 422
MOST = 50


@role(Action.DECLARE_INTEREST)
def interests(request: Request) -> HttpResponse:
    """The person's own interests, and a form to declare one."""
    form = InterestForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        done = services.declare_interest(actor=request.actor, at=request.at, **form.cleaned_data)
        if not isinstance(done, Refusal):
            messages.success(request, _("It is on record. Others decide on what this organisation asks for."))
            return redirect("interests")
        form.tell([done])
    mine = Interest.objects.filter(party=request.actor.party, person=request.actor.own_id)
    return render(request, "accounts/interests.html", {
        "form": form, "rows": mine.select_related("organisation", "declared_by", "ended_by").order_by("-pk")},
        status=REFUSED if form.errors else 200)


@role(Action.VIEW_INTERESTS)
def interests_all(request: Request) -> HttpResponse:
    """Everybody's interests, and what the program found itself."""
    may_keep = bool(can(request.actor, Action.KEEP_INTEREST))
    choices = [(each.pk, each.name) for each in officials(request.actor.party, request.at.date())
               if each.pk != request.actor.person_id] if may_keep else []
    form = RecordForm(request.POST or None, officials=choices)
    if request.method == "POST" and form.is_valid():
        done = services.record_interest(actor=request.actor, at=request.at, **form.cleaned_data)
        if not isinstance(done, Refusal):
            messages.success(request, _("It is on record."))
            return redirect("interests-all")
        form.tell([done])
    rows = [{"interest": each, "may_end": each.ended_at is None and bool(can(
        request.actor, Action.KEEP_INTEREST, Somebody(each.party, each.person_id)))}
        for each in interests_of(request.actor)]
    return render(request, "accounts/interests_all.html", {
        "form": form, "rows": rows, "flags": flags.of_everybody(request.actor.party), "may_keep": may_keep},
        status=REFUSED if form.errors else 200)


@role(Action.KEEP_INTEREST)
@require_POST
def interest_end(request: Request, pk: int) -> HttpResponse:
    """An interest of somebody else holds no more."""
    done = services.end_interest(actor=request.actor, interest=pk, at=request.at)
    _say(request, done, _("It holds no more."))
    return redirect("interests-all")


@role(Action.OPEN_EMERGENCY)
def emergency(request: Request) -> HttpResponse:
    """Open an emergency right for oneself, or end it; what it is for and what follows."""
    form = EmergencyForm(request.POST or None)
    if request.method == "POST" and request.POST.get("do") == "end":
        _say(request, services.end_emergency(actor=request.actor, at=request.at), _("Your emergency right has ended."))
        return redirect("emergency")
    if request.method == "POST" and form.is_valid():
        done = services.open_emergency(actor=request.actor, at=request.at, **form.cleaned_data)
        if not isinstance(done, Refusal):
            messages.warning(request, _("Your emergency right runs. The alarm has been given."))
            return redirect("emergency")
        form.tell([done])
    mine = list(Emergency.objects.filter(party=request.actor.party, person=request.actor.own_id).order_by("-pk")[:20])
    return render(request, "accounts/emergency.html", {
        "form": form, "rows": mine, "running": next((each for each in mine if each.runs(request.at)), None)},
        status=REFUSED if form.errors else 200)


@role(Action.VIEW_EMERGENCIES)
def emergencies(request: Request) -> HttpResponse:
    """All emergency rights, those that wait for a review first."""
    return _emergencies(request, None, None)


@role(Action.REVIEW_EMERGENCY)
@require_POST
def emergency_review(request: Request, pk: int) -> HttpResponse:
    """What somebody else found about one that is over."""
    found = emergencies_of(request.actor).filter(pk=pk).first()
    if found is None:
        raise Http404
    form = ReviewForm(request.POST, prefix=f"e{pk}")
    if form.is_valid():
        done = services.review_emergency(actor=request.actor, emergency=pk, at=request.at,
                                         justified=form.cleaned_data["verdict"] == "yes",
                                         findings=form.cleaned_data["findings"])
        if not isinstance(done, Refusal):
            messages.success(request, _("The review is kept."))
            return redirect("emergencies")
        form.tell([done])
    return _emergencies(request, pk, form)


def _emergencies(request: Request, pk: int | None, form: ReviewForm | None) -> HttpResponse:
    rows = [{"emergency": each, "runs": each.runs(request.at), "acts": acts_under(each),
             "late": each.reviewed_at is None and request.at > each.due,
             "form": form if each.pk == pk else ReviewForm(prefix=f"e{each.pk}"),
             "may_review": each.reviewed_at is None and not each.runs(request.at)
             and bool(can(request.actor, Action.REVIEW_EMERGENCY, each))}
            for each in emergencies_of(request.actor)[:MOST]]
    return render(request, "accounts/emergencies.html", {"rows": rows, "form": form},
                  status=REFUSED if form and form.errors else 200)


def _say(request: Request, done: Any, words: str) -> None:
    if isinstance(done, Refusal):
        messages.error(request, sentence(done))
    else:
        messages.success(request, words)
