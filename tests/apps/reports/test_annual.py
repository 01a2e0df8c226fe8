"""The annual report: what crossed the border in the year, line by line, in the layout of the guidelines."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from tests.cast import SKINS, issued

from wildgate.apps.customs import services as customs
from wildgate.apps.customs.services import Item
from wildgate.apps.permits.models import PermitStatus
from wildgate.apps.reports import illegal, selectors
from wildgate.convention.reporting import EXPORT_COLUMNS, IMPORT_COLUMNS, Basis, Part, rows_to_csv
from wildgate.site.cli import main

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
LATER = NOON + timedelta(days=3)
MIXED = {
    **SKINS,
    "lines": [
        {**SKINS["lines"][0], "marks": "tag 1-600\ntag 601-1200"},
        {**SKINS["lines"][0], "term": "MEA", "quantity": "80.5", "unit": "KGM"},
    ],
}
AGAIN = {
    **SKINS,
    "direction": "re-export",
    "lines": [{**SKINS["lines"][0], "origin": "PG", "origin_permit": "26PG000011E", "quantity": "40"}],
}


def leave(who: dict[str, Any], answers: dict[str, Any], moved: dict[str, str], at: datetime = LATER) -> Any:
    permit = issued(who, at - timedelta(days=3), answers)
    customs.endorse(
        actor=who["jean"],
        number=permit.number,
        stage="export",
        quantities=moved,
        port="QMKIV",
        transport_document="1",
        at=at,
    )
    return permit


def table(party: str, year: int, part: Part) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(rows_to_csv(selectors.rows(party, year, part), part))))


@pytest.mark.django_db
class TestExports:
    def test_one_row_for_each_line_with_what_moved(self, cast):
        permit = leave(cast, MIXED, {"A": "1150", "B": "80"})

        first, second = table("QM", 2026, Part.EXPORTS)
        assert tuple(first) == EXPORT_COLUMNS
        assert list(first.values()) == [
            "II",
            "Crocodylus novaeguineae",
            "skin",
            "SKI",
            "1150",
            "",
            "QZ",
            permit.number,
            "",
            "",
            "T",
            "W",
            "2026",
            "tag 1-600, tag 601-1200",
        ]
        assert (second["Term Code"], second["Quantity"], second["Unit"]) == ("MEA", "80", "KGM")

    def test_lines_of_which_nothing_moved_and_unused_permits_are_left_out(self, cast):
        issued(cast, NOON)
        leave(cast, MIXED, {"A": "0", "B": "80"})

        assert [row["Term Code"] for row in table("QM", 2026, Part.EXPORTS)] == ["MEA"]

    def test_a_re_export_names_its_origin(self, cast):
        leave(cast, AGAIN, {"A": "40"})

        (row,) = table("QM", 2026, Part.EXPORTS)
        assert (row["Country of origin of re-exports"], row["Number of country of origin permit"]) == (
            "PG",
            "26PG000011E",
        )

    def test_the_year_is_that_of_the_trade_not_of_the_issue(self, cast):
        leave(cast, SKINS, {"A": "1"}, datetime(2027, 1, 1, 0, 0, tzinfo=UTC))

        assert table("QM", 2026, Part.EXPORTS) == []
        assert [row["Year"] for row in table("QM", 2027, Part.EXPORTS)] == ["2027"]
        assert selectors.traded_years("QM") == [2027]

    def test_years_between_without_trade_are_left_out(self, cast):
        crossed = leave(cast, SKINS, {"A": "1"}).endorsements.get()
        crossed.pk, crossed.permit, crossed.at = None, issued(cast, LATER), datetime(2029, 6, 1, tzinfo=UTC)
        crossed.save(force_insert=True)

        assert selectors.traded_years("QM") == [2029, 2026]
        assert selectors.traded_years("QZ") == []

    def test_a_page_of_a_large_year_begins_with_the_newest(self, cast):
        first, then = (leave(cast, SKINS, {"A": quantity}, datetime(2026, month, 1, tzinfo=UTC))
                       for month, quantity in ((5, "1"), (6, "2")))

        for basis in Basis:
            in_order = list(selectors.rows("QM", 2026, Part.EXPORTS, basis))
            newest = selectors.newest("QM", 2026, Part.EXPORTS, basis, slice(0, 2))
            assert newest == list(reversed(in_order))
            assert selectors.newest("QM", 2026, Part.EXPORTS, basis, slice(1, 2)) == in_order[:1]

    def test_a_page_of_permits_issued_passes_over_what_was_taken_back(self, cast):
        papers = [issued(cast, datetime(2026, month, 1, tzinfo=UTC), MIXED) for month in (5, 6, 7, 8)]
        PermitStatus.objects.filter(permit__in=papers[1:3]).update(state="cancelled")
        PermitStatus.objects.filter(permit=papers[2]).update(state="replaced")

        newest = selectors.newest("QM", 2026, Part.EXPORTS, Basis.ISSUED, slice(0, 3))

        assert [(row.export_permit, row.term) for row in newest] == [
            (papers[3].number, "SKI"), (papers[3].number, "MEA"), (papers[0].number, "SKI")]
        assert [selectors.lines("QM", 2026, Part.EXPORTS, Basis.ISSUED, most) for most in (1, 2, 3, 9)] == [2, 3, 4, 4]
        assert selectors.lines("QM", 2026, Part.IMPORTS, Basis.ISSUED, 9) == 0
        assert selectors.newest("QM", 2025, Part.EXPORTS, Basis.ISSUED, slice(0, 3)) == []

    def test_other_parties_trade_is_not_ours(self, cast):
        leave(cast, SKINS, {"A": "1"})

        assert table("QZ", 2026, Part.EXPORTS) == table("QM", 2026, Part.IMPORTS) == []


@pytest.mark.django_db
def test_an_import_names_partner_papers_and_origin(cast, jean):
    on = date(2026, 11, 10)
    customs.register_foreign(
        actor=jean,
        country="QZ",
        number="26QZ000007R",
        issued_on=on,
        valid_until=date(2027, 5, 9),
        kind="re-export-certificate",
        exporter_country="QZ",
        importer_country="QM",
        purpose="T",
        at=NOON,
        lines=[Item("Python molurus bivittatus", "II", "W", "SKI", "300", "NAR", "VN", "26VN000001E", ("tag 1-300",))],
    )
    customs.endorse_import(
        actor=jean,
        foreign=("QZ", "26QZ000007R", on),
        import_permit=None,
        quantities={"A": "290"},
        port="QMKIV",
        transport_document="1",
        at=LATER,
        dead={"A": "3"},
    )

    (row,) = table("QM", 2026, Part.IMPORTS)
    assert tuple(row) == IMPORT_COLUMNS
    assert row["Species"] == "Python bivittatus"
    assert list(row.values())[3:] == [
        "SKI",
        "290",
        "",
        "QZ",
        "26QZ000007R",
        "VN",
        "26VN000001E",
        "",
        "T",
        "W",
        "2026",
        "tag 1-300, 3 dead on arrival",
    ]


@pytest.mark.django_db
class TestCommands:
    @pytest.fixture(autouse=True)
    def opened(self, monkeypatch):
        """The test's own database is open already."""
        monkeypatch.setattr("wildgate.site.cli.open_home", lambda home, *, migrate: None)

    def test_annual_writes_the_file(self, cast, tmp_path, capsys):
        leave(cast, SKINS, {"A": "1150"})
        file = tmp_path / "exports.csv"

        assert main(["report", "annual", "2026", "--part", "exports", "-o", str(file), "--json"]) == 0
        told = json.loads(capsys.readouterr().out)
        assert (told["rows"], told["basis"], told["lines"][0]["quantity"]) == (1, "Actual Trade", "1150")
        assert file.read_bytes().decode().splitlines()[0] == ",".join(EXPORT_COLUMNS)

    def test_a_year_without_trade_is_said_to_be_so(self, cast, capsys):
        assert main(["report", "annual", "2026", "--part", "imports"]) == 0
        out = capsys.readouterr()
        assert out.out.strip() == ",".join(IMPORT_COLUMNS)
        assert "No trade is recorded for QM in 2026" in out.err

    def test_illegal_is_a_nil_report(self, capsys):
        assert main(["report", "illegal", "2026"]) == 0
        out = capsys.readouterr()
        assert list(csv.reader(io.StringIO(out.out))) == [list(illegal.COLUMNS)]
        assert "No seizure is recorded for 2026" in out.err

    def test_check_finds_our_own_report_good(self, cast, tmp_path, capsys):
        leave(cast, SKINS, {"A": "1150"})
        file = tmp_path / "exports.csv"
        main(["report", "annual", "2026", "--part", "exports", "-o", str(file)])

        assert main(["report", "check", str(file)]) == 0
        assert "1 rows, 0 errors" in capsys.readouterr().out

    def test_check_says_no_to_a_wrong_row(self, tmp_path, capsys):
        file = tmp_path / "wrong.csv"
        file.write_text(",".join(EXPORT_COLUMNS) + "\nII,Crocodylus novaeguineae,,XYZ,-4,,QZ,1,,,T,W,2026,\n")

        assert main(["report", "check", str(file), "--json"]) == 1
        told = json.loads(capsys.readouterr().out)
        assert told["errors"] >= 2
        assert {finding["row"] for finding in told["findings"]} == {2}

    @pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b"a,b\n1,2\n"])
    def test_check_of_what_is_no_report_is_wrong_usage(self, tmp_path, capsys, content):
        file = tmp_path / "odd.csv"
        file.write_bytes(content)

        assert main(["report", "check", str(file)]) == 2
        assert capsys.readouterr().err.count("\n") == 1

    @pytest.mark.parametrize("year", ["26", "1974", "9999", "year"])
    def test_a_year_that_is_none(self, year, capsys):
        with pytest.raises(SystemExit) as ended:
            main(["report", "annual", year, "--part", "exports"])
        assert ended.value.code == 2

    def test_a_workbook_of_permits_issued_is_checked_like_a_file_of_somebody_else(self, cast, tmp_path, capsys):
        leave(cast, SKINS, {"A": "1150"})
        file = tmp_path / "issued.xlsx"

        assert main(["report", "annual", "2026", "--part", "exports", "--basis", "issued", "-o", str(file)]) == 0
        assert "1 rows of permits issued" in capsys.readouterr().out
        assert main(["report", "check", str(file), "--party", "QM", "--json"]) == 0
        told = json.loads(capsys.readouterr().out)
        assert (told["rows"], told["part"], told["errors"]) == (1, "exports", 0)
        assert any("range" in each for each in told["not_checked"])

    def test_a_file_of_another_spelling_is_checked(self, tmp_path, capsys):
        file = tmp_path / "other.csv"
        head = "Appendix;SpeciesName;TermCode;Quantity;UnitCode;TradingPartner;CountryOfOrigin;ExportPermit;Year"
        file.write_bytes((head + "\r\n2;Aloe ferox;ext;80.5;kg;qz;;27\xc9M1;2026\r\n").encode("windows-1252"))

        assert main(["report", "check", str(file), "--party", "QM"]) == 0
        assert "1 rows, 0 errors" in capsys.readouterr().out
