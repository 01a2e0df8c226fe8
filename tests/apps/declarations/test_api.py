"""The interface as a customs system uses it: declarations, the calls on permits, notices; bad messages of any size."""

from __future__ import annotations

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests.apps.declarations.lodged import skins
from tests.apps.gateway.doors import carrier, customs_system
from tests.apps.letters.post import listening
from tests.cast import issued

from wildgate.apps.declarations.models import DeclaredMessage
from wildgate.apps.gateway.models import CallLog
from wildgate.apps.letters import services as letters
from wildgate.apps.permits import services as permits
from wildgate.kit import jobs

pytestmark = pytest.mark.django_db


@pytest.fixture
def permit(cast, at):
    return issued(cast, at)


@pytest.fixture
def port(cast, at):
    return customs_system(cast, at)


def asked(permit, **more):
    return {"number": permit.number, "taxon": "Crocodylus novaeguineae", "term": "SKI", "quantity": "1150",
            "unit": "NAR", "reference": "D-7", "procedure": "1000", "post": "Kivu-2",
            "transport_document": "020-44556677", **more}


def test_a_permit_is_read_in_the_words_of_other_systems(port, permit):
    told = {form: port.get(f"/permits/{permit.number}/{form}") for form in ("lpco", "one-record", "uncefact")}

    assert {each.status_code for each in told.values()} == {200}
    assert told["lpco"].json()["answer"] == "granted"
    assert "Lacuna" not in told["lpco"].content.decode()
    assert told["one-record"].json()["epermit"]["epermitNumber"] == permit.number
    assert port.get("/permits/26QM999999E/lpco").status_code == 404
    assert port.get(f"/permits/{permit.number}/poem").status_code == 422


def test_lodge_read_amend_withdraw(port, permit):
    port.post("/declarations", skins())  # the law and the names are read once in a process
    form = skins(permit.number)
    with CaptureQueriesContext(connection) as statements:
        lodged = port.post("/declarations", form)
    again = port.post("/declarations", form)
    where = f"/declarations/{form['reference']}"
    amended = port.client.put(f"/api/v1{where}", json.dumps(form | {"message_id": "x2", "post": "Kivu-3"}),
                              content_type="application/json", headers=port._head())
    withdrawn = port.post(f"{where}/withdraw", b"")
    read = port.get(where).json()

    assert (lodged.status_code, again.status_code, again["Repeated"]) == (201, 201, "true")
    assert lodged.json() == again.json()
    assert (amended.status_code, amended.json()["version"]) == (200, 2)
    assert (withdrawn.json()["state"], read["state"], read["version"]) == ("withdrawn", "withdrawn", 2)
    assert read["declared"]["post"] == "Kivu-3"
    assert len(statements) <= 110
    assert port.get("/declarations/nothing").json()["code"] == "no-such-declaration"


def test_the_calls_on_a_permit(port, permit):
    steps = [("match", {}), ("check", {}), ("reserve", {}), ("reserve", {}), ("consume", {}),
             ("amend", {"quantity": "1148", "version": 2}), ("withdraw", {"version": 3})]

    answers = [port.post(f"/permits/{call}", asked(permit, **more)) for call, more in steps]

    assert [each.status_code for each in answers] == [200] * 7, [each.content for each in answers]
    said = [each.json() for each in answers]
    assert [each["call"] for each in said] == ["match", "check", "reserve", "reserve", "consume", "amend", "withdraw"]
    assert said[2]["line"]["reserved"] == "1150"
    assert said[3]["repeated"] is True
    assert said[4]["line"]["consumed"] == "1150"
    assert "Lacuna" not in str(said)
    listed = port.post("/permits/list", {"numbers": [permit.number]}).json()
    assert (listed["total"], listed["documents"][0]["number"]) == (1, permit.number)
    record = port.post("/permits/record", {"reference": "D-7", "number": permit.number, "data": {"seal": "S-1"}})
    assert record.status_code == 200, record.content


def test_many_releases_in_one_message_are_answered_each_by_itself(port, permit):
    calls = [asked(permit, item=item, quantity=quantity) for item, quantity in ((1, "5000"), (2, "1150"))]

    answer = port.post("/permits/consume/batch", {"calls": calls})

    refused, done = answer.json()["answers"]
    assert (refused["code"], refused["status"]) == ("exhausted", port.post("/permits/consume", calls[0]).status_code)
    assert done["line"]["consumed"] == "1150"
    assert done["endorsement"]
    assert port.post("/permits/consume/batch", {"calls": []}).json()["code"] == "not-as-described"


