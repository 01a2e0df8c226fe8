"""Orlo's file of straps: 500 lines, each drawn from an import; every fault by its line and column; all or nothing."""

from __future__ import annotations

import csv
import io
import re
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.apps.stock.goods import balance, re_export, released
from tests.cast import NOON
from tests.desks import page_text

from wildgate.apps.permits import fault_file, services
from wildgate.apps.permits.models import Application
from wildgate.apps.permits.services import Uploaded
from wildgate.apps.species.spreadsheet import read_rows
from wildgate.apps.stock.models import StockEntry
from wildgate.convention.refusal import Refusal

pytestmark = pytest.mark.django_db
HEAD = "Species,Term,Quantity,Unit,Source,Origin,Origin permit,Description"
LINE = "Alligator mississippiensis,LPS,{many},NAR,W,US,{permit},straps {i}"


@pytest.fixture
def draft(cast):
    answers = {**re_export(), "lines": [{}]}
    case = services.start(actor=cast["mario"], organisation=min(cast["mario"].organisations), at=NOON)
    services.save_answers(actor=cast["mario"], case=case.number, answers=answers, at=NOON)
    return case.number


def upload(cast, draft, lines, head=HEAD, name="straps.csv"):
    data = lines if isinstance(lines, bytes) else "\n".join([head, *lines]).encode()
    return services.upload_lines(actor=cast["mario"], case=draft, data=data, file_name=name, at=NOON)


def imports(cast, count=20, each="100"):
    """Released imports, each under its own permit."""
    return [released(cast, quantity=each, origin_permit=f"25US{i:06d}/9") for i in range(count)]


def test_500_lines_draw_from_20_imports_and_cannot_exceed_them(cast, draft):
    stock = imports(cast)
    lines = [LINE.format(many=4, permit=f"25US{i % 20:06d}/9", i=i) for i in range(500)]

    done = upload(cast, draft, lines)

    assert isinstance(done, Uploaded), done
    assert (done.lines, len(done.drafts), done.left) == (500, 3, tuple((each.number, "0") for each in stock))
    cases = [Application.objects.get(number=number) for number in done.drafts]
    assert [len(case.answers["lines"]) for case in cases] == [200, 200, 100]
    for case in cases:
        outcome = services.submit(actor=cast["mario"], case=case.number, at=NOON)
        assert isinstance(outcome, Application), outcome
    assert [balance(each).reserved for each in stock] == [100] * 20
    one_more = upload(cast, draft_of(cast), [LINE.format(many=1, permit="25US000003/9", i=0)])
    assert [(fault.line, fault.column) for fault in one_more] == [(2, "stock")]


def draft_of(cast) -> str:
    case = services.start(actor=cast["mario"], organisation=min(cast["mario"].organisations), at=NOON)
    released(cast, origin_permit="25US999999/9")
    return case.number


def test_faults_are_told_by_line_and_column_and_nothing_is_kept(cast, draft):
    imports(cast, 1, "10")
    lines = [LINE.format(many=4, permit="25US000000/9", i=1),
             "Alligator mississippiensis,LPS,four,NAR,W,US,,x",
             "Crocodile skin,LPS,4,NAR,W,US,,x",
             "Alligator mississippiensis,XYZ,4,NAR,W,US,,x",
             "Alligator mississippiensis,LPS,4,NAR,W,United States,,x"]

    faults = upload(cast, draft, lines)

    assert [(fault.line, fault.column) for fault in faults] == [
        (3, "Quantity"), (4, "Species"), (5, "Term"), (6, "Origin")]
    assert Application.objects.get(number=draft).answers["lines"] == [{}]


