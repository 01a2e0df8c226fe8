"""One permit in every profile: what comes back, what each cannot say, and what a draft may never pretend."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree
from tests.message.permits import line, permit, re_export
from tests.message.test_xml import CODE, RECORD, TEXT

from wildgate.convention.lifecycle import PERMIT_ACTS, CaseState, PermitState
from wildgate.convention.refusal import Refusal
from wildgate.message import places, states
from wildgate.message.amendment import as_text, from_text
from wildgate.message.d22a import CAPABILITIES, capabilities, write_d22a
from wildgate.message.draft import d22a, draft_of, rules
from wildgate.message.nodes import document, elements
from wildgate.message.plain import consent, read_record_json, record_json, uncefact_json
from wildgate.message.profile import NAMES_APART, Amendment, Box14
from wildgate.message.schema import schema
from wildgate.message.sheets import OLDER, Only, Sheets
from wildgate.message.spelling import DIGITS
from wildgate.message.told import TABLES
from wildgate.message.xml import check_message, read_message, write_v1, write_v2

AMENDED = Amendment("2", "1", date(2027, 4, 1), "Unit of block A corrected;\nsee the letter of 30 March")
AMOUNT = st.decimals(0, 10**9, places=4, allow_nan=False, allow_infinity=False)
BOX_14 = st.builds(
    Box14, at=st.datetimes(datetime(1975, 7, 1), datetime(2090, 1, 1), timezones=st.just(UTC)).map(
        lambda at: at.replace(microsecond=0)),
    port=CODE, officer=TEXT, quantities=st.lists(st.tuples(st.just("A"), AMOUNT, TEXT), max_size=2).map(tuple),
    port_name=TEXT, transport_document=TEXT)
CUSTOMS = st.lists(BOX_14, max_size=3, unique_by=lambda each: each.at).map(tuple)
LOOKS = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def read(data, draft=None):
    found = read_message(data, draft)
    assert not isinstance(found, Refusal), found
    return found


def one_block_called_a(record):
    """Endorsements name blocks, so blocks need names of their own."""
    return replace(record, lines=tuple(replace(each, block=letter)
                                       for each, letter in zip(record.lines, "ABCDEF", strict=False)))


@LOOKS
@given(RECORD.map(one_block_called_a), CUSTOMS)
def test_record_and_endorsements_survive_every_complete_form(record, customs):
    assert read_record_json(json.loads(json.dumps(record_json(record, customs)))) == (record, customs)
    back = read(write_v2(record, "", customs))
    assert (back.record, back.endorsements) == (record, customs)
    draft = write_d22a(record, "", customs)
    if any(NAMES_APART in each.taxon for each in record.lines):
        assert draft.code == "several-names"
        return
    back = read(draft, d22a())
    assert (back.record, back.endorsements, back.faults) == (record, customs, read(write_v2(record)).faults)


@LOOKS
@given(RECORD, st.text("0123456789:/#\n<&\r", max_size=30), CUSTOMS)
def test_the_text_of_a_message_is_what_its_elements_are_spelled_as(record, seal, customs):
    data = write_v2(record, seal, customs)

    assert document(elements(data)) == data


@pytest.mark.parametrize(("write", "sha256"), [
    (write_v2, "3899a6caf2f50216ecbad450d1c80a08cb7ba1791bddc20210b66a153454426a"),
    (write_v1, "2f2c98131351302693cd3ec4afa11a5753254f79b71f9c1c69425406669206db")])
def test_a_message_keeps_its_bytes_from_release_to_release(write, sha256):
    record = replace(re_export(), special_conditions='A & B <c> "d"\r\n\tё')
    jean = Box14(datetime(2027, 3, 10, 14, 5, tzinfo=UTC), "QMKV2", "Jean Moreau", (("A", Decimal("7.5"), "KGM"),),
                 "Kivu-2")

    assert hashlib.sha256(write(record, "123", [jean])).hexdigest() == sha256


def in_schema(table, rules):
    """Names of a table that no schema has there, and so on inside."""
    known = {OLDER.get(child.name, child.name): [] for rule in rules for child in rule.children}
    for rule in rules:
        for child in rule.children:
            known[OLDER.get(child.name, child.name)].append(child)
    for name, step in table.items():
        if name not in known:
            yield name
        elif isinstance(step, (Mapping, Sheets, Only)):
            yield from in_schema(step if isinstance(step, Mapping) else step.table, known[name])


def test_every_place_where_the_reader_looks_is_in_a_schema():
    tops = [child for rule in (schema("v1"), schema("v2"), rules(d22a())) for child in rule.children]
    for name, table in (("HeaderExchangedDocument", places.HEADER),
                        ("SpecifiedSupplyChainConsignment", places.CONSIGNMENT),
                        ("SpecifiedExchangedDocumentContext", places.CONTEXT)):
        assert list(in_schema(table, [top for top in tops if top.name == name])) == []


def test_v2_to_the_draft_and_back_loses_nothing_of_boxes_1_to_15():
    customs = (Box14(datetime(2027, 3, 10, 14, 5, tzinfo=UTC), "QMKV2", "Jean Moreau",
                     (("A", Decimal("1100.5"), "NAR"),), "Kivu-2"),)
    first = read(write_v2(re_export(), "123", customs))
    middle = read(write_d22a(first.record, first.seal_text, first.endorsements), d22a())
    last = read(write_v2(middle.record, middle.seal_text, middle.endorsements))

    assert last == first
    assert check_message(write_d22a(re_export(), "123", customs), d22a()) == []


def test_a_transport_document_stays_with_its_own_endorsement():
    customs = tuple(Box14(datetime(2027, 3, day, tzinfo=UTC), "QMKV2", "Jean", (), transport_document=paper)
                    for day, paper in ((1, ""), (2, "AWB 1"), (3, "")))

    assert read(write_v2(permit(), "", customs)).endorsements == customs
    assert check_message(write_v2(permit(), "", customs)) == []


# The draft profile (W1-1, W1-3, W1-4, W1-7)


def test_the_draft_is_off_unless_asked_for_and_says_what_it_is():
    data = write_d22a(permit())
    refused = read_message(data)

    assert refused.code == "profile-off"
    assert data.splitlines()[1] == b"<!-- d22a-draft: provisional, not the published schema -->"
    assert data.count(b"provisional, not the published schema") == 2
    assert read(data, d22a()).version == "d22a-draft"


def test_another_table_alone_gives_another_schema():
    table = files("wildgate.message").joinpath("d22a_draft.toml").read_text(encoding="utf-8")
    for old, new in (('root = "CITESEPermit"', 'root = "CITESCertificate"'),
                     ("urn:wildgate:provisional:", "urn:un:real:"), ('dates = "304"', 'dates = ""'),
                     ('= "SpecifiedContactPerson"', '= "DefinedTradeContact"'),
                     ("[order]", '[order]\nSpecifiedTradeProduct = ["ScientificName", "TypeCode"]')):
        assert old in table
        table = table.replace(old, new)
    real = draft_of(table)
    data = write_d22a(re_export(), amendment=AMENDED, draft=real)
    root = etree.fromstring(data)

    assert root.tag == "{urn:un:real:CITESEPermit:d22a-draft}CITESCertificate"
    assert [etree.QName(each).localname for each in root.find(".//{*}SpecifiedTradeProduct")][:2] == [
        "ScientificName", "TypeCode"]
    assert root.find(".//{*}DefinedTradeContact") is not None
    assert root.find(".//{*}DateTimeString") is None
    back = read(data, real)
    assert (back.record, back.amendment) == (re_export(), AMENDED)


def test_the_appendix_stands_twice_in_the_draft_and_once_in_v2():
    def places(data):
        root = etree.fromstring(data)
        return [root.findtext(f".//{{*}}{path}") for path in (
            "IncludedSupplyChainTradeLineItem/{*}TypeCode", "CategoryCode", "PreviousReferencedDocument/{*}ID")]

    record = permit(lines=(line(operation="A-QM-501"),))
    assert places(write_d22a(record)) == ["II", "II", "A-QM-501"]
    assert places(write_v2(record)) == ["II", "A-QM-501", "A-QM-501"]


FOREIGN = write_v2(permit(lines=(line(operation="A-QM-501"),))).replace(b"Wildgate permit record 1", b"")


@pytest.mark.parametrize(("category", "line_says", "appendix", "conflict"), [
    ("II", "II", "II", False), ("A-QM-501", "II", "II", False), ("I", "II", None, True), ("I", "", "I", False)])
def test_two_different_appendices_are_never_chosen_between(category, line_says, appendix, conflict):
    data = FOREIGN.replace(b"<ram:CategoryCode>A-QM-501", f"<ram:CategoryCode>{category}".encode()).replace(
        b"<ram:TypeCode>II", f"<ram:TypeCode>{line_says}".encode())
    found = read(data)

    assert found.facts["lines"][0]["appendix"] == appendix
    assert ("E-APPENDIX-CONFLICT" in {fault.code for fault in found.faults}) is conflict
    assert (found.record is None) is conflict


@pytest.mark.parametrize(("data", "operation"), [
    (FOREIGN, "A-QM-501"),
    (FOREIGN.replace(b"<ram:ID>A-QM-501", b"<ram:ID>"), "A-QM-501"),
    (FOREIGN.replace(b"<ram:CategoryCode>A-QM-501", b"<ram:CategoryCode>II"), "A-QM-501")])
def test_the_number_of_the_operation_is_found_in_either_place(data, operation):
    assert read(data).record.lines[0].operation == operation


def test_several_names_in_a_block_are_read_with_a_warning_and_not_written_as_a_draft():
    data = FOREIGN.replace(b"<ram:ScientificName>", b"<ram:ScientificName>Crocodylus porosus</ram:ScientificName>"
                                                    b"<ram:ScientificName>")
    found = read(data)

    assert found.record.lines[0].taxon == "Crocodylus porosus; Crocodylus novaeguineae"
    assert [(fault.code, "Block 1" in fault.sentence) for fault in found.faults] == [("W-SEVERAL-NAMES", True)]
    assert write_d22a(found.record).code == "several-names"


@pytest.mark.parametrize(("element", "box"), [("TransportLogisticsPackage", "11"),
                                              ("IncludedSupplyChainTradeLineItem", "7")])
def test_a_second_quantity_or_line_of_goods_in_a_block_is_named(element, box):
    root = etree.fromstring(FOREIGN)
    found = root.find(f".//{{*}}{element}")
    found.addnext(etree.fromstring(etree.tostring(found)))

    faults = read(etree.tostring(root)).faults

    assert [(fault.code, fault.box) for fault in faults] == [("W-ONLY-FIRST", box)]


# Dates (W1-2)


def dated(inside, name="IssueDateTime"):
    return FOREIGN.replace(b"<ram:IssueDateTime>2027-03-03T09:30:00.000+00:00</ram:IssueDateTime>",
                           f"<ram:{name}>{inside}</ram:{name}>".encode())


def strings(text, code, attribute="format"):
    return f'<ram:DateTimeString {attribute}="{code}">{text}</ram:DateTimeString>'


MIDNIGHT = ["2027-03-03T00:00:00.000+00:00", "2027-03-03T00:00:00Z", "2027-03-03T01:00:00.00+01:00", "2027-03-03",
            strings("20270303", 102), strings("202703030000", 203, "formatCode"), strings("202703030100+01:00", 205),
            strings("202703030100+0100", 205, "formatCode"), strings("20270303000000Z", 304),
            strings("20270302230000-0100", 304, "formatCode"), strings("2027-03-03T00:00:00Z", 205),
            "<ram:DateTimeString>20270303</ram:DateTimeString>"]


@pytest.mark.parametrize("name", ["IssueDateTime", "FormattedIssueDateTime"])
def test_twelve_spellings_of_a_date_give_one_value(name):
    found = [read(dated(inside, name)).record.issued_at for inside in MIDNIGHT]

    assert found == [datetime(2027, 3, 3, tzinfo=UTC)] * 12


@pytest.mark.parametrize("code", DIGITS)
def test_a_date_that_is_not_what_its_format_says_is_a_fault(code):
    wrong = {12: "20270303093000", 8: "202703030930", 14: "202703030930"}[DIGITS[code]]
    for text in ("2027030", wrong):
        found = read(dated(strings(text, code)))

        assert found.record is None
        assert "13" in {fault.box for fault in found.faults}


# Amendments (W1-6)


def test_an_amendment_is_elements_in_the_draft_and_one_text_in_v2():
    text = as_text(AMENDED)
    assert text.startswith("Amendment: version 2; previous version 1; date 2027-04-01; reason: Unit of")
    assert from_text(text) == AMENDED
    for data, draft in ((write_v2(permit(), "", (), AMENDED), None), (write_d22a(permit(), amendment=AMENDED), d22a())):
        found = read(data, draft)
        assert (found.amendment, found.record) == (AMENDED, permit())
        assert check_message(data, draft) == []


def test_a_special_condition_that_looks_like_an_amendment_stays_one():
    record = permit(special_conditions=as_text(AMENDED))

    assert read(write_v2(record)).amendment is None
    assert read(write_v2(record)).record == record


# States (W1-5) and the answers of a single window (W7-18)


def test_every_state_of_a_permit_has_a_code_and_comes_back_or_says_why_not():
    rows = {row.state: row for row in states.STATE_CODES}

    assert set(rows) == {state.value for state in PermitState} | {"provisional", "not-known"}
    assert set(PERMIT_ACTS.values()) <= set(PermitState)
    for state, row in rows.items():
        back = states.state_of(states.code_of(state), states.relationship_of(state))
        assert back == row.back
        assert back == state or row.why
    assert [states.code_of(state) for state in ("valid", "used", "partly-used", "suspended", "cancelled",
                                                "replaced")] == ["10", "12", "13", "40", "41", "41"]
    assert states.state_of("19") == states.state_of("") == "not-known"


def test_a_state_stands_in_the_draft_with_the_permit_that_replaced_it():
    data = write_d22a(re_export(), state="replaced", replaced_by="27QM000099AB")
    found = read(data, d22a())

    assert (found.state, found.replaced_by, found.record) == ("replaced", "27QM000099AB", re_export())
    assert check_message(data, d22a()) == []


def test_a_single_window_gets_one_of_six_words_and_numbers_only_with_a_grant():
    words = {consent(state)["answer"] for state in CaseState}
    assert words == {"", "requested", "in analysis", "demand for papers", "granted", "refused", "cancelled"}
    granted = consent(CaseState.ISSUED, permit(), PermitState.VALID)
    assert (granted["number"], granted["valid_until"], granted["lines"][0]["quantity"]) == (
        "27QM000045DL", "2027-09-02", "1200")
    assert "Mario" not in json.dumps(granted)
    assert consent(CaseState.ISSUED, permit(), PermitState.CANCELLED) == {"answer": "cancelled"}


# JSON


@pytest.mark.parametrize("change", [
    lambda data: data["permit"].pop("number"), lambda data: data["permit"].update(number=7),
    lambda data: data["permit"].update(number="other"), lambda data: data.update(form="x"),
    lambda data: data["permit"]["lines"][0].update(quantity="many"), lambda data: data.pop("digest"),
    lambda data: data["permit"]["lines"][0].update(marks=[{}]), lambda data: data.update(permit=[]),
    lambda data: data.update(endorsements=[{"at": "2027-03-03"}]), lambda data: data.update(endorsements=3),
    lambda data: data["permit"]["importer"].update(private="no"), lambda data: data["permit"].update(extra="x" * 9) or
    data["permit"]["lines"][0].update(origin=None)])
def test_a_document_that_is_no_permit_is_refused(change):
    data = record_json(permit())
    change(data)

    assert isinstance(read_record_json(data), Refusal)


def test_the_export_by_un_cefact_names_has_every_text_of_the_message():
    out = uncefact_json(re_export())

    assert out["headerExchangedDocument"]["id"] == {"content": "27QM000045DL", "schemeAgencyID": "QM"}
    items = out["specifiedSupplyChainConsignment"]["includedSupplyChainConsignmentItem"]
    assert items[1]["transportLogisticsPackage"][0]["itemQuantity"] == {"content": "12.125", "unitCode": "KGM"}
    text = json.dumps(out, ensure_ascii=False)
    for element in etree.fromstring(write_v2(re_export())).iter():
        if len(element) == 0:
            assert json.dumps(element.text, ensure_ascii=False) in text


# Capabilities (W1-9) and losses (W1-10)


def test_what_each_profile_can_do_is_true():
    said = {each["profile"]: each["capability"] for each in capabilities()}

    assert said == {"v1": "partial", "v2": "complete", "d22a-draft": "partial", "wco-3.11": "reading only"}
    assert read(write_v2(re_export())).record == re_export()
    assert read(write_v1(re_export())).record != re_export()
    assert len(CAPABILITIES) == 4


def test_the_start_of_the_wco_view_is_read_and_never_taken_for_a_permit():
    data = (b'<d:CITESePermit xmlns:d="urn:x"><d:ExpirationDateTime><d:DateTimeString formatCode="102">20271231'
            b"</d:DateTimeString></d:ExpirationDateTime><d:FunctionCode>09</d:FunctionCode><d:ID>A1</d:ID>"
            b"<d:IssueDateTime><d:DateTime>2027-01-01T00:00:00Z</d:DateTime></d:IssueDateTime><d:Box7>Panthera leo"
            b"</d:Box7></d:CITESePermit>")
    found = read(data)

    assert found.record is None
    assert found.facts["number"] == "A1"
    assert (found.facts["valid_until"], found.facts["issued_at"]) == ("2027-12-31", "2027-01-01T00:00:00Z")
    assert found.foreign == {"purpose-code": "09", "Box7": "Panthera leo"}
    assert [fault.code for fault in found.faults] == ["W-PARTIAL-PROFILE"]


@pytest.mark.parametrize("told", TABLES, ids=lambda told: told.__name__)
def test_the_guide_tells_what_the_code_does(told):
    guide = (Path(__file__).parents[2] / "docs/guide/messages.md").read_text(encoding="utf-8")

    assert told() in guide
