"""Where payment providers report, and the page that plays a bank in the demo world."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from wildgate.apps.accounts.access import Action
from wildgate.apps.accounts.gate import Request, public, role
from wildgate.apps.fees import selectors, services
from wildgate.apps.fees.models import Payment
from wildgate.apps.fees.providers import TestProvider, offered
from wildgate.apps.fees.wording import said
from wildgate.convention.refusal import Refusal

REFUSED = 422


@role(Action.PAY_FEE)
@require_safe
def page(request: Request) -> HttpResponse:
    """The test bank: it shows what is to be paid, and its two buttons carry its signed messages."""
    begun = (Payment.objects.select_related("charge").filter(
        provider=TestProvider.name, reference=request.GET.get("reference", "")[:80]).first() if settings.DEMO else None)
    if begun is None or selectors.charge(request.actor, begun.charge_id) is None:
        raise Http404
    back = request.GET.get("back", "")
    return render(request, "fees/bank.html", {
        "payment": begun, "back": back if url_has_allowed_host_and_scheme(back, None) else reverse("fees"),
        "messages_signed": [(paid, TestProvider().message(begun, paid=paid)) for paid in (True, False)]})


@csrf_exempt
@public
@require_POST
def confirm(request: Request, provider: str) -> HttpResponse:
    """A provider's message: proven by its own means, not by a session. A payer who came with it is sent on."""
    found = offered().get(provider)
    if found is None:
        raise Http404
    outcome = found.confirm({name: str(value) for name, value in request.POST.items()})
    done = outcome if isinstance(outcome, Refusal) else services.confirm(provider=provider, outcome=outcome,
                                                                         at=request.at)
    back = request.POST.get("back", "")
    if not back or not url_has_allowed_host_and_scheme(back, None):
        return JsonResponse(done.as_json(), status=REFUSED) if isinstance(done, Refusal) else JsonResponse(
            {"state": done.state})
    if isinstance(done, Refusal):
        messages.error(request, said(done))
    elif not isinstance(outcome, Refusal) and outcome.paid:
        messages.success(request, _("The payment was received."))
    else:
        messages.info(request, _("Nothing was paid. You can try again."))
    return redirect(back)
