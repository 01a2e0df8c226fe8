"""The pages of posts without a signal: who may open them, what they send and answer, the cases, the devices."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from tests.apps.customs.phone import Phone
from tests.cast import issued
from tests.desks import page_text
from tests.remembering import remembered

from wildgate.apps.customs import services
from wildgate.apps.customs.models import DeviceKey, DoubleUse
from wildgate.seal.keys import SigningKey

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture
def now(at):
    """Yesterday's noon: nothing here depends on the present second, and ways that are alike are remembered."""
    return at


@pytest.fixture
def twice(cast, now) -> DoubleUse:
    """A permit that Jean endorsed online and, before that, on the phone."""
    return DoubleUse.objects.get(pk=remembered("twice", (cast, now), lambda: _twice(cast, now)))


def _twice(cast, now) -> int:
    permit = issued(cast, now - 60 * MINUTE)
    phone = Phone(cast["jean"], now - 50 * MINUTE)
    phone.endorses(permit, "1150", now - 40 * MINUTE)
    services.endorse(actor=cast["jean"], number=permit.number, stage="export", quantities={"A": "900"}, port="QMHAR",
                     transport_document="SHIP 4", at=now - 30 * MINUTE)
    phone.sends(now)
    return DoubleUse.objects.get().pk


def posted(browser: Any, address: str, body: object) -> Any:
    return browser.post(address, body, content_type="application/json")


class TestDevice:
    def test_the_page_says_that_it_needs_javascript(self, desk):
        assert "This page needs JavaScript" in page_text(desk("jean").get("/border/offline/"))

    @pytest.mark.parametrize("name", ["mario", "amina", "ana", "sam"])
    def test_only_customs_opens_it(self, desk, name):
        for address in ("/border/offline/", "/border/offline/worker.js", "/border/offline/state/"):
            assert desk(name).get(address).status_code == 403

    def test_the_worker_keeps_what_there_is(self, desk, client):
        text = desk("jean").get("/border/offline/worker.js").content.decode()

        assert '"page": "/border/offline/"' in text
        for name in ("permits/verify/verdict.js", "customs/offline/device.js", "/verify/words"):
            assert name in text
        assert client.get("/border/offline/manifest.webmanifest").json()["scope"] == "/border/offline/"

    def test_it_is_enrolled_for_officer_and_station(self, desk, jean):
        x, y = SigningKey.generate().public.parts

        told = posted(desk("jean"), "/border/offline/enrol/", {"public_key": (b"\x04" + x + y).hex()}).json()

        device = DeviceKey.objects.get()
        assert (told["device"], told["station"], told["sequence"]) == (device.thumbprint, "Kivu-2", 0)
        assert device.officer_id == jean.person_id

    @pytest.mark.parametrize("body", ["", "[]", '{"public_key": 7}', "{", "[" * 9000])
    def test_nonsense_is_refused_in_words(self, desk, body):
        answer = posted(desk("jean"), "/border/offline/enrol/", body)

        assert answer.status_code == 422
        assert answer.json()["errors"][0]["reason"]

    @pytest.mark.parametrize("body", ["[]", '{"records": 7}', '{"records": [7]}', '{"records": [{"body": 1}]}',
                                      {"records": [{"body": "", "signature": ""}] * 201}])
    def test_a_message_that_no_device_sends(self, desk, body):
        assert posted(desk("jean"), "/border/offline/sync/", body).status_code == 422

    def test_the_answers_name_endorsement_or_case(self, desk, cast, now):
        phone = Phone(cast["jean"], now - 50 * MINUTE)
        permit, other = issued(cast, now - 60 * MINUTE), issued(cast, now - 60 * MINUTE)
        phone.endorses(permit, "1150", now - 40 * MINUTE)
        phone.endorses(permit, "50", now - 30 * MINUTE)
        phone.endorses(other, "1", now - 20 * MINUTE, sequence=9)

        told = posted(desk("jean"), "/border/offline/sync/", {
            "device": phone.device.thumbprint,
            "records": [{"body": each.body, "signature": each.signature} for each in phone.queue]}).json()

        assert [each["outcome"] for each in told["answers"]] == ["endorsed", "double-use"]
        assert [each["code"] for each in told["errors"]] == ["records-missing"]
        assert "Kivu-2 endorsed 1150" in told["answers"][1]["sentence"]
        assert desk("jean").get(told["answers"][1]["url"]).status_code == 200


class TestCases:
    def test_the_alarm_names_both_ports_until_it_was_seen(self, desk, twice):
        assert "QMHAR endorsed 900" in page_text(desk("jean").get("/border/"))

        desk("jean").post(f"/border/double-use/{twice.pk}/seen/")

        assert "QMHAR endorsed 900" not in page_text(desk("jean").get("/border/"))

    @pytest.mark.parametrize("name", ["jean", "amina", "ana"])
    def test_both_records_stand_side_by_side(self, desk, twice, name):
        words = page_text(desk(name).get(f"/border/double-use/{twice.pk}/"))

        for said in ("QMHAR", "Kivu-2", "900", "1150", "SHIP 4", "TRUCK 17"):
            assert said in words
        assert twice.permit.number in page_text(desk(name).get("/border/double-use/"))

    @pytest.mark.parametrize("name", ["mario", "ito"])
    def test_nobody_else_sees_them(self, desk, twice, name):
        assert desk(name).get("/border/double-use/").status_code == 403
        assert desk(name).get(f"/border/double-use/{twice.pk}/").status_code == 403

    def test_the_authority_closes_it_with_a_reason(self, desk, twice):
        address = f"/border/double-use/{twice.pk}/close/"

        assert desk("jean").post(address, {"reason": "Fine."}).status_code == 403
        assert desk("amina").post(address, {"reason": ""}).status_code == 422
        assert desk("amina").post(address, {"reason": "Counted twice."}).status_code == 302
        assert "Counted twice." in page_text(desk("amina").get(f"/border/double-use/{twice.pk}/"))

    def test_a_case_of_nobody(self, desk):
        assert desk("amina").get("/border/double-use/7/").status_code == 404
        assert desk("jean").post("/border/double-use/7/seen/").status_code == 404


class TestDevices:
    def test_the_officer_sees_own_devices_and_revokes_them(self, desk, cast, now):
        phone = Phone(cast["jean"], now)

        assert phone.device.thumbprint[:12] in page_text(desk("jean").get("/border/devices/"))
        desk("jean").post(f"/border/devices/{phone.device.pk}/revoke/")

        assert "Revoked" in page_text(desk("sam").get("/border/devices/"))

    def test_the_auditor_looks_on(self, desk, cast, now):
        phone = Phone(cast["jean"], now)

        assert phone.device.thumbprint[:12] in page_text(desk("ana").get("/border/devices/"))
        assert desk("ana").post(f"/border/devices/{phone.device.pk}/revoke/").status_code == 403
