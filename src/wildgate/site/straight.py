"""Is this permit real? Asked at every border at once: the question in its plain form is answered ahead of the site.

Whatever else is asked, and whatever fails here, goes through the site, where every refusal and fault has its words. An
answer is the operation's own, under the headers that the site gives to every answer, and on a track of its own.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any, Final

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpRequest, HttpResponse
from django.middleware.gzip import GZipMiddleware
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import override
from pydantic import ValidationError

from wildgate.apps.permits.api import Shown, address_of, told
from wildgate.apps.permits.crowding import crowd
from wildgate.kit import api, tracks
from wildgate.site.shedding import SHORT, STRAIGHT, Application, Environ, Start

MIDDLEWARE: Final = "wildgate.site.shedding.StraightMiddleware"
OWN: Final = frozenset({"content-type", "content-length", tracks.HEADER.lower()})


class Straight:
    """The site, behind the one question that is answered ahead of it."""

    def __init__(self, site: Application) -> None:
        self.site = site

    def __call__(self, environ: Environ, start: Start) -> Iterable[bytes]:
        if environ.get("PATH_INFO") in STRAIGHT and (shown := _shown(environ)) is not None:
            request = WSGIRequest(environ)
            if (answer := _answer(request, shown)) is not None:
                start(f"{answer.status_code} {answer.reason_phrase}",
                      [*carried(request.is_secure()), *answer.headers.items()])
                return [answer.content]
        return self.site(environ, start)


def _shown(environ: Environ) -> Shown | None:
    """What is shown, where all is as the operation describes it. The body can be read again afterwards."""
    length = environ.get("CONTENT_LENGTH", "")
    if environ.get("REQUEST_METHOD") != "POST" or environ.get("QUERY_STRING") or not length.isdecimal():
        return None
    if not 0 < int(length) <= SHORT:
        return None
    body = environ["wsgi.input"].read(int(length))
    environ["wsgi.input"] = io.BytesIO(body)
    found = api.read_json(body)
    try:
        return Shown.model_validate(found) if isinstance(found, dict) else None
    except ValidationError:
        return None


def _answer(request: HttpRequest, shown: Shown) -> HttpResponse | None:
    """None for a caller who has to be told something else: that this is not our name, or that it asks too often."""
    at = timezone.now()
    try:
        request.get_host()
    except DisallowedHost:
        return None
    if crowd.refuse(address_of(request), at, settings.VERIFY_A_MINUTE):
        return None
    track = tracks.name_for(request)
    try:
        with tracks.on(track), override("en"):
            answer = told(shown, at)
    except Exception:  # noqa: BLE001  (the site meets it again, on a new connection, and has the words for it)
        return None
    answer.headers[tracks.HEADER] = track
    packed: HttpResponse = _packing().process_response(request, answer)  # type: ignore[assignment]
    return packed


@cache
def _packing() -> GZipMiddleware:
    return GZipMiddleware(lambda request: HttpResponse())


@cache
def carried(secure: bool) -> tuple[tuple[str, str], ...]:
    """What every answer carries: all that stands before the straight way in the site says it of an answer."""
    site: Callable[[HttpRequest], HttpResponse] = lambda request: HttpResponse()  # noqa: E731
    for name in reversed(settings.MIDDLEWARE[:settings.MIDDLEWARE.index(MIDDLEWARE)]):
        site = import_string(name)(site)
    environ: dict[str, Any] = {"REQUEST_METHOD": "POST", "PATH_INFO": "/", "wsgi.input": io.BytesIO(),
                               "wsgi.url_scheme": "https" if secure else "http"}
    if settings.SECURE_PROXY_SSL_HEADER and secure:
        environ |= dict([settings.SECURE_PROXY_SSL_HEADER])
    found = site(WSGIRequest(environ))
    return tuple((name, value) for name, value in found.headers.items() if name.lower() not in OWN)