@pytest.mark.parametrize(("more", "code"), [
    ({"number": "26QM999999E"}, "unknown"), ({"procedure": "4000"}, "wrong-procedure"),
    ({"taxon": "Python regius"}, "wrong-species"), ({"quantity": "1201"}, "exhausted"),
    ({"unit": "LTR"}, "unit-not-comparable"), ({"exporter": "Somebody Else Ltd"}, "wrong-party"),
    ({"quantity": "NaN"}, "not-as-described"), ({"colour": "red"}, "not-as-described"),
    ({"item": 0}, "not-as-described")])
def test_a_refused_call_has_a_code_and_a_sentence(port, permit, more, code):
    answer = port.post("/permits/reserve", asked(permit, **more))

    said = answer.json()
    assert (answer.status_code, answer["Content-Type"]) == (422, "application/problem+json")
    assert said["code"] == code, said
    assert said["detail"].endswith(".")


def test_give_back_and_what_takes_a_supervisor(port, permit):
    port.post("/permits/reserve", asked(permit))
    back = port.post("/permits/give-back", asked(permit))
    over = port.post("/permits/override", asked(permit, quantity="1300", reason="x", authority="y"))

    assert back.json()["line"]["reserved"] == "0"
    assert (over.status_code, over.json()["code"]) == (403, "not-allowed")


def test_a_declaration_is_told_when_its_permit_changes(port, permit, cast, at, settings):
    settings.WEBHOOK_LOOPBACK = True
    with listening() as listener:
        letters.register_webhook(actor=cast["sam"], url=listener.url, kinds=["write-off-watch"], at=at)
        other, form = customs_system(cast, at, "Other"), skins(permit.number)
        port.post("/declarations", form)
        permits.suspend(actor=cast["amina"], number=permit.number, reason="An inquiry.", at=timezone.now())
        jobs.run_pending()

        told = port.get("/notices").json()["notices"]
        assert [(each["kind"], each["data"]["reference"], each["data"]["state"]) for each in told] == [
            ("write-off-watch", form["reference"], "suspended")]
        assert other.get("/notices").json()["notices"] == []
        assert [body["kind"] for body in listener.bodies()] == ["write-off-watch"]
    assert port.post("/notices/acknowledge", {"until": told[0]["seq"]}).json() == {"acknowledged": 1}
    assert port.get("/notices").json()["notices"] == []


def test_an_outage_is_told_to_every_program(port, cast, at):
    speedx = carrier(cast, at)
    now = timezone.now()
    said = port.post("/permits/outage", {"planned": False, "begins_at": now.isoformat(), "why": "Power"})
    assert said.status_code == 200, said.content
    jobs.run_pending()

    assert [each["kind"] for each in speedx.get("/notices").json()["notices"]] == ["outage-announced"]


def test_a_carrier_may_not_declare(cast, at, permit):
    answer = carrier(cast, at).post("/declarations", skins(permit.number))

    assert (answer.status_code, answer.json()["code"]) == (403, "wrong-role")


class Endless:
    """A body of 100 MB that says how much of it was read."""

    def __init__(self) -> None:
        self.given = 0

    def read(self, size: int = -1) -> bytes:
        self.given += size if size > 0 else 10**8
        return b" " * (size if size > 0 else 10**8)

    readline = read


def test_a_hundred_megabytes_are_refused_before_they_are_read(port):
    for length in ("100000000", str(10_000_001)):
        body = Endless()
        answer = port.client.generic("POST", "/api/v1/declarations/batch", b"", content_type="application/json",
                                     headers=port._head(), CONTENT_LENGTH=length, **{"wsgi.input": body})
        assert (answer.status_code, answer.json()["code"]) == (413, "too-large")
        assert body.given == 0
    assert list(DeclaredMessage.objects.values_list("code", "size", "body")) == [
        ("too-large", 100_000_000, None), ("too-large", 10_000_001, None)]


@pytest.mark.parametrize(("kind", "body", "status"), [
    ("application/json", b"{", 400), ("application/json", b"[1]", 422), ("application/json", b"[" * 5_000, 422),
    ("application/xml", b"<!DOCTYPE a [<!ENTITY b 'c'>]><Declaration>&b;</Declaration>", 422),
    ("application/xml", b" ", 400), ("text/csv", b"a,b\n", 422), ("text/csv", b"\xff", 400),
    ("application/x-www-form-urlencoded", b"a=b", 415), ("multipart/form-data; boundary=x", b"--x--", 415)])
def test_bad_messages_are_refused_by_code_and_kept(port, kind, body, status):
    answer = port.post("/declarations", body, kind)

    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
    assert answer.json()["code"]
    assert b"Traceback" not in answer.content
    if status != 415:
        assert bytes(DeclaredMessage.objects.get().body) == body
    assert CallLog.objects.get().status == status


def test_a_form_that_is_no_form_is_the_same_for_every_name(port, permit):
    head = port.post("/declarations", skins(permit.number) | {"message_id": "a"}, **{"Message-Id": "h 1"})

    assert (head.status_code, head.json()["code"]) == (422, "message-id-form")
