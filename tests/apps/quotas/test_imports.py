"""Species+ downloads into the register: complete, once or again, each fault by line and column."""

from __future__ import annotations

import csv
import gzip
import io
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from tests.apps.quotas.test_ledger import monitors, standing
from tests.cast import NOON, issued

from wildgate.apps.quotas.imports import Report, import_quotas, import_suspensions
from wildgate.apps.quotas.models import Quota, QuotaBalance, SuspensionRow
from wildgate.apps.quotas.sheets import read_country
from wildgate.convention.refusal import Refusal
from wildgate.kit.models import Event

REPTILES = "quotas/cites_export_quotas_reptiles_1997_2023.csv"
HEADING = "Id,Full Name,Rank,Party,Quota,Unit,Term,Source,Purpose,Year,Notes,Url"
GOOD = "1,Varanus salvator,SPECIES,Demoland,500,,LIV,W,,2026,live,"


def download(folder: Path, *rows: str, heading: str = HEADING, name: str = "quotas.csv") -> Path:
    file = folder / name
    file.write_text("\n".join([heading, *rows]) + "\n", encoding="utf-8")
    return file


def read(*files: Path, work=import_quotas, **more) -> Report:
    done = work(files, party="QM", actor="operator", at=NOON, **more)
    assert not isinstance(done, Refusal), done
    return done[0]


def told(report: Report) -> list[tuple[int, str]]:
    return [(fault.line, fault.column) for fault in report.refused]


@pytest.mark.django_db
def test_every_reptile_quota_of_27_years_is_read_without_loss(shared_data):
    file = shared_data / REPTILES
    rows = list(csv.DictReader(file.open(encoding="utf-8")))
    newest = max(row["year"] for row in rows)

    report = read(file)

    assert (report.added, report.refused, report.remarks) == (5481, [], [])
    assert Quota.objects.filter(start__year=int(newest)).count() == sum(row["year"] == newest for row in rows)
    amounts = sorted(Quota.objects.filter(start__year=int(newest)).values_list("amount", flat=True))
    assert amounts == sorted(Decimal(row["quota"]) for row in rows if row["year"] == newest)


@pytest.mark.django_db
def test_a_row_becomes_a_quota_with_its_codes_country_and_year(shared_data, tmp_path):
    heading, *rows = (shared_data / REPTILES).read_text(encoding="utf-8").splitlines(keepends=True)
    file = tmp_path / "niloticus.csv"
    file.write_text(heading + "".join(row for row in rows if "Crocodylus niloticus" in row), encoding="utf-8")
    read(file)

    found = Quota.objects.filter(country="ET", taxon="Crocodylus niloticus", start=date(2023, 1, 1))
    skins = next(quota for quota in found if "LPS" in quota.terms)

    assert (skins.amount, skins.terms, skins.sources, skins.purposes) == (3000, ["SKI", "LPS", "LPL"], ["R"], [])
    assert (skins.end, skins.kind, skins.certain, skins.unit) == (date(2023, 12, 31), "national", True, "NAR")
    assert not QuotaBalance.objects.exists(), "other Parties keep their own books"


@pytest.mark.django_db
def test_the_same_file_again_changes_nothing_and_a_new_number_changes_one(tmp_path):
    file = download(tmp_path, GOOD, GOOD.replace("1,Varanus salvator", "2,Varanus niloticus"))

    first, again = read(file), read(file)
    changed = read(download(tmp_path, GOOD.replace("500", "600")))

    assert (first.added, again.added, again.unchanged) == (2, 0, 2)
    assert (changed.added, changed.changed) == (0, 1)
    assert QuotaBalance.objects.get(quota__taxon="Varanus salvator").amount == 600
    assert Event.objects.filter(kind="quotas-imported").count() == 2


def test_a_new_number_below_what_is_bound_is_refused(cast, tmp_path):
    good = GOOD.replace("2026", str(NOON.year))
    read(download(tmp_path, good))
    issued(cast, NOON, monitors("460"))

    report = read(download(tmp_path, good.replace("500", "400")))

    assert told(report) == [(2, "Quota")]
    assert "460" in report.refused[0].reason
    assert standing(Quota.objects.get()).amount == 500


