"""What leaves for a target: nothing above its ceiling, in any of the formats, by any way round."""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass, replace
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from tests.sharing.bundles import bundles, ceilings, one

from wildgate.sharing import misp, stix, twix
from wildgate.sharing.bundle import (
    Bundle,
    EntityKind,
    Outcome,
    Part,
    SharedEntity,
    SharedRelation,
    SharedReport,
    SharedSighting,
    Specimen,
)
from wildgate.sharing.leaving import What, Why, fit
from wildgate.sharing.marking import Ceiling, Marking, Tlp

WORD = re.compile(r"[a-z]+x\d+x")
WRITERS = {"misp": misp.write, "stix": stix.write, "twix": twix.write}
GREEN = Marking(Tlp.GREEN, "Ministry of Demoland")
RED = Marking(Tlp.RED, "Ministry of Demoland", named=frozenset({7}))
OPEN = Ceiling(Tlp.RED, frozenset({"wall", "yard", "mill"}), frozenset({"wall", "yard", "mill"}), nominal=True)


def words(thing: Any) -> set[str]:
    """The marker words of a thing and of all in it."""
    if isinstance(thing, str):
        return set(WORD.findall(thing))
    if isinstance(thing, tuple):
        return {word for each in thing for word in words(each)}
    if is_dataclass(thing):
        return {word for each in fields(thing) for word in words(getattr(thing, each.name))}
    return set()


def hidden(report: SharedReport, ceiling: Ceiling) -> set[str]:
    """By the ceiling's own rule alone: the marker words of everything in the report that it does not let through."""
    nominal = {"person", "account", "phone", "email", "address"}
    if not ceiling.lets(report.marking):
        return words(report)
    held = {each.uid: replace(each.marking, nominal=each.marking.nominal or each.kind in nominal)
            for each in report.entities}
    found: set[str] = set()
    for each in (*report.parts, *report.specimens, *report.opinions):
        found |= set() if ceiling.lets(each.marking) else words(each)
    for each in report.entities:
        found |= set() if ceiling.lets(held[each.uid]) else words(each)
    for each in report.relations:
        ends = (each.marking, held[each.source], held[each.target])
        found |= set() if all(map(ceiling.lets, ends)) else words(each)
    for each in report.sightings:
        seen = (each.marking, held.get(each.about, report.marking))
        found |= set() if all(map(ceiling.lets, seen)) else words(each)
    return found


@settings(max_examples=30)
@given(bundles(), ceilings)
def test_no_word_of_what_is_withheld_stands_in_any_format(bundle: Bundle, ceiling: Ceiling) -> None:
    secret = {word for each in bundle.reports for word in hidden(each, ceiling)}

    fitted = fit(bundle, ceiling).bundle

    for name, write in WRITERS.items():
        said = set(WORD.findall(write(fitted).decode()))
        assert not said & secret, name


@settings(max_examples=10)
@given(bundles(), ceilings)
def test_what_may_leave_leaves(bundle: Bundle, ceiling: Ceiling) -> None:
    fitted = fit(bundle, ceiling)

    kept = {word for each in fitted.bundle.reports for word in words(each)}
    free = {each.title for each in bundle.reports if ceiling.lets(each.marking)}
    assert {each.title for each in fitted.bundle.reports} == free
    everything = {word for each in bundle.reports for word in words(each)}
    if everything - kept:
        assert fitted.withheld


@settings(max_examples=12)
@given(bundles())
def test_red_never_leaves_whatever_the_ceiling(bundle: Bundle) -> None:
    fitted = fit(bundle, OPEN).bundle

    marks = [thing.marking for each in fitted.reports
             for thing in (each, *each.parts, *each.specimens, *each.entities, *each.relations, *each.sightings,
                           *each.opinions)]
    assert all(each.tlp < Tlp.RED and each.named is None for each in marks)
    assert b"TLP:RED" not in stix.write(fitted)
    assert b"tlp:red" not in misp.write(fitted)


@pytest.mark.parametrize("write", [misp.write, stix.write])
def test_a_writer_refuses_red_that_nobody_fitted(write: Any) -> None:
    for report in (one(marking=RED), one(parts=(Part(UUID(int=5), "secret", RED),))):
        with pytest.raises(ValueError, match="RED"):
            write(Bundle((report,)))


