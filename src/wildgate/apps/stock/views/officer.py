"""The officer's desk for stock: declarations to release or refuse, and the windows in which stock is declared."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from wildgate.apps.accounts.access import Action
from wildgate.apps.accounts.gate import Request, role
from wildgate.apps.stock import selectors, services
from wildgate.apps.stock.forms import WindowForm
from wildgate.convention.refusal import Refusal
from wildgate.kit.sentences import in_words

REFUSED = 422
ROWS_ON_A_PAGE = 50


@role(Action.RELEASE_STOCK)
def declarations(request: Request) -> HttpResponse:
    """What holders declared and the authority has not released yet, the longest waiting first."""
    page = Paginator(selectors.to_release(request.actor), ROWS_ON_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "stock/declarations.html", {
        "page": page, "rows": page.object_list, "windows": selectors.windows(request.actor.party)[:20]})


@role(Action.RELEASE_STOCK)
@require_POST
def decide(request: Request, number: str) -> HttpResponse:
    """Release a declaration, or refuse it with the reason."""
    if request.POST.get("do") == "release":
        done, words = services.release(actor=request.actor, number=number, at=request.at), _("Released.")
    else:
        done, words = services.refuse_stock(actor=request.actor, number=number, at=request.at,
                                            reason=request.POST.get("reason", "")), _("Not accepted.")
    if isinstance(done, Refusal):
        messages.error(request, in_words(done))
        return redirect("stock-entry", number)
    messages.success(request, f"{number}: {words}")
    return redirect("stock-declarations")


@role(Action.RELEASE_STOCK)
def open_window(request: Request) -> HttpResponse:
    """Open the declaration of stock for a taxon whose listing was adopted."""
    form = WindowForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        adopted, effective = form.days()
        done = services.open_window(actor=request.actor, taxon=form.cleaned_data["taxon"], adopted_on=adopted,
                                    effective_on=effective, note=form.cleaned_data["note"], at=request.at)
        if not isinstance(done, Refusal):
            messages.success(request, _("The window is open."))
            return redirect("stock-declarations")
        form.tell([done])
    return render(request, "stock/window.html", {"form": form}, status=REFUSED if form.errors else 200)
