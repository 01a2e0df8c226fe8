"""The pages of data protection: everybody's own, and the desk of those who answer, confirm, hold and look over."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from wildgate.apps.accounts.access import Action, can
from wildgate.apps.accounts.gate import Request, role
from wildgate.apps.accounts.models import Person
from wildgate.apps.accounts.selectors import names_of
from wildgate.apps.houserules import retained
from wildgate.apps.permits.templatetags.permits import said
from wildgate.apps.privacy import gathering, retaining
from wildgate.apps.privacy.forms import DayForm, HoldForm, SubjectForm, tell
from wildgate.apps.privacy.gathering import Subject
from wildgate.apps.privacy.models import SubjectRequest
from wildgate.apps.privacy.register import PURPOSES, declared
from wildgate.apps.privacy.services import asking, erasing, holding
from wildgate.convention.refusal import Refusal
from wildgate.kit.models import Hold

REFUSED = 422
ROWS_ON_A_PAGE = 50
State = SubjectRequest.State


@role(Action.SIGNED_IN)
def own(request: Request) -> HttpResponse:
    """What is held about me, in figures by purpose; my requests and my copies."""
    subject = Subject.of(request.actor.party, Person.objects.get(pk=request.actor.own_id))
    counts: dict[str, int] = {}
    for line in declared():
        counts[line.purpose] = counts.get(line.purpose, 0) + gathering.rows_of(line, subject).count()
    rules = {rule.code: rule for rule in retaining.rules(request.actor.party, request.at.date())}
    return render(request, "privacy/own.html", {
        "held": [(PURPOSES[code], count, _kept_for(PURPOSES[code].rule, rules)) for code, count in counts.items()
                 if count],
        "left_out": list(dict.fromkeys(str(each.left_out) for each in PURPOSES.values() if each.left_out)),
        "requests": [(each, _stays(each)) for each in SubjectRequest.objects.filter(
            party=request.actor.party, person_id=request.actor.own_id).order_by("-pk")[:20]],
        "waiting": set(SubjectRequest.objects.filter(party=request.actor.party, person_id=request.actor.own_id,
                                                     state=State.ASKED).values_list("kind", flat=True)),
        "at": request.at})


@role(Action.SIGNED_IN)
@require_POST
def ask(request: Request) -> HttpResponse:
    """Ask for a copy, or to be erased."""
    made = asking.ask(actor=request.actor, kind=request.POST.get("kind", ""), at=request.at)
    _tell(request, made, _("Your request has arrived."))
    return redirect("privacy")


@role(Action.SIGNED_IN)
@require_POST
def take_back(request: Request, key: int) -> HttpResponse:
    """Take one's own request back."""
    _tell(request, asking.decline(actor=request.actor, request=key, why=_("Taken back."), at=request.at),
          _("Your request is taken back."))
    return redirect("privacy")


@role(Action.SIGNED_IN)
def copy(request: Request, key: int) -> HttpResponse:
    """The copy, as a download."""
    found = asking.fetch(actor=request.actor, request=key, at=request.at)
    if isinstance(found, Refusal):
        raise Http404(found.reason)
    return HttpResponse(found[1], content_type="application/zip", headers={
        "Content-Disposition": 'attachment; filename="my-data.zip"', "Cache-Control": "private, no-store"})


@role(Action.VIEW_PRIVACY)
def desk(request: Request) -> HttpResponse:
    """Requests that wait, and those that were answered; a form for somebody at the counter."""
    if not can(request.actor, Action.ANSWER_SUBJECT) and not can(request.actor, Action.CONFIRM_ERASURE):
        return redirect("privacy-holds")
    form = SubjectForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = asking.ask_for(actor=request.actor, at=request.at, **form.cleaned_data)
        if isinstance(made, SubjectRequest):
            messages.success(request, _("The request is written down."))
            return redirect("privacy-desk")
        tell(form, made, said(made))
    found = SubjectRequest.objects.filter(party=request.actor.party).select_related("person", "asked_by", "decided_by")
    page = Paginator(found.order_by("-pk"), ROWS_ON_A_PAGE).get_page(request.GET.get("page"))
    rows = [(each, can(request.actor, Action.CONFIRM_ERASURE, each).allowed and each.state == State.ASKED, _stays(each),
             each.state == State.READY and each.person_id is None and each.asked_by_id == request.actor.person_id)
            for each in page.object_list]
    return render(request, "privacy/desk.html", {
        "page": page, "rows": rows, "form": form, "tab": "desk", "at": request.at,
        "may_answer": can(request.actor, Action.ANSWER_SUBJECT).allowed}, status=REFUSED if form.errors else 200)


