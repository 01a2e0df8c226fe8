"""EPIX 2016-17, reconstructed: the four SOAP operations between authorities, their calls, answers and faults.

The published WSDL was not to be had; names and order come from UNEP-WCMC's hub (2017). Written strictly, read
tolerantly: prefixes, a missing namespace, `get_final_cites_certificate` and a missing `Request` do not matter.
Quantities are decimals with a unit, which the services of 2016-17 did not have (see docs/guide/messages.md).
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_HALF_UP, Decimal, InvalidOperation

from lxml import etree

from wildgate.convention.permit import plain
from wildgate.convention.refusal import Refusal, refuse
from wildgate.message import payload as payloads
from wildgate.message.envelope import CODE, FAULTS, SERVICE, fault_code, open_body
from wildgate.message.parsing import MAX_BYTES
from wildgate.message.profile import ROOTS, SOAP
from wildgate.message.writer import NOT_XML

OPERATIONS = ("GetNonFinalCitesCertificate", "GetFinalCitesCertificate", "ConfirmQuantities", "ServiceState")
WITH_PERMIT = frozenset(OPERATIONS[:2])
FIELDS = ("CertificateNumber", "TokenId", "IsoCountryCode")
BASIS = ("EPIX 2016-17, reconstructed",)
MAX_CALL = 500_000
MAX_ANSWER = MAX_BYTES
MAX_ATTACHMENTS = 20
MAX_ATTACHMENT = 7_000_000
MAX_POSITIONS = 2_000
MAX_TEXT = 200
MAX_DIGITS = 30


@dataclass(frozen=True, slots=True)
class Position:
    """What customs counted of one block. A service of 2016-17 gives whole numbers without a unit."""

    block: str
    quantity: Decimal
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Call:
    """A question to a partner's service. `country` is the Party that is asked."""

    version: str
    operation: str
    number: str = ""
    token: str = ""
    country: str = ""
    positions: tuple[Position, ...] = ()


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file beside the permit. `content` is empty when the sender announced it and did not send it."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """`payload` is a stand-alone v1 or v2 message, to the byte as its sender wrote it where the envelope kept it.

    `state` is the word of ServiceState and of the acknowledgement of ConfirmQuantities.
    """

    version: str
    operation: str
    payload: bytes = b""
    attachments: tuple[Attachment, ...] = ()
    composite: bool = False
    state: str = ""


@dataclass(frozen=True, slots=True)
class SoapFault:
    """A partner's "no". `detail` is the code of the refusal when the partner runs this system, else its own words."""

    code: str
    string: str
    detail: str = ""


IN_PARTS = refuse(
    "mtom-not-read", "The message came in several parts (MTOM). Send its attachments inside the message, as base64.",
    basis=BASIS)


def in_parts(content_type: str) -> bool:
    """Whether a message is in parts, as attachments by MTOM and XOP are: such ones are not read."""
    return content_type.strip().casefold().startswith("multipart/")


def action(operation: str) -> str:
    """The SOAPAction of an operation."""
    return f"urn:{operation}"


# Calls


def read_call(data: bytes, version: str) -> Call | Refusal:
    """The question that came to the service of `version`, or why it is none."""
    body = open_body(data, MAX_CALL)
    if isinstance(body, Refusal):
        return body
    operation = _operation(payloads.local(body), "request")
    if operation is None:
        return refuse("operation-not-available", "This service has no operation %(name)s.", basis=BASIS,
                      name=payloads.local(body)[:60], suggestions=OPERATIONS)
    fields = {_folded(payloads.local(child)): (child.text or "").strip() for child in body}
    values = [fields.get(_folded(name), "") for name in FIELDS]
    for name, value in zip(FIELDS, values, strict=True):
        if len(value) > MAX_TEXT:
            return invalid(f"{name} is longer than {MAX_TEXT} characters")
    if operation != "ServiceState" and not values[0]:
        return invalid("CertificateNumber is missing")
    positions = _positions(body)
    if isinstance(positions, Refusal):
        return positions
    if operation == "ConfirmQuantities" and not positions:
        return invalid("ConfirmedQuantities holds no CitesPosition")
    return Call(version, operation, values[0], values[1], values[2].upper(), positions)


def write_call(call: Call) -> bytes:
    """The question as a partner's service of `call.version` reads it."""
    fields = [] if call.operation == "ServiceState" and not call.country else [
        (name, value) for name, value in zip(FIELDS, (call.number, call.token, call.country), strict=True)
        if call.operation != "ServiceState" or name == "IsoCountryCode"]
    inside = "".join(f"<{name}>{_text(value)}</{name}>" for name, value in fields)
    if call.operation == "ConfirmQuantities":
        inside += f"<ConfirmedQuantities>{''.join(map(_position, call.positions))}</ConfirmedQuantities>"
    return _envelope(call.version, f"{call.operation}Request", inside)


