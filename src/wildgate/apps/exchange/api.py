"""What a partner's program calls by REST: the same rules and the same answers as by SOAP, and messages pushed to us."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from typing import Any, Final, Literal

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from ninja import Router
from ninja.params.functions import Query

from wildgate.apps.exchange import answering, outbox, receiving, routing
from wildgate.apps.exchange.adapters.rest import SAID_IN
from wildgate.apps.exchange.answering import CONFIRM, FINAL, GET, STATE
from wildgate.apps.exchange.door import Certificate, headers_of, wire_of
from wildgate.apps.exchange.receiving import Pushed
from wildgate.apps.partners.caller import certificate_of
from wildgate.apps.partners.models import Partner
from wildgate.apps.permits.selectors import permit_of, state_of
from wildgate.convention.refusal import Refusal
from wildgate.kit import api, forwarded
from wildgate.message.draft import d22a
from wildgate.message.soap import Answer, Call
from wildgate.message.xml import read_message

router = Router(tags=["exchange"])
EXAMPLE: Final = {"id": "5a1c…", "kind": "endorsed", "from": "QZ", "to": "QM", "issuer": "QZ", "permit": "26QZ07E",
                  "sequence": 2, "at": "2027-03-03T10:00:00+00:00", "body": "",
                  "data": {"state": "export-endorsed", "positions": {"A": ["1150", "NAR"]}}}
Profile = Literal["v1", "v2", "d22a-draft"]
COUNTED: Final = {"positions": {"A": ["1148", "NAR"]}}


SHORT: Final = {"type": "string", "minLength": 1, "maxLength": 80}
PUSHED: Final = api.thing({"issuer": {"type": "string", "maxLength": 80}, "at": {"type": "string", "maxLength": 80},
                           "sequence": {"type": "integer", "minimum": 0, "maximum": 2**31 - 1},
                           "body": {"type": "string", "description": "The signed message in base64"},
                           "data": {"type": ["object", "null"]}},
                          id=SHORT, kind=SHORT, to=SHORT, permit=SHORT, **{"from": SHORT})
BLOCKS: Final = api.thing(positions={
    "type": "object", "minProperties": 1, "maxProperties": receiving.MOST_POSITIONS, "additionalProperties": {
        "type": "array", "items": api.TEXT, "minItems": 2, "maxItems": 2, "description": "Quantity and unit"}})
STANDS: Final = api.thing(state=api.TEXT)
PERMIT: Final = api.thing(number={"type": ["string", "null"]}, state=api.TEXT, message=api.TEXT, permit=api.ANY,
                          attachments=api.rows(api.thing(name=api.TEXT, content=api.TEXT)))
JUDGED: Final = api.thing(id=api.TEXT, state=api.TEXT, code=api.TEXT, reasons=api.rows(api.TEXT))
OTHERS: Final = (404, 409, 410)
"""Refusals that a hub may bring back from the Party that was asked."""


def _takes(schema: dict[str, Any], example: Any, answer: dict[str, Any]) -> dict[str, Any]:
    return {**api.says(answer, refusals=OTHERS), "requestBody": {"required": True, "content": {
        "application/json": {"schema": schema, "example": example}}}}


@router.get("/state", auth=Certificate(), operation_id="exchange_state",
            openapi_extra=api.says(STANDS, refusals=OTHERS))
def exchange_state(request: HttpRequest, country: str = Query("", max_length=2)) -> HttpResponse:
    """Does the service run? `available` when it does."""
    return _served(request, Call("v2", STATE, country=country.upper()))


@router.get("/permits/{number}", auth=Certificate(), operation_id="exchange_permit",
            openapi_extra=api.says(PERMIT, refusals=OTHERS, application_xml=api.TEXT))
def exchange_permit(request: HttpRequest, number: str, final: bool = False, profile: Profile = "v2",
           country: str = Query("", max_length=2)) -> HttpResponse:
    """An issued permit: its signed message in base64, byte for byte, and its facts as JSON. With `final=true` the
    message has boxes 14 and 15, and the signed one goes with it. `profile` asks for another form: `v1`, or
    `d22a-draft`, which is provisional and no published schema. `Accept: application/xml` gives the message alone. A
    number that is not ours, not issued or not agreed is answered alike: 404."""
    return _served(request, Call(profile, FINAL if final else GET, number.strip(), country=country.upper()))


@router.post("/quantities/{number}", auth=Certificate(most=api.ONE), operation_id="exchange_confirm",
             openapi_extra=_takes(BLOCKS, COUNTED, STANDS))
def exchange_confirm(request: HttpRequest, number: str) -> HttpResponse:
    """Tell what your customs counted of each block: decimals as text, each with its unit. They are kept as you wrote
    them and compared with what ours counted; a difference is on both sides' lists."""
    read = api.read_json(request.body)
    if isinstance(read, Refusal):
        return api.problem(read)
    positions = receiving.positions_of(read.get("positions") if isinstance(read, dict) else None)
    if isinstance(positions, Refusal):
        return api.problem(positions)
    return _served(request, Call("v2", CONFIRM, number.strip(), positions=positions))


