"""The market desk: the queue, one listing with its three answers, and what is done with it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from wildgate.apps.accounts.access import Action, can
from wildgate.apps.accounts.gate import Request, role
from wildgate.apps.market import highlights, selectors, services, wording
from wildgate.apps.market.forms import DeedForm, LabelForm, ReasonForm, SubjectForm, TieForm, Typed
from wildgate.apps.market.models import Label, Listing, ListingLink
from wildgate.apps.market.services import evidence as proving
from wildgate.apps.market.services.screening import ties_of
from wildgate.apps.platforms import selectors as platforms
from wildgate.convention.refusal import Refusal
from wildgate.kit import events

ON_A_PAGE, REFUSED = 40, 422


@role(Action.VIEW_MARKET)
def index(request: Request) -> HttpResponse:
    """What waits: Appendix I first. The filter stands in the address."""
    asked = selectors.Asked.of(request.GET)
    page = Paginator(selectors.queue(request.actor, asked), ON_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "market/index.html", {
        "page": page, "rows": [{"it": each, "tone": wording.STATE_TONES[each.state]} for each in page], "asked": asked,
        "states": Listing.State.choices, "specimens": Listing.Specimen.choices,
        "counts": selectors.counts(request.actor), "may": may(request)})


def may(request: Request) -> dict[str, bool]:
    """What the person may do here, for tabs and forms."""
    return {name: can(request.actor, action).allowed for name, action in (
        ("capture", Action.CAPTURE), ("work", Action.WORK_MARKET), ("sellers", Action.SEE_SELLERS),
        ("intelligence", Action.ENTER_INTELLIGENCE), ("notify", Action.NOTIFY_PLATFORM))}


def found(request: Request, number: str) -> Listing:
    """The listing, or a page that is not there."""
    row = selectors.listing(request.actor.party, number)
    if row is None or not can(request.actor, Action.VIEW_MARKET, row):
        raise Http404(_("There is no such listing."))
    return row


@role(Action.VIEW_MARKET)
def listing(request: Request, number: str) -> HttpResponse:
    """One listing: its words, the three answers apart, permits, ties, evidence, history, and what may be done."""
    return _page(request, found(request, number))


def _page(request: Request, row: Listing, wrong: Typed | None = None, status: int = 200,
          name: str = "") -> HttpResponse:
    events.note_read(row.subject, party=row.party, actor=request.actor.label, at=request.at)
    screening = selectors.newest_screening(row)
    answers: dict[str, Any] = screening.answers if screening else {}
    label = row.labels.filter(current=True).select_related("by").first()
    told = answers.get("specimen", {})
    return render(request, "market/listing.html", {
        "it": row, "tone": wording.STATE_TONES[row.state], "screening": screening, "answers": answers,
        **_forms(row, label, wrong),
        "said_title": highlights.pieces(row.title, answers, "title"),
        "said_text": highlights.pieces(row.text, answers, "description"),
        "scope": wording.SCOPES.get(told.get("scope", ""), ""), "wrong": wrong, "label": label, "seller_name": name,
        "indicators": [wording.indicator(each) for each in answers.get("legality", ())],
        "checks": [wording.check(each) for each in row.permit_checks.order_by("pk")], "ties": _ties(row),
        "captures": row.captures.select_related("evidence").order_by("-pk")[:20], "images": row.images.order_by("pk"),
        "history": [{"title": wording.EVENTS.get(each.kind, each.kind), "at": each.at, "who": each.who,
                     "note": each.note} for each in selectors.history(row)], "may": may(request)}, status=status)


def _forms(row: Listing, label: Label | None, wrong: Typed | None) -> dict[str, Typed]:
    """The forms beside the listing; the one with faults as it was sent."""
    deed = "reopen" if row.state == Listing.State.DISMISSED else "send"
    forms: dict[str, Typed] = {
        "label_form": LabelForm(initial={"answer": label.answer, "taxon": label.taxon} if label else None),
        "deed_form": DeedForm(initial={"deed": deed}), "reason_form": ReasonForm()}
    return {name: wrong if wrong is not None and isinstance(wrong, type(form)) else form
            for name, form in forms.items()}


def _ties(row: Listing) -> list[dict[str, Any]]:
    words = dict(ListingLink.Kind.choices)
    return [{"it": other, "kinds": [words[kind] for kind in sorted(kinds)],
             "same": other.seller_id is not None and other.seller_id == row.seller_id} for other, kinds in ties_of(row)]


@role(Action.WORK_MARKET)
@require_POST
def label(request: Request, number: str) -> HttpResponse:
    """Keep a person's answer; from the queue of labels the next listing follows."""
    row, form = found(request, number), LabelForm(request.POST)
    if form.is_valid():
        done = services.label(actor=request.actor, listing=number, at=request.at, **form.cleaned_data)
        if not isinstance(done, Refusal):
            messages.success(request, _("Your answer is kept."))
            labels = request.POST.get("then") == "labels"
            return redirect("market-labels") if labels else redirect("market-listing", number)
        form.tell(done)
    return _page(request, row, form, REFUSED)


