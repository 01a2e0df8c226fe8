"""Three ways in give one consignment; whatever is wrong is told by code, field and place, and never by a trace."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.apps.declarations.lodged import skins
from tests.cast import NOON

from wildgate.apps.declarations.examples import BATCH, CSV, ONE, XML
from wildgate.apps.declarations.reading.entries import read
from wildgate.apps.declarations.reading.fields import DIRECTIONS
from wildgate.apps.declarations.reading.table import fault_file
from wildgate.kit.api import _MARKS, read_json, written


def one(kind, body, **how):
    said = read(kind, body if isinstance(body, bytes) else body.encode(), party="QM", at=NOON, single=True, **how)
    return said.entries[0] if said.entries else said


def faults(kind, body):
    return [(each.code, each.place or each.path) for each in one(kind, body).faults]


def test_the_examples_say_the_same_in_all_three_ways():
    by_json = one("json", written(ONE)).lodged.consignment
    by_xml = one("xml", XML).lodged.consignment
    by_csv = one("csv", "\n".join(CSV.splitlines()[:2])).lodged.consignment

    for said in (by_xml, by_csv):
        item, wanted = said.items[0], by_json.items[0]
        for name in ("hs", "description", "taxon", "term", "quantity", "unit", "origin", "source"):
            assert getattr(item, name) == getattr(wanted, name), name
        assert item.permits[0].number == "26QM000012E"
        for name in ("direction", "procedure", "post", "departure", "destination"):
            assert getattr(said, name) == getattr(by_json, name), name
        assert said.exporter.name == by_json.exporter.name
    assert read("json", written(BATCH), party="QM", at=NOON, single=False).entries[0].lodged
    assert by_csv.items[0].claims == ()
    assert read("csv", CSV.encode(), party="QM", at=NOON, single=False).entries[0].lodged.consignment.items[1].claims \
        == ("Y900",)


def test_xml_tells_claims_exemptions_and_two_permits_apart():
    extra = ("<AdditionalDocument><CategoryCode>Y</CategoryCode><TypeCode>900</TypeCode></AdditionalDocument>"
             "<AdditionalDocument><TypeCode>CIT</TypeCode><ID>DE-A01186/21</ID><Issuer><Address><CountryCode>DE"
             "</CountryCode></Address></Issuer><EffectiveDateTime><DateTimeString formatCode='102'>20210301"
             "</DateTimeString></EffectiveDateTime></AdditionalDocument>"
             "<AdditionalDocument><CategoryCode>C</CategoryCode><TypeCode>400</TypeCode><LPCOExemptionCode>AC"
             "</LPCOExemptionCode></AdditionalDocument>"
             "<AdditionalDocument><CategoryCode>N</CategoryCode><TypeCode>380</TypeCode><ID>INVOICE-7</ID>"
             "</AdditionalDocument>")
    spaced = XML.replace("<Declaration>", "<d:Declaration xmlns:d='urn:wco:x' xmlns='urn:wco:y'>").replace(
        "</Declaration>", "</d:Declaration>").replace("<SequenceNumeric>", extra + "<SequenceNumeric>")

    item = one("xml", spaced).lodged.consignment.items[0]

    assert item.claims == ("Y900", "LPCO-AC")
    assert [(ref.number, ref.country, str(ref.issued_on)) for ref in item.permits] == [
        ("DE-A01186/21", "DE", "2021-03-01"), ("26QM000012E", "", "None")]


BAD_JSON = {
    "hs of wrong length": (skins(item={"hs": "41032"}), "hs-length"),
    "hs with letters": (skins(item={"hs": "4103AB"}), "hs-length"),
    "tomorrow": (skins(declared_at=(NOON + timedelta(days=1)).isoformat()), "dated-ahead"),
    "ten years ago": (skins(declared_at=(NOON - timedelta(days=3652)).isoformat()), "dated-back"),
    "no offset": (skins(declared_at="2026-11-20T10:00:00"), "no-offset"),
    "moves in ten years": (skins(moves_at=(NOON + timedelta(days=3652)).isoformat()), "moves-when"),
    "unknown airline": (skins(transport_document="000-12345675"), "unknown-airline"),
    "no items": (skins(items=[]), "no-items"),
    "items are text": (skins(items="x"), "no-items"),
    "a number twice": (skins(items=[{"hs": "410320", "number": 1}, {"hs": "410320", "number": 1}]), "number-twice"),
    "unknown field": (skins(colour="red"), "unknown-name"),
    "unknown country": (skins(destination="Q1"), "no-such-country"),
    "unknown term": (skins(item={"term": "SKX"}), "no-such-term"),
    "unknown unit": (skins(item={"unit": "XXX"}), "no-such-unit"),
    "negative": (skins(item={"quantity": "-1"}), "not-a-number"),
    "not a number": (skins(item={"quantity": "1,150"}), "not-a-number"),
    "infinite": (skins(item={"quantity": "Infinity"}), "not-a-number"),
    "too fine": (skins(item={"quantity": "0.0000001"}), "too-fine"),
    "endless": (skins(item={"quantity": "1e99999"}), "not-a-number"),
    "control signs": (skins(item={"description": "skins\x00; rm"}), "hidden-signs"),
    "turned name": (skins(exporter={"name": "Lacuna \u202eSEDIH"}), "hidden-signs"),
    "hidden sign in a number": (skins(item={"permits": ["26QM\u200b000001E"]}), "hidden-signs"),
    "reference with a way": (skins(reference="../../etc/passwd"), "reference-form"),
    "reserved word": (skins(reference="messages"), "reference-form"),
    "no direction": (skins(direction=None), "missing"),
    "direction": (skins(direction="sideways"), "no-such-direction"),
    "party is text": (skins(exporter="Lacuna"), "not-an-object"),
    "too many permits": (skins(item={"permits": ["x"] * 9}), "permits-form"),
    "a list": ([1, 2], "not-an-object"),
    "message number": (skins(message_id="a b"), "message-id-form"),
}


@pytest.mark.parametrize(("form", "code"), BAD_JSON.values(), ids=BAD_JSON)
def test_bad_json_is_refused_by_code(form, code):
    found = one("json", written(form)).faults

    assert code in [each.code for each in found]
    assert all(each.sentence and "%(" not in each.sentence for each in found)


@pytest.mark.parametrize(("body", "code"), [
    (b"", "unreadable"), (b"{", "unreadable"), (b"\xff\xfe{", "unreadable"), (b'{"a": 1, "a": 2}', "name-twice"),
    (b'{"a": NaN}', "not-a-number"), (b'{"a":' * 50 + b"1" + b"}" * 50, "too-deep"),
    (b"[" * 100_000, "too-deep"), (b'{"a": ' + b"9" * 5000 + b"}", "not-a-number")])
def test_malformed_json(body, code):
    assert one("json", body).faults[0].code == code


LAUGHS = ('<!DOCTYPE d [<!ENTITY a0 "ha">' + "".join(f'<!ENTITY a{i} "{f"&a{i - 1};" * 10}">' for i in range(1, 20))
          + "]><Declaration><ID>&a19;</ID></Declaration>")


@pytest.mark.parametrize(("body", "code"), [
    ("", "unreadable"), ("<Declaration>", "unreadable"), ("<x/>", "no-declaration"), (LAUGHS, "unreadable"),
    ('<!DOCTYPE d SYSTEM "file:///etc/passwd"><Declaration/>', "document-type"),
    ('<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><Declaration><ID>&x;</ID></Declaration>', "document-type"),
    ("<Declaration>" + "<a>" * 100 + "</a>" * 100 + "</Declaration>", "too-deep"),
    ("<Declaration>" + "<a/>" * 200_001 + "</Declaration>", "too-many-values"),
    ("<Declaration><FunctionCode>13</FunctionCode><ID>A1</ID></Declaration>", "no-such-function")])
def test_hostile_xml(body, code):
    assert one("xml", body).faults[0].code == code


def test_xml_in_another_encoding_is_no_way_around():
    body = '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE d [<!ENTITY a "b">]><Declaration>&a;</Declaration>'

    assert one("xml", body.encode("utf-16")).faults[0].code == "unreadable"


def test_faults_of_xml_have_an_xpath_and_a_line():
    broken = XML.replace("410320", "41032").replace(">QZ</CountryCode></Dest", ">Q1</CountryCode></Dest")

    assert faults("xml", broken) == [
        ("no-such-country", "/Declaration/GoodsShipment/Destination/CountryCode (line 11)"),
        ("hs-length", "/Declaration/GoodsShipment/GovernmentAgencyGoodsItem/Commodity/Classification/ID (line 32)")]


def test_faults_of_a_table_have_a_line_and_a_column():
    broken = CSV.replace("911390", "9113").replace("SKI", "SKX")

    assert faults("csv", broken) == [("no-such-term", "line 2, column term"), ("hs-length", "line 3, column hs")]


@pytest.mark.parametrize(("body", "code"), [
    ("", "missing"), ("reference,direction,hs\n", "no-items"), ("reference,direction,hs,colour\n", "unknown-column"),
    ("reference,direction,hs,hs\n", "column-twice"), ("reference,direction,hs\na,export,1,2\n", "too-many-cells"),
    ('reference,direction,hs\n"a,export', "unreadable"), ("reference,direction,hs\na\x00,b,c", "unreadable"),
    ("reference,direction,post,hs\nA,export,Kivu-2,410320\nA,,Kivu-3,410320", "head-differs"),
    ("reference,direction,hs\n" + "A,export,410320\n" * 5_001, "too-many")])
def test_bad_tables(body, code):
    assert one("csv", body).faults[0].code == code


def test_a_fault_file_begins_no_formula():
    broken = "reference,direction,hs,description\nA,=cmd|' /C calc'!A0,410320,x\n"

    text = fault_file(b"", one("csv", broken).faults).decode("utf-8-sig")

    assert "no-such-direction" in text
    assert not any(cell.startswith(("=", "+", "@")) for line in text.splitlines() for cell in line.split(","))
    assert "export" in DIRECTIONS


def test_a_broken_xml_is_told_by_line_and_without_the_parsers_own_names():
    sentence = one("xml", "<Declaration>\n<ID>").faults[0].sentence

    assert "line 2" in sentence
    assert "string" not in sentence
    assert not sentence.endswith(",.")


def test_a_text_that_never_ends_is_looked_through_once():
    unended = b'{"code": "' + b'\\"' * 5_000

    assert [found.end() for found in _MARKS.finditer(unended.decode())] == [1, 7, len(unended)]
    assert read_json(unended).code == "unreadable"
