"""What can be done to a report: one page with one form for each deed, and short answers to what was asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wildgate.apps.accounts.gate import Request
from wildgate.apps.intelligence import forms, selectors, services
from wildgate.apps.intelligence.clearance import Member
from wildgate.apps.intelligence.models import HandOver, Question, Report, Tasking
from wildgate.apps.intelligence.views.door import REFUSED, members_only, not_found
from wildgate.apps.permits.templatetags.permits import said
from wildgate.convention.refusal import Refusal
from wildgate.sharing.marking import Tlp

Run = Callable[[dict[str, Any], forms.Typed, dict[str, Any]], Any]


@dataclass(frozen=True, slots=True)
class Deed:
    """A deed: its form, its words, and the service that does it."""

    form: type[forms.Typed]
    title: Any
    submit: Any
    run: Run
    lead: Any = ""


def _version(who: dict[str, Any], form: forms.Typed, given: dict[str, Any]) -> Any:
    return services.write_version(**who, title=given["title"], text=given["text"], reason=given["reason"],
                                  grading=forms.grading_of(given))


def _remark(who: dict[str, Any], form: forms.Typed, given: dict[str, Any]) -> Any:
    return services.change_marking(**who, marking=form.marking(), reason=given["reason"])


def _part(who: dict[str, Any], form: forms.Typed, given: dict[str, Any]) -> Any:
    return services.add_part(**who, text=given["text"], marking=form.marking(), instead_of=given["instead_of"],
                             entities=forms.entities_of(given["entities"]))


def _sanitise(who: dict[str, Any], form: forms.Typed, given: dict[str, Any]) -> Any:
    return services.sanitise(**who, title=given["title"], text=given["text"], marking=form.marking(),
                             parts=given.get("parts_taken", ()), purpose=given["purpose"].strip(),
                             legal_basis=given["legal_basis"].strip())


def _ask(what: str) -> Run:
    return lambda who, _form, given: services.ask(**who, what=what, **given)


DEEDS: Final[dict[str, Deed]] = {
    "version": Deed(forms.VersionForm, gettext_lazy("Write a new version"), gettext_lazy("Save the version"), _version,
                    gettext_lazy("The version before stays as it was.")),
    "marking": Deed(forms.RemarkForm, gettext_lazy("Change the marking"), gettext_lazy("Let it hold"), _remark,
                    gettext_lazy("Every reader may make it stricter. Only the authority that it comes from opens it "
                                 "further.")),
    "part": Deed(forms.PartForm, gettext_lazy("Add a part"), gettext_lazy("Add the part"), _part,
                 gettext_lazy("A part may be marked more strictly than the report. Who may not read it does not "
                              "get it.")),
    "sanitise": Deed(forms.SanitiseForm, gettext_lazy("Make a sanitised report"), gettext_lazy("Make the report"),
                     _sanitise, gettext_lazy("It gets a number of its own and does not name this report.")),
    "comment": Deed(forms.SaidForm, gettext_lazy("Comment"), gettext_lazy("Add the comment"),
                    lambda who, _f, given: services.comment(**who, **given)),
    "sighting": Deed(forms.SightingForm, gettext_lazy("Note a sighting"), gettext_lazy("Note it"),
                     lambda who, _f, given: services.sight(**who, **given)),
    "opinion": Deed(forms.OpinionForm, gettext_lazy("Give an opinion"), gettext_lazy("Give the opinion"),
                    lambda who, _f, given: services.give_opinion(**who, **given)),
    "question": Deed(forms.AskForm, gettext_lazy("Ask for information"), gettext_lazy("Ask"), _ask("question")),
    "tasking": Deed(forms.AskForm, gettext_lazy("Give a task"), gettext_lazy("Give the task"), _ask("tasking")),
    "relation": Deed(forms.RelationForm, gettext_lazy("State a relation"), gettext_lazy("State it"),
                     lambda who, _f, given: services.relate(**who, **given),
                     gettext_lazy("Only what the report itself says. The stricter marking of the two holds for it.")),
    "hand-over": Deed(forms.HandOverForm, gettext_lazy("Hand it over"), gettext_lazy("Hand it over"),
                      lambda who, _f, given: services.hand_over(**who, **given),
                      gettext_lazy("The other side acknowledges it, and accepts it or declines it with a reason.")),
    "case": Deed(forms.PutForm, gettext_lazy("Put it in a case"), gettext_lazy("Put it in the case"),
                 lambda who, _f, given: services.put_in_case(**who, **given)),
    "keep": Deed(forms.LongerForm, gettext_lazy("Keep it longer"), gettext_lazy("Keep it"),
                 lambda who, _f, given: services.keep_longer(**who, **given)),
}


@members_only
def deed(request: Request, member: Member, number: str, act: str) -> HttpResponse:
    """One deed on one report."""
    found = selectors.report(request.actor, number, request.at, member)
    if found is None or act not in DEEDS:
        raise not_found()
    parts = list(selectors.visible_parts(request.actor, found, request.at, member))
    if selectors.strictest_shown(found, parts) == Tlp.RED and not services.reason_given(
            request.actor, found, request.at):
        return redirect("intelligence-report", number)
    one = DEEDS[act]
    form = one.form(request.POST or None, member=member, party=request.actor.party, at=request.at, report=found,
                    parts=parts, mentions=_mentions(request, found, member) if act == "relation" else ())
    if request.method == "POST" and form.is_valid():
        who = {"actor": request.actor, "number": number, "at": request.at}
        done = one.run(who, form, form.cleaned_data)
        if not isinstance(done, Refusal):
            messages.success(request, _("Done."))
            return redirect("intelligence-report", done.number if isinstance(done, Report) else number)
        form.tell(done)
    return render(request, "intelligence/form.html", {
        "form": form, "title": one.title, "submit": one.submit, "lead": one.lead, "over": number,
        "back_name": "intelligence-report", "back_key": number}, status=REFUSED if form.errors else 200)


def _mentions(request: Request, found: Report, member: Member) -> list[Any]:
    """Whom and what the report speaks of, as far as this reader sees it."""
    return list(selectors.visible_mentions(request.actor, request.at, member).filter(report=found)
                .select_related("entity").order_by("entity__kind", "entity__value"))


@members_only
def reply(request: Request, member: Member, what: str, key: int) -> HttpResponse:
    """Answer a question or a tasking."""
    model: Any = {"question": Question, "tasking": Tasking}.get(what)
    if model is None:
        raise not_found()
    found = selectors.visible_about(model, request.actor, request.at, member).filter(pk=key).first()
    if found is None or found.report is None:
        raise not_found()
    if found.mark.tlp == Tlp.RED and not services.reason_given(request.actor, found.report, request.at):
        return redirect("intelligence-report", found.report.number)
    form = forms.AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        done = services.answer(actor=request.actor, what=what, key=key, at=request.at, **form.cleaned_data)
        if not isinstance(done, Refusal):
            messages.success(request, _("The answer is given."))
            return redirect("intelligence-report", found.report.number)
        form.tell(done)
    return render(request, "intelligence/form.html", {
        "form": form, "title": _("Answer"), "submit": _("Give the answer"), "lead": found.text,
        "over": found.report.number, "back_name": "intelligence-report", "back_key": found.report.number},
        status=REFUSED if form.errors else 200)


@members_only
def handed(request: Request, member: Member, key: int, act: str) -> HttpResponse:
    """Acknowledge, accept, or decline with a reason what was handed over."""
    found = selectors.visible_about(HandOver, request.actor, request.at, member).filter(pk=key).first()
    if found is None or found.report is None or act not in {"acknowledge", "accept", "decline"}:
        raise not_found()
    form = forms.ReasonForm(request.POST or None)
    if act == "decline" and not (request.method == "POST" and form.is_valid()):
        return _why_declined(request, form, found)
    if request.method == "POST":
        if act == "decline":
            done = services.decline(actor=request.actor, key=key, reason=form.cleaned_data["reason"], at=request.at)
        else:
            step = services.accept if act == "accept" else services.acknowledge
            done = step(actor=request.actor, key=key, at=request.at)
        if isinstance(done, Refusal):
            messages.error(request, said(done))
        else:
            messages.success(request, _("Done."))
    return redirect("intelligence-report", found.report.number)


def _why_declined(request: Request, form: forms.ReasonForm, found: HandOver) -> HttpResponse:
    number = found.report.number if found.report is not None else ""
    return render(request, "intelligence/form.html", {
        "form": form, "title": _("Decline the hand-over"), "submit": _("Decline"), "over": number,
        "back_name": "intelligence-report", "back_key": number}, status=REFUSED if form.errors else 200)
