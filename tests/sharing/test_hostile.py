"""Files of others: limits before parsing, a place for every fault, and nothing lost that we have no place for."""

from __future__ import annotations

import json
import time
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.sharing.bundles import bundles, one

from wildgate.convention.refusal import Refusal
from wildgate.sharing import misp, stix, twix
from wildgate.sharing.bundle import Bundle, EntityKind, Read
from wildgate.sharing.door import LARGEST, parse
from wildgate.sharing.marking import Tlp
from wildgate.sharing.misp.templates import PART

ID = "5f3c5a0e-0f0c-4d2c-9a52-9d2f2a8c1b11"
OTHER = "7a1d5a0e-0f0c-4d2c-9a52-9d2f2a8c1b22"


def event(**more: Any) -> bytes:
    return json.dumps({"Event": {"uuid": ID, "info": "Skins", "date": "2027-03-01", "timestamp": "1804000000",
                                 "Orgc": {"name": "Police of Quartzland"}, **more}}).encode()


def bundle(*objects: dict[str, Any]) -> bytes:
    return json.dumps({"type": "bundle", "id": f"bundle--{ID}", "objects": list(objects)}).encode()


def sdo(kind: str, uid: str = ID, **more: Any) -> dict[str, Any]:
    return {"type": kind, "spec_version": "2.1", "id": f"{kind}--{uid}", "created": "2027-03-01T12:00:00Z",
            "modified": "2027-03-01T12:00:00Z", **more}


def read(found: Read | Refusal) -> Read:
    assert isinstance(found, Read), found
    return found


def refused(found: Any) -> str:
    assert isinstance(found, Refusal), found
    assert found.field == "file"
    return found.reason


@pytest.mark.parametrize("data", [
    b" " * (LARGEST + 1), b"[" * 50, b"[" + b"1," * 1_000_001 + b"1]", b'{"a":"' + b"x" * 1_000_001 + b'"}',
    b'{"a":1,"a":2}', b'{"a":NaN}', b'{"a":"\\ud800"}', b'{"a":"\\u0000"}', b'{"a":', b"\xff\xfe", b'"' * 1_000_001,
    b'{"a":' + b"9" * 5000 + b"}", b""])
def test_a_file_beyond_the_limits_is_refused_and_quickly(data: bytes) -> None:
    began = time.process_time()

    refused(parse(data))

    assert time.process_time() - began < 2


@pytest.mark.parametrize(("data", "place"), [
    (event(uuid="none"), "$.Event.uuid"), (event(Tag="tlp:red"), "$.Event.Tag"),
    (event(Object=[{"uuid": OTHER, "name": 3.5, "Attribute": {}}]), "$.Event.Object[0].Attribute"),
    (event(Attribute=[7]), "$.Event.Attribute[0]"), (event(info=None), "$.Event.info"),
    (event(timestamp="soon"), "$.Event.timestamp"), (b"[]", "$"), (b"{}", "$"),
    (event(Object=[{"uuid": OTHER, "name": "cites-part", "template_uuid": PART.uid, "Attribute": [
        {"object_relation": "%(x)s", "value": "1"}]}]), "$.Event.Object[0].Attribute")])
def test_a_fault_of_an_event_names_its_path(data: bytes, place: str) -> None:
    assert refused(misp.read(data)).startswith(f"{place}:")


@pytest.mark.parametrize(("data", "place"), [
    (bundle(sdo("report", uid="x")), "$.objects[0].id"), (b'{"type":"report"}', "$.type"),
    (bundle(sdo("report", name="A", object_refs="x")), "$.objects[0].object_refs"),
    (bundle(sdo("report", name=["A"])), "$.objects[0].name")])
def test_a_fault_of_a_bundle_names_its_path(data: bytes, place: str) -> None:
    assert refused(stix.read(data)).startswith(f"{place}:")


def test_a_fault_of_a_table_names_its_line() -> None:
    lines = twix.write(Bundle((one(),))).decode().splitlines()
    broken = "\r\n".join([lines[0], lines[1], lines[1].replace("GREEN", "GREEN\x01")]).encode()
    assert refused(twix.read(broken)).startswith("Line 3:")
    assert refused(twix.read("\r\n".join([lines[0], '"1"']).encode())).startswith("Line 2:")
    assert refused(twix.read(b"a,b\r\n")).startswith("Line 1:")


def test_white_of_tlp_1_is_clear_and_said() -> None:
    found = read(misp.read(event(Tag=[{"name": "tlp:white"}])))
    assert found.bundle.reports[0].marking.tlp is Tlp.CLEAR
    assert "old-white" in {each.code for each in found.remarks}

    old = "marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9"
    again = read(stix.read(bundle(sdo("report", name="A", object_refs=[], object_marking_refs=[old]))))
    assert again.bundle.reports[0].marking.tlp is Tlp.CLEAR
    assert "old-white" in {each.code for each in again.remarks}


