"""Cases: the list, one with its reports and links, a new one."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from wildgate.apps.accounts.gate import Request
from wildgate.apps.intelligence import selectors, services
from wildgate.apps.intelligence.clearance import Member
from wildgate.apps.intelligence.forms import CaseForm, LinkForm
from wildgate.apps.intelligence.models import Case
from wildgate.apps.intelligence.selectors.desk import links_of
from wildgate.apps.intelligence.views.door import REFUSED, members_only, not_found
from wildgate.apps.permits.templatetags.permits import said
from wildgate.convention.refusal import Refusal
from wildgate.kit import events

ON_A_PAGE = 40


@members_only
def cases(request: Request, member: Member) -> HttpResponse:
    """The cases that the member may read."""
    page = Paginator(selectors.visible_cases(request.actor, request.at, member), ON_A_PAGE).get_page(
        request.GET.get("page"))
    return render(request, "intelligence/cases.html", {"page": page})


@members_only
def new(request: Request, member: Member) -> HttpResponse:
    """Open a case."""
    form = CaseForm(request.POST or None, member=member, party=request.actor.party, at=request.at)
    if request.method == "POST" and form.is_valid():
        done = services.open_case(actor=request.actor, title=form.cleaned_data["title"], marking=form.marking(),
                                  at=request.at)
        if isinstance(done, Case):
            messages.success(request, _("The case is open."))
            return redirect("intelligence-case", done.number)
        form.tell(done)
    return render(request, "intelligence/form.html", {
        "form": form, "title": _("Open a case"), "submit": _("Open the case"), "back_name": "intelligence-cases"},
        status=REFUSED if form.errors else 200)


@members_only
def case(request: Request, member: Member, number: str) -> HttpResponse:
    """One case: its reports and links as far as the member reads them."""
    found = selectors.case(request.actor, number, request.at, member)
    if found is None:
        raise not_found()
    form = LinkForm(request.POST or None, member=member)
    if request.method == "POST" and form.is_valid():
        done = services.link(actor=request.actor, case=number, at=request.at, **form.cleaned_data)
        if not isinstance(done, Refusal):
            messages.success(request, _("Linked."))
            return redirect("intelligence-case", number)
        form.tell(done)
    events.note_read(found.subject, party=found.party, actor=request.actor.label, at=request.at)
    return render(request, "intelligence/case.html", {
        "it": found, "form": form, "links": links_of(member, found.pk),
        "own": member.authority == str(found.mark.owner_id),
        "reports": selectors.visible_reports(request.actor, request.at, member).filter(case=found)},
        status=REFUSED if form.errors else 200)


@members_only
@require_POST
def close(request: Request, member: Member, number: str) -> HttpResponse:
    """Close a case."""
    done = services.close_case(actor=request.actor, case=number, at=request.at)
    if isinstance(done, Refusal):
        if done.code == "not-found":
            raise not_found()
        messages.error(request, said(done))
    return redirect("intelligence-case", number)
