"""The administrator's pages: addresses for machine notices with their logs, and what could not be done or sent."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from wildgate.apps.accounts.access import Action
from wildgate.apps.accounts.gate import Request, role
from wildgate.apps.letters import delivering, selectors, services, wording
from wildgate.apps.letters.forms import KindsForm, WebhookForm
from wildgate.apps.letters.models import Webhook
from wildgate.convention.refusal import Refusal

ROWS_ON_A_PAGE = 25
REFUSED = 422


@role(Action.KEEP_WEBHOOKS)
def webhooks(request: Request) -> HttpResponse:
    """The addresses of other systems that are told of events."""
    return render(request, "letters/webhooks.html", {"rows": selectors.webhooks(request.actor.party)})


@role(Action.KEEP_WEBHOOKS)
def new(request: Request) -> HttpResponse:
    """Register an address. Its secret is shown on the next page, once."""
    form = WebhookForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        done = services.register_webhook(actor=request.actor, at=request.at, **form.cleaned_data)
        if not isinstance(done, Refusal):
            return _secret(request, done)
        form.add_error(done.field or None, wording.said(done))
    return render(request, "letters/webhook_new.html", {"form": form}, status=REFUSED if form.errors else 200)


@role(Action.KEEP_WEBHOOKS)
def webhook(request: Request, key: int) -> HttpResponse:
    """One address: what was sent to it, what waits, and its switches."""
    found = _found(request, key)
    form = KindsForm(request.POST or None, initial={"kinds": found.kinds, "active": found.active,
                                                     "side": found.side})
    if request.method == "POST" and form.is_valid():
        done = services.change_webhook(actor=request.actor, key=key, at=request.at, **form.cleaned_data)
        if not isinstance(done, Refusal):
            messages.success(request, _("Saved."))
            return redirect("webhook", key)
        form.add_error(done.field or None, wording.said(done))
    page = Paginator(selectors.deliveries(found), ROWS_ON_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "letters/webhook.html", {"webhook": found, "form": form, "page": page,
                                                    "rows": page.object_list},
                  status=REFUSED if form.errors else 200)


@role(Action.KEEP_WEBHOOKS)
@require_POST
def deed(request: Request, key: int) -> HttpResponse:
    """A new secret, or away with the address."""
    if request.POST.get("do") == "renew":
        done = services.renew_secret(actor=request.actor, key=key, at=request.at)
        if not isinstance(done, Refusal):
            return _secret(request, done)
    else:
        done = services.remove_webhook(actor=request.actor, key=key, at=request.at)
        if not isinstance(done, Refusal):
            messages.success(request, _("The address is taken away."))
            return redirect("webhooks")
    raise Http404(wording.said(done))


def _secret(request: Request, found: Webhook) -> HttpResponse:
    """Shown in answer to the request that made it, and never again."""
    answer = render(request, "letters/webhook_secret.html", {"webhook": found,
                                                             "secret": delivering.secret_of(found)})
    answer["Cache-Control"] = "no-store"
    return answer


def _found(request: Request, key: int) -> Webhook:
    found = Webhook.objects.filter(party=request.actor.party, pk=key).first()
    if found is None:
        raise Http404(_("There is no such address."))
    return found


@role(Action.VIEW_UNDONE)
def undone(request: Request) -> HttpResponse:
    """Background tasks that failed for good, and mails that could not be sent."""
    party = request.actor.party
    dead, mails = selectors.dead_jobs(party), selectors.failed_mails(party)
    return render(request, "letters/undone.html", {
        "dead": dead[:ROWS_ON_A_PAGE], "mails": mails[:ROWS_ON_A_PAGE], "many_dead": dead.count(),
        "many_mails": mails.count()})


@role(Action.VIEW_UNDONE)
@require_POST
def again(request: Request, what: str, key: int) -> HttpResponse:
    """Begin again with one of them."""
    done = services.begin_again(actor=request.actor, what=what, key=key, at=request.at)
    if isinstance(done, Refusal):
        messages.error(request, wording.said(done))
    else:
        messages.success(request, _("It is tried again."))
    return redirect("undone")
