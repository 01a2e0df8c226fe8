"""Contributors, compartments and sharing groups: proposed by one, confirmed by another; and the contact points."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from wildgate.apps.accounts.access import Action, can
from wildgate.apps.accounts.gate import Request, role
from wildgate.apps.figures.files import csv_answer
from wildgate.apps.intelligence import selectors, services
from wildgate.apps.intelligence.forms_people import ContributorForm, KeptForm, PointForm
from wildgate.apps.intelligence.models import Compartment, ContactPoint, Contributor, SharingGroup
from wildgate.apps.intelligence.selectors.desk import contact_points, is_old
from wildgate.apps.intelligence.services import contributors as keeping
from wildgate.apps.intelligence.views.door import REFUSED, how_to_enter, not_found
from wildgate.apps.permits.templatetags.permits import said
from wildgate.convention.refusal import Refusal
from wildgate.kit.charts import Table
from wildgate.sharing.marking import Tlp


@role(Action.KEEP_CONTRIBUTORS)
def contributors(request: Request) -> HttpResponse:
    """Who waits, who is in, who is to be looked at again; compartments and groups."""
    party = request.actor.party
    rows = (Contributor.objects.filter(party=party, ended_at=None).select_related("person", "authority", "proposed_by")
            .prefetch_related("compartments", "groups").order_by("valid_until", "pk"))
    kept = [(what, row) for what, model in (("compartment", Compartment), ("sharing-group", SharingGroup))
            for row in model.objects.filter(party=party, ended_at=None).order_by("code")]
    again = {row.pk for row in selectors.waiting_for_recheck(request.actor, request.at)}
    return render(request, "intelligence/contributors.html", {
        "waiting": [row for row in rows if row.confirmed_at is None],
        "rows": [(row, row.pk in again, row.valid_until < request.at.date()) for row in rows if row.confirmed_at],
        "kept": kept, "me": request.actor.person_id})


@role(Action.KEEP_CONTRIBUTORS)
def propose(request: Request) -> HttpResponse:
    """Propose a contributor."""
    form = ContributorForm(request.POST or None, party=request.actor.party, at=request.at)
    if request.method == "POST" and form.is_valid():
        given = {**form.cleaned_data, "clearance": Tlp(form.cleaned_data["clearance"])}
        done = keeping.propose(actor=request.actor, at=request.at, **given)
        if isinstance(done, Contributor):
            messages.success(request, _("Proposed. Somebody else confirms it."))
            return redirect("intelligence-contributors")
        form.tell(done)
    return _page(request, form, _("Propose a contributor"), _("Propose"), "intelligence-contributors")


@role(Action.KEEP_CONTRIBUTORS)
def keep(request: Request) -> HttpResponse:
    """Propose a compartment or a sharing group."""
    form = KeptForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        done = keeping.propose_kept(actor=request.actor, at=request.at, **form.cleaned_data)
        if not isinstance(done, Refusal):
            messages.success(request, _("Proposed. Somebody else confirms it."))
            return redirect("intelligence-contributors")
        form.tell(done)
    return _page(request, form, _("Propose a compartment or a sharing group"), _("Propose"),
                 "intelligence-contributors")


def _page(request: Request, form: Any, title: str, submit: str, back: str) -> HttpResponse:
    return render(request, "intelligence/form.html", {"form": form, "title": title, "submit": submit,
                                                      "back_name": back}, status=REFUSED if form.errors else 200)


STEPS: dict[str, Callable[..., Any]] = {"confirm": keeping.confirm, "decline": keeping.decline, "end": keeping.end}


@role(Action.KEEP_CONTRIBUTORS)
@require_POST
def step(request: Request, key: int, act: str) -> HttpResponse:
    """Confirm, decline or end a membership."""
    if act not in STEPS:
        raise not_found()
    return _told(request, STEPS[act](actor=request.actor, contributor=key, at=request.at))


@role(Action.KEEP_CONTRIBUTORS)
@require_POST
def kept_step(request: Request, what: str, code: str, act: str) -> HttpResponse:
    """Confirm or end a compartment or a sharing group."""
    if what not in keeping.KEPT or act not in ("confirm", "end"):
        raise not_found()
    deed = keeping.confirm_kept if act == "confirm" else keeping.end_kept
    return _told(request, deed(actor=request.actor, what=what, code=code, at=request.at))


def _told(request: Request, done: Any, back: str = "intelligence-contributors") -> HttpResponse:
    if isinstance(done, Refusal):
        messages.error(request, said(done))
    else:
        messages.success(request, _("Done."))
    return redirect(back)


def _reads_contacts(request: Request) -> bool:
    return (can(request.actor, Action.KEEP_CONTRIBUTORS).allowed
            or selectors.member_of(request.actor, request.at) is not None)


@role(Action.ENTER_INTELLIGENCE)
def contacts(request: Request) -> HttpResponse:
    """The registry of contact points, for contributors and those who keep it."""
    if not _reads_contacts(request):
        return how_to_enter(request)
    rows = [(row, is_old(row, request.at)) for row in contact_points(request.actor)]
    return render(request, "intelligence/contacts.html", {
        "rows": rows, "old": sum(old for _row, old in rows),
        "may_keep": can(request.actor, Action.KEEP_CONTRIBUTORS).allowed})


@role(Action.ENTER_INTELLIGENCE)
def contacts_csv(request: Request) -> HttpResponse:
    """The registry as a file; taking it out is an event."""
    if not _reads_contacts(request):
        return how_to_enter(request)
    head = ("party", "kind", "authority", "function", "languages", "hours", "email", "phone", "channel", "checked")
    rows = tuple((row.of, row.kind, row.name, row.function, row.languages, row.hours, row.email, row.phone,
                  row.channel, row.checked_at.date().isoformat()) for row in contact_points(request.actor))
    services.note_export(request.actor, "contact-points", len(rows), request.at)
    return csv_answer(Table(head, rows), "contact-points")


@role(Action.KEEP_CONTRIBUTORS)
def contact(request: Request, key: int | None = None) -> HttpResponse:
    """Add a contact point, or write one anew."""
    old = contact_points(request.actor).filter(pk=key).first() if key is not None else None
    if key is not None and old is None:
        raise not_found()
    first = {name: getattr(old, name) for name in PointForm.base_fields if name != "authority"} if old else {}
    form = PointForm(request.POST or None, party=request.actor.party,
                     initial={**first, "authority": old.authority_id} if old else {})
    if request.method == "POST" and form.is_valid():
        done = services.keep_point(actor=request.actor, point=services.Point(**form.cleaned_data), at=request.at,
                                   key=key)
        if isinstance(done, ContactPoint):
            messages.success(request, _("Kept."))
            return redirect("intelligence-contacts")
        form.tell(done)
    return _page(request, form, _("Contact point"), _("Save"), "intelligence-contacts")


@role(Action.KEEP_CONTRIBUTORS)
@require_POST
def contact_step(request: Request, key: int, act: str) -> HttpResponse:
    """Say that a contact point still holds, or that it is gone."""
    if act not in ("check", "end"):
        raise not_found()
    return _told(request, services.check_point(actor=request.actor, key=key, at=request.at, gone=act == "end"),
                 "intelligence-contacts")
