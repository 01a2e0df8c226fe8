"""TAXII 2.1: a client that is not ours fetches what was put out for it, and nothing else; what it adds waits."""

from __future__ import annotations

import base64
import io
import json
import re
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import requests
import stix2
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from requests.adapters import BaseAdapter, HTTPAdapter
from taxii2client.v21 import Collection, Server, as_pages
from tests.apps.intelligence.people import let_in
from tests.apps.intelligence.test_files import WORDS, filed, owner, set_up
from tests.apps.intelligence.test_files import ines as ines
from tests.desks import NOT_ALLOWED, page_text
from tests.sharing.bundles import one
from urllib3 import HTTPResponse

from wildgate.apps.accounts.access import Actor
from wildgate.apps.intelligence.files import targets
from wildgate.apps.intelligence.models import Contributor, FeedKey, Part, Received, Release, Report, Target
from wildgate.apps.intelligence.services import NewEntity, add_part, change_marking
from wildgate.apps.intelligence.taxii import asking, door, services, views
from wildgate.convention.refusal import Refusal
from wildgate.kit import jobs
from wildgate.kit.models import Event
from wildgate.kit.uploads.models import Upload
from wildgate.sharing import stix
from wildgate.sharing.bundle import Bundle
from wildgate.sharing.marking import Marking, Tlp

HOST = "http://testserver"
ROOT = "/taxii2/intelligence/"


class Carried(BaseAdapter):
    """Carries what the client sends to the site in this process, byte for byte."""

    def send(self, request: Any, **_more: Any) -> requests.Response:
        headers = dict(request.headers)
        kind = headers.pop("Content-Type", "application/octet-stream")
        headers.pop("Content-Length", None)
        found = Client().generic(request.method, request.path_url, request.body or b"", kind, headers=headers)
        raw = HTTPResponse(io.BytesIO(found.content), dict(found.headers), found.status_code, preload_content=False)
        return HTTPAdapter().build_response(request, raw)

    def close(self) -> None:
        pass


@pytest.fixture(autouse=True)
def carried(monkeypatch: Any) -> None:
    """Every connection that the client opens leads here."""
    monkeypatch.setattr(requests.Session, "get_adapter", lambda _session, url: Carried())


def fetched(key: str) -> Collection:
    """The collection as the client finds it: by discovery, API root and list."""
    (found,) = Server(f"{HOST}/taxii2/", user="anything", password=key).api_roots[0].collections
    return found


def keyed(cast: dict[str, Actor], target: Target, at: Any) -> str:
    made = services.give_key(actor=cast["ana"], target=target.code, at=at)
    assert not isinstance(made, Refusal), made
    return made[1]


def put_out(actor: Actor, target: Target, at: Any, *numbers: str) -> int:
    made = services.release(actor=actor, numbers=numbers, target=target.code, at=at)
    assert isinstance(made, int), made
    return made


def ask(path: str, key: str, **more: Any) -> Any:
    headers = {"Authorization": f"Bearer {key}", "Accept": door.MEDIA, **more.pop("headers", {})}
    return Client().get(path, headers=headers, **more)


def of(target: Target, rest: str = "objects/") -> str:
    return f"{ROOT}collections/{views.collection_id(target)}/{rest}"


@pytest.fixture
def green(cast: dict[str, Actor], ines: Actor, at: Any) -> tuple[Target, str]:
    """A target with the ceiling GREEN, and its key."""
    target = set_up(cast, at, "stix", Tlp.GREEN)
    return target, keyed(cast, target, at)


def test_a_foreign_client_finds_its_collection_and_reads_what_was_put_out(green: Any, ines: Actor, at: Any) -> None:
    target, key = green
    report = filed(ines, at, Tlp.GREEN, entities=(NewEntity("vessel", "Swift Tern"),))
    filed(ines, at, Tlp.GREEN, word="heron")
    put_out(ines, target, at, report.number)

    found = fetched(key)
    (page,) = list(as_pages(found.get_objects, per_request=200))
    manifest = found.get_manifest()["objects"]

    assert (found.title, found.alias, found.can_read) == (target.name, target.code, True)
    assert "ibis" in json.dumps(page)
    assert "heron" not in json.dumps(page)
    assert len(stix2.parse({"type": "bundle", "id": f"bundle--{uuid4()}", "objects": page["objects"]},
                           allow_custom=True).objects) == len(page["objects"])
    assert [each["id"] for each in manifest] == [each["id"] for each in page["objects"]]
    name = next(each["id"] for each in page["objects"] if each["type"] == "report")
    assert found.get_object(name)["objects"][0]["name"] == "The ibis offer"
    (version,) = found.object_versions(name)["versions"]
    assert found.get_objects(id=name, version=version)["objects"][0]["id"] == name


