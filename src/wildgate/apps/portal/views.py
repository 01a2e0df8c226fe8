"""The desk of the portal: drafts, reviews, publication, corrections, withdrawals."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from wildgate.apps.accounts.access import Action, can
from wildgate.apps.accounts.forms import Typed
from wildgate.apps.accounts.gate import Request, role
from wildgate.apps.accounts.selectors import names_of
from wildgate.apps.campaigns.selectors import published_summary
from wildgate.apps.portal import contents, selectors, services, showing, wording
from wildgate.apps.portal.basis import VERSIONS
from wildgate.apps.portal.forms import ReasonForm, submission_form
from wildgate.apps.portal.from_campaign import from_campaign
from wildgate.apps.portal.kinds import KINDS, fields_of
from wildgate.apps.portal.models import Submission
from wildgate.apps.portal.sides import Side, side_of
from wildgate.convention.refusal import Refusal
from wildgate.kit import events

ON_A_PAGE, REFUSED = 40, 422


@role(Action.SUBMIT_TO_PORTAL)
def desk(request: Request) -> HttpResponse:
    """What is worked on and what waits for review; the six forms to begin with."""
    state = request.GET.get("state", "")
    page = Paginator(selectors.desk(request.actor, state), ON_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "portal/desk.html", {
        "page": page, "rows": [(each, wording.TONES[each.state]) for each in page], "state": state,
        "states": Submission.State.choices, "kinds": list(KINDS.values())})


@role(Action.SUBMIT_TO_PORTAL)
def new(request: Request, kind: str) -> HttpResponse:
    """Draw up a submission; of a translation the original stands in the address."""
    if kind not in KINDS:
        raise Http404(_("There is no such form."))
    of = request.GET.get("of", "")
    original = selectors.one(request.actor, of) if of else None
    form = submission_form(kind, request.POST or None, original.typed if original else _begun(request, kind))

    def save(given: dict[str, Any]) -> Submission | list[Refusal]:
        return services.draw_up(actor=request.actor, kind=kind, translation_of=of, at=request.at, **given)
    return _written(request, form, kind, save, over=original.number if original else "", back=reverse("portal-desk"))


def _begun(request: Request, kind: str) -> dict[str, str] | None:
    """What a monitoring campaign says of itself, for the form on extent and trends."""
    number = request.GET.get("campaign", "")
    if kind != "trend" or not number or not can(request.actor, Action.VIEW_CAMPAIGNS):
        return None
    found = published_summary(request.actor.party, number)
    return None if found is None else from_campaign(found, request.at.date())


@role(Action.SUBMIT_TO_PORTAL)
def edit(request: Request, number: str) -> HttpResponse:
    """Write a draft anew."""
    found = _found(request, number)
    initial = {**found.typed, "language": found.language, "basis": found.basis, "corrected": found.change}
    form = submission_form(found.kind, request.POST or None, initial, correcting=found.public)

    def save(given: dict[str, Any]) -> Submission | list[Refusal]:
        return services.save(actor=request.actor, number=number, at=request.at,
                             change=form.cleaned_data.get("corrected", ""), **given)
    return _written(request, form, found.kind, save, over=found.number, back=reverse("portal-work", args=[number]))


def _written(request: Request, form: Typed, kind: str, save: Callable[[dict[str, Any]], Submission | list[Refusal]], *,
             over: str, back: str) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        typed = {name: form.cleaned_data[name] for name in fields_of(kind)}
        done = save({"typed": typed, "language": form.cleaned_data["language"], "basis": form.cleaned_data["basis"]})
        if isinstance(done, Submission):
            messages.success(request, _("Saved. Look it over, then hand it in."))
            return redirect("portal-work", done.number)
        form.tell(done)
    return render(request, "portal/form.html", {
        "form": form, "kind": KINDS[kind], "over": over, "back": back, "bases": list(VERSIONS.values())},
        status=REFUSED if form.errors else 200)


@role(Action.SUBMIT_TO_PORTAL)
def work(request: Request, number: str, form: ReasonForm | None = None, fault: Refusal | None = None) -> HttpResponse:
    """One submission with what may be done about it."""
    found = _found(request, number)
    content = contents.read(found.kind, found.typed, found.party)
    told = [(each, wording.EVENT_WORDS.get(each.kind, each.kind))
            for each in events.of(found.subject, party=found.party)][::-1]
    names = names_of({each.actor for each, _words in told})
    return render(request, "portal/work.html", {
        "it": found, "tone": wording.TONES[found.state], "basis": VERSIONS[found.basis], "fault": fault,
        "rows": [] if isinstance(content, list) else showing.rows(found.kind, content.values, found.party),
        "stale": [wording.said(each) for each in content] if isinstance(content, list) else [],
        "found": [(wording.FOUND_WORDS[each.kind], _label(found, each.field), each.words)
                  for each in services.persons(found)],
        "reason": form or ReasonForm(), "may": _deeds(request, found),
        "entries": [{"title": words, "at": each.at, "who": names.get(each.actor, each.actor), "tone": ""}
                    for each, words in told]}, status=REFUSED if form or fault else 200)


def _label(found: Submission, field: str) -> Any:
    return _("What is corrected?") if field == "corrected" else fields_of(found.kind)[field].label


def _deeds(request: Request, found: Submission) -> set[str]:
    """What this person may do about it now; the services ask again."""
    side = side_of(request.actor)
    own = isinstance(side, Side) and side.country == found.country
    may: set[str] = set()
    if own:
        may |= {"edit", "submit"} if found.state in services.EDITABLE else set()
        may |= {"correct"} if found.state == found.State.PUBLISHED else set()
        may |= {"translate"} if found.state == found.State.PUBLISHED and not found.translation_of_id else set()
    if own or (isinstance(side, Side) and side.reviews):
        may |= {"withdraw"} if found.public and found.state != found.State.WITHDRAWN else set()
    if can(request.actor, Action.REVIEW_SUBMISSION, found) and request.actor.person_id not in found.writers:
        may |= {"accept", "send_back"} if found.state == found.State.SUBMITTED else set()
        may |= {"publish", "send_back"} if found.state == found.State.ACCEPTED else set()
    return may


@role(Action.SUBMIT_TO_PORTAL)
@require_POST
def submit(request: Request, number: str) -> HttpResponse:
    return _did(request, number, services.submit(actor=request.actor, number=number, at=request.at),
                _("Handed in. Somebody else reviews it."))


@role(Action.REVIEW_SUBMISSION)
@require_POST
def accept(request: Request, number: str) -> HttpResponse:
    return _did(request, number, services.accept(actor=request.actor, number=number, at=request.at),
                _("Accepted. It can be published now."))


@role(Action.REVIEW_SUBMISSION)
@require_POST
def publish(request: Request, number: str) -> HttpResponse:
    """Publish it, what may name somebody having been looked over."""
    done = services.publish(actor=request.actor, number=number, looked_over=request.POST.get("looked_over") == "yes",
                            at=request.at)
    return _did(request, number, done, _("Published."))


@role(Action.REVIEW_SUBMISSION)
@require_POST
def send_back(request: Request, number: str) -> HttpResponse:
    form = ReasonForm(request.POST)
    return _with_reason(request, number, form, lambda reason: services.send_back(
        actor=request.actor, number=number, reason=reason, at=request.at), _("Sent back."))


@role(Action.SUBMIT_TO_PORTAL)
@require_POST
def withdraw(request: Request, number: str) -> HttpResponse:
    form = ReasonForm(request.POST)
    return _with_reason(request, number, form, lambda reason: services.withdraw(
        actor=request.actor, number=number, reason=reason, at=request.at), _("Withdrawn."))


@role(Action.SUBMIT_TO_PORTAL)
@require_POST
def correct(request: Request, number: str) -> HttpResponse:
    """Begin a correction, and go on to write it."""
    done = services.correct(actor=request.actor, number=number, at=request.at)
    return _did(request, number, done, "") if isinstance(done, Refusal) else redirect("portal-edit", number)


def _with_reason(request: Request, number: str, form: ReasonForm, save: Callable[[str], Any],
                 said: str) -> HttpResponse:
    if form.is_valid():
        done = save(form.cleaned_data["reason"])
        if not isinstance(done, Refusal) or done.field != "reason":
            return _did(request, number, done, said)
        form.tell([done])
    return work(request, number, form=form)


def _did(request: Request, number: str, done: Any, said: str) -> HttpResponse:
    if isinstance(done, Refusal):
        return work(request, number, fault=done)
    messages.success(request, said)
    return redirect("portal-work", number)


def _found(request: Request, number: str) -> Submission:
    found = selectors.one(request.actor, number)
    if found is None:
        raise Http404(_("There is no such submission, or you may not see it."))
    return found
