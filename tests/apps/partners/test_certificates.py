"""Whose program calls with this certificate: each thing that can be wrong has its own code."""

from __future__ import annotations

from datetime import timedelta

import pytest
from cryptography.x509.oid import ExtendedKeyUsageOID
from django.db import connection, transaction
from django.db.utils import DatabaseError, IntegrityError
from django.test.utils import CaptureQueriesContext
from tests.apps.partners.agreed import Issuer, agree, done, fingerprint, take_up
from tests.databases import as_owner
from tests.desks import page_text

from wildgate.apps.partners import certificates, jobs, services
from wildgate.apps.partners.models import AgreedText, Certificate, Partner
from wildgate.apps.partners.selectors import anchors, by_certificate, secret_of
from wildgate.kit.models import Event

pytestmark = pytest.mark.django_db


@pytest.fixture
def qz(cast, at):
    return agree(cast, at, operations=())


def add(cast, at, data: bytes, **given):
    if "fingerprint" not in given:
        given["fingerprint"] = fingerprint(data)
    return take_up(cast, at, "QZ", data, **given)


def test_a_pinned_certificate_and_one_of_the_partners_authority_are_known(cast, at, qz):
    one, other = Issuer("QZ", at), Issuer("QZ", at)
    pinned = one.issue("QZ")
    done(add(cast, at, pinned))
    done(add(cast, at, other.der, kind="ca"))

    assert by_certificate(pinned, at) == qz
    assert by_certificate(other.issue("QZ"), at) == qz
    assert len(anchors(at)) == 2


def test_each_wrong_certificate_is_refused_by_its_own_code(cast, at, qz):
    issuer, stranger = Issuer("QZ", at), Issuer("QZ", at)
    done(add(cast, at, issuer.der, kind="ca"))
    wrong = {
        "certificate-missing": b"", "certificate-unknown": stranger.issue("QZ"),
        "certificate-country": issuer.issue("QX"), "certificate-not-yet": issuer.issue("QZ", since=1),
        "certificate-expired": issuer.issue("QZ", since=-40, days=30),
        "certificate-use": issuer.issue("QZ", use=ExtendedKeyUsageOID.SERVER_AUTH)}

    assert {code: by_certificate(der, at).code for code, der in wrong.items()} == {code: code for code in wrong}
    assert by_certificate(issuer.issue(""), at).code == "certificate-country"


def test_a_name_is_no_signature(cast, at, qz):
    """Somebody makes an authority of the same name: its certificates open nothing."""
    issuer = Issuer("QZ", at)
    done(add(cast, at, issuer.der, kind="ca"))

    assert by_certificate(Issuer("QZ", at).issue("QZ"), at).code == "certificate-unknown"


def test_a_revoked_certificate_opens_nothing_and_does_not_come_back(cast, at, qz):
    issuer = Issuer("QZ", at)
    leaf = issuer.issue("QZ")
    done(add(cast, at, issuer.der, kind="ca"))
    done(add(cast, at, leaf))
    done(services.revoke_certificate(actor=cast["amina"], code="QZ", fingerprint=fingerprint(leaf), at=at))

    assert by_certificate(leaf, at).code == "certificate-revoked"
    assert by_certificate(issuer.issue("QZ"), at) == qz
    assert add(cast, at, leaf).code == "certificate-twice"

    done(services.revoke_certificate(actor=cast["amina"], code="QZ", fingerprint=fingerprint(issuer.der), at=at))
    assert by_certificate(issuer.issue("QZ"), at).code == "certificate-revoked"
    assert anchors(at) == []


def test_a_suspended_partner_and_one_without_a_live_service_are_told_so(cast, at, qz):
    leaf = Issuer("QZ", at).issue("QZ")
    done(add(cast, at, leaf))
    link = done(services.propose_link(actor=cast["sam"], code="QZ", given={"tier": "account"}, at=at))
    done(services.confirm_link(actor=cast["bo"], link=link.pk, at=at))
    assert by_certificate(leaf, at).code == "partner-not-live"

    done(services.suspend(actor=cast["amina"], code="QZ", why="A key was stolen.", at=at))
    assert by_certificate(leaf, at).code == "partner-suspended"


def test_a_certificate_is_taken_up_only_with_the_fingerprint_that_was_read_out(cast, at, qz):
    issuer = Issuer("QZ", at)
    leaf = issuer.issue("QZ")

    assert add(cast, at, leaf, fingerprint=fingerprint(issuer.der)).code == "fingerprint"
    assert add(cast, at, leaf, fingerprint="").code == "fingerprint"
    assert add(cast, at, issuer.issue("QX")).code == "certificate-country"
    assert add(cast, at, issuer.issue("QZ", since=-40, days=30)).code == "certificate-expired"
    assert add(cast, at, leaf, kind="ca").code == "certificate-no-authority"
    assert add(cast, at, leaf + leaf, fingerprint=fingerprint(leaf)).code == "certificate-unreadable"
    assert services.propose_certificate(actor=cast["amina"], code="QZ", data=leaf, fingerprint=fingerprint(leaf),
                                        at=at).code == "not-allowed"
    assert done(add(cast, at, leaf, fingerprint=certificates.groups(fingerprint(leaf)))).partner == qz


