"""The life of the annual report: frozen, signed by two, sent on a day, corrected afterwards; and its reminders."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from tests.cast import SKINS, issued
from tests.databases import as_owner
from tests.desks import page_text

from wildgate.apps.customs import services as customs
from wildgate.apps.customs.models import Correction, EndorsementLine
from wildgate.apps.customs.services.accounts import WRITTEN_BACK
from wildgate.apps.reports import annual_reading, annual_signing, jobs, selectors
from wildgate.apps.reports.annual_checking import Examined, examined
from wildgate.apps.reports.annual_models import AnnualFile, AnnualVersion
from wildgate.apps.species.models import ImportRun, Taxon, TaxonRange
from wildgate.convention.refusal import Refusal
from wildgate.convention.report_changes import Kind
from wildgate.convention.reporting import Basis, Part, rows_to_csv
from wildgate.kit import events
from wildgate.kit.models import Event

pytestmark = pytest.mark.django_db
YEAR = 2026
TRADED = datetime(YEAR, 11, 20, 12, tzinfo=UTC)
SPRING = datetime(YEAR + 1, 3, 1, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def year(cast: dict[str, Any]) -> dict[str, Any]:
    """One export of 2026."""
    permit = issued(cast, TRADED - timedelta(days=3), SKINS)
    customs.endorse(actor=cast["jean"], number=permit.number, stage="export", quantities={"A": "1150"}, port="QMKIV",
                    transport_document="1", at=TRADED)
    return cast


def draw(who: dict[str, Any], at: datetime = SPRING, **more: Any) -> AnnualVersion | Refusal:
    return annual_signing.draw_up(actor=who["amina"], year=YEAR, basis=Basis.ACTUAL, at=at, **more)


def signed(who: dict[str, Any], at: datetime = SPRING, **more: Any) -> AnnualVersion:
    drawn = draw(who, at, **more)
    assert isinstance(drawn, AnnualVersion), drawn
    done = annual_signing.countersign(actor=who["bo"], version=drawn.pk, at=at + HOUR)
    assert isinstance(done, AnnualVersion), done
    return done


def correct(quantity: int, at: datetime) -> Correction:
    line = EndorsementLine.objects.get()
    return Correction.objects.create(line=line, quantity=quantity, before=line.quantity, why="amended", reference="D-1",
                                     item=1, version=2, actor="person:1", at=at)


def code(outcome: object) -> str:
    return outcome.code if isinstance(outcome, Refusal) else "done"


def test_two_people_sign_and_the_file_is_kept_byte_for_byte(year):
    text = rows_to_csv(selectors.rows("QM", YEAR, Part.EXPORTS), Part.EXPORTS)
    version = signed(year)
    correct(900, SPRING + 2 * HOUR)

    exports, imports = version.files.all()
    assert exports.content.decode() == text
    assert exports.digest == hashlib.sha256(text.encode()).hexdigest()
    assert (exports.rows, imports.rows, imports.nil) == (1, 0, True)
    assert [event.kind for event in Event.objects.filter(subject=f"annual-report:{YEAR}")] == [
        "annual-report-drawn-up", "annual-report-signed"]
    with as_owner(), pytest.raises(DatabaseError), transaction.atomic():
        AnnualFile.objects.update(rows=0)


def test_nobody_signs_alone_or_without_the_right(year):
    drawn = annual_signing.draw_up(actor=year["bo"], year=YEAR, basis=Basis.ACTUAL, at=SPRING)

    assert isinstance(drawn, AnnualVersion)
    for name in ("bo", "amina", "ana", "mario", "jean"):
        assert code(annual_signing.countersign(actor=year[name], version=drawn.pk, at=SPRING)) == "not-allowed", name
    for name in ("ana", "mario", "jean"):
        assert code(annual_signing.draw_up(actor=year[name], year=YEAR, basis=Basis.ACTUAL, at=SPRING)) == "not-allowed"
    drawn.refresh_from_db()
    assert drawn.waits


def test_a_report_is_drawn_up_when_its_year_is_over_and_one_version_at_a_time(year):
    assert code(draw(year, TRADED)) == "year-not-over"
    assert code(draw(year)) == "done"
    assert code(draw(year)) == "version-waits"


def test_a_version_sent_back_says_why_and_makes_room(year):
    drawn = draw(year)
    assert code(annual_signing.send_back(actor=year["bo"], version=drawn.pk, why=" ", at=SPRING)) == "reason-missing"

    back = annual_signing.send_back(actor=year["bo"], version=drawn.pk, why="Look at the skins.", at=SPRING)

    assert (back.state, back.returned_why) == ("returned", "Look at the skins.")
    assert code(annual_signing.countersign(actor=year["bo"], version=drawn.pk, at=SPRING)) != "done"
    assert draw(year).number == 2


def test_a_correction_after_the_signature_gives_a_row_and_a_new_version(year):
    first = signed(year)
    assert code(draw(year, why="again")) == "nothing-new"
    correct(900, SPRING + 2 * HOUR)

    (row,) = annual_reading.corrections(first)
    assert (row.before, row.now, row.why, row.taxon) == (1150, 900, "amended", "Crocodylus novaeguineae")
    ((part, change),) = annual_reading.differences(first, None)
    assert (part, change.kind, change.before.quantity, change.after.quantity) == (
        Part.EXPORTS, Kind.CHANGED, "1150", "900")
    assert code(draw(year, SPRING + 3 * HOUR)) == "reason-missing"
    second = signed(year, SPRING + 3 * HOUR, why="Customs counted again.")
    assert second.number == 2
    assert annual_reading.corrections(second) == []
    assert [each.kind for _part, each in annual_reading.differences(first, second)] == [Kind.CHANGED]


def test_a_signed_version_is_submitted_once_on_a_day_after_its_signature(year):
    version, later = signed(year), SPRING + timedelta(days=5)

    def send(on: date) -> str:
        return code(annual_signing.submitted(actor=year["amina"], version=version.pk, on=on, at=later))

    assert send(date(YEAR + 1, 2, 1)) == send(later.date() + timedelta(days=1)) == "day-wrong"
    assert send(date(YEAR + 1, 3, 4)) == "done"
    assert send(date(YEAR + 1, 3, 4)) == "submitted-already"
    standing = annual_reading.standing("QM", YEAR, annual_signing.due_on("QM", YEAR), later.date())
    assert (standing.stage, standing.sent.number) == ("submitted", 1)


def test_the_two_bases_are_never_mixed(year):
    unused = issued(year, TRADED, SKINS)

    actual = list(selectors.rows("QM", YEAR, Part.EXPORTS))
    allowed = list(selectors.rows("QM", YEAR, Part.EXPORTS, Basis.ISSUED))

    assert [(row.quantity, row.mark) for row in actual] == [("1150", "actual")]
    assert [(row.quantity, row.mark) for row in allowed] == [("1200", "permit-only")] * 2
    assert [row.export_permit for row in allowed if selectors.NOT_ENDORSED in row.remarks] == [unused.number]
    assert list(selectors.rows("QM", YEAR, Part.IMPORTS, Basis.ISSUED)) == []
    assert [selectors.lines("QM", YEAR, Part.EXPORTS, basis, 10) for basis in Basis] == [1, 2]


@pytest.mark.parametrize(("on", "steps"), [
    (date(YEAR + 1, 8, 1), []), (date(YEAR + 1, 9, 1), [60]), (date(YEAR + 1, 10, 24), [7]),
    (date(YEAR + 1, 11, 2), [0])])
def test_officers_are_reminded_before_the_day_once_for_each_step(year, on, steps):
    at = datetime(on.year, on.month, on.day, 6, tzinfo=UTC)

    for _again in range(2):
        jobs.remind("QM", at)

    assert [event.data for event in Event.objects.filter(kind=jobs.DUE)] == [
        f'{{"days":{step},"due":"{YEAR + 1}-10-31"}}' for step in steps]


def test_nobody_is_reminded_of_what_was_sent_and_another_day_can_be_set(year):
    version = signed(year)
    annual_signing.set_due(actor=year["amina"], year=YEAR, on=date(YEAR + 1, 6, 15), at=SPRING)
    june = datetime(YEAR + 1, 6, 1, tzinfo=UTC)
    assert annual_signing.due_on("QM", YEAR) == date(YEAR + 1, 6, 15)
    assert jobs.remind("QM", june) == [YEAR]

    annual_signing.submitted(actor=year["amina"], version=version.pk, on=SPRING.date(), at=june)
    assert jobs.remind("QM", june + timedelta(days=10)) == []


def test_the_page_leads_from_draft_to_signature(desk, year, settings, monkeypatch):
    monkeypatch.setattr("wildgate.apps.accounts.gate.timezone.now", lambda: SPRING)
    amina, bo = desk("amina"), desk("bo")
    path = f"/reports/annual/{YEAR}/"

    assert "No trade occurred" in page_text(amina.get(path))
    assert amina.post(f"{path}draw-up/", {"basis": "actual"}).status_code == 302
    assert amina.post(f"{path}1/countersign/").status_code == 403
    assert amina.post(f"{path}draw-up/", {"basis": "actual"}).status_code == 422
    assert "Countersign" in page_text(bo.get(path))
    assert bo.post(f"{path}1/countersign/").status_code == 302
    assert amina.post(f"{path}1/submitted/", {"on": "yesterday"}).status_code == 422
    assert amina.post(f"{path}1/submitted/", {"on": "2027-03-01"}).status_code == 302
    told = page_text(desk("ana").get(path))
    assert "Submitted" in told
    assert "Draw up" not in told
    frozen = amina.get(f"{path}1/exports.csv")
    assert hashlib.sha256(frozen.content).hexdigest() == AnnualFile.objects.get(part="exports").digest
    assert amina.get(f"{path}1/exports.xlsx").content.startswith(b"PK")
    assert amina.get(f"{path}1/exports.csv", {"layout": "upload"}).content.startswith(b"appendix,")
    assert "Nothing differs" in page_text(amina.get(f"{path}1/differences/"))
    assert amina.get(f"{path}2/exports.csv").status_code == 404


@pytest.mark.parametrize(("told", "why", "expected"), [
    (Examined(errors=2, blocking=1), "We know.", "has-errors"), (Examined(errors=2), "", "errors-open"),
    (Examined(errors=2), "We know.", "done"), (Examined(warnings=9), "", "done")])
def test_what_the_trade_database_would_not_take_is_not_drawn_up(told, why, expected):
    assert code(annual_signing.not_now([told, Examined()], None, why)) == expected


def test_wild_specimens_are_held_to_the_ranges_that_were_imported(year):
    assert examined("QM", YEAR, Part.EXPORTS, Basis.ACTUAL).by_rule == {}
    run = ImportRun.objects.create(party="QM", file_name="list.csv", digest="1", layout="checklist", at=TRADED, rows=1,
                                   actor="system", added=1, changed=0, unchanged=0, refused=0)
    taxon = Taxon.objects.create(
        party="QM", source="checklist", source_id="1", name="Crocodylus novaeguineae", rank="SPECIES", run=run,
        kingdom="Animalia", family="Crocodylidae", genus="Crocodylus", appendices="II")
    TaxonRange.objects.create(taxon=taxon, country="PG", certainty=TaxonRange.Certainty.NATIVE)

    found = examined("QM", YEAR, Part.EXPORTS, Basis.ACTUAL)

    assert (dict(found.by_rule), found.errors, found.blocking) == ({23: 1}, 0, 0)
    assert found.findings[0].permit == found.findings[0].paper != ""


def test_officers_hear_of_a_correction_after_the_signature_once(year):
    line, at = EndorsementLine.objects.get(), SPRING + 2 * HOUR

    def tell() -> None:
        with transaction.atomic():
            event = events.append(WRITTEN_BACK, line.endorsement.permit.subject, party="QM", actor="person:1", at=at)
        for _again in range(2):
            jobs.look_again(subject=event.subject, seq=event.seq, at=at)

    correct(1000, at)
    tell()
    assert not Event.objects.filter(kind=jobs.CORRECTED).exists()
    signed(year)
    tell()
    assert Event.objects.get(kind=jobs.CORRECTED).subject == f"annual-report:{YEAR}"
