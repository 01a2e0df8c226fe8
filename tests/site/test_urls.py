"""Every address names its access rule, and the shell's own pages do what they say."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from wildgate.apps.accounts.access import Action

OPEN_BY_DESIGN = ("accounts/", "i18n/")
"""Signing in and choosing a language: allauth's and Django's own pages guard themselves."""


def addresses(patterns: list[URLPattern | URLResolver], prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, route)
        else:
            yield route, pattern


ROUTES = [(route, pattern) for route, pattern in addresses(get_resolver().url_patterns)
          if not route.startswith(OPEN_BY_DESIGN)]


RULES = [(route, getattr(pattern.callback, "access_rule", None)) for route, pattern in ROUTES]


def test_every_address_names_its_access_rule():
    open_to_all = [f"/{route}" for route, rule in RULES
                   if rule not in ("public", "key") and not isinstance(rule, Action)]

    assert open_to_all == [], "open to whoever finds it"
    assert len(RULES) > 500


EXAMPLES = {"int": "1", "number": "26QM000001E"}


@pytest.mark.django_db
def test_a_guarded_address_sends_strangers_to_sign_in(client):
    answers = {}
    for route in (route for route, rule in RULES if isinstance(rule, Action)):
        path = "/" + re.sub(r"<(?:(\w+):)?\w+>", lambda place: EXAMPLES.get(place[1], "x"), route)
        answer = client.get(path)
        answers[path] = answer.status_code, answer.headers.get("Location", "")

    assert {path: (status, place) for path, (status, place) in answers.items()
            if status != 302 or not place.startswith("/accounts/login/?next=/")} == {}
    assert not client.cookies
    assert len(answers) > 400


@pytest.mark.django_db
def test_health_and_readiness(client):
    assert client.get("/healthz").json() == {"status": "ok"}
    assert client.get("/readyz").json() == {"status": "ok"}


@pytest.mark.django_db
def test_pages_carry_a_policy_without_inline_script(client):
    policy = client.get("/")["Content-Security-Policy"]

    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert "object-src 'none'" in policy
