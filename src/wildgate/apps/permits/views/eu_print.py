"""A permit on the forms of the European Union, to print; only where the Union's measures are in force."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _

from wildgate.apps.accounts.access import Action
from wildgate.apps.accounts.gate import Request, role
from wildgate.apps.permits import eu_print, selectors
from wildgate.apps.permits.handing_out import note_handed_out


@role(Action.VIEW_PERMITS)
def forms(request: Request, number: str) -> HttpResponse:
    """The five forms. That somebody took them is an event like any other fetch of the paper."""
    found = selectors.permit(request.actor, number)
    if found is None or not eu_print.in_force(found.application.law):
        raise Http404(_("A permit has no such document."))
    content = eu_print.write(found)
    note_handed_out(found, actor=request.actor, at=request.at)
    answer = HttpResponse(content, content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="{found.number}-eu-forms.pdf"'
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-store"
    return answer
