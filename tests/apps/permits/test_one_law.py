"""One law: a name that only an import knows means the same to application, quota, border and annual report."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from tests.apps.species.downloads import PYTHON, checklist
from tests.cast import SKINS, issued, ready, submitted

from wildgate.apps.customs import services as customs
from wildgate.apps.customs.models import Endorsement, ForeignPermit
from wildgate.apps.permits import services
from wildgate.apps.permits.models import Application, Permit
from wildgate.apps.quotas import services as quotas
from wildgate.apps.quotas.models import Quota, QuotaBalance
from wildgate.apps.reports import selectors as reports
from wildgate.apps.species.services import import_files
from wildgate.convention.refusal import Refusal
from wildgate.convention.report_row import Part

pytestmark = pytest.mark.django_db
OLD = "Pythonius regius"
"""A name whose genus the shipped tables lack; the Checklist of the tests has it as a synonym of Python regius."""
LINE = {"taxon": OLD, "term": "LIV", "quantity": "40", "unit": "NAR", "source": "W", "origin": "QM"}
PYTHONS = {**SKINS, "lines": [LINE]}
TURTLE = {**PYTHON, "TaxonId": "900003", "Order": "Testudines", "Family": "Cheloniidae", "Genus": "Chelonia",
          "Species": "mydas", "FullName": "Chelonia mydas", "CurrentListing": "I",
          "AnnotationEnglish": "Appendix I:Included in Cheloniidae spp. ",
          "SynonymsWithAuthors": "Chelonia japonica (Thunberg, 1787)", "EnglishNames": "Green Turtle",
          "SpanishNames": "", "FrenchNames": ""}


def take_in(folder: Path, at: Any, *rows: dict[str, str]) -> None:
    assert import_files([checklist(folder, *rows)], party="QM", by="operator", at=at).changes


@pytest.fixture
def imported(at: Any, tmp_path: Path) -> None:
    take_in(tmp_path, at, {**PYTHON, "SynonymsWithAuthors": f"{OLD} Daudin, 1803"})


def set_quota(cast: Any, at: Any) -> Quota | Refusal:
    new = quotas.NewQuota("QM", OLD, Decimal(500), date(at.year, 1, 1), date(at.year, 12, 31), terms=("LIV",))
    return quotas.register(actor=cast["amina"], new=new, at=at)


def foreign(cast: Any, at: Any, name: str, **changes: str) -> ForeignPermit | Refusal:
    item = {"taxon": name, "appendix": "II", "source": "W", "term": "LIV", "quantity": "6", "unit": "NAR",
            "origin": "QZ", **changes}
    return customs.register_foreign(
        actor=cast["jean"], country="QZ", number="26QZ000107E", issued_on=at.date() - timedelta(days=9),
        valid_until=at.date() + timedelta(days=90), kind="export-permit", exporter_country="QZ", importer_country="QM",
        purpose="P", lines=[customs.Item(**item)], at=at)


def bring_in(cast: Any, at: Any, paper: Any, home: str | None = None) -> Endorsement | Refusal:
    return customs.endorse_import(
        actor=cast["jean"], foreign=("QZ", paper.number, paper.issued_on), import_permit=home, quantities={"A": "6"},
        port="QMKV2", transport_document="020-1", at=at)


def test_an_imported_synonym_is_one_species_from_the_application_to_the_report(cast, at, imported):
    quota = set_quota(cast, at)
    permit = issued(cast, at, PYTHONS)
    customs.endorse(actor=cast["jean"], number=permit.number, stage="export", quantities={"A": "38"}, port="QMKV2",
                    transport_document="020-2", at=at)
    paper = foreign(cast, at, OLD)
    arrival = bring_in(cast, at, paper)

    line = permit.record.lines[0]
    assert isinstance(quota, Quota)
    assert (line.taxon, line.appendix.value, line.quota_used, line.quota) == ("Python regius", "II", 40, 500)
    assert QuotaBalance.objects.get(quota=quota).balance.used == 38
    assert isinstance(arrival, Endorsement)
    assert paper.lines.get().taxon == "Python regius"
    for part, quantity in ((Part.EXPORTS, "38"), (Part.IMPORTS, "6")):
        row, = reports.rows("QM", at.year, part)
        assert (row.species, row.quantity, row.appendix) == ("Python regius", quantity, "II")


def test_without_the_import_every_desk_refuses_it_with_the_name_that_was_meant(cast, at):
    mario = cast["mario"]
    draft = services.start(actor=mario, organisation=min(mario.organisations), at=at)
    services.save_answers(actor=mario, case=draft.number, answers=PYTHONS, at=at)

    applied = services.submit(actor=mario, case=draft.number, at=at)

    assert isinstance(applied, tuple)
    for refused in (applied[0], set_quota(cast, at), foreign(cast, at, OLD)):
        assert isinstance(refused, Refusal)
        assert (refused.code, refused.suggestions) == ("taxon-unknown", ("Python regius",))


def test_another_partys_import_changes_nothing_here(cast, at, tmp_path):
    import_files([checklist(tmp_path, {**PYTHON, "SynonymsWithAuthors": f"{OLD} Daudin, 1803"})], party="QZ",
                 by="operator", at=at)

    assert isinstance(set_quota(cast, at), Refusal)


def test_a_name_sunk_between_import_permit_and_border_still_fits(cast, at, tmp_path):
    wanted = {**SKINS, "direction": "import", "purpose": "S",
              "lines": [{**LINE, "taxon": "Chelonia japonica", "quantity": "6", "origin": "QZ"}]}
    home = issued(cast, at, wanted)
    take_in(tmp_path, at, TURTLE)
    paper = foreign(cast, at, "Chelonia japonica", appendix="I")

    arrival = bring_in(cast, at, paper, home.number)

    assert isinstance(home, Permit)
    assert (home.record.lines[0].taxon, paper.lines.get().taxon) == ("Chelonia japonica", "Chelonia mydas")
    assert isinstance(arrival, Endorsement), arrival


@pytest.mark.parametrize("applied", ["Python regius", "Python bellii"])
def test_a_quota_of_a_name_that_was_sunk_since_still_binds(cast, at, tmp_path, applied):
    """The shipped tables take Python bellii for a species of its own; the Checklist has it as a synonym."""
    new = quotas.NewQuota("QM", "Python bellii", Decimal(50), date(at.year, 1, 1), date(at.year, 12, 31))
    quota = quotas.register(actor=cast["amina"], new=new, at=at)
    take_in(tmp_path, at, PYTHON)

    cases = [ready(cast, at, {**SKINS, "lines": [{**LINE, "taxon": applied}]}) for _ in range(2)]
    permit, second = [services.issue(actor=cast["amina"], case=case, at=at) for case in cases]

    assert isinstance(quota, Quota)
    assert isinstance(permit, Permit)
    assert (quota.taxon, permit.record.lines[0].taxon) == ("Python bellii", "Python regius")
    assert isinstance(second, Refusal)
    assert second.reason == "10 left of 50: 40 bound."


def test_one_step_asks_for_the_law_of_the_party_once(cast, at, imported, django_assert_max_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext
    many = {**SKINS, "lines": [LINE] * 30}
    number = ready(cast, at, many)

    with CaptureQueriesContext(connection) as queries:
        permit = services.issue(actor=cast["amina"], case=number, at=at)

    assert isinstance(permit, Permit)
    assert sum("species_importrun" in query["sql"] for query in queries) == 1


def test_thirty_wrong_names_are_suggested_for_with_two_questions_to_the_register(cast, at, imported):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext
    mario = cast["mario"]
    draft = services.start(actor=mario, organisation=min(mario.organisations), at=at)
    wrong = [{**LINE, "taxon": f"Pythonia regiu{end}"} for end in "abcdefghijklmnopqrstuvwxyzabcd"]
    services.save_answers(actor=mario, case=draft.number, answers={**SKINS, "lines": wrong}, at=at)
    services.submit(actor=mario, case=draft.number, at=at)

    with CaptureQueriesContext(connection) as queries:
        refused = services.submit(actor=mario, case=draft.number, at=at)

    assert len(refused) == 30
    assert sum("species_importrun" in query["sql"] for query in queries) == 2


def test_a_stored_application_shows_the_accepted_name(cast, at, imported):
    case = Application.objects.get(number=submitted(cast, at, PYTHONS))

    assert case.ruling["lines"][0] | {"basis": None} == {
        **case.ruling["lines"][0], "taxon": OLD, "accepted": "Python regius", "appendix": "II", "basis": None}
