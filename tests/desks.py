"""Signed-in browsers for the named cast, and the text of a page as a reader sees it."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from wildgate.apps.accounts.access import Actor

NOT_ALLOWED = 403
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture
def desk(cast: dict[str, Actor], settings: Any) -> Callable[[str], Client]:
    """A browser in which the named person is signed in; a second factor is not asked for."""
    from wildgate.apps.accounts.models import Person

    settings.DEMO = True
    browsers: dict[str, Client] = {}

    def signed_in(name: str) -> Client:
        if name not in browsers:
            browsers[name] = Client()
            browsers[name].force_login(Person.objects.get(pk=cast[name].person_id), backend=BACKEND)
        return browsers[name]

    return signed_in


def page_text(answer: Any) -> str:
    """The words of the page's main part, without markup."""
    body = answer.content.decode().partition("<main")[2].partition("</main>")[0]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())


def markup(page: str) -> str:
    """A page as its tags and texts, without the white space that lays its source out."""
    return re.sub(r"\s+", " ", re.sub(r"\s*(<[^>]*>)\s*", r"\1", page))
