"""`wildgate taxa`: JSON on stdout, exit status that says yes or no."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from wildgate.convention.register import Register, RegisterLaw
from wildgate.convention.reservation import Reservation
from wildgate.site.cli import main
from wildgate.site.cli.taxa import _plain, describe

pytestmark = pytest.mark.django_db  # on PostgreSQL a home is always there, so its imports are asked for


def test_listing_of_a_split_species(capsys: pytest.CaptureFixture[str]) -> None:
    status = main(["taxa", "listing", "Loxodonta africana", "--country", "bw", "--term", "TRO", "--json"])
    told = json.loads(capsys.readouterr().out)

    assert status == 0
    assert (told["status"], told["appendices"]) == ("listed", ["II"])
    assert told["listings"][0]["annotation"] == "A10"
    assert told["listings"][0]["covers"]["answer"] == "conditional"


def test_a_wide_name_depends_on_the_species(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["taxa", "listing", "Panthera", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)

    assert (answer["status"], answer["appendices"]) == ("depends", ["I", "II"])
    assert "Panthera" in answer["reason"]


def test_not_yet_listed_gives_the_day(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["taxa", "listing", "Prionace glauca", "--on", "2020-01-01"]) == 1
    told = capsys.readouterr().out

    assert "not listed" in told
    assert "2023-11-25" in told


def test_unknown_is_not_not_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["taxa", "listing", "Pyton regius", "--json"]) == 1
    told = json.loads(capsys.readouterr().out)

    assert (told["status"], told["listed"]) == ("unknown", None)
    assert told["suggestions"][0] == "Python regius"


@pytest.mark.parametrize("words", [["--country", "Q9"], ["--term", "ZZZ"], ["--on", "yesterday"]])
def test_wrong_usage_is_one_line(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    try:
        status = main(["taxa", "listing", "Python regius", *words])
    except SystemExit as stop:
        status = int(stop.code or 0)

    assert status == 2
    assert len(capsys.readouterr().err.strip().splitlines()) == 1


def test_search_prints_ranked_matches(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["taxa", "search", "royal python", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["name"] == "Python regius"
    assert main(["taxa", "search", "qqqqzzzzqqqq"]) == 1


def test_a_past_day_gives_the_entry_of_that_day_with_its_meeting(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["taxa", "listing", "Manis javanica", "--on", "2016-05-01"]) == 0
    told = capsys.readouterr().out

    assert "Appendix II: Manis javanica (species), until 2017-01-02 (CoP17), certainty K" in told
    assert main(["taxa", "listing", "Manis javanica", "--on", "2018-05-01", "--json"]) == 0
    shape = json.loads(capsys.readouterr().out)
    assert [(e["appendix"], e["since"], e["since_by"], e["until"]) for e in shape["listings"]] == [
        ("I", "2017-01-02", "CoP17", None)]


def test_a_reservation_is_shown_with_its_country() -> None:
    held = Reservation("Balaenopteridae", "IS", date(2000, 4, 2), note="Only fin whales.")
    the_law = RegisterLaw(Register([], [], "reservations.csv", reservations=[held]))
    answer = the_law.listings("Balaenoptera physalus", "IS")

    shape = describe("Balaenoptera physalus", answer, "IS", None, None, the_law)
    told = _plain(shape)

    assert [row["country"] for row in shape["reservations"]] == ["IS"]  # type: ignore[attr-defined]
    assert "Reservation of IS on Balaenopteridae since 2000-04-02: Only fin whales. (Art. XV.3, Art. XXIII.3)" in told
    assert describe("Balaenoptera physalus", answer, "FR", None, None, the_law)["reservations"] == []


HEAD = ("Year,App.,Taxon,Importer,Exporter,Origin,Importer reported quantity,Exporter reported quantity,Term,Unit,"
        "Purpose,")


def test_trade_records_agree_or_not(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = HEAD + "Source\n2012,II,Manis javanica,US,ID,,1,,skins,,T,W\n2012,N,Manis javanica,US,ID,,1,,skins,,T,W\n"
    good, bad, none = tmp_path / "good.csv", tmp_path / "bad.csv", tmp_path / "none.csv"
    good.write_text(rows, encoding="utf-8")
    bad.write_text(rows + "2012,I,Manis javanica,US,ID,,1,,skins,,T,W\n", encoding="utf-8")
    none.write_text("a,b\n1,2\n", encoding="utf-8")

    assert main(["taxa", "agree", str(good), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["compared"] == 1
    assert main(["taxa", "agree", str(bad)]) == 1
    told = capsys.readouterr().out
    assert "50.00% of 2 rows agree" in told
    assert "Manis javanica: record I, ours II" in told
    assert main(["taxa", "agree", str(none)]) == 2
