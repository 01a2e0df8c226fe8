"""A report as its reader may see it, and the form for a new one."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from wildgate.apps.accounts.gate import Request
from wildgate.apps.intelligence import selectors, services
from wildgate.apps.intelligence.clearance import Member
from wildgate.apps.intelligence.forms import ReportForm, entities_of
from wildgate.apps.intelligence.models import Comment, HandOver, Opinion, Question, Report, Sighting, Tasking
from wildgate.apps.intelligence.relations import word
from wildgate.apps.intelligence.selectors.reading import MARK
from wildgate.apps.intelligence.views.door import REFUSED, ask_why, members_only, not_found
from wildgate.convention.refusal import Refusal
from wildgate.sharing.marking import Tlp


@members_only
def report(request: Request, member: Member, number: str) -> HttpResponse:
    """One report. RED opens with a reason; every look is an event."""
    found = selectors.report(request.actor, number, request.at, member)
    if found is None:
        raise not_found()
    parts = list(selectors.visible_parts(request.actor, found, request.at, member).prefetch_related(*MARK))
    if selectors.strictest_shown(found, parts) == Tlp.RED and not services.reason_given(
            request.actor, found, request.at):
        return ask_why(request, found)
    services.note_read(request.actor, found, request.at)
    return render(request, "intelligence/report.html", _shown(request, member, found, parts))


def _shown(request: Request, member: Member, found: Report, parts: list[Any]) -> dict[str, Any]:
    actor, at = request.actor, request.at

    def about(model: Any) -> list[Any]:
        return list(selectors.visible_about(model, actor, at, member).filter(report=found))

    spoken = selectors.visible_mentions(actor, at, member).filter(report=found)
    entities = {each.entity_id: each.entity for each in spoken}
    return {
        "it": found, "parts": parts, "withheld": selectors.withheld(actor, found, at, member), "at": at,
        "held": found.mark.value, "grading": found.grading, "entities": list(entities.values()),
        "relations": [(each, word(each.kind)) for each in
                      selectors.visible_relations(actor, at, member).filter(report=found)],
        "versions": list(selectors.versions_of(actor, found, at, member)), "own": _own(member, found),
        "children": list(selectors.children_of(actor, found, at, member)) if _own(member, found) else [],
        "origin": _origin(member, found),
        "case": selectors.visible_cases(actor, at, member).filter(pk=found.case_id).first() if found.case_id else None,
        "comments": about(Comment), "sightings": about(Sighting), "opinions": about(Opinion),
        "asked": [("question", each) for each in about(Question)] + [("tasking", each) for each in about(Tasking)],
        "handed": list(selectors.visible_about(HandOver, actor, at, member).filter(report=found)
                       .select_related("to_authority", "from_authority")),
        "mine": int(member.authority)}


def _own(member: Member, found: Report) -> bool:
    return member.authority == str(found.mark.owner_id)


def _origin(member: Member, found: Report) -> tuple[str, str] | None:
    known = selectors.origin_of(member, found)
    return None if known is None else (str(Report.Origin(known[0]).label), known[1])


@members_only
def new(request: Request, member: Member) -> HttpResponse:
    """File a report."""
    form = ReportForm(request.POST or None, member=member, party=request.actor.party, at=request.at)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        done = services.file_report(
            actor=request.actor, party=request.actor.party, origin=Report.Origin.OWN, origin_key="",
            title=given["title"], text=given["text"], grading=form.grading(), marking=form.marking(),
            entities=entities_of(given["entities"]), case=given["case"].strip().upper(), at=request.at,
            about=services.About(kind=given["kind"], purpose=given["purpose"], legal_basis=given["legal_basis"],
                                 retain_days=given["retain_days"], tells_withheld=given["tells_withheld"]))
        if not isinstance(done, Refusal):
            messages.success(request, _("The report is filed."))
            return redirect("intelligence-report", done.number)
        form.tell(done)
    return render(request, "intelligence/form.html", {
        "form": form, "title": _("New report"), "submit": _("File the report"), "back_name": "intelligence",
        "lead": _("Grade the source and the content apart. Mark it for as many as need it, and no more.")},
        status=REFUSED if form.errors else 200)
