"""Past results from a file: all or nothing, once, and they count like results of here."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.apps.risk.consignments import LACUNA, export
from tests.desks import NOT_ALLOWED, page_text

from wildgate.apps.risk import seeds, services
from wildgate.apps.risk.facts import Batch
from wildgate.apps.risk.learning import history
from wildgate.apps.risk.models import Assessment, Result, Seed, Seen
from wildgate.apps.risk.parties import key_of
from wildgate.apps.risk.rows import lane_of
from wildgate.apps.risk.services.past import Brought, bring_in, import_results
from wildgate.apps.species.registry import law_of
from wildgate.convention.refusal import Refusal
from wildgate.kit.models import Event
from wildgate.site.cli import main

pytestmark = pytest.mark.django_db
HEAD = ("date,reference,direction,outcome,item,post,hs,taxon,term,source,purpose,quantity,unit,origin,mode,departure,"
        "destination,exporter,exporter_number,importer,officer\n")
ROW = ("{day},{ref},export,{outcome},{item},Kivu-2,410320,Crocodylus novaeguineae,SKI,W,T,100,NAR,QM,air,QM,QZ,"
       "Lacuna Hides Ltd,QM-TIN-1,Quartz Leather Co,A. Person\n")


@pytest.fixture
def file(tmp_path):
    def write(*rows: tuple[str, int, str], day: str = "2025-03-04"):
        path = tmp_path / "past.csv"
        path.write_text(HEAD + "".join(ROW.format(day=day, ref=ref, item=item, outcome=outcome)
                                       for ref, item, outcome in rows), encoding="utf-8")
        return path
    return write


def brought(path, at) -> Brought:
    done = bring_in(path, party="QM", by="person:1", at=at)
    assert isinstance(done, Brought)
    return done


def test_imported_results_feed_rates_and_the_model_and_no_lane(at, file):
    path = file(*((f"H{number}", 1, "species") for number in range(4)), ("H9", 1, "conform"), ("H9", 2, "clean"))
    done = brought(path, at)
    assert (done.added, done.items, done.faults, done.ignored) == (5, 6, [], ("officer",))

    said = export("R1", at)
    known = Seen.objects.get(assessment=services.assess(consignment=said, at=at)).known.facts
    base = 1 / 30
    assert known["rate.lane"] == known["rate.exporter"] == pytest.approx((4 + 20 * base) / 26)
    assert known["party.offence"] is True
    held = Seen.objects.filter(assessment__imported=True)
    assert set(held.values_list("trader", flat=True)) == {key_of(LACUNA)}
    assert set(held.values_list("lane_key", flat=True)) == {lane_of(Batch("QM", at, law_of("QM"), [said]), said,
                                                                    said.items[0])}
    learnt = history("QM")
    assert len(learnt) == 6
    assert Result.objects.filter(finding=True).count() == 4
    assert not Assessment.objects.filter(imported=True, newest=True).exists()
    event = Event.objects.get(kind="results-imported")
    assert "Lacuna" not in event.data
    assert "H9" not in event.data


def test_the_same_file_changes_nothing_and_a_corrected_one_replaces_what_differs(at, file):
    brought(file(("H1", 1, "clean"), ("H1", 2, "clean"), ("H2", 1, "clean")), at)
    before = list(Seen.objects.order_by("pk").values())
    again = brought(file(("H1", 1, "clean"), ("H1", 2, "clean"), ("H2", 1, "clean")), at + timedelta(days=1))
    assert (again.added, again.changed, again.unchanged) == (0, 0, 2)
    assert list(Seen.objects.order_by("pk").values()) == before
    assert Event.objects.filter(kind="results-imported").count() == 1

    fewer = brought(file(("H1", 1, "seized")), at)
    assert [(each.line, each.column, each.refusal.code) for each in fewer.faults] == [(2, "item", "items-lost")]
    better = brought(file(("H1", 1, "clean"), ("H1", 2, "seized"), ("H2", 1, "clean")), at)
    assert (better.changed, better.unchanged) == (1, 1)
    assert sorted(Seen.objects.values_list("assessment__reference", "number", "outcome")) == [
        ("H1", 1, "clean"), ("H1", 2, "seized"), ("H2", 1, "clean")]


def test_one_wrong_row_keeps_everything_out(at, file):
    services.assess(consignment=export("R1", at), at=at)
    path = file(("H1", 1, "clean"), ("H1", 1, "clean"), ("H2", 1, "lovely"), ("R1", 1, "clean"))
    text = path.read_text() + ROW.format(day="2999-01-01", ref="H3", item=1, outcome="clean") + ROW.format(
        day="2025-03-05", ref="H1", item=2, outcome="clean") + ROW.format(
        day="2025-03-05", ref="H5", item=1, outcome="clean").replace(",W,T,100,", ",?,T,1OO,") + "2025-03-04,H6\n"
    path.write_text(text.replace("date,", "Date,"))
    done = brought(path, at)
    assert [(each.line, each.column, each.refusal.code) for each in done.faults] == [
        (3, "item", "item-twice"), (4, "outcome", "outcome-unknown"), (5, "reference", "assessed-here"),
        (6, "Date", "date-wrong"), (7, "Date", "reference-differs"), (8, "source", "code-unknown"),
        (9, "reference", "cells-shifted")]
    assert not Assessment.objects.filter(imported=True).exists()
    assert not Event.objects.filter(kind="results-imported").exists()


def test_imported_results_are_in_no_draw(at, file, no_draw):
    day = (at - timedelta(days=3)).date()
    brought(file(("H1", 1, "clean"), day=day.isoformat()), at)
    seeds.tell("QM", day, at)
    seed = Seed.objects.get(day=day)
    assert (seed.assessed, seeds.redraw(seed).assessed) == (0, 0)


def test_the_page_is_the_risk_managers_and_tells_line_and_column(cast, at, desk, file):
    path = file(("H1", 1, "clean"))
    assert isinstance(import_results(actor=cast["nadia"], path=path, at=at), Refusal)
    assert desk("mario").get("/risk/results/import/").status_code == NOT_ALLOWED
    wrong = desk("tomas").post("/risk/results/import/", {"file": SimpleUploadedFile("p.csv", (
        HEAD + ROW.format(day="4.3.25", ref="H1", item=1, outcome="clean")).encode())})
    assert wrong.status_code == 422
    assert "4.3.25 is not a day of the past" in page_text(wrong)
    assert not Result.objects.exists()
    right = desk("tomas").post("/risk/results/import/", {"file": SimpleUploadedFile("p.csv", path.read_bytes())},
                               follow=True)
    assert "1 added" in page_text(right)
    assert "officer" in page_text(right)
    assert "1 imported result is held." in page_text(right)


def test_the_command(file, capsys):
    path = file(("H1", 1, "papers"))
    assert main(["risk", "import", str(path)]) == 0
    assert "1 added" in capsys.readouterr().out
    path.write_text(path.read_text().replace("papers", "odd"))
    assert main(["risk", "import", str(path)]) == 1
    assert "line 2, column outcome: odd is not an outcome" in capsys.readouterr().err