@pytest.mark.parametrize("ceiling", [each for each in Tlp if each < Tlp.RED])
def test_nothing_above_the_ceiling_is_put_out_or_handed_out(
        ceiling: Tlp, cast: dict[str, Actor], ines: Actor, at: Any) -> None:
    target = set_up(cast, at, "stix", ceiling)
    put_out(ines, target, at, *(filed(ines, at, tlp).number for tlp in Tlp))
    body = ask(of(target), keyed(cast, target, at)).content.decode()

    assert {tlp for tlp, word in WORDS.items() if word in body} == {tlp for tlp in Tlp if tlp <= ceiling}
    assert Release.objects.count() == sum(tlp <= ceiling for tlp in Tlp)


def test_what_is_closed_later_is_gone_at_the_next_call(
        green: Any, cast: dict[str, Actor], ines: Actor, at: Any) -> None:
    target, key = green
    raised, back, person = (filed(ines, at, Tlp.GREEN, word=word) for word in ("mallard", "nuthatch", "osprey"))
    let_in(cast, "tomas", at)
    put_out(ines, target, at, raised.number, back.number)
    put_out(cast["tomas"], target, at, person.number)
    before = ask(of(target), key).content.decode()

    changed = change_marking(actor=ines, number=raised.number, marking=Marking(Tlp.AMBER, owner(ines)), reason="Named "
                             "in a case", at=at)
    assert not isinstance(changed, Refusal), changed
    services.withdraw(actor=ines, number=back.number, target=target.code, at=at)
    Contributor.objects.filter(person_id=cast["tomas"].person_id).update(ended_at=at)

    assert [word in before for word in ("mallard", "nuthatch", "osprey")] == [True] * 3
    assert ask(of(target), key).json() == {}


def test_who_asks_for_what_came_after_misses_nothing_and_gets_nothing_twice(green: Any, ines: Actor, at: Any) -> None:
    target, key = green
    first, second = (filed(ines, at, Tlp.GREEN, word=word) for word in ("plover", "quail"))
    put_out(ines, target, at, first.number)
    last = ask(of(target), key)["X-TAXII-Date-Added-Last"]
    nothing = ask(of(target), key, data={"added_after": last})
    put_out(ines, target, at, second.number)
    news = ask(of(target), key, data={"added_after": last})
    part = add_part(actor=ines, number=first.number, text="The rail part", at=at, marking=Marking(
        Tlp.GREEN, owner(ines)))
    assert isinstance(part, Part), part
    more = ask(of(target), key, data={"added_after": news["X-TAXII-Date-Added-Last"]})

    assert nothing.json() == {}
    assert "X-TAXII-Date-Added-First" not in nothing
    assert "quail" in news.content.decode()
    assert "plover" not in news.content.decode()
    assert "rail part" in more.content.decode()
    assert "quail" not in more.content.decode()
    assert news["X-TAXII-Date-Added-First"] > last


def test_pages_of_one_are_the_whole_in_the_same_order(green: Any, ines: Actor, at: Any) -> None:
    target, key = green
    put_out(ines, target, at, *(filed(ines, at, Tlp.GREEN, word=word).number for word in ("rook", "shrike")))
    whole = [each["id"] for each in ask(of(target), key).json()["objects"]]

    pages = list(as_pages(fetched(key).get_objects, per_request=3))

    assert [each["id"] for page in pages for each in page["objects"]] == whole
    assert [page.get("more", False) for page in pages] == [True] * (len(pages) - 1) + [False]
    assert len(pages) > 2


def test_filters_choose_by_type_id_version_and_edition(green: Any, ines: Actor, at: Any) -> None:
    target, key = green
    put_out(ines, target, at, filed(ines, at, Tlp.GREEN).number)

    def types(**asked: str) -> set[str]:
        said = ask(of(target), key, data={f"match[{name}]": value for name, value in asked.items()}).json()
        return {each["type"] for each in said.get("objects", ())}

    every = types()
    assert types(type="report") == {"report"}
    assert types(type="report,identity") == {"report", "identity"}
    assert types(id="report--x") == set()
    assert (types(spec_version="2.0"), types(spec_version="2.0,2.1")) == (set(), every)
    assert (types(version="all"), types(version="first"), types(version="2001-01-01T00:00:00Z")) == (
        every, every, set())


@pytest.mark.parametrize("asked", [
    {"limit": "0"}, {"limit": "-1"}, {"limit": "many"}, {"limit": "9" * 30}, {"added_after": "yesterday"},
    {"added_after": "2027-13-01T00:00:00Z"}, {"next": "!"}, {"next": "Zm9v"}, {"match[version]": "newest"}])
