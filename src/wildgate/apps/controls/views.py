"""Internal control for auditors: notes, limits. Control samples for second officers: lists, examinations, draws."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from wildgate.apps.accounts.access import Action, can
from wildgate.apps.accounts.gate import Request, role
from wildgate.apps.controls import samples as drawing
from wildgate.apps.controls import selectors, services
from wildgate.apps.controls.forms import LimitsForm
from wildgate.apps.controls.hours import limits_of
from wildgate.apps.controls.models import Note, Sample
from wildgate.convention.refusal import Refusal
from wildgate.kit import events
from wildgate.kit.charts import Bars, Series

ON_A_PAGE, REFUSED = 40, 422


@role(Action.VIEW_CONTROLS)
def notes(request: Request) -> HttpResponse:
    """The notes that nobody has cleared yet, or those that were."""
    cleared, kind = request.GET.get("tab") == "cleared", request.GET.get("kind", "")
    found = selectors.notes(request.actor, cleared=cleared, kind=kind)
    return render(request, "controls/notes.html", {
        "page": Paginator(found, ON_A_PAGE).get_page(request.GET.get("page")), "cleared": cleared, "kind": kind,
        "kinds": Note.Kind.choices, "limits": limits_of(request.actor.party, request.at)})


@role(Action.VIEW_CONTROLS)
def note(request: Request, key: int) -> HttpResponse:
    """One note with the people it concerns; a reason clears it."""
    fault = None
    if request.method == "POST":
        outcome = services.clear(actor=request.actor, note=key, reason=request.POST.get("reason", ""), at=request.at)
        if not isinstance(outcome, Refusal):
            messages.success(request, _("The note is cleared."))
            return redirect("controls")
        fault = outcome
    found = selectors.note(request.actor, key)
    if found is None:
        raise Http404(_("There is no such note, or you may not see it."))
    events.note_read(found.own_subject, party=found.party, actor=request.actor.label, at=request.at)
    return render(request, "controls/note.html", {
        "note": found, "people": selectors.people(found.concerned), "fault": fault,
        "typed": request.POST.get("reason", "")}, status=REFUSED if fault else 200)


@role(Action.SET_CONTROLS)
def limits(request: Request) -> HttpResponse:
    """What internal control looks for."""
    form = LimitsForm(request.POST or None, instance=limits_of(request.actor.party, request.at))
    if request.method == "POST" and form.is_valid():
        services.set_limits(actor=request.actor, values=form.cleaned_data, at=request.at)
        messages.success(request, _("The limits hold from now on."))
        return redirect("controls")
    return render(request, "controls/limits.html", {"form": form}, status=REFUSED if form.errors else 200)


@role(Action.VIEW_SAMPLES)
def samples(request: Request) -> HttpResponse:
    """Permits to examine again by their last day, and what the examinations showed."""
    party, today = request.actor.party, request.at.date()
    done = request.GET.get("tab") == "examined"
    page = Paginator(selectors.samples(request.actor, examined=done), ON_A_PAGE).get_page(request.GET.get("page"))
    outcomes = selectors.outcomes(party, today)
    return render(request, "controls/samples.html", {
        "page": page, "done": done, "today": today, "outcomes": outcomes, "chart": _results(outcomes),
        "own": {each.pk for each in page if request.actor.person_id in each.acted}})


@role(Action.VIEW_SAMPLES)
def sample(request: Request, number: str) -> HttpResponse:
    """One permit of the sample; a second officer writes down what the new examination found."""
    fault = None
    if request.method == "POST":
        outcome = drawing.examine(actor=request.actor, number=number, result=request.POST.get("result", ""),
                                  findings=request.POST.get("findings", ""), at=request.at)
        if not isinstance(outcome, Refusal):
            messages.success(request, _("The result is recorded."))
            return redirect("samples")
        fault = outcome
    found = selectors.sample(request.actor, number)
    if found is None:
        raise Http404(_("There is no permit %(number)s in the control sample.") % {"number": number[:30]})
    events.note_read(found.permit.subject, party=found.party, actor=request.actor.label, at=request.at)
    return render(request, "controls/sample.html", {
        "sample": found, "permit": found.permit, "lines": list(found.permit.lines.all()), "fault": fault,
        "may": can(request.actor, Action.EXAMINE_SAMPLE, found), "today": request.at.date(),
        "case_visible": can(request.actor, Action.VIEW_CASES), "typed": request.POST,
        "results": [choice for choice in Sample.Result.choices if choice[0]]}, status=REFUSED if fault else 200)


@role(Action.VIEW_SAMPLES)
def draws(request: Request) -> HttpResponse:
    """The days of the draw: commitments beforehand, seeds afterwards, and how to draw again."""
    page = Paginator(selectors.draws(request.actor.party), ON_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "controls/draws.html", {"page": page})


def _results(outcomes: list[selectors.Outcome]) -> Bars | None:
    """The results by year, the oldest first."""
    if not outcomes:
        return None
    years = outcomes[::-1]
    return Bars(
        key="results", title=_("Control samples by year"), heading=_("Year"), unit=_("permits"),
        labels=tuple(str(each.year) for each in years),
        series=(Series(_("Agreed"), tuple(each.agreed for each in years)),
                Series(_("Differs"), tuple(each.differs for each in years)),
                Series(_("To be examined"), tuple(each.drawn - each.examined for each in years))))
