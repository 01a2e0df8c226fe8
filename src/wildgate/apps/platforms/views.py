"""The register of platforms for authorities: the list, one platform with its versions, what is added."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from wildgate.apps.accounts.access import Action, can
from wildgate.apps.accounts.forms import Typed
from wildgate.apps.accounts.gate import Request, role
from wildgate.apps.platforms import reading, selectors, services, wording
from wildgate.apps.platforms.facts import platform_facts
from wildgate.apps.platforms.forms import ContactForm, FilterForm, ListForm, PlatformForm, PolicyForm
from wildgate.apps.platforms.models import Platform
from wildgate.convention.refusal import Refusal, refuse

ON_A_PAGE, REFUSED = 40, 422


@role(Action.VIEW_PLATFORMS)
def index(request: Request) -> HttpResponse:
    """Every platform with how its code of conduct stands today."""
    form = FilterForm(request.GET)
    asked = form.cleaned_data if form.is_valid() else {"q": "", "kind": ""}
    page = Paginator(selectors.found(request.actor.party, asked["q"], asked["kind"]), ON_A_PAGE).get_page(
        request.GET.get("page"))
    rows = [(each, policy := selectors.newest_on(each.policies.all(), request.at.date()),
             wording.TONES[policy.status] if policy else "off") for each in page]
    return render(request, "platforms/index.html", {
        "page": page, "rows": rows, "filters": form, "asked": any(asked.values()),
        "may": can(request.actor, Action.KEEP_PLATFORMS).allowed})


@role(Action.VIEW_PLATFORMS)
def platform(request: Request, key: str) -> HttpResponse:
    """One platform: addresses, contact for notices, every version of its policy."""
    found = _found(request, key)
    history = selectors.history(found)
    holds = selectors.newest_on(history, request.at.date())
    return render(request, "platforms/platform.html", {
        "it": found, "history": [(each, wording.TONES[each.status], each == holds) for each in history],
        "contact": selectors.contact_of(found), "may": can(request.actor, Action.KEEP_PLATFORMS).allowed})


@role(Action.KEEP_PLATFORMS)
def new(request: Request) -> HttpResponse:
    """Take a platform into the register."""
    form = PlatformForm(request.POST or None)

    def save() -> Platform | Refusal:
        told = platform_facts(form.cleaned_data)
        return told if isinstance(told, Refusal) else services.add_platform(actor=request.actor, told=told,
                                                                            at=request.at)
    return _filled(request, form, save, _("Add a platform"), None)


@role(Action.KEEP_PLATFORMS)
def change(request: Request, key: str) -> HttpResponse:
    """Other facts about a platform."""
    found = _found(request, key)
    form = PlatformForm(request.POST or None, initial={
        "name": found.name, "kind": found.kind, "home": found.home, "serves": " ".join(found.serves),
        "state": found.state, "hosts": "\n".join(str(each) for each in found.hosts.all())})

    def save() -> Platform | Refusal:
        told = platform_facts(form.cleaned_data)
        return told if isinstance(told, Refusal) else services.change_platform(
            actor=request.actor, key=key, told=told, at=request.at)
    return _filled(request, form, save, _("Change what is known of it"), found)


@role(Action.KEEP_PLATFORMS)
def policy(request: Request, key: str) -> HttpResponse:
    """A new version of what it promises."""
    found = _found(request, key)
    form = PolicyForm(request.POST or None, initial=_begun(found))

    def save() -> Any:
        told = reading.policy_of(form.row)
        return told if isinstance(told, Refusal) else services.record_policy(actor=request.actor, key=key, told=told,
                                                                             at=request.at)
    return _filled(request, form, save, _("New version of its policy"), found)


def _begun(found: Platform) -> dict[str, Any]:
    """The newest version as what to begin with: scope and rules, not its evidence."""
    last = next(iter(selectors.history(found)), None)
    if last is None:
        return {"certainty": "read"}
    rules = "\n".join(" | ".join((each.key, each.text, ", ".join(each.appendices), each.taxon, each.term)).rstrip(" |")
                      for each in last.rules.all())
    return {"status": last.status, "code": last.code, "code_name": last.code_name, "groups": last.groups,
            "products": last.products, "rules": rules, "certainty": "read"}


@role(Action.KEEP_PLATFORMS)
def contact(request: Request, key: str) -> HttpResponse:
    """Where notices go."""
    found = _found(request, key)
    kept = selectors.contact_of(found)
    form = ContactForm(request.POST or None, initial={"to": kept.to, "note": kept.note} if kept else None)

    def save() -> Any:
        return services.set_contact(actor=request.actor, key=key, at=request.at, **form.cleaned_data)
    return _filled(request, form, save, _("Contact for notices"), found)


@role(Action.KEEP_PLATFORMS)
def bring_in(request: Request) -> HttpResponse:
    """A list of platforms as a file: taken in whole, or not at all with every fault and its line."""
    form = ListForm(request.POST or None, request.FILES or None)
    faults: list[tuple[int, str]] = []
    if request.method == "POST" and form.is_valid():
        read = form.text()
        done: Any = refuse("not-text", "The file is not text in UTF-8.", field="file") if read is None else (
            services.bring_in(actor=request.actor, text=read[0], layout=read[1], at=request.at))
        if isinstance(done, Refusal):
            form.tell([done])
        elif done and isinstance(done[0], Platform):
            messages.success(request, _("%(count)s platforms were taken in.") % {"count": len(done)})
            return redirect("platforms")
        else:
            faults = [(each.line, wording.said(each.refusal)) for each in done]
    return render(request, "platforms/list.html", {"form": form, "faults": faults, "columns": reading.COLUMNS},
                  status=REFUSED if form.errors or faults else 200)


def _found(request: Request, key: str) -> Platform:
    found = selectors.one(request.actor.party, key)
    if found is None:
        raise Http404(_("There is no such platform."))
    return found


def _filled(request: Request, form: Form, save: Callable[[], Any], title: str, found: Platform | None) -> HttpResponse:
    """A page with one form: what was saved leads to the platform, what was refused stands at its field."""
    if request.method == "POST" and form.is_valid():
        done = save()
        if not isinstance(done, Refusal):
            messages.success(request, _("Saved."))
            return redirect("platform", found.key if found else done.key)
        if isinstance(form, Typed):
            form.tell([done])
    return render(request, "platforms/form.html", {
        "form": form, "title": title, "over": found.name if found else "",
        "back": reverse("platform", args=[found.key]) if found else reverse("platforms")},
        status=REFUSED if form.errors else 200)
