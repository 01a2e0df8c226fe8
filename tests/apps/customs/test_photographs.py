"""Photographs that waited on an officer's phone: those that the signed endorsement names, once, and nobody else's."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.apps.customs.phone import Phone
from tests.cast import NOON, issued
from tests.desks import page_text

from wildgate.apps.customs import services
from wildgate.apps.customs.models import DoubleUse, Endorsement, Photo
from wildgate.convention.refusal import Refusal
from wildgate.kit import events
from wildgate.kit.uploads.models import Upload

HOUR = timedelta(hours=1)
MADE, SIGNAL = NOON + 3 * HOUR, NOON + 9 * HOUR
PICTURES = [b"\xff\xd8\xff\xe0" + bytes([place]) * 64 + b"\xff\xd9" for place in range(13)]
DIGESTS = [hashlib.sha256(each).hexdigest() for each in PICTURES]


@pytest.fixture
def permit(cast):
    return issued(cast, NOON)


@pytest.fixture
def phone(jean, permit):
    return Phone(jean, NOON)


@pytest.fixture
def kept(phone, permit):
    """An endorsement that arrived and whose two photographs are still on the phone."""
    phone.endorses(permit, "1150", MADE, photographs=DIGESTS[:2])
    [record] = phone.sends(SIGNAL)
    return record


def sent(phone: Phone, kept: Any, place: int = 0, **more: Any) -> Any:
    given = {"actor": phone.officer, "record": kept.digest, "digest": DIGESTS[place], "name": f"{place + 1}.jpg",
             "parts": [PICTURES[place]], "at": SIGNAL, **more}
    return services.photograph_sent(**given)


@pytest.mark.django_db
class TestArrival:
    def test_they_stand_with_the_endorsement_with_who_and_when_whatever_their_order(self, phone, kept, permit):
        for place in (1, 0):
            sent(phone, kept, place)

        photos = Endorsement.objects.get(permit=permit).photos.all()
        assert [each.digest for each in photos] == [DIGESTS[1], DIGESTS[0]]
        assert {(each.added_by_id, each.added_at) for each in photos} == {(phone.officer.person_id, SIGNAL)}
        assert photos[0].upload.file.read_bytes() == PICTURES[1]
        assert [each.kind for each in events.of(permit.subject, party="QM")].count("photograph-kept") == 2

    def test_sent_again_it_is_the_same_one_and_nothing_is_left_over(self, phone, kept):
        first, again = sent(phone, kept), sent(phone, kept)

        assert (first, Photo.objects.count(), Upload.objects.count()) == (again, 1, 1)

    def test_one_that_came_stays_answered_when_the_endorsement_is_full(self, phone, kept, desk):
        first = sent(phone, kept)
        for picture in PICTURES[2:13]:
            services.photograph(actor=phone.officer, name="a.jpg", parts=[picture], at=SIGNAL,
                                endorsement=kept.endorsement.digest)

        assert sent(phone, kept) == first
        assert sent(phone, kept, 1).code == "too-many-photos"
        assert (Photo.objects.count(), Upload.objects.count()) == (12, 12)

    def test_with_an_endorsement_that_opened_a_case_they_stand_with_the_case(self, phone, permit, jean, desk):
        services.endorse(actor=jean, number=permit.number, stage="export", quantities={"A": "900"}, port="QMHAR",
                         transport_document="SHIP 4", at=MADE + HOUR)
        phone.endorses(permit, "1150", MADE, photographs=DIGESTS[:1])
        [refused] = phone.sends(SIGNAL)

        photo = sent(phone, refused)

        case = DoubleUse.objects.get()
        assert [each.digest for each in case.photos.all()] == DIGESTS[:1]
        assert DIGESTS[0][:12] in page_text(desk("amina").get(f"/border/double-use/{case.pk}/"))
        assert desk("ana").get(f"/border/photographs/{photo.pk}/").content == PICTURES[0]
        assert desk("mario").get(f"/border/photographs/{photo.pk}/").status_code in (403, 404)


@pytest.mark.django_db
class TestRefused:
    @pytest.mark.parametrize(("more", "code"), [
        ({"digest": DIGESTS[5], "parts": [PICTURES[5]]}, "photo-not-named"),
        ({"parts": [PICTURES[5]]}, "photo-changed"),
        ({"parts": [b"<svg onload=alert(1)>"]}, "not-a-document"),
        ({"parts": [PICTURES[0][:-2]]}, "not-a-document"),
        ({"parts": [b"%PDF-1.7 %%EOF"], "name": "1.pdf"}, "not-a-picture"),
        ({"name": "1.html"}, "wrong-name"),
        ({"parts": []}, "empty"),
        ({"record": "0" * 64}, "nothing-to-photograph"),
    ])
    def test_a_hostile_one_leaves_nothing(self, phone, kept, more, code):
        assert sent(phone, kept, **more).code == code
        assert (Photo.objects.count(), Upload.objects.count()) == (0, 0)

    def test_a_colleague_adds_none_to_an_endorsement_that_is_not_theirs(self, phone, kept, cast):
        colleague = replace(phone.officer, label="person:999", person_id=999)

        assert sent(phone, kept, actor=colleague).code == "nothing-to-photograph"
        assert sent(phone, kept, actor=cast["mario"]).code == "not-allowed"
        assert not Photo.objects.exists()

    def test_none_of_a_lost_device(self, phone, kept):
        services.revoke(actor=phone.officer, device=phone.device.pk, at=SIGNAL)

        assert sent(phone, kept).code == "device-revoked"

    @pytest.mark.parametrize("named", [DIGESTS, DIGESTS[:1] * 2, ["x"], "x", [None], {}])
    def test_a_record_that_names_what_no_phone_writes(self, phone, permit, named):
        phone.endorses(permit, "1150", MADE, photographs=named)

        [answer] = phone.sends(SIGNAL)

        assert isinstance(answer, Refusal) and answer.code == "record-unreadable"


@pytest.mark.django_db
def test_the_phone_is_answered_in_data(desk, phone, kept):
    def posted(**more: Any) -> Any:
        return desk("jean").post("/border/offline/photographs/", {
            "record": kept.digest, "digest": DIGESTS[0],
            "photograph": SimpleUploadedFile("photograph-1.jpg", PICTURES[0]), **more})

    assert posted().json() == {"kept": DIGESTS[0]}
    refused = posted(digest=DIGESTS[7])
    assert (refused.status_code, refused.json()["errors"][0]["reason"]) == (
        422, "The endorsement was signed without this photograph.")
    assert posted(photograph="").status_code == 422
    assert desk("amina").post("/border/offline/photographs/").status_code == 403


def test_twice_at_the_same_moment_it_is_one(own_database, at_once):
    from wildgate.site.demo.cast import settle

    who = settle("QM", "Demoland", NOON)
    permit, phone = issued(who, NOON), Phone(who["jean"], NOON)
    phone.endorses(permit, "1150", MADE, photographs=DIGESTS[:1])
    [record] = phone.sends(SIGNAL)

    kept = at_once(*[lambda: sent(phone, record)] * 3)

    assert len(set(kept)) == Photo.objects.count() == Upload.objects.count() == 1
