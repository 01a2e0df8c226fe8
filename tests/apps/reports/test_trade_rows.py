"""Reading Trade Database downloads: both layouts, packed or not, within limits, complaints with line numbers."""

from __future__ import annotations

import gzip
import lzma
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from wildgate.apps.reports import comparison, trade_rows
from wildgate.apps.reports.trade_rows import TradeRow, select
from wildgate.apps.reports.translate import Codes, Consignment, consign, current_codes
from wildgate.convention.listing import law
from wildgate.convention.refusal import Refusal
from wildgate.convention.report_row import Part
from wildgate.convention.reporting import EXPORT_COLUMNS
from wildgate.convention.vocabulary import Direction, DocumentKind

HEAD = (
    "Id,Year,Appendix,Taxon,Class,Order,Family,Genus,Term,Quantity,Unit,"
    "Importer,Exporter,Origin,Purpose,Source,Reporter.type\n"
)
ROW = "77,2015,II,Acipenser baerii,Actinopteri,,,Acipenser,caviar,2.4,kg,JO,BY,,T,C,E\n"
TABULATION = (
    "Year,App.,Taxon,Class,Order,Family,Genus,Importer,Exporter,Origin,"
    "Importer reported quantity,Exporter reported quantity,"
    "Term,Unit,Purpose,Source\n2015,II,Acipenser baerii,,,,,JO,BY,CN,3,2.4,caviar,kg,T,C\n"
)


def row(**changes: object) -> TradeRow:
    given = {
        "line": 2,
        "id": "77",
        "part": Part.EXPORTS,
        "appendix": "II",
        "taxon": "Acipenser baerii",
        "term": "caviar",
        "quantity": "2.4",
        "unit": "kg",
        "importer": "JO",
        "exporter": "BY",
        "origin": "",
        "purpose": "T",
        "source": "C",
    }
    return TradeRow(**{**given, **changes})  # type: ignore[arg-type]


