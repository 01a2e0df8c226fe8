"""`wildgate risk`: what goes in, what comes out, and one sentence for what cannot be read."""

from __future__ import annotations

import csv
import gzip
import json
from pathlib import Path

import pytest
from tests.targeting.trade import HEAD, rows

from wildgate.site.cli import main


def write(file: Path, count: int, *, seed: int = 7, labelled: bool = True, days: int = 364) -> str:
    with (gzip.open if file.suffix == ".gz" else open)(file, "wt", newline="") as out:
        writer = csv.DictWriter(out, HEAD)
        writer.writeheader()
        writer.writerows(rows(count, seed=seed, labelled=labelled, days=days))
    return str(file)


def risk(*words: str) -> int:
    return main(["risk", *words])


def test_train_and_score(tmp_path, capsys):
    past, new = write(tmp_path / "past.csv.gz", 1500), write(tmp_path / "new.csv", 200, seed=9)
    model, out = str(tmp_path / "model"), tmp_path / "scores.csv"

    assert risk("train", past, "--columns", "wildgate", "--model", model, "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["kind"], told["cases"]) == ("learnt", 1500)
    assert risk("score", new, "--columns", "wildgate", "--model", model, "-o", str(out)) == 0

    with out.open() as file:
        found = list(csv.DictReader(file))
    assert list(found[0]) == ["id", "score", "lane", "reasons"]
    assert [row["id"] for row in found] == [row["id"] for row in rows(200, seed=9)]
    assert all(0 <= float(row["score"]) <= 1 for row in found)
    assert sum(row["lane"] == "red" for row in found) == 10
    assert all(bool(row["reasons"]) == (row["lane"] != "green") for row in found)
    again = tmp_path / "again.csv"
    risk("score", new, "--columns", "wildgate", "--model", model, "-o", str(again))
    assert again.read_bytes() == out.read_bytes()


def test_another_result_can_be_learnt(tmp_path, capsys):
    past = write(tmp_path / "past.csv", 400)

    assert risk("train", past, "--columns", "wildgate", "--model", str(tmp_path / "m"), "--label", "critical",
                "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["findings"] == sum(row["outcome"] == "seized" for row in rows(400))
    assert told["cases"] == 400


def test_without_one_result_scores_still_come_and_it_is_said(tmp_path, capsys):
    past = write(tmp_path / "past.csv", 300, labelled=False)

    assert risk("train", past, "--columns", "wildgate", "--model", str(tmp_path / "m")) == 0
    assert "There is no result yet" in capsys.readouterr().out
    assert risk("score", past, "--columns", "wildgate", "--model", str(tmp_path / "m")) == 0
    assert capsys.readouterr().out.count("\n") == 301


def test_a_damaged_model_is_said_and_scores_still_come(tmp_path, capsys):
    (tmp_path / "m").write_bytes(b"PK\x03\x04 not whole")

    assert risk("score", write(tmp_path / "n.csv", 20), "--columns", "wildgate", "--model", str(tmp_path / "m")) == 0
    told = capsys.readouterr()
    assert "Rules and rates stand alone." in told.err
    assert told.out.count("\n") == 21


def test_simulate_tells_week_by_week(tmp_path, capsys):
    past = write(tmp_path / "past.csv", 300, days=56)
    words = ("simulate", past, "--columns", "wildgate", "--rate", "0.1", "--random", "0.2", "--seed", "3")

    assert risk(*words, "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert {"precision", "recall", "measured", "truth", "weeks"} <= set(told)
    assert risk(*words) == 0
    assert "week of" in capsys.readouterr().out


@pytest.mark.parametrize(("head", "line", "said"), [
    (HEAD[:-4], None, "has no column “net_mass”"),
    (HEAD, {"quantity": "many"}, "row 2, quantity: “many” is no number"),
    (HEAD, {"value": "nan"}, "is no number"),
    (HEAD, {"date": "1/2/2026"}, "is no date"),
])
def test_bad_input_is_one_line_and_status_2(tmp_path, capsys, head, line, said):
    file = tmp_path / "bad.csv"
    row = rows(1)[0] | (line or {})
    file.write_text(",".join(head) + "\n" + ",".join(row[name] for name in head) + "\n")

    assert risk("train", str(file), "--columns", "wildgate", "--model", str(tmp_path / "m")) == 2
    told = capsys.readouterr().err
    assert said in told
    assert told.count("\n") == 1


@pytest.mark.parametrize("content", [b"", b"\x00\x01\xff", b"id,id\n1\n", b'id,"unclosed\n' + b"x" * 50])
def test_no_csv_at_all(tmp_path, capsys, content):
    (tmp_path / "x.csv").write_bytes(content)

    assert risk("train", str(tmp_path / "x.csv"), "--columns", "wildgate", "--model", str(tmp_path / "m")) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_an_own_mapping(tmp_path, capsys):
    (tmp_path / "own.toml").write_text("""id = "id"
date = "date"
label = "finding"
rates = [["what"], ["what", "from"]]
lane = ["what", "from"]
[keys]
what = "taxon"
from = "origin"
""")
    past = write(tmp_path / "past.csv", 600)

    assert risk("train", past, "--columns", str(tmp_path / "own.toml"), "--model", str(tmp_path / "m")) == 0
    assert risk("score", past, "--columns", str(tmp_path / "own.toml"), "--model", str(tmp_path / "m"),
                "-o", str(tmp_path / "s")) == 0
    assert risk("score", past, "--columns", "wildgate", "--model", str(tmp_path / "m")) == 2
    (tmp_path / "own.toml").write_text('id = "id"\nrates = [["nothing"]]\n')
    assert risk("train", past, "--columns", str(tmp_path / "own.toml"), "--model", str(tmp_path / "m")) == 2
    assert "“nothing”, which it does not define" in capsys.readouterr().err
    assert risk("train", past, "--columns", "missing", "--model", str(tmp_path / "m")) == 2


def test_scores_as_json_and_no_formula_in_the_csv(tmp_path, capsys):
    file = tmp_path / "new.csv"
    row = rows(1)[0] | {"id": "=cmd|' /C calc'!A1"}
    file.write_text(",".join(HEAD) + "\n" + ",".join(row[name] for name in HEAD) + "\n")
    model = tmp_path / "m"
    model.write_bytes(b"none")
    words = ("score", str(file), "--columns", "wildgate", "--model", str(model))

    assert risk(*words) == 0
    assert capsys.readouterr().out.splitlines()[1].startswith("'=cmd|")
    assert risk(*words, "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["count"], sum(told["lanes"].values()), told["rows"][0]["id"]) == (1, 1, row["id"])


def test_a_result_that_stands_in_no_column_is_asked_for_again(tmp_path, capsys):
    past = write(tmp_path / "past.csv", 20)

    assert risk("train", past, "--columns", "wildgate", "--label", "frod", "--model", str(tmp_path / "m")) == 2
    assert "name another with --label" in capsys.readouterr().err
    assert not (tmp_path / "m").exists()


def test_a_column_that_stands_twice_is_not_guessed(tmp_path, capsys):
    file = tmp_path / "twice.csv"
    file.write_text(",".join([*HEAD, "finding"]) + "\n" + ",".join([*rows(1)[0].values(), "1"]) + "\n")

    assert risk("train", str(file), "--columns", "wildgate", "--model", str(tmp_path / "m")) == 2
    assert "has the column “finding” twice" in capsys.readouterr().err
