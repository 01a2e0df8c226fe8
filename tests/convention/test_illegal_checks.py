"""What is looked at before an illegal trade report is sent, and what may never stand in it."""

from __future__ import annotations

import csv
from dataclasses import fields, replace

import pytest

from wildgate.apps.inspections import codes
from wildgate.convention import illegal, tables
from wildgate.convention.illegal import IllegalRow
from wildgate.convention.illegal_checks import check
from wildgate.convention.listing import law
from wildgate.convention.refusal import Refusal

GOOD = IllegalRow(
    incident="QM-S-27-0001", date="2027-03-04", species="Phataginus tricuspis", term="SCA", quantity="312", unit="KGM",
    place="Port Kivu", agency="Demoland Customs Service", reason="concealment", transport="sea",
    concealment="Under sacks of cashew in MSKU 123456-7", detection="intelligence", origin="QZ", transit="RW",
    destination="CN", value="125000.50 USD", nationality="QZ; RW", law="Wildlife Act, s. 12", sanction="",
    disposal="stored", more="Appendix I")


def found(*rows: IllegalRow, year: int = 2027) -> set[tuple[str, str, str]]:
    return {(each.column, each.severity.value, each.code) for each in check(rows, law(), year)}


def test_a_good_row_has_no_finding():
    assert found(GOOD) == set()


@pytest.mark.parametrize(("change", "finding"), [
    ({"species": ""}, ("species", "error", "missing")), ({"place": " "}, ("place", "error", "missing")),
    ({"reason": ""}, ("reason", "error", "missing")), ({"origin": ""}, ("origin", "warning", "missing")),
    ({"detection": ""}, ("detection", "warning", "missing")), ({"law": ""}, ("law", "warning", "missing")),
    ({"date": "4.3.2027"}, ("date", "error", "date-bad")),
    ({"date": "2026-12-31"}, ("date", "error", "date-other-year")),
    ({"quantity": "0"}, ("quantity", "error", "quantity-bad")),
    ({"quantity": "some"}, ("quantity", "error", "quantity-bad")),
    ({"quantity": "2.5", "term": "LIV", "unit": "NAR"}, ("quantity", "error", "quantity-part")),
    ({"term": "ZZZ"}, ("term", "error", "term-unknown")), ({"unit": "STONE"}, ("unit", "error", "unit-unknown")),
    ({"unit": "MTQ"}, ("unit", "warning", "term-unit")), ({"term": "LVS"}, ("term", "error", "taxon-term")),
    ({"species": "Dragon draco"}, ("species", "error", "taxon-unknown")),
    ({"species": "Gallus gallus", "term": "FEA", "unit": "NAR"}, ("species", "warning", "not-listed")),
    ({"nationality": "Smith"}, ("nationality", "error", "country-unknown")),
    ({"transit": "RW; Q1"}, ("transit", "error", "country-unknown")),
    ({"transit": "QZ"}, ("transit", "warning", "transit-is-end")),
    ({"transport": "camel"}, ("transport", "error", "word-unknown")),
    ({"transport": "not in transport"}, ("transport", "warning", "not-in-transport")),
    ({"concealment": ""}, ("concealment", "warning", "missing")),
    ({"value": "much"}, ("value", "error", "value-bad")), ({"value": "12"}, ("value", "error", "value-bad")),
    ({"agency": "Unit 7"}, ("agency", "warning", "agency-unknown")),
    ({"concealment": "As an informant said, under cashew"}, ("concealment", "error", "tells-source")),
    ({"place": "House of Mr Ferro"}, ("place", "error", "tells-person")),
    ({"sanction": "Two years, passport no 77"}, ("sanction", "error", "tells-person")),
])
def test_each_fault_is_found_with_its_column(change, finding):
    assert found(replace(GOOD, **change)) == {finding}


def test_a_finding_says_where_and_what_to_do():
    one, = check([GOOD, replace(GOOD, incident="QM-S-27-0002", origin="")], law(), 2027)

    assert (one.line, one.incident) == (3, "QM-S-27-0002")
    assert one.sentence == '"Alleged country of origin" is empty: write XX where it is unknown.'


