"""Facts that come from other rooms: the ledger, rejected papers, alerts, what was found before, and when goods move."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from tests.apps.risk.consignments import export, skins
from tests.cast import issued

from wildgate.apps.balances.asking import WriteOff
from wildgate.apps.customs import services as customs
from wildgate.apps.customs.services import writing_off
from wildgate.apps.duties.services import raise_alert
from wildgate.apps.goods.services import Change, set_code
from wildgate.apps.risk import services
from wildgate.apps.risk.models import Seen
from wildgate.targeting.consignment import PermitRef

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_draw")]


def facts(at, *items, reference="R1", **more):
    row = services.assess(consignment=export(reference, at, *items, **more), at=at)
    return Seen.objects.get(assessment=row, number=1).known.facts


def written(call, jean, permit, at, quantity, reference, version=1):
    done = call(actor=jean, at=at, asked=WriteOff(
        permit.number, block="A", quantity=Decimal(quantity), reference=reference, procedure="1000", post="Kivu-2",
        transport_document="020-1", version=version))
    assert hasattr(done, "state"), done


def test_the_share_of_a_permit_is_that_of_what_the_ledger_has_left(cast, jean, at):
    permit = issued(cast, at)
    item = skins(permit.number, quantity="600")
    assert facts(at, item)["permit.share"] == 0.5

    written(writing_off.reserve, jean, permit, at, 600, "R1")
    assert facts(at, item, reference="R1", post="Kivu-3")["permit.share"] == 0.5
    assert facts(at, item, reference="R2")["permit.share"] == 1.0
    written(writing_off.consume, jean, permit, at, 900, "R1", 2)
    assert facts(at, item, reference="R3")["permit.share"] == 2.0
    written(writing_off.amend, jean, permit, at, 600, "R1", 3)
    assert facts(at, item, reference="R4")["permit.share"] == 1.0


def test_a_paper_that_was_rejected_as_altered_is_until_the_authority_takes_it_back(cast, jean, at):
    permit = issued(cast, at)
    assert "permit.altered" not in facts(at, skins(permit.number))

    paper = {"actor": jean, "country": "QM", "number": permit.number, "evidence": "The quantity was typed over.",
             "port": "Kivu-2", "at": at}
    used = customs.reject(**paper, reason="used-before")
    assert "permit.altered" not in facts(at, skins(permit.number), reference="R2")
    altered = customs.reject(**paper, reason="altered")
    row = services.assess(consignment=export("R3", at, skins(permit.number)), at=at)
    assert (row.lane, row.items.get().known.facts["permit.altered"]) == ("red", True)

    for each in (used, altered):
        customs.lift(actor=cast["amina"], rejection=each.pk, why="Our own correction.", at=at)
    assert "permit.altered" not in facts(at, skins(permit.number), reference="R4")


def test_contraband_is_announced_by_an_alert_or_was_found_before(cast, at):
    permit = issued(cast, at)
    assert "cargo.contraband" not in facts(at)
    for topic, about in (("contraband", {"declaration": "R2"}), ("route", {"declaration": "R1"}),
                         ("contraband", {"permit": permit.number})):
        raise_alert(actor=cast["jean"], topic=topic, text="Look.", at=at, **about)

    assert facts(at, reference="R2")["cargo.contraband"] is True
    assert facts(at, skins(permit.number), reference="R3")["cargo.contraband"] is True
    assert "cargo.contraband" not in facts(at, post="Kivu-3")
    services.record_result(reference="R1", item=1, outcome="quantity", by="person:1", at=at)
    assert facts(at, post="Kivu-4")["cargo.contraband"] is False
    services.record_result(reference="R1", item=1, outcome="undeclared", by="person:1", at=at)
    assert facts(at, post="Kivu-5")["cargo.contraband"] is True


def test_hours_before_the_goods_move(at):
    assert facts(at, moves_at=at + timedelta(hours=3, minutes=30))["declaration.hours_before"] == 3.5
    assert "declaration.hours_before" not in facts(at, reference="R2")


def test_codes_are_judged_by_the_table_as_the_house_has_it(cast, at):
    item = {"hs": "420299", "taxon": "Crocodylus porosus", "term": "LPL"}
    before = facts(at, skins(**item))["item.code_fits"]

    set_code(actor=cast["tomas"], at=at, change=Change("4202.99", "other containers", "Crocodylus spp.", "LPL",
                                                       reason="Seen at Kivu-2."))

    assert (before, facts(at, skins(**item), reference="R2")["item.code_fits"]) == ("no", "yes")


def test_a_permit_of_ours_is_known_however_its_number_is_written(cast, at):
    number = issued(cast, at).number
    written_as = [f"{number[:2]} {number[2:4]} {number[4:]}", f"{number[:-1].lower()}/{number[-1]}", f"QM-{number}"]
    found = [facts(at, skins(each), reference=f"R{place}") for place, each in enumerate(written_as)]

    assert [each["permit.known"] for each in found] == [True, True, True]
    assert facts(at, skins("26QM 999999/E"), reference="R9")["permit.known"] is False


def test_a_rejected_number_is_remembered_without_its_signs_until_the_authority_takes_it_back(cast, jean, at):
    paper = {"actor": jean, "country": "QZ", "number": "26QZ/0099-1", "reason": "forged", "port": "Kivu-2", "at": at,
             "evidence": "The stamp is printed."}
    rejected = customs.reject(**paper)
    item = replace(skins(), permits=(PermitRef("26 QZ 00991", "QZ"),))
    before = facts(at, item)["permit.rejected"]
    lifted = customs.lift(actor=cast["amina"], rejection=rejected.pk, why="The stamp is new.", at=at)

    assert lifted.lifted_at == at
    assert (before, facts(at, item, reference="R2")["permit.rejected"]) == (True, False)
