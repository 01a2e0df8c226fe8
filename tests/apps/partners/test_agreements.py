"""What is agreed with another Party: by two people, suspended by one, and never more than issued documents."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.db import transaction
from django.db.utils import DatabaseError
from tests.apps.partners.agreed import agree, done, give_account
from tests.databases import as_owner

from wildgate.apps.accounts.models import Post, Role
from wildgate.apps.accounts.selectors import actor_of
from wildgate.apps.partners import services
from wildgate.apps.partners.models import Link, Partner, Right
from wildgate.apps.partners.rights import KINDS
from wildgate.apps.partners.selectors import granted, live, may, partner, partner_of
from wildgate.convention.refusal import Refusal
from wildgate.convention.vocabulary import DocumentKind
from wildgate.kit.models import Event

pytestmark = pytest.mark.django_db
EXPORT = DocumentKind.EXPORT_PERMIT


def propose(cast, at, **given):
    return services.propose_right(**{
        "actor": cast["sam"], "code": "QZ", "operation": "get", "kinds": [EXPORT.value], "since": at.date(),
        "legal_basis": "Letters of 2026", "at": at, **given})


def test_a_right_takes_effect_when_a_second_person_has_confirmed_it(cast, at):
    qz = agree(cast, at, operations=())
    right = done(propose(cast, at))
    assert may(qz, "get", EXPORT, at).code == "right-none"
    assert "proposed themselves" in services.confirm_right(actor=cast["sam"], right=right.pk, at=at).reason
    assert services.confirm_right(actor=cast["ana"], right=right.pk, at=at).code == "not-allowed"

    done(services.confirm_right(actor=cast["amina"], right=right.pk, at=at))

    assert may(qz, "GetNonFinalCitesCertificate", EXPORT, at) is None
    assert may(qz, "GetNonFinalCitesCertificate", DocumentKind.IMPORT_PERMIT, at).code == "right-kind"
    assert may(qz, "GetFinalCitesCertificate", EXPORT, at).code == "right-none"
    assert services.confirm_right(actor=cast["bo"], right=right.pk, at=at).code == "not-waiting"


def test_what_was_declined_gives_nothing_and_needs_a_reason(cast, at):
    qz = agree(cast, at, operations=())
    right = done(propose(cast, at))

    assert services.decline_right(actor=cast["amina"], right=right.pk, why=" ", at=at).code == "reason-missing"
    done(services.decline_right(actor=cast["amina"], right=right.pk, why="No basis.", at=at))
    assert may(qz, "get", EXPORT, at).code == "right-none"


def test_one_person_withdraws_a_right_or_suspends_a_partner_at_once_and_another_takes_it_up_again(cast, at):
    qz = agree(cast, at, operations=("get", "final"))
    right = granted(qz).get(operation="get")
    done(services.withdraw_right(actor=cast["sam"], right=right.pk, why="Not used.", at=at))
    assert may(qz, "get", EXPORT, at).code == "right-none"
    assert may(qz, "final", EXPORT, at) is None

    done(services.suspend(actor=cast["amina"], code="QZ", why="A key was stolen.", at=at))
    assert may(qz, "final", EXPORT, at).code == "partner-suspended"
    assert list(live(at)) == []
    assert services.resume(actor=cast["amina"], code="QZ", why="Sorry.", at=at).code == "not-allowed"

    done(services.resume(actor=cast["sam"], code="QZ", why="New certificate.", at=at))
    assert may(qz, "final", EXPORT, at) is None
    assert list(live(at)) == [qz]


@pytest.mark.parametrize(("given", "code"), [
    ({"operation": "applications"}, "right-never"), ({"operation": "VIEW_SCORES"}, "right-never"),
    ({"kinds": ["opinion"]}, "right-never"), ({"kinds": [EXPORT.value, "refusal"]}, "right-never"),
    ({"kinds": []}, "kinds-missing"), ({"legal_basis": " "}, "basis-missing"), ({"code": "QX"}, "no-such-partner"),
])
def test_what_stays_in_the_house_cannot_even_be_proposed(cast, at, given, code):
    agree(cast, at, operations=())

    assert propose(cast, at, **given).code == code
    assert propose(cast, at, since=at.date() - timedelta(days=1)).code == "since-past"
    assert propose(cast, at, until=at.date() - timedelta(days=1)).code == "dates-crossed"
    assert Right.objects.count() == 0


def test_the_database_refuses_what_the_services_would(cast, at):
    """A forged row, a changed one, a deleted one, one confirmed by whoever proposed it."""
    qz = agree(cast, at, operations=("get",))
    right, sam = granted(qz).get(), cast["sam"].person_id
    forged = {"party": "QM", "partner": qz, "kinds": [], "since": at.date(), "legal_basis": "x", "proposed_by_id": sam,
              "proposed_at": at}

    for break_in in (lambda: Right.objects.create(operation="opinions", **forged),
                     lambda: Right.objects.create(operation="get", state="confirmed", decided_by_id=sam, **forged),
                     lambda: Right.objects.filter(pk=right.pk).update(kinds=list(KINDS), legal_basis="more"),
                     lambda: Right.objects.filter(pk=right.pk).delete(),
                     lambda: Link.objects.filter(partner=qz).update(values={"endpoint": "https://evil.example/"})):
        with as_owner(), pytest.raises(DatabaseError), transaction.atomic():
            break_in()
    Right.objects.bulk_create([Right(operation="get", **forged)])
    smuggled = Right.objects.get(state="proposed")
    Right.objects.filter(pk=smuggled.pk).update(kinds=["opinion", EXPORT.value])
    done(services.confirm_right(actor=cast["bo"], right=smuggled.pk, at=at))
    smuggled.refresh_from_db()
    assert smuggled.granted.kinds == {EXPORT.value}


def test_the_way_to_a_partner_changes_by_two_people_and_is_read_as_a_whole(cast, at, settings):
    qz = agree(cast, at, operations=(), endpoint="https://old.example/")

    def told(**given) -> str:
        outcome = services.propose_link(actor=cast["sam"], code="QZ", given=given, at=at)
        return outcome.code if isinstance(outcome, Refusal) else "waits"

    assert told(endpoint="http://qz.example/") == "address-https"
    assert told(endpoint="https://user:word@qz.example/") == "address-plain"
    assert told(endpoint="https://qz.example/?token=1") == "endpoint-question"
    assert told(endpoint="qz.example") == told(endpoint="https://[") == "address-bad"
    assert told(endpoint="https://10.0.0.1/") == told(endpoint="https://169.254.169.254/") == "address-inside"
    assert told(endpoint="") == "endpoint-missing"
    assert told(tier="everything") == "no-such-tier"
    assert told(timeout_seconds=0) == told(timeout_seconds=10_000) == "timeout"
    assert told(server_ca="-----BEGIN CERTIFICATE-----") == "server-ca"
    assert told(through="QZ") == told(through="FR") == "no-such-hub"
    assert told(endpoint="http://127.0.0.1:8001/") == "address-https"
    settings.WEBHOOK_LOOPBACK = True
    assert told(endpoint="http://127.0.0.1:8001/") == "waits"
    assert told(endpoint="https://other.example/") == "link-waits"
    assert partner("qz").endpoint == "https://old.example/"

    waiting = Link.objects.get(partner=qz, state="proposed")
    assert services.confirm_link(actor=cast["sam"], link=waiting.pk, at=at).code == "not-allowed"
    done(services.confirm_link(actor=cast["bo"], link=waiting.pk, at=at))
    assert partner("qz").endpoint == "http://127.0.0.1:8001/"
    assert partner("qz").tier == "live"


def test_a_party_is_reached_through_a_hub_which_is_reached_directly(cast, at):
    hub = agree(cast, at, "QH", name="Regional hub", is_hub=True, operations=())
    far = agree(cast, at, "BW", through="QH", endpoint="", operations=())

    assert far.through == hub
    assert services.propose_link(actor=cast["sam"], code="QH", given={"is_hub": False}, at=at).code == "hub-in-use"
    assert services.propose_link(actor=cast["sam"], code="QH", given={"through": "BW"},
                                 at=at).code == "hub-through-hub"


def test_only_another_party_or_a_named_hub_is_taken_up(cast, at):
    def taken(code: str, **given) -> str:
        outcome = services.add_partner(actor=cast["sam"], code=code, at=at, **given)
        return outcome.code if isinstance(outcome, Refusal) else "taken"

    assert taken("QM") == "own-country"
    assert taken("QH") == taken("") == taken("France") == "no-such-country"
    assert taken("QH", is_hub=True) == "name-missing"
    assert taken("fr") == "taken"
    assert taken("FR") == "partner-twice"
    assert services.add_partner(actor=cast["amina"], code="DE", at=at).code == "not-allowed"


def test_a_named_officer_asks_for_one_party_until_the_account_ends(cast, at):
    agree(cast, at, operations=())
    officer = done(give_account(cast, at, "QZ", "q@qz.example", "Q. Officer"))

    def asks():
        return partner_of(actor_of(officer.person, at.date()))

    assert Post.objects.get(person=officer.person).role == Role.FOREIGN
    assert actor_of(officer.person, at.date()).official, "so the gate asks for a second factor"
    assert asks().code == "QZ"
    assert partner_of(cast["amina"]).code == "partner-no-account"
    assert give_account(cast, at, "QZ", "q@qz.example", "Again").code == "person-known"

    done(services.suspend(actor=cast["amina"], code="QZ", why="Stolen.", at=at))
    assert asks().code == "partner-suspended"
    done(services.resume(actor=cast["bo"], code="QZ", why="Found.", at=at))
    done(services.end_officer(actor=cast["sam"], code="QZ", officer=officer.pk, at=at))
    assert asks().code == "partner-no-account"


def test_the_history_names_codes_and_no_person_address_or_text(cast, at):
    agree(cast, at, endpoint="https://secret-host.example/")
    done(give_account(cast, at, "QZ", "q@qz.example", "Q. Officer"))
    told = "".join(Event.objects.filter(subject="partner:QZ").values_list("data", flat=True))

    assert [text for text in ("Officer", "q@qz", "secret-host", "Exchange of letters") if text in told] == []
    confirmed = Event.objects.filter(kind="partner-right-confirmed").first()
    assert json.loads(confirmed.data)["kinds"] == sorted(KINDS)
    assert Partner.objects.get(code="QZ").suspended_at is None