@role(Action.WORK_MARKET)
@require_POST
def deed(request: Request, number: str) -> HttpResponse:
    """Send to intelligence, put into a case, dismiss, take up again."""
    row, form = found(request, number), DeedForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        who: dict[str, Any] = {"actor": request.actor, "listing": number, "at": request.at}
        done = {"send": lambda: services.send(**who, words=given["reason"]),
                "case": lambda: services.open_case(**who, words=given["reason"], case=given["case"]),
                "dismiss": lambda: services.dismiss(**who, reason=given["reason"]),
                "reopen": lambda: services.reopen(**who, reason=given["reason"])}[given["deed"]]()
        if not isinstance(done, Refusal):
            messages.success(request, _("Done, and noted in the history."))
            return redirect("market-listing", number)
        form.tell(done)
    return _page(request, row, form, REFUSED)


@role(Action.SEE_SELLERS)
@require_POST
def see_seller(request: Request, number: str) -> HttpResponse:
    """The seller's name, once, on the answer to this very request: it stands in no address and no other page."""
    row, form = found(request, number), ReasonForm(request.POST)
    if form.is_valid():
        name = services.see(actor=request.actor, listing=number, at=request.at, **form.cleaned_data)
        if isinstance(name, str):
            answer = _page(request, row, name=name)
            answer["Cache-Control"] = "no-store"
            return answer
        form.tell(name)
    return _page(request, row, form, REFUSED)


@role(Action.SEE_SELLERS)
def subject(request: Request) -> HttpResponse:
    """What is kept of a seller who asks, found by the hash of the name; the name stands in no address."""
    form = SubjectForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        platform = platforms.platforms(request.actor.party).filter(name__iexact=given["platform"]).first()
        done = services.export_subject(actor=request.actor, platform_id=platform.pk if platform else None,
                                       platform=given["platform"], name=given["name"], at=request.at)
        if not isinstance(done, Refusal):
            return JsonResponse(done, headers={"Content-Disposition": 'attachment; filename="subject.json"',
                                               "Cache-Control": "no-store"})
        form.tell(done)
    return render(request, "market/subject.html", {"form": form, "may": may(request)},
                  status=REFUSED if form.errors else 200)


@role(Action.VIEW_MARKET)
def evidence(request: Request, number: str) -> HttpResponse:
    """One piece of evidence: who captured it, when and under which provision, and whether it stands now."""
    row = selectors.evidence(request.actor, number)
    if row is None:
        raise Http404(_("There is no such evidence."))
    form, status = ReasonForm(request.POST or None), 200
    if request.method == "POST" and form.is_valid():
        done = services.opened(actor=request.actor, number=number, at=request.at, **form.cleaned_data)
        if not isinstance(done, Refusal):
            return _handed_out(number, done[1])
        form.tell(done)
        status = REFUSED
    proofs = proving.verify(row)
    return render(request, "market/evidence.html", {
        "it": row, "form": form, "proofs": [{"name": wording.PROOFS[each.code], "holds": each.holds,
                                             "says": _(each.says)} for each in proofs],
        "stands": proving.stands(proofs), "captures": row.captures.select_related("listing").order_by("line")[:100],
        "may": may(request)}, status=status)


def _handed_out(number: str, data: bytes) -> HttpResponse:
    """Bytes from strangers: never shown, only saved, and harmless where a browser shows them after all."""
    answer = HttpResponse(data, content_type="application/octet-stream")
    answer["Content-Disposition"] = f'attachment; filename="{number}.bin"'
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "sandbox"
    answer["Cache-Control"] = "no-store"
    return answer


@role(Action.VIEW_MARKET)
def seller(request: Request, key: str) -> HttpResponse:
    """One seller by a code: the listings, the cluster, and the evidence of each edge in it."""
    row = selectors.seller(request.actor, key)
    if row is None:
        raise Http404(_("There is no such seller."))
    form = TieForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        done = (services.split(actor=request.actor, seller=row.key, reason=given["reason"], at=request.at)
                if given["deed"] == "split" else
                services.merge(actor=request.actor, seller=row.key, other=given["other"], reason=given["reason"],
                               at=request.at))
        if not isinstance(done, Refusal):
            messages.success(request, _("Done, and noted in the history."))
            return redirect("market-seller", row.key[:16])
        form.tell(done)
    members, edges = selectors.cluster_of(row)
    return render(request, "market/seller.html", {
        "it": row, "members": members, "edges": edges, "form": form, "may": may(request),
        "listings": row.listings.order_by("-last_seen")[:50]}, status=REFUSED if form.errors else 200)
