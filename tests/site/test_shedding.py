"""More is asked than can be done: who works, who waits, who is sent away, and that all is well again afterwards."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Event, Semaphore
from typing import Any

import pytest
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.db import connections
from django.http import HttpResponse, StreamingHttpResponse
from django.test import Client, RequestFactory
from django.utils import timezone
from lxml import etree
from tests.cast import issued

from wildgate.kit import jobs
from wildgate.seal.status import status_path
from wildgate.site import lists
from wildgate.site.headers import HeadersMiddleware
from wildgate.site.shedding import KNOWN, Places, RecognisedMiddleware, Shedding, StraightMiddleware

AT_WORK, KEPT, WAITING = 4, 1, 2
COOKIE = {"HTTP_COOKIE": f"theme=dark; {settings.SESSION_COOKIE_NAME}=amina"}


class Site:
    """A site whose work takes until it is told to end; `/quick` is done at once."""

    def __init__(self) -> None:
        self.begun, self.end, self.finished = Semaphore(0), Event(), 0

    def __call__(self, environ: dict[str, Any], start: Any) -> Any:
        if environ["PATH_INFO"] != "/quick":
            self.begun.release()
            assert self.end.wait(30)
            self.finished += 1
        if environ.get("HTTP_COOKIE"):
            environ[KNOWN] = True
        start("200 OK", [])
        return HttpResponse(b"done")


class Crowd:
    """Callers with threads of their own, as a web server has them."""

    def __init__(self, patience: float = 30) -> None:
        self.site = Site()
        self.shed = Shedding(self.site, Places(AT_WORK, KEPT, WAITING, patience), lists.ahead)
        self.pool = ThreadPoolExecutor(20)

    def ask(self, path: str = "/", **more: str) -> Answer:
        return Answer(self.shed, {"REQUEST_METHOD": "GET", "PATH_INFO": path, **more})

    def come(self, path: str = "/", **more: str) -> Future[Answer]:
        return self.pool.submit(self.ask, path, **more)

    def at_work(self, number: int, **more: str) -> list[Future[Answer]]:
        """So many, once all of them are at work."""
        found = [self.come(**more) for _ in range(number)]
        for _ in found:
            assert self.site.begun.acquire(timeout=30)
        return found

    def in_line(self, number: int, **more: str) -> list[Future[Answer]]:
        """So many, once all of them stand in a line."""
        before = sum(self.shed.places.counts()[1:])
        found = [self.come(**more) for _ in range(number)]
        while sum(self.shed.places.counts()[1:]) < before + number:
            pass
        return found


class Answer:
    """What a caller got."""

    def __init__(self, app: Any, environ: dict[str, Any]) -> None:
        self.status, self.headers = "", {}
        self.body = b"".join(app({"wsgi.input": io.BytesIO(), **environ}, self._start))

    def _start(self, status: str, headers: list[tuple[str, str]], *_more: object) -> None:
        self.status, self.headers = status, dict(headers)


@pytest.fixture
def crowd() -> Iterator[Crowd]:
    made = Crowd()
    yield made
    made.site.end.set()
    made.pool.shutdown()


def test_who_comes_when_all_is_full_is_sent_away_and_whoever_began_is_finished(crowd):
    inside = crowd.at_work(AT_WORK - KEPT) + crowd.in_line(WAITING)

    refused = crowd.ask()
    crowd.site.end.set()

    assert refused.status == "503 Service Unavailable"
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    assert [each.result(30).body for each in inside] == [b"done"] * (AT_WORK - KEPT + WAITING)
    assert crowd.ask().body == b"done", "it recovers"
    assert crowd.shed.places.counts() == (0, 0, 0)


def test_nobody_waits_longer_than_the_limit():
    crowd = Crowd(patience=0.01)
    inside = crowd.at_work(AT_WORK - KEPT)

    assert crowd.ask().status.startswith("503")
    assert crowd.shed.places.counts() == (AT_WORK - KEPT, 0, 0)
    crowd.site.end.set()
    assert [each.result(30).status for each in inside] == ["200 OK"] * 3


def test_the_public_never_takes_the_last_place_from_those_who_are_signed_in(crowd):
    crowd.ask("/quick", **COOKIE)
    crowd.at_work(AT_WORK - KEPT)
    crowd.in_line(WAITING)

    assert crowd.ask("/quick", **COOKIE).status == "200 OK"
    assert crowd.ask("/quick").status.startswith("503")
    assert crowd.ask("/quick", HTTP_COOKIE=f"{settings.SESSION_COOKIE_NAME}=invented").status.startswith("503")


def test_the_line_of_the_known_is_served_first(crowd):
    crowd.ask("/quick", **COOKIE)
    crowd.at_work(AT_WORK - KEPT)
    crowd.at_work(1, **COOKIE)
    stranger, = crowd.in_line(1)
    known, = crowd.in_line(1, **COOKIE)
    places = crowd.shed.places

    places.leave()

    assert crowd.site.begun.acquire(timeout=30)
    assert places.counts() == (AT_WORK, 0, 1)
    places._taken += 1  # the place that the test gave away
    crowd.site.end.set()
    assert {known.result(30).status, stranger.result(30).status} == {"200 OK"}


def test_a_place_is_taken_until_the_last_part_was_sent():
    def parts(environ: dict[str, Any], start: Any) -> Any:
        start("200 OK", [])
        return StreamingHttpResponse(iter([b"one", b"two"]))

    shed = Shedding(parts, Places(1, 0, 0, 1))
    sent = shed({"PATH_INFO": "/"}, lambda *_: None)

    assert next(iter(sent)) == b"one"
    assert shed.places.counts()[0] == 1
    sent.close()
    assert shed.places.counts()[0] == 0


def test_a_site_that_fails_gives_its_place_back():
    def failing(environ: dict[str, Any], start: Any) -> Any:
        raise ZeroDivisionError

    shed = Shedding(failing, Places(1, 0, 0, 1))
    with pytest.raises(ZeroDivisionError):
        shed({"PATH_INFO": "/"}, lambda *_: None)

    assert shed.places.counts() == (0, 0, 0)


def full() -> Shedding:
    """A site with no place left."""
    shed = Shedding(Site(), Places(1, 0, 0, 1), lists.ahead)
    shed.places.take(known=False)
    return shed


def test_programs_get_a_problem():
    told = Answer(full(), {"REQUEST_METHOD": "POST", "PATH_INFO": "/api/v1/verify"})

    assert told.headers["Content-Type"] == "application/problem+json"
    assert {"status": 503, "code": "busy", "type": "urn:wildgate:refusal:busy"}.items() <= json.loads(told.body).items()


def test_partners_get_a_fault_of_soap():
    told = Answer(full(), {"REQUEST_METHOD": "POST", "PATH_INFO": "/epix/v2"})

    assert told.headers["Content-Type"] == "text/xml; charset=utf-8"
    assert etree.fromstring(told.body).findtext(".//faultcode") == "soap:Server"
    assert told.headers["Retry-After"]


@pytest.mark.parametrize(("language", "way"), [("en-GB,en;q=0.9", "ltr"), ("ar", "rtl"), ("xx", "ltr")])
def test_people_get_a_page_that_needs_nothing_else(language, way):
    told = Answer(full(), {"PATH_INFO": "/verify/", "HTTP_ACCEPT": "text/html,*/*", "HTTP_ACCEPT_LANGUAGE": language})

    page = told.body.decode()
    assert f'dir="{way}"' in page
    assert not re.search("src=|href=|style|script", page)
    assert "default-src 'none'" in told.headers["Content-Security-Policy"]
    assert told.headers["Cache-Control"] == "no-store"


def test_everything_else_gets_one_sentence():
    assert Answer(full(), {"PATH_INFO": "/"}).body.count(b"\n") == 1


def test_the_sign_of_life_is_given_when_nothing_else_is():
    told = Answer(full(), {"REQUEST_METHOD": "GET", "PATH_INFO": "/healthz"})

    assert (told.status, json.loads(told.body)) == ("200 OK", {"status": "ok"})


@pytest.mark.django_db
def test_signed_lists_are_given_when_nothing_else_is_and_are_those_of_the_site(cast, at):
    permit = issued(cast, at)
    jobs.run_pending()
    shed = full()

    for path in ("/trust.cwt", f"/status/{status_path(f'QM/{permit.shard}')}"):
        site, told = Client().get(path), Answer(shed, {"REQUEST_METHOD": "GET", "PATH_INFO": path})
        again = Answer(shed, {"REQUEST_METHOD": "GET", "PATH_INFO": path, "HTTP_IF_NONE_MATCH": told.headers["ETag"]})

        assert told.body == site.content
        assert again.status.startswith("304")
        for name in ("ETag", "Last-Modified", "Cache-Control", "Content-Type", "Access-Control-Allow-Origin",
                     "X-Content-Type-Options", "Cross-Origin-Resource-Policy"):
            assert told.headers[name] == site[name], name
    assert Answer(shed, {"REQUEST_METHOD": "GET", "PATH_INFO": "/status/../secret"}).status.startswith("503")


@pytest.mark.django_db
def test_connections_belong_to_places_and_not_to_threads(monkeypatch):
    used: list[int] = []

    def site(environ: dict[str, Any], start: Any) -> Any:
        used.append(id(connections["default"]))
        start("200 OK", [])
        return HttpResponse(b"")

    shed, threads = Shedding(site, Places(2, 0, 0, 1)), [ThreadPoolExecutor(1) for _ in range(3)]
    for each in threads:
        each.submit(Answer, shed, {"PATH_INFO": "/"}).result(30)
    left = [each.submit(lambda: len(connections.all(initialized_only=True))).result(30) for each in threads]

    assert len(set(used)) == 1
    assert left == [0, 0, 0]


@pytest.mark.django_db
@pytest.mark.parametrize(("who", "known"), [("signed in", True), ("stranger", False), ("program", True),
                                            ("signed in, but nobody asked who it is", False)])
def test_who_is_signed_in_or_showed_a_key_is_known(desk, who, known):
    request = RequestFactory().get("/")
    shown = desk("amina").session.session_key if who.startswith("signed in") else None
    request.session = SessionStore(shown)
    if who == "program":
        request.program = object()

    def view(asked: Any) -> HttpResponse:
        if "nobody" not in who:
            asked.session.get("_auth_user_id")
        return HttpResponse()

    RecognisedMiddleware(view)(request)

    assert request.META.get(KNOWN, False) is known


@pytest.mark.django_db
def test_a_program_asks_without_a_key_and_gets_the_verdict_of_the_page(cast, at):
    from wildgate.seal.text import to_url
    permit = issued(cast, at)
    jobs.run_pending()
    body = {"code": to_url("https://x.example/verify/", permit.seals[0]), "role": "export"}

    told = Client().post("/api/v1/verify", body, content_type="application/json")

    assert told.status_code == 200, told.content
    assert (told.json()["genuine"], told.json()["register"]["number"]) == (True, permit.number)
    assert told["Cache-Control"] == "no-store"
    assert not told.cookies


@pytest.mark.django_db
@pytest.mark.parametrize(("body", "status", "code"), [
    ({"code": "x"}, 200, ""), ({"code": ""}, 422, "not-as-described"), ({"code": "x" * 40_000}, 413, "too-large"),
    ({"code": "x", "who": "y"}, 422, "not-as-described"), ({"code": "x", "role": "king"}, 422, "not-as-described")])
def test_what_a_program_shows_is_read_strictly(cast, body, status, code):
    from wildgate.apps.permits import sealing
    sealing.refresh(timezone.now())

    told = Client().post("/api/v1/verify", body, content_type="application/json")

    assert (told.status_code, told.json().get("code", "")) == (status, code)


@pytest.mark.django_db
def test_one_address_asks_so_often_and_is_told_when_to_come_again(cast, settings):
    settings.VERIFY_A_MINUTE, settings.ALLOWED_HOSTS = 2, ["testserver"]
    home = Client(REMOTE_ADDR="203.0.113.77")
    told = [home.post(path, {"code": "x"}, **more) for path, more in (
        ("/api/v1/verify", {"content_type": "application/json"}), ("/verify/", {})) for _ in range(5)]

    refused = [each for each in told if each.status_code == 429]
    assert len(refused) >= 6, "the page and the operation have one budget together"
    assert all(1 <= int(each["Retry-After"]) <= 60 for each in refused)


@pytest.mark.django_db
def test_too_many_registrations_and_a_locked_sign_in_say_when_to_come_again(cast, settings, monkeypatch):
    monkeypatch.setattr("wildgate.apps.accounts.throttle.FROM_ONE_NETWORK", 3)
    home = Client(REMOTE_ADDR="203.0.113.78")
    for _ in range(3):
        home.post("/register/", {})
    for _ in range(settings.AXES_FAILURE_LIMIT):
        locked = home.post("/accounts/login/", {"login": "amina@ma.example", "password": "wrong"})
    crowded = home.post("/register/", {})

    assert (crowded.status_code, crowded["Retry-After"]) == (429, "3600")
    assert (locked.status_code, locked["Retry-After"]) == (429, "900")


@pytest.mark.parametrize(("status", "wait"), [(429, "60"), (503, "60"), (200, "")])
def test_no_view_can_forget_it(status, wait):
    told = HeadersMiddleware(lambda request: HttpResponse(status=status))(RequestFactory().get("/"))

    assert told.headers.get("Retry-After", "") == wait


def test_only_known_operations_go_straight():
    seen = []
    StraightMiddleware(lambda request: seen.append(request.path) or HttpResponse())(RequestFactory().get("/verify/"))

    assert seen == ["/verify/"]
