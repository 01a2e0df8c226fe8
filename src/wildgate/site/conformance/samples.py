"""The messages that the tests send, made when they are needed: right ones, and ones that are wrong in one thing."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Final

from wildgate.message.soap import Call, Position, write_call

GET: Final = "GetNonFinalCitesCertificate"
FINAL: Final = "GetFinalCitesCertificate"
CONFIRM: Final = "ConfirmQuantities"
STATE: Final = "ServiceState"
UNKNOWN: Final = "00XX000000E"
SPACE: Final = re.compile(r' xmlns:v[12]="[^"]*"')
BILLION: Final = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 9))


def ask(version: str, number: str, operation: str = GET, country: str = "", token: str = "") -> bytes:
    return write_call(Call(version, operation, number, token, country))


def confirm(version: str, number: str, country: str, *positions: Position, token: str = "") -> bytes:
    return write_call(Call(version, CONFIRM, number, token, country,
                           positions or (Position("A", Decimal("1.5"), "KGM"),)))


def other_prefixes(call: bytes) -> bytes:
    """The same call with other prefixes, which mean nothing in XML."""
    text = call.decode().replace("soapenv:", "e:").replace("xmlns:soapenv", "xmlns:e")
    return re.sub(r"\bv([12])(?=[:=])", r"ns\1", text).encode()


def without_namespace(call: bytes) -> bytes:
    """The operation in no namespace, as some tools write it."""
    return re.sub(r"(</?)v[12]:", r"\1", SPACE.sub("", call.decode())).encode()


def in_utf16(call: bytes) -> bytes:
    return call.decode().replace("UTF-8", "UTF-16").encode("utf-16")


def cut_off(call: bytes) -> bytes:
    return call[:len(call) * 2 // 3]


def with_dtd(call: bytes, number: str) -> bytes:
    """The number stands in an entity of a DTD: who answers with the permit has read the DTD."""
    return _typed(call, f'<!ENTITY n "{number}">', number, "&n;")


def with_file(call: bytes, number: str) -> bytes:
    """The number is to be read from a file of the machine."""
    return _typed(call, '<!ENTITY n SYSTEM "file:///etc/hostname">', number, "&n;")


def with_billion(call: bytes, number: str) -> bytes:
    return _typed(call, f'<!ENTITY e0 "aaaaaaaaaa">{BILLION}', number, "&e8;")


def _typed(call: bytes, entities: str, number: str, instead: str) -> bytes:
    head, _, rest = call.decode().partition("?>\n")
    return f"{head}?>\n<!DOCTYPE e [{entities}]>\n{rest.replace(f'>{number}<', f'>{instead}<')}".encode()


def oversize(call: bytes, size: int = 20_000_000) -> bytes:
    return call + b"<!-- " + b"x" * size + b" -->"


def two_bodies(call: bytes) -> bytes:
    """Two operations in one envelope: which of them was meant?"""
    text = call.decode()
    body = text[text.index("<soapenv:Body>"):text.index("</soapenv:Envelope>")]
    return text.replace("</soapenv:Envelope>", f"{body}</soapenv:Envelope>").encode()


def unknown_operation(call: bytes) -> bytes:
    return call.replace(GET.encode(), b"DeleteCitesCertificate")


def not_soap(call: bytes) -> bytes:
    return b'<?xml version="1.0"?>\n<order><item/></order>\n'


def all_of(version: str, number: str, country: str) -> Mapping[str, bytes]:
    """Every sample message by its name, as `wildgate partner samples` writes them."""
    right = ask(version, number, country=country)
    made: dict[str, bytes] = {"get": right, "get-final": ask(version, number, FINAL, country),
                              "service-state": ask(version, "", STATE, country),
                              "get-unknown": ask(version, UNKNOWN, country=country),
                              "get-other-country": ask(version, number, country="XX")}
    changes: Mapping[str, Callable[[bytes], bytes]] = {
        "other-prefixes": other_prefixes, "without-namespace": without_namespace, "utf-16": in_utf16,
        "cut-off": cut_off, "two-bodies": two_bodies, "unknown-operation": unknown_operation, "not-soap": not_soap}
    made.update((name, change(right)) for name, change in changes.items())
    made["dtd"], made["dtd-file"] = with_dtd(right, number), with_file(right, number)
    made["dtd-billion"] = with_billion(right, number)
    made["confirm"] = confirm(version, number, country)
    made["confirm-space-in-id"] = confirm(version, number, country, Position("A B", Decimal(1)))
    made["confirm-twice"] = confirm(version, number, country, Position("A", Decimal(1)), Position("A", Decimal(2)))
    made["confirm-negative"] = confirm(version, number, country, Position("A", Decimal(-1)))
    return made
