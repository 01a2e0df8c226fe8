"""What partners really send: the one real message, facts in either of two places, codes of two lists."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from lxml import etree
from tests.message.papers import AT, text_of, verifier
from tests.message.permits import line, permit, re_export

from wildgate.convention.permit import Reference
from wildgate.message.evidence import examine
from wildgate.message.judgement import judge
from wildgate.message.marks import Mark, proposed, split
from wildgate.message.one_record import CARGO, one_record
from wildgate.message.payload import local
from wildgate.message.profile import Box14
from wildgate.message.soap import Attachment, Call, read_answer
from wildgate.message.xml import check_message, read_message, write_v1, write_v2
from wildgate.seal.verdict import Role

JEAN = Box14(datetime(2027, 3, 10, 14, 5, tzinfo=UTC), "QMKV2", "Jean Moreau", (("A", Decimal("7.5"), "KGM"),),
             "Kivu-2")
FULL = write_v2(re_export(), "", [JEAN]).replace(b"Wildgate permit record 1", b"")


def without(*paths):
    """The full message of another house, without some of its elements."""
    root = etree.fromstring(FULL)
    for path in paths:
        found = root.findall(f".//{path}")
        assert found, path
        for each in found:
            each.getparent().remove(each)
    return etree.tostring(root)


def test_every_word_of_the_real_message_is_read_or_kept(shared_data):
    data = (shared_data / "epix" / "get_non_final_cites_certificate_v2.xml").read_bytes()
    answer = read_answer(data, Call("v2", "GetNonFinalCitesCertificate", "XA000000"))
    found = read_message(answer.payload)
    payload = next(each for each in etree.fromstring(data).iter("{*}CITESEPermit", "CITESEPermit"))

    assert found.record == read_message(data).record
    assert answer.attachments == (Attachment("", b""),)
    assert answer.composite is False
    said = json.dumps([found.record.as_json(), found.foreign], ensure_ascii=False)
    for element in payload.iter(tag=etree.Element):
        text = (element.text or "").strip()
        if len(element) == 0 and text and text != "?":
            assert kept(element, text, found, said), (local(element), text)


def kept(element, text, found, said):
    name = local(element)
    if name == "TypeCode":
        return text in {"A", "B", "C", "D", "R", "861", "811"} or f'"{text}"' in said
    if name.endswith("DateTime"):
        return text in said or text[:10] in said
    if name in {"PostcodeCode", "CityName", "CopyIndicator"}:
        return text in said or text == "false"
    return json.dumps(text, ensure_ascii=False).strip('"') in said


def test_the_real_message_field_by_field(shared_data):
    found = read_message((shared_data / "epix" / "get_non_final_cites_certificate_v2.xml").read_bytes())
    record = found.record

    assert (record.purpose.value, record.replaces, record.security_stamp) == ("T", "", "")
    assert (record.importer.name, record.importer.country) == ("Consignee name", "XB")
    assert (record.authority.name, record.authority.address) == ("Authority name", "Street\n00000 City")
    assert record.special_conditions.splitlines()[2] == "the IATA Live Animals Regulations"
    assert [(each.block, each.taxon, each.common_name, each.term, each.description, each.appendix.value,
             each.source.value, each.quantity, each.unit) for each in record.lines] == [
        ("A", "Alligator mississippiensis", "American Alligator", "LPS", "watchstraps", "II", "W", 5, "PCS"),
        ("B", "Crocodylus siamensis", "Siamese Crocodile", "LPS", "watchstraps", "I", "D", 10, "PCS")]
    assert {(each.quota, each.quota_used, each.operation, each.acquired) for each in record.lines} == {
        (None, None, "", None)}
    assert found.endorsements == ()


@pytest.mark.parametrize("gone", [
    (), ("{*}HeaderExchangedDocument/{*}EffectiveSpecifiedPeriod",),
    ("{*}HeaderExchangedDocument/{*}ReferenceReferencedDocument/{*}EffectiveSpecifiedPeriod",),
    ("{*}HeaderExchangedDocument/{*}IssueDateTime", "{*}HeaderExchangedDocument/{*}IssueLogisticsLocation"),
    ("{*}ThirdSignatoryDocumentAuthentication",), ("{*}FourthSignatoryDocumentAuthentication",),
    ("{*}CategoryCode",), ("{*}PreviousReferencedDocument",)], ids=str)
def test_a_fact_is_found_in_either_of_the_places_that_the_sources_name(gone):
    found = read_message(without(*gone)) if gone else read_message(FULL)

    assert found.record == re_export()
    assert found.endorsements == (JEAN,)


def test_box_14_of_the_fourth_signature_alone_is_an_endorsement():
    found = read_message(without("{*}SpecifiedSupplyChainConsignment/{*}ExaminationTransportEvent"))

    assert found.endorsements == (JEAN,)


@pytest.mark.parametrize(("origin", "last"), [("E", "R"), ("861", "811"), ("", "811"), ("", "")])
def test_references_are_told_apart_by_either_list_of_codes_or_by_their_order(origin, last):
    data = FULL.replace(b'listAgencyID="6">E<', f'listAgencyID="6">{origin}<'.encode())
    first, rest = data.split(b"<ram:AssociatedReferencedDocument>", 1)
    rest = rest.replace(b'listAgencyID="6">R<', f'listAgencyID="6">{last}<'.encode())

    block = read_message(first + b"<ram:AssociatedReferencedDocument>" + rest).record.lines[0]

    assert block.origin == Reference("PG", "PG-2026-000123", date(2026, 5, 4))
    assert block.last_re_export == Reference("SG", "SG26RX0009", date(2026, 11, 30))


def test_undated_quantities_count_once():
    root = etree.fromstring(FULL)
    event = root.find(".//{*}SpecifiedSupplyChainConsignment/{*}ExaminationTransportEvent")
    event.addnext(etree.fromstring(etree.tostring(event).replace(b"2027-03-10", b"2027-03-11")))
    item = root.find(".//{*}IncludedSupplyChainConsignmentItem/{*}ExaminationTransportEvent")
    item.remove(item[0])

    assert [each.quantities for each in read_message(etree.tostring(root)).endorsements] == [JEAN.quantities, ()]


# ONE Record (W6-11)


def test_a_permit_for_an_air_cargo_system_says_what_it_could_not_carry():
    record = permit(lines=(line("A", marks=(), term="LIV"), line("B", unit="KGM", quantity=Decimal("12.125"))))
    found, lost = one_record(record, [JEAN])

    assert found["@context"] == {"@vocab": CARGO}
    assert (found["epermitNumber"], found["permitTypeCode"]["code"], found["validUntil"]) == (
        "27QM000045DL", "E", "2027-09-02T23:59:59Z")
    pieces = [each["consignmentItems"] for each in found["consignments"]]
    assert pieces[0]["quantityAnimals"] == 1200
    assert "quantityAnimals" not in pieces[1]
    assert found["consignments"][0]["examiningQuantity"]["numericalValue"] == "7.5"
    assert [each["signatoryRole"]["@id"].partition("#")[2] for each in found["signatures"]] == [
        "ISSUING_AUTHORITY", "APPLICANT", "PERMIT_ISSUER", "EXAMINING_AUTHORITY"]
    assert [each[:6] for each in lost] == ["box 11", "box 9 "]


def test_a_private_person_stays_unnamed_there():
    record = re_export()
    private = permit(exporter=record.exporter.__class__("Mario Ferro", "Home 1", "QM", private=True))

    assert "Mario" not in json.dumps(one_record(private)[0])


def test_our_own_older_message_is_no_forgery_and_its_seal_decides():
    data = write_v1(permit(), text_of(permit()))
    found = judge(examine(data, "permit.xml"), verifier(), Role.PUBLIC, AT)
    changed = judge(examine(data.replace(b'unitCode="NAR">1200</ram:ItemQ', b'unitCode="NAR">9200</ram:ItemQ'),
                            "permit.xml"), verifier(), Role.PUBLIC, AT)

    assert check_message(data) == []
    assert (found.verdict.genuine, found.verdict.answer.value) == (True, "hold")
    assert "older-message" in {why.code for why in found.verdict.reasons}
    assert (changed.verdict.genuine, changed.verdict.answer.value) == (False, "refuse")


# Marks (W1-8)


def test_a_range_of_marks_is_split_only_when_somebody_confirmed_it():
    texts = ["Tag QM CNG 001-120", "985112003456789", "A 12-15", "ring AB 9-12"]

    assert [mark.text for mark in split(texts)] == texts
    assert [mark.kind for mark in split(texts)] == ["tag", "microchip", "", "closed ring"]
    marks = split(texts, confirmed=texts[:1])
    assert len(marks) == 120 + 3
    assert (marks[0], marks[119]) == (Mark("Tag QM CNG 001", "tag"), Mark("Tag QM CNG 120", "tag"))


@pytest.mark.parametrize("text", ["985112003456789", "120-001", "1-99999", "001-1200", "AB-CD", "1-1", ""])
def test_what_is_no_range_is_not_proposed_as_one(text):
    assert proposed(text) == ()
