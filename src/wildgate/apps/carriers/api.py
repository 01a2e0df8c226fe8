"""What a carrier's program calls: parcels checked, lists before shipment, parcels handed over, its own log."""

from __future__ import annotations

import base64
import binascii
from datetime import timedelta
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from ninja import Router
from ninja.params.functions import Query

from wildgate.apps.accounts.models import Role
from wildgate.apps.carriers import selectors, services
from wildgate.apps.carriers.judging import HOLD, RELEASED, SENTENCES
from wildgate.apps.carriers.models import Handover, Lead, ShipmentList
from wildgate.apps.carriers.parcels import EXAMPLE, MOST_CHECKED, MOST_LISTED, from_csv, from_json
from wildgate.apps.carriers.services import Message
from wildgate.apps.gateway.door import Key
from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit import api

router = Router(tags=["carrier"])
MOST_DAYS: Final = 366
TABLE: Final = "text/csv"


def _takes(example: Any, table: str = "") -> dict[str, Any]:
    """The bodies that an operation takes, for its description."""
    content: dict[str, Any] = {"application/json": {"schema": {"type": "object"}, "example": example}}
    if table:
        content[TABLE] = {"schema": {"type": "string"}, "example": table}
    return {"requestBody": {"required": True, "content": content}}


CSV_EXAMPLE: Final = ("parcel,air_waybill,description,hs,value,currency,mass,from,to,permits\r\n"
                      "SX-1,125-12345675,crocodile skin wallet,420231,80,USD,0.2,QM,QZ,26QM000001\r\n")


@router.post("/check", auth=Key(Role.CARRIER, most=api.ONE), operation_id="carrier_check",
             openapi_extra=_takes({"parcels": [EXAMPLE]}))
def check(request: HttpRequest) -> HttpResponse:
    """Check up to 500 parcels at once. Each gets one of: valid, used-up, cancelled, suspended, expired, unknown,
    wrong-route, does-not-fit, no-permit-needed, permit-missing, statement-needed, hold, released, unreadable. Names
    and addresses are never answered."""
    rows = _rows(request, MOST_CHECKED)
    if isinstance(rows, Refusal):
        return api.problem(rows)
    request.things = len(rows)  # type: ignore[attr-defined]
    answers = services.check(actor=_actor(request), rows=rows, at=_at(request))
    return api.answered(answers if isinstance(answers, Refusal) else {"answers": [each.as_json() for each in answers]})


@router.post("/lists", auth=Key(Role.CARRIER, most=api.BATCH), operation_id="carrier_list",
             openapi_extra=_takes({"list": "SX-2027-03-03-night", "parcels": [EXAMPLE]}, CSV_EXAMPLE))
def take_list(request: HttpRequest, list: str = Query("", max_length=60)) -> HttpResponse:  # noqa: A002
    """Send a list of up to 5,000 parcels before shipment, as JSON, or as CSV with `?list=` for its number. The same
    list again gets the same answers."""
    rows = _rows(request, MOST_LISTED)
    if isinstance(rows, Refusal):
        return api.problem(rows)
    request.things = len(rows)  # type: ignore[attr-defined]
    number = list or str(getattr(request, "list_id", ""))
    made = services.take_list(actor=_actor(request), list_id=number, rows=rows, way=ShipmentList.Way.PROGRAM,
                              at=_at(request))
    return api.answered(made if isinstance(made, Refusal) else _told(made))


@router.get("/lists/{number}", auth=Key(Role.CARRIER), operation_id="carrier_list_again")
def list_again(request: HttpRequest, number: str) -> HttpResponse:
    """The answers that a list of yours got."""
    found = selectors.one_list(_actor(request), list_id=number)
    return api.answered(_told(found) if found else refuse("no-such-list", "There is no such list of yours."))


@router.get("/parcels/{number}", auth=Key(Role.CARRIER), operation_id="carrier_parcel")
def parcel(request: HttpRequest, number: str) -> HttpResponse:
    """A parcel that you were told to hold: may it go on, or is it to be handed over?"""
    found = selectors.parcel(_actor(request), number)
    if found is None:
        return api.answered(services.NO_PARCEL)
    answer = RELEASED if found.state == Lead.State.RELEASED else HOLD
    return api.answered({"parcel": found.parcel, "answer": answer, "say": SENTENCES[answer],
                         "hand_over": found.state == Lead.State.TAKEN})


@router.post("/handovers", auth=Key(Role.CARRIER, most=api.BATCH), operation_id="carrier_hand_over",
             openapi_extra=_takes({"parcel": "SX-1", "air_waybill": "125-12345675", "place": "Hub Kivu-2, lane 4",
                                   "reason": "smells of musk", "picture": "JPEG or PNG in base64"}))
def hand_over(request: HttpRequest) -> HttpResponse:
    """Hand a parcel to customs in one message. Send it again to get the receipt once customs has the parcel."""
    read = api.read_json(request.body)
    if not isinstance(read, dict):
        return api.problem(read if isinstance(read, Refusal)
                           else refuse("not-as-described", "The message is no object."))
    message = _message(read)
    if isinstance(message, Refusal):
        return api.problem(message)
    made = services.hand_over(actor=_actor(request), message=message, at=_at(request))
    return api.answered(made if isinstance(made, Refusal) else _receipt(made))


@router.get("/log", auth=Key(Role.CARRIER), operation_id="carrier_log")
def log(request: HttpRequest, days: int = Query(31, ge=1, le=MOST_DAYS)) -> HttpResponse:
    """Your parcels by day and answer: the same figures that customs sees."""
    until = _at(request).date()
    return api.answered({"from": until - timedelta(days=days - 1), "until": until, "days": [
        {"day": each.day, "parcels": each.parcels, "answers": each.answers}
        for each in selectors.days(_actor(request), until=until, days=days)]})


def _actor(request: HttpRequest) -> Any:
    return request.actor  # type: ignore[attr-defined]


def _at(request: HttpRequest) -> Any:
    return request.at  # type: ignore[attr-defined]


def _rows(request: HttpRequest, most: int) -> Any:
    """The parcels of a body, whichever way it is written."""
    if (request.content_type or "") == TABLE:
        return from_csv(request.body, most)
    read = api.read_json(request.body)
    if isinstance(read, Refusal):
        return read
    if not isinstance(read, dict):
        return refuse("not-as-described", "The message is no object with parcels.", field="parcels")
    request.list_id = read.get("list") or ""  # type: ignore[attr-defined]
    return from_json(read.get("parcels"), most)


def _message(read: dict[str, Any]) -> Message | Refusal:
    texts = {name: read.get(name) or "" for name in ("parcel", "place", "reason", "air_waybill", "picture")}
    for name, text in texts.items():
        if not isinstance(text, str):
            return refuse("not-as-described", "%(name)s is no text.", name=name, field=name)
    try:
        picture = base64.b64decode(texts.pop("picture"), validate=True)
    except binascii.Error:
        return refuse("not-a-picture", "The picture is not written in base64.", field="picture")
    return Message(**texts, picture=picture)


def _told(found: ShipmentList) -> dict[str, Any]:
    return {"list": found.list_id, "received": found.received_at, "parcels": found.rows, "counts": found.counts,
            "answers": found.answers}


def _receipt(found: Handover) -> dict[str, Any]:
    return {"parcel": found.parcel, "handed_over": found.handed_at, "receipt": found.receipt or None,
            "received": found.received_at}
