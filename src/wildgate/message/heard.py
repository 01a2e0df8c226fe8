"""What a SOAP file says when it brings no permit: a question, an acknowledgement or a fault."""

from __future__ import annotations

from typing import Any

from lxml import etree

from wildgate.convention.permit import plain
from wildgate.convention.refusal import Refusal
from wildgate.message.envelope import SERVICE, open_body
from wildgate.message.payload import local
from wildgate.message.profile import ROOTS
from wildgate.message.soap import MAX_ANSWER, OPERATIONS, Call, SoapFault, read_answer, read_call

Said = dict[str, Any]


def hear(data: bytes) -> Said | Refusal | None:
    """The words of a call, an acknowledgement or a fault; None when the file is something else, or brings a permit."""
    body = open_body(data, MAX_ANSWER)
    if isinstance(body, Refusal) or next(body.iter(*(f"{{*}}{root}" for root in ROOTS)), None) is not None:
        return None
    version = next((each for each, space in SERVICE.items() if etree.QName(body).namespace == space), "v2")
    name = local(body)
    if name == "Fault":
        found = read_answer(data, Call(version, OPERATIONS[0]))
        return _fault(found) if isinstance(found, SoapFault) else None
    if name.lower().endswith("response"):
        return _answer(data, version, name)
    call = read_call(data, version)
    return call if isinstance(call, Refusal) else _call(call)


def _fault(fault: SoapFault) -> Said:
    return {"soap": "fault", "code": fault.code, "string": fault.string, "detail": fault.detail}


def _answer(data: bytes, version: str, name: str) -> Said | Refusal | None:
    operation = next((each for each in OPERATIONS if name.removesuffix("Response") == each), OPERATIONS[0])
    found = read_answer(data, Call(version, operation))
    if isinstance(found, Refusal):
        return found
    return None if isinstance(found, SoapFault) else {"soap": "answer", "version": version, "operation": operation,
                                                      "state": found.state}


def _call(call: Call) -> Said:
    """The token is a secret between two authorities: only that there is one."""
    return {"soap": "call", "version": call.version, "operation": call.operation, "number": call.number,
            "country": call.country, "token": bool(call.token),
            "positions": [{"block": each.block, "quantity": plain(each.quantity), "unit": each.unit}
                          for each in call.positions]}
