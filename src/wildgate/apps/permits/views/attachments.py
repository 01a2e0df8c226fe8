"""Documents with an application: added and taken out by the applicant, handed out as downloads to who may see it."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from wildgate.apps.accounts.access import Action
from wildgate.apps.accounts.gate import Request, role
from wildgate.apps.permits import forms, selectors, services
from wildgate.apps.permits.choices import Choice
from wildgate.apps.permits.forms.inputs import select, text
from wildgate.apps.permits.models import Attachment
from wildgate.apps.permits.services.attaching import LARGEST, LONGEST_NOTE, MOST, OPEN, TYPES
from wildgate.apps.permits.templatetags.permits import said
from wildgate.apps.permits.views.answers_to_pages import own_application
from wildgate.apps.permits.views.kept import keeps_typed, typed_at
from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit import events

REFUSED = 422


@keeps_typed(lambda number: reverse("application-documents", args=[number]))
@role(Action.APPLY)
def documents(request: Request, number: str) -> HttpResponse:
    """The documents of an application, and the form that adds one."""
    case = own_application(request.actor, number)
    typed = {name: value.replace("\x00", "") for name, value in (request.POST or typed_at(request)).items()}
    kinds = tuple(Choice(str(code), str(label)) for code, label in Attachment.Kind.choices)
    faults: list[Refusal] = []
    if request.method == "POST":
        file = request.FILES.get("file")
        if file is None:
            faults = _without_file(typed.get("kind", ""), kinds)
        else:
            outcome = services.attach(actor=request.actor, case=number, kind=typed.get("kind", ""),
                                      name=file.name or "", parts=file.chunks(), note=typed.get("note", ""),
                                      at=request.at)
            if isinstance(outcome, Attachment):
                messages.success(request, _("The document was added."))
                return redirect("application-documents", number)
            faults = [outcome]
    inputs = (select("kind", _("What is it?"), kinds, typed),
              text("note", _("Note"), typed, _("For example its number, or which line it is about."), optional=True))
    page = forms.Page("", _("Documents"), inputs)
    told = {fault.field: said(fault) for fault in faults if fault.field}
    page = page.with_errors(told)
    return render(request, "permits/trader_documents.html", {
        "case": case, "page": page, "documents": selectors.attachments(case), "can_change": case.case_state in OPEN,
        "errors": [(f"id_{fault.field}" if fault.field else "", said(fault)) for fault in faults],
        "file_error": told.get("file", ""), "most": MOST,
        "largest": LARGEST // 1_000_000, "longest": LONGEST_NOTE,
    }, status=REFUSED if faults else 200)


def _without_file(kind: str, kinds: tuple[Choice, ...]) -> list[Refusal]:
    """What a form without a file lacks, in the order of its fields."""
    missing = refuse("missing", "Choose a file.", field="file")
    if kind in {each.code for each in kinds}:
        return [missing]
    return [refuse("missing", "Choose what kind of document it is.", field="kind"), missing]


@keeps_typed(lambda number, key: reverse("application-documents", args=[number]))
@role(Action.APPLY)
@require_POST
def remove(request: Request, number: str, key: int) -> HttpResponse:
    """Take a document out."""
    own_application(request.actor, number)
    outcome = services.detach(actor=request.actor, case=number, attachment=key, at=request.at)
    if isinstance(outcome, Refusal):
        messages.error(request, said(outcome))
    else:
        messages.success(request, _("The document was taken out."))
    return redirect("application-documents", number)


@role(Action.SIGNED_IN)
def document(request: Request, key: int) -> HttpResponse:
    """The file as it was handed in, only ever as a download: nothing in it runs here. That an official fetched it is
    an event."""
    found = selectors.attachment(request.actor, key)
    if found is None or not found.upload.file.exists():
        raise Http404(_("There is no such document, or you may not see it."))
    case = found.application
    if request.actor.official:
        events.note_read(case.subject, party=case.party, actor=request.actor.label, at=request.at)
    answer = HttpResponse(found.upload.file.read_bytes(),
                          content_type=TYPES.get(found.upload.kind, "application/octet-stream"))
    answer["Content-Disposition"] = content_disposition_header(True, found.upload.file_name) or "attachment"
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer["Cache-Control"] = "private, no-store"
    return answer
