"""What a carrier's program calls: parcels checked, lists before shipment, parcels handed over, its own log."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from ninja import Router
from ninja.params.functions import Query

from wildgate.apps.accounts.models import Role
from wildgate.apps.carriers import selectors, services
from wildgate.apps.carriers.judging import HOLD, RELEASED, SENTENCES
from wildgate.apps.carriers.models import Handover, Lead, ShipmentList
from wildgate.apps.carriers.parcels import (
    EXAMPLE,
    LONGEST,
    MOST_CHECKED,
    MOST_LISTED,
    MOST_NUMBERS,
    Sheet,
    from_csv,
    from_json,
    unread,
)
from wildgate.apps.carriers.services import Message
from wildgate.apps.gateway.door import Key
from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit import api

router = Router(tags=["carrier"])
MOST_DAYS: Final = 366
TABLE: Final = "text/csv"


ROW: Final = {"description": "A parcel. One that cannot be read is answered unreadable and does not hold the others.",
              "properties": {
                  **{name: {"description": f"Text of at most {most} signs"} for name, most in LONGEST.items()},
                  "permits": {"description": f"Numbers of CITES permits, a list of at most {MOST_NUMBERS}"}}}
ANSWER: Final = api.thing({"permits": api.rows(api.thing(number=api.TEXT, answer=api.TEXT)),
                           "doubts": {"type": "array"}, "fault": api.ANY},
                          parcel=api.TEXT, answer=api.TEXT, say=api.TEXT)
WARNINGS: Final = {"warnings": {
    **api.rows(api.ANY), "description": "Names that are no field of a parcel: nothing under them was read"}}
TOLD: Final = api.thing(WARNINGS, list=api.TEXT, received=api.MOMENT, parcels=api.WHOLE, counts=api.ANY,
                        answers=api.rows(ANSWER))
WHEN: Final = {"type": ["string", "null"], "format": "date-time"}
RECEIPT: Final = api.thing(parcel=api.TEXT, handed_over=WHEN, receipt={"type": ["string", "null"]}, received=WHEN)
LOG: Final = api.thing(until=api.DAY, days=api.rows(api.thing(day=api.DAY, parcels=api.WHOLE, answers=api.ANY)),
                       **{"from": api.DAY})
OPTIONAL: Final = {"type": ["string", "null"]}
MESSAGE: Final = api.thing(dict.fromkeys(("place", "reason", "air_waybill", "picture"), OPTIONAL), parcel=api.TEXT)


def _parcels(most: int, **more: Any) -> dict[str, Any]:
    return api.thing(more, parcels=api.rows(ROW, maxItems=most))


def _takes(schema: dict[str, Any], example: Any, answer: dict[str, Any], table: str = "",
           refusals: tuple[int, ...] = ()) -> dict[str, Any]:
    """The bodies that an operation takes and what it answers, for its description."""
    content: dict[str, Any] = {"application/json": {"schema": schema, "example": example}}
    if table:
        content[TABLE] = {"schema": {"type": "string"}, "example": table}
    return {**api.says(answer, refusals=refusals), "requestBody": {"required": True, "content": content}}


CSV_EXAMPLE: Final = ("parcel,air_waybill,description,hs,value,currency,mass,from,to,permits\r\n"
                      "SX-1,125-12345675,crocodile skin wallet,420231,80,USD,0.2,QM,QZ,26QM000001\r\n")


@router.post("/check", auth=Key(Role.CARRIER, most=api.ONE), operation_id="carrier_check",
             openapi_extra=_takes(_parcels(MOST_CHECKED), {"parcels": [EXAMPLE]},
                                  api.thing(WARNINGS, answers=api.rows(ANSWER)), CSV_EXAMPLE))
def check(request: HttpRequest) -> HttpResponse:
    """Check up to 500 parcels at once. Each gets one of: valid, used-up, cancelled, suspended, expired, unknown,
    wrong-route, does-not-fit, no-permit-needed, permit-missing, statement-needed, hold, released, unreadable. Names
    and addresses are never answered."""
    sheet = _sheet(request, MOST_CHECKED)
    if isinstance(sheet, Refusal):
        return api.problem(sheet)
    request.things = len(sheet.rows)  # type: ignore[attr-defined]
    answers = services.check(actor=_actor(request), rows=sheet.rows, at=_at(request))
    return api.answered(answers if isinstance(answers, Refusal) else {
        "answers": [each.as_json() for each in answers], **_warnings(sheet.unknown)})


@router.post("/lists", auth=Key(Role.CARRIER, most=api.BATCH), operation_id="carrier_list",
             openapi_extra=_takes(_parcels(MOST_LISTED, list={"type": ["string", "number", "null"]}), {
                 "list": "SX-2027-03-03-night", "parcels": [EXAMPLE]}, TOLD, CSV_EXAMPLE, (409,)))
def take_list(request: HttpRequest, list: str = Query("", max_length=60)) -> HttpResponse:  # noqa: A002
    """Send a list of up to 5,000 parcels before shipment, as JSON, or as CSV with `?list=` for its number. The same
    list again gets the same answers."""
    sheet = _sheet(request, MOST_LISTED)
    if isinstance(sheet, Refusal):
        return api.problem(sheet)
    request.things = len(sheet.rows)  # type: ignore[attr-defined]
    number = list or str(getattr(request, "list_id", ""))
    made = services.take_list(actor=_actor(request), list_id=number, rows=sheet.rows, way=ShipmentList.Way.PROGRAM,
                              at=_at(request), unknown=sheet.unknown)
    return api.answered(made if isinstance(made, Refusal) else _told(made))


@router.get("/lists/{number}", auth=Key(Role.CARRIER), operation_id="carrier_list_again",
            openapi_extra=api.says(TOLD))
def list_again(request: HttpRequest, number: str) -> HttpResponse:
    """The answers that a list of yours got."""
    found = selectors.one_list(_actor(request), list_id=number)
    return api.answered(_told(found) if found else refuse("no-such-list", "There is no such list of yours."))


@router.get("/parcels/{number}", auth=Key(Role.CARRIER), operation_id="carrier_parcel",
            openapi_extra=api.says(api.thing(parcel=api.TEXT, answer=api.TEXT, say=api.TEXT,
                                                                      hand_over=api.YES_NO)))
def parcel(request: HttpRequest, number: str) -> HttpResponse:
    """A parcel that you were told to hold: may it go on, or is it to be handed over?"""
    found = selectors.parcel(_actor(request), number)
    if found is None:
        return api.answered(services.NO_PARCEL)
    answer = RELEASED if found.state == Lead.State.RELEASED else HOLD
    return api.answered({"parcel": found.parcel, "answer": answer, "say": SENTENCES[answer],
                         "hand_over": found.state == Lead.State.TAKEN})


@router.post("/handovers", auth=Key(Role.CARRIER, most=api.BATCH), operation_id="carrier_hand_over",
             openapi_extra=_takes(MESSAGE, {"parcel": "SX-1", "air_waybill": "125-12345675",
                                            "place": "Hub Kivu-2, lane 4", "reason": "smells of musk",
                                            "picture": "JPEG or PNG in base64"},
                                  RECEIPT, refusals=(404,)))
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


@router.get("/log", auth=Key(Role.CARRIER), operation_id="carrier_log",
            openapi_extra=api.says(LOG))
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


def _sheet(request: HttpRequest, most: int) -> Sheet | Refusal:
    """The parcels of a body, whichever way it is written."""
    if (request.content_type or "") == TABLE:
        return from_csv(request.body, most)
    read = api.read_json(request.body)
    if isinstance(read, Refusal):
        return read
    if not isinstance(read, dict):
        return refuse("not-as-described", "The message is no object with parcels.", field="parcels")
    number = read.get("list") or ""
    if not isinstance(number, str | int | Decimal) or isinstance(number, bool):
        return refuse("not-as-described", "list is the number of the list, as text.", field="list")
    request.list_id = str(number)  # type: ignore[attr-defined]
    return from_json(read.get("parcels"), most)


def _message(read: dict[str, Any]) -> Message | Refusal:
    texts = {name: "" if read.get(name) is None else read[name]
             for name in ("parcel", "place", "reason", "air_waybill", "picture")}
    for name, text in texts.items():
        if not isinstance(text, str):
            return refuse("not-as-described", "%(name)s is no text.", name=name, field=name)
    try:
        picture = base64.b64decode(texts.pop("picture"), validate=True)
    except ValueError:  # no base64, or not even ASCII
        return refuse("not-a-picture", "The picture is not written in base64.", field="picture")
    return Message(**texts, picture=picture)


def _told(found: ShipmentList) -> dict[str, Any]:
    return {"list": found.list_id, "received": found.received_at, "parcels": found.rows, "counts": found.counts,
            "answers": [_bare(each) for each in found.answers], **_warnings(found.unknown or ())}


def _warnings(unknown: Iterable[str]) -> dict[str, Any]:
    """What was not read, where there is any: nothing is passed over without a word."""
    told = [each.as_json() for each in unread(unknown)]
    return {"warnings": told} if told else {}


def _bare(answer: dict[str, Any]) -> dict[str, Any]:
    """An answer as it was given: without what words its fault for readers of pages."""
    fault = answer.get("fault")
    return answer | {"fault": {name: value for name, value in fault.items() if name not in ("template", "values")}} \
        if fault else answer


def _receipt(found: Handover) -> dict[str, Any]:
    return {"parcel": found.parcel, "handed_over": found.handed_at, "receipt": found.receipt or None,
            "received": found.received_at}
