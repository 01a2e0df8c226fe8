"""The gate: who is asking, at what time, and whether they signed in strongly enough for their role."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import wraps
from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import resolve
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from wildgate.apps.accounts.access import Action, Actor, can
from wildgate.apps.accounts.identity import strong
from wildgate.apps.accounts.reliability import level_of
from wildgate.apps.accounts.selectors import actor_of

Handler = Callable[[HttpRequest], HttpResponse]
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
        return self.get_response(request)


def _actor(request: HttpRequest, at: datetime) -> Actor:
    """Who asks, with the level of the sign-in; the demo world goes without second factors, and so without levels."""
    actor = actor_of(request.user, at.date())
    if actor.person_id is None or settings.DEMO:
        return actor
    return replace(actor, level=level_of(get_authentication_records(request, request.user),
                                         strong_identity=strong(request, request.user)))


class SecondFactorMiddleware:
    """Officials must have a second factor before they reach any desk; the demo world goes without."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.DEMO or request.path.startswith(OPEN_WITHOUT_SECOND_FACTOR) or not request.user.is_authenticated:
            return self.get_response(request)
        actor: Actor = request.actor  # type: ignore[attr-defined]
        if actor.official and not (is_mfa_enabled(request.user, SECOND_FACTORS) or strong(request, request.user)):
            return redirect("mfa_activate_totp")
        return self.get_response(request)


def role(action: Action) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """Guard a view by an action of `can`; the subject, where there is one, is asked again by service or selector."""
    def guard(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            actor: Actor = request.actor  # type: ignore[attr-defined]
            if actor.person_id is None:
                return redirect_to_login(request.get_full_path())
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
