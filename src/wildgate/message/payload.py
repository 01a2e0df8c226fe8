"""The permit message inside a SOAP body, and alone in a file: one message in two dresses.

In a body its root stands in no namespace, in a file in the message's (both are read in either place). The way from one
to the other and back keeps every byte, so that a signature and the house's own check of bytes hold on the far side.
"""

from __future__ import annotations

import re
from copy import deepcopy

from lxml import etree

from wildgate.convention.refusal import Refusal, refuse
from wildgate.message.parsing import decode
from wildgate.message.profile import ROOTS, RSM

DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'
FIRST_TAG = re.compile(r"<(?:([\w.-]+):)?(CITESEPermit|CBFShip)(?=[\s>])")
LAST_TAG = re.compile(r"</(?:[\w.-]+:)?(CITESEPermit|CBFShip)\s*>")


def local(element: etree._Element) -> str:
    return str(element.tag).rpartition("}")[2]


def space(element: etree._Element) -> str:
    """The namespace; nothing for an element in none."""
    return str(element.tag)[1:].rpartition("}")[0]


def only(body: etree._Element) -> etree._Element | Refusal:
    """The one payload of an answer. A second one anywhere could be the one that a signature is about."""
    found = [element for element in body.iter() if local(element) in ROOTS]
    if len(found) != 1:
        return refuse("no-permit", "The answer holds no permit message.") if not found else refuse(
            "more-than-one-permit", "The file holds more than one permit message; only one can be meant.")
    if found[0].getparent() is not body:
        return refuse("hidden-permit", "The permit message is not where an answer has it; it is not read.")
    return found[0]


def number(payload: etree._Element) -> str:
    """Box 1."""
    for head in payload:
        if local(head) == "HeaderExchangedDocument":
            return next(((each.text or "").strip() for each in head if local(each) == "ID"), "")
    return ""


def inside(message: bytes) -> str:
    """A stand-alone message as it stands in a body: without declaration, its root in no namespace."""
    text = decode(message)
    if isinstance(text, Refusal):
        raise ValueError(text.reason)
    text = text.strip()
    first, last = FIRST_TAG.match(text), [*LAST_TAG.finditer(text)][-1:]
    if first and first[1] and last and last[0].end() == len(text):
        return f"<{first[2]}{text[first.end():last[0].start()]}</{first[2]}>"
    return str(etree.tostring(_dressed(etree.fromstring(text.encode()), None), encoding="unicode"))


def standalone(data: bytes, payload: etree._Element) -> bytes:
    """The payload of the envelope `data` as a file of its own: to the letter where the envelope allows it."""
    space = RSM[ROOTS[local(payload)]]
    root = payload if etree.QName(payload).namespace else _dressed(payload, space)
    exact = _cut(data, payload, space)
    if exact is not None and _canonical(exact) == etree.tostring(root, method="c14n", exclusive=True,
                                                                 with_comments=False, with_tail=False):
        return exact
    return DECLARATION.encode() + etree.tostring(root, encoding="UTF-8", with_tail=False) + b"\n"


def _cut(data: bytes, payload: etree._Element, space: str) -> bytes | None:
    text = decode(data)
    if isinstance(text, Refusal):
        return None
    first, last = FIRST_TAG.search(text), [*LAST_TAG.finditer(text)][-1:]
    if not first or not last:
        return None
    if first[1] or etree.QName(payload).namespace:
        return (DECLARATION + text[first.start():last[0].end()] + "\n").encode()
    prefix = next((each for each, uri in payload.nsmap.items() if uri == space and each), None)
    if prefix is None:
        return None
    return (f"{DECLARATION}<{prefix}:{first[2]}{text[first.end():last[0].start()]}</{prefix}:{first[2]}>\n").encode()


def _canonical(message: bytes) -> bytes | None:
    try:
        return etree.tostring(etree.fromstring(message, etree.XMLParser(resolve_entities=False, no_network=True)),
                              method="c14n", exclusive=True, with_comments=False)
    except etree.XMLSyntaxError:
        return None


def _dressed(payload: etree._Element, space: str | None) -> etree._Element:
    """A copy whose root is in `space`; what is inside keeps its names."""
    name = local(payload)
    prefixes = {prefix: uri for prefix, uri in payload.nsmap.items() if prefix}
    if space and space not in prefixes.values():
        prefixes["rsm"] = space
    root = etree.Element(f"{{{space}}}{name}" if space else name, nsmap=prefixes)
    for key, value in payload.attrib.items():
        root.set(key, value)
    root.text = payload.text
    root.extend(deepcopy(child) for child in payload)
    return root
