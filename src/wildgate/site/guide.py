"""Help in the app: the index by reader, each guide, and the search over all of them. Anyone may read them."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language

from wildgate.apps.accounts.gate import Request, public
from wildgate.site import guidebook

LONGEST_QUESTION = 200


@public
def index(request: Request) -> HttpResponse:
    """All guides, those for the asker's own roles first; with a question, the sections that answer it."""
    language, roles = _language(), frozenset(str(role.value) for role in request.actor.roles)
    question = request.GET.get("q", "").strip()[:LONGEST_QUESTION]
    books = sorted(guidebook.shelf(language), key=lambda book: not guidebook.READERS[book.reader] & roles)
    return render(request, "help/index.html", {
        "question": question, "hits": guidebook.search(question, language, roles) if question else [],
        "books": [(book, bool(guidebook.READERS[book.reader] & roles)) for book in books], "language": language})


@public
def reader(request: Request, reader: str) -> HttpResponse:
    """One guide, task by task."""
    book = guidebook.guide(reader, _language())
    if book is None:
        raise Http404
    return render(request, "help/guide.html", {"book": book, "language": _language()})


def _language() -> str:
    return (get_language() or "en")[:2]
