"""Pages of carriers: a table checked by hand with its answers, leads decided by customs, parcels handed over."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.apps.carriers.night import parcels
from tests.apps.gateway.doors import carrier
from tests.desks import NOT_ALLOWED, page_text

from wildgate.apps.carriers import services
from wildgate.apps.carriers.models import Handover, Lead, ShipmentList
from wildgate.kit import jobs
from wildgate.kit.models import Event, Job

TABLE = ("parcel;description;hs;from;to;sender;permits\r\n"
         "P1;cotton shirts;610910;QM;QZ;Somebody;\r\n"
         "P2;plastic craft;392640;VN;QM;Somebody;X-1 X-2\r\n"
         "=P3;crocodile skin wallet;420231;QM;QZ;;\r\n"
         "P4;shirts;610910;QM;??;;\r\n"
         "P1;again;;;;;\r\n"
         "P5;office chair;940360;QM;QZ;;\r\n")
PICTURE = b"\x89PNG\r\n\x1a\n" + b"\0" * 40


def upload(browser: Any, data: bytes, name: str = "monday") -> Any:
    return browser.post("/carriers/send/", {"list_id": name, "file": SimpleUploadedFile("list.csv", data)}, follow=True)


def test_a_table_by_hand_and_its_answers_as_a_table(desk: Any, at: datetime, django_assert_num_queries: Any) -> None:
    kim = desk("kim")
    page = page_text(upload(kim, TABLE.encode()))
    with django_assert_num_queries(7):
        listed = kim.get("/carriers/")
    address = f"/carriers/lists/{ShipmentList.objects.get().pk}/"
    file = kim.get(f"{address}result.csv").content.decode()

    assert "6 parcels" in page
    assert "line 5: ?? is no code of a country." in page
    french = page_text(kim.get(address, HTTP_ACCEPT_LANGUAGE="fr"))
    assert "ligne 5 : ?? n’est pas" in french
    assert not [text for text in ("no code of a country", "stands in the list") if text in french]
    assert "monday" in page_text(listed)
    rows = [line.split(",")[:2] for line in file.splitlines()[1:]]
    assert rows == [["P1", "no-permit-needed"], ["P2", "hold"], ["'=P3", "permit-missing"], ["P4", "unreadable"],
                    ["P1", "unreadable"], ["P5", "statement-needed"]]
    assert "Somebody" not in file + page
    assert desk("tomas").get(address).status_code == 200
    assert desk("mario").get("/carriers/").status_code == NOT_ALLOWED
    assert desk("tomas").get("/carriers/send/").status_code == NOT_ALLOWED


@pytest.mark.parametrize(("data", "sentence"), [
    (b"number,hs\r\n1,2\r\n", "Line 1 has no column parcel."),
    (b"\xff\xfe\x00", "The table is not UTF-8: look at byte 1."),
    (b"parcel\r\n" + b"\x00\r\n", "The table is no text"),
    (b'parcel,hs\r\n"a\r\n', "cannot be read"),
    (b"parcel\r\n" + b"".join(b"P%d\r\n" % each for each in range(5001)), "There are more than 5,000 parcels."),
])
def test_a_table_that_cannot_be_read_says_why(desk: Any, data: bytes, sentence: str) -> None:
    answer = upload(desk("kim"), data)

    assert answer.status_code == 422
    assert sentence in page_text(answer)
    assert 'value="monday"' in answer.content.decode()


@pytest.mark.parametrize(("body", "status", "code"), [
    ({"parcels": "x"}, 422, "not-as-described"),
    ({"parcels": [{}] * 501}, 422, "too-many-parcels"),
    ([], 422, "not-as-described"),
    ("{", 400, "unreadable"),
    ('{"parcels":' + "[" * 40 + "]" * 40 + "}", 422, "too-deep"),
])
def test_a_body_that_cannot_be_read_is_a_problem(cast: Any, at: datetime, body: Any, status: int, code: str) -> None:
    answer = carrier(cast, at).post("/carrier/check", body)

    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_one_bad_row_does_not_spoil_the_others(cast: Any, at: datetime) -> None:
    rows: list[Any] = [7, {"parcel": ""}, {"parcel": "A", "permits": 5}, {"parcel": "B", "value": "-1"},
                       {"parcel": "C", "description": ["x"]}, {"parcel": "D", "air_waybill": "999-12345670"},
                       {"parcel": "E", "air_waybill": "011-12345675"}, {"parcel": "F", "code": "nonsense"}]
    answers = carrier(cast, at).post("/carrier/check", {"parcels": rows}).json()["answers"]

    assert [each["answer"] for each in answers] == ["unreadable"] * 5 + ["no-permit-needed"] * 2 + ["hold"]
    assert answers[1]["fault"]["reason"] == "parcels[1] has no number of the parcel."
    assert answers[5]["doubts"] == ["waybill-check-digit"]
    assert answers[6]["doubts"] == ["waybill-airline-unknown"]


def test_customs_decides_and_names_go_after_a_while(cast: Any, desk: Any, at: datetime,
                                                    django_assert_num_queries: Any) -> None:
    speedx = carrier(cast, at)
    speedx.post("/carrier/check", {"parcels": [parcels([], 1)[0]]})
    lead, tomas = Lead.objects.get(), desk("tomas")
    tomas.get("/carriers/leads/")
    with django_assert_num_queries(6):
        listed = page_text(tomas.get("/carriers/leads/"))
    opened = page_text(tomas.get(f"/carriers/leads/{lead.key}/"))
    empty = tomas.post(f"/carriers/leads/{lead.key}/", {"state": "released", "note": " "})
    tomas.post(f"/carriers/leads/{lead.key}/", {"state": "released", "note": "Toys indeed."})
    told = speedx.get("/carrier/parcels/SX000000").json()
    again = speedx.post("/carrier/check", {"parcels": [parcels([], 1)[0]]}).json()["answers"][0]

    assert "plastic craft" in listed
    assert "Nobody Nowhere" not in listed
    assert "Nobody Nowhere" in opened
    assert empty.status_code == 422
    assert told["answer"] == again["answer"] == "released"
    assert Event.objects.filter(kind="read", subject=lead.subject).exists()
    assert Job.objects.get(name="carriers.forget_names").run_after == Lead.objects.get().decided_at + services.KEPT
    services.forget_names(lead=lead.key, at=at)
    assert Lead.objects.get().sender == ""
    for name in ("kim", "ana", "amina"):
        assert desk(name).get(f"/carriers/leads/{lead.key}/").status_code == NOT_ALLOWED
    assert desk("ines").post(f"/carriers/leads/{lead.key}/", {"state": "taken", "note": "x"}).status_code == 422


def test_a_parcel_is_handed_over_in_one_message_and_a_receipt_comes_back(cast: Any, desk: Any, at: datetime) -> None:
    kim, nadia, speedx = desk("kim"), desk("nadia"), carrier(cast, at)
    wrong = kim.post("/carriers/handovers/new/", {"parcel": "P7", "place": "", "reason": "smells"})
    no_picture = kim.post("/carriers/handovers/new/", {"parcel": "P7", "place": "Hub", "reason": "smells",
                                                       "picture": SimpleUploadedFile("a.png", b"GIF89a")})
    kim.post("/carriers/handovers/new/", {"parcel": "P7", "air_waybill": "176-10000004", "place": "Hub 4",
                                          "reason": "smells", "picture": SimpleUploadedFile("a.png", PICTURE)})
    said = {"parcel": "P7", "place": "Hub 4", "reason": "smells"}
    waiting = speedx.post("/carrier/handovers", said).json()
    made = Handover.objects.get()
    picture = nadia.get(f"/carriers/receipts/{made.key}/picture/")
    nadia.post(f"/carriers/receipts/{made.key}/")
    nadia.post(f"/carriers/receipts/{made.key}/")

    assert wrong.status_code == no_picture.status_code == 422
    assert waiting["receipt"] is None
    assert b"".join(picture.streaming_content) == PICTURE
    assert picture["Content-Disposition"].startswith("attachment")
    receipt = Handover.objects.get().receipt
    assert receipt.startswith("QM-R-")
    assert speedx.post("/carrier/handovers", said).json()["receipt"] == receipt
    assert receipt in page_text(kim.get("/carriers/handovers/"))
    assert [each.kind for each in Event.objects.filter(subject=made.subject).exclude(kind="read")] == [
        "parcel-handed-over", "parcel-received"]
    assert desk("kim").post(f"/carriers/receipts/{made.key}/").status_code == NOT_ALLOWED
    assert speedx.post("/carrier/handovers", said | {"parcel": "P8", "picture": "!"}).json()["code"] == "not-a-picture"
    assert jobs.run_pending(0) == 0


def test_another_carrier_sees_nothing_of_this_one(cast: Any, desk: Any, at: datetime) -> None:
    from dataclasses import replace

    from wildgate.apps.carriers import selectors
    upload(desk("kim"), TABLE.encode())
    other = replace(cast["kim"], organisations=frozenset({99}))

    assert not selectors.lists(other).exists()
    assert selectors.one_list(other, pk=ShipmentList.objects.get().pk) is None
    assert selectors.parcel(other, "P2") is None
    assert selectors.days(other, until=datetime.now().date()) == []


def test_what_was_not_read_of_a_table_is_named_to_whoever_sent_it(desk: Any, cast: Any, at: datetime) -> None:
    table = b"parcel,permit,weight,permits\r\nP1,26QM1,3,\r\n"
    page = page_text(upload(desk("kim"), table))
    program = carrier(cast, at)
    checked = program.post("/carrier/check", table, "text/csv").json()
    listed = program.post("/carrier/lists", {"list": "n", "parcels": [{"parcel": "P2", "pemits": ["X"]}]}).json()
    clean = program.post("/carrier/check", {"parcels": [{"parcel": "P3"}]}).json()

    assert "permit is no field of a parcel: nothing of it was read. Is permits meant?" in page
    assert "weight is no field of a parcel: nothing of it was read. Is mass meant?" in page
    assert [(each["code"], each["field"]) for each in checked["warnings"]] == [
        ("unknown-column", "permit"), ("unknown-column", "weight")]
    assert checked["answers"][0]["answer"] == "no-permit-needed"
    assert listed["warnings"] == program.get("/carrier/lists/n").json()["warnings"]
    assert "pemits" in listed["warnings"][0]["reason"]
    assert "warnings" not in clean


def test_a_line_with_cells_beyond_the_head_is_not_guessed_at(cast: Any, at: datetime) -> None:
    program = carrier(cast, at)
    said = program.post("/carrier/check", b"parcel,description\r\nP1,boots,X-1\r\nP2,boots,\r\n", "text/csv").json()
    twice = program.post("/carrier/check", b"parcel,permits,permits\r\nP1,A,B\r\n", "text/csv").json()

    assert [each["answer"] for each in said["answers"]] == ["unreadable", "no-permit-needed"]
    assert said["answers"][0]["fault"]["reason"] == "Line 2 has more cells than the head."
    assert twice["code"] == "column-twice"


def test_a_parcel_with_a_sign_that_turns_its_text_is_not_read(cast: Any, at: datetime) -> None:
    rows = [{"parcel": "P\u202e1", "description": "boots"}, {"parcel": "P2", "sender": "A\u200bB"}]
    said = carrier(cast, at).post("/carrier/check", {"parcels": rows}).json()["answers"]

    assert [each["parcel"] for each in said] == ["P1", "P2"]
    assert {each["fault"]["code"] for each in said} == {"hidden-signs"}
