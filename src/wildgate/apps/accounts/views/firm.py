"""Somebody's own organisations: what became of a registration, the people in them, invitations."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from wildgate.apps.accounts import selectors, services
from wildgate.apps.accounts.access import Action
from wildgate.apps.accounts.forms import InviteForm
from wildgate.apps.accounts.gate import Request, role
from wildgate.apps.accounts.telling import sentence
from wildgate.convention.refusal import Refusal

REFUSED = 422


@role(Action.SIGNED_IN)
def firm(request: Request) -> HttpResponse:
    """The organisations of whoever is signed in, and those that wait for the authority."""
    return _page(request, None, None)


def _page(request: Request, form: InviteForm | None, of: int | None) -> HttpResponse:
    actor, on = request.actor, request.at.date()
    rows = [{"organisation": each, "people": selectors.colleagues(each, on), "manages": each.pk in actor.manages,
             "invitations": selectors.invitations(each, request.at) if each.pk in actor.manages else [],
             "refusal": selectors.registration_refusal(each, on),
             "form": form if form and each.pk == of else InviteForm(auto_id=f"id_{each.pk}_%s")}
            for each in selectors.firms_of(actor)]
    return render(request, "accounts/firm.html", {
        "rows": rows, "asked": selectors.asked_by(actor.person_id), "form": form},
        status=REFUSED if form and form.errors else 200)


@role(Action.MANAGE_ORGANISATION)
@require_POST
def invite(request: Request, organisation: int) -> HttpResponse:
    """Mail a colleague a link."""
    form = InviteForm(request.POST, auto_id=f"id_{organisation}_%s")
    if form.is_valid():
        done = services.invite(actor=request.actor, organisation=organisation, email=form.cleaned_data["email"],
                               manager=form.cleaned_data["manager"], at=request.at)
        if not isinstance(done, Refusal):
            messages.success(request, _("The invitation is on its way. Its link works once, for seven days."))
            return redirect("firm")
        form.tell([done])
    return _page(request, form, organisation)


@role(Action.MANAGE_ORGANISATION)
@require_POST
def take_back(request: Request, link: int) -> HttpResponse:
    """An invitation works no more."""
    return _said(request, services.take_back_invitation(actor=request.actor, link=link, at=request.at),
                 _("The invitation is taken back."))


@role(Action.MANAGE_ORGANISATION)
@require_POST
def post(request: Request, post: int) -> HttpResponse:
    """End a colleague's post, or let them manage the organisation, or no more."""
    do = request.POST.get("do", "")
    if do == "end":
        return _said(request, services.end_colleague(actor=request.actor, post=post, at=request.at),
                     _("The post has ended."))
    return _said(request, services.set_manager(actor=request.actor, post=post, manager=do == "manager", at=request.at),
                 _("Changed."))


def _said(request: Request, done: Any, words: str) -> HttpResponse:
    if isinstance(done, Refusal):
        messages.error(request, sentence(done))
    else:
        messages.success(request, words)
    return redirect("firm")
