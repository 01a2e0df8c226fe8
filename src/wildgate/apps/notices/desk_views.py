"""The pages of re-checks and of what platforms do after notice."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from wildgate.apps.accounts.access import Action, can
from wildgate.apps.accounts.gate import Request, role
from wildgate.apps.notices import drawing, selectors, services
from wildgate.apps.notices.forms import ListForm
from wildgate.apps.notices.models import ReCheck
from wildgate.apps.notices.services.looking import COLUMNS
from wildgate.apps.permits.templatetags.permits import said
from wildgate.convention.refusal import Refusal

ON_A_PAGE, REFUSED = 50, 422
LATE = timedelta(hours=12)


@role(Action.VIEW_MARKET)
def desk(request: Request) -> HttpResponse:
    """What is to be looked at again, the longest overdue first; each with one click."""
    rows = selectors.desk(request.actor, at=request.at)
    page = Paginator(rows, ON_A_PAGE).get_page(request.GET.get("page"))
    return _desk(request, page, ListForm(), [])


def _desk(request: Request, page: object, form: ListForm, faults: list[tuple[int, str]]) -> HttpResponse:
    rows = [(each, "no" if each.due_at < request.at - LATE else "hold" if each.due_at <= request.at else "off")
            for each in page]  # type: ignore[attr-defined]
    return render(request, "notices/desk.html", {
        "page": page, "rows": rows, "now": request.at, "form": form, "faults": faults, "columns": ",".join(COLUMNS),
        "may": can(request.actor, Action.NOTIFY_PLATFORM).allowed,
        "due": selectors.waiting(request.actor, at=request.at)}, status=REFUSED if faults or form.errors else 200)


@role(Action.NOTIFY_PLATFORM)
@require_POST
def click(request: Request, number: str) -> HttpResponse:
    """One click at the desk: still there, changed or gone."""
    done = services.look(actor=request.actor, number=number, found=request.POST.get("found", ""), at=request.at)
    if isinstance(done, Refusal):
        messages.error(request, said(done))
    else:
        messages.success(request, _("%(number)s: %(found)s.") % {
            "number": number, "found": done.get_found_display()})
    return redirect("notice-rechecks")


@role(Action.NOTIFY_PLATFORM)
@require_POST
def upload(request: Request) -> HttpResponse:
    """A list of looks: taken whole, or every fault with its line."""
    form, faults = ListForm(request.POST, request.FILES), []
    if form.is_valid():
        try:
            text = form.cleaned_data["file"].read(2_000_000).decode("utf-8-sig")
        except UnicodeDecodeError:
            form.add_error("file", _("The file is not in UTF-8."))
            text = ""
        done = services.look_by_file(actor=request.actor, text=text, at=request.at) if not form.errors else 0
        if isinstance(done, Refusal):
            form.tell(done)
        elif isinstance(done, list):
            faults = [(each.line, said(each.reason)) for each in done]
        elif not form.errors:
            messages.success(request, _("%(count)s looks were noted.") % {"count": done})
            return redirect("notice-rechecks")
    rows = selectors.desk(request.actor, at=request.at)
    return _desk(request, Paginator(rows, ON_A_PAGE).get_page(1), form, faults)


@role(Action.VIEW_MARKET)
def compliance(request: Request) -> HttpResponse:
    """Every platform that was notified, with what became of the listings."""
    measured = selectors.every_platform(request.actor.party)
    rows = [(key, name, measured.get(key)) for key, name in selectors.platforms(request.actor)]
    return render(request, "notices/compliance.html", {
        "rows": [(key, name, found, [_share(found, after) for after in ReCheck.After.values])
                 for key, name, found in rows if found], "least": selectors.LEAST})


@role(Action.VIEW_MARKET)
def platform(request: Request, key: int) -> HttpResponse:
    """One platform: the figures with their denominators, the time to removal, the chart."""
    name = dict(selectors.platforms(request.actor)).get(key)
    found = selectors.measured(request.actor.party, key) if name else None
    if name is None or found is None:
        raise Http404(_("There is no notice to this platform yet."))
    return render(request, "notices/platform.html", {
        "name": name, "it": found, "chart": drawing.chart(found), "middle": _middle(found),
        "rows": [(word, found.within(after), _share(found, after)) for after, word in ReCheck.After.choices],
        "public": selectors.compliance(request.actor.party, key) is not None, "least": selectors.LEAST,
        "key": key})


def _share(found: selectors.Compliance, after: str) -> str:
    """A share in words; a dash where too few were looked at."""
    share = found.share(after)
    return "–" if share is None else f"{share:.0%}"


def _middle(found: selectors.Compliance) -> str:
    """Between which moments half of the listings were gone."""
    if found.middle is None or found.rechecked < selectors.LEAST:
        return ""
    low, high = _hours(found.middle.low), found.middle.high
    if high is None:
        return _("Half of them took longer than %(low)s.") % {"low": low}
    return _("Half of them were gone between %(low)s and %(high)s after notice.") % {"low": low, "high": _hours(high)}


def _hours(span: timedelta) -> str:
    hours = round(span / timedelta(hours=1))
    if hours < 72:
        return _("%(hours)s hours") % {"hours": hours}
    return _("%(days)s days") % {"days": round(hours / 24)}
