"""An express carrier posts a night's airway bills: an answer for each, no names, leads to customs, one pass of SQL."""

from __future__ import annotations

import json
from collections import Counter
from datetime import datetime
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.apps.carriers.night import parcels, permits
from tests.apps.gateway.doors import Caller, carrier
from tests.apps.permits.test_replacing import gone

from wildgate.apps.carriers import selectors
from wildgate.apps.carriers.models import DayCount, Lead, ShipmentList
from wildgate.apps.gateway import services as programs
from wildgate.kit.models import Event

QUERIES = 50


def send(caller: Caller, rows: list[dict[str, Any]], name: str = "night-1") -> Any:
    return caller.post("/carrier/lists", {"list": name, "parcels": rows})


def test_three_thousand_airway_bills_with_214_numbers(cast: Any, at: datetime) -> None:
    expected = permits(cast, at, 213)
    speedx = carrier(cast, at)
    rows = parcels([*expected], 3000)
    send(speedx, parcels([], 3)[1:], "warm")
    with CaptureQueriesContext(connection) as queries:
        answer = send(speedx, rows)

    body = answer.json()
    got = {each["parcel"]: each["answer"] for each in body["answers"]}
    assert answer.status_code == 200, body
    assert [got[f"SX{place:06d}"] for place in range(213)] == list(expected.values())
    assert got["SX000213"] == "hold"
    assert Counter(body["counts"]) == Counter(got.values())
    assert set(got.values()) == {"valid", "used-up", "cancelled", "suspended", "hold", "no-permit-needed"}
    assert len(queries) <= QUERIES
    assert "Sender" not in answer.content.decode()
    assert "Receiver" not in answer.content.decode()
    assert "Lacuna" not in answer.content.decode()


def test_the_number_of_queries_does_not_grow_with_the_list(cast: Any, at: datetime) -> None:
    expected, speedx = [*permits(cast, at, 40)], carrier(cast, at)
    counts = []
    for name, numbers, rows in (("warm", expected[:1], 5), ("a", expected[:1], 5), ("b", expected[:40:5], 400)):
        with CaptureQueriesContext(connection) as queries:
            fresh = [row | {"parcel": f"{name}{row['parcel']}"} for row in parcels(numbers, rows)]
            assert send(speedx, fresh, name).status_code == 200
        counts.append(len(queries))

    assert counts[1] == counts[2]


def test_nothing_ships_on_a_permit_of_goods_that_left_before_its_issue(cast: Any, at: datetime) -> None:
    permit = gone(cast, at)
    row = parcels([permit.number], 2)[0]

    answer = carrier(cast, at).post("/carrier/check", {"parcels": [row]}).json()["answers"][0]

    assert answer["permits"] == [{"number": permit.number, "answer": "used-up"}]


def test_a_lead_goes_to_customs_and_the_carrier_is_told_only_hold(cast: Any, at: datetime) -> None:
    speedx = carrier(cast, at)
    row = parcels([], 2)[0]
    answer = speedx.post("/carrier/check", {"parcels": [row]}).json()["answers"]
    again = speedx.post("/carrier/check", {"parcels": [row | {"permits": []}]}).json()["answers"]

    assert answer == again == [{"parcel": "SX000000", "answer": "hold",
                                "say": "Hold the parcel. Customs will say what to do."}]
    lead = Lead.objects.get()
    assert (lead.reasons, lead.sender, lead.departure) == (["number-unknown", "says-little", "hides"],
                                                           "Nobody Nowhere", "VN")
    event = Event.objects.get(kind="parcel-held")
    assert event.subject == f"parcel:{lead.key}"
    assert "Nobody" not in event.data
    assert not selectors.leads(cast["kim"]).exists()
    assert [each.pk for each in selectors.leads(cast["tomas"])] == [lead.pk]
    assert "Nobody" not in json.dumps([answer, speedx.get("/carrier/parcels/SX000000").json()])


def test_the_same_list_again_is_the_same_list(cast: Any, at: datetime) -> None:
    speedx, rows = carrier(cast, at), parcels([], 20)
    first, second = send(speedx, rows).json(), send(speedx, rows).json()
    other = send(speedx, rows[:-1])

    assert first == second == speedx.get("/carrier/lists/night-1").json()
    assert (other.status_code, other.json()["code"]) == (409, "message-id-used")
    assert ShipmentList.objects.count() == Lead.objects.count() == 1
    assert sum(each.parcels for each in DayCount.objects.all()) == 20
    assert Event.objects.filter(kind="parcel-held").count() == 1


def test_a_revoked_key_stops_at_once_and_limits_hold(cast: Any, at: datetime) -> None:
    speedx, row = carrier(cast, at), parcels([], 2)[1]
    assert speedx.post("/carrier/check", {"parcels": [row]}).status_code == 200
    programs.change_limits(actor=cast["sam"], program=speedx.program.pk, daily_quota=2, per_minute=600, at=at)
    assert speedx.post("/carrier/check", {"parcels": [row]}).status_code == 200
    assert speedx.post("/carrier/check", {"parcels": [row]}).json()["code"] == "quota-of-calls"
    other = carrier(cast, at, "Second sorter")
    prefix = other.program.keys.get().prefix
    programs.revoke_key(actor=cast["sam"], program=other.program.pk, prefix=prefix, at=at)

    refused = other.post("/carrier/check", {"parcels": [row]})
    assert (refused.status_code, refused.json()["code"]) == (401, "key-revoked")


def test_both_sides_see_the_same_log(cast: Any, at: datetime, desk: Any) -> None:
    speedx = carrier(cast, at)
    send(speedx, parcels([], 20))
    told = speedx.get("/carrier/log").json()["days"]
    until = datetime.fromisoformat(told[0]["day"]).date()

    assert told[0]["answers"] == {"hold": 1, "no-permit-needed": 19}
    for name in ("kim", "tomas", "nadia", "ana"):
        assert [(each.parcels, each.answers) for each in selectors.days(cast[name], until=until)] == [
            (20, {"hold": 1, "no-permit-needed": 19})]
    for name in ("mario", "jean", "amina"):
        assert selectors.days(cast[name], until=until) == []


def test_a_permit_for_skins_of_crocodiles_does_not_fit_orchids_however_they_are_named(cast: Any, at: datetime) -> None:
    number, speedx = next(iter(permits(cast, at, 1))), carrier(cast, at)
    words = ("orchids", "orchid plants", "crocodiles", "crocodile skin", "hides")
    rows = [{"parcel": f"SX-{word}", "description": word, "permits": [number]} for word in words]

    said = speedx.post("/carrier/check", {"parcels": rows}).json()["answers"]

    assert [each["answer"] for each in said] == ["does-not-fit", "does-not-fit", "valid", "valid", "valid"]


def test_a_customs_code_that_is_none_is_a_fault_and_no_word_that_nothing_is_needed(cast: Any, at: datetime) -> None:
    speedx = carrier(cast, at)
    rows = [{"parcel": code, "hs": code} for code in ("12", "42O231", "610910", "6109.10", "6109.10.00.10")]

    said = speedx.post("/carrier/check", {"parcels": rows}).json()["answers"]

    assert [each["answer"] for each in said] == ["unreadable", "unreadable", *["no-permit-needed"] * 3]
    assert said[0]["fault"]["code"] == "hs-length"
