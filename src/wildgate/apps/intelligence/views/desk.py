"""The desk, the search, and alerts."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from wildgate.apps.accounts.access import Action, can
from wildgate.apps.accounts.gate import Request
from wildgate.apps.intelligence import selectors, services
from wildgate.apps.intelligence.clearance import Member
from wildgate.apps.intelligence.forms import AlertForm
from wildgate.apps.intelligence.graph.views import elsewhere
from wildgate.apps.intelligence.models import Alert, Entity
from wildgate.apps.intelligence.selectors.desk import desk as desk_of
from wildgate.apps.intelligence.selectors.reading import MARK
from wildgate.apps.intelligence.stream.wording import panel
from wildgate.apps.intelligence.views.door import REFUSED, ask_why, members_only, not_found
from wildgate.apps.permits.templatetags.permits import said
from wildgate.convention.refusal import Refusal
from wildgate.kit import events
from wildgate.sharing.marking import Tlp

ON_A_PAGE = 30


@members_only
def desk(request: Request, member: Member) -> HttpResponse:
    """What cannot wait, what waits for me, and the reports that I may read."""
    found = selectors.visible_reports(request.actor, request.at, member)
    page = Paginator(found, ON_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "intelligence/desk.html", {
        "desk": desk_of(request.actor, member, request.at), "page": page, "at": request.at, "member": member,
        "mine": int(member.authority), "may_keep": can(request.actor, Action.KEEP_CONTRIBUTORS).allowed,
        **panel(request.actor.party)})


@members_only
@require_POST
def search(request: Request, member: Member) -> HttpResponse:
    """What was found, in what the member may read. What was asked for stands in no address and no log."""
    text = request.POST.get("q", "")[:200]
    services.note_search(request.actor, text, request.at)
    page = Paginator(selectors.search(request.actor, text, request.at, member), 200).get_page(1)
    return render(request, "intelligence/found.html", {"page": page, "q": text, "at": request.at})


@members_only
def new_alert(request: Request, member: Member) -> HttpResponse:
    """Raise an alert by hand."""
    form = AlertForm(request.POST or None, member=member, party=request.actor.party, at=request.at)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        done = services.warn(actor=request.actor, appendix=given["appendix"], title=given["title"],
                             subject_kind=given["subject_kind"], subject_key=given["subject_key"],
                             marking=form.marking(), at=request.at)
        if isinstance(done, Alert):
            messages.success(request, _("The alert is raised."))
            return redirect("intelligence-alert", done.pk)
        form.tell(done)
    return render(request, "intelligence/form.html", {
        "form": form, "title": _("Raise an alert"), "submit": _("Raise the alert"), "back_name": "intelligence",
        "lead": _("Appendix I goes first in every queue. Mails say only that there is an alert.")},
        status=REFUSED if form.errors else 200)


@members_only
def alert(request: Request, member: Member, key: int) -> HttpResponse:
    """One alert; who has seen it says so, and who is done closes it."""
    found = (selectors.visible_alerts(request.actor, request.at, member).select_related("raised_by", "seen_by")
             .prefetch_related(*MARK).filter(pk=key).first())
    if found is None:
        raise not_found()
    if found.mark.tlp == Tlp.RED and not services.reason_given(request.actor, found, request.at):
        return ask_why(request, found)
    if request.method == "POST":
        step = services.close_alert if request.POST.get("step") == "close" else services.see_alert
        done = step(actor=request.actor, alert=key, at=request.at)
        if isinstance(done, Refusal):
            messages.error(request, said(done))
        return redirect("intelligence-alert", key)
    events.note_read(found.subject, party=found.party, actor=request.actor.label, at=request.at)
    about = (selectors.report(request.actor, found.subject_key, request.at, member)
             if found.subject_kind == "report" else None)
    return render(request, "intelligence/alert.html", {
        "it": found, "about": about, "kind": dict(Entity.Kind.choices).get(found.subject_kind, found.subject_kind),
        "keys": [(key, elsewhere(request.actor, found.subject_kind, key)) for key in selectors.keys_of(found)]})
