"""`wildgate screen`: what goes in, what comes out, and one sentence for what cannot be read."""

from __future__ import annotations

import csv
import gzip
import json
import lzma
from pathlib import Path

import pytest

from wildgate.screening.listing_file import Row, advert_of
from wildgate.site.cli import main

HEAD = ["id", "score", "pred", "specimen", "taxon", "rank", "appendix", "term", "claims", "permits", "reasons"]
ROWS = [
    {"id": "a", "text": "Real Nile crocodile skull Crocodylus niloticus, captive bred, permit 26QM000031E | eBay",
     "price": "120.50",
     "currency": "USD", "location": "Texas", "date": "2026-01-05", "description": "From a farm. No paperwork."},
    {"id": "b", "text": "Kenya 70c Ostrich stamp MNH", "price": "", "currency": "", "location": "", "date": "",
     "description": ""},
    {"id": "=1+1", "text": "Tiger shark jaw, real", "price": "1,250", "currency": "EUR", "location": "", "date": "",
     "description": ""},
]


@pytest.fixture(autouse=True)
def _no_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WILDGATE_HOME", str(tmp_path / "none"))
    monkeypatch.delenv("DATABASE_URL", raising=False)


def write(file: Path, rows: list[dict[str, str]]) -> str:
    with file.open("w", newline="", encoding="utf-8") as out:
        writer = csv.DictWriter(out, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return str(file)


def screen(*words: str) -> int:
    return main(["screen", *words])


def judged(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as text:
        return list(csv.DictReader(text))


def test_listings_are_judged_with_no_database(tmp_path, capsys):
    out = tmp_path / "out.csv"

    assert screen(write(tmp_path / "in.csv", ROWS), "-o", str(out), "--on", "2026-03-01") == 0

    skull, stamp, shark = judged(out)
    assert list(skull) == HEAD
    assert (skull["id"], skull["pred"], skull["specimen"], skull["taxon"]) == ("a", "1", "real", "Crocodylus niloticus")
    assert (skull["rank"], skull["term"], skull["permits"]) == ("species", "SKU", "26QM000031E")
    assert {"source=captive-bred", "source=farmed", "paper=none"} == set(skull["claims"].split("; "))
    assert "26QM000031E" in skull["reasons"]
    assert (stamp["pred"], stamp["taxon"]) == ("0", "")
    assert shark["taxon"] == "Galeocerdo cuvier"
    assert shark["appendix"] != "I"
    assert all(0 <= float(row["score"]) <= 1 for row in (skull, stamp, shark))
    assert "rules only" in capsys.readouterr().err


def test_no_cell_begins_a_formula(tmp_path):
    out = tmp_path / "out.csv"

    screen(write(tmp_path / "in.csv", ROWS), "-o", str(out))

    assert [row["id"] for row in judged(out)] == ["a", "b", "'=1+1"]


def test_compressed_files_and_json_lines_say_the_same(tmp_path, capsys):
    plain = Path(write(tmp_path / "in.csv", ROWS)).read_bytes()
    (tmp_path / "in.csv.gz").write_bytes(gzip.compress(plain))
    (tmp_path / "in.csv.xz").write_bytes(lzma.compress(plain))
    (tmp_path / "in.jsonl").write_text("\n".join(json.dumps(row) for row in ROWS))
    answers = []

    for name in ("in.csv", "in.csv.gz", "in.csv.xz", "in.jsonl"):
        assert screen(str(tmp_path / name)) == 0
        answers.append(capsys.readouterr().out)

    assert len(set(answers)) == 1


def test_bad_rows_are_named_by_their_line_and_the_others_are_judged(tmp_path, capsys):
    file = tmp_path / "in.csv"
    file.write_text("id,text,price,date\na,Crocodile skull,dear,\nb,Crocodile skull,3,soon\nc\nd,,3,\ne,Crocodile "
                    "skull,3,\n")

    assert screen(str(file), "--json") == 1

    told = capsys.readouterr()
    assert [row["id"] for row in json.loads(told.out)["rows"]] == ["e"]
    assert [line.split(":")[0] for line in json.loads(told.out)["faults"]] == ["line 2", "line 3", "line 4", "line 5"]
    assert "line 2: “dear” is no price" in told.err


@pytest.mark.parametrize(("content", "said"), [
    ("", "does not begin with a row of different column names"), ("id,words\na,b\n", "has no column “text”"),
    ('id,text\na,"open', "cannot be read"), ("id,text\n", "holds no row"), ("id,text\na,\xff\n", "")])
def test_a_file_that_cannot_be_read_is_one_sentence(tmp_path, capsys, content, said):
    (tmp_path / "in.csv").write_text(content)

    status = screen(str(tmp_path / "in.csv"))

    told = capsys.readouterr().err
    assert status == 2 if said else status == 0
    assert said in told
    assert "Traceback" not in told


@pytest.mark.parametrize(("content", "said"), [
    ("id,text\na,Crocodile skull\nb,v\u00e9ritable\n".encode("latin-1"), "is no text in UTF-8 (line 3)"),
    ("id,text\na,Crocodile skull\n".encode("utf-16"), "is no text in UTF-8 (line 1)"),
    (b"\x89PNG\r\n\x1a\n\0\0", "is no text in UTF-8 (line 1)"),
    (b'id,text\na,skull\nb,"open\nc,skull\nd,skull\n', "from line 3 on: a quote opens there"),
    (b'[{"text":"skull"},\n{"text":}]', "is no JSON that can be read (line 2)"),
    (b"a,Crocodile skull\nb,Ivory\n", "its first line must name `id` and `text`")])
def test_what_is_no_list_is_told_with_its_line(tmp_path, capsys, content, said):
    (tmp_path / "in.csv").write_bytes(content)

    assert screen(str(tmp_path / "in.csv"), "-o", str(tmp_path / "out.csv")) == 2

    assert said in capsys.readouterr().err


def test_a_list_as_spreadsheets_and_programs_elsewhere_write_it(tmp_path, capsys):
    forms = {"semicolons.csv": 'id;text;price\na;"Crocodile skull; old";1.200,50\n', "tabs.csv": "id\ttext\tprice\n"
             "a\tCrocodile skull; old\t1200.5\n",
             "array.json": json.dumps([{"id": "a", "text": "Crocodile skull; old", "price": 1200.5}], indent=1)}
    answers = set()
    for name, content in forms.items():
        (tmp_path / name).write_text(content)
        assert screen(str(tmp_path / name)) == 0
        answers.add(capsys.readouterr().out)

    assert len(answers) == 1
    assert advert_of(Row(2, {"text": "x", "price": "1.200,50"}), ("text",)).price == 1200.5
    assert advert_of(Row(2, {"text": "x", "price": "1,250"}), ("text",)).price == 1250


def test_a_quote_in_the_wrong_place_and_half_a_sign_spoil_no_other_row(tmp_path, capsys):
    (tmp_path / "in.csv").write_text('id,text\na,"Crocodile" skull\nb,Crocodile skull\n')
    (tmp_path / "in.jsonl").write_text('{"id": "a", "text": "Crocodile skull \\ud83d"}\n'
                                       '{"id": "b\\u0000", "text": "Crocodile skull"}\n')

    assert screen(str(tmp_path / "in.csv"), "-o", str(tmp_path / "out.csv")) == 1
    assert "line 2: a quote stands where none can" in capsys.readouterr().err
    assert [row["id"] for row in judged(tmp_path / "out.csv")] == ["b"]
    assert screen(str(tmp_path / "in.jsonl"), "-o", str(tmp_path / "out.csv")) == 0
    assert [(row["id"], row["pred"]) for row in judged(tmp_path / "out.csv")] == [("a", "1"), ("b", "1")]


def labelled() -> list[dict[str, str]]:
    goods = ("crocodile skull", "bear claw", "tiger hide", "shark jaw", "python skin", "wolf pelt", "walrus tusk",
             "hippo tooth", "eagle feather", "rhino horn")
    things = ("stamp", "plush toy", "poster", "mug", "puzzle", "t-shirt", "sticker", "dvd", "costume", "figure")
    made = [{"id": f"s{n}", "text": f"{goods[n % 10]} number {n} old", "label": "1"} for n in range(60)]
    made += [{"id": f"t{n}", "text": f"{goods[n % 10].split()[0]} {things[n % 10]} {n}", "label": "0"}
             for n in range(60)]
    return [*made, {"id": "u", "text": "unlabelled", "label": ""}]


def test_train_check_and_score(tmp_path, capsys):
    model, out = tmp_path / "model", tmp_path / "out.csv"
    file = write(tmp_path / "labels.csv", labelled())

    assert screen("train", file, "--label", "label", "--model", str(model), "--scope", "skulls", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["kind"], told["scope"], told["labels"], told["positive"]) == ("learnt", "skulls", 120, 60)
    assert told["figures"]["f1"] > 0.9
    assert screen("check", str(model)) == 0
    assert "skulls: Learnt from 120 labelled adverts" in capsys.readouterr().out
    assert screen(file, "-o", str(out), "--model", str(model)) == 0

    assert [row["pred"] for row in judged(out)][:120] == ["1"] * 60 + ["0"] * 60


def test_few_labels_make_rules_only(tmp_path, capsys):
    file = write(tmp_path / "labels.csv", labelled()[:40])

    assert screen("train", file, "--label", "label", "--model", str(tmp_path / "m")) == 0
    assert "Rules only: 40 labels" in capsys.readouterr().out
    assert screen(file, "--model", str(tmp_path / "m")) == 0
    assert "Rules only" in capsys.readouterr().err


@pytest.mark.parametrize(("words", "said"), [
    (("train", "FILE"), "needs --label"), (("FILE", "FILE"), "name one file"), (("check", "FILE"),
                                                                                "no model of adverts"),
    (("FILE", "--model", "FILE"), "no model of adverts"), (("FILE", "--model", "absent"), "There is no model"),
    (("train", "FILE", "--label", "odd", "--model", "OUT"), "has no column “odd”"),
    (("train", "FILE", "--label", "id", "--model", "OUT"), "neither 1 nor 0"), (("absent.csv",), "No such file")])
def test_wrong_usage_is_one_sentence(tmp_path, capsys, words, said):
    file = write(tmp_path / "labels.csv", labelled()[:5])

    named = {"OUT": str(tmp_path / "out"), "FILE": file}

    assert screen(*(named.get(word, word) for word in words)) == 2

    told = capsys.readouterr()
    assert said in told.err
    assert not told.out


def test_where_kind_and_score_differ_the_row_says_so(tmp_path):
    out = tmp_path / "out.csv"

    screen(write(tmp_path / "in.csv", [{"id": "a", "text": "Python"}, {"id": "b", "text": "Genuine python belt"}]),
           "-o", str(out))

    name, belt = judged(out)
    assert (name["specimen"], name["pred"], belt["specimen"], belt["pred"]) == ("real", "0", "real", "1")
    assert "The rules read “real”, but the score is below" in name["reasons"]
    assert "but the score" not in belt["reasons"]


def test_many_listings_are_judged_by_several_processes_in_the_same_words_and_order(tmp_path, capsys):
    file = write(tmp_path / "in.csv", [{**ROWS[n % 3], "id": f"n{n}"} for n in range(450)])
    with open(file, "a", encoding="utf-8") as more:
        more.write("short,row\n")
    answers = []

    for jobs in ("1", "3"):
        assert screen(file, "--jobs", jobs) == 1
        told = capsys.readouterr()
        assert "line 452: 2 cells where the head has 7" in told.err
        answers.append(told.out)

    assert answers[0] == answers[1]
    assert [row["id"] for row in csv.DictReader(answers[0].splitlines())] == [f"n{n}" for n in range(450)]


def test_what_was_read_before_a_file_breaks_off_is_judged(tmp_path, capsys):
    file = write(tmp_path / "in.csv", [{**ROWS[n % 3], "id": f"n{n}"} for n in range(330)])
    with open(file, "ab") as more:
        more.write(b'z,"open\n')

    for jobs in ("1", "2"):
        assert screen(file, "--jobs", jobs, "-o", str(tmp_path / "out.csv")) == 2
        assert "cannot be read as a listing file" in capsys.readouterr().err
        assert len(judged(tmp_path / "out.csv")) == 330
