"""The stream with its database: a real door, real sockets, real sessions; what ends a right ends the stream."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.sessions.models import Session
from django.test import Client
from tests.apps.intelligence.test_stream_door import Reader as Line
from tests.apps.intelligence.test_stream_door import opened
from tests.desks import BACKEND

from wildgate.apps.accounts.access import Actor
from wildgate.apps.accounts.models import Person, Post
from wildgate.apps.intelligence import services
from wildgate.apps.intelligence.models import Contributor, Pulse, Report
from wildgate.apps.intelligence.services import contributors
from wildgate.apps.intelligence.stream import reading, wire
from wildgate.sharing.marking import Marking, Tlp
from wildgate.site.stream_door.asked import Rules

RULES = Rules(wire.ADDRESS, "sessionid", lambda host: host == "desk.example")
WITHIN = 2.0
"""Seconds in which a right that was taken away takes hold."""


def let_in(who: Actor, by: Actor, clearance: Tlp, at: datetime) -> Contributor:
    """A contributor for the authority of the person's own post, let in by two others."""
    second = Person.objects.exclude(pk__in=(who.person_id, by.person_id)).order_by("pk").first()
    return Contributor.objects.create(
        party="QM", person_id=who.person_id, authority_id=min(who.authorities), clearance=int(clearance),
        valid_until=(at + timedelta(days=100)).date(), proposed_by_id=by.person_id, proposed_at=at,
        confirmed_by=second, confirmed_at=at)


def file(owner: Actor, title: str, tlp: Tlp = Tlp.GREEN, **limits: Any) -> Report:
    made = services.file_report(
        actor=None, party="QM", origin="own", origin_key="", title=title, text="Seen.", grading=None,
        marking=Marking(tlp, str(min(owner.authorities)), **limits), at=datetime.now(UTC))
    assert isinstance(made, Report), made
    return made


@contextmanager
def within(seconds: float) -> Iterator[None]:
    began = time.monotonic()
    yield
    assert time.monotonic() - began < seconds


@pytest.fixture
def house(own_database: str, settings: Any) -> dict[str, Actor]:
    """A settled installation that threads may use; Ines reads up to RED, Nadia up to GREEN, Tomas is no contributor."""
    from wildgate.site.demo.cast import settle
    settings.DEMO = True
    at = datetime.now(UTC) - timedelta(days=1)
    people = settle("QM", "Demoland", at)
    let_in(people["ines"], people["ana"], Tlp.RED, at)
    let_in(people["nadia"], people["ana"], Tlp.GREEN, at)
    return people


@pytest.fixture
def session() -> Callable[[Actor], str]:
    """Sign in; the value of the cookie."""
    def sign_in(who: Actor) -> str:
        client = Client()
        client.force_login(Person.objects.get(pk=who.person_id), backend=BACKEND)
        return client.cookies["sessionid"].value
    return sign_in


@pytest.fixture
def door(house: Any) -> Iterator[int]:
    """The port of a door that reads as the real one does, at the real pace."""
    with opened(reading.Reader("QM"), RULES, every=0.2) as serving:
        yield serving.port


@pytest.fixture
def line(door: int, session: Callable[[Actor], str]) -> Iterator[Callable[..., Line]]:
    """An open line of somebody, after its greeting."""
    made: list[Line] = []

    def open_line(who: Actor, cursor: str = "", key: str = "") -> Line:
        made.append(Line(door, key or session(who), cursor, path=wire.ADDRESS, cookie="sessionid"))
        made[-1].until(b"\r\n\r\n")
        return made[-1]
    yield open_line
    for each in made:
        each.close()


def titles(line: Line) -> list[str]:
    return [json.loads(each)["title"] for each in line.told if each != "{}"]


pytestmark = pytest.mark.processes


def test_news_reaches_who_may_read_it_at_once_and_nobody_else(house, line):
    ines, nadia, tomas = line(house["ines"]), line(house["nadia"]), line(house["tomas"])

    file(house["ines"], "for the owner", Tlp.AMBER)
    made = file(house["ines"], "for all")
    ines.until(b"for all")
    nadia.until(b"for all")

    assert titles(ines) == ["for the owner", "for all"]
    assert titles(nadia) == ["for all"]
    assert json.loads(nadia.told[0])["number"] == made.number
    assert tomas.read.startswith(b"HTTP/1.1 404 ")


