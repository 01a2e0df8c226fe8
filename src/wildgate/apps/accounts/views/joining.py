"""The way in for people without an account: registration, and the pages behind mailed links."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from wildgate.apps.accounts import links, services, throttle
from wildgate.apps.accounts.access import Actor
from wildgate.apps.accounts.forms import NewPasswordForm, RegisterForm
from wildgate.apps.accounts.gate import public
from wildgate.apps.accounts.models import Link, Organisation, Person
from wildgate.apps.accounts.services.people import person_of
from wildgate.convention.refusal import Refusal

REFUSED = 422
TOO_MANY = 429
GONE = 410



@public
def register(request: HttpRequest) -> HttpResponse:
    """Register a person and an organisation. The answer never tells whether the address is known."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    form = RegisterForm(request.POST or None, home=settings.PARTY, signed_in=actor.person_id is not None)
    if request.method == "POST":
        at = request.at  # type: ignore[attr-defined]
        if throttle.too_many(request, "register", at):
            answer = render(request, "accounts/too_many.html", status=TOO_MANY)
            answer["Retry-After"] = str(int(throttle.WINDOW.total_seconds()))
            return answer
        if form.is_valid():
            typed = form.cleaned_data
            if actor.person_id is not None:
                return _further(request, form, services.register_further(actor=actor, answers=_answers(typed), at=at))
            if not throttle.too_many_for(typed["email"], "register", at):
                services.register(party=settings.PARTY, email=typed["email"], answers=_answers(typed), at=at)
            return redirect("register-mailbox")
    return render(request, "accounts/register.html", {"form": form}, status=REFUSED if form.errors else 200)


def _further(request: HttpRequest, form: RegisterForm, done: Organisation | Refusal) -> HttpResponse:
    """A further organisation of somebody who is signed in."""
    if not isinstance(done, Refusal):
        return redirect("firm")
    form.tell([done])
    return render(request, "accounts/register.html", {"form": form}, status=REFUSED)


def _answers(typed: dict[str, Any]) -> services.Registration:
    return services.Registration(
        person=typed.get("person", ""), organisation=typed["organisation"], address=typed["address"],
        country=typed["country"], private=typed["kind"] == "private",
        registration_number=typed["registration_number"], proof=typed["proof"])


@public
def mailbox(request: HttpRequest) -> HttpResponse:
    """What comes next, the same for everybody."""
    return render(request, "accounts/mailbox.html")


def unlogged(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Django logs the path of an answer that refuses; the path of a link that still works is a secret."""
    @wraps(view)
    def quiet(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        answer = view(request, *args, **kwargs)
        answer._has_been_logged = True  # type: ignore[attr-defined]
        return answer
    return quiet


@public
@unlogged
@never_cache
@sensitive_post_parameters("password")
def mailed_link(request: HttpRequest, token: str) -> HttpResponse:
    """Set the password that begins an account, or take the post that a colleague offered."""
    at = request.at  # type: ignore[attr-defined]
    link = links.find(token, at)
    if isinstance(link, Refusal):
        return render(request, "accounts/link_dead.html", {"refusal": link}, status=GONE)
    known = None if link.purpose == Link.Purpose.PASSWORD else person_of(link.email)
    if known is not None:
        return _with_account(request, link, token, known)
    owner = link.person or Person(email=link.email, name=link.answers.get("person", ""))
    form = NewPasswordForm(request.POST or None, named=link.purpose == Link.Purpose.JOIN, owner=owner)
    if request.method == "POST" and form.is_valid():
        done = services.finish(token=token, password=form.cleaned_data["password"],
                               name=form.cleaned_data.get("name", ""), at=at)
        if isinstance(done, Person):
            messages.success(request, _("Your account is ready. Sign in with your e-mail address and the password."))
            return redirect("account_login")
        form.tell([done])
    return render(request, "accounts/link_password.html", {"form": form, "link": link},
                  status=REFUSED if form.errors else 200)


def _with_account(request: HttpRequest, link: Link, token: str, known: Person) -> HttpResponse:
    """Somebody with an account: signed in with the address of the link, one button takes the post, or registers."""
    own, joins = request.user == known, link.purpose == Link.Purpose.JOIN
    if request.method == "POST" and own:
        act = services.accept_invitation if joins else services.finish_signed_in
        done = act(actor=request.actor, token=token, at=request.at)  # type: ignore[attr-defined]
        if isinstance(done, Refusal):
            return render(request, "accounts/link_dead.html", {"refusal": done}, status=GONE)
        if joins:
            messages.success(request, _("You now belong to %(name)s.") % {"name": done.name})
        return redirect("home" if joins else "firm")
    name = link.organisation.name if link.organisation else link.answers["organisation"]
    return render(request, "accounts/link_join.html", {"own": own, "joins": joins, "name": name})
