"""A service with one operation, `get_document` (as the Czech one of 2016): it gives permits and takes nothing."""

from __future__ import annotations

from xml.sax.saxutils import escape

from wildgate.apps.exchange.adapters.base import NOTHING, Acknowledged, Envelope, Got, not_carried, strange
from wildgate.apps.exchange.talking import Talk
from wildgate.convention.refusal import Refusal
from wildgate.message.parsing import open_xml
from wildgate.message.profile import SOAP
from wildgate.message.reader import find_payload

NAMESPACE = "urn:CitesDataExchange"


class GetDocument:
    """Without token, quantities or state."""

    pushes = NOTHING

    def send(self, talk: Talk, envelope: Envelope) -> Acknowledged | Refusal:
        return not_carried("messages")

    def get(self, talk: Talk, number: str, *, final: bool = False) -> Got | Refusal:
        space = escape(talk.partner.service_namespace or NAMESPACE, {'"': "&quot;"})
        body = (f'<?xml version="1.0" encoding="UTF-8"?>\n<soapenv:Envelope xmlns:soapenv="{SOAP}" xmlns:s="{space}">'
                f"<soapenv:Body><s:get_document><ID>{escape(number)}</ID></s:get_document></soapenv:Body>"
                "</soapenv:Envelope>\n").encode()
        reply = talk.send("get_document", number, url=talk.near.endpoint, body=body, headers={
            "Content-Type": "text/xml; charset=utf-8", "SOAPAction": '"get_document"'})
        if isinstance(reply, Refusal):
            return reply
        root = open_xml(reply.body)
        payload = root if isinstance(root, Refusal) else find_payload(root)
        if isinstance(payload, Refusal):
            return payload if reply.status == 200 else strange(reply.status)
        return Got(reply.body)

    def state(self, talk: Talk) -> str | Refusal:
        return not_carried("questions about its state")
