"""The question asked at every border, answered ahead of the site: the same answer, and the site for all the rest."""

from __future__ import annotations

import gzip
import io
import json
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

import pytest
from django.test import Client
from tests.cast import issued
from tests.site.test_shedding import Answer

from wildgate.kit import jobs
from wildgate.seal.text import to_url
from wildgate.site.shedding import Places, Shedding
from wildgate.site.straight import Straight, carried

PATH = "/api/v1/verify"
KNOWN_HOST = {"HTTP_HOST": "testserver", "SERVER_NAME": "testserver", "SERVER_PORT": "80", "wsgi.url_scheme": "http",
              "REMOTE_ADDR": "203.0.113.90", "wsgi.errors": io.StringIO()}


def asked(body: Any, **more: Any) -> dict[str, Any]:
    """A request with this body."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return {**KNOWN_HOST, "REQUEST_METHOD": "POST", "PATH_INFO": PATH, "QUERY_STRING": "",
            "CONTENT_TYPE": "application/json", "CONTENT_LENGTH": str(len(data)), "wsgi.input": io.BytesIO(data),
            **more}


class Beside:
    """A site that only notes what was left for it."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []

    def __call__(self, environ: dict[str, Any], start: Any) -> list[bytes]:
        self.bodies.append(environ["wsgi.input"].read())
        start("200 OK", [])
        return [b"by the site"]


def ahead(environ: dict[str, Any]) -> Answer:
    """The answer ahead of the site, which must not be asked."""
    site = Beside()
    found = Answer(Straight(site), environ)
    assert not site.bodies, "the site was asked"
    return found


@pytest.fixture
def code(cast, at, settings):
    settings.ALLOWED_HOSTS = ["testserver"]
    permit = issued(cast, at)
    jobs.run_pending()
    return to_url("https://x.example/verify/", permit.seals[0])


@pytest.mark.django_db
def test_the_answer_is_the_one_of_the_site(code, settings):
    settings.SECURE_HSTS_SECONDS = 31_536_000
    for more in ({}, {"HTTP_ACCEPT_ENCODING": "br, gzip"}, {"wsgi.url_scheme": "https"}):
        answered_alike(code, more)


def answered_alike(code: str, more: dict[str, str]) -> None:
    body = {"code": code, "role": "export"}
    carried.cache_clear()

    mine = ahead(asked(body, **more))
    site = Client().post(PATH, body, content_type="application/json", **more)

    said = [json.loads(gzip.decompress(text) if "HTTP_ACCEPT_ENCODING" in more else text)
            for text in (mine.body, site.content)]
    ages = [each.pop("age") for each in said]
    assert said[0] == said[1]
    assert said[0]["genuine"] is True
    assert 0 <= ages[1] - ages[0] <= 5
    assert mine.status == "200 OK"
    found = [{name: sorted(value.split("; ")) for name, value in each.items()
              if name not in ("X-Request-ID", "Content-Length")} for each in (mine.headers, site.headers)]
    assert found[0] == found[1]
    assert mine.headers["X-Request-ID"] != site["X-Request-ID"]
    assert ("Content-Encoding" in mine.headers) == ("HTTP_ACCEPT_ENCODING" in more)
    assert ("Strict-Transport-Security" in mine.headers) == ("wsgi.url_scheme" in more)


@pytest.mark.django_db
def test_a_code_that_is_none_has_its_verdict_here_too(code):
    told = ahead(asked({"code": "x"}))

    assert (told.status, json.loads(told.body)["genuine"]) == ("200 OK", False)


@pytest.mark.django_db
@pytest.mark.parametrize("environ", [
    asked({"code": ""}), asked({"code": "x", "role": "king"}), asked({"code": "x", "who": "y"}), asked([1]),
    asked(b'{"code": "x", "code": "y"}'), asked(b"{"), asked({"code": "x"}, QUERY_STRING="a=1"),
    asked({"code": "x"}, HTTP_HOST="another.example"), asked({"code": "x"}, REQUEST_METHOD="PUT")])
def test_whatever_is_not_plain_is_left_to_the_site_whole(settings, environ):
    settings.ALLOWED_HOSTS = ["testserver"]
    body, site = environ["wsgi.input"].getvalue(), Beside()

    told = Answer(Straight(site), {**environ, "wsgi.input": io.BytesIO(body)})

    assert (told.body, site.bodies) == (b"by the site", [body])


@pytest.mark.django_db
@pytest.mark.parametrize("length", ["", "0", "-1", "16001", "x"])
def test_a_body_of_no_good_length_is_not_even_read(length):
    site = Beside()

    Answer(Straight(site), asked({"code": "x"}, CONTENT_LENGTH=length))

    assert site.bodies == [b'{"code": "x"}']


@pytest.mark.django_db
def test_one_address_has_the_budget_of_the_page_and_is_told_by_the_site(code, settings):
    settings.VERIFY_A_MINUTE = 2
    caller = {"REMOTE_ADDR": "203.0.113.91"}
    site = Beside()
    for _ in range(5):
        Answer(Straight(site), asked({"code": "x"}, **caller))

    assert 1 <= len(site.bodies) <= 3, "two in a minute are answered here; it may end between them"


@pytest.mark.django_db
def test_what_fails_is_met_again_by_the_site(settings):
    settings.ALLOWED_HOSTS, settings.HOME = ["testserver"], None
    site = Beside()

    told = Answer(Straight(site), asked({"code": "x"}))

    assert (told.body, site.bodies) == (b"by the site", [b'{"code": "x"}'])


def test_other_addresses_go_to_the_site():
    site = Beside()

    assert Answer(Straight(site), asked({"code": "x"}, PATH_INFO="/verify/")).body == b"by the site"


def test_verifying_has_a_place_of_its_own():
    shed = Shedding(Beside(), Places(1, 0, 0, 1), straight=Places(1, 0, 0, 1))
    shed.places.take(known=False)
    verified, page = Answer(shed, asked({})), Answer(shed, asked({}, PATH_INFO="/"))
    shed.places.leave()
    shed.straight.take(known=False)

    assert (verified.status, page.status[:3]) == ("200 OK", "503")
    assert Answer(shed, asked({})).status[:3] == "503"
    assert Answer(shed, asked({}, PATH_INFO="/")).status == "200 OK"


def test_who_sends_slowly_holds_no_place():
    begun, sent = Event(), Event()

    class Slow(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            begun.set()
            assert sent.wait(30)
            return super().read(size)

    site = Shedding(Beside(), Places(1, 0, 4, 5.0), straight=Places(1, 0, 0, 0.0))
    with ThreadPoolExecutor(2) as callers:
        slow = callers.submit(Answer, site, asked(b"{}", **{"wsgi.input": Slow(b"{}")}))
        assert begun.wait(30)
        assert callers.submit(Answer, site, asked(b"{}")).result(30).body == b"by the site"
        sent.set()
        assert slow.result(30).body == b"by the site"
