"""Teams and absence on screen."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from wildgate.apps.accounts.access import OFFICERS, Action, can
from wildgate.apps.accounts.gate import Request, role
from wildgate.apps.accounts.models import Role
from wildgate.apps.houserules import cover, people, selectors
from wildgate.apps.houserules.forms import AwayForm, TeamForm
from wildgate.apps.houserules.models import Absence, Team
from wildgate.apps.houserules.parts import DIRECTIONS, said
from wildgate.convention.refusal import Refusal

REFUSED = 422


@role(Action.KEEP_TEAMS)
def teams(request: Request) -> HttpResponse:
    """The teams, who is in them, and making another."""
    party, today = request.actor.party, request.at.date()
    form = TeamForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        done = people.make_team(actor=request.actor, given=form.given(), at=request.at)
        if isinstance(done, Team):
            messages.success(request, _("The team is made."))
            return redirect("house-teams")
        form.tell(done)
    officers = selectors.serving(party, today, OFFICERS)
    return render(request, "houserules/teams.html", {
        "form": form, "teams": [
            (team, [str(DIRECTIONS[each]) for each in team.directions], _others(team, officers))
            for team in selectors.teams(party, today)],
    }, status=REFUSED if form.errors else 200)


def _others(team: Team, officers: list[tuple[int, str]]) -> list[tuple[int, str]]:
    """The officers who are not in the team."""
    members = {member.person_id for member in team.members.all()}
    return [(key, name) for key, name in officers if key not in members]


@role(Action.KEEP_TEAMS)
@require_POST
def team(request: Request, key: int) -> HttpResponse:
    """Add somebody to a team, take somebody out, or close it."""
    do, person = request.POST.get("do", ""), request.POST.get("person", "")
    who = int(person) if person.isdecimal() and len(person) < 19 else 0
    if do == "close":
        done, words = people.close_team(actor=request.actor, team=key, at=request.at), _("The team is closed.")
    elif do == "remove":
        done = people.remove_member(actor=request.actor, team=key, person=who, at=request.at)
        words = _("Taken out of the team.")
    else:
        done = people.add_member(actor=request.actor, team=key, person=who, at=request.at)
        words = _("Added to the team.")
    if isinstance(done, Refusal):
        messages.error(request, said(done))
    else:
        messages.success(request, words)
    return redirect("house-teams")


@role(Action.KEEP_ABSENCE)
def away(request: Request) -> HttpResponse:
    """Who is away now and later, and saying so."""
    party, today = request.actor.party, request.at.date()
    serving = [(str(key), name) for key, name in selectors.serving(party, today, (*OFFICERS, Role.SCIENTIST))]
    own = str(request.actor.own_id)
    away = [(key, name) for key, name in serving
            if can(request.actor, Action.KEEP_ABSENCE, Absence(party=party, person_id=int(key)))]
    form = AwayForm(request.POST or None, away=away, people=serving, own=own)
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        done = people.be_away(actor=request.actor, person=int(typed["person"]), stand_in=int(typed["stand_in"]),
                              since=typed["since"], until=typed["until"], at=request.at)
        if isinstance(done, Absence):
            messages.success(request, _("The absence is entered."))
            return redirect("house-away")
        form.tell([done])
    found = selectors.absences(party, today)
    gaps = cover.gaps(found, party, today)
    return render(request, "houserules/away.html", {
        "form": form,
        "rows": [(each, can(request.actor, Action.KEEP_ABSENCE, each), gaps[each.pk]) for each in found],
    }, status=REFUSED if form.errors else 200)


@role(Action.KEEP_ABSENCE)
@require_POST
def back(request: Request, key: int) -> HttpResponse:
    """Somebody is back."""
    done = people.end_absence(actor=request.actor, absence=key, at=request.at)
    if isinstance(done, Refusal):
        messages.error(request, said(done))
    else:
        messages.success(request, _("The absence is ended."))
    return redirect("house-away")
