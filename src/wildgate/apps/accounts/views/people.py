"""The administrator's desk: people, their posts, their sign-in; the authorities."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from wildgate.apps.accounts import selectors, services
from wildgate.apps.accounts.access import Action, Somebody, can
from wildgate.apps.accounts.forms import AuthorityForm, PersonForm, PostForm, ReasonForm
from wildgate.apps.accounts.gate import Request, role
from wildgate.apps.accounts.models import Authority, Person, Role
from wildgate.apps.accounts.telling import sentence
from wildgate.convention.refusal import Refusal

REFUSED = 422
ROWS_ON_A_PAGE = 50


@role(Action.VIEW_PEOPLE)
def people(request: Request) -> HttpResponse:
    """Everybody with an account, with the posts they hold today."""
    text = request.GET.get("q", "")[:80]
    page = Paginator(selectors.people(request.actor, text), ROWS_ON_A_PAGE).get_page(request.GET.get("page"))
    found = list(page.object_list)
    posts = selectors.posts_of(found, request.actor.party, request.at.date())
    guarded = set(Authenticator.objects.filter(user__in=found).values_list("user_id", flat=True))
    return render(request, "accounts/people.html", {
        "page": page, "q": text,
        "rows": [{"person": each, "posts": posts[each.pk], "guarded": each.pk in guarded} for each in found]})


@role(Action.MANAGE_PERSON)
def add(request: Request) -> HttpResponse:
    """A new account; its owner sets the password."""
    form = PersonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        done = services.add_account(actor=request.actor, email=form.cleaned_data["email"],
                                    name=form.cleaned_data["name"], at=request.at)
        if not isinstance(done, Refusal):
            messages.success(request, _("The account is made. A link to set the password is on its way."))
            return redirect("person", done.pk)
        form.tell([done])
    return render(request, "accounts/person_add.html", {"form": form}, status=REFUSED if form.errors else 200)


@role(Action.VIEW_PEOPLE)
def person(request: Request, pk: int) -> HttpResponse:
    """One person: posts, state of the account, what can be done."""
    return _page(request, _found(request, pk), None)


@role(Action.MANAGE_PERSON)
@require_POST
def give_post(request: Request, pk: int) -> HttpResponse:
    """A further role."""
    found = _found(request, pk)
    form = PostForm(request.POST, authorities=selectors.authorities(request.actor.party))
    if form.is_valid():
        typed = form.cleaned_data
        done = services.give_post(
            actor=request.actor, person=pk, role=Role(typed["role"]), authority=typed["authority"],
            organisation_code=typed["organisation"], station=typed["station"], until=typed["until"], at=request.at)
        if not isinstance(done, Refusal):
            messages.success(request, _("The post is given."))
            return redirect("person", pk)
        form.tell([done])
    return _page(request, found, form)


@role(Action.MANAGE_PERSON)
@require_POST
def end_post(request: Request, pk: int, post: int) -> HttpResponse:
    """A post ends at once."""
    return _said(request, pk, services.end_post(actor=request.actor, post=post, at=request.at),
                 _("The post has ended."))


KEPT = gettext_lazy("It is kept with the event.")
ACTS = {"close": services.deactivate, "open": services.reactivate, "sign-in": services.reset_sign_in,
        "second-factor": services.reset_second_factor}


@role(Action.MANAGE_PERSON)
@require_POST
def account(request: Request, pk: int) -> HttpResponse:
    """Close or open the account, reset the sign-in or the second factor: always with a reason."""
    act = ACTS.get(request.POST.get("do", ""))
    if act is None:
        raise Http404
    found, why = _found(request, pk), ReasonForm(request.POST, hint=KEPT)
    if not why.is_valid():
        return _page(request, found, None, why)
    return _said(request, pk, act(actor=request.actor, person=pk, reason=why.cleaned_data["reason"],
                                  at=request.at), _("Done."))


@role(Action.KEEP_AUTHORITIES)
def authorities(request: Request) -> HttpResponse:
    """The authorities of the Party."""
    return render(request, "accounts/authorities.html", {"rows": selectors.authorities(request.actor.party)})


@role(Action.KEEP_AUTHORITIES)
def authority(request: Request, pk: int | None = None) -> HttpResponse:
    """A new authority, or the name and address of one."""
    known = None
    if pk is not None and (known := selectors.authorities(request.actor.party).filter(pk=pk).first()) is None:
        raise Http404
    initial = {"name": known.name, "address": known.address, "place": known.place} if known else {}
    form = AuthorityForm(request.POST or None, known=known is not None, initial=initial)
    if request.method == "POST" and form.is_valid():
        typed = {**form.cleaned_data, "actor": request.actor, "at": request.at}
        kind = typed.pop("kind", "")
        done = services.change_authority(authority=known.pk, **typed) if known \
            else services.new_authority(kind=Authority.Kind(kind), **typed)
        if not isinstance(done, Refusal):
            messages.success(request, _("Saved."))
            return redirect("authorities")
        form.tell([done])
    return render(request, "accounts/authority.html", {"form": form, "authority": known},
                  status=REFUSED if form.errors else 200)


def _page(request: Request, found: Person, form: PostForm | None, why: ReasonForm | None = None) -> HttpResponse:
    posts = selectors.posts_of([found], request.actor.party, request.at.date())[found.pk]
    guards = list(Authenticator.objects.filter(user=found).values_list("type", flat=True))
    return render(request, "accounts/person.html", {
        "person": found, "posts": posts, "guards": guards,
        "form": form or PostForm(authorities=selectors.authorities(request.actor.party)),
        "why": why or ReasonForm(hint=KEPT),
        "may": bool(can(request.actor, Action.MANAGE_PERSON, Somebody(request.actor.party, found.pk))),
    }, status=REFUSED if (form and form.errors) or (why and why.errors) else 200)


def _said(request: Request, pk: int, done: Any, words: str) -> HttpResponse:
    if isinstance(done, Refusal):
        messages.error(request, sentence(done))
    else:
        messages.success(request, words)
    return redirect("person", pk)


def _found(request: Request, pk: int) -> Person:
    found = selectors.people(request.actor).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found
