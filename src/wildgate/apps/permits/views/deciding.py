"""The decision on a case: approve, refuse with a letter, countersign, send back; the answer to an appeal; hindsight."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from wildgate.apps.accounts.access import Action
from wildgate.apps.accounts.gate import Request, role
from wildgate.apps.permits import casefile, legal_form, services
from wildgate.apps.permits.letter import language_of
from wildgate.apps.permits.models import Application
from wildgate.apps.permits.outlook import outlook as outlook_of
from wildgate.apps.permits.overtaken import OVERTAKEN, in_officers_words
from wildgate.apps.permits.services.deciding import preview_of
from wildgate.apps.permits.views.officer import REFUSED, deeds, done, found_case, show
from wildgate.convention import lifecycle
from wildgate.convention.lifecycle import Step
from wildgate.convention.refusal import Refusal
from wildgate.convention.refusal import refuse as refusal
from wildgate.convention.retrospective import NO_DAY, Retrospection


@role(Action.WORK_CASE)
@require_POST
def approve(request: Request, number: str) -> HttpResponse:
    outcome = services.approve(actor=request.actor, case=number, conditions=request.POST.get("conditions", ""),
                               picked=request.POST.getlist("picked")[:50], at=request.at)
    return done(request, number, outcome, _("Approved. A second officer must countersign."))


@role(Action.WORK_CASE)
@require_POST
def refuse(request: Request, number: str) -> HttpResponse:
    """Show the letter first, in the applicant's language; on its button it goes."""
    said = {name: request.POST.get(name, "") for name in ("reason", "basis", "ground")}
    if request.POST.get("sure") == "yes":
        outcome = services.refuse_case(actor=request.actor, case=number, at=request.at, **said)
        return done(request, number, outcome, _("The application is refused; the applicant has the letter."))
    case = found_case(request.actor, number)
    possible = lifecycle.step(case.case_state, Step.REFUSE)
    if isinstance(possible, Refusal):
        return show(request, case, possible)
    letter = preview_of(case, actor=request.actor, at=request.at, **said)
    if isinstance(letter, Refusal):
        return show(request, case, letter)
    return render(request, "permits/case_refuse.html", {
        "case": case, "said": said, "refusal": {"letter": letter, "language": language_of(case)}})


@role(Action.COUNTERSIGN)
@require_POST
def countersign(request: Request, number: str) -> HttpResponse:
    outcome = services.countersign(actor=request.actor, case=number, at=request.at)
    return done(request, number, outcome, _("Countersigned. The permit can be issued."))


@role(Action.SEND_BACK)
@require_POST
def send_back(request: Request, number: str) -> HttpResponse:
    outcome = services.send_back(actor=request.actor, case=number, text=request.POST.get("text", ""), at=request.at)
    return done(request, number, outcome, _("The case went back to review."))


@role(Action.WORK_CASE)
@require_POST
def appeal(request: Request, number: str) -> HttpResponse:
    """The refusal stands, or the case is opened again."""
    answer = request.POST.get("granted", "")
    outcome: Application | Refusal = refusal("missing", "Choose whether the appeal is granted.", field="granted")
    if answer in ("yes", "no"):
        outcome = services.decide_appeal(actor=request.actor, case=number, granted=answer == "yes", at=request.at,
                                         grounds=request.POST.get("grounds", ""))
    return done(request, number, outcome, _("The case is open again.") if answer == "yes" else
                _("The refusal stands; the applicant sees the grounds."))


@role(Action.WORK_CASE)
@require_POST
def retrospective(request: Request, number: str) -> HttpResponse:
    """Record, or put right, what issuing after the goods have left needs; or take it back."""
    if request.POST.get("undo") == "yes":
        undone = services.nothing_left(actor=request.actor, case=number, at=request.at)
        return done(request, number, undone, _("Taken back: the permit will be an ordinary one."))
    left_on, other_on = (_day(request.POST.get(name, "")) for name in ("left_on", "other_on"))
    outcome: Application | Refusal = NO_DAY[left_on is not None]
    if left_on is not None and other_on is not None:
        asked = Retrospection(request.POST.get("excuse", ""), request.POST.get("happened", ""), left_on,
                              request.POST.get("other", ""), other_on)
        outcome = services.retrospective(actor=request.actor, case=number, asked=asked, at=request.at,
                                         agreed=request.POST.get("agreed") == "yes")
    return done(request, number, outcome, _("The permit will say that it is issued retrospectively, and why."))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


@role(Action.ISSUE)
def issue(request: Request, number: str) -> HttpResponse:
    """Say what issuing will do; on the button, do it."""
    case = found_case(request.actor, number)
    if request.method != "POST":
        return _confirm(request, case, None)
    outcome = services.issue(actor=request.actor, case=number, form=request.POST.get("form", ""),
                             explained=request.POST.get("explained", ""), at=request.at)
    if isinstance(outcome, Refusal):
        return _not_issued(request, found_case(request.actor, number), outcome)
    messages.success(request, _("Permit %(number)s is issued.") % {"number": outcome.number})
    return redirect("case", number)


def _not_issued(request: Request, case: Application, fault: Refusal) -> HttpResponse:
    """Pressed twice, or by two officers: the permit is there already. Elsewise the page with the refusal."""
    permit = getattr(case, "permit", None)
    if fault.code == OVERTAKEN and permit is not None:
        messages.info(request, _("Permit %(number)s is issued.") % {"number": permit.number})
        return redirect("case", case.number)
    return _confirm(request, case, in_officers_words(fault, case, ()))


def _confirm(request: Request, case: Application, fault: Refusal | None) -> HttpResponse:
    outlook = outlook_of(case, request.at.date())
    if fault is None and isinstance(outlook, Refusal):
        fault = outlook
    step = deeds(case, request.actor).get("issue")
    return render(request, "permits/case_issue.html", {
        "case": case, "fault": fault, "step": step, "outlook": None if isinstance(outlook, Refusal) else outlook,
        "specimens": casefile.specimens(case), "may_issue": fault is None and step is not None and step.allowed,
        "taken": (taken := legal_form.taken_by(case, request.at.date())),
        "form": request.POST.get("form") or taken.usual, "explained": request.POST.get("explained", ""),
    }, status=REFUSED if fault and request.method == "POST" else 200)
