"""EPIX 2016-17, reconstructed: the four SOAP operations, in the message of the first or the second toolkit.

It has no way to push a permit. Quantities go by ConfirmQuantities, as decimals with their unit; the partner fetches
what else changed, or reads our signed status list.
"""

from __future__ import annotations

from wildgate.apps.exchange.adapters.base import Acknowledged, Envelope, Got, strange
from wildgate.apps.exchange.models import Message
from wildgate.apps.exchange.talking import Talk
from wildgate.apps.exchange.transport import date_of
from wildgate.apps.exchange.wire import Reply
from wildgate.convention.refusal import Refusal, refuse
from wildgate.message import soap
from wildgate.message.envelope import SERVICE
from wildgate.message.soap import Answer, Call, SoapFault

GET, FINAL, CONFIRM, STATE = soap.OPERATIONS


class Soap:
    """A service of one version."""

    pushes = frozenset({Message.Kind.ENDORSED.value, Message.Kind.CONFIRMED.value})

    def __init__(self, version: str) -> None:
        self.version = version

    def send(self, talk: Talk, envelope: Envelope) -> Acknowledged | Refusal:
        call = Call(self.version, CONFIRM, envelope.number, talk.token, talk.partner.code, envelope.positions)
        found = self._ask(talk, call)
        if isinstance(found, Refusal):
            return found
        answer, reply = found
        at = date_of(reply.headers)
        if isinstance(answer, SoapFault):
            return Acknowledged("rejected", "8", (answer.string, *filter(None, [answer.detail])), at)
        warned = answer.state == "accepted-with-warnings"
        return Acknowledged("accepted-with-warnings", "44", (), at) if warned else Acknowledged("accepted", "1", (), at)

    def get(self, talk: Talk, number: str, *, final: bool = False) -> Got | Refusal:
        found = self._ask(talk, Call(self.version, FINAL if final else GET, number, talk.token, talk.partner.code))
        if isinstance(found, Refusal):
            return found
        answer = found[0]
        if isinstance(answer, SoapFault):
            return _said_no(answer)
        return Got(answer.payload, answer.attachments)

    def state(self, talk: Talk) -> str | Refusal:
        found = self._ask(talk, Call(self.version, STATE, country=talk.partner.code))
        if isinstance(found, Refusal):
            return found
        return _said_no(found[0]) if isinstance(found[0], SoapFault) else found[0].state or "available"

    def _ask(self, talk: Talk, call: Call) -> tuple[Answer | SoapFault, Reply] | Refusal:
        """The services of 2016-17 name their faults with status 500, so that a fault is read before the status."""
        body = soap.write_call(call)
        if space := talk.partner.service_namespace:
            body = body.replace(SERVICE[self.version].encode(), space.encode(), 1)
        headers = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": f'"{soap.action(call.operation)}"'}
        reply = talk.send(call.operation, call.number, url=talk.near.endpoint, body=body, headers=headers,
                          faults=frozenset({500}))
        if isinstance(reply, Refusal):
            return reply
        if soap.in_parts(next((text for name, text in reply.headers.items() if name.lower() == "content-type"), "")):
            return soap.IN_PARTS
        answer = soap.read_answer(reply.body, call)
        if isinstance(answer, SoapFault) and answer.code.casefold().endswith("server"):
            return refuse("partner-fault", "The partner's service failed: %(said)s", said=answer.string[:200])
        if isinstance(answer, Refusal) and reply.status != 200:
            return refuse("partner-busy", "The partner's service answered with status %(status)s.",
                          status=reply.status) if reply.status >= 500 else strange(reply.status)
        return answer if isinstance(answer, Refusal) else (answer, reply)


def _said_no(fault: SoapFault) -> Refusal:
    return refuse("soap-fault", "The file is the error answer of a partner's service: %(said)s.",
                  said=fault.string[:200])
