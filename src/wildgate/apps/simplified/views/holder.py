"""The holder's certificates: what may still be sent, and the page on which one is completed."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from wildgate.apps.accounts.access import Action, can
from wildgate.apps.accounts.gate import Request, role
from wildgate.apps.permits.documents import verify_base
from wildgate.apps.permits.models import Permit
from wildgate.apps.permits.templatetags.permits import said
from wildgate.apps.simplified import selectors, services
from wildgate.apps.simplified.forms import CompleteForm
from wildgate.apps.simplified.models import Certificate
from wildgate.convention.refusal import Refusal
from wildgate.convention.simplified import PaperState
from wildgate.message.beside import Beside, write_blank

REFUSED = 422
ROWS_ON_A_PAGE = 50


@role(Action.USE_MASTER)
def home(request: Request) -> HttpResponse:
    """The holder's master files with what is left, and every certificate."""
    page = Paginator(selectors.papers(request.actor).filter(organisation_id__in=request.actor.organisations),
                     ROWS_ON_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "simplified/home.html", {
        "masters": selectors.masters(request.actor, own=True)[:20], "page": page, "rows": page.object_list})


@role(Action.USE_MASTER)
def certificate(request: Request, number: str) -> HttpResponse:
    """One certificate. While it is not complete: the boxes that the holder fills."""
    found = _own(request, number)
    lines = list(found.master.lines.all())
    form = None
    if found.state == PaperState.GIVEN.value:
        form = CompleteForm(request.POST or None, master=found.master, lines=lines)
        if request.method == "POST" and form.is_valid() and (filled := form.filled()) is not None:
            done = services.complete(actor=request.actor, number=number, filled=filled, at=request.at)
            if isinstance(done, Permit):
                messages.success(request, _("Completed. This is the permit: print it, and throw the empty one away."))
                return redirect("permit", done.number)
            form.tell(done)
    return render(request, "simplified/certificate.html", {"paper": found, "master": found.master, "lines": lines,
                                                           "form": form},
                  status=REFUSED if form is not None and form.errors else 200)


@role(Action.USE_MASTER)
@require_POST
def hand_back(request: Request, number: str) -> HttpResponse:
    """A certificate that is not needed."""
    _own(request, number)
    done = services.hand_back(actor=request.actor, number=number, at=request.at)
    if isinstance(done, Refusal):
        messages.error(request, said(done))
    else:
        messages.success(request, _("Handed back."))
    return redirect("certificates")


@role(Action.USE_MASTER)
def blank(request: Request, number: str) -> HttpResponse:
    """The empty certificate as paper: its code says that it is not complete."""
    found = _own(request, number)
    if found.state != PaperState.GIVEN.value:
        raise Http404(_("There is no such certificate, or you may not see it."))
    paper = Beside(found.party, found.number, bytes.fromhex(found.token), found.master.until, found.given_at,
                   found.master.boxes)
    answer = HttpResponse(write_blank(paper, base_url=verify_base()), content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="{found.number}-not-complete.pdf"'
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-store"
    return answer


def _own(request: Request, number: str) -> Certificate:
    """The certificate; one of another firm and one that does not exist are the same 404."""
    found = selectors.paper(request.actor, number)
    if found is None or not can(request.actor, Action.USE_MASTER, found):
        raise Http404(_("There is no such certificate, or you may not see it."))
    return found
