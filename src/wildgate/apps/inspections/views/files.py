"""Files handed in and handed out: pictures are shown, papers are downloads; nothing in them runs."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from wildgate.apps.accounts.access import Action
from wildgate.apps.accounts.gate import Request, role
from wildgate.apps.inspections import services
from wildgate.apps.inspections.models import Filed
from wildgate.apps.inspections.selectors import cards
from wildgate.apps.inspections.views.identification import card_page
from wildgate.apps.permits.services.attaching import TYPES
from wildgate.apps.permits.templatetags.permits import said
from wildgate.convention.refusal import Refusal, refuse

PAGES = {"inspection": "inspection", "seizure": "seizure", "request": "identification", "card": "card"}


@role(Action.SIGNED_IN)
def file(request: Request, key: int) -> HttpResponse:
    """One file, for who may see the place where it is kept."""
    found = cards.filed(request.actor, key)
    if found is None or not found.upload.file.exists():
        raise Http404(_("There is no such file, or you may not see it."))
    answer = HttpResponse(found.upload.file.read_bytes(), content_type=TYPES[found.upload.kind])
    answer["Content-Disposition"] = f'{"inline" if found.picture else "attachment"}; filename="{_plain(found)}"'
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-store"
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer


@role(Action.SIGNED_IN)
@require_POST
def add(request: Request, place: str, key: str) -> HttpResponse:
    """Keep photographs or papers with an inspection, a seizure, a request or a card; the service asks for the right."""
    if place not in PAGES:
        raise Http404(_("There is no such page."))
    sent = request.FILES.getlist("file")[:10]
    if not sent and place == "card":
        return card_page(request, key, refuse("missing", "Choose a file.", field="file"))
    if not sent:
        messages.error(request, _("Choose a file."))
    for each in sent:
        outcome = services.file_in(
            actor=request.actor, place=place, key=key, name=each.name or "", parts=each.chunks(), at=request.at,
            caption=request.POST.get("caption", ""), author=request.POST.get("author", ""),
            licence=request.POST.get("licence", ""))
        if isinstance(outcome, Refusal) and place == "card":
            return card_page(request, key, outcome)
        if isinstance(outcome, Refusal):
            messages.error(request, said(outcome))
        else:
            messages.success(request, _("%(name)s is kept.") % {"name": outcome.upload.file_name})
    return redirect(PAGES[place], key)


def _plain(found: Filed) -> str:
    """The file's name in plain letters: headers hold no others."""
    return found.upload.file_name.encode("ascii", "replace").decode().replace("?", "_").replace('"', "_")
