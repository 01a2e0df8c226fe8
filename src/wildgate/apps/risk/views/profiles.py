"""Profiles on screen: the library, writing one with live checks, trying it out, four eyes, results, files."""

from __future__ import annotations

import re
from collections.abc import Callable
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
from wildgate.apps.houserules.parts import said
from wildgate.apps.risk import selectors
from wildgate.apps.risk.forms import BASIS_WORDS, DIRECTION_WORDS, ProfileForm, ShareForm, worded
from wildgate.apps.risk.judging import of_row
from wildgate.apps.risk.models import Profile
from wildgate.apps.risk.services import profiles as services
from wildgate.apps.risk.trials import LAST
from wildgate.apps.risk.views.rooms import rooms
from wildgate.convention.refusal import Refusal
from wildgate.targeting import sharing
from wildgate.targeting.fields import FIELDS
from wildgate.targeting.intervals import clopper_pearson
from wildgate.targeting.language import parse
from wildgate.targeting.rule import tests
from wildgate.targeting.words import SHORT_LIST, allowed_words

ON_A_PAGE, REFUSED = 50, 422
AROUND = 40
"""Characters of a rule shown on both sides of a fault."""
_WORD = re.compile(r'"[^"\n]*"|[\w.-]+|\S?')
TAGS = {"draft": "off", "proposed": "hold", "in-force": "ok", "watch": "info", "retired": "off"}


@role(Action.VIEW_PROFILES)
def index(request: Request) -> HttpResponse:
    """The library: every profile with what it caught."""
    state = request.GET.get("state", "")
    page = Paginator(selectors.profiles(request.actor, state), ON_A_PAGE).get_page(request.GET.get("page"))
    rows = [(row, clopper_pearson(row.right, row.results)) for row in page]  # type: ignore[attr-defined]
    return render(request, "risk/profiles.html", {
        "page": page, "rows": rows, "state": state, "states": Profile.State.choices, "tags": TAGS,
        "may": can(request.actor, Action.KEEP_PROFILES), "tabs": rooms(request.actor, "risk-profiles")})


@role(Action.VIEW_PROFILES)
def show(request: Request, key: int) -> HttpResponse:
    """One version: its rule, grounds, dates, results and the other versions."""
    row = selectors.profile(request.actor, key)
    if row is None:
        raise Http404(_("There is no such profile."))
    counted = selectors.profiles(request.actor, row.state).filter(pk=row.pk).first()
    return render(request, "risk/profile.html", {
        "row": row, "tag": TAGS[row.state], "versions": selectors.versions(row), "tags": TAGS,
        "counted": counted, "share": clopper_pearson(counted.right, counted.results) if counted else None,  # type: ignore[attr-defined]
        "basis": BASIS_WORDS[row.basis], "scope": [DIRECTION_WORDS[each] for each in row.scope],
        "readable": of_row(row) is not None, "last": LAST, "may": can(request.actor, Action.KEEP_PROFILES),
        "may_confirm": can(request.actor, Action.CONFIRM_PROFILE, row),
        "mine": row.written_by_id == request.actor.person_id})


@role(Action.KEEP_PROFILES)
def write(request: Request) -> HttpResponse:
    """Write a profile in the rule form; a change of one in force is its next version."""
    of = request.GET.get("of", "")
    base = selectors.profile(request.actor, int(of)) if of.isdecimal() else None
    form = ProfileForm(request.POST or None, initial=ProfileForm.initial_of(base) if base else None)
    if request.method == "POST" and form.is_valid():
        done = services.draft(actor=request.actor, given=form.given(request.actor.name), at=request.at)
        if isinstance(done, Profile):
            messages.success(request, _("The draft is kept. Try it out before you propose it."))
            return redirect("risk-profile", done.pk)
        form.tell(done)
    return render(request, "risk/write.html", {
        "form": form, "base": base, "fields": _fields(), "check": _checked(form["rule"].value() or "", hard=False)
        if form["rule"].value() else None}, status=REFUSED if form.errors else 200)


@role(Action.KEEP_PROFILES)
@require_POST
def check(request: Request) -> HttpResponse:
    """Is the rule that is being typed right? Asked while typing."""
    return render(request, "risk/check.html", {
        "check": _checked(request.POST.get("rule", ""), hard=bool(request.POST.get("hard")))})


