"""Training: one made-up permit a page, and the score by kind of fault at the end."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from wildgate.apps.accounts.access import Action
from wildgate.apps.accounts.gate import Request, role
from wildgate.apps.controls import selectors
from wildgate.apps.controls.models import Training
from wildgate.apps.controls.training import runs
from wildgate.apps.controls.training.exercises import COUNT, SOUND, Fault, exercises, score
from wildgate.apps.controls.training.sealing import scan
from wildgate.convention.refusal import Refusal

MOST_RUNS, REFUSED = 20, 422


@role(Action.TRAIN)
def home(request: Request) -> HttpResponse:
    """How training works, and the person's own runs."""
    return render(request, "controls/training.html", {"runs": selectors.runs(request.actor)[:MOST_RUNS],
                                                      "count": COUNT})


@role(Action.TRAIN)
@require_POST
def begin(request: Request) -> HttpResponse:
    """A new run."""
    made = runs.begin(actor=request.actor, at=request.at)
    if isinstance(made, Refusal):
        raise Http404(made.reason)
    return redirect("training-run", made.pk)


@role(Action.TRAIN)
def run(request: Request, key: int) -> HttpResponse:
    """The next permit of a run; when all are answered, the score."""
    fault = None
    if request.method == "POST":
        number = request.POST.get("number", "")
        outcome = runs.answer(actor=request.actor, run=key, said=request.POST.get("said", ""), at=request.at,
                              number=int(number) if number.isascii() and number.isdigit() and len(number) < 4 else 0)
        if not isinstance(outcome, Refusal) or outcome.code == "answered":
            return redirect("training-run", key)
        fault = outcome
    found = selectors.runs(request.actor).filter(pk=key).first()
    if found is None:
        raise Http404(_("There is no such training run of yours."))
    if found.finished_at is not None:
        return _scored(request, found)
    one = exercises(found.seed, found.begun_at.date())[len(found.answers)]
    return render(request, "controls/exercise.html", {
        "run": found, "one": one, "scan": scan(one, found.seed), "count": COUNT, "fault": fault,
        "answers": [(SOUND, _("In order: let it pass")), *Fault.choices]}, status=REFUSED if fault else 200)


def _scored(request: Request, found: Training) -> HttpResponse:
    names = {SOUND: _("In order: let it pass"), **dict(Fault.choices)}
    told = score(found.seed, found.begun_at.date(), found.answers)
    return render(request, "controls/score.html", {
        "run": found, "score": told, "count": COUNT, "faults": len(Fault), "sound": COUNT - len(Fault),
        "by_kind": [(kind, judged, names[judged.answer]) for kind, judged in told.by_kind],
        "stopped": [(judged, names[judged.answer]) for judged in told.judged
                    if judged.exercise.fault == SOUND and not judged.right]})