def test_a_certificate_opens_nothing_until_a_second_person_was_read_the_same_fingerprint(cast, at, qz):
    leaf = Issuer("QZ", at).issue("QZ")
    given = {"code": "QZ", "fingerprint": fingerprint(leaf), "at": at}
    made = done(services.propose_certificate(actor=cast["sam"], data=leaf, **given))

    assert by_certificate(leaf, at).code == "certificate-unknown"
    assert anchors(at) == []
    assert services.confirm_certificate(actor=cast["sam"], certificate=made.pk, **given).code == "not-allowed"
    wrong = {**given, "fingerprint": "00" * 32}
    assert services.confirm_certificate(actor=cast["amina"], certificate=made.pk, **wrong).code == "fingerprint"
    with as_owner(), pytest.raises(DatabaseError), transaction.atomic():
        Certificate.objects.update(confirmed_at=at, confirmed_by_id=cast["sam"].person_id)
    done(services.decline_certificate(actor=cast["amina"], code="QZ", certificate=made.pk, at=at))
    assert by_certificate(leaf, at).code == "certificate-unknown"
    assert done(add(cast, at, leaf)).confirmed_by_id == cast["amina"].person_id
    assert by_certificate(leaf, at) == qz


def test_a_successor_is_taken_up_before_it_begins(cast, at, qz):
    leaf = Issuer("QZ", at).issue("QZ", since=20)
    done(add(cast, at, leaf))

    assert by_certificate(leaf, at).code == "certificate-not-yet"
    assert by_certificate(leaf, at + timedelta(days=21)) == qz


def test_the_end_of_a_certificate_is_told_at_60_30_and_7_days_and_once_each(cast, at, qz):
    issuer = Issuer("QZ", at)
    done(add(cast, at, issuer.issue("QZ", since=0, days=100)))
    dead = issuer.issue("QZ", since=0, days=90)
    done(add(cast, at, dead))
    done(services.revoke_certificate(actor=cast["sam"], code="QZ", fingerprint=fingerprint(dead), at=at))
    told = {left: jobs.tell_of_endings("QM", at + timedelta(days=100 - left))
            for left in (61, 60, 59, 31, 30, 8, 7, 1, 0, -1, -2)}

    assert [left for left, number in told.items() if number] == [60, 30, 7, -1]
    assert Event.objects.filter(kind=jobs.KIND, subject="partner:QZ").count() == 4


def test_the_agreed_text_is_kept_as_a_hash_and_shown_once(cast, at, qz):
    assert secret_of(qz) is None
    _partner, text = done(services.propose_secret(actor=cast["sam"], code="QZ", at=at))
    assert secret_of(found()) is None, "one person is not enough"
    waiting = AgreedText.objects.get()
    assert services.confirm_secret(actor=cast["sam"], secret=waiting.pk, at=at).code == "not-allowed"
    assert services.confirm_secret(actor=cast["ana"], secret=waiting.pk, at=at).code == "not-allowed"
    assert services.propose_secret(actor=cast["sam"], code="QZ", at=at).code == "secret-waits"
    with pytest.raises(IntegrityError), transaction.atomic():
        AgreedText.objects.filter(pk=waiting.pk).update(state="confirmed", decided_by=waiting.proposed_by_id)
    done(services.confirm_secret(actor=cast["bo"], secret=waiting.pk, at=at))
    assert services.confirm_secret(actor=cast["bo"], secret=waiting.pk, at=at).code == "not-waiting"
    partner = found()

    assert secret_of(partner).is_text(text)
    assert not secret_of(partner).is_text(text[:-1])
    assert not secret_of(partner).is_text("")
    assert text not in partner.secret
    assert not Event.objects.filter(data__contains=text).exists()


def test_a_text_is_replaced_declined_and_taken_back_by_two(cast, at, qz, desk):
    assert services.propose_no_secret(actor=cast["sam"], code="QZ", at=at).code == "no-secret"
    _partner, first = done(services.propose_secret(actor=cast["sam"], code="QZ", at=at))
    done(services.confirm_secret(actor=cast["bo"], secret=AgreedText.objects.get().pk, at=at))
    second = desk("sam").post("/partners/QZ/deed/", {"do": "give-secret"})
    assert second.status_code == 200
    row = AgreedText.objects.get(state="proposed").pk
    assert "waits for a second person" in page_text(desk("amina").get("/partners/QZ/"))
    assert b"confirm-secret" not in desk("sam").get("/partners/QZ/").content
    desk("amina").post("/partners/QZ/deed/", {"do": "decline-secret", "row": row})
    assert secret_of(found()).is_text(first)

    assert desk("sam").post("/partners/QZ/deed/", {"do": "take-secret"}).status_code == 302
    assert secret_of(found()).is_text(first)
    row = AgreedText.objects.get(state="proposed").pk
    desk("amina").post("/partners/QZ/deed/", {"do": "confirm-secret", "row": row})
    assert secret_of(found()) is None
    assert list(Event.objects.filter(subject="partner:QZ", kind__contains="secret").order_by("seq").values_list(
        "kind", flat=True)) == ["partner-secret-proposed", "partner-secret-given", "partner-secret-proposed",
                                "partner-secret-declined", "partner-no-secret-proposed", "partner-secret-taken"]


def found():
    """The partner as it stands."""
    return Partner.objects.get(code="QZ")


def test_a_caller_costs_two_questions_to_the_database(cast, at, qz):
    issuer = Issuer("QZ", at)
    done(add(cast, at, issuer.der, kind="ca"))
    leaf = issuer.issue("QZ")

    with CaptureQueriesContext(connection) as asked:
        by_certificate(leaf, at)
    assert len(asked) == 2
