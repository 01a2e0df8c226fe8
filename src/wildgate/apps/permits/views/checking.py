"""The end of an application: all answers to read back, the whole ruling, the fee, the declaration; then submitted."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from wildgate.apps.accounts.access import Action
from wildgate.apps.accounts.gate import Request, role
from wildgate.apps.accounts.selectors import registration_refusal
from wildgate.apps.fees.selectors import charge_of
from wildgate.apps.permits import costs, forms, selectors, services, wording
from wildgate.apps.permits.line_rows import rows_of
from wildgate.apps.permits.models import Application, Attachment
from wildgate.apps.permits.panel import panel_of
from wildgate.apps.permits.views.answers_to_forms import Fault, fault_of, faults_of
from wildgate.apps.permits.views.answers_to_pages import own_application, sections_of, title_of
from wildgate.apps.permits.views.kept import keeps_typed
from wildgate.convention.lifecycle import CaseState
from wildgate.convention.outcome import Ruling
from wildgate.convention.vocabulary import Direction, FindingKind, Outcome

REFUSED = 422
MOST_TOLD = 20
"""A file of 200 lines can have one fault in each: the table of lines marks them all."""


def _check_address(number: str) -> str:
    return reverse("application-check", args=[number])


@keeps_typed(_check_address)
@role(Action.APPLY)
def check(request: Request, number: str) -> HttpResponse:
    """All answers to read back, the whole ruling, the fee, the declaration, and the button that submits."""
    case = own_application(request.actor, number)
    if case.case_state is not CaseState.DRAFT:
        return redirect("application", number)
    if request.method != "POST":
        return _check(request, case)
    if request.POST.get("declared") != forms.YES:
        return _check(request, case, [
            Fault(forms.CHECK, "declared", _("Confirm that your answers are true and complete."))])
    found = faults_of(case, request.at.date())
    if found:
        return _check(request, case, found)
    outcome = services.submit(actor=request.actor, case=number, at=request.at, language=wording.language())
    if isinstance(outcome, Application):
        return redirect("application-submitted", number)
    return _check(request, case, [fault_of(refusal) for refusal in outcome])


def _check(request: Request, case: Application, faults: list[Fault] | None = None) -> HttpResponse:
    on = request.at.date()
    open_faults = faults_of(case, on)
    panel = panel_of(case, on)
    groups = panel.groups
    refused = panel.ruling is not None and panel.ruling.decision is Outcome.REFUSE
    barred = registration_refusal(case.organisation, on)
    documents = selectors.attachments(case)
    return render(request, "permits/trader_check.html", {
        "case": case,
        "sections": sections_of(case, changeable=True),
        "lines": rows_of(case, groups),
        "panel": panel,
        "full": True,
        "several": len(groups) > 1,
        "fee": None if open_faults else costs.expected(case, panel.ruling, on),
        "barred": barred,
        "documents": documents,
        "paper": _paper(case, panel.ruling, documents),
        "errors": _errors(case, faults or []),
        "open": [(address_of(case, fault), fault.sentence, title_of(fault.step, case))
                 for fault in open_faults[:MOST_TOLD]],
        "open_more": _more(open_faults),
        "can_submit": not (open_faults or refused or panel.obstacles or barred),
        "declared": request.POST.get("declared") == forms.YES,
        "undeclared": any(fault.name == "declared" for fault in faults or ()),
    }, status=REFUSED if faults else 200)


def _errors(case: Application, faults: list[Fault]) -> list[tuple[str, str]]:
    """The first faults, each with where it is put right, and how many more there are."""
    told = [(fault.id if fault.step == forms.CHECK else address_of(case, fault), fault.sentence)
            for fault in faults[:MOST_TOLD]]
    return [*told, *(("", more) for more in [_more(faults)] if more)]


def _more(faults: list[Fault]) -> str:
    more = len(faults) - MOST_TOLD
    return ngettext("And %(more)s more.", "And %(more)s more.", more) % {"more": more} if more > 0 else ""


def _paper(case: Application, ruling: Ruling | None, documents: list[Attachment]) -> str:
    """The other country's paper that the authority will want to see and that is not here yet."""
    if case.replaces_id or any(each.kind == Attachment.Kind.FOREIGN for each in documents):
        return ""
    if ruling is not None and any(each.kind is FindingKind.IMPORT_PERMIT_GRANTED for each in ruling.findings):
        return _("A copy of the other country's import permit is missing.")
    lines = forms.lines_of(case.answers)
    if case.direction == Direction.RE_EXPORT.value and not all(line.get("stock") for line in lines):
        return _("The permit under which the goods came in is missing.")
    return ""


@role(Action.APPLY)
def submitted(request: Request, number: str) -> HttpResponse:
    """The confirmation: the number to quote, the fee, and what happens next."""
    case = own_application(request.actor, number)
    if case.case_state is CaseState.DRAFT:
        return redirect("application", number)
    return render(request, "permits/trader_submitted.html", {
        "case": case, "charge": charge_of(case.party, case.subject)})


def address_of(case: Application, fault: Fault) -> str:
    """Where a fault can be put right."""
    page = forms.page(fault.step, case.answers, case.party)
    if page is None:
        return ""
    return reverse("application-step", args=[case.number, fault.step]) + (f"#{fault.id}" if fault.id else "")