def test_a_relation_is_no_freer_than_its_stricter_end() -> None:
    free, strict = (SharedEntity(UUID(int=n), EntityKind.VESSEL, f"Ship {n}", mark)
                    for n, mark in ((1, GREEN), (2, replace(GREEN, tlp=Tlp.AMBER))))
    relation = SharedRelation(UUID(int=3), free.uid, strict.uid, "meets", GREEN)
    sighting = SharedSighting(UUID(int=4), strict.uid, Outcome.SEEN, one().created, GREEN, "seen at night")

    fitted = fit(Bundle((one(entities=(free, strict), relations=(relation,), sightings=(sighting,)),)),
                 Ceiling(Tlp.GREEN))

    (report,) = fitted.bundle.reports
    assert (report.entities, report.relations, report.sightings) == ((free,), (), ())
    assert {(each.what, each.why) for each in fitted.withheld} == {
        (What.ENTITY, Why.COLOUR), (What.RELATION, Why.COLOUR), (What.SIGHTING, Why.COLOUR)}


def test_a_title_that_quotes_a_withheld_name_keeps_the_report_back() -> None:
    person = SharedEntity(UUID(int=1), EntityKind.PERSON, "Orla  Quill", GREEN)

    fitted = fit(Bundle((one(title="Skins of ORLA QUILL", entities=(person,)),)), Ceiling(Tlp.AMBER))

    assert fitted.bundle.reports == ()
    assert fitted.withheld[0].why is Why.QUOTES


def test_the_number_of_a_withheld_specimens_permit_stands_nowhere() -> None:
    hidden_one = Specimen(UUID(int=1), "Panthera tigris", replace(GREEN, compartments=frozenset({"wall"})),
                          permit="QZ-77-1")

    fitted = fit(Bundle((one(specimens=(hidden_one,), permits=("QZ-77-1", "QZ-78-1")),)), Ceiling(Tlp.AMBER))

    assert fitted.bundle.reports[0].permits == ("QZ-78-1",)


def test_the_target_is_not_told_of_groups_that_it_is_not_in() -> None:
    marked = replace(GREEN, groups=frozenset({"twix", "operation-fern"}))

    fitted = fit(Bundle((one(marking=marked),)), Ceiling(Tlp.GREEN, groups=frozenset({"twix"})))

    assert fitted.bundle.reports[0].marking.groups == {"twix"}
    assert b"fern" not in misp.write(fitted.bundle) + stix.write(fitted.bundle)


@pytest.mark.parametrize("said", ["write to orla@example.org", "call +44 20 7946 0018", "seller @skinsforall",
                                  "see https://market.example/u/orla", "Tel (020) 7946-0018"])
def test_an_alert_table_never_holds_what_looks_like_a_person(said: str) -> None:
    bundle = Bundle((one(text=f"Skins offered, {said}."),))

    assert twix.alerts(bundle).withheld[0].why is Why.NOMINAL
    assert said.split()[-1].encode() not in twix.write(bundle)


@pytest.mark.parametrize("said", ["seen on 2027-03-01 and 02.03.2027", "1,200 skins of 40 cm", "HS 4103.20"])
def test_dates_and_figures_are_no_telephone_numbers(said: str) -> None:
    assert said.encode() in twix.write(Bundle((one(text=said, permits=("12345678",)),)))


def test_an_alert_table_holds_no_nominal_entity_and_no_report_that_quotes_one() -> None:
    person = SharedEntity(UUID(int=1), EntityKind.PERSON, "Orla Quill", replace(GREEN, nominal=True))

    assert b"Orla" not in twix.write(Bundle((one(entities=(person,)),)))
    assert b"Forty skins" in twix.write(Bundle((one(entities=(person,)),)))
    assert b"Skins" not in twix.write(Bundle((one(entities=(person,), title="Skins of orla quill"),)))


def test_the_ceiling_of_a_table_lets_no_compartment_and_no_person_through() -> None:
    assert twix.narrowed(OPEN) == Ceiling(Tlp.AMBER, frozenset(), OPEN.groups, nominal=False)