@pytest.mark.django_db
@pytest.mark.parametrize(("row", "column"), [
    ("1,Nonexistus fakeus,SPECIES,Demoland,5,,LIV,W,,2026,,", "Full Name"),
    ("1,,SPECIES,Demoland,5,,LIV,W,,2026,,", "Full Name"),
    ("1,Varanus salvator,SPECIES,Atlantis,5,,LIV,W,,2026,,", "Party"),
    ("1,Varanus salvator,SPECIES,Demoland,-2,,LIV,W,,2026,,", "Quota"),
    ("1,Varanus salvator,SPECIES,Demoland,many,,LIV,W,,2026,,", "Quota"),
    ("1,Varanus salvator,SPECIES,Demoland,,,LIV,W,,2026,,", "Quota"),
    ("1,Varanus salvator,SPECIES,Demoland,5,stone,LIV,W,,2026,,", "Unit"),
    ("1,Varanus salvator,SPECIES,Demoland,5,,XYZ,W,,2026,,", "Term"),
    ("1,Varanus salvator,SPECIES,Demoland,5,,LIV,Q,,2026,,", "Source"),
    ("1,Varanus salvator,SPECIES,Demoland,5,,LIV,W,K,2026,,", "Purpose"),
    ("1,Varanus salvator,SPECIES,Demoland,5,,LIV,W,,1926,,", "Year"),
    ("1,Varanus salvator,SPECIES,Demoland,5,,LIV,W,,,,", "Year"),
    ("1,Varanus salvator,SPECIES,Demoland,5,,LIV,W,Z, G, Q,2026,,", "Purpose"),
    ("1,Varanus salvator,SPECIES,Demoland,5", "Quota"),
])
def test_a_faulty_row_is_named_and_the_rest_is_read(tmp_path, row, column):
    report = read(download(tmp_path, GOOD.replace("1,", "7,", 1), row, GOOD.replace("1,V", "9,V", 1)))

    assert told(report) == [(3, column)]
    assert report.refused[0].reason.endswith((".", "?"))
    assert report.added == 2


@pytest.mark.django_db
@pytest.mark.parametrize("amount", ["-1", "in prep", "in prep.", "In preparation", "-1.0"])
def test_a_quota_in_preparation_is_kept_apart_from_zero_and_named(tmp_path, amount):
    report = read(download(tmp_path, GOOD.replace("500", amount), GOOD.replace("500", "0").replace("1,V", "2,V", 1)))

    assert (report.added, report.refused) == (2, [])
    assert [(note.line, note.column) for note in report.remarks] == [(2, "Quota")]
    assert sorted(Quota.objects.values_list("amount", flat=True), key=str) == [0, None]


@pytest.mark.django_db
def test_an_end_before_the_start_is_named(tmp_path):
    heading = "taxon_name,iso_code2,quota,unit,term,source,purpose,start_date,end_date"
    row = "Varanus salvator,QM,5,All,LIV,W,All,{},{}"

    report = read(download(tmp_path, row.format("01/03/2027", "28/02/2027"), row.format("01/03/2027", "29/02/2028"),
                           row.format("31/02/2027", ""), heading=heading))

    assert told(report) == [(2, "end_date"), (4, "start_date")]
    assert (Quota.objects.get().start, Quota.objects.get().end) == (date(2027, 3, 1), date(2028, 2, 29))


@pytest.mark.django_db
def test_a_caviar_quota_runs_from_march_to_february(tmp_path):
    read(download(tmp_path, "1,Acipenser baerii,SPECIES,Demoland,50,kg,CAV,W,,2027,,"))

    quota = Quota.objects.get()

    assert (quota.start, quota.end, quota.unit) == (date(2027, 3, 1), date(2028, 2, 29), "KGM")


@pytest.mark.django_db
def test_all_or_nothing_keeps_nothing_of_a_file_with_a_fault(tmp_path):
    file = download(tmp_path, GOOD, "2,Nonexistus fakeus,SPECIES,Demoland,5,,LIV,W,,2026,,")

    report = read(file, all_or_nothing=True)

    assert (report.added, report.undone, told(report)) == (0, True, [(3, "Full Name")])
    assert not Quota.objects.exists()
    assert not Event.objects.filter(kind="quotas-imported").exists()


@pytest.mark.django_db
def test_rows_that_differ_in_nothing_but_the_number_are_two_quotas(tmp_path):
    row = ",Trioceros melleri,SPECIES,United Republic of Tanzania,{},,,W,,2004,wild-taken,"
    file = download(tmp_path, row.format(100), row.format(200))

    assert read(file).added == 2
    assert read(file).unchanged == 2


@pytest.mark.django_db
def test_a_text_is_read_for_its_codes_only_when_every_phrase_is_known(tmp_path):
    heading = "Full Name,Party,Quota,Unit,Year,Notes"
    read(download(tmp_path, 'Varanus salvator,Demoland,5,,2026,"live, wild-taken"',
                  "Varanus niloticus,Demoland,9,,2026,tusks and other trophies from 80 animals", heading=heading))

    plain, odd = Quota.objects.order_by("amount")

    assert (plain.terms, plain.sources, plain.certain) == (["LIV"], ["W"], True)
    assert (odd.terms, odd.certain) == ([], False)


@pytest.mark.django_db
def test_multi_line_cells_packed_files_and_other_encodings_are_read(tmp_path):
    text = (f'{HEADING}\n1,Varanus salvator,SPECIES,"Côte d\'Ivoire",5,,LIV,W,,2026,"two\nlines",\n'
            "2,Nix nix,,QM,5,,,,,2026,,\n")
    packed, old = tmp_path / "quotas.csv.gz", tmp_path / "old.csv"
    packed.write_bytes(gzip.compress(text.encode()))
    old.write_bytes(text.encode("cp1252"))

    assert told(read(packed)) == [(4, "Full Name")]
    assert read(old).unchanged == 1


@pytest.mark.django_db
@pytest.mark.parametrize("data", [b"", b"\x00\x01\x02", b"a,b,c\n1,2,3\n", b"\xff" * 100,
                                  b"Full Name;Party;Quota\nx;y;1\n", b'"' * 300_000, b"," * 5000])
