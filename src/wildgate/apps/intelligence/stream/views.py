"""The stream by the web server: it answers at once with what is new, and the browser comes again by itself.

The same protocol as the door's, only slower. It always works: without a proxy, without the door.
"""

from __future__ import annotations

from typing import Final

from django.http import Http404, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from wildgate.apps.accounts.access import Action
from wildgate.apps.accounts.gate import Request, role
from wildgate.apps.intelligence import selectors
from wildgate.apps.intelligence.stream import wire
from wildgate.apps.intelligence.stream.reading import RETRY_MILLISECONDS, cursors, in_full, newest, said

AT_ONCE: Final = 200
"""So many events go into one answer; the next answer has the rest."""


@role(Action.ENTER_INTELLIGENCE)
@never_cache
@require_safe
def stream(request: Request) -> HttpResponse:
    """What is new after the cursor and may be read now; to whoever is no contributor there is no stream."""
    member = selectors.member_of(request.actor, request.at)
    if member is None:
        raise Http404("There is no such page.")
    cursor = request.headers.get("Last-Event-ID") or request.GET.get("after", "")
    place = cursors().place(cursor)
    body = [wire.retry(RETRY_MILLISECONDS)]
    if place is None:
        body += [wire.here(now(request.actor.party)), wire.AGAIN if cursor else b""]
    else:
        found = in_full(selectors.visible_pulses(request.actor, request.at, member).filter(pk__gt=place))
        body += [said(pulse) for pulse in found[:AT_ONCE]]
    return HttpResponse(b"".join(body), content_type=wire.CONTENT_TYPE, headers={
        "X-Accel-Buffering": "no", "X-Content-Type-Options": "nosniff"})


def now(party: str) -> str:
    """The cursor from which a page that was just made goes on."""
    return cursors().of(newest(party))
