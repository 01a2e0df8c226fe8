"""Names out of spreadsheets: CSV and XLSX, good ones and hostile ones."""

from __future__ import annotations

import io
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wildgate.apps.species import spreadsheet
from wildgate.apps.species.spreadsheet import Named, read_names
from wildgate.convention.refusal import Refusal

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
SHARED = (f'<sst xmlns="{MAIN}"><si><t>No</t></si><si><t>Scientific name</t></si>'
          "<si><r><t>Panthera </t></r><r><t>tigris</t></r><rPh><t>ignored</t></rPh></si></sst>")
SHEET = (f'<worksheet xmlns="{MAIN}"><sheetData>'
         '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="C1" t="s"><v>1</v></c></row>'
         '<row r="2"><c r="A2"><v>1</v></c><c r="C2" t="s"><v>2</v></c></row>'
         '<row r="4"><c r="A4"><v>2</v></c><c r="C4" t="inlineStr"><is><t>Python regius</t></is></c></row>'
         '<row r="5"><c r="C5" t="str"><f>CONCATENATE("Loxo","donta")</f><v>Loxodonta africana</v></c></row>'
         '<row r="6"><c r="C6" t="s"><v>99</v></c></row></sheetData></worksheet>')


def workbook(**parts: str) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as book:
        for name, text in {"sharedStrings": SHARED, "worksheets/sheet1": SHEET, **parts}.items():
            book.writestr(f"xl/{name}.xml", text)
    return data.getvalue()


def test_a_workbook_gives_the_column_of_names_with_its_rows() -> None:
    assert read_names(workbook(), "names.xlsx") == [
        Named(2, "Panthera tigris"), Named(4, "Python regius"), Named(5, "Loxodonta africana")]


@pytest.mark.parametrize("text", [
    "Nr;Species;Qty\n1;Panthera tigris;2\n;;\n2;Pitón;3\n", "Species\nPanthera tigris\n\nPitón\n",
    "Panthera tigris\n\n\nPitón\n".replace("\n\n\n", "\n\n"), 'a,Taxon\n1,"Panthera\ntigris"\n2,Pitón\n',
])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "windows-1252", "utf-16"])
def test_csv_of_any_common_kind_is_read(text: str, encoding: str) -> None:
    found = read_names(text.encode(encoding), "names.csv")

    assert isinstance(found, list)
    assert [" ".join(each.name.split()) for each in found] == ["Panthera tigris", "Pitón"]


@pytest.mark.parametrize("data", [
    b"", b"Species\n", b"PK\x03\x04 not a zip", b"\x00\x01\x02\x03binary", workbook()[:400],
    workbook(**{"worksheets/sheet1": "<worksheet"}), workbook(**{"worksheets/sheet1": "<a/>"}),
    workbook(**{"worksheets/sheet1": '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'}),
    workbook(sharedStrings="<!DOCTYPE x><x/>"),
    workbook(**{"worksheets/sheet1": "<a>" * 5_000 + "</a>" * 5_000}),
])
def test_what_is_no_list_of_names_is_refused_in_one_sentence(data: bytes) -> None:
    answer = read_names(data, "names.xlsx")

    assert isinstance(answer, Refusal)
    assert "names.xlsx" in answer.reason
    assert "\n" not in answer.reason


def test_formulas_that_nobody_worked_out_are_no_empty_cells() -> None:
    """A program that writes formulas leaves their values to the spreadsheet program: the rows would be lost unseen."""
    answer = read_names(workbook(**{"worksheets/sheet1": SHEET.replace("<v>Loxodonta africana</v>", "")
                                    .replace(' t="str"><f>', "><f>")}), "names.xlsx")

    assert isinstance(answer, Refusal)
    assert answer.reason.startswith("names.xlsx holds formulas without values in row 5: open it")
    assert isinstance(read_names(workbook(**{"worksheets/sheet1": SHEET.replace("Loxodonta africana</v>", "</v>")}),
                                 "names.xlsx"), list), "a formula that gives no text is a blank cell"


def test_a_workbook_that_unpacks_beyond_measure_is_refused() -> None:
    answer = read_names(workbook(**{"worksheets/sheet1": SHEET + " " * 30_000_000}), "bomb.xlsx")

    assert isinstance(answer, Refusal)


def test_more_names_than_are_checked_at_once_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spreadsheet, "MOST_NAMES", 2)

    answer = read_names(b"Panthera tigris\nPython regius\nBoa constrictor\n", "names.csv")

    assert isinstance(answer, Refusal)
    assert answer.code == "too-many"


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300), st.booleans())
def test_no_bytes_raise(noise: bytes, packed: bool) -> None:
    data = workbook()
    found = read_names(data[:120] + noise + data[120 + len(noise):] if packed else noise, "noise")

    assert isinstance(found, (list, Refusal))
