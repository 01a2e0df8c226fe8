"""A permit survives the way into a message and back; a foreign message is read as far as it goes."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.message.permits import line, permit, re_export

from wildgate.convention.permit import Address, PermitLine, PermitRecord, Reference
from wildgate.convention.refusal import Refusal
from wildgate.convention.vocabulary import Appendix, DocumentKind, Purpose, Source
from wildgate.message.xml import Box14, Message, check_message, read_message, unwritable, write_v1, write_v2

TEXT = st.text(st.characters(min_codepoint=9, blacklist_categories=("Cs", "Cn", "Co"),
                             blacklist_characters="".join(map(chr, [11, 12, *range(14, 32), 0xFFFE, 0xFFFF]))),
               max_size=40)
WORDS = TEXT.filter(bool)
CODE = st.sampled_from(["QM", "QZ", "PG", "FR", "XX"])
DAY = st.dates(date(1960, 1, 1), date(2090, 1, 1))
AMOUNT = st.decimals(0, 10**9, places=4, allow_nan=False, allow_infinity=False)
ADDRESS = st.builds(Address, TEXT, TEXT, CODE, st.booleans())
REFERENCE = st.builds(Reference, CODE, TEXT, st.none() | DAY)
LINE = st.builds(
    PermitLine, block=WORDS, taxon=WORDS, common_name=TEXT, term=TEXT, description=TEXT,
    appendix=st.sampled_from(Appendix), source=st.sampled_from(Source), quantity=AMOUNT, unit=TEXT, origin=REFERENCE,
    second_source=st.none() | st.sampled_from(Source), marks=st.lists(TEXT, max_size=3).map(tuple),
    quota_used=st.none() | AMOUNT, quota=st.none() | AMOUNT, last_re_export=st.none() | REFERENCE, operation=TEXT,
    acquired=st.none() | DAY)
RECORD = st.builds(
    PermitRecord, party=CODE, number=WORDS, kind=st.sampled_from(DocumentKind),
    issued_at=st.datetimes(datetime(1975, 7, 1), datetime(2090, 1, 1), timezones=st.just(UTC)).map(
        lambda at: at.replace(microsecond=0)),
    valid_until=DAY, importer=ADDRESS, exporter=ADDRESS, purpose=st.none() | st.sampled_from(Purpose),
    authority=ADDRESS, place=TEXT, official=TEXT, lines=st.lists(LINE, min_size=1, max_size=6).map(tuple),
    special_conditions=TEXT, security_stamp=TEXT, transport_document=TEXT, replaces=TEXT)


def message(data: bytes) -> Message:
    found = read_message(data)
    assert isinstance(found, Message), found
    return found


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(RECORD, st.text("0123456789:/#", max_size=30))
def test_every_permit_comes_back_from_its_message_unchanged(record: PermitRecord, seal: str) -> None:
    data = write_v2(record, seal)
    back = message(data)

    assert back.record == record
    assert back.record.digest == record.digest
    assert back.seal_text == seal
    assert write_v2(back.record, back.seal_text) == data


def test_the_facts_of_a_whole_message_are_those_of_its_record() -> None:
    for data in (write_v2(permit()), write_v2(re_export())):
        found = read_message(data)
        assert isinstance(found, Message) and found.record is not None
        assert found.facts == found.record.as_json()

    lacking = read_message(write_v2(permit()).replace(b"unitCode", b"other").replace(b">2027-09-02T", b">never"))
    assert isinstance(lacking, Message) and lacking.record is None
    assert lacking.facts == permit().as_json() | {
        "valid_until": None, "lines": [one | {"unit": ""} for one in permit().as_json()["lines"]]}


@pytest.mark.parametrize("kind", DocumentKind)
def test_kinds_finer_than_the_four_letters_read_back(kind: DocumentKind) -> None:
    back = message(write_v2(permit(kind=kind)))

    assert back.record is not None
    assert back.record.kind is kind


def test_a_full_re_export_certificate_has_no_fault_and_every_box() -> None:
    record = re_export()
    data = write_v2(record, "https://permits.example/verify/#123")

    assert message(data).record == record
    assert [fault.sentence for fault in check_message(data)] == []
    for text in ("PG-2026-000123", "SG26RX0009", "A-PG-501", "AWB 176-12345675", "27QM000044DL", "QM 0004711"):
        assert text.encode() in data


def test_boxes_14_and_15_are_written_from_endorsements_and_read_back() -> None:
    jean = Box14(at=datetime(2027, 3, 10, 14, 5, tzinfo=UTC), port="QMKV2", port_name="Kivu-2", officer="Jean Moreau",
                 quantities=(("A", Decimal("1100"), "NAR"), ("B", Decimal("3"), "NAR")),
                 transport_document="BL 99")
    data = write_v2(permit(2), "1", [jean])
    back = message(data)

    assert back.endorsements == (jean,)
    assert back.record == permit(2)
    assert check_message(data) == []


def test_the_bytes_never_move() -> None:
    data = write_v2(permit())

    assert data == write_v2(permit())
    assert data.startswith(b'<?xml version="1.0" encoding="UTF-8"?>\n<rsm:CITESEPermit xmlns:rsm="urn:un:unece:')
    assert data.endswith(b"</rsm:CITESEPermit>\n")
    assert b"<ram:EndDateTime>2027-09-02T23:59:59.000+00:00</ram:EndDateTime>" in data


def test_a_changed_byte_anywhere_is_seen_or_unreadable() -> None:
    seal = "https://permits.example/verify/#" + "1234567890" * 8
    data = write_v2(re_export(), seal)
    for at in range(0, len(data), 37):
        changed = data[:at] + bytes([data[at] ^ 1]) + data[at + 1:]
        found = check_message(changed)
        if not isinstance(found, Refusal) and not found:
            back = message(changed)
            assert back.seal_text != seal or back.record.digest != re_export().digest, at


def test_a_record_with_a_control_character_is_refused_before_it_is_written() -> None:
    refused = unwritable(permit(special_conditions="bell \x07"))

    assert refused is not None
    assert "U+0007" in refused.reason


def test_the_real_fixture_reads_completely(shared_data) -> None:  # type: ignore[no-untyped-def]
    data = (shared_data / "epix" / "get_non_final_cites_certificate_v2.xml").read_bytes()
    back = message(data)

    record = back.record
    assert record is not None
    assert (record.number, record.kind, record.party) == ("XA000000", DocumentKind.RE_EXPORT, "XA")
    assert record.issued_at == datetime(2014, 1, 6, 11, 3, 52, tzinfo=UTC)
    assert record.valid_until == date(2014, 7, 5)
    assert record.exporter == Address("Consignor name", "Street\n00000 City", "XA")
    first, second = record.lines
    assert (first.taxon, first.quantity, first.unit, first.marks) == ("Alligator mississippiensis", Decimal(5), "PCS",
                                                                     ("XXX",))
    assert first.origin == Reference("XC", "XC12345", date(2007, 7, 9))
    assert first.last_re_export == Reference("XA", "XA12345", date(2012, 2, 23))
    assert second.origin == Reference("TH", "", date(2007, 7, 9))
    assert second.last_re_export == Reference("FR", "FR1202501030-R", date(2012, 2, 23))
    faults = check_message(data)
    assert isinstance(faults, list)
    assert {fault.box for fault in faults} >= {"13", "11"}
    assert not [fault for fault in faults if "does not belong" in fault.sentence or "stands after" in fault.sentence]


def test_prefixes_and_envelopes_do_not_matter() -> None:
    plain = write_v2(permit(2))
    bare = plain.replace(b"ram:", b"").replace(b"xmlns:ram=", b"xmlns=").replace(b"<xmlns", b"<")
    bare = bare.replace(b"xmlns:=", b"xmlns=").replace(b":ram=", b"=")
    soap = (b'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>'
            b'<v:GetFinalCitesCertificateResponse xmlns:v="urn:CitesDataExchange/v2/">'
            + plain.split(b"\n", 1)[1].replace(b"<rsm:CITESEPermit ", b"<CITESEPermit ").replace(
                b"</rsm:CITESEPermit>", b"</CITESEPermit>")
            + b"<Composite>false</Composite></v:GetFinalCitesCertificateResponse></s:Body></s:Envelope>")

    assert message(bare).record == permit(2)
    assert message(soap).record == permit(2)
    assert not message(soap).standalone


V1 = """<CBFShip xmlns="urn:un:unece:uncefact:data:draft:CBFShip:1"
 xmlns:r="urn:un:unece:uncefact:data:draft:ReusableAggregateBusinessInformationEntity:1">
