"""Opens a SOAP envelope from outside: one body, one thing in it, nothing demanded that nobody here understands."""

from __future__ import annotations

from lxml import etree

from wildgate.convention.refusal import Refusal, refuse
from wildgate.message.parsing import open_xml
from wildgate.message.profile import SOAP

SOAP_12 = "http://www.w3.org/2003/05/soap-envelope"
SERVICE = {"v1": "urn:CitesDataExchange/v1/", "v2": "urn:CitesDataExchange/v2/"}
CODE = "urn:wildgate:refusal:1"
"""Namespace of the detail of our faults."""

FAULTS = {
    "certificate-missing": "CertificateMissing",
    "caller-not-found": "CallerNotFound",
    "callee-not-found": "CalleeNotFound",
    "adapter-not-available": "AdapterNotAvailable",
    "position-id": "XML structure is not valid. ID must be a token",
    "invalid-request": "Invalid Request",
    "not-soap": "Invalid Request",
    "partner-timeout": "This request took too long to process...",
    "operation-not-available": "OperationNotAvailableException",
}
"""The fault strings of the 2017 hub by our codes; any other refusal is said in its own sentence."""


def fault_code(code: str, client: bool) -> str:
    """Who has to change something before the call is made again (SOAP 1.1, section 4.4.1)."""
    if code == "must-understand":
        return "MustUnderstand"
    return "Client" if client else "Server"


def open_body(data: bytes, most: int) -> etree._Element | Refusal:
    """The one element inside the body."""
    if len(data) > most:
        return refuse("too-large", "The file has %(size)s MB; a permit message has at most %(limit)s MB.",
                      size=f"{len(data) / 1e6:.1f}", limit=f"{most / 1e6:g}")
    root = open_xml(data)
    if isinstance(root, Refusal):
        return root
    name = etree.QName(root)
    if name.localname != "Envelope" or name.namespace not in {SOAP, SOAP_12}:
        return refuse("not-soap", "The file is XML, but its outermost element is %(name)s; a call or an answer begins "
                                  "with a SOAP Envelope.", name=name.localname[:60])
    return _only_child(root, str(name.namespace))


def _only_child(envelope: etree._Element, space: str) -> etree._Element | Refusal:
    bodies = envelope.findall(f"{{{space}}}Body")
    if len(bodies) != 1 or len(bodies[0]) != 1:
        return refuse("not-one-body", "A SOAP message has one Body with one element in it; this one has not.")
    for header in envelope.iterfind(f"{{{space}}}Header/*"):
        if header.get(f"{{{space}}}mustUnderstand", "").strip() in {"1", "true"}:
            return refuse("must-understand", "The header %(name)s must be understood, and this service does not know "
                                             "it.", name=etree.QName(header).localname[:60])
    return bodies[0][0]