def test_what_is_red_comes_with_its_number_and_without_its_title(house, line):
    ines = line(house["ines"])

    file(house["ines"], "about one person", Tlp.RED, named=frozenset({house["ines"].person_id}))
    ines.until(b"report-filed")

    assert titles(ines) == [""]


def _ends_membership(who: Actor, by: Actor, key: str = "") -> None:
    row = Contributor.objects.get(person_id=who.person_id)
    assert isinstance(contributors.end(actor=by, contributor=row.pk, at=datetime.now(UTC)), Contributor)


def _ends_post(who: Actor, by: Actor, key: str) -> None:
    Post.objects.filter(person_id=who.person_id).update(until=datetime(2020, 1, 1, tzinfo=UTC).date())


def _signs_out(who: Actor, by: Actor, key: str) -> None:
    client = Client()
    client.cookies["sessionid"] = key
    client.logout()


def _runs_out(who: Actor, by: Actor, key: str) -> None:
    Session.objects.filter(session_key=key).update(expire_date=datetime.now(UTC))


def _new_password(who: Actor, by: Actor, key: str) -> None:
    person = Person.objects.get(pk=who.person_id)
    person.set_password("another-heron-7")
    person.save()


def _barred(who: Actor, by: Actor, key: str) -> None:
    Person.objects.filter(pk=who.person_id).update(is_active=False)


ENDS = {"nadia": _ends_membership, "amina": _ends_post, "bo": _signs_out, "jean": _runs_out, "tomas": _new_password,
        "sam": _barred}
"""What ends the right of each: a person for each way, so that one door is enough."""


def test_whose_right_has_ended_gets_nothing_and_the_line_closes_in_time(house, line, session):
    for name in ENDS.keys() - {"nadia"}:
        let_in(house[name], house["ana"], Tlp.GREEN, datetime.now(UTC))
    keys = {name: session(house[name]) for name in ENDS}
    lines = {name: line(house[name], key=key) for name, key in keys.items()}
    ines = line(house["ines"])
    file(house["ines"], "before")
    for each in lines.values():
        each.until(b"before")

    for name, ends in ENDS.items():
        ends(house[name], house["ana"], keys[name])
    file(house["ines"], "after the end")
    with within(WITHIN):
        for each in lines.values():
            each.rest()
    ines.until(b"after the end")

    assert {name: titles(each) for name, each in lines.items()} == {name: ["before"] for name in ENDS}
    assert {name for name, each in lines.items() if not each.read.endswith(b"event: end\ndata: {}\n\n")} == set()


def test_a_line_closes_in_time_though_there_is_no_news(house, line):
    nadia = line(house["nadia"])

    _ends_membership(house["nadia"], house["ana"])
    with within(WITHIN):
        nadia.rest()

    assert nadia.read.endswith(b"event: end\ndata: {}\n\n")


def test_a_raised_marking_and_a_lowered_clearance_hold_for_the_next_event(house, line):
    nadia, ines = line(house["nadia"]), line(house["ines"])
    made = file(house["ines"], "first open")
    nadia.until(b"first open")

    services.change_marking(actor=house["ines"], number=made.number, reason="Too wide.", at=datetime.now(UTC),
                            marking=replace(made.mark.value, tlp=Tlp.AMBER))
    ines.until(b"report-marked")
    Contributor.objects.filter(person_id=house["nadia"].person_id).update(clearance=int(Tlp.CLEAR))
    file(house["ines"], "still green")
    file(house["ines"], "clear", Tlp.CLEAR)
    nadia.until(b"clear")

    assert titles(nadia) == ["first open", "clear"]


def test_who_comes_back_has_lost_nothing_and_knows_what_is_told_again(house, line):
    first = line(house["nadia"])
    for place in range(3):
        file(house["ines"], f"news {place}")
    first.until(b"news 2")
    first.close()
    cursors = [each.removeprefix("id: ") for each in first.read.decode().splitlines() if each.startswith("id: ")][1:]
    file(house["ines"], "hidden", Tlp.AMBER)
    file(house["ines"], "news 3")

    back = line(house["nadia"], cursors[0])
    back.until(b"news 3")
    again = [each.removeprefix("id: ") for each in back.read.decode().splitlines() if each.startswith("id: ")][1:]

    assert titles(back) == ["news 1", "news 2", "news 3"]
    assert again[:2] == cursors[1:]
    assert len(set(again)) == 3


