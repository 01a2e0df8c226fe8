"""Identification: cards to look at on a phone, and questions to those who know, answered on one page."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from wildgate.apps.accounts.access import Action, can
from wildgate.apps.accounts.gate import Request, role
from wildgate.apps.houserules.selectors import calendar_of
from wildgate.apps.inspections import forms, forms_after, services
from wildgate.apps.inspections.models import Card
from wildgate.apps.inspections.models import Request as Asked
from wildgate.apps.inspections.selectors import cards as reads
from wildgate.apps.inspections.selectors.controls import days_clock
from wildgate.apps.inspections.services.identifying import Question
from wildgate.apps.inspections.views.controls import timeline
from wildgate.apps.permits.templatetags.permits import said
from wildgate.apps.species.selectors import search
from wildgate.convention import tables
from wildgate.convention.refusal import Refusal
from wildgate.kit import events

REFUSED = 422
ON_A_PAGE = 50


@role(Action.VIEW_CARDS)
def cards(request: Request) -> HttpResponse:
    """All cards, found by a name or by the form in which a taxon travels."""
    text = request.GET.get("q", "").replace("\x00", "").strip()[:80]
    term = request.GET.get("term", "").upper()[:3]
    page = Paginator(reads.cards(request.actor, text, term), ON_A_PAGE).get_page(request.GET.get("page"))
    pictures = reads.first_pictures(page.object_list)
    used = sorted({code for terms in Card.objects.filter(party=request.actor.party).values_list("terms", flat=True)
                   for code in terms})
    return render(request, "inspections/cards.html", {
        "page": page, "rows": [(card, pictures.get(card.pk)) for card in page.object_list], "q": text, "term": term,
        "terms": [(code, found.name(forms.language())) for code in used if (found := tables.term(code))],
        "may_keep": can(request.actor, Action.KEEP_CARDS).allowed,
        "may_inspect": can(request.actor, Action.VIEW_INSPECTIONS).allowed})


@role(Action.VIEW_CARDS)
def card(request: Request, taxon: str) -> HttpResponse:
    """One card, to be looked at beside the goods."""
    return card_page(request, taxon)


def card_page(request: Request, taxon: str, fault: Refusal | None = None) -> HttpResponse:
    """The card; with a refusal of a picture, beside what was typed for it."""
    found = reads.card(request.actor, taxon)
    if found is None:
        raise Http404(_("There is no card of this taxon."))
    others = list(found.look_alikes.all())
    own = set(reads.cards(request.actor).filter(taxon__in=[each.taxon for each in others]).values_list(
        "taxon", flat=True))
    return render(request, "inspections/card.html", {
        "card": found, "others": [(each, each.taxon in own) for each in others],
        "confusions": reads.confusions(found.party, found.taxon),
        "pictures": [each for each in found.files.select_related("upload") if each.picture],
        "may_keep": can(request.actor, Action.KEEP_CARDS).allowed, "typed": request.POST,
        "faults": [(f"id_{fault.field}" if fault.field else "", said(fault))] if fault else [],
    }, status=REFUSED if fault else 200)


@role(Action.KEEP_CARDS)
def card_form(request: Request) -> HttpResponse:
    """Write or rewrite a card."""
    kept = reads.card(request.actor, request.GET.get("taxon", "")[:200])
    first = {"taxon": request.GET.get("taxon", "")[:200]}
    if kept is not None:
        first = {"taxon": kept.taxon, "names": kept.names, "terms": ", ".join(kept.terms), "live": kept.live,
                 "characters": kept.characters,
                 "look_alikes": "\n".join(f"{each.taxon}: {each.apart}" for each in kept.look_alikes.all())}
    form = forms_after.CardForm(request.POST or None, initial=first)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        outcome = services.keep_card(
            actor=request.actor, taxon=given["taxon"], names=given["names"], live=given["live"], at=request.at,
            characters=given["characters"], terms=given["terms"].replace(",", " ").split(), look_alikes=form.pairs())
        if not isinstance(outcome, Refusal):
            messages.success(request, _("The card is kept."))
            return redirect("card", outcome.taxon)
        form.refuse(outcome, said(outcome))
    return render(request, "inspections/card_form.html", {"form": form, "kept": kept, "lists": forms.code_lists()},
                  status=REFUSED if form.errors else 200)


@role(Action.SIGNED_IN)
def requests(request: Request) -> HttpResponse:
    """Requests for identification by their clock; experts see their own."""
    if not (can(request.actor, Action.ASK_IDENTIFICATION) or can(request.actor, Action.ANSWER_IDENTIFICATION)):
        raise PermissionDenied(can(request.actor, Action.ANSWER_IDENTIFICATION).reason)
    state = request.GET.get("state", Asked.State.OPEN.value)
    found = reads.requests(request.actor, state=state)
    page = Paginator(found, ON_A_PAGE).get_page(request.GET.get("page"))
    calendar = calendar_of(request.actor.party)
    return render(request, "inspections/requests.html", {
        "page": page, "state": state,
        "rows": [(each, days_clock(calendar, each.due_on, request.at)) for each in page.object_list],
        "tabs": [{"label": label, "url": f"?state={code}", "current": state == code} for code, label in (
            ("open", _("Open")), ("unclear", _("More is wanted")), ("answered", _("Answered")))],
        "may_ask": can(request.actor, Action.ASK_IDENTIFICATION).allowed})


@role(Action.ASK_IDENTIFICATION)
def ask(request: Request) -> HttpResponse:
    """Ask what something is, with pictures."""
    first = {name: request.GET.get(name, "")[:200] for name in ("inspection", "seizure", "declared", "term")}
    form = forms_after.AskForm(request.POST or None, initial=first, experts=reads.expert_names(request.actor.party))
    if request.method == "POST" and form.is_valid():
        outcome = services.ask(actor=request.actor, asked=Question(**form.cleaned_data), at=request.at)
        if not isinstance(outcome, Refusal):
            _keep_pictures(request, outcome)
            return redirect("identification", outcome.number)
        form.refuse(outcome, said(outcome))
    return render(request, "inspections/ask.html", {"form": form, "lists": forms.code_lists()},
                  status=REFUSED if form.errors else 200)


def _keep_pictures(request: Request, made: Asked) -> None:
    messages.success(request, _("Request %(number)s is sent.") % {"number": made.number})
    for each in request.FILES.getlist("file")[:10]:
        kept = services.file_in(actor=request.actor, place="request", key=made.number, name=each.name or "",
                                parts=each.chunks(), at=request.at)
        if isinstance(kept, Refusal):
            messages.error(request, said(kept))


@role(Action.SIGNED_IN)
def identification(request: Request, number: str) -> HttpResponse:
    """One request: pictures, question, clock; whoever was asked answers here."""
    found = reads.request(request.actor, number)
    if found is None:
        raise Http404(_("There is no such request, or you may not see it."))
    may_answer = can(request.actor, Action.ANSWER_IDENTIFICATION, found).allowed and found.state == "open"
    form = forms_after.AnswerForm(request.POST if request.method == "POST" else None)
    finding = "find" in request.POST
    if form.is_bound and not finding and form.is_valid():
        outcome = services.answer(actor=request.actor, number=number, at=request.at, **form.cleaned_data)
        if not isinstance(outcome, Refusal):
            messages.success(request, _("Thank you: the answer is sent."))
            return redirect("identification", number)
        form.refuse(outcome, said(outcome))
    events.note_read(found.subject, party=found.party, actor=request.actor.label, at=request.at)
    typed = request.POST.get("taxon", "")[:120]
    return render(request, "inspections/identification.html", {
        "found": found, "form": form, "may_answer": may_answer, "files": list(found.files.select_related("upload")),
        "clock": days_clock(calendar_of(found.party), found.due_on, request.at) if found.state == "open" else None,
        "matches": search(typed, 6, party=found.party) if finding and typed.strip() else None,
        "may_more": found.state == "unclear" and can(request.actor, Action.ASK_IDENTIFICATION, found).allowed,
        "card": reads.card(request.actor, found.declared) if found.declared else None,
        "entries": timeline(found.subject, found.party), "finding": finding,
    }, status=REFUSED if form.is_bound and not finding and form.errors else 200)


@role(Action.ASK_IDENTIFICATION)
@require_POST
def more(request: Request, number: str) -> HttpResponse:
    """What was wanted is sent; the clock begins anew."""
    outcome = services.send_more(actor=request.actor, number=number, note=request.POST.get("note", ""), at=request.at)
    if isinstance(outcome, Refusal):
        messages.error(request, said(outcome))
    else:
        _keep_pictures(request, outcome)
    return redirect("identification", number)