@role(Action.CONFIRM_ERASURE)
@require_POST
def decide(request: Request, key: int) -> HttpResponse:
    """The second person confirms an erasure, or declines it with the reason."""
    if "confirm" in request.POST:
        _tell(request, erasing.confirm(actor=request.actor, request=key, at=request.at), _("The person is erased."))
    else:
        _tell(request, asking.decline(actor=request.actor, request=key, why=request.POST.get("why", ""),
                                      at=request.at), _("Declined."))
    return redirect("privacy-desk")


@role(Action.VIEW_PRIVACY)
def hold_page(request: Request) -> HttpResponse:
    """What is held for an investigation or a court; a form for more."""
    form = HoldForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = holding.set_hold(actor=request.actor, at=request.at, **form.cleaned_data)
        if isinstance(made, Hold):
            messages.success(request, _("It is held: nothing of it goes."))
            return redirect("privacy-holds")
        tell(form, made, said(made))
    found = [each for each in Hold.objects.filter(party=request.actor.party).order_by("lifted_at", "-pk")
             if holding.sees(request.actor, each, request.at)]
    page = Paginator(found, ROWS_ON_A_PAGE).get_page(request.GET.get("page"))
    names = names_of({label for each in page.object_list for label in (each.set_by, each.lifted_by)})
    rows = [(each, _thing(each), names.get(each.set_by, each.set_by), names.get(each.lifted_by, each.lifted_by),
             each.lifted_at is None and can(request.actor, Action.LIFT_HOLD, each).allowed)
            for each in page.object_list]
    return render(request, "privacy/holds.html", {
        "page": page, "rows": rows, "form": form, "tab": "holds",
        "may_set": can(request.actor, Action.SET_HOLD).allowed}, status=REFUSED if form.errors else 200)


@role(Action.LIFT_HOLD)
@require_POST
def lift(request: Request, key: int) -> HttpResponse:
    """Lift somebody else's hold."""
    _tell(request, holding.lift(actor=request.actor, hold=key, why=request.POST.get("why", ""), at=request.at),
          _("The hold is lifted."))
    return redirect("privacy-holds")


@role(Action.VIEW_PRIVACY)
def rules(request: Request) -> HttpResponse:
    """How long what is kept, and what would go on a day."""
    form = DayForm(request.GET or None)
    day: date = (form.cleaned_data["day"] if form.is_valid() else None) or request.at.date()
    return render(request, "privacy/rules.html", {
        "due": [(each, _years(each.rule.years, each.rule.kept.after))
                for each in retaining.dry_run(request.actor.party, day)],
        "fixed": [(each, _years(each.years, each.after)) for each in retained.FIXED.values()], "day": day, "form": form,
        "tab": "rules", "may_change": can(request.actor, Action.PROPOSE_RULE).allowed})


@role(Action.VIEW_PRIVACY)
def register(request: Request) -> HttpResponse:
    """Which field holds what, what for, who sees it, for how long."""
    groups: dict[str, list[Any]] = {}
    for line in declared():
        groups.setdefault(line.purpose, []).append(line)
    found = retaining.rules(request.actor.party, request.at.date())
    years = {rule.code: rule for rule in found}
    return render(request, "privacy/register.html", {
        "groups": [(PURPOSES[code], lines, _kept_for(PURPOSES[code].rule, years)) for code, lines in groups.items()],
        "tab": "register", "may_see_duties": can(request.actor, Action.VIEW_DUTIES).allowed})


def _kept_for(code: str, found: dict[str, retaining.Rule]) -> str:
    """In words: so many years after something, or for ever."""
    code = {"case": retained.Record.REFUSED.value}.get(code, code)
    if code in found and found[code].years:
        return _years(found[code].years, found[code].kept.after)
    if code == "security":
        return _("30 days")
    if code == "tip":
        return _("as said when the tip was told")
    fixed = retained.FIXED.get(code)
    if fixed is not None and fixed.years:
        return _years(fixed.years, fixed.after)
    return _("for ever")


def _years(years: int, after: Any) -> str:
    """So many years after something; 0: for ever."""
    return ngettext("%(years)s year after %(after)s", "%(years)s years after %(after)s", years) % {
        "years": years, "after": after} if years else _("for ever")


def _stays(asked: SubjectRequest) -> list[str]:
    """What an erasure left, in lines: what, how many, under which rule, until when."""
    return [f"{each['what']}: {each['count']} · {each['rule']} · {each['until'] or _('for ever')}"
            for each in asked.kept]


def _thing(hold: Hold) -> str:
    """What is held, by the number that people know it by; a person by name."""
    return names_of({hold.subject}).get(hold.subject, hold.subject)


def _tell(request: Request, outcome: object, done: str) -> None:
    if isinstance(outcome, Refusal):
        messages.error(request, said(outcome))
    else:
        messages.success(request, done)
