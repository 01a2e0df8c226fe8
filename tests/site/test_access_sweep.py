"""Every address as every role: what `can` denies is denied, nothing breaks, looking changes nothing, tells nothing."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.test import Client, RequestFactory
from django.urls import resolve
from tests.apps.partners.agreed import agree, done, give_account
from tests.cast import SKINS, issued, submitted
from tests.desks import BACKEND
from tests.site.test_urls import ROUTES

from wildgate.apps.accounts import services as accounts
from wildgate.apps.accounts.access import ANYONE, Action, Actor, can
from wildgate.apps.accounts.models import Organisation, Person, Role
from wildgate.apps.accounts.selectors import actor_of
from wildgate.apps.permits import services
from wildgate.kit.events import SYSTEM
from wildgate.kit.models import Event

pytestmark = pytest.mark.django_db
CALM = {200, 302, 400, 401, 403, 404, 405, 410, 422}
WITHOUT_TOKEN = {"fees-confirm", "verify", "verify_code", "tip", "tip-answer"}
"""Posted by machines that sign what they send, and by people who get no cookie; all else needs the form's token."""
ASK_AGAIN = {"standing-give", "identifications"}
"""Pages of two actions that ask for either once more behind their door."""
BOOKKEEPING = {"django_session", "kit_event", "kit_eventnote", "kit_chainhead", "kit_job"}
"""What a look may write: that it was looked at."""

LOOKS = {"read", "audit-exported", "intelligence-exported", "intelligence-searched", "market-labels-exported"}
"""Events of a look: somebody read, somebody took the trail along."""


@pytest.fixture
def world(cast: dict[str, Actor], at: Any, settings: Any) -> dict[str, Any]:
    """The cast, Wanjiru of another Party, and Olga of another firm with a draft, a case and a permit."""
    settings.DEMO = True
    olga = accounts.add_person(party="QM", email="olga@orlo.example", name="Olga Orlo", password="x" * 20, by=SYSTEM,
                               at=at)
    accounts.appoint(person=olga, role=Role.TRADER, party="QM", by=SYSTEM, at=at,
                     organisation=Organisation.objects.get(name="Orlo SA"))
    agree(cast, at, operations=("get",))
    abroad = done(give_account(cast, at, "QZ", "query@abroad.example", "Wanjiru Otieno"))
    everybody = {**cast, "olga": actor_of(olga, at.date()), "wanjiru": actor_of(abroad.person, at.date())}
    theirs = {**cast, "mario": everybody["olga"]}
    draft = services.start(actor=everybody["olga"], organisation=min(everybody["olga"].organisations), at=at)
    services.save_answers(actor=everybody["olga"], case=draft.number, answers=SKINS, at=at)
    permit = issued(theirs, at)
    return {"people": everybody, "draft": draft.number, "case": submitted(theirs, at), "permit": permit.number}


def path_of(route: str, world: dict[str, Any]) -> str:
    """The address with Olga's things in it where it asks for one."""
    number = {"a": world["draft"], "c": world["case"], "s": world["case"]}.get(route[:1], world["permit"])
    if route.startswith("cases/permits/") or "permit" in route:
        number = world["permit"]
    found = {"int": "1", "number": number, "str": number, "slug": "x", "path": "x"}

    def value(place: re.Match[str]) -> str:
        if place[2] == "step":
            return "line-1"
        if place[2] == "form":
            return "xml"
        return found[place[1] or "str"] if place[2] in ("number", "key", "line") or place[1] == "int" else "x"
    return "/" + re.sub(r"<(?:(\w+):)?(\w+)>", value, route)


def contents() -> dict[str, int]:
    """How many rows stand in every table, and how many events that are no mere look."""
    rows = {model._meta.db_table: model._default_manager.count() for model in apps.get_models()
             if model._meta.managed and model._meta.db_table not in BOOKKEEPING}
    kinds = Counter(Event.objects.exclude(kind__in=LOOKS).values_list("kind", flat=True))
    return rows | {f"event {kind}": number for kind, number in kinds.items()}


