"""The administrator's pages of programs: the list, a new one, its keys, limits and log."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import formats
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from wildgate.apps.accounts.access import Action, can
from wildgate.apps.accounts.gate import Request, role
from wildgate.apps.gateway import selectors, services
from wildgate.apps.gateway.forms import LimitsForm, ProgramForm
from wildgate.apps.gateway.models import Program
from wildgate.apps.gateway.wording import said
from wildgate.convention.refusal import Refusal
from wildgate.kit.charts import Bars, Series

ROWS_ON_A_PAGE = 50
REFUSED = 422
DAYS = 14


@role(Action.VIEW_PROGRAMS)
def programs(request: Request) -> HttpResponse:
    """All programs that may call this system, and what they called today."""
    page = Paginator(selectors.programs(request.actor, request.at), ROWS_ON_A_PAGE).get_page(request.GET.get("page"))
    today = selectors.calls_of(request.at.date(), request.actor.party)
    return render(request, "gateway/programs.html", {
        "page": page, "rows": [(each, today.get(each.pk, 0)) for each in page],
        "may_keep": can(request.actor, Action.KEEP_PROGRAMS)})


@role(Action.KEEP_PROGRAMS)
def new(request: Request) -> HttpResponse:
    """Take up a program. It gets its first key on its own page."""
    form = ProgramForm(request.POST or None, party=request.actor.party)
    if request.method == "POST" and form.is_valid():
        made = services.add_program(actor=request.actor, at=request.at, **form.asked)
        if not isinstance(made, Refusal):
            messages.success(request, _("The program is taken up. Now give it a key."))
            return redirect("program", made.pk)
        form.add_error(made.field or None, said(made))
    return render(request, "gateway/new.html", {"form": form}, status=REFUSED if form.errors else 200)


@role(Action.VIEW_PROGRAMS)
def program(request: Request, key: int) -> HttpResponse:
    """One program: its keys, its limits, its calls by day."""
    found = _found(request, key)
    form = LimitsForm(initial={"daily_quota": found.daily_quota, "per_minute": found.per_minute})
    return _program(request, found, form)


def _program(request: Request, found: Program, form: LimitsForm) -> HttpResponse:
    until = request.at.date()
    days = selectors.log(found, until=until)
    keys = [(each, each.opens(request.at)) for each in found.keys.all()[:ROWS_ON_A_PAGE]]
    return render(request, "gateway/program.html", {
        "program": found, "form": form, "keys": keys, "days": days, "chart": _chart(days, until) if days else None,
        "left": selectors.left_today(found, until), "may_keep": can(request.actor, Action.KEEP_PROGRAMS),
    }, status=REFUSED if form.errors else 200)


def _chart(days: list[selectors.Day], until: Any) -> Bars:
    by_day = {each.day: each for each in days}
    shown = [until - timedelta(days=back) for back in reversed(range(DAYS))]
    found = [by_day.get(day, selectors.Day(day)) for day in shown]
    return Bars(key="calls", title=_("Calls by day"), heading=_("Day"), unit=_("calls"),
                labels=tuple(formats.date_format(day, "j M") for day in shown),
                series=(Series(_("Taken"), tuple(each.taken for each in found)),
                        Series(_("Refused"), tuple(each.refused for each in found))))


@role(Action.KEEP_PROGRAMS)
@require_POST
def deed(request: Request, key: int) -> HttpResponse:
    """Give a key, revoke one, change the limits, end the program."""
    found, do = _found(request, key), request.POST.get("do", "")
    if do == "give":
        given = services.give_key(actor=request.actor, program=found.pk, at=request.at)
        return _refused(request, found, given) if isinstance(given, Refusal) else _shown(request, found, given[1])
    if do == "limits":
        form = LimitsForm(request.POST)
        if not form.is_valid():
            return _program(request, found, form)
        done: Any = services.change_limits(actor=request.actor, program=found.pk, at=request.at, **form.cleaned_data)
    elif do == "end":
        done = services.end_program(actor=request.actor, program=found.pk, at=request.at)
    else:
        done = services.revoke_key(actor=request.actor, program=found.pk, prefix=request.POST.get("prefix", "")[:8],
                                   at=request.at)
    if isinstance(done, Refusal):
        return _refused(request, found, done)
    messages.success(request, _("Saved. It counts from now on."))
    return redirect("program", key)


def _refused(request: Request, found: Program, refusal: Refusal) -> HttpResponse:
    messages.error(request, said(refusal))
    return redirect("program", found.pk)


def _shown(request: Request, found: Program, text: str) -> HttpResponse:
    """Shown in answer to the request that made it, and never again."""
    answer = render(request, "gateway/key.html", {"program": found, "text": text})
    answer["Cache-Control"] = "no-store"
    return answer


def _found(request: Request, key: int) -> Program:
    found = selectors.program(request.actor, key, request.at)
    if found is None:
        raise Http404(_("There is no such program."))
    return found
