"""The desk: the queue, one tip with what may be done next, its files, and the figures."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from wildgate.apps.accounts.access import Action, can
from wildgate.apps.accounts.gate import Request, role
from wildgate.apps.intelligence import selectors as intelligence
from wildgate.apps.tips import desk_forms as forms
from wildgate.apps.tips import selectors, services, wording
from wildgate.apps.tips.models import Attachment, Tip
from wildgate.apps.tips.services.desk import AGAIN, may_step
from wildgate.apps.tips.steps import TONES, Step, open_steps
from wildgate.convention.refusal import Refusal
from wildgate.kit import events
from wildgate.kit.cleaning import serving
from wildgate.kit.cleaning import wording as said
from wildgate.kit.cleaning.models import Held

ON_A_PAGE: Final = 40
REFUSED: Final = 422


@role(Action.VIEW_TIPS)
def queue(request: Request) -> HttpResponse:
    """What waits: Appendix I and live animals first, then the clock, then what looks least like spam."""
    asked = selectors.Asked.of(request.GET)
    page = Paginator(selectors.queue(request.actor, asked), ON_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "tips/queue.html", {
        "page": page, "rows": [_row(each, request) for each in page], "asked": asked,
        "tabs": _tabs(request, asked.state), "query": request.GET.urlencode()})


def _row(each: Tip, request: Request) -> dict[str, Any]:
    return {"it": each, "tone": TONES[Tip.State(each.state)], "late": each.late(request.at),
            "said": " ".join(each.text.split())[:140]}


def _tabs(request: Request, here: str) -> list[dict[str, Any]]:
    counts = selectors.counts(request.actor)
    names = (("waiting", _("To assess")), ("working", _("Being worked on")), ("ended", _("Ended")),
             ("unread", _("New message")), ("second", _("Second assessment")))
    return [{"label": label, "url": f"?state={name}", "current": name == here, "count": counts.get(name)}
            for name, label in names]


@role(Action.VIEW_TIPS)
def tip(request: Request, number: str) -> HttpResponse:
    """One tip: what was told, what is asked and answered, and the next step. A look is noted."""
    one = selectors.tip(request.actor, number)
    if one is None:
        raise Http404(_("There is no such tip."))
    shown = _forms(one, request)
    if request.method == "POST":
        do = request.POST.get("do", "")
        if do not in DEEDS or (do not in shown and do not in BARE):
            return _show(request, one, shown, status=REFUSED, fault=_why_not(one, do))
        if do in shown and not shown[do].is_valid():
            return _show(request, one, shown, status=REFUSED)
        outcome = DEEDS[do](request, one, shown.get(do))
        if not isinstance(outcome, Refusal):
            messages.success(request, _("Noted."))
            seen = selectors.tip(request.actor, number) is not None
            return redirect("tip-desk-tip", number) if seen else redirect("tip-desk")
        return _show(request, one, shown, status=REFUSED, fault=outcome)
    events.note_read(one.subject, party=one.party, actor=request.actor.label, at=request.at)
    return _show(request, one, shown)


def _why_not(one: Tip, do: str) -> Refusal:
    """Why a deed is not open now: a page that stood open while somebody else went on."""
    step = next((step for step in Step if step.value == do), None)
    return (may_step(one, step) if step else None) or AGAIN


BARE: Final = ("acknowledge", "confirm-hand-over", "follow-first", "mark-read")
"""Deeds without anything to fill in."""
Deed = Callable[[Request, Tip, Any], Any]
DEEDS: Final[dict[str, Deed]] = {
    "acknowledge": lambda r, one, _f: services.acknowledge(actor=r.actor, number=one.number, at=r.at),
    "follow-first": lambda r, one, _f: services.follow_first(actor=r.actor, number=one.number, at=r.at),
    "triage": lambda r, one, form: services.triage(
        actor=r.actor, number=one.number, said=form.said, at=r.at,
        about_officials=form.cleaned_data["about_officials"]),
    "grade": lambda r, one, form: services.grade(actor=r.actor, number=one.number, grading=form.grading, at=r.at),
    "assess-again": lambda r, one, form: services.assess_again(
        actor=r.actor, number=one.number, said=form.said, grading=form.grading, at=r.at),
    "assign": lambda r, one, form: services.assign(actor=r.actor, number=one.number, at=r.at, **form.cleaned_data),
    "no-action": lambda r, one, form: services.take_no_action(
        actor=r.actor, number=one.number, at=r.at, **form.cleaned_data),
    "close": lambda r, one, form: services.close(actor=r.actor, number=one.number, at=r.at, **form.cleaned_data),
    "forward": lambda r, one, form: services.forward(actor=r.actor, number=one.number, at=r.at, **form.cleaned_data),
    "confirm-hand-over": lambda r, one, _f: services.confirm_hand_over(actor=r.actor, number=one.number, at=r.at),
    "mark-read": lambda r, one, _f: services.mark_read(actor=r.actor, number=one.number, at=r.at),
    "say": lambda r, one, form: services.say(actor=r.actor, number=one.number, at=r.at, **form.cleaned_data),
    "ask-identity": lambda r, one, form: services.ask_for_identity(
        actor=r.actor, number=one.number, at=r.at, **form.cleaned_data),
}


def _forms(one: Tip, request: Request) -> dict[str, Any]:
    """The forms of the steps that are open now; the one that was sent carries what was typed."""
    do, found, steps = request.POST.get("do", ""), {}, open_steps(one.state)

    def add(name: str, form: Any, **also: Any) -> None:
        found[name] = form(request.POST if do == name else None, prefix=name, **also)

    if "triage" in steps:
        add("triage", forms.TriageForm, initial={
            name: getattr(one, name) or None for name in forms.QUESTIONS} | {"about_officials": one.about_officials})
    if "grade" in steps:
        add("grade", forms.GradeForm)
    if "assign" in steps:
        add("assign", forms.AssignForm, people=selectors.workers(one.party, one, request.at))
    if "forward" in steps:
        add("forward", forms.ForwardForm, initial={"text": one.text, "case": one.case})
    if "no-action" in steps:
        add("no-action", forms.ReasonForm)
    if "close" in steps:
        add("close", forms.CloseForm)
    if selectors.for_second(request.actor, selectors.visible_to(request.actor).filter(pk=one.pk)).exists():
        add("assess-again", forms.SecondForm)
    add("say", forms.SayForm)
    if hasattr(one, "identity") and one.identity.erased_at is None:
        add("ask-identity", forms.ReasonForm)
    return found


def _show(request: Request, one: Tip, shown: dict[str, Any], *, status: int = 200,
          fault: Refusal | None = None) -> HttpResponse:
    second = "assess-again" in shown
    sent = shown.get(request.POST.get("do", ""))
    acts = [] if second else [(wording.DEEDS[act.step][0], act)
                              for act in one.acts.select_related("by").order_by("-pk")]
    return render(request, "tips/tip.html", {
        "tip": one, "tone": TONES[Tip.State(one.state)], "sent": sent, "fault": fault, "acts": acts, "second": second,
        "deeds": _deeds(one, shown, request), "talk": list(one.messages.select_related("by").order_by("pk")),
        "files": _files(one), "folded": selectors.folded_with(request.actor, one),
        "triage": [] if second else _answers(one), "late": one.late(request.at),
        "again": None if second else _again(one),
        "report": one.report and intelligence.report(request.actor, one.report, request.at),
        "case": one.case and intelligence.case(request.actor, one.case, request.at),
        "box": getattr(one, "identity", None), "opening": one.openings.order_by("-pk").first()}, status=status)


def _deeds(one: Tip, shown: dict[str, Any], request: Request) -> list[dict[str, Any]]:
    """What may be done now, in the order of the work: the first one stands open."""
    if not can(request.actor, Action.WORK_TIP, one):
        return []
    names = sorted((name for name in wording.DEEDS if name in shown), key=lambda name: name != "grade")
    if one.unread:
        names.append("mark-read")
    if services.may_follow(one):
        names.insert(0, "follow-first")
    if "acknowledge" in open_steps(one.state):
        names.insert(0, "acknowledge")
    if one.hand_over_waits and one.forwarded_by_id != request.actor.person_id:
        names.insert(0, "confirm-hand-over")
    sent = request.POST.get("do", "")
    return [{"name": name, "label": wording.DEEDS[name][0], "says": wording.DEEDS[name][1], "form": shown.get(name),
             "open": name == sent if sent else place == 0} for place, name in enumerate(names)]


def _files(one: Tip) -> list[dict[str, Any]]:
    """The files with what was taken out of each and whether a scanner looked at it."""
    rows = list(one.attachments.order_by("place"))
    held = Held.objects.in_bulk([int(each.held) for each in rows])
    return [{"it": each, "removed": said.removed(held[int(each.held)]), "scanned": said.scanned(held[int(each.held)])}
            for each in rows]


def _answers(one: Tip) -> list[tuple[Any, str]]:
    words = dict(Tip.Said.choices)
    return [(label, str(words[getattr(one, name)])) for name, label in forms.QUESTIONS.items() if getattr(one, name)]


def _again(one: Tip) -> dict[str, Any] | None:
    """What a second assessor said where it is not what the first one had said; None while there is no second one."""
    both = {each.second: each for each in one.assessments.select_related("by")}
    if True not in both or False not in both:
        return None
    first, second = both[False], both[True]
    words = dict(Tip.Said.choices)
    differ: list[tuple[Any, Any, Any]] = [
        (label, words[getattr(first, name)], words[getattr(second, name)])
        for name, label in forms.QUESTIONS.items() if getattr(first, name) != getattr(second, name)]
    grades = [f"{each.source_grade}{each.content_grade}\u00a0·\u00a0{each.handling}" for each in (first, second)]
    if grades[0] != grades[1]:
        differ.append((_("Grade"), grades[0], grades[1]))
    return {"by": second.by, "at": second.at, "differ": differ}


@role(Action.VIEW_TIPS)
def file(request: Request, number: str, place: int) -> HttpResponse:
    """The cleaned copy of a file, as a download that cannot run. The original stays sealed."""
    found: Attachment | None = selectors.attachment(request.actor, number, place)
    if found is None:
        raise Http404(_("There is no such file."))
    events.note_read(found.tip.subject, party=found.party, actor=request.actor.label, at=request.at)
    return serving.attachment(Held.objects.get(party=found.party, pk=int(found.held)))


@role(Action.VIEW_TIPS)
def figures(request: Request) -> HttpResponse:
    """Whether every tip is accounted for, how old the open ones are, and how far two assessors agree."""
    party = request.actor.party
    words = {**forms.QUESTIONS, "source_grade": _("Grade of the source"), "content_grade": _("Grade of the content")}
    return render(request, "tips/figures.html", {
        "balance": selectors.balance(party), "ageing": selectors.ageing(party, request.at),
        "late": selectors.late(party, request.at),
        "agreements": [(words[name], count, kappa) for name, count, kappa in selectors.agreements(party)]})