def invalid(what: str) -> Refusal:
    return refuse("invalid-request", "The request cannot be used: %(what)s.", basis=BASIS, what=what)


def rounded(position: Position, permitted: Decimal) -> Refusal | None:
    """A whole number where the permit has a fraction, next to it on either side: rounded on the way, so nobody's count.

    An integer for whole goods, or one that is truly another quantity, is taken as it is.
    """
    if permitted == permitted.to_integral_value() or position.quantity != position.quantity.to_integral_value():
        return None
    near = {permitted.to_integral_value(rounding=way) for way in (ROUND_DOWN, ROUND_CEILING, ROUND_HALF_UP)}
    if position.quantity not in near or position.unit:
        return None
    return refuse("rounded-quantity",
                  "Block %(block)s was confirmed with %(quantity)s, the permit's %(permitted)s without its fraction; "
                  "ask for the quantity as counted, with its unit.", basis=BASIS, block=position.block,
                  quantity=plain(position.quantity), permitted=plain(permitted))


def _positions(body: etree._Element) -> tuple[Position, ...] | Refusal:
    found: dict[str, Position] = {}
    for element in (each for each in body.iter() if _folded(payloads.local(each)) == "citesposition"):
        if len(found) >= MAX_POSITIONS:
            return invalid(f"it confirms more than {MAX_POSITIONS} positions")
        position = _read_position(element)
        if isinstance(position, Refusal):
            return position
        if position.block in found:
            return invalid(f"block {position.block[:20]} is confirmed twice")
        found[position.block] = position
    return tuple(found.values())


def _read_position(element: etree._Element) -> Position | Refusal:
    parts = {_folded(payloads.local(child)): child for child in element}
    block = (parts["id"].text or "").strip() if "id" in parts else ""
    if not block or len(block) > MAX_TEXT or any(map(str.isspace, block)):
        return refuse("position-id", "The ID of a CitesPosition must be a word without spaces.", basis=BASIS)
    amount = parts.get("inspectedunitquantity")
    text = (amount.text or "").strip() if amount is not None else ""
    try:
        number = Decimal(text) if len(text) <= MAX_DIGITS else None
    except InvalidOperation:
        number = None
    if number is None or not number.is_finite() or number < 0 or abs(number.adjusted()) > MAX_DIGITS:
        return invalid(f"the quantity of block {block[:20]} is not a number of at most {MAX_DIGITS} digits")
    unit = amount.get("unitCode", "").strip() if amount is not None else ""
    return Position(block, number, "" if unit == "?" else unit[:MAX_TEXT])


def _position(position: Position) -> str:
    unit = f' unitCode="{_text(position.unit)}"' if position.unit else ""
    return (f"<CitesPosition><ID>{_text(position.block)}</ID><InspectedUnitQuantity{unit}>{plain(position.quantity)}"
            "</InspectedUnitQuantity></CitesPosition>")


# Answers


def write_answer(answer: Answer) -> bytes:
    """The answer with its payload as it is, only that the root stands in no namespace (as the services of 2016-17)."""
    if answer.operation not in WITH_PERMIT:
        return _envelope(answer.version, f"{answer.operation}Response", f"<State>{_text(answer.state)}</State>")
    attachments = "".join(
        f"<Attachments><AttachmentName>{_text(each.name)}</AttachmentName><AttachmentContent>"
        f"{base64.b64encode(each.content).decode()}</AttachmentContent></Attachments>" for each in answer.attachments)
    return _envelope(answer.version, f"{answer.operation}Response", f"{payloads.inside(answer.payload)}{attachments}"
                     f"<Composite>{'true' if answer.composite else 'false'}</Composite>")


def read_answer(data: bytes, call: Call) -> Answer | SoapFault | Refusal:
    """What the partner answered to `call`: exactly one permit, and the one that was asked for."""
    body = open_body(data, MAX_ANSWER)
    if isinstance(body, Refusal):
        return body
    name = payloads.local(body)
    if name == "Fault":
        return _fault(body)
    if _operation(name, "response") != call.operation:
        return refuse("other-answer", "The partner answered %(name)s to the question %(operation)s.", basis=BASIS,
                      name=name[:60], operation=call.operation)
    if call.operation not in WITH_PERMIT:
        return Answer(call.version, call.operation, state=next(_leaves(body), ""))
    return _permit(data, body, call)


