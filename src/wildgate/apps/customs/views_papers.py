"""Papers that are not as they should be: rejected ones with their packet, and missing export endorsements."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from wildgate.apps.accounts.access import Action, can
from wildgate.apps.accounts.gate import Request, role
from wildgate.apps.customs import packet, selectors, services, views
from wildgate.apps.customs.models import MissingEndorsement, Rejection
from wildgate.apps.permits.templatetags.permits import said
from wildgate.convention.refusal import Refusal

REFUSED = 422
ROWS = 50


class RejectionForm(forms.Form):
    """Why a paper is not accepted."""

    country = forms.CharField(label=gettext_lazy("Issued by (country code)"), max_length=2)
    number = forms.CharField(label=gettext_lazy("Number of the permit"), max_length=40)
    issued_on = forms.DateField(label=gettext_lazy("Date of issue"), required=False)
    reason = forms.ChoiceField(label=gettext_lazy("Reason"), choices=[("", ""), *Rejection.Reason.choices])
    evidence = forms.CharField(
        label=gettext_lazy("What shows it"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("What is wrong, on which page or box, and how it was found. No names of suspects: they "
                               "belong to the seizure."))
    port = forms.CharField(label=gettext_lazy("Port or station"), max_length=60)


@role(Action.VIEW_DOUBLE_USE)
def rejections(request: Request) -> HttpResponse:
    """All rejected papers, the newest first."""
    page = Paginator(selectors.rejections(request.actor), ROWS).get_page(request.GET.get("page"))
    return render(request, "customs/rejections.html", {
        "page": page, "may_reject": can(request.actor, Action.REJECT_PAPER).allowed})


@role(Action.REJECT_PAPER)
def reject(request: Request) -> HttpResponse:
    """Reject a presented paper."""
    known = {"country": request.GET.get("country", "")[:2], "number": request.GET.get("number", "")[:40],
             "port": request.actor.station}
    form = RejectionForm(request.POST or None, initial=known)
    if request.method == "POST" and form.is_valid():
        made = services.reject(actor=request.actor, at=request.at, **form.cleaned_data)
        if not isinstance(made, Refusal):
            messages.success(request, _("The paper is rejected: its number is red from now on. Add photographs."))
            return redirect("rejection", made.pk)
        form.add_error(made.field if made.field in form.fields else None, said(made))
    return render(request, "customs/rejection_new.html", {"form": form}, status=REFUSED if form.errors else 200)


@role(Action.VIEW_DOUBLE_USE)
def rejection(request: Request, key: int) -> HttpResponse:
    """One rejected paper with its evidence."""
    return _show(request, _rejection(request, key))


def _show(request: Request, found: Rejection, *, fault: Refusal | None = None,
          photo_fault: Refusal | None = None) -> HttpResponse:
    return render(request, "customs/rejection.html", {
        "rejection": found, "photos": list(found.photos.select_related("upload")), "fault": fault,
        "faults": [("id_why", said(fault))] if fault else [], "typed": request.POST.get("why", ""),
        "may_photograph": can(request.actor, Action.REJECT_PAPER).allowed, "photo_fault": photo_fault,
        "photo_url": reverse("rejection-photos", args=[found.pk]), "detail": None, "animals": [],
        "may_lift": found.lifted_at is None and can(request.actor, Action.CLOSE_DOUBLE_USE).allowed,
    }, status=REFUSED if fault or photo_fault else 200)


def _rejection(request: Request, key: int) -> Rejection:
    found = selectors.rejections(request.actor).filter(pk=key).first()
    if found is None:
        raise Http404(_("There is no such rejection."))
    return found


@role(Action.CLOSE_DOUBLE_USE)
@require_POST
def lift(request: Request, key: int) -> HttpResponse:
    """The authority found that the doubt was wrong."""
    outcome = services.lift(actor=request.actor, rejection=key, why=request.POST.get("why", ""), at=request.at)
    if isinstance(outcome, Refusal):
        return _show(request, _rejection(request, key), fault=outcome)
    messages.success(request, _("The rejection is lifted."))
    return redirect("rejection", key)


@role(Action.VIEW_DOUBLE_USE)
def packet_file(request: Request, key: int) -> HttpResponse:
    """The packet for the issuing authority and the Secretariat: record, evidence, photographs."""
    found = _rejection(request, key)
    answer = HttpResponse(packet.of(found, request.actor, request.at), content_type="application/zip")
    answer["Content-Disposition"] = f'attachment; filename="rejected-{found.country}-{found.squeezed}.zip"'
    answer["Cache-Control"] = "private, no-store"
    return answer


@role(Action.REJECT_PAPER)
@require_POST
def rejection_photos(request: Request, key: int) -> HttpResponse:
    """Photographs of a rejected paper."""
    if (fault := _kept(request, rejection=key)) is not None:
        return _show(request, _rejection(request, key), photo_fault=fault)
    return redirect("rejection", key)


@role(Action.ENDORSE)
@require_POST
def endorsement_photos(request: Request, digest: str) -> HttpResponse:
    """Photographs of endorsed goods."""
    found = selectors.endorsement(request.actor, digest)
    if found is None:
        raise Http404(_("There is no such endorsement."))
    if (fault := _kept(request, endorsement=digest)) is not None:
        return views.show_endorsement(request, found, fault)
    return redirect("border-endorsement", digest)


def _kept(request: Request, **owner: Any) -> Refusal | None:
    for file in request.FILES.getlist("photos"):
        kept = services.photograph(actor=request.actor, name=file.name or "photograph", parts=file.chunks(),
                                   at=request.at, **owner)
        if isinstance(kept, Refusal):
            return kept
    return None


@role(Action.VIEW_PERMIT)
def photo(request: Request, key: int) -> HttpResponse:
    """A photograph as a download: what somebody handed in is never shown as a page of ours."""
    found = selectors.photo(request.actor, key)
    if found is None or not found.upload.file.exists():
        raise Http404(_("There is no such photograph."))
    answer = HttpResponse(found.upload.file.read_bytes(), content_type="application/octet-stream")
    answer["Content-Disposition"] = content_disposition_header(True, found.upload.file_name) or "attachment"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


@role(Action.ENDORSE)
@require_POST
def ask_missing(request: Request, country: str, number: str, issued_on: str) -> HttpResponse:
    """Ask the exporting authority whether the goods left with its customs' knowledge."""
    try:
        day = date.fromisoformat(issued_on)
    except ValueError:
        raise Http404(_("This paper is not registered here.")) from None
    made = services.ask_exporter(actor=request.actor, foreign=(country, number, day),
                                 port=request.POST.get("port", ""), at=request.at)
    if isinstance(made, Refusal):
        messages.error(request, said(made))
    else:
        messages.success(request, _("The exporting authority is asked."))
    return redirect("border-foreign", country, number, issued_on)


