"""Nothing typed is lost when the session has ended: what was posted waits in the new session until one has signed in.

Only texts wait, for a day, and only under the address they were posted to. They are shown again and saved by nobody
but the person who then presses the button: whether they may is asked as always.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, Final

from django.contrib.auth.views import redirect_to_login
from django.http import HttpResponse
from django.shortcuts import render

from wildgate.apps.accounts.gate import Request

KEPT: Final = "typed"
LASTS: Final = timedelta(days=1)
MOST_PAGES, MOST_FIELDS, LONGEST = 12, 60, 4_000
NOT_KEPT: Final = frozenset({"csrfmiddlewaretoken", "declared", "password"})
View = Callable[..., HttpResponse]


def keeps_typed(place: Callable[..., str]) -> Callable[[View], View]:
    """Decorator, outermost: `place(**kwargs)` is the address where the typed text is shown again."""
    def guard(view: View) -> View:
        @wraps(view)
        def kept(request: Request, **kwargs: Any) -> HttpResponse:
            if request.method != "POST" or request.actor.person_id is not None:
                return view(request, **kwargs)
            address = place(**kwargs)
            keep(request, address)
            if request.headers.get("HX-Request"):
                return render(request, "permits/signed_out.html", {
                    "address": address, "version": request.POST.get("version", "")[:16]})
            return redirect_to_login(address)
        return kept
    return guard


def keep(request: Request, address: str) -> None:
    """Put the posted texts aside under their address."""
    fields = {name[:40]: value[:LONGEST] for name, value in list(request.POST.items())[:MOST_FIELDS]
              if name not in NOT_KEPT}
    others = {path: each for path, each in request.session.get(KEPT, {}).items() if path != address}
    newest = dict(list(others.items())[-(MOST_PAGES - 1):])
    request.session[KEPT] = {**newest, address: {"at": request.at.isoformat(), "fields": fields}}


def typed_at(request: Request, address: str = "") -> Mapping[str, str]:
    """What waits for this address; nothing when nothing does, or too long."""
    found = request.session.get(KEPT, {}).get(address or request.path)
    if not found or request.at - datetime.fromisoformat(found["at"]) > LASTS:
        return {}
    fields: Mapping[str, str] = found["fields"]
    return fields


def forget(request: Request, address: str = "") -> None:
    """It is saved, or no longer wanted."""
    waiting = request.session.get(KEPT, {})
    if (address or request.path) in waiting:
        request.session[KEPT] = {path: each for path, each in waiting.items() if path != (address or request.path)}