def _permit(data: bytes, body: etree._Element, call: Call) -> Answer | Refusal:
    found = payloads.only(body)
    if isinstance(found, Refusal):
        return found
    number = payloads.number(found)
    if call.number and number and number != call.number:
        return refuse("other-permit", "The partner was asked for %(asked)s and answered with %(number)s.", basis=BASIS,
                      asked=call.number, number=number[:60])
    attachments = _attachments(body)
    if isinstance(attachments, Refusal):
        return attachments
    composite = any(payloads.local(each) == "Composite" and (each.text or "").strip().lower() in {"true", "1"}
                    for each in body)
    return Answer(ROOTS[payloads.local(found)], call.operation, payloads.standalone(data, found), attachments,
                  composite)


def _attachments(body: etree._Element) -> tuple[Attachment, ...] | Refusal:
    elements = [each for each in body if payloads.local(each) == "Attachments"]
    if len(elements) > MAX_ATTACHMENTS:
        return refuse("too-many-attachments", "The answer carries more than %(limit)s attachments.",
                      limit=MAX_ATTACHMENTS)
    out = []
    for element in elements:
        parts = {payloads.local(child): "".join((child.text or "").split()) if payloads.local(child).endswith("Content")
                 else (child.text or "").strip() for child in element}
        name, text = parts.get("AttachmentName", ""), parts.get("AttachmentContent", "")
        announced = text.startswith("cid:")
        text = "" if announced or text == "?" else text
        if len(text) > MAX_ATTACHMENT * 4 // 3 + 4:
            return refuse("attachment-too-large", "An attachment has more than %(limit)s MB.",
                          limit=MAX_ATTACHMENT // 1_000_000)
        try:
            content = base64.b64decode(text, validate=True)
        except ValueError:
            return refuse("broken-attachment", "The attachment %(name)s is damaged: it is not base64.", name=name[:60])
        if name or content or announced:
            out.append(Attachment(re.split(r"[/\\]", name)[-1][:MAX_TEXT], content))
    return tuple(out)


# Faults


def write_fault(refusal: Refusal, *, client: bool = True) -> bytes:
    """A refusal as a fault: the words of the 2017 hub where it had them, the house's code and reason in the detail."""
    string = FAULTS.get(refusal.code, refusal.reason)
    basis = "".join(f"<w:Basis>{_text(each)}</w:Basis>" for each in refusal.basis)
    return (f'<?xml version="1.0" encoding="UTF-8"?>\n<soapenv:Envelope xmlns:soapenv="{SOAP}"><soapenv:Body>'
            f"<soapenv:Fault><faultcode>soapenv:{fault_code(refusal.code, client)}</faultcode>"
            f"<faultstring>{_text(string)}</faultstring>"
            f'<detail><w:Refusal xmlns:w="{CODE}"><w:Code>{_text(refusal.code)}</w:Code>'
            f"<w:Reason>{_text(refusal.reason)}</w:Reason>{basis}</w:Refusal></detail></soapenv:Fault></soapenv:Body>"
            "</soapenv:Envelope>\n").encode()


def _fault(fault: etree._Element) -> SoapFault:
    """SOAP 1.1 and 1.2 name the parts of a fault differently."""
    parts = {_folded(payloads.local(child)): child for child in fault}
    own = fault.find(f".//{{{CODE}}}Code")
    detail = own if own is not None else parts.get("detail")
    code, string = (_words(parts.get(old, parts.get(new))) for old, new in (("faultcode", "code"),
                                                                           ("faultstring", "reason")))
    return SoapFault(code.rpartition(":")[2], string, _words(detail))


def _words(element: etree._Element | None) -> str:
    if element is None:
        return ""
    text = str(etree.tostring(element, method="text", encoding="unicode", with_tail=False))
    return " ".join(text.split())[:500]


def _operation(name: str, ending: str) -> str | None:
    folded = _folded(name).removesuffix(ending)
    return next((each for each in OPERATIONS if _folded(each) == folded), None)


def _folded(name: str) -> str:
    return name.replace("_", "").replace("-", "").casefold()


def _leaves(body: etree._Element) -> Iterator[str]:
    for element in body.iter():
        if len(element) == 0 and (text := (element.text or "").strip()):
            yield text[:MAX_TEXT]


def _text(value: str) -> str:
    value = NOT_XML.sub("\ufffd", value)
    return value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def _envelope(version: str, name: str, inside: str) -> bytes:
    return (f'<?xml version="1.0" encoding="UTF-8"?>\n<soapenv:Envelope xmlns:soapenv="{SOAP}" '
            f'xmlns:{version}="{SERVICE[version]}"><soapenv:Body>\n<{version}:{name}>{inside}</{version}:{name}>\n'
            "</soapenv:Body></soapenv:Envelope>\n").encode()
