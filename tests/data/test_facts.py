"""The shipped tables: their shape, their counts, their heads, and that the codes in them exist."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import pytest

from wildgate.convention import tables
from wildgate.convention.tables import read_facts

ROOT = Path(__file__).resolve().parents[2]
COUNTS = {
    "listings": 1414, "annotations": 49, "amendments": 48, "terms": 123, "units": 39, "purposes": 12, "sources": 11,
    "countries": 272, "term_units": 525, "term_purposes": 784, "taxon_terms": 859, "listing_quotas": 43,
    "history": 697, "goods": 266,
}
NAMES = sorted(path.name.removesuffix(".tsv") for path in (files("wildgate") / "data").iterdir()
               if path.name.endswith(".tsv"))
OURS = [name for name in NAMES if name in COUNTS or name in ("genera", "renames", "unlisted", "names", "history")]


@pytest.mark.parametrize(("name", "count"), COUNTS.items())
def test_table_has_all_its_rows(name: str, count: int) -> None:
    assert len(list(read_facts(name))) == count


@pytest.mark.parametrize("name", OURS)
def test_table_says_what_it_is_and_where_it_comes_from(name: str) -> None:
    head = (files("wildgate") / "data" / f"{name}.tsv").read_text(encoding="utf-8").split("\n")[:6]

    assert head[0].startswith("# ")
    assert any(word in " ".join(head) for word in ("Licence", "BSD-3", "By hand", "compilation", "knowledge"))


def test_no_checklist_columns_are_shipped() -> None:
    columns = set(next(iter(read_facts("listings"))))

    assert not columns & {"author", "spanish_name", "checklist_2017_taxon_id", "TaxonId"}


def test_appendices_have_the_counts_of_the_schedule() -> None:
    rows = [row for row in read_facts("listings") if row["id"].startswith("L")]

    assert {a: sum(r["appendix"] == a for r in rows) for a in ("I", "II", "III")} == {"I": 631, "II": 531, "III": 251}


def test_every_country_code_in_the_listings_exists() -> None:
    used = {code for row in read_facts("listings")
            for column in ("countries", "not_countries", "partial", "listed_by") for code in row[column].split()}
    used |= {code for row in read_facts("listing_quotas") for code in row["countries"].split()}

    assert {code for code in used if tables.country(code) is None} == set()


def test_every_appendix_three_entry_names_its_party() -> None:
    rows = list(read_facts("listings"))

    assert [r["taxon"] for r in rows if r["appendix"] == "III" and not r["listed_by"]] == []
    assert [r["taxon"] for r in rows if r["appendix"] != "III" and r["listed_by"]] == []
    assert {r["listed_by"] for r in rows if r["genus"] == "Tylecodon"} == {"ZA"}
    assert {r["listed_by"] for r in rows if r["genus"] == "Turdus"} == {"UA"}


def test_every_annotation_code_has_its_text() -> None:
    known = {row["annotation"] for row in read_facts("annotations")}

    assert {code for row in read_facts("listings") for code in row["annotations"].split()} <= known


def test_no_name_is_renamed_twice_or_to_itself() -> None:
    names = [row["name"] for row in read_facts("renames")]

    assert len(names) == len(set(names))
    assert not [row for row in read_facts("renames") if row["name"] == row["listed_as"]]
    assert not {row["listed_as"] for row in read_facts("renames")} & set(names)


def test_cop20_rows_are_never_better_than_secondary() -> None:
    assert {row["certainty"] for row in read_facts("amendments")} <= {"B", "C"}


def test_tables_are_rebuilt_byte_for_byte(shared_data: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(ROOT / "tools", copy / "tools")
    shutil.copytree(ROOT / "src" / "wildgate" / "data", copy / "src" / "wildgate" / "data")

    subprocess.run([sys.executable, str(copy / "tools" / "build_facts.py"), str(shared_data)], check=True,
                   capture_output=True)

    def digests(at: Path) -> dict[str, str]:
        return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(at.glob("*.tsv"))}

    assert digests(copy / "src" / "wildgate" / "data") == digests(ROOT / "src" / "wildgate" / "data")