def test_what_cannot_be_read_is_an_error_of_taxii(asked: dict[str, str], green: Any) -> None:
    target, key = green

    said = ask(of(target), key, data=asked)

    assert (said.status_code, said["Content-Type"], said.json()["http_status"]) == (400, door.MEDIA, "400")


def test_a_key_opens_its_own_collection_and_does_not_hear_of_another(
        green: Any, cast: dict[str, Actor], ines: Actor, at: Any) -> None:
    target, key = green
    other = set_up(cast, at, "partner", Tlp.GREEN)
    put_out(ines, other, at, filed(ines, at, Tlp.GREEN).number)

    assert fetched(key).alias == target.code
    for rest in ("", "objects/", "manifest/", "objects/report--x/", "objects/report--x/versions/"):
        theirs, none = (ask(f"{ROOT}collections/{name}/{rest}", key)
                        for name in (views.collection_id(other), uuid4()))
        assert (theirs.status_code, theirs.content) == (404, none.content)
    assert ask(of(target, "objects/report--x/"), key).status_code == 404
    assert ask(of(target), keyed(cast, other, at)).status_code == 404


def test_a_key_is_cut_at_once_with_its_target_and_at_its_end(
        green: Any, cast: dict[str, Actor], at: Any, monkeypatch: Any) -> None:
    target, key = green
    second, third = keyed(cast, target, at), keyed(cast, target, at)
    services.revoke_key(actor=cast["bo"], target=target.code, prefix=key.split("_")[1], at=at)
    FeedKey.objects.filter(prefix=second.split("_")[1]).update(expires_at=timezone.now() - timedelta(seconds=1))

    assert [ask(of(target), each).status_code for each in (key, second, third)] == [401, 401, 200]
    assert ask(of(target), f"{third}x").status_code == 401
    targets.end(actor=cast["ana"], code=target.code, at=at)
    assert ask(of(target), third).status_code == 401
    bare = Client().get("/taxii2/")
    assert (bare.status_code, bare["WWW-Authenticate"][:5], bare["Content-Type"]) == (401, "Basic", door.MEDIA)


@pytest.mark.parametrize("header", [
    "Basic", "Basic !!", "Basic bm9jb2xvbg==", "Bearer", "Bearer wg_", "Bearer wg__", "Bearer wg_\u00e9_x", "Digest x",
    "Basic " + base64.b64encode(b"a:wg_a_\xff").decode()])
def test_a_key_that_is_none_is_refused_as_unknown(header: str, db: Any) -> None:
    assert Client().get("/taxii2/", headers={"Authorization": header}).status_code == 401


@pytest.mark.parametrize(("header", "status"), [
    (door.MEDIA, 200), ("application/taxii+json", 200), ('application/taxii+json; version="2.1"', 200), ("*/*", 200),
    ("", 200), ("application/taxii+json;version=2.0", 406), ("application/json", 406), ("text/html", 406),
    (f"{door.MEDIA};q=0", 406), (f"text/html, {door.MEDIA}", 200)])
def test_only_our_media_type_is_answered(header: str, status: int, green: Any) -> None:
    said = ask("/taxii2/", green[1], headers={"Accept": header})

    assert (said.status_code, said["Content-Type"]) == (status, door.MEDIA)


def test_every_page_that_leaves_is_an_event_and_an_empty_one_is_none(green: Any, ines: Actor, at: Any) -> None:
    target, key = green
    ask(of(target), key)
    quiet = Event.objects.filter(kind="intelligence-exported").count()
    report = filed(ines, at, Tlp.GREEN)
    put_out(ines, target, at, report.number)
    ask(of(target), key)
    ask(of(target, "manifest/"), key)

    told = [(each.actor, each.subject, json.loads(each.data))
            for each in Event.objects.filter(kind="intelligence-exported").order_by("seq")]
    assert quiet == 0
    assert [(who, subject, data["what"], data["reports"]) for who, subject, data in told] == [
        (f"feed-key:{key.split('_')[1]}", target.subject, what, [report.number])
        for what in ("taxii objects", "taxii manifest")]
    assert FeedKey.objects.get(target=target).used_on == timezone.now().date()