def test_the_web_server_tells_the_same_at_once_and_lets_the_browser_come_again(house, line, session):
    ines, nadia = Client(), Client()
    ines.cookies["sessionid"], nadia.cookies["sessionid"] = session(house["ines"]), session(house["nadia"])
    begun = nadia.get(wire.ADDRESS)
    cursor = begun.content.decode().partition("id: ")[2].partition("\n")[0]
    open_line = line(house["nadia"], cursor)
    file(house["ines"], "for the owner", Tlp.AMBER)
    file(house["ines"], "for all")
    open_line.until(b"for all")

    answers = [nadia.get(wire.ADDRESS, headers={"Last-Event-ID": cursor}), nadia.get(wire.ADDRESS, {"after": cursor})]
    hers = ines.get(wire.ADDRESS, {"after": cursor})

    assert begun.headers["Content-Type"] == "text/event-stream"
    assert begun.content.startswith(b"retry: 3000\n\n")
    for answer in answers:
        assert answer.content.partition(b"id: ")[2] == open_line.read.partition(b"id: ")[2].partition(b"id: ")[2]
    assert b"for the owner" in hers.content
    assert nadia.get(wire.ADDRESS, {"after": "made-up"}).content.endswith(wire.AGAIN)


def test_strangers_get_no_stream_from_the_web_server(house, session):
    tomas = Client()
    tomas.cookies["sessionid"] = session(house["tomas"])

    answer = tomas.get(wire.ADDRESS)
    assert answer.status_code == 404 and b"<h1" in answer.content
    assert Client().get(wire.ADDRESS).status_code == 302


def test_without_a_second_factor_there_is_no_stream(house, line, settings):
    settings.DEMO = False
    without = line(house["ines"])
    Authenticator.objects.create(user_id=house["ines"].person_id, type="totp", data={})
    with_one = line(house["ines"])

    assert without.read.startswith(b"HTTP/1.1 404 ")
    assert with_one.read.startswith(b"HTTP/1.1 200 ")


def test_a_sign_in_of_yesterday_or_too_weak_for_the_role_opens_no_stream(house, line, settings):
    settings.DEMO, settings.PASSKEYS_FOR = False, frozenset({"investigator"})
    Authenticator.objects.create(user_id=house["ines"].person_id, type="totp", data={})
    begun = {"weak": ("password", 0), "strong": ("mfa", 0), "old": ("mfa", settings.SESSION_COOKIE_AGE)}
    lines = {}
    for name, (way, ago) in begun.items():
        client = Client()
        client.force_login(Person.objects.get(pk=house["ines"].person_id), backend=BACKEND)
        kept = client.session
        kept["account_authentication_methods"] = [{"method": way, "type": "webauthn"}]
        kept["signed-in-at"] = datetime.now(UTC).timestamp() - ago
        kept.save()
        lines[name] = line(house["ines"], key=kept.session_key)

    assert {name: each.read[9:12] for name, each in lines.items()} == {"weak": b"404", "strong": b"200", "old": b"404"}


def test_the_program_says_where_it_listens_answers_and_ends_when_told(own_database):
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "wildgate.site.settings"}
    program = subprocess.Popen([sys.executable, "-m", "wildgate", "stream", "--port", "0"], env=env,
                               stdout=subprocess.PIPE, text=True)
    try:
        port = int(program.stdout.readline().partition("http://127.0.0.1:")[2].partition("/")[0])
        stranger = Line(port, "nobody", path=wire.ADDRESS, cookie="sessionid", host="127.0.0.1")
        answer = stranger.rest()
        stranger.close()
    finally:
        program.terminate()

    assert answer.startswith(b"HTTP/1.1 404 ")
    assert program.wait(20) == 0


def test_a_title_with_line_ends_stays_one_field():
    said = wire.event("c", {"title": "one\nid: 7\n\ndata: two"}).decode()

    assert said.count("\n") == 3
    assert said.count("\n\n") == 1


def test_five_hundred_open_lines_are_asked_for_in_a_handful_of_queries(house, session, django_assert_max_num_queries):
    keys = {session(house[name]) for name in ("ines", "nadia", "tomas") for _ in range(3)}
    reader = reading.Reader("QM")
    for _ in range(3):
        file(house["ines"], "news")
    reader.after(0)

    with django_assert_max_num_queries(8):
        found = reader.seats(keys)
    with django_assert_max_num_queries(1):
        news = reader.after(0)

    assert len(found) == 6
    assert len(news) == Pulse.objects.count() == 3
