"""Lanes under a capacity: rules, points, the random share, and why."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.apps.risk.consignments import export, skins
from tests.cast import issued

from wildgate.apps.risk import services
from wildgate.apps.risk.models import Assessment, Seen, Slot
from wildgate.apps.risk.models.lanes import WORDS, worded
from wildgate.kit.models import Event
from wildgate.targeting.consignment import Consignment, PermitRef, Trader

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_draw")]


def test_listed_goods_without_a_permit_are_stopped_in_one_sentence(cast, at):
    row = services.assess(consignment=export("R1", at), at=at)

    assert (row.lane, row.drawn_by, row.takes_box) == ("red", "rule", False)
    assert row.reasons[0].startswith("Stop: Listed goods without a permit: ")
    assert Slot.objects.get().taken == 0
    assert Event.objects.filter(kind="lane-given", subject="risk:R1").count() == 1


def test_the_same_version_gets_the_same_row_and_a_new_one_takes_its_place(cast, at):
    row = services.assess(consignment=export("R1", at), at=at)

    assert services.assess(consignment=export("R1", at), at=at + timedelta(hours=1)).pk == row.pk
    newer = services.assess(consignment=export("R1", at, skins(quantity="50")), at=at + timedelta(hours=2))

    assert (newer.version, newer.newest) == (2, True)
    assert not Assessment.objects.get(pk=row.pk).newest
    assert Seen.objects.filter(newest=True).count() == 1


def test_a_permit_of_ours_with_the_same_goods_passes_green(cast, at):
    permit = issued(cast, at - timedelta(days=1))

    row = services.assess(consignment=export("R1", at, skins(permit.number)), at=at)

    assert row.lane == "green", row.reasons


def test_one_assessment_asks_a_bounded_number_of_queries(cast, at, django_assert_max_num_queries):
    permit = issued(cast, at - timedelta(days=1))
    services.assess(consignment=export("R0", at, skins(permit.number)), at=at)
    with django_assert_max_num_queries(54):
        services.assess(consignment=export("R1", at, skins(permit.number)), at=at)
    with django_assert_max_num_queries(58):
        services.assess_all(consignments=[export(f"M{i}", at, skins(permit.number), skins(permit.number, number=2))
                                          for i in range(40)], at=at)


def test_rates_lean_on_the_random_sample_and_are_unknown_where_nobody_looked(cast, at):
    long_ago = at - timedelta(days=30)
    for number in range(4):
        services.assess(consignment=export(f"H{number}", long_ago), at=long_ago + timedelta(hours=number))
        services.record_result(reference=f"H{number}", item=1, outcome="species", by="person:1", at=long_ago)

    row = services.assess(consignment=export("R1", at), at=at)
    other = services.assess(consignment=export("R2", at, skins(taxon="Varanus salvator")), at=at)

    known = Seen.objects.get(assessment=row).known.facts
    assert known["rate.lane"] == pytest.approx((4 + 20 / 30) / 24)
    assert known["party.offence"] is True
    assert known["declaration.split"] == 1
    assert "rate.lane" not in Seen.objects.get(assessment=other).known.facts
    assert "Lacuna" not in str(known)


def test_facts_of_a_permit_that_differs_from_the_declaration(cast, at):
    permit = issued(cast, at - timedelta(days=1))
    row = services.assess(consignment=export("R1", at, skins(permit.number, taxon="Varanus salvator", quantity="1300")),
                          at=at)
    facts = Seen.objects.get(assessment=row).known.facts
    assert facts["permit.known"] is True
    assert "taxon" in facts["permit.differs"]
    assert facts["permit.expired"] is False
    unknown = services.assess(consignment=export("R2", at, skins("QM-E-2026-99999")), at=at)
    assert unknown.reasons[0].startswith("Stop: The issuer does not know the permit")


def test_a_number_that_came_before_is_stopped_unless_our_ledger_has_something_left(cast, at):
    permit = issued(cast, at - timedelta(days=1))
    ours, theirs = skins(permit.number), skins(permits=(PermitRef("QZ-1", "QZ", role="foreign"),))
    services.assess_all(at=at - timedelta(hours=1), consignments=[export("A", at, ours), export("B", at, theirs)])

    again = services.assess_all(at=at, consignments=[export("C", at, ours), export("D", at, theirs)])

    known = [Seen.objects.get(assessment=row).known.facts["permit.seen_before"] for row in again]
    assert known == [False, True]


def test_strange_declarations_get_a_lane_too(cast, at):
    huge = skins(quantity="9" * 30, taxon="x" * 400, hs="", unit="", description="\u202e" * 2000)
    rows = services.assess_all(at=at, consignments=[
        export("R" * 300, at, skins(), skins()), export("", at, huge),
        export("N", at, exporter=Trader(), post="p" * 99), Consignment("E", "QM", "transit", at),
        export("N", at, exporter=Trader(), post="p" * 99)])

    assert len(rows) == 5
    assert len({row.pk for row in rows}) == 4
    assert max(len(row.reference) for row in rows) == 70


def test_a_reason_that_was_kept_before_is_worded_as_today_and_its_value_is_no_code_word():
    no = {"template": "not so: %(meaning)s", "words": ["meaning"], "values": {"meaning": "live specimens"}}
    fits = {"template": "%(meaning)s: %(value)s", "words": ["meaning", "value"],
            "values": {"meaning": "what was changed", "value": "consignee, route"}}
    ground = {"template": "Stop: %(title)s: %(parts)s.", "values": {"title": "T"}, "parts": [no, fits]}

    assert worded(ground) == "Stop: T: live specimens: no; what was changed: consignee, route."
    assert set(WORDS) >= {"yes", "no", "unknown", "consignee", "route", "destination"}