def test_every_fault_of_every_line_is_told_at_once(cast, draft):
    """A line that is wrong in one cell is matched with the stock all the same, and a wrong entry hides nothing."""
    imports(cast, 1, "10")
    lines = ["QM-NO,,,many,,,,,", f",Alligator mississippiensis,LPS,four,W,FR,,2026-13-45,{'x' * 301}",
             ",Alligator mississippiensis,LPS,2,W,FR,,,", ",,,,,,,,a line of nothing else"]

    faults = upload(cast, draft, lines, head="stock,species,term,quantity,source,origin,origin permit,permit date,"
                                             "description")

    assert [(fault.line, fault.column) for fault in faults] == [
        (2, "stock"), (2, "quantity"), (3, "description"), (3, "quantity"), (3, "permit date"), (3, "stock"),
        (4, "stock"), (5, "species"), (5, "term"), (5, "quantity"), (5, "source")]
    assert "to draw line 4 from" in next(fault.reason for fault in faults if fault.line == 4)


def test_the_line_that_asks_for_more_than_is_left_is_named(cast, draft):
    entry, = imports(cast, 1, "10")

    faults = upload(cast, draft, [LINE.format(many=4, permit="25US000000/9", i=i) for i in range(3)])

    assert [(fault.line, fault.column, fault.refusal.code) for fault in faults] == [(4, "Quantity", "stock-short")]
    assert faults[0].reason.startswith(f"10 of 10 left in stock entry {entry.number}")


def test_a_line_may_name_its_entry_alone(cast, draft):
    entry, = imports(cast, 1)

    upload(cast, draft, [f"{entry.number};7"], head="stock;quantity")

    line, = Application.objects.get(number=draft).answers["lines"]
    assert (line["taxon"], line["origin_permit"], line["quantity"], line["unit"]) == (
        "Alligator mississippiensis", "25US000000/9", "7", "NAR")


def test_an_entry_of_another_firm_is_not_known(cast, draft):
    entry, = imports(cast, 1)
    StockEntry.objects.update(organisation=max(entry.organisation.__class__.objects.values_list("pk", flat=True)))

    faults = upload(cast, draft, [f"{entry.number};7"], head="stock;quantity")

    assert [(fault.line, fault.column) for fault in faults] == [(2, "stock")]


def test_a_dash_takes_no_stock(cast, draft):
    entry, = imports(cast, 1)
    upload(cast, draft, ["-,Alligator mississippiensis,LPS,700,NAR,W,US"],
           head="stock,species,term,quantity,unit,source,origin")

    assert isinstance(services.submit(actor=cast["mario"], case=draft, at=NOON), Application)
    assert balance(entry).reserved == 0


def test_a_workbook_is_read_with_its_days(cast, draft):
    cells = [["species", "term", "quantity", "source", "origin", "origin permit", "origin permit date"],
             ["Alligator mississippiensis", "LPS", "4", "W", "US", "25US000000/9", "46027"]]
    rows = "".join(f'<row r="{r}">' + "".join(
        f'<c r="{chr(65 + i)}{r}" t="inlineStr"><is><t>{text}</t></is></c>' for i, text in enumerate(row)) + "</row>"
        for r, row in enumerate(cells, 1))
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as book:
        book.writestr("xl/worksheets/sheet1.xml", '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/'
                                                  f'2006/main"><sheetData>{rows}</sheetData></worksheet>')

    upload(cast, draft, data.getvalue(), name="straps.xlsx")

    assert Application.objects.get(number=draft).answers["lines"][0]["origin_permit_date"] == "2026-01-05"


@pytest.mark.parametrize(("data", "code"), [
    (b"species,term\nx,y\n", "columns-missing"), (b"quantity\n", "no-rows"), (b"\x00\x01\x02", "not-a-spreadsheet"),
    (b"quantity\n" + b"1\n" * 2001, "too-many")])
def test_a_file_that_is_no_list_of_lines(cast, draft, data, code):
    refused = upload(cast, draft, data)

    assert isinstance(refused, Refusal)
    assert refused.code == code


def test_another_firms_draft_takes_no_file(cast, draft):
    refused = services.upload_lines(actor=cast["amina"], case=draft, data=b"quantity\n1\n", file_name="x.csv", at=NOON)

    assert isinstance(refused, Refusal)
    assert refused.code == "not-allowed"


