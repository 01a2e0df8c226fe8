"""`wildgate taxa`: JSON on stdout, exit status that says yes or no."""

from __future__ import annotations

import json

import pytest

from wildgate.site.cli import main

pytestmark = pytest.mark.django_db  # on PostgreSQL a home is always there, so its imports are asked for


def test_listing_of_a_split_species(capsys: pytest.CaptureFixture[str]) -> None:
    status = main(["taxa", "listing", "Loxodonta africana", "--country", "bw", "--term", "TRO", "--json"])
    told = json.loads(capsys.readouterr().out)

    assert status == 0
    assert (told["status"], told["appendices"]) == ("listed", ["II"])
    assert told["listings"][0]["annotation"] == "A10"
    assert told["listings"][0]["covers"]["answer"] == "conditional"


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