@router.post("/messages", auth=Certificate(), operation_id="exchange_message",
             openapi_extra=_takes(PUSHED, EXAMPLE, JUDGED))
def exchange_message(request: HttpRequest) -> HttpResponse:
    """Push a message about a permit: issued, endorsed, cancelled, replaced, confirmed, status. The answer is `accepted`
    (1), `accepted-with-warnings` (44) or `rejected` (8) with reasons. The same message again gets the same answer."""
    read = receiving.read(request.body)
    if isinstance(read, Refusal):
        return api.problem(read)
    caller = _partner(request)
    at = request.at  # type: ignore[attr-defined]
    if read.to != settings.PARTY and routing.forward is not None:
        return routing.forward(caller, json.loads(request.body), request.body, at)
    if refused := _by_a_hub(request, caller, read):
        return api.problem(refused, status=403)
    taken = receiving.take(caller=caller, message=read, raw=request.body, at=at, headers=headers_of(request))
    return api.problem(taken, status=_status(taken)) if isinstance(taken, Refusal) else api.answered(taken.as_json())


def _by_a_hub(request: HttpRequest, caller: Partner, read: Pushed) -> Refusal | None:
    """A hub that brings another Party's message has signed these very bytes."""
    if read.sender == caller.code or not caller.is_hub:
        return None
    return forwarded.check(request.headers.get(forwarded.HEADER, ""), request.body, certificate_of(request) or b"")


def _partner(request: HttpRequest) -> Partner:
    found: Partner = request.partner  # type: ignore[attr-defined]
    return found


def _served(request: HttpRequest, call: Call) -> HttpResponse:
    partner, at = _partner(request), request.at  # type: ignore[attr-defined]
    call = replace(call, token=request.headers.get(SAID_IN, ""))
    if call.country not in ("", settings.PARTY) and routing.ask is not None:
        return _said(request, routing.ask(partner, call, at))
    outcome, _body = answering.serve(partner=partner, call=call, at=at, write=lambda told: _bytes(request, told),
                                     wire=wire_of(request, partner, "rest", request.body))
    outbox.note_seen(partner.code, at)
    return _said(request, outcome)


def _bytes(request: HttpRequest, outcome: Answer | Refusal) -> bytes:
    return bytes(_said(request, outcome).content)


def _said(request: HttpRequest, outcome: Answer | Refusal) -> HttpResponse:
    if isinstance(outcome, Refusal):
        return api.problem(outcome, status=_status(outcome))
    if not outcome.payload:
        return api.answered({"state": outcome.state})
    if "application/xml" in request.headers.get("Accept", ""):
        return HttpResponse(outcome.payload, content_type="application/xml", headers={"Cache-Control": "no-store"})
    return api.answered(as_json(outcome, request.at))  # type: ignore[attr-defined]


def as_json(answer: Answer, at: Any) -> dict[str, Any]:
    """A permit as JSON around its signed bytes."""
    read = read_message(answer.payload, d22a())
    facts = {} if isinstance(read, Refusal) else read.facts
    ours = permit_of(settings.PARTY, str(facts.get("number", "")))
    return {
        "number": facts.get("number"),
        "state": state_of(ours.status, ours.valid_until, at.date()).value if ours else answer.state,
        "message": base64.b64encode(answer.payload).decode(), "permit": facts,
        "attachments": [{"name": each.name, "content": base64.b64encode(each.content).decode()}
                        for each in answer.attachments]}


def _status(refusal: Refusal) -> int:
    """Rights and certificates are 403, what is not here 404; all else as everywhere."""
    if refusal.code.startswith(("right-", "partner-suspended", "token-", "sender-")):
        return 403
    if refusal.code in ("callee-not-found", "not-final"):
        return 404
    return api.status_of(refusal)