def test_the_page_tells_faults_and_success(cast, desk, draft):
    imports(cast, 1, "10")
    page = f"/apply/{draft}/lines/upload/"

    def send(*lines):
        file = SimpleUploadedFile("straps.csv", "\n".join([HEAD, *lines]).encode(), "text/csv")
        return desk("mario").post(page, {"file": file}, follow=True)

    wrong = send(LINE.format(many=11, permit="25US000000/9", i=1), ",LPS,1,NAR,W,US,,")
    right = send(LINE.format(many=3, permit="25US000000/9", i=1))

    assert wrong.status_code == 422
    assert "Nothing was kept: 2 faults in the file" in page_text(wrong)
    assert "Give the species." in page_text(wrong)
    assert "1 line was added." in page_text(right)
    assert ": 7" in page_text(right)
    assert desk("mario").post(page).status_code == 422


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_the_file_comes_back_with_its_faults_in_it(cast, desk, draft, ending):
    """Same format, same order; put right and sent again it is taken, with the column of faults still in it."""
    imports(cast, 1, "10")
    rows = [["Species", "Term", "Quantity", "Source", "Origin", "Origin permit", "Our own column"],
            ["Alligator mississippiensis", "LPS", "4", "W", "US", "25US000000/9", "a, \"b\""],
            ["Alligator mississippiensis", "LPS", "four", "W", "US", "", "=cmd"]]
    page = f"/apply/{draft}/lines/upload/"

    wrong = desk("mario").post(page, {"file": SimpleUploadedFile(f"straps.{ending}", written(rows, ending))})
    address, = re.findall(r'href="(/apply/[^"]+/lines/faults/\d+/)"', wrong.content.decode())
    given = desk("mario").get(address)
    back = [cells for _, cells in read_rows(given.content, "x")]

    assert f'filename="straps-faults.{ending}"' in given["Content-Disposition"]
    assert back[0] == [*rows[0], "fault"]
    assert [cells[:7] for cells in back[1:]] == rows[1:]
    assert back[1][7:] in ([], [""])
    assert back[2][7].startswith("Quantity: ")
    back[2][2] = "5"
    again = SimpleUploadedFile(f"again.{ending}", written(back, ending))
    right = desk("mario").post(page, {"file": again}, follow=True)
    assert "2 lines were added." in page_text(right)


def test_the_file_with_faults_is_for_its_own_application_only(cast, desk, draft):
    sent = desk("mario").post(f"/apply/{draft}/lines/upload/", {
        "file": SimpleUploadedFile("x.csv", b"taxon,quantity\nCrocodylus porosus,many\n")})
    address, = re.findall(r'href="(/apply/[^"]+/lines/faults/\d+/)"', sent.content.decode())
    other = draft_of(cast)

    assert desk("mario").get(address.replace(draft, other)).status_code == 404
    assert desk("amina").get(address).status_code == 403


def written(rows, ending):
    if ending == "xlsx":
        return fault_file.xlsx(rows)
    out = io.StringIO()
    csv.writer(out, delimiter=";").writerows(rows)
    return out.getvalue().encode()


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_the_template_has_headings_that_are_read(desk, ending):
    from wildgate.apps.stock.sheet import COLUMNS

    answer = desk("mario").get(f"/apply/lines-template.{ending}")
    (_, headings), = read_rows(answer.content, "x")

    assert set(headings) <= {word for words in COLUMNS.values() for word in words}
    assert desk("mario").get("/apply/lines-template.exe").status_code == 404


def test_quantities_and_days_may_stand_in_the_digits_of_the_writer(cast, draft):
    lines = ["Python regius,LIV,١٢,NAR,C,QM,,", 'Python regius,SKI,"1,5",KGM,C,QM,,']

    done = upload(cast, draft, lines)

    assert isinstance(done, Uploaded)
    kept = Application.objects.get(number=draft).answers["lines"]
    assert [line["quantity"] for line in kept] == ["12", "1.5"]


def test_an_empty_file_is_called_empty(cast, draft):
    done = upload(cast, draft, b"  \n")

    assert isinstance(done, Refusal)
    assert done.reason == "straps.csv is empty."
