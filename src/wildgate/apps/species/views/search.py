"""Finding a species: while somebody types in a form, and on a page of its own."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from wildgate.apps.accounts.access import Action
from wildgate.apps.accounts.gate import Request, role
from wildgate.apps.species.pages import tabs
from wildgate.apps.species.selectors import search

MOST_MATCHES = 8
MOST_ON_A_PAGE = 25
LONGEST_SEARCH = 120


@role(Action.SIGNED_IN)
def find(request: Request) -> HttpResponse:
    """The matches as a part of a page: radio buttons, or one card when the name is complete."""
    text = request.GET.get("taxon", "").strip()[:200]
    found = search(text, MOST_MATCHES, party=request.actor.party) if text else None
    return render(request, "species/matches.html", {"searched": text, "matches": found})


@role(Action.SIGNED_IN)
def page(request: Request) -> HttpResponse:
    """Search by scientific name, synonym, common name, abbreviation or a slip of the pen."""
    text = request.GET.get("q", "").replace("\x00", "").strip()[:LONGEST_SEARCH]
    found = search(text, MOST_ON_A_PAGE, party=request.actor.party) if text else []
    return render(request, "species/search.html", {"q": text, "matches": found, "tabs": tabs(request.actor, "species")})
