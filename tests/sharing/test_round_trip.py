"""Out and in again: nothing of ours is lost in MISP or STIX, and independent readers accept what we write."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
import stix2
from hypothesis import given, settings
from pymisp import MISPEvent, MISPObject
from tests.sharing.bundles import bundles, one

from wildgate.sharing import misp, stix, twix
from wildgate.sharing.bundle import Bundle, Part, Read, Specimen
from wildgate.sharing.grading import Credibility, Grading, Handling, Reliability
from wildgate.sharing.marking import Marking, Tlp
from wildgate.sharing.misp.templates import TEMPLATES, definition
from wildgate.sharing.stix.marks import OWN, TLP_IDS


def came_back(read: Any) -> Bundle:
    assert isinstance(read, Read), read
    assert not [each for each in read.remarks if each.code != "ungraded"]
    return read.bundle


@settings(max_examples=15)
@given(bundles(Tlp.AMBER_STRICT))
def test_a_report_comes_back_from_misp_as_it_was(bundle: Bundle) -> None:
    assert came_back(misp.read(misp.write(bundle))) == bundle


@settings(max_examples=15)
@given(bundles(Tlp.AMBER_STRICT))
def test_a_report_comes_back_from_stix_as_it_was(bundle: Bundle) -> None:
    assert came_back(stix.read(stix.write(bundle))) == bundle


@settings(max_examples=5)
@given(bundles(Tlp.AMBER_STRICT))
def test_pymisp_reads_each_event_and_gives_it_back_whole(bundle: Bundle) -> None:
    for report in bundle.reports:
        event = MISPEvent()
        event.load({"Event": misp.event(report)})
        for each in event.objects:
            again = MISPObject(each.name, strict=True, misp_objects_template_custom=definition(TEMPLATES[each.name]))
            again.from_dict(**json.loads(each.to_json()))
            assert again._validate()

        assert came_back(misp.read(event.to_json().encode())).reports == (report,)


@settings(max_examples=5)
@given(bundles(Tlp.AMBER_STRICT))
def test_stix2_takes_every_object_without_custom_content_and_gives_it_back_whole(bundle: Bundle) -> None:
    parsed = stix2.parse(stix.write(bundle).decode(), allow_custom=False)

    assert came_back(stix.read(parsed.serialize().encode())) == bundle


def test_an_alert_table_brings_back_what_it_holds() -> None:
    marking = Marking(Tlp.GREEN, "Ministry of Demoland")
    report = one(title="=cmd|' /C calc'!A0", grading=Grading(Reliability.USUALLY, Credibility.POSSIBLE,
                                                             Handling.CONDITIONS),
                 specimens=(Specimen(UUID(int=9), "Python regius", marking, "II", "LIV", None, "", "C", "T", "QM-1"),
                            Specimen(UUID(int=10), "Python sebae", marking, "II", "SKI")))
    file = twix.write(Bundle((report,)))

    assert b'"=cmd' not in file
    assert b'"\'=cmd' in file
    assert came_back(twix.read(file)).reports == (report,)


@pytest.mark.parametrize("tlp", [each for each in Tlp if each < Tlp.RED])
def test_colours_are_the_published_marking_definitions(tlp: Tlp) -> None:
    objects = stix.objects(Bundle((one(marking=Marking(tlp, "Ministry of Demoland")),)))

    (report,) = (each for each in objects if each["type"] == "report")
    assert TLP_IDS[tlp] in report["object_marking_refs"]
    (defined,) = (each for each in objects if each["id"] == TLP_IDS[tlp] and each["type"] == "marking-definition")
    assert defined["extensions"]["extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d"]["tlp_2_0"] == (
        tlp.word.lower())
    assert f"tlp:{tlp.word.lower()}" in {tag["name"] for tag in misp.event(one(marking=Marking(tlp, "M")))["Tag"]}


def test_confidence_is_that_of_the_admiralty_table_and_unknown_has_none() -> None:
    def confidence(content: Credibility) -> int | None:
        graded = one(grading=Grading(Reliability.COMPLETELY, content))
        found = next(each for each in stix.objects(Bundle((graded,))) if each["type"] == "report")
        return found.get("confidence")

    assert [confidence(each) for each in Credibility] == [90, 70, 50, 30, 10, None]


def test_a_stricter_specimen_gives_no_tag_to_the_event_and_has_a_granular_marking() -> None:
    strict = Specimen(UUID(int=9), "Panthera tigris", Marking(Tlp.AMBER, "Ministry of Demoland"), "I", "SKI")
    report = one(specimens=(strict, replace(strict, uid=UUID(int=10), marking=one().marking, appendix="II")))

    tags = {tag["name"] for tag in misp.event(report)["Tag"]}
    assert 'cites:appendix="II"' in tags
    assert 'cites:appendix="I"' not in tags
    (written,) = (each for each in stix.objects(Bundle((report,))) if each["type"] == "report")
    assert {each["selectors"][0] for each in written["granular_markings"]} == {f"extensions.{OWN}.specimens.[0]"}


@pytest.mark.parametrize(("tlp", "groups", "spread"), [
    (Tlp.CLEAR, None, "3"), (Tlp.GREEN, None, "1"), (Tlp.AMBER, None, "0"), (Tlp.AMBER, frozenset({"fern"}), "4"),
    (Tlp.GREEN, frozenset({"fern"}), "4"), (Tlp.CLEAR, frozenset(), "0"), (Tlp.AMBER_STRICT, None, "0")])
def test_misp_spreads_it_no_further_than_it_is_marked(tlp: Tlp, groups: Any, spread: str) -> None:
    event = misp.event(one(marking=Marking(tlp, "Ministry of Demoland", groups=groups)))

    assert event["distribution"] == spread
    assert ("SharingGroup" in event) is (spread == "4")


def test_a_part_marked_more_strictly_says_so_on_each_of_its_attributes() -> None:
    part = Part(UUID(int=9), "who stands behind it", Marking(Tlp.AMBER_STRICT, "Ministry of Demoland"), "Names")

    made = next(each for each in misp.event(one(parts=(part,)))["Object"] if each["name"] == "cites-part")

    assert made["distribution"] == "0"
    assert [{tag["name"] for tag in each["Tag"]} >= {"tlp:amber+strict"} for each in made["Attribute"]] == [True, True]
