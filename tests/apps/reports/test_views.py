"""The annual report's pages: the rows that customs endorsed, their checks, and the same rows as the file to send."""

from __future__ import annotations

import pytest
from tests.cast import SKINS, issued
from tests.desks import NOT_ALLOWED, page_text
from tests.remembering import remembered

from wildgate.apps.customs import services as customs
from wildgate.convention.refusal import Refusal

pytestmark = pytest.mark.django_db


@pytest.fixture
def now(at):
    """Yesterday's noon, as for everybody: the permits' ways are remembered."""
    return at


@pytest.fixture
def trade(cast, now):
    """Endorse so many export permits of 1,200 skins, 1,150 leaving each."""

    def export(count):
        for _ in range(count):
            remembered("export", (cast, now), one)

    def one():
        permit = issued(cast, now, {**SKINS, "lines": SKINS["lines"] * 2})
        done = customs.endorse(actor=cast["jean"], number=permit.number, stage="export", port="Kivu-2", at=now,
                               quantities={"A": "1150", "B": "0"}, transport_document="020-1")
        assert not isinstance(done, Refusal), done

    return export


def test_reports_are_for_officers_and_auditors(desk, cast):
    answers = {name: desk(name).get("/reports/").status_code for name in cast}

    assert {name for name, status in answers.items() if status == 200} == {"amina", "bo", "ana"}
    assert set(answers.values()) == {200, NOT_ALLOWED}


def test_the_report_shows_what_moved_and_adds_it_up(desk, trade, now):
    trade(2)

    answer = desk("amina").get("/reports/", {"year": now.year, "part": "exports"})

    assert [row.quantity for row in answer.context["page"]] == ["1150", "1150"]
    assert [(total.term, total.rows, total.quantity) for total in answer.context["totals"]] == [("SKI", 2, "2300")]
    assert answer.context["permits"] == 2
    assert answer.context["months"][now.month - 1].consignments == 2


def test_consignments_by_month_say_that_they_are_not_the_permits_issued_beside_them(desk, trade, now):
    trade(1)
    note = "Counted at the border, when they crossed it: they do not add up to the permits issued."

    assert note in page_text(desk("amina").get("/reports/", {"year": now.year, "basis": "issued"}))
    assert note not in page_text(desk("amina").get("/reports/", {"year": now.year}))


def test_a_part_without_rows_says_of_what_there_is_none(desk, cast, now):
    amina, asked = desk("amina"), {"year": now.year - 1, "part": "imports"}

    issued = page_text(amina.get("/reports/", {**asked, "basis": "issued"}))

    assert "No permit of this part was issued in this year, or all were taken back." in issued
    assert "nothing was endorsed" not in issued
    assert "nothing was endorsed in this year" in page_text(amina.get("/reports/", asked))


def test_the_file_has_the_rows_of_the_page(desk, trade, now):
    trade(2)

    answer = desk("amina").get(f"/reports/annual/{now.year}/exports.csv")

    lines = answer.content.decode().split("\r\n")
    assert answer["Content-Type"].startswith("text/csv")
    assert lines[0].startswith("App.,Species")
    assert len([line for line in lines[1:] if line]) == 2


@pytest.mark.parametrize("path", ["/reports/annual/2026/everything.csv", "/reports/annual/99999/exports.csv"])
def test_a_report_that_does_not_exist(desk, cast, path):
    assert desk("amina").get(path).status_code == 404


@pytest.mark.parametrize("year", ["", "0", "x", "99999", "2026'"])
def test_an_odd_year_gives_a_report_all_the_same(desk, cast, year):
    assert desk("amina").get("/reports/", {"year": year, "part": "?"}).status_code == 200


def test_findings_lead_to_the_permit(desk, trade, now, monkeypatch):
    from wildgate.apps.reports import views
    from wildgate.convention.reporting import ReportFinding, Severity

    trade(1)
    monkeypatch.setattr(
        views, "check_rows", lambda *_, **__: (ReportFinding(2, "unit", Severity.WARNING, "x", "Odd unit."),)
    )

    answer = desk("amina").get("/reports/", {"year": now.year})

    assert answer.context["findings"][0].permit == "26QM000001E".replace("26", f"{now.year % 100:02d}", 1)
    assert "Odd unit." in page_text(answer)


def test_the_page_costs_the_same_for_one_permit_or_five(desk, trade, now, django_assert_num_queries):
    amina = desk("amina")
    trade(1)
    with django_assert_num_queries(16):  # three ask for the newest import: law and ranges
        amina.get("/reports/", {"year": now.year})
    trade(4)

    with django_assert_num_queries(16):  # three ask for the newest import: law and ranges
        amina.get("/reports/", {"year": now.year})


def test_findings_are_narrowed_by_rule_and_rows_are_marked(desk, trade, now):
    from wildgate.apps.permits.models import PermitLine

    trade(1)
    line = PermitLine.objects.filter(term="SKI", endorsed__quantity__gt=0).get()
    assert line.unit == "NAR"

    answer = desk("amina").get("/reports/", {"year": now.year, "rule": "19", "severity": "error"})

    assert list(answer.context["findings"]) == []
    assert "actual" in page_text(answer)
    issued_too = desk("amina").get("/reports/", {"year": now.year, "basis": "issued"})
    assert {row.mark for row in issued_too.context["page"]} == {"permit-only"}
    assert issued_too.context["basis"].value == "Permits Issued"


def test_a_large_year_is_checked_by_a_job_and_read_page_by_page(desk, trade, now, monkeypatch):
    from wildgate.apps.reports import views
    from wildgate.kit import jobs

    monkeypatch.setattr(views, "MOST_LIVE", 1)
    trade(2)
    amina, asked = desk("amina"), {"year": now.year, "part": "exports"}

    first = amina.get("/reports/", asked)
    assert first.context["unchecked"]
    assert [row.quantity for row in first.context["page"]] == ["1150"]
    assert "over 1" in page_text(first)
    assert "The newest 1 are listed. The files hold every row" in page_text(first)
    assert [month.lines for month in first.context["months"]] == [None] * 12
    assert first.context["months"][now.month - 1].consignments == 2
    assert amina.post(f"/reports/annual/{now.year}/check/exports/", {"basis": "actual"}).status_code == 302
    jobs.run_pending()
    then = amina.get("/reports/", asked)
    assert not then.context["unchecked"]
    assert [(total.term, total.rows, total.quantity) for total in then.context["totals"]] == [("SKI", 2, "2300")]
    assert then.context["permits"] == then.context["rows"] == 2
    assert "over 1" not in page_text(then)


def test_the_rules_are_on_a_page_and_files_come_in_every_layout(desk, trade, now):
    trade(1)
    amina, path = desk("amina"), f"/reports/annual/{now.year}/exports"

    assert all(f'id="rule-{number}"' in amina.get("/reports/rules/").content.decode() for number in (1, 26, 38))
    heads = {layout: amina.get(f"{path}.csv", {"layout": layout}).content.decode().partition(",")[0]
             for layout in ("permit", "summary", "upload")}
    assert heads == {"permit": "App.", "summary": "Appendix", "upload": "appendix"}
    book = amina.get(f"{path}.xlsx", {"basis": "issued"})
    assert book.content.startswith(b"PK")
    assert "permits-issued" in book["Content-Disposition"]
