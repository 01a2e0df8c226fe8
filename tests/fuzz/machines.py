"""Readers of the law's files, of codes and lists, of messages, and of what programs send."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from tests.fuzz.readers import AT, Reader, or_none, text


@cache
def permit() -> Any:
    from tests.message.permits import permit

    return permit()


# ---- the law


def law() -> list[Reader]:
    from tests.convention.questions import as_json

    from wildgate.convention import fields, marks, suspension
    from wildgate.convention.intake import parse_trade
    from wildgate.convention.listing import law
    from wildgate.convention.overlay import load_overlay
    from wildgate.convention.quantity import parse_quantity
    from wildgate.convention.refusal import Refusal
    from wildgate.convention.reporting import read_report

    def trade(data: bytes) -> Any:
        found = fields.read_json(data)
        return found if isinstance(found, Refusal) else parse_trade(found, law())

    overlays = Path(__file__).resolve().parents[2] / "src/wildgate/data/overlays"
    report = (
        b"Year,Country,Appendix,Taxon,Term,Quantity,Unit,Importer,Exporter,Origin,Purpose,Source\n"
        b"2026,QM,II,Crocodylus novaeguineae,SKI,1150,,QZ,QM,,T,W\n"
    )
    return [
        Reader("a trade (JSON)", trade, lambda: [json.dumps(as_json()).encode()]),
        Reader("an annual report (CSV)", text(read_report), lambda: [report]),
        Reader(
            "national measures (TOML)",
            text(load_overlay),
            lambda: [each.read_bytes() for each in overlays.glob("*.toml")],
        ),
        Reader("marks", text(marks.read_marks), lambda: [b"QM 26 000123-000150, microchip 968000001234567; ring 12"]),
        Reader(
            "a note of a suspension", text(suspension.read_note), lambda: [b"All except ranched specimens, source R"]
        ),
        Reader("a quantity", text(parse_quantity), lambda: [b"1150.5", b"1 200", b"1,200"]),
    ]


# ---- codes and lists


def seal() -> list[Reader]:
    from tests.seal import world

    from wildgate.seal import cbor
    from wildgate.seal.keys import PublicKey
    from wildgate.seal.keys import Purpose as KeyPurpose
    from wildgate.seal.status import build_digests, build_status_list, read_digests, read_status_list
    from wildgate.seal.status_index import build_delta, build_index, read_delta, read_index
    from wildgate.seal.text import from_text, to_base45, to_digits, to_url
    from wildgate.seal.token import permit_digest, read_token
    from wildgate.seal.trust import Keyring, build_trust_list, read_trust_list
    from wildgate.seal.verdict import Role

    key = world.STATUS
    token = world.token()
    ring = Keyring(world.trust())
    judge = world.verifier()
    return [
        Reader(
            "CBOR",
            cbor.decode,
            lambda: [cbor.encode({1: [1, "a", b"b", {2: None}], -7: b"c" * 40})],
            (cbor.NotDeterministic,),
        ),
        Reader("a token", read_token, lambda: [token]),
        Reader("a token judged", lambda data: judge.verdict(data, Role.PUBLIC, AT), lambda: [token]),
        Reader(
            "the text of a code",
            text(from_text),
            lambda: [
                to_url("https://a.example/verify/", token).encode(),
                to_digits(token).encode(),
                b"CP1:" + to_base45(token).encode(),
            ],
        ),
        Reader(
            "a trust list",
            lambda data: read_trust_list(data, None),
            lambda: [
                build_trust_list(
                    [world.entry(purpose, world.STATUS) for purpose in KeyPurpose],
                    key=world.ROOT,
                    at=AT,
                    sequence=1,
                    operator="QM",
                )
            ],
        ),
        Reader(
            "a status list",
            lambda data: read_status_list(data, world.URI, ring),
            lambda: [build_status_list([1, 0, 2], uri=world.URI, key=key, at=AT)],
        ),
        Reader(
            "a list of digests",
            lambda data: read_digests(data, world.URI, ring),
            lambda: [build_digests([None, permit_digest(token)], uri=world.URI, key=key, at=AT)],
        ),
        Reader(
            "a status index",
            lambda data: read_index(data, "QM", ring),
            lambda: [build_index({}, party="QM", key=key, at=AT)],
        ),
        Reader(
            "a day's changes",
            lambda data: read_delta(data, "QM", ring),
            lambda: [build_delta([], party="QM", day=date(2027, 3, 3), key=key, at=AT)],
        ),
        Reader(
            "a key",
            lambda data: PublicKey.from_cose(or_none(cbor.decode, data)),
            lambda: [cbor.encode(key.public.cose())],
            (ValueError,),
        ),
    ]


# ---- outward forms


def message() -> list[Reader]:
    from tests.message.papers import paper, pin, text_of

    from wildgate.convention.fields import read_json
    from wildgate.message import plain, soap
    from wildgate.message.evidence import examine
    from wildgate.message.qr import read_image, write_png
    from wildgate.message.reader import read_message
    from wildgate.message.xades import check_xml
    from wildgate.message.xml import write_v1, write_v2
    from wildgate.site.conformance import samples

    return [
        Reader(
            "a permit as XML",
            read_message,
            lambda: [write_v2(permit(), text_of(permit())), write_v1(permit(), text_of(permit()))],
        ),
        Reader("a signed permit as XML", lambda data: check_xml(data, at=AT), lambda: [_signed()], dear=True),
        Reader(
            "a permit as JSON",
            lambda data: plain.read_record_json(read_json(data)),
            lambda: [json.dumps(plain.record_json(permit())).encode()],
        ),
        Reader(
            "a SOAP call, v2",
            lambda data: soap.read_call(data, "v2"),
            lambda: [samples.ask("v2", "26QM000001E", country="QM")],
        ),
        Reader(
            "a SOAP call, v1",
            lambda data: soap.read_call(data, "v1"),
            lambda: [samples.ask("v1", "26QM000001E", country="QM")],
        ),
        Reader("a picture of a code", read_image, lambda: [write_png(text_of(permit()))], dear=True),
        Reader(
            "a file at the verify page",
            lambda data: examine(data, "", pins=[pin()]),
            lambda: [write_v2(permit(), text_of(permit())), text_of(permit()).encode()],
        ),
        Reader(
            "a permit as PDF",
            lambda data: examine(data, "permit.pdf", pins=[pin()]),
            lambda: [paper(permit())],
            dear=True,
        ),
    ]


def _signed() -> bytes:
    from tests.message.papers import certificate, text_of

    from wildgate.message.xades import sign_xml
    from wildgate.message.xml import write_v2

    key, mine = certificate()
    return sign_xml(write_v2(permit(), text_of(permit())), key, [mine], at=AT)


# ---- programs


def programs() -> list[Reader]:
    from tests.message.papers import certificate, text_of

    from wildgate.apps.carriers import parcels
    from wildgate.apps.customs.device import read_record
    from wildgate.apps.declarations import examples
    from wildgate.apps.declarations.reading import entries
    from wildgate.apps.exchange import copies, receiving
    from wildgate.apps.partners import caller, certificates
    from wildgate.kit import waybill
    from wildgate.kit.api import read_json
    from wildgate.message.xml import write_v2

    parcel = {
        "parcel": "SX-1",
        "air_waybill": "125-12345675",
        "description": "crocodile skin wallet",
        "hs": "420231",
        "value": "80",
        "currency": "USD",
        "mass": "0.2",
        "from": "QM",
        "to": "QZ",
        "permits": ["26QM000001"],
    }
    table = "parcel,air_waybill,description,hs,from,to,permits\r\nSX-1,125-12345675,wallet,420231,QM,QZ,26QM000001\r\n"
    record = {
        "device": "d" * 64,
        "sequence": 1,
        "previous": "",
        "made": "2027-03-03T10:00:00Z",
        "permit": "e" * 64,
        "number": "26QM000001E",
        "stage": "export",
        "quantities": ["1150"],
        "port": "Kivu-2",
        "transport_document": "020-1",
        "packages": 3,
        "version": 1,
        "lists_as_of": "2027-03-03T09:00:00Z",
    }
    pushed = {
        "id": "M1",
        "kind": "issued",
        "from": "QZ",
        "to": "QM",
        "permit": "26QZ000001E",
        "issuer": "QZ",
        "at": "2027-03-03T10:00:00Z",
        "sequence": 1,
        "data": {"a": 1},
        "body": base64.b64encode(b"<x/>").decode(),
    }

    def declaration(kind: str, single: bool) -> Callable[[bytes], Any]:
        return lambda data: entries.read(kind, data, party="QM", at=AT, single=single)

    return [
        Reader(
            "the body of a call (JSON)",
            read_json,
            lambda: [json.dumps(examples.ONE).encode(), b'{"a":[1,2.5,null,"\\u00e9"]}'],
        ),
        Reader("a declaration (JSON)", declaration("json", True), lambda: [json.dumps(examples.ONE).encode()]),
        Reader("declarations (JSON)", declaration("json", False), lambda: [json.dumps(examples.BATCH).encode()]),
        Reader("declarations (CSV)", declaration("csv", False), lambda: [examples.CSV.encode()]),
        Reader("declarations (XML)", declaration("xml", False), lambda: [examples.XML.encode()]),
        Reader(
            "parcels (JSON)",
            lambda data: parcels.from_json(read_json(data), 50),
            lambda: [json.dumps([parcel]).encode()],
        ),
        Reader("parcels (CSV)", lambda data: parcels.from_csv(data, 50), lambda: [table.encode()]),
        Reader("an air waybill", text(waybill.read), lambda: [b"125-12345675"]),
        Reader("a record of a phone", text(read_record), lambda: [json.dumps(record).encode()]),
        Reader("a partner's message", receiving.read, lambda: [json.dumps(pushed).encode()]),
        Reader(
            "a partner's permit",
            lambda data: copies.read(data, issuer="QM", number=permit().number, at=AT),
            lambda: [write_v2(permit(), text_of(permit()))],
        ),
        Reader("a caller's certificate", text(caller.read), lambda: [certificate()[1]]),
        Reader("a partner's certificate", certificates.read, lambda: [certificate()[1]]),
    ]
