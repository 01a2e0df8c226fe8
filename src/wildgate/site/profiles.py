"""Two profiles of one product. `full` is everything; `base` is apply, decide, issue, check and report on one host.

In `base` the rooms below are closed: they stand in no menu, and their addresses answer 404 with a sentence. Their
tables are there and their rows stay: the same database opens in both, and nothing is moved when the setting is changed.

So what forgets personal data in time goes on in closed rooms, and so does what follows an event, or the rows would not
fit when the rooms are opened again. What calls others, searches, or tells people of pages that they cannot open rests.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import resolve, reverse
from django.utils.translation import gettext_lazy as _

from wildgate.convention.refusal import Refusal

BASE, FULL = "base", "full"
CLOSED: Final[dict[str, frozenset[str]]] = {
    "customs link": frozenset({"declarations", "balances", "goods", "gateway"}),
    "risk": frozenset({"risk", "inspections", "carriers", "signals"}),
    "exchange": frozenset({"exchange", "hub", "partners"}),
    "online trade": frozenset({"market", "platforms", "portal", "tips", "intelligence", "notices", "campaigns"}),
}
"""What `base` leaves out, by the apps whose pages these are."""
RESTING: Final = frozenset({
    "exchange.deliver_post", "hub.look", "hub.pass_on", "partners.each_day", "signals.each_night",
    "notices.each_morning", "intelligence.each_day", "stream.send_digests"})
"""Jobs that wait while `base` is set, and are done when the rooms are opened. A message to a partner leaves then."""
OPEN_OPERATIONS: Final = ("/api/v1/verify", "/api/v1/openapi.json")
"""Of the machine interface: whoever holds a permit may check it."""
NOT_HERE: Final = _("This installation has the base profile: it has no customs link, no risk, no exchange and no "
                    "online trade. An operator opens them with WILDGATE_PROFILE=full; no data is moved.")
Handler = Callable[[HttpRequest], HttpResponse]


def closed() -> frozenset[str]:
    """The apps that this installation does not show."""
    return frozenset().union(*CLOSED.values()) if settings.PROFILE == BASE else frozenset()


def resting() -> frozenset[str]:
    """The jobs that no worker of this installation takes now."""
    return RESTING if settings.PROFILE == BASE else frozenset()


def shows(page: str) -> bool:
    """Whether the page of that name is open."""
    return not closed() or _app_of_page(page) not in closed()


@lru_cache(maxsize=512)
def _app_of_page(page: str) -> str:
    return _app_of(resolve(reverse(page)).func)


def _app_of(view: Callable[..., Any]) -> str:
    """The app whose view it is; empty for the shell's own."""
    parts = view.__module__.split(".")
    return parts[2] if parts[:2] == ["wildgate", "apps"] else ""


class ProfileMiddleware:
    """Pages of closed rooms do not exist, for anybody."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Callable[..., Any], args: Any,
                     kwargs: Any) -> HttpResponse | None:
        if settings.PROFILE == FULL:
            return None
        if request.path.startswith("/api/") and not request.path.startswith(OPEN_OPERATIONS):
            return JsonResponse({"type": "about:blank", "title": "Not Found", "status": 404, "code": "closed",
                                 "detail": str(NOT_HERE)}, status=404, content_type="application/problem+json")
        if _app_of(view) not in closed():
            return None
        if request.path.startswith("/taxii2/"):
            from wildgate.apps.intelligence.taxii.door import error
            return error(Refusal("closed", str(NOT_HERE)))
        return render(request, "closed.html", {"why": NOT_HERE}, status=404)
