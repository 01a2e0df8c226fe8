"""Seizures out of an inspection or alone; custody that shows every change; disposal by two; the report."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from tests.apps.inspections.goods import PARROTS, incident, of_permit, recorded, seized
from tests.databases import as_owner, lift_guards

from wildgate.apps.inspections import services
from wildgate.apps.inspections.models import Custody, Disposal, Inspection, Seizure
from wildgate.apps.inspections.services.custody import faults_of
from wildgate.apps.inspections.services.disposing import Proposal
from wildgate.apps.inspections.services.recording import Line
from wildgate.apps.inspections.services.seizing import Specimens
from wildgate.apps.reports import illegal
from wildgate.kit import events
from wildgate.kit.models import Event
from wildgate.site.cli import main

pytestmark = pytest.mark.django_db
SKINS = Specimens("Crocodylus porosus", "SKI", "1100")


def test_from_a_finding_to_the_illegal_trade_report(cast, at, capsys):
    found = recorded(cast, at, of_permit(cast, at), Line("wrong-species", taxon="Crocodylus porosus", quantity="1100"))
    made = seized(cast, at, SKINS, inspection=found.number, cause="wrong-declaration", origin="QM", transit=())

    assert Inspection.objects.get().outcome == "seize"
    told = json.loads(Event.objects.get(kind="seized").data)
    assert told["papers"] and told["lines"][0]["quantity"] == "1100"
    assert main(["report", "illegal", str(at.year)]) == 0
    row, = csv.DictReader(io.StringIO(capsys.readouterr().out))
    assert (row["Reference / ID"], row["Species"], row["Quantity"], row["Reason for seizure"]) == (
        made.number, "Crocodylus porosus", "1100", "wrong declaration")
    assert row["Disposal of confiscated specimens"] == "stored"
    assert events.verify("QM") is None


def test_a_seizure_alone_with_live_specimens_has_a_clock_until_the_authority_has_them(cast, at, jean):
    made = seized(cast, at)

    assert made.hand_over_by == at + timedelta(hours=24)
    done = services.hand_over(actor=jean, number=made.number, giver=jean.name, taker="Amina Keita", place="Lacuna City",
                              when=at, condition="Five alive", seal="", to_authority=True, at=at + timedelta(hours=2))
    assert isinstance(done, Custody), done
    assert Seizure.objects.get().handed_over_at == at.replace(microsecond=0)


@pytest.mark.parametrize(("more", "field"), [
    ({"lines": ()}, "lines[0].taxon"), ({"cause": "bad mood"}, "cause"), ({"provision": " "}, "provision"),
    ({"origin": "Q1"}, "origin"), ({"lines": (Specimens("Ara macao", "LIV", "-3"),)}, "lines[0].quantity"),
    ({"lines": (Specimens("Ara macao", "LIV", "3", live="4"),)}, "lines[0].live"),
    ({"lines": (Specimens("Ara macao", "LIV", "1.5"),)}, "lines[0].quantity"),
    ({"seized_at": datetime(1, 1, 1, tzinfo=UTC)}, "seized_at"),
    ({"lines": (Specimens("Dragon draco", "LIV", "3"),)}, "lines[0].taxon"),
    ({"lines": (Specimens("Ara macao", "ZZZ", "3"),)}, "lines[0].term"),
])
def test_what_cannot_be_is_refused_by_field(cast, at, jean, more, field):
    from dataclasses import replace
    assert services.seize(actor=jean, incident=replace(incident(at), **more), at=at).field == field
    assert not Seizure.objects.exists()


def handed(cast, made, at, hours, giver, taker, **more):
    return services.hand_over(actor=cast["jean"], number=made.number, giver=giver, taker=taker, place="Kivu-2",
                              when=at + timedelta(hours=hours), condition="Good", at=at + timedelta(days=1), **more)


def test_only_who_has_the_goods_gives_them_and_time_runs_forward(cast, at):
    made = seized(cast, at)

    assert handed(cast, made, at, 1, "Somebody", "Store").code == "not-the-holder"
    assert handed(cast, made, at, -5, "Jean Moreau", "Store").code == "bad-time"
    assert handed(cast, made, at, 1, "Jean Moreau", "JEAN  Moreau").code == "same-holder"
    assert handed(cast, made, at, 1, "jean  moreau", "Store").seq == 2
    assert faults_of(made) == []


@pytest.mark.parametrize(("harm", "code"), [
    (lambda rows: rows.filter(seq=2).update(condition="Perfect"), "changed"),
    (lambda rows: rows.filter(seq=2).delete(), "missing"),
    (lambda rows: rows.filter(seq=3).delete(), "cut"),
    (lambda rows: rows.filter(seq=1).update(seal="QM-0001"), "changed"),
])
def test_a_changed_or_missing_hand_over_is_found(cast, at, harm, code):
    made = seized(cast, at)
    handed(cast, made, at, 1, "Jean Moreau", "Store")
    handed(cast, made, at, 2, "Store", "Laboratory")
    with as_owner(), pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        harm(Custody.objects)
    lift_guards("inspections_custody")
    harm(Custody.objects)

    assert faults_of(made)[0].code == code


def test_a_forged_chain_that_is_sound_in_itself_still_differs_from_the_events(cast, at):
    from wildgate.apps.inspections import chain
    made = seized(cast, at)
    handed(cast, made, at, 1, "Jean Moreau", "Store")
    lift_guards("inspections_custody")
    row = Custody.objects.get(seq=2)
    link = chain.HandOver(made.number, 2, row.giver, "Another store", row.place, row.at, row.condition, row.seal,
                          row.to_authority, row.previous)
    Custody.objects.filter(pk=row.pk).update(taker=link.taker, digest=chain.digest_of(link))

    assert [fault.code for fault in faults_of(made)] == ["changed"]


def propose(cast, made, at, method, who="amina", **more):
    said = {"lines": (1,), "method": method, "to": "Lacuna rescue centre", "why": "As advised.", "consulted": "CD",
            "consulted_on": at.date(), **more}
    return services.propose(actor=cast[who], number=made.number, proposal=Proposal(**said), at=at)


@pytest.mark.parametrize(("lines", "method", "more", "code"), [
    ((PARROTS,), "sold", {"provision": "Act s. 9"}, "never-sold"),
    ((Specimens("Python regius", "LIV", "2", live="2"),), "sold", {"provision": "Act s. 9"}, "not-for-live"),
    ((Specimens("Python regius", "SKI", "2"),), "sold", {}, "missing"),
    ((Specimens("Python regius", "SKI", "2"),), "rescue-centre", {}, "for-live-only"),
    ((PARROTS,), "rescue-centre", {"consulted": "", "consulted_on": None}, "not-consulted"),
    ((PARROTS,), "destroyed", {}, "not-for-live"),
    ((PARROTS,), "returned", {"origin": "XX", "consulted": "", "consulted_on": None}, "not-consulted"),
    ((PARROTS,), "rescue-centre", {"lines": (9,)}, "missing"),
])
def test_the_law_of_disposal(cast, at, lines, method, more, code):
    origin = {name: more[name] for name in more if name == "origin"}
    said = {name: more[name] for name in more if name != "origin"}
    assert propose(cast, seized(cast, at, *lines, **origin), at, method, **said).code == code


def test_disposal_takes_two_officers_of_the_authority(cast, at, amina, bo, jean):
    made = seized(cast, at)
    assert propose(cast, made, at, "rescue-centre", who="jean").code == "not-allowed"
    proposal = propose(cast, made, at, "rescue-centre")

    def decide(actor, agreed=True):
        return services.decide(actor=actor, disposal=proposal.pk, agreed=agreed, at=at)

    assert propose(cast, made, at, "returned").code == "disposed-already"
    assert services.carry_out(actor=amina, disposal=proposal.pk, at=at).code == "not-decided"
    assert decide(amina).code == "four-eyes"
    assert decide(jean).code == "not-allowed"
    assert decide(bo).state == "decided"
    assert decide(bo).code == "decided-already"
    assert services.carry_out(actor=amina, disposal=proposal.pk, at=at).state == "done"
    assert Seizure.objects.get().state == "disposed"
    last = made.custody.last()
    assert (last.giver, last.taker, last.lines, last.condition) == (
        "Jean Moreau", "Lacuna rescue centre", [1], "rescue-centre")
    assert faults_of(made) == []
    assert handed(cast, made, at, 1, "Jean Moreau", "Store").code == "nothing-held"
    assert services.take_sample(actor=jean, seizure=made.number, what="Feather", sent_to="Lab",
                                at=at).code == "specimens-gone"
    assert next(illegal.rows("QM", at.year))[19] == "rescue centre"


def test_what_is_not_disposed_of_stays_with_its_holder_and_what_is_stored_with_the_store(cast, at, amina, bo, jean):
    made = seized(cast, at, SKINS, Specimens("Python regius", "SKI", "2"))
    for line, method in ((1, "destroyed"), (2, "stored")):
        proposal = propose(cast, made, at, method, lines=(line,), to=f"Place {line}")
        services.decide(actor=bo, disposal=proposal.pk, agreed=True, at=at)
        services.carry_out(actor=amina, disposal=proposal.pk, at=at)

    assert [(row.giver, row.taker, row.lines) for row in made.custody.all()][1:] == [
        ("Jean Moreau", "Place 1", [1]), ("Jean Moreau", "Place 2", [2])]
    assert services.take_sample(actor=jean, seizure=made.number, what="Skin", sent_to="Lab", at=at).label
    assert handed(cast, made, at, 1, "Jean Moreau", "Laboratory").seq == 4
    assert faults_of(made) == []
    lift_guards("inspections_custody")
    Custody.objects.filter(seq=2).update(lines=[1, 2])
    assert [fault.code for fault in faults_of(made)] == ["changed"]


def test_the_database_itself_wants_two(cast, at, amina):
    proposal = propose(cast, seized(cast, at), at, "rescue-centre")
    with pytest.raises(IntegrityError), transaction.atomic():
        Disposal.objects.filter(pk=proposal.pk).update(decided_by=amina.person_id, decided_at=at, state="decided")


def test_cells_of_the_report_are_no_formulas(cast, at):
    seized(cast, at, concealment="=HYPERLINK(1)")

    assert "'=HYPERLINK(1)" in illegal.to_csv(illegal.rows("QM", at.year))
