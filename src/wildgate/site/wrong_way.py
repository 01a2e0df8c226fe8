"""Where an address takes only a form, or only shows something, and the browser asks otherwise: a page says what to do.

People come to such an address by the history of their browser, by a link that somebody copied, or by signing in again.
Programs get the bare answer as before: the doors for them have words of their own.
"""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import Resolver404

from wildgate.apps.accounts.access import Actor
from wildgate.apps.accounts.gate import may_open

PROGRAMS = ("/api/", "/epix/")


class WrongWayMiddleware:
    """A bare 405 becomes a page of the house for whoever reads pages."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answer = self.get_response(request)
        if answer.status_code != 405 or answer.streaming or answer.content or request.path.startswith(PROGRAMS) \
                or "text/html" not in request.headers.get("Accept", ""):
            return answer
        told = render(request, "405.html", {
            "sent": request.method == "POST", "above": page_above(request.path, request.actor)},  # type: ignore[attr-defined]
            status=405)
        told["Allow"] = answer["Allow"]
        return told


def page_above(path: str, actor: Actor) -> str:
    """The nearest address above that this person may open: a form mostly stands on it. The start page is none."""
    parts = path.strip("/").split("/")
    for length in range(len(parts) - 1, 0, -1):
        above = f"/{'/'.join(parts[:length])}/"
        try:
            if may_open(actor, above):
                return above
        except Resolver404:
            continue
    return ""
