"""Seizures: the list, writing one down, its page with custody and disposal, its label, and the wall."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from wildgate.apps.accounts.access import Action, can
from wildgate.apps.accounts.gate import Request, role
from wildgate.apps.inspections import forms, forms_after, services, wording
from wildgate.apps.inspections.models import Inspection, Seizure
from wildgate.apps.inspections.selectors import controls, seizures
from wildgate.apps.inspections.services.custody import faults_of
from wildgate.apps.inspections.services.disposing import Proposal
from wildgate.apps.inspections.services.recording import ours_of
from wildgate.apps.inspections.services.seizing import Incident
from wildgate.apps.inspections.views.controls import show, timeline
from wildgate.apps.permits.templatetags.permits import said
from wildgate.convention.permit import plain
from wildgate.convention.quantity import spelt
from wildgate.convention.refusal import Refusal
from wildgate.kit import events

REFUSED = 422
ON_A_PAGE = 50


@role(Action.VIEW_SEIZURES)
def listing(request: Request) -> HttpResponse:
    """All seizures, the newest first."""
    state = request.GET.get("state", "")
    page = Paginator(seizures.seizures(request.actor, state), ON_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "inspections/seizures.html", {
        "page": page, "state": state, "may_seize": can(request.actor, Action.SEIZE).allowed, "now": request.at})


@role(Action.SEIZE)
def new(request: Request) -> HttpResponse:
    """Write a seizure down: out of an inspection, whose facts fill the form, or alone."""
    number = request.POST.get("inspection", request.GET.get("inspection", ""))[:24]
    source = controls.inspection(request.actor, number) if number else None
    report = forms.Report(request.POST if request.method == "POST" else None, _first(request, source), _lines(source))
    if request.method == "POST" and "more-lines" not in request.POST and report.is_valid():
        kept = dict(report.head.cleaned_data)
        for name in ("transit", "papers"):
            kept[name] = tuple(part.strip() for part in kept[name].split(",") if part.strip())
        outcome = services.seize(actor=request.actor, at=request.at, incident=Incident(
            **kept, lines=report.specimens(), inspection=source.number if source else ""))
        if not isinstance(outcome, Refusal):
            messages.success(request, _("Seizure %(number)s is written down.") % {"number": outcome.number})
            return redirect("seizure", outcome.number)
        report.refuse(outcome, said(outcome))
    faults = report.faults if request.method == "POST" and "more-lines" not in request.POST else []
    return render(request, "inspections/seizure_new.html", {
        "report": report, "source": source, "faults": faults, "lists": forms.code_lists()},
        status=REFUSED if faults else 200)


def _first(request: Request, source: Inspection | None) -> dict[str, Any]:
    first: dict[str, Any] = {"seized_at": request.at, "place": request.actor.station}
    if source is not None:
        named = dict.fromkeys(name for line in source.lines.all() for name in line.permits)
        first |= {"place": source.place or source.post, "papers": ", ".join(named)}
    return first


def _lines(source: Inspection | None) -> list[dict[str, Any]]:
    """What was found, as the first draft of what is seized."""
    rows = list(source.lines.all()) if source is not None else []
    faulty = [line for line in rows if line.holds not in ("", "in-order")] or rows
    out = []
    for line in faulty:
        counted = ours_of(line)
        amount = line.quantity if counted is None else counted
        out.append({"taxon": line.found_taxon or line.taxon, "term": line.term, "unit": line.unit or "NAR",
                    "quantity": "" if amount is None else spelt(*plain(amount).split("."))})
    return out


@role(Action.VIEW_SEIZURES)
def seizure(request: Request, number: str) -> HttpResponse:
    """One seizure. That an official looked at it is an event."""
    return _show(request, number)


def _show(request: Request, number: str, fault: Refusal | None = None, **typed: Any) -> HttpResponse:
    found, actor = _found(request, number), request.actor
    events.note_read(found.subject, party=found.party, actor=actor.label, at=request.at)
    lines, custody = list(found.lines.all()), list(found.custody.all())
    settled = {place for each in found.disposals.exclude(state="refused") for place in each.lines}
    names = [(line.position, f"{line.taxon}: {plain(line.quantity)} {line.unit} {line.term}") for line in lines]
    holder = custody[-1].taker if custody else ""
    may_seize, may_dispose = can(actor, Action.SEIZE, found).allowed, can(actor, Action.DISPOSE, found).allowed
    form_of = {
        "custody_form": forms_after.CustodyForm(initial={"giver": holder, "when": request.at}),
        "proposal_form": forms_after.ProposalForm(lines=names, initial={"consulted": found.origin,
                                                                       "lines": [place for place, _name in names]}),
        "later_form": forms_after.LaterForm(initial={"provision": found.provision, "sanction": found.sanction,
                                                    "value": found.value, "currency": found.currency}), **typed}
    bound = next((form for form in typed.values() if getattr(form, "errors", None)), None)
    return render(request, "inspections/seizure.html", {
        "found": found, "lines": lines, "custody": custody, "files": list(found.files.select_related("upload")),
        "faults": [wording.custody_fault(each.code, each.seq) for each in faults_of(found)], "bound": bound,
        "disposals": list(found.disposals.select_related("proposed_by", "decided_by")), "names": dict(names),
        "clock": controls.hours_clock(found.hand_over_by, request.at)
        if found.hand_over_by and found.handed_over_at is None and found.state != "disposed" else None,
        "may_seize": may_seize, "may_dispose": may_dispose, "gone": found.gone, "fault": fault, "typed": request.POST,
        "may_sample": may_seize and not found.gone, "may_answer": may_seize, "open_lines": len(settled) < len(lines),
        "behind_wall": can(actor, Action.VIEW_OFFENDERS, found).allowed, "samples": list(found.samples.all()),
        "may_ask": can(actor, Action.ASK_IDENTIFICATION).allowed, "requests": list(found.identifications.all()),
        "me": actor.person_id, "entries": timeline(found.subject, found.party), "lists": forms.code_lists(), **form_of,
    }, status=REFUSED if bound or fault else 200)


def _found(request: Request, number: str) -> Seizure:
    found = seizures.seizure(request.actor, number)
    if found is None:
        raise Http404(_("There is no such seizure, or you may not see it."))
    return found


@role(Action.VIEW_SEIZURES)
@require_POST
def custody(request: Request, number: str) -> HttpResponse:
    """A hand-over."""
    form = forms_after.CustodyForm(request.POST)
    if form.is_valid():
        outcome = services.hand_over(actor=request.actor, number=number, at=request.at, **form.cleaned_data)
        if not isinstance(outcome, Refusal):
            messages.success(request, _("The hand-over is written down."))
            return redirect("seizure", number)
        form.refuse(outcome, said(outcome))
    return _show(request, number, custody_form=form)


@role(Action.DISPOSE)
@require_POST
def propose(request: Request, number: str) -> HttpResponse:
    """What is to become of the specimens."""
    found = _found(request, number)
    form = forms_after.ProposalForm(request.POST, lines=[(line.position, line.taxon) for line in found.lines.all()])
    if form.is_valid():
        given = {**form.cleaned_data, "lines": tuple(form.cleaned_data["lines"])}
        outcome = services.propose(actor=request.actor, number=number, proposal=Proposal(**given), at=request.at)
        if not isinstance(outcome, Refusal):
            messages.success(request, _("Proposed: a second officer decides."))
            return redirect("seizure", number)
        form.refuse(outcome, said(outcome))
    return _show(request, number, proposal_form=form)


@role(Action.DISPOSE)
@require_POST
def decide(request: Request, number: str, disposal: int) -> HttpResponse:
    """A second officer agrees or refuses; what was decided is carried out."""
    deed = request.POST.get("deed", "")
    outcome: Any
    if deed == "done":
        outcome = services.carry_out(actor=request.actor, disposal=disposal, at=request.at)
    else:
        outcome = services.decide(actor=request.actor, disposal=disposal, agreed=deed == "agree", at=request.at,
                                  why=request.POST.get("why", ""))
    if isinstance(outcome, Refusal):
        messages.error(request, said(outcome))
    else:
        messages.success(request, _("It is written down."))
    return redirect("seizure", number)


@role(Action.SEIZE)
@require_POST
def later(request: Request, number: str) -> HttpResponse:
    """The sanction, the value, the law applied."""
    form = forms_after.LaterForm(request.POST)
    if form.is_valid():
        outcome = services.complete(actor=request.actor, number=number, at=request.at, **form.cleaned_data)
        if not isinstance(outcome, Refusal):
            messages.success(request, _("It is written down."))
            return redirect("seizure", number)
        form.refuse(outcome, said(outcome))
    return _show(request, number, later_form=form)


@role(Action.SEIZE)
@require_POST
def sample(request: Request, number: str) -> HttpResponse:
    """A sample and its label."""
    outcome = services.take_sample(
        actor=request.actor, seizure=number, what=request.POST.get("what", ""), seal=request.POST.get("seal", ""),
        sent_to=request.POST.get("sent_to", ""), at=request.at)
    if isinstance(outcome, Refusal):
        return _show(request, number, outcome)
    messages.success(request, _("The sample is written down."))
    return redirect("seizure", number)


@role(Action.VIEW_INSPECTIONS)
@require_POST
def sample_answer(request: Request, label: str) -> HttpResponse:
    """What the laboratory says of a sample; the service asks for the right to the place it was taken from."""
    outcome = services.answer_sample(actor=request.actor, label=label, answer=request.POST.get("answer", ""),
                                     at=request.at)
    place = seizures.place_of_sample(request.actor, label)
    if place is None or (isinstance(outcome, Refusal) and outcome.code == "no-such-sample"):
        raise Http404(_("There is no such sample, or you may not see it."))
    at_seizure, number = place
    if isinstance(outcome, Refusal):
        fault = replace(outcome, field=f"answer-{label}")
        return _show(request, number, fault) if at_seizure else show(request, number, fault)
    messages.success(request, _("It is written down."))
    return redirect("seizure" if at_seizure else "inspection", number)


@role(Action.VIEW_SEIZURES)
def label(request: Request, number: str) -> HttpResponse:
    """The label for the sealed bag, and the list of hand-overs, to print."""
    found = _found(request, number)
    return render(request, "inspections/label.html", {
        "found": found, "lines": list(found.lines.all()), "custody": list(found.custody.all()),
        "faults": [wording.custody_fault(each.code, each.seq) for each in faults_of(found)], "now": request.at})


@role(Action.SEIZE)
def wall(request: Request, number: str) -> HttpResponse:
    """Names are handed in here by whoever seizes, and read here by investigators alone; each look is an event."""
    found = _found(request, number)
    form = forms_after.WallForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        outcome = services.hand_in(actor=request.actor, number=number, at=request.at, **form.cleaned_data)
        if not isinstance(outcome, Refusal):
            messages.success(request, _("It is behind the wall."))
            return redirect("seizure-wall", number)
        form.refuse(outcome, said(outcome))
    reads = can(request.actor, Action.VIEW_OFFENDERS, found).allowed
    told = services.behind_the_wall(actor=request.actor, number=number, at=request.at) if reads else ()
    answer = render(request, "inspections/wall.html", {
        "found": found, "form": form, "reads": reads, "people": () if isinstance(told, Refusal) else told},
        status=REFUSED if form.errors else 200)
    answer["Cache-Control"] = "private, no-store"
    return answer


@role(Action.VIEW_OFFENDERS)
@require_POST
def nationalities(request: Request, number: str) -> HttpResponse:
    """Country codes that an investigator releases for the illegal trade report."""
    found = _found(request, number)
    codes = [part.strip() for part in request.POST.get("nationalities", "")[:60].split(",") if part.strip()]
    outcome = services.complete(
        actor=request.actor, number=number, at=request.at, provision=found.provision, sanction=found.sanction,
        value=str(found.value) if found.value is not None else "", currency=found.currency, nationalities=codes)
    if isinstance(outcome, Refusal):
        messages.error(request, said(outcome))
    else:
        messages.success(request, _("It is written down."))
    return redirect("seizure-wall", number)