@role(Action.VIEW_DOUBLE_USE)
def missing(request: Request) -> HttpResponse:
    """All questions about missing endorsements, and how often each country's papers came without."""
    page = Paginator(selectors.missing(request.actor), ROWS).get_page(request.GET.get("page"))
    return render(request, "customs/missing.html", {
        "page": page, "countries": selectors.missing_by_country(request.actor), "today": request.at.date()})


@role(Action.VIEW_DOUBLE_USE)
def missing_one(request: Request, key: int) -> HttpResponse:
    """One question; whoever learned the outcome writes it down."""
    found = selectors.missing(request.actor).filter(pk=key).first()
    if found is None:
        raise Http404(_("There is no such question."))
    fault = None
    if request.method == "POST":
        done = services.close_question(actor=request.actor, question=key, state=request.POST.get("state", ""),
                                       outcome=request.POST.get("outcome", ""), at=request.at)
        if not isinstance(done, Refusal):
            messages.success(request, _("The outcome is written down."))
            return redirect("missing-endorsement", key)
        fault = done
    states = [choice for choice in MissingEndorsement.State.choices if choice[0] != MissingEndorsement.State.ASKED]
    return render(request, "customs/missing_one.html", {
        "question": found, "fault": fault, "typed": request.POST, "states": states, "today": request.at.date(),
        "faults": [(f"id_{fault.field}", said(fault))] if fault else []}, status=REFUSED if fault else 200)
