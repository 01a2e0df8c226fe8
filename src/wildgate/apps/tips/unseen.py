"""What every public page of tips keeps to: no cookie, no session, no account, nothing in a log, no trace in a cache.

Somebody who gives a tip may be signed in, or not even know that cookies are there: these pages neither read nor write
them. Their forms need no token against forgery, since they act for nobody: they carry a signed puzzle instead.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Final
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.utils import translation

from wildgate.apps.accounts.access import ANYONE
from wildgate.apps.accounts.gate import Request, public
from wildgate.kit import tracks

HEADERS: Final = {
    "Cache-Control": "no-store, private", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noarchive",
    "Permissions-Policy": "geolocation=(), camera=(), microphone=()", "Cross-Origin-Resource-Policy": "same-origin",
}

NO_TRACK: Final = ""
"""A proxy's name for the request stands in its log beside an address: no job and no log line of a tip carries it."""


def unseen(view: Callable[[Request], HttpResponse]) -> Callable[..., HttpResponse]:
    """Serve a page without seeing who asks, in the language that the address names."""
    @wraps(view)
    def served(request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        _look_away(request)
        language = language_of(request)
        with tracks.on(NO_TRACK), translation.override(language):
            answer = view(request, *args, **kwargs)
        for name, value in (HEADERS | {"Content-Language": language}).items():
            answer[name] = value
        answer._has_been_logged = True  # type: ignore[attr-defined]  # Django would log what it answers above 399
        return answer
    return public(served)


def _look_away(request: HttpRequest) -> None:
    """Forget who asks: the person, the session, the cookies, and where the request comes from."""
    request.user = AnonymousUser()
    request.actor = ANYONE  # type: ignore[attr-defined]
    request.COOKIES = {}
    for name in ("CSRF_COOKIE", "CSRF_COOKIE_NEEDS_UPDATE", "HTTP_COOKIE", "REMOTE_ADDR", "HTTP_USER_AGENT",
                 "HTTP_X_FORWARDED_FOR", "HTTP_X_REAL_IP", "HTTP_FORWARDED", "HTTP_REFERER", "HTTP_X_REQUEST_ID"):
        request.META.pop(name, None)
    del request.session


def language_of(request: HttpRequest) -> str:
    """The language of `?lang=`, else that which the browser asks for."""
    asked = request.GET.get("lang", "")
    return asked if asked in dict(settings.LANGUAGES) else (translation.get_language() or settings.LANGUAGE_CODE)


def here(path: str) -> str:
    """An address below /tip/ in the language of this page."""
    return f"{path}?{urlencode({'lang': translation.get_language() or settings.LANGUAGE_CODE})}"
