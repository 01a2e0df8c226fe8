"""What a browser is told with every answer."""

from __future__ import annotations

import pytest
from django.test import Client


@pytest.mark.parametrize("path", ["/", "/verify/", "/nowhere/", "/healthz"])
def test_every_answer_carries_the_headers(db, path):
    told = Client().get(path).headers

    assert "camera=(self)" in told["Permissions-Policy"]
    assert "microphone=()" in told["Permissions-Policy"]
    assert told["Cross-Origin-Resource-Policy"] == "same-origin"
    assert told["Cross-Origin-Opener-Policy"] == "same-origin"
    assert told["X-Content-Type-Options"] == "nosniff"
    assert told["Referrer-Policy"] == "same-origin"
    assert told["X-Frame-Options"] == "DENY"
    policy = told["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert not {"'unsafe-inline'", "'unsafe-eval'"} & set(policy.replace(";", " ").split())


def test_signed_lists_may_be_read_from_everywhere(cast):
    from tests.cast import NOON

    from wildgate.apps.permits import sealing
    sealing.refresh(NOON)

    told = Client().get("/trust.cwt").headers

    assert told["Access-Control-Allow-Origin"] == "*"
    assert told["Cross-Origin-Resource-Policy"] == "cross-origin"


def test_a_page_of_somebody_who_is_signed_in_is_not_kept_by_the_device(desk):
    assert desk("amina").get("/cases/").headers["Cache-Control"] == "no-store"
    assert "Cache-Control" not in Client().get("/").headers


def test_neither_is_a_file_of_theirs(rf, settings):
    from django.http import HttpResponse, JsonResponse

    from wildgate.site.headers import HeadersMiddleware
    request = rf.get("/")
    request.COOKIES[settings.SESSION_COOKIE_NAME] = "somebody"

    def told(answer: HttpResponse) -> str:
        return HeadersMiddleware(lambda _request: answer)(request).headers.get("Cache-Control", "")

    assert told(HttpResponse(b"%PDF", content_type="application/pdf")) == told(JsonResponse({})) == "no-store"
    assert told(HttpResponse(headers={"Cache-Control": "public, max-age=60"})) == "public, max-age=60"
    assert told(HttpResponse(headers={"ETag": '"1"'})) == ""
