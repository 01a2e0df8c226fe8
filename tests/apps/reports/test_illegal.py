"""The illegal trade report from the seizures: rows, repairs, signing, files; and what never stands in it."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from datetime import UTC, datetime, timedelta
from zipfile import ZipFile

import pytest
from django.db import DatabaseError, transaction
from lxml import etree
from tests.apps.inspections.goods import PARROTS, seized
from tests.databases import as_owner
from tests.desks import NOT_ALLOWED, page_text

from wildgate.apps.inspections import services
from wildgate.apps.inspections.models import Seizure
from wildgate.apps.inspections.services.seizing import Specimens
from wildgate.apps.reports import illegal, illegal_signing
from wildgate.apps.reports.illegal_models import IllegalVersion
from wildgate.kit.models import Event
from wildgate.site.cli import main

pytestmark = pytest.mark.django_db
SCALES = Specimens("Manis tricuspis", "SCA", "312", unit="KGM")
YEAR = timedelta(days=366)


def cells(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def texts(book: bytes, sheet: int) -> list[list[str]]:
    name = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
    tree = etree.fromstring(ZipFile(io.BytesIO(book)).read(f"xl/worksheets/sheet{sheet}.xml"))
    return [[cell.findtext(f"{name}is/{name}t") or "" for cell in row] for row in tree.iter(f"{name}row")]


def test_one_row_per_species_and_form_of_a_seizure_tied_by_its_number(cast, at):
    more = Specimens("Psittacus erithacus", "LIV", "4", live="4", marks="three ringed")
    made = seized(cast, at, PARROTS, more, SCALES)
    other = seized(cast, at, SCALES)

    rows = cells(illegal.to_csv(illegal.rows("QM", at.year)))

    assert [(row["Reference / ID"], row["Species"], row["Quantity"], row["Unit"]) for row in rows] == [
        (made.number, "Psittacus erithacus", "10", "NAR"), (made.number, "Manis tricuspis", "312", "KGM"),
        (other.number, "Manis tricuspis", "312", "KGM")]
    assert "9 live" in rows[0]["Additional information"]
    assert rows[1]["Method of detection"] == "profiling"


def test_a_tip_leaves_no_trace_in_the_report(cast, at, capsys):
    made = seized(cast, at, SCALES, detection="intelligence", concealment="Under cashew, as an informant said",
                  more="The dock worker's tip named the gate.")
    Seizure.objects.filter(pk=made.pk).update(detection="tip")

    assert main(["report", "illegal", str(at.year), "--json"]) == 0
    out = capsys.readouterr()
    told = json.loads(out.out)

    row, = told["lines"]
    assert (row["Method of detection"], row["Method of concealment"]) == ("intelligence", "withheld")
    assert not any(word in out.out for word in ("informant", "dock worker", "cashew"))
    assert [(each["column"], each["code"]) for each in told["findings"]] == [("concealment", "tells-source")]
    assert told["shared_with_iccwc"] is True


def signed(cast, year, at, **more):
    return illegal_signing.sign(actor=cast["bo"], year=year, at=at, **{"shared": True, **more})


def test_a_signed_report_is_frozen_and_what_changed_since_is_shown(cast, at):
    made, later = seized(cast, at, SCALES), at + YEAR
    assert signed(cast, at.year, at).code == "year-not-over"
    assert illegal_signing.sign(actor=cast["amina"], year=at.year, shared=True, at=later).code == "not-allowed"

    first = signed(cast, at.year, later)

    assert (first.version, first.rows, first.incidents) == (1, 1, 1)
    assert first.digest == hashlib.sha256(illegal.to_csv(illegal.rows("QM", at.year)).encode()).hexdigest()
    assert json.loads(Event.objects.get(kind="illegal-report-signed").data)["digest"] == first.digest
    assert signed(cast, at.year, later).code == "missing"
    assert signed(cast, at.year, later, why="To be sure").code == "nothing-new"
    services.complete(actor=cast["jean"], number=made.number, at=later, sanction="Two years", provision="Act s. 12")
    rows = list(illegal.rows("QM", at.year))
    assert [(each.incident, each.added) for each in illegal_signing.changes(first, rows)] == [
        (made.number, False), (made.number, True)]
    second = signed(cast, at.year, later, shared=False, why="Sentenced")
    assert (second.version, second.shared) == (2, False)
    assert "Two years" not in IllegalVersion.objects.get(version=1).content
    with as_owner(), pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        IllegalVersion.objects.filter(version=1).update(content="")


def test_errors_keep_a_report_from_being_signed_and_nothing_is_written(cast, at):
    seized(cast, at, SCALES, place="Mr Ferro's shed")

    refused = signed(cast, at.year, at + YEAR)

    assert refused.reason == "Repair what is wrong before the report is signed; errors: 1."
    assert not IllegalVersion.objects.exists()
    assert not Event.objects.filter(kind="illegal-report-signed").exists()


def test_a_nil_report_is_signed_too(cast, at):
    assert signed(cast, at.year, at + YEAR).rows == 0


def test_the_authority_is_reminded_once_a_step_until_the_report_is_signed(cast, at):
    due = datetime(at.year + 1, 10, 31, 6, tzinfo=UTC)

    def reminded(days: int) -> bool:
        return illegal_signing.remind("QM", due - timedelta(days=days))

    assert [days for days in (61, 60, 59, 31, 30, 8, 7, 1, 0, -1) if reminded(days)] == [60, 30, 7, 0]
    assert [json.loads(each.data)["days"] for each in Event.objects.filter(kind="illegal-report-due").order_by("seq")
            ] == [60, 30, 7, 0]
    signed(cast, at.year + 1, due + YEAR)
    assert not illegal_signing.remind("QM", due + YEAR)


def test_a_workbook_says_whose_it_is_and_whether_it_may_be_shared(cast, at, tmp_path, capsys):
    seized(cast, at, SCALES, concealment="=HYPERLINK(1)")
    file = tmp_path / "report.xlsx"

    assert main(["report", "illegal", str(at.year), "--xlsx", str(file)]) == 0

    front = {row[0]: row[1] for row in texts(file.read_bytes(), 1)}
    assert (front["Party"], front["Seizures"], front["The data may be shared with ICCWC for global research"]) == (
        "QM", "1", "yes")
    heads, row = texts(file.read_bytes(), 2)
    assert tuple(heads) == illegal.COLUMNS
    assert row[heads.index("Method of concealment")] == "=HYPERLINK(1)"
    assert b"<f>" not in ZipFile(file).read("xl/worksheets/sheet2.xml")


def test_an_installations_own_headings_are_used_and_a_bad_file_is_told(cast, at, settings, tmp_path, desk):
    settings.HOME = tmp_path
    keys = [column.key for column in illegal.columns() if column.key != "sanction"]
    (tmp_path / illegal.OWN_COLUMNS).write_text("".join(
        f"{key}\t{'Case' if key == 'incident' else ''}\n" for key in keys))
    assert illegal.to_csv().startswith("Case,Date of seizure,")

    (tmp_path / illegal.OWN_COLUMNS).write_text("colour\tColour\n")

    assert "Line 1: 'colour' is no column" in page_text(desk("amina").get("/reports/illegal/"))


def test_the_page_shows_what_to_repair_and_leads_to_the_seizure(cast, at, desk, django_assert_max_num_queries):
    made = seized(cast, at, SCALES, origin="")
    page = f"/reports/illegal/?year={at.year}"
    amina = desk("amina")
    amina.get(page)

    with django_assert_max_num_queries(12) as first:
        answer = amina.get(page)

    assert f'href="/inspections/seizures/{made.number}/"' in answer.content.decode()
    assert "write XX where it is unknown" in page_text(answer)
    for _number in range(3):
        seized(cast, at, SCALES, origin="")
    with django_assert_max_num_queries(len(first)):
        assert "4 rows" in (text := page_text(amina.get(page))) or "rows 4" in text
    assert desk("mario").get(page).status_code == NOT_ALLOWED
    assert desk("jean").get(page).status_code == NOT_ALLOWED


def test_signing_on_the_page_and_the_files_of_a_version(cast, at, desk):
    year = at.year - 1
    seized(cast, at, SCALES, seized_at=at.replace(year=year, month=6, day=1))
    bo, page = desk("bo"), f"/reports/illegal/{year}/sign/"

    assert desk("amina").post(page).status_code == NOT_ALLOWED
    assert bo.post(f"/reports/illegal/{at.year + 1}/sign/").status_code == 422
    assert bo.post(page, {"shared": "no"}).url == f"/reports/illegal/?year={year}"

    version = IllegalVersion.objects.get()
    kept = bo.get(f"/reports/illegal/{year}/v1.csv")
    assert hashlib.sha256(kept.content).hexdigest() == version.digest
    assert ["SHA-256 of the CSV file", version.digest] in texts(bo.get(f"/reports/illegal/{year}/v1.xlsx").content, 1)
    assert "not shared" in page_text(bo.get(f"/reports/illegal/?year={year}"))
    assert bo.get(f"/reports/illegal/{year}/v2.csv").status_code == 404
    assert bo.get(f"/reports/illegal/{year}/v1.pdf").status_code == 404
    assert b"Manis" in bo.get(f"/reports/illegal/{year}/draft.csv").content
