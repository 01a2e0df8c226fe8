"""What every answer tells the browser besides the content security policy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse

PERMISSIONS: Final = ("accelerometer=(), browsing-topics=(), camera=(self), display-capture=(), geolocation=(), "
                      "gyroscope=(), magnetometer=(), microphone=(), midi=(), payment=(), usb=(), "
                      "publickey-credentials-get=(self), publickey-credentials-create=(self)")
"""The camera reads codes; passkeys are used to sign in; nothing else of the device is ever asked for."""

COME_AGAIN: Final = frozenset({429, 503})
A_MINUTE: Final = 60


class HeadersMiddleware:
    """Permissions-Policy; Cross-Origin-Resource-Policy: what is open to every origin may be embedded by any; and no
    page or file for somebody who is signed in stays on the device, which others may use after them; what may be kept
    (signed lists, static files, what is asked for by its tag) says so itself. Whoever asked too often or
    at a bad moment is told when to come again, where the view did not say it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        open_to_all = response.headers.get("Access-Control-Allow-Origin") == "*"
        response.headers.setdefault("Cross-Origin-Resource-Policy", "cross-origin" if open_to_all else "same-origin")
        if response.status_code in COME_AGAIN:
            locked = getattr(request, "axes_locked_out", False)
            wait = int(settings.AXES_COOLOFF_TIME * 3600) if locked else A_MINUTE
            response.headers.setdefault("Retry-After", str(wait))
        if settings.SESSION_COOKIE_NAME in request.COOKIES and "ETag" not in response.headers:
            response.headers.setdefault("Cache-Control", "no-store")
        return response
