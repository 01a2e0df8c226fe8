"""Declarations by programs of customs and single windows: lodge one or many, amend, withdraw, read."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from ninja import Router

from wildgate.apps.accounts.models import Role
from wildgate.apps.declarations import selectors, services
from wildgate.apps.declarations.examples import BATCH, CSV, ONE, XML
from wildgate.apps.declarations.findings import told
from wildgate.apps.declarations.reading.fields import (
    HEAD_FIELDS,
    ITEM_FIELDS,
    MOST_ITEMS,
    MOST_PERMITS,
    PARTY_FIELDS,
    PERMIT_FIELDS,
    Field,
    number,
)
from wildgate.apps.declarations.services import Incoming, Taken
from wildgate.apps.declarations.services.lodging import answer_json
from wildgate.apps.declarations.services.withdrawing import withdraw as take_back
from wildgate.apps.gateway.door import Key
from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit import api

router = Router(tags=["declarations"])
KINDS: Final = {"application/json": "json", "text/csv": "csv", "application/xml": "xml", "text/xml": "xml"}
UNKNOWN: Final = refuse("unsupported-media-type", "Send application/json, text/csv or application/xml.")
NONE: Final = refuse("no-such-declaration", "There is no such declaration.", field="reference")


def _keep(request: HttpRequest, refusal: Refusal) -> None:
    """Too large to be read: a line of the file tells that it was there."""
    given = request.headers.get("Content-Length", "")
    services.keep_refused(actor=request.actor, program=request.program,  # type: ignore[attr-defined]
                          size=int(given) if given.isdecimal() else 0, refusal=refusal,
                          at=request.at)  # type: ignore[attr-defined]


ONE_KEY: Final = Key(Role.CUSTOMS_SYSTEM, most=api.ONE, too_large=_keep)
BATCH_KEY: Final = Key(Role.CUSTOMS_SYSTEM, most=api.BATCH, too_large=_keep)
READ_KEY: Final = Key(Role.CUSTOMS_SYSTEM)


WORDS: Final = {"type": ["string", "number", "null"]}
NEEDED: Final = {"type": ["string", "number"], "minLength": 1}
FIGURE: Final = {**WORDS, "minimum": 0}
TIME: Final = {"type": ["string", "null"]}
LIST: Final = {"type": ["array", "string", "null"], "items": {"type": ["string", "number"]}}
SHAPES: Final[dict[str, Any]] = {
    **{each.name: FIGURE for each in ITEM_FIELDS if each.check is number},
    "claims": LIST, "marks": LIST, "route": LIST, "declared_at": TIME, "moves_at": TIME, "issued_on": TIME,
    "express": {"type": ["boolean", "string", "integer", "null"]},
    "reference": {**NEEDED, "maxLength": 70, "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]*$"},
    "hs": {**NEEDED, "pattern": "^[0-9]{6}([0-9]{2}){0,2}$"},
    "direction": {"enum": ["export", "re-export", "import", "transit"]},
    "message_id": {**WORDS, "maxLength": 64}}
"""What may stand in a field, as far as a schema can say it; the lists of codes are ours to look up. `number` of a
permit is text, `number` of an item a number."""


def _fields(fields: tuple[Field, ...], **more: Any) -> dict[str, Any]:
    """Nothing but these names is taken."""
    return {"type": "object", "additionalProperties": False, "required": [each.name for each in fields if each.needed],
            "properties": {**{each.name: {**_shape(each), "description": each.meaning} for each in fields}, **more}}


def _shape(field: Field) -> dict[str, Any]:
    return dict(NEEDED if field.needed and field.check is not number and field.name == "number"
                else SHAPES.get(field.name, WORDS))


_PARTY: Final = _fields(PARTY_FIELDS)
_PERMIT: Final = {"anyOf": [_fields(PERMIT_FIELDS), {"type": "string", "minLength": 1}]}
_ITEM: Final = _fields(ITEM_FIELDS, permits={
    "type": ["array", "null"], "maxItems": MOST_PERMITS, "items": _PERMIT,
    "description": "Permits: our own and the foreign one"})
_WHO: Final = {**_PARTY, "type": ["object", "null"]}
_DECLARATION: Final = _fields(
    HEAD_FIELDS, exporter={**_WHO, "description": "Who sends"}, importer={**_WHO, "description": "Who receives"},
    declarant={**_WHO, "description": "Who declares"},
    items={"type": "array", "description": "The items, at least one", "items": _ITEM, "minItems": 1,
           "maxItems": MOST_ITEMS})
_DECLARATION["required"].append("items")
_BATCH: Final = {"type": "object", "required": ["declarations"], "additionalProperties": False, "properties": {
    "message_id": {**SHAPES["message_id"], "description": "Your number of this message"},
    "declarations": {"type": "array", "minItems": 1, "maxItems": 500, "items": {
        "type": "object", "description": "A declaration as for a single one; each is answered by itself"},
                     "description": "Up to 500 declarations, as for a single one"}}}
_NUMBER: Final = {"name": "Message-Id", "in": "header", "required": False, "schema": {"type": "string"},
                  "description": "Your number of this message: 1 to 64 printed ASCII signs without spaces. A web "
                                 "server drops a header with other signs, and the message then has no number"}
_FINDING: Final = api.thing({"item": api.WHOLE, "field": api.TEXT, "permit": api.TEXT}, code=api.TEXT,
                            severity=api.TEXT, reason=api.TEXT)
_WITHDRAWN: Final = api.thing(reference=api.TEXT, version=api.WHOLE, state=api.TEXT)
_ANSWER: Final = api.thing(reference=api.TEXT, version=api.WHOLE, state=api.TEXT, answer=api.TEXT,
                           codes=api.rows(api.TEXT), lane=api.TEXT, findings=api.rows(_FINDING))
_ANSWERS: Final = api.thing(message_id=api.TEXT, declarations=api.rows({"anyOf": [
    _ANSWER, _WITHDRAWN, {"$ref": "#/components/schemas/Problem"}]}))
_STANDS: Final = api.thing(**_ANSWER["properties"], moves_at={"type": ["string", "null"], "format": "date-time"},
                           notice_late_by={"type": ["integer", "null"]}, declared=api.ANY)


def _body(schema: dict[str, Any], example: Any, answer: dict[str, Any], *statuses: int) -> dict[str, Any]:
    """201 new, 200 done; a message that was answered at another address before is answered as it was there."""
    responses: dict[int, Any] = {}
    for status in statuses:
        responses |= api.says(answer, status=status, refusals=(404, 409, 415))["responses"]
        responses[status]["headers"] = {"Repeated": {
            "description": "true: answered before, nothing was done again", "schema": {"const": "true"}}}
    return {"responses": responses, "parameters": [_NUMBER], "requestBody": {"required": True, "content": {
        "application/json": {"schema": schema, "example": example},
        "text/csv": {"schema": {"type": "string"}, "example": CSV},
        "application/xml": {"schema": {"type": "string"}, "example": XML}}}}


def _take(request: HttpRequest, **how: Any) -> HttpResponse:
    kind = KINDS.get((request.content_type or "").lower())
    if kind is None:
        return api.problem(UNKNOWN)
    incoming = Incoming(kind, request.body, request.program,  # type: ignore[attr-defined]
                        request.headers.get("Message-Id", "").strip(), **how)
    taken = services.take(actor=request.actor, incoming=incoming, at=request.at)  # type: ignore[attr-defined]
    if isinstance(taken, Refusal):
        return api.problem(taken)
    request.things = len(taken.body.get("declarations", "1"))  # type: ignore[attr-defined]
    return _answered(taken)


def _answered(taken: Taken) -> HttpResponse:
    answer = api.answered(taken.told, status=taken.status)
    if taken.refused:
        answer["Content-Type"] = api.PROBLEM
    if taken.repeated:
        answer["Repeated"] = "true"
    return answer


@router.post("", auth=ONE_KEY, operation_id="lodge", openapi_extra=_body(_DECLARATION, ONE, _ANSWER, 201, 200))
def lodge(request: HttpRequest) -> HttpResponse:
    """Lodge one declaration. Answer 201: allow, check or hold, with codes and one sentence each. Sent twice with the
    same number and content it is answered once; the same number with another content is refused (message-id-used)."""
    return _take(request, function="original")


@router.post("/batch", auth=BATCH_KEY, operation_id="lodge_batch", openapi_extra=_body(_BATCH, BATCH, _ANSWERS, 200))
def lodge_batch(request: HttpRequest) -> HttpResponse:
    """Lodge up to 500 declarations, at most 10 MB. Each is answered by itself; one at fault does not hold the others.
    A CSV file has a line for each item; an XML message may say by FunctionCode that it amends (4, 5) or withdraws
    (1)."""
    return _take(request, single=False)


@router.get("/{reference}", auth=READ_KEY, operation_id="declaration", openapi_extra=api.says(_STANDS))
def declaration(request: HttpRequest, reference: str) -> HttpResponse:
    """A declaration as it stands: its newest version, its answer, its findings."""
    row = selectors.declaration(request.actor, reference)  # type: ignore[attr-defined]
    if row is None:
        return api.problem(NONE)
    version = selectors.newest(row)
    found = [told(each) for each in version.findings]
    return api.answered({**answer_json(row, found), "moves_at": row.moves_at, "notice_late_by": row.late_by,
                         "declared": version.form})


@router.put("/{reference}", auth=ONE_KEY, operation_id="amend",
            openapi_extra=_body(_DECLARATION, ONE, _ANSWER, 200, 201))
def amend(request: HttpRequest, reference: str) -> HttpResponse:
    """Amend: the whole declaration again, as it is to stand from now on. It becomes a new version with a new answer;
    what was set aside on permits follows it."""
    return _take(request, function="amendment", reference=reference)


@router.post("/{reference}/withdraw", auth=READ_KEY, operation_id="withdraw",
             openapi_extra=api.says(_WITHDRAWN))
def withdraw(request: HttpRequest, reference: str) -> HttpResponse:
    """Withdraw a declaration whose goods were not released: what it had set aside on permits is free again."""
    return api.answered(take_back(actor=request.actor, reference=reference,  # type: ignore[attr-defined]
                                  at=request.at))  # type: ignore[attr-defined]
