"""A stored ruling is made again by the law of its day, whatever was imported, upgraded or altered since."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, transaction
from tests.apps.permits.test_one_law import LINE, TURTLE, take_in
from tests.cast import NOON, SKINS, issued, ready, submitted
from tests.databases import as_owner, lift_guards
from tests.desks import page_text
from tests.remembering import remembered

import wildgate
from wildgate.apps.permits import selectors, services
from wildgate.apps.permits.models import Application, Permit, StoredRuling
from wildgate.apps.permits.ruled_again import reproduce, stored_rulings
from wildgate.convention.ruling import ruling_json
from wildgate.kit import events
from wildgate.kit.models import Event, LawEdition

TABLE = "data/decision_table.tsv"
AGAIN_AND_NOW = """
import io, json, sys
from contextlib import redirect_stdout
from wildgate.site.cli import main

def told(*words):
    with redirect_stdout(io.StringIO()) as out:
        status = main([*words, "--json"])
    return status, json.loads(out.getvalue())

print(json.dumps([*told("ruling", "again", "--all"), told("check", sys.argv[1])[1]]))
"""
"""Both commands in one program of the new version: each start costs as much as all the rest."""
JAPONICA = {**SKINS, "direction": "import", "purpose": "S",
            "lines": [{**LINE, "taxon": "Chelonia japonica", "quantity": "6", "origin": "QZ"}]}
WILD_II = "E08\texport\tII\tany\tW|R|F|U|X|Y\tany\t\t"


def again(*numbers, **how):
    return list(reproduce(stored_rulings("QM", numbers), **how))


def sunk(cast, at, tmp_path):
    """An import permit's case whose species a later import sinks into another one."""
    def walk():
        number = ready(cast, at, JAPONICA)
        take_in(tmp_path, at, TURTLE)
        return number
    return Application.objects.get(number=remembered("sunk", (cast, at), walk))


@pytest.mark.django_db
def test_submission_and_issue_each_store_their_ruling_with_its_edition(cast, at):
    permit = issued(cast, at)

    taken, granted = StoredRuling.objects.order_by("pk")
    assert (taken.step, granted.step, taken.edition_id) == ("submit", "issue", granted.edition_id)
    assert taken.ruling == permit.application.ruling
    assert LawEdition.objects.count() == 1
    for kind, stored in (("submit", taken), ("permit-issued", granted)):
        told = json.loads(Event.objects.get(kind=kind).data)
        assert (told["edition"], told["ruling"], told["law"]) == (stored.edition_id, stored.digest, stored.law)


@pytest.mark.django_db
def test_a_case_is_reproduced_by_its_number_or_that_of_its_permit(cast, at):
    permit = issued(cast, at)
    other = submitted(cast, at)

    for found in (again(permit.number), again(permit.application.number)):
        assert [(one.number, one.step, one.same, one.same_program) for one in found] == [
            (permit.application.number, "submit", True, True), (permit.application.number, "issue", True, True)]
    assert [one.number for one in again(other)] == [other]
    assert len(again()) == 3
    assert again("QM-A-1999-000001") == []


@pytest.mark.django_db
def test_a_case_of_before_an_import_is_reproduced_after_it(cast, at, tmp_path):
    case = sunk(cast, at, tmp_path)

    now = ruling_json(selectors.live_ruling(case, at.date()))
    found, = again(case.number)

    assert (case.ruling["lines"][0]["accepted"], now["lines"][0]["accepted"]) == ("Chelonia japonica", "Chelonia mydas")
    assert found.same, found

    services.issue(actor=cast["amina"], case=case.number, at=at)
    before, after = again(case.number)
    assert before.same and after.same
    assert before.edition != after.edition


@pytest.mark.django_db
def test_what_a_refused_issue_asked_is_not_stored(cast, at):
    number = ready(cast, at)
    Application.objects.filter(number=number).update(answers={**SKINS, "lines": [{**LINE, "taxon": "Nomenia alba"}]})

    services.issue(actor=cast["amina"], case=number, at=at)

    assert list(StoredRuling.objects.values_list("step", flat=True)) == ["submit"]