@pytest.mark.parametrize("found", [misp.read(event()), stix.read(bundle(sdo("report", name="A", object_refs=[])))])
def test_what_has_no_marking_is_held_as_amber_strict_and_said(found: Any) -> None:
    assert read(found).bundle.reports[0].marking.tlp is Tlp.AMBER_STRICT
    assert "unmarked" in {each.code for each in read(found).remarks}


def test_of_two_colours_the_stricter_holds() -> None:
    found = read(misp.read(event(Tag=[{"name": "tlp:green"}, {"name": "TLP:AMBER"}])))

    assert found.bundle.reports[0].marking.tlp is Tlp.AMBER


def test_what_misp_has_and_we_do_not_is_kept_word_for_word_and_said() -> None:
    found = read(misp.read(event(
        Tag=[{"name": "tlp:green"}, {"name": 'workflow:state="draft"'}],
        Attribute=[{"uuid": OTHER, "type": "phone-number", "value": "+44 20 7946 0018", "Tag": [{"name": "tlp:amber"}]},
                   {"uuid": str(UUID(int=7)), "type": "sha256", "value": "ab" * 32}],
        Object=[{"uuid": str(UUID(int=8)), "name": "vehicle",
                 "Attribute": [{"object_relation": "plate", "value": "QZ 12 ABC"}]}])))

    (report,) = found.bundle.reports
    (phone,) = report.entities
    assert (phone.kind, phone.marking.tlp, phone.marking.nominal) == (EntityKind.PHONE, Tlp.AMBER, True)
    kept = "\n".join(each.text for each in report.parts)
    assert "ab" * 32 in kept
    assert "QZ 12 ABC" in kept
    assert "workflow" in kept
    assert [each.code for each in found.remarks].count("kept-as-note") == 3


def test_what_stix_has_and_we_do_not_is_kept_word_for_word_and_said() -> None:
    person = sdo("identity", uid=OTHER, name="Orla Quill", identity_class="individual")
    other = sdo("indicator", uid=str(UUID(int=(4 << 76) | (8 << 60) | 5)), name="Shop", pattern="[url:value='x']")
    found = read(stix.read(bundle(sdo("report", name="A", object_refs=[person["id"], other["id"]]), person, other)))

    (report,) = found.bundle.reports
    assert [(each.kind, each.value, each.marking.nominal) for each in report.entities] == [
        (EntityKind.PERSON, "Orla Quill", True)]
    assert "[url:value='x']" in report.parts[0].text
    assert report.parts[0].marking.tlp is Tlp.AMBER_STRICT


def test_objects_that_no_report_speaks_of_are_not_lost() -> None:
    found = read(stix.read(bundle(sdo("note", content="Ivory seen", object_refs=[]))))

    assert found.bundle.reports[0].parts[0].text == "Ivory seen"


def test_one_id_for_two_different_things_is_refused_and_the_same_twice_is_one() -> None:
    assert "two different things" in refused(misp.read(
        b'{"response":[' + event() + b"," + event(info="Other") + b"]}"))
    twice = read(misp.read(b'{"response":[' + event() + b"," + event() + b"]}"))
    assert len(twice.bundle.reports) == 1
    assert "twice" in {each.code for each in twice.remarks}
    report = sdo("report", name="A", object_refs=[])
    assert "two different things" in refused(stix.read(bundle(report, {**report, "name": "B"})))
    newer = read(stix.read(bundle(report, {**report, "name": "B", "modified": "2027-03-02T12:00:00Z"})))
    assert newer.bundle.reports[0].title == "B"


JSON = st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.sampled_from([ID, "report"]),
                    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from([
                        "Event", "uuid", "info", "Tag", "name", "Object", "Attribute", "type", "objects", "id",
                        "value", "object_refs", "extensions", "object_marking_refs"]), inner, max_size=6),
                    max_leaves=25)


@settings(max_examples=30)
@given(JSON, st.sampled_from(["Event", "objects", "Object"]))
def test_no_file_brings_a_reader_down(value: Any, where: str) -> None:
    whole = {"Event": {"Event": value}, "Object": {"Event": {"uuid": ID, "info": "A", "Object": value}},
             "objects": {"type": "bundle", "objects": value}}[where]
    data = json.dumps(whole).encode()

    for reader in (misp.read, stix.read, twix.read):
        assert isinstance(reader(data), Read | Refusal)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a JSON value."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(found for key, each in inside for found in places(each, (*path, key)))][0 if path else 1:]


@settings(max_examples=20)
@given(st.data(), st.sampled_from([misp, stix]))
def test_a_file_of_ours_with_one_thing_broken_is_read_or_refused(data: Any, room: Any) -> None:
    whole = json.loads(room.write(data.draw(bundles(Tlp.AMBER_STRICT))))
    path = data.draw(st.sampled_from(places(whole)))
    holder = whole
    for key in path[:-1]:
        holder = holder[key]

    holder[path[-1]] = data.draw(JSON)

    assert isinstance(room.read(json.dumps(whole).encode()), Read | Refusal)
