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


@pytest.mark.parametrize(("route", "pattern"), ROUTES, ids=[route or "/" for route, _ in ROUTES])
def test_every_address_names_its_access_rule(route, pattern):
    rule = getattr(pattern.callback, "access_rule", None)

    assert rule in ("public", "key") or isinstance(rule, Action), f"/{route} is open to whoever finds it"


EXAMPLES = {"int": "1", "number": "26QM000001E"}
GUARDED = [(route, pattern) for route, pattern in ROUTES
           if isinstance(getattr(pattern.callback, "access_rule", None), Action)]


@pytest.mark.django_db
@pytest.mark.parametrize(("route", "pattern"), GUARDED, ids=[route for route, _ in GUARDED])
def test_a_guarded_address_sends_strangers_to_sign_in(client, route, pattern):
    path = "/" + re.sub(r"<(?:(\w+):)?\w+>", lambda place: EXAMPLES.get(place[1], "x"), route)

    answer = client.get(path)

    assert answer.status_code == 302, path
    assert answer["Location"].startswith("/accounts/login/?next=/")


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