@pytest.mark.django_db
@pytest.mark.parametrize("statement", ["UPDATE permits_storedruling SET ruling_json = '{}'",
                                       "DELETE FROM permits_storedruling"])
def test_the_database_lets_nobody_change_a_stored_ruling(cast, at, statement):
    submitted(cast, at)

    with (as_owner(), pytest.raises(DatabaseError, match="append-only"), transaction.atomic(),
          connection.cursor() as cursor):
        cursor.execute(statement)


@pytest.mark.django_db
def test_an_altered_ruling_is_told_with_the_field_that_differs(cast, at):
    number = submitted(cast, at)
    lift_guards("permits_storedruling")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE permits_storedruling SET ruling_json = replace(ruling_json, '\"appendix\":\"II\"', "
                       "'\"appendix\":\"III\"')")

    found, = again(number)

    assert not found.same
    assert found.fault.code == "ruling-altered"
    assert found.differences == (("lines[0].appendix", "III", "II"),)


@pytest.mark.django_db
def test_an_altered_edition_is_told_for_each_of_its_rulings(cast, at):
    number = submitted(cast, at)
    lift_guards("kit_lawpart")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE kit_lawpart SET size = 1 WHERE size > 60000")

    found, = again(number)

    assert (found.same, found.fault.code) == (False, "edition-damaged")


@pytest.mark.django_db
def test_the_case_page_names_the_edition_and_says_when_todays_law_answers_otherwise(desk, cast, at, tmp_path):
    case = sunk(cast, at, tmp_path)
    taken = StoredRuling.objects.get()
    open_page = page_text(desk("amina").get(f"/cases/{case.number}/"))
    services.issue(actor=cast["amina"], case=case.number, at=at)
    answer = desk("ana").get(f"/cases/{case.number}/")

    assert f"Edition of the law {taken.edition_id[:12]}" in open_page
    assert "The law answers otherwise today" in open_page
    assert answer.context["today"] is None
    assert [each.step for each in answer.context["rulings"]] == ["submit", "issue"]
    assert Application.objects.get(number=case.number).ruling == case.ruling


@pytest.mark.django_db
def test_a_closed_case_also_says_when_todays_law_answers_otherwise(desk, cast, at, tmp_path):
    permit = issued(cast, at, JAPONICA)
    take_in(tmp_path, at, TURTLE)

    page = page_text(desk("ana").get(f"/cases/{permit.application.number}/"))

    assert "What was decided stands." in page
    assert permit.record == Permit.objects.get().record


@pytest.mark.processes
def test_after_an_upgrade_the_new_law_rules_otherwise_and_the_old_case_as_before(own_database, tmp_path):
    from wildgate.site.demo.cast import settle
    case = submitted(settle("QM", "Demoland", NOON), NOON)
    trade = tmp_path / "trade.json"
    trade.write_text(json.dumps(Application.objects.get(number=case).trade))
    upgraded = shutil.copytree(Path(wildgate.__file__).parent, tmp_path / "new" / "wildgate",
                               ignore=shutil.ignore_patterns("static", "locale"))
    table = upgraded / TABLE
    assert WILD_II in table.read_text()
    table.write_text(table.read_text().replace(f"{WILD_II}allow", f"{WILD_II}conditional"))

    done = subprocess.run([sys.executable, "-c", AGAIN_AND_NOW, str(trade)], capture_output=True, text=True,
                          cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(tmp_path / "new"),
                                             "DJANGO_SETTINGS_MODULE": "wildgate.site.settings"})
    assert done.stdout, done.stderr
    status, reproduced, now = json.loads(done.stdout)

    assert now["decision"] == "conditional"
    assert StoredRuling.objects.get().ruling["decision"] == "allow"
    assert (status, reproduced["rulings"], reproduced["same"]) == (0, 1, 1)
    assert events.verify("QM") is None