<SpecifiedExchangedDocumentContext/><HeaderExchangedDocument><r:ID>FR-1</r:ID><r:TypeCode>E</r:TypeCode>
<r:IssueDateTime>2012-01-06T12:03:52.00+01:00</r:IssueDateTime><r:PurposeCode>z</r:PurposeCode>
<r:EffectiveSpecifiedPeriod><r:EndDateTime>2012-06-06T23:00:00.00+01:00</r:EndDateTime></r:EffectiveSpecifiedPeriod>
</HeaderExchangedDocument><SpecifiedSupplyChainConsignment><r:ConsigneeTradeParty><r:Name>Zoo</r:Name>
<r:PostalTradeAddress><r:CountryIdentificationTradeCountry><r:ID>CH</r:ID></r:CountryIdentificationTradeCountry>
</r:PostalTradeAddress></r:ConsigneeTradeParty><r:IncludedSupplyChainConsignmentItem><r:ID>A</r:ID>
<r:OriginTradeCountry><r:ID>FR</r:ID></r:OriginTradeCountry>
<r:TransportLogisticsPackage><r:ItemQuantity unitCode="NAR">2</r:ItemQuantity></r:TransportLogisticsPackage>
<r:IncludedSupplyChainTradeLineItem><r:TypeCode>I</r:TypeCode><r:TypeExtensionCode>C</r:TypeExtensionCode>
<r:SpecifiedTradeProduct><r:TypeCode>LIV</r:TypeCode><r:ScientificName>Panthera leo</r:ScientificName>
</r:SpecifiedTradeProduct></r:IncludedSupplyChainTradeLineItem>
<r:ApplicableCrossBorderGovernmentProcedure><r:AnnualQuotaQuantity>9</r:AnnualQuotaQuantity>
</r:ApplicableCrossBorderGovernmentProcedure></r:IncludedSupplyChainConsignmentItem>
</SpecifiedSupplyChainConsignment></CBFShip>"""


def test_the_older_message_gives_the_same_facts() -> None:
    back = message(V1.encode())

    assert back.version == "v1"
    assert back.record is not None
    assert back.record.importer == Address("Zoo", "", "CH")
    assert back.record.purpose is Purpose.ZOO
    assert back.record.lines[0].quota == 9


def test_the_older_message_is_written_in_its_own_order_and_reads_back() -> None:
    record = re_export()
    jean = Box14(at=datetime(2027, 3, 10, tzinfo=UTC), port="QMKV2", officer="Jean Moreau",
                 quantities=(("A", Decimal(7), "NAR"),))
    data = write_v1(record, "https://permits.example/verify/#123", [jean])
    back = message(data).record

    assert check_message(data) == []
    assert back is not None
    assert (back.number, back.kind, back.importer, back.exporter) == (record.number, record.kind, record.importer,
                                                                      record.exporter)
    assert [(each.taxon, each.quantity, each.origin, each.last_re_export, each.operation) for each in back.lines] == [
        (each.taxon, each.quantity, each.origin, each.last_re_export, each.operation) for each in record.lines]
    assert "Marks: QM 2027 CNG 000001-001200" in back.lines[0].description
    assert message(data).endorsements[0].quantities == jean.quantities


@pytest.mark.parametrize(("cut", "box"), [
    ("<ram:ScientificName>Crocodylus novaeguineae</ram:ScientificName>", "7"),
    ("<ram:TypeExtensionCode>C</ram:TypeExtensionCode>", "10"),
    ('<ram:PurposeCode>T</ram:PurposeCode>', "5a"),
    ('<ram:ID schemeAgencyID="QM">27QM000045DL</ram:ID>', "1"),
])
def test_a_missing_box_is_named(cut: str, box: str) -> None:
    data = write_v2(permit()).decode()
    assert cut in data
    faults = check_message(data.replace(cut, "").encode())

    assert isinstance(faults, list)
    assert box in {fault.box for fault in faults}
    assert all(fault.xpath.startswith("/CITESEPermit") for fault in faults)


def test_elements_out_of_order_and_twice_are_named_with_their_path() -> None:
    data = write_v2(permit()).decode()
    number = '<ram:ID schemeAgencyID="QM">27QM000045DL</ram:ID>'
    twice = check_message(data.replace(number, number * 2).encode())
    late = check_message(data.replace(number, "").replace("</rsm:HeaderExchangedDocument>",
                                                          number + "</rsm:HeaderExchangedDocument>").encode())

    assert ("/CITESEPermit/HeaderExchangedDocument/ID[2]", "1") in {(f.xpath, f.box) for f in twice}
    assert any("stands after" in fault.sentence for fault in late)


def test_a_hidden_addition_to_our_own_file_is_an_alteration() -> None:
    data = write_v2(permit()).replace(b"</rsm:CITESEPermit>", b"<rsm:Note>also 900 live parrots</rsm:Note>"
                                                              b"</rsm:CITESEPermit>")
    faults = check_message(data)

    assert isinstance(faults, list)
    assert any("was altered" in fault.sentence for fault in faults)


BOMB = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;&b;&b;">]><CITESEPermit>&c;</CITESEPermit>'
XXE = b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><CITESEPermit>&x;</CITESEPermit>'


@pytest.mark.parametrize(("data", "code"), [
    (BOMB, "document-type"), (XXE, "document-type"), (XXE.decode().encode("utf-16"), "document-type"),
    (b"", "empty-file"), (b"hello", "not-xml"), (b"\xff\xfe\xfd", "wrong-encoding"), (b"<a>\xff</a>", "wrong-encoding"),
    (b'<?xml version="1.0" encoding="UTF-7"?><a/>', "unknown-encoding"),
    (b"<CITESEPermit>" + b"<a>" * 5_000, "broken-xml"),
    (b"<a>" * 100 + b"</a>" * 100, "too-deep"), (b"<a>" * 3_000 + b"</a>" * 3_000, "too-deep"),
    (b"<a>" + b"<b/>" * 500_000 + b"</a>", "too-many-elements"), (b" " * 50_000_000, "too-large"),
    (b"<html/>", "not-a-permit-message"), (write_v2(permit())[:3_000], "broken-xml"),
    (b"<CITESEPermit>&nbsp;</CITESEPermit>", "broken-xml"),
], ids=lambda value: value if isinstance(value, str) else "")
def test_a_hostile_or_broken_file_gets_one_sentence(data: bytes, code: str) -> None:
    refused = read_message(data)

    assert isinstance(refused, Refusal)
    assert refused.reason.endswith(".")
    assert refused.code in {code, "too-deep"}


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 10_000), st.binary(min_size=1, max_size=6))
def test_no_damage_makes_the_reader_fall(at: int, noise: bytes) -> None:
    data = write_v2(re_export())
    at %= len(data)
    found = check_message(data[:at] + noise + data[at + len(noise):])

    assert isinstance(found, (list, Refusal))


@pytest.mark.parametrize("amount", ["NaN", "Infinity", "1e999999999", "-1", "9" * 40, "many"])
def test_an_absurd_quantity_is_a_fault_in_box_11(amount: str) -> None:
    data = write_v2(permit()).replace(b'<ram:ItemQuantity unitCode="NAR">1200', b'<ram:ItemQuantity unitCode="NAR">'
                                      + amount.encode())
    back = message(data)

    assert back.record is None
    assert "11" in {fault.box for fault in back.faults}


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00.000+14:00", "2027-02-30T00:00:00Z", "yesterday", "500"])
def test_an_absurd_date_is_a_fault_in_box_13(moment: str) -> None:
    data = write_v2(permit()).replace(b"<ram:IssueDateTime>2027-03-03T09:30:00.000+00:00",
                                      b"<ram:IssueDateTime>" + moment.encode())

    assert "13" in {fault.box for fault in message(data).faults}


def test_eleven_lines_keep_their_blocks() -> None:
    record = permit(11)
    back = message(write_v2(record))

    assert back.record == record
    assert [each.block for each in back.record.lines] == list("ABCDEFGHIJK")
    assert line("A") == record.lines[0]
