"""The machine interface against what no program should send: each is answered with a problem, none with a fault of
ours, and the description tells of every status."""

from __future__ import annotations

import json

import pytest
from tests.apps.gateway.doors import carrier, customs_system

from wildgate.apps.declarations.examples import ONE, XML
from wildgate.apps.exchange.receiving import Pushed, read
from wildgate.convention.lifecycle import PermitState
from wildgate.kit import api as kit
from wildgate.site import api

HALF, NULL = "\\ud800", "\\u0000"
EDGE = "0001-01-01T00:00:00+23:59"
"""A time with no counterpart in UTC."""
SEARCH, OUTAGE, CHECK = "/permits/list", "/permits/outage", "/permits/check"


def test_half_a_sign_and_a_null_are_refused_before_anything_keeps_them(cast, at):
    program = customs_system(cast, at)
    for sign in (HALF, NULL):
        for path, body in (
                (CHECK, '{"number": "%s"}'), ("/declarations", '{"reference": "R1", "%s": 1}'),
                ("/declarations/batch", '{"declarations": [{"reference": "%s"}]}'),
                ("/permits/record", '{"reference": "R", "number": "N", "data": {"%s": "x"}}')):
            answer = program.post(path, body % sign)

            assert (answer.status_code, answer.json()["code"]) == (422, "hidden-signs"), (path, sign)


def test_carriers_are_refused_half_a_sign_too(cast, at):
    program = carrier(cast, at)
    for path, body in (("/carrier/check", '{"parcels": [{"parcel": "P", "permits": ["\\ud800"]}]}'),
                       ("/carrier/lists", '{"list": "\\ud800", "parcels": []}'),
                       ("/carrier/handovers", '{"parcel": "P", "place": "\\ud800"}')):
        assert program.post(path, body).json()["code"] == "hidden-signs", path


def test_whole_pairs_of_escapes_and_other_escapes_are_text():
    assert kit.read_json(b'{"a": "\\ud83d\\udc0a \\u00e9 \\\\u0000"}') == {"a": "\N{CROCODILE} \u00e9 \\u0000"}


@pytest.mark.parametrize("path", ["/declarations/%00", "/permits/%00/lpco", "/notices?after=%00"])
def test_an_address_with_a_null_reaches_no_table(cast, at, path):
    program = customs_system(cast, at)

    answer = program.client.get(f"/api/v1{path}", headers={"authorization": f"Bearer {program.key}"})

    assert (answer.status_code, answer.json()["code"]) == (422, "hidden-signs")


def test_nothing_is_read_as_what_it_is_not(cast, at):
    program = customs_system(cast, at)
    for path, body, field in (
            (SEARCH, {"since": EDGE}, "since"), (SEARCH, {"since": 0}, "since"), (SEARCH, {"valid_on": 0}, "valid_on"),
            (SEARCH, {"page": True}, "page"), (CHECK, {"number": "N", "issued_on": 86400}, "issued_on"),
            (CHECK, {"number": "N", "item": "1"}, "item"),
            (OUTAGE, {"planned": "yes", "begins_at": "2027-03-03T10:00:00Z"}, "planned"),
            ("/notices/acknowledge", {"until": False}, "until")):
        answer = program.post(path, body)

        assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (422, "not-as-described", field)


def test_a_body_that_is_no_object_is_not_an_empty_one(cast, at):
    program = customs_system(cast, at)
    for body in ("7", "[]", "null", '"text"'):
        answer = program.post(SEARCH, body)

        assert (answer.status_code, answer.json()["code"]) == (422, "not-as-described"), body


@pytest.mark.parametrize(("body", "code"), [
    ({"parcel": "P", "picture": "\u00e9"}, "not-a-picture"), ({"parcel": "P", "picture": {}}, "not-as-described"),
    ({"parcel": "P", "place": False}, "not-as-described")])
def test_a_handover_holds_text_and_a_picture_in_base64(cast, at, body, code):
    assert carrier(cast, at).post("/carrier/handovers", body).json()["code"] == code


@pytest.mark.parametrize("number", [{"a": 1}, [1], True])
def test_the_number_of_a_list_is_text_or_a_number(cast, at, number):
    answer = carrier(cast, at).post("/carrier/lists", {"list": number, "parcels": [{"parcel": "P"}]})

    assert (answer.status_code, answer.json()["field"]) == (422, "list")


@pytest.mark.django_db
def test_a_wrong_method_and_a_wrong_address_are_problems_not_pages(client):
    method, address = client.delete("/api/v1/program"), client.get("/api/v1/nowhere/at/all")

    assert (method.status_code, method["Allow"], method.json()["code"]) == (405, "GET", "no-such-method")
    assert (address.status_code, address.json()["code"]) == (404, "no-such-thing")
    assert {method["Content-Type"], address["Content-Type"]} == {kit.PROBLEM}


def test_the_description_tells_every_answer_and_its_form():
    found = api.document()

    for path, methods in found["paths"].items():
        for method, said in methods.items():
            answers = said["responses"]
            done = [status for status in answers if status.startswith("2")]
            assert done and all("schema" in answers[each]["content"]["application/json"] for each in done), path
            assert {"500", "503"} <= set(answers), f"{method} {path}"
            assert {"401", "403"} <= set(answers) or path == "/api/v1/verify", f"{method} {path}"
            assert all("Retry-After" in answers[each]["headers"] for each in ("429", "503") if each in answers), path
            assert {"400", "413", "422"} <= set(answers) or "requestBody" not in said, f"{method} {path}"
            assert "404" in answers or "{" not in path, f"{method} {path}"
    assert json.loads(kit.written(found))["components"]["schemas"]["Problem"]["required"]


def test_a_program_and_its_description_agree_on_a_refusal(cast, at):
    answer = customs_system(cast, at).post(CHECK, {"number": "26QM999999E"})

    assert str(answer.status_code) in api.document()["paths"]["/api/v1/permits/check"]["post"]["responses"]
    assert set(kit.FAULT["required"]) <= set(answer.json())


EDGES = ("0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59")


@pytest.mark.parametrize("edge", EDGES)
@pytest.mark.parametrize("field", ["declared_at", "moves_at"])
def test_a_time_that_utc_does_not_have_is_no_time(cast, at, field, edge):
    answer = customs_system(cast, at).post("/declarations", {**ONE, field: edge})

    assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (422, "not-a-time", field)


@pytest.mark.parametrize("edge", EDGES)
def test_a_partners_message_with_a_time_that_utc_does_not_have_has_none(edge):
    said = read(b'{"id": "1", "kind": "status", "from": "QZ", "to": "QM", "permit": "P", "at": "%s"}' % edge.encode())

    assert isinstance(said, Pushed)
    assert said.at is None


def test_a_message_that_withdraws_is_not_lodged_as_a_declaration(cast, at):
    answer = customs_system(cast, at).post("/declarations", XML.replace("<FunctionCode>9<", "<FunctionCode>1<"),
                                           kind="application/xml")

    assert (answer.status_code, answer.json()["code"]) == (422, "other-function")


def test_a_code_as_long_as_the_description_allows_is_read_and_states_are_told_by_name(client, db):
    described = client.get("/api/v1/openapi.json").json()["components"]["schemas"]
    longest = described["Shown"]["properties"]["code"]["maxLength"]

    answers = [client.post("/api/v1/verify", {"code": "A" * length}, content_type="application/json")
               for length in (longest, longest + 1)]

    assert [each.json().get("code") == "not-as-described" for each in answers] == [False, True]
    assert answers[0].json().get("code") != "too-large"
    assert set(PermitState) == set(described["Searching"]["properties"]["state"]["enum"]) - {""}