def test_the_same_kind_twice_in_one_incident_is_told_and_in_two_is_not():
    assert found(GOOD, GOOD) == {("species", "warning", "twice")}
    assert found(GOOD, replace(GOOD, incident="QM-S-27-0002"), replace(GOOD, term="LIV", unit="NAR")) == set()


@pytest.mark.parametrize("text", [
    "After a tip from the dock", "tip-off", "An anonymous letter named the gate", "told by an informant",
    "dénonciation", "denuncia anónima", "call +243 99 123 45 67", "ask m.ferro@example.org", "Mrs. Ferro's shed"])
def test_text_that_tells_a_source_or_a_person_is_withheld_from_the_cells(text):
    cells = dict(zip(illegal.KEYS, replace(GOOD, more=text).cells(illegal.columns()), strict=True))

    assert cells["more"] == "withheld"
    assert cells["concealment"] == GOOD.concealment


@pytest.mark.parametrize("text", [
    "Tips of horns in a phone box", "Born in captivity, it was said", "Manis tricuspis under the wing tips",
    "M. tricuspis, container MSKU 123456-7, seal 4471", "Kivu-2, shed 4", "Permit QM-26-000012"])
def test_ordinary_text_stays(text):
    assert illegal.forbidden(text) == ""


def test_every_code_of_a_seizure_has_a_word_and_a_tip_is_told_as_intelligence():
    for name, kinds in ((illegal.REASON, codes.Cause), (illegal.TRANSPORT, codes.Mode),
                        (illegal.DETECTION, codes.Detection), (illegal.DISPOSAL, codes.Method)):
        assert [code for code in kinds.values if not illegal.word(name, code)] == []
    assert {illegal.word(illegal.DETECTION, code) for code in ("tip", "informant", "hotline")} == {"intelligence"}
    assert illegal.service_of("Policía Nacional") == "police"


def test_columns_are_the_rows_fields_in_order_and_say_what_is_not_confirmed():
    assert tuple(column.key for column in illegal.columns()) == tuple(each.name for each in fields(IllegalRow))
    assert {column.key for column in illegal.columns() if column.mark == "K"} == {"incident", "date", "sanction"}
    assert all(column.need in ("yes", "asked", "may") for column in illegal.columns())
    assert {row["mark"] for row in tables.read_facts("illegal_codes")} == {"K"}


def test_an_installation_names_and_orders_its_columns_and_may_leave_out_unconfirmed_ones_only():
    own = "\n".join(f"{column.key}\t" for column in illegal.columns() if column.key not in ("sanction", "date"))

    layout = illegal.layout(f"# ours\ndate\tDay\n{own}")

    assert not isinstance(layout, Refusal)
    assert [column.heading for column in layout[:2]] == ["Day", "Reference / ID"]
    assert len(GOOD.cells(layout)) == len(illegal.columns()) - 1
    for text, code in ((own.replace("species\t\n", ""), "layout-misses"), ("colour\tColour", "layout-bad-line"),
                       ("date\nspecies\ndate", "layout-bad-line"), ("x" * 30_000, "layout-too-long")):
        assert illegal.layout(text).code == code
    assert illegal.layout("date\ncolour\n").field == "line 2"


def test_seizures_of_fifteen_years_are_checked_and_those_without_a_number_are_found(shared_data):
    with (shared_data / "seizures" / "pangolin_seizures_eia_2000_2015.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    told = [replace(GOOD, incident=f"E-{place}", date=f"{row['year'][:4]}-06-01", place=row["location"], unit="NAR",
                    term="LIV", quantity=row["estimated_number_of_pangolins"])
            for place, row in enumerate(rows)]

    quantities = [each.incident for each in check(told, law(), 2014) if each.column == "quantity"
                  and each.code == "quantity-bad"]

    assert quantities == [f"E-{place}" for place, row in enumerate(rows)
                          if not row["estimated_number_of_pangolins"].strip().replace(".", "").isdigit()]
    assert 0 < len(quantities) < len(rows)
