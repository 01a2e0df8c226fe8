"""Finding a species while somebody types."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from wildgate.apps.accounts.access import Action
from wildgate.apps.accounts.gate import Request, role
from wildgate.apps.species.selectors import search

MOST_MATCHES = 8


@role(Action.SIGNED_IN)
def find(request: Request) -> HttpResponse:
    """The matches as a part of a page: radio buttons, or one card when the name is complete."""
    text = request.GET.get("taxon", "").strip()[:200]
    found = search(text, MOST_MATCHES, party=request.actor.party) if text else None
    return render(request, "species/matches.html", {"searched": text, "matches": found})
