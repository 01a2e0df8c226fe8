"""The four operations of 2016-17: read however a partner writes them, refused before anything is believed."""

from __future__ import annotations

import base64
import tracemalloc
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from tests.message.permits import permit, re_export

from wildgate.convention.refusal import Refusal, refuse
from wildgate.message.heard import hear
from wildgate.message.soap import (
    OPERATIONS,
    Answer,
    Attachment,
    Call,
    Position,
    SoapFault,
    action,
    read_answer,
    read_call,
    rounded,
    write_answer,
    write_call,
    write_fault,
)
from wildgate.message.wsdl import LABEL, validator, xsd
from wildgate.message.xml import write_v1, write_v2

ASKED = Call("v2", "GetNonFinalCitesCertificate", "27QM000045DL", "s3cret", "QM")
POSITIONS = (Position("A", Decimal("12.125"), "KGM"), Position("B", Decimal(3)))
CONFIRMED = Call("v2", "ConfirmQuantities", "27QM000045DL", "", "QM", POSITIONS)


def soap(inside: str, namespace: str = "urn:CitesDataExchange/v2/") -> bytes:
    return (f'<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/" xmlns:v="{namespace}"><e:Body>{inside}'
            "</e:Body></e:Envelope>").encode()


def asked(fields: str = "<CertificateNumber>27QM000045DL</CertificateNumber>", name: str = "") -> bytes:
    name = name or "v:GetFinalCitesCertificateRequest"
    return soap(f"<{name}>{fields}</{name}>")


def confirming(position: str) -> bytes:
    return asked(f"<CertificateNumber>1</CertificateNumber><ConfirmedQuantities>{position}</ConfirmedQuantities>",
                 "v:ConfirmQuantitiesRequest")


def answered(inside: str) -> bytes:
    return soap(f"<v:GetNonFinalCitesCertificateResponse>{inside}</v:GetNonFinalCitesCertificateResponse>")


def code_of(found: object) -> str:
    assert isinstance(found, Refusal), found
    return found.code


@pytest.mark.parametrize("call", [
    ASKED, CONFIRMED, Call("v1", "ServiceState"), Call("v2", "ServiceState", country="QZ"),
    Call("v1", "GetFinalCitesCertificate", "A & <B> \"C\"", "", "QM")], ids=lambda call: call.operation)
def test_a_call_comes_back_as_it_was_made(call):
    assert read_call(write_call(call), call.version) == call
    assert action(call.operation) == f"urn:{call.operation}"


@pytest.mark.parametrize("data", [
    asked(), asked(name="GetFinalCitesCertificate"), asked(name="v:get_final_cites_certificate"),
    asked("<certificate_number>\n 27QM000045DL </certificate_number><Other>1</Other>"),
    asked("<v:CertificateNumber>27QM000045DL</v:CertificateNumber><v:TokenId/>"),
    asked('<certificateNumber xmlns:i="urn:i" i:type="string">27QM000045DL</certificateNumber>'),
    asked().decode().encode("utf-16"),
    asked().replace(b"http://schemas.xmlsoap.org/soap/envelope/", b"http://www.w3.org/2003/05/soap-envelope"),
])
def test_a_call_is_understood_however_it_is_spelled(data):
    assert read_call(data, "v2") == Call("v2", "GetFinalCitesCertificate", "27QM000045DL")


def test_quantities_keep_their_decimals_and_units_and_integers_of_older_partners_are_taken_as_they_are():
    data = confirming("<CitesPosition><ID>A</ID><InspectedUnitQuantity>12</InspectedUnitQuantity></CitesPosition>")

    assert read_call(write_call(CONFIRMED), "v2").positions == POSITIONS
    assert read_call(data, "v1").positions == (Position("A", Decimal(12)),)
    assert b'unitCode="KGM">12.125</Insp' in write_call(CONFIRMED)


@pytest.mark.parametrize(("position", "permitted", "code"), [
    (Position("A", Decimal(12)), "12.125", "rounded-quantity"), (Position("A", Decimal(13)), "12.125",
                                                                 "rounded-quantity"),
    (Position("A", Decimal(11)), "12.125", None), (Position("A", Decimal("12.1")), "12.125", None),
    (Position("A", Decimal(12)), "12", None), (Position("A", Decimal(12), "KGM"), "12.125", None)])
