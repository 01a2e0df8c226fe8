"""Between two installations of this system: permits and messages as JSON around the signed bytes."""

from __future__ import annotations

import base64
import binascii
import json
from typing import Any
from urllib.parse import quote

from wildgate.apps.exchange.adapters.base import CODES, EVERYTHING, Acknowledged, Envelope, Got, strange
from wildgate.apps.exchange.talking import Talk
from wildgate.apps.exchange.transport import date_of
from wildgate.apps.exchange.wire import Reply
from wildgate.convention.refusal import Refusal, refuse
from wildgate.kit import api
from wildgate.message.soap import Attachment

JSON = {"Content-Type": "application/json", "Accept": "application/json"}
SAID_IN = "Wildgate-Token"
"""The header of what SOAP calls TokenId."""
FINAL_STATES = {*CODES, "received"}


class Rest:
    """`POST messages`, `GET permits/…`, `GET state`, below the partner's address (`…/api/v1/exchange`)."""

    pushes = EVERYTHING

    def send(self, talk: Talk, envelope: Envelope) -> Acknowledged | Refusal:
        reply = talk.send(envelope.kind, envelope.number, url=_below(talk, "messages"), headers=JSON,
                          body=api.written(as_json(envelope)))
        said = _read(reply)
        if isinstance(said, Refusal) or isinstance(reply, Refusal):
            return said if isinstance(said, Refusal) else strange(0)
        state = str(said.get("state", ""))
        if said.get("id") != envelope.key or state not in FINAL_STATES:
            return strange(reply.status)
        reasons = said.get("reasons")
        told = tuple(str(each)[:300] for each in reasons[:20]) if isinstance(reasons, list) else ()
        return Acknowledged(state, CODES.get(state, ""), told, date_of(reply.headers))

    def get(self, talk: Talk, number: str, *, final: bool = False) -> Got | Refusal:
        place = f"permits/{quote(number, safe='')}?country={talk.partner.code}{'&final=true' if final else ''}"
        said = _read(talk.send("GetFinalCitesCertificate" if final else "GetNonFinalCitesCertificate", number,
                               url=_below(talk, place), method="GET", headers=_with_token(talk)))
        if isinstance(said, Refusal):
            return said
        payload = decoded(said.get("message"))
        if not payload:
            return refuse("other-answer", "The partner's service answered with status %(status)s and nothing that can "
                          "be read.", status=200)
        files = said.get("attachments")
        kept = tuple(Attachment(str(each.get("name", ""))[:200], decoded(each.get("content")) or b"")
                     for each in files[:20] if isinstance(each, dict)) if isinstance(files, list) else ()
        return Got(payload, kept, str(said.get("state", ""))[:20])

    def state(self, talk: Talk) -> str | Refusal:
        said = _read(talk.send("ServiceState", "", url=_below(talk, f"state?country={talk.partner.code}"), method="GET",
                               headers=JSON))
        return said if isinstance(said, Refusal) else str(said.get("state", ""))[:40]


def _with_token(talk: Talk) -> dict[str, str]:
    return {**JSON, **({SAID_IN: talk.token} if talk.token else {})}


def as_json(envelope: Envelope) -> dict[str, Any]:
    """A message as it goes out. `at` is when it was put in line: sent again it is the same to the byte."""
    return {"id": envelope.key, "kind": envelope.kind, "from": envelope.home, "to": envelope.to,
            "issuer": envelope.issuer, "permit": envelope.number, "sequence": envelope.sequence,
            "at": envelope.at.isoformat(timespec="seconds"), "data": dict(envelope.data),
            "body": base64.b64encode(envelope.body).decode()}


def decoded(text: Any) -> bytes | None:
    """Bytes written in base64; None for anything else."""
    try:
        return base64.b64decode(text, validate=True) if isinstance(text, str) else None
    except (binascii.Error, ValueError):
        return None


def _below(talk: Talk, place: str) -> str:
    return f"{talk.near.endpoint.rstrip('/')}/{place}"


def _read(reply: Reply | Refusal) -> dict[str, Any] | Refusal:
    """The object of a good answer; the partner's own refusal otherwise."""
    if isinstance(reply, Refusal):
        return reply
    found = api.read_json(reply.body)
    if not isinstance(found, dict):
        return strange(reply.status)
    if reply.status in (200, 201):
        return found
    code, detail = str(found.get("code", "")), str(found.get("detail", ""))
    return refuse("said-no", "The partner refused: %(said)s", said=(detail or code or json.dumps(reply.status))[:300])
