"""`wildgate trade`: the five verbs, their exit status and what they print."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from tests.worldtrade.conftest import COSTA_RICA

from wildgate.site.cli import main

HEADING = "Id,Year,Appendix,Taxon,Term,Quantity,Unit,Importer,Exporter,Origin,Purpose,Source,Reporter.type"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("WILDGATE_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "rows.csv"
    path.write_text("\n".join([HEADING, "1,2015,II,Python regius,live,700,,US,TG,,T,R,E",
                               "2,2015,II,Python regius,live,650,,US,TG,,T,R,I",
                               "3,2O15,II,Python regius,live,650,,US,TG,,T,R,I"]))
    return path


def test_a_load_tells_the_rows_that_it_left_out(home, file, capsys):
    assert main(["trade", "load", str(file)]) == 1
    told = capsys.readouterr().out
    assert "2 rows loaded" in told
    assert "line 4: The year '2O15' is not a year" in told

    assert main(["trade", "load", str(file), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["files"][0]["unchanged"] is True
    assert (home / "trade" / "manifest.json").exists()


def test_a_file_that_is_no_download_is_wrong_input_in_one_line(home, tmp_path, capsys):
    (tmp_path / "no.csv").write_text("a,b\n1,2\n")

    assert main(["trade", "load", str(tmp_path / "no.csv")]) == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert main(["trade", "load", str(tmp_path / "missing.csv")]) == 2
    assert "missing.csv" in capsys.readouterr().err


def test_sql_answers_as_a_grid_as_json_and_as_csv(home, file, tmp_path, capsys):
    main(["trade", "load", str(file)])
    capsys.readouterr()
    query = "SELECT reporter, quantity FROM trade ORDER BY reporter"

    assert main(["trade", "sql", query]) == 0
    assert capsys.readouterr().out.splitlines()[2:] == ["E         700", "I         650", "2 rows."]
    assert main(["trade", "sql", query, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["rows"] == [{"reporter": "E", "quantity": "700"},
                                                           {"reporter": "I", "quantity": "650"}]
    assert main(["trade", "sql", query, "-o", str(tmp_path / "out.csv")]) == 0
    assert (tmp_path / "out.csv").read_text().split() == ["reporter,quantity", "E,700", "I,650"]
    assert main(["trade", "sql", "DROP VIEW trade"]) == 2
    assert capsys.readouterr().err == ("wildgate trade sql: Give one SELECT, WITH, DESCRIBE or SHOW: the trade store "
                                       "is only read.\n")


def test_gaps_are_told_and_written(home, file, tmp_path, capsys):
    main(["trade", "load", str(file)])
    capsys.readouterr()

    assert main(["trade", "gaps", "--party", "TG", "--year", "2015", "--json"]) == 0
    gap = json.loads(capsys.readouterr().out)["gaps"][0]
    assert (gap["partner"], gap["difference"], gap["code"]) == ("US", "-50", "amount")
    assert main(["trade", "gaps", "--party", "TG", "--year", "2015", "-o", str(tmp_path / "gaps.csv")]) == 0
    assert next(csv.DictReader((tmp_path / "gaps.csv").open()))["key"] == gap["key"]
    assert main(["trade", "gaps", "--party", "TG", "--year", "1999"]) == 1
    assert main(["trade", "gaps", "--party", "QQQ", "--year", "2015"]) == 2


def test_sets_are_listed_and_dropped(home, shared_data, capsys):
    main(["trade", "load", str(shared_data / "trade" / COSTA_RICA)])
    capsys.readouterr()

    assert main(["trade", "sets", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["rows"], told["sets"][0]["kind"], told["sets"][0]["first_year"]) == (393, "tabulation", 2017)
    assert main(["trade", "drop", COSTA_RICA]) == 0
    assert main(["trade", "drop", COSTA_RICA]) == 1
    assert "There is no set" in capsys.readouterr().err