def test_a_fraction_that_was_rounded_away_is_refused(position, permitted, code):
    found = rounded(position, Decimal(permitted))

    assert (found.code if found else None) == code


@pytest.mark.parametrize(("data", "code"), [
    (asked("<CertificateNumber> </CertificateNumber>"), "invalid-request"),
    (asked(f"<CertificateNumber>{'9' * 300}</CertificateNumber>"), "invalid-request"),
    (asked(name="v:DropTables"), "operation-not-available"),
    (confirming("<CitesPosition><ID>A B</ID><InspectedUnitQuantity>1</InspectedUnitQuantity></CitesPosition>"),
     "position-id"),
    (confirming("<CitesPosition><ID>A</ID><InspectedUnitQuantity>1e9999</InspectedUnitQuantity></CitesPosition>"),
     "invalid-request"),
    (confirming("<CitesPosition><ID>A</ID><InspectedUnitQuantity>-1</InspectedUnitQuantity></CitesPosition>"),
     "invalid-request"),
    (confirming("<CitesPosition><ID>A</ID><InspectedUnitQuantity>1</InspectedUnitQuantity></CitesPosition>" * 2),
     "invalid-request"),
    (confirming(""), "invalid-request"), (b"<html/>", "not-soap"), (soap(""), "not-one-body"),
    (asked()[:-12], "broken-xml"), (soap("<a/><b/>"), "not-one-body"),
    (asked().replace(b"<e:Body>", b'<e:Header><w:S xmlns:w="urn:w" e:mustUnderstand="1"/></e:Header><e:Body>'),
     "must-understand"),
    (b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + asked(), "document-type"),
    (asked('<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/passwd"/>'),
     "includes-other-files"),
    (asked("<a>" * 80 + "</a>" * 80), "too-deep"), (asked("<a/>" * 200_000), "too-large"),
    (b'<?xml version="1.0" encoding="UTF-7"?>' + asked(), "unknown-encoding"), (b"\xff" + asked(), "wrong-encoding"),
])
def test_a_call_that_cannot_be_one_gets_its_own_code(data, code):
    assert code_of(read_call(data, "v2")) == code


@pytest.mark.parametrize(("version", "payload"), [("v2", write_v2(re_export(), "123")), ("v1", write_v1(permit(2)))])
def test_an_answer_gives_the_message_back_to_the_letter(version, payload):
    answer = Answer(version, "GetNonFinalCitesCertificate", payload, (Attachment("permit.pdf", b"%PDF-1.7"),), True)
    data = write_answer(answer)
    asked = Call(version, "GetNonFinalCitesCertificate", "27QM000045DL")

    assert read_answer(data, asked) == answer
    body = etree.fromstring(data)[0][0]
    assert [etree.QName(child).namespace for child in body] == [None] * 3
    assert etree.QName(body[0][0]).namespace.startswith("urn:un:unece")


def test_a_payload_in_its_own_namespace_and_one_without_are_the_same():
    own = answered(write_v2(permit()).partition(b"\n")[2].decode())
    bare = write_answer(Answer("v2", ASKED.operation, write_v2(permit())))

    assert read_answer(own, ASKED).payload == read_answer(bare, ASKED).payload == write_v2(permit())


def test_namespaces_of_the_envelope_travel_with_the_payload():
    text = write_v2(permit()).partition(b"\n")[2].decode()
    start = text.index(">")
    declared = text[text.index(" xmlns"):start]
    inner = text.replace(declared, "", 1).replace("rsm:CITESEPermit", "CITESEPermit")
    data = answered(inner).replace(b"<e:Envelope", b"<e:Envelope" + declared.encode())

    found = read_answer(data, ASKED)

    root = etree.fromstring(found.payload)
    assert validator("v2").validate(root), validator("v2").error_log
    assert root[1][0].text == "27QM000045DL"


PAYLOAD = write_v2(permit()).partition(b"\n")[2].decode()
FILE = "<Attachments><AttachmentName>a</AttachmentName><AttachmentContent>{}</AttachmentContent></Attachments>"


