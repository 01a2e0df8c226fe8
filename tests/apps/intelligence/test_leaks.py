"""Nobody sees what is not marked for them, by any way, and nothing is withheld that is: people by chance, things by
chance, and the pure rule as the judge."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import transaction
from django.test import Client
from django.urls import reverse
from tests.apps.intelligence.marked_world import COMMON, GROUPS, NOW, Somebody, World, said, world
from tests.desks import BACKEND

from wildgate.apps.accounts.models import Authority, Person
from wildgate.apps.accounts.reliability import Level
from wildgate.apps.accounts.selectors import actor_of
from wildgate.apps.gateway.services import digest_of
from wildgate.apps.intelligence import selectors
from wildgate.apps.intelligence.clearance import why_not
from wildgate.apps.intelligence.files import exporting
from wildgate.apps.intelligence.graph import selectors as graphs
from wildgate.apps.intelligence.models import ContactPoint, Contributor, FeedKey, Pulse, Release, SharingGroup
from wildgate.apps.intelligence.models.targets import Target
from wildgate.apps.intelligence.services import sanitising
from wildgate.apps.intelligence.stream import digest
from wildgate.apps.intelligence.stream.reading import Reader, cursors
from wildgate.apps.intelligence.stream.seats import SignedIn, seats
from wildgate.apps.intelligence.taxii import services
from wildgate.apps.intelligence.taxii.collecting import collection_id
from wildgate.convention.refusal import Refusal
from wildgate.kit import jobs
from wildgate.sharing.marking import Ceiling, Marking, Tlp, settled

SEED = 20_270_318


@pytest.fixture(scope="module")
def drawn(django_db_setup: Any, django_db_blocker: Any) -> Iterator[World]:
    """The world, made once for all tests here and taken back at the end.

    Twelve people share out what is asked page by page: each takes every twelfth report and alert and every 24th word,
    beginning with another one, and of graph and search one.
    """
    with django_db_blocker.unblock():
        outer = transaction.atomic()
        outer.__enter__()
        try:
            yield world(SEED, NOW)
        finally:
            transaction.set_rollback(True)
            outer.__exit__(None, None, None)


@pytest.fixture
def marked(drawn: World, db: Any, settings: Any) -> World:
    """The world as it was made, whatever the test before did to it."""
    settings.DEMO = True
    return drawn


def test_the_database_answers_as_the_pure_rule_for_ten_thousand_pairs(marked):
    wrong, pairs = [], 0

    for who in marked.people:
        actor = actor_of(who.person, NOW.date())
        member = selectors.member_of(actor, NOW)
        shown = {
            *selectors.visible_reports(actor, NOW, member).values_list("number", flat=True),
            *(f"alert {key}" for key in selectors.visible_alerts(actor, NOW, member).values_list("pk", flat=True)),
            *selectors.visible_mentions(actor, NOW, member).values_list("entity__value", flat=True),
            *said(" ".join(part.text for report in marked.reports[:3]
                           for part in selectors.visible_parts(actor, report, NOW, member)))}
        asked = [word for word in marked.markings if word[:3] not in ("zqt", "zqx", "zqa", "zqp")
                 or word in {f"zqp{place:03}n{number}z" for place in range(3) for number in range(3)}]
        wrong += [(who.person.email, word) for word in asked if (word in shown) != marked.may(who, word)]
        pairs += len(asked)
        assert member == who.member

    assert pairs >= 10_000
    assert wrong == []


def test_the_stream_lets_through_exactly_whom_the_pure_rule_lets_through(marked):
    reader = Reader("QM")
    hashes = {who.person.pk: who.person.get_session_auth_hash() for who in marked.people}

    signed = {str(pk): SignedIn(pk, own, False, Level.SECOND_FACTOR, None) for pk, own in hashes.items()}
    found = seats(signed, "QM", NOW)
    news = reader.after(0)

    assert {int(key): seat.member for key, seat in found.items()} == {
        who.person.pk: who.member for who in marked.people if who.member is not None}
    assert len(news) == Pulse.objects.count()
    for seat in found.values():
        told = {each.place for each in news if each.may(seat)}
        assert told == set(selectors.visible_pulses(seat.actor, NOW, seat.member).values_list("pk", flat=True))
        assert told == {each.place for each in news if not any(why_not(seat.member, mark) for mark in each.marks)}


def _different(marked: World) -> list[Somebody]:
    """Twelve people who differ in what they may see: nothing, little, most, walls, other authorities."""
    by_sight: dict[frozenset[str], Somebody] = {}
    for who in marked.people:
        by_sight.setdefault(frozenset(marked.allowed(who, marked.markings)), who)
    ranked = sorted(by_sight.items(), key=lambda each: (len(each[0]), each[1].person.pk))
    return [ranked[place * (len(ranked) - 1) // 11][1] for place in range(12)]


def _client(who: Somebody) -> Client:
    client = Client()
    client.force_login(Person.objects.get(pk=who.person.pk), backend=BACKEND)
    return client


def _pages(client: Client, address: str) -> str:
    """Every page of a list, as far as it has more."""
    text, page = "", 1
    while page < 20:
        answer = client.get(address, {"page": page})
        if answer.status_code != 200:
            return text
        body = answer.content.decode()
        text += body
        if f"page={page + 1}" not in body:
            return text
        page += 1
    return text


def test_no_page_shows_a_word_that_is_not_for_its_reader(marked):
    start = cursors().of(0)
    for turn, who in enumerate(_different(marked)):
        client = _client(who)
        allowed = marked.allowed(who, marked.markings)
        ways = {"intelligence": _pages(client, reverse("intelligence"))}
        if turn % 2:
            ways["graph"] = _pages(client, reverse("intelligence-graph"))
        else:
            ways["search"] = client.post(reverse("intelligence-search"), {"q": COMMON}).content.decode()
        ways["stream"] = client.get(reverse("intelligence-stream"), headers={"Last-Event-ID": start}).content.decode()
        for alert in marked.alerts[turn::12]:
            ways[f"alert {alert.pk}"] = client.get(reverse("intelligence-alert", args=[alert.pk])).content.decode()
        for way, text in ways.items():
            assert said(text) <= allowed, way
            assert {report.number for report in marked.reports if report.number in text} <= allowed, way
        if who.member is not None:
            assert said(ways["stream"]) >= _not_red(marked, allowed, "ta")
            for way in ways.keys() & {"intelligence", "search"}:
                assert {report.number for report in marked.reports if report.number in ways[way]} == {
                    report.number for report in marked.reports} & allowed, way


def _not_red(marked: World, words: set[str], letters: str) -> set[str]:
    return {word for word in words if word in marked.words(letters) and marked.markings[word][0].tlp < Tlp.RED}


def test_a_report_opens_for_its_readers_with_their_parts_and_for_others_looks_like_none(marked):
    for turn, who in enumerate(_different(marked)):
        client = _client(who)
        for place, report in list(enumerate(marked.reports))[turn::12]:
            tag = f"{place:03}"
            answer = client.get(reverse("intelligence-report", args=[report.number]))
            words = {word for word in marked.markings if tag in word and word.startswith("zq")}
            if not marked.may(who, report.number):
                assert answer.status_code == (200 if who.member is None else 404)
                assert not said(answer.content.decode())
                continue
            shown = said(answer.content.decode()) & words
            assert shown <= marked.allowed(who, words)
            if all(mark.tlp < Tlp.RED for word in words for mark in marked.markings[word]):
                assert shown >= marked.allowed(who, {word for word in words if word[2] in "txp"})


def test_a_search_for_a_hidden_word_finds_nothing_and_for_a_shown_one_its_report(marked):
    for turn, who in enumerate(_different(marked)):
        actor = actor_of(who.person, NOW.date())
        for word in sorted(marked.words("xpfe"))[turn::24]:
            found = selectors.search(actor, word, NOW, who.member)
            assert found.count() == int(marked.may(who, word)), word


def test_the_graph_draws_what_may_be_seen_without_red_and_nothing_else(marked):
    for who in _different(marked):
        actor = actor_of(who.person, NOW.date())
        if who.member is None:
            continue
        found = graphs.graph(actor, NOW, graphs.Asked(), who.member, most=1000)
        words = {word for word in marked.words("egf") if all(mark.tlp < Tlp.RED for mark in marked.markings[word])}

        assert {each.value for each in found.entities} == marked.allowed(who, words)
        for report in found.reports:
            assert marked.may(who, report.number)


def test_mail_says_nothing_of_what_is_marked(marked):
    keeper = Person.objects.get(email="keeper@world.example")
    for body in Authority.objects.filter(party="QM"):
        ContactPoint.objects.create(party="QM", of="QM", kind="enforcement", authority=body, name="Desk",
                                    function="Duty desk", email=f"desk{body.pk}@world.example", alerts=True,
                                    checked_at=NOW, checked_by=keeper)

    jobs.run_pending(6)
    digest.send_digests(at=datetime.now(UTC), party_code="QM")

    assert len(mail.outbox) > 10
    assert said(mail.outbox[-1].body)
    for each in mail.outbox:
        reader = next((who for who in marked.people if [who.person.email] == each.to), None)
        words = said(each.body)
        assert not words if reader is None else words <= marked.allowed(reader, words)
    bodies = " ".join(f"{each.subject} {each.body}" for each in mail.outbox)
    loud = {word for word, marks in marked.markings.items() if any(mark.tlp > Tlp.GREEN for mark in marks)}

    assert not said(bodies) & loud


@pytest.mark.parametrize(("kind", "tlp", "open_to"), [("misp", Tlp.GREEN, ()), ("stix", Tlp.AMBER, GROUPS)])
def test_a_file_for_others_holds_what_its_maker_reads_below_the_ceiling_and_nothing_else(marked, kind, tlp, open_to):
    keeper, second = Person.objects.filter(email__endswith="r@world.example").order_by("email")
    target = Target.objects.create(party="QM", code="friends", name="Friends", kind=kind, tlp=int(tlp), proposed_at=NOW,
                                   proposed_by=keeper, confirmed_by=second, confirmed_at=NOW)
    target.groups.set(SharingGroup.objects.filter(code__in=open_to))
    numbers = [report.number for report in marked.reports]
    ceiling = Ceiling(tlp, frozenset(), frozenset(open_to))
    with_parts = {word[3:6] for word in marked.words("p")}  # a report that might quote what stays behind stays too

    for who in _different(marked)[4::2]:
        made = exporting.export(actor=actor_of(who.person, NOW.date()), numbers=numbers, target="friends", at=NOW)
        leaving = {word for word in marked.allowed(who, marked.words("txpefg")) if
                   all(ceiling.lets(_given_on(who, mark)) for mark in marked.markings[word])}
        if isinstance(made, Refusal):
            assert not leaving
            continue
        with zipfile.ZipFile(io.BytesIO(made.data)) as archive:
            text = " ".join(archive.read(name).decode() for name in archive.namelist())

        assert said(text) <= leaving
        assert said(text) >= {word for word in leaving if word[2] in "tx" and word[3:6] not in with_parts}
        assert {number for number in numbers if number in text} <= marked.allowed(who, numbers)


@pytest.mark.parametrize(("tlp", "open_to"), [(Tlp.GREEN, ()), (Tlp.AMBER, GROUPS)])
def test_a_collection_holds_what_those_who_filled_it_read_below_the_ceiling_and_nothing_else(marked, tlp, open_to):
    """By every door of TAXII: objects, one object, manifest, versions; and again after rights have ended."""
    keeper, second = Person.objects.filter(email__endswith="r@world.example").order_by("email")
    target = Target.objects.create(party="QM", code="friends", name="Friends", kind="stix", tlp=int(tlp),
                                   proposed_at=NOW, proposed_by=keeper, confirmed_by=second, confirmed_at=NOW)
    target.groups.set(SharingGroup.objects.filter(code__in=open_to))
    FeedKey.objects.create(party="QM", target=target, prefix="abcdefgh", digest=digest_of("secret"), made_at=NOW,
                           made_by=keeper, expires_at=NOW + timedelta(days=9))
    numbers = [report.number for report in marked.reports]
    ceiling = Ceiling(tlp, frozenset(), frozenset(open_to))
    fillers = {who.person.pk: who for who in _different(marked)[4::2]}
    for who in fillers.values():
        services.release(actor=actor_of(who.person, NOW.date()), numbers=numbers, target="friends", at=NOW)

    def leaving() -> set[str]:
        """By who put each report there last, and still reads it."""
        by = dict(Release.objects.values_list("report__number", "by_id"))
        tags = {report.number: f"{place:03}" for place, report in enumerate(marked.reports)}
        words = marked.words("txpefg")
        return {word for number, person in by.items() for word in marked.allowed(fillers[person], words)
                if word[3:6] == tags[number]
                and all(ceiling.lets(_given_on(fillers[person], mark)) for mark in marked.markings[word])}

    before, text = leaving(), _taxii(target)
    with_parts = {word[3:6] for word in marked.words("p")}
    assert said(text) <= before
    assert said(text) >= {word for word in before if word[2] in "tx" and word[3:6] not in with_parts}
    assert {number for number in numbers if number in text} <= {number for number in numbers if any(
        marked.may(who, number) for who in fillers.values())}
    gone = Release.objects.order_by("-pk").values_list("by_id", flat=True)[0]
    Contributor.objects.filter(person_id=gone).update(ended_at=NOW)
    fillers[gone] = replace(fillers[gone], member=None)
    assert said(_taxii(target)) <= leaving() < before


def _taxii(target: Target) -> str:
    """All that the key of the target is told, by all addresses."""
    client = Client(headers={"Authorization": "Bearer wg_abcdefgh_secret", "Accept": "application/taxii+json"})
    start = f"/taxii2/intelligence/collections/{collection_id(target)}/"
    whole = client.get(f"{start}objects/").json()
    assert "more" not in whole
    ids = [each["id"] for each in whole.get("objects", ())]
    one = [client.get(f"{start}objects/{name}/{rest}").content.decode() for name in ids[-3:]
           for rest in ("", "versions/")]
    rest = [client.get(path).content.decode() for path in (
        "/taxii2/", "/taxii2/intelligence/collections/", start, f"{start}manifest/")]
    return " ".join([json.dumps(whole), *one, *rest])


def _given_on(who: Somebody, marking: Marking) -> Marking:
    """The originator gives its own AMBER on by the target's ceiling; that of others leaves for their groups only."""
    held = settled(marking)
    own = who.member is not None and held.owner == who.member.authority and Tlp.AMBER <= held.tlp < Tlp.RED
    return replace(held, groups=None) if own and not held.groups else held