def asked(path: str, actor: Actor, at: Any) -> Any:
    """A request as the gate hands it to a view."""
    request = RequestFactory().get(path)
    request.actor, request.at, request.user = actor, at, AnonymousUser()
    return request


def test_every_guarded_address_denies_whom_can_denies(world, at):
    for route, pattern in ROUTES:
        rule = getattr(pattern.callback, "access_rule", None)
        if not isinstance(rule, Action):
            continue
        path = path_of(route, world)
        match = resolve(path)
        answer = match.func(asked(path, ANYONE, at), *match.args, **match.kwargs)
        assert (answer.status_code, "/login/" in answer["Location"]) == (302, True), route
        for actor in world["people"].values():
            if not can(actor, rule):
                with pytest.raises(PermissionDenied):
                    match.func(asked(path, actor, at), *match.args, **match.kwargs)


@pytest.mark.dear
def test_looking_breaks_nothing_and_changes_nothing(world):
    """Each address is opened by somebody who may; who, goes round."""
    found: list[str] = []
    signed = {actor.name: Client(raise_request_exception=False) for actor in world["people"].values()}
    for actor in world["people"].values():
        signed[actor.name].force_login(Person.objects.get(pk=actor.person_id), backend=BACKEND)
    before = contents()
    for turn, (route, pattern) in enumerate(ROUTES):
        rule = getattr(pattern.callback, "access_rule", None)
        may = [actor for actor in world["people"].values() if not isinstance(rule, Action) or can(actor, rule)]
        actor = may[turn % len(may)]
        status = signed[actor.name].get(path_of(route, world)).status_code
        if status not in CALM or (status == 403 and "<" not in route and pattern.name not in ASK_AGAIN):
            found.append(f"{actor.name} /{route}: {status}")

    after = contents()
    assert found == []
    assert {name: (before.get(name), rows) for name, rows in after.items() if rows != before.get(name)} == {}


def test_every_form_needs_its_token(cast, settings):
    settings.DEMO = True
    exempt = {pattern.name for _route, pattern in ROUTES if getattr(pattern.callback, "csrf_exempt", False)
              and getattr(pattern.callback, "access_rule", None) != "key"}
    client = Client(enforce_csrf_checks=True)
    client.force_login(Person.objects.get(pk=cast["mario"].person_id), backend=BACKEND)

    assert exempt <= WITHOUT_TOKEN
    assert client.post("/apply/", {"organisation": "1"}).status_code == 403


def stripped(answer: Any, number: str) -> str:
    """The page without what is new each time, and without the number that was asked for."""
    text = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", answer.content.decode())
    return text.replace(number, "NUMBER")


def answered(client: Client, ask: Any, path: str) -> Any:
    """The answer without what the page before left to say."""
    client.cookies.pop("messages", None)
    return ask(path)


def test_a_trader_cannot_tell_anothers_thing_from_none(world, desk):
    mario, seen = desk("mario"), 0
    nobodys = {"draft": "QM-A-2001-999999", "case": "QM-A-2001-999998", "permit": "01QM999999E"}
    for route, pattern in ROUTES:
        rule = getattr(pattern.callback, "access_rule", None)
        if not isinstance(rule, Action) or "number>" not in route or not can(world["people"]["mario"], rule):
            continue
        theirs, none = path_of(route, world), path_of(route, {**world, **nobodys})
        ours = next((world[name] for name in nobodys if world[name] in theirs), "")
        theirs_not = next((each for each in nobodys.values() if each in none), "")
        if not ours:
            continue
        for ask in (mario.get, mario.post):
            real, blank = (answered(mario, ask, path) for path in (theirs, none))
            seen += 1
            assert real.status_code == blank.status_code, theirs
            assert stripped(real, ours) == stripped(blank, theirs_not), theirs
            assert real.headers.get("Location", "").replace(ours, "") == blank.headers.get(
                "Location", "").replace(theirs_not, ""), theirs
            assert b"Orlo" not in real.content, theirs

    assert seen > 40
