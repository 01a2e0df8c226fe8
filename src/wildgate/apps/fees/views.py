"""Pages about fees: what is to be paid and was paid, paying, recording receipts, waiving."""

from __future__ import annotations

import csv
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from wildgate.apps.accounts.access import Action, can
from wildgate.apps.accounts.gate import Request, role
from wildgate.apps.fees import providers, selectors, services
from wildgate.apps.fees.forms import OPEN, FilterForm, ReceiptForm, RefundForm, Typed, WaiveForm
from wildgate.apps.fees.models import Charge
from wildgate.apps.fees.wording import said
from wildgate.apps.houserules import selectors as house
from wildgate.convention.refusal import Refusal

REFUSED = 422
ROWS_ON_A_PAGE = 50
STILL_OPEN = (Charge.State.DUE, Charge.State.OWED)


@role(Action.VIEW_FEES)
@require_safe
def fees(request: Request) -> HttpResponse:
    """The fees that the reader may see, the newest first."""
    filters = FilterForm(request.GET or None)
    page = Paginator(_chosen(request, filters), ROWS_ON_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "fees/list.html", {
        "filters": filters, "page": page, "today": request.at.date(),
        "accountant": can(request.actor, Action.RECORD_RECEIPT)})


def _chosen(request: Request, filters: FilterForm) -> QuerySet[Charge]:
    found = selectors.visible_to(request.actor)
    if not filters.is_bound or not filters.is_valid():
        return found
    state, text = filters.cleaned_data["state"], filters.cleaned_data["q"].strip()
    if state:
        found = found.filter(state__in=STILL_OPEN if state == OPEN else [state])
    return found.filter(Q(subject__icontains=text) | Q(organisation__name__icontains=text)) if text else found


@role(Action.VIEW_FEES)
def fee(request: Request, key: int) -> HttpResponse:
    """One fee: why it is asked for, how to pay it; for officers the receipt, the waiver, the refund."""
    found = selectors.charge(request.actor, key)
    if found is None:
        raise Http404(_("There is no such fee, or you may not see it."))
    forms = _forms(request, found)
    do = request.POST.get("do", "")
    if request.method == "POST" and do in forms and forms[do].is_valid():
        done, words = _do(request, found, do, forms[do].cleaned_data)
        if not isinstance(done, Refusal):
            messages.success(request, words)
            return redirect("fee", key)
        forms[do].tell(done)
    own = bool(can(request.actor, Action.PAY_FEE, found))
    return render(request, "fees/fee.html", {
        "charge": found, "payments": found.payments.select_related("person").order_by("pk"), "forms": forms, "do": do,
        "faulty": forms.get(do), "own": own, "providers": list(providers.offered()) if own else [],
        "owed": selectors.owed(found),
        "how": house.text_of(found.party, "payment", request.LANGUAGE_CODE, request.at.date()),
    }, status=REFUSED if do in forms and forms[do].errors else 200)


def _forms(request: Request, found: Charge) -> dict[str, Typed]:
    """The officer's forms that the state of the fee allows, each bound when it was sent."""
    if not can(request.actor, Action.RECORD_RECEIPT, found):
        return {}
    shapes: dict[str, type[Typed]] = {}
    if found.state == Charge.State.DUE.value:
        shapes = {"receive": ReceiptForm, "waive": WaiveForm}
    elif selectors.owed(found):
        shapes = {"refund": RefundForm}
    sent = request.POST.get("do") if request.method == "POST" else None
    start = {"paid_on": request.at.date().isoformat(), "amount": services.plain(found)}
    return {do: shape(request.POST if do == sent else None, initial=start, prefix=do) for do, shape in shapes.items()}


def _do(request: Request, found: Charge, do: str, data: dict[str, Any]) -> tuple[Charge | Refusal, str]:
    who: dict[str, Any] = {"actor": request.actor, "charge": found.pk, "at": request.at}
    if do == "receive":
        return services.receive(**who, currency=found.currency, **data), _("The receipt is recorded.")
    if do == "waive":
        return services.waive(**who, **data), _("The fee is waived.")
    return services.refund(**who, **data), _("The refund is recorded.")


@role(Action.PAY_FEE)
@require_POST
def pay(request: Request, key: int) -> HttpResponse:
    """Begin to pay, and go to the provider."""
    if selectors.charge(request.actor, key) is None:
        raise Http404(_("There is no such fee, or you may not see it."))
    provider = providers.offered().get(request.POST.get("provider", ""))
    if provider is None:
        raise Http404
    begun = services.start(actor=request.actor, charge=key, provider=provider.name, at=request.at)
    if isinstance(begun, Refusal):
        messages.error(request, said(begun))
        return redirect("fee", key)
    return redirect(provider.start(begun, reverse("fee", args=[key])))


@role(Action.RECORD_RECEIPT)
@require_safe
def receipts(request: Request) -> HttpResponse:
    """What was received and paid back on one day, as CSV for the accountant."""
    try:
        on = date.fromisoformat(request.GET.get("on", ""))
    except ValueError:
        on = request.at.date()
    answer = HttpResponse(content_type="text/csv; charset=utf-8", headers={
        "Content-Disposition": f'attachment; filename="receipts-{on.isoformat()}.csv"'})
    rows = csv.writer(answer)
    rows.writerow(["day", "application", "organisation", "way", "provider", "reference", "amount", "currency", "state"])
    for each in selectors.receipts(request.actor, on):
        rows.writerow([on.isoformat(), each.charge.number, _safe(each.charge.organisation.name), each.way,
                       each.provider, _safe(each.reference), services.plain(each), each.currency,
                       each.state])
    return answer


def _safe(text: str) -> str:
    """A spreadsheet takes a cell that begins like a formula for one: an apostrophe makes it text."""
    return f"'{text}" if text[:1] in "=+-@\t\r" else text