def test_a_redacted_child_tells_its_readers_nothing_of_its_parent(marked):
    owner = next(who for who in marked.people if who.member is not None and who.member.clearance == Tlp.RED
                 and any(mine(who, marked.markings[report.number][0]) for report in marked.reports))
    parent = next(report for report in marked.reports if mine(owner, marked.markings[report.number][0])
                  and marked.may(owner, report.number))
    child = sanitising.sanitise(
        actor=actor_of(owner.person, NOW.date()), number=parent.number, title="zqc001z child", text="zqc002z", parts=(),
        marking=Marking(Tlp.GREEN, owner.member.authority), at=NOW)
    readers = [who for who in marked.people if who.member is not None and who.member.clearance >= Tlp.GREEN
               and not marked.may(who, parent.number)][:3]

    for who in readers:
        answer = _client(who).get(reverse("intelligence-report", args=[child.number]))
        text = answer.content.decode()

        assert "zqc002z" in text
        assert parent.number not in text
        assert said(text) == {"zqc001z", "zqc002z"}
    assert readers


def mine(who: Somebody, marking: Marking) -> bool:
    """Whether the report is of the person's own authority and without walls, groups or names."""
    return ((who.member is not None and who.member.authority == marking.owner and not marking.compartments
            and marking.named is None and marking.tlp in (Tlp.GREEN, Tlp.AMBER)) or False)
