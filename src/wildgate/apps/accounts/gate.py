"""The gate: who is asking, at what time, and whether they signed in strongly enough for their role."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import wraps
from typing import Any
from urllib.parse import urlencode, urlsplit

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import resolve, reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.http import url_has_allowed_host_and_scheme

from wildgate.apps.accounts.access import Action, Actor, can
from wildgate.apps.accounts.identity import strong
from wildgate.apps.accounts.reliability import Level, level_of
from wildgate.apps.accounts.selectors import actor_of
from wildgate.kit import events

Handler = Callable[[HttpRequest], HttpResponse]
SIGNED_IN_AT = "signed-in-at"
"""In a session: when the person signed in, in seconds since 1970."""
OPEN_WITHOUT_SECOND_FACTOR = ("/accounts/", "/static/", "/i18n/", "/healthz", "/readyz")
SECOND_FACTORS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]


class Request(HttpRequest):
    """A request behind the gate, as views take it: who asks, and when."""

    actor: Actor
    at: datetime


class ActorMiddleware:
    """Sets `request.at` (aware UTC) and `request.actor` (read from the database when first asked)."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        at = timezone.now()
        request.at = at  # type: ignore[attr-defined]
        request.actor = SimpleLazyObject(lambda: _actor(request, at))  # type: ignore[attr-defined]
        unmarked = events.MARK.set(None)
        try:
            return self.get_response(request)
        finally:
            events.MARK.reset(unmarked)


def _actor(request: HttpRequest, at: datetime) -> Actor:
    """Who asks, with the level of the sign-in; the demo world goes without second factors, and so without levels."""
    actor = actor_of(request.user, at.date(), at)
    if actor.emergency is not None:
        events.MARK.set({"emergency": actor.emergency})
    if actor.person_id is None or settings.DEMO:
        return actor
    return replace(actor, level=level_of(get_authentication_records(request, request.user),
                                         strong_identity=strong(request, request.user)))


class SecondFactorMiddleware:
    """Officials must have a second factor before they reach any desk, some roles a passkey, and have signed in with it.

    A sign-in ends for everybody a working day after it began, however busy it was. The demo world goes without factors.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        own_pages = request.path.startswith("/accounts/")
        if (not own_pages and request.path.startswith(OPEN_WITHOUT_SECOND_FACTOR)) or not request.user.is_authenticated:
            return self.get_response(request)
        if too_old(request):
            logout(request)  # the page itself sends them to sign in: it keeps what was typed
            return redirect("account_login") if own_pages else self.get_response(request)
        if own_pages:  # what people change there becomes events too: with the actor read, they carry its mark
            request.actor.label  # type: ignore[attr-defined]  # noqa: B018
        sent = None if settings.DEMO or own_pages else wanting(request)
        return sent or self.get_response(request)


def wanting(request: HttpRequest) -> HttpResponse | None:
    """Where somebody is sent whose sign-in is too weak for their roles."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    if any(role.value in settings.PASSKEYS_FOR for role in actor.roles):
        if not is_mfa_enabled(request.user, [Authenticator.Type.WEBAUTHN]):
            return redirect("mfa_add_webauthn")
        if actor.level is None or actor.level < Level.KEY:
            return redirect(f"{reverse('mfa_reauthenticate_webauthn')}?{urlencode({'next': way_back(request)})}")
    if actor.official and not (is_mfa_enabled(request.user, SECOND_FACTORS) or strong(request, request.user)):
        return redirect("mfa_activate_totp")
    return None


def way_back(request: HttpRequest) -> str:
    """The page to come back to after signing in. What was sent came from a page, and only that can be opened again:
    the address it was sent to may have no page of its own."""
    if request.method in ("GET", "HEAD"):
        return request.get_full_path()
    page = request.headers.get("HX-Current-URL") or request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(page, allowed_hosts={request.get_host()}):
        return request.get_full_path()
    found = urlsplit(page)
    return f"{found.path}?{found.query}" if found.query else found.path or "/"


def too_old(request: HttpRequest) -> bool:
    """Whether the sign-in began too long ago. Sessions from before this rule begin with their next request."""
    begun = request.session.setdefault(SIGNED_IN_AT, request.at.timestamp())  # type: ignore[attr-defined]
    return bool(request.at.timestamp() - begun >= settings.SESSION_COOKIE_AGE)  # type: ignore[attr-defined]


def role(action: Action) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """Guard a view by an action of `can`; the subject, where there is one, is asked again by service or selector."""
    def guard(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            actor: Actor = request.actor  # type: ignore[attr-defined]
            if actor.person_id is None:
                return redirect_to_login(way_back(request))
            if not (decision := can(actor, action)):
                raise PermissionDenied(decision.reason)
            return view(request, *args, **kwargs)
        guarded.access_rule = action  # type: ignore[attr-defined]
        return guarded
    return guard


def may_open(actor: Actor, path: str) -> bool:
    """Whether a link to `path` leads anywhere for this person; strangers are led to sign in."""
    rule = getattr(resolve(path.partition("?")[0]).func, "access_rule", None)
    return actor.person_id is None or not isinstance(rule, Action) or bool(can(actor, rule))


def public(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Mark a view that anyone may open, on purpose."""
    view.access_rule = "public"  # type: ignore[attr-defined]
    return view