def _checked(text: str, *, hard: bool) -> dict[str, Any]:
    """What the engine says of a rule: the place of a fault, or the facts that it rests on."""
    found = parse(text, hard=hard)
    if isinstance(found, Refusal):
        at = found.values.get("at", "")
        if not str(at).isdecimal() or not text.strip():
            return {"fault": worded(found)}
        place = int(at) - 1
        end = place + len(_WORD.match(text, place)[0])  # type: ignore[index]  # it matches nothing, too
        return {"fault": worded(found), "placed": True, "cut": place > AROUND, "at": text[place:end],
                "before": text[max(0, place - AROUND):place], "after": text[end:end + AROUND]}
    names = dict.fromkeys(test.field.name for test in tests(found))
    return {"fault": "", "facts": [(name, _(FIELDS[name].meaning)) for name in names]}


def _fields() -> list[tuple[str, list[tuple[str, str, str, str]]]]:
    """Every fact by its group, with its values where they are few, for whoever writes a rule."""
    groups: dict[str, list[tuple[str, str, str, str]]] = {}
    for name, field in FIELDS.items():
        few = ", ".join(words) if len(words := allowed_words(name)) <= SHORT_LIST else ""
        groups.setdefault(name.partition(".")[0], []).append(
            (name, _(field.meaning), field.unit or field.kind.value, few))
    return list(groups.items())


@role(Action.KEEP_PROFILES)
@require_POST
def shipped(request: Request) -> HttpResponse:
    """Put the profiles that come with the program in force, where there is none at all."""
    made = services.load_shipped(request.actor.party, request.at)
    messages.success(request, ngettext("%(n)s profile is in force.", "%(n)s profiles are in force.", made)
                     % {"n": made})
    return redirect("risk-profiles")


@role(Action.VIEW_PROFILES)
@require_POST
def act(request: Request, key: int, do: str) -> HttpResponse:
    """Try out, propose, confirm, decline, review, retire."""
    who, at, why = request.actor, request.at, request.POST.get("why", "")
    last = request.POST.get("last", "")
    deeds: dict[str, tuple[Callable[[], Profile | Refusal], str]] = {
        "try": (lambda: services.try_out(actor=who, profile=key, at=at, last=int(last)
                                         if last.isdecimal() and len(last) < 19 else LAST),
                _("The draft was tried out.")),
        "propose": (lambda: services.propose(actor=who, profile=key, at=at), _("Proposed. A second person decides.")),
        "confirm": (lambda: services.confirm(actor=who, profile=key, at=at), _("The profile is in force.")),
        "decline": (lambda: services.decline(actor=who, profile=key, why=why, at=at), _("Given back as a draft.")),
        "retire": (lambda: services.retire(actor=who, profile=key, why=why, at=at), _("The profile is retired.")),
        "keep": (lambda: services.review(actor=who, profile=key, keep=True, at=at), _("Reviewed: it goes on.")),
        "watch": (lambda: services.review(actor=who, profile=key, keep=False, at=at),
                  _("Reviewed: it is watched only.")),
    }
    if do not in deeds:
        raise Http404(_("There is no such step."))
    deed, words = deeds[do]
    done = deed()
    if isinstance(done, Refusal):
        messages.error(request, said(done))
    else:
        messages.success(request, words)
    return redirect("risk-profile", key)


@role(Action.KEEP_PROFILES)
def share(request: Request) -> HttpResponse:
    """Take in a file of profiles from another administration."""
    form = ShareForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        content = file.read(sharing.LARGEST + 1)
        done = services.take_in(actor=request.actor, content=content, at=request.at)
        if not isinstance(done, Refusal):
            messages.success(request, ngettext("%(n)s draft was made.", "%(n)s drafts were made.", len(done))
                             % {"n": len(done)})
            return redirect("risk-profiles")
        form.add_error("file", worded(done))
    return render(request, "risk/share.html", {"form": form}, status=REFUSED if form.errors else 200)


@role(Action.VIEW_PROFILES)
def download(request: Request) -> HttpResponse:
    """The profiles in force as a file: rules and hit rates, no case, no party, no result."""
    rows = [row for row in selectors.profiles(request.actor) if row.state in ("in-force", "watch")]
    found = {row: profile for row in rows if (profile := of_row(row)) is not None}
    rates = {row.code: sharing.HitRate(row.results, row.right) for row in found if row.results}  # type: ignore[attr-defined]
    text = sharing.write(found.values(), given_by=request.actor.party, rates=rates)
    return HttpResponse(text, content_type="application/toml; charset=utf-8", headers={
        "Content-Disposition": 'attachment; filename="risk-profiles.toml"', "Cache-Control": "private, no-store"})
