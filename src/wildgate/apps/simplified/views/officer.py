"""The officers' and scientists' desk for master files: draw up, find, approve, give out, end, and see what was used."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from wildgate.apps.accounts.access import Action, can
from wildgate.apps.accounts.gate import Request, role
from wildgate.apps.permits.templatetags.permits import said
from wildgate.apps.simplified import selectors, services
from wildgate.apps.simplified.forms import MasterForm
from wildgate.apps.simplified.models import MasterFile
from wildgate.convention.refusal import Refusal
from wildgate.convention.simplified import MasterState
from wildgate.convention.vocabulary import By

REFUSED = 422
ROWS_ON_A_PAGE = 50


@role(Action.VIEW_MASTERS)
def listing(request: Request) -> HttpResponse:
    """All master files, the newest first."""
    page = Paginator(selectors.masters(request.actor), ROWS_ON_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "simplified/masters.html", {
        "page": page, "rows": page.object_list, "may_draw_up": bool(can(request.actor, Action.KEEP_MASTERS))})


@role(Action.VIEW_MASTERS)
def master(request: Request, number: str) -> HttpResponse:
    """One master file: its terms, its findings, its certificates, and what was used of it."""
    found = _seen(request, number)
    actor = request.actor
    keeps = bool(can(actor, Action.KEEP_MASTERS, found))
    finds = {By.SCIENTIFIC.value: bool(can(actor, Action.FIND_MASTER_SCIENCE, found))}
    page = Paginator(selectors.papers(actor, found), ROWS_ON_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "simplified/master.html", {
        "master": found, "report": selectors.report(found), "page": page, "rows": page.object_list, "keeps": keeps,
        "findings": [(each, found.state == MasterState.PROPOSED.value and finds.get(each.by, keeps))
                     for each in found.findings.select_related("person")],
        "approve": found.state == MasterState.PROPOSED.value and can(actor, Action.APPROVE_MASTER, found),
    })


@role(Action.KEEP_MASTERS)
def draw_up(request: Request) -> HttpResponse:
    """Draw up a master file; another officer approves it."""
    form = MasterForm(request.POST or None, organisations=selectors.holders(request.actor), home=request.actor.party)
    if request.method == "POST" and form.is_valid() and (terms := form.terms()) is not None:
        made = services.draw_up(
            actor=request.actor, organisation=int(form.cleaned_data["organisation"]), terms=terms, names=form.names(),
            certificates=form.cleaned_data["certificates"], note=form.cleaned_data["note"], at=request.at)
        if isinstance(made, MasterFile):
            messages.success(request, _("Drawn up. It can be used once the findings are made and another officer has "
                                        "approved it."))
            return redirect("master", made.number)
        form.tell(made)
    return render(request, "simplified/draw_up.html", {"form": form}, status=REFUSED if form.errors else 200)


@role(Action.VIEW_MASTERS)
@require_POST
def act(request: Request, number: str) -> HttpResponse:
    """One of the deeds on the page of a master file."""
    _seen(request, number)
    given, actor, at = request.POST, request.actor, request.at
    reason = given.get("reason", "")
    done: object
    match given.get("do"):
        case "find" | "deny" as what:
            done = services.record_finding(actor=actor, number=number, kind=given.get("kind", ""),
                                           by=given.get("by", ""), made=what == "find", text=given.get("text", ""),
                                           at=at)
        case "approve":
            done = services.approve(actor=actor, number=number, at=at)
        case "decline":
            done = services.decline(actor=actor, number=number, reason=reason, at=at)
        case "give":
            count = given.get("count", "")
            done = services.give_out(actor=actor, number=number, at=at,
                                     count=int(count) if count.isdecimal() and len(count) < 6 else 0)
        case "void":
            done = services.void(actor=actor, number=given.get("paper", ""), reason=reason, at=at)
        case "end":
            done = services.end(actor=actor, number=number, reason=reason, at=at)
        case _:
            raise Http404
    if isinstance(done, Refusal):
        messages.error(request, said(done))
    elif isinstance(done, list):
        messages.success(request, ngettext("%(count)s certificate given out.", "%(count)s certificates given out.",
                                           len(done)) % {"count": len(done)})
    else:
        messages.success(request, _("Done."))
    return redirect("master", number)


def _seen(request: Request, number: str) -> MasterFile:
    found = selectors.master(request.actor, number)
    if found is None:
        raise Http404(_("There is no such master file, or you may not see it."))
    return found