@pytest.fixture
def file(tmp_path):
    def written(text: str | bytes, name: str = "trade.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return written


class TestReading:
    def test_a_shipment_is_its_reporters(self, file):
        path = file(HEAD + ROW)

        assert select(path, party="BY", year=2015) == [row()]
        assert select(path, party="JO", year=2015) == select(path, party="BY", year=2016) == []

    @pytest.mark.parametrize("pack", [gzip.compress, lzma.compress, lambda data: b"\xef\xbb\xbf" + data])
    def test_packed_files_read_the_same(self, file, pack):
        assert select(file(pack((HEAD + ROW).encode())), party="BY", year=2015) == [row()]

    def test_lower_case_headings_and_other_names_of_columns(self, file):
        text = (HEAD + ROW).replace(
            HEAD, HEAD.lower().replace("reporter.type", "reporter_type").replace("order", "ord")
        )

        assert select(file(text), party="BY", year=2015) == [row()]

    def test_a_tabulation_holds_two_reports(self, file):
        path = file(TABULATION)

        assert select(path, party="BY", year=2015) == [row(id="", origin="CN")]
        assert select(path, party="JO", year=2015) == [row(id="", origin="CN", part=Part.IMPORTS, quantity="3")]
        assert row(id="").number == "TDB-2"

    def test_na_is_a_blank_but_as_origin_it_may_be_namibia(self, file):
        unclear, clear = ROW.replace("BY,,T", "BY,NA,T").replace(",kg,", ",NA,"), ROW.replace("BY,,T", "BY,NA,T")

        first, second = select(file(HEAD + unclear + clear), party="BY", year=2015)
        assert (first.unit, first.origin_unclear, second.origin, second.origin_unclear) == ("", True, "NA", False)

    @pytest.mark.parametrize(
        ("text", "says"),
        [
            ("", "The heading lacks year"),
            ("Year,Taxon\n", "The heading lacks appendix"),
            (HEAD + ROW + "1,2\n", "Line 3 has 2 cells but the heading has 17"),
            (HEAD.encode() + b"\xff\xfe\n", "Line 2: it is not UTF-8 text."),
            (HEAD + "x" * 200_000, "Line 2: it is longer than 100000 bytes."),
            (lzma.compress((HEAD + ROW * 500).encode())[:-20], "The file cannot be unpacked"),
            (gzip.compress((HEAD + ROW * 500).encode())[:-9], "The file cannot be unpacked"),
            (HEAD.replace("Reporter.type", "Kind"), "The heading has neither quantity and reporter type"),
        ],
    )
    def test_what_cannot_be_read_is_said_with_its_line(self, file, text, says):
        refused = select(file(text), party="BY", year=2015)

        assert isinstance(refused, Refusal)
        assert refused.reason.startswith(says)

    def test_more_rows_than_fit_are_refused(self, file, monkeypatch):
        monkeypatch.setattr(trade_rows, "MOST_KEPT", 2)

        assert select(file(HEAD + ROW * 3), party="BY", year=2015).code == "too-many-rows"


class TestCodes:
    @pytest.mark.parametrize(
        ("changes", "codes"),
        [
            ({}, Codes("CAV", Decimal("2.4"), "KGM")),
            ({"term": "skins", "unit": "", "quantity": "12"}, Codes("SKI", Decimal(12), "NAR")),
            ({"term": "specimens", "unit": "mg", "quantity": "250"}, Codes("SPE", Decimal("0.00025"), "KGM")),
            ({"term": "leather products (small)", "unit": "pairs", "quantity": "3"}, Codes("LPS", Decimal(6), "NAR")),
            ({"quantity": "1e+05"}, Codes("CAV", Decimal(100000), "KGM")),
        ],
    )
    def test_old_words_become_current_codes(self, changes, codes):
        assert current_codes(row(**changes)) == codes

    @pytest.mark.parametrize(
        ("changes", "code"),
        [
            ({"source": ""}, "source-blank"),
            ({"purpose": ""}, "purpose-blank"),
            ({"term": "unspecified"}, "term-not-convertible"),
            ({"term": "fins"}, "term-not-convertible"),
            ({"unit": "cartons"}, "unit-not-convertible"),
            ({"quantity": "0"}, "quantity-zero"),
            ({"quantity": "-1"}, "quantity-not-a-number"),
            ({"quantity": "0.30000000000000004"}, "quantity-too-fine"),
            ({"quantity": "9e99"}, "quantity-too-long"),
            ({"quantity": "9e15"}, "quantity-too-large"),
            ({"origin": "NA", "origin_unclear": True}, "origin-unclear"),
        ],
    )
    def test_what_has_no_current_code_is_refused(self, changes, code):
        assert current_codes(row(**changes)).code == code


class TestConsignments:
    ON = date(2015, 6, 1)

    def test_an_export_needs_a_home_permit(self):
        found = consign(row(), "BY", self.ON, law())

        assert isinstance(found, Consignment)
        assert (found.direction, found.applies, found.paper, found.country) == (Direction.EXPORT, True, None, "JO")

    def test_another_origin_makes_it_a_re_export(self):
        assert consign(row(origin="CN"), "BY", self.ON, law()).direction is Direction.RE_EXPORT
        assert consign(row(origin="BY"), "BY", self.ON, law()).direction is Direction.EXPORT

    def test_an_appendix_ii_import_needs_the_foreign_paper_only(self):
        found = consign(row(part=Part.IMPORTS, source="W", importer="FR", exporter="CN"), "FR", self.ON, law())

        assert (found.direction, found.applies, found.paper) == (Direction.IMPORT, False, DocumentKind.EXPORT_PERMIT)

    def test_an_appendix_i_import_needs_both(self):
        found = consign(
            row(
                part=Part.IMPORTS,
                appendix="I",
                taxon="Panthera tigris",
                term="skins",
                unit="",
                quantity="1",
                source="W",
                purpose="S",
                importer="FR",
                exporter="IN",
            ),
            "FR",
            self.ON,
            law(),
        )

        assert (found.applies, found.paper) == (True, DocumentKind.EXPORT_PERMIT)

    @pytest.mark.parametrize(
        ("changes", "code"),
        [
            ({"appendix": "I"}, "appendix-differs"),
            ({"taxon": "Nullum nomen"}, "taxon-unknown"),
            ({"importer": "XX"}, "country-unknown"),
            (
                {
                    "appendix": "I",
                    "taxon": "Panthera tigris",
                    "term": "skins",
                    "unit": "",
                    "quantity": "1",
                    "source": "W",
                },
                "primarily-commercial",
            ),
            ({"source": "A"}, "source-not-of-kingdom"),
        ],
    )
    def test_what_the_law_does_not_take_is_refused(self, changes, code):
        assert consign(row(**changes), "BY", self.ON, law()).code == code


class TestComparison:
    REPORT = ",".join(EXPORT_COLUMNS) + "\nII,Acipenser baerii,caviar,CAV,2.4,KGM,JO,15BY000001E,,,T,C,2015,\n"

    def differences(self, report: str) -> list[str]:
        said = comparison.by_report(report, Part.EXPORTS)
        if isinstance(said, Refusal):
            return [said.reason]
        return comparison.differences(comparison.by_rows([row()], law()), said)

    def test_equal(self):
        assert self.differences(self.REPORT) == []

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            ("2.4", "2.5"),
            ("KGM", "GRM"),
            ("KGM", ""),
            (",JO,", ",FR,"),
            (",C,", ",W,"),
            (",T,", ",P,"),
            ("\nII,", "\nI,"),
            ("baerii", "gueldenstaedtii"),
            ("CAV", "EGG"),
            ("15BY000001E,,", "15BY000001E,CN,"),
        ],
    )
    def test_one_changed_value_is_seen(self, old, new):
        assert len(self.differences(self.REPORT.replace(old, new))) == 2

    def test_a_row_more_or_less_is_seen(self):
        head, line, _ = self.REPORT.split("\n")

        assert self.differences(head + "\n")[0].startswith(
            "1 in the rows, not in the report: exports, II, Acipenser baerii, CAV, 2.4"
        )
        assert self.differences(f"{head}\n{line}\n{line}\n")[0].startswith("1 in the report, not in the rows")