@pytest.mark.parametrize(("data", "code"), [
    (answered(PAYLOAD + PAYLOAD), "more-than-one-permit"),
    (answered(PAYLOAD.replace("<rsm:HeaderExchangedDocument>", PAYLOAD + "<rsm:HeaderExchangedDocument>")),
     "more-than-one-permit"),
    (answered(f"<Wrapper>{PAYLOAD}</Wrapper>"), "hidden-permit"), (answered(""), "no-permit"),
    (answered(PAYLOAD.replace("27QM000045DL", "27QM000046DL")), "other-permit"),
    (soap("<v:ServiceStateResponse/>"), "other-answer"), (answered(PAYLOAD + FILE.format("%%%")), "broken-attachment"),
    (answered(PAYLOAD + FILE.format("QUJD") * 21), "too-many-attachments"),
    (answered(PAYLOAD + FILE.format("QUJD" * 2_400_000)), "attachment-too-large"),
    (answered(PAYLOAD + FILE.format("QUJD" * 2_600_000)), "text-too-long"),
], ids=lambda value: value if isinstance(value, str) else "")
def test_an_answer_that_cannot_be_meant_gets_its_own_code(data, code):
    assert code_of(read_answer(data, ASKED)) == code


def test_an_attachment_of_two_hundred_megabytes_costs_no_memory():
    data = b"A" * 200_000_000
    tracemalloc.start()
    found = read_answer(data, ASKED)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert code_of(found) == "too-large"
    assert peak < 1_000_000


def test_an_attachment_loses_its_folders_and_one_that_was_only_announced_is_told():
    data = answered(PAYLOAD + "<Attachments><AttachmentName>..\\x/../permit.pdf</AttachmentName><AttachmentContent>\n"
                    f"{base64.b64encode(b'%PDF').decode()}\n</AttachmentContent></Attachments>"
                    + FILE.format("cid:311886019166"))

    assert read_answer(data, ASKED).attachments == (Attachment("permit.pdf", b"%PDF"), Attachment("a", b""))


def test_a_refusal_travels_as_a_fault_in_the_words_of_the_hub():
    refusal = refuse("callee-not-found", "No service for %(country)s & others.", country="QX", basis=("Rule",))
    data = write_fault(refusal)

    assert read_answer(data, ASKED) == SoapFault("Client", "CalleeNotFound", "callee-not-found")
    assert b"No service for QX &amp; others." in data
    assert read_answer(write_fault(refuse("no-such-permit", "Not here."), client=False), ASKED) == SoapFault(
        "Server", "Not here.", "no-such-permit")


@pytest.mark.parametrize("data", [
    soap("<e:Fault><faultcode>e:Server</faultcode><faultstring>Timeout</faultstring><detail>db <b>down</b></detail>"
         "</e:Fault>"),
    soap("<e:Fault><e:Code><e:Value>e:Server</e:Value></e:Code><e:Reason><e:Text>Timeout</e:Text></e:Reason>"
         "<e:Detail>db down</e:Detail></e:Fault>")])
def test_a_foreign_fault_is_read_in_both_dresses(data):
    assert read_answer(data, ASKED) == SoapFault("Server", "Timeout", "db down")


def test_a_file_without_a_permit_says_what_it_is():
    state = write_answer(Answer("v1", "ServiceState", state="OK"))

    assert hear(state) == {"soap": "answer", "version": "v1", "operation": "ServiceState", "state": "OK"}
    said = hear(write_call(ASKED))
    assert said["token"] is True
    assert "s3cret" not in str(said)
    assert hear(write_v2(permit())) is None


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.binary(min_size=1, max_size=6))
def test_no_damage_makes_the_door_fall(at, noise):
    for data in (write_call(CONFIRMED), write_answer(Answer("v2", ASKED.operation, write_v2(permit())))):
        changed = data[:at % len(data)] + noise + data[at % len(data) + len(noise):]
        assert isinstance(read_call(changed, "v2"), (Call, Refusal))
        assert isinstance(read_answer(changed, ASKED), (Answer, SoapFault, Refusal))


@pytest.mark.parametrize(("version", "write"), [("v1", write_v1), ("v2", write_v2)])
def test_what_is_written_holds_against_the_reconstructed_schema(version, write):
    schema = validator(version)
    data = write(re_export(), "123")

    assert schema.validate(etree.fromstring(data)), schema.error_log
    assert not schema.validate(etree.fromstring(data.replace(b"<ram:CopyIndicator>false", b"<ram:CopyIndicator>no")))
    assert xsd(version).splitlines()[1] == f"<!-- {LABEL} -->".encode()


def test_every_operation_has_a_call_and_an_answer_of_its_own():
    assert len({action(each) for each in OPERATIONS}) == 4
