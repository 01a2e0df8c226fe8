"""The label for a parcel, on the permit's page: it shows the code outside, so that the original travels inside."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _

from wildgate.apps.accounts.access import Action, Actor
from wildgate.apps.accounts.gate import Request, role
from wildgate.apps.permits import documents, parcel, selectors
from wildgate.apps.permits.models import Permit
from wildgate.apps.permits.page_cards import Card, card


@role(Action.VIEW_PERMITS)
def label(request: Request, number: str) -> HttpResponse:
    """The label as a PDF (A6)."""
    found = selectors.permit(request.actor, number)
    if found is None or not documents.for_use(found):
        raise Http404(_("There is no such permit, or you may not see it."))
    answer = HttpResponse(parcel.label(found, request.at), content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="{found.number}-label.pdf"'
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-store"
    return answer


@card
def label_card(actor: Actor, permit: Permit) -> Card | None:
    """For whoever sends the goods."""
    sends = permit.organisation_id in actor.organisations and documents.for_use(permit)
    return Card("permits/parcel_card.html", permit) if sends else None