def test_too_many_calls_wait_for_the_next_minute(green: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(door, "PER_MINUTE", 2)

    said = [ask("/taxii2/", green[1]) for _ in range(4)]

    assert {each.status_code for each in said[3:]} <= {429, 200}
    assert 429 in {each.status_code for each in said}
    assert next(each for each in said if each.status_code == 429)["Retry-After"] == "60"


def test_nothing_is_deleted_or_put_by_a_client(green: Any, ines: Actor, at: Any) -> None:
    target, key = green
    put_out(ines, target, at, filed(ines, at, Tlp.GREEN).number)
    (name, *_rest) = [each["id"] for each in ask(of(target), key).json()["objects"]]
    headers = {"Authorization": f"Bearer {key}", "Accept": door.MEDIA}

    assert Client().delete(of(target, f"objects/{name}/"), headers=headers).status_code == 403
    refused = Client().put(of(target), b"{}", headers=headers)
    assert (refused.status_code, refused["Allow"]) == (405, "GET, HEAD, POST")
    assert name in ask(of(target), key).content.decode()


def test_who_may_not_put_out_or_keep_keys_is_refused(
        green: Any, cast: dict[str, Actor], ines: Actor, at: Any) -> None:
    target, _key = green
    report = filed(ines, at, Tlp.GREEN)
    files = set_up(cast, at, "misp", Tlp.GREEN)
    let_in(cast, "jean", at, clearance=Tlp.CLEAR)

    refused = [
        services.release(actor=cast["sam"], numbers=[report.number], target=target.code, at=at),
        services.release(actor=cast["jean"], numbers=[report.number], target=target.code, at=at),
        services.release(actor=ines, numbers=[report.number], target=files.code, at=at),
        services.withdraw(actor=cast["jean"], number=report.number, target=target.code, at=at),
        services.give_key(actor=cast["amina"], target=target.code, at=at),
        services.give_key(actor=cast["ana"], target=files.code, at=at),
        services.revoke_key(actor=cast["amina"], target=target.code, prefix=_key.split("_")[1], at=at)]

    assert [each.code for each in refused] == [
        "not-found", "no-reports", "target-files-only", "not-found", "not-allowed", "target-files-only", "not-allowed"]
    assert not Release.objects.exists()


def envelope(*, word: str = "whinchat") -> bytes:
    sent = one(uid=uuid4(), title=f"The {word}", marking=Marking(Tlp.GREEN, "Police of Quartzland"))
    return json.dumps({"objects": json.loads(stix.write(Bundle((sent,))))["objects"]}).encode()


def send(target: Target, key: str, data: bytes, kind: str = door.MEDIA) -> Any:
    return Client().post(of(target), data, content_type=kind,
                         headers={"Authorization": f"Bearer {key}", "Accept": door.MEDIA})


def test_what_a_client_adds_waits_until_a_person_takes_it_in(
        green: Any, cast: dict[str, Actor], ines: Actor, at: Any, django_capture_on_commit_callbacks: Any) -> None:
    target, key = green
    found = fetched(key)
    sent = found.add_objects(json.loads(envelope()), wait_for_completion=False)
    waiting = Received.objects.get()
    quiet = Report.objects.count()

    assert (sent.status, sent.pending_count, sent.total_count) == ("pending", waiting.objects_in_it,
                                                                   waiting.objects_in_it)
    assert ask(of(target), key).json() == {}  # what is added is not in the collection
    with django_capture_on_commit_callbacks(execute=True):
        made = services.take_in(actor=ines, received=waiting.pk, sender=min(cast["jean"].authorities), at=at)
    assert isinstance(made, Upload), made
    jobs.run_pending(3)
    sent.refresh()

    assert quiet == 0
    assert Report.objects.get().current.title == "The whinchat"
    assert (sent.status, sent.success_count) == ("complete", sent.total_count)
    assert not waiting.upload.file.exists()
    again = services.take_in(actor=ines, received=waiting.pk, sender=min(cast["jean"].authorities), at=at)
    assert isinstance(again, Refusal)
    assert ask(f"{ROOT}status/{waiting.uid}/", keyed(cast, set_up(cast, at, "partner", Tlp.GREEN), at)
               ).status_code == 404


def test_what_is_turned_away_leaves_nothing(
        green: Any, cast: dict[str, Actor], ines: Actor, at: Any, django_capture_on_commit_callbacks: Any) -> None:
    target, key = green
    uid = send(target, key, envelope()).json()["id"]
    waiting = Received.objects.get()

    assert isinstance(services.turn_away(actor=cast["sam"], received=waiting.pk, at=at), Refusal)
    with django_capture_on_commit_callbacks(execute=True):
        services.turn_away(actor=ines, received=waiting.pk, at=at)
    said = ask(f"{ROOT}status/{uid}/", key).json()

    assert (said["status"], said["failure_count"]) == ("complete", said["total_count"])
    assert not waiting.upload.file.exists()
    assert not Report.objects.exists()


@pytest.mark.parametrize(("data", "kind", "status"), [
    (b"{}", "application/json", 415), (b"{}", "application/taxii+json;version=2.0", 415), (b"{", door.MEDIA, 400),
    (b"{}", door.MEDIA, 422), (b"[]", door.MEDIA, 422), (b'{"objects":[]}', door.MEDIA, 422),
    (b'{"objects":[1]}', door.MEDIA, 422), (b'{"objects":' + b"[" * 90 + b"]" * 90 + b"}", door.MEDIA, 400),
    (b'{"objects":[{"a":1,"a":2}]}', door.MEDIA, 400), (b" " * (views.LARGEST + 1), door.MEDIA, 413)])
def test_an_envelope_that_is_none_is_refused_and_nothing_is_kept(
        data: bytes, kind: str, status: int, green: Any) -> None:
    target, key = green

    assert send(target, key, data, kind).status_code == status
    assert not Received.objects.exists()
    assert not Upload.objects.exists()


def test_a_client_cannot_pile_up_what_nobody_looked_at(green: Any, monkeypatch: Any) -> None:
    target, key = green
    monkeypatch.setattr(services, "MOST_WAITING", 1)

    said = [send(target, key, envelope()) for _ in range(2)]

    assert [each.status_code for each in said] == [202, 429]


def test_reports_are_put_out_and_taken_back_on_pages(
        green: Any, cast: dict[str, Actor], ines: Actor, at: Any, desk: Any) -> None:
    target, key = green
    report = filed(ines, at, Tlp.GREEN)
    let_in(cast, "jean", at, clearance=Tlp.CLEAR)
    chosen = {"report": [report.number], "target": target.code}
    page = reverse("intelligence-collections")

    assert "Put into the collection" in page_text(desk("ines").post(reverse("intelligence-files"), chosen))
    assert "1 report lies in the collection now." in desk("ines").post(
        reverse("intelligence-put-out"), chosen, follow=True).content.decode()
    assert report.number in page_text(desk("ines").get(page))
    assert report.number not in page_text(desk("jean").get(page))
    assert desk("sam").get(page).status_code == 404
    assert "ibis" in ask(of(target), key).content.decode()
    desk("ines").post(reverse("intelligence-take-back"), chosen)
    assert ask(of(target), key).json() == {}


def test_what_was_added_is_decided_on_its_page(
        green: Any, cast: dict[str, Actor], ines: Actor, at: Any, desk: Any) -> None:
    target, key = green
    send(target, key, envelope())
    waiting = Received.objects.get()
    act = reverse("intelligence-received", args=[waiting.pk])

    assert desk("sam").post(act, {"do": "turn"}).status_code == 404
    assert "Choose the authority that sent the file." in desk("ines").post(
        act, {"do": "take"}, follow=True).content.decode()
    done = desk("ines").post(act, {"do": "take", "sender": min(cast["jean"].authorities)})
    assert done["Location"] == reverse("intelligence-import", args=[Upload.objects.latest("pk").pk])
    assert "Nothing waits." in page_text(desk("ines").get(reverse("intelligence-collections")))


def test_a_key_is_shown_once_and_revoked_on_its_page(cast: dict[str, Actor], ines: Actor, at: Any, desk: Any) -> None:
    target, files = set_up(cast, at, "stix", Tlp.GREEN), set_up(cast, at, "misp", Tlp.GREEN)
    page = reverse("intelligence-target-keys", args=[target.code])

    given = desk("ana").post(page, {"do": "give"})
    key = re.search(r"wg_[a-z0-9]{8}_[\w-]+", given.content.decode())

    assert key is not None
    assert given["Cache-Control"] == "no-store"
    assert ask("/taxii2/", key[0]).status_code == 200
    assert key[0] not in desk("ana").get(page).content.decode()
    assert str(views.collection_id(target)) in page_text(desk("bo").get(page))
    desk("bo").post(page, {"do": "revoke", "prefix": key[0].split("_")[1]})
    assert ask("/taxii2/", key[0]).status_code == 401
    assert desk("amina").get(page).status_code == NOT_ALLOWED
    assert desk("ana").get(reverse("intelligence-target-keys", args=[files.code])).status_code == 404


def test_a_place_in_the_order_reads_back_as_it_was_written() -> None:
    moment = timezone.now()
    entry = views.Entry({"id": "report--x", "type": "report"}, moment, "R")

    asked = asking.read({"next": asking.place_after(entry)})

    assert isinstance(asked, asking.Asked)
    assert asked.place == entry.place
    later = replace(entry, added=moment + timedelta(microseconds=1))
    assert asked.of([entry, later]) == ([later], False)