def test_what_is_no_download_is_one_sentence(tmp_path, data):
    file = tmp_path / "quotas.csv"
    file.write_bytes(data)

    refused = import_quotas([file], party="QM", actor="operator", at=NOON)

    assert isinstance(refused, Refusal)
    assert refused.reason.endswith(".")
    assert "\n" not in refused.reason


@pytest.mark.django_db
def test_taxa_told_by_number_only_need_their_names(shared_data, tmp_path):
    file = shared_data / "quotas/speciesplus_quotas_sample_2022-11-27.csv"
    names = download(tmp_path, "4521,Loxodonta africana", heading="Taxon concept id,Full name", name="taxa.csv")

    without, with_names = read(file), read(file, taxa=names)

    assert (without.added, len(without.refused)) == (0, 713)
    assert without.refused[0].reason == "The row names no taxon, only the register number 4521."
    rows = list(csv.DictReader(file.open(encoding="utf-8")))
    lacking = [row for row in rows if not row["year_or_publication_date"] or not row["quota"]]
    assert {fault.column for fault in with_names.refused} == {"year_or_publication_date", "quota"}
    assert (with_names.added, len(with_names.refused)) == (len(rows) - len(lacking), len(lacking))
    assert Quota.objects.filter(country="NA").exists(), "NA is Namibia"


@pytest.mark.django_db
def test_shifted_exemptions_are_named_by_line_and_column(shared_data):
    report = read(shared_data / "quotas/sapi_compliance_suspension_exemptions.csv", work=import_suspensions)

    assert (report.added, len(report.refused)) == (214, 61)
    assert {fault.column for fault in report.refused} <= {"purpose", "source", "term"}
    assert all("shifted" in fault.reason or "is not" in fault.reason for fault in report.refused)
    assert set(SuspensionRow.objects.values_list("effect", flat=True)) == {"exempt"}


@pytest.mark.django_db
def test_reservations_are_not_taken_for_suspensions(shared_data):
    refused = import_suspensions([shared_data / "quotas/sapi_compliance_reservations.csv"], party="QM",
                                 actor="operator", at=NOON)

    assert isinstance(refused, Refusal)
    assert refused.code == "column-missing"


@pytest.mark.django_db
def test_suspensions_are_read_with_what_their_text_says(shared_data, tmp_path):
    names = download(tmp_path, "4521,Loxodonta africana", "32,Aves", "23,Mammalia", name="taxa.csv",
                     heading="Taxon concept id,Full name")
    file = shared_data / "quotas/speciesplus_suspensions_sample_2022-11-27.csv"

    report = read(file, work=import_suspensions, taxa=names)
    again = read(file, work=import_suspensions, taxa=names)

    assert (report.added, report.refused, again.unchanged) == (35, [], 35)
    liberia = SuspensionRow.objects.get(country="LR", current=True)
    assert (liberia.effect, liberia.purposes, liberia.taxon, liberia.start) == ("refuse", ["T"], "", date(2018, 1, 22))
    assert SuspensionRow.objects.get(country="GN", current=True).effect == "ask"
    assert SuspensionRow.objects.filter(country="US", current=True, way="imports", domestic=True).count() == 3


@pytest.mark.django_db
def test_quotas_of_the_conference_are_read_with_terms_in_lists(shared_data):
    report = read(shared_data / "quotas/sapi_compliance_mandatory_quotas.csv")

    assert (report.added, report.refused) == (72, [])
    leopard = Quota.objects.get(country="BW", taxon="Panthera pardus")
    assert (leopard.kind, sorted(leopard.purposes), leopard.certain) == ("conference", ["H", "P"], False)


def test_the_heading_is_found_by_meaning(tmp_path, db):
    out = io.StringIO()
    csv.writer(out).writerows([["FullName", "party", "quota", "unit", "year", "notes", "Term", "Term_verbose"],
                               ["Varanus salvator", "QM", "7", "NA", "2026", "NA", "FLAG", "FLAG"]])
    (tmp_path / "r.csv").write_text(out.getvalue())

    assert read(tmp_path / "r.csv").added == 1
    assert (Quota.objects.get().terms, Quota.objects.get().note) == ([], "")


@pytest.mark.parametrize(("name", "code"), [
    ("QM", "QM"), ("qm", "QM"), ("Demoland", "QM"), ("Cote d'Ivoire", "CI"), ("CÔTE D'IVOIRE", "CI"), ("Turkiye", "TR"),
    ("Bolivia (Plurinational State of)", "BO"), ("Lao People's Democratic Republic", "LA"), ("Viet Nam", "VN"),
    ("Republic of Moldova", "MD"), ("Hong Kong SAR", "HK"), ("Sudan [prior to secession of South Sudan]", "SD"),
    ("United Republic of Tanzania", "TZ"), ("Democratic Republic of the Congo", "CD"), ("Namibie", "NA"),
    ("All", ""), ("Atlantis", None), ("Q1", None), ("Republic of", None),
])
def test_a_country_is_known_by_its_code_and_by_its_names(name, code):
    assert read_country(name) == code
