"""The page that asks whether supply on the Internet goes with seizures or another series."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from wildgate.apps.accounts.access import Action, can
from wildgate.apps.accounts.gate import Request, role
from wildgate.apps.campaigns import drawing, going_together, selectors, wording
from wildgate.apps.campaigns.forms import TogetherForm
from wildgate.apps.campaigns.going_together import Outcome, Question
from wildgate.apps.campaigns.views import REFUSED
from wildgate.apps.permits.templatetags.permits import said
from wildgate.convention.refusal import Refusal


@role(Action.VIEW_CAMPAIGNS)
def together(request: Request, number: str) -> HttpResponse:
    """Ask, and read the answer with its limits on the same page. Nothing is kept."""
    found = selectors.campaign(request.actor, number)
    if found is None:
        raise Http404(_("There is no such campaign."))
    form, outcome, faults = TogetherForm(request.POST or None), None, []
    if request.method == "POST" and form.is_valid():
        other = _series(request, form)
        if isinstance(other, list):
            faults = [(line, said(reason)) for line, reason in other]
        elif isinstance(other, Refusal):
            form.tell(other)
        else:
            outcome = _asked(found, form, other)
    return render(request, "campaigns/together.html", {
        "it": found, "form": form, "faults": faults, "outcome": outcome,
        "chart": drawing.lags(outcome.found) if outcome else None, "answer": wording.answer(outcome) if outcome else "",
        "limits": wording.limits(outcome) if outcome else []}, status=REFUSED if form.errors or faults else 200)


def _series(request: Request, form: TogetherForm) -> dict[int, float] | list[tuple[int, Refusal]] | Refusal:
    if form.cleaned_data["kind"] == "seizures":
        return going_together.seizures(request.actor) if can(request.actor, Action.VIEW_SEIZURES) else {}
    return going_together.series_of(form.cleaned_data["series"])


def _asked(found: object, form: TogetherForm, other: dict[int, float]) -> Outcome | None:
    given = form.cleaned_data
    outcome = going_together.ask(
        selectors.results(found), other,  # type: ignore[arg-type]
        Question(given["most_lag"], given["effort"], given["season"], given["steady"]))
    if isinstance(outcome, Refusal):
        form.tell(outcome)
        return None
    return outcome
